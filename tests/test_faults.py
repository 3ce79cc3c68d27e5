"""What breaks outside: the answer says so in plain words, and when to try again."""

import errno

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test import Client

from points.models import Point, SearchCount
from points.search import report

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


@pytest.mark.parametrize("charset", ["utf-7", "utf-16", "idna", "unicode_escape"])
def test_a_text_in_another_character_set_is_refused(client, charset):
    answer = client.post(
        "/admin/login/",
        b"username=+AHg-&password=x",
        content_type=f"application/x-www-form-urlencoded; charset={charset}",
    )
    assert answer.status_code == 415
    assert "in a form that this site does not take" in answer.content.decode()
