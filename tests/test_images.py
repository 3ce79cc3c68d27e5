"""Uploads: what is let in comes out upright, small, nameless and free of metadata."""

import io
import re
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from PIL import Image, ImageFile

from articles.models import Picture, Section, Tool
from articles.uploads import markdown_for
from backpain_site.images import COLUMN, check_upload, files, picture_html, renditions, store
from backpain_site.middleware import PICTURE_POLICY
from points.models import CautionGroup
from tests.factories import make_picture, make_upload
from tests.pictures import encoded, moving, png, png_claiming, sideways_jpeg

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"></svg>'


pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True, params=["FileSystemStorage", "InMemoryStorage"])
def kept_in(request, settings):
    """A folder, and a storage whose files have no path on this machine, as a bucket's have none."""
    backend = f"django.core.files.storage.{request.param}"
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": backend}}


def stored(name: str) -> Image.Image:
    with default_storage.open(name) as file:
        return Image.open(io.BytesIO(file.read()))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_the_four_formats_are_taken(kind):
    upload = make_upload("photo.bin", encoded(kind=kind))
    check_upload(upload)
    assert stored(store(upload).name).format == "WEBP"


def test_a_phone_picture_with_a_second_view_is_taken():
    """Such a JPEG calls itself MPO; it does not move."""
    upload = make_upload("phone.jpg", moving("MPO"))
    check_upload(upload)
    assert stored(store(upload).name).getpixel((30, 20))[0] < 20  # The first view, not the red one.


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_png_is_taken(mode):
    buffer = io.BytesIO()
    Image.new(mode, (60, 40)).save(buffer, "PNG")
    upload = make_upload("photo.png", buffer.getvalue())
    check_upload(upload)
    assert store(upload)[1:] == (60, 40)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "not a picture"),
        (b"<html>hello</html>", "not a picture"),
        (SVG, "SVG drawings are not taken"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100), "Save it as JPEG first"),
        (png()[:60], "not a picture"),
        (sideways_jpeg()[:300], "not a picture"),
        (moving("PNG"), "This picture moves"),
        (moving("WEBP"), "This picture moves"),
        (moving("AVIF"), "This picture moves"),
        (png_claiming(30_000, 30_000), "too many pixels"),
        (png_claiming(8_000, 6_000), "too many pixels"),
        (png_claiming(20_000, 10), "too long: at most 16,000 pixels a side"),
        (b"\0" * (10 * 1024 * 1024 + 1), "too large"),
    ],
    ids="empty html svg heic cutpng cutjpeg apng webp2 avif2 bomb 48MP strip 11MB".split(),
)
def test_the_rest_is_refused_with_one_sentence_beside_the_field(editor_client, content, sentence):
    form = {"image": make_upload("photo.png", content), "alt_text": "A knee", "credit": "Us"}
    form |= {"kind": "photo", "purpose": "illustration", "focus_x": 50, "focus_y": 50}
    answer = editor_client.post("/admin/articles/picture/add/", form)
    errors = answer.context["adminform"].form.errors
    assert list(errors) == ["image"]
    assert len(errors["image"]) == 1
    assert sentence in errors["image"][0] or (not content and "empty" in errors["image"][0])
    assert not default_storage.exists("pictures")


def test_a_bomb_is_refused_before_a_pixel_is_decoded(monkeypatch):
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda image: pytest.fail("decoded"))
    with pytest.raises(ValidationError, match="too many pixels"):
        check_upload(make_upload("bomb.png", png_claiming(12_000, 12_000)))


def test_a_phone_portrait_stands_upright_without_its_place():
    name = store(make_upload("photo.jpg", sideways_jpeg((60, 40)))).name
    for file in files(name):
        picture = stored(file)
        assert picture.size == (40, 60), file
        assert not picture.getexif(), file
        with default_storage.open(file) as encoded_again:
            assert b"Exif" not in encoded_again.read(), file


def test_wide_pictures_are_made_smaller():
    assert store(make_upload("wide.png", png((3000, 30))))[1:] == (2400, 24)


def test_tall_pictures_are_made_smaller():
    assert store(make_upload("tall.png", png((30, 12_000))))[1:] == (24, 9600)


def test_the_name_of_the_sender_is_forgotten():
    name = store(make_upload("../evil.html")).name
    assert re.fullmatch(r"pictures/[0-9a-f]{16}-60x40\.webp", name)
    assert name != store(make_upload("../evil.html")).name


