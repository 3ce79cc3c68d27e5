"""What points, symptoms, tools and poses refer to: meridians, body areas, sources."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backpain_site.models import Content, ContentQuerySet


class Certainty(models.TextChoices):
    """How sure the evidence is; the words are those of graded reviews."""

    TRADITION = "tradition-only", _("Tradition only")
    VERY_LOW = "very-low", _("Very low certainty")
    LOW = "low", _("Low certainty")
    MODERATE = "moderate", _("Moderate certainty")
    HIGH = "high", _("High certainty")

    @property
    def bars(self) -> int:
        """Return how many of the four bars are filled, 0 for tradition only."""
        return list(type(self)).index(self)

    @property
    def meaning(self) -> str:
        return {
            self.TRADITION: _("No study of these uses is recorded here."),
            self.VERY_LOW: _("We do not know whether it works."),
            self.LOW: _("It may help; better studies could change this."),
            self.MODERATE: _("It probably does what the studies say."),
            self.HIGH: _("New studies are unlikely to change this."),
        }[self]


class Meridian(Content):
    """A channel of traditional Chinese medicine: a way of ordering points, not anatomy."""

    code = models.CharField(
        max_length=2, unique=True, help_text=_("As in the WHO standard: BL, GB, KI …; EX for none.")
    )
    name = models.CharField(max_length=60, unique=True)
    hanzi = models.CharField(_("characters"), max_length=20, blank=True)
    pinyin = models.CharField(max_length=60, blank=True)
    other_codes = models.CharField(
        max_length=120,
        blank=True,
        help_text=_("Other abbreviations people type, separated by commas: UB, B, V."),
    )
    description = models.TextField(blank=True)

    class Meta:
        ordering = ["code"]

    def __str__(self):
        return f"{self.name} ({self.code})"

    @property
    def other_code_list(self) -> list[str]:
        return [code.strip() for code in self.other_codes.split(",") if code.strip()]


class BodyArea(Content):
    name = models.CharField(max_length=60, unique=True)
    slug = models.SlugField(unique=True)
    order = models.PositiveSmallIntegerField(default=0)
    description = models.CharField(max_length=300, blank=True)
    words = models.TextField(
        blank=True,
        help_text=_("Words readers type for this place, one a line: bottom, backside, glutes."),
    )

    class Meta:
        ordering = ["order", "name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return f"{reverse('points:list')}?area={self.slug}"

    @property
    def word_list(self) -> list[str]:
        return [word for line in self.words.splitlines() if (word := line.strip())]


class SourceQuerySet(ContentQuerySet):
    def delete(self):
        for source in self:
            source.refuse_deletion_if_cited()
        return super().delete()

    delete.queryset_only = True


class Source(Content):
    """A reference; kept beside the points because their claims are the ones that cite most."""

    class Kind(models.TextChoices):
        STANDARD = "standard", _("Standard")
        GUIDELINE = "guideline", _("Guideline")
        REVIEW = "review", _("Review of studies")
        TRIAL = "trial", _("Trial")
        SURVEY = "survey", _("Survey or cohort")
        CASE_REPORT = "case_report", _("Case report")
        TEXTBOOK = "textbook", _("Textbook")
        WEB_PAGE = "web_page", _("Web page")

    class Checked(models.TextChoices):
        FIRST_HAND = "first-hand", _("Read by us")
        ABSTRACT = "abstract", _("Abstract read by us")
        SECONDARY = "secondary", _("Only through a secondary copy")
        NOT_OPENED = "not-opened", _("Not opened by us")

    key = models.SlugField(
        unique=True, help_text=_("Short and stable, such as hsieh2006: texts link to it.")
    )
    citation = models.TextField(help_text=_("Authors, year, title, journal or publisher."))
    kind = models.CharField(max_length=12, choices=Kind)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    doi = models.CharField("DOI", max_length=200, blank=True)
    url = models.URLField("URL", blank=True)
    finding = models.TextField(blank=True, help_text=_("What we take from it, with its limits."))
    checked = models.CharField(
        _("how we checked it"), max_length=10, choices=Checked, default=Checked.NOT_OPENED
    )

    objects = SourceQuerySet.as_manager()

    class Meta:
        ordering = ["key"]
        constraints = [
            models.UniqueConstraint(
                fields=["doi"], condition=~Q(doi=""), name="points_source_doi_unique"
            )
        ]

    def __str__(self):
        return f"{self.key}: {self.citation[:80]}"

    def get_absolute_url(self):
        return f"{reverse('articles:sources')}#{self.key}"

    def citing(self) -> list[models.Model]:
        """Return what cites this source: points, indications, tools and the rest."""
        return [
            thing
            for relation in self._meta.related_objects
            for thing in getattr(self, relation.get_accessor_name()).all()
        ]

    def is_cited(self) -> bool:
        return bool(self.citing())

    def refuse_deletion_if_cited(self):
        """Raise ProtectedError: a claim must not lose its source behind an editor's back."""
        if citing := self.citing():
            raise models.ProtectedError(_("Something cites this source."), set(citing))

    def delete(self, *args, **kwargs):
        self.refuse_deletion_if_cited()
        return super().delete(*args, **kwargs)

    @property
    def link(self) -> str:
        """Return where the reference can be read, '' when we know no address."""
        return f"https://doi.org/{self.doi}" if self.doi else self.url
