"""Points with their parts, complaints and phrases as CSV or JSON, out of the desk and in again.

Records are found by natural keys, a column that is missing from the file keeps what is there, and
a file is taken as a whole or not at all. What the form refuses is refused here. Nothing is
published: new pages come in as drafts, and a page keeps its state.

Every row leaves with a sign of what it said (`as_exported`). One that came to say something else
since is shown, and written over only when the editor ticks it: a sign holds for parts of pages,
which have no date of change, and does not move when nothing was changed.
"""

import json
import re
from collections.abc import Callable
from hashlib import sha256

import tablib
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from import_export.admin import ImportExportMixin
from import_export.fields import Field
from import_export.formats import base_formats
from import_export.forms import ExportForm
from import_export.resources import Diff, ModelResource
from import_export.tmp_storages import CacheStorage
from import_export.widgets import ForeignKeyWidget, ManyToManyWidget

from backpain_site.desk import ContentAdmin
from backpain_site.history import History
from backpain_site.models import Revision
from backpain_site.snapshots import pieces

from ..models import (
    Alias,
    BodyArea,
    CautionGroup,
    Indication,
    Meridian,
    Point,
    PointCaution,
    Source,
    Symptom,
    SymptomPhrase,
)

# Publishing and review are decided on the page itself, never by a file.
NOT_EXCHANGED = [
    *("id", "status", "publish_at", "withdrawn_reason", "redirect_to", "changed_on"),
    *("reviewed_by", "reviewed_on", "review_scope", "review_due"),
]
STAMPS = ["created_at", "updated_at"]


# What a spreadsheet takes for a formula; the apostrophe before it is how one writes a text.
FORMULA = re.compile(r"'*[=+\-@\t\r]")


class Csv(base_formats.CSV):
    """CSV that runs nothing in a spreadsheet, and comes back exactly as it went."""

    def export_data(self, dataset, **kwargs):
        return super().export_data(in_cells(dataset, escaped), **kwargs)

    def create_dataset(self, in_stream, **kwargs):
        return in_cells(super().create_dataset(in_stream, **kwargs), unescaped)


def escaped(text: str) -> str:
    return f"'{text}" if FORMULA.match(text) else text


def unescaped(text: str) -> str:
    return text[1:] if text.startswith("'") and FORMULA.match(text) else text


def in_cells(dataset: tablib.Dataset, change: Callable[[str], str]) -> tablib.Dataset:
    """Return `dataset` with `change` made in every text."""
    rows = ([change(one) if isinstance(one, str) else one for one in row] for row in dataset)
    return tablib.Dataset(*rows, headers=dataset.headers)


class Records(base_formats.JSON):
    """JSON whose records all have the same keys: a missing one would move its neighbours."""

    def create_dataset(self, in_stream, **kwargs):
        records = json.loads(in_stream)
        if not isinstance(records, list) or not all(isinstance(one, dict) for one in records):
            raise ValueError(_("The file holds no list of records."))
        keys = list(records[0]) if records else []
        if any(set(record) != set(keys) for record in records):
            raise ValueError(_("Every record needs the same keys as the first."))
        ordered = [{key: record[key] for key in keys} for record in records]
        return super().create_dataset(json.dumps(ordered), **kwargs)


class Named(ForeignKeyWidget):
    """Another record by its natural key; one that is not there is named."""

    def clean(self, value, row=None, **kwargs):
        try:
            return super().clean(value, row, **kwargs)
        except self.model.DoesNotExist as error:
            raise ValueError(
                _("There is no %(kind)s “%(key)s”.")
                % {"kind": self.model._meta.verbose_name, "key": value}
            ) from error


class SeveralNamed(ManyToManyWidget):
    """Other records by their natural keys; one that is not there is named, never dropped."""

    def clean(self, value, row=None, **kwargs):
        keys = {key.strip() for key in (value or "").split(",")} - {""}
        found = self.model.objects.filter(**{f"{self.field}__in": keys})
        missing = keys - {getattr(one, self.field) for one in found}
        if missing:
            raise ValueError(
                _("There is no %(kind)s “%(key)s”.")
                % {"kind": self.model._meta.verbose_name, "key": ", ".join(sorted(missing))}
            )
        return found


def named(attribute: str, model, key: str) -> Field:
    return Field(attribute, attribute, widget=Named(model, key))


def sources() -> Field:
    return Field("sources", "sources", widget=SeveralNamed(Source, field="key"))


class WordDiff(Diff):
    """What a row changes, word by word, without the styles that the policy refuses."""

    def __init__(self, resource, instance, new):
        super().__init__(resource, instance, new)
        self.headers = resource.get_diff_headers()

    def as_html(self):
        """Return (column, HTML) of the cells that change."""
        return [
            (header, self.cell(*pieces("" if self.new else str(before), str(after))))
            for header, before, after in zip(self.headers, self.left, self.right, strict=True)
            if str(before) != str(after) or (self.new and after)
        ]

    def cell(self, old, new):
        return format_html(
            "{}{}",
            format_html_join(
                " ", "<del>{}</del>", ([text] for different, text in old if different)
            ),
            format_html_join(
                "",
                "<{0}>{1}</{0}>",
                (("ins" if different else "span", text) for different, text in new),
            ),
        )


