"""The map by areas: the whole body with a link an area, and the close-ups of one area.

All is measured for the narrowest screen, where a drawing is `NARROWEST` pixels wide; on a wider
one everything only grows.
"""

import math
from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import combinations, product

from .bodymap import FIGURES, Figure, between, middle

NARROWEST = 284  # CSS pixels, on a screen of 320
TARGET, SMALLEST_TARGET = 44, 24  # CSS pixels across, where there is space and anywhere
LETTER = 10.5  # CSS pixels a letter of a code is wide


@dataclass(frozen=True)
class Box:
    """A rectangle in the units of a drawing."""

    x: float
    y: float
    width: float
    height: float

    @classmethod
    def about(cls, x: float, y: float, half_width: float, half_height: float) -> "Box":
        return cls(x - half_width, y - half_height, 2 * half_width, 2 * half_height)

    @classmethod
    def of(cls, places: list[tuple[float, float]], margin: float = 0) -> "Box":
        """Return the box that holds `places`, `margin` wider on every side."""
        xs, ys = [x for x, _ in places], [y for _, y in places]
        width, height = max(xs) - min(xs), max(ys) - min(ys)
        return cls.about(middle(xs), middle(ys), width / 2 + margin, height / 2 + margin)

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle_x(self) -> float:
        return self.x + self.width / 2

    @property
    def middle_y(self) -> float:
        return self.y + self.height / 2

    @property
    def viewbox(self) -> str:
        return f"{self.x:.1f} {self.y:.1f} {self.width:.1f} {self.height:.1f}"

    def meets(self, other: "Box") -> bool:
        return (
            self.x < other.right
            and other.x < self.right
            and self.y < other.bottom
            and other.y < self.bottom
        )

    def holds(self, other: "Box") -> bool:
        return (
            self.x <= other.x
            and other.right <= self.right
            and self.y <= other.y
            and other.bottom <= self.bottom
        )

    def distance(self, x: float, y: float) -> float:
        """Return how far `x`, `y` is outside, along the axis where it is farthest."""
        return max(self.x - x, x - self.right, self.y - y, y - self.bottom)

    def way(self, x: float, y: float) -> float:
        """Return the length of the shortest way to `x`, `y`, 0 inside."""
        return math.hypot(x - between(self.x, x, self.right), y - between(self.y, y, self.bottom))

    def around(self, other: "Box") -> "Box":
        corners = [(box.x, box.y) for box in (self, other)]
        return Box.of(corners + [(box.right, box.bottom) for box in (self, other)])


@dataclass(frozen=True)
class AreaLink:
    """An area on the whole body: its zones, and its name beside the body."""

    area: object
    points: int
    zones: tuple[Box, ...]
    plate: Box
    lines: tuple[str, ...]

    @property
    def line_from(self) -> Box:
        return max(self.zones, key=lambda zone: zone.right)

    @property
    def rows(self) -> list[tuple[float, str]]:
        """Return the lines of the name with their baselines."""
        first = self.plate.middle_y + BodyView.FONT * (0.35 - 0.55 * (len(self.lines) - 1))
        return [(first + 1.1 * BodyView.FONT * n, line) for n, line in enumerate(self.lines)]


@dataclass(frozen=True)
class BodyView:
    """The whole body from one side, with its areas."""

    figure: Figure
    view: Box
    links: tuple[AreaLink, ...]

    LEFT, RIGHT = 24, 372  # the hands reach from here to here
    FONT = 32
    LETTER = 0.6  # of the font's size, on average
    MARGIN = 10
    ZONE = 24


def in_two_lines(name: str) -> tuple[str, ...]:
    """Break a long `name` where the longer line is shortest."""
    words = name.split()
    if len(name) <= 10 or len(words) == 1:
        return (name,)
    breaks = [(" ".join(words[:n]), " ".join(words[n:])) for n in range(1, len(words))]
    return min(breaks, key=lambda lines: max(map(len, lines)))


