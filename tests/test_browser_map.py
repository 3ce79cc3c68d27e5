"""The map by areas in a browser: by finger, by keyboard, by ear, small, and without colours."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.axe import axe
from tests.test_browser import WIDTHS

MAPS = ["/points/", "/points/?area=lower-back", "/points/?area=knee", "/points/?area=no-such"]
AREAS = ["neck", "shoulder", "upper-back", "lower-back", "sacrum-buttock", "thigh-back", "knee"]
AREAS += ["lower-leg", "ankle-foot", "hand", "forearm-wrist"]
SMALL = {"width": 320, "height": 640}

# Of every pair of map links, those of which one's plate, marker or name reaches into the other's;
# a pixel is for rounding.
COLLISIONS = """svg => {
  const boxes = [...svg.querySelectorAll('a')].map(link => [
    link.getAttribute('aria-label'),
    [...link.querySelectorAll('.hit, .pr, text')].map(part => part.getBoundingClientRect()),
  ])
  const meets = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1
  return boxes.flatMap(([one, mine], n) => boxes.slice(n + 1)
    .filter(([, others]) => mine.some(a => others.some(b => meets(a, b))))
    .map(([other]) => `${one} / ${other}`))
}"""
SMALLEST_PLATE = """svg => Math.min(...[...svg.querySelectorAll('.hit')]
  .map(plate => plate.getBoundingClientRect()).flatMap(box => [box.width, box.height]))"""
# Names that stick out of the drawing.
CUT_OFF = """svg => {
  const edge = svg.getBoundingClientRect()
  return [...svg.querySelectorAll('a text')].filter(text => {
    const box = text.getBoundingClientRect()
    return box.left < edge.left || box.right > edge.right || box.bottom > edge.bottom
  }).map(text => text.textContent)
}"""


def drawings(page: Page):
    return page.locator("svg[role=group]").all()


def tab_to(page: Page, link, most: int = 90):
    for _ in range(most):
        page.keyboard.press("Tab")
        if link.evaluate("link => link === document.activeElement"):
            return
    raise AssertionError(f"{link} is not reached by the keyboard")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", MAPS[1:])
def test_axe_finds_nothing(watched, site, path, width, scheme):
    watched.set_viewport_size(WIDTHS[width])
    watched.emulate_media(color_scheme=scheme)
    watched.goto(site.url + path)
    assert axe(watched) == ""


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_name_marker_or_plate_reaches_into_another(watched, site, width):
    watched.set_viewport_size({"width": width, "height": 800})
    for path in ["/points/", *(f"/points/?area={area}" for area in AREAS)]:
        watched.goto(site.url + path)
        assert watched.evaluate("document.documentElement.scrollWidth") <= width, path
        assert len(drawings(watched)) >= 2, path
        for drawing in drawings(watched):
            assert drawing.evaluate(COLLISIONS) == [], path
            assert drawing.evaluate(CUT_OFF) == [], path
            assert drawing.evaluate(SMALLEST_PLATE) >= 23.9, path


def test_names_on_the_map_are_as_large_as_text(watched, site):
    watched.set_viewport_size(SMALL)
    for path in ("/points/", "/points/?area=lower-back"):
        watched.goto(site.url + path)
        for drawing in drawings(watched):
            size = drawing.evaluate(
                """svg => parseFloat(getComputedStyle(svg.querySelector('a text')).fontSize)
                  * svg.getScreenCTM().a"""
            )
            assert size >= 15.9, path


def test_keyboard_from_the_guide_to_a_point_by_the_map(watched, site):
    watched.goto(site.url)
    tab_to(watched, watched.get_by_role("link", name="choose an area of the body"))
    watched.keyboard.press("Enter")
    watched.wait_for_url(f"{site.url}/points/#map")
    area = watched.locator("svg").get_by_role("link", name=re.compile("^Lower back, 7 points"))
    tab_to(watched, area)
    ring = area.locator(".hit").first
    before = watched.locator("svg a .hit").last
    assert ring.evaluate("e => getComputedStyle(e).stroke") != before.evaluate(
        "e => getComputedStyle(e).stroke"
    ), "the focus is seen"
    watched.keyboard.press("Enter")
    watched.wait_for_url(f"{site.url}/points/?area=lower-back")
    expect(watched.get_by_role("heading", level=1)).to_have_text("Points on the lower back")
    tab_to(watched, watched.locator("svg").get_by_role("link", name=re.compile("^GV4,")))
    watched.keyboard.press("Enter")
    watched.wait_for_url(f"{site.url}/points/gv4/")


def test_a_screen_reader_hears_names_and_the_current_area(watched, site):
    watched.goto(f"{site.url}/points/?area=knee")
    heard = watched.locator("main").aria_snapshot()
    assert '- group "Backs of both knees. The points are listed below."' in heard
    assert '- link "BL40, Behind the knee"' in heard
    assert '- heading "The points here" [level=2]' in heard
    assert '- link "BL40 · Behind the knee"' in heard, "the list twin"
    assert '- link "Lower back, 7 points"' in heard
    assert '- link "Lower back (7)"' in heard, "the list twin"
    current = watched.locator("main [aria-current=true]")
    expect(current).to_have_count(2)
    expect(current.first).to_have_accessible_name("Knee, 1 point")
    expect(current.last).to_have_accessible_name("Knee (1)")


class TestWithoutJavaScript:
    @pytest.fixture
    def browser_context_args(self, browser_context_args):
        return browser_context_args | {"java_script_enabled": False}

    def test_two_taps_lead_from_the_body_to_a_point(self, page, site):
        page.set_viewport_size(SMALL)
        page.goto(f"{site.url}/points/")
        page.locator("svg").get_by_role("link", name=re.compile("^Hand,")).locator(
            "text"
        ).first.click()
        expect(page).to_have_url(f"{site.url}/points/?area=hand")
        page.locator("svg").get_by_role("link", name=re.compile("^LI4,")).locator(
            "circle"
        ).first.click()
        expect(page).to_have_url(f"{site.url}/points/li4/")


class TestForcedColours:
    def colour(self, page: Page, selector: str, name: str) -> str:
        return page.locator(selector).first.evaluate(f"element => getComputedStyle(element).{name}")

    @pytest.mark.parametrize("path", ["/points/", "/points/?area=lower-back"])
    def test_names_markers_and_zones_are_seen(self, watched, site, path):
        watched.emulate_media(forced_colors="active", color_scheme="dark")
        watched.goto(site.url + path)
        background = self.colour(watched, "body", "backgroundColor")
        halo = self.colour(watched, "svg .name", "stroke")
        assert halo == background
        assert self.colour(watched, "svg .name", "fill") != background
        assert self.colour(watched, "svg .zone", "stroke") != background
        if "area" in path:
            assert self.colour(watched, "svg .pr", "stroke") != background
            assert self.colour(watched, "svg .pd", "fill") != background


def test_print_has_the_map_with_black_names(watched, site):
    watched.emulate_media(media="print")
    for path in ("/points/", "/points/?area=lower-back"):
        watched.goto(site.url + path)
        name = watched.locator("svg .name").first
        expect(name).to_be_visible()
        assert name.evaluate("element => getComputedStyle(element).fill") == "rgb(0, 0, 0)"


@pytest.mark.parametrize("code", ["BL60", "BL23", "BL32", "GB30", "EX-B2", "EX-B7", "BL40"])
def test_a_point_says_whom_it_is_not_for_within_two_screens(watched, site, code):
    """On a small phone the card begins, with its first lines, within the second screen."""
    watched.set_viewport_size({"width": 360, "height": 640})
    watched.goto(f"{site.url}/points/{code.lower()}/")
    first = watched.locator("[aria-labelledby=do-not-h] li").first.bounding_box()
    assert first["y"] + min(first["height"], 90) <= 1280


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_pictures_stand_beside_the_checks_or_above_them(watched, site, width):
    watched.set_viewport_size({"width": width, "height": 800})
    watched.goto(f"{site.url}/points/bl40/")
    pictures = watched.locator(".checks").bounding_box()
    steps = watched.locator(".found .steps-text").bounding_box()
    if width == 1280:
        assert pictures["x"] >= steps["x"] + steps["width"]
    else:
        assert pictures["y"] + pictures["height"] <= steps["y"]
    assert pictures["x"] + pictures["width"] <= width
