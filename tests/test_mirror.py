"""The site as files: the same bytes as the server's, nothing that readers may not see."""

import functools
import http.server
import os
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from articles.models import Tool, YogaPose
from backpain_site import mirror as mirror_module
from backpain_site.mirror import Mirror, MirrorError
from backpain_site.models import OldAddress
from points.models import Point, Symptom
from tests.crawler import Page
from tests.factories import make_picture, make_point, make_upload
from tests.pictures import png
from tests.server import ROOT

# What the mirror leaves to the server in front of which it stands.
OF_THE_SERVER = ("/search/", "/routine/", "/admin/", "/healthz")


def fetch(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the files of a mirror that answer an address, without the static ones."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_relative_to(folder / "static")
    }


@pytest.fixture(scope="module")
def made(site, tmp_path_factory) -> Path:
    """The mirror of the site that `make run` serves."""
    folder = tmp_path_factory.mktemp("mirror") / "files"
    assert "Wrote" in write_mirror(site, folder)
    return folder


def write_mirror(site, folder) -> str:
    """Run the command beside the server, return what it says."""
    return subprocess.run(
        [sys.executable, "manage.py", "mirror", str(folder)],
        cwd=ROOT,
        env=os.environ
        | {
            "DATA_DIR": str(site.data_dir),
            "DATABASE_URL": site.database_url,
            "PORT": str(site.port),
            "DEBUG": "0",
        },
        check=True,
        capture_output=True,
        text=True,
    ).stdout


class TestServedSite:
    """What `make mirror` writes beside the site that `make run` serves."""

    def test_every_file_is_what_the_server_sends(self, site, made):
        different = []
        for path in sorted(made.rglob("*")):
            name = path.relative_to(made).as_posix()
            if path.is_dir() or path.suffix in {".br", ".gz"} or name.startswith("_"):
                continue
            address = name.removesuffix("index.html").removesuffix("index.xml")
            status, body = fetch(f"{site.url}/{address}")
            if body != path.read_bytes() or status != (404 if name == "404.html" else 200):
                different.append(name)
        assert different == []

    def test_every_page_of_the_sitemap_is_there(self, site, made):
        addresses = fetch(f"{site.url}/sitemap.xml")[1].decode().split("<loc>")[1:]
        paths = {urlsplit(text.partition("</loc>")[0]).path for text in addresses}
        assert "/points/bl40/" in paths
        there = {path for path in paths if (made / path[1:] / "index.html").is_file()}
        assert paths - there == {"/routine/"}
        for name in ("index.html", "404.html", "robots.txt", "sitemap.xml", "feed/index.xml"):
            assert (made / name).is_file()

    def test_static_files_come_with_their_compressed_forms(self, made):
        styles = list((made / "static/css").glob("site.*.css"))
        assert styles
        for style in styles:
            assert style.with_name(f"{style.name}.br").is_file()
            assert style.with_name(f"{style.name}.gz").is_file()

    def test_a_second_run_changes_nothing(self, site, made):
        before = {path: path.stat().st_mtime_ns for path in made.rglob("*")}
        assert "Wrote 0 files" in write_mirror(site, made)
        assert {path: path.stat().st_mtime_ns for path in made.rglob("*")} == before

    def test_a_plain_web_server_has_every_page_and_asset(self, made):
        handler = functools.partial(QuietHandler, directory=made)
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            start = f"http://127.0.0.1:{server.server_port}"
            broken, seen = [], set()
            for path in made.rglob("*.html"):
                page = Page(path.read_text())
                address = f"/{path.relative_to(made).as_posix().removesuffix('index.html')}"
                for link in [*page.links, *page.assets]:
                    link = urldefrag(urljoin(address, link)).url
                    if not link.startswith("/") or link.startswith(OF_THE_SERVER) or "?" in link:
                        continue
                    if link not in seen and fetch(start + link)[0] != 200:
                        broken.append((address, link))
                    seen.add(link)
            server.shutdown()
        assert "/points/bl40/" in seen
        assert any(link.startswith("/static/css/") for link in seen)
        assert broken == []

    def test_headers_and_rewrites_are_listed_for_the_server_of_the_files(self, site, made):
        with urllib.request.urlopen(site.url) as answer:
            policy = answer.headers["Content-Security-Policy"]
        headers = (made / "_headers").read_text()
        assert headers.startswith("/*\n")
        assert f"  Content-Security-Policy: {policy}\n" in headers
        assert "Content-Type" not in headers.replace("X-Content-Type-Options", "")
        redirects = (made / "_redirects").read_text().splitlines()
        assert "/feed/ /feed/index.xml 200" in redirects
        (icon,) = (line.split()[1] for line in redirects if line.startswith("/favicon.ico "))
        assert (made / icon[1:]).is_file()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.mark.django_db
