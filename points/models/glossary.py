"""Words that a reader may not know, explained on one page and at their first use on the others."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backpain_site.markdown import MarkdownField, RenderedField
from backpain_site.publishing import Publishable, require


class GlossaryTerm(Publishable):
    term = models.CharField(
        max_length=60, unique=True, help_text=_("As it stands inside a sentence: meridian, L2.")
    )
    slug = models.SlugField(
        unique=True, help_text=_("Its place on the glossary page: /glossary/#meridian.")
    )
    other_spellings = models.TextField(
        blank=True,
        help_text=_("Other forms that mean the same, one a line: meridians."),
    )
    short = models.CharField(
        _("short explanation"),
        max_length=90,
        blank=True,
        help_text=_("One plain sentence, shown beside the word where a page first uses it."),
    )
    text = MarkdownField(blank=True, help_text=_("What the glossary page says besides."))
    text_html = RenderedField("text")
    explain = models.BooleanField(
        _("explain it on other pages"),
        default=True,
        help_text=_("At its first use on a page. Leave out words that most readers know."),
    )

    class Meta(Publishable.Meta):
        ordering = ["term"]

    def __str__(self):
        return self.term

    def get_absolute_url(self):
        return f"{reverse('points:glossary')}#{self.slug}"

    @property
    def spellings(self) -> list[str]:
        """Return the term and its other spellings."""
        lines = map(str.strip, self.other_spellings.splitlines())
        return [self.term, *filter(None, lines)]

    def missing_to_publish(self):
        return require(self, {"short": _("Explain it in one sentence.")})
