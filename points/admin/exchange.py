"""Points, complaints, phrases and uses as CSV or JSON, out of the desk and into it again.

Records are found by natural keys, a column that is missing from the file keeps what is there, and
a file is taken as a whole or not at all. What the form refuses is refused here. Nothing is
published: new pages come in as drafts, and a page keeps its state.
"""

import json

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

from ..models import BodyArea, Indication, Meridian, Point, Source, Symptom, SymptomPhrase

# Publishing and review are decided on the page itself, never by a file.
NOT_EXCHANGED = [
    *("id", "status", "publish_at", "withdrawn_reason", "redirect_to", "changed_on"),
    *("reviewed_by", "reviewed_on", "review_scope", "review_due"),
]
STAMPS = ["created_at", "updated_at"]


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

    def as_html(self):
        return [
            format_html(
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
            for old, new in (
                pieces("" if self.new else str(before), str(after))
                for before, after in zip(self.left, self.right, strict=True)
            )
        ]


class ContentResource(ModelResource):
    """Rows that differ are saved after the checks of the form; the others are left alone."""

    def get_diff_class(self):
        return WordDiff

    def import_data(self, dataset, **kwargs):
        return super().import_data(dataset, **(kwargs | {"rollback_on_validation_errors": True}))

    def before_import_row(self, row, **kwargs):
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


class ExchangeMixin(ImportExportMixin):
    """Import and export on an admin page, for people who may add and change what it lists."""

    tmp_storage_class = CacheStorage  # The one that keeps line ends as they came.
    import_formats = export_formats = [base_formats.CSV, Records]
    export_form_class = ExportForm  # The one that chooses columns has inline script and style.
    import_error_display = ("message",)

    def has_import_permission(self, request):
        """A file changes pages that readers see: only who may publish them imports."""
        return all(
            request.user.has_perm(f"points.{action}_{model}")
            for model in ("point", "symptom")
            for action in ("add", "publish")
        )

    def process_dataset(self, dataset, form, request, **kwargs):
        """Import, and keep what every page was before and is after in its history."""
        key = self.resource_classes[0]._meta.import_id_fields[0]
        keeps = isinstance(self, History)
        if keeps:
            for page in self.model.objects.filter(**{f"{key}__in": dataset[key]}):
                self.remember(request, page)
        result = super().process_dataset(dataset, form, request, **kwargs)
        changed = [row.object_id for row in result.rows if row.import_type in {"new", "update"}]
        if keeps and not (result.has_errors() or result.has_validation_errors()):
            for page in self.model.objects.filter(pk__in=changed):
                self.record_revision(request, page, Revision.Kind.ELSEWHERE)
        return result

    def has_export_permission(self, request):
        return self.has_view_permission(request)


class RowsAdmin(ExchangeMixin, ContentAdmin):
    """Rows of pages, listed to search, export and import them; changed on the page itself."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, row=None):
        return False

    def has_delete_permission(self, request, row=None):
        return False
