"""A new point that starts from one like it, as a draft."""

import pytest
from django.utils import timezone

from backpain_site.models import Draft
from points.models import Point, Source, Symptom
from tests.factories import make_point
from tests.points.test_admin import form_data

pytestmark = pytest.mark.django_db


@pytest.fixture
def point():
    point = make_point(
        "BL12",
        aliases=["Old name"],
        symptoms=[Symptom.objects.get(slug="sciatica")],
        reviewed_by="Dr Test",
        reviewed_on=timezone.localdate(),
        review_due=timezone.localdate(),
        guide_order=99,
        figure_alt="Left of the spine.",
        hold_seconds_max=77,
    )
    point.markers.create(role="closeup", figure="back", x=10, y=10)
    point.sources.set(Source.objects.all()[:2])
    point.indications.get().sources.set(Source.objects.all()[:1])
    return point


def started(client, point) -> dict:
    """Press the button of `point` and return the form of the new draft."""
    page = client.get(f"/admin/points/point/{point.pk}/change/").content.decode()
    address = f"/admin/points/point/{point.pk}/similar/"
    assert f'action="{address}"' in page
    answer = client.post(address, follow=True)
    assert answer.redirect_chain[-1][0].startswith("/admin/points/point/add/?draft=")
    return form_data(answer.content.decode())


def test_has_the_dose_cautions_and_uses_and_nothing_that_names_or_places_it(editor_client, point):
    data = started(editor_client, point)
    for name, text in {
        "summary": point.summary,
        "hold_seconds_max": "77",
        "technique": point.technique,
        "indications-TOTAL_FORMS": "1",
        "indications-0-symptom": str(point.indications.get().symptom_id),
        "indications-0-id": "",
        "indications-0-sources": [],
        "cautions-TOTAL_FORMS": str(point.cautions.count()),
        "cautions-0-level": "fine",
        "cautions-0-reason": "Because we say so.",
        "aliases-TOTAL_FORMS": "0",
        "markers-TOTAL_FORMS": "0",
        "sources": [],
    }.items():
        assert data[name] == text, name
    for name in ("code", "place_name", "english_name", "pinyin", "pinyin_plain", "guide_order"):
        assert data[name] == "", name
    for name in ("figure_alt", "reviewed_by", "reviewed_on", "review_due", "publish_at_0"):
        assert data[name] == "", name


def test_is_a_draft_until_published_and_leaves_the_first_one_alone(editor_client, point):
    data = started(editor_client, point)
    draft = Draft.objects.get(object_id=None)
    assert draft.title == "Like BL12 Beside the spine, BL12"
    count = Point.objects.count()
    new = {
        "code": "BL13",
        "place_name": "Below it",
        "figure_alt": "Below.",
        "markers-TOTAL_FORMS": "1",
        "markers-0-role": "closeup",
        "markers-0-figure": "back",
        "markers-0-x": "10",
        "markers-0-y": "20",
        "_publish": "1",
    }
    label_side = Point._meta.get_field("markers").related_model._meta.get_field("label_side")
    new["markers-0-label_side"] = label_side.get_default()
    answer = editor_client.post(
        f"/admin/points/point/add/?draft={draft.pk}", data | new, follow=True
    )
    assert Point.objects.count() == count + 1, answer.context.get("findings")
    similar = Point.objects.get(code="BL13")
    assert similar.cautions.count() == point.cautions.count() == len(set(point.cautions.all()))
    assert (similar.hold_seconds_max, similar.reviewed_by, similar.guide_order) == (77, "", None)
    assert Point.objects.get(code="BL12").indications.count() == 1
    assert not Draft.objects.exists()


def test_starts_from_what_is_drafted(editor_client, point):
    address = f"/admin/points/point/{point.pk}/change/"
    data = form_data(editor_client.get(address).content.decode())
    editor_client.post(address, data | {"summary": "Drafted words.", "_draft": "1"})
    assert started(editor_client, point)["summary"] == "Drafted words."
