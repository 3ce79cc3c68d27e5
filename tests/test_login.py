"""The door of the desk: five wrong passwords close it for a while."""

import re

import pytest

pytestmark = pytest.mark.django_db
LOGIN = "/admin/login/"
RIGHT, WRONG = "right-password-1", "wrong-password-1"


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


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "javascript:1"])
def test_login_leads_to_no_other_site(client, editor, target):
    answer = client.post(f"{LOGIN}?next={target}", {"username": "editor", "password": RIGHT})
    assert answer.headers["Location"] == "/admin/"
