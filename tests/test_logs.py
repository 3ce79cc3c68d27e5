"""What the server writes down says what went wrong, and nothing of who asked for what."""

import http.client
import json
import logging
import sys
import urllib.error
import urllib.request
from contextlib import closing

import pytest

from backpain_site.logs import JSONFormatter, LineFormatter, discreet
from tests.server import SiteServer


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Not Found: /nowhere/?q=sciatica", "Not Found: /nowhere/"),
        ("GET /search/?q=a&avoid=pregnancy HTTP/1.1", "GET /search/ HTTP/1.1"),
        ("https://site.example/search/?q=a failed", "https://site.example/search/ failed"),
        ("Gone: /draft/abc:def/", "Gone: /draft/…/"),
        ("What now? Nothing.", "What now? Nothing."),
        ("refused\nDETAIL: Key (email)=(a@b.example) exists.\nend", "refused\nend"),
    ],
)
def test_queries_links_and_values_are_left_out(text, written):
    assert discreet(text) == written
    record = logging.makeLogRecord({"msg": text})
    assert LineFormatter().format(record) == written
    assert json.loads(JSONFormatter().format(record))["message"] == written


def test_an_error_is_one_line_with_its_trace(rf):
    try:
        raise ValueError("/search/?q=sciatica")
    except ValueError:
        record = logging.makeLogRecord(
            {
                "msg": "Internal Server Error: %s",
                "args": ("/points/bl40/",),
                "levelname": "ERROR",
                "name": "django.request",
                "exc_info": sys.exc_info(),
                "request": rf.get("/points/bl40/?avoid=pregnancy"),
                "status_code": 500,
            }
        )
    line = JSONFormatter().format(record)
    assert "\n" not in line
    said = json.loads(line)
    assert said["path"] == "/points/bl40/"
    assert (said["method"], said["status"], said["level"]) == ("GET", 500, "ERROR")
    assert "ValueError: /search/" in said["exception"]
    assert "sciatica" not in line
    assert "pregnancy" not in line


def test_the_log_of_a_production_site_tells_nothing_of_its_readers(tmp_path):
    secret = "a-long-key-that-nobody-else-has-and-no-log-may-hold"  # noqa: S105
    with SiteServer(
        tmp_path,
        SITE_URL="http://points.example",
        ALLOWED_HOSTS="points.example",
        SECRET_KEY=secret,
        ACCESS_LOG="1",
    ) as server:
        for path in ("/search/?q=hurtsthere", "/nowhere/?q=hurtsthere", "/draft/ofsomebody/"):
            request = urllib.request.Request(
                server.url + path, headers={"X-Forwarded-For": "192.0.2.7", "Cookie": "a=mycookie"}
            )
            try:
                urllib.request.urlopen(request, timeout=30).close()
            except urllib.error.HTTPError as error:
                error.close()
        with closing(http.client.HTTPConnection("127.0.0.1", server.port)) as connection:
            connection.request("GET", "/", headers={"Host": "evil.example"})
            assert connection.getresponse().status == 400
        for path, status in {"/search/": 200, "/nowhere/": 404, "/draft/…/": 404}.items():
            # Only the line of the access itself tells how long it took.
            server.wait_for_log(f'"path": "{path}", "status": {status}, "ms"')
    log = (tmp_path / f"server-{server.port}.log").read_text()
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    asked = {line["path"]: line for line in lines if line["logger"] == "granian.access"}
    assert (asked["/search/"]["method"], asked["/search/"]["status"]) == ("GET", 200)
    assert asked["/nowhere/"]["status"] == asked["/draft/…/"]["status"] == 404
    (stranger,) = [line for line in lines if "evil.example" in line["message"]]
    assert stranger["level"] == "WARNING"
    assert "exception" not in stranger
    for private in ("hurtsthere", "ofsomebody", "192.0.2.7", "127.0.0.1:", "mycookie", secret):
        assert private not in log.partition("Serving")[2].partition("\n")[2]
