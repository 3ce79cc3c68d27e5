"""Articles in sections, tools, yoga poses and the pictures they use."""

from functools import partial

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from backpain_site import images
from backpain_site.markdown import MarkdownField, RenderedField, rows_saying
from backpain_site.models import Content, ContentQuerySet
from backpain_site.publishing import Finding, Publishable, require
from points.models import Certainty, Point, Source, findings_of_evidence

from .drawings import drawing_choices


class PictureQuerySet(ContentQuerySet):
    @transaction.atomic
    def delete(self):
        """Delete one by one: each has files, and may stand in a text."""
        for picture in self:
            picture.delete()

    delete.queryset_only = True


class Picture(Content):
    """An uploaded picture, re-encoded on arrival, with the words that stand for it."""

    class Kind(models.TextChoices):
        PHOTO = "photo", _("Photograph")
        DRAWING = "drawing", _("Drawing by hand")
        COMPUTER_MADE = "computer_made", _("Made by a computer")

    class Purpose(models.TextChoices):
        LOCATION = "location", _("Shows where a point is")
        ILLUSTRATION = "illustration", _("Illustrates something else")

    # Not an ImageField, which opens files before they are checked.
    image = models.FileField(
        _("picture file"), help_text=_("JPEG, PNG, WebP or AVIF; what the camera noted is removed.")
    )
    width = models.PositiveIntegerField(editable=False, default=0)
    height = models.PositiveIntegerField(editable=False, default=0)
    alt_text = models.CharField(
        _("alternative text"),
        max_length=250,
        blank=True,
        help_text=_("What the picture shows, for readers who cannot see it."),
    )
    decorative = models.BooleanField(
        default=False, help_text=_("Tick when the picture says nothing that the text does not.")
    )
    credit = models.CharField(max_length=200, help_text=_("Who made it, and under which licence."))
    kind = models.CharField(max_length=13, choices=Kind)
    purpose = models.CharField(max_length=12, choices=Purpose, default=Purpose.ILLUSTRATION)
    focus_x = models.PositiveSmallIntegerField(
        _("focus from the left"),
        default=50,
        validators=[MaxValueValidator(100)],
        help_text=_("In per cent. What lies here stays in sight where a card cuts the picture."),
    )
    focus_y = models.PositiveSmallIntegerField(
        _("focus from the top"), default=50, validators=[MaxValueValidator(100)]
    )
    uploaded_at = models.DateTimeField(auto_now_add=True)

    objects = PictureQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decorative=True, alt_text="") | (Q(decorative=False) & ~Q(alt_text="")),
                name="articles_picture_alt_or_decorative",
                violation_error_message=_(
                    "Describe the picture, or tick decorative: one of the two."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(kind="computer_made", purpose="location"),
                name="articles_picture_no_computer_made_location",
                violation_error_message=_(
                    "A computer-made picture cannot show where a point is: the place must be true."
                ),
            ),
            models.CheckConstraint(
                condition=Q(focus_x__lte=100, focus_y__lte=100),
                name="articles_picture_focus_inside",
                violation_error_message=_("The focus lies inside: at most 100 per cent."),
            ),
        ]

    def __str__(self):
        return self.alt_text or self.image.name

    def clean(self):
        super().clean()
        wrong = {}
        if self.decorative == bool(self.alt_text):
            wrong["alt_text"] = self.constraint_sentence("articles_picture_alt_or_decorative")
        if (self.kind, self.purpose) == (self.Kind.COMPUTER_MADE, self.Purpose.LOCATION):
            wrong["kind"] = self.constraint_sentence("articles_picture_no_computer_made_location")
        if self.image and not self.image._committed:
            try:
                images.check_upload(self.image)
            except ValidationError as error:
                wrong["image"] = error
            if stored := Picture.objects.filter(pk=self.pk).first():
                if stored.texts():
                    wrong["image"] = _(
                        "Texts show this file: upload the new one as another picture, and put that "
                        "into the texts."
                    )
        if wrong:
            raise ValidationError(wrong)

    def constraint_sentence(self, name: str) -> str:
        """Return what an editor is told when the database's rule `name` is broken."""
        rules = {rule.name: rule for rule in self._meta.constraints}
        return rules[name].get_violation_error_message()

    def save(self, *args, **kwargs):
        """Store a new file with its renditions; the files it replaces go when that is committed."""
        if not self.image or self.image._committed:
            self.width, self.height = images.size_of(self.image.name or "")
            return super().save(*args, **kwargs)
        replaced = list(Picture.objects.filter(pk=self.pk).values_list("image", flat=True))
        self.image, self.width, self.height = images.store(self.image)
        try:
            super().save(*args, **kwargs)
        except Exception:
            images.delete_files(self.image.name)
            raise
        for name in replaced:
            transaction.on_commit(partial(images.delete_files, name))

    def texts(self) -> list[models.Model]:
        """Return the rows whose Markdown shows this picture."""
        return list(rows_saying(self.image.name.removesuffix(".webp"))) if self.image else []

    def users(self) -> list[models.Model]:
        """Return what an editor must change before this picture may go: pages, parts of pages."""
        return [*self.tools.all(), *self.yogaposes.all(), *self.texts()]

    @transaction.atomic
    def delete(self, *args, **kwargs):
        """Refuse like a protected key while a text shows the picture; its files go on commit."""
        if texts := self.texts():
            raise models.ProtectedError(_("Texts show this picture."), set(texts))
        transaction.on_commit(partial(images.delete_files, self.image.name))
        return super().delete(*args, **kwargs)

    @property
    def smallest_url(self) -> str:
        made = images.renditions(self.image.name).get("webp")
        return default_storage.url(made[0].name) if made else self.image.url

    def as_thumbnail(self) -> SafeString:
        """Return the picture for lists of the desk, where its name stands beside it."""
        return images.picture_html(self.image.name, "", sizes="6rem", **{"class": "desk-thumb"})

    def as_card(self) -> SafeString:
        """Return the picture for a card, which cuts it square around the focus.

        The policy of the site allows no style in the page: classes say the focus, in tenths.
        """
        focus = f"shot fx{round(self.focus_x / 10)} fy{round(self.focus_y / 10)}"
        return images.picture_html(
            self.image.name, "", sizes="7.5rem", **{"class": focus, "loading": "lazy"}
        )

    def as_figure(self) -> SafeString:
        return images.picture_html(self.image.name, self.alt_text)


