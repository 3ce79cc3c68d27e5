"""A reader's routine in the address, and the routines we suggest."""

import re

import pytest
from django.db import IntegrityError, connection
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext

from points.models import Point, RoutineStep, SuggestedRoutine, seconds_of
from points.routine import LONGEST
from tests.factories import make_point, make_routine
from tests.forms import Desk, form_data

pytestmark = pytest.mark.django_db


def steps_in(page: str) -> list[str]:
    return re.findall(r'<li data-point-code="([^"]+)"', page)


def fetch(client, address: str) -> str:
    return client.get(address).content.decode()


class TestOrder:
    def test_links_move_and_remove_a_point_and_keep_the_filters(self, client):
        page = client.get("/routine/?p=bl40&p=gv4&p=bl57&avoid=broken-skin")
        first, middle, last = page.context["steps"]
        assert first.up == last.down == ""
        assert middle.up == "/routine/?p=gv4&p=bl40&p=bl57&avoid=broken-skin#step-gv4"
        assert middle.down == "/routine/?p=bl40&p=bl57&p=gv4&avoid=broken-skin#step-gv4"
        assert middle.without == "/routine/?p=bl40&p=bl57&avoid=broken-skin"
        assert 'id="step-gv4"' in page.content.decode()

    def test_a_point_left_out_stays_in_the_address_and_comes_back(self, client):
        page = client.get("/routine/?p=bl60&p=bl40&p=gb30&avoid=reduced-feeling").context
        assert [point.code for point, _why in page["lineup"].left_out][0] == "BL60"
        for step in page["steps"]:
            assert "p=bl60" in step.without
        assert page["without_filters"] == "/routine/?p=bl60&p=bl40&p=gb30"

    def test_clearing_keeps_what_the_reader_avoids(self, client):
        page = client.get("/routine/?p=bl40&avoid=broken-skin")
        assert page.context["emptied"] == "/routine/?avoid=broken-skin"


class TestWhoEnters:
    def test_more_than_twelve_are_named_not_cut(self, client):
        codes = [f"BL{number}" for number in range(60, 76)]
        for code in codes[1:]:
            make_point(code)
        page = client.get("/routine/?" + "&".join(f"p={code.lower()}" for code in codes))
        assert steps_in(page.content.decode()) == codes[:LONGEST]
        assert "Not taken: " in page.content.decode()
        for code in codes[LONGEST:]:
            assert f"{code} Beside the spine" in page.content.decode().split("Not taken: ")[1]

    def test_points_left_out_take_no_place(self, client):
        barred = [f"BL{number}" for number in range(61, 66)]
        for code in barred:
            make_point(code, cautions={"pregnancy": "avoid"})
        free = [f"SI{number}" for number in range(4, 11)]
        for code in free:
            make_point(code)
        asked = "&".join(f"p={code.lower()}" for code in barred + free)
        page = fetch(client, f"/routine/?{asked}&avoid=pregnancy")
        assert steps_in(page) == free
        assert re.findall(r'<li data-left-out="([^"]+)"', page) == barred

    def test_a_list_left_out_whole_is_said_to_be_kept(self, client):
        page = fetch(client, "/routine/?p=bl60&p=bl23&avoid=pregnancy")
        assert "<h1>Your routine</h1>" in page
        assert "All 2 points you chose are left out because you ticked “I am pregnant" in page
        assert 'Your list is kept. <a href="/routine/?p=bl60&amp;p=bl23">Show them again' in page

    def test_an_undecided_group_keeps_a_point_out(self, client):
        make_point("BL61", cautions={})
        page = fetch(client, "/routine/?p=bl61&avoid=cancer")
        assert '<li data-left-out="BL61">' in page
        assert "Cancer: not checked yet." in page

    def test_reference_pages_and_points_without_a_dose_do_not_enter(self, client):
        make_point("BL61", hold_seconds_min=None, hold_seconds_max=None)
        page = fetch(client, "/routine/?p=bl48&p=bl61")
        assert steps_in(page) == []
        assert "no point called “bl48”, “bl61”" in page

    def test_many_unknown_names_are_counted(self, client):
        page = fetch(client, "/routine/?" + "&".join(f"p=none{number}" for number in range(9)))
        assert "“none4”, nor 4 more of the names" in page
        assert "“none5”" not in page

    def test_nothing_in_the_address_breaks_the_page(self, client):
        page = fetch(client, "/routine/?p=%00&p=&p=bl40%00&p=%3Cscript%3E&avoid=%00")
        assert steps_in(page) == ["BL40"]
        assert "<script>&" not in page

    def test_an_unknown_group_is_said(self, client):
        page = fetch(client, "/routine/?p=bl40&avoid=pregnant")
        assert "We do not know “pregnant”" in page

    def test_the_chooser_offers_no_point_that_would_be_left_out(self, client):
        page = fetch(client, "/routine/?avoid=reduced-feeling")
        box = re.search(r'<input type="checkbox" id="p-bl60"[^>]*>.*?</small>', page)[0]
        assert "disabled" in box
        assert "Left out for you: reduced feeling" in box
        assert "disabled" not in re.search(r'<input type="checkbox" id="p-gb21"[^>]*>', page)[0]