def body_views(areas) -> list[BodyView]:
    """Draw `areas`, pairs of an area and its points, on the back and on the front of the body."""
    found = {slug: marked_areas(areas, slug) for slug in ("back", "front")}
    longest = max((len(line) for area, _ in areas for line in in_two_lines(area.name)), default=0)
    column = BodyView.LETTER * BodyView.FONT * longest + 2 * BodyView.MARGIN
    width = BodyView.RIGHT - BodyView.LEFT + column
    target = TARGET * width / NARROWEST
    most = max(1, *map(len, found.values()))
    body = FIGURES["back"].height
    height = between(body, target * most, 1.15 * body)
    view = Box(BodyView.LEFT, (body - height) / 2, width, height)
    row = min(target, height / most)
    views = []
    for slug, marked in found.items():
        wanted = [max(boxes, key=lambda box: box.right).middle_y for *_, boxes in marked]
        rows = spread(wanted, row, view.y, view.bottom)
        links = tuple(
            AreaLink(
                area=area,
                points=len(points),
                zones=tuple(boxes),
                plate=Box.about(view.right - column / 2, y, column / 2, row / 2 - 1),
                lines=in_two_lines(area.name),
            )
            for (area, points, boxes), y in zip(marked, rows, strict=True)
        )
        views.append(BodyView(FIGURES[slug], view, links))
    return views


def marked_areas(areas, slug: str) -> list[tuple]:
    """Return (area, points, zones) for the areas on figure `slug`, in the order of their names."""
    marked = [(area, points, zones(points, slug)) for area, points in areas]
    marked = [entry for entry in marked if entry[2]]
    keep_apart([boxes for *_, boxes in marked])
    # The name of the hand comes before that of the thigh, so that their lines do not cross.
    marked.sort(key=lambda entry: min(box.middle_y - box.right / 4 for box in entry[2]))
    return marked


def zones(points, slug: str) -> list[Box]:
    """Return where `points` lie on the whole body: one box, or one on each side."""
    sides = defaultdict(list)
    centre = FIGURES[slug].width / 2
    for point in points:
        for mark in point.markers.all():
            if mark.role == "locator" and mark.figure == slug:
                for x in mark.xs:
                    sides[x < centre].append((x, mark.units_y))
    boxes = [Box.of(places, BodyView.ZONE) for places in sides.values()]
    if len(boxes) == 2 and boxes[0].meets(boxes[1]):
        return [boxes[0].around(boxes[1])]
    return boxes


def keep_apart(areas: list[list[Box]]) -> None:
    """Cut zones of neighbouring areas half way where one would reach into the other."""
    for one, other in combinations(areas, 2):
        for i, j in product(range(len(one)), range(len(other))):
            if one[i].meets(other[j]):
                one_is_above = one[i].middle_y <= other[j].middle_y
                above, below = (one[i], other[j]) if one_is_above else (other[j], one[i])
                edge = (above.bottom + below.y) / 2
                above = replace(above, height=max(1, edge - 1 - above.y))
                below = replace(below, y=edge + 1, height=max(1, below.bottom - edge - 1))
                one[i], other[j] = (above, below) if one_is_above else (below, above)


def spread(wanted: list[float], step: float, top: float, bottom: float) -> list[float]:
    """Return the middles of rows `step` high between `top` and `bottom`, near to `wanted`."""
    placed = []
    for y in wanted:
        placed.append(max(y, placed[-1] + step if placed else top + step / 2))
    limit = bottom - step / 2
    for n in reversed(range(len(placed))):
        placed[n] = min(placed[n], limit)
        limit = placed[n] - step
    return placed


@dataclass(frozen=True)
class Label:
    """Where the code of a point stands, and the marker it belongs to."""

    box: Box
    place: tuple[float, float]
    has_line: bool

    @property
    def line_to(self) -> tuple[float, float]:
        """Return the place on its edge nearest to the marker."""
        x, y = self.place
        return between(self.box.x, x, self.box.right), between(self.box.y, y, self.box.bottom)

    def covers(self, other: Box) -> bool:
        """Whether the label or its line reaches into `other`."""
        line = Box.of([self.place, self.line_to], 1)
        return self.box.meets(other) or (self.has_line and line.meets(other))


@dataclass(frozen=True)
class Spot:
    """A point on a close-up: markers, a label, and what a finger may hit."""

    point: object
    places: tuple[tuple[float, float], ...]
    ring: float
    plates: tuple[Box, ...]
    label: Label | None

    @property
    def dot(self) -> float:
        return self.ring * 0.45

    @property
    def hits(self) -> tuple[Box, ...]:
        return (*self.plates, self.label.box) if self.label else self.plates


@dataclass(frozen=True)
class CloseUp:
    """A figure, cropped so that the markers of an area stand apart."""

    figure: Figure
    view: Box
    spots: tuple[Spot, ...]

    @property
    def unit(self) -> float:
        """Return how many units a pixel has on the narrowest screen."""
        return self.view.width / NARROWEST

    @property
    def font(self) -> float:
        return 17 * self.unit


