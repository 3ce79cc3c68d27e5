"""Pages from memory: the same for everybody, right at once, and nobody's secret."""

import gzip
import io
import threading
from datetime import timedelta

import brotli
import pytest
from django.core.cache import caches
from django.core.handlers.wsgi import WSGIHandler
from django.db import OperationalError
from django.utils import timezone

from backpain_site import copies, freshness
from backpain_site.copies import PageCopies, preferred_encoding
from backpain_site.freshness import Version, VersionWatch
from backpain_site.models import ContentVersion
from points.models import Point

from .factories import make_point

pytestmark = pytest.mark.django_db


class Site:
    """PageCopies in front of the real application; counts how often that was asked."""

    def __init__(self):
        self.rendered = []
        self.django = WSGIHandler()
        self.watch = VersionWatch()
        self.watch.lease = 0  # Asks every time: a test does not wait.
        self.copies = PageCopies(self.ask, self.watch)

    def ask(self, environ, start_response):
        self.rendered.append(environ["PATH_INFO"])
        return self.django(environ, start_response)

    def get(self, path="/", **environ):
        path, _, query = path.partition("?")
        said = {}

        def start_response(status, headers, exception=None):
            said["status"] = int(status[:3])
            said["headers"] = {name.lower(): value for name, value in headers}

        body = self.copies(
            {
                "REQUEST_METHOD": "GET",
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "HTTP_HOST": "127.0.0.1",
                "SERVER_NAME": "127.0.0.1",
                "SERVER_PORT": "80",
                "SERVER_PROTOCOL": "HTTP/1.1",
                "REMOTE_ADDR": "127.0.0.1",
                "wsgi.url_scheme": "http",
                "wsgi.input": io.BytesIO(),
            }
            | environ,
            start_response,
        )
        return said["status"], said["headers"], b"".join(body)


@pytest.fixture
def memory():
    caches["copies"].clear()
    return Site()


PAGES = [
    *("/", "/points/", "/points/bl40/", "/symptoms/sciatica/", "/sitemap.xml", "/feed/"),
    *("/sw.js", "/manifest.webmanifest", "/offline/"),
]


@pytest.mark.parametrize("path", PAGES)
def test_a_published_page_is_rendered_once(memory, path):
    first, second = memory.get(path), memory.get(path)
    assert first == second
    assert first[0] == 200
    assert memory.rendered == [path]


def test_a_copy_says_what_django_says(memory, client):
    status, headers, body = memory.get("/points/bl40/")
    answer = client.get("/points/bl40/", headers={"host": "127.0.0.1"})
    assert (status, body) == (answer.status_code, answer.content)
    for name in ("content-security-policy", "cache-control", "content-type", "referrer-policy"):
        assert headers[name] == answer.headers[name]


@pytest.mark.parametrize(
    "path",
    [
        *("/search/?q=sciatica", "/search/", "/search/suggest/?q=sci", "/healthz"),
        *("/points/?area=knee", "/points/bl40/?avoid=pregnancy", "/?a=1", "/admin/login/"),
        *("/points/nowhere/", "/points/kunlun/", "/draft/abc/", "/media/x.webp"),
    ],
)
def test_what_is_no_published_page_is_asked_of_django_each_time(memory, path):
    memory.get(path)
    memory.get(path)
    assert len(memory.rendered) == 2
    assert memory.copies.copies == {}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_other_methods_are_left_to_django(memory, method):
    memory.get("/")
    memory.get("/", REQUEST_METHOD=method)
    assert len(memory.rendered) == 2


def test_head_has_the_headers_of_get_and_no_body(memory):
    _, headers, body = memory.get("/")
    status, of_head, nothing = memory.get("/", REQUEST_METHOD="HEAD")
    assert (status, of_head, nothing) == (200, headers, b"")
    assert int(headers["content-length"]) == len(body)


def test_a_head_first_does_not_keep_an_empty_page(memory):
    memory.get("/", REQUEST_METHOD="HEAD")
    assert b"</html>" in memory.get("/")[2]


