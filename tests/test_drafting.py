"""The desk of pages: drafts, previews, publishing, revisions, withdrawal, moved addresses."""

import random
import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Tool, YogaPose
from backpain_site import snapshots
from backpain_site.models import ContentVersion, Draft, OldAddress, Revision
from backpain_site.page_forms import StandIn
from points.models import CautionGroup, Indication, Point, PointCaution, Source, Symptom
from points.search.index import holder
from tests.factories import (
    make_article,
    make_point,
    make_pose,
    make_routine,
    make_symptom,
    make_tool,
)
from tests.forms import Desk, change_url, form_data

pytestmark = pytest.mark.django_db
PAGES = [Point, Symptom, Article, Tool, YogaPose]
PUBLIC = ["/", "/points/", "/search/?q=calf", "/search/?q=zibble", "/sitemap.xml", "/feed/"]
PUBLIC += ["/symptoms/", "/symptoms/calf-cramp/", "/search/suggest/?q=zibble", "/points/bl57/"]


@pytest.fixture
def calf(editor_client) -> Desk:
    return Desk(editor_client, change_url(Point.objects.get(code="BL57")))


def state(page) -> dict:
    """Return everything the desk knows of a saved page, as its form would show it."""
    request = RequestFactory().get("/")
    request.user = StandIn()
    page = type(page).objects.get(pk=page.pk)
    form, formsets, _ = admin.site.get_model_admin(type(page)).unbound(request, page)
    return plain(snapshots.of_record(form, formsets))


def plain(snapshot: dict) -> dict:
    """Return `snapshot` without what forms strip: spaces at the ends, the order of choices."""

    def cleaned(fields):
        return {name: sorted(text.strip() for text in texts) for name, texts in fields.items()}

    rows = {
        prefix: [row | {"fields": cleaned(row["fields"])} for row in rows]
        for prefix, rows in snapshot["rows"].items()
    }
    return {"fields": cleaned(snapshot["fields"]), "rows": rows}


def public_pages(client) -> str:
    return "".join(client.get(path).content.decode() for path in PUBLIC)


@pytest.mark.parametrize("model", PAGES, ids=lambda model: model.__name__)
def test_publishing_every_starter_page_unchanged_changes_nothing(editor_client, model):
    """The form, posted as it was shown, is the page: no field and no inline gets lost."""
    for page in model.objects.published()[:4]:
        before = state(page)
        desk = Desk(editor_client, change_url(page))
        desk.press("_draft", change_note="x")
        assert Draft.objects.count() == 1
        desk.press("_publish", change_note="")
        assert state(page) == before
        assert Draft.objects.count() == 0


