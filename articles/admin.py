from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from backpain_site.desk import (
    MOVABLE,
    ORDER_SCRIPT,
    REVIEW_FIELDS,
    ContentAdmin,
    ContentInline,
    LinesField,
)
from backpain_site.drafting import PageAdmin
from backpain_site.page_forms import PUBLISH_FIELDS, PageForm
from points.models import Point

from .drawings import DRAWINGS
from .models import Article, Picture, Section, Tool, YogaPose


class SectionForm(forms.ModelForm):
    class Meta:
        widgets = {"order": admin.widgets.AdminIntegerFieldWidget(attrs=MOVABLE)}


class SectionInline(ContentInline):
    model = Section
    form = SectionForm
    classes = ["collapse"]
    fields = [("heading", "slug"), ("order", "carries"), "body"]
    prepopulated_fields = {"slug": ["heading"]}


class ArticleForm(PageForm):
    """An article; the guide also says which points it starts with."""

    first_points = LinesField(
        label=_("First points"),
        help_text=_("The points the guide starts with, one a line, each by its code: BL40."),
    )

    class Meta:
        widgets = {"key_points": admin.widgets.AdminTextareaWidget(attrs=MOVABLE)}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.place != Article.Place.HOME:
            del self.fields["first_points"]
            return
        field = self.fields["first_points"]
        field.initial = [str(point) for point in Point.objects.first_points()]
        field.widget.attrs |= MOVABLE | {"rows": Point.FIRST_POINTS}

    def clean_first_points(self):
        """Return the points of these lines, in order; None when the field was not in the form."""
        if "first_points" not in self.data:
            return None
        codes = [line.split()[0].upper() for line in self.cleaned_data["first_points"]]
        codes = list(dict.fromkeys(codes))
        if len(codes) > Point.FIRST_POINTS:
            raise forms.ValidationError(
                _("The guide starts with at most %d points.") % Point.FIRST_POINTS
            )
        points = {point.code: point for point in Point.objects.with_instructions()}
        unknown = [code for code in codes if code not in points]
        if unknown:
            raise forms.ValidationError(
                _("No point with instructions has this code: %(codes)s.")
                % {"codes": ", ".join(unknown)}
            )
        return [points[code] for code in codes]


