"""A form with its inlines as plain data: what drafts and revisions keep, compare and replay.

A snapshot is JSON: `fields` maps every input of the form to its list of posted texts; `rows` maps
the prefix of every inline to its rows, each with the `pk` of a saved record ("" for a new one)
and the `fields` of its form. It holds what was typed, valid or not. Inputs that a snapshot does
not know, because a field was added since, keep what the record has.
"""

import difflib
import hashlib
import json
import re
from dataclasses import dataclass
from typing import NamedTuple

from django import forms
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

Snapshot = dict
# Comparing takes time with the product of both lengths: this is a tenth of a second.
MOST_PAIRS = 500_000
WORDS = re.compile(r"\s+|[^\s]+")


def inputs(widget: forms.Widget, name: str) -> list[str]:
    """Return the names under which `widget` posts the field `name`."""
    widget = getattr(widget, "widget", widget)  # The admin wraps choices of related records.
    if isinstance(widget, forms.MultiWidget):
        return [name + suffix for suffix in widget.widgets_names]
    return [name]


def shown(widget: forms.Widget, name: str, value) -> dict[str, list[str]]:
    """Return what a browser would post from `widget` showing `value`."""
    widget = getattr(widget, "widget", widget)
    if isinstance(widget, forms.MultiWidget):
        parts = value if isinstance(value, list | tuple) else widget.decompress(value)
        texts = {}
        for part, suffix, one in zip(widget.widgets, widget.widgets_names, parts, strict=True):
            texts |= shown(part, name + suffix, one)
        return texts
    if isinstance(widget, forms.CheckboxInput):
        return {name: ["on"] if widget.check_test(value) else []}
    formatted = widget.format_value(value)
    if isinstance(formatted, list | tuple):
        return {name: [str(one) for one in formatted if one not in {None, ""}]}
    return {name: ["" if formatted is None else str(formatted)]}


def without_nul(data: QueryDict) -> QueryDict:
    """Return `data` with � for NUL, which no browser types and PostgreSQL does not keep."""
    kept = data.copy()
    for name, texts in data.lists():
        kept.setlist(name, [text.replace("\0", "\ufffd") for text in texts])
    return kept


def own_fields(form: forms.BaseForm, formset=None) -> list[str]:
    """Return the fields of a row that say something, without those that Django manages."""
    if formset is None:
        return list(form.fields)
    managed = {formset.fk.name, formset._pk_field.name, DELETION_FIELD_NAME}
    return [name for name in form.fields if name not in managed]


def form_shown(form, formset=None) -> dict[str, list[str]]:
    fields = {}
    for name in own_fields(form, formset):
        fields |= shown(form.fields[name].widget, name, form[name].value())
    return fields


def form_posted(form, formset=None) -> dict[str, list[str]]:
    fields = {}
    for name in own_fields(form, formset):
        field = form.fields[name]
        for entry in inputs(field.widget, name):
            texts = form.data.getlist(form.add_prefix(entry))
            if isinstance(field, forms.ModelChoiceField):
                texts = [text for text in texts if not text or is_key(text)]
            fields[entry] = texts
    return fields


def is_key(text: str) -> bool:
    """Return whether `text` may be the key of a record: no browser sends anything else."""
    return text.isascii() and text.isdecimal() and len(text) < 19


def of_record(form, formsets) -> Snapshot:
    """Return the snapshot of the record that unbound `form` and `formsets` show."""
    return {
        "fields": form_shown(form),
        "rows": {
            formset.prefix: [
                {"pk": str(row.instance.pk), "fields": form_shown(row, formset)}
                for row in formset.initial_forms
            ]
            for formset in formsets
        },
    }


def of_post(form, formsets) -> Snapshot:
    """Return the snapshot of what was posted to bound `form` and `formsets`, valid or not."""
    rows = {}
    for formset in formsets:
        if not formset.management_form.is_valid():
            continue  # Cut short on its way: nothing was said of these rows.
        rows[formset.prefix] = kept = []
        for number, row in enumerate(formset.forms):
            key = row.add_prefix(formset._pk_field.name)
            if row.data.get(row.add_prefix(DELETION_FIELD_NAME)):
                continue
            if number >= formset.initial_form_count() and not row.has_changed():
                continue
            kept.append({"pk": row.data.get(key, ""), "fields": form_posted(row, formset)})
    return {"fields": form_posted(form), "rows": rows}


