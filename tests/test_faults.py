"""What breaks outside: the answer says so in plain words, and when to try again."""

import errno
import threading
from datetime import datetime

import psycopg
import pytest
from django.db import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    connection,
)
from django.test import Client
from django.utils import timezone

from backpain_site.freshness import VersionWatch
from backpain_site.health import is_outside
from points.models import Point, SearchCount
from points.search import report

from .factories import make_picture
from .forms import form_data

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor():
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("database is locked"),
        InterfaceError("connection already closed"),
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EROFS, "Read-only file system"),
    ],
)
def test_what_refuses_for_a_while_is_a_friendly_503(visitor, monkeypatch, error):
    def refuse(*args):
        raise error

    monkeypatch.setattr(Point.objects.__class__, "published", refuse)
    answer = visitor.get("/points/bl40/")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"
    assert "cannot reach its records" in answer.content.decode()
    assert answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_fault_of_ours_stays_a_500(visitor, monkeypatch):
    def fail(*args):
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(Point.objects.__class__, "published", fail)
    answer = visitor.get("/points/bl40/")
    assert answer.status_code == 500
    assert "went wrong on our side" in answer.content.decode()
    assert "a fault of ours" not in answer.content.decode()


def test_an_editor_whose_save_is_refused_is_told_that_nothing_was_changed(
    editor_client, monkeypatch
):
    def refuse(*args, **kwargs):
        raise OperationalError("attempt to write a readonly database")

    editor_client.raise_request_exception = False
    form = form_data(editor_client.get("/admin/points/symptom/add/").content.decode())
    monkeypatch.setattr("backpain_site.models.Draft.save", refuse)
    answer = editor_client.post(
        "/admin/points/symptom/add/", form | {"name": "Typed with care", "_draft": "1"}
    )
    assert answer.status_code == 503
    assert "Nothing was changed" in answer.content.decode()


def test_a_search_waits_for_no_count(client, monkeypatch):
    """SQLite would queue the count for ten seconds behind an import; the reader must not wait."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL does not queue writers of different rows.")
    patience = []

    def ask():
        with connection.cursor() as cursor:
            return cursor.execute("PRAGMA busy_timeout").fetchone()[0]

    def refuse(*args):
        patience.append(ask())
        raise OperationalError("database is locked")

    usual = ask()
    monkeypatch.setattr(report, "write_count", refuse)
    answer = client.get("/search/?q=sciatica")
    assert 'data-point-code="' in answer.content.decode()
    assert patience == [report.PATIENCE_MS]
    assert ask() == usual > report.PATIENCE_MS
    assert not SearchCount.objects.exists()


def test_a_handler_that_fails_before_the_view_is_answered_too(monkeypatch):
    """A session that cannot be read, say: the middleware raises, not the view."""

    def refuse(*args, **kwargs):
        raise OperationalError("the database is away")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", refuse)
    visitor = Client(raise_request_exception=False)
    visitor.cookies["sessionid"] = "x" * 32
    answer = visitor.get("/points/bl40/")
    assert answer.status_code == 503
    assert "cannot reach its records" in answer.content.decode()


@pytest.mark.parametrize("path", ["/", "/points/bl40/", "/report/", "/admin/login/"])
def test_a_body_larger_than_any_form_is_refused_unread(client, path):
    answer = client.post(
        path, b"", content_type="text/plain", CONTENT_LENGTH="99999999999999999999"
    )
    assert answer.status_code == 413
    assert "It was too long" in answer.content.decode()


@pytest.mark.parametrize("method", ["PUT", "DELETE", "TRACE", "PURGE"])
def test_what_no_page_is_asked_for_is_refused_with_what_is(client, method):
    answer = client.generic(method, "/")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, POST, OPTIONS"


@pytest.mark.parametrize("charset", ["utf-7", "utf-16", "idna", "unicode_escape"])
def test_a_text_in_another_character_set_is_refused(client, charset):
    answer = client.post(
        "/admin/login/",
        b"username=+AHg-&password=x",
        content_type=f"application/x-www-form-urlencoded; charset={charset}",
    )
    assert answer.status_code == 415
    assert "in a form that this site does not take" in answer.content.decode()


def test_who_waits_for_a_silent_database_lets_others_read(monkeypatch):
    """One request asks which content is current; the others do not wait with it for good."""
    watch = VersionWatch()
    asked, answered = threading.Event(), threading.Event()

    def silent(_):
        asked.set()
        answered.wait(10)

    monkeypatch.setattr(watch, "ask", silent)
    monkeypatch.setattr("backpain_site.freshness.PATIENCE", 0.01)
    thread = threading.Thread(target=watch.current)
    thread.start()
    asked.wait(10)
    try:
        assert watch.current() is None
    finally:
        answered.set()
        thread.join()


def of_django(kind, cause) -> Exception:
    error = kind("refused")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "outside"),
    [
        (OperationalError("locked"), True),
        (DatabaseError("file is not a database"), True),
        (of_django(InternalError, psycopg.errors.ReadOnlySqlTransaction()), True),
        (of_django(InternalError, psycopg.errors.InFailedSqlTransaction()), False),
        (IntegrityError("twice"), False),
        (OSError(errno.EFBIG, "File too large"), True),
        (FileNotFoundError(errno.ENOENT, "No such file"), False),
        (ValueError("of ours"), False),
        (None, False),
    ],
)
def test_what_is_refused_from_outside_is_told_from_our_own_faults(error, outside):
    assert is_outside(error) is outside


def test_health_says_what_is_in_the_way(client, monkeypatch):
    assert client.get("/healthz").content == b"ok\n"

    def no_room(**kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("backpain_site.health.tempfile.TemporaryFile", no_room)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (503, b"disk full or read-only\n")
    monkeypatch.setattr("backpain_site.health.is_read_only", lambda: True)
    assert client.get("/healthz").content == b"database read-only\n"


def test_a_picture_is_not_compressed_again(client):
    picture = make_picture()
    answer = client.get(f"/media/{picture.image.name}", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Type"] == "image/webp"
    assert "Content-Encoding" not in answer.headers
    answer.close()
    page = client.get("/points/", headers={"Accept-Encoding": "gzip"})
    assert page.headers["Content-Encoding"] == "gzip"


def test_who_is_told_of_a_weakness_is_said_where_somebody_is_named(client, settings):
    assert client.get("/.well-known/security.txt").status_code == 404
    settings.SECURITY_CONTACT = "mailto:security@points.example"
    answer = client.get("/.well-known/security.txt")
    assert answer.headers["Content-Type"] == "text/plain"
    said = dict(line.split(": ") for line in answer.content.decode().splitlines())
    assert said["Contact"] == "mailto:security@points.example"
    assert datetime.fromisoformat(said["Expires"]) > timezone.now()