class TestDrafts:
    def test_a_draft_of_a_live_page_moves_nothing_public(self, calf, client):
        reader = Client()
        before = public_pages(reader)
        version = ContentVersion.current()
        calf.press("_draft", summary="Zibble summary.", where="Zibble place.", place_name="Zibble")
        assert public_pages(reader) == before
        assert ContentVersion.current() == version
        assert calf.data()["summary"] == "Zibble summary."
        listed = calf.client.get("/admin/points/point/").content.decode()
        assert listed.count("Live with unpublished changes") == 1

    def test_discarding_brings_the_live_version_back_with_its_inlines(self, calf):
        before = calf.data()
        calf.press("_draft", **{"summary": "Zibble.", "cautions-0-DELETE": "on"})
        assert calf.data() != before
        calf.press("_discard")
        assert calf.data() == before

    def test_a_discarded_draft_is_in_the_history(self, calf):
        calf.press("_draft", summary="Zibble.")
        calf.press("_discard")
        revision = Revision.objects.get(kind="set_aside")
        calf.client.post(f"/admin/points/point/revisions/{revision.pk}/restore/")
        assert calf.data()["summary"] == "Zibble."

    def test_a_discarded_draft_of_a_new_page_too(self, editor_client):
        desk = Desk(editor_client, reverse("admin:articles_tool_add"))
        desk.press("_draft", name="Zibble stick")
        desk.press("_discard")
        page = editor_client.get("/admin/articles/tool/deleted/").content.decode()
        assert "Zibble stick" in page

    def test_who_opened_an_older_draft_cannot_discard_the_newer(self, calf):
        old = calf.data()
        calf.press("_draft", summary="Zibble.")
        assert calf.press("_discard", old).status_code == 409
        assert calf.data()["summary"] == "Zibble."

    def test_whose_new_draft_went_away_keeps_what_was_typed(self, editor_client):
        desk = Desk(editor_client, reverse("admin:articles_tool_add"))
        desk.press("_draft", name="Zibble stick")
        data = desk.data()
        Draft.objects.all().delete()
        answer = desk.press("_draft", data | {"summary": "Typed meanwhile."})
        assert answer.status_code == 409
        page = answer.content.decode()
        assert 'value="Typed meanwhile."' in page
        desk.press("_draft", form_data(page))
        assert Draft.objects.get().snapshot["fields"]["summary"] == ["Typed meanwhile."]

    def test_going_back_to_the_live_words_keeps_the_draft_of_another(self, calf, django_user_model):
        live = {name: value for name, value in calf.data().items() if name != "_base"}
        calf.press("_draft", summary="Zibble.")
        Draft.objects.update(author=django_user_model.objects.create_user("another"))
        calf.press("_draft", live | {"_base": calf.data()["_base"]})
        assert not Draft.objects.exists()
        kept = Revision.objects.get(kind="set_aside")
        assert kept.snapshot["fields"]["summary"] == ["Zibble."]

    @pytest.mark.parametrize("wrong", ["abc", "0", "9" * 25, "9223372036854775808", "a\0b", "-1"])
    def test_keys_of_no_record_open_no_error(self, editor_client, wrong):
        tool = Tool.objects.first()
        desk = Desk(editor_client, change_url(tool))
        desk.press("_draft", sources=[wrong], related_points=[wrong], picture=wrong, summary="Z.")
        assert desk.data()["summary"] == "Z."
        shell = desk.press("_preview")
        page = editor_client.get(f"{shell.headers['Location']}page/").content.decode()
        assert "<main" in page

    def test_a_post_cut_short_drops_no_rows(self, calf):
        data = {name: value for name, value in calf.data().items() if "cautions-" not in name}
        calf.press("_draft", data | {"summary": "Cut."})
        assert calf.data()["cautions-TOTAL_FORMS"] == "8"
        assert calf.data()["summary"] == "Cut."

    def test_more_rows_than_any_page_needs_are_refused_quickly(self, calf):
        data = calf.data() | {"aliases-TOTAL_FORMS": "1900", "aliases-1800-text": "Zibble"}
        page = calf.press("_publish", data).content.decode()
        assert "Please submit at most 150 forms." in page

    def test_only_a_name_is_needed(self, editor_client):
        desk = Desk(editor_client, reverse("admin:points_point_add"))
        answer = desk.press("_draft", summary="Typed.")
        page = answer.content.decode()
        assert "Fill this in first" in page
        assert 'value="Typed."' in page
        desk.press("_draft", place_name="Zibble toe", hold_seconds_min="999", where="Here.")
        assert "?draft=" in desk.url
        assert desk.data()["hold_seconds_min"] == "999"
        assert "errorlist" not in editor_client.get(desk.url).content.decode()
        assert "Zibble toe" in editor_client.get("/admin/points/point/").content.decode()
        assert "Zibble" not in public_pages(Client())

    def test_a_new_page_that_was_refused_goes_on_where_it_was(self, editor_client):
        """Its draft is known by the address of the form: the second try must find it."""
        url = reverse("admin:articles_tool_add")
        desk = Desk(editor_client, url)
        page = desk.press("_publish", name="Zibble stick").content.decode()
        again = re.search(r'action="([^"]+draft=\d+)"', page)[1]
        data = form_data(page) | {"summary": "A stick.", "how_to_use": "1. Press."}
        data |= {"not_if": "- never", "dose": "Once.", "slug": "zibble", "_publish": "1"}
        assert editor_client.post(again, data).status_code == 302
        assert Tool.objects.get(name="Zibble stick").is_published
        assert not Draft.objects.exists()

    def test_added_rows_are_kept_and_published(self, calf):
        symptom = make_symptom("Zibble toes")
        data = calf.data()
        number = int(data["indications-TOTAL_FORMS"])
        calf.press(
            "_draft",
            data
            | {
                "indications-TOTAL_FORMS": str(number + 1),
                f"indications-{number}-symptom": str(symptom.pk),
                f"indications-{number}-role": "primary",
                f"indications-{number}-basis": "tradition",
            },
        )
        assert not Indication.objects.filter(symptom=symptom).exists()
        assert calf.data()[f"indications-{number}-symptom"] == str(symptom.pk)
        calf.press("_publish")
        assert Indication.objects.get(symptom=symptom).point.code == "BL57"

    def test_a_field_added_since_keeps_what_the_page_has(self, calf):
        calf.press("_draft", summary="Zibble.")
        draft = Draft.objects.get()
        del draft.snapshot["fields"]["where"]
        del draft.snapshot["rows"]["aliases"]
        for row in draft.snapshot["rows"]["cautions"]:
            del row["fields"]["reason"]
        draft.snapshot["fields"]["gone_field"] = ["x"]
        draft.save()
        before = state(Point.objects.get(code="BL57"))
        calf.press("_publish")
        after = state(Point.objects.get(code="BL57"))
        assert after["fields"].pop("summary") == ["Zibble."]
        before["fields"].pop("summary")
        assert after == before

    def test_a_row_deleted_meanwhile_comes_back_as_a_new_one(self, calf):
        calf.press("_draft", summary="Zibble.")
        point = Point.objects.get(code="BL57")
        texts = sorted(point.aliases.values_list("text", flat=True))
        point.aliases.all().delete()
        calf.press("_publish")
        assert sorted(point.aliases.values_list("text", flat=True)) == texts

    def test_a_hundred_random_edits_lose_nothing_and_leak_nothing(self, calf):
        """Drafts, discards, publications and restores at random; the page stays what it must be."""
        choose = random.Random(7)  # noqa: S311 (the same every time)
        reader = Client()
        point = Point.objects.get(code="BL57")
        expected = state(point)
        wanted: dict[str, str] = {}
        texts = ("summary", "where", "evidence", "traditional_view", "position")
        for number in range(100):
            action = choose.choice(["_draft", "_draft", "_publish", "_discard", "restore"])
            if action == "_draft":
                wanted[choose.choice(texts)] = (
                    f"Zibble {number}. " + "é漢字 <b> & " * choose.randint(0, 3)
                )
                wanted["cautions-0-reason"] = f"Zibble reason {number}."
                wanted["cautions-0-level"] = "avoid"
                calf.press("_draft", **wanted)
            elif action == "_publish" and wanted:
                calf.press("_publish")
                for name in texts:
                    if name in wanted:
                        expected["fields"][name] = [wanted[name].strip()]
                if "cautions-0-reason" in wanted:
                    first = expected["rows"]["cautions"][0]["fields"]
                    first["reason"], first["level"] = [wanted["cautions-0-reason"]], ["avoid"]
                wanted = {}
            elif action == "_discard":
                calf.press("_discard")
                wanted = {}
            elif action == "restore" and not wanted and Revision.objects.exists():
                revision = choose.choice(list(Revision.objects.all()))
                calf.client.post(f"/admin/points/point/revisions/{revision.pk}/restore/")
                calf.press("_publish")
                expected = plain(revision.snapshot)
            assert state(point) == expected, (number, action)
            page = reader.get("/points/bl57/").content.decode()
            for text in set(re.findall(r"Zibble (?:reason )?\d+\.", page)):
                assert text in str(expected), (number, action, text)


