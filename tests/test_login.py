"""The door of the desk: who may try how often, for how long it stays open, what is noted."""

import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.auth.hashers import get_hasher
from django.core.cache import cache
from django.utils import timezone

from backpain_site.door import LOGIN_RATE_LIMIT

pytestmark = pytest.mark.django_db
LOGIN = "/admin/login/"
RIGHT, WRONG = "right-password-1", "wrong-password-1"


@pytest.fixture(autouse=True)
def nobody_tried_yet():
    cache.clear()


@pytest.fixture
def editor(django_user_model):
    return django_user_model.objects.create_superuser("editor", password=RIGHT)


def log_in(client, name="editor", password=WRONG, **extra):
    return client.post(LOGIN, {"username": name, "password": password}, **extra)


def test_the_right_password_opens_the_desk(client, editor):
    answer = log_in(client, password=RIGHT)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/admin/"


def test_after_five_failures_even_the_right_password_waits(client, editor):
    statuses = [log_in(client).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 200, 429]
    answer = log_in(client, password=RIGHT)
    assert answer.status_code == 429
    assert "locked for you for 15 minutes" in answer.content.decode()
    assert answer.headers["Retry-After"] == "900"


def test_trying_while_it_is_locked_locks_it_no_longer(client, editor):
    for _ in range(8):
        log_in(client)
    assert AccessAttempt.objects.get().failures_since_start == 5
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert log_in(client, password=RIGHT).status_code == 302


def test_failures_from_many_addresses_lock_a_name_where_it_is_not_known(client, editor):
    log_in(client, password=RIGHT, REMOTE_ADDR="192.0.2.1")
    for number in range(2, 12):
        log_in(client, REMOTE_ADDR=f"192.0.2.{number}")
    locked = log_in(client, password=RIGHT, REMOTE_ADDR="192.0.2.99")
    assert locked.status_code == 429
    at_home = log_in(client, password=RIGHT, REMOTE_ADDR="192.0.2.1")
    assert at_home.status_code == 302


def test_an_address_tries_only_so_many_names_a_minute(client, editor):
    for number in range(LOGIN_RATE_LIMIT):
        assert log_in(client, name=f"name{number}").status_code == 200
    answer = log_in(client, password=RIGHT)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "60"
    assert "Try again in a minute" in answer.content.decode()


def test_other_addresses_are_not_locked_out_and_forged_headers_change_nothing(client, editor):
    for number in range(5):
        log_in(client, REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}")
    locked = log_in(client, password=RIGHT, REMOTE_ADDR="192.0.2.1")
    assert locked.status_code == 429
    free = log_in(client, password=RIGHT, REMOTE_ADDR="192.0.2.2")
    assert free.status_code == 302


def test_unknown_names_get_the_same_page(client, editor):
    def said(answer):
        page = re.sub(r'value="[^"]*"', "", answer.content.decode())
        return page[page.index("errornote") :]

    assert said(log_in(client)) == said(log_in(client, name="nobody"))


def test_unknown_names_take_as_long(client, editor, monkeypatch):
    """A password is hashed once, whoever is asked for: that is what takes the time."""
    hashed = []
    encode = type(get_hasher()).encode
    monkeypatch.setattr(
        type(get_hasher()), "encode", lambda *args: hashed.append(1) or encode(*args)
    )
    log_in(client)
    for_the_known = hashed.copy()
    log_in(client, name="nobody")
    assert hashed == for_the_known * 2


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "javascript:1"])
def test_login_leads_to_no_other_site(client, editor, target):
    answer = client.post(f"{LOGIN}?next={target}", {"username": "editor", "password": RIGHT})
    assert answer.headers["Location"] == "/admin/"


def test_a_login_has_a_session_of_its_own_that_ends_however_much_it_is_used(client, editor):
    client.cookies["sessionid"] = "chosen-by-somebody-else"
    log_in(client, password=RIGHT)
    session = client.session
    assert session.session_key != "chosen-by-somebody-else"
    hours = timedelta(hours=12)
    ends = session.get_expiry_date()
    assert ends <= timezone.now() + hours
    session["used"] = "much"
    session.save()
    assert client.session.get_expiry_date() == ends
    session.set_expiry(timezone.now() - timedelta(seconds=1))
    session.save()
    assert client.get("/admin/").status_code == 302


def test_leaving_is_a_form(client, editor):
    log_in(client, password=RIGHT)
    assert client.get("/admin/logout/").status_code == 405
    assert client.get("/admin/").status_code == 200
    client.post("/admin/logout/")
    assert client.get("/admin/").status_code == 302


class TestWhatIsNoted:
    """Who came in and who was refused; never what was typed as a password, or as one by mistake."""

    @pytest.fixture
    def noted(self, client, editor, caplog):
        caplog.set_level("INFO", "backpain_site.door")
        log_in(client)
        log_in(client, name="my secret pass phrase")
        log_in(client, password=RIGHT)
        client.post("/admin/logout/")
        return caplog.messages

    def test_in_the_log(self, noted):
        assert noted == [
            "Login refused: 'editor', wrong password from 127.0.0.1",
            "Login refused: unknown name, wrong password from 127.0.0.1",
            "Logged in: 'editor' from 127.0.0.1",
            "Logged out: 'editor'",
        ]

    def test_in_a_list_that_nobody_can_change(self, noted, client, editor):
        login = AccessLog.objects.get()
        assert login.logout_time
        client.force_login(editor)
        assert "127.0.0.1" in client.get("/admin/axes/accesslog/").content.decode()
        client.post(f"/admin/axes/accesslog/{login.pk}/delete/", {"post": "yes"})
        client.post(f"/admin/axes/accesslog/{login.pk}/change/", {"username": "another"})
        assert AccessLog.objects.get(pk=login.pk).username == "editor"


def test_a_lock_is_opened_by_deleting_the_failures(client, editor, django_user_model):
    for _ in range(5):
        log_in(client)
    row = AccessAttempt.objects.get()
    client.force_login(django_user_model.objects.create_superuser("another"))
    client.post(f"/admin/axes/accessattempt/{row.pk}/delete/", {"post": "yes"})
    client.post("/admin/logout/")
    assert log_in(client, password=RIGHT).status_code == 302


@pytest.mark.parametrize("password", ["short-1", "password1234", "123412341234", "new-editor12"])
def test_weak_passwords_are_refused_on_the_desk(editor_client, django_user_model, password):
    form = {"username": "new-editor", "usable_password": "true"}
    form |= {"password1": password, "password2": password}
    page = editor_client.post("/admin/auth/user/add/", form).content.decode()
    assert "errorlist" in page
    assert not django_user_model.objects.filter(username="new-editor").exists()
