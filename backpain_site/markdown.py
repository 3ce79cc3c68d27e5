"""Markdown in, safe HTML out: one renderer for the editors' preview and the published page."""

import re
from collections import defaultdict
from collections.abc import Iterator
from html import escape

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdownx.models import MarkdownxField
from nh3 import Cleaner

from .images import ADDRESS, image_html, picture_html, renditions

# Our pages own h1 and h2, so the two top levels of a text become h3.
TOP_HEADINGS = {"h1": "h3", "h2": "h3"}


class PageRenderer(RendererHTML):
    def heading_open(self, tokens, index, options, env):
        tokens[index].tag = TOP_HEADINGS.get(tokens[index].tag, tokens[index].tag)
        return self.renderToken(tokens, index, options, env)

    heading_close = heading_open

    def paragraph_open(self, tokens, index, options, env):
        """Make a figure of a picture that stands alone and has a caption, its credit."""
        caption = "" if tokens[index].hidden else caption_of(tokens[index + 1])
        env["caption"] = caption
        return "<figure>" if caption else self.renderToken(tokens, index, options, env)

    def paragraph_close(self, tokens, index, options, env):
        if caption := env.pop("caption", ""):
            return f"<figcaption>{escape(caption)}</figcaption></figure>\n"
        return self.renderToken(tokens, index, options, env)

    def image(self, tokens, index, options, env):
        token = tokens[index]
        alt = self.renderInlineAsText(token.children or [], options, env)
        attributes = {"loading": "lazy"}
        if token.attrGet("title") and not env.get("caption"):
            attributes["title"] = token.attrGet("title")
        source = token.attrGet("src") or ""
        name = source.removeprefix(ADDRESS)
        if source.startswith(ADDRESS) and renditions(name):
            return picture_html(name, alt, **attributes)
        return image_html(src=source, alt=alt, **attributes)


def caption_of(inline: Token) -> str:
    """Return the title of the picture that is all of a paragraph, "" otherwise."""
    alone = len(inline.children) == 1 and inline.children[0].type == "image"
    return inline.children[0].attrGet("title") or "" if alone else ""


# To another host only by name and openly: //host and /\\host look like addresses of this site, and
# name@host like the name. No end of a line goes into the head of a letter.
LINK = re.compile(
    r"https?://[^/\\@?#]+(?:[/?#]|$)"
    r"|mailto:(?![^?]*%0[ad])(?!.*[?&](?!body=)[^&]*%0[ad])"
    r"|tel:"
    r"|(?![/\\]{2})[^:]*(?:[/?#]|$)",
    re.IGNORECASE,
)


def keep_attribute(tag: str, attribute: str, value: str) -> str | None:
    """Drop pictures that would make the page call another host, and links of other kinds."""
    if attribute in {"src", "srcset"} and not value.startswith(
        (ADDRESS, "/static/", settings.MEDIA_URL)
    ):
        return None
    if attribute == "href" and not LINK.match(value):
        return None
    return value


# The longest field an editor may save: six times the longest section of the guide.
LONGEST_TEXT = 30_000
MOST_LINES = 2_000
# An empty row of a table still makes a cell a column.
MOST_CELLS = 5_000
# A list counts twice, with its item.
DEEPEST = 13
# What links by a label may make of the addresses that are written once.
LONGEST_EXPANSION = 200_000

LINE_END = re.compile("\r\n|\r|\n")
COLUMNS = re.compile(r"[ \t>]*[|:-][-|: \t]*")

