"""Answers as the pages show them: points from the database, filters, notices, ways on."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import urlencode

from django.urls import reverse

from backpain_site.memo import remembered, remembered_each

from ..cards import cards_of
from ..models import BodyArea, Indication, Point, PointCaution, RedFlag, Symptom
from .engine import Answer, answer
from .filters import REACH_LABELS, Selection, facets, objections
from .index import RANK_ALIAS, Index, holder
from .text import LONGEST_QUERY, squash, words

MOST_SUGGESTIONS = 8
SAFETY = "articles:safety"


@dataclass(frozen=True)
class ShownHit:
    point: Point
    reason: str

    @property
    def caution_words(self) -> str:
        """Return the groups that must not or should ask first, in one line."""
        by_level: dict[str, list[str]] = {}
        for caution in self.point.cautions.all():
            by_level.setdefault(caution.level, []).append(caution.group.short_name.lower())
        parts = [
            f"{PointCaution.Level(level).label}: {', '.join(by_level[level])}"
            for level in (PointCaution.Level.AVOID, PointCaution.Level.ASK_FIRST)
            if level in by_level
        ]
        return ". ".join(parts)


@dataclass(frozen=True)
class LeftOut:
    point: Point
    cautions: list[PointCaution]


@dataclass
class Shown:
    """The points of an answer after the filters: what is offered, and what is left out and why."""

    hits: list[ShownHit] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)


def find_by_name(text: str) -> str | None:
    """Return the code of the one point `text` names (code, pinyin or other name), or None."""
    index = holder.get()
    text = text[:LONGEST_QUERY]
    codes = index.codes.read(words(text))
    key = codes[0].code if codes else text
    names = index.names.get(squash(key), [])
    sure = {name.code for name in names if name.rank <= RANK_ALIAS}
    return sure.pop() if len(sure) == 1 else None


def results_for_query(query: str, selection: Selection, literal: bool = False) -> dict:
    """Return the context of the search page."""
    index = holder.get()
    found = answer(index, query, literal)
    groups = [group for group in selection.groups if group.slug in found.recognised.groups]
    # What the reader said of themselves keeps out what members of the group must avoid.
    shown = show(found.reasons.items(), selection, spoken_of=groups)
    actions = list(RedFlag.Action)
    flags = sorted(
        remembered_each("red flag", found.recognised.red_flags, read_red_flags).values(),
        key=lambda flag: (actions.index(flag.action), flag.order),
    )
    symptoms = remembered_each("symptom", [meant.slug for meant in found.meant], read_symptoms)
    meant = [symptoms[meant.slug] for meant in found.meant if meant.slug in symptoms]
    context = filter_context(shown, selection, q=query)
    return context | {
        "query": query,
        "answer": found,
        "red_flags": flags,
        "symptoms": [
            symptom for rank, symptom in enumerate(meant) if rank < 2 or not symptom.offers_points
        ],
        "groups": groups,
        "literal_url": "?" + urlencode({"q": query, "literal": "1"}),
        "offers_points": bool(shown.points),
        "nearest": nearest_words(index, found, meant),
        "areas": () if found.reasons else remembered("areas", lambda: list(BodyArea.objects.all())),
        "no_points_because": why_nothing(found, meant, shown),
    }


def read_red_flags(slugs: list[str]) -> dict[str, RedFlag]:
    return RedFlag.objects.in_bulk(slugs, field_name="slug")


def read_symptoms(slugs: list[str]) -> dict[str, Symptom]:
    return Symptom.objects.published().in_bulk(slugs, field_name="slug")


def results_for_symptom(symptom: Symptom, selection: Selection) -> dict:
    """Return the points, filters and what is left out for a symptom's page."""
    reasons = remembered(("uses", symptom.pk), lambda: uses_of(symptom))
    return filter_context(show(reasons, selection), selection)


def uses_of(symptom: Symptom) -> list[tuple[str, str]]:
    """Return the code of each point that a symptom offers and why, the main ones first."""
    if not symptom.offers_points:
        return []
    uses = (
        symptom.indications.filter(point__reference_only=False)
        .select_related("point")
        .order_by("role", "point__guide_order", "point__code")
    )
    roles = Indication.Role
    ordered = sorted(
        uses,
        key=lambda use: (
            use.role != roles.PRIMARY,
            use.basis == Indication.Basis.POPULAR,
            use.point.guide_order or 99,
            use.point.code,
        ),
    )
    reasons = []
    for use in ordered:
        reason = f"{use.get_role_display()}, {use.get_basis_display().lower()}"
        reasons.append((use.point.code, f"{reason}: {use.note}" if use.note else reason))
    return reasons