class TestPublishing:
    def test_says_all_that_is_missing_with_links_and_keeps_what_was_typed(self, calf):
        answer = calf.press("_publish", where="", pressure="", summary="Typed.")
        page = answer.content.decode()
        assert '<a href="#id_where">Say where the point is.</a>' in page
        assert '<a href="#id_pressure">Say how hard to press.</a>' in page
        assert 'value="Typed."' in page
        assert Point.objects.get(code="BL57").where
        assert calf.data()["summary"] == "Typed."

    def test_says_wrong_and_missing_things_at_once_in_the_order_of_the_form(self, calf):
        gone = {f"markers-{number}-DELETE": "on" for number in range(2)}
        wrong = {"code": "", "where": "", "hold_seconds_min": "999", "figure_alt": ""}
        wrong |= {"cautions-1-level": "avoid", "cautions-1-reason": ""}
        page = calf.press("_publish", wrong | calf.data() | wrong | gone).content.decode()
        listed = page.split('class="form-errors"')[1].split("</section>")[0]
        assert re.findall(r'href="#([^"]+)">([^<]+)', listed)[:6] == [
            ("id_code", "Write the WHO code."),
            ("id_where", "Say where the point is."),
            ("id_figure_alt", "Say in words where the marker sits."),
            (
                "id_hold_seconds_min",
                "Hold at least (seconds): Ensure this value is less than or equal to 300.",
            ),
            (
                "cautions-1",
                "Point caution 2: Say why: avoid, ask first and take care need a reason.",
            ),
            ("markers-group", "Choose a close-up figure and place the marker."),
        ]
        assert "Say how long to hold." not in page

    @pytest.mark.parametrize(
        ("day", "sentence"),
        [
            ("2001-02-03", "This time is past: leave it empty to publish now."),
            ("0001-01-01", "This time is past: leave it empty to publish now."),
            ("9999-12-31", "Choose a time before the year 2101."),
        ],
    )
    def test_a_time_that_cannot_be_meant_is_asked_about(self, editor_client, calf, day, sentence):
        time = {"publish_at_0": day, "publish_at_1": "23:59"}
        new = Desk(editor_client, reverse("admin:articles_tool_add"))
        for desk in (calf, new):
            page = desk.press("_publish", **time, name="Zibble").content.decode()
            assert f'<a href="#id_publish_at_0">{sentence}</a>' in page
        assert not Draft.objects.exclude(publish_at=None).exists()

    def test_a_live_page_shows_no_time_and_keeps_its_own(self, calf):
        before = Point.objects.get(code="BL57").publish_at
        assert calf.data()["publish_at_0"] == calf.data()["publish_at_1"] == ""
        assert calf.press("_draft").status_code == 302
        assert not Draft.objects.exists()  # Nothing was changed.
        calf.press("_draft", summary="Later.")
        assert calf.data()["publish_at_0"] == ""
        calf.press("_publish")
        assert Point.objects.get(code="BL57").publish_at == before

    def test_a_link_that_leads_nowhere_is_worth_a_look(self, calf):
        text = "- [there](/points/bl57/), [gone](/points/zibble/), [old](/about/#x)"
        page = calf.press("_publish", take_care=text, where="").content.decode()
        link = '<a href="#id_take_care">A link leads nowhere: /points/zibble/</a>'
        assert f"Worth a look: {link}" in page
        answer = calf.client.post(calf.url, calf.data() | {"where": "Here.", "_publish": "1"})
        said = calf.client.get(answer.headers["Location"]).content.decode()
        assert [line for line in said.split("<li") if "leads nowhere" in line]
        assert said.count("leads nowhere") == 1
        assert link in said

    def test_a_link_in_a_part_leads_to_the_part(self, editor_client):
        article = make_article("Zibbles")
        desk = Desk(editor_client, change_url(article))
        text = {"sections-0-body": "[gone](/zibble/)", "summary": ""}
        page = desk.press("_publish", **text).content.decode()
        assert '<a href="#sections-group">A link leads nowhere: /zibble/</a>' in page

    def test_a_text_far_too_long_is_named(self, calf):
        page = calf.press("_publish", where="x" * 3001).content.decode()
        assert "Where it is: Ensure this value has at most 3000 characters" in page

    def test_lists_all_even_of_a_page_without_a_name(self, editor_client):
        desk = Desk(editor_client, reverse("admin:articles_tool_add"))
        page = desk.press("_publish", how_to_use="1. Press.").content.decode()
        listed = page.split('class="form-errors"')[1].split("</section>")[0]
        assert re.findall(r'href="#([^"]+)"', listed)[:2] == ["id_name", "id_slug"]
        assert "Say who should not use it." in listed
        assert "Write the steps." not in listed
        assert "1. Press." in page
        assert "Nothing is kept yet: a draft needs a name." in page
        assert not Draft.objects.exists()

    @pytest.mark.parametrize(
        ("spoil", "sentence"),
        [
            (lambda p: p.cautions.first().delete(), "Decide every caution group"),
            (lambda p: p.markers.filter(role="closeup").delete(), "place the marker"),
            (
                lambda p: Point.objects.filter(pk=p.pk).update(figure_alt=""),
                "where the marker sits",
            ),
            (lambda p: Point.objects.filter(pk=p.pk).update(wrong_place_if=""), "the wrong place"),
        ],
    )
    def test_hard_stops(self, calf, spoil, sentence):
        point = Point.objects.get(code="BL57")
        spoil(point)
        Point.objects.filter(pk=point.pk).update(status="draft")
        page = calf.press("_publish").content.decode()
        assert sentence in page
        assert Point.objects.get(pk=point.pk).status == "draft"

    def test_a_studied_use_without_a_source_stops(self, calf):
        use = Point.objects.get(code="BL57").indications.first()
        Indication.objects.filter(pk=use.pk).update(basis="studied")
        use.sources.clear()
        page = calf.press("_publish", summary="Typed.").content.decode()
        assert "is called studied: name the study." in page

    def test_advice_does_not_stop(self, calf):
        steps = "1. Press " + "and hold " * 40 + "\n2. Move to the lateral side."
        answer = calf.press("_publish", technique=steps, traditional_view="It cures cramp.")
        page = calf.client.get(answer.headers["Location"]).content.decode()
        for sentence in (
            "A long step: “1. Press and",
            "plainer word for “lateral”",
            "“cures” promises",
        ):
            assert sentence in page
        assert "It cures cramp." in Client().get("/points/bl57/").content.decode()

    def test_what_is_published_is_public_at_once_and_has_a_revision(self, calf):
        calf.press("_publish", summary="Zibble summary.", change_note="Shorter.")
        assert "Zibble summary." in Client().get("/points/").content.decode()
        new, old = Revision.objects.all()
        assert (new.kind, new.summary, new.note) == ("published", "Summary", "Shorter.")
        assert new.author.username == "editor"
        assert old.kind == "start"

    def test_a_minor_edit_keeps_the_date_of_change(self, calf):
        day = timezone.localdate() - timezone.timedelta(days=9)
        Point.objects.filter(code="BL57").update(changed_on=day)
        calf.press("_publish", summary="Small.", minor_edit="on")
        assert Point.objects.get(code="BL57").changed_on == day
        assert "minor_edit" not in calf.data()
        calf.press("_publish", summary="Larger.")
        assert Point.objects.get(code="BL57").changed_on == timezone.localdate()

    def test_readers_learn_what_was_reviewed_and_whether_it_changed_since(self, calf):
        day = timezone.localdate() - timezone.timedelta(days=9)
        review = {"reviewed_by": "A. Physio", "reviewed_on": day.isoformat()}
        calf.press("_publish", **review, review_scope="place and dose", minor_edit="on")
        Point.objects.filter(code="BL57").update(changed_on=day)
        page = Client().get("/points/bl57/").content.decode()
        assert "(place and dose)" in page
        assert "changed since then" not in page
        calf.press("_publish", where="Elsewhere.")
        assert "changed since then" in Client().get("/points/bl57/").content.decode()

    def test_a_new_page_appears_at_its_time(self, calf, monkeypatch):
        data = calf.data()
        copy = Desk(calf.client, reverse("admin:points_point_add"))
        keyless = {
            name: value
            for name, value in data.items()
            if not re.fullmatch(r".*-\d+-(id|point)|_base|.*-INITIAL_FORMS", name)
        }
        blank = copy.data()
        starts = {name: blank[name] for name in blank if name.endswith("INITIAL_FORMS")}
        keyless |= starts | {"_base": blank["_base"], "code": "BL58", "place_name": "Zibble calf"}
        copy.press("_publish", keyless | {"publish_at_0": "2099-05-04", "publish_at_1": "09:30"})
        point = Point.objects.get(code="BL58")
        assert "Scheduled for 4 May 2099" in str(point.state)
        assert point.cautions.count() == CautionGroup.objects.count()
        assert Client().get("/points/bl58/").status_code == 404
        later = point.publish_at + timezone.timedelta(seconds=1)
        monkeypatch.setattr(timezone, "now", lambda: later)
        assert "Zibble calf" in Client().get("/points/bl58/").content.decode()

    def test_needs_its_permission(self, client, django_user_model):
        writer = django_user_model.objects.create_user("writer", is_staff=True)
        writer.user_permissions.set(
            Permission.objects.filter(codename__in=["change_point", "view_point"])
        )
        client.force_login(writer)
        desk = Desk(client, change_url(Point.objects.get(code="BL57")))
        assert 'name="_publish"' not in client.get(desk.url).content.decode()
        assert desk.press("_publish", summary="Zibble.").status_code == 403
        assert "Zibble." not in Client().get("/points/").content.decode()
        desk.press("_hand_in", summary="Zibble.")
        assert Draft.objects.get().for_review

    def test_check_content_holds_published_pages_to_the_same_rules(self, capsys):
        call_command("check_content")
        assert "keeps the rules" in capsys.readouterr().out
        PointCaution.objects.filter(point__code="BL57").first().delete()
        with pytest.raises(CommandError, match="1 rules of publishing"):
            call_command("check_content")