class TestCautions:
    def test_each_group_stands_once_by_its_strictest_level(self, client):
        make_point("BL61", cautions={"pregnancy": "ask_first", "cancer": "care"})
        make_point("BL62", cautions={"pregnancy": "avoid", "cancer": "ask_first"})
        page = client.get("/routine/?p=bl61&p=bl62")
        strict = page.context["strict"]
        assert [(one.group.slug, one.strictest) for one in strict] == [
            ("pregnancy", "avoid"),
            ("cancer", "ask_first"),
        ]
        text = page.content.decode()
        assert "<b>Pregnancy: avoid</b> for BL62; ask first for BL61." in text
        assert "<b>Cancer: ask first</b> for BL62; take care for BL61." in text
        # Nobody decided the other groups: that is said too.
        assert "<b>Osteoporosis: not checked yet</b> for BL61, BL62." in text
        assert text.index("Pregnancy: avoid") < text.index('<li data-point-code="BL61"')


class TestTime:
    @pytest.mark.parametrize(
        "paired, seconds", [([False], 60), ([True], 128), ([True, False], 203), ([], 0)]
    )
    def test_holds_swaps_and_changes_add_up(self, paired, seconds):
        points = [Point(paired=both, hold_seconds_max=60) for both in paired]
        assert seconds_of(points) == seconds

    def test_the_timer_gets_exactly_the_dose(self, client):
        make_point("BL61", hold_seconds_min=20, hold_seconds_max=45)
        make_point("BL62", hold_seconds_max=90, paired=False)
        for address in ("/points/bl61/", "/routine/?p=bl61"):
            assert 'data-seconds="45" data-least="20" data-sides="2" data-name="BL61 ' in fetch(
                client, address
            )
        assert 'data-seconds="90" data-least="30" data-sides="1"' in fetch(client, "/points/bl62/")

    def test_no_dose_no_timer(self, client):
        make_point("BL61", hold_seconds_min=None, hold_seconds_max=None)
        for slug in ("bl48", "bl61"):
            page = fetch(client, f"/points/{slug}/")
            assert 'id="timer"' not in page
            assert "Add to routine" not in page