def test_each_encoding_is_the_same_page(memory):
    _, plain_headers, plain = memory.get("/")
    _, gzip_headers, zipped = memory.get("/", HTTP_ACCEPT_ENCODING="gzip, deflate")
    _, brotli_headers, small = memory.get("/", HTTP_ACCEPT_ENCODING="gzip, deflate, br, zstd")
    assert gzip.decompress(zipped) == brotli.decompress(small) == plain
    assert "content-encoding" not in plain_headers
    assert gzip_headers["content-encoding"] == "gzip"
    assert brotli_headers["content-encoding"] == "br"
    all_headers = (plain_headers, gzip_headers, brotli_headers)
    assert len({headers["etag"] for headers in all_headers}) == 3
    assert {headers["vary"] for headers in all_headers} == {"Accept-Encoding"}
    assert len(memory.rendered) == 1


@pytest.mark.parametrize(
    "accepted, encoding",
    [
        *(("br", "br"), ("gzip", "gzip"), ("", ""), ("identity", ""), ("deflate", "")),
        *(("br;q=0", ""), ("br;q=0, gzip", "gzip"), ("*", "br"), ("*;q=0", ""), ("BR", "br")),
        *(("gzip;q=0, *", "br"), ("br;q=x", ""), ("gzip;q=0.5, br;q=0.1", "br"), (",;,=", "")),
    ],
)
def test_only_an_accepted_encoding_is_sent(accepted, encoding):
    assert preferred_encoding(accepted) == encoding


def test_a_copy_a_browser_has_is_not_sent_again(memory):
    _, headers, _ = memory.get("/", HTTP_ACCEPT_ENCODING="br")
    for asked in (headers["etag"], f'"x", W/{headers["etag"]}', "*"):
        status, again, body = memory.get("/", HTTP_ACCEPT_ENCODING="br", HTTP_IF_NONE_MATCH=asked)
        assert (status, body) == (304, b"")
        assert again["etag"] == headers["etag"]
        assert again["content-security-policy"]
        assert "content-length" not in again
    assert (
        memory.get("/", HTTP_ACCEPT_ENCODING="gzip", HTTP_IF_NONE_MATCH=headers["etag"])[0] == 200
    )


def test_a_change_is_on_the_page_at_once(memory):
    point = make_point(code="BL99", summary="Before the change.")
    path = point.get_absolute_url()
    etag = memory.get(path)[1]["etag"]
    point.summary = "After the change."
    point.save()
    status, headers, body = memory.get(path, HTTP_IF_NONE_MATCH=etag)
    assert status == 200
    assert b"After the change." in body
    assert headers["etag"] != etag


def test_a_withdrawn_page_is_gone_at_once(memory):
    point = make_point(code="BL99", where="Words to be withdrawn.")
    path = point.get_absolute_url()
    assert b"Words to be withdrawn" in memory.get(path)[2]
    Point.objects.filter(pk=point.pk).update(status=Point.Status.WITHDRAWN)
    status, _, body = memory.get(path)
    assert status == 410
    assert b"Words to be withdrawn" not in body


def test_a_scheduled_page_appears_when_it_is_due(memory, monkeypatch):
    due = timezone.now() + timedelta(hours=1)
    point = make_point(code="BL99", publish_at=due)
    path = point.get_absolute_url()
    assert memory.get(path)[0] == 404
    assert path.encode() not in memory.get("/sitemap.xml")[2]
    monkeypatch.setattr(timezone, "now", lambda: due)
    monkeypatch.setattr(freshness.time, "time", due.timestamp)
    assert memory.get(path)[0] == 200
    assert path.encode() in memory.get("/sitemap.xml")[2]


def test_the_watch_knows_the_second_the_next_page_is_due(memory):
    assert memory.watch.current().due > timezone.now().timestamp() + 10**9
    soon, later = (timezone.now() + timedelta(minutes=minutes) for minutes in (5, 50))
    make_point(code="BL98", publish_at=later)
    make_point(code="BL99", publish_at=soon)
    assert memory.watch.current().due == soon.timestamp()


