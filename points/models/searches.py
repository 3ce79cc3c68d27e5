"""What readers search for, counted without anything about them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SearchCount(models.Model):
    """How often a query was asked on a day. No address, browser, cookie or session is kept.

    Not `Content`: nothing that readers see depends on it.
    """

    day = models.DateField()
    query = models.CharField(max_length=60, help_text=_("Folded to plain words."))
    results = models.PositiveSmallIntegerField(
        help_text=_("Points found the last time, before any filter.")
    )
    answered = models.BooleanField(
        default=False, help_text=_("Whether points, advice or a page about it were shown.")
    )
    times = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-day", "-times", "query"]
        verbose_name = _("search")
        verbose_name_plural = _("searches of readers")
        constraints = [
            models.UniqueConstraint(
                fields=["day", "query"], name="points_searchcount_once_a_day_and_query"
            )
        ]

    def __str__(self):
        return f"{self.query} ({self.day})"