@pytest.mark.parametrize(
    ("size", "sizes"),
    [
        ((60, 40), [(60, 40)]),
        ((600, 400), [(400, 267), (600, 400)]),
        ((1600, 1200), [(400, 300), (800, 600), (1200, 900)]),
        ((3000, 3), [(400, 1), (800, 1), (1200, 1)]),
    ],
)
def test_renditions_are_stored_in_both_formats_and_never_larger_than_the_picture(size, sizes):
    name = store(make_upload("photo.png", png(size))).name
    made = renditions(name)
    assert list(made) == ["avif", "webp"]
    for suffix, rows in made.items():
        assert [(row.width, row.height) for row in rows] == sizes
        for row in rows:
            picture = stored(row.name)
            assert (picture.format, picture.size) == (suffix.upper(), row[1:])
    there = {f"pictures/{file}" for file in default_storage.listdir("pictures")[1]}
    assert there == set(files(name))


def test_see_through_parts_stay_so():
    buffer = io.BytesIO()
    Image.new("RGBA", (60, 40), (0, 0, 0, 0)).save(buffer, "PNG")
    for file in files(store(make_upload("photo.png", buffer.getvalue())).name):
        assert stored(file).convert("RGBA").getpixel((5, 5))[3] == 0, file


def test_html_offers_avif_then_webp_and_reserves_the_place():
    html = picture_html("pictures/abc-900x600.webp", 'A "knee"', loading="lazy")
    assert html == (
        '<picture><source type="image/avif" srcset="/media/pictures/abc-900x600.400.avif 400w, '
        "/media/pictures/abc-900x600.800.avif 800w, /media/pictures/abc-900x600.900.avif 900w"
        f'" sizes="{COLUMN}"><source type="image/webp" srcset="'
        "/media/pictures/abc-900x600.400.webp 400w, /media/pictures/abc-900x600.800.webp 800w, "
        f'/media/pictures/abc-900x600.900.webp 900w" sizes="{COLUMN}">'
        '<img src="/media/pictures/abc-900x600.800.webp" alt="A &quot;knee&quot;" width="900" '
        'height="600" loading="lazy"></picture>'
    )


def test_a_picture_of_earlier_days_is_shown_as_it_is():
    assert picture_html("uploads/x.webp", "A knee") == (
        '<img src="/media/uploads/x.webp" alt="A knee">'
    )


class TestPicture:
    def test_is_stored_anew_with_its_size(self):
        picture = make_picture(image=make_upload("x.jpg", sideways_jpeg((60, 40))))
        picture.refresh_from_db()
        assert (picture.width, picture.height) == (40, 60)
        assert stored(picture.image.name).format == "WEBP"

    def test_is_shown_from_its_renditions_without_any_work(self, client, monkeypatch):
        picture = make_picture(image=make_upload(content=png((900, 600))))
        tool = Tool.objects.published().first()
        Tool.objects.filter(pk=tool.pk).update(picture=picture)
        monkeypatch.setattr(Image, "open", lambda *args, **options: pytest.fail("opened"))
        page = client.get(tool.get_absolute_url()).content.decode()
        assert f"<figure>{picture.as_figure()}<figcaption>Us</figcaption></figure>" in page
        for file in re.findall(r"/media/(\S+)", picture.as_figure()):
            assert default_storage.exists(file.strip('",')), file

    def test_a_card_is_cut_around_the_focus(self, client):
        picture = make_picture(focus_x=24, focus_y=100)
        Tool.objects.filter(pk=Tool.objects.published().first().pk).update(picture=picture)
        assert 'class="shot fx2 fy10"' in client.get("/tools/").content.decode()
        styles = Path("static/css/site.css").read_text()
        assert ".fx2{--fx:20%}" in styles
        assert ".fy10{--fy:100%}" in styles

    def test_the_focus_lies_inside(self):
        with pytest.raises(ValidationError) as error:
            make_picture(focus_x=101)
        assert list(error.value.message_dict) == ["focus_x"]

    def test_replaced_files_go_when_the_change_is_committed(
        self, django_capture_on_commit_callbacks
    ):
        picture = make_picture()
        before = list(files(picture.image.name))
        picture.image = make_upload()
        with django_capture_on_commit_callbacks(execute=True):
            picture.save()
            assert all(map(default_storage.exists, before))
        assert not any(map(default_storage.exists, before))
        assert all(map(default_storage.exists, files(picture.image.name)))

    def test_new_files_go_when_they_cannot_be_saved(self):
        with pytest.raises(IntegrityError), transaction.atomic():
            Picture(image=make_upload(), kind="photo", credit="Us").save()
        assert default_storage.listdir("pictures") == ([], [])

    @pytest.mark.parametrize("delete", [Picture.delete, lambda p: Picture.objects.all().delete()])
    def test_files_go_with_the_picture(self, django_capture_on_commit_callbacks, delete):
        picture = make_picture()
        with django_capture_on_commit_callbacks(execute=True):
            delete(picture)
        assert default_storage.listdir("pictures") == ([], [])
        assert not Picture.objects.exists()

    def test_a_broken_file_is_explained_at_its_field(self):
        with pytest.raises(ValidationError) as error:
            make_picture(image=make_upload("x.jpg", b"nothing"))
        assert "not a picture we can read" in error.value.message_dict["image"][0]

    @pytest.mark.parametrize(
        ("values", "sentence"),
        [
            ({"alt_text": ""}, "Describe the picture, or tick decorative"),
            ({"decorative": True}, "Describe the picture, or tick decorative"),
            ({"kind": "computer_made", "purpose": "location"}, "the place must be true"),
        ],
    )
    def test_rules(self, values, sentence):
        with pytest.raises(ValidationError, match=sentence):
            make_picture(**values)


