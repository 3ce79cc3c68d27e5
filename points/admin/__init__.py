from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from . import glossary, points, reference, routines, rows, searches, symptoms

__all__ = ["glossary", "points", "reference", "routines", "rows", "searches", "symptoms"]

admin.site.site_header = _("Back points: the editors’ desk")
admin.site.site_title = _("Editors’ desk")
admin.site.index_title = _("What would you like to edit?")
