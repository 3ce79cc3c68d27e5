"""Readers say what is wrong on a page; editors see it, and nothing about the reader is kept."""

import re
from urllib.parse import quote

import pytest
from django.contrib.auth.models import Group, User
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from backpain_site import views
from backpain_site.models import ContentVersion, Report
from points.models import Point

pytestmark = pytest.mark.django_db
SENT = {"page": "/points/bl40/", "kind": "place", "message": "The knee is the wrong way round."}


@pytest.fixture(autouse=True)
def nobody_has_reported_yet():
    cache.clear()


def make_report(**values) -> Report:
    Report.keep(**(SENT | values))
    return Report.objects.first()


class TestAsking:
    def test_every_page_leads_to_the_form_about_it(self, client):
        for path in ["/", "/points/bl40/", "/symptoms/", "/articles/desk-and-driving/"]:
            link = f'href="/report/?page={path}">Report a mistake on this page<'
            assert link in client.get(path).content.decode()
        about = client.get("/report/?page=/points/bl40/").content.decode()
        assert 'This is about the page <a href="/points/bl40/">/points/bl40/</a>' in about
        assert 'type="hidden" name="page" value="/points/bl40/"' in about
        assert "Report a mistake on this page" not in about

    @pytest.mark.parametrize(
        "page",
        [
            *("https://example.org/", "//example.org/", "/\\example.org/", "javascript:alert(1)"),
            *("/no/such/page/", "/admin/", "/healthz", '/"><script>alert(1)</script>'),
            *("/report/", "/admin/markdown/preview/", "/media/x.png", "x" * 5000, ""),
        ],
    )
    def test_a_page_that_is_not_ours_is_never_shown_stored_or_led_to(self, client, page):
        asked = client.get(f"/report/?page={quote(page)}").content.decode()
        assert "This is about" not in asked
        assert 'name="page" id="id_page"' in asked and "alert(1)" not in asked
        answer = client.post("/report/", SENT | {"page": page})
        assert answer.headers["Location"] == "/report/thanks/"
        assert Report.objects.get().page == ""
        thanked = client.get(f"/report/thanks/?page={quote(page)}").content.decode()
        assert "Back to the page" not in thanked

    def test_a_draft_is_no_page_of_ours(self, client):
        Point.objects.filter(code="BL40").update(status="draft")
        assert "This is about" not in client.get("/report/?page=/points/bl40/").content.decode()

    def test_of_an_address_only_the_path_is_kept(self, client):
        client.post("/report/", SENT | {"page": "/points/bl40/?avoid=pregnancy#evidence"})
        assert Report.objects.get().page == "/points/bl40/"

    @pytest.mark.parametrize("path", ["/report/", "/report/thanks/?page=/points/bl40/"])
    def test_is_no_page_to_index_to_cache_or_to_be_known_by(self, client, path):
        answer = client.get(path)
        assert 'name="robots" content="noindex"' in answer.content.decode()
        assert "no-store" in answer.headers["Cache-Control"]
        assert not answer.cookies


