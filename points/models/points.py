"""A point, its names, its uses and its place on the figures."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models, transaction
from django.db.models import F, Prefetch, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backpain_site.markdown import MarkdownField, RenderedField
from backpain_site.models import Content
from backpain_site.publishing import Publishable, PublishableQuerySet, require

from ..bodymap import FIGURES, figure_choices
from .cautions import PointCaution
from .findings import findings_of_point
from .reference import BodyArea, Certainty, Meridian, Source
from .symptoms import Symptom

who_code = RegexValidator(
    r"^((LU|LI|ST|SP|HT|SI|BL|KI|PC|TE|GB|LR|GV|CV)|EX-(HN|CA|B|UE|LE))[1-9]\d?\Z",
    _("Write the WHO code in capitals without a space: BL23, GV4, EX-B2."),
)


def without_tones(pinyin: str) -> str:
    """Return `pinyin` without tone marks: Wěizhōng to Weizhong."""
    letters = unicodedata.normalize("NFD", pinyin)
    return unicodedata.normalize(
        "NFC", "".join(letter for letter in letters if not unicodedata.combining(letter))
    )


class PointQuerySet(PublishableQuerySet):
    def for_cards(self):
        """Load all a point card shows, in a number of queries that does not grow."""
        return self.select_related("body_area", "meridian").prefetch_related("markers")

    def with_cautions(self):
        cautions = PointCaution.objects.select_related("group")
        return self.prefetch_related(Prefetch("cautions", cautions))

    def for_page(self):
        """Load all a page of a point shows."""
        uses = Indication.objects.select_related("symptom")
        return (
            self.for_cards()
            .with_cautions()
            .prefetch_related("aliases", "sources", Prefetch("indications", uses))
        )

    def first_points(self):
        """Keep the points the guide starts with, in its order."""
        return self.exclude(guide_order=None).order_by("guide_order")

    @transaction.atomic
    def start_guide_with(self, points):
        """Make `points`, in this order, the ones the guide starts with, and no others."""
        self.first_points().update(guide_order=None)
        for place, point in enumerate(points, start=1):
            self.filter(pk=point.pk).update(guide_order=place)

    def sharing_uses(self, symptom_ids):
        """Order by how many of these main uses a point shares, leaving out those with none."""
        shared = Q(indications__symptom__in=symptom_ids, indications__role="primary")
        return (
            self.annotate(shared_uses=models.Count("indications", filter=shared))
            .filter(shared_uses__gt=0)
            .order_by("-shared_uses", F("guide_order").asc(nulls_last=True), "code")
        )

    def with_instructions(self):
        """Leave out pages that only tell a point apart from others."""
        return self.filter(reference_only=False)


class Point(Publishable):
    """An acupressure point. Place is fact, use is tradition, effect is evidence: kept apart."""

    FIRST_POINTS = 5

    class Reach(models.TextChoices):
        SELF = "self", _("Yes, on your own")
        HELPER_BETTER = "helper_better", _("Possible alone, easier with a helper")
        HELPER_ONLY = "helper_only", _("Only with a helper")

    class Pressure(models.TextChoices):
        LIGHT = "light", _("Light")
        MEDIUM = "medium", _("Medium")
        FIRM = "firm", _("Firm")

        @property
        def out_of_ten(self) -> int:
            """Return the most this word allows on a scale of 0 (nothing) to 10 (worst pain)."""
            return {self.LIGHT: 2, self.MEDIUM: 4, self.FIRM: 5}[self]

        @property
        def feels_like(self) -> str:
            return {
                self.LIGHT: _("the resting weight of a fingertip, no ache"),
                self.MEDIUM: _("clear pressure with a mild ache"),
                self.FIRM: _("strong but welcome pressure, on thick muscle only"),
            }[self]

    code = models.CharField("WHO code", max_length=7, unique=True, validators=[who_code])
    slug = models.SlugField(
        max_length=7, unique=True, editable=False, help_text=_("The code in lower case.")
    )
    reference_only = models.BooleanField(
        default=False,
        help_text=_("A page that only tells this point apart from another. No instructions."),
    )
    guide_order = models.PositiveSmallIntegerField(
        _("place among the first points"),
        null=True,
        blank=True,
        unique=True,
        help_text=_("1 to 5 for the points the guide starts with; empty for all others."),
    )
    place_name = models.CharField(
        max_length=60, unique=True, help_text=_("In plain words: Behind the knee.")
    )
    summary = models.CharField(max_length=200, blank=True, help_text=_("One line for cards."))
    english_name = models.CharField(max_length=80, blank=True)
    pinyin = models.CharField(max_length=40, blank=True, help_text=_("With tones: Wěizhōng."))
    pinyin_plain = models.CharField(
        max_length=40, blank=True, help_text=_("Without tones; filled in for you when empty.")
    )
    hanzi_traditional = models.CharField(_("traditional characters"), max_length=20, blank=True)
    hanzi_simplified = models.CharField(_("simplified characters"), max_length=20, blank=True)
    meridian = models.ForeignKey(Meridian, models.PROTECT, related_name="points")
    number = models.PositiveSmallIntegerField(
        editable=False, help_text=_("Its number on the meridian, read from the code.")
    )
    paired = models.BooleanField(default=True, help_text=_("One on each side of the body."))
    body_area = models.ForeignKey(BodyArea, models.PROTECT, related_name="points")

    where = models.TextField(
        _("where it is"), blank=True, help_text=_("The place, in one or two plain sentences.")
    )
    standard_summary = models.TextField(
        _("what the standard says"),
        blank=True,
        help_text=_("The location of the WHO standard, summarised in your own words."),
    )
    find_it = MarkdownField(
        _("find it in 3 checks"), blank=True, help_text=_("Three numbered steps to feel or see.")
    )
    find_it_html = RenderedField("find_it")
    wrong_place_if = MarkdownField(
        blank=True, help_text=_("A list completing “You are in the wrong place if …”.")
    )
    wrong_place_if_html = RenderedField("wrong_place_if")

    position = models.CharField(max_length=200, blank=True, help_text=_("How to sit or lie."))
    press_with = models.CharField(max_length=100, blank=True)
    reach = models.CharField(_("on your own?"), max_length=13, choices=Reach, default=Reach.SELF)
    pressure = models.CharField(_("how hard"), max_length=6, choices=Pressure, blank=True)
    hold_seconds_min = models.PositiveSmallIntegerField(
        _("hold at least (seconds)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(5), MaxValueValidator(300)],
    )
    hold_seconds_max = models.PositiveSmallIntegerField(
        _("hold at most (seconds)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(5), MaxValueValidator(300)],
    )
    times_a_day = models.PositiveSmallIntegerField(
        _("times a day, at most"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(4)],
    )
    dose_note = models.CharField(
        max_length=300, blank=True, help_text=_("Where these seconds come from.")
    )
    technique = MarkdownField(
        _("how to press"), blank=True, help_text=_("Numbered steps, one action each, verb first.")
    )
    technique_html = RenderedField("technique")
    do_not_press_if = MarkdownField(
        blank=True, help_text=_("A list completing “Do not press here if …”. Shown before steps.")
    )
    do_not_press_if_html = RenderedField("do_not_press_if")
    take_care = MarkdownField(blank=True, help_text=_("Milder warnings of this place, as a list."))
    take_care_html = RenderedField("take_care")

    traditional_view = MarkdownField(blank=True, help_text=_("What tradition says. Not evidence."))
    traditional_view_html = RenderedField("traditional_view")
    evidence = MarkdownField(blank=True, help_text=_("What studies found. Not tradition."))
    evidence_html = RenderedField("evidence")
    certainty = models.CharField(max_length=14, choices=Certainty, default=Certainty.TRADITION)
    editor_note = MarkdownField(
        blank=True, help_text=_("About a disputed name, number or place; shown in a box.")
    )
    editor_note_html = RenderedField("editor_note")
    sources = models.ManyToManyField(Source, blank=True, related_name="points")
    figure_alt = models.CharField(
        _("figure in words"),
        max_length=250,
        blank=True,
        help_text=_("Says where the marker sits, for readers who cannot see the figure."),
    )

    objects = PointQuerySet.as_manager()

    class Meta(Publishable.Meta):
        ordering = ["meridian__code", "number", "code"]
        constraints = [
            *Publishable.Meta.constraints,
            models.CheckConstraint(
                condition=Q(slug=Lower("code")), name="points_point_slug_is_lower_code"
            ),
            models.CheckConstraint(
                condition=Q(hold_seconds_min=None, hold_seconds_max=None)
                | Q(
                    hold_seconds_min__isnull=False,
                    hold_seconds_max__isnull=False,
                    hold_seconds_min__gte=5,
                    hold_seconds_max__lte=300,
                    hold_seconds_max__gte=F("hold_seconds_min"),
                ),
                name="points_point_hold_is_a_range",
                violation_error_message=_(
                    "Give both holds, from 5 to 300 seconds; the second is the longer one."
                ),
            ),
            models.CheckConstraint(
                condition=Q(pressure__in=["", "light", "medium", "firm"]),
                name="points_point_pressure_known",
            ),
            models.CheckConstraint(
                condition=Q(reference_only=False)
                | Q(pressure="", technique="", hold_seconds_min=None, guide_order=None),
                name="points_point_reference_has_no_instructions",
                violation_error_message=_("A reference page carries no instructions."),
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.place_name}"

    def clean(self):
        self.derive_names()
        super().clean()
        start = self.code.split("-")[0].rstrip("0123456789")
        if start and self.meridian_id and start != self.meridian.code:
            raise ValidationError({"meridian": _("The code begins with another meridian.")})
        if self.guide_order is not None and not 1 <= self.guide_order <= self.FIRST_POINTS:
            raise ValidationError(
                {"guide_order": _("Choose a place from 1 to %d.") % self.FIRST_POINTS}
            )

    def validate_unique(self, exclude=None):
        """Check what must be unique, but for the place in the guide: `save` makes room there."""
        super().validate_unique({*(exclude or ()), "guide_order"})

    @transaction.atomic
    def save(self, *args, **kwargs):
        self.derive_names()
        if self.guide_order is not None:
            self.make_room()
        super().save(*args, **kwargs)

    def make_room(self):
        """Free this point's place in the guide: the others move on to the nearest free place.

        That is the place this point leaves; a new one in a full row pushes the last one out.
        """
        others = Point.objects.exclude(pk=self.pk).exclude(guide_order=None)
        taken = dict(others.select_for_update().values_list("guide_order", "pk"))
        if self.guide_order not in taken:
            return
        itself = Point.objects.filter(pk=self.pk).exclude(guide_order=None)
        left = itself.values_list("guide_order", flat=True).first()
        itself.update(guide_order=None)
        free = set(range(1, self.FIRST_POINTS + 1)) - set(taken)
        above = [place for place in free if place > self.guide_order]
        below = [place for place in free if place < self.guide_order]
        if below and (not above or (left is not None and left < self.guide_order)):
            goal, step = max(below), -1
        else:
            goal, step = min(above, default=self.FIRST_POINTS + 1), 1
        for place in range(goal - step, self.guide_order - step, -step):
            moved = place + step if place + step <= self.FIRST_POINTS else None
            Point.objects.filter(pk=taken[place]).update(guide_order=moved)

    def derive_names(self):
        self.slug = self.code.lower()
        self.number = int(re.search(r"\d*\Z", self.code)[0] or 0)
        if not self.pinyin_plain:
            self.pinyin_plain = without_tones(self.pinyin)

    def get_absolute_url(self):
        return reverse("points:detail", args=[self.slug])

    def missing_to_publish(self):
        needed = {
            "summary": _("Write the one line shown on cards."),
            "where": _("Say where the point is."),
            "figure_alt": _("Say in words where the marker sits."),
        }
        if not self.reference_only:
            needed |= {
                "find_it": _("Say how to find it, in three checks."),
                "wrong_place_if": _("Say how a reader notices the wrong place."),
                "pressure": _("Say how hard to press."),
                "hold_seconds_min": _("Say how long to hold."),
                "times_a_day": _("Say how often a day."),
                "technique": _("Write the steps."),
            }
        return require(self, needed)

    def findings(self):
        return findings_of_point(self)

    @property
    def pressure_level(self) -> Pressure | None:
        return self.Pressure(self.pressure) if self.pressure else None

    @property
    def certainty_level(self) -> Certainty:
        return Certainty(self.certainty)

    @property
    def sides(self) -> int:
        return 2 if self.paired else 1

    @property
    def seconds_in_all(self) -> int:
        """Return the longest hold of this point, both sides together."""
        return (self.hold_seconds_max or 0) * self.sides

    def cautions_to_show(self, groups) -> list[PointCaution]:
        """Return the cautions that a reader must know, the strictest first.

        One of `groups` that nobody decided for this point counts as not checked.
        """
        order = [level for level in PointCaution.Level if level != PointCaution.Level.FINE]
        decided = {caution.group_id: caution for caution in self.cautions.all()}
        cautions = [
            decided.get(group.pk) or PointCaution(point=self, group=group) for group in groups
        ]
        return sorted(
            (caution for caution in cautions if caution.level in order),
            key=lambda caution: (order.index(caution.level), caution.group.order),
        )


class Alias(Content):
    """Another name of a point; a disputed one says which point it really means."""

    class Kind(models.TextChoices):
        TRANSLATION = "translation", _("Translation")
        PINYIN = "pinyin", _("Pinyin")
        WHO_CODE = "who_code", _("Code in another spelling")
        OTHER_SPELLING = "other_spelling", _("Other spelling")
        OLD_NUMBER = "old_number", _("Old number")
        CITED_ELSEWHERE = "cited_elsewhere", _("As cited elsewhere")

    point = models.ForeignKey(Point, models.CASCADE, related_name="aliases")
    text = models.CharField(_("name"), max_length=80)
    kind = models.CharField(max_length=15, choices=Kind, default=Kind.TRANSLATION)
    disputed = models.BooleanField(
        default=False, help_text=_("This name usually means another point, or misleads.")
    )
    note = models.CharField(
        max_length=300, blank=True, help_text=_("Which point the name really means, and why.")
    )

    class Meta:
        verbose_name_plural = "aliases"
        ordering = ["disputed", "kind", "text"]
        constraints = [
            models.UniqueConstraint(
                fields=["point", "text"],
                name="points_alias_once_a_point",
                violation_error_message=_("This point already has that name."),
            ),
            models.CheckConstraint(
                condition=Q(disputed=False) | ~Q(note=""),
                name="points_alias_disputed_has_note",
                violation_error_message=_("A disputed name needs a note for the reader."),
            ),
        ]

    def __str__(self):
        return self.text


class Indication(Content):
    """What a point is used for: a claim, with what it rests on."""

    class Role(models.TextChoices):
        PRIMARY = "primary", _("Main use")
        SECONDARY = "secondary", _("Also used")

    class Basis(models.TextChoices):
        TRADITION = "tradition", _("Tradition")
        STUDIED = "studied", _("Studied in trials")
        POPULAR = "popular", _("Popular guides only")

    point = models.ForeignKey(Point, models.CASCADE, related_name="indications")
    symptom = models.ForeignKey(Symptom, models.PROTECT, related_name="indications")
    role = models.CharField(
        max_length=9,
        choices=Role,
        default=Role.SECONDARY,
        help_text=_("Main uses come first in search results."),
    )
    basis = models.CharField(
        max_length=9,
        choices=Basis,
        default=Basis.TRADITION,
        help_text=_("What the use rests on; the page never blends them."),
    )
    note = models.CharField(max_length=200, blank=True)
    sources = models.ManyToManyField(Source, blank=True, related_name="indications")

    class Meta:
        ordering = ["role", "symptom__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["point", "symptom"],
                name="points_indication_once_a_symptom",
                violation_error_message=_("This point is already listed for that symptom."),
            )
        ]

    def __str__(self):
        return f"{self.point.code} for {self.symptom}"


class FigureMarker(Content):
    """Where a point sits on one of our figures, in percent of its width and height."""

    class Role(models.TextChoices):
        CLOSEUP = "closeup", _("Close-up")
        LOCATOR = "locator", _("Whole body")

    class LabelSide(models.TextChoices):
        LEFT = "left", _("Left")
        RIGHT = "right", _("Right")
        TOP = "top", _("Above")
        BOTTOM = "bottom", _("Below")

    point = models.ForeignKey(Point, models.CASCADE, related_name="markers")
    role = models.CharField(max_length=7, choices=Role)
    figure = models.CharField(max_length=30, choices=figure_choices)
    x = models.DecimalField(max_digits=4, decimal_places=1, help_text=_("Percent from the left."))
    y = models.DecimalField(max_digits=4, decimal_places=1, help_text=_("Percent from the top."))
    paired = models.BooleanField(
        default=False, help_text=_("Draw a second marker mirrored about the middle.")
    )
    label_side = models.CharField(max_length=6, choices=LabelSide, default=LabelSide.RIGHT)

    class Meta:
        ordering = ["role", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(x__gte=0, x__lte=100, y__gte=0, y__lte=100),
                name="points_figuremarker_on_the_figure",
                violation_error_message=_("A marker lies between 0 and 100 percent."),
            )
        ]

    def __str__(self):
        return f"{self.point.code} on {self.figure}"

    @property
    def xs(self) -> list[float]:
        """Return where it is drawn from the left, in units of its figure."""
        width = FIGURES[self.figure].width
        x = round(float(self.x) * width / 100, 1)
        return [x, round(width - x, 1)] if self.paired else [x]

    @property
    def units_y(self) -> float:
        return round(float(self.y) * FIGURES[self.figure].height / 100, 1)

    @property
    def kept(self) -> str:
        """Return the part a low frame keeps of the figure, as `preserveAspectRatio` names it."""
        return "Min" if self.y < 40 else "Mid" if self.y < 60 else "Max"
