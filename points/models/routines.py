"""Points one after the other: how long that takes, and the routines we suggest."""

from collections.abc import Sequence

from django.db import models
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from backpain_site.markdown import MarkdownField, RenderedField
from backpain_site.models import Content
from backpain_site.publishing import Finding, Publishable, PublishableQuerySet, require

from .findings import PROMISES, words_found
from .points import Point

# What the timer waits for the hands to change the side, and the reader to change the place.
SWAP_SECONDS = 8
CHANGE_SECONDS = 15


def seconds_of(points: Sequence[Point]) -> int:
    """Return how long `points` take at most, one after the other, changes included."""
    holds = sum(point.seconds_in_all for point in points)
    swaps = SWAP_SECONDS * sum(point.sides - 1 for point in points)
    return holds + swaps + CHANGE_SECONDS * max(0, len(points) - 1)


def minutes_of(points: Sequence[Point]) -> int:
    """Return the same in minutes, the last one begun."""
    return -(-seconds_of(points) // 60)


class SuggestedRoutineQuerySet(PublishableQuerySet):
    def with_points(self):
        """Load the points too, in a number of queries that does not grow."""
        return self.prefetch_related("steps__point")


class SuggestedRoutine(Publishable):
    """A few points in an order that suits a situation. Tradition, not a treatment."""

    LONGEST_MINUTES = 20

    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(
        max_length=80,
        unique=True,
        help_text=_("The last part of the page’s web address: small letters and hyphens."),
    )
    order = models.PositiveSmallIntegerField(default=0)
    summary = models.CharField(max_length=200, blank=True, help_text=_("One line for cards."))
    suits = models.CharField(
        _("who it is for"),
        max_length=250,
        blank=True,
        help_text=_("Completes “For whoever …”: sat at a desk for hours."),
    )
    before = MarkdownField(
        _("before you start"), blank=True, help_text=_("What comes before pressing, as a list.")
    )
    before_html = RenderedField("before")
    traditional_view = MarkdownField(
        blank=True, help_text=_("What tradition uses these points for. Not evidence, no promise.")
    )
    traditional_view_html = RenderedField("traditional_view")

    objects = SuggestedRoutineQuerySet.as_manager()

    class Meta(Publishable.Meta):
        ordering = ["order", "name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("points:suggested", args=[self.slug])

    @property
    def points(self) -> list[Point]:
        return [step.point for step in self.steps.all()]

    @property
    def own_address(self) -> str:
        """Return the address at which readers change it: /routine/?p=bl23&p=bl40."""
        chosen = urlencode([("p", point.slug) for point in self.points])
        return f"{reverse('points:routine')}?{chosen}"

    @property
    def minutes(self) -> int:
        return minutes_of(self.points)

    def missing_to_publish(self):
        return require(
            self,
            {
                "summary": _("Write the one line shown on cards."),
                "suits": _("Say who it is for."),
                "traditional_view": _("Say what tradition uses these points for."),
            },
        )

    def findings(self):
        points = [step.point for step in self.steps.select_related("point")]
        found = []
        if len(points) < 2:
            found.append(Finding("steps-group", _("A routine needs two points or more.")))
        for point in points:
            if not point.is_published:
                found.append(Finding("steps-group", _("%s is not public.") % point))
            elif point.reference_only or not point.hold_seconds_max:
                found.append(Finding("steps-group", _("%s has no dose to follow.") % point))
        if self.minutes > self.LONGEST_MINUTES:
            sentence = _("It takes %(minutes)d minutes, more than %(longest)d.")
            numbers = {"minutes": self.minutes, "longest": self.LONGEST_MINUTES}
            found.append(Finding("steps-group", sentence % numbers))
        fields = ("summary", "suits", "before", "traditional_view")
        found += words_found(self, fields, PROMISES, _("“%s” promises: a routine does not."))
        return found


class RoutineStep(Content):
    """One point of a suggested routine."""

    routine = models.ForeignKey(SuggestedRoutine, models.CASCADE, related_name="steps")
    point = models.ForeignKey(Point, models.PROTECT, related_name="routine_steps")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("point of the routine")
        verbose_name_plural = _("points, in order")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["routine", "point"],
                name="points_routinestep_once_a_routine",
                violation_error_message=_("This point is in the routine already."),
            )
        ]

    def __str__(self):
        return f"{self.point.code} in {self.routine}"
