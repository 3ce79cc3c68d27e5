"""Who should not press where: every point is decided for every group, or says it is not."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from backpain_site.markdown import MarkdownField, RenderedField
from backpain_site.models import Content

from .reference import Source


class CautionGroup(Content):
    """A group of readers with a rule of its own, such as pregnancy; a filter of the search."""

    name = models.CharField(max_length=80, unique=True, help_text=_("Label of the filter."))
    short_name = models.CharField(max_length=40, unique=True)
    slug = models.SlugField(unique=True)
    order = models.PositiveSmallIntegerField(default=0)
    advice = MarkdownField(help_text=_("The rule for this group, in a few short sentences."))
    advice_html = RenderedField("advice")
    sources = models.ManyToManyField(Source, blank=True, related_name="caution_groups")
    words = models.TextField(
        blank=True,
        help_text=_("What members of the group type about themselves, one phrase a line."),
    )

    class Meta:
        ordering = ["order", "name"]

    def __str__(self):
        return self.name

    @property
    def word_list(self) -> list[str]:
        return [word for line in self.words.splitlines() if (word := line.strip())]


class PointCaution(Content):
    class Level(models.TextChoices):
        AVOID = "avoid", _("Avoid")
        ASK_FIRST = "ask_first", _("Ask first")
        CARE = "care", _("Take care")
        FINE = "fine", _("Checked: no special caution")
        NOT_CHECKED = "not_checked", _("Not checked yet")

        @property
        def is_offered(self) -> bool:
            """Whether a reader of the group is shown the point: only when checked and fine."""
            return self in {self.CARE, self.FINE}

    point = models.ForeignKey("points.Point", models.CASCADE, related_name="cautions")
    group = models.ForeignKey(CautionGroup, models.PROTECT, related_name="point_cautions")
    level = models.CharField(max_length=11, choices=Level, default=Level.NOT_CHECKED)
    reason = models.TextField(
        blank=True, help_text=_("One or two sentences the reader sees. Say why, and what to do.")
    )

    class Meta:
        ordering = ["group__order"]
        constraints = [
            models.UniqueConstraint(
                fields=["point", "group"],
                name="points_pointcaution_once_a_group",
                violation_error_message=_("This group is already decided for this point."),
            ),
            models.CheckConstraint(
                condition=models.Q(level__in=["fine", "not_checked"]) | ~models.Q(reason=""),
                name="points_pointcaution_has_reason",
                violation_error_message=_("Say why: avoid, ask first and take care need a reason."),
            ),
        ]

    def __str__(self):
        return f"{self.point.code}, {self.group.short_name}: {self.get_level_display()}"
