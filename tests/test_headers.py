"""What every answer carries over the wire, as a proxy in front asks for it in production."""

import http.client
from contextlib import closing

import pytest

from .pictures import png
from .server import SiteServer

HOST = "backpoints.example"
# By the name of the header, words that must be among its value.
ALWAYS = {
    "Cache-Control": [],
    "Content-Security-Policy": [
        *("default-src 'none'", "base-uri 'none'", "form-action '", "frame-ancestors '"),
    ],
    "Cross-Origin-Opener-Policy": ["same-origin"],
    "Cross-Origin-Resource-Policy": ["same-origin"],
    "Permissions-Policy": ["camera=()", "geolocation=()", "microphone=()", "payment=()"],
    "Referrer-Policy": ["same-origin"],
    "X-Content-Type-Options": ["nosniff"],
}
LATER = "Fri, 01 Jan 2100 00:00:00 GMT"
TLS = {"X-Forwarded-Proto": "https"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def production(tmp_path_factory) -> SiteServer:
    folder = tmp_path_factory.mktemp("production")
    settings = {"SITE_URL": f"https://{HOST}", "ALLOWED_HOSTS": HOST, "SECRET_KEY": "k" * 60}
    (folder / "media").mkdir()
    (folder / "media" / "drawn.webp").write_bytes(png())
    with SiteServer(folder, SEARCH_RATE_LIMIT="1", **settings) as server:
        yield server


def ask(server, path, method="GET", body=None, host=HOST, **headers):
    """Return the answer's status, its headers and its body."""
    headers = TLS | {name.replace("_", "-"): value for name, value in headers.items()}
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
        connection.request(method, path, body, {"Host": host} | headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()


ANSWERS = [
    (200, "/", {}),
    (200, "/points/bl40/", {}),
    (200, "/points/bl40/?avoid=pregnancy", {}),
    (200, "/", {"method": "HEAD"}),
    (200, "/", {"Accept_Encoding": "br"}),
    (304, "/", {"If_None_Match": "*"}),
    (200, "/search/", {}),
    (200, "/search/suggest/?q=", {}),
    (200, "/feed/", {}),
    (200, "/sitemap.xml", {}),
    (200, "/robots.txt", {}),
    (200, "/sw.js", {}),
    (200, "/manifest.webmanifest", {}),
    (200, "/healthz", {}),
    (200, "/static/img/icon.svg", {}),
    (304, "/static/img/icon.svg", {"If_Modified_Since": LATER}),
    (404, "/static/none.css", {}),
    (200, "/media/drawn.webp", {}),
    (304, "/media/drawn.webp", {"If_None_Match": '"drawn.webp"'}),
    (404, "/media/none.webp", {}),
    (301, "/points/ub40/", {}),
    (301, "/points", {}),
    (302, "/favicon.ico", {}),
    (301, "/", {"X_Forwarded_Proto": "http"}),
    (200, "/admin/login/", {}),
    (302, "/admin/", {}),
    (400, "/search/?q=%00", {}),
    (400, "/", {"host": "evil.example"}),
    (400, "/points/", {"host": "evil.example", "X_Forwarded_Proto": "http"}),
    (403, "/admin/login/", {"method": "POST", "body": "a=b", **FORM}),
    (404, "/no/such/page/", {}),
    (405, "/search/", {"method": "OPTIONS"}),
    (405, "/", {"method": "PUT", "body": "x"}),
    (405, "/healthz", {"method": "TRACE"}),
    (413, "/report/", {"method": "POST", "Content_Length": "99999999"}),
    (415, "/report/", {"method": "POST", "Content_Type": "text/plain; charset=utf-7"}),
]


@pytest.mark.parametrize(("status", "path", "request_"), ANSWERS, ids=lambda part: str(part)[:60])
def test_every_answer_carries_them(production, status, path, request_):
    said, headers, _body = ask(production, path, **request_)
    assert said == status
    for name, words in ALWAYS.items():
        values = headers.get_all(name)
        if (status, name) == (304, "Cache-Control") and not values:
            continue
        assert values, name
        assert len(values) == 1, name
        assert [word for word in words if word not in values[0]] == [], name
    assert "unsafe" not in headers["Content-Security-Policy"]
    if request_.get("X_Forwarded_Proto") != "http":
        hsts = headers["Strict-Transport-Security"]
        assert hsts == "max-age=31536000; includeSubDomains; preload"


@pytest.mark.parametrize("cookie", [{}, {"Cookie": "__Host-sessionid=x"}])
def test_what_was_kept_keeps_its_rule(production, cookie):
    """A cache takes the rule of the answer that nothing changed for that of what it has."""
    for path, tag in [("/media/drawn.webp", '"drawn.webp"'), ("/static/img/icon.svg", None)]:
        asked = {"If_None_Match": tag} if tag else {"If_Modified_Since": LATER}
        status, headers, _body = ask(production, path, **asked, **cookie)
        assert status == 304
        assert not {"no-cache", "no-store", "private"} & set(
            headers.get("Cache-Control", "").split(", ")
        )


def test_the_answer_to_too_many_carries_them_and_says_when_to_come_again(production):
    ask(production, "/search/?q=back")
    status, headers, _body = ask(production, "/search/?q=back")
    assert (status, headers["Retry-After"]) == (429, "60")
    assert [name for name in ALWAYS if name not in headers] == []


def test_cookies_stay_with_this_host_tls_and_the_server(production):
    _status, headers, _body = ask(production, "/admin/login/")
    cookie = headers["Set-Cookie"]
    assert cookie.startswith("__Host-csrftoken=")
    for part in ["Secure", "HttpOnly", "Path=/", "SameSite=Lax"]:
        assert f"; {part}" in cookie
    assert "Domain" not in cookie


def test_pages_for_readers_set_no_cookie(production):
    for path in ["/", "/search/?q=", "/report/", "/no/such/page/"]:
        assert "Set-Cookie" not in ask(production, path)[1], path


class TestTheCopiesAreNotPoisoned:
    """Pages from memory are everybody's: what one visitor sends must not be in them."""

    FORGED = {
        "X_Forwarded_Host": "evil.example",
        "X_Forwarded_Port": "666",
        "X_Original_URL": "/admin/",
        "X_Rewrite_URL": "/admin/",
        "X_HTTP_Method_Override": "POST",
        "Forwarded": "host=evil.example",
        "X_Forwarded_Prefix": "/evil",
        "Accept_Language": "de",
    }

    def test_by_headers_that_name_no_other_page(self, production):
        _status, forged, changed = ask(production, "/yoga/", **self.FORGED)
        _status, plain, page = ask(production, "/yoga/")
        assert changed == page
        assert b"evil.example" not in page
        assert dict(forged) == dict(plain)

    def test_by_a_query_that_the_copy_does_not_know(self, production):
        ask(production, "/tools/?avoid=pregnancy&x=evil.example")
        assert b"evil.example" not in ask(production, "/tools/")[2]

    def test_by_another_host(self, production):
        assert ask(production, "/symptoms/", host="evil.example")[0] == 400
        assert b"evil.example" not in ask(production, "/symptoms/")[2]
