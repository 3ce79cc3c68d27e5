"""Loading the starter content: again and again, keeping what editors wrote, never half."""

import shutil
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import CommandError, call_command

from articles.models import Article
from articles.starter_content import BadRecord, StarterContent, parse_article
from points.models import Point, PointCaution, Symptom

pytestmark = pytest.mark.django_db
CONTENT = settings.BASE_DIR / "content"


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of the content to spoil."""
    return Path(shutil.copytree(CONTENT, tmp_path / "content"))


def change(path: Path, edit):
    record = yaml.safe_load(path.read_text())
    edit(record)
    path.write_text(yaml.safe_dump(record, allow_unicode=True))


def test_a_second_load_changes_nothing():
    content = StarterContent(CONTENT)
    assert content.load()
    assert not content.created
    assert content.kept["points"] == 30


def test_what_an_editor_changed_is_kept():
    Point.objects.filter(code="BL40").update(summary="An editor wrote this.")
    call_command("load_content", verbosity=0)
    assert Point.objects.get(code="BL40").summary == "An editor wrote this."


def test_overwrite_brings_the_file_back_with_its_rows():
    point = Point.objects.get(code="BL40")
    aliases = set(point.aliases.values_list("text", flat=True))
    Point.objects.filter(pk=point.pk).update(summary="An editor wrote this.")
    point.aliases.all().delete()
    call_command("load_content", overwrite=True, verbosity=0)
    point.refresh_from_db()
    assert point.summary != "An editor wrote this."
    assert set(point.aliases.values_list("text", flat=True)) == aliases


def test_what_was_deleted_comes_back():
    Point.objects.get(code="BL57").delete()
    call_command("load_content", verbosity=0)
    assert Point.objects.published().filter(code="BL57").exists()


def test_if_empty_does_nothing_to_a_site_with_articles():
    Point.objects.get(code="BL57").delete()
    call_command("load_content", if_empty=True, verbosity=0)
    assert not Point.objects.filter(code="BL57").exists()


@pytest.mark.parametrize(
    ("edit", "line"),
    [
        (lambda r: r.update(pressure="brutal"), "pressure: "),
        (lambda r: r.update(meridian="XX"), "there is no meridian 'XX'"),
        (lambda r: r.update(nonsense=1), "nonsense"),
        (lambda r: r.pop("indications"), "'indications' is missing"),
        (lambda r: r.update(where=""), "where: Say where the point is."),
        (lambda r: r["aliases"].append({"text": "x", "disputed": True}), "needs a note"),
        (lambda r: r["indications"].append({"symptom": "no-such"}), "no symptom 'no-such'"),
        (lambda r: r["cautions"].update(nobody={"level": "care"}), "no caution group 'nobody'"),
        (lambda r: r.update(hold_seconds_min="soon"), "hold_seconds_min: "),
        (lambda r: r.update(sources=["nowhere"]), "there is no source 'nowhere'"),
        (lambda r: r.update(cautions=["pregnancy"]), "bl57.yaml BL57: "),
    ],
)
def test_a_bad_record_is_named_and_nothing_is_loaded(folder, edit, line):
    Point.objects.filter(code__in=["BL57", "GB30"]).delete()
    change(folder / "points/bl57.yaml", edit)
    content = StarterContent(folder)
    assert not content.load()
    assert len(content.problems) == 1
    assert content.problems[0].startswith("points/bl57.yaml BL57: ")
    assert line in content.problems[0]
    assert not Point.objects.filter(code="GB30").exists()


@pytest.mark.parametrize(
    ("phrase", "line"),
    [
        ("ringing in my ears", "the phrase 'ringing in my ears' stands there twice"),
        ("x" * 101, "at most 100 characters"),
        ("", "cannot be blank"),
    ],
)
def test_a_bad_phrase_is_named(folder, phrase, line):
    Symptom.objects.filter(slug="tinnitus").update(slug="tinnitus-2", name="Other")
    change(
        folder / "symptoms/tinnitus.yaml",
        lambda r: r.update(phrases=["ringing in my ears", phrase]),
    )
    content = StarterContent(folder)
    assert not content.load()
    assert line in content.problems[0]


def test_every_bad_record_gets_its_line(folder):
    Symptom.objects.filter(slug__in=["tinnitus"]).update(slug="tinnitus-2", name="Other")
    Point.objects.filter(code__in=["BL57", "GB30"]).delete()
    (folder / "points/bl57.yaml").write_text("code: [unclosed")
    change(folder / "points/gb30.yaml", lambda r: r.pop("meridian"))
    (folder / "points/zz.yaml").write_text("just words")
    with pytest.raises(CommandError) as error:
        call_command("load_content", root=folder)
    lines = str(error.value).splitlines()
    assert lines[0] == "Nothing was loaded:"
    assert [line.partition(":")[0] for line in lines[1:]] == [
        "points/bl57.yaml",
        "points/gb30.yaml GB30",
        "points/zz.yaml",
    ]


class TestArticleFiles:
    GOOD = (
        "---\ntitle: T\nslug: t\n---\n## One {#one carries=text}\nHello.\n\n"
        "## Two {#two carries=tools}\n"
    )

    def test_sections_in_order(self):
        article = parse_article(self.GOOD)
        assert article["title"] == "T"
        assert [(s["heading"], s["slug"], s["carries"]) for s in article["sections"]] == [
            ("One", "one", "text"),
            ("Two", "two", "tools"),
        ]
        assert article["sections"][0]["body"] == "Hello."

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "## One {#one carries=text}\n",
            "---\ntitle: T\n---\nNo section.",
            "---\ntitle: T\n---\n## Without an anchor\n",
            "---\ntitle: T\n---\n## One {#one carries=text}\n\n## Two\n",
        ],
    )
    def test_other_forms_are_refused(self, text):
        with pytest.raises(BadRecord):
            parse_article(text)


class TestTheContent:
    """What every starter text must hold to."""

    def test_is_complete(self):
        points = Point.objects.published()
        assert points.with_instructions().count() == 29
        assert list(points.filter(reference_only=True).values_list("code", flat=True)) == ["BL48"]
        assert Symptom.objects.published().count() == 41
        first = points.first_points().values_list("code", flat=True)
        assert set(first) == {"BL60", "SI11", "BL23", "BL40", "BL53"}
        places = set(Article.objects.published().values_list("place", flat=True))
        assert places >= {"home", "safety", "sources", "about", "corrections"}

    def test_guide_has_the_promised_length(self):
        guide = Article.objects.get(place="home")
        words = sum(len(section.body.split()) for section in guide.sections.all())
        assert 1800 <= words <= 2500

    def test_every_claim_has_a_source_or_says_what_it_is(self):
        """A studied or traditional use cites; a use of popular guides says so instead."""
        without = [
            str(use)
            for point in Point.objects.prefetch_related("indications__sources")
            for use in point.indications.all()
            if use.basis != "popular" and not use.sources.all()
        ]
        assert without == []

    def test_evidence_above_tradition_cites(self):
        for point in Point.objects.exclude(certainty="tradition-only"):
            assert point.sources.exists(), point

    def test_every_point_is_decided_for_every_group(self):
        groups = set(PointCaution.objects.values_list("group", flat=True))
        for point in Point.objects.prefetch_related("cautions"):
            assert {caution.group_id for caution in point.cautions.all()} == groups, point

    def test_points_avoided_in_pregnancy(self):
        avoided = PointCaution.objects.filter(group__slug="pregnancy", level="avoid")
        assert set(avoided.values_list("point__code", flat=True)) >= {
            *("BL23", "BL25", "BL32", "BL52", "BL53", "BL54", "BL60", "GB21", "GV3", "GV4"),
            *("LI4", "SP6", "EX-B2", "EX-B7"),
        }

    def test_nobody_is_said_to_have_reviewed_anything(self):
        for model in (Article, Point, Symptom):
            assert not model.objects.exclude(reviewed_by="").exists()

    @pytest.mark.parametrize(
        ("code", "names", "disputed"),
        [
            ("BL40", {"Middle Crook"}, {"Zhibian", "Bladder 54", "Lowermost Edge"}),
            ("BL53", {"Bladder Vitals"}, {"Bladder 48", "Yang Gang", "Yang Headrope"}),
            ("SI11", {"Celestial Gathering", "Tian Zong", "Small Intestine 11"}, set()),
            ("BL23", {"Kidney Shu", "Shen Shu", "Bladder 23"}, {"Kidney tonification point"}),
            (
                "BL60",
                {
                    "Kunlun Mountains",
                    "Urinary Bladder 60",
                    "Lower Kunlun Mountains",
                    "Mount Kunlun",
                },
                set(),
            ),
        ],
    )
    def test_the_five_points_have_every_name_they_go_by(self, code, names, disputed):
        point = Point.objects.get(code=code)
        given = {alias.text: alias for alias in point.aliases.all()}
        own = {point.english_name, point.pinyin_plain}
        assert names <= own | {text for text, alias in given.items() if not alias.disputed}
        assert disputed <= {text for text, alias in given.items() if alias.disputed}

    def test_no_page_promises(self):
        """Words of advertising and promise stand nowhere in our own texts."""
        promises = ["miracle", "guarantee", "cures ", "will cure", "proven to heal", "100%"]
        for path in CONTENT.rglob("*.*"):
            text = path.read_text().lower()
            assert [word for word in promises if word in text] == [], path