def test_nothing_of_an_editor_is_kept_or_served(memory, editor_client, settings):
    cookie = f"{settings.SESSION_COOKIE_NAME}={editor_client.cookies['sessionid'].value}"
    status, headers, body = memory.get("/points/bl40/", HTTP_COOKIE=cookie)
    assert b"Edit this page" in body
    assert headers["cache-control"] == "private, no-store"
    assert memory.copies.copies == {}
    _, headers, body = memory.get("/points/bl40/")
    assert b"Edit this page" not in body
    assert b"Edit this page" in memory.get("/points/bl40/", HTTP_COOKIE=cookie)[2]


def test_a_draft_is_never_kept(memory, editor_client):
    draft = make_point(code="BL99", status="draft", where="Words of a draft.")
    path = draft.get_absolute_url()
    cookie = f"sessionid={editor_client.cookies['sessionid'].value}"
    assert b"Words of a draft" in memory.get(path, HTTP_COOKIE=cookie)[2]
    assert memory.get(path)[0] == 404
    assert memory.copies.copies == {}


def test_a_visitor_leaves_no_trace_on_the_copy(memory):
    """Neither cookies nor conditions, languages and encodings of the first reader shape it."""
    memory.get(
        "/",
        HTTP_COOKIE="csrftoken=of-the-first; theme=x",
        HTTP_ACCEPT_LANGUAGE="de",
        HTTP_IF_NONE_MATCH='"x"',
        HTTP_IF_MODIFIED_SINCE="Wed, 25 Nov 2099 10:00:00 GMT",
        HTTP_RANGE="bytes=0-9",
        HTTP_ACCEPT_ENCODING="br",
    )
    _, headers, body = memory.get("/")
    assert body == Site().get("/")[2]
    assert "set-cookie" not in headers


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "127.0.0.1/x"])
def test_a_host_that_is_not_ours_gets_no_copy(memory, host):
    memory.get("/")
    assert memory.get("/", HTTP_HOST=host)[0] == 400 or host == ""
    assert len(memory.rendered) == 2


