"""Explains the words of the glossary where a page first uses them."""

import re
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from backpain_site.memo import remembered

from .models import GlossaryTerm

# A page full of marked words helps nobody.
MOST_ON_A_PAGE = 6
# A tag or a comment, whatever stands in its quotes.
TAG = re.compile(
    r"""(<!--.*?-->|</?[a-zA-Z][^<>"']*(?:"[^"]*"[^<>"']*|'[^']*'[^<>"']*)*>)""", re.DOTALL
)
# Words are explained inside these only …
TEXT = {"p", "li", "dd", "td"}
# … and never inside these, which are titles, controls, pictures, or lists of other pages.
PASSED_OVER = {
    *("a", "button", "h1", "h2", "h3", "h4", "h5", "h6", "header", "dt", "th", "summary", "legend"),
    *("form", "label", "select", "textarea", "nav", "aside", "svg", "figure"),
    *("script", "style", "code", "pre"),
}
CLASSES_PASSED_OVER = {
    *("care", "card", "cards", "chips", "ev", "leftout", "noprint", "sources", "terms"),
}
NAME = re.compile(r"[a-zA-Z0-9]+")
CLASS = re.compile(r'\sclass="([^"]*)"')
# What may not stand right beside a word: letters, and the signs of entities, codes and addresses.
BEFORE = re.compile(r"[\w&#/.@-]")
AFTER = re.compile(r"[\w-]")


def read_tag(tag: str) -> tuple[str, bool, bool]:
    """Return the name in `tag`, whether it ends, and whether the element is passed over."""
    if tag.startswith("<!"):
        return "", False, False
    closing = tag[1] == "/"
    name = NAME.search(tag)[0]
    found = CLASS.search(tag)
    other = " lang=" in tag or (found and not CLASSES_PASSED_OVER.isdisjoint(found[1].split()))
    return name, closing, not closing and (name in PASSED_OVER or bool(other))


@dataclass
class Glossary:
    """The published terms that are explained: the slug and the HTML for each way to write one."""

    terms: dict[str, tuple[str, SafeString]]
    pattern: re.Pattern | None

    @classmethod
    def read(cls) -> "Glossary":
        terms = {}
        for term in GlossaryTerm.objects.published().filter(explain=True).order_by("pk"):
            for text in term.spellings:
                for written in (text, text[0].upper() + text[1:]):
                    terms.setdefault(written, (term.slug, explanation(term, written)))
        longest_first = sorted(terms, key=len, reverse=True)
        pattern = re.compile("|".join(map(re.escape, longest_first))) if terms else None
        return cls(terms, pattern)

    def explain(self, html: str) -> str:
        """Return the rendered `html` with the first use of each term explained."""
        if not self.pattern:
            return html
        pieces = TAG.split(html)  # A text, a tag, a text, …
        explained: set[str] = set()
        read = {}  # Of this page only: tags hold what a reader must avoid.
        texts = depth = 0
        inside = ""  # The name of the outermost element that is passed over.
        for position in range(1, len(pieces), 2):
            tag = pieces[position]
            if tag not in read:
                read[tag] = read_tag(tag)
            name, closing, passed_over = read[tag]
            if inside:
                if name == inside:
                    depth += -1 if closing else 1
                    inside = inside if depth else ""
            elif passed_over:
                inside, depth = name, 1
            elif name in TEXT:
                texts += -1 if closing else 1
            if texts > 0 and not inside and self.pattern.search(text := pieces[position + 1]):
                pieces[position + 1] = self.explain_text(text, explained)
                if len(explained) == MOST_ON_A_PAGE:
                    break
        return "".join(pieces)

    def explain_text(self, text: str, explained: set[str]) -> str:
        """Return `text` with its terms explained, but those `explained` before; add them there."""
        parts, done = [], 0
        for use in self.pattern.finditer(text):
            slug, html = self.terms[use[0]]
            if len(explained) == MOST_ON_A_PAGE:
                break
            if slug not in explained and stands_alone(use):
                explained.add(slug)
                parts += [text[done : use.start()], html]
                done = use.end()
        return "".join([*parts, text[done:]])


def stands_alone(use: re.Match) -> bool:
    """Return whether nothing right beside the word makes it part of another one."""
    start, end = use.span()
    return not (start and BEFORE.match(use.string, start - 1) or AFTER.match(use.string, end))


def explanation(term: GlossaryTerm, text: str) -> SafeString:
    """Return `text` as a button that opens what `term` means; paper shows it in brackets."""
    return format_html(
        '<button class="term" type="button" popovertarget="term-{0}">{1}</button>'
        '<span class="pop" id="term-{0}" popover><b>{1}: </b>{2}'
        '<a class="noprint" href="{3}">More</a></span>',
        term.slug,
        text,
        term.short,
        term.get_absolute_url(),
    )


def current_glossary() -> Glossary:
    return remembered("glossary", Glossary.read)
