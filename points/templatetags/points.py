"""Figures with markers, cards and the small signs a point is described with."""

from collections.abc import Callable

from django import template
from django.template import loader
from django.template.base import FilterExpression, NodeList
from django.utils.safestring import SafeString, mark_safe

from backpain_site.memo import drawn, remembered
from points.areamap import body_views, close_ups
from points.bodymap import FIGURES, Crop, Figure, callouts, locator_frame
from points.glossary import current_glossary
from points.models import FigureMarker, Point

register = template.Library()
# What a reader can choose in the address of a page of the guide: their routine, filters, a page.
CHOICES = {"p", "avoid", "reach", "area", "page"}


def inline_once(context, figure: Figure) -> Figure:
    """Return the figure and remember that this page needs its drawing once."""
    request = context["request"]
    if not hasattr(request, "figures_used"):
        request.figures_used = {}
    request.figures_used[figure.slug] = figure
    return figure


def use_figure(context, slug: str) -> Figure:
    return inline_once(context, FIGURES[slug])


class KeptNode(template.Node):
    """A part of a page that is rendered once, see `kept`."""

    def __init__(self, name: str, key: FilterExpression, nodelist: NodeList):
        self.name, self.key, self.nodelist = name, key, nodelist

    def render(self, context) -> SafeString:
        key = self.key.resolve(context, ignore_failures=True)
        if key is None or not CHOICES.isdisjoint(context["request"].GET):
            return self.nodelist.render(context)
        html, figures = drawn(context["request"], (self.name, key), lambda: self.draw(context))
        for figure in figures:
            inline_once(context, figure)
        return html

    def draw(self, context) -> tuple[SafeString, list[Figure]]:
        """Return the part, and the figures that it needs on its page."""
        request = context["request"]
        before = getattr(request, "figures_used", {})
        request.figures_used = {}
        try:
            return self.nodelist.render(context), list(request.figures_used.values())
        finally:
            request.figures_used = before


@register.tag
def kept(parser, token) -> KeptNode:
    """Render the block once for each version of the content, `name` and key: {% kept "name" key %}.

    It must be the same for all who chose nothing. Who has a routine or filters in the address gets
    it rendered anew, and so does everybody where the key is None or missing.
    """
    _tag, name, key = token.split_contents()
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(name, parser.compile_filter(key), nodelist)


def marks_by_role(point: Point) -> dict[str, list[FigureMarker]]:
    roles = {"closeup": [], "locator": []}
    for marker in point.markers.all():
        roles[marker.role].append(marker)
    return roles


def drawn_once(template_name: str, point: Point, make: Callable[[], dict]) -> SafeString:
    """Return the template with what `make` returns; of each `point` it is rendered once."""
    return remembered(
        (template_name, point.pk),
        lambda: loader.render_to_string(template_name, make()),
    )


def cropped(closeups: list[FigureMarker]) -> dict:
    """Return the part of their figure around `closeups`, and them."""
    figure = FIGURES[closeups[0].figure]
    return {"figure": figure, "crop": Crop.around(figure, closeups), "closeups": closeups}


@register.simple_tag(takes_context=True)
def point_thumbnail(context, point: Point) -> SafeString | str:
    """Crop the close-up of `point` around its marker; empty when it is on no figure."""
    closeups = marks_by_role(point)["closeup"]
    if not closeups:
        return ""
    use_figure(context, closeups[0].figure)
    return drawn_once("points/includes/thumbnail.html", point, lambda: cropped(closeups))


@register.simple_tag
def card_facts(point: Point) -> SafeString:
    """Say how hard and how long to press `point`, and who can."""
    return drawn_once("points/includes/card_facts.html", point, lambda: {"point": point})


@register.inclusion_tag("points/includes/checks.html", takes_context=True)
def point_checks(context, point: Point):
    """Draw the landmarks around `point`, then the point among them, to go with its checks."""
    closeups = marks_by_role(point)["closeup"]
    if not closeups:
        return {}
    figure = use_figure(context, closeups[0].figure)
    part = cropped(closeups)
    return part | {"landmarks": part["crop"].widened(figure)}


