"""A code from a phone beside the password: set up on the desk, asked for on every page of it."""

import re
import time

import pytest
from django.core.cache import cache
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from .factories import make_point

pytestmark = pytest.mark.django_db
PAGE, PASSWORD = "/admin/second-factor/", "right-password-1"
BACKUP = "abcd2345"


@pytest.fixture(autouse=True)
def nobody_tried_yet():
    cache.clear()


@pytest.fixture
def editor(django_user_model):
    return django_user_model.objects.create_superuser("editor", password=PASSWORD)


@pytest.fixture
def at_the_door(client, editor):
    """A client with the password of an editor who has a phone, and the phone."""
    phone = TOTPDevice.objects.create(user=editor, confirmed=True)
    client.post("/admin/login/", {"username": "editor", "password": PASSWORD})
    return client, phone


def code_of(phone: TOTPDevice) -> str:
    clock = TOTP(phone.bin_key, phone.step, phone.t0, phone.digits)
    clock.time = time.time()
    return f"{clock.token():06}"


def setting_up(phone: TOTPDevice, **changes) -> dict:
    return {"password": PASSWORD, "code": code_of(phone)} | changes


def test_it_is_set_up_with_a_first_code_and_gives_backup_codes(client, editor):
    client.force_login(editor)
    page = client.get(PAGE).content.decode()
    phone = TOTPDevice.objects.get()
    assert 'src="data:image/svg+xml' in page
    assert not phone.confirmed

    wrong = client.post(PAGE, setting_up(phone, code="000000")).content.decode()
    assert "This code is not right" in wrong
    TOTPDevice.objects.update(throttling_failure_count=0)
    page = client.post(PAGE, setting_up(phone)).content.decode()
    codes = re.findall(r"<li><code>(\w+)</code>", page)
    assert len(codes) == 10
    assert set(codes) == set(StaticToken.objects.values_list("token", flat=True))
    assert TOTPDevice.objects.get().confirmed
    assert client.get("/admin/").status_code == 200


def test_a_session_without_the_password_sets_up_nothing(client, editor):
    """And guesses as little as at the door."""
    client.force_login(editor)
    client.get(PAGE)
    phone = TOTPDevice.objects.get()
    for password in ("", "a-guess"):
        page = client.post(PAGE, setting_up(phone, password=password)).content.decode()
        assert "This is not your password" in page or "This field is required" in page
    # The code was not used up meanwhile.
    assert client.post(PAGE, setting_up(phone)).context["codes"]
    TOTPDevice.objects.all().delete()
    answers = [client.post(PAGE, setting_up(phone) | {"password": "a"}) for _ in range(6)]
    assert answers[-1].status_code == 429
    assert not TOTPDevice.objects.filter(confirmed=True).exists()


def test_the_key_that_one_session_saw_is_not_that_of_another(client, editor):
    thief = Client()
    thief.force_login(editor)
    thief.get(PAGE)
    seen = TOTPDevice.objects.get()
    client.force_login(editor)
    client.get(PAGE)
    own = TOTPDevice.objects.exclude(pk=seen.pk).get()
    assert own.key != seen.key
    assert "not right" in client.post(PAGE, setting_up(seen)).content.decode()
    TOTPDevice.objects.update(throttling_failure_count=0)
    assert client.post(PAGE, setting_up(own)).context["codes"]
    assert TOTPDevice.objects.get() == own
    assert thief.get("/admin/").status_code == 302


def test_nobody_gives_an_account_a_phone_from_the_lists_of_the_desk(client, editor):
    """But who lost theirs is helped there."""
    client.force_login(editor)
    for kind in ("otp_totp/totpdevice", "otp_static/staticdevice"):
        assert client.post(f"/admin/{kind}/add/", {"user": editor.pk}).status_code == 403
    phone = TOTPDevice.objects.create(user=editor, confirmed=False)
    change = f"/admin/otp_totp/totpdevice/{phone.pk}/change/"
    assert client.post(change, {"user": editor.pk, "confirmed": "on"}).status_code == 403
    assert client.get(change).status_code == 200
    client.post(change.replace("change", "delete"), {"post": "yes"})
    assert not TOTPDevice.objects.exists()