class TestSending:
    def test_is_thanked_and_kept_for_the_editors(self, client):
        version = ContentVersion.current()
        answer = client.post("/report/", SENT)
        assert answer.status_code == 302
        assert answer.headers["Location"] == "/report/thanks/?page=%2Fpoints%2Fbl40%2F"
        assert not answer.cookies
        assert "no-store" in answer.headers["Cache-Control"]
        kept = Report.objects.get()
        assert {name: getattr(kept, name) for name in SENT} == SENT
        assert kept.status == "new"
        assert ContentVersion.current() == version
        thanks = client.get(answer.headers["Location"]).content.decode()
        assert 'href="/points/bl40/">Back to the page you came from<' in thanks

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"message": ""}, "Write a few words about what is wrong."),
            ({"message": " \n "}, "Write a few words about what is wrong."),
            ({"message": "ä" * 2003}, "This is 3 characters too long: please write 2,000 at most."),
            ({"kind": ""}, "Choose what is wrong."),
            ({"kind": "praise"}, "Choose what is wrong."),
        ],
    )
    def test_what_is_missing_is_said_beside_its_field_and_nothing_is_lost(
        self, client, changes, sentence
    ):
        sent = SENT | changes
        answer = client.post("/report/", sent)
        page = answer.content.decode()
        name = next(iter(changes))
        assert re.search(rf'id="id_{name}_error"><li>{sentence}', page)
        assert re.search(rf'aria-describedby="[^"]*id_{name}_error', page)
        assert "<title>Not sent yet" in page
        typed = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)[1]
        assert typed.strip() == sent["message"].strip()
        place = re.search(r'<input type="radio"[^>]*value="place"[^>]*>', page)[0]
        assert (" checked" in place) == (sent["kind"] == "place")
        assert 'value="/points/bl40/"' in page
        assert not Report.objects.exists()

    def test_line_ends_of_a_form_count_once(self, client):
        client.post("/report/", SENT | {"message": "a\r\n" * 999 + "ab"})
        assert len(Report.objects.get().message) == 2000

    def test_the_same_words_about_a_page_are_kept_once(self, client):
        for _ in range(2):
            answer = client.post("/report/", SENT)
            assert answer.headers["Location"].startswith("/report/thanks/")
        client.post("/report/", SENT | {"page": "/points/bl60/"})
        assert Report.objects.count() == 2

    def test_what_fills_in_the_hidden_field_is_thanked_and_forgotten(self, client):
        answer = client.post("/report/", SENT | {"website": "https://example.org/"})
        assert answer.headers["Location"].startswith("/report/thanks/")
        assert not Report.objects.exists()

    def test_markup_is_shown_as_it_was_typed(self, client, editor_client):
        text = "<script>alert(1)</script>"
        page = client.post("/report/", SENT | {"message": text, "kind": ""}).content.decode()
        assert text not in page
        report = make_report(message=text)
        listed = editor_client.get("/admin/backpain_site/report/").content.decode()
        form = editor_client.get(
            f"/admin/backpain_site/report/{report.pk}/change/"
        ).content.decode()
        assert text not in listed + form
        assert "&lt;script&gt;alert(1)" in listed and "&lt;script&gt;alert(1)" in form


