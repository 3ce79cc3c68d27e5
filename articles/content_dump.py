"""The content of the database as the text files that `starter_content` loads, for review in git."""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import takewhile
from pathlib import Path

import yaml
from django.core.files.storage import default_storage
from django.db import models

from articles.models import Article, Picture, Section, Tool, YogaPose
from articles.starter_content import BadRecord, parse_article
from backpain_site.images import ADDRESS
from backpain_site.publishing import Publishable
from points.models import (
    Alias,
    BodyArea,
    CautionGroup,
    GlossaryTerm,
    Indication,
    Meridian,
    Point,
    PointCaution,
    RedFlag,
    Source,
    SuggestedRoutine,
    Symptom,
    WordGroup,
)

# The order of the keys of a record. A field that is not named here follows after them.
KEYS: dict[type[models.Model], str] = {
    Meridian: "code name hanzi pinyin other_codes description",
    BodyArea: "name slug order description words",
    Source: "key citation kind year doi url finding checked",
    GlossaryTerm: "term slug other_spellings short explain text",
    WordGroup: "name is_complaint words",
    CautionGroup: "name short_name slug order advice sources words",
    Symptom: "slug name clinical_name tier body_area summary advice about",
    RedFlag: "slug statement action advice order shows_points sources",
    Point: (
        "code reference_only guide_order place_name summary english_name pinyin pinyin_plain "
        "hanzi_traditional hanzi_simplified meridian paired body_area where standard_summary "
        "find_it wrong_place_if position press_with reach pressure hold_seconds_min "
        "hold_seconds_max times_a_day dose_note technique do_not_press_if take_care "
        "traditional_view evidence certainty editor_note sources"
    ),
    Alias: "text kind disputed note",
    Indication: "symptom role basis note sources",
    SuggestedRoutine: "slug name order summary suits before traditional_view",
    Picture: "image alt_text decorative credit kind purpose",
    Tool: (
        "slug name order other_names summary figure what_it_is how_to_use dose easier_version "
        "easier_figure not_if take_care evidence certainty related_points sources"
    ),
    YogaPose: (
        "slug name sanskrit order level summary figure good_for steps breaths what_to_feel "
        "easier_version easier_figure stop_if not_if note evidence certainty related_points sources"
    ),
    Article: "title slug place order summary lede key_points",
    Section: "heading slug carries order body",
}
# Written only when there is something to say.
OPTIONAL = {
    *("reviewed_by", "reviewed_on", "review_scope", "review_due", "publish_at", "changed_on"),
    *("withdrawn_reason", "redirect_to", "picture", "figure", "easier_figure", "is_complaint"),
}
# Kept by the buttons of the desk, not typed.
OF_THE_DESK = {"status", "withdrawn_reason", "redirect_to", "changed_on"}

# What a record is called by in another record.
NATURAL_KEY: dict[type[models.Model], str] = {
    BodyArea: "slug",
    Meridian: "code",
    Picture: "image",
    Point: "code",
    Source: "key",
    Symptom: "slug",
}
# Folders with a file a record, and the end of its name.
FOLDERS = {
    "symptoms": "yaml",
    "points": "yaml",
    "routines": "yaml",
    "tools": "yaml",
    "yoga": "yaml",
    "articles": "md",
    "media/pictures": "*",
    "media/uploads": "*",
}
# Lists of these are sets in the database: their order says nothing.
UNORDERED = {"sources", "related_points"}

UPLOAD = re.compile(re.escape(ADDRESS) + r"(uploads/[\w.-]+)")


class Inline(list):
    """A list written with as many items a line as fit: [ache, sore]."""


class InlineRecord(dict):
    """A record written on one line: {level: 1}."""


class Dumper(yaml.SafeDumper):
    """YAML as people write it: Markdown in blocks, long sentences folded."""

    def ignore_aliases(self, data):
        return True

    def text(self, text: str) -> yaml.ScalarNode:
        if set(text) & {"\x85", "\u2028", "\u2029"}:  # Line ends to YAML, letters to us.
            style = '"'
        elif "\n" in text:
            style = "|"
        else:
            style = ">" if len(text) > 90 else None
        return self.represent_scalar("tag:yaml.org,2002:str", text, style)

    def inline(self, items: Inline) -> yaml.SequenceNode:
        return self.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=True)

    def inline_record(self, record: InlineRecord) -> yaml.MappingNode:
        return self.represent_mapping("tag:yaml.org,2002:map", record.items(), flow_style=True)


Dumper.add_representer(str, Dumper.text)
Dumper.add_representer(Inline, Dumper.inline)
Dumper.add_representer(InlineRecord, Dumper.inline_record)


def yaml_text(data) -> str:
    """Return `data` as YAML that `yaml.safe_load` reads back as the same."""
    return yaml.dump(data, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=112)


