"""What a snapshot holds of a record, whatever request asks for it."""

import pytest

from backpain_site import snapshots
from backpain_site.models import Draft, Revision
from points.models import Point
from tests.factories import make_point, make_symptom
from tests.forms import form_data

pytestmark = pytest.mark.django_db


def test_a_changed_row_is_saved_as_a_draft_and_is_no_conflict(editor_client):
    point = make_point("BL12")
    address = f"/admin/points/point/{point.pk}/change/"
    data = form_data(editor_client.get(address).content.decode())
    changed = {"cautions-0-level": "avoid", "_draft": "1"}
    assert editor_client.post(address, data | changed).status_code == 302
    row = Draft.objects.get(object_id=point.pk).snapshot["rows"]["cautions"][0]
    assert row["fields"]["level"] == ["avoid"]


@pytest.mark.parametrize(
    ("action", "posted"), [("withdraw", {"reason": "Wrong."}), ("delete", {"post": "yes"})]
)
def test_what_goes_away_keeps_its_rows(editor_client, action, posted):
    point = make_point("BL12", aliases=["Zibble Gate"], symptoms=[make_symptom()])
    cautions = point.cautions.count()
    editor_client.post(f"/admin/points/point/{point.pk}/{action}/", posted)
    assert not Point.objects.published().filter(code="BL12").exists()
    revision = Revision.objects.get(object_id=point.pk)
    assert len(revision.snapshot["rows"]["cautions"]) == cautions > 0


def test_long_texts_are_compared_by_lines_and_huge_ones_as_a_whole():
    lines = [f"line {number} says this and that" for number in range(400)]
    changed = [*lines[:9], "another line", *lines[10:]]
    before, after = snapshots.pieces("\n".join(lines), "\n".join(changed))
    assert [text for different, text in after if different] == ["another line\n"]
    one, other = "a b " * 4000, "c d " * 4000
    assert snapshots.pieces(one, other) == ([(True, one)], [(True, other)])
