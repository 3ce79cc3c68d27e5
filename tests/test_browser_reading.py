"""Every kind of page for readers with large text, by keyboard, in high contrast, without motion."""

from collections import defaultdict
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page

from tests.test_browser import PAGES as READING_PAGES

PAGES = [*READING_PAGES, "/offline/"]
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text()
SIZES = {
    "320 px": {"viewport": {"width": 320, "height": 640}},
    # What zooming a phone of 390 px to 200 percent leaves of it.
    "390 px at 200 percent": {
        "viewport": {"width": 195, "height": 422},
        "device_scale_factor": 2,
    },
}

# Names an element in a report, and tells what a reader sees of it.
WORDS = """
    const says = (element) => {
        const text = element.textContent.trim() || element.getAttribute("aria-label") || element.id;
        return `${element.tagName.toLowerCase()} “${text.replace(/\\s+/g, " ").slice(0, 40)}”`;
    };
    const seen = (element) =>
        element.checkVisibility({visibilityProperty: true}) &&
        getComputedStyle(element).clipPath === "none" && !element.closest(".vh, .skip");
    const STOPS = "a[href], button, input, select, textarea, summary, [tabindex]";
"""
OUT_OF_SIGHT = (
    WORDS
    + """
    const found = [], width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth > width) found.push("the page scrolls sideways");
    for (const element of document.querySelectorAll("body *:not(svg *)")) {
        const words = [...element.childNodes].filter(
            (node) => node.nodeType === 3 && node.data.trim());
        // A wide table scrolls inside itself.
        if (!words.length || !seen(element) || element.closest("table")) continue;
        for (const word of words) {
            const range = document.createRange();
            range.selectNodeContents(word);
            const box = range.getBoundingClientRect();
            if (box.right > width + 1 || box.left < -1) found.push("outside: " + says(element));
            for (let at = element; at !== document.body; at = at.parentElement) {
                if (!["hidden", "clip"].includes(getComputedStyle(at).overflowX)) continue;
                const edge = at.getBoundingClientRect();
                if (box.right > edge.right + 1 || box.bottom > edge.bottom + 1)
                    found.push("cut off: " + says(element));
            }
        }
    }
    return found;
"""
)
TOO_SMALL = (
    WORDS
    + """
    const CONTROL = "button, input, select, textarea, summary, .btn, .chip, .nav a, .pages a, " +
        ".brand, .findlink";
    const found = [];
    // The points of the map stand in a list below it as well.
    for (const element of document.querySelectorAll(STOPS)) {
        // A word that opens its meaning stands in a sentence, like a link there.
        if (!seen(element) || element.closest("svg") || element.matches(".term")) continue;
        const box = element.getBoundingClientRect();
        const check = element.closest(".check")?.getBoundingClientRect();
        const least = element.matches(CONTROL) ? 44 : 24;
        const width = check?.width ?? box.width, height = check?.height ?? box.height;
        // A box of 43.99 is one of 44.
        if (Math.min(width, height) < least - 0.1)
            found.push(`${Math.round(width)} × ${Math.round(height)}: ${says(element)}`);
    }
    return found;
"""
)
LOST_FOCUS = (
    WORDS
    + """
    const found = [];
    for (const stop of document.querySelectorAll(STOPS)) {
        if (!stop.checkVisibility({visibilityProperty: true}) || stop.tabIndex < 0) continue;
        stop.focus();
        if (document.activeElement !== stop) continue;
        const marks = [stop, ...stop.querySelectorAll(".hit")].map(
            (mark) => getComputedStyle(mark));
        const shown = marks.some((style) =>
            (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) ||
            (style.fillOpacity === "0.45" && parseFloat(style.strokeWidth) >= 2));
        if (!shown) found.push("no mark: " + says(stop));
        const box = stop.getBoundingClientRect();
        if (box.bottom < 0 || box.top > innerHeight) found.push("off the screen: " + says(stop));
        const [x, y] = [box.x + box.width / 2, box.y + Math.min(box.height, 40) / 2];
        for (let at = document.elementFromPoint(x, y); at; at = at.parentElement) {
            if (at.contains(stop)) break;
            if (["fixed", "sticky"].includes(getComputedStyle(at).position))
                found.push(`${says(stop)} lies under ${says(at)}`);
        }
    }
    return found;
"""
)
MOVING = (
    WORDS
    + """
    return [...document.querySelectorAll("html, html *")].filter((element) => {
        const style = getComputedStyle(element);
        return style.animationName !== "none" || style.scrollBehavior === "smooth" ||
            style.transitionDuration.split(",").some((time) => parseFloat(time));
    }).map(says);
"""
)


def walk(page: Page, site, script: str) -> dict[str, list[str]]:
    """Return what `script` finds, and on which pages."""
    found = defaultdict(list)
    for path in PAGES:
        page.goto(site.url + path)
        for finding in page.evaluate(f"() => {{ {script} }}"):
            found[finding].append(path)
    return dict(found)


@pytest.mark.parametrize("size", SIZES)
class TestLargeText:
    @pytest.fixture
    def browser_context_args(self, browser_context_args, size):
        return browser_context_args | SIZES[size]

    def test_nothing_is_out_of_sight(self, watched, site):
        assert walk(watched, site, OUT_OF_SIGHT) == {}

    def test_everything_can_be_hit(self, watched, site):
        """Controls are 44 px wide and high, links in a text 24."""
        assert walk(watched, site, TOO_SMALL) == {}


@pytest.mark.parametrize("size", SIZES)
class TestByKeyboard:
    @pytest.fixture
    def browser_context_args(self, browser_context_args, size):
        return browser_context_args | SIZES[size]

    def test_the_first_stop_leads_past_the_header(self, watched, site):
        wrong = []
        for path in PAGES:
            watched.goto(site.url + path)
            watched.keyboard.press("Tab")
            first = watched.evaluate(
                """() => [document.activeElement.textContent,
                    document.activeElement.getBoundingClientRect().top >= 0]"""
            )
            watched.keyboard.press("Enter")
            watched.keyboard.press("Tab")
            inside = watched.evaluate(
                "document.querySelector('main').contains(document.activeElement)"
            )
            if first != ["Skip to main content", True] or not inside:
                wrong.append((path, first, inside))
        assert wrong == []

    def test_focus_is_seen_on_every_stop(self, watched, site):
        # A key pressed first: the browser marks the focus of those who use the keyboard.
        watched.goto(site.url)
        watched.keyboard.press("Tab")
        assert walk(watched, site, LOST_FOCUS) == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
class TestContrast:
    @pytest.fixture
    def browser_context_args(self, browser_context_args):
        # axe is put into many pages here, which the policy would refuse.
        return browser_context_args | {"bypass_csp": True}

    def test_all_text_has_a_contrast_of_seven(self, page, site, scheme):
        page.emulate_media(color_scheme=scheme)
        page.add_init_script(AXE)
        weak = walk(
            page,
            site,
            """return axe.run({runOnly: {type: "rule", values: ["color-contrast-enhanced"]}})
                .then(({violations}) => violations.flatMap((rule) => rule.nodes)
                .map((node) => `${node.target}: ${node.any[0].message}`));""",
        )
        assert weak == {}


def test_nothing_moves_for_those_who_asked_for_less_motion(watched, site):
    watched.emulate_media(reduced_motion="reduce")
    assert walk(watched, site, MOVING) == {}
