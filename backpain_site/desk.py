"""What the admin pages of both apps share: Markdown fields, review and publishing, phrases."""

from contextlib import suppress

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.forms.models import BaseInlineFormSet
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from markdownx.widgets import AdminMarkdownxWidget

from .characters import check_characters
from .markdown import LONGEST_TEXT, MarkdownField
from .page_forms import errors_of
from .publishing import Publishable

REVIEW_FIELDS = (
    _("Review"),
    {
        "fields": [("reviewed_by", "reviewed_on"), ("review_scope", "review_due")],
        "description": _("Until a clinician is named here, the page says it was not reviewed."),
    },
)
# A few paragraphs; lists of words may be as long as a Markdown text.
LONGEST_PLAIN_TEXT = 3_000
# Marks fields whose rows or lines the script can move.
MOVABLE = {"data-movable": ""}
ORDER_SCRIPT = forms.Script("desk/order.js", type="module")


class LabelledDateTime(admin.widgets.AdminSplitDateTime):
    """Django's pair of fields, each with the name that a screen reader says."""

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        for part, label in zip(
            context["widget"]["subwidgets"], (_("Date"), _("Time")), strict=True
        ):
            part["attrs"]["aria-label"] = label
        return context


class OfferedRows:
    """Shows again only what it can have offered; Django's own fails on any other text."""

    def optgroups(self, name, value, attr=None):
        numbers = [one for one in value if str(one).isdecimal() and len(str(one)) < 19]
        return super().optgroups(name, numbers, attr)


class SearchedRow(OfferedRows, AutocompleteSelect):
    pass


class SearchedRows(OfferedRows, AutocompleteSelectMultiple):
    pass


class DeskFields:
    """The fields of forms and inlines: Markdown with preview, times with names, calm links."""

    formfield_overrides = {
        MarkdownField: {"widget": AdminMarkdownxWidget},
        models.DateTimeField: {"widget": LabelledDateTime},
        models.URLField: {"assume_scheme": "https"},
    }

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Say what to write, and leave out the crosses that delete the chosen record itself.

        Pages are made and changed as drafts, which a small window cannot show.
        """
        chosen = db_field.choices or db_field.is_relation
        words = _("Choose the %s.") if chosen else _("Write the %s.")
        sentences = {"required": words % db_field.verbose_name}
        kwargs["error_messages"] = sentences | kwargs.get("error_messages", {})
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if type(db_field) is models.TextField:
            longest = LONGEST_TEXT if db_field.name == "words" else LONGEST_PLAIN_TEXT
            field.validators.append(MaxLengthValidator(longest))
        if field and hasattr(field.widget, "can_delete_related"):
            field.widget.can_delete_related = False
            if issubclass(db_field.related_model, Publishable):
                field.widget.can_add_related = field.widget.can_change_related = False
        return field

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", SearchedRow(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", SearchedRows(db_field, self.admin_site))
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class ContentAdmin(DeskFields, admin.ModelAdmin):
    # Whether it lists parts of pages, which go with their page whoever deletes that.
    lists_parts = False

    def laid_out(self, request, template: str, **context) -> TemplateResponse:
        """Return a page of the desk beside the forms, from `templates/admin/`."""
        common = {**self.admin_site.each_context(request), "opts": self.opts}
        return TemplateResponse(request, f"admin/{template}", common | context)

    def render_change_form(self, request, context, **kwargs):
        """List what is wrong in a form above it, in the order of its fields."""
        formsets = [inline.formset for inline in context["inline_admin_formsets"]]
        context["findings"] = errors_of(context["adminform"].form, formsets)
        return super().render_change_form(request, context, **kwargs)

    def get_deleted_objects(self, objs, request):
        """Leave out the rows that only tie two records: they have no name that an editor knows."""
        shown, counts, needed, protected = super().get_deleted_objects(objs, request)
        everything = apps.get_models(include_auto_created=True)
        ties = [model._meta for model in everything if model._meta.auto_created]
        starts = tuple(f"{capfirst(tie.verbose_name)}: " for tie in ties)
        names = {tie.verbose_name_plural for tie in ties}
        counted = {kind: number for kind, number in counts.items() if kind not in names}
        parts = {
            model._meta.verbose_name
            for model, model_admin in self.admin_site._registry.items()
            if getattr(model_admin, "lists_parts", False)
        }
        return without(shown, starts), counted, needed - parts, protected

    class Media:
        css = {"all": ["desk/desk.css"]}
        js = [
            "desk/desk.js",
            "desk/pictures.js",
            forms.Script("desk/contents.js", type="module"),
            forms.Script("desk/typed.js", type="module"),
        ]


def without(lines: list, starts: tuple[str, ...]) -> list:
    """Return nested `lines` but those that begin with one of `starts`."""
    return [
        without(line, starts) if isinstance(line, list) else line
        for line in lines
        if isinstance(line, list) or not line.startswith(starts)
    ]


class Rows(BaseInlineFormSet):
    """Rows of which one that is there twice says so itself."""

    def validate_unique(self):
        with suppress(ValidationError):  # Django says it once more above all rows.
            super().validate_unique()

    def get_form_error(self):
        return self.model._meta.total_unique_constraints[0].get_violation_error_message()


class ContentInline(DeskFields, admin.StackedInline):
    formset = Rows
    extra = 0
    # More rows than any page needs; each costs time in every form and comparison.
    max_num = 150
    # Whether a new page shows its rows at once: those that every page needs.
    starts_open = False

    def get_formset(self, request, obj=None, **kwargs):
        if self.starts_open and obj is None:
            self.classes = []
        kwargs |= {"absolute_max": self.max_num, "validate_max": True}
        return super().get_formset(request, obj, **kwargs)


class LinesField(forms.CharField):
    """Texts one a line, as editors think of phrases; a list in Python."""

    widget = admin.widgets.AdminTextareaWidget

    def __init__(self, *, required=False, **kwargs):
        super().__init__(required=required, **kwargs)
        self.widget.attrs["rows"] = 12

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value):
        lines = [line.strip() for line in super().clean(value).splitlines()]
        lines = list(dict.fromkeys(line for line in lines if line))
        for line in lines:
            check_characters(line)
            if len(line) > 100:
                raise ValidationError(
                    _("“%(start)s…” is too long: at most 100 characters a line.")
                    % {"start": line[:40]}
                )
        return lines


def keep_lines(related, lines: list[str], **values):
    """Make the rows of `related` that have `values` say exactly `lines` in their `text`."""
    related.filter(**values).exclude(text__in=lines).delete()
    if values:
        related.filter(text__in=lines).exclude(**values).update(**values)
    there = set(related.filter(text__in=lines).values_list("text", flat=True))
    for line in lines:
        if line not in there:
            related.create(text=line, **values)