class Article(Publishable):
    class Place(models.TextChoices):
        """The address an article is published at; every place but "article" holds one."""

        ARTICLE = "article", _("Under /articles/")
        HOME = "home", _("The guide on the start page")
        SAFETY = "safety", "/safety/"
        SOURCES = "sources", "/sources/"
        ABOUT = "about", "/about/"
        CORRECTIONS = "corrections", "/about/corrections/"
        HELPER = "helper", "/helper/"

    title = models.CharField(max_length=120, unique=True)
    slug = models.SlugField(
        max_length=80,
        unique=True,
        help_text=_("The last part of the page’s web address: small letters and hyphens."),
    )
    place = models.CharField(max_length=11, choices=Place, default=Place.ARTICLE)
    order = models.PositiveSmallIntegerField(default=0)
    summary = models.CharField(
        max_length=200, blank=True, help_text=_("One line for lists and search engines.")
    )
    lede = models.TextField(blank=True, help_text=_("Two sentences under the title."))
    key_points = models.TextField(
        blank=True, help_text=_("What to take away, one sentence a line; shown at the top.")
    )

    class Meta(Publishable.Meta):
        ordering = ["order", "title"]
        constraints = [
            *Publishable.Meta.constraints,
            models.UniqueConstraint(
                fields=["place"],
                condition=~Q(place="article"),
                name="articles_article_one_a_place",
                violation_error_message=_("Another article is published at this address."),
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        if self.place == self.Place.ARTICLE:
            return reverse("articles:detail", args=[self.slug])
        if self.place == self.Place.HOME:
            return reverse("home")
        return reverse(f"articles:{self.place}")

    def clean(self):
        super().clean()
        before = Article.objects.filter(pk=self.pk).first()
        if before and before.is_linked_everywhere and before.is_published:
            if not (self.is_published and self.place == before.place):
                raise ValidationError(
                    {"place": _("Every page links here: leave it published at its place.")}
                )

    def missing_to_publish(self):
        return require(self, {"summary": _("Write the one line shown in lists.")})

    def findings(self):
        if self.sections.exists():
            return []
        return [Finding("sections-group", _("Write at least one section."))]

    @property
    def is_linked_everywhere(self) -> bool:
        """Whether every page of the site leads here, so that it must not go away."""
        return self.place in {self.Place.HOME, self.Place.SAFETY, self.Place.HELPER}

    @property
    def key_point_list(self) -> list[str]:
        return [line for line in self.key_points.splitlines() if line.strip()]

    @property
    def reading_minutes(self) -> int:
        """Return the reading time at 200 words a minute, at least 1."""
        return max(1, round(sum(len(s.body.split()) for s in self.sections.all()) / 200))


class Section(Content):
    """A part of an article: a heading, text, and what the page lays out below it."""

    class Carries(models.TextChoices):
        TEXT = "text", _("Text only")
        POINTS = "points", _("The first points, as cards")
        TOOLS = "tools", _("All tools, as cards")
        POSES = "poses", _("All yoga poses, as cards")
        CAUTIONS = "cautions", _("Who should ask first")
        RED_FLAGS = "red_flags", _("When to get help")
        SOURCES = "sources", _("The list of references")

    article = models.ForeignKey(Article, models.CASCADE, related_name="sections")
    heading = models.CharField(max_length=120)
    slug = models.SlugField(
        _("anchor"), max_length=80, help_text=_("Links to this section end in # and this word.")
    )
    order = models.PositiveSmallIntegerField(
        blank=True, default=None, help_text=_("Empty: after the last section.")
    )
    carries = models.CharField(
        max_length=9,
        choices=Carries,
        default=Carries.TEXT,
        help_text=_("What the page lays out by itself below this text."),
    )
    body = MarkdownField(blank=True)
    body_html = RenderedField("body")

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "slug"],
                name="articles_section_anchor_once",
                violation_error_message=_("Another section of this article has that anchor."),
            )
        ]

    def __str__(self):
        return self.heading

    def save(self, *args, **kwargs):
        if self.order is None:
            last = self.article.sections.aggregate(last=models.Max("order"))["last"]
            self.order = (last or 0) + 1
        super().save(*args, **kwargs)