def test_the_password_alone_opens_nothing(at_the_door):
    client, _phone = at_the_door
    draft = make_point(status="draft")
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == f"{PAGE}?next=/admin/"
    assert client.get(draft.get_absolute_url()).status_code == 404
    assert client.post("/admin/markdown/preview/", {"content": "x"}).status_code == 403
    assert client.post("/admin/password_change/").status_code == 302


def test_the_code_opens_the_desk_with_a_new_session_and_only_once(at_the_door):
    client, phone = at_the_door
    before, code = client.session.session_key, code_of(phone)
    answer = client.post(f"{PAGE}?next=/admin/points/point/", {"code": code})
    assert answer.headers["Location"] == "/admin/points/point/"
    assert client.session.session_key != before
    assert client.get("/admin/points/point/").status_code == 200

    client.post("/admin/logout/")
    client.post("/admin/login/", {"username": "editor", "password": PASSWORD})
    assert "was used before" in client.post(PAGE, {"code": code}).content.decode()
    assert client.get("/admin/").status_code == 302


def test_a_backup_code_opens_the_desk_once(at_the_door, editor):
    client, _phone = at_the_door
    device = editor.staticdevice_set.create(name="backup")
    device.token_set.create(token=BACKUP)
    assert client.post(PAGE, {"code": "ABCD 2345"}).headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert not StaticToken.objects.exists()


def test_guessing_is_slowed_down_and_ends(at_the_door):
    client, phone = at_the_door
    client.post(PAGE, {"code": "000000"})
    assert "not right" in client.post(PAGE, {"code": code_of(phone)}).content.decode()
    statuses = [client.post(PAGE, {"code": "000000"}).status_code for _ in range(9)]
    assert statuses[-1] == 429
    assert client.get("/admin/").status_code == 302


def test_leaving_forgets_the_password(at_the_door):
    client, phone = at_the_door
    client.post(PAGE, {"leave": "1"})
    assert (
        client.post(PAGE, {"code": code_of(phone)}).headers["Location"].startswith("/admin/login")
    )


def test_the_code_leads_to_no_other_site(at_the_door):
    client, phone = at_the_door
    answer = client.post(f"{PAGE}?next=//evil.example", {"code": code_of(phone)})
    assert answer.headers["Location"] == "/admin/"


class TestOnceInside:
    @pytest.fixture
    def inside(self, at_the_door):
        client, phone = at_the_door
        client.post(PAGE, {"code": code_of(phone)})
        TOTPDevice.objects.update(last_t=-1)
        return client, phone

    def test_new_backup_codes_replace_the_old(self, inside, editor):
        client, phone = inside
        editor.staticdevice_set.create(name="backup").token_set.create(token=BACKUP)
        page = client.post(PAGE, {"code": code_of(phone), "codes": "1"}).content.decode()
        assert page.count("<li><code>") == 10
        assert not StaticToken.objects.filter(token=BACKUP).exists()

    def test_it_is_turned_off_with_a_code(self, inside):
        client, phone = inside
        client.post(PAGE, {"code": "000000", "off": "1"})
        assert TOTPDevice.objects.exists()
        TOTPDevice.objects.update(throttling_failure_count=0)
        client.post(PAGE, {"code": code_of(phone), "off": "1"})
        assert not TOTPDevice.objects.exists()
        assert client.get("/admin/").status_code == 200

    def test_but_not_where_it_is_required(self, inside, settings):
        client, phone = inside
        settings.REQUIRE_SECOND_FACTOR = True
        client.post(PAGE, {"code": code_of(phone), "off": "1"})
        assert TOTPDevice.objects.exists()


def test_where_it_is_required_the_first_login_sets_it_up(client, editor, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    client.force_login(editor)
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == f"{PAGE}?next=/admin/"
    client.post(PAGE, setting_up(TOTPDevice.objects.get()))
    assert client.get("/admin/").status_code == 200


def test_strangers_are_sent_to_the_login(client, django_user_model):
    for user in [None, django_user_model.objects.create_user("reader")]:
        if user:
            client.force_login(user)
        assert client.get(PAGE).headers["Location"] == f"/admin/login/?next={PAGE}"
    assert not TOTPDevice.objects.exists()
