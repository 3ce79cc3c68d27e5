"""The form of a page: what every page is asked when it is published, and its errors in words."""

from copy import copy
from dataclasses import dataclass

from django import forms
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms.utils import ErrorDict
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from . import snapshots
from .characters import check_characters
from .models import Draft
from .publishing import Finding, Publishable
from .scheduling import LEAD

NEEDED = _("Needed to publish.")
TIME = ("publish_at_0", "publish_at_1")
LAST_YEAR = 2100
PUBLISH_FIELDS = (
    _("Publishing"),
    {"fields": ["publish_at", "minor_edit", "change_note", "reader_note"]},
)


class PageForm(forms.ModelForm):
    """The form of a page, with what is said about the change itself."""

    minor_edit = forms.BooleanField(
        required=False,
        label=_("Minor edit"),
        help_text=_("A slip of the pen: the page keeps its date of change, and its review."),
    )
    change_note = forms.CharField(
        required=False,
        max_length=300,
        label=_("Note for editors"),
        help_text=_("What changed and why; shown in the history."),
    )
    reader_note = forms.CharField(
        required=False,
        max_length=300,
        validators=[check_characters],
        label=_("Note for readers"),
        help_text=_("When something was wrong: one sentence, listed under Corrections."),
    )
    ABOUT_THE_CHANGE = ("minor_edit", "change_note", "reader_note")
    # When the changes of a live page are to appear, if later than now.
    changes_at = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.was_live = self.instance.is_published
        needed = self._meta.model().missing_to_publish()
        for name, field in self.fields.items():
            if name in needed or (field.required and field.initial is None):
                field.help_text = f"{field.help_text} {NEEDED}".strip()
        if self.instance.pk and "publish_at" in self.fields:
            self.fields["publish_at"].help_text = _(
                "The page, or the change of a live one, appears by itself at this time. "
                "Empty means at once."
            )

    def add_error(self, field, error):
        """Keep one sentence a field: what a page lacks is not said of an input that is wrong."""
        if field is None and hasattr(error, "error_dict"):
            wrong = self.errors.keys() - {NON_FIELD_ERRORS}
            found = error.update_error_dict({})
            error = ValidationError({key: found[key] for key in found.keys() - wrong})
        super().add_error(field, error)

    def clean_publish_at(self):
        """Take a later time of a live page for its changes: the page itself stays."""
        publish_at, now = self.cleaned_data["publish_at"], timezone.now()
        appeared = self.instance.publish_at
        if not appeared or appeared > now:
            appeared = None
        if publish_at in {None, appeared and appeared.replace(microsecond=0)}:
            return appeared
        if publish_at <= now:
            raise ValidationError(_("This time is past: leave it empty to publish now."))
        if publish_at.year > LAST_YEAR:
            raise ValidationError(_("Choose a time before the year %d.") % (LAST_YEAR + 1))
        if not self.was_live:
            return publish_at
        if publish_at < now + LEAD:
            raise ValidationError(
                _("Choose a time at least %(minutes)d minutes from now, or none.")
                % {"minutes": LEAD.total_seconds() / 60}
            )
        self.changes_at = publish_at
        return appeared


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
    live_at: str
    has_appeared: bool

    @property
    def there(self) -> dict:
        """Return the snapshot that a save would write over."""
        return self.draft.snapshot if self.draft else self.record

    @property
    def own_time(self) -> dict[str, list[str]]:
        """Return the inputs of the time at which the page itself appeared, or is to appear."""
        return {name: self.record["fields"][name] for name in TIME}

    def hide_past_time(self) -> None:
        """Show no time where the page has appeared: what is asked for is a time to come.

        Snapshots keep the time; `with_past_time` puts it back into what is posted without.
        """
        if not self.has_appeared:
            return
        if not self.form.is_bound:
            self.form["publish_at"].initial = None
        elif all(self.form.data.getlist(name) == self.own_time[name] for name in TIME):
            self.form.data = self.form.data.copy()
            for name in TIME:
                self.form.data[name] = ""

    def with_past_time(self, fields: dict) -> dict:
        """Return posted `fields` with the time at which the page appeared, if they name none."""
        named = any(text for name in TIME for text in fields.get(name, ()))
        return fields | self.own_time if self.has_appeared and not named else fields

    @property
    def base(self) -> str:
        """Return what the form was opened on: changes when anybody saves or publishes."""
        draft = f"{self.draft.pk}.{self.draft.number}" if self.draft else "-"
        return f"{snapshots.fingerprint(self.record)} {draft}"


class StandIn:
    """Somebody who may see every field of a form, when it is replayed for nobody in particular."""

    pk = None
    is_active = is_staff = True
    is_authenticated = False

    def has_perm(self, permission, thing=None) -> bool:
        return True


def silent(request: HttpRequest) -> HttpRequest:
    """Return a copy of `request` whose messages nobody sees."""
    quiet = copy(request)
    quiet._messages = CookieStorage(quiet)
    return quiet


def hush(form, formsets) -> None:
    """Show bound forms without errors: a draft may be as incomplete as it likes."""
    form._errors, form.cleaned_data = ErrorDict(), {}
    for formset in formsets:
        formset._errors, formset._non_form_errors = [], formset.error_class()
        for row in formset.forms:
            row._errors, row.cleaned_data = ErrorDict(), {}
            formset._errors.append(row._errors)


def errors_of(form, formsets):
    """Yield the errors of bound forms in the order of the page, each with its input."""
    yield from errors_of_fields(form, "")
    for formset in formsets:
        for sentence in formset.non_form_errors():
            yield Finding(f"{formset.prefix}-group", sentence)
        name = capfirst(formset.model._meta.verbose_name)
        for number, row in enumerate(formset.forms, start=1):
            yield from errors_of_fields(row, row.prefix, f"{name} {number}: ")


def errors_of_fields(form, otherwise: str, start: str = ""):
    """Yield the errors of one form, a sentence once; those of no field belong to `otherwise`."""
    said = set()
    for name in [*form.fields, NON_FIELD_ERRORS]:
        field = form.fields.get(name)
        for error in form.errors.as_data().get(name, ()):
            for sentence in error.messages:
                if sentence in said:
                    continue
                said.add(sentence)
                if field and error.code not in {None, "required"}:
                    # Django's own words do not say which field they mean.
                    sentence = f"{capfirst(str(field.label))}: {sentence}"
                place = field and snapshots.inputs(field.widget, form.add_prefix(name))[0]
                yield Finding(place or otherwise, f"{start}{sentence}")


def put_beside(form, formsets, findings: list[Finding]) -> None:
    """Make those `findings` that stop publishing errors of the validated forms.

    A field that has an error keeps that one sentence; so do rows, which were read without the
    wrong ones.
    """
    right = {f"{formset.prefix}-group": formset for formset in formsets if formset.is_valid()}
    rows = {f"{formset.prefix}-group" for formset in formsets}
    for finding in findings:
        if not finding.stops:
            continue
        if finding.field in right:
            right[finding.field].non_form_errors().append(finding.sentence)
        elif finding.field not in rows | form.errors.keys():
            form.add_error(finding.field or None, finding.sentence)
