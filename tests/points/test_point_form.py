"""The form of a point: light with many rows, and its parts easy to find."""

import re

import pytest

from points.models import Alias, Indication, Meridian, Point, Source, Symptom
from tests.factories import make_point
from tests.forms import Desk, form_data

pytestmark = pytest.mark.django_db


@pytest.fixture
def laden_point() -> Point:
    """One point with many rows among seven hundred."""
    meridian, area = Meridian.objects.get(code="EX"), Point.objects.first().body_area
    Point.objects.bulk_create(
        Point(
            code=f"BL{number}",
            slug=f"bl{number}",
            number=number,
            place_name=f"Place {number}",
            meridian=meridian,
            body_area=area,
        )
        for number in range(100, 800)
    )
    point = make_point("BL66", aliases=[f"Name {number}" for number in range(10)])
    sources = list(Source.objects.all()[:5])
    for symptom in Symptom.objects.all()[:12]:
        Indication.objects.create(point=point, symptom=symptom).sources.set(sources)
    point.sources.set(sources)
    for y in (10, 20, 30, 40):
        point.markers.create(role="closeup", figure="back", x=40, y=y)
    return point


def change_path(point) -> str:
    return f"/admin/points/point/{point.pk}/change/"


def test_the_form_asks_little_however_many_rows_it_has(
    editor_client, laden_point, django_assert_max_num_queries
):
    with django_assert_max_num_queries(30):
        page = editor_client.get(change_path(laden_point)).content.decode()
    data = form_data(page)
    sources = [str(pk) for pk in laden_point.sources.values_list("pk", flat=True)]
    for row in range(12):
        assert sorted(data[f"indications-{row}-sources"]) == sorted(sources)
    chosen = {data[f"indications-{row}-symptom"] for row in range(12)}
    assert chosen == {str(use.symptom_id) for use in laden_point.indications.all()}


def test_posting_it_untouched_changes_nothing(editor_client, laden_point):
    data = form_data(editor_client.get(change_path(laden_point)).content.decode())
    editor_client.post(change_path(laden_point), data | {"summary": "Saved.", "_publish": "1"})
    laden_point.refresh_from_db()
    assert laden_point.summary == "Saved."
    assert {use.sources.count() for use in laden_point.indications.all()} == {5}
    assert laden_point.cautions.count() == 8


def test_its_parts_are_linked_with_their_numbers_and_closed(editor_client, laden_point):
    page = editor_client.get(change_path(laden_point)).content.decode()
    contents = page[
        page.index('class="form-contents"') : page.index("</nav>", page.index("form-c"))
    ]
    for target, words in {
        "fieldset-0-0-heading": "Which point",
        "indications-group": "(12)",
        "cautions-group": "(8)",
        "aliases-group": "(10)",
        "markers-group": "(5)",
    }.items():
        link = contents[contents.index(f'href="#{target}"') :]
        assert words in link[: link.index("</a>")]
        assert f'id="{target}"' in page
    # Four parts, and the details that few points need.
    assert page.count("<details><summary>") == 5


def test_errors_are_listed_first_with_links_to_their_fields(editor_client, laden_point):
    data = form_data(editor_client.get(change_path(laden_point)).content.decode())
    wrong = {"code": "UB 66", "markers-2-x": "", "cautions-1-level": "avoid", "_publish": "1"}
    answer = editor_client.post(change_path(laden_point), data | wrong | {"cautions-1-reason": ""})
    page = answer.content.decode()
    listed = page[page.index('class="form-errors"') : page.index("</section>")]
    assert page.index('class="form-errors"') < page.index('class="form-contents"')
    for target in ("id_code", "id_markers-2-x", "cautions-1"):
        assert f'href="#{target}"' in listed
        assert f'id="{target}"' in page
    assert "Figure marker 3: Click on the figure to place the marker." in listed
    assert "Point caution 2" in listed
    # Parts with errors are not closed: uses and names are.
    assert page.count("<details><summary>") == 3


def test_a_short_form_has_no_contents(editor_client):
    source = Source.objects.first()
    page = editor_client.get(f"/admin/points/source/{source.pk}/change/").content.decode()
    assert source.citation[:20] in page
    assert "form-contents" not in page