def test_no_copy_goes_where_tls_is_wanted(settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    memory = Site()
    for _ in range(2):
        assert memory.get("/", HTTP_X_FORWARDED_PROTO="https")[0] == 200
    assert memory.rendered == ["/"]
    assert memory.get("/")[0] == memory.get("/", HTTP_X_FORWARDED_PROTO="http")[0] == 301


@pytest.mark.parametrize("query", ["fbclid=IwAR0-x_y", "utm_source=news&utm_medium=mail&gclid=1"])
def test_a_link_marked_by_another_site_gets_the_copy(memory, query):
    plain = memory.get("/points/bl40/")
    assert memory.get(f"/points/bl40/?{query}") == plain
    assert memory.rendered == ["/points/bl40/"]
    memory.copies.forget("/points/bl40/")
    # The first reader may come by such a link; nothing of it is on the page of the others.
    assert memory.get(f"/points/bl40/?{query}") == plain == memory.get("/points/bl40/")


@pytest.mark.parametrize(
    "query",
    [
        *("fbclid=1&avoid=pregnancy", "p=bl40&utm_source=x", "fbclid", "fbclid=1&", "xfbclid=1"),
        *("fbclid=1;avoid=pregnancy", "utm_=1", "fbclid=1&fbclid", "UTM_SOURCE=x"),
    ],
)
def test_a_link_that_says_anything_else_does_not(memory, query):
    memory.get("/points/bl40/")
    memory.get(f"/points/bl40/?{query}")
    assert memory.rendered == ["/points/bl40/"] * 2


@pytest.mark.parametrize(
    "header", [("Set-Cookie", "a=b"), ("Content-Encoding", "gzip"), ("Cache-Control", "private")]
)
def test_an_answer_that_is_not_for_everybody_is_not_kept(header):
    def django(environ, start_response):
        start_response("200 OK", [*{"Cache-Control": "public"}.items(), header])
        return [b"secret"]

    memory = Site()
    memory.copies.django = django
    assert memory.get("/")[2] == b"secret"
    assert memory.copies.copies == {}


def test_a_stampede_renders_a_page_once():
    everybody = threading.Barrier(8)
    rendered, answers = [], []

    def django(environ, start_response):
        rendered.append(environ["PATH_INFO"])
        start_response("200 OK", [("Cache-Control", "public")])
        return [b"page"]

    class Watch:
        latest = Version(1, float("inf"))

        def current(self):
            everybody.wait(timeout=30)
            return self.latest

    memory = Site()
    memory.copies = PageCopies(django, Watch())
    readers = [threading.Thread(target=lambda: answers.append(memory.get("/"))) for _ in range(8)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert rendered == ["/"]
    assert [answer[2] for answer in answers] == [b"page"] * 8


def test_the_number_and_the_size_of_copies_is_bounded(memory, monkeypatch):
    monkeypatch.setattr(copies, "MOST_PAGES", 2)
    for path in PAGES:
        memory.get(path)
    assert list(memory.copies.copies) == PAGES[-2:]
    assert memory.copies.bytes == sum(copy.size for copy in memory.copies.copies.values())
    monkeypatch.setattr(copies, "MOST_BYTES", 10)
    memory.get("/")
    assert memory.copies.copies == {}
    assert memory.copies.bytes == 0


def test_a_page_too_large_to_keep_is_served(memory, monkeypatch):
    monkeypatch.setattr(copies, "LARGEST_PAGE", 100)
    assert b"</html>" in memory.get("/")[2]
    assert memory.copies.copies == {}


@pytest.fixture
def away():
    """Call it, and the database is away; call what it returns, and it is back."""

    def ask(cls=ContentVersion):
        raise OperationalError("the database is away")

    # One of its own: it undoes nothing of other fixtures.
    with pytest.MonkeyPatch.context() as patch:

        def go():
            patch.setattr(ContentVersion, "current", ask)
            patch.setattr("backpain_site.freshness.connection.close", lambda: None)
            return patch.undo

        yield go


def test_copies_go_on_without_the_database_and_say_so(memory, away):
    _, headers, body = memory.get("/")
    back = away()
    status, stale_headers, stale = memory.get("/")
    assert (status, stale) == (200, body)
    assert stale_headers["warning"].startswith("110")
    back()
    memory.watch.known = memory.watch.known._replace(until=0)
    assert "warning" not in memory.get("/")[1]


def test_without_the_database_a_process_has_the_copies_of_the_others(memory, away):
    other = Site()
    page = memory.get("/points/bl40/")
    other.get("/")
    away()
    status, headers, body = other.get("/points/bl40/")
    assert (status, body) == (200, page[2])
    assert headers["warning"].startswith("110")
    assert other.rendered == ["/"]
    other.get("/points/bl23/")  # Nobody rendered it.
    assert other.rendered == ["/", "/points/bl23/"]


@pytest.mark.parametrize("left", [None, "rows", (1, 2), ((1, 2.0), [], b"page", "more")])
def test_what_another_release_left_is_no_copy(memory, away, left):
    memory.get("/")
    memory.copies.copies.clear()
    caches["copies"].set(memory.copies.place_of("/"), left)
    away()
    memory.get("/")
    assert memory.rendered == ["/", "/"]


def test_without_the_database_no_copy_of_an_older_version_is_shown(memory, away):
    """It may be of a page that was withdrawn since."""
    for path in ("/", "/points/bl40/"):
        memory.get(path)
    ContentVersion.bump()
    memory.get("/")
    away()
    assert memory.get("/")[0] == 200
    memory.get("/points/bl40/")
    assert memory.rendered == ["/", "/points/bl40/", "/", "/points/bl40/"]


def test_a_database_that_is_away_is_not_asked_at_every_request(memory, monkeypatch):
    asked = []

    def away():
        asked.append(1)
        raise OperationalError("the database is away")

    monkeypatch.setattr(ContentVersion, "current", away)
    monkeypatch.setattr("backpain_site.freshness.connection.close", lambda: None)
    assert memory.watch.current() is None
    assert memory.watch.current() is None
    assert len(asked) == 1


def test_the_stamp_spares_the_database(tmp_path, monkeypatch, django_assert_num_queries):
    path = tmp_path / "site.sqlite3-content"
    monkeypatch.setattr("backpain_site.stamp.stamp_path", lambda: path)
    watch = VersionWatch()
    before = watch.current()
    with django_assert_num_queries(0):
        assert watch.current() is before
    ContentVersion.bump()
    assert watch.current().number == before.number + 1
