"""The desk's suggested routines."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from backpain_site.desk import MOVABLE, ORDER_SCRIPT, REVIEW_FIELDS, ContentInline
from backpain_site.drafting import PageAdmin
from backpain_site.inlines import ChoicesReadOnce
from backpain_site.page_forms import PUBLISH_FIELDS

from ..models import Point, RoutineStep, SuggestedRoutine


class RoutineStepForm(forms.ModelForm):
    class Meta:
        widgets = {"order": admin.widgets.AdminIntegerFieldWidget(attrs=MOVABLE)}


class RoutineStepInline(ChoicesReadOnce, ContentInline):
    model = RoutineStep
    form = RoutineStepForm
    fields = [("point", "order")]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("point", "routine")

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "point":
            kwargs["queryset"] = Point.objects.with_instructions()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(SuggestedRoutine)
class SuggestedRoutineAdmin(PageAdmin):
    list_display = ["name", "summary", "order", "state", "is_reviewed"]
    search_fields = ["name", "summary", "suits"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [RoutineStepInline]
    fieldsets = [
        (_("Which routine"), {"fields": ["name", "slug", "order", "summary", "suits"]}),
        (_("What the page says"), {"fields": ["before", "traditional_view"]}),
        REVIEW_FIELDS,
        PUBLISH_FIELDS,
    ]

    class Media:
        js = [ORDER_SCRIPT]
