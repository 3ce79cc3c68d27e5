import gc
import os
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from playwright.sync_api import Page

from backpain_site.freshness import NOTHING
from backpain_site.memo import memo, watch
from backpain_site.scheduling import timetable
from points.search.index import IndexHolder, holder
from tests.server import SiteServer, chromium


def pytest_configure():
    # Playwright keeps an event loop in this thread; no test uses the database from inside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    # Hashed names need collectstatic; the served site has them, see tests/server.py.
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True
    if settings.DATABASES["default"]["ENGINE"] == "backpain_site.sqlite":
        # As for Django's own engine, which pytest-django knows by its name.
        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = ":memory:"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SEARCH_RATE_LIMIT = 0
    # Tests that run beside this one are counted apart.
    in_process = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {
        name: {"BACKEND": in_process, "LOCATION": name} for name in ("default", "copies")
    }
    # A thread of its own would not see what a test has not committed.
    IndexHolder.LONGEST_WAIT = 60


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Every test finds the starter content, and leaves it as it was."""
    with django_db_blocker.unblock():
        call_command("load_content", verbosity=0)
        holder.get()
    yield
    with django_db_blocker.unblock():
        end_other_sessions()


def end_other_sessions():
    """PostgreSQL drops no database that somebody uses; what an ended thread opened may be open."""
    gc.collect()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(autouse=True)
def index_of_the_starter_content():
    """Numbers of content versions are used again after a rollback: keep no index of a test's.

    Nor what it remembered.
    """
    index = holder.index
    yield
    holder.index = index
    memo.forget()
    watch().known = NOTHING


@pytest.fixture(autouse=True)
def timetable_of_its_own():
    """No request looks for scheduled drafts by chance: only once a test has scheduled one."""
    timetable.look_at = datetime.max.replace(tzinfo=UTC)


@pytest.fixture(autouse=True)
def connection_that_stays(monkeypatch):
    """A test is one transaction: no request may close its connection, as servers do."""
    monkeypatch.setattr(BaseDatabaseWrapper, "close_if_unusable_or_obsolete", lambda self: None)


@pytest.fixture(autouse=True)
def media_of_its_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def editor_client(client, django_user_model):
    client.force_login(django_user_model.objects.create_superuser("editor"))
    return client


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> SiteServer:
    """The site as `make run` serves it, with a database of its own, for browser tests."""
    with SiteServer(tmp_path_factory.mktemp("site")) as server:
        yield server


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return browser_type_launch_args | {
        "executable_path": chromium(),
        "args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    """Pages come from the server, not from the worker; tests/test_browser_offline.py lets it in."""
    return browser_context_args | {"service_workers": "block"}


@pytest.fixture
def watched(page: Page, site) -> Page:
    """A page that must stay silent: no console error, no other host."""
    said = []

    def note_console(message):
        if message.type == "error" and "404 (Not Found)" not in message.text:
            said.append(message.text)

    def note_request(request):
        if not request.url.startswith((site.url, "data:")):
            said.append(request.url)

    page.on("console", note_console)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", note_request)
    yield page
    assert said == []
