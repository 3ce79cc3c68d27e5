"""The drawings of tools and poses, on their pages and on cards."""

from django import template

from articles.drawings import DRAWINGS
from points.templatetags.points import inline_once

register = template.Library()


@register.inclusion_tag("articles/includes/drawing.html", takes_context=True)
def drawing(context, slug: str):
    """Show the drawing `slug` with its words; nothing when there is none."""
    return drawn(context, slug)


@register.inclusion_tag("articles/includes/thumbnail.html", takes_context=True)
def drawing_thumbnail(context, slug: str):
    """Show the drawing `slug` on a card, whose text says what it is; nothing without one."""
    return drawn(context, slug)


def drawn(context, slug: str) -> dict:
    if slug not in DRAWINGS:
        return {}
    inline_once(context, DRAWINGS[slug].figure)
    return {"figure": DRAWINGS[slug].figure, "words": DRAWINGS[slug].words}
