"""The starter content: reviewable files in `content/`, loaded into the database."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import yaml
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import models, transaction

from articles.models import Article, Picture, Section, Tool, YogaPose
from backpain_site.images import check_upload, derive
from backpain_site.publishing import Publishable
from points.models import (
    Alias,
    BodyArea,
    CautionGroup,
    FigureMarker,
    GlossaryTerm,
    Indication,
    Meridian,
    Point,
    PointCaution,
    RedFlag,
    RedFlagPhrase,
    RoutineStep,
    Source,
    SuggestedRoutine,
    Symptom,
    SymptomPhrase,
    WordGroup,
)

SECTION_HEADING = re.compile(
    r"^## (?P<heading>.+?) "
    r"\{#(?P<slug>[\w-]+) carries=(?P<carries>\w+)(?: order=(?P<order>\d+))?\}\s*$",
    re.MULTILINE,
)

# What a record is called by in a problem line.
NATURAL_KEYS = ("code", "slug", "key", "name", "image")


class BadRecord(Exception):
    """A record that cannot be loaded; the text says why, for the person who wrote it."""


def parse_article(text: str) -> dict:
    """Return the front matter of an article file with its `sections`, a list of dictionaries.

    The sections are read from the Markdown, unless the front matter holds them. Raises BadRecord
    when the front matter or a section heading is not in the documented form.
    """
    parts = re.split(r"^---\s*$", text, maxsplit=2, flags=re.MULTILINE)
    if len(parts) != 3 or parts[0].strip():
        raise BadRecord("front matter between two lines of --- is missing")
    article = yaml.safe_load(parts[1])
    if isinstance(article, dict) and "sections" in article and not parts[2].strip():
        return article
    headings = list(SECTION_HEADING.finditer(parts[2]))
    if parts[2].count("\n## ") != len(headings) or not headings:
        raise BadRecord("every section starts with ## Heading {#anchor carries=text}")
    ends = [heading.start() for heading in headings[1:]] + [len(parts[2])]
    article["sections"] = [
        heading.groupdict()
        | {
            "order": int(heading["order"] or position),
            "body": parts[2][heading.end() : end].strip(),
        }
        for position, (heading, end) in enumerate(zip(headings, ends, strict=True), start=1)
    ]
    return article


class StarterContent:
    """Loads the files below `root`; keeps what exists unless `overwrite`.

    `created` and `kept` count records by kind. `problems` holds a line for every bad record; any
    problem leaves the database as it was.
    """

    def __init__(self, root: Path, overwrite: bool = False):
        self.root = root
        self.overwrite = overwrite
        self.created: Counter[str] = Counter()
        self.kept: Counter[str] = Counter()
        self.problems: list[str] = []
        self.places: dict[str, dict] = {}
        self.stored: list[str] = []

    def load(self) -> bool:
        """Return whether everything was loaded; nothing is when there is a problem."""
        with transaction.atomic():
            self.each("meridians.yaml", self.load_meridian)
            self.each("body_areas.yaml", self.load_body_area)
            self.each("sources.yaml", self.load_source)
            self.each("glossary.yaml", self.load_term)
            self.each("word_groups.yaml", self.load_word_group)
            self.each("caution_groups.yaml", self.load_caution_group)
            self.each("symptoms/*.yaml", self.load_symptom)
            self.each("red_flags.yaml", self.load_red_flag)
            self.each("figures.yaml", self.load_places)
            self.each("points/*.yaml", self.load_point)
            self.each("routines/*.yaml", self.load_routine)
            self.store_media()
            self.each("pictures.yaml", self.load_picture)
            self.each("tools/*.yaml", self.load_tool)
            self.each("yoga/*.yaml", self.load_pose)
            self.each("articles/*.md", self.load_article)
            if self.problems:
                transaction.set_rollback(True)
                for name in self.stored:
                    default_storage.delete(name)
        return not self.problems

    def each(self, pattern: str, load: Callable[[dict], None]):
        """Hand every record of the files matching `pattern` to `load`; note the bad ones."""
        for path in sorted(self.root.glob(pattern)):
            self.where = str(path.relative_to(self.root))
            text = path.read_text(encoding="utf-8")
            try:
                data = parse_article(text) if path.suffix == ".md" else yaml.safe_load(text)
            except (yaml.YAMLError, BadRecord) as error:
                self.problem(str(error).replace("\n", " "))
                continue
            for record in data if isinstance(data, list) else [data]:
                self.load_one(path, record, load)

    def load_one(self, path: Path, record: dict, load: Callable[[dict], None]):
        self.where = str(path.relative_to(self.root))
        if not isinstance(record, dict):
            self.problem(f"not a record: {str(record)[:60]!r}")
            return
        name = next((record[key] for key in NATURAL_KEYS if key in record), "")
        self.where = f"{self.where} {name}".strip()
        try:
            load(dict(record))
        except KeyError as error:
            self.problem(f"the key {error} is missing")
        except ValidationError as error:
            for field, messages in error.message_dict.items():
                self.problem(f"{field}: {' '.join(messages)}")
        except (BadRecord, FieldDoesNotExist, AttributeError, TypeError, ValueError) as error:
            self.problem(str(error))

    # The kinds of record, each in one method.

    def load_meridian(self, record: dict):
        record["other_codes"] = ", ".join(record.pop("other_codes", []))
        self.save(Meridian, "code", record)

    def load_body_area(self, record: dict):
        record["words"] = "\n".join(record.pop("words", []))
        self.save(BodyArea, "slug", record)

    def load_source(self, record: dict):
        self.save(Source, "key", record)

    def load_term(self, record: dict):
        record["other_spellings"] = "\n".join(record.pop("other_spellings", []))
        self.save(GlossaryTerm, "slug", record)

    def load_word_group(self, record: dict):
        record["words"] = "\n".join(record["words"])
        self.save(WordGroup, "name", record)

    def load_caution_group(self, record: dict):
        record["words"] = "\n".join(record.pop("words", []))
        self.save(CautionGroup, "slug", record)

    def load_symptom(self, record: dict):
        phrases = record.pop("phrases")
        area = record.get("body_area")
        record["body_area"] = self.find(BodyArea, "slug", area) if area else None
        self.save(Symptom, "slug", record, lambda: [SymptomPhrase(text=text) for text in phrases])

    def load_red_flag(self, record: dict):
        phrases = [(text, False) for text in record.pop("phrases")]
        phrases += [(text, True) for text in record.pop("not_phrases", [])]
        self.save(
            RedFlag,
            "slug",
            record,
            lambda: [RedFlagPhrase(text=text, is_exception=harmless) for text, harmless in phrases],
        )

    def load_places(self, record: dict):
        """Keep the places on the figures for the points, which are loaded after them."""
        self.places = record["points"]

    def load_point(self, record: dict):
        place = self.places.get(record["code"], {})
        record["figure_alt"] = place.get("alt", "")
        children = {name: record.pop(name) for name in ("aliases", "indications", "cautions")}
        record["meridian"] = self.find(Meridian, "code", record["meridian"])
        record["body_area"] = self.find(BodyArea, "slug", record["body_area"])
        self.save(
            Point,
            "code",
            record,
            lambda: self.point_children(**children, marks=place.get("marks", [])),
        )

    def point_children(self, aliases, indications, cautions, marks) -> Iterator:
        for alias in aliases:
            yield Alias(**alias)
        for indication in indications:
            indication = dict(indication)
            symptom = self.find(Symptom, "slug", indication.pop("symptom"))
            sources = [self.find(Source, "key", key) for key in indication.pop("sources", [])]
            yield Indication(symptom=symptom, **indication), {"sources": sources}
        for slug, caution in cautions.items():
            yield PointCaution(group=self.find(CautionGroup, "slug", slug), **caution)
        for mark in marks:
            mark = mark | {"x": str(mark["x"]), "y": str(mark["y"])}
            yield FigureMarker(label_side=mark.pop("label", "right"), **mark)

    def load_routine(self, record: dict):
        codes = record.pop("points")
        self.save(SuggestedRoutine, "slug", record, lambda: self.routine_steps(codes))

    def routine_steps(self, codes: list[str]) -> Iterator[RoutineStep]:
        for order, code in enumerate(codes, start=1):
            yield RoutineStep(point=self.find(Point, "code", code), order=order)

    def store_media(self):
        """Put the uploaded files below `media/` where uploads are kept, under the same names."""
        folder = self.root / "media"
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = path.relative_to(folder).as_posix()
            self.where = f"media/{name}"
            if default_storage.exists(name):
                continue
            with path.open("rb") as file:
                try:
                    check_upload(File(file))
                except ValidationError as error:
                    self.problem(" ".join(error.messages))
                    continue
                self.stored.append(default_storage.save(name, File(file)))
            derive(name)

    def load_picture(self, record: dict):
        if not default_storage.exists(record["image"]):
            raise BadRecord(f"there is no file media/{record['image']}")
        self.save(Picture, "image", record)

    def find_picture(self, record: dict):
        if "picture" in record:
            name = record["picture"]
            record["picture"] = self.find(Picture, "image", name) if name else None

    def load_tool(self, record: dict):
        record["other_names"] = ", ".join(record.pop("other_names", []))
        self.find_picture(record)
        self.save(Tool, "slug", record)

    def load_pose(self, record: dict):
        self.find_picture(record)
        self.save(YogaPose, "slug", record)

    def load_article(self, record: dict):
        sections = record.pop("sections")
        self.save(Article, "slug", record, lambda: [Section(**section) for section in sections])

    # How a record is found and saved.

    def save(
        self,
        model: type[models.Model],
        key: str,
        values: dict,
        children: Callable[[], Iterable] = tuple,
    ):
        """Create the record found by `key` with its children, or keep the one that exists."""
        kind = str(model._meta.verbose_name_plural)
        instance = model.objects.filter(**{key: values[key]}).first()
        if instance and not self.overwrite:
            self.kept[kind] += 1
            return
        with transaction.atomic():
            instance = self.write(instance or model(), values)
            self.replace_children(instance, children())
        self.created[kind] += 1

    def write(self, instance: models.Model, values: dict) -> models.Model:
        related = {}
        if isinstance(instance, Publishable):
            instance.status = Publishable.Status.PUBLISHED
        for name, value in values.items():
            field = instance._meta.get_field(name)
            if field.many_to_many:
                key = "key" if field.related_model is Source else "code"
                related[name] = [self.find(field.related_model, key, item) for item in value or []]
            else:
                empty = None if field.null else ""
                setattr(instance, name, empty if value is None else value)
        instance.full_clean()
        instance.save()
        for name, objects in related.items():
            getattr(instance, name).set(objects)
        return instance

    def replace_children(self, instance: models.Model, children: Iterable):
        """Make `children` (rows, or pairs of a row and its many-to-many values) the only ones."""
        owner = {}
        for relation in instance._meta.related_objects:
            if relation.on_delete is models.CASCADE and not relation.many_to_many:
                owner[relation.related_model] = relation.field.name
                getattr(instance, relation.get_accessor_name()).all().delete()
        phrases: dict[str, SymptomPhrase | RedFlagPhrase] = {}
        for child in children:
            child, related = child if isinstance(child, tuple) else (child, {})
            setattr(child, owner[type(child)], instance)
            if isinstance(child, SymptomPhrase | RedFlagPhrase):
                # Thousands: checked without the database, which is asked once for all of them.
                child.clean_fields(exclude=[owner[type(child)]])
                if phrases.setdefault(child.text, child) is not child:
                    raise BadRecord(f"the phrase {child.text!r} stands there twice")
                continue
            try:
                child.full_clean()
            except ValidationError as error:
                raise BadRecord(f"{child._meta.verbose_name} {child}: {error}") from error
            child.save()
            for name, objects in related.items():
                getattr(child, name).set(objects)
        if phrases:
            type(child).objects.bulk_create(phrases.values())

    def find(self, model: type[models.Model], key: str, value: str) -> models.Model:
        """Return the record with `value` in its field `key`; BadRecord when there is none."""
        found = model.objects.filter(**{key: value}).first()
        if found is None:
            raise BadRecord(f"there is no {model._meta.verbose_name} {value!r}")
        return found

    def problem(self, text: str):
        self.problems.append(f"{self.where}: {text}")