@register.inclusion_tag("points/includes/figure.html", takes_context=True)
def point_figure(context, point: Point, anchor: str = "figure"):
    """Draw the close-up of `point` beside the whole body with its place framed.

    `anchor` is its name on the page; a page with several figures must choose one for each.
    """
    marks = marks_by_role(point)
    if not marks["closeup"]:
        return {}
    drawn = {"point": point, "closeups": marks["closeup"], "anchor": anchor}
    drawn["figure"] = use_figure(context, marks["closeup"][0].figure)
    if marks["locator"]:
        drawn["body"] = use_figure(context, marks["locator"][0].figure)
        drawn["frame"] = locator_frame(
            drawn["body"], marks["locator"], both_sides=marks["closeup"][0].paired
        )
    return drawn


@register.inclusion_tag("points/includes/body_map.html", takes_context=True)
def body_map(context, points):
    """Draw the body from behind with a labelled link for each of `points` marked on it."""
    return {"figure": use_figure(context, "back"), "callouts": callouts(points, "back")}


@register.inclusion_tag("points/includes/area_map.html", takes_context=True)
def area_map(context, areas, current=None):
    """Draw the back and the front of the body with a link to each of `areas` (with its points)."""
    views = body_views(areas)
    for body in views:
        use_figure(context, body.figure.slug)
    return {"views": views, "current": current}


@register.inclusion_tag("points/includes/close_ups.html", takes_context=True)
def area_close_ups(context, points):
    """Draw every close-up of `points` with a labelled link for each."""
    drawn = close_ups(points)
    for closeup in drawn:
        use_figure(context, closeup.figure.slug)
    return {"closeups": drawn}


@register.filter
def coordinate(number: float) -> str:
    """Return `number` as SVG reads it in any language: 57.5, 60."""
    return f"{round(number, 1):g}"


@register.simple_tag(takes_context=True)
def figure_symbols(context) -> SafeString:
    """Return the drawings this page used, each once, for its `<use>` elements."""
    figures = getattr(context["request"], "figures_used", {}).values()
    return mark_safe(  # noqa: S308 (our own drawings)
        "".join(
            f'<symbol id="fig-{figure.slug}" viewBox="0 0 {figure.width} {figure.height}">'
            f"{figure.markup}</symbol>"
            for figure in figures
        )
    )


@register.simple_block_tag(takes_context=True)
def explained(context, content: str) -> SafeString:
    """Return the rendered block with the glossary's terms explained where it first uses them."""
    return mark_safe(current_glossary().explain(content))  # noqa: S308 (rendered by the template already)


@register.inclusion_tag("points/includes/pressure.html")
def pressure(point: Point):
    """Show the pressure of `point` as dots and words."""
    return {"pressure": point.pressure_level}


@register.inclusion_tag("points/includes/certainty.html")
def certainty(level, with_meaning: bool = False):
    """Show a Certainty as bars and words."""
    return {"level": level, "with_meaning": with_meaning}


@register.filter
def hold(point: Point) -> str:
    """Return how long to hold: "60 to 90 seconds", "" when the point has no dose."""
    low, high = point.hold_seconds_min, point.hold_seconds_max
    if low is None or high is None:
        return ""
    if low == high:
        return duration(low)
    if low % 60 == 0 and high % 60 == 0:
        return f"{low // 60} to {duration(high)}"
    return f"{low} to {high} seconds"


def duration(seconds: int) -> str:
    if seconds % 60 == 0:
        return "1 minute" if seconds == 60 else f"{seconds // 60} minutes"
    return f"{seconds} seconds"


@register.filter
def slow_breaths(point: Point) -> str:
    """Return the hold in slow breaths of about six seconds: "10 to 15", "" without a dose."""
    if point.hold_seconds_min is None or point.hold_seconds_max is None:
        return ""
    low, high = round(point.hold_seconds_min / 6), round(point.hold_seconds_max / 6)
    return str(low) if low == high else f"{low} to {high}"
