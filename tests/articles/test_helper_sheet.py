"""The sheet for the person who presses somebody else."""

import pytest

from articles.models import Article
from points.models import Point
from tests.factories import make_point

pytestmark = pytest.mark.django_db


def sheet(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_says_the_rules_and_the_point(client):
    page = sheet(client, "/points/bl40/helper/")
    point = Point.objects.get(code="BL40")
    for words in (
        "<strong>their</strong> finger widths",
        "Stop when they say stop.",
        point.take_care_html.strip().splitlines()[-1],
        point.where,
        "a clot in the leg",
        "30 to 60 seconds a side",
        "stay at 2 or below",
        "Not yet reviewed by a clinician",
    ):
        assert words in page, words
    assert '<meta name="robots" content="noindex">' in page


def test_the_dose_is_the_one_of_the_point(client):
    make_point(code="BL99", hold_seconds_min=20, hold_seconds_max=25, pressure="light")
    page = sheet(client, "/points/bl99/helper/")
    assert "20 to 25 seconds" in page
    assert "stay at 2 or below" in page


def test_a_routine_has_its_points_in_order(client):
    page = sheet(client, "/routine/desk-back/helper/")
    places = [page.index(f'data-point-code="{code}"') for code in ("SI3", "GB21", "BL23", "BL60")]
    assert places == sorted(places)


def test_what_is_not_for_somebody_is_left_out_with_the_reason(client):
    page = sheet(client, "/routine/desk-back/helper/?avoid=pregnancy")
    assert 'data-left-out="BL60"' in page
    assert 'data-point-code="BL60"' not in page


def test_a_readers_own_routine_has_a_sheet_too(client):
    address = "/routine/helper/?p=bl40&amp;p=bl23&amp;avoid=broken-skin"
    assert f'href="{address}"' in sheet(client, "/routine/?p=bl40&p=bl23&avoid=broken-skin")
    page = sheet(client, "/routine/helper/?p=bl40&p=bl48&p=bl23")
    assert page.index('data-point-code="BL40"') < page.index('data-point-code="BL23"')
    assert "For the person who presses: your routine" in page
    assert 'href="/routine/?p=bl40&amp;p=bl48&amp;p=bl23"' in page


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/points/bl40/helper/", "/points/bl40/"),
        ("/routine/desk-back/helper/", "/routine/desk-back/"),
        ("/routine/helper/?p=bl40&avoid=cancer", "/routine/"),
    ],
)
def test_a_mistake_is_reported_of_a_page_that_is_known(client, path, page):
    assert f'href="/report/?page={page}"' in sheet(client, path)
    assert f'<a href="{page}">' in client.get("/report/", {"page": page}).content.decode()


@pytest.mark.parametrize(
    "path", ["/points/bl48/helper/", "/points/nowhere/helper/", "/routine/helper/"]
)
def test_nothing_to_press_has_no_sheet(client, path):
    assert client.get(path).status_code == 404


def test_a_draft_has_no_sheet(client):
    make_point(code="BL99", status="draft")
    assert client.get("/points/bl99/helper/").status_code == 404


def test_no_rules_no_sheet(client):
    Article.objects.filter(place="helper").update(status="draft")
    assert client.get("/points/bl40/helper/").status_code == 404


@pytest.mark.parametrize("path", ["/points/bl40/", "/routine/desk-back/"])
def test_pages_lead_to_their_sheet(client, path):
    assert f'href="{path}helper/"' in client.get(path).content.decode()