class TestUse:
    """A picture that something shows stays, and the editor sees what shows it."""

    @pytest.fixture
    def picture(self):
        return make_picture()

    @pytest.fixture
    def tool(self, picture):
        tool = Tool.objects.published().first()
        tool.picture = picture
        tool.save()
        return tool

    @pytest.fixture
    def section(self, picture):
        section = Section.objects.select_related("article").first()
        section.body += f"\n\n{markdown_for(picture)}"
        section.save()
        return section

    @pytest.fixture
    def group(self, picture):
        group = CautionGroup.objects.first()
        # By hand, and a smaller file of it.
        name = renditions(picture.image.name)["webp"][0].name
        group.advice += f" ![Knee](/media/{name})"
        group.save()
        return group

    def test_every_user_is_listed_in_the_form(self, editor_client, picture, tool, section, group):
        page = editor_client.get(f"/admin/articles/picture/{picture.pk}/change/")
        used = page.content.decode().partition("field-used_on")[2].partition("</fieldset>")[0]
        assert re.findall(r'href="([^"]+)"', used) == [
            f"/admin/articles/tool/{tool.pk}/change/",
            f"/admin/points/cautiongroup/{group.pk}/change/",
            f"/admin/articles/article/{section.article.pk}/change/",
        ]
        assert section.heading in used

    def test_a_picture_of_no_page_says_so(self, editor_client, picture):
        page = editor_client.get(f"/admin/articles/picture/{picture.pk}/change/")
        assert "No page yet." in page.content.decode()

    @pytest.mark.parametrize("user", ["tool", "section", "group"])
    @pytest.mark.parametrize("way", ["one", "many"])
    def test_it_cannot_be_deleted_and_the_page_is_named(
        self, editor_client, picture, user, way, request
    ):
        row = request.getfixturevalue(user)
        if way == "one":
            path, data = f"/admin/articles/picture/{picture.pk}/delete/", {}
        else:
            path = "/admin/articles/picture/"
            data = {"action": "delete_selected", "_selected_action": [picture.pk]}
        answer = editor_client.post(path, data | {"post": "yes"})
        assert str(row) in answer.content.decode()
        assert "protected" in answer.content.decode()
        assert Picture.objects.filter(pk=picture.pk).exists()
        assert all(map(default_storage.exists, files(picture.image.name)))

    @pytest.mark.parametrize("user", ["tool", "section"])
    def test_code_cannot_delete_it_either(self, picture, user, request):
        request.getfixturevalue(user)
        with pytest.raises(ProtectedError):
            Picture.objects.all().delete()

    def test_an_unused_one_can_be_deleted(self, editor_client, picture):
        editor_client.post(f"/admin/articles/picture/{picture.pk}/delete/", {"post": "yes"})
        assert not Picture.objects.exists()

    def test_the_file_of_a_text_cannot_be_replaced(self, picture, section):
        picture.image = make_upload()
        with pytest.raises(ValidationError, match="Texts show this file"):
            picture.full_clean()

    def test_the_file_of_a_tool_can_be_replaced(self, picture, tool):
        picture.image = make_upload()
        picture.full_clean()


class TestServing:
    @pytest.mark.parametrize(("suffix", "start"), [("webp", b"RIFF"), ("avif", b"ftypavif")])
    def test_a_picture_is_served_as_one_that_can_run_nothing(self, client, suffix, start):
        file = renditions(make_picture().image.name)[suffix][0]
        response = client.get(f"/media/{file.name}")
        assert response.headers["Content-Type"] == f"image/{suffix}"
        assert response.headers["Content-Security-Policy"] == PICTURE_POLICY
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert start in b"".join(response.streaming_content)[:12]

    @pytest.mark.parametrize(
        "path",
        [
            "/media/../secret_key",
            "/media/%2e%2e/secret_key",
            "/media/secret_key",
            "/media/uploads/",
            "/media/page.html",
            "/media/..%2f..%2fmanage.py",
            f"/media/{'a' * 300}.webp",
            "/media/a%00.webp",
        ],
    )
    def test_nothing_else_is_served(self, client, settings, path):
        settings.MEDIA_ROOT.mkdir()
        (settings.MEDIA_ROOT / "page.html").write_text("<script>alert(1)</script>")
        (settings.MEDIA_ROOT.parent / "secret_key").write_text("hush")
        response = client.get(path)
        assert response.status_code == 404
        assert b"hush" not in response.content