class TestRefusing:
    def test_a_place_that_sends_too_many_keeps_its_words_and_is_told_when(self, client):
        for number in range(views.REPORT_RATE_LIMIT):
            client.post("/report/", SENT | {"message": f"Number {number}"})
        answer = client.post("/report/", SENT | {"message": "The last one"})
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
        page = answer.content.decode()
        assert "Wait a minute" in page and "The last one</textarea>" in page
        assert Report.objects.count() == views.REPORT_RATE_LIMIT
        other = client.post("/report/", SENT, REMOTE_ADDR="192.0.2.7")
        assert other.status_code == 302

    def test_mistakes_in_the_form_do_not_count(self, client):
        for _ in range(views.REPORT_RATE_LIMIT + 1):
            client.post("/report/", SENT | {"message": ""})
        assert client.post("/report/", SENT).status_code == 302

    def test_a_full_box_says_so_until_an_editor_has_looked(self, client, monkeypatch):
        monkeypatch.setattr(Report, "MOST_WAITING", 1)
        first = make_report()
        answer = client.post("/report/", SENT | {"message": "One more"})
        assert answer.status_code == 503
        assert "One more</textarea>" in answer.content.decode()
        assert "we can store no more just now" in answer.content.decode()
        assert Report.objects.count() == 1
        first.status = "answered"
        first.save()
        assert client.post("/report/", SENT | {"message": "One more"}).status_code == 302

    @pytest.mark.parametrize(
        "headers",
        [
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "https://example.org"},
            {"Origin": "null"},
        ],
    )
    def test_a_form_on_another_site_cannot_send(self, client, headers):
        answer = client.post("/report/", SENT, headers=headers)
        assert answer.status_code == 403
        assert "another site sent this" in answer.content.decode()
        assert not Report.objects.exists()

    @pytest.mark.parametrize(
        "headers",
        [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://testserver"}, {}],
    )
    def test_our_own_form_sends_without_a_cookie(self, headers, client_that_checks):
        assert client_that_checks.post("/report/", SENT, headers=headers).status_code == 302
        assert Report.objects.exists()

    @pytest.fixture
    def client_that_checks(self):
        return Client(enforce_csrf_checks=True)

    @pytest.mark.parametrize(
        ("send", "status"),
        [
            (lambda client: client.get("/report/?page=/%00/"), 400),
            (lambda client: client.post("/report/", SENT | {"message": "a\0b"}), 400),
            (lambda client: client.post("/report/", SENT | {"page": "\0"}), 400),
            (lambda client: client.post("/report/", SENT | {"website": "\0"}), 400),
            (lambda client: client.post("/report/", SENT | {"message": "a" * 3_000_000}), 400),
            (lambda client: client.post("/report/", {f"f{n}": "" for n in range(1500)}), 400),
            (lambda client: client.put("/report/", "x"), 405),
            (lambda client: client.delete("/report/"), 405),
        ],
    )
    def test_what_no_form_sends_gets_a_page_that_says_so(self, client, send, status):
        client.raise_request_exception = False
        answer = send(client)
        assert answer.status_code == status
        assert "We could not read what was sent" in answer.content.decode()
        assert not Report.objects.exists()


class TestOnTheDesk:
    LIST = "/admin/backpain_site/report/"

    def test_waiting_ones_are_counted_and_the_count_leads_to_them(self, editor_client):
        make_report(message="Waiting words")
        done = make_report(message="Done with")
        done.status = "dismissed"
        done.save()
        desk = editor_client.get("/admin/").content.decode()
        address, number = re.search(
            r'Reports from readers: <a href="([^"]+)">(\d+) report</a>', desk
        ).groups()
        assert number == "1"
        listed = editor_client.get(address).content.decode()
        assert "Waiting words" in listed and "Done with" not in listed

    @pytest.mark.parametrize(
        ("action", "status"), [("mark_answered", "answered"), ("mark_dismissed", "dismissed")]
    )
    def test_actions_say_who_decided_and_when(self, editor_client, action, status):
        report = make_report()
        editor_client.post(self.LIST, {"action": action, "_selected_action": [report.pk]})
        report.refresh_from_db()
        assert (report.status, report.handled_by.username) == (status, "editor")
        assert report.handled_at is not None

    def test_the_form_leads_to_the_page_and_to_its_form(self, editor_client):
        report = make_report()
        form = editor_client.get(f"{self.LIST}{report.pk}/change/").content.decode()
        point = Point.objects.get(code="BL40")
        assert '<a href="/points/bl40/">' in form
        assert f'<a href="/admin/points/point/{point.pk}/change/">' in form
        assert 'name="message"' not in form

    def test_the_form_keeps_a_note_and_who_reopened_it_is_nobody(self, editor_client):
        report = make_report()
        for status, by in (("answered", "editor"), ("new", None)):
            data = {"status": status, "note": "Mirrored now."}
            editor_client.post(f"{self.LIST}{report.pk}/change/", data)
            report.refresh_from_db()
            assert (report.status, report.note) == (status, "Mirrored now.")
            assert (report.handled_by and report.handled_by.username) == by

    @pytest.mark.parametrize(
        ("role", "may_change"),
        [("Writer", False), ("Editor", True), ("Clinical reviewer", True)],
    )
    def test_everybody_sees_them_and_editors_and_reviewers_decide(self, client, role, may_change):
        call_command("make_roles")
        user = User.objects.create_user("somebody", is_staff=True)
        user.groups.set([Group.objects.get(name=role)])
        client.force_login(user)
        report = make_report()
        page = client.get(f"{self.LIST}{report.pk}/change/").content.decode()
        assert SENT["message"] in page
        assert ('name="status"' in page) == may_change
        client.post(self.LIST, {"action": "mark_answered", "_selected_action": [report.pk]})
        report.refresh_from_db()
        assert (report.status == "answered") == may_change
        assert "Reports from readers" in client.get("/admin/").content.decode()
