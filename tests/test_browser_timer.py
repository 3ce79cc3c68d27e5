"""The hold timer in a browser whose clock the test moves: nothing here waits."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.axe import axe

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}

# What the page asks of the device, noted down.
DEVICE = """
window.device = {buzzed: [], tones: 0};
let locks = 0;
const count = (change) => { document.documentElement.dataset.awake = locks += change; };
navigator.vibrate = (pattern) => device.buzzed.push(pattern.length);
Object.defineProperty(navigator, "wakeLock", {value: {request: async () => {
  count(1);
  return {release: async () => count(-1)};
}}});
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) { device.tones++; start.apply(this, when); };
"""


class Timer:
    """The timer of an open page, and its clock."""

    def __init__(self, page: Page):
        self.page = page
        self.box = page.get_by_role("region", name="Hold timer")
        self.left = self.box.get_by_role("timer")
        self.name = self.box.locator(".t-name")
        self.line = self.box.locator(".t-line")
        self.said = self.box.get_by_role("status")

    def button(self, name: str):
        return self.box.get_by_role("button", name=name, exact=True)

    def start(self):
        """Start with the longest holds."""
        self.box.evaluate("box => box.querySelector('[name=longer][aria-pressed=false]')?.click()")
        self.button("Start hold timer").click()

    def passes(self, seconds: float):
        """Let time pass with the page awake."""
        self.page.clock.run_for(int(seconds * 1000))

    def sleeps(self, seconds: float):
        """Lock the phone: its timers stand still while the clock goes on; then look again."""
        self.page.clock.set_system_time(self.now() / 1000 + seconds)
        self.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    def now(self) -> float:
        return self.page.evaluate("Date.now()")

    def device(self, name: str):
        return self.page.evaluate(f"device.{name}")


@pytest.fixture
def open_timer(watched, site):
    def open_page(path: str, size=PHONE) -> Timer:
        watched.set_viewport_size(size)
        watched.add_init_script(DEVICE)
        watched.clock.install(time=1_800_000_000)
        watched.goto(site.url + path)
        watched.clock.pause_at(1_800_000_100)
        watched.locator("#press-it, .routine > li").first.scroll_into_view_if_needed()
        timer = Timer(watched)
        expect(timer.box).to_be_visible()
        return timer

    return open_page


def doses(page: Page) -> list[tuple[int, int]]:
    """Return (seconds a side, sides) of every step as the server wrote them."""
    steps = page.locator("[data-seconds]").all()
    return [
        (int(step.get_attribute("data-seconds")), int(step.get_attribute("data-sides")))
        for step in steps
    ]


class TestOnePoint:
    def test_cautions_come_before_the_bar_of_a_phone(self, open_timer, watched):
        timer = open_timer("/points/bl40/")
        watched.get_by_role("heading", level=1).scroll_into_view_if_needed()
        expect(timer.button("Start hold timer")).to_be_hidden()
        watched.get_by_role("heading", name="Press it").scroll_into_view_if_needed()
        expect(timer.button("Start hold timer")).to_be_visible()

    def test_nothing_starts_by_itself(self, open_timer):
        timer = open_timer("/points/bl40/")
        timer.passes(300)
        expect(timer.button("Start hold timer")).to_be_visible()
        expect(timer.said).to_be_empty()
        assert timer.device("buzzed") == []
        expect(timer.page.locator("html")).not_to_have_attribute("data-awake", "1")

    def test_both_sides_with_a_swap_between(self, open_timer):
        timer = open_timer("/points/bl40/")
        timer.start()
        expect(timer.left).to_have_text("1:00")
        expect(timer.name).to_have_text("BL40 Behind the knee, first side")
        expect(timer.said).to_have_text("BL40 Behind the knee, first side: hold 60 seconds at most")
        timer.passes(59)
        expect(timer.left).to_have_text("0:01")
        timer.passes(1)
        expect(timer.name).to_have_text("Let go. Swap sides")
        expect(timer.said).to_have_text("Let go. Swap sides")
        timer.passes(8)
        expect(timer.name).to_have_text("BL40 Behind the knee, other side")
        expect(timer.left).to_have_text("1:00")
        timer.passes(60)
        expect(timer.said).to_have_text("Done. Let go slowly.")
        expect(timer.left).to_have_text("0:00")
        # Begin, swap, begin, end: one buzz and tone to begin, two to let go.
        assert timer.device("buzzed") == [1, 3, 1, 3]
        assert timer.device("tones") == 6

    def test_a_point_on_the_midline_has_one_hold_and_a_half(self, open_timer):
        timer = open_timer("/points/gv4/")
        timer.start()
        expect(timer.name).to_have_text("GV4 Waist, on the spine")
        timer.passes(29)
        expect(timer.said).to_contain_text("hold 60 seconds at most")
        timer.passes(1)
        expect(timer.said).to_have_text("Half way")
        timer.passes(30)
        expect(timer.said).to_have_text("Done. Let go slowly.")

    def test_starts_with_the_time_for_the_first_day(self, open_timer):
        timer = open_timer("/points/bl40/")
        timer.button("Start hold timer").click()
        expect(timer.left).to_have_text("0:30")
        expect(timer.said).to_have_text("BL40 Behind the knee, first side: hold 30 seconds")
        expect(timer.button("Longer: 60 s")).to_be_hidden()
        timer.passes(30)
        expect(timer.name).to_have_text("Let go. Swap sides")

    def test_both_sides_at_once_take_one_dose(self, open_timer):
        timer = open_timer("/points/bl23/")
        both = timer.button("Both sides at once")
        both.click()
        expect(both).to_have_attribute("aria-pressed", "true")
        timer.start()
        expect(timer.name).to_contain_text(", both sides")
        expect(timer.left).to_have_text("1:30")
        timer.passes(90)
        expect(timer.said).to_have_text("Done. Let go slowly.")

    def test_who_asks_for_it_gets_it(self, open_timer, watched, site):
        timer = open_timer("/points/bl40/")
        watched.get_by_role("heading", level=1).scroll_into_view_if_needed()
        expect(timer.button("Start hold timer")).to_be_hidden()
        watched.get_by_role("link", name="Hold timer").evaluate("link => link.click()")
        expect(timer.button("Start hold timer")).to_be_focused()
        expect(timer.button("Start hold timer")).to_be_in_viewport()
        watched.goto(f"{site.url}/points/gv4/#timer")
        expect(timer.button("Start hold timer")).to_be_focused()
        expect(timer.button("Start hold timer")).to_be_in_viewport()

    def test_only_start_half_and_end_are_announced(self, open_timer, watched):
        timer = open_timer("/points/bl40/")
        timer.said.evaluate(
            """status => {
                window.heard = [];
                new MutationObserver(() => heard.push(status.textContent))
                    .observe(status, {childList: true, characterData: true, subtree: true});
            }"""
        )
        timer.start()
        for _ in range(10):
            timer.passes(13)
        heard = watched.evaluate("heard")
        assert [words.split(":")[0] for words in heard] == [
            "BL40 Behind the knee, first side",
            "Let go. Swap sides",
            "BL40 Behind the knee, other side",
            "Done. Let go slowly.",
        ]

    def test_a_pause_stops_the_time_and_the_rest_follows(self, open_timer):
        timer = open_timer("/points/bl40/")
        timer.start()
        timer.passes(20)
        timer.button("Pause").click()
        expect(timer.line).to_have_text("Paused")
        timer.passes(500)
        expect(timer.left).to_have_text("0:40")
        timer.button("Go on").click()
        timer.passes(39)
        expect(timer.left).to_have_text("0:01")
        timer.passes(1)
        expect(timer.name).to_have_text("Let go. Swap sides")

    def test_the_screen_stays_on_while_it_runs_and_no_longer(self, open_timer, watched):
        timer = open_timer("/points/gv4/")
        page = watched.locator("html")
        timer.start()
        expect(page).to_have_attribute("data-awake", "1")
        timer.button("Pause").click()
        expect(page).to_have_attribute("data-awake", "0")
        timer.button("Go on").click()
        expect(page).to_have_attribute("data-awake", "1")
        timer.passes(60)
        expect(page).to_have_attribute("data-awake", "0")

    def test_breath_is_paced_in_words_and_by_a_ring(self, open_timer, watched):
        timer = open_timer("/points/bl40/")
        radius = "document.querySelector('.breath').getAttribute('r')"
        timer.start()
        seen = []
        for _ in range(7):
            seen.append((timer.line.text_content(), watched.evaluate(radius)))
            timer.passes(1)
        assert [words for words, _ring in seen] == ["Breathe in"] * 3 + ["Breathe out"] * 3 + [
            "Breathe in"
        ]
        assert [ring for _words, ring in seen] == ["34", "38", "42", "38", "34", "30", "34"]

    def test_reduced_motion_keeps_the_ring_still(self, open_timer, watched):
        watched.emulate_media(reduced_motion="reduce")
        timer = open_timer("/points/bl40/")
        timer.start()
        rings = set()
        for _ in range(6):
            rings.add(watched.evaluate("document.querySelector('.breath').getAttribute('r')"))
            timer.passes(1)
        assert rings == {"30"}
        expect(timer.line).to_have_text("Breathe in")

    def test_says_when_the_shorter_time_is_over(self, open_timer):
        timer = open_timer("/points/bl40/")
        timer.start()
        timer.passes(29)
        expect(timer.line).to_have_text("Breathe out")
        timer.passes(1)
        expect(timer.line).to_have_text("Breathe in. Enough for the first day")

    def test_sound_can_be_turned_off(self, open_timer):
        timer = open_timer("/points/gv4/")
        timer.start()
        assert timer.device("tones") == 1
        timer.button("Sound on").click()
        expect(timer.button("Sound off")).to_be_visible()
        timer.passes(60)
        assert timer.device("tones") == 1
        assert timer.device("buzzed") == [1, 3]

    def test_close_begins_anew(self, open_timer):
        timer = open_timer("/points/gv4/")
        timer.start()
        timer.passes(60)
        timer.button("Close").click()
        expect(timer.button("Start hold timer")).to_be_focused()
        timer.start()
        expect(timer.left).to_have_text("1:00")

    def test_works_where_the_device_can_do_nothing(self, watched, site):
        watched.add_init_script(
            "delete window.AudioContext; delete Navigator.prototype.vibrate;"
            "delete Navigator.prototype.wakeLock;"
        )
        watched.clock.install()
        watched.goto(f"{site.url}/points/gv4/")
        timer = Timer(watched)
        timer.start()
        expect(timer.button("Sound on")).to_be_hidden()
        timer.passes(61)
        expect(timer.line).to_have_text("Done. Let go slowly.")


class TestLockedPhone:
    def test_within_the_hold_the_time_is_true(self, open_timer):
        timer = open_timer("/points/bl40/")
        timer.start()
        timer.passes(5)
        timer.sleeps(30)
        expect(timer.left).to_have_text("0:25")
        timer.passes(25)
        expect(timer.name).to_have_text("Let go. Swap sides")

    def test_an_end_that_was_missed_is_said_and_nothing_goes_on(self, open_timer):
        timer = open_timer("/points/bl40/")
        timer.start()
        timer.sleeps(100)
        expect(timer.line).to_have_text("Time was up 40 seconds ago. Let go.")
        expect(timer.said).to_have_text("Time was up 40 seconds ago. Let go.")
        timer.passes(600)
        expect(timer.left).to_have_text("0:00")
        timer.button("Go on").click()
        expect(timer.name).to_have_text("Let go. Swap sides")
        timer.passes(8)
        expect(timer.name).to_have_text("BL40 Behind the knee, other side")
        timer.sleeps(75)
        expect(timer.line).to_have_text("Time was up 15 seconds ago. Let go.")
        expect(timer.button("Close")).to_be_visible()

    def test_a_missed_pause_waits_for_the_reader(self, open_timer):
        timer = open_timer("/points/bl40/")
        timer.start()
        timer.passes(62)
        timer.sleeps(60)
        expect(timer.line).to_have_text("The pause is over. Go on when you are ready.")
        timer.passes(600)
        expect(timer.left).to_have_text("1:00")
        timer.button("Go on").click()
        timer.passes(1)
        expect(timer.left).to_have_text("0:59")

    def test_a_clock_set_back_makes_no_hold_longer(self, open_timer, watched):
        timer = open_timer("/points/gv4/")
        timer.start()
        timer.passes(10)
        watched.evaluate("{ const now = Date.now; Date.now = () => now() - 3_600_000; }")
        timer.passes(50)
        expect(timer.said).to_have_text("Done. Let go slowly.")


# Presses the button of this name, if it is there; says what the reader sees.
PRESS = """(box, name) => {
    const button = (name) => [...box.querySelectorAll("button")].find(
        (button) => button.textContent === name);
    button(name)?.click();
    return {
        hold: box.querySelector(".t-name").textContent,
        pressing: box.querySelector(".t-line").textContent.includes("Breathe"),
        paused: Boolean(button("Go on")),
        ended: Boolean(button("Close")),
    };
}"""


@pytest.mark.parametrize("code", ["bl10", "bl60", "gv3", "li4"])
def test_no_hold_is_longer_than_the_dose_whatever_is_pressed(open_timer, watched, code):
    """Pause, skip and back as often as you like: the seconds of pressing never exceed the dose."""
    timer = open_timer(f"/points/{code}/")
    [(seconds, sides)] = doses(watched)
    how_long = watched.locator(".facts dd", has_text="slow breaths").text_content()
    longest = int(re.findall(r"\d+", how_long.split("(")[0])[-1])
    assert seconds == longest * (60 if "minute" in how_long else 1)
    pressed: dict[str, float] = {}
    timer.start()
    state = timer.box.evaluate(PRESS, "")
    for turn in range(400):
        before = state
        timer.passes(2.5)
        presses = [
            name for name, every in (("Pause", 5), ("Back", 7), ("Skip", 31)) if turn % every == 4
        ]
        state = timer.box.evaluate(PRESS, "")
        if before["pressing"] and state["pressing"] and before["hold"] == state["hold"]:
            pressed[state["hold"]] = pressed.get(state["hold"], 0) + 2.5
        if state["ended"]:
            break
        for name in presses:
            state = timer.box.evaluate(PRESS, name)
        if state["paused"]:
            state = timer.box.evaluate(PRESS, "Go on")
    assert state["ended"]
    assert len(pressed) == sides
    assert max(pressed.values()) <= seconds


class TestRoutine:
    PATH = "/routine/?p=bl40&p=gv4"

    def test_runs_through_as_one_sequence(self, open_timer, watched):
        timer = open_timer(self.PATH)
        steps = watched.locator("ol.routine > li")
        timer.start()
        expect(timer.line).to_have_text("Point 1 of 2. Breathe in")
        expect(steps.nth(0)).to_have_attribute("aria-current", "step")
        timer.passes(60 + 8 + 60)
        expect(timer.name).to_have_text("Let go. Next: GV4 Waist, on the spine")
        expect(timer.said).to_have_text("Let go. Next: GV4 Waist, on the spine")
        expect(steps.nth(1)).to_have_attribute("aria-current", "step")
        expect(steps.nth(0)).not_to_have_attribute("aria-current", "step")
        expect(steps.nth(1).get_by_role("heading")).to_be_in_viewport()
        timer.passes(15)
        expect(timer.name).to_have_text("GV4 Waist, on the spine")
        timer.passes(60)
        expect(timer.said).to_have_text("Done. Let go slowly.")
        assert timer.device("buzzed") == [1, 3, 1, 3, 1, 3]

    def test_takes_as_long_as_the_page_says(self, open_timer, watched):
        timer = open_timer("/routine/desk-back/")
        said = int(re.search(r"(\d+) minutes at the most", watched.content())[1])
        timer.start()
        begun = timer.now()
        while not timer.button("Close").is_visible():
            timer.passes(10)
        assert said * 60 - 60 <= (timer.now() - begun) / 1000 <= said * 60 + 10

    def test_skip_and_back_give_no_second_dose(self, open_timer):
        timer = open_timer(self.PATH)
        timer.start()
        timer.passes(50)
        timer.button("Skip").click()
        expect(timer.name).to_have_text("Let go. Swap sides")
        timer.button("Skip").click()
        expect(timer.name).to_have_text("BL40 Behind the knee, other side")
        timer.button("Back").click()
        timer.passes(8)
        expect(timer.name).to_have_text("BL40 Behind the knee, first side")
        expect(timer.left).to_have_text("0:10")
        timer.passes(10)
        expect(timer.name).to_have_text("Let go. Swap sides")

    def test_while_paused_skip_chooses_and_starts_nothing(self, open_timer):
        timer = open_timer(self.PATH)
        timer.start()
        timer.button("Pause").click()
        timer.button("Skip").click()
        timer.button("Skip").click()
        timer.passes(100)
        expect(timer.name).to_have_text("GV4 Waist, on the spine")
        expect(timer.left).to_have_text("1:00")

    def test_a_point_left_out_is_not_in_the_sequence(self, open_timer, watched):
        open_timer("/routine/?p=bl60&p=gb21&avoid=reduced-feeling", DESK)
        [step] = watched.locator("[data-seconds]").all()
        expect(step).to_have_attribute("data-point-code", "GB21")

    def test_a_point_left_out_for_the_reader_has_no_timer(self, watched, site):
        watched.goto(f"{site.url}/points/bl60/?avoid=pregnancy")
        expect(watched.locator("#timer")).to_have_count(0)


def test_by_keyboard_from_the_start_page_to_a_finished_hold(watched, site):
    def tab_to(target):
        for _ in range(150):
            watched.keyboard.press("Tab")
            if target.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError("Tab does not get there.")

    watched.set_viewport_size(PHONE)
    watched.clock.install()
    watched.goto(site.url)
    tab_to(watched.get_by_role("link", name=re.compile("^BL40,")))
    watched.keyboard.press("Enter")
    watched.wait_for_url("**/points/bl40/")
    timer = Timer(watched)
    tab_to(watched.get_by_role("link", name="Hold timer"))
    watched.keyboard.press("Enter")
    expect(timer.button("Start hold timer")).to_be_focused()
    watched.keyboard.press("Enter")
    timer.passes(60 + 8 + 60)
    expect(timer.said).to_have_text("Done. Let go slowly.")
    expect(timer.button("Close")).to_be_focused()


@pytest.mark.parametrize("path", ["/points/bl40/", "/routine/?p=bl40&p=bl60"])
def test_the_bar_covers_nothing_that_has_the_focus(open_timer, watched, path):
    timer = open_timer(path)
    timer.start()
    covered = []
    for _ in range(120):
        watched.keyboard.press("Shift+Tab")
        hidden = watched.evaluate(
            """() => {
                const it = document.activeElement, bar = document.getElementById("timer");
                if (it === document.body || bar.contains(it)) return "";
                const place = it.getBoundingClientRect();
                const top = bar.getBoundingClientRect().top;
                return place.height < top && place.bottom > top ? it.outerHTML : "";
            }"""
        )
        if hidden:
            covered.append(hidden)
    assert covered == []


def test_the_end_of_the_page_is_not_under_the_bar(open_timer, watched):
    timer = open_timer("/points/bl40/")
    timer.start()
    watched.keyboard.press("Control+End")
    watched.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    end = watched.locator(".review").bounding_box()
    assert end["y"] + end["height"] <= timer.box.bounding_box()["y"]


@pytest.mark.parametrize("width", [320, 390])
def test_the_controls_fit_and_are_large_enough(open_timer, watched, width):
    timer = open_timer("/points/bl23/", {"width": width, "height": 640})
    timer.start()
    assert watched.evaluate("document.documentElement.scrollWidth") <= width
    expect(timer.box.get_by_text("Stop if pain turns sharp")).to_be_in_viewport()
    sizes = [button.bounding_box() for button in timer.box.get_by_role("button").all()]
    assert len(sizes) == 4
    assert min(min(size["height"], size["width"]) for size in sizes) >= 44


class TestWithoutJavaScript:
    @pytest.fixture
    def browser_context_args(self, browser_context_args):
        return browser_context_args | {"java_script_enabled": False}

    def test_the_page_says_how_many_breaths(self, page, site):
        page.goto(f"{site.url}/points/bl40/")
        expect(page.locator("#timer")).to_be_hidden()
        expect(page.get_by_role("link", name="Hold timer")).to_be_hidden()
        expect(page.locator(".facts").first).to_contain_text("5 to 10 slow breaths")

    def test_a_routine_grows_from_card_to_card(self, page, site):
        """Nothing is stored: each link carries the routine so far."""
        page.goto(f"{site.url}/points/")
        page.get_by_role("link", name="Add to routine BL40").click()
        page.get_by_role("link", name="Add from all points").click()
        page.get_by_role("link", name="BL60 · Outer ankle").first.click()
        page.get_by_role("link", name="Add to routine BL60").click()
        steps = page.locator("ol.routine > li")
        expect(page).to_have_url(f"{site.url}/routine/?p=bl40&p=bl60")
        page.get_by_role("link", name="Up BL60").click()
        expect(page).to_have_url(f"{site.url}/routine/?p=bl60&p=bl40#step-bl60")
        page.get_by_label("GV4").check()
        page.get_by_role("button", name="Add to the routine").click()
        expect(page).to_have_url(f"{site.url}/routine/?p=bl60&p=bl40&p=gv4")
        for number, code in enumerate(["BL60", "BL40", "GV4"]):
            expect(steps.nth(number)).to_have_attribute("data-point-code", code)
        page.get_by_role("link", name="Remove BL40").click()
        page.get_by_text("Leave out what isn’t for me").first.click()
        page.get_by_label("I am pregnant").check()
        page.get_by_role("button", name="Update the routine").click()
        expect(page).to_have_url(f"{site.url}/routine/?p=bl60&p=gv4&avoid=pregnancy")
        expect(page.locator("[data-left-out]")).to_have_count(2)
        expect(steps).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/points/bl40/", "/routine/?p=bl40&p=bl60"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_nothing_while_it_runs(open_timer, watched, path, scheme, size):
    watched.emulate_media(color_scheme=scheme)
    timer = open_timer(path, size)
    timer.start()
    timer.passes(4)
    watched.clock.resume()
    assert axe(watched) == ""