def show(reasons, selection: Selection, spoken_of=()) -> Shown:
    """Load the points of `reasons` (code, reason) and sort them by the filters.

    `spoken_of` are groups the query itself named: points they must avoid are left out.
    """
    by_code = cards_of([code for code, _ in reasons])
    shown = Shown()
    for code, reason in reasons:
        point = by_code.get(code)
        if point is None:
            continue
        shown.points.append(point)
        if not selection.keeps(point):
            continue
        against = objections(point, selection.avoided)
        against += [
            caution
            for caution in objections(point, set(spoken_of) - set(selection.avoided))
            if caution.level in {PointCaution.Level.AVOID, PointCaution.Level.NOT_CHECKED}
        ]
        if against:
            shown.left_out.append(LeftOut(point, against))
        else:
            shown.hits.append(ShownHit(point, reason))
    return shown


def filter_context(shown: Shown, selection: Selection, **kept: str) -> dict:
    names = {group.slug: group.short_name for group in selection.groups}
    chips = [
        {"label": names[slug], "without": selection.query(without=slug, **kept)}
        for slug in selection.avoid
    ]
    if selection.reach:
        label = REACH_LABELS[selection.reach]
        chips.append({"label": label, "without": selection.query(without="reach", **kept)})
    choices = facets(shown.points, selection)
    if selection.area:
        chips.append(
            {"label": selection.area.name, "without": selection.query(without="area", **kept)}
        )
    avoid_query = urlencode([("avoid", slug) for slug in selection.avoid])
    return {
        "hits": shown.hits,
        "left_out": shown.left_out,
        "facets": choices,
        "selection": selection,
        "chips": chips,
        "avoid_query": f"?{avoid_query}" if avoid_query else "",
    }


def why_nothing(found: Answer, meant: list[Symptom], shown: Shown) -> str:
    """Return why no points are shown, "" when points are not what is missing."""
    if found.blocked:
        return "We show no points for this. Please follow the advice above."
    if shown.points:
        return "The filters leave no point. Take one of them away."
    if not found.tokens:
        return "Type what you feel, where it hurts, or the name of a point."
    if found.unknown_code:
        return ""
    if meant:
        return "We have no point for this, but a page about it."
    return "We found no point for these words."


def nearest_words(index: Index, found: Answer, meant: list[Symptom]) -> list[Symptom]:
    """Return symptoms to go on with when there are no points: those meant, or with near words."""
    if found.reasons or found.blocked or not found.terms:
        return []
    if meant:
        return meant
    slugs = {
        slug
        for term in found.terms
        if index.names_a_body([term])
        for slug in index.term_symptoms.get(term.text, ())
    }
    return list(
        Symptom.objects.published().filter(
            slug__in=[slug for slug in slugs if index.symptoms[slug].offers_points]
        )[:6]
    )


def suggestions(query: str) -> list[dict]:
    """Return at most MOST_SUGGESTIONS pages: what begins with, then contains, `query`.

    Then complaints it means, when names and phrases do not fill the list. Where a sign of danger
    is typed, the way to help is all that is suggested.
    """
    query = query[:LONGEST_QUERY]
    start = squash(query)
    if not start:
        return []
    index = holder.get()
    found = answer(index, query)
    if any(not index.red_flags[slug][1] for slug in found.recognised.red_flags):
        return [dict(zip(("label", "url", "kind"), urgent(), strict=True))]
    if found.codes:
        start = squash(found.codes[0].code)
    pages = begin_with(index, start)
    pages += sorted(tuple(page) for key, *page in index.labels if start in key)
    pages += [
        (index.symptoms[meant.slug].name, index.symptoms[meant.slug].url, "symptom")
        for meant in found.meant
        if meant.is_whole
    ]
    best = {}
    for label, url, kind in pages:
        best.setdefault(url, {"label": label, "url": url, "kind": kind})
    return list(best.values())[:MOST_SUGGESTIONS]


def urgent() -> tuple[str, str, str]:
    return "Signs that need help now", reverse(SAFETY), "urgent"


def begin_with(index: Index, start: str) -> list[tuple[str, str, str]]:
    """Return (label, address, kind) of names and phrases that begin with `start`.

    Complaints come first: who types "back" has one rather than looks for the point Back Stream.
    """
    found = sorted(
        (key != start, kind != "symptom", len(key), label, url, kind)
        for key, label, url, kind in beginning(index.starts, start)
    )
    pages = list(dict.fromkeys(entry[3:] for entry in found))
    if len(start) >= 4 and any(beginning(index.danger_starts, start)):
        pages.insert(MOST_SUGGESTIONS // 2, urgent())
    return pages


def beginning(entries: list[tuple], start: str) -> Iterator[tuple]:
    """Yield those of the sorted `entries` whose first part begins with `start`."""
    for entry in islice(entries, bisect_left(entries, (start,)), None):
        if not entry[0].startswith(start):
            break
        yield entry
