"""Reading without network: what the worker keeps, what it never keeps, and how it goes away."""

import re
import socket

import pytest
from playwright.sync_api import Page, expect

from tests.axe import axe
from tests.server import SiteServer
from tests.test_browser import WIDTHS, log_in

SAVED_COPY = re.compile(r"You are reading a saved copy from \d+ \w+ 20\d\d\.")
SAVED = """async () => {
    const saved = [];
    for (const name of await caches.keys())
        for (const request of await (await caches.open(name)).keys())
            saved.push(request.url.replace(location.origin, ''));
    return saved;
}"""


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return browser_context_args | {"service_workers": "allow"}


@pytest.fixture(scope="module")
def own_site(tmp_path_factory):
    """A site for tests that change its pages; the last one starts it with another setting."""
    with SiteServer(tmp_path_factory.mktemp("site")) as server:
        yield server


def visit(page: Page, address: str):
    """Open `address` with the worker at work: on the first visit it starts after the page."""
    page.goto(address)
    page.evaluate(
        """async () => {
            await navigator.serviceWorker.ready;
            if (!navigator.serviceWorker.controller)
                await new Promise((done) => navigator.serviceWorker.oncontrollerchange = done);
        }"""
    )


def wait_until(page: Page, condition: str):
    """Wait for the promise `condition`, which `page.wait_for_function` would take for true."""
    page.evaluate(
        f"""async () => {{
            const end = Date.now() + 20000;
            while (!(await {condition})) {{
                if (Date.now() > end) throw new Error("It never came true.");
                await new Promise((look) => setTimeout(look, 50));
            }}
        }}"""
    )


def expect_saved(page: Page, path: str):
    wait_until(page, f"caches.match('{path}', {{ignoreVary: true}})")


@pytest.fixture
def reader(page, site) -> Page:
    visit(page, f"{site.url}/points/bl40/")
    return page


class TestWithoutNetwork:
    def test_guide_safety_and_the_page_of_the_first_visit_are_there(self, reader, site):
        reader.context.set_offline(True)
        for path, heading in [
            ("/", "lower back"),
            ("/safety/", "help"),
            ("/points/bl40/", "Behind the knee"),
        ]:
            reader.goto(site.url + path)
            expect(reader.get_by_role("heading", level=1)).to_contain_text(heading)
            expect(reader.locator("[data-saved-copy]")).to_have_text(SAVED_COPY)
            expect(reader.locator("[data-saved-copy]")).to_contain_text("call 112, 999, 911")
            # Its styles came along: a skip link lies outside the page.
            assert reader.locator(".skip").bounding_box()["y"] < 0

    def test_a_page_visited_later_is_there_and_another_is_not(self, reader, site):
        reader.goto(f"{site.url}/symptoms/sciatica/")
        expect(reader.locator("[data-saved-copy]")).to_have_count(0)
        expect_saved(reader, "/symptoms/sciatica/")
        reader.context.set_offline(True)
        reader.goto(f"{site.url}/symptoms/sciatica/")
        expect(reader.locator("[data-saved-copy]")).to_have_text(SAVED_COPY)

        reader.goto(f"{site.url}/points/bl60/")
        expect(reader.get_by_text("The page you asked for needs the network.")).to_be_visible()
        link = reader.get_by_role("link", name="BL40 Behind the knee")
        expect(link).to_be_visible()
        expect(reader.get_by_role("link", name="Call 112")).to_be_visible()
        reader.context.set_offline(False)
        reader.get_by_role("link", name="Try again").click()
        expect(reader.locator("[data-point-code=BL60]").first).to_be_visible()

    @pytest.mark.parametrize(
        "path", ["/search/?q=sciatica", "/routine/?p=bl40", "/points/bl40/?avoid=pregnancy"]
    )
    def test_what_takes_choices_says_that_it_needs_the_network(self, reader, site, path):
        """A copy that knows nothing of the choice would show a point to somebody at risk."""
        reader.goto(site.url + path)
        reader.context.set_offline(True)
        reader.goto(site.url + path)
        expect(reader.get_by_text("The page you asked for needs the network.")).to_be_visible()
        expect(reader.get_by_text("Search needs the network.")).to_be_visible()
        expect(reader.locator("[data-point-code]")).to_have_count(0)


def test_nothing_private_is_ever_saved(reader, site):
    reader.goto(site.url)
    field = reader.get_by_role("combobox", name="What are you feeling?")
    field.press_sequentially("sciat")
    expect(reader.get_by_role("option").first).to_be_visible()
    for path in [
        "/search/?q=sciatica",
        "/points/bl60/?avoid=pregnancy",
        "/routine/",
        "/routine/?p=bl40",
        "/admin/",
        "/draft/nothing/",
        "/no/such/page/",
        "/points/UB60/",
        "/points/bl57/",
    ]:
        reader.goto(site.url + path)
    expect_saved(reader, "/points/bl57/")
    saved = {path for path in reader.evaluate(SAVED) if not path.startswith("/static/")}
    # The old spelling was sent on to the page of BL60.
    wanted = {"/", "/safety/", "/offline/", "/points/bl40/", "/points/bl60/", "/points/bl57/"}
    assert saved == wanted