class TestNobodyOverwrites:
    def test_the_second_save_is_refused_with_both_versions_and_a_choice(self, calf):
        first, second = calf.data(), calf.data()
        calf.press("_draft", first | {"summary": "First words."})
        answer = calf.press("_draft", second | {"summary": "Second words."})
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "Somebody else saved this page" in page
        assert "<del>First</del>" in page
        assert "<ins>Second</ins>" in page
        assert calf.data()["summary"] == "First words."
        calf.press("_draft", form_data(page))
        assert calf.data()["summary"] == "Second words."

    def test_both_versions_are_merged_field_by_field_and_row_by_row(self, calf):
        """What only they changed stays theirs, what I typed mine, unless I choose otherwise."""
        first, second = calf.data(), calf.data()
        rows = int(first["aliases-TOTAL_FORMS"])
        new = {"aliases-TOTAL_FORMS": str(rows + 1), f"aliases-{rows}-kind": "translation"}
        calf.press(
            "_draft",
            first
            | new
            | {"summary": "First words.", "where": "First place.", "position": "First seat."}
            | {f"aliases-{rows}-text": "First Gate", "cautions-0-reason": "First reason."}
            | {"cautions-1-DELETE": "on"},
        )
        page = calf.press(
            "_draft",
            second
            | new
            | {"summary": "Second words.", "where": "Second place.", "cautions-0-level": "avoid"}
            | {f"aliases-{rows}-text": "Second Gate", "cautions-0-reason": "Second reason."},
        ).content.decode()
        data = form_data(page)
        gone = second["cautions-1-id"]
        sides = {key: side for key, side in data.items() if key.startswith("_side ")}
        added = {key: side for key, side in sides.items() if key.startswith("_side aliases new")}
        assert {("First Gate" in key, side) for key, side in added.items()} == {
            (True, "theirs"),
            (False, "mine"),
        }
        for key in ("position", f"cautions {gone}"):
            assert data[f"_side {key}"] == "theirs"
        for key in ("summary", "where"):
            assert data[f"_side {key}"] == "mine"
        data["_side where"] = "theirs"
        calf.press("_draft", data)
        merged = calf.data()
        assert merged["summary"] == "Second words."
        assert (merged["where"], merged["position"]) == ("First place.", "First seat.")
        assert merged["cautions-0-reason"] == "Second reason."
        assert {merged[f"aliases-{n}-text"] for n in (rows, rows + 1)} == {
            "First Gate",
            "Second Gate",
        }
        assert merged["cautions-1-DELETE"] == "on"
        kept = Revision.objects.get(kind="set_aside").snapshot
        assert kept["fields"]["summary"] == ["First words."]

    def test_what_a_publisher_changed_meanwhile_is_not_undone(self, calf):
        opened = calf.data()
        calf.press("_publish", opened | {"english_name": "Support of the Hill"})
        page = calf.press("_publish", opened | {"summary": "My words."}).content.decode()
        data = form_data(page)
        assert data["_side english_name"] == "theirs"
        assert data["_side summary"] == "mine"
        calf.press("_publish", data)
        point = Point.objects.get(code="BL57")
        assert (point.english_name, point.summary) == ("Support of the Hill", "My words.")

    def test_a_change_from_elsewhere_is_noticed_too(self, calf):
        data = calf.data()
        Point.objects.get(code="BL57").aliases.create(text="Zibble Gate")
        assert calf.press("_publish", data | {"summary": "Mine."}).status_code == 409
        assert Point.objects.get(code="BL57").aliases.filter(text="Zibble Gate").exists()


