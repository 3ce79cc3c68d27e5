"""Our own body drawings: one SVG file a view, inlined once a page and drawn on with markers."""

import re
from dataclasses import dataclass
from pathlib import Path

from django.utils.safestring import SafeString, mark_safe

FIGURES_DIR = Path(__file__).parent / "figures"


@dataclass(frozen=True)
class Figure:
    """One view of the body; `width` and `height` are the units of its viewBox."""

    slug: str
    title: str
    width: int
    height: int
    markup: SafeString


def load_figure(path: Path) -> Figure:
    """Read a drawing whose root has `viewBox="0 0 W H"` and whose first child is its title."""
    text = path.read_text(encoding="utf-8")
    root = re.search(r'<svg[^>]*\bviewBox="0 0 (\d+) (\d+)"[^>]*>\s*<title>(.*?)</title>', text)
    if root is None:
        raise ValueError(f"{path.name}: no viewBox from 0 0, or no title")
    inner = text[root.end() : text.rindex("</svg>")].strip()
    return Figure(
        slug=path.stem,
        title=root[3],
        width=int(root[1]),
        height=int(root[2]),
        markup=mark_safe(inner),  # noqa: S308 (our own drawing, not an upload)
    )


FIGURES = {path.stem: load_figure(path) for path in sorted(FIGURES_DIR.glob("*.svg"))}


def figure_choices() -> list[tuple[str, str]]:
    return [(figure.slug, figure.title) for figure in FIGURES.values()]


@dataclass(frozen=True)
class Crop:
    """A part of a figure, in its units, five wide to six high, with marker sizes to match."""

    x: float
    y: float
    width: float
    height: float

    ASPECT = 1.2

    @classmethod
    def around(cls, figure: Figure, marks) -> "Crop":
        """Return the crop that shows `marks` of `figure`: both sides when they fit."""
        xs = [x for mark in marks for x in mark.xs]
        ys = [mark.units_y for mark in marks]
        spread = max(max(xs) - min(xs), (max(ys) - min(ys)) / cls.ASPECT)
        width = max(0.48 * figure.width, spread + 0.3 * figure.width)
        if width > 0.75 * figure.width:
            xs, width = [xs[0]], 0.5 * figure.width
        width = min(width, figure.height / cls.ASPECT)
        height = width * cls.ASPECT
        return cls(
            x=round(between(0, middle(xs) - width / 2, figure.width - width), 1),
            y=round(between(0, middle(ys) - height / 2, figure.height - height), 1),
            width=round(width, 1),
            height=round(height, 1),
        )

    def widened(self, figure: Figure) -> "Crop":
        """Return more of `figure` about the same middle: the landmarks a finger starts from."""
        width = min(1.7 * self.width, figure.width, figure.height / self.ASPECT)
        height = width * self.ASPECT
        x, y = self.x + (self.width - width) / 2, self.y + (self.height - height) / 2
        return type(self)(
            x=round(between(0, x, figure.width - width), 1),
            y=round(between(0, y, figure.height - height), 1),
            width=round(width, 1),
            height=round(height, 1),
        )

    @property
    def viewbox(self) -> str:
        return f"{self.x} {self.y} {self.width} {self.height}"

    @property
    def ring(self) -> float:
        return round(self.width * 0.055, 1)

    @property
    def dot(self) -> float:
        return round(self.width * 0.025, 1)


@dataclass(frozen=True)
class Frame:
    """The rectangle on the whole body that says where the close-up is."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Callout:
    """A label beside the body with a line to its markers; all numbers in figure units."""

    point: object
    xs: tuple[float, ...]
    y: float
    line_from: float
    label_x: float
    label_y: float
    on_left: bool

    @property
    def plate(self) -> Frame:
        """Return the area a finger may hit, 44 pixels high on 320: label and marker."""
        edges = (self.label_x + (-56 if self.on_left else 56), self.line_from)
        tops = (self.y, self.label_y)
        return Frame(
            x=round(min(edges) - 12, 1),
            y=round(min(tops) - 24, 1),
            width=round(max(edges) - min(edges) + 24, 1),
            height=round(max(tops) - min(tops) + 48, 1),
        )


def middle(values: list[float]) -> float:
    return (min(values) + max(values)) / 2


def between(low: float, value: float, high: float) -> float:
    return max(low, min(value, high))


def locator_frame(body: Figure, marks, both_sides: bool) -> Frame:
    """Return the frame around `marks` on the whole body, on one side or across both.

    It keeps inside what a point page shows of the body, 30 units short of either side.
    """
    xs = [x for mark in marks for x in mark.xs[: 2 if both_sides else 1]]
    ys = [mark.units_y for mark in marks]
    width, height = max(xs) - min(xs) + 90, max(ys) - min(ys) + 110
    return Frame(
        x=round(between(36, middle(xs) - width / 2, body.width - 36 - width), 1),
        y=round(between(14, middle(ys) - height / 2, body.height - height - 14), 1),
        width=round(width, 1),
        height=round(height, 1),
    )


def callouts(points, slug: str, gap: float = 64) -> list[Callout]:
    """Label `points` on figure `slug`, right or left of the body, no label nearer than `gap`."""
    figure = FIGURES[slug]
    marked = [
        (mark.units_y, mark, point)
        for point in points
        for mark in point.markers.all()
        if mark.role == "locator" and mark.figure == slug
    ]
    last = {True: -gap, False: -gap}
    found = []
    for y, mark, point in sorted(marked, key=lambda item: (item[0], item[2].code)):
        on_left = y - last[False] < gap and y - last[True] > y - last[False]
        label_y = max(y - 14, last[on_left] + gap)
        last[on_left] = label_y
        xs = mark.xs
        found.append(
            Callout(
                point=point,
                xs=tuple(xs),
                y=round(y, 1),
                line_from=min(xs) if on_left else max(xs),
                label_x=78 if on_left else figure.width - 78,
                label_y=round(label_y, 1),
                on_left=on_left,
            )
        )
    return found
