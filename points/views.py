from itertools import groupby

from django.conf import settings
from django.db.models.functions import Lower
from django.http import Http404
from django.shortcuts import redirect
from django.views.generic import ListView, TemplateView

from backpain_site.memo import remembered
from backpain_site.pages import PagedList, PageView

from .cards import cards_of, caution_groups
from .models import (
    Alias,
    GlossaryTerm,
    Indication,
    Meridian,
    Point,
    PointCaution,
    SuggestedRoutine,
    Symptom,
)
from .routine import Lineup, chosen_in
from .search import find_by_name, results_for_symptom
from .search.filters import Selection, objections

RELATED_POINTS = 3
# Cards of an area on the page of all points, and on each page of its own.
CARDS_OF_AN_AREA, CARDS_ON_A_PAGE = 12, 48


class PointList(ListView):
    model = Point
    context_object_name = "points"

    def get_queryset(self):
        return (
            Point.objects.published()
            .for_cards()
            .order_by("body_area__order", "body_area__name", "meridian__code", "number")
        )

    def get_context_data(self, **kwargs):
        """Give all areas with their points, and the ones to show: a few of all, or one's."""
        by_area = groupby(self.object_list, key=lambda point: point.body_area)
        areas = [(area, list(points)) for area, points in by_area]
        asked = self.request.GET.get("area")
        found = next((entry for entry in areas if entry[0].slug == asked), None)
        if found:
            area, points = found
            _paginator, page, on_page, _more = self.paginate_queryset(points, CARDS_ON_A_PAGE)
            here = area.get_absolute_url() + (f"&page={page.number}" if page.number > 1 else "")
            kwargs |= {
                "area": area,
                "shown": [(area, on_page)],
                "page_obj": page,
                "canonical_url": f"{settings.SITE_URL}{here}",
            }
        else:
            kwargs |= {"shown": areas, "unknown_area": asked, "most": CARDS_OF_AN_AREA}
        return super().get_context_data(areas=areas, kept_as=self.request.path, **kwargs)


class PointPage(PageView):
    model = Point
    context_object_name = "point"

    def get(self, request, *args, **kwargs):
        """Send other spellings (/points/BL-60/, /points/kunlun/) to the point's one address."""
        if "\0" in kwargs["slug"]:
            raise Http404
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            code = find_by_name(kwargs["slug"])
            point = Point.objects.published().filter(code=code).first()
            if point is None:
                raise
            chosen = request.META.get("QUERY_STRING")
            address = point.get_absolute_url()
            return redirect(f"{address}?{chosen}" if chosen else address, permanent=True)

    def get_queryset(self):
        return super().get_queryset().for_page()

    def get_context_data(self, **kwargs):
        point = self.object
        selection = Selection.from_request(self.request.GET, caution_groups())
        around = remembered(("around", point.pk), lambda: published_around(point))
        to_show = point.cautions_to_show(selection.groups)
        cautions = [
            (PointCaution.Level(level), list(group))
            for level, group in groupby(to_show, key=lambda caution: caution.level)
        ]
        uses = [use for use in point.indications.all() if use.symptom.is_published]
        aliases = [alias for alias in point.aliases.all() if not alias.disputed]
        return super().get_context_data(
            cautions=cautions,
            warnings=objections(point, selection.avoided),
            uses=[use for use in uses if use.basis != Indication.Basis.POPULAR],
            popular=[use for use in uses if use.basis == Indication.Basis.POPULAR],
            names=[
                (Alias.Kind(kind).label, list(group))
                for kind, group in groupby(aliases, key=lambda alias: alias.kind)
            ],
            disputed=[alias for alias in point.aliases.all() if alias.disputed],
            sources=point.sources.all(),
            **around,
            **kwargs,
        )


def published_around(point: Point) -> dict:
    """Return the published pages that the page of `point` leads to."""
    along = remembered(("along", point.meridian_id), lambda: points_along(point.meridian))
    before = [other for other in along if other.number < point.number]
    after = [other for other in along if other.number > point.number]
    return {
        "previous": before[-1] if before else None,
        "next": after[0] if after else None,
        "related": related_points(point),
        "tools": list(point.tools.published()),
        "poses": list(point.yogaposes.published()),
    }


def points_along(meridian: Meridian) -> list[Point]:
    """Return the published points of `meridian` in order; extra points lie on none."""
    if meridian.code == "EX":
        return []
    points = Point.objects.published().filter(meridian=meridian).order_by("number")
    return list(points.only("code", "slug", "number", "place_name"))


def related_points(point: Point) -> list[Point]:
    """Return points with the most uses in common, so a reader finds the next one to try."""
    symptoms = {use.symptom_id for use in point.indications.all() if use.role == "primary"}
    others = Point.objects.published().with_instructions().exclude(pk=point.pk)
    codes = list(others.sharing_uses(symptoms).values_list("code", flat=True)[:RELATED_POINTS])
    cards = cards_of(codes)
    return [cards[code] for code in codes if code in cards]


class SymptomList(PagedList):
    model = Symptom
    context_object_name = "symptoms"
    paginate_by = 200

    def get_queryset(self):
        return Symptom.objects.published().order_by(Lower("name"))

    def get_context_data(self, **kwargs):
        context = super().get_context_data(kept_as=self.request.path, **kwargs)
        by_letter = groupby(context["symptoms"], key=lambda symptom: symptom.name[0].upper())
        context["letters"] = [(letter, list(symptoms)) for letter, symptoms in by_letter]
        return context


class SymptomPage(PageView):
    model = Symptom
    context_object_name = "symptom"

    def get_context_data(self, **kwargs):
        selection = Selection.from_request(self.request.GET, caution_groups())
        return super().get_context_data(**results_for_symptom(self.object, selection), **kwargs)


class GlossaryPage(ListView):
    """All terms, A to Z; while one is previewed, that one as drafted too."""

    model = GlossaryTerm
    context_object_name = "terms"

    def get_queryset(self):
        terms = GlossaryTerm.objects.published()
        previewed = getattr(self.request, "previewed", None)
        if previewed:
            terms |= GlossaryTerm.objects.filter(pk=previewed.pk)
        return terms.order_by(Lower("term"))


class Routine(TemplateView):
    """Points one after the other: the list lives in the address (?p=bl23&p=bl40), nowhere else.

    A point that a chosen caution group must leave out (`avoid`) does not enter, with the reason.
    """

    template_name = "points/routine.html"

    def get_context_data(self, **kwargs):
        selection = Selection.from_request(self.request.GET, caution_groups())
        lineup = Lineup.of(chosen_in(self.request.GET), selection)
        suggested = SuggestedRoutine.objects.published().with_points()
        return super().get_context_data(**lineup.context(), suggested=suggested, **kwargs)


class SuggestedRoutinePage(PageView):
    """A routine an editor put together, run and filtered like a reader's own."""

    model = SuggestedRoutine
    context_object_name = "routine"
    template_name = "points/routine.html"

    def get_queryset(self):
        return super().get_queryset().with_points()

    def get_context_data(self, **kwargs):
        selection = Selection.from_request(self.request.GET, caution_groups())
        lineup = Lineup.of([point.slug for point in self.object.points], selection)
        return super().get_context_data(**lineup.context(), **kwargs)
