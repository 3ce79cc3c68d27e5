"""Uploads in a folder; away from this machine, in a bucket; and served by another host."""

import errno
import os
import re
import subprocess
import sys
from importlib.util import find_spec

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command

from articles.models import Section, Tool
from articles.uploads import markdown_for
from backpain_site.images import files, renditions
from backpain_site.links import broken_links
from backpain_site.markdown import render
from backpain_site.media import MediaFolder
from backpain_site.settings import media_storage
from tests.bucket import bucket_server
from tests.factories import make_picture, make_upload
from tests.pictures import png
from tests.server import ROOT

pytestmark = pytest.mark.django_db
CDN = "https://media.example/"


@pytest.fixture
def bucket(settings):
    """A bucket that keeps the uploads; the client library is an extra."""
    if not find_spec("storages"):
        (pytest.fail if os.environ.get("CI") else pytest.skip)("django-storages is not installed.")
    with bucket_server() as bucket:
        settings.STORAGES = settings.STORAGES | {"default": media_storage(bucket.url)}
        yield bucket


@pytest.fixture
def shown(request):
    """A picture that a tool shows."""
    picture = make_picture(image=make_upload(content=png((900, 600))))
    tool = Tool.objects.published().first()
    Tool.objects.filter(pk=tool.pk).update(picture=picture)
    return picture, tool


