"""Links that carry a reader's routine from page to page, as nothing else keeps it."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from points.models import CHANGE_SECONDS, SWAP_SECONDS, Point
from points.routine import LONGEST, address, avoided_in, chosen_in

register = template.Library()

IN_ROUTINE = mark_safe('<p class="over noprint"><span class="muted">In your routine</span></p>')
ADD_TO_ROUTINE = (
    '<p class="over noprint"><a href="{}" rel="nofollow">'
    'Add to routine <span class="vh">{}</span></a></p>'
)


@register.simple_tag(takes_context=True)
def add_to_routine(context, point: Point) -> SafeString | str:
    """Show the link that adds `point` to the routine in this page's address, or that it is there.

    Nothing for a point that has no dose to hold.
    """
    if point.reference_only or not point.hold_seconds_max:
        return ""
    data = context["request"].GET
    chosen = chosen_in(data)
    if point.slug in chosen:
        return IN_ROUTINE
    there = address([*chosen[:LONGEST], point.slug], avoided_in(data))
    return format_html(ADD_TO_ROUTINE, there, point.code)


@register.simple_tag(takes_context=True)
def carried(context, start: str = "?") -> str:
    """Return "?p=…" for links to pages of points, "" when no routine is in the address.

    It goes on with `start` where the link has a query already.
    """
    chosen = chosen_in(context["request"].GET)[:LONGEST]
    if not chosen:
        return ""
    query = address(chosen, avoided_in(context["request"].GET))
    return start + query.partition("?")[2]


@register.simple_tag(takes_context=True)
def page_address(context, number: int) -> str:
    """Return the query of page `number` of the list shown: its area, and the reader's routine.

    Whatever else is in the address is nobody's to repeat.
    """
    area = context.get("area")
    return (f"?area={area.slug}&" if area else "?") + f"page={number}" + carried(context, "&")


@register.simple_tag(takes_context=True)
def chosen(context) -> list[str]:
    """Return the slugs of the routine in this page's address, for forms that keep it there."""
    return chosen_in(context["request"].GET)[:LONGEST]


@register.inclusion_tag("points/includes/routine_note.html", takes_context=True)
def routine_note(context):
    """Say which routine this page carries, and lead back to it."""
    data = context["request"].GET
    chosen = chosen_in(data)[:LONGEST]
    points = Point.objects.published().filter(slug__in=chosen) if chosen else ()
    return {"points": points, "address": address(chosen, avoided_in(data))}


@register.simple_tag
def dose(point: Point) -> str:
    """Return what the timer may know of `point`: seconds a side, at most and at least; its name."""
    return format_html(
        'data-seconds="{}" data-least="{}" data-sides="{}" data-name="{}"',
        point.hold_seconds_max,
        point.hold_seconds_min,
        point.sides,
        point,
    )


@register.inclusion_tag("points/includes/timer.html")
def timer(point: Point | None = None):
    """The hold timer: of `point`, or of all elements of the page that carry a dose."""
    return {"point": point, "swap": SWAP_SECONDS, "change": CHANGE_SECONDS}