def plain(value):
    """Return a value of the database as a file holds it: lines end as in text files."""
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def keys_of(model: type[models.Model]) -> list[str]:
    """Return the names of the fields an editor fills in, in the order of the files."""
    listed = KEYS[model].split()
    fields = [*model._meta.fields, *model._meta.many_to_many]
    return listed + [
        field.name
        for field in fields
        if (field.editable or field.name in OF_THE_DESK)
        and not field.primary_key
        and field.name not in listed
        and not (field.many_to_one and field.remote_field.on_delete is models.CASCADE)
    ]


def record(instance: models.Model) -> dict:
    """Return what a file says about `instance`, other records by their natural keys."""
    values = {}
    for name in keys_of(type(instance)):
        field = instance._meta.get_field(name)
        value = getattr(instance, name)
        if field.many_to_many:
            key = NATURAL_KEY[field.related_model]
            values[name] = [getattr(item, key) for item in in_order(value)]
        elif field.many_to_one:
            key = NATURAL_KEY[field.related_model]
            values[name] = str(getattr(value, key)) if value else None
        elif isinstance(field, models.FileField):
            values[name] = value.name
        else:
            values[name] = plain(value)
    if isinstance(instance, Publishable):
        if instance.status == Publishable.Status.PUBLISHED:
            del values["status"]
        if instance.is_published:
            del values["publish_at"]
    return {key: value for key, value in values.items() if value or key not in OPTIONAL}


def in_order(queryset) -> Iterable[models.Model]:
    """Return the rows in the order they were written, which is that of the files."""
    return queryset.order_by("pk")


def article_text(article: Article) -> str:
    """Return the file of `article`: front matter, then its sections as Markdown.

    Sections that cannot be told apart as Markdown stand in the front matter.
    """
    front = record(article)
    sections = [record(section) for section in article.sections.all()]
    parts = []
    for position, section in enumerate(sections, start=1):
        place = "" if section["order"] == position else f" order={section['order']}"
        attributes = f"{{#{section['slug']} carries={section['carries']}{place}}}"
        parts.append(f"## {section['heading']} {attributes}\n\n{section['body']}".rstrip("\n"))
    text = f"---\n{yaml_text(front)}---\n\n" + "\n\n".join(parts) + "\n"
    try:
        if parse_article(text)["sections"] == sections:
            return text
    except BadRecord:
        pass
    return f"---\n{yaml_text(front | {'sections': sections})}---\n"


def without_order(data):
    """Return parsed `data` with every list whose order says nothing sorted."""
    if isinstance(data, list):
        return [without_order(item) for item in data]
    if isinstance(data, dict):
        return {
            key: sorted(value) if key in UNORDERED and value else without_order(value)
            for key, value in data.items()
        }
    return data


def says_the_same(path: Path, text: str) -> bool:
    """Whether the file at `path` holds the same records as `text`, however it is written."""
    parse = parse_article if path.suffix == ".md" else yaml.safe_load
    try:
        there = parse(path.read_text(encoding="utf-8"))
        return without_order(there) == without_order(parse(text))
    except (FileNotFoundError, yaml.YAMLError, BadRecord, TypeError):
        return False


def comment_above(path: Path) -> str:
    """Return the lines of comment that the file at `path` begins with, '' when there are none."""
    if path.suffix != ".yaml" or not path.exists():
        return ""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(takewhile(lambda line: line.startswith("#"), lines))


