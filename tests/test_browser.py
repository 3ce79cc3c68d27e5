"""The served site in a browser: reading on a phone, without JavaScript, and one edit."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.axe import ADMIN, axe
from tests.pictures import png, sideways_jpeg

PAGES = [
    "/",
    "/points/",
    "/points/bl40/",
    "/points/bl60/?avoid=pregnancy",
    "/points/bl48/",
    "/symptoms/",
    "/symptoms/sciatica/",
    "/symptoms/jaundice/",
    "/search/",
    "/search/?q=sore+back+from+driving&avoid=pregnancy",
    "/search/?q=numb+between+the+legs",
    "/search/?q=pizza+recipe",
    "/tools/",
    "/tools/acuball/",
    "/yoga/",
    "/yoga/cat-cow/",
    "/yoga/extended-triangle/",
    "/articles/",
    "/safety/",
    "/sources/",
    "/about/",
    "/about/corrections/",
    "/routine/",
    "/routine/?p=bl40&p=bl60&avoid=pregnancy",
    "/routine/with-a-helper/helper/",
    "/offline/",
    "/glossary/",
    "/report/?page=/points/bl40/",
    "/report/thanks/?page=/points/bl40/",
    "/no/such/page/",
]
WIDTHS = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1280, "height": 900}}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(watched, site, path, width, scheme):
    watched.set_viewport_size(WIDTHS[width])
    watched.emulate_media(color_scheme=scheme)
    watched.goto(site.url + path)
    assert axe(watched) == ""


@pytest.mark.parametrize("path", PAGES)
def test_nothing_scrolls_sideways_at_320(watched, site, path):
    watched.set_viewport_size({"width": 320, "height": 640})
    watched.goto(site.url + path)
    assert watched.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("path", ["/", "/points/bl40/", "/search/?q=sciatica", "/safety/"])
def test_text_twice_as_large_stays_inside(watched, site, path):
    watched.set_viewport_size(WIDTHS["phone"])
    watched.goto(site.url + path)
    watched.evaluate("document.documentElement.style.fontSize = '200%'")
    assert watched.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("code", ["BL60", "SI11", "BL23", "BL40", "BL53", "GB30", "EX-B7"])
def test_a_point_shows_what_matters_in_a_screen_and_a_half(watched, site, code):
    """On a small phone: name, code, picture, where, how hard, how long and the stop rule."""
    watched.set_viewport_size({"width": 360, "height": 640})
    watched.goto(f"{site.url}/points/{code.lower()}/")
    needed = {
        "name": watched.locator("h1"),
        "code": watched.locator(".head .code"),
        "picture": watched.locator(f'[data-marker="{code}"]').first,
        "where": watched.locator(".facts dd").nth(0),
        "how hard": watched.locator(".facts dd").nth(1),
        "how long": watched.locator(".facts dd").nth(2),
        "stop rule": watched.get_by_text("pain turns sharp").first,
    }
    ends = {
        name: place.bounding_box()["y"] + place.bounding_box()["height"]
        for name, place in needed.items()
    }
    assert {name: end for name, end in ends.items() if end > 960} == {}


class TestWithoutJavaScript:
    @pytest.fixture
    def browser_context_args(self, browser_context_args):
        return browser_context_args | {"java_script_enabled": False}

    def test_search_filter_and_read(self, page, site):
        page.set_viewport_size(WIDTHS["phone"])
        page.goto(site.url)
        page.get_by_label("What are you feeling?").fill("siatica")
        page.get_by_role("button", name="Find points").click()
        expect(page.locator("[data-point-code]").first).to_be_visible()
        page.wait_for_load_state()
        found = page.locator("[data-point-code]").count()

        page.locator("summary", has_text="Filter these points").click()
        page.get_by_label("I am pregnant").check()
        page.get_by_role("button", name="Update results").click()
        expect(page).to_have_url(re.compile("avoid=pregnancy"))
        expect(page.locator("[data-left-out]").first).to_be_visible()
        page.wait_for_load_state()
        assert page.locator("[data-point-code]").count() < found

    def test_a_word_is_explained_by_keyboard_where_it_stands(self, page, site):
        page.goto(f"{site.url}/points/bl23/")
        word = page.get_by_role("button", name="cun", exact=True)
        meaning = page.get_by_text("A measure from your own body.")
        expect(meaning).to_be_hidden()
        word.press("Enter")
        expect(meaning).to_be_visible()
        expect(meaning).to_be_in_viewport()
        page.keyboard.press("Escape")
        expect(meaning).to_be_hidden()
        expect(word).to_be_focused()
        # What is open comes next on the way through the page.
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{site.url}/glossary/#cun")

    def test_the_map_is_plain_links(self, page, site):
        page.goto(site.url)
        page.get_by_role("link", name=re.compile("^BL40,")).click()
        expect(page).to_have_url(f"{site.url}/points/bl40/")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_report_says_what_is_missing_beside_each_field(watched, site, scheme):
    watched.set_viewport_size(WIDTHS["phone"])
    watched.emulate_media(color_scheme=scheme)
    watched.goto(f"{site.url}/points/bl40/")
    watched.get_by_role("link", name="Report a mistake on this page").click()
    watched.get_by_role("button", name="Send the report").click()
    sentence = watched.get_by_text("Choose what is wrong.")
    expect(sentence.locator("xpath=ancestor::div[1]")).to_be_focused()
    message = watched.get_by_label("What should we know?")
    expect(message).to_have_accessible_description(re.compile("Write a few words about"))
    # The hidden field is on nobody's way.
    expect(watched.get_by_role("textbox", name="Leave this empty")).to_have_count(0)
    assert axe(watched) == ""
    watched.get_by_label("The place of a point").check()
    message.fill(f"The {scheme} knee")
    watched.keyboard.press("Tab")
    watched.keyboard.press("Enter")
    expect(watched.get_by_role("heading", level=1)).to_have_text("Thank you")
    watched.get_by_role("link", name="Back to the page you came from").click()
    expect(watched).to_have_url(f"{site.url}/points/bl40/")


def test_reader_goes_from_the_guide_to_a_point_by_keyboard(watched, site):
    watched.goto(site.url)
    watched.keyboard.press("Tab")
    expect(watched.get_by_role("link", name="Skip to main content")).to_be_focused()
    watched.keyboard.press("Enter")
    assert watched.url.endswith("#main")
    link = watched.get_by_role("link", name=re.compile("^BL60,"))
    for _ in range(40):
        watched.keyboard.press("Tab")
        if link.evaluate("link => link === document.activeElement"):
            break
    watched.keyboard.press("Enter")
    expect(watched.get_by_role("heading", level=1)).to_be_visible()
    assert watched.url == f"{site.url}/points/bl60/"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_open_explanation_is_readable_on_a_phone_and_on_paper(watched, site, scheme):
    watched.set_viewport_size({"width": 320, "height": 640})
    watched.emulate_media(color_scheme=scheme)
    watched.goto(f"{site.url}/")
    watched.get_by_role("button", name="meridians", exact=True).click()
    meaning = watched.get_by_text("A line on which tradition orders its points.")
    expect(meaning).to_be_in_viewport(ratio=1)
    assert axe(watched) == ""
    watched.keyboard.press("Escape")
    expect(meaning).to_be_hidden()
    watched.emulate_media(media="print")
    expect(meaning).to_be_visible()
    assert meaning.evaluate("one => getComputedStyle(one).position") == "static"


class TestSuggestions:
    @pytest.fixture
    def field(self, watched, site):
        watched.goto(site.url)
        return watched.get_by_role("combobox", name="What are you feeling?")

    def test_arrow_keys_and_enter_open_a_page(self, watched, field, site):
        field.press_sequentially("sciat")
        option = watched.get_by_role("option", name=re.compile("Sciatica"))
        expect(option).to_be_visible()
        expect(field).to_have_attribute("aria-expanded", "true")
        said = watched.locator("main .combo [role=status]")
        expect(said).to_contain_text("suggestions, use the arrow keys")
        field.press("ArrowDown")
        expect(option).to_have_attribute("aria-selected", "true")
        assert field.get_attribute("aria-activedescendant") == option.get_attribute("id")
        assert axe(watched) == ""
        field.press("ArrowUp")
        expect(option).to_have_attribute("aria-selected", "false")
        field.press("ArrowDown")
        field.press("Enter")
        expect(watched).to_have_url(f"{site.url}/symptoms/sciatica/")

    def test_escape_closes_and_enter_without_a_choice_searches(self, watched, field, site):
        field.press_sequentially("sciat")
        options = watched.get_by_role("option")
        expect(options.first).to_be_visible()
        field.press("Escape")
        expect(options.first).to_be_hidden()
        expect(field).to_have_value("sciat")
        field.press("Enter")
        expect(watched).to_have_url(f"{site.url}/search/?q=sciat")

    def test_a_tap_opens_a_page(self, watched, field, site):
        field.press_sequentially("ub 60")
        watched.get_by_role("option", name=re.compile("BL60")).click()
        expect(watched).to_have_url(f"{site.url}/points/bl60/")

    def test_leaving_the_field_closes_the_list(self, watched, field):
        field.press_sequentially("back")
        expect(watched.get_by_role("option").first).to_be_visible()
        field.press("Tab")
        expect(watched.get_by_role("option").first).to_be_hidden()


def log_in(page: Page, site):
    page.goto(f"{site.url}/admin/")
    page.get_by_label("Username").fill(site.username)
    page.get_by_label("Password").fill(site.password)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="What would you like to edit?")).to_be_visible()


def open_form(page: Page, site):
    """Log in and open the form of BL57 as an editor would: from its page."""
    log_in(page, site)
    page.goto(f"{site.url}/points/bl57/")
    page.get_by_role("link", name="Edit this page").click()
    page.wait_for_url("**/change/")


class TestEditing:
    @pytest.fixture
    def form(self, watched, site) -> Page:
        open_form(watched, site)
        return watched

    def test_a_change_is_on_the_page_at_the_next_request(self, form, site, browser):
        form.get_by_label("Summary:").fill("An editor has just written this line.")
        form.get_by_role("button", name="Publish", exact=True).click()
        expect(form.get_by_text("Published.")).to_be_visible()

        reader = browser.new_context().new_page()
        reader.goto(f"{site.url}/points/")
        expect(reader.get_by_text("An editor has just written this line.")).to_be_visible()
        reader.goto(f"{site.url}/search/?q=bl57")
        expect(reader.get_by_text("An editor has just written this line.")).to_be_visible()
        reader.context.close()

    def test_what_is_missing_is_said_at_its_field_and_nothing_typed_is_lost(self, form):
        form.locator("#id_summary").fill("Still here.")
        form.locator("#id_where").fill("")
        form.get_by_role("button", name="Publish", exact=True).click()
        field = form.locator(".field-where")
        expect(field.locator(".errorlist")).to_have_text("Say where the point is.")
        expect(form.locator("#id_summary")).to_have_value("Still here.")
        form.get_by_role("link", name="Say where the point is.", exact=True).click()
        expect(form.locator("#id_where")).to_be_in_viewport()
        form.get_by_role("button", name="Discard changes").click()
        expect(form.get_by_text("the page is as it was")).to_be_visible()

    def test_preview_follows_the_typing(self, form):
        editor = form.locator("#id_technique")
        editor.fill("1. Press **softly** <b>now</b>")
        preview = form.locator(".field-technique .markdownx-preview")
        expect(preview.locator("strong")).to_have_text("softly")
        expect(preview).to_contain_text("<b>now</b>")

    def test_tab_leaves_the_editor(self, form):
        editor = form.locator("#id_technique")
        editor.focus()
        before = editor.input_value()
        form.keyboard.press("Tab")
        expect(editor).not_to_be_focused()
        assert editor.input_value() == before

    def drop(self, form, name: str, kind: str, content: bytes):
        data = form.evaluate_handle(
            """([name, kind, bytes]) => {
                const data = new DataTransfer();
                data.items.add(new File([new Uint8Array(bytes)], name, {type: kind}));
                return data;
            }""",
            [name, kind, list(content)],
        )
        form.dispatch_event("#id_technique", "drop", {"dataTransfer": data})

    def test_a_dropped_picture_is_described_before_it_becomes_markdown(self, form):
        self.drop(form, "knee.png", "image/png", png())
        dialog = form.get_by_role("dialog")
        words = dialog.get_by_label("Alternative text")
        expect(words).to_be_focused()
        form.keyboard.type("A [teal] knee")
        dialog.get_by_label("Credit").fill("Us")
        dialog.get_by_label("Kind").select_option("Photograph")
        form.keyboard.press("Enter")
        expect(dialog).to_have_count(0)
        editor = form.locator("#id_technique")
        expect(editor).to_be_focused()
        expect(editor).to_have_value(
            re.compile(r"!\[A \\\[teal\\\] knee\]\(/media/pictures/\S+-60x40\.webp \"Us\"\)")
        )
        picture = form.locator(".field-technique .markdownx-preview img")
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("complete", True)
        expect(picture).to_have_attribute("alt", "A [teal] knee")
        assert picture.evaluate("image => image.currentSrc").endswith("-60x40.60.avif")

    def test_cancelling_by_keyboard_uploads_nothing(self, form):
        before = form.locator("#id_technique").input_value()
        posted = []
        form.on("request", lambda request: posted.append((request.method, request.url)))
        form.locator("#id_technique").focus()
        form.locator(".field-technique").get_by_role("button", name="Add a picture").press("Enter")
        dialog = form.get_by_role("dialog")
        expect(dialog.get_by_label("Picture file")).to_be_focused()
        form.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        expect(form.locator("#id_technique")).to_have_value(before)
        assert [url for method, url in posted if method == "POST" and "upload" in url] == []

    def test_decorative_needs_no_words(self, form):
        self.drop(form, "line.png", "image/png", png())
        dialog = form.get_by_role("dialog")
        dialog.get_by_label("Decorative").check()
        expect(dialog.get_by_label("Alternative text")).to_be_disabled()
        dialog.get_by_label("Credit").fill("Us")
        dialog.get_by_label("Kind").select_option("Photograph")
        dialog.get_by_role("button", name="Add the picture").click()
        expect(form.locator("#id_technique")).to_have_value(re.compile(r"!\[\]\(/media/pictures"))

    def test_a_refused_picture_is_explained_and_nothing_typed_is_lost(self, page, site):
        # Not watched: the browser itself writes an error for every answer of 400.
        open_form(page, site)
        before = page.locator("#id_technique").input_value()
        self.drop(page, "broken.png", "image/png", b"no picture")
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Alternative text").fill("A knee")
        dialog.get_by_label("Credit").fill("Us")
        dialog.get_by_label("Kind").select_option("Photograph")
        dialog.get_by_role("button", name="Add the picture").click()
        expect(dialog.get_by_role("alert")).to_contain_text("not a picture we can read")
        expect(dialog.get_by_label("Picture file")).to_be_focused()
        expect(dialog.get_by_label("Alternative text")).to_have_value("A knee")
        assert axe(page, ADMIN) == ""
        page.keyboard.press("Escape")
        expect(page.locator("#id_technique")).to_have_value(before)

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_axe_finds_nothing_in_a_form(self, page, site, scheme):
        # Not watched: axe tries styles of its own on long pages, which the policy refuses.
        open_form(page, site)
        page.emulate_media(color_scheme=scheme)
        assert axe(page, ADMIN) == ""


class TestPictureLibrary:
    @pytest.fixture
    def library(self, page, site) -> Page:
        log_in(page, site)
        page.goto(f"{site.url}/admin/articles/picture/add/")
        photo = {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": sideways_jpeg((900, 600))}
        page.get_by_label("Picture file").set_input_files(photo)
        page.get_by_label("Alternative text").fill("A shoulder")
        page.get_by_label("Credit").fill("Us")
        page.get_by_label("Kind").select_option("Photograph")
        page.get_by_role("button", name="Save", exact=True).click()
        return page

    def test_the_upright_thumbnail_is_there_within_three_seconds(self, library):
        thumbnail = library.locator(".field-thumbnail img").first
        expect(thumbnail).to_have_js_property("complete", True, timeout=3000)
        assert thumbnail.evaluate("i => i.naturalHeight > i.naturalWidth && i.naturalWidth > 0")

    def test_it_is_seen_where_a_picture_is_chosen(self, library, site):
        library.goto(f"{site.url}/tools/")
        library.locator(".card a").first.click()
        library.get_by_role("link", name="Edit this page").click()
        library.locator(".field-picture .select2-selection").click()
        choice = library.locator(".select2-results .desk-choice", has_text="A shoulder").first
        expect(choice.locator("img")).to_have_js_property("naturalWidth", 400)
        choice.click()
        chosen = library.locator(".field-picture .select2-selection img")
        expect(chosen).to_have_js_property("naturalWidth", 400)

    def test_arrow_keys_and_clicks_move_the_focus(self, library):
        library.get_by_role("link", name="A shoulder").first.click()
        picture = library.get_by_role("application", name=re.compile("Focus"))
        picture.focus()
        for key in ["ArrowLeft", "Shift+ArrowDown", "ArrowDown"]:
            library.keyboard.press(key)
        expect(library.locator("#id_focus_x")).to_have_value("48")
        expect(library.locator("#id_focus_y")).to_have_value("62")
        box = picture.bounding_box()
        picture.click(position={"x": box["width"] / 4, "y": box["height"] * 3 / 4})
        expect(library.locator("#id_focus_x")).to_have_value("25")
        expect(library.locator("#id_focus_y")).to_have_value("75")

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("place", ["list", "form"])
    def test_axe_finds_nothing(self, library, scheme, place):
        library.emulate_media(color_scheme=scheme)
        if place == "form":
            library.get_by_role("link", name="A shoulder").first.click()
            expect(library.locator("#id_focus_x")).to_be_visible()
        assert axe(library, ADMIN) == ""


class TestVocabulary:
    def test_a_failed_query_becomes_a_phrase_with_one_click(self, watched, site):
        watched.goto(f"{site.url}/search/?q=flimflam+of+the+quux")
        expect(watched.locator("[data-result-count='0']")).to_be_visible()
        log_in(watched, site)
        watched.get_by_role("link", name="Searches of readers").first.click()
        row = watched.get_by_role("row", name=re.compile("flimflam of the quux"))
        row.get_by_role("link", name=re.compile("another symptom")).click()
        watched.get_by_label("Symptom:").select_option("Stiff back")
        watched.get_by_role("button", name="Add the phrase").click()
        expect(watched.get_by_text("is now a phrase of Stiff back")).to_be_visible()
        found = watched.locator("[data-point-code]").first
        for _ in range(100):  # A rebuild that takes long is made beside the requests.
            watched.goto(f"{site.url}/search/?q=flimflam+of+the+quux")
            if found.count():
                break
        expect(found).to_be_visible()

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("path", ["?all=on", "try/?q=siatica+but+pregnant"])
    def test_axe_finds_nothing(self, page, site, path, scheme):
        # Not watched: axe tries styles of its own on long pages, which the policy refuses.
        page.goto(f"{site.url}/search/?q=zzzz")
        log_in(page, site)
        page.emulate_media(color_scheme=scheme)
        page.goto(f"{site.url}/admin/points/searchcount/{path}")
        assert axe(page, ADMIN) == ""


def test_results_are_as_wide_as_the_page_leaves_them_and_one_below_the_other(watched, site):
    watched.set_viewport_size(WIDTHS["desk"])
    watched.goto(f"{site.url}/search/?q=siatica")
    boxes = [watched.locator(".results > li").nth(number).bounding_box() for number in (0, 1)]
    form = watched.locator("details.filters").bounding_box()
    assert all(box["width"] > 500 and box["x"] > form["x"] + form["width"] for box in boxes)
    assert boxes[1]["y"] >= boxes[0]["y"] + boxes[0]["height"]
