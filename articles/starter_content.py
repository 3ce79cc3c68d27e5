"""The starter content: reviewable files in `content/`, loaded into an empty or existing database."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models, transaction

from articles.models import Article, Section, Tool, YogaPose
from points.models import (
    Alias,
    BodyArea,
    CautionGroup,
    FigureMarker,
    Indication,
    Meridian,
    Point,
    PointCaution,
    RedFlag,
    RedFlagPhrase,
    Source,
    Symptom,
    SymptomPhrase,
    WordGroup,
)

SECTION_HEADING = re.compile(
    r"^## (?P<heading>.+?) \{#(?P<slug>[\w-]+) carries=(?P<carries>\w+)\}\s*$", re.MULTILINE
)


class BadRecord(Exception):
    """A record that cannot be loaded; the text says why, for the person who wrote it."""


def parse_article(text: str) -> dict:
    """Return the front matter of an article file with its `sections`, a list of dictionaries.

    Raises BadRecord when the front matter or a section heading is not in the documented form.
    """
    parts = re.split(r"^---\s*$", text, maxsplit=2, flags=re.MULTILINE)
    if len(parts) != 3 or parts[0].strip():
        raise BadRecord("front matter between two lines of --- is missing")
    article = yaml.safe_load(parts[1])
    headings = list(SECTION_HEADING.finditer(parts[2]))
    if parts[2].count("\n## ") != len(headings) or not headings:
        raise BadRecord("every section starts with ## Heading {#anchor carries=text}")
    ends = [heading.start() for heading in headings[1:]] + [len(parts[2])]
    article["sections"] = [
        heading.groupdict() | {"order": order, "body": parts[2][heading.end() : end].strip()}
        for order, (heading, end) in enumerate(zip(headings, ends, strict=True), start=1)
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

    def load(self) -> bool:
        """Return whether everything was loaded; nothing is when there is a problem."""
        with transaction.atomic():
            for load in (
                self.load_reference,
                self.load_symptoms,
                self.load_red_flags,
                self.load_points,
                self.load_practices,
                self.load_articles,
            ):
                load()
            if self.problems:
                transaction.set_rollback(True)
        return not self.problems

    # The kinds of record, each in one method.

    def load_reference(self):
        for record in self.records("meridians.yaml"):
            record["other_codes"] = ", ".join(record.pop("other_codes", []))
            self.save(Meridian, "code", record)
        for record in self.records("body_areas.yaml"):
            record["words"] = "\n".join(record.pop("words", []))
            self.save(BodyArea, "slug", record)
        for record in self.records("sources.yaml"):
            self.save(Source, "key", record)
        for record in self.records("word_groups.yaml"):
            record["words"] = "\n".join(record["words"])
            self.save(WordGroup, "name", record)
        for record in self.records("caution_groups.yaml"):
            record["words"] = "\n".join(record.pop("words", []))
            self.save(CautionGroup, "slug", record)

    def load_symptoms(self):
        for record in self.records("symptoms/*.yaml"):
            phrases = record.pop("phrases")
            record["body_area"] = self.find(BodyArea, "slug", record.get("body_area"))
            self.save(
                Symptom,
                "slug",
                record,
                lambda symptom, phrases=phrases: [
                    SymptomPhrase(symptom=symptom, text=text) for text in phrases
                ],
            )

    def load_red_flags(self):
        for record in self.records("red_flags.yaml"):
            phrases = [(text, False) for text in record.pop("phrases")]
            phrases += [(text, True) for text in record.pop("not_phrases", [])]
            self.save(
                RedFlag,
                "slug",
                record,
                lambda flag, phrases=phrases: [
                    RedFlagPhrase(red_flag=flag, text=text, is_exception=is_exception)
                    for text, is_exception in phrases
                ],
            )

    def load_points(self):
        places = {}
        for record in self.records("figures.yaml", key="points"):
            places = record
        for record in self.records("points/*.yaml"):
            place = places.get(record["code"], {})
            record["figure_alt"] = place.get("alt", "")
            children = {name: record.pop(name) for name in ("aliases", "indications", "cautions")}
            children["marks"] = place.get("marks", [])
            record["meridian"] = self.find(Meridian, "code", record["meridian"])
            record["body_area"] = self.find(BodyArea, "slug", record["body_area"])
            self.save(
                Point,
                "code",
                record,
                lambda point, children=children: self.point_children(point, **children),
            )

    def point_children(self, point, aliases, indications, cautions, marks) -> Iterator:
        for alias in aliases:
            yield Alias(point=point, **alias)
        for indication in indications:
            indication = dict(indication)
            symptom = self.find(Symptom, "slug", indication.pop("symptom"))
            sources = self.find_all(Source, "key", indication.pop("sources", []))
            yield Indication(point=point, symptom=symptom, **indication), {"sources": sources}
        for slug, caution in cautions.items():
            group = self.find(CautionGroup, "slug", slug)
            yield PointCaution(point=point, group=group, **caution)
        for mark in marks:
            mark = dict(mark)
            label = mark.pop("label", "right")
            yield FigureMarker(point=point, label_side=label, **mark)

    def load_practices(self):
        for model, pattern in ((Tool, "tools/*.yaml"), (YogaPose, "yoga/*.yaml")):
            for record in self.records(pattern):
                if "other_names" in record:
                    record["other_names"] = ", ".join(record["other_names"])
                self.save(model, "slug", record)

    def load_articles(self):
        for record in self.records("articles/*.md"):
            sections = record.pop("sections")
            self.save(
                Article,
                "slug",
                record,
                lambda article, sections=sections: [
                    Section(article=article, **section) for section in sections
                ],
            )

    # How a record is read, found and saved.

    def records(self, pattern: str, key: str | None = None) -> Iterator[dict]:
        """Yield the records of the files matching `pattern`, or the one below `key` in a file."""
        for self.path in sorted(self.root.glob(pattern)):
            self.record = {}
            text = self.path.read_text(encoding="utf-8")
            try:
                data = parse_article(text) if self.path.suffix == ".md" else yaml.safe_load(text)
            except (yaml.YAMLError, BadRecord) as error:
                self.problem(str(error).replace("\n", " "))
                continue
            if key:
                data = data[key]
            for self.record in data if isinstance(data, list) else [data]:
                try:
                    yield dict(self.record)
                except (KeyError, TypeError, ValueError) as error:
                    self.problem(f"{type(error).__name__}: {error}")

    def save(
        self,
        model: type[models.Model],
        key: str,
        values: dict,
        children: Callable[[models.Model], Iterator] | None = None,
    ):
        """Create the record found by `key` with its children, or keep the one that exists."""
        kind = model._meta.verbose_name_plural
        instance = model.objects.filter(**{key: values.get(key)}).first()
        if instance and not self.overwrite:
            self.kept[str(kind)] += 1
            return
        try:
            with transaction.atomic():
                self.write(model, instance or model(), values, children)
        except (BadRecord, FieldDoesNotExist) as error:
            self.problem(str(error))
        except ValidationError as error:
            for field, messages in error.message_dict.items():
                self.problem(f"{field}: {' '.join(messages)}")
        else:
            self.created[str(kind)] += 1

    def write(self, model, instance, values, children):
        related = {}
        if issubclass(model, (Article, Point, Symptom, Tool, YogaPose)):
            instance.status = "published"
        for name, value in values.items():
            field = model._meta.get_field(name)
            if field.many_to_many:
                key = "key" if field.related_model is Source else "code"
                related[name] = self.find_all(field.related_model, key, value)
            else:
                empty = None if field.null else ""
                setattr(instance, name, empty if value is None else value)
        instance.full_clean()
        instance.save()
        for name, objects in related.items():
            getattr(instance, name).set(objects)
        if children is None:
            return
        for relation in instance._meta.related_objects:
            if relation.on_delete is models.CASCADE and not relation.many_to_many:
                getattr(instance, relation.get_accessor_name()).all().delete()
        for child in children(instance):
            child, child_related = child if isinstance(child, tuple) else (child, {})
            try:
                child.full_clean()
            except ValidationError as error:
                raise BadRecord(f"{child._meta.verbose_name} {child}: {error}") from error
            child.save()
            for name, objects in child_related.items():
                getattr(child, name).set(objects)

    def find(self, model: type[models.Model], key: str, value) -> models.Model | None:
        if value is None:
            return None
        found = model.objects.filter(**{key: value}).first()
        if found is None:
            self.problem(f"there is no {model._meta.verbose_name} {value!r}")
        return found

    def find_all(self, model, key, values) -> list[models.Model]:
        return [found for value in values or [] if (found := self.find(model, key, value))]

    def problem(self, text: str):
        name = self.record.get("code") or self.record.get("slug") or self.record.get("key") or ""
        self.problems.append(f"{self.path.relative_to(self.root)} {name}: {text}")
