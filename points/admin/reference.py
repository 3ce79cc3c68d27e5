"""What points, complaints and texts refer to."""

from django.contrib import admin
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from backpain_site.desk import (
    ContentAdmin,
)

from ..models import (
    BodyArea,
    CautionGroup,
    Meridian,
    Source,
    WordGroup,
)


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
