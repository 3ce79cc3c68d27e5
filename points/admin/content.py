from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from backpain_site.desk import (
    PUBLISH_FIELDS,
    REVIEW_FIELDS,
    ContentAdmin,
    LinesField,
    PublishableAdmin,
    keep_lines,
)

from ..models import (
    Alias,
    BodyArea,
    CautionGroup,
    FigureMarker,
    Indication,
    Meridian,
    Point,
    PointCaution,
    RedFlag,
    Source,
    Symptom,
    SymptomPhrase,
    WordGroup,
)
from .exchange import (
    ExchangeMixin,
    IndicationResource,
    PointResource,
    SymptomPhraseResource,
    SymptomResource,
)

admin.site.site_header = _("Back points: the editors’ desk")
admin.site.site_title = _("Editors’ desk")
admin.site.index_title = _("What would you like to edit?")


class AliasInline(admin.StackedInline):
    model = Alias
    extra = 0
    fields = [("text", "kind", "disputed"), "note"]


class IndicationInline(admin.StackedInline):
    model = Indication
    extra = 0
    autocomplete_fields = ["symptom", "sources"]
    fields = [("symptom", "role", "basis"), "note", "sources"]


class PointCautionInline(admin.StackedInline):
    model = PointCaution
    extra = 0
    fields = [("group", "level"), "reason"]

    def get_extra(self, request, obj=None, **kwargs):
        return 0 if obj else CautionGroup.objects.count()


class FigureMarkerInline(admin.StackedInline):
    model = FigureMarker
    extra = 0
    fields = [("role", "figure"), ("x", "y", "paired", "label_side")]


@admin.register(Point)
class PointAdmin(ExchangeMixin, PublishableAdmin):
    resource_classes = [PointResource]
    list_display = ["code", "place_name", "pinyin", "body_area", "state", "is_reviewed"]
    list_display_links = ["code", "place_name"]
    list_filter = ["status", "body_area", "meridian", "certainty", "reference_only"]
    list_select_related = ["body_area", "meridian"]
    search_fields = [
        *("code", "place_name", "english_name", "pinyin", "pinyin_plain"),
        *("hanzi_traditional", "hanzi_simplified", "aliases__text"),
    ]
    autocomplete_fields = ["sources"]
    inlines = [IndicationInline, PointCautionInline, AliasInline, FigureMarkerInline]
    fieldsets = [
        (
            _("Which point"),
            {
                "fields": [
                    ("code", "place_name"),
                    ("english_name", "pinyin", "pinyin_plain"),
                    ("hanzi_traditional", "hanzi_simplified"),
                    ("meridian", "paired"),
                    ("body_area", "guide_order", "reference_only"),
                    "summary",
                ]
            },
        ),
        (
            _("Where it is: a fact"),
            {"fields": ["where", "standard_summary", "find_it", "wrong_place_if", "figure_alt"]},
        ),
        (
            _("How to press"),
            {
                "fields": [
                    ("position", "press_with"),
                    ("reach", "pressure"),
                    ("hold_seconds_min", "hold_seconds_max", "times_a_day"),
                    "dose_note",
                    "technique",
                ]
            },
        ),
        (_("When not to"), {"fields": ["do_not_press_if", "take_care"]}),
        (_("What it is used for: tradition"), {"fields": ["traditional_view"]}),
        (
            _("What is known: evidence"),
            {"fields": ["certainty", "evidence", "sources", "editor_note"]},
        ),
        REVIEW_FIELDS,
        PUBLISH_FIELDS,
    ]

    def get_formset_kwargs(self, request, obj, inline, prefix):
        """Start a new point with a row for every caution group, each "not checked yet"."""
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if obj.pk is None and isinstance(inline, PointCautionInline) and request.method == "GET":
            kwargs["initial"] = [{"group": group.pk} for group in CautionGroup.objects.all()]
        return kwargs


class SymptomForm(forms.ModelForm):
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
class SymptomAdmin(ExchangeMixin, PublishableAdmin):
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


@admin.register(SymptomPhrase)
class SymptomPhraseAdmin(ExchangeMixin, ContentAdmin):
    """All phrases of all complaints, to search, export and import them."""

    resource_classes = [SymptomPhraseResource]
    list_display = ["text", "symptom"]
    list_filter = ["symptom"]
    list_select_related = ["symptom"]
    search_fields = ["text"]
    autocomplete_fields = ["symptom"]


@admin.register(Indication)
class IndicationAdmin(ExchangeMixin, ContentAdmin):
    """All uses of all points, to search, export and import them."""

    resource_classes = [IndicationResource]
    list_display = ["point", "symptom", "role", "basis"]
    list_filter = ["role", "basis", "symptom"]
    list_select_related = ["point", "symptom"]
    search_fields = ["point__code", "symptom__name", "note"]
    autocomplete_fields = ["point", "symptom", "sources"]


class RedFlagForm(forms.ModelForm):
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
        return cleaned


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


@admin.register(CautionGroup)
class CautionGroupAdmin(ContentAdmin):
    list_display = ["name", "short_name", "order"]
    search_fields = ["name", "words"]
    autocomplete_fields = ["sources"]
    prepopulated_fields = {"slug": ["short_name"]}


@admin.register(Source)
class SourceAdmin(ContentAdmin):
    readonly_fields = ["used_by"]
    list_display = ["key", "citation", "kind", "year", "checked"]
    list_filter = ["kind", "checked"]
    search_fields = ["key", "citation", "doi"]

    @admin.display(description=_("used by"))
    def used_by(self, source):
        citing = sorted({str(thing) for thing in source.citing()}) if source.pk else []
        return "; ".join(citing) or _("Nothing: it may be deleted.")

    def has_delete_permission(self, request, obj=None):
        """A source that something cites stays."""
        return super().has_delete_permission(request, obj) and not (obj and obj.is_cited())


@admin.register(Meridian)
class MeridianAdmin(ContentAdmin):
    list_display = ["code", "name", "hanzi", "other_codes"]
    search_fields = ["code", "name"]


@admin.register(BodyArea)
class BodyAreaAdmin(ContentAdmin):
    list_display = ["name", "slug", "order"]
    search_fields = ["name", "words"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(WordGroup)
class WordGroupAdmin(ContentAdmin):
    list_display = ["name", "is_complaint", "words"]
    search_fields = ["name", "words"]