class TestPreview:
    def test_shows_the_real_page_and_leaves_no_trace(self, calf):
        index, version = holder.get(), ContentVersion.current()
        before = state(Point.objects.get(code="BL57"))
        shell = calf.press("_preview", summary="Zibble.", where="Zibble place.")
        page = calf.client.get(f"{shell.headers['Location']}page/")
        assert "Zibble place." in page.content.decode()
        assert 'data-point-code="BL57"' in page.content.decode()
        assert "no-store" in page.headers["Cache-Control"]
        assert state(Point.objects.get(code="BL57")) == before
        assert ContentVersion.current() == version
        assert holder.get() is index
        assert "Zibble" not in public_pages(Client())

    def test_of_a_new_page_too(self, editor_client):
        desk = Desk(editor_client, reverse("admin:articles_article_add"))
        shell = desk.press("_preview", title="Zibble article", slug="zibble", lede="Zibble lede.")
        page = editor_client.get(f"{shell.headers['Location']}page/").content.decode()
        assert "Zibble lede." in page
        assert not Article.objects.filter(slug="zibble").exists()

    @pytest.mark.parametrize("model", PAGES, ids=lambda model: model.__name__)
    def test_needs_only_a_name_and_stores_nothing(self, editor_client, model):
        there = set(model.objects.values_list("pk", flat=True))
        kind = model._meta.model_name
        desk = Desk(editor_client, reverse(f"admin:{model._meta.app_label}_{kind}_add"))
        title = admin.site.get_model_admin(model).title_field
        shell = desk.press("_preview", **{title: "Zibble thing"})
        page = editor_client.get(f"{shell.headers['Location']}page/").content.decode()
        assert re.search(r"<h1[^>]*>(?:(?!</h1>).)*Zibble thing", page, re.DOTALL)
        assert ("No area chosen" in page) is (model is Point)
        assert "Missing or wrong, so this page leaves it out" in page
        missing = "WHO code" if model is Point else "slug"
        assert f"<li>Write the {missing}.</li>" in page
        assert set(model.objects.values_list("pk", flat=True)) == there

    def test_leaves_out_what_is_wrong_and_says_so(self, editor_client):
        desk = Desk(editor_client, reverse("admin:points_point_add"))
        data = desk.data() | {"place_name": "Zibble toe", "code": "LR", "where": "Zibble place."}
        data |= {"hold_seconds_min": "999", "aliases-TOTAL_FORMS": "1", "aliases-0-text": "Zib"}
        shell = desk.press("_preview", data | {"aliases-0-disputed": "on"})
        page = editor_client.get(f"{shell.headers['Location']}page/").content.decode()
        assert "LR99" in page
        assert "Zibble place." in page
        assert "<li>WHO code: Write the WHO code in capitals" in page
        assert "A disputed name needs a note" in page
        assert "999" not in page.split("Missing or wrong")[1].split("</ul>")[1]

    def test_of_a_live_page_too(self, calf):
        shell = calf.press("_preview", code="", summary="Zibble line.", place_name="Zibble calf")
        page = calf.client.get(f"{shell.headers['Location']}page/").content.decode()
        assert "Write the WHO code." in page
        assert "Zibble calf" in page
        assert Point.objects.filter(code="BL57").exists()

    def link(self, calf) -> str:
        calf.press("_draft", summary="Zibble.", where="Zibble place.")
        shell = f"/admin/points/point/drafts/{Draft.objects.get().pk}/"
        calf.client.post(f"{shell}link/")
        page = calf.client.get(shell).content.decode()
        return re.search(r'value="http://testserver(/draft/[^"]+)"', page)[1]

    def test_a_link_opens_it_to_a_stranger_until_it_is_taken_back(self, calf):
        link = self.link(calf)
        answer = Client().get(link)
        page = answer.content.decode()
        assert "Zibble place." in page
        assert "Not published, not checked" in page
        assert "/admin/" not in page
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert "no-store" in answer.headers["Cache-Control"]
        draft = Draft.objects.get()
        calf.client.post(f"/admin/points/point/drafts/{draft.pk}/link/", {"_revoke": "1"})
        assert "Zibble" not in Client().get(link).content.decode()

    def test_a_link_ends_after_fourteen_days(self, calf, monkeypatch):
        link = self.link(calf)
        now = __import__("time").time()
        monkeypatch.setattr("time.time", lambda: now + 14 * 86_400 + 60)
        assert Client().get(link).status_code == 404

    @pytest.mark.parametrize("token", ["x", "a:b:c", "W10:1xW7rq:AAAA", "é"])
    def test_a_wrong_link_opens_nothing(self, token):
        assert "Draft" not in Client().get(f"/draft/{token}/").content.decode()

    def test_a_published_draft_has_no_link_any_more(self, calf):
        link = self.link(calf)
        calf.press("_publish")
        assert Client().get(link).status_code == 404