class TestLinks:
    @pytest.mark.parametrize("path", ["/", "/points/", "/symptoms/sciatica/", "/search/?q=bl40"])
    def test_every_card_of_a_point_can_be_added(self, client, path):
        assert 'href="/routine/?p=bl40"' in fetch(client, path)

    def test_filters_go_along(self, client):
        page = fetch(client, "/symptoms/sciatica/?avoid=broken-skin")
        assert 'href="/routine/?p=bl40&amp;avoid=broken-skin"' in page

    def test_the_list_of_points_carries_the_routine_on(self, client):
        page = fetch(client, "/points/?p=bl40&p=gv4")
        assert 'href="/routine/?p=bl40&amp;p=gv4&amp;p=bl60"' in page
        assert 'href="/points/bl60/?p=bl40&amp;p=gv4"' in page
        assert "Your routine holds BL40, GV4." in page
        assert 'href="/routine/?p=bl40"' not in page

    def test_the_menu_the_steps_and_the_forms_carry_the_routine_on(self, client):
        query = "?p=bl40&amp;p=gv4"
        page = fetch(client, "/routine/?p=bl40&p=gv4")
        menu = ("/points/", "/symptoms/", "/routine/", "/search/", "/points/bl40/")
        for path in menu:
            assert f'href="{path}{query}"' in page
        assert "Your list lives in this page’s address: bookmark it or share it." in page
        point = fetch(client, "/points/bl40/?p=bl40&p=gv4")
        assert f'href="/routine/{query}">Back to your routine</a>' in point
        assert f'href="/points/bl36/{query}"' in point
        kept = '<input type="hidden" name="p" value="bl40">'
        assert kept in point.split("</header>")[0]
        symptom = fetch(client, "/symptoms/sciatica/?p=bl40")
        assert symptom.count(kept) == 2  # The search of the site, the filters.
        assert 'href="/symptoms/sciatica/?p=bl40"' in fetch(client, "/symptoms/?p=bl40")
        results = fetch(client, "/search/?q=sciatica&p=bl40")
        assert 'href="/routine/?p=bl40&amp;p=bl53"' in results

    def test_without_a_routine_links_carry_nothing(self, client):
        page = fetch(client, "/points/bl40/")
        assert "?p=bl54" not in page
        assert 'name="p"' not in page
        assert "Your routine holds" not in page

    def test_what_a_reader_avoids_is_kept_by_no_cache(self, client):
        answer = client.get("/routine/desk-back/?avoid=pregnancy")
        assert "no-store" in answer.headers["Cache-Control"]
        assert 'href="/routine/desk-back/">link without your filters' in answer.content.decode()


