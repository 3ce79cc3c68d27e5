"""Rows of all pages in one list each, to search, export and import them."""

from django.contrib import admin

from ..models import (
    Alias,
    Indication,
    PointCaution,
    SymptomPhrase,
)
from .exchange import (
    AliasResource,
    IndicationResource,
    PointCautionResource,
    RowsAdmin,
    SymptomPhraseResource,
)


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


@admin.register(Alias)
class AliasAdmin(RowsAdmin):
    """All other names of all points, to search, export and import them."""

    resource_classes = [AliasResource]
    list_display = ["text", "point", "kind", "disputed"]
    list_filter = ["kind", "disputed"]
    list_select_related = ["point"]
    search_fields = ["text", "note", "point__code"]


@admin.register(PointCaution)
class PointCautionAdmin(RowsAdmin):
    """What is decided for all points and groups, to search, export and import it."""

    resource_classes = [PointCautionResource]
    list_display = ["point", "group", "level"]
    list_filter = ["level", "group"]
    list_select_related = ["point", "group"]
    search_fields = ["point__code", "reason"]