class TestHistory:
    def test_any_two_versions_are_compared_inlines_included(self, calf):
        calf.press("_publish", summary="One word.")
        calf.press("_publish", **{"summary": "Two words.", "cautions-0-reason": "Zibble reason."})
        point = Point.objects.get(code="BL57")
        page = calf.client.get(f"/admin/points/point/{point.pk}/history/").content.decode()
        assert "Summary" in page
        page = calf.client.get(f"/admin/points/point/{point.pk}/compare/").content.decode()
        assert "<del>One</del>" in page
        assert "<ins>Two</ins>" in page
        assert "Zibble" in page

    def test_says_in_words_what_did_not_come_from_the_desk(self, calf):
        point = Point.objects.get(code="BL57")
        calf.press("_publish", summary="One word.")
        Point.objects.filter(pk=point.pk).update(where="Zibble place.")
        calf.press("_publish", summary="Two words.")
        kinds = [(one.kind, one.summary) for one in Revision.of(point)]
        assert kinds == [
            ("published", "Summary"),
            ("elsewhere", "Where it is"),
            ("published", "Summary"),
            ("start", ""),
        ]
        page = calf.client.get(f"/admin/points/point/{point.pk}/history/").content.decode()
        assert "Changed by a command or a script: Where it is" in page
        assert "As it was when this history begins" in page

    def test_restoring_makes_a_draft_with_the_inlines_of_then(self, calf):
        point = Point.objects.get(code="BL57")
        before = state(point)
        number = point.aliases.count()
        gone = {f"aliases-{n}-DELETE": "on" for n in range(number)}
        calf.press("_publish", **{"summary": "Later."} | gone)
        assert point.aliases.count() == 0
        old = Revision.objects.last()
        calf.client.post(f"/admin/points/point/revisions/{old.pk}/restore/")
        assert point.aliases.count() == 0
        calf.press("_publish")
        after = state(point)
        for rows in (*before["rows"].values(), *after["rows"].values()):
            for row in rows:
                del row["pk"]
        assert after == before

    def test_restoring_does_not_overwrite_a_draft(self, calf):
        calf.press("_publish", summary="Later.")
        calf.press("_draft", summary="Half done.")
        old = Revision.objects.last()
        calf.client.post(f"/admin/points/point/revisions/{old.pk}/restore/")
        assert calf.data()["summary"] == "Half done."

    def test_a_deleted_page_comes_back_as_a_draft(self, editor_client):
        tool = Tool.objects.first()
        tool.related_points.set(Point.objects.all()[:3])
        before = state(tool)
        editor_client.post(f"/admin/articles/tool/{tool.pk}/delete/", {"post": "yes"})
        assert not Tool.objects.filter(pk=tool.pk).exists()
        page = editor_client.get("/admin/articles/tool/deleted/").content.decode()
        assert str(tool) in page
        revision = Revision.objects.get(kind="deleted")
        answer = editor_client.post(f"/admin/articles/tool/revisions/{revision.pk}/restore/")
        Desk(editor_client, answer.headers["Location"]).press("_publish")
        after = state(Tool.objects.get(name=tool.name))
        for name in ("publish_at_0", "publish_at_1"):  # It appears anew.
            before["fields"].pop(name)
            after["fields"].pop(name)
        assert after == before


