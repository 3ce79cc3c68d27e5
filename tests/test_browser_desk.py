"""An editor at the desk, in a browser: draft, preview, publish, look back, never overwritten."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.axe import ADMIN, axe
from tests.test_browser import log_in

CODE = "sp6"


@pytest.fixture
def desk(watched: Page, site):
    """The form of a point, without a draft at the start and at the end."""
    log_in(watched, site)
    open_form(watched, site)
    yield watched
    open_form(watched, site)
    discard = watched.get_by_role("button", name="Discard changes")
    if discard.count():
        discard.click()
        expect(watched.get_by_text("the page is as it was")).to_be_visible()


def open_form(page: Page, site):
    page.goto(f"{site.url}/points/{CODE}/")
    page.get_by_role("link", name="Edit this page").click()
    page.wait_for_url("**/change/")


def press(page: Page, name: str):
    page.get_by_role("button", name=name, exact=True).click()


def public_text(browser, site) -> str:
    reader = browser.new_context().new_page()
    reader.goto(f"{site.url}/points/{CODE}/")
    text = reader.locator("body").inner_text()
    reader.context.close()
    return text


def test_a_draft_is_previewed_published_and_taken_back(desk, site, browser):
    before = desk.locator("#id_where").input_value()
    desk.locator("#id_where").fill("Zibble: on the inner side of the leg.")
    press(desk, "Save draft")
    expect(desk.get_by_text("Live with unpublished changes")).to_be_visible()
    assert "Zibble" not in public_text(browser, site)

    press(desk, "Preview")
    desk.set_viewport_size({"width": 1280, "height": 900})
    for title in ("Preview at the width of a phone", "Preview at the width of a desk"):
        frame = desk.frame_locator(f"iframe[title='{title}']")
        expect(frame.get_by_text("Zibble: on the inner side").first).to_be_visible()
        box = desk.locator(f"iframe[title='{title}']").bounding_box()
        assert box["x"] + box["width"] <= 1280, title
    desk.get_by_role("link", name="Back to the form").click()

    press(desk, "Publish")
    expect(desk.get_by_text("Published.")).to_be_visible()
    assert "Zibble" in public_text(browser, site)

    desk.get_by_role("link", name="History").first.click()
    row = desk.get_by_role("row", name=re.compile("As it was when this history begins|Published"))
    row.last.get_by_role("button", name="Make a draft of it").click()
    expect(desk.locator("#id_where")).to_have_value(before)
    press(desk, "Publish")
    expect(desk.get_by_text("Published.")).to_be_visible()
    assert "Zibble" not in public_text(browser, site)


def test_a_reviewer_without_account_opens_the_link_until_it_is_taken_back(desk, browser):
    desk.locator("#id_where").fill("Zibble place for the reviewer.")
    press(desk, "Preview")
    press(desk, "Make a link")
    link = desk.get_by_label("Link").input_value()
    reviewer = browser.new_context().new_page()
    reviewer.goto(link)
    expect(reviewer.get_by_text("Zibble place for the reviewer.").first).to_be_visible()
    expect(reviewer.get_by_text("Not published, not checked")).to_be_visible()
    press(desk, "Take the link back")
    assert reviewer.goto(link).status == 404
    reviewer.context.close()


def test_a_review_is_recorded_and_readers_see_it(desk, site, browser):
    desk.get_by_label("Reviewed by:").fill("A. Tester, physiotherapist (test)")
    desk.locator("#id_reviewed_on").fill("2026-05-04")
    desk.get_by_label("What was reviewed:").fill("place and dose")
    desk.get_by_label("Minor edit").check()
    press(desk, "Publish")
    expect(desk.get_by_text("Published.")).to_be_visible()
    text = public_text(browser, site)
    assert "Reviewed by A. Tester, physiotherapist (test) on 4 May 2026 (place and dose)" in text
    for field in ("#id_reviewed_by", "#id_reviewed_on", "#id_review_scope"):
        desk.locator(field).fill("")
    press(desk, "Publish")
    expect(desk.get_by_text("Published.")).to_be_visible()
    assert "Not yet reviewed by a clinician" in public_text(browser, site)


def test_a_page_is_withdrawn_with_a_reason_and_comes_back(desk, site, browser):
    form = desk.url
    desk.get_by_role("link", name="Withdraw").click()
    desk.get_by_label("Reason").fill("The place was drawn wrongly.")
    press(desk, "Withdraw")
    expect(desk.get_by_text("Withdrawn. Readers are told why.")).to_be_visible()
    assert "The place was drawn wrongly." in public_text(browser, site)
    assert desk.url == form
    press(desk, "Publish")
    expect(desk.get_by_text("Published.")).to_be_visible()
    assert "The place was drawn wrongly." not in public_text(browser, site)


def test_a_new_article_waits_for_its_time_and_its_address_moves_with_it(watched, site):
    log_in(watched, site)
    watched.goto(f"{site.url}/admin/articles/article/add/")
    watched.get_by_label("Title:").fill("A zibble article")
    press(watched, "Publish")
    expect(watched.get_by_text("Write the one line shown in lists.").first).to_be_visible()
    expect(watched.get_by_label("Title:")).to_have_value("A zibble article")
    watched.get_by_label("Summary:").fill("About zibbles.")
    # Open, because something is missing there.
    watched.locator("#sections-group .add-row a").click()
    watched.locator("#id_sections-0-heading").fill("What zibbles are")
    watched.locator("#id_publish_at_0").fill("2099-05-04")
    watched.locator("#id_publish_at_1").fill("09:30")
    press(watched, "Publish")
    expect(watched.get_by_text("Scheduled for 4 May 2099, 09:30 UTC").first).to_be_visible()
    slug = watched.locator("#id_slug").input_value()
    reader = watched.context.browser.new_context().new_page()
    assert reader.goto(f"{site.url}/articles/{slug}/").status == 404

    watched.locator("#id_publish_at_0").fill("")
    watched.locator("#id_publish_at_1").fill("")
    press(watched, "Publish")
    expect(watched.get_by_text("Published.")).to_be_visible()
    assert reader.goto(f"{site.url}/articles/{slug}/").status == 200
    watched.locator("#id_slug").fill("moved-zibbles")
    press(watched, "Publish")
    expect(watched.get_by_text(f"/articles/{slug}/ now leads to")).to_be_visible()
    reader.goto(f"{site.url}/articles/{slug}/")
    expect(reader).to_have_url(f"{site.url}/articles/moved-zibbles/")
    reader.context.close()
    watched.get_by_role("link", name="Delete").click()
    watched.get_by_role("button", name=re.compile("Yes")).click()
    watched.get_by_role("link", name="Deleted").click()
    deleted = watched.get_by_role("row", name=re.compile("A zibble article"))
    deleted.get_by_role("button").click()
    expect(watched.get_by_label("Title:")).to_have_value("A zibble article")
    expect(watched.locator("#id_sections-0-heading")).to_have_value("What zibbles are")
    press(watched, "Discard draft")


def test_the_second_of_two_editors_chooses(page, site, browser, request):
    # Not watched: the browser itself writes an error for the answer of 409.
    log_in(page, site)
    open_form(page, site)
    second = browser.new_context(storage_state=page.context.storage_state()).new_page()
    open_form(second, site)
    page.locator("#id_summary").fill("Words of the first editor.")
    press(page, "Save draft")
    second.locator("#id_summary").fill("Words of the second editor.")
    press(second, "Save draft")
    conflict = second.get_by_role("alert")
    expect(conflict).to_contain_text("Somebody else saved this page")
    expect(conflict.locator("del")).to_have_text("first")
    expect(conflict.locator("ins")).to_have_text("second")
    expect(second.locator("#id_summary")).to_have_value("Words of the second editor.")
    second.get_by_role("link", name="open theirs").click()
    expect(second.locator("#id_summary")).to_have_value("Words of the first editor.")
    press(second, "Discard changes")
    second.context.close()


def test_what_was_typed_survives_a_crash(desk, site):
    """A page that goes away without asking is what a crash looks like from inside."""
    address = desk.url
    desk.locator("#id_summary").fill("Typed before the crash.")
    desk.get_by_role("link", name=re.compile(r"^Aliases \(")).click()
    group = desk.locator("#aliases-group")
    expect(group.locator("details")).to_have_attribute("open", "")
    group.locator(".add-row a").click()
    number = int(desk.locator("#id_aliases-TOTAL_FORMS").input_value()) - 1
    desk.locator(f"#id_aliases-{number}-text").fill("Zibble Gate")
    key = "typed " + address.removeprefix(site.url)
    desk.wait_for_function(
        "key => (localStorage.getItem(key) || '').includes('Zibble Gate')", arg=key
    )
    desk.once("dialog", lambda dialog: dialog.accept())
    desk.goto(address)
    expect(desk.locator("#id_summary")).not_to_have_value("Typed before the crash.")
    press(desk, "Put it back")
    expect(desk.locator("#id_summary")).to_have_value("Typed before the crash.")
    expect(desk.locator(f"#id_aliases-{number}-text")).to_have_value("Zibble Gate")
    press(desk, "Save draft")
    expect(desk.get_by_text("Saved as a draft")).to_be_visible()
    expect(desk.get_by_role("button", name="Put it back")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_pages_of_a_draft(page, site, scheme):
    # Not watched: axe tries styles of its own on long pages, which the policy refuses.
    page.emulate_media(color_scheme=scheme)
    log_in(page, site)
    open_form(page, site)
    form = page.url
    page.locator("#id_where").fill("Zibble place.")
    press(page, "Preview")
    addresses = [page.url, form, f"{site.url}/admin/"]
    addresses += [form.replace("change", kind) for kind in ("withdraw", "history")]
    addresses.append(f"{site.url}/admin/points/point/")
    found = {}
    for address in addresses:
        page.goto(address)
        if report := axe(page, ADMIN):
            found[address] = report
    page.goto(form)
    press(page, "Discard changes")
    assert found == {}