@admin.register(Article)
class ArticleAdmin(PageAdmin):
    title_field = "title"
    form = ArticleForm
    list_display = ["title", "place", "state", "is_reviewed", "updated_at"]
    list_filter = ["status", "place"]
    search_fields = ["title", "lede", "sections__heading", "sections__body"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [SectionInline]

    def has_delete_permission(self, request, obj=None):
        """The guide and the safety page stay: every page links there."""
        linked = obj is not None and obj.is_linked_everywhere
        return super().has_delete_permission(request, obj) and not linked

    def may_choose_first_points(self, request, article) -> bool:
        return (
            article is not None
            and article.place == Article.Place.HOME
            and self.has_change_permission(request, article)
            and request.user.has_perm("points.change_point")
        )

    def get_fieldsets(self, request, obj=None):
        parts = super().get_fieldsets(request, obj)
        if not self.may_choose_first_points(request, obj):
            return parts
        return [parts[0], (_("First points"), {"fields": ["first_points"]}), *parts[1:]]

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        points = form.cleaned_data.get("first_points")
        if points is None or not self.may_choose_first_points(request, form.instance):
            return
        if points != list(Point.objects.first_points()):
            Point.objects.start_guide_with(points)

    class Media:
        js = [ORDER_SCRIPT]

    fieldsets = [
        (
            _("The article"),
            {"fields": ["title", "slug", ("place", "order"), "summary", "lede", "key_points"]},
        ),
        REVIEW_FIELDS,
        PUBLISH_FIELDS,
    ]


class DrawingSelect(forms.Select):
    """A select of drawings, with the one that is chosen below it."""

    def render(self, name, value, attrs=None, renderer=None):
        select = super().render(name, value, attrs, renderer)
        if value not in DRAWINGS:
            return select
        figure = DRAWINGS[value].figure
        return format_html(
            '{}<svg viewBox="0 0 {} {}" width="320" aria-hidden="true">{}</svg>',
            *(select, figure.width, figure.height, figure.markup),
        )


class PracticeForm(PageForm):
    class Meta:
        widgets = {"figure": DrawingSelect, "easier_figure": DrawingSelect}


class PracticeAdmin(PageAdmin):
    form = PracticeForm
    list_display = ["name", "summary", "order", "state", "is_reviewed"]
    autocomplete_fields = ["related_points", "sources", "picture"]
    prepopulated_fields = {"slug": ["name"]}

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Tell the script that shows pictures among the choices where they are."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field and db_field.name == "picture":
            address = reverse("admin:articles_picture_thumbnail", args=[0])
            field.widget.attrs["data-thumbnails"] = address
        return field


EVIDENCE_FIELDS = (
    _("What is known: evidence"),
    {"fields": ["certainty", "evidence", "sources", "related_points", "picture"]},
)


@admin.register(Tool)
class ToolAdmin(PracticeAdmin):
    search_fields = ["name", "other_names"]
    fieldsets = [
        (
            _("The tool"),
            {
                "fields": [
                    ("name", "order"),
                    "slug",
                    "other_names",
                    "summary",
                    "figure",
                    "what_it_is",
                ]
            },
        ),
        (_("How to use it"), {"fields": ["how_to_use", "dose", "easier_version", "easier_figure"]}),
        (_("When not to"), {"fields": ["not_if", "take_care"]}),
        EVIDENCE_FIELDS,
        REVIEW_FIELDS,
        PUBLISH_FIELDS,
    ]


@admin.register(YogaPose)
class YogaPoseAdmin(PracticeAdmin):
    search_fields = ["name", "sanskrit"]
    list_filter = ["status", "level"]
    fieldsets = [
        (
            _("The pose"),
            {
                "fields": [
                    ("name", "sanskrit"),
                    "slug",
                    ("level", "order"),
                    "summary",
                    "figure",
                    "good_for",
                ]
            },
        ),
        (
            _("How to do it"),
            {
                "fields": [
                    "steps",
                    "breaths",
                    "what_to_feel",
                    "easier_version",
                    "easier_figure",
                    "note",
                ]
            },
        ),
        (_("When not to"), {"fields": ["stop_if", "not_if"]}),
        EVIDENCE_FIELDS,
        REVIEW_FIELDS,
        PUBLISH_FIELDS,
    ]


@admin.register(Picture)
class PictureAdmin(ContentAdmin):
    list_display = ["thumbnail", "__str__", "kind", "purpose", "decorative", "credit"]
    list_display_links = ["__str__"]
    list_filter = ["kind", "purpose"]
    search_fields = ["alt_text", "credit"]
    fields = [
        "image",
        "alt_text",
        "decorative",
        "credit",
        ("kind", "purpose"),
        "shown",
        ("focus_x", "focus_y"),
        "used_on",
    ]
    readonly_fields = ["shown", "used_on"]

    class Media:
        js = ["desk/focus.js"]

    @admin.display(description=_("picture"))
    def thumbnail(self, picture):
        return picture.as_thumbnail()

    def get_urls(self):
        view = self.admin_site.admin_view(self.thumbnail_file)
        return [
            path("<int:pk>/thumbnail/", view, name="articles_picture_thumbnail"),
            *super().get_urls(),
        ]

    def thumbnail_file(self, request, pk):
        if not self.has_view_permission(request):
            raise PermissionDenied
        return redirect(get_object_or_404(Picture, pk=pk).smallest_url)

    @admin.display(description=_("picture"))
    def shown(self, picture):
        """Return the place where the script shows the picture and its focus."""
        if not picture.pk:
            return _("Shown here once it is saved.")
        return format_html(
            '<div data-focus-picture="{}" data-width="{}" data-height="{}">{}</div>',
            *(picture.smallest_url, picture.width, picture.height),
            format_html("<noscript>{}</noscript>", picture.as_thumbnail()),
        )

    @admin.display(description=_("used on"))
    def used_on(self, picture):
        users = [link_to(user) for user in picture.users()] if picture.pk else []
        return mark_safe("<br>".join(users)) or _("No page yet.")  # noqa: S308 (made by link_to)

    def get_deleted_objects(self, objs, request):
        """Name the texts that show a picture like the records that Django itself protects."""
        *answer, protected = super().get_deleted_objects(objs, request)
        for picture in objs:
            protected += [link_to(row) for row in picture.texts()]
        return *answer, protected


def link_to(row) -> SafeString:
    """Return the kind and name of `row`, linked to the form that an editor changes it in."""
    if isinstance(row, Section):
        return format_html("{}, {}", link_to(row.article), row)
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    name = capfirst(row._meta.verbose_name)
    return format_html('{}: <a href="{}">{}</a>', name, address, row)