class TestBucket:
    def test_an_upload_is_in_it_with_its_renditions_and_types(self, bucket):
        name = make_picture().image.name
        assert set(bucket.objects) == set(files(name))
        for key, (body, headers) in bucket.objects.items():
            assert headers["Content-Type"] == f"image/{key.rpartition('.')[2]}"
            assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
            assert body

    def test_files_go_with_the_picture(self, bucket, django_capture_on_commit_callbacks):
        picture = make_picture()
        with django_capture_on_commit_callbacks(execute=True):
            picture.delete()
        assert bucket.objects == {}

    def test_replaced_files_go_and_new_ones_come(self, bucket, django_capture_on_commit_callbacks):
        picture = make_picture()
        before = set(bucket.objects)
        picture.image = make_upload()
        with django_capture_on_commit_callbacks(execute=True):
            picture.save()
        assert set(bucket.objects) == set(files(picture.image.name))
        assert not before & set(bucket.objects)

    def test_readers_get_it_from_the_site(self, bucket, client, shown):
        picture, tool = shown
        name = renditions(picture.image.name)["webp"][0].name
        assert f"/media/{name} 400w" in client.get(tool.get_absolute_url()).content.decode()
        answer = client.get(f"/media/{name}")
        assert b"".join(answer.streaming_content) == bucket.objects[name][0]
        assert answer.headers["Content-Type"] == "image/webp"
        again = client.get(f"/media/{name}", headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304

    @pytest.mark.parametrize("name", ["pictures/none.webp", "../other/x.webp", "a%00.webp"])
    def test_what_is_not_in_it_is_not_found(self, bucket, client, name):
        assert client.get(f"/media/{name}").status_code == 404
        assert default_storage.listdir("pictures") == ([], [])

    def test_missing_pictures_of_texts_are_found_with_one_request(self, bucket):
        picture, lost = make_picture(), make_picture()
        section = Section.objects.select_related("article").get(heading="At the desk")
        section.body += f"\n\n{markdown_for(picture)}\n\n{markdown_for(lost)}"
        section.save()
        default_storage.delete(renditions(lost.image.name)["webp"][0].name)
        bucket.asked.clear()
        missing = {target for _page, target in broken_links()}
        assert missing == {f"/media/{renditions(lost.image.name)['webp'][0].name}"}
        assert bucket.asked == ["GET"]

    def test_content_goes_out_and_in_again(self, bucket, tmp_path, shown):
        """The dump reads the bucket; loading fills an empty one, with renditions made anew."""
        picture, _tool = shown
        call_command("dump_content", str(tmp_path / "content"), verbosity=0)
        dumped = tmp_path / "content/media" / picture.image.name
        assert dumped.read_bytes() == bucket.objects[picture.image.name][0]
        kept = set(bucket.objects)
        bucket.objects.clear()
        call_command("load_content", root=tmp_path / "content", verbosity=0)
        assert set(bucket.objects) == kept


class TestOtherHost:
    """MEDIA_URL names a host; texts go on saying /media/."""

    @pytest.fixture(autouse=True)
    def host(self, settings):
        settings.MEDIA_URL = CDN

    def test_pages_load_pictures_from_there(self, client, shown):
        picture, tool = shown
        page = client.get(tool.get_absolute_url()).content.decode()
        shown_from = re.findall(r"\S*/pictures/[^ \",]+", picture.as_figure())
        assert len(shown_from) == 7
        assert all(address.lstrip('srcet="').startswith(CDN) for address in shown_from)
        assert picture.as_figure() in page

    def test_texts_name_pictures_as_ever_and_show_them_from_there(self):
        picture = make_picture()
        text = markdown_for(picture)
        assert f"](/media/{picture.image.name} " in text
        assert f'<img src="{CDN}{renditions(picture.image.name)["webp"][0].name}"' in render(text)

    def test_pictures_of_any_other_host_stay_out(self):
        html = render("![x](https://media.example.evil/x.webp) ![y](https://elsewhere.example/y)")
        assert "src" not in html

    def test_a_picture_that_a_text_shows_is_known_to_be_used(self):
        picture = make_picture()
        section = Section.objects.first()
        section.body += f"\n\n{markdown_for(picture)}"
        section.save()
        assert picture.users() == [section]

    def test_a_missing_picture_is_found(self):
        picture = make_picture()
        section = Section.objects.get(heading="At the desk")
        section.body += f"\n\n{markdown_for(picture)}"
        section.save()
        assert broken_links() == []
        gone = renditions(picture.image.name)["webp"][0].name
        default_storage.delete(gone)
        assert [target for _page, target in broken_links()] == [CDN + gone]


def settings_with(tmp_path, **environment) -> str:
    """Return the policy for pictures and the storage that a fresh process is set up with."""
    code = (
        "from backpain_site import settings as s;"
        "print(s.SECURE_CSP['img-src'], s.MEDIA_URL, s.STORAGES['default'])"
    )
    clean = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=clean | {"DATA_DIR": str(tmp_path)} | environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def test_the_policy_allows_another_host_only_when_it_is_set(tmp_path):
    assert settings_with(tmp_path).startswith("[\"'self'\", 'data:'] /media/ ")
    told = settings_with(tmp_path, MEDIA_URL="https://cdn.example/site")
    assert told.startswith("[\"'self'\", 'data:', 'https://cdn.example'] https://cdn.example/site/")


def test_uploads_are_files_unless_a_bucket_is_named():
    assert media_storage("") == {"BACKEND": "backpain_site.media.MediaFolder"}


def test_the_address_of_a_bucket_says_everything(monkeypatch):
    monkeypatch.setattr("backpain_site.settings.find_spec", lambda name: True)
    storage = media_storage("s3://k:p%40ss@store.example:9000/bucket?region=eu-1")
    assert storage["OPTIONS"] == {
        "endpoint_url": "https://store.example:9000",
        "bucket_name": "bucket",
        "region_name": "eu-1",
        "access_key": "k",
        "secret_key": "p@ss",
    }
    assert "access_key" not in media_storage("s3://store.example/bucket")["OPTIONS"]


@pytest.mark.parametrize("url", ["bucket", "https://store.example/bucket", "s3://store.example/"])
def test_an_address_that_is_none_stops_the_start(url):
    with pytest.raises(ImproperlyConfigured, match="must look like s3://"):
        media_storage(url)


def test_missing_packages_are_named(monkeypatch):
    monkeypatch.setattr("backpain_site.settings.find_spec", lambda name: None)
    with pytest.raises(ImproperlyConfigured, match="requirements-s3.txt"):
        media_storage("s3://store.example/bucket")


def test_a_name_in_the_folder_stands_for_a_whole_file(tmp_path, monkeypatch):
    """What the disk refuses half-way leaves nothing behind, under no name."""
    folder = MediaFolder(location=tmp_path)
    steps = []
    monkeypatch.setattr("backpain_site.media.os.fsync", lambda _: steps.append(names(tmp_path)))
    folder.save("pictures/a.webp", ContentFile(b"whole"))
    assert steps == [["a.webp.part"], ["a.webp"]]

    def refuse(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("backpain_site.media.os.fsync", refuse)
    with pytest.raises(OSError, match="No space"):
        folder.save("pictures/b.webp", ContentFile(b"half"))
    assert names(tmp_path) == ["a.webp"]


def names(folder) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())
