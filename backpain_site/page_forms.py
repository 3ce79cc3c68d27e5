"""The form of a page: what every page is asked when it is published, and its errors in words."""

from dataclasses import dataclass

from django import forms
from django.forms.utils import ErrorDict
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from . import snapshots
from .models import Draft
from .publishing import Finding, Publishable

PUBLISH_FIELDS = (
    _("Publishing"),
    {"fields": ["publish_at", "minor_edit", "change_note", "reader_note"]},
)


class PageForm(forms.ModelForm):
    """The form of a page, with what is said about the change itself."""

    minor_edit = forms.BooleanField(
        required=False,
        label=_("minor edit"),
        help_text=_("A slip of the pen: the page keeps its date of change, and its review."),
    )
    change_note = forms.CharField(
        required=False,
        max_length=300,
        label=_("note for editors"),
        help_text=_("What changed and why; shown in the history."),
    )
    reader_note = forms.CharField(
        required=False,
        max_length=300,
        label=_("note for readers"),
        help_text=_("When something was wrong: one sentence, listed under Corrections."),
    )
    ABOUT_THE_CHANGE = ("minor_edit", "change_note", "reader_note")

    def clean_publish_at(self):
        publish_at = self.cleaned_data["publish_at"]
        later = publish_at and publish_at > timezone.now()
        if later and self.instance.pk and self.instance.was_live:
            raise forms.ValidationError(
                _("This page is live already; a later time would take it away until then.")
            )
        return publish_at


@dataclass
class Desk:
    """A page on the desk: its record, its draft, and its forms bound to what is shown."""

    request: HttpRequest
    page: Publishable | None
    draft: Draft | None
    form: PageForm
    formsets: list
    inlines: list
    record: dict

    @property
    def base(self) -> str:
        """Return what the form was opened on: changes when anybody saves or publishes."""
        draft = f"{self.draft.pk}.{self.draft.number}" if self.draft else "-"
        return f"{snapshots.fingerprint(self.record)} {draft}"


def hush(form, formsets) -> None:
    """Show bound forms without errors: a draft may be as incomplete as it likes."""
    form._errors, form.cleaned_data = ErrorDict(), {}
    for formset in formsets:
        formset._errors, formset._non_form_errors = [], formset.error_class()
        for row in formset.forms:
            row._errors, row.cleaned_data = ErrorDict(), {}
            formset._errors.append(row._errors)


def errors_of(form, formsets):
    """Yield the errors of bound forms as findings, each with the input it belongs to."""
    yield from errors_of_fields(form, "")
    for formset in formsets:
        group = f"{formset.prefix}-group"
        for sentence in formset.non_form_errors():
            yield Finding(group, sentence)
        for row in formset.forms:
            yield from errors_of_fields(row, group)


def errors_of_fields(form, otherwise: str):
    """Yield the errors of one form; those of no field belong to `otherwise`."""
    for name, errors in form.errors.as_data().items():
        field = form.fields.get(name)
        for error in errors:
            for sentence in error.messages:
                if field and error.code:  # Django's own words do not say which field they mean.
                    sentence = f"{capfirst(str(field.label))}: {sentence}"
                yield Finding(form.add_prefix(name) if field else otherwise, sentence)