class TestContent:
    @pytest.fixture(autouse=True)
    def without_copies(self, settings, tmp_path):
        """Ask Django itself; the copies of pages would outlive what a test rolls back."""
        settings.WSGI_APPLICATION = None
        settings.STATIC_ROOT = tmp_path / "static"

    @pytest.fixture(autouse=True)
    def few_pages(self):
        """The mirror of the served site has them all."""
        Point.objects.exclude(code__in=["BL23", "BL40"]).update(status="draft", guide_order=None)
        Symptom.objects.exclude(slug="sciatica").update(status="draft")
        YogaPose.objects.update(status="draft")

    @pytest.fixture
    def folder(self, tmp_path):
        return tmp_path / "mirror"

    def write(self, folder) -> Mirror:
        mirror = Mirror(folder)
        mirror.write()
        return mirror

    def test_nothing_that_readers_may_not_see_is_in_it(self, folder):
        later = timezone.now() + timedelta(hours=1)
        hidden = "Words of nobody yet."
        unused = make_picture()
        make_point(code="BL97", where=hidden, summary=hidden, status="draft")
        make_point(code="BL98", where=hidden, summary=hidden, publish_at=later)
        make_point(code="BL99", where=hidden, summary=hidden, status="withdrawn")
        self.write(folder)
        files = files_of(folder)
        assert "points/bl40/index.html" in files
        for name, body in files.items():
            assert hidden.encode() not in body, name
            assert b"/points/bl97/" not in body, name
            assert unused.image.name.encode() not in body, name
        assert not [name for name in files if "bl9" in name or name.startswith("media/")]

    def test_pages_come_and_go(self, folder):
        point = make_point(code="BL99", summary="Before.")
        self.write(folder)
        page = folder / "points/bl99/index.html"
        assert "Before." in page.read_text()
        point.summary = "After."
        point.save()
        assert "points/bl99/index.html" in self.write(folder).written
        assert "After." in page.read_text()
        Point.objects.filter(pk=point.pk).update(status=Point.Status.WITHDRAWN)
        mirror = self.write(folder)
        assert set(mirror.removed) == {
            "points/bl99/helper/index.html",
            "points/bl99/index.html",
        }
        assert not page.parent.exists()

    def test_a_page_that_left_after_the_sitemap_was_read_is_not_written(self, folder, monkeypatch):
        make_point(code="BL99", status="withdrawn", withdrawn_reason="Being checked.")
        monkeypatch.setattr(Mirror, "addresses", lambda mirror: ["/points/bl40/", "/points/bl99/"])
        self.write(folder)
        assert (folder / "points/bl40/index.html").is_file()
        assert not (folder / "points/bl99").exists()

    def test_pictures_of_pages_come_with_every_width(self, folder):
        picture = make_picture(image=make_upload(content=png((900, 600))))
        tool = Tool.objects.published().first()
        Tool.objects.filter(pk=tool.pk).update(picture=picture)
        self.write(folder)
        made = sorted(path.name for path in (folder / "media/pictures").iterdir())
        stem = Path(picture.image.name).stem
        assert made == [
            f"{stem}.{width}.{kind}" for width in (400, 800, 900) for kind in ("avif", "webp")
        ]
        smallest = folder / f"media/pictures/{stem}.400.webp"
        assert smallest.read_bytes().startswith(b"RIFF")
        Tool.objects.filter(pk=tool.pk).update(picture=None)
        assert len(self.write(folder).removed) == 6
        assert not (folder / "media").exists()

    def test_addresses_that_moved_are_listed_as_the_server_answers_them(self, folder):
        OldAddress.objects.create(path="/points/old/", target="/points/bl40/")
        OldAddress.objects.create(path="/an old page/", target="/safety/#now")
        OldAddress.objects.create(path="/points/bl23/", target="/points/bl40/")  # Is a page now.
        make_point(code="BL98", status="withdrawn", redirect_to="/points/bl40/")
        make_point(code="BL99", status="withdrawn", withdrawn_reason="Being checked.")
        self.write(folder)
        lines = (folder / "_redirects").read_text().splitlines()
        assert [line for line in lines if not line.startswith(("/favicon", "/feed"))] == [
            "/an%20old%20page/ /safety/#now 301",
            "/points/bl98/ /points/bl40/ 302",
            "/points/bl99/ /404.html 410",
            "/points/old/ /points/bl40/ 301",
        ]

    def test_a_site_with_tls_is_asked_as_its_proxy_does(self, folder, settings):
        settings.SITE_URL = "https://backpoints.example"
        settings.ALLOWED_HOSTS = ["backpoints.example"]
        settings.SECURE_SSL_REDIRECT = True
        settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        settings.SECURE_HSTS_SECONDS = 60
        self.write(folder)
        assert (folder / "points/bl40/index.html").is_file()
        assert "  Strict-Transport-Security: max-age=60" in (folder / "_headers").read_text()

    def test_a_page_that_breaks_stops_it_before_anything_is_removed(self, folder, monkeypatch):
        self.write(folder)
        stale = folder / "points/gone/index.html"
        stale.parent.mkdir()
        stale.write_text("A page of yesterday.")
        ask = Mirror.ask

        def broken(mirror, path):
            reply = ask(mirror, path)
            return replace(reply, status="500 Broken") if path == "/points/bl40/" else reply

        monkeypatch.setattr(Mirror, "ask", broken)
        with pytest.raises(MirrorError, match="/points/bl40/ answers 500"):
            self.write(folder)
        assert stale.is_file()
        assert (folder / "points/bl40/index.html").is_file()

    def test_a_file_is_whole_at_every_moment(self, folder, monkeypatch):
        """The new content stands beside the old until it takes its place in one step."""
        point = make_point(code="BL99", summary="Before.")
        self.write(folder)
        page = folder / "points/bl99/index.html"
        before = page.read_bytes()
        point.summary = "After."
        point.save()
        replaced = []

        def replace(new, path, rename=os.replace):
            if path == page:
                assert page.read_bytes() == before
                assert b"After." in new.read_bytes()
                replaced.append(path)
            rename(new, path)

        monkeypatch.setattr(mirror_module.os, "replace", replace)
        self.write(folder)
        assert replaced == [page]
        assert not list(folder.rglob("*.new"))


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path):
    (tmp_path / "diary.txt").write_text("Dear diary")
    with pytest.raises(CommandError, match="holds something else"):
        call_command("mirror", str(tmp_path))
    assert (tmp_path / "diary.txt").is_file()
