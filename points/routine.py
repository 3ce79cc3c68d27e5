"""A reader's routine: points one after the other, kept in the address and nowhere else."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from .models import CautionGroup, Point, PointCaution, minutes_of
from .search.filters import Selection, facets, objections

LONGEST = 12
# Links repeat no more of an address than this: a page has hundreds of them.
MOST_GROUPS, LONGEST_NAME = 20, 50


def chosen_in(data: QueryDict) -> list[str]:
    """Return the slugs named in an address (?p=bl23&p=bl40), in order, each once."""
    slugs = (slug.lower().replace("\0", "") for slug in data.getlist("p"))
    return list(dict.fromkeys(slug for slug in slugs if 0 < len(slug) <= LONGEST_NAME))


def avoided_in(data: QueryDict) -> list[str]:
    """Return the caution groups named in an address, as links repeat them."""
    return [slug for slug in data.getlist("avoid") if len(slug) <= LONGEST_NAME][:MOST_GROUPS]


def address(slugs: Iterable[str], avoid: Iterable[str] = (), page: str = "points:routine") -> str:
    """Return the address of `page` with these points and caution groups."""
    pairs = [("p", slug) for slug in slugs] + [("avoid", slug) for slug in avoid]
    return f"{reverse(page)}?{urlencode(pairs)}" if pairs else reverse(page)


@dataclass(frozen=True)
class OwnRoutine:
    """The reader's own list, for pages that name what they are about and lead back to it."""

    slugs: tuple[str, ...]
    avoid: tuple[str, ...]

    def __str__(self):
        return "your routine"

    def get_absolute_url(self) -> str:
        return address(self.slugs, self.avoid)


@dataclass(frozen=True)
class Step:
    """One point of a routine and the addresses that move it or take it out ("" at an end)."""

    point: Point
    up: str
    down: str
    without: str


@dataclass(frozen=True)
class Warned:
    """A caution group with the points it concerns, the strictest level first."""

    group: CautionGroup
    levels: list[tuple[PointCaution.Level, list[Point]]]

    @property
    def strictest(self) -> PointCaution.Level:
        return self.levels[0][0]


@dataclass(frozen=True)
class Offered:
    """A point to choose, with the cautions that keep it out."""

    point: Point
    against: list[PointCaution]


@dataclass
class Lineup:
    """What became of the points asked for: every one of them is in exactly one of the lists."""

    selection: Selection
    asked: list[str]
    points: list[Point] = field(default_factory=list)
    left_out: list[tuple[Point, list[PointCaution]]] = field(default_factory=list)
    too_many: list[Point] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    offered: list[Point] = field(default_factory=list)

    @classmethod
    def of(cls, asked: Sequence[str], selection: Selection) -> "Lineup":
        """Let in the points named `asked` that `selection` does not leave out, at most LONGEST."""
        published = Point.objects.published().with_instructions().for_cards()
        published = published.exclude(hold_seconds_max=None).with_cautions()
        by_slug = {point.slug: point for point in published}
        lineup = cls(selection, list(asked))
        lineup.offered = sorted(by_slug.values(), key=lambda point: point.body_area.order)
        for slug in asked:
            point = by_slug.get(slug)
            if point is None:
                lineup.unknown.append(slug)
            elif against := objections(point, selection.avoided):
                lineup.left_out.append((point, against))
            elif len(lineup.points) < LONGEST:
                lineup.points.append(point)
            else:
                lineup.too_many.append(point)
        return lineup

    @property
    def minutes(self) -> int:
        return minutes_of(self.points)

    @property
    def kept(self) -> list[str]:
        """Return the slugs that stay in the address: also of points left out for now."""
        left_out = {point.slug for point, _against in self.left_out}
        inside = {point.slug for point in self.points}
        return [slug for slug in self.asked if slug in inside or slug in left_out]

    def steps(self) -> list[Step]:
        """Return the points with the addresses that change the order; those left out stay last."""
        order = [point.slug for point in self.points]
        aside = [point.slug for point, _against in self.left_out]

        def moved(at: int, to: int) -> str:
            if not 0 <= to < len(order):
                return ""
            changed = order.copy()
            changed.insert(to, changed.pop(at))
            return f"{address(changed + aside, self.selection.avoid)}#step-{order[at]}"

        return [
            Step(
                point,
                up=moved(at, at - 1),
                down=moved(at, at + 1),
                without=address(order[:at] + order[at + 1 :] + aside, self.selection.avoid),
            )
            for at, point in enumerate(self.points)
        ]

    def warned(self) -> list[Warned]:
        """Return whom the points concern: each group once, by the strictest of its levels."""
        found: dict[CautionGroup, dict[str, list[Point]]] = defaultdict(lambda: defaultdict(list))
        for point in self.points:
            for caution in point.cautions_to_show(self.selection.groups):
                found[caution.group][caution.level].append(point)
        order = list(PointCaution.Level)
        warned = [
            Warned(
                group, [(level, levels[level]) for level in PointCaution.Level if level in levels]
            )
            for group, levels in found.items()
        ]
        return sorted(warned, key=lambda one: (order.index(one.strictest), one.group.order))

    def context(self) -> dict:
        """Return what the page of a routine shows."""
        warned = self.warned()
        avoid = self.selection.avoid
        strict = {PointCaution.Level.AVOID, PointCaution.Level.ASK_FIRST}
        in_it = set(self.kept)
        asked = [*self.points, *(point for point, _against in self.left_out)]
        return {
            "lineup": self,
            "selection": self.selection,
            "steps": self.steps(),
            "strict": [one for one in warned if one.strictest in strict],
            "milder": [one for one in warned if one.strictest not in strict],
            "offered": [
                Offered(point, objections(point, self.selection.avoided))
                for point in self.offered
                if point.slug not in in_it
            ],
            "facets": facets(asked or self.offered, self.selection),
            "own_address": address(self.kept, avoid),
            "without_filters": address(self.kept),
            "emptied": address([], avoid),
            "more_points": address(self.kept, avoid, "points:list"),
            "sheet": address(self.kept, avoid, "articles:own_sheet"),
        }
