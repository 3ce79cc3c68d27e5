"""What a browser is told about keeping pages: the worker, its page, the site as an app."""

import json
import re

import pytest
from django.contrib.staticfiles import finders
from PIL import Image

from backpain_site.models import ContentVersion

pytestmark = pytest.mark.django_db


def test_the_worker_is_fetched_anew_and_held_to_the_policy(client):
    answer = client.get("/sw.js")
    assert answer.headers["Content-Type"] == "text/javascript"
    assert answer.headers["Cache-Control"] == "public, no-cache"
    policy = dict(
        rule.split(" ", 1) for rule in answer.headers["Content-Security-Policy"].split("; ")
    )
    assert policy["worker-src"] == policy["manifest-src"] == policy["script-src"] == "'self'"
    assert policy["default-src"] == "'none'"


def test_the_worker_keeps_files_that_exist(client):
    files = re.search(r"const FILES = \[(.*)\]", client.get("/sw.js").content.decode())[1]
    names = re.findall(r'"/static/([^"]+)"', files)
    assert {"css/site.css", "js/suggest.js", "js/saved.js", "img/icon.svg"} <= set(names)
    assert [name for name in names if not finders.find(name)] == []


def test_the_worker_is_new_when_the_content_is(client):
    before = client.get("/sw.js").content
    assert client.get("/sw.js").content == before
    ContentVersion.bump()
    assert client.get("/sw.js").content != before


def content_rule(client) -> re.Pattern:
    """Return the rule by which the worker knows the pages it may keep, as Python reads it."""
    rule = re.search(r"const CONTENT = /(.*)/;", client.get("/sw.js").content.decode())[1]
    return re.compile(rule.replace(r"\/", "/"))


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/points/bl40/", True),
        ("/symptoms/", True),
        ("/tools/acuball/", True),
        ("/yoga/cat-cow/", True),
        ("/articles/some-article/", True),
        ("/sources/", True),
        ("/about/corrections/", True),
        ("/search/", False),
        ("/search/suggest/", False),
        ("/routine/", False),
        ("/report/", False),
        ("/admin/", False),
        ("/admin/points/", False),
        ("/draft/token/", False),
        ("/healthz", False),
        ("/points/../admin/", False),
        ("/feed/", False),
    ],
)
def test_the_worker_names_what_it_may_keep(client, path, kept):
    assert bool(content_rule(client).match(path)) is kept


@pytest.mark.parametrize("path", ["/", "/points/bl40/", "/safety/", "/no/such/page/"])
def test_no_cache_keeps_what_somebody_sees_who_is_logged_in(client, editor_client, path):
    assert editor_client.get(path).headers["Cache-Control"] == "private, no-store"
    editor_client.logout()
    assert "no-store" not in editor_client.get(path).headers.get("Cache-Control", "")


def test_being_logged_in_makes_no_file_slower(editor_client):
    styles = editor_client.get("/static/css/site.css")
    styles.close()
    assert "no-store" not in styles.headers["Cache-Control"]
    assert editor_client.get("/sw.js").headers["Cache-Control"] == "public, no-cache"


def test_the_page_about_saved_pages_says_what_they_give_away(client):
    page = client.get("/offline/").content.decode()
    assert "can see from them what you read about" in page
    assert "Forget the saved pages" in page
    assert 'href="/offline/"' in client.get("/").content.decode()
    assert "/offline/" not in client.get("/sitemap.xml").content.decode()


class TestSwitchedOff:
    @pytest.fixture(autouse=True)
    def off(self, settings):
        settings.OFFLINE = False

    def test_the_worker_takes_itself_away(self, client):
        answer = client.get("/sw.js")
        assert "registration.unregister()" in answer.content.decode()
        assert '"fetch"' not in answer.content.decode()
        assert answer.headers["Cache-Control"] == "public, no-cache"

    def test_no_page_registers_it_or_speaks_of_it(self, client):
        page = client.get("/").content.decode()
        assert "register.js" not in page
        assert "/offline/" not in page
        assert client.get("/offline/").status_code == 404


def test_the_manifest_names_icons_of_the_size_they_have(client):
    answer = client.get("/manifest.webmanifest")
    assert answer.headers["Content-Type"] == "application/manifest+json"
    manifest = json.loads(answer.content)
    assert manifest["name"].startswith(manifest["short_name"])
    assert manifest["start_url"] == manifest["scope"] == "/"
    sizes = {}
    for icon in manifest["icons"]:
        with Image.open(finders.find(icon["src"].removeprefix("/static/"))) as image:
            assert icon["sizes"] == f"{image.width}x{image.height}"
            assert icon["type"] == Image.MIME[image.format]
            corner = image.convert("RGBA").getpixel((0, 0))
        sizes[icon["purpose"], icon["sizes"]] = corner
    assert set(sizes) == {("any", "192x192"), ("any", "512x512"), ("maskable", "512x512")}
    # The device cuts a maskable icon: it must reach into every corner.
    assert sizes["maskable", "512x512"][3] == 255
    assert '<link rel="manifest" href="/manifest.webmanifest">' in client.get("/").content.decode()
