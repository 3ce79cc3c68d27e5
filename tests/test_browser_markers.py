"""The editors' desk in a browser: markers on figures, moving rows, finding a part of a form."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.axe import ADMIN, axe
from tests.test_browser import WIDTHS, log_in, open_form


def surface(page: Page, row: int = 0):
    return page.locator(f"#markers-{row}").get_by_role("application")


def open_markers(page: Page):
    group = page.locator("#markers-group > fieldset > details")
    if group.count() and group.get_attribute("open") is None:
        group.locator("> summary").click()


class TestMarkers:
    @pytest.fixture
    def form(self, watched, site) -> Page:
        open_form(watched, site)
        open_markers(watched)
        return watched

    def value(self, form, name, row=0):
        return form.locator(f"#id_markers-{row}-{name}").input_value()

    def test_a_click_places_it_and_the_drawing_follows(self, form):
        place = surface(form)
        place.scroll_into_view_if_needed()
        frame = place.locator("svg").bounding_box()
        place.locator("svg").click(
            position={"x": frame["width"] * 0.25, "y": frame["height"] * 0.75}
        )
        x, y = float(self.value(form, "x")), float(self.value(form, "y"))
        assert (x, y) == pytest.approx((25, 75), abs=0.5)
        expect(place).to_be_focused()
        expect(place).to_have_attribute(
            "aria-label", re.compile(rf"^Marker on .+, {x:g} from the left, {y:g} from the top$")
        )
        dot = place.locator(".marker-dot").first.bounding_box()
        assert dot["x"] + dot["width"] / 2 == pytest.approx(
            frame["x"] + frame["width"] * 0.25, abs=3
        )

    def test_the_first_click_moves_nothing_below_the_pointer(self, watched, site):
        log_in(watched, site)
        watched.goto(f"{site.url}/admin/points/point/add/")
        watched.locator("#id_markers-0-figure").select_option("back")
        place = surface(watched)
        place.scroll_into_view_if_needed()
        before = place.bounding_box()
        place.click()
        expect(watched.locator(".marker-card .marker-dot")).to_be_visible()
        assert place.bounding_box() == before
        watched.once("dialog", lambda dialog: dialog.accept())
        watched.goto(f"{site.url}/admin/")

    def test_arrow_keys_move_it_and_say_where(self, form):
        form.locator("#id_markers-0-x").fill("40")
        form.locator("#id_markers-0-y").fill("99")
        place = surface(form)
        place.press("ArrowRight")
        place.press("Shift+ArrowLeft")
        place.press("ArrowUp")
        place.press("Shift+ArrowDown")
        assert (self.value(form, "x"), self.value(form, "y")) == ("38.5", "100.0")
        status = form.locator("#markers-0").get_by_role("status")
        expect(status).to_have_text("38.5 from the left, 100 from the top")

    def test_a_mirrored_marker_and_the_side_of_the_label(self, form):
        form.locator("#id_markers-0-x").fill("20")
        pairing = form.locator("#id_markers-0-paired")
        rings = surface(form).locator(".marker-ring")
        pairing.uncheck()
        expect(rings).to_have_count(1)
        pairing.check()
        expect(rings).to_have_count(2)
        middle = surface(form).locator("svg").bounding_box()
        middle = middle["x"] + middle["width"] / 2
        left, right = (ring.bounding_box() for ring in rings.all())
        assert middle - left["x"] == pytest.approx(right["x"] + right["width"] - middle, abs=2)
        label = surface(form).locator("text")
        expect(label).to_have_text("BL57")
        form.locator("#id_markers-0-label_side").select_option("left")
        expect(label).to_have_attribute("text-anchor", "end")

    def test_an_added_row_works_like_the_first_and_is_saved(self, form, site):
        form.locator("#markers-group .add-row a").click()
        row = form.locator("#markers-group .inline-related:not(.empty-form)").last
        number = row.get_attribute("id").removeprefix("markers-")
        expect(row.get_by_role("application")).to_be_hidden()
        form.locator(f"#id_markers-{number}-role").select_option("closeup")
        form.locator(f"#id_markers-{number}-figure").select_option("lower-back")
        place = row.get_by_role("application")
        expect(place).to_have_attribute(
            "aria-label", "Marker on Lower back and pelvis, seen from behind, not placed yet"
        )
        place.press("ArrowDown")
        place.press("ArrowDown")
        form.get_by_role("button", name="Publish", exact=True).click()
        expect(form.get_by_text("Published.")).to_be_visible()
        form.wait_for_load_state()
        saved = form.locator("#markers-group select[name$=-figure]")
        figures = [select.input_value() for select in saved.all()]
        row = figures.index("lower-back")
        assert (self.value(form, "x", row), self.value(form, "y", row)) == ("50.0", "51.0")
        open_markers(form)
        form.locator(f"#id_markers-{row}-DELETE").check()
        form.get_by_role("button", name="Publish", exact=True).click()
        expect(form.get_by_text("Published.")).to_be_visible()

    def test_the_drawing_is_really_there(self, form):
        """The figure is a file of its own: a wrong address or a refusal would leave it empty."""
        drawing = surface(form).locator("use")
        assert drawing.evaluate("use => use.getBBox().width") > 100
        box = surface(form).locator("svg").bounding_box()
        assert box["height"] > box["width"] * 0.5

    def test_the_card_follows_the_marker(self, form):
        card = form.locator(".marker-card svg")
        expect(card).to_be_visible()
        before = card.get_attribute("viewBox")
        form.locator("#id_markers-0-paired").uncheck()
        form.locator("#id_markers-0-x").fill("5")
        form.locator("#id_markers-0-y").fill("5")
        expect(card).not_to_have_attribute("viewBox", before)
        expect(card).to_have_attribute("viewBox", re.compile(r"^0(\.0)? 0(\.0)? "))

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("width", WIDTHS)
    def test_axe_finds_nothing_and_it_fits(self, page, site, scheme, width):
        # Not watched: axe tries styles of its own on long pages, which the policy refuses.
        page.set_viewport_size(WIDTHS[width])
        page.emulate_media(color_scheme=scheme)
        open_form(page, site)
        open_markers(page)
        box = surface(page).bounding_box()
        assert box["x"] + box["width"] <= WIDTHS[width]["width"]
        assert axe(page, ADMIN, "#markers-group") == ""


def open_guide(page: Page, site):
    log_in(page, site)
    page.goto(site.url)
    page.get_by_role("link", name="Edit this page").first.click()
    page.wait_for_url("**/change/")
    page.get_by_role("navigation", name="Parts of this form").get_by_role(
        "link", name=re.compile("Sections")
    ).click()


ROWS = "#sections-group .inline-related:not(.empty-form)"


class TestMoving:
    @pytest.fixture
    def guide(self, watched, site) -> Page:
        open_guide(watched, site)
        return watched

    def headings(self, page) -> list[str]:
        fields = page.locator(
            "#sections-group .inline-related:not(.empty-form) input[id$=-heading]"
        )
        return [field.input_value() for field in fields.all()]

    def orders(self, page) -> list[str]:
        fields = page.locator(f"{ROWS} input[id$=-order]")
        return [field.input_value() for field in fields.all()]

    def move(self, page, name: str, way: str):
        return page.get_by_role("button", name=f"Move {name} {way}", exact=True)

    def test_sections_move_by_keyboard_and_keep_the_focus(self, guide):
        before = self.headings(guide)
        button = self.move(guide, before[1], "up")
        button.press("Enter")
        assert self.headings(guide) == [before[1], before[0], *before[2:]]
        assert self.orders(guide) == [str(n) for n in range(1, len(before) + 1)]
        expect(button).to_be_focused()
        expect(button).to_have_attribute("aria-disabled", "true")
        expect(
            guide.get_by_role("status").filter(has_text=f"{before[1]}: now 1 of {len(before)}")
        ).to_have_count(1)
        button.press("Enter")
        assert self.headings(guide)[0] == before[1]

    def test_the_new_order_is_saved(self, guide, site):
        before = self.headings(guide)
        for name, way in ((before[1], "up"), (before[1], "down")):
            self.move(guide, name, way).click()
            moved = self.headings(guide)
            guide.get_by_role("button", name="Publish", exact=True).click()
            expect(guide.get_by_text("Published.")).to_be_visible()
            guide.wait_for_load_state()
            assert self.headings(guide) == moved
            guide.get_by_role("link", name=re.compile("Sections")).last.click()
        assert moved == before

    def test_an_added_and_removed_row_leaves_saved_rows_their_numbers(self, guide):
        guide.locator("#sections-group .add-row a").click()
        rows = guide.locator(ROWS)
        number = rows.count() - 1
        new = guide.locator(f"#sections-{number}")
        new.locator(f"#id_sections-{number}-heading").fill("Brand new")
        assert new.locator(f"#id_sections-{number}-order").input_value() == str(number + 1)
        self.move(guide, "Brand new", "up").click()
        assert self.headings(guide)[-2] == "Brand new"
        new.locator(".inline-deletelink").click()
        expect(rows).to_have_count(number)
        ids = {
            field.get_attribute("id"): field.input_value()
            for field in guide.locator(f"{ROWS} input[id$='-id']").all()
        }
        assert sorted(ids) == sorted(f"id_sections-{n}-id" for n in range(number))
        assert all(ids.values())

    def test_the_points_of_a_routine_move(self, watched, site):
        """Their rows hold no text to be named by: the label names them."""
        log_in(watched, site)
        watched.goto(f"{site.url}/routine/stiff-morning/")
        watched.get_by_role("link", name="Edit this page").click()
        watched.wait_for_url("**/change/")
        points = watched.locator("#steps-group .inline-related:not(.empty-form) select")
        before = [each.input_value() for each in points.all()]
        watched.get_by_role("button", name=re.compile("^Move .+ up$")).nth(1).click()
        after = [each.input_value() for each in points.all()]
        assert after == [before[1], before[0], *before[2:]]

    def test_a_row_is_dragged(self, guide):
        lines = guide.locator("#id_key_points")
        before = lines.input_value().splitlines()
        rows = guide.locator(".field-key_points .order-lines li")
        rows.first.scroll_into_view_if_needed()
        start = rows.nth(0).locator(".order-handle").bounding_box()
        end = rows.nth(2).bounding_box()
        guide.mouse.move(start["x"] + 8, start["y"] + 8)
        guide.mouse.down()
        guide.mouse.move(start["x"] + 8, end["y"] + end["height"] - 3, steps=8)
        guide.mouse.up()
        after = lines.input_value().splitlines()
        assert after == [before[1], before[2], before[0], *before[3:]]

    def test_typing_keeps_the_list_in_step(self, guide):
        guide.locator("#id_key_points").fill("First thing\nSecond thing")
        expect(guide.locator(".field-key_points .order-lines li")).to_have_count(2)
        self.move(guide, "Second thing", "up").click()
        expect(guide.locator("#id_key_points")).to_have_value("Second thing\nFirst thing")

    def test_the_first_points_move_and_the_guide_follows(self, guide, site):
        field = guide.locator("#id_first_points")
        before = field.input_value().splitlines()
        for way in ("down", "up"):
            self.move(guide, before[0], way).click()
            now = field.input_value().splitlines()
            guide.get_by_role("button", name="Publish", exact=True).click()
            expect(guide.get_by_text("Published.")).to_be_visible()
            guide.wait_for_load_state()
            assert field.input_value().splitlines() == now
        assert now == before

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("width", WIDTHS)
    def test_axe_finds_nothing(self, page, site, scheme, width):
        # Not watched: axe tries styles of its own on long pages, which the policy refuses.
        page.set_viewport_size(WIDTHS[width])
        page.emulate_media(color_scheme=scheme)
        open_guide(page, site)
        # What stays in sight covers a part of some field until one scrolls.
        page.evaluate(
            """() => document.querySelectorAll(".desk-buttons, .form-contents")
              .forEach(part => part.style.position = "static")"""
        )
        assert axe(page, ADMIN, "#content-main") == ""


class TestContents:
    def test_a_link_opens_its_part_and_counts_its_rows(self, watched, site):
        open_form(watched, site)
        part = watched.locator("#aliases-group details")
        expect(part).not_to_have_attribute("open", "")
        link = watched.get_by_role("link", name=re.compile(r"^Aliases \(\d+\)$"))
        number = int(re.search(r"\d+", link.inner_text())[0])
        link.click()
        expect(part).to_have_attribute("open", "")
        part.locator(".add-row a").click()
        expect(link).to_have_text(f"Aliases ({number + 1})")
        expect(part.locator("summary")).to_contain_text(f"({number + 1})")

    def test_errors_lead_to_their_fields(self, watched, site):
        open_form(watched, site)
        contents = watched.get_by_role("navigation", name="Parts of this form")
        contents.get_by_role("link", name=re.compile("^Indications")).click()
        watched.locator("#indications-group .add-row a").click()
        watched.locator("#id_where").fill("")
        watched.get_by_role("button", name="Publish", exact=True).click()
        expect(watched.get_by_role("heading", name="What is missing or wrong")).to_be_focused()
        missing = watched.get_by_role("link", name="Say where the point is.")
        missing.click()
        expect(watched.locator("#id_where")).to_be_focused()
        expect(watched.locator("#id_where")).to_be_in_viewport()
        done = watched.locator(".form-done")
        watched.keyboard.type(" ")
        expect(done).to_have_count(0)
        watched.keyboard.type("On the calf.")
        expect(done).to_have_text(["Say where the point is."])
        watched.locator("#id_where").fill("")
        expect(done).to_have_count(0)
        watched.get_by_role("button", name="Discard changes").click()
        expect(watched.get_by_text("the page is as it was")).to_be_visible()


class TestWithoutJavaScript:
    @pytest.fixture
    def browser_context_args(self, browser_context_args):
        return browser_context_args | {"java_script_enabled": False}

    def test_the_number_fields_place_a_marker(self, page, site):
        open_form(page, site)
        open_markers(page)
        field = page.locator("#id_markers-0-x")
        before = field.input_value()
        for value in ("12.5", before):
            open_markers(page)
            field.fill(value)
            page.get_by_role("button", name="Publish", exact=True).click()
            expect(page.get_by_text("Published.")).to_be_visible()
            expect(field).to_have_value(value)