# The parser drops what is deeper than `maxNesting`: the limit above refuses it first.
markdown = MarkdownIt(
    "commonmark", {"html": False, "maxNesting": DEEPEST + 3}, renderer_cls=PageRenderer
).enable("table")
markdown.validateLink = lambda url: bool(LINK.match(url))
cleaner = Cleaner(
    tags={
        *("p", "br", "hr", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote"),
        *("strong", "em", "code", "pre", "a"),
        *("figure", "figcaption", "picture", "source", "img"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    },
    attributes={
        "a": {"href", "title"},
        "source": {"type", "srcset", "sizes"},
        "img": {"src", "alt", "title", "loading", "width", "height"},
        "ol": {"start"},
    },
    attribute_filter=keep_attribute,
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
)


def cells(lines: list[str]) -> int:
    """Return how many cells the tables in `lines` have at most."""
    total = columns = 0
    for line in lines:
        if not line.strip(" \t>"):
            columns = 0
        elif "-" in line and COLUMNS.fullmatch(line):
            columns = max(columns, line.count("|") + 1)
        total += columns
    return total


def parsed(text: str) -> tuple[list[Token], dict]:
    """Return the tokens of `text` and what they share.

    ValidationError with a sentence for the editor when it would take long to read or to show.
    """
    if len(text) > LONGEST_TEXT:
        raise ValidationError(
            _("This text is too long: at most %(most)s characters.") % {"most": f"{LONGEST_TEXT:,}"}
        )
    lines = LINE_END.split(text)
    if len(lines) > MOST_LINES:
        raise ValidationError(
            _("This text has too many lines: at most %(most)s.") % {"most": f"{MOST_LINES:,}"}
        )
    if cells(lines) > MOST_CELLS:
        raise ValidationError(
            _("The tables of this text are too large: at most %(most)s cells.")
            % {"most": f"{MOST_CELLS:,}"}
        )
    shared = {}
    tokens = markdown.parse(text, shared)
    if max((token.level for token in tokens), default=0) > DEEPEST:
        raise ValidationError(_("Lists and quotations stand inside each other: at most six deep."))
    targets = shared.get("references", {}).values()
    longest = max((len(target["href"]) + len(target["title"]) for target in targets), default=0)
    if longest * text.count("]") > LONGEST_EXPANSION:
        raise ValidationError(
            _("Links by a label repeat a long address too often: write shorter ones, or fewer.")
        )
    return tokens, shared


def check_text(text: str) -> None:
    """Raise ValidationError with one sentence when `text` cannot be taken."""
    parsed(writable(text))


def writable(text: str) -> str:
    """Return `text` without half characters, which cannot be written out."""
    return text.encode(errors="replace").decode()


def rendered(text: str) -> SafeString:
    """Return `text` (CommonMark with tables) as HTML that may go on a page as it is.

    Raw HTML is shown, not obeyed; scripts, styles, foreign pictures and links that hide where they
    lead are dropped. ValidationError as of `check_text`.
    """
    tokens, shared = parsed(writable(text))
    html = markdown.renderer.render(tokens, markdown.options, shared)
    return mark_safe(cleaner.clean(html))  # noqa: S308 (the allow-list above)


def render(text: str) -> SafeString:
    """Return `text` as HTML that may go on a page; what `check_text` refuses as it was typed.

    Never raises: any string has a rendering.
    """
    try:
        return rendered(text)
    except ValidationError:
        return format_html("<pre>{}</pre>", writable(text))


def has_words(text: str) -> bool:
    """Return whether `text` says something besides the pictures in it."""
    return any(
        child.type in {"text", "code_inline"} and child.content.strip()
        for token in markdown.parse(text)
        for child in token.children or ()
    )


class MarkdownField(MarkdownxField):
    """Markdown as the editor writes it; pair it with a `RenderedField`."""

    default_validators = [check_text]


class RenderedField(models.TextField):
    """The HTML of a `MarkdownField` of the same model, rendered when the row is saved.

    After a change of the renderer `manage.py rerender` writes these columns anew.
    """

    def __init__(self, source: str, **kwargs):
        self.source = source
        kwargs.update(editable=False, blank=True, default="")
        super().__init__(**kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        for implied in ("editable", "blank", "default"):
            kwargs.pop(implied, None)
        return name, path, args, kwargs | {"source": self.source}

    def pre_save(self, model_instance, add):
        html = render(getattr(model_instance, self.source))
        setattr(model_instance, self.attname, html)
        return html

    def from_db_value(self, value, expression, connection):
        return mark_safe(value)  # noqa: S308 (only `render()` writes this column)


def rows_saying(text: str) -> Iterator[models.Model]:
    """Yield every row of any model that has `text` in one of its Markdown fields."""
    found = []
    for model in apps.get_models():
        says = models.Q()
        for field in model._meta.concrete_fields:
            if isinstance(field, MarkdownField):
                says |= models.Q((f"{field.name}__contains", text))
        if says:
            kind = models.Value(model._meta.label)
            found.append(model.objects.filter(says).order_by().values_list(kind, "pk"))
    keys = defaultdict(list)
    for kind, pk in found[0].union(*found[1:], all=True):
        keys[kind].append(pk)
    for kind, pks in keys.items():
        yield from apps.get_model(kind).objects.select_related().filter(pk__in=pks)