class ContentDump:
    """Writes the whole content below `root`, a folder in the shape of `content/`.

    A file that says the same already is left as it is, comments and all; one that is written anew
    keeps the comment at its top. Files of records that are gone are removed. `written` counts
    records by kind, `kept` the files left alone, `removed` names the files taken away, and
    `left_out` says what could not be written.
    """

    def __init__(self, root: Path):
        self.root = root
        self.written: Counter[str] = Counter()
        self.kept = 0
        self.removed: list[str] = []
        self.left_out: list[str] = []
        self.texts: dict[str, str] = {}
        self.media: set[str] = set()

    def dump(self):
        """Read everything, then write it."""
        self.collect()
        for name, text in self.texts.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if says_the_same(path, text):
                self.kept += 1
            else:
                path.write_text(comment_above(path) + text, encoding="utf-8", newline="\n")
        for name in sorted(self.media):
            path = self.root / "media" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with default_storage.open(name) as picture:
                path.write_bytes(picture.read())
        self.remove_others()

    def remove_others(self):
        ours = {*self.texts, *(f"media/{name}" for name in self.media)}
        patterns = [f"{folder}/*.{ending}" for folder, ending in FOLDERS.items()]
        for path in sorted(path for pattern in patterns for path in self.root.glob(pattern)):
            name = path.relative_to(self.root).as_posix()
            if name not in ours:
                path.unlink()
                self.removed.append(name)
        pictures = self.root / "pictures.yaml"
        if "pictures.yaml" not in ours and pictures.exists():
            pictures.unlink()
            self.removed.append("pictures.yaml")

    def collect(self):
        self.list_of("meridians.yaml", Meridian, self.meridian)
        self.list_of("body_areas.yaml", BodyArea, self.with_words)
        self.list_of("sources.yaml", Source, record)
        self.list_of("glossary.yaml", GlossaryTerm, self.term)
        self.list_of("word_groups.yaml", WordGroup, self.with_words)
        self.list_of("caution_groups.yaml", CautionGroup, self.caution_group)
        self.files_of("symptoms", Symptom, self.symptom)
        self.list_of("red_flags.yaml", RedFlag, self.red_flag)
        self.figures()
        self.files_of("points", Point, self.point)
        self.files_of("routines", SuggestedRoutine, self.routine)
        self.pictures()
        self.files_of("tools", Tool, self.tool)
        self.files_of("yoga", YogaPose, self.with_picture)
        for article in in_order(Article.objects):
            self.texts[f"articles/{article.slug}.md"] = article_text(article)
            self.count(Article)
        for text in list(self.texts.values()):
            for name in UPLOAD.findall(text):
                self.add_media(name, "a text shows it")

    def list_of(self, name: str, model: type[models.Model], describe):
        records = [describe(instance) for instance in in_order(model.objects)]
        self.texts[name] = yaml_text(records)
        self.count(model, len(records))

    def files_of(self, folder: str, model: type[models.Model], describe):
        for instance in in_order(model.objects):
            self.texts[f"{folder}/{instance.slug}.yaml"] = yaml_text(describe(instance))
            self.count(model)

    def count(self, model: type[models.Model], number: int = 1):
        self.written[str(model._meta.verbose_name_plural)] += number

    def add_media(self, name: str, why: str) -> bool:
        """Take the uploaded file `name` along; return whether it is there."""
        if default_storage.exists(name):
            self.media.add(name)
            return True
        self.left_out.append(f"{name}: the file is missing, though {why}")
        return False

    # The kinds of record, each in one method.

    def meridian(self, meridian: Meridian) -> dict:
        values = record(meridian)
        return values | {"other_codes": Inline(filter(None, values["other_codes"].split(", ")))}

    def term(self, term: GlossaryTerm) -> dict:
        values = record(term)
        spellings = values["other_spellings"]
        return values | {"other_spellings": Inline(spellings.split("\n") if spellings else [])}

    def with_words(self, thing: BodyArea | WordGroup | CautionGroup) -> dict:
        values = record(thing)
        words = values["words"]
        return values | {"words": Inline(words.split("\n") if words else [])}

    def caution_group(self, group: CautionGroup) -> dict:
        values = self.with_words(group)
        return values | {"sources": Inline(values["sources"])}

    def symptom(self, symptom: Symptom) -> dict:
        return record(symptom) | {"phrases": [row.text for row in in_order(symptom.phrases)]}

    def red_flag(self, flag: RedFlag) -> dict:
        values = record(flag)
        phrases = list(in_order(flag.phrases))
        return values | {
            "sources": Inline(values["sources"]),
            "phrases": Inline(row.text for row in phrases if not row.is_exception),
            "not_phrases": Inline(row.text for row in phrases if row.is_exception),
        }

    def figures(self):
        """Write the markers; what else the file in the folder holds stays as it is."""
        path = self.root / "figures.yaml"
        there = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
        places = {}
        for point in in_order(Point.objects):
            marks = [
                InlineRecord(
                    figure=mark.figure,
                    x=float(mark.x),
                    y=float(mark.y),
                    paired=mark.paired,
                    label=mark.label_side,
                    role=mark.role,
                )
                for mark in in_order(point.markers)
            ]
            if marks or point.figure_alt:
                place = there.get("points", {}).get(point.code, {})
                places[point.code] = place | {"marks": marks, "alt": plain(point.figure_alt)}
        self.texts["figures.yaml"] = yaml_text(there | {"points": places})

    def point(self, point: Point) -> dict:
        values = record(point)
        del values["figure_alt"]
        return values | {
            "aliases": [self.alias(alias) for alias in in_order(point.aliases)],
            "indications": [record(use) for use in in_order(point.indications)],
            "cautions": {
                caution.group.slug: self.caution(caution)
                for caution in in_order(point.cautions.select_related("group"))
            },
        }

    def alias(self, alias: Alias) -> dict:
        values = record(alias)
        if not (alias.disputed or alias.note):
            del values["disputed"], values["note"]
        return values

    def caution(self, caution: PointCaution) -> dict:
        return {"level": caution.level, "reason": plain(caution.reason)}

    def routine(self, routine: SuggestedRoutine) -> dict:
        steps = routine.steps.select_related("point")
        return record(routine) | {"points": Inline(step.point.code for step in steps)}

    def pictures(self):
        """Write the pictures whose file is there, with the file."""
        records = [
            record(picture)
            for picture in in_order(Picture.objects)
            if self.add_media(picture.image.name, "there is a record of it")
        ]
        if records:
            self.texts["pictures.yaml"] = yaml_text(records)
            self.count(Picture, len(records))

    def with_picture(self, thing: Tool | YogaPose) -> dict:
        values = record(thing)
        if values.get("picture") not in self.media:
            values.pop("picture", None)
        return values

    def tool(self, tool: Tool) -> dict:
        values = self.with_picture(tool)
        names = values["other_names"]
        return values | {"other_names": names.split(", ") if names else []}
