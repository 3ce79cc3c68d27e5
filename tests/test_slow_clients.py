"""Clients that send little, or nothing more, keep nobody else from reading."""

import socket
import threading
import urllib.request
from io import BytesIO

import pytest

from backpain_site.bodies import REFUSED, SLOTS, Bodies

from .server import SiteServer

LARGEST = 1_000_000


class Stuck:
    """A body of which nothing comes until the client is gone."""

    def __init__(self):
        self.client_is_gone = threading.Event()

    def read(self, size):
        self.client_is_gone.wait()
        return b""


@pytest.fixture
def stuck():
    body = Stuck()
    yield body
    body.client_is_gone.set()


def seen(bodies: Bodies, body, length) -> dict:
    """Return the request as Django sees it, with the body that it reads."""
    return bodies({"wsgi.input": body, "CONTENT_LENGTH": str(length)}, None)


def bodies(**kwargs) -> Bodies:
    def django(environ, start_response):
        body = environ["wsgi.input"]
        return environ | {"body": None if isinstance(body, Stuck) else body.read()}

    return Bodies(django, LARGEST, **kwargs)


@pytest.mark.parametrize("size", [1, 70_000, LARGEST])
def test_a_body_that_comes_is_passed_on_whole(size):
    environ = seen(bodies(), BytesIO(b"x" * size + b"the next request"), size)
    assert environ["body"] == b"x" * size
    assert REFUSED not in environ


def test_a_body_cut_short_ends_where_it_was_cut():
    assert seen(bodies(), BytesIO(b"half"), 8)["body"] == b"half"


@pytest.mark.parametrize("length", ["", "0", "x", str(LARGEST + 1), "9" * 30])
def test_what_has_no_body_that_we_take_is_not_waited_for(stuck, length):
    assert seen(bodies(slots=0), stuck, length)["wsgi.input"] is stuck


def test_a_body_that_does_not_come_is_given_up(stuck):
    environ = seen(bodies(patience=0.01), stuck, 8)
    assert environ[REFUSED] == 408
    assert environ["body"] == b""


def test_when_too_many_are_on_their_way_the_next_is_refused_at_once(stuck):
    environ = seen(bodies(slots=0), stuck, 8)
    assert environ[REFUSED] == 503


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "words"), [(408, "We could not read"), (503, "Nothing was changed")]
)
def test_who_is_refused_is_told_in_words(client, status, words):
    answer = client.post("/report/", {"message": "x"}, **{REFUSED: status})
    assert answer.status_code == status
    assert words in answer.content.decode()
    assert answer.headers["Connection"] == "close"


def test_readers_are_answered_while_many_clients_send_nothing_more(site: SiteServer):
    start = f"POST /report/ HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\nContent-Length: 1000\r\n"
    clients = []
    try:
        for sent in [start, f"{start}\r\nmessage="] * (2 * SLOTS):
            client = socket.create_connection(("127.0.0.1", site.port), timeout=60)
            client.sendall(sent.encode())
            clients.append(client)
        for path in ["/", "/points/bl40/", "/search/?q=sciatica", "/admin/login/"] * 5:
            with urllib.request.urlopen(f"{site.url}{path}", timeout=60) as answer:
                assert b"</html>" in answer.read()
    finally:
        for client in clients:
            client.close()
