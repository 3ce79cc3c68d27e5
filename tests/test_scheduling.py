"""Changes of a live page at a set time: on the second, once, checked again, and taken back."""

import subprocess
import sys
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backpain_site.models import Draft, Revision
from backpain_site.scheduling import timetable
from points.models import CautionGroup, Point
from tests.forms import Desk, change_url
from tests.server import ROOT

TIME = datetime(2099, 5, 4, 9, 30, tzinfo=UTC)
AT = {"publish_at_0": "2099-05-04", "publish_at_1": "09:30"}
DASHBOARD = "Scheduled changes could not be published"


def at(monkeypatch, when: datetime):
    """Stop the clock, and keep the editor logged in."""
    monkeypatch.setattr(timezone, "now", lambda: when)


def read(path="/points/bl57/") -> str:
    return Client().get(path).content.decode()


@pytest.fixture
def calf(editor_client, settings) -> Desk:
    settings.SESSION_COOKIE_AGE = 100 * 366 * 24 * 60 * 60
    editor_client.force_login(editor_client.get("/admin/").wsgi_request.user)
    return Desk(editor_client, change_url(Point.objects.get(code="BL57")))


@pytest.mark.django_db
class TestSchedule:
    def test_changes_appear_on_the_second_everywhere(self, calf, monkeypatch):
        appeared = Point.objects.get(code="BL57").publish_at
        answer = calf.press("_publish", summary="Zibble line.", where="Zibble place.", **AT)
        page = calf.client.get(answer.headers["Location"]).content.decode()
        assert "readers see these changes from 4 May 2099, 09:30 UTC" in page
        assert "Live, changes scheduled for 4 May 2099, 09:30 UTC" in page
        assert "Live, changes scheduled" in calf.client.get("/admin/points/point/").content.decode()
        at(monkeypatch, TIME - timedelta(seconds=1))
        for path in ("/points/", "/points/bl57/", "/search/?q=bl57"):
            assert "Zibble" not in read(path), path
        at(monkeypatch, TIME)
        for path in ("/search/?q=bl57", "/points/", "/points/bl57/", "/sitemap.xml"):
            assert ("Zibble" if "xml" not in path else "2099-05-04") in read(path), path
        assert not Draft.objects.exists()
        revision = Revision.objects.filter(kind="published").latest("made_at")
        assert (revision.author.username, revision.summary) == ("editor", "Summary, Where it is")
        assert Point.objects.get(code="BL57").publish_at == appeared

    def test_an_address_that_moves_then_leads_on(self, editor_client, calf, monkeypatch):
        calf.press("_publish", code="BL58", **AT)
        at(monkeypatch, TIME)
        assert Client().get("/points/bl57/").headers["Location"] == "/points/bl58/"

    def test_what_stops_publishing_stops_scheduling(self, calf):
        page = calf.press("_publish", where="", **AT).content.decode()
        assert "Say where the point is." in page
        assert "Not scheduled yet" in page
        assert Draft.objects.get().publish_at is None

    @pytest.mark.parametrize(
        ("spoil", "sentence"),
        [
            (lambda: CautionGroup.objects.create(name="Z", slug="z"), "Decide every caution group"),
            (lambda: Point.objects.filter(code="BL57").update(where="Z."), "was changed since"),
            (lambda: Draft.objects.update(scheduled_by=None), "may no longer publish"),
            (lambda: Point.objects.filter(code="BL57").update(status="draft"), "is not live"),
        ],
        ids="rule changed user status".split(),
    )
    def test_what_cannot_be_published_then_leaves_the_page_and_says_so(
        self, calf, monkeypatch, spoil, sentence
    ):
        calf.press("_publish", summary="Zibble line.", **AT)
        spoil()
        at(monkeypatch, TIME)
        assert "Zibble" not in read("/points/")
        draft = Draft.objects.get()
        assert (draft.publish_at, sentence in draft.problem) == (None, True), draft.problem
        dashboard = calf.client.get("/admin/").content.decode()
        assert f'{DASHBOARD}: <a href="/admin/points/point/?needs=failed">1 point</a>' in dashboard
        form = calf.client.get(calf.url).content.decode()
        assert sentence in form
        assert AT["publish_at_0"] not in form

    def test_an_error_of_ours_undoes_everything_and_the_reader_gets_the_page(
        self, calf, monkeypatch, caplog
    ):
        def broken(desk, request):
            raise ZeroDivisionError

        calf.press("_publish", summary="Zibble line.", **AT)
        monkeypatch.setattr("backpain_site.releases.Releases.release", broken)
        at(monkeypatch, TIME)
        assert "BL57" in read()
        assert "Zibble" not in Point.objects.get(code="BL57").summary
        assert "Something went wrong" in Draft.objects.get().problem
        assert "ZeroDivisionError" in caplog.text

    def test_it_can_be_taken_back_and_what_was_typed_stays(self, calf, monkeypatch):
        own = calf.data()["publish_at_0"]
        calf.press("_publish", summary="Zibble line.", **AT)
        calf.press("_unschedule")
        assert calf.data()["summary"] == "Zibble line."
        assert calf.data()["publish_at_0"] == own
        at(monkeypatch, TIME)
        assert "Zibble" not in read()
        assert Draft.objects.get().problem == ""

    def test_other_words_take_it_back_with_a_warning_and_looking_does_not(self, calf):
        calf.press("_publish", summary="Zibble line.", **AT)
        calf.press("_preview")
        assert Draft.objects.get().publish_at == TIME
        answer = calf.press("_draft", summary="Zibble words.")
        page = calf.client.get(answer.headers["Location"]).content.decode()
        assert "The changes are no longer scheduled." in page
        assert Draft.objects.get().publish_at is None

    def test_a_page_that_is_withdrawn_stays_away(self, calf, monkeypatch):
        calf.press("_publish", summary="Zibble line.", **AT)
        calf.client.post(calf.url.replace("change", "withdraw"), {"reason": "Wrong place."})
        at(monkeypatch, TIME)
        assert "Wrong place." in read()
        assert Draft.objects.get().problem == "The page was withdrawn."

    def test_a_time_that_other_processes_might_miss_is_refused(self, calf, monkeypatch):
        at(monkeypatch, TIME - timedelta(seconds=119))
        page = calf.press("_publish", summary="Zibble line.", **AT).content.decode()
        assert "Choose a time at least 2 minutes from now, or none." in page

    def test_an_emptied_time_keeps_the_date_of_the_page(self, calf):
        appeared = Point.objects.get(code="BL57").publish_at
        calf.press("_publish", summary="Zibble line.", publish_at_0="", publish_at_1="")
        assert Point.objects.get(code="BL57").publish_at == appeared


