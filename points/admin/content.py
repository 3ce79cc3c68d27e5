from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q
from django.shortcuts import redirect
from django.urls import path
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from backpain_site import snapshots
from backpain_site.attention import SAFETY, Need
from backpain_site.desk import (
    REVIEW_FIELDS,
    ContentAdmin,
    ContentInline,
    LinesField,
    keep_lines,
)
from backpain_site.drafting import PUBLISH_FIELDS, PageAdmin, PageForm
from backpain_site.inlines import ChoicesReadOnce, LabelsReadOnce
from backpain_site.models import Draft
from backpain_site.revisions import content_type_of

from ..models import (
    Alias,
    BodyArea,
    CautionGroup,
    FigureMarker,
    GlossaryTerm,
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
from ..search.explain import ordinary_wordings
from .exchange import (
    ExchangeMixin,
    IndicationResource,
    PointResource,
    RowsAdmin,
    SymptomPhraseResource,
    SymptomResource,
)
from .figures import FigureMarkerInline, card_crop, drawing

admin.site.site_header = _("Back points: the editors’ desk")
admin.site.site_title = _("Editors’ desk")
admin.site.index_title = _("What would you like to edit?")


class AliasInline(ContentInline):
    model = Alias
    classes = ["collapse"]
    fields = [("text", "kind", "disputed"), "note"]


class IndicationInline(ChoicesReadOnce, ContentInline):
    model = Indication
    classes = ["collapse"]
    fields = [("symptom", "role", "basis"), "note", "sources"]

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows.select_related("point", "symptom").prefetch_related("sources")

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs["widget"] = LabelsReadOnce(db_field, self.admin_site)
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class PointCautionInline(ChoicesReadOnce, ContentInline):
    model = PointCaution
    classes = ["collapse"]
    fields = [("group", "level"), "reason"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("point", "group")

    def get_extra(self, request, obj=None, **kwargs):
        return 0 if obj else CautionGroup.objects.count()


def without_decision(model, user) -> Q:
    """Return the points that some caution group finds undecided, or decided "not checked"."""
    decided = PointCaution.objects.filter(
        point=OuterRef(OuterRef("pk")), group=OuterRef("pk")
    ).exclude(level=PointCaution.Level.NOT_CHECKED)
    return Q(Exists(CautionGroup.objects.filter(~Exists(decided))))


def without_dose(model, user) -> Q:
    dose = Q(pressure="") | Q(hold_seconds_min=None) | Q(times_a_day=None)
    return Q(reference_only=False) & dose


def without_source(model, user) -> Q:
    return ~Q(Exists(Point.sources.through.objects.filter(point=OuterRef("pk"))))


def without_closeup(model, user) -> Q:
    closeups = FigureMarker.objects.filter(role=FigureMarker.Role.CLOSEUP)
    return ~Q(Exists(closeups.filter(point=OuterRef("pk"))))


POINT_NEEDS = [
    Need("decision", SAFETY, _("A caution group not decided"), without_decision),
    Need("dose", SAFETY, _("No dose"), without_dose),
    Need("source", SAFETY, _("No source"), without_source),
    Need("closeup", SAFETY, _("No marker on a close-up"), without_closeup),
]


# What a similar point does not share with the one it starts from: names, place, sources, review.
NOT_SHARED = {
    *("code", "place_name", "english_name", "pinyin", "pinyin_plain"),
    *("hanzi_traditional", "hanzi_simplified", "guide_order", "figure_alt", "sources"),
    *("reviewed_by", "reviewed_on", "review_scope", "review_due"),
    *("publish_at_0", "publish_at_1", *PageForm.ABOUT_THE_CHANGE),
}
ROWS_NOT_SHARED = {"aliases", "markers"}


@admin.register(Point)
class PointAdmin(ExchangeMixin, PageAdmin):
    resource_classes = [PointResource]
    title_field = "place_name"
    needs = [*PageAdmin.needs, *POINT_NEEDS]
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

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("figures/<slug:slug>.svg", view(drawing, cacheable=True), name="points_figure"),
            path("figures/<slug:slug>.json", view(card_crop), name="points_card_crop"),
            path("<path:object_id>/similar/", view(self.similar_view), name="points_point_similar"),
            *super().get_urls(),
        ]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if "guide_order" in form.changed_data:
            first = ", ".join(point.code for point in Point.objects.first_points())
            messages.info(request, _("The guide starts with: %(codes)s.") % {"codes": first})

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        extra = {}
        if object_id and self.has_add_permission(request):
            extra["similar_url"] = self.address("similar", object_id)
        return super().changeform_view(request, object_id, form_url, extra | (extra_context or {}))

    def similar_view(self, request, object_id):
        """Make the draft of a new point from this one, as it is drafted or as it is."""
        if request.method != "POST" or not self.has_add_permission(request):
            raise PermissionDenied
        point = self.page_or_404(request, object_id)
        desk = self.opened(request, *self.find(request, str(point.pk)))
        snapshot = desk.draft.snapshot if desk.draft else desk.record
        draft = Draft.objects.create(
            content_type=content_type_of(Point),
            title=str(_("Like %s") % point)[:200],
            snapshot=snapshots.copied(snapshot, NOT_SHARED, ROWS_NOT_SHARED),
            author=request.user,
        )
        messages.success(
            request,
            _("A new draft, like %s. Give it its code, names, place and sources.") % point,
        )
        messages.warning(
            request, _("The cautions are copied too: check every group for the new place.")
        )
        return redirect(self.address_of(None, draft))

    def first_rows(self, inline):
        """Start a new point with a row for every caution group, each "not checked yet"."""
        if isinstance(inline, PointCautionInline):
            return [{"group": group.pk} for group in CautionGroup.objects.all()]
        return super().first_rows(inline)


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


@admin.register(GlossaryTerm)
class GlossaryTermAdmin(PageAdmin):
    title_field = "term"
    list_display = ["term", "short", "explain", "state", "is_reviewed"]
    list_filter = ["status", "explain"]
    search_fields = ["term", "other_spellings", "short", "text"]
    prepopulated_fields = {"slug": ["term"]}
    fieldsets = [
        (_("Which word"), {"fields": [("term", "slug"), "other_spellings"]}),
        (_("What it means"), {"fields": ["short", "explain", "text"]}),
        REVIEW_FIELDS,
        PUBLISH_FIELDS,
    ]


@admin.register(SymptomPhrase)
class SymptomPhraseAdmin(RowsAdmin):
    """All phrases of all complaints, to search, export and import them."""

    resource_classes = [SymptomPhraseResource]
    list_display = ["text", "symptom"]
    list_filter = ["symptom"]
    list_select_related = ["symptom"]
    search_fields = ["text"]


@admin.register(Indication)
class IndicationAdmin(RowsAdmin):
    """All uses of all points, to search, export and import them."""

    resource_classes = [IndicationResource]
    list_display = ["point", "symptom", "role", "basis"]
    list_filter = ["role", "basis", "symptom"]
    list_select_related = ["point", "symptom"]
    search_fields = ["point__code", "symptom__name", "note"]


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
    list_display = ["name", "is_complaint", "in_a_line"]
    search_fields = ["name", "words"]

    @admin.display(description=_("words"))
    def in_a_line(self, group):
        return Truncator(", ".join(group.word_list)).chars(200)
