"""Complaints in readers' words, and the signs that need a doctor instead of a point."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backpain_site.markdown import MarkdownField, RenderedField
from backpain_site.models import Content
from backpain_site.publishing import Finding, Publishable, PublishableQuerySet, require

from .reference import BodyArea, Source


class SymptomQuerySet(PublishableQuerySet):
    def most_covered(self):
        """Order by the number of points mainly used for a symptom."""
        main_uses = models.Count("indications", filter=models.Q(indications__role="primary"))
        return self.annotate(main_uses=main_uses).order_by("-main_uses", "name")


class Symptom(Publishable):
    """A complaint with its safety tier, which decides whether points may be offered at all."""

    class Tier(models.TextChoices):
        GENERAL = "general", _("Points, with the usual advice")
        CHECK_RED_FLAGS = "check_red_flags", _("Points, with the warning signs beside them")
        SEE_DOCTOR_FIRST = "see_doctor_first", _("See a professional first, then points")
        NO_POINT = "no_point", _("Advice only, never points")
        EMERGENCY = "emergency", _("Emergency advice only, never points")

        @property
        def offers_points(self) -> bool:
            return self not in {self.NO_POINT, self.EMERGENCY}

    name = models.CharField(max_length=80, unique=True, help_text=_("In a reader's words."))
    slug = models.SlugField(
        max_length=80,
        unique=True,
        help_text=_("The last part of the page’s web address: small letters and hyphens."),
    )
    clinical_name = models.CharField(max_length=120, blank=True)
    tier = models.CharField(
        _("safety tier"),
        max_length=16,
        choices=Tier,
        help_text=_("Decides what stands before the points, and whether there are any."),
    )
    body_area = models.ForeignKey(
        BodyArea, models.PROTECT, null=True, blank=True, related_name="symptoms"
    )
    summary = models.CharField(max_length=200, blank=True, help_text=_("One line for lists."))
    advice = MarkdownField(
        blank=True, help_text=_("When to get help with this complaint. Shown before any point.")
    )
    advice_html = RenderedField("advice")
    about = MarkdownField(blank=True, help_text=_("What it is and what usually helps first."))
    about_html = RenderedField("about")

    objects = SymptomQuerySet.as_manager()

    class Meta(Publishable.Meta):
        ordering = ["name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("points:symptom", args=[self.slug])

    @property
    def offers_points(self) -> bool:
        return self.Tier(self.tier).offers_points

    def findings(self):
        if self.phrases.exists():
            return []
        sentence = _("No search phrase: readers find it by its name only.")
        return [Finding("phrase_lines", sentence, stops=False)]

    def missing_to_publish(self):
        needed = {"summary": _("Write the one line shown in lists.")}
        if self.tier != self.Tier.GENERAL:
            needed["advice"] = _("This safety tier needs advice on when to get help.")
        return require(self, needed)


class SymptomPhrase(Content):
    """What a reader types when this is the complaint."""

    symptom = models.ForeignKey(Symptom, models.CASCADE, related_name="phrases")
    text = models.CharField(max_length=100)

    class Meta:
        ordering = ["text"]
        constraints = [
            models.UniqueConstraint(
                fields=["symptom", "text"], name="points_symptomphrase_once_a_symptom"
            )
        ]

    def __str__(self):
        return self.text


class RedFlag(Content):
    """A sign that needs medical help; where it is typed, advice comes before anything else."""

    class Action(models.TextChoices):
        NOW = "now", _("Emergency: call now")
        TODAY = "today", _("Get medical help today")
        APPOINTMENT = "appointment", _("Make an appointment")

    slug = models.SlugField(
        max_length=80,
        unique=True,
        help_text=_("Short and stable: names the sign in the starter files."),
    )
    statement = models.CharField(
        max_length=200, help_text=_("Completes “Get help if …”: you cannot pass urine.")
    )
    action = models.CharField(max_length=11, choices=Action)
    advice = models.TextField(blank=True, help_text=_("What to do, in one or two sentences."))
    order = models.PositiveSmallIntegerField(default=0)
    shows_points = models.BooleanField(
        default=False, help_text=_("Whether points may follow the notice in search results.")
    )
    sources = models.ManyToManyField(Source, blank=True, related_name="red_flags")

    class Meta:
        ordering = ["order", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(action="now") | models.Q(shows_points=False),
                name="points_redflag_emergency_shows_no_points",
                violation_error_message=_("An emergency never shows points."),
            )
        ]

    def __str__(self):
        return self.statement


class RedFlagPhrase(Content):
    """Words that mean a red flag, or an everyday phrase that only looks like one."""

    red_flag = models.ForeignKey(RedFlag, models.CASCADE, related_name="phrases")
    text = models.CharField(max_length=100)
    is_exception = models.BooleanField(
        _("harmless look-alike"),
        default=False,
        help_text=_("Tick for an everyday phrase that must not trigger this red flag."),
    )

    class Meta:
        ordering = ["is_exception", "text"]
        constraints = [
            models.UniqueConstraint(
                fields=["red_flag", "text"], name="points_redflagphrase_once_a_flag"
            )
        ]

    def __str__(self):
        return self.text


class WordGroup(Content):
    """Words that mean the same to the search: sore, aching and hurting are all pain."""

    name = models.CharField(max_length=40, unique=True, help_text=_("The word they stand for."))
    words = models.TextField(help_text=_("One a line; more than one word is fine: can't feel."))
    is_complaint = models.BooleanField(
        _("says something is wrong"),
        default=False,
        help_text=_("Tick for pain, stiff, numb …: a body word beside one is about us."),
    )

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name

    @property
    def word_list(self) -> list[str]:
        return [word for line in self.words.splitlines() if (word := line.strip())]
