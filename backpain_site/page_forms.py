"""The form of a page: what every page is asked when it is published, and its errors in words."""

from copy import copy
from dataclasses import dataclass

from django import forms
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from . import snapshots
from .models import Draft
from .publishing import Finding, Publishable
from .scheduling import LEAD

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
        label=_("Note for readers"),
        help_text=_("When something was wrong: one sentence, listed under Corrections."),
    )
    ABOUT_THE_CHANGE = ("minor_edit", "change_note", "reader_note")
    # When the changes of a live page are to appear, if later than now.
    changes_at = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.was_live = self.instance.is_published
        if self.instance.pk and "publish_at" in self.fields:
            self.fields["publish_at"].help_text = _(
                "The page, or the change of a live one, appears by itself at this time. "
                "Empty means at once."
            )

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
