"""What is counted of a search, what is not, and how editors turn it into words."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import DatabaseError
from django.utils import timezone

from backpain_site.models import ContentVersion
from points.models import SearchCount, Symptom
from points.search.report import DAYS_KEPT, normalised
from tests.factories import make_symptom

pytestmark = pytest.mark.django_db
REPORT = "/admin/points/searchcount/"


def counted() -> dict[str, int]:
    return dict(SearchCount.objects.values_list("query", "times"))


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("  Sore   BACK! ", "sore back"),
        ("Kūnlún", "kunlun"),
        ("bl 60", "bl 60"),
        ("me@example.org sore back", ""),
        ("ring 07700900123", ""),
        ("ring ０７７００", ""),
        ("1234", "1234"),
        ("a" * 60, "a" * 60),
        ("a" * 61, ""),
        ("?!", ""),
        ("", ""),
    ],
)
def test_what_may_be_kept_of_a_query(query, kept):
    assert normalised(query) == kept


class TestCounting:
    def test_the_same_words_are_one_row_a_day(self, client):
        for query in ("Sore back", "sore  BACK!", "sore back"):
            client.get("/search/", {"q": query})
        row = SearchCount.objects.get()
        assert (row.query, row.times, row.day) == ("sore back", 3, timezone.localdate())
        assert row.results > 3
        assert row.answered

    def test_nothing_about_the_reader_has_a_place(self):
        fields = {field.name for field in SearchCount._meta.get_fields()}
        assert fields == {"id", "day", "query", "results", "answered", "times"}

    def test_filters_and_literal_searches_are_not_new_questions(self, client):
        client.get("/search/", {"q": "siatica", "avoid": "pregnancy"})
        client.get("/search/", {"q": "siatica", "literal": "1"})
        client.head("/search/", {"q": "siatica"})
        client.get("/search/")
        assert counted() == {}

    def test_it_is_no_change_of_content(self, client):
        before = ContentVersion.current()
        client.get("/search/", {"q": "sore back"})
        assert ContentVersion.current() == before

    def test_an_emergency_counts_as_answered_without_points(self, client):
        client.get("/search/", {"q": "numb between the legs"})
        row = SearchCount.objects.get()
        assert (row.results, row.answered) == (0, True)

    def test_rows_go_after_ninety_days(self, client):
        today = timezone.localdate()
        for age in (DAYS_KEPT - 1, DAYS_KEPT):
            day = today - timedelta(days=age)
            SearchCount.objects.create(day=day, query=f"age {age}", results=0)
        client.get("/search/", {"q": "sore back"})
        assert set(counted()) == {f"age {DAYS_KEPT - 1}", "sore back"}

    def test_a_flood_of_different_queries_is_cut(self, client, monkeypatch):
        monkeypatch.setattr("points.search.report.MOST_A_DAY", 2)
        for query in ("one back", "two backs", "three backs", "one back"):
            assert client.get("/search/", {"q": query}).status_code == 200
        assert counted() == {"one back": 2, "two backs": 1}

    def test_a_database_that_refuses_costs_no_answer(self, client, monkeypatch, caplog):
        def refuse(**values):
            raise DatabaseError("attempt to write a readonly database")

        monkeypatch.setattr(SearchCount.objects, "create", refuse)
        page = client.get("/search/", {"q": "sore back"}).content.decode()
        assert "<li data-point-code=" in page
        assert "was not counted" in caplog.text
        assert "sore back" not in caplog.text


class TestReport:
    def test_shows_what_finds_nothing_and_all_when_asked(self, client, editor_client):
        for query in ("flimflam quux", "sciatica"):
            client.get("/search/", {"q": query})
        page = editor_client.get(REPORT).content.decode()
        assert "flimflam quux" in page
        assert "sciatica" not in page
        assert "sciatica" in editor_client.get(REPORT, {"all": "on"}).content.decode()

    def test_a_wrong_period_is_the_shortest(self, editor_client):
        page = editor_client.get(REPORT, {"days": "many", "p": "x"})
        assert page.context["days"] == 7

    def test_one_click_makes_a_failed_query_a_phrase(self, client, editor_client):
        symptom = Symptom.objects.get(slug="sciatica")
        client.get("/search/", {"q": "flimflam quux"})
        post = {"text": "flimflam quux", "symptom": symptom.pk}
        answer = editor_client.post(f"{REPORT}phrase/", post, follow=True)
        assert "is now a phrase of Sciatica or pain down the leg" in answer.content.decode()
        page = client.get("/search/", {"q": "flimflam quux"}).content.decode()
        assert "<li data-point-code=" in page
        assert "flimflam quux" not in editor_client.get(REPORT).content.decode()
        assert "flimflam quux" in LogEntry.objects.get().change_message

    def test_near_symptoms_are_offered_as_buttons(self, client, editor_client):
        symptom = make_symptom("Wriggling toes", phrases=["wriggling toes at night in bed"])
        client.get("/search/", {"q": "wriggling spoons"})
        page = editor_client.get(REPORT).content.decode()
        assert f'name="symptom" value="{symptom.pk}"' in page

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"text": "?!", "symptom": "sciatica"}, "Write at least one word."),
            ({"text": "wibbly", "symptom": ""}, "This field is required."),
            ({"text": "w" * 101, "symptom": "sciatica"}, "at most 100 characters"),
            ({"text": "siatica", "symptom": "sciatica"}, "This symptom has the phrase already."),
        ],
    )
    def test_a_refused_phrase_is_explained_and_kept(self, editor_client, values, message):
        symptom = Symptom.objects.get(slug="sciatica")
        symptom.phrases.get_or_create(text="siatica")
        pk = symptom.pk if values["symptom"] else ""
        answer = editor_client.post(f"{REPORT}phrase/", values | {"symptom": pk})
        page = answer.content.decode()
        assert message in page
        assert f'value="{values["text"]}"' in page

    def test_only_who_may_change_symptoms_adds_phrases(self, client, django_user_model):
        viewer = django_user_model.objects.create_user("viewer", is_staff=True)
        viewer.user_permissions.add(Permission.objects.get(codename="view_searchcount"))
        client.force_login(viewer)
        client.get("/search/", {"q": "flimflam quux"})
        page = client.get(REPORT).content.decode()
        assert "flimflam quux" in page
        assert "phrase/" not in page
        symptom = Symptom.objects.get(slug="sciatica")
        post = {"text": "flimflam quux", "symptom": symptom.pk}
        assert client.post(f"{REPORT}phrase/", post).status_code == 403
        assert not symptom.phrases.filter(text="flimflam quux").exists()

    @pytest.mark.parametrize("path", ["", "try/?q=back", "phrase/"])
    def test_strangers_see_nothing(self, client, django_user_model, path):
        assert client.get(REPORT + path).status_code == 302
        client.force_login(django_user_model.objects.create_user("helper", is_staff=True))
        assert client.get(REPORT + path).status_code == 403


class TestTryingAQuery:
    def read(self, editor_client, query):
        return editor_client.get(f"{REPORT}try/", {"q": query}).content.decode()

    def test_every_step_is_shown(self, editor_client):
        page = self.read(editor_client, "siatica but pregnant")
        for part in ("sciatica but pregnant", "Sciatica or pain down the leg", "I am pregnant"):
            assert part in page

    def test_danger_names_the_phrase_that_was_met(self, editor_client):
        page = self.read(editor_client, "numb between the legs")
        assert "you have numbness or tingling around your genitals" in page
        assert "No points are shown." in page

    @pytest.mark.parametrize(
        ("query", "answer"),
        [
            ("BL33", "we do not cover it"),
            ("pizza recipe", "Not about a body"),
            ("🔥", "No word in it"),
            ("jaundice", "Advice only."),
        ],
    )
    def test_why_there_are_no_points(self, editor_client, query, answer):
        assert answer in self.read(editor_client, query)

    @pytest.mark.parametrize("query", ["", "<script>alert(1)</script>", "a\0b", "back " * 2000])
    def test_anything_may_be_tried(self, editor_client, query):
        page = self.read(editor_client, query)
        assert "Try a query" in page
        assert "<script>alert" not in page