class ContentResource(ModelResource):
    """Rows that differ are saved after the checks of the form; the others are left alone."""

    as_exported = Field(column_name="as_exported", readonly=True)

    def sign(self, record) -> str:
        """Return a short text that changes with what an export says of `record`."""
        said = [
            self.export_field(field, record)
            for name, field in self.fields.items()
            if name != "as_exported"
        ]
        return "v" + sha256(json.dumps(said).encode()).hexdigest()[:16]

    def dehydrate_as_exported(self, record) -> str:
        return self.sign(record) if record.pk else ""

    def skip_row(self, instance, original, row, import_validation_errors=None):
        """Leave alone what says the same, and what changed since the file unless it is ticked."""
        if super().skip_row(instance, original, row, import_validation_errors):
            return True
        changed = original.pk and row.get("as_exported") not in {None, "", self.sign(original)}
        row["changed since"] = bool(changed)
        return changed and not self.is_trial and self.key_of(row) not in self.overwrite

    def key_of(self, row) -> str:
        return " ".join(str(row[name]) for name in self._meta.import_id_fields)

    def after_import_row(self, row, row_result, **kwargs):
        row_result.changed_since = self.key_of(row) if row.get("changed since") else ""

    def get_diff_class(self):
        return WordDiff

    def import_data(self, dataset, **kwargs):
        return super().import_data(dataset, **(kwargs | {"rollback_on_validation_errors": True}))

    def before_import_row(self, row, **kwargs):
        self.is_trial, self.overwrite = kwargs["dry_run"], kwargs.get("overwrite", set())
        unknown = [key for key in row if key not in self.fields]
        if unknown:
            raise ValidationError(
                {"__all__": _("There is no column “%(name)s” here.") % {"name": unknown[0]}}
            )

    class Meta:
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True
        use_transactions = True


class PointResource(ContentResource):
    meridian = named("meridian", Meridian, "code")
    body_area = named("body_area", BodyArea, "slug")
    sources = sources()

    class Meta(ContentResource.Meta):
        model = Point
        import_id_fields = ["code"]
        exclude = [
            *(*NOT_EXCHANGED, *STAMPS, "slug", "number"),
            *(field.name for field in Point._meta.fields if field.name.endswith("_html")),
        ]


class SymptomResource(ContentResource):
    body_area = named("body_area", BodyArea, "slug")

    class Meta(ContentResource.Meta):
        model = Symptom
        import_id_fields = ["slug"]
        exclude = [*NOT_EXCHANGED, *STAMPS, "advice_html", "about_html"]


class SymptomPhraseResource(ContentResource):
    symptom = named("symptom", Symptom, "slug")

    class Meta(ContentResource.Meta):
        model = SymptomPhrase
        import_id_fields = ["symptom", "text"]
        exclude = ["id"]


class IndicationResource(ContentResource):
    point = named("point", Point, "code")
    symptom = named("symptom", Symptom, "slug")
    sources = sources()

    class Meta(ContentResource.Meta):
        model = Indication
        import_id_fields = ["point", "symptom"]
        exclude = ["id"]


class AliasResource(ContentResource):
    point = named("point", Point, "code")

    class Meta(ContentResource.Meta):
        model = Alias
        import_id_fields = ["point", "text"]
        exclude = ["id"]


class PointCautionResource(ContentResource):
    point = named("point", Point, "code")
    group = named("group", CautionGroup, "slug")

    class Meta(ContentResource.Meta):
        model = PointCaution
        import_id_fields = ["point", "group"]
        exclude = ["id"]


class ExchangeMixin(ImportExportMixin):
    """Import and export on an admin page, for people who may add and change what it lists."""

    tmp_storage_class = CacheStorage  # The one that keeps line ends as they came.
    import_formats = export_formats = [Csv, Records]
    export_form_class = ExportForm  # The one that chooses columns has inline script and style.
    import_error_display = ("message",)

    def has_import_permission(self, request):
        """A file changes pages that readers see: only who may publish them imports."""
        return all(
            request.user.has_perm(f"points.{action}_{model}")
            for model in ("point", "symptom")
            for action in ("add", "publish")
        )

    def get_import_data_kwargs(self, *, request, **kwargs):
        ticked = {"overwrite": set(request.POST.getlist("overwrite"))}
        return super().get_import_data_kwargs(request=request, **kwargs) | ticked

    def process_dataset(self, dataset, form, request, **kwargs):
        """Import, and keep what every page was before and is after in its history."""
        key = self.resource_classes[0]._meta.import_id_fields[0]
        keeps = isinstance(self, History)
        if keeps:
            for page in self.model.objects.filter(**{f"{key}__in": dataset[key]}):
                self.remember(request, page)
        result = super().process_dataset(dataset, form, request, **kwargs)
        left = [row.changed_since for row in result.valid_rows() if row.is_skip()]
        if left := [key for key in left if key]:
            messages.warning(
                request, _("Left as they are, changed since your file: %s.") % ", ".join(left)
            )
        changed = [row.object_id for row in result.rows if row.import_type in {"new", "update"}]
        if keeps and not (result.has_errors() or result.has_validation_errors()):
            for page in self.model.objects.filter(pk__in=changed):
                self.record_revision(request, page, Revision.Kind.IMPORTED)
        return result

    def has_export_permission(self, request):
        return self.has_view_permission(request)


class RowsAdmin(ExchangeMixin, ContentAdmin):
    """Rows of pages, listed to search, export and import them; changed on the page itself."""

    lists_parts = True

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, row=None):
        return False

    def has_delete_permission(self, request, row=None):
        return False
