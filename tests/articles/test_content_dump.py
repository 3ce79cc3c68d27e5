"""Writing the content out: what comes back is what was there, and the files stay readable."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml
from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import models
from hypothesis import given
from hypothesis import strategies as st

from articles.content_dump import ContentDump, yaml_text
from articles.models import Article, Picture, Section, Tool, YogaPose
from articles.starter_content import StarterContent
from backpain_site.models import Content
from points.models import (
    Alias,
    CautionGroup,
    FigureMarker,
    Meridian,
    Point,
    RedFlag,
    Source,
    SuggestedRoutine,
    Symptom,
    SymptomPhrase,
    WordGroup,
)
from tests.factories import make_article, make_pose, make_symptom, make_tool, make_upload

pytestmark = pytest.mark.django_db
CONTENT = settings.BASE_DIR / "content"
STAMPS = {"id", "created_at", "updated_at", "uploaded_at"}


def content_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if issubclass(model, Content)]


def name_of(thing: models.Model | None) -> str:
    """Return what a record is called whatever its primary key is."""
    keys = ("code", "slug", "key", "image", "name")
    return next((str(getattr(thing, key)) for key in keys if hasattr(thing, key)), "")


def row(instance: models.Model) -> dict:
    values = {}
    for field in instance._meta.fields:
        value = getattr(instance, field.name)
        if field.name in STAMPS or (field.name == "publish_at" and instance.is_published):
            continue
        if field.is_relation:
            value = name_of(value)
        values[field.name] = value.replace("\r\n", "\n") if isinstance(value, str) else str(value)
    for field in instance._meta.many_to_many:
        values[field.name] = sorted(name_of(item) for item in getattr(instance, field.name).all())
    return values


def everything() -> dict[str, list[dict]]:
    """Return every record of the content, field by field."""
    found = {}
    for model in content_models():
        one = [field.name for field in model._meta.fields if field.is_relation]
        many = [field.name for field in model._meta.many_to_many]
        rows = model.objects.select_related(*one).prefetch_related(*many)
        found[model.__name__] = sorted((row(instance) for instance in rows), key=repr)
    return found


def empty_the_database():
    SuggestedRoutine.objects.all().delete()
    Point.objects.all().delete()
    for model in (Tool, YogaPose, Article, Picture, RedFlag, Symptom, CautionGroup):
        model.objects.all().delete()
    for model in content_models():
        model.objects.all().delete()
    assert not any(everything().values())


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def there_and_back(tmp_path: Path) -> dict[str, bytes]:
    """Dump, load the dump into an empty database and dump that: all is as before.

    Return the files of the dump.
    """
    before = everything()
    ContentDump(tmp_path / "first").dump()
    empty_the_database()
    for folder in ("uploads", "pictures"):
        shutil.rmtree(Path(settings.MEDIA_ROOT) / folder, ignore_errors=True)
    loading = StarterContent(tmp_path / "first")
    assert loading.load(), loading.problems
    after = everything()
    for kind, records in before.items():
        assert after[kind] == records, kind
    ContentDump(tmp_path / "second").dump()
    assert files(tmp_path / "first") == files(tmp_path / "second")
    return files(tmp_path / "first")


def test_starter_content_there_and_back(tmp_path):
    there_and_back(tmp_path)


def test_starter_content_says_what_its_own_files_say(tmp_path):
    """Over a copy of `content/` a dump changes no byte: every file says the same already."""
    shutil.copytree(CONTENT, tmp_path / "content")
    dump = ContentDump(tmp_path / "content")
    dump.dump()
    assert files(tmp_path / "content") == files(CONTENT)
    assert dump.kept == len(dump.texts)
    assert dump.removed == dump.left_out == []


def test_what_editors_changed_there_and_back(tmp_path):
    point = Point.objects.get(code="BL40")
    point.find_it = (
        "1. Sit.\r\n2. Bend.\r\n\r\n   - a tab\there\r\n3. Two spaces at the end  \r\nEnd"
    )
    point.evidence = "# not a comment: 'quoted' \"twice\" {flow} [list] & *alias*"
    point.figure_alt = 'Behind the knee: "here"'
    point.dose_note = ""
    point.hold_seconds_min = point.hold_seconds_max = None
    point.status = Point.Status.DRAFT
    point.save()
    point.sources.set(Source.objects.filter(key__in=["nhs", "who2008"]))
    point.cautions.first().delete()
    Alias.objects.create(point=point, text="null", note="Not disputed, with a note.")
    FigureMarker.objects.filter(point=point).update(x="3.0", label_side="top")
    WordGroup.objects.create(name="yes", words="no\n\n12\n a b, c", is_complaint=True)
    Meridian.objects.filter(code="BL").update(other_codes="UB,B; V")
    symptom = make_symptom("Knuckles", status="draft", body_area=None, tier="no_point")
    SymptomPhrase.objects.create(symptom=symptom, text="54")
    Symptom.objects.filter(slug="fatigue").update(
        reviewed_by="Somebody, doctor", reviewed_on=date(2026, 1, 2), review_due=date(2027, 1, 2)
    )
    Tool.objects.filter(slug="acuball").delete()
    make_tool(publish_at=datetime(2999, 1, 2, 3, 4, 5, 678, tzinfo=UTC))
    make_pose(name="Swan, \u2028 half", slug="swan", note="Line\u2029end", order=300)
    found = there_and_back(tmp_path)
    assert "tools/acuball.yaml" not in found
    assert yaml.safe_load(found["points/bl40.yaml"])["status"] == "draft"


def test_sections_however_they_are_written(tmp_path):
    empty_the_database()
    article = make_article("Plain", sections=())
    for order, slug in ((3, "a"), (3, "b"), (9, "c")):
        Section.objects.create(article=article, heading=f"{slug} {{#x}}", slug=slug, order=order)
    tricky = make_article("Tricky", sections=())
    Section.objects.create(
        article=tricky, heading="One", slug="one", order=1, body="Text\n## Not {#a carries=text}"
    )
    make_article("Nothing yet", sections=(), status="draft")
    found = there_and_back(tmp_path)
    assert b"## a {#x} {#a carries=text order=3}\n" in found["articles/plain.md"]
    assert b"sections:\n- heading: One\n" in found["articles/tricky.md"]
    assert b"sections: []\n" in found["articles/nothing-yet.md"]


def test_every_field_of_a_record_comes_back(tmp_path):
    """A field that nobody told the dump about is written all the same."""
    for model in content_models():
        thing = model.objects.first()
        for field in model._meta.fields:
            if type(field) in (models.TextField, models.CharField) and not (
                field.choices or field.unique or not field.editable or field.name == "code"
            ):
                if field.name not in {"reviewed_by", "other_codes"} and thing:
                    setattr(thing, field.name, f"{field.name} of {model.__name__}"[:20])
        if thing:
            thing.save()
    there_and_back(tmp_path)


class TestPictures:
    @pytest.fixture
    def picture(self):
        empty_the_database()
        return Picture.objects.create(
            image=make_upload(), alt_text="A wooden spoon", credit="Ours", kind="photo"
        )

    def test_travel_with_their_files(self, tmp_path, picture):
        make_tool(picture=picture)
        upload = default_storage.save("uploads/in-a-text.webp", make_upload())
        make_pose(steps=f"1. Look: ![A bridge](/media/{upload})")
        found = there_and_back(tmp_path)
        assert {f"media/{picture.image.name}", f"media/{upload}"} <= set(found)
        assert Tool.objects.get(slug="wooden-spoon").picture.width == picture.width > 0
        with default_storage.open(upload) as stored:
            assert stored.read() == found[f"media/{upload}"]

    def test_a_missing_file_is_reported_and_the_rest_loads(self, tmp_path, picture):
        make_tool(picture=picture)
        default_storage.delete(picture.image.name)
        dump = ContentDump(tmp_path / "out")
        dump.dump()
        assert dump.left_out == [
            f"{picture.image.name}: the file is missing, though there is a record of it"
        ]
        empty_the_database()
        assert StarterContent(tmp_path / "out").load()
        assert Tool.objects.get(slug="wooden-spoon").picture is None

    def test_a_file_that_is_no_picture_is_refused(self, tmp_path, picture):
        make_tool(picture=picture)
        ContentDump(tmp_path / "out").dump()
        name = picture.image.name
        (tmp_path / "out/media" / name).write_text("<script>")
        (tmp_path / "out/media/pictures/another.webp").write_bytes(make_upload().read())
        default_storage.delete(name)
        loading = StarterContent(tmp_path / "out")
        assert not loading.load()
        assert loading.problems[0].startswith(f"media/{name}: This file is not a picture")
        assert not default_storage.exists("pictures/another.webp")


class TestAFolderInUse:
    def test_only_what_changed_is_written_and_comments_at_the_top_stay(self, tmp_path):
        root = tmp_path / "content"
        shutil.copytree(CONTENT, root)
        RedFlag.objects.filter(slug="saddle-numbness").update(advice="Call now.")
        Point.objects.get(code="GB34").delete()
        call_command("dump_content", root, verbosity=0)
        before, after = files(CONTENT), files(root)
        assert {name for name in before if before[name] != after.get(name)} == {
            *("red_flags.yaml", "points/gb34.yaml", "figures.yaml"),
        }
        assert "points/gb34.yaml" not in after
        assert after["red_flags.yaml"].startswith(b"# Signs that need medical help")
        figures = yaml.safe_load(after["figures.yaml"])
        there = yaml.safe_load(before["figures.yaml"])
        assert figures["figures"] == there["figures"]
        assert figures["points"]["GB30"] == there["points"]["GB30"]

    def test_a_folder_of_something_else_is_refused(self, tmp_path):
        (tmp_path / "articles").mkdir()
        (tmp_path / "articles/mine.md").write_text("mine")
        with pytest.raises(CommandError, match="holds something else"):
            call_command("dump_content", tmp_path)
        assert files(tmp_path) == {"articles/mine.md": b"mine"}


class TestReadable:
    def test_markdown_in_blocks_and_sentences_folded(self):
        text = yaml_text({"steps": "1. Sit.\n2. Press.\n", "where": "word " * 40 + "end"})
        lines = text.splitlines()
        assert lines[:4] == ["steps: |", "  1. Sit.", "  2. Press.", "where: >-"]
        assert max(len(line) for line in lines) <= 120

    @given(st.text(st.characters(exclude_categories=["Cs"])))
    def test_every_text_is_read_back_as_it_was(self, text):
        for there in ({"a": text}, [{"a": {"b": text}}], {"a": [text]}):
            assert yaml.safe_load(yaml_text(there)) == there

    @given(st.lists(st.sampled_from(["a", " ", "\n", "- ", "#", "'", ":", "\t", "é", "。"])))
    def test_every_mix_of_marks_is_read_back_as_it_was(self, parts):
        text = "".join(parts) + "x" * 91
        there = [{"a": {"b": text, "c": "".join(parts)}}]
        assert yaml.safe_load(yaml_text(there)) == there