def as_post(snapshot: Snapshot, record: Snapshot, formsets) -> QueryDict:
    """Return the POST that turns the record, whose own snapshot is `record`, into `snapshot`.

    Rows the record has lost become new ones; rows it has gained are deleted.
    """
    post = QueryDict(mutable=True)
    for name, texts in (record["fields"] | known(snapshot["fields"], record["fields"])).items():
        post.setlist(name, texts)
    for formset in formsets:
        there = {row["pk"]: row["fields"] for row in record["rows"].get(formset.prefix, ())}
        wanted = snapshot["rows"].get(formset.prefix)
        if wanted is None:  # The inline was added since.
            wanted = [{"pk": pk, "fields": fields} for pk, fields in there.items()]
        blank = form_shown(formset.empty_form, formset)
        saved = {row["pk"]: row["fields"] for row in wanted if row["pk"] in there}
        rows = [(pk, there[pk] | known(saved.get(pk, {}), blank), pk not in saved) for pk in there]
        rows += [
            ("", blank | known(row["fields"], blank), False)
            for row in wanted
            if row["pk"] not in there
        ]
        post[f"{formset.prefix}-TOTAL_FORMS"] = str(len(rows))
        post[f"{formset.prefix}-INITIAL_FORMS"] = str(len(there))
        for number, (pk, fields, is_gone) in enumerate(rows):
            start = f"{formset.prefix}-{number}-"
            post[start + formset._pk_field.name] = pk
            if is_gone:
                post[start + DELETION_FIELD_NAME] = "on"
            for name, texts in fields.items():
                post.setlist(start + name, texts)
    return post


def known(fields: dict, template: dict) -> dict:
    """Return those of `fields` that still exist."""
    return {name: texts for name, texts in fields.items() if name in template}


def without_keys(snapshot: Snapshot) -> Snapshot:
    """Return `snapshot` as it would be for a record that does not exist yet."""
    rows = {prefix: [row | {"pk": ""} for row in rows] for prefix, rows in snapshot["rows"].items()}
    return {"fields": snapshot["fields"], "rows": rows}


def copied(snapshot: Snapshot, fields: set[str], prefixes: set[str]) -> Snapshot:
    """Return `snapshot` for a new record, without the inputs `fields` and the rows of `prefixes`.

    Left out in rows too: a use copied without its sources names none.
    """
    new = without_keys(snapshot)
    rows = {
        prefix: [row | {"fields": kept(row["fields"], fields)} for row in rows]
        for prefix, rows in new["rows"].items()
        if prefix not in prefixes
    }
    return {"fields": kept(new["fields"], fields), "rows": rows}


def kept(fields: dict, without: set[str]) -> dict:
    return {name: texts for name, texts in fields.items() if name not in without}


def same(one: Snapshot, other: Snapshot) -> bool:
    return fingerprint(one) == fingerprint(other)


def fingerprint(snapshot: Snapshot) -> str:
    """Return a short text that changes with `snapshot`, not with line endings."""
    text = json.dumps(snapshot, sort_keys=True).replace("\\r\\n", "\\n")
    return hashlib.sha256(text.encode()).hexdigest()[:20]


@dataclass(frozen=True)
class Change:
    """A field that differs: its label, and both texts in pieces of (is different, text).

    `key` names what `merged` takes as a whole: a field of the form, or a row.
    """

    key: str
    label: str
    before: list[tuple[bool, str]]
    after: list[tuple[bool, str]]


