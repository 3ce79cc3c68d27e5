"""Chrome that every page shares: navigation links, icons, breadcrumbs, structured data."""

import json
from functools import cache

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
address = cache(reverse)  # Of pages at fixed addresses.


@register.simple_tag(takes_context=True)
def nav_link(context, view_name: str, label: str, query: str = "") -> SafeString:
    """Return a link that says whether it is the page shown, or the section it belongs to.

    `query`, such as "?p=bl40", goes along.
    """
    url, path = address(view_name), context["request"].path
    current = ""
    if path == url:
        current = mark_safe(' aria-current="page"')
    elif url != "/" and path.startswith(url):
        current = mark_safe(' aria-current="true"')
    return format_html('<a href="{}{}"{}>{}</a>', url, query, current, label)


@register.simple_tag
def icon(name: str) -> SafeString:
    return format_html(
        '<svg class="i" aria-hidden="true" focusable="false"><use href="#i-{}"/></svg>', name
    )


@register.inclusion_tag("includes/breadcrumb.html", takes_context=True)
def breadcrumb(context, *trail):
    """Show the way here: pairs of label and address, then the label of this page.

    The same trail is given to search engines as a BreadcrumbList.
    """
    *pairs, here = trail
    steps = list(zip(pairs[::2], pairs[1::2], strict=True))
    site_url = context["SITE_URL"]
    listed = [
        {"@type": "ListItem", "position": position, "name": label, "item": f"{site_url}{address}"}
        for position, (label, address) in enumerate([*steps, (here, context["request"].path)], 1)
    ]
    return {
        "steps": steps,
        "here": here,
        "data": {
            "@context": "https://schema.org",
            "@type": "BreadcrumbList",
            "itemListElement": listed,
        },
    }


# What would end the element or start another one is written as JSON escapes.
SAFE_IN_SCRIPT = {ord(character): f"\\u{ord(character):04X}" for character in "<>&"}


@register.simple_tag
def structured_data(data: dict) -> SafeString:
    """Return `data` as a JSON-LD block: data for search engines, never run as a script."""
    text = json.dumps(data, ensure_ascii=False).translate(SAFE_IN_SCRIPT)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308