def test_an_alias_without_name_opens_its_part(editor_client, laden_point):
    row = Alias.objects.filter(point=laden_point).first()
    data = form_data(editor_client.get(change_path(laden_point)).content.decode())
    name = next(key for key, value in data.items() if value == row.text and "aliases" in key)
    page = editor_client.post(
        change_path(laden_point), data | {name: "", "_publish": "1"}
    ).content.decode()
    assert f'href="#id_{name}"' in page
    assert page.count("<details><summary>") == 4


def test_a_new_point_starts_with_all_it_needs_in_sight_and_its_code_says_the_meridian(
    editor_client,
):
    url = "/admin/points/point/add/"
    page = editor_client.get(url).content.decode()
    data = form_data(page)
    assert (data["cautions-TOTAL_FORMS"], data["markers-TOTAL_FORMS"]) == ("8", "1")
    assert data["markers-0-role"] == "closeup"
    for prefix, folded in (("cautions", False), ("markers", False), ("aliases", True)):
        group = page.split(f'id="{prefix}-group"')[1].split("TOTAL_FORMS")[0]
        assert ("<details" in group) is folded, prefix
    answer = editor_client.post(url, data | {"code": "BL58", "place_name": "Z", "_publish": "1"})
    errors = answer.context["adminform"].form.errors
    assert "meridian" not in errors
    assert "summary" in errors
    answer = editor_client.post(
        url, data | {"code": "BL58", "place_name": "Z", "_publish": "1", "meridian": "999999"}
    )
    assert "meridian" in answer.context["adminform"].form.errors


def test_a_new_point_asks_for_no_dose_and_decides_no_caution(editor_client):
    page = editor_client.get("/admin/points/point/add/").content.decode()
    data = form_data(page)
    dose = [data[name] for name in ("hold_seconds_min", "hold_seconds_max", "times_a_day")]
    assert (dose, data["pressure"]) == (["30", "60", "2"], "")
    assert {data[f"cautions-{row}-level"] for row in range(8)} == {"not_checked"}
    for name, is_needed in {"where": True, "code": True, "take_care": False}.items():
        help_text = page.split(f'id="id_{name}_helptext"')[1].split("</div>")[0]
        assert ("Needed to publish." in help_text) is is_needed, name


def test_a_new_point_needs_one_press_to_learn_all_and_one_to_publish(editor_client):
    url = "/admin/points/point/add/"
    desk = Desk(editor_client, url)
    page = desk.press("_publish", place_name="Zibble place").content.decode()
    listed = page.split('class="form-errors"')[1].split("</section>")[0]
    stops, advice = listed.split("Worth a look:", 1)
    assert re.findall(r'href="#([^"]+)"', stops) == [
        *("id_code", "id_body_area", "id_summary", "id_where", "id_find_it", "id_wrong_place_if"),
        *("id_figure_alt", "id_pressure", "id_technique", "id_markers-0-figure"),
    ]
    assert "8 caution groups are not checked" in advice
    data = form_data(page)
    desk.url = re.search(r'action="([^"]*draft=\d+)"', page)[1]
    data |= {
        "code": "BL58",
        "body_area": Point.objects.first().body_area_id,
        "summary": "One line.",
        "where": "On the calf.",
        "find_it": "1. Sit.",
        "wrong_place_if": "- you feel bone",
        "figure_alt": "The marker sits on the calf.",
        "pressure": "light",
        "technique": "1. Press.",
        "markers-0-figure": "back",
        "markers-0-x": "40",
        "markers-0-y": "40",
    }
    assert desk.press("_publish", data).status_code == 302
    assert Point.objects.published().filter(code="BL58").exists()


def test_a_picture_alone_is_no_text(editor_client, laden_point):
    desk = Desk(editor_client, change_path(laden_point))
    page = desk.press("_publish", find_it='![A knee](/media/x.webp "By us")').content.decode()
    assert "Say how to find it, in three checks." in page
    page = desk.press("_publish", find_it="![A knee](/media/x.webp)\n\n1. `Sit`").content.decode()
    assert "Say how to find it" not in page