def test_an_editors_page_is_not_saved(page, site):
    log_in(page, site)
    visit(page, site.url)
    page.goto(f"{site.url}/points/bl57/")
    expect(page.get_by_role("link", name="Edit this page")).to_be_visible()
    page.goto(f"{site.url}/admin/")
    page.goto(f"{site.url}/about/")
    assert {path for path in page.evaluate(SAVED) if not path.startswith("/static/")} == {
        "/",
        "/safety/",
        "/offline/",
    }
    page.context.set_offline(True)
    page.goto(site.url)
    expect(page.locator("[data-saved-copy]")).to_have_text(SAVED_COPY)
    expect(page.get_by_role("link", name="Edit this page")).to_have_count(0)


def test_the_oldest_copies_make_room(reader, site):
    reader.evaluate(
        """async () => {
            const visited = await caches.open('back-points-visited');
            for (let n = 0; n < 60; n++) await visited.put(`/points/x${n}/`, new Response('old'));
        }"""
    )
    reader.goto(f"{site.url}/points/bl60/")
    expect_saved(reader, "/points/bl60/")
    wait_until(
        reader,
        """caches.open('back-points-visited').then((visited) => visited.keys())
            .then((keys) => keys.length === 60)""",
    )
    saved = reader.evaluate(SAVED)
    assert not {"/points/bl40/", "/points/x0/"} & set(saved)
    assert "/points/x1/" in saved


def test_forgetting_leaves_the_guide_and_the_safety_page(reader, site):
    reader.get_by_role("link", name="Saved pages").click()
    expect(reader.get_by_text("The page you asked for needs the network.")).to_be_hidden()
    copy = reader.locator("[data-kept]").get_by_role("link", name="BL40 Behind the knee")
    expect(copy).to_have_attribute("href", f"{site.url}/points/bl40/")
    reader.get_by_role("button", name="Forget the saved pages").click()
    expect(reader.get_by_role("status").filter(has_text="Forgotten.")).to_be_visible()
    expect(copy).to_have_count(0)
    saved = {path for path in reader.evaluate(SAVED) if not path.startswith("/static/")}
    assert saved == {"/", "/safety/", "/offline/"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing(reader, site, width, scheme):
    reader.set_viewport_size(WIDTHS[width])
    reader.emulate_media(color_scheme=scheme)
    reader.context.set_offline(True)
    for path in ["/points/bl40/", "/points/bl60/"]:
        reader.goto(site.url + path)
        expect(reader.locator("[data-saved-copy], [data-missing]").first).to_be_visible()
        assert axe(reader) == ""


class TestOnASiteThatChanges:
    def test_new_words_reach_the_copy_of_a_page_and_a_withdrawn_page_goes(
        self, page, own_site, browser
    ):
        reader = page
        visit(reader, f"{own_site.url}/points/bl57/")
        for path in ["/points/bl60/", "/points/bl40/"]:
            reader.goto(own_site.url + path)
            expect_saved(reader, path)

        desk = browser.new_context(service_workers="block").new_page()
        log_in(desk, own_site)
        desk.goto(f"{own_site.url}/points/bl57/")
        desk.get_by_role("link", name="Edit this page").click()
        desk.get_by_label("Summary:").fill("An editor has just corrected this line.")
        desk.get_by_role("button", name="Publish", exact=True).click()
        expect(desk.get_by_text("Published.")).to_be_visible()
        desk.goto(f"{own_site.url}/points/bl60/")
        desk.get_by_role("link", name="Edit this page").click()
        desk.get_by_role("link", name="Withdraw").click()
        desk.get_by_label("Reason").fill("The place on the figure was wrong.")
        desk.get_by_role("button", name="Withdraw").click()
        expect(desk.get_by_text("Withdrawn. Readers are told why.")).to_be_visible()
        desk.context.close()

        # One visit of another page is enough.
        reader.goto(f"{own_site.url}/points/bl40/")
        wait_until(
            reader, "caches.match('/points/bl60/', {ignoreVary: true}).then((copy) => !copy)"
        )
        wait_until(
            reader,
            """caches.match('/points/bl57/', {ignoreVary: true}).then((copy) => copy.text())
                .then((text) => text.includes('just corrected this line'))""",
        )
        assert "/points/bl40/" in reader.evaluate(SAVED)
        wait_until(reader, "caches.keys().then((names) => names.length === 2)")

    def test_a_silent_server_is_not_waited_for_and_switched_off_it_clears_up(self, page, own_site):
        visit(page, f"{own_site.url}/points/bl40/")
        own_site.__exit__()
        with socket.create_server(("127.0.0.1", own_site.port)):
            page.goto(f"{own_site.url}/points/bl40/")
            expect(page.locator("[data-saved-copy]")).to_have_text(SAVED_COPY)

        own_site.environment = {"OFFLINE": "0"}
        own_site.__enter__()
        page.goto(own_site.url)
        wait_until(
            page, "navigator.serviceWorker.getRegistrations().then((all) => all.length === 0)"
        )
        assert page.evaluate("caches.keys()") == []
