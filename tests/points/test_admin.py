"""The editors' desk of points and symptoms."""

import re

import pytest
from django.contrib import admin
from django.urls import reverse

from backpain_site.publishing import Publishable
from points.models import (
    Alias,
    CautionGroup,
    Indication,
    Point,
    PointCaution,
    RedFlag,
    SearchCount,
    Source,
    Symptom,
    SymptomPhrase,
    WordGroup,
)
from tests.factories import make_point, make_symptom
from tests.forms import form_data

pytestmark = pytest.mark.django_db
# Counts of searches and rows of pages are not typed on pages of their own.
OURS = [
    model
    for model in admin.site._registry
    if model._meta.app_label in {"points", "articles"}
    and model not in {SearchCount, SymptomPhrase, Indication, Alias, PointCaution}
]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_every_list_and_form_opens(editor_client, model):
    options = model._meta
    name = f"admin:{options.app_label}_{options.model_name}"
    listed = editor_client.get(reverse(f"{name}_changelist"), {"q": "back"}).content.decode()
    assert str(options.verbose_name_plural) in listed.lower()
    button = 'name="_publish"' if issubclass(model, Publishable) else 'name="_save"'
    assert button in editor_client.get(reverse(f"{name}_add")).content.decode()
    row = model.objects.first()
    if row:
        assert (
            button in editor_client.get(reverse(f"{name}_change", args=[row.pk])).content.decode()
        )


def test_the_longest_list_of_words_is_taken(editor_client):
    group = max(WordGroup.objects.all(), key=lambda one: len(one.words))
    url = f"/admin/points/wordgroup/{group.pk}/change/"
    data = form_data(editor_client.get(url).content.decode())
    answer = editor_client.post(url, data | {"words": f"{group.words}\nzibbled", "_save": "1"})
    assert answer.status_code == 302
    group.refresh_from_db()
    assert "zibbled" in group.words


class TestPoint:
    def test_list_is_searched_by_alias_characters_and_name(self, editor_client):
        for typed in ("Middle Crook", "委中", "weizhong", "BL40"):
            page = editor_client.get("/admin/points/point/", {"q": typed}).content.decode()
            assert "Behind the knee" in page
            assert "Waist, beside the spine" not in page

    def test_a_new_point_starts_with_every_group_not_checked(self, editor_client):
        page = editor_client.get("/admin/points/point/add/").content.decode()
        data = form_data(page)
        groups = {data[f"cautions-{n}-group"] for n in range(8)}
        assert groups == {str(pk) for pk in CautionGroup.objects.values_list("pk", flat=True)}
        assert {data[f"cautions-{n}-level"] for n in range(8)} == {"not_checked"}

    @pytest.mark.parametrize("code", ["bl 66", "UB66", "BL40", ""])
    def test_a_wrong_code_is_explained(self, editor_client, code):
        point = make_point("BL66")
        path = f"/admin/points/point/{point.pk}/change/"
        data = form_data(editor_client.get(path).content.decode())
        page = editor_client.post(path, data | {"code": code, "_publish": "1"}).content.decode()
        assert re.search(r'<ul class="errorlist" id="id_code_error"', page)
        assert Point.objects.get(pk=point.pk).code == "BL66"

    def test_a_scheduled_page_says_when(self, editor_client):
        make_point("BL66", publish_at="2099-05-04T09:30:00Z")
        listed = editor_client.get("/admin/points/point/", {"q": "BL66"}).content.decode()
        assert "Scheduled for 4 May 2099, 09:30 UTC" in listed
        page = editor_client.get("/points/bl66/").content.decode()
        assert "Scheduled for 4 May 2099, 09:30 UTC: only editors see this" in page


class TestPhrases:
    def save(self, client, path, **changes):
        data = form_data(client.get(path).content.decode())
        return client.post(path, data | changes | {"_publish": "1"})

    def test_of_a_symptom_are_one_a_line(self, editor_client):
        symptom = make_symptom(phrases=["old words", "kept words"])
        path = f"/admin/points/symptom/{symptom.pk}/change/"
        self.save(editor_client, path, phrase_lines=" kept words \n\nnew words\nnew words")
        texts = symptom.phrases.values_list("text", flat=True)
        assert sorted(texts) == ["kept words", "new words"]

    def test_of_a_red_flag_move_from_harmless_to_danger_and_back(self, editor_client):
        flag = RedFlag.objects.get(slug="saddle-numbness")
        path = f"/admin/points/redflag/{flag.pk}/change/"
        self.save(editor_client, path, phrase_lines="zibble left", harmless_lines="zibble right")
        self.save(editor_client, path, phrase_lines="zibble left\nzibble right", harmless_lines="")
        lines = flag.phrases.values_list("text", "is_exception")
        assert sorted(lines) == [("zibble left", False), ("zibble right", False)]

    def test_too_long_a_line_is_named(self, editor_client):
        symptom = make_symptom()
        path = f"/admin/points/symptom/{symptom.pk}/change/"
        answer = self.save(editor_client, path, phrase_lines="x" * 101)
        assert "at most 100 characters a line" in answer.content.decode()

    def test_of_a_red_flag_cannot_be_emptied(self, editor_client):
        flag = RedFlag.objects.get(slug="saddle-numbness")
        before = flag.phrases.count()
        path = f"/admin/points/redflag/{flag.pk}/change/"
        answer = self.save(editor_client, path, phrase_lines="")
        assert "This field is required" in answer.content.decode()
        assert flag.phrases.count() == before

    def test_cannot_mean_danger_and_be_harmless(self, editor_client):
        flag = RedFlag.objects.get(slug="saddle-numbness")
        path = f"/admin/points/redflag/{flag.pk}/change/"
        answer = self.save(editor_client, path, phrase_lines="numb", harmless_lines="numb")
        assert "These stand in both lists: numb." in answer.content.decode()


def test_a_source_in_use_names_its_users_and_offers_no_deletion(editor_client):
    source = Source.objects.get(key="hsieh2006")
    source.points.set([Point.objects.get(code="BL40")])
    path = f"/admin/points/source/{source.pk}/"
    page = editor_client.get(f"{path}change/").content.decode()
    assert "BL40 Behind the knee" in page
    assert "deletelink" not in page
    assert editor_client.post(f"{path}delete/", {"post": "yes"}).status_code == 403
    assert Source.objects.filter(pk=source.pk).exists()


def test_a_symptom_in_use_cannot_be_deleted(editor_client):
    symptom = Symptom.objects.get(slug="sciatica")
    editor_client.post(f"/admin/points/symptom/{symptom.pk}/delete/", {"post": "yes"})
    assert Symptom.objects.filter(pk=symptom.pk).exists()


def test_a_sign_that_ordinary_complaints_hold_is_refused(editor_client):
    flag = RedFlag.objects.get(slug="night-pain")
    address = reverse("admin:points_redflag_change", args=[flag.pk])
    data = form_data(editor_client.get(address).content.decode())
    data["phrase_lines"] += "\nback pain"
    page = editor_client.post(address, data).content.decode()
    assert "“back pain” is in" in page
    assert not flag.phrases.filter(text="back pain").exists()