@pytest.mark.django_db
class TestLooking:
    def test_readers_pay_one_look_a_minute(self, monkeypatch):
        timetable.look_at = None
        looks = []
        for seconds in (0, 1, 59, 60, 61):
            at(monkeypatch, TIME + timedelta(seconds=seconds))
            with CaptureQueriesContext(
                connection,
            ) as queries:
                read("/points/")
            looks.append(sum("backpain_site_draft" in query["sql"] for query in queries))
        assert looks == [2, 0, 0, 2, 0]

    def test_a_time_set_by_another_process_is_kept_to_the_second(self, calf, monkeypatch):
        at(monkeypatch, TIME - timedelta(minutes=2))
        timetable.look_at = None
        read()
        known = timetable.look_at
        calf.press("_publish", summary="Zibble line.", **AT)
        timetable.look_at = known  # As if it had been chosen elsewhere.
        for seconds, there in ((60, False), (1, False), (0, True)):
            at(monkeypatch, TIME - timedelta(seconds=seconds))
            assert ("Zibble" in read("/points/")) is there

    def test_a_database_that_is_locked_keeps_no_reader_from_the_page(self, monkeypatch, caplog):
        tries = []

        def locked(now):
            tries.append(now)
            raise OperationalError("database is locked")

        timetable.look_at = None
        monkeypatch.setattr(timetable, "publish_until", locked)
        for seconds in (0, 9, 10):
            at(monkeypatch, TIME + timedelta(seconds=seconds))
            assert "BL57" in read()
        assert len(tries) == 2
        assert "could not be looked for" in caplog.text


SCHEDULE = """
from django.test import Client
from django.contrib.auth import get_user_model
from django.utils import timezone
from articles.models import Tool
from backpain_site.models import Draft
from tests.forms import Desk, change_url

client = Client(SERVER_NAME="127.0.0.1")
client.force_login(get_user_model().objects.get())
desk = Desk(client, change_url(Tool.objects.order_by("pk").first()))
desk.press("_publish", summary="Zibble tool.", publish_at_0="2099-05-04", publish_at_1="09:30")
assert Draft.objects.update(publish_at=timezone.now()) == 1
"""
PUBLISH = """
from backpain_site.scheduling import timetable
print("ready", flush=True)
input()
timetable.publish_due()
"""
COUNT = """
from backpain_site.models import Draft, Revision
print(Draft.objects.count(), Revision.objects.filter(kind="published").count())
"""


def test_several_processes_at_once_publish_once(site):
    """Each finds the draft due at the same moment; the database lets one of them publish it."""

    def start(code: str, **options) -> subprocess.Popen:
        code = f"import django\ndjango.setup()\n{code}"
        environment = site.surroundings() | {"DJANGO_SETTINGS_MODULE": "backpain_site.settings"}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment, **pipes)

    def result(process: subprocess.Popen, said: str | None = None) -> str:
        answer = process.communicate(said, timeout=120)[0]
        assert process.returncode == 0
        return answer.strip()

    drafts, revisions = map(int, result(start(COUNT)).split())
    result(start(SCHEDULE))
    several = [start(PUBLISH) for _ in range(3)]
    for process in several:
        assert process.stdout.readline() == "ready\n"
    for process in several:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in several:
        result(process)
    assert result(start(COUNT)) == f"{drafts} {revisions + 1}"
    with urllib.request.urlopen(f"{site.url}/tools/") as page:
        assert "Zibble tool." in page.read().decode()
