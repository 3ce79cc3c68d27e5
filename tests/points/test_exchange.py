"""Import and export at the desk: nothing blanked, nothing half, nothing the form would refuse."""

import json
import re
from codecs import BOM_UTF8

import pytest
import tablib
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from backpain_site.models import Revision
from points.admin.exchange import (
    AliasResource,
    Csv,
    IndicationResource,
    PointCautionResource,
    PointResource,
    Records,
    SymptomPhraseResource,
    SymptomResource,
)
from points.models import Point, Symptom, SymptomPhrase

pytestmark = pytest.mark.django_db
RESOURCES = [
    *(PointResource, SymptomResource, SymptomPhraseResource),
    *(IndicationResource, AliasResource, PointCautionResource),
]


@pytest.mark.parametrize("form", ["csv", "json"])
@pytest.mark.parametrize("resource", RESOURCES)
def test_an_export_imported_again_changes_nothing(resource, form):
    few = list(SymptomPhrase.objects.order_by("pk").values_list("pk", flat=True)[:300])
    SymptomPhrase.objects.exclude(pk__in=few).delete()
    kind = {"csv": Csv, "json": Records}[form]()
    data = kind.create_dataset(kind.export_data(resource().export()))
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


TEXTS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"]
TEXTS += ["'=1", "''-1", "'tis", "- a\n- b", "fine", ""]


@pytest.mark.parametrize("text", TEXTS)
def test_a_spreadsheet_finds_no_formula_and_every_text_comes_back(text):
    sent = Csv().export_data(tablib.Dataset([text, "x"], headers=["note", "other"]))
    cell = tablib.import_set(sent, format="csv")[0][0]
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert Csv().create_dataset(sent)[0] == (text, "x")


class TestChangedSince:
    """A row that says something else than when it was exported is not set back unasked."""

    def sent(self, editor_client):
        file = Csv().export_data(PointResource().export(Point.objects.filter(code="BL40")))
        file = file.replace(Point.objects.get(code="BL40").summary, "Line of the file.")
        upload = SimpleUploadedFile("p.csv", file.encode(), "text/csv")
        address = reverse("admin:points_point_import")
        return editor_client.post(address, {"import_file": upload, "format": "0", "resource": ""})

    def confirm(self, editor_client, shown, **ticks) -> str:
        confirm = {k: v or "" for k, v in shown.context["confirm_form"].initial.items()}
        process = reverse("admin:points_point_process_import")
        return editor_client.post(process, confirm | ticks, follow=True).content.decode()

    def test_a_file_of_today_is_taken_without_a_question(self, editor_client):
        shown = self.sent(editor_client)
        assert "Changed since your file" not in shown.content.decode()
        self.confirm(editor_client, shown)
        assert Point.objects.get(code="BL40").summary == "Line of the file."

    @pytest.mark.parametrize("ticked", [False, True])
    def test_an_old_one_asks_row_by_row(self, editor_client, ticked):
        file = Csv().export_data(PointResource().export(Point.objects.filter(code="BL40")))
        file = file.replace(Point.objects.get(code="BL40").summary, "Line of the file.")
        Point.objects.filter(code="BL40").update(where="Zibble place.")
        upload = SimpleUploadedFile("p.csv", file.encode(), "text/csv")
        address = reverse("admin:points_point_import")
        shown = editor_client.post(address, {"import_file": upload, "format": "0", "resource": ""})
        page = shown.content.decode()
        assert "Changed since your file." in page
        assert 'name="overwrite" value="BL40"' in page
        assert "<dt>where</dt>" in page
        assert "<dt>technique</dt>" not in page
        said = self.confirm(editor_client, shown, **({"overwrite": "BL40"} if ticked else {}))
        point = Point.objects.get(code="BL40")
        assert (point.summary == "Line of the file.") is ticked
        assert (point.where == "Zibble place.") is not ticked
        assert ("Left as they are, changed since your file: BL40." in said) is not ticked

    def test_a_row_changed_after_the_preview_is_left_too(self, editor_client):
        shown = self.sent(editor_client)
        Point.objects.filter(code="BL40").update(where="Zibble place.")
        self.confirm(editor_client, shown)
        assert Point.objects.get(code="BL40").where == "Zibble place."


@pytest.mark.parametrize(
    "model", ["point", "symptom", "symptomphrase", "indication", "alias", "pointcaution"]
)
def test_pages_of_the_desk_hold_nothing_inline(editor_client, model):
    for action in ("import", "export"):
        page = editor_client.get(reverse(f"admin:points_{model}_{action}")).content.decode()
        assert "Submit" in page
        assert re.findall(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", page) == []


@pytest.mark.parametrize("mark", [b"", BOM_UTF8])
@pytest.mark.parametrize(
    ("number", "content"),
    [
        ("0", b"symptom,text\r\nfatigue,utterly spent\r\n"),
        ("1", b'[{"symptom": "fatigue", "text": "utterly spent"}]'),
    ],
)
def test_a_file_is_shown_first_and_taken_when_confirmed(editor_client, mark, number, content):
    address = reverse("admin:points_symptomphrase_import")
    file = SimpleUploadedFile("p", mark + content)
    page = editor_client.post(address, {"import_file": file, "format": number, "resource": ""})
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
    assert (new.kind, old.kind) == ("imported", "start")
    assert old.snapshot["fields"]["summary"] == [before]
    assert new.snapshot["fields"]["summary"] == ["Imported line."]


def test_a_refused_file_cannot_be_confirmed(editor_client):
    address = reverse("admin:points_point_import")
    file = SimpleUploadedFile("p.csv", b"code,summary\r\nBL40,\r\n", "text/csv")
    page = editor_client.post(address, {"import_file": file, "format": "0", "resource": ""})
    assert "Write the one line shown on cards." in page.content.decode()
    assert "confirm_form" not in page.context