def close_ups(points) -> list[CloseUp]:
    """Draw `points` on every figure that shows one of them, the fullest figure first."""
    figures = defaultdict(dict)
    for point in points:
        for mark in point.markers.all():
            if mark.role == "closeup":
                places = figures[mark.figure].setdefault(point, ([], mark.label_side))[0]
                places += [(x, mark.units_y) for x in mark.xs]
    fullest = sorted(figures, key=lambda slug: -len(figures[slug]))
    return [close_up(FIGURES[slug], figures[slug]) for slug in fullest]


def close_up(figure: Figure, marked: dict) -> CloseUp:
    """Lay out `marked`, places and wished side of the label of each point, on `figure`."""
    every = [(point, place) for point, (places, _) in marked.items() for place in places]
    nearest = {
        point: min(
            (
                max(abs(x - other_x), abs(y - other_y))
                for x, y in places
                for other, (other_x, other_y) in every
                if other is not point
            ),
            default=figure.width,
        )
        for point, (places, _) in marked.items()
    }
    beside = (max(len(point.code) for point in marked) * LETTER + 26) / NARROWEST
    view = crop(figure, [place for _, place in every], min(nearest.values()), beside)
    unit = view.width / NARROWEST
    labels, spots = place_labels(marked, view, unit), []
    for point, (places, _) in marked.items():
        others = [label.box for other, label in labels.items() if label and other is not point]
        plates = []
        for x, y in places:
            room = [nearest[point] / 2, *(label.distance(x, y) for label in others)]
            half = max(SMALLEST_TARGET / 2 * unit, min(TARGET / 2 * unit, *room))
            plates.append(Box.about(x, y, half, half))
        spots.append(
            Spot(
                point=point,
                places=tuple(places),
                ring=max(3 * unit, min(9 * unit, nearest[point] / 2 - 2 * unit)),
                plates=tuple(plates),
                label=labels[point],
            )
        )
    return CloseUp(figure, view, tuple(spots))


def crop(figure: Figure, places: list[tuple[float, float]], nearest: float, beside: float) -> Box:
    """Return the part of `figure` that shows `places`, a share of it `beside` them for labels.

    It is the whole figure unless `nearest`, the least distance between two points, is too small
    for a finger.
    """
    bounds = Box.of(places)
    width = max(nearest * NARROWEST / TARGET, bounds.width / (1 - 2 * beside), figure.width / 2)
    width = min(width, figure.width)
    height = min(figure.height, max(width * 1.1, bounds.height + 2 * beside * width))
    return Box(
        between(0, bounds.middle_x - width / 2, figure.width - width),
        between(0, bounds.middle_y - height / 2, figure.height - height),
        width,
        height,
    )


def place_labels(marked: dict, view: Box, unit: float) -> dict:
    """Return the `Label` of each point, None where there is no room.

    A label and its line cover no other marker and no other label, and the marker nearest to a
    label without a line is its own.
    """
    least = SMALLEST_TARGET / 2 * unit
    markers = [
        (point, place, Box.about(*place, least, least))
        for point, (places, _) in marked.items()
        for place in places
    ]
    free = {
        point: [
            label
            for label in label_places(point.code, places, side, unit)
            if view.holds(label.box)
            and not any(label.covers(box) for _, place, box in markers if place != label.place)
            and (
                label.has_line
                or point == min(markers, key=lambda marker: label.box.way(*marker[1]))[0]
            )
        ]
        for point, (places, side) in marked.items()
    }
    labels = {}
    for point in sorted(free, key=lambda point: len(free[point])):
        placed = [label for label in labels.values() if label]
        labels[point] = next(
            (
                label
                for label in free[point]
                if not any(label.covers(other.box) or other.covers(label.box) for other in placed)
            ),
            None,
        )
    return labels


def label_places(code: str, places, side: str, unit: float):
    """Yield where the label of a point may stand: beside a marker, then farther and farther off."""
    half_width, half_height = (len(code) * LETTER / 2 + 5) * unit, SMALLEST_TARGET / 2 * unit
    sides = {"right": (1, 0), "left": (-1, 0), "top": (0, -1), "bottom": (0, 1)}
    ways = [sides[side], *(way for name, way in sides.items() if name != side)]
    ways += [(1, -1), (1, 1), (-1, -1), (-1, 1)]
    for off in (12, 26, 44, 64):
        for x, y in places:
            for right, down in ways:
                across, along = off * unit + half_width, off * unit + half_height
                box = Box.about(x + right * across, y + down * along, half_width, half_height)
                yield Label(box, (x, y), has_line=off > 12)