class TestSuggested:
    def test_four_are_there_with_a_dose_for_every_point(self):
        routines = SuggestedRoutine.objects.published()
        assert [routine.slug for routine in routines] == [
            "desk-back",
            "long-drive",
            "stiff-morning",
            "with-a-helper",
        ]
        assert [routine.findings() for routine in routines] == [[], [], [], []]

    def test_after_a_drive_the_legs_are_left_alone(self):
        """The article says why: a clot can hide in the leg after a long journey."""
        points = SuggestedRoutine.objects.get(slug="long-drive").points
        assert {point.body_area.slug for point in points} & {"leg", "knee", "calf"} == set()
        risky = [
            point.code
            for point in points
            if point.cautions.filter(group__slug="clot-or-varicose-veins", level="avoid")
        ]
        assert risky == []

    def test_listed_and_run_like_a_readers_own(self, client):
        routine = make_routine(points=Point.objects.filter(code__in=["BL40", "GV4"]))
        listed = fetch(client, "/routine/")
        assert f'href="{routine.get_absolute_url()}"' in listed
        assert 'href="/routine/?p=bl40&amp;p=gv4"' in listed
        page = fetch(client, routine.get_absolute_url())
        assert steps_in(page) == ["BL40", "GV4"]
        assert "For whoever sat in a bus." in page
        assert "Not yet reviewed by a clinician" in page
        assert 'rel="canonical"' in page
        assert "noindex" not in page

    def test_filters_hold_there_too(self, client):
        page = fetch(client, "/routine/desk-back/?avoid=reduced-feeling")
        assert "BL60" not in steps_in(page)
        assert '<li data-left-out="BL60">' in page

    def test_a_draft_is_nowhere(self, client):
        routine = make_routine("Wriggling eel", status="draft")
        for path in ("/routine/", "/sitemap.xml"):
            assert "riggling" not in fetch(client, path)
        assert client.get(routine.get_absolute_url()).status_code == 404

    def test_a_list_of_them_costs_as_many_queries_as_one(self, client):
        client.get("/routine/")
        with CaptureQueriesContext(connection) as before:
            client.get("/routine/")
        for number in range(5):
            make_routine(f"More {number}", points=Point.objects.all()[:4])
        client.get("/routine/")
        with CaptureQueriesContext(connection) as after:
            client.get("/routine/")
        assert len(after) == len(before)

    @pytest.mark.parametrize(
        "change, sentence",
        [
            ({"status": "draft"}, "BL61 Beside the spine, BL61 is not public."),
            (
                {"hold_seconds_min": None, "hold_seconds_max": None},
                "BL61 Beside the spine, BL61 has no dose to follow.",
            ),
            ({"hold_seconds_max": 300}, None),
        ],
    )
    def test_findings_about_its_points_stop_publishing(self, change, sentence):
        points = [make_point("BL61", **change), make_point("BL62")]
        stops = [finding for finding in make_routine(points=points).findings() if finding.stops]
        assert [finding.sentence for finding in stops] == ([sentence] if sentence else [])

    def test_findings_about_too_few_and_too_long(self):
        one = make_point("BL61", hold_seconds_max=300)
        routine = make_routine(points=[one])
        assert [finding.sentence for finding in routine.findings()] == [
            "A routine needs two points or more."
        ]
        for order, code in enumerate(["BL62", "BL63"], start=1):
            point = make_point(code, hold_seconds_max=300)
            RoutineStep.objects.create(routine=routine, point=point, order=order)
        routine = SuggestedRoutine.objects.get(pk=routine.pk)
        assert [finding.sentence for finding in routine.findings()] == [
            "It takes 31 minutes, more than 20."
        ]

    def test_a_promise_is_found(self):
        points = Point.objects.filter(code__in=["BL40", "GV4"])
        routine = make_routine(points=points, summary="Cures a bad back.")
        assert "“cures” promises" in str(routine.findings()[0].sentence)

    def test_a_point_in_use_is_not_deleted_nor_listed_twice(self):
        point = make_point("BL61")
        routine = make_routine(points=[point])
        with pytest.raises(ProtectedError):
            point.delete()
        with pytest.raises(IntegrityError):
            RoutineStep.objects.create(routine=routine, point=point)


class TestDesk:
    def test_an_editor_changes_the_order_and_publishes(self, editor_client):
        routine = SuggestedRoutine.objects.get(slug="stiff-morning")
        address = f"/admin/points/suggestedroutine/{routine.pk}/change/"
        data = form_data(fetch(editor_client, address))
        assert [data[f"steps-{row}-order"] for row in range(3)] == ["1", "2", "3"]
        data |= {"steps-0-order": "9", "_publish": "1"}
        editor_client.post(address, data)
        page = fetch(editor_client, "/routine/stiff-morning/")
        assert steps_in(page) == ["GV4", "BL40", "EX-UE7"]

    def test_a_point_that_is_in_it_twice_is_said_beside_its_row(self, editor_client):
        routine = SuggestedRoutine.objects.get(slug="stiff-morning")
        desk = Desk(editor_client, f"/admin/points/suggestedroutine/{routine.pk}/change/")
        data = desk.data()
        page = desk.press("_publish", data | {"steps-1-point": data["steps-0-point"]})
        listed = page.content.decode().split('class="form-errors"')[1].split("</section>")[0]
        assert re.findall(r'href="#([^"]+)">([^<]+)', listed) == [
            ("steps-1", "Point of the routine 2: This point is in the routine already.")
        ]
        assert "duplicate" not in page.content.decode()


@pytest.mark.parametrize("query", ["p=" + "x" * 4_000, "avoid=" + "x" * 4_000, "avoid=x&" * 900])
def test_a_long_address_is_not_repeated_in_every_link(client, query):
    plain = client.get("/points/").content
    assert len(client.get(f"/points/?{query}").content) < 1.3 * len(plain)
