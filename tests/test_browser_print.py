"""What comes out of a printer: few pages, with everything that matters for safety."""

import re

import pytest
from playwright.sync_api import Page, expect

from points.models import Point, SuggestedRoutine

PAGE_IN_PDF = re.compile(rb"/Type\s*/Page\b(?!s)")


def sheets(page: Page) -> int:
    """Return how many A4 pages the page prints on."""
    return len(PAGE_IN_PDF.findall(page.pdf(format="A4", prefer_css_page_size=True)))


@pytest.mark.django_db
def test_a_point_prints_on_two_pages_at_most(watched, site):
    too_long = {}
    for point in Point.objects.published():
        watched.goto(site.url + point.get_absolute_url())
        if (number := sheets(watched)) > 2:
            too_long[point.code] = number
    assert too_long == {}


@pytest.mark.django_db
def test_a_suggested_routine_prints_on_one_page(watched, site):
    routines = SuggestedRoutine.objects.published()
    assert len(routines) == 4
    for routine in routines:
        watched.goto(site.url + routine.get_absolute_url())
        assert sheets(watched) == 1, routine


def test_a_routine_of_ones_own_prints_on_one_page(watched, site):
    watched.goto(f"{site.url}/routine/?p=bl23&p=bl40&p=bl60")
    assert sheets(watched) == 1


@pytest.mark.django_db
def test_a_sheet_for_a_helper_prints_on_two_pages_at_most(watched, site):
    pages = [page.get_absolute_url() for page in SuggestedRoutine.objects.published()]
    for page in [*pages, "/points/bl40/"]:
        watched.goto(f"{site.url}{page}helper/")
        assert sheets(watched) <= 2, page


@pytest.fixture
def paper(watched, site):
    def open_on_paper(path: str) -> Page:
        watched.goto(site.url + path)
        watched.emulate_media(media="print")
        return watched

    return open_on_paper


def test_nothing_that_matters_for_safety_is_left_out(paper):
    page = paper("/points/bl40/")
    for words in (
        "Do not press here if:",
        "you have, or have recently had, a clot in the leg",
        "Pregnancy, ask first.",  # Folded on a screen.
        "Find it in 3 checks",
        "You are in the wrong place if",
        "at most 2 out of 10",
        "30 to 60 seconds a side",
        "Very low certainty",
        "Not yet reviewed by a clinician",
        "This guide is general information",
    ):
        expect(page.get_by_text(words).first).to_be_visible()
    expect(page.get_by_text(f"{page.url}", exact=True)).to_be_visible()


def test_each_card_of_a_routine_says_when_not_to_press(paper):
    page = paper("/routine/desk-back/")
    lists = page.locator(".routine details li")
    assert lists.count() > 8
    for item in lists.all():
        expect(item).to_be_visible()


@pytest.mark.parametrize("path", ["/points/bl40/", "/routine/desk-back/", "/"])
def test_what_only_a_screen_can_use_is_left_out(paper, path):
    page = paper(path)
    for part in (".nav", ".find", ".crumb", ".timer", ".skip", ".chips", ".noprint"):
        for element in page.locator(part).all():
            expect(element).to_be_hidden()


def test_a_routine_of_ones_own_says_whom_to_call(paper):
    page = paper("/routine/?p=si3")
    number = "your emergency number (112, 999, 911 or your local one)"
    expect(page.locator(".care.ask").get_by_text(number)).to_be_visible()
