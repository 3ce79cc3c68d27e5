"""The form and list of points: uses, cautions, names and markers are parts of it."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _

from backpain_site import snapshots
from backpain_site.attention import SAFETY, Need
from backpain_site.desk import REVIEW_FIELDS, ContentInline
from backpain_site.drafting import PageAdmin
from backpain_site.inlines import ChoicesReadOnce, LabelsReadOnce
from backpain_site.models import Draft
from backpain_site.page_forms import PUBLISH_FIELDS, PageForm
from backpain_site.revisions import content_type_of

from ..models import (
    Alias,
    BodyArea,
    CautionGroup,
    FigureMarker,
    Indication,
    Meridian,
    Point,
    PointCaution,
)
from .exchange import (
    ExchangeMixin,
    PointResource,
)
from .figures import FigureMarkerInline, card_crop, drawing


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


class PointCautionForm(forms.ModelForm):
    """A row of the table, whose heads no screen reader says with a field."""

    class Meta:
        widgets = {
            "group": forms.Select(attrs={"aria-label": _("Group")}),
            "level": forms.Select(attrs={"aria-label": _("Level")}),
            "reason": forms.Textarea(
                attrs={"aria-label": _("Reason"), "placeholder": _("Reason"), "rows": 2}
            ),
        }


class PointCautionInline(ChoicesReadOnce, ContentInline):
    """All groups in one table, as each is decided."""

    model = PointCaution
    form = PointCautionForm
    template = "admin/edit_inline/tabular.html"
    classes = ["collapse"]
    starts_open = True
    fields = ["group", "level", "reason"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("point", "group")

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Leave the groups themselves alone: the table is about one point."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "group":
            field.widget.can_add_related = field.widget.can_change_related = False
            field.widget.can_view_related = False
        return field

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

# The shortest hold of the dose that we advise in general: a new point starts with it.
HOUSE_DOSE = {
    "hold_seconds_min": 30,
    "hold_seconds_max": 60,
    "times_a_day": 2,
    "dose_note": _("A careful house default. No dose is proven for this point."),
}


class PointForm(PageForm):
    """The form of a point; its code says the meridian."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["meridian"].required = False
        self.fields["meridian"].help_text = _("Empty: read from the code.")

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("meridian") and cleaned.get("code"):
            cleaned["meridian"] = meridian_of(cleaned["code"])
            if not cleaned["meridian"]:
                self.add_error("meridian", _("We have no meridian of this code: add it first."))
        holds = {"hold_seconds_min", "hold_seconds_max"}
        given = [cleaned.get(name) is not None for name in holds]
        if any(given) and not all(given) and not self.errors.keys() & holds:
            self.add_error("hold_seconds_max", _("Give both holds, or none."))
        return cleaned


def meridian_of(code: str) -> Meridian | None:
    return Meridian.objects.filter(code=code.split("-")[0].rstrip("0123456789")).first()


@admin.register(Point)
class PointAdmin(ExchangeMixin, PageAdmin):
    resource_classes = [PointResource]
    form = PointForm
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
            {"fields": [("code", "place_name"), ("body_area", "paired"), "summary"]},
        ),
        (
            _("Where it is: a fact"),
            {"fields": ["where", "find_it", "wrong_place_if", "figure_alt"]},
        ),
        (
            _("How to press"),
            {
                "fields": [
                    ("pressure", "reach"),
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
            {"fields": ["certainty", "evidence", "sources"]},
        ),
        (
            _("Other names and details"),
            {
                "classes": ["collapse"],
                "fields": [
                    ("english_name", "pinyin", "pinyin_plain"),
                    ("hanzi_traditional", "hanzi_simplified"),
                    ("meridian", "guide_order", "reference_only"),
                    "standard_summary",
                    ("position", "press_with"),
                    "editor_note",
                ],
            },
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

    def stand_in(self, name, field, data):
        """Take a free code of the meridian that was meant, if one was, and no area for an area."""
        if name == "body_area":
            none = BodyArea.objects.get_or_create(
                slug="none", defaults={"name": _("No area chosen")}
            )
            return str(none[0].pk)
        if name != "code":
            return super().stand_in(name, field, data)
        chosen = data.get("meridian", "")
        meridian = (
            meridian_of(data.get("code", ""))
            or Meridian.objects.filter(pk=chosen if snapshots.is_key(chosen) else None).first()
            or Meridian.objects.first()
        )
        start = "EX-B" if meridian.code == "EX" else meridian.code
        taken = set(Point.objects.values_list("code", flat=True))
        return next(code for n in range(99, 0, -1) if (code := f"{start}{n}") not in taken)

    def get_changeform_initial_data(self, request):
        return HOUSE_DOSE

    def first_rows(self, inline):
        """Start a new point with every caution group "not checked yet", and a close-up."""
        if isinstance(inline, PointCautionInline):
            return [{"group": group.pk} for group in CautionGroup.objects.all()]
        if isinstance(inline, FigureMarkerInline):
            return [{"role": FigureMarker.Role.CLOSEUP}]
        return super().first_rows(inline)
