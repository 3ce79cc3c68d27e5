"""The filters of search and symptom pages: read from the address, failing closed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

from ..models import BodyArea, CautionGroup, Point, PointCaution

REACH_VALUES = {
    "self": {Point.Reach.SELF},
    "partner": {Point.Reach.HELPER_BETTER, Point.Reach.HELPER_ONLY},
}
REACH_LABELS = {"": "Any", "self": "Easy on my own", "partner": "Easier with a helper"}


@dataclass(frozen=True)
class Selection:
    """What the reader chose: caution groups to leave out, reach, body area."""

    groups: tuple[CautionGroup, ...]
    avoid: tuple[str, ...] = ()
    reach: str = ""
    area: BodyArea | None = None
    unknown: tuple[str, ...] = ()

    @classmethod
    def from_request(cls, data: QueryDict, groups) -> "Selection":
        """Read `avoid`, `reach` and `area`; values that do not exist are as if not given.

        Groups that do not exist are kept in `unknown`, so that the page can say so.
        """
        groups = tuple(groups)
        known = {group.slug for group in groups}
        avoid = tuple(slug for slug in dict.fromkeys(data.getlist("avoid")) if slug)
        area = data.get("area", "").replace("\0", "")
        return cls(
            groups=groups,
            avoid=tuple(slug for slug in avoid if slug in known),
            unknown=tuple(slug for slug in avoid if slug not in known)[:3],
            reach=data.get("reach", "") if data.get("reach") in REACH_VALUES else "",
            area=BodyArea.objects.filter(slug=area).first() if area else None,
        )

    @property
    def avoided(self) -> list[CautionGroup]:
        return [group for group in self.groups if group.slug in self.avoid]

    @property
    def count(self) -> int:
        return len(self.avoid) + bool(self.reach) + bool(self.area)

    def query(self, without: str | None = None, **extra: str) -> str:
        """Return the filters as a query string, leaving out one of them when named."""
        pairs = [(name, value) for name, value in extra.items() if value]
        pairs += [("avoid", slug) for slug in self.avoid if slug != without]
        if self.reach and without != "reach":
            pairs.append(("reach", self.reach))
        if self.area and without != "area":
            pairs.append(("area", self.area.slug))
        return f"?{urlencode(pairs)}" if pairs else "?"

    def keeps(self, point: Point) -> bool:
        """Whether reach and area leave `point` in."""
        return (not self.reach or point.reach in REACH_VALUES[self.reach]) and (
            not self.area or point.body_area_id == self.area.pk
        )


def objections(point: Point, groups: Iterable[CautionGroup]) -> list[PointCaution]:
    """Return the cautions that keep `point` from members of `groups`.

    A group nobody decided for this point counts as not checked: the filter fails closed.
    """
    decided = {caution.group_id: caution for caution in point.cautions.all()}
    cautions = [decided.get(group.pk) or PointCaution(point=point, group=group) for group in groups]
    return [caution for caution in cautions if not PointCaution.Level(caution.level).is_offered]


def offered_to(point: Point) -> list[int]:
    """Return the ids of the groups that nothing of `point` keeps away, see `objections`."""
    return [
        caution.group_id
        for caution in point.cautions.all()
        if PointCaution.Level(caution.level).is_offered
    ]


@dataclass(frozen=True)
class Choice:
    slug: str
    label: str
    count: int
    chosen: bool


def facets(points: list[Point], selection: Selection) -> dict[str, list[Choice]]:
    """Return the choices of every filter with the number of `points` each concerns."""
    areas = Counter(point.body_area for point in points)
    offered = Counter(group for point in points for group in offered_to(point))
    if selection.area:
        areas.setdefault(selection.area, 0)
    return {
        "avoid": [
            Choice(
                group.slug,
                group.name,
                len(points) - offered[group.pk],
                group.slug in selection.avoid,
            )
            for group in selection.groups
        ],
        "reach": [
            Choice(
                value,
                label,
                sum(not value or point.reach in REACH_VALUES[value] for point in points),
                selection.reach == value,
            )
            for value, label in REACH_LABELS.items()
        ],
        "area": [
            Choice("", "Anywhere", len(points), not selection.area),
            *(
                Choice(area.slug, area.name, number, area == selection.area)
                for area, number in sorted(areas.items(), key=lambda item: item[0].order)
            ),
        ],
    }