class TestDeleted:
    def test_what_came_back_leaves_the_list(self, editor_client):
        tool = Tool.objects.create(name="Zibble stick", slug="zibble")
        asked = editor_client.get(f"/admin/articles/tool/{tool.pk}/delete/").content.decode()
        assert "Zibble stick" in asked
        editor_client.post(f"/admin/articles/tool/{tool.pk}/delete/", {"post": "yes"})
        listed = "/admin/articles/tool/deleted/"
        assert "Zibble stick" in editor_client.get(listed).content.decode()
        revision = Revision.objects.get(kind="deleted")
        answer = editor_client.post(f"/admin/articles/tool/revisions/{revision.pk}/restore/")
        assert "Zibble stick" not in editor_client.get(listed).content.decode()
        Desk(editor_client, answer.headers["Location"]).press("_discard")
        assert "Zibble stick" in editor_client.get(listed).content.decode()

    def test_who_deletes_reads_no_rows_without_a_name(self, editor_client):
        tool = Tool.objects.published().exclude(sources=None).first()
        page = editor_client.get(f"/admin/articles/tool/{tool.pk}/delete/").content.decode()
        assert str(tool) in page
        assert " object (" not in page
        assert "relationship" not in page


class TestWhatLeadsHere:
    """Who takes a page away is told which pages lead to it, in a record or in a text."""

    @pytest.mark.parametrize("action", ["delete", "withdraw"])
    def test_to_a_point(self, editor_client, django_assert_max_num_queries, action):
        point = make_point("BL61", symptoms=[make_symptom("Zibble toe")])
        tool = make_tool("Zibble stick")
        tool.related_points.add(point)
        make_pose("Zibble bend", steps="1. See [this point](/points/bl61/).")
        article = make_article("Zibbles", sections=["Where zibbles are"])
        article.sections.update(body="See [this point](/points/bl61/#how).")
        make_article("Unrelated", sections=["Nothing"])
        with django_assert_max_num_queries(30):
            page = editor_client.get(f"/admin/points/point/{point.pk}/{action}/")
        text = page.content.decode()
        found = re.findall(r'<li><a href="([^"]+)">([^<]+)</a> \(([^)]+)\)', text)
        assert [(name, kind) for _form, name, kind in found] == [
            ("Zibbles", "article"),
            ("Zibble toe", "symptom"),
            ("Zibble stick", "tool"),
            ("Zibble bend", "yoga pose"),
        ]
        assert found[0][0] == change_url(article)
        assert "This can be undone" in text

    def test_to_a_point_of_a_routine_which_holds_it(self, editor_client):
        point = make_point("BL61")
        make_routine("Zibble bus", points=[point, make_point("BL62")])
        page = editor_client.get(f"/admin/points/point/{point.pk}/delete/").content.decode()
        assert "Zibble bus</a> (suggested routine)" in page
        assert "This can be undone" not in page  # It cannot be deleted at all.


