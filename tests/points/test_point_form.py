"""The form of a point: light with many rows, and its parts easy to find."""

import pytest

from points.models import Alias, Indication, Meridian, Point, Source, Symptom
from tests.factories import make_point
from tests.forms import form_data

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
    assert page.count("<details><summary>") == 4


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
    assert "Figure marker 3, X" in listed
    assert "Point caution 2" in listed
    # Parts with errors are not closed: uses and names are.
    assert page.count("<details><summary>") == 2


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
    assert page.count("<details><summary>") == 3


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
