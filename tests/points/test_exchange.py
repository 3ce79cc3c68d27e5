"""Import and export at the desk: nothing blanked, nothing half, nothing the form would refuse."""

import json
import re

import pytest
import tablib
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from backpain_site.models import Revision
from points.admin.exchange import (
    IndicationResource,
    PointResource,
    Records,
    SymptomPhraseResource,
    SymptomResource,
)
from points.models import Point, Symptom, SymptomPhrase

pytestmark = pytest.mark.django_db
RESOURCES = [PointResource, SymptomResource, SymptomPhraseResource, IndicationResource]


@pytest.mark.parametrize("form", ["csv", "json"])
@pytest.mark.parametrize("resource", RESOURCES)
def test_an_export_imported_again_changes_nothing(resource, form):
    text = resource().export().export(form)
    data = Records().create_dataset(text) if form == "json" else tablib.Dataset().load(text, form)
    result = resource().import_data(data, raise_errors=True)
    assert result.totals["skip"] == resource().get_queryset().count() > 0
    assert result.totals["skip"] == sum(result.totals.values())


def test_a_column_that_is_missing_keeps_what_is_there():
    before = Point.objects.get(code="BL40")
    data = tablib.Dataset(["BL40", "Another line."], headers=["code", "summary"])
    assert PointResource().import_data(data).totals["update"] == 1
    after = Point.objects.get(code="BL40")
    assert after.summary == "Another line."
    assert (after.technique, after.status) == (before.technique, "published")
    assert set(after.sources.all()) == set(before.sources.all()) != set()


@pytest.mark.parametrize(
    ("headers", "row", "why"),
    [
        (["code", "summary"], ["BL40", ""], "Write the one line shown on cards."),
        (["code", "technique"], ["BL40", ""], "Write the steps."),
        (["code", "pressure"], ["BL40", "brutal"], "not a valid choice"),
        (["code", "meridian"], ["BL40", "XX"], "There is no meridian “XX”."),
        (["code", "sources"], ["BL40", "nhs,nowhere"], "There is no source “nowhere”."),
        (["code", "status"], ["BL40", "draft"], "There is no column “status” here."),
    ],
)
def test_what_the_form_refuses_is_refused_and_nothing_is_saved(headers, row, why):
    fine = {"summary": "Fine.", "technique": "1. Press.", "pressure": "light", "meridian": "BL"}
    before = Point.objects.values().get(code="BL23")
    good = ["BL23", fine.get(headers[1], "nhs")]
    result = PointResource().import_data(tablib.Dataset(good, row, headers=headers))
    said = [str(error.error) for row in result.rows for error in row.errors]
    said += [str(invalid.error) for invalid in result.invalid_rows]
    assert any(why in line for line in said), said
    assert Point.objects.values().get(code="BL23") == before
    assert Point.objects.get(code="BL23").sources.count() > 1


def test_one_bad_row_and_no_row_is_saved():
    data = tablib.Dataset(headers=["symptom", "text"])
    data.extend([["fatigue", "utterly spent"], ["fatigue", "x" * 101]])
    result = SymptomPhraseResource().import_data(data)
    assert len(result.invalid_rows) == 1
    assert not SymptomPhrase.objects.filter(text="utterly spent").exists()


def test_new_pages_are_drafts():
    data = tablib.Dataset(["elbow", "Elbow", "general"], headers=["slug", "name", "tier"])
    assert SymptomResource().import_data(data).totals["new"] == 1
    assert Symptom.objects.get(slug="elbow").status == "draft"


def test_json_with_different_keys_is_refused():
    with pytest.raises(ValueError, match="same keys"):
        Records().create_dataset(json.dumps([{"a": 1, "b": 2}, {"a": 1}]))


@pytest.mark.parametrize("model", ["point", "symptom", "symptomphrase", "indication"])
def test_pages_of_the_desk_hold_nothing_inline(editor_client, model):
    for action in ("import", "export"):
        page = editor_client.get(reverse(f"admin:points_{model}_{action}")).content.decode()
        assert "Submit" in page
        assert re.findall(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", page) == []


def test_a_file_is_shown_first_and_taken_when_confirmed(editor_client):
    address = reverse("admin:points_symptomphrase_import")
    file = SimpleUploadedFile("p.csv", b"symptom,text\r\nfatigue,utterly spent\r\n", "text/csv")
    page = editor_client.post(address, {"import_file": file, "format": "0", "resource": ""})
    assert "utterly spent" in page.content.decode()
    assert not SymptomPhrase.objects.filter(text="utterly spent").exists()
    confirm = page.context["confirm_form"].initial
    process = reverse("admin:points_symptomphrase_process_import")
    editor_client.post(process, {key: value or "" for key, value in confirm.items()})
    assert SymptomPhrase.objects.filter(text="utterly spent", symptom__slug="fatigue").exists()


def test_an_import_is_in_the_history_and_can_be_taken_back(editor_client):
    point = Point.objects.get(code="BL40")
    before = point.summary
    file = SimpleUploadedFile("p.csv", b"code,summary\r\nBL40,Imported line.\r\n", "text/csv")
    address = reverse("admin:points_point_import")
    page = editor_client.post(address, {"import_file": file, "format": "0", "resource": ""})
    assert "style=" not in page.content.decode()
    confirm = page.context["confirm_form"].initial
    process = reverse("admin:points_point_process_import")
    editor_client.post(process, {key: value or "" for key, value in confirm.items()})
    new, old = Revision.of(point)
    assert (new.summary, new.author.username, old.author) == ("Summary", "editor", None)
    assert old.snapshot["fields"]["summary"] == [before]
    assert new.snapshot["fields"]["summary"] == ["Imported line."]


def test_a_refused_file_cannot_be_confirmed(editor_client):
    address = reverse("admin:points_point_import")
    file = SimpleUploadedFile("p.csv", b"code,summary\r\nBL40,\r\n", "text/csv")
    page = editor_client.post(address, {"import_file": file, "format": "0", "resource": ""})
    assert "Write the one line shown on cards." in page.content.decode()
    assert "confirm_form" not in page.context