def compare(old: Snapshot, new: Snapshot, form, formsets) -> list[Change]:
    """Return what differs between two snapshots, in the order and words of the form."""
    changes = field_changes(old["fields"], new["fields"], form)
    for formset in formsets:
        title = capfirst(str(formset.model._meta.verbose_name))
        blank = formset.empty_form
        before, after = (keyed(side["rows"].get(formset.prefix, ())) for side in (old, new))
        for key in dict.fromkeys([*before, *after]):
            fields = [side.get(key, {"fields": {}})["fields"] for side in (before, after)]
            if fields[0] == fields[1]:
                continue
            name = row_name(fields[1] or fields[0], blank, formset)
            row = Row(f"{formset.prefix} {key}", f"{title} {name}: ", formset)
            changes += field_changes(*fields, blank, row)
    return changes


def merged(mine: Snapshot, theirs: Snapshot, keys: set[str], form) -> Snapshot:
    """Return `mine`, but what `keys` (each of a `Change` between the two) name as in `theirs`."""
    fields = dict(mine["fields"])
    for name in keys & form.fields.keys():
        for entry in inputs(form.fields[name].widget, name):
            fields[entry] = theirs["fields"].get(entry, [])
    rows = {}
    for prefix in mine["rows"] | theirs["rows"]:
        ours, others = (keyed(side["rows"].get(prefix, ())) for side in (mine, theirs))
        rows[prefix] = [
            (others if f"{prefix} {key}" in keys else ours)[key]
            for key in dict.fromkeys([*ours, *others])
            if key in (others if f"{prefix} {key}" in keys else ours)
        ]
    return {"fields": fields, "rows": rows}


def keyed(rows: list[dict]) -> dict[str, dict]:
    """Return `rows` by what makes them the same row: the record, or the texts of a new one.

    In the order of their names, because a database may keep another order than the form's.
    """
    found = {}
    for row in rows:
        texts = (" ".join(row["fields"][name]).strip() for name in sorted(row["fields"]))
        key = row["pk"] or "new " + " ".join(filter(None, texts))
        while key in found:
            key += "+"
        found[key] = row
    return found


class Row(NamedTuple):
    key: str
    start: str
    formset: forms.BaseFormSet


def row_name(fields: dict, form, formset) -> str:
    """Return what an editor calls a row: the text of its first field."""
    name = own_fields(form, formset)[0]
    return f"“{readable(form.fields[name], fields.get(name, []))}”"


def field_changes(old: dict, new: dict, form, row: Row | None = None) -> list[Change]:
    changes = []
    for name in own_fields(form, row and row.formset):
        field = form.fields[name]
        entries = inputs(field.widget, name)
        before, after = (
            [text for entry in entries for text in side.get(entry, [])] for side in (old, new)
        )
        if before == after:  # Names of records cost a query each.
            continue
        texts = [readable(field, before), readable(field, after)]
        if texts[0] != texts[1]:
            label = capfirst(str(field.label or name.replace("_", " ")))
            key, start = (row.key, row.start) if row else (name, "")
            changes.append(Change(key, f"{start}{label}", *pieces(*texts)))
    return changes


def readable(field: forms.Field, texts: list[str]) -> str:
    """Return posted `texts` in an editor's words: names of records and choices, yes and no."""
    if isinstance(field, forms.BooleanField):
        return _("yes") if texts else _("no")
    if isinstance(field, forms.ModelChoiceField):
        keys = filter(is_key, texts)
        return ", ".join(str(one) for one in field.queryset.filter(pk__in=keys))
    if isinstance(field, forms.ChoiceField):
        names = {str(value): str(label) for value, label in field.choices}
        return ", ".join(names.get(text, text) for text in texts)
    return " ".join(texts).replace("\r\n", "\n").strip()


def pieces(before: str, after: str) -> tuple[list[tuple[bool, str]], list[tuple[bool, str]]]:
    """Return both texts cut into (is different, text): at words, long ones at lines."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    if len(old) * len(new) > MOST_PAIRS:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    if len(old) * len(new) > MOST_PAIRS:
        return [(True, before)], [(True, after)]
    left, right = [], []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, start, end, other_start, other_end in matcher.get_opcodes():
        if start < end:
            left.append((kind != "equal", "".join(old[start:end])))
        if other_start < other_end:
            right.append((kind != "equal", "".join(new[other_start:other_end])))
    return left, right