class Practice(Publishable):
    """What tools and poses share: words, evidence, limits and the points they go with."""

    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(
        max_length=80,
        unique=True,
        help_text=_("The last part of the page’s web address: small letters and hyphens."),
    )
    order = models.PositiveSmallIntegerField(default=0)
    summary = models.CharField(max_length=200, blank=True, help_text=_("One line for cards."))
    figure = models.CharField(
        max_length=40,
        choices=drawing_choices,
        blank=True,
        help_text=_("Our drawing. A picture from the library, chosen below, takes its place."),
    )
    easier_figure = models.CharField(
        _("figure of the easier version"), max_length=40, choices=drawing_choices, blank=True
    )
    easier_version = MarkdownField(blank=True, help_text=_("Something gentler, or at no cost."))
    easier_version_html = RenderedField("easier_version")
    not_if = MarkdownField(_("not if"), blank=True, help_text=_("A list: who should leave it."))
    not_if_html = RenderedField("not_if")
    evidence = MarkdownField(blank=True, help_text=_("What studies found. Not tradition."))
    evidence_html = RenderedField("evidence")
    certainty = models.CharField(max_length=14, choices=Certainty, default=Certainty.TRADITION)
    related_points = models.ManyToManyField(Point, blank=True, related_name="%(class)ss")
    sources = models.ManyToManyField(Source, blank=True, related_name="%(class)ss")
    picture = models.ForeignKey(
        Picture, models.PROTECT, null=True, blank=True, related_name="%(class)ss"
    )

    class Meta(Publishable.Meta):
        abstract = True
        ordering = ["order", "name"]

    def __str__(self):
        return self.name

    def findings(self):
        found = findings_of_evidence(self)
        if not (self.figure or self.picture_id):
            found.append(
                Finding("figure", _("No figure and no picture shows what is meant."), stops=False)
            )
        return found

    @property
    def certainty_level(self) -> Certainty:
        return Certainty(self.certainty)


class Tool(Practice):
    other_names = models.CharField(max_length=200, blank=True, help_text=_("Separated by commas."))
    what_it_is = MarkdownField(blank=True)
    what_it_is_html = RenderedField("what_it_is")
    how_to_use = MarkdownField(blank=True, help_text=_("Numbered steps, verb first."))
    how_to_use_html = RenderedField("how_to_use")
    dose = models.CharField(max_length=200, blank=True, help_text=_("How long, how often."))
    take_care = MarkdownField(blank=True, help_text=_("Milder warnings, as a list."))
    take_care_html = RenderedField("take_care")

    class Meta(Practice.Meta):
        pass

    def get_absolute_url(self):
        return reverse("articles:tool", args=[self.slug])

    def missing_to_publish(self):
        return require(
            self,
            {
                "summary": _("Write the one line shown on cards."),
                "how_to_use": _("Write the steps."),
                "dose": _("Say how long, and how often."),
                "not_if": _("Say who should not use it."),
            },
        )


class YogaPose(Practice):
    class Level(models.TextChoices):
        GENTLE = "gentle", _("Gentle")
        MODERATE = "moderate", _("Moderate")
        DEMANDING = "demanding", _("Demanding")

    sanskrit = models.CharField(max_length=80, blank=True)
    level = models.CharField(max_length=9, choices=Level, default=Level.GENTLE)
    good_for = models.TextField(
        _("often chosen for"), blank=True, help_text=_("What people choose it for. No promise.")
    )
    steps = MarkdownField(blank=True, help_text=_("Numbered steps, verb first."))
    steps_html = RenderedField("steps")
    breaths = models.CharField(max_length=100, blank=True, help_text=_("How long to stay."))
    what_to_feel = models.CharField(max_length=250, blank=True)
    stop_if = MarkdownField(blank=True, help_text=_("A list completing “Stop if …”."))
    stop_if_html = RenderedField("stop_if")
    note = models.CharField(max_length=250, blank=True)

    class Meta(Practice.Meta):
        verbose_name = _("yoga pose")

    def get_absolute_url(self):
        return reverse("articles:pose", args=[self.slug])

    def missing_to_publish(self):
        return require(
            self,
            {
                "summary": _("Write the one line shown on cards."),
                "steps": _("Write the steps."),
                "breaths": _("Say how long to stay."),
                "stop_if": _("Say when to stop."),
                "not_if": _("Say who should leave it out."),
            },
        )
