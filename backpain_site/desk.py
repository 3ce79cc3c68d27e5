"""What the admin pages of both apps share: Markdown fields, review and publishing, phrases."""

from django import forms
from django.contrib import admin
from django.db import models
from django.utils.translation import gettext_lazy as _
from markdownx.widgets import AdminMarkdownxWidget

from .markdown import MarkdownField

REVIEW_FIELDS = (
    _("Review"),
    {
        "fields": [("reviewed_by", "reviewed_on"), "review_due"],
        "description": _("Until a clinician is named here, the page says it was not reviewed."),
    },
)
PUBLISH_FIELDS = (_("Publishing"), {"fields": [("status", "publish_at")]})


class LabelledDateTime(admin.widgets.AdminSplitDateTime):
    """Django's pair of fields, each with the name that a screen reader says."""

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        for part, label in zip(
            context["widget"]["subwidgets"], (_("Date"), _("Time")), strict=True
        ):
            part["attrs"]["aria-label"] = label
        return context


class ContentAdmin(admin.ModelAdmin):
    formfield_overrides = {
        MarkdownField: {"widget": AdminMarkdownxWidget},
        models.DateTimeField: {"widget": LabelledDateTime},
        models.URLField: {"assume_scheme": "https"},
    }

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Leave out the crosses that delete the chosen record itself, right beside its field."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and hasattr(field.widget, "can_delete_related"):
            field.widget.can_delete_related = False
        return field

    class Media:
        css = {"all": ["desk/desk.css"]}
        js = ["desk/desk.js", "desk/pictures.js"]


class PublishableAdmin(ContentAdmin):
    """Drafts and published pages, with where each stands in the list."""

    list_filter = ["status"]
    date_hierarchy = "updated_at"
    save_on_top = True

    @admin.display(description=_("status"), ordering="status")
    def state(self, page):
        return page.state

    @admin.display(description=_("reviewed"), ordering="reviewed_on", empty_value=_("not yet"))
    def is_reviewed(self, page):
        return page.reviewed_on


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
            if len(line) > 100:
                raise forms.ValidationError(
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
