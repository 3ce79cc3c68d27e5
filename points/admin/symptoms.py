"""Complaints, and the signs of danger, with the words that readers type for them."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from backpain_site.desk import (
    REVIEW_FIELDS,
    ContentAdmin,
    LinesField,
    keep_lines,
)
from backpain_site.drafting import PageAdmin
from backpain_site.page_forms import PUBLISH_FIELDS, PageForm

from ..models import (
    RedFlag,
    Symptom,
)
from ..search.explain import ordinary_wordings
from .exchange import (
    ExchangeMixin,
    SymptomResource,
)


class SymptomForm(PageForm):
    phrase_lines = LinesField(
        label=_("Search phrases"),
        help_text=_("What readers type when they have this, one a line: done my back in."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            phrases = self.instance.phrases.values_list("text", flat=True)
            self.fields["phrase_lines"].initial = list(phrases)


@admin.register(Symptom)
class SymptomAdmin(ExchangeMixin, PageAdmin):
    resource_classes = [SymptomResource]
    form = SymptomForm
    list_display = ["name", "clinical_name", "tier", "body_area", "state", "is_reviewed"]
    list_filter = ["status", "tier", "body_area"]
    list_select_related = ["body_area"]
    search_fields = ["name", "clinical_name", "phrases__text"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (
            _("Which complaint"),
            {"fields": [("name", "clinical_name"), "slug", ("tier", "body_area"), "summary"]},
        ),
        (_("What the page says"), {"fields": ["advice", "about"]}),
        (_("How readers say it"), {"fields": ["phrase_lines"]}),
        REVIEW_FIELDS,
        PUBLISH_FIELDS,
    ]

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        keep_lines(form.instance.phrases, form.cleaned_data["phrase_lines"])


class RedFlagForm(forms.ModelForm):
    MOST_ORDINARY = 10

    phrase_lines = LinesField(
        required=True,
        label=_("Search phrases"),
        help_text=_("Wordings that mean this sign, one a line. All their words must be typed."),
    )
    harmless_lines = LinesField(
        label=_("Harmless look-alikes"),
        help_text=_("Everyday wordings that must not set it off, one a line: fall asleep."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name, is_exception in (("phrase_lines", False), ("harmless_lines", True)):
                phrases = self.instance.phrases.filter(is_exception=is_exception)
                self.fields[name].initial = list(phrases.values_list("text", flat=True))

    def clean(self):
        cleaned = super().clean()
        both = set(cleaned.get("phrase_lines", [])) & set(cleaned.get("harmless_lines", []))
        if both:
            self.add_error(
                "harmless_lines",
                _("These stand in both lists: %(lines)s.") % {"lines": ", ".join(sorted(both))},
            )
        for line in cleaned.get("phrase_lines", []):
            ordinary = ordinary_wordings(line)
            if len(ordinary) > self.MOST_ORDINARY:
                self.add_error("phrase_lines", self.too_broad(line, ordinary))
        return cleaned

    def too_broad(self, line: str, ordinary: list[str]) -> str:
        return _(
            "“%(line)s” is in %(number)d wordings of ordinary complaints, such as “%(one)s”: all "
            "of them would raise this alarm. Say the sign more precisely."
        ) % {"line": line, "number": len(ordinary), "one": ordinary[0]}


@admin.register(RedFlag)
class RedFlagAdmin(ContentAdmin):
    form = RedFlagForm
    list_display = ["statement", "action", "shows_points", "order"]
    list_filter = ["action"]
    search_fields = ["statement", "phrases__text"]
    autocomplete_fields = ["sources"]
    fieldsets = [
        (
            _("The sign"),
            {"fields": ["statement", "slug", ("action", "shows_points", "order"), "advice"]},
        ),
        (_("How readers say it"), {"fields": ["phrase_lines", "harmless_lines"]}),
        (_("Sources"), {"fields": ["sources"]}),
    ]

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        phrases = form.instance.phrases
        keep_lines(phrases, form.cleaned_data["phrase_lines"], is_exception=False)
        keep_lines(phrases, form.cleaned_data["harmless_lines"], is_exception=True)
