"""The desk's glossary."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from backpain_site.desk import REVIEW_FIELDS
from backpain_site.drafting import PageAdmin
from backpain_site.page_forms import PUBLISH_FIELDS

from ..models import GlossaryTerm


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