class TestWithdrawing:
    def withdraw(self, calf, **values):
        return calf.client.post(calf.url.replace("change", "withdraw"), values)

    def test_readers_learn_why_and_nothing_else_shows_it(self, calf):
        self.withdraw(calf, reason="The place was drawn wrongly.")
        answer = Client().get("/points/bl57/")
        assert answer.status_code == 410
        assert "The place was drawn wrongly." in answer.content.decode()
        assert "BL57" not in Client().get("/points/").content.decode()
        assert 'data-point-code="BL57"' not in Client().get("/search/?q=bl57").content.decode()
        assert "bl57" not in Client().get("/sitemap.xml").content.decode()
        calf.press("_publish")
        assert Client().get("/points/bl57/").status_code == 200

    def test_or_are_sent_elsewhere(self, calf):
        self.withdraw(calf, reason="Joined.", redirect_to="/points/bl40/")
        assert Client().get("/points/bl57/").headers["Location"] == "/points/bl40/"

    @pytest.mark.parametrize(
        "target", ["//evil.example", "https://evil.example", "/no/such", "\\x"]
    )
    def test_but_to_no_other_site_and_no_missing_page(self, calf, target):
        page = self.withdraw(calf, reason="Joined.", redirect_to=target).content.decode()
        assert "errorlist" in page
        assert Client().get("/points/bl57/").status_code == 200

    def test_but_in_no_circle(self, calf):
        page = self.withdraw(calf, reason="Joined.", redirect_to="/points/bl57/").content.decode()
        assert "This is the page itself." in page
        other = Desk(calf.client, change_url(Point.objects.get(code="BL40")))
        self.withdraw(calf, reason="Joined.", redirect_to="/points/bl40/")
        page = self.withdraw(other, reason="Joined.", redirect_to="/points/bl57/").content.decode()
        assert "There is no page at this address." in page

    def test_needs_a_reason(self, calf):
        assert "errorlist" in self.withdraw(calf, reason="").content.decode()
        assert Client().get("/points/bl57/").status_code == 200

    def test_the_safety_page_stays(self, editor_client):
        article = Article.objects.get(place="safety")
        page = editor_client.post(
            f"/admin/articles/article/{article.pk}/withdraw/", {"reason": "No."}
        ).content.decode()
        assert "Every page links here" in page
        assert Client().get("/safety/").status_code == 200


class TestAddresses:
    def rename(self, client, slug) -> str:
        article = Article.objects.get(place="article", slug__startswith="desk-and")
        return Desk(client, change_url(article)).press("_publish", slug=slug)

    def test_the_old_one_leads_to_the_new_one_at_once(self, editor_client):
        answer = self.rename(editor_client, "desk-and-wheel")
        page = editor_client.get(answer.headers["Location"]).content.decode()
        assert "/articles/desk-and-driving/ now leads to /articles/desk-and-wheel/." in page
        moved = Client().get("/articles/desk-and-driving/?x=1")
        assert moved.headers["Cache-Control"] == "no-cache"
        assert (moved.status_code, moved.headers["Location"]) == (
            301,
            "/articles/desk-and-wheel/?x=1",
        )

    def test_no_chain_and_no_loop(self, editor_client):
        for slug in ("desk-and-wheel", "desk-and-seat", "desk-and-driving"):
            self.rename(editor_client, slug)
        assert dict(OldAddress.objects.values_list("path", "target")) == {
            "/articles/desk-and-wheel/": "/articles/desk-and-driving/",
            "/articles/desk-and-seat/": "/articles/desk-and-driving/",
        }
        assert Client().get("/articles/desk-and-driving/").status_code == 200


def test_sources_of_a_new_page_may_be_chosen(editor_client):
    source = Source.objects.first()
    desk = Desk(editor_client, reverse("admin:articles_tool_add"))
    desk.press("_draft", name="Zibble", sources=[str(source.pk)])
    assert desk.data()["sources"] == [str(source.pk)]
