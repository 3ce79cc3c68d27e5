"""Our own drawings of poses and tools; each says in words what it shows."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from django.utils.safestring import mark_safe

from points.bodymap import Figure, load_figure

DRAWINGS_DIR = Path(__file__).parent / "figures"


@dataclass(frozen=True)
class Drawing:
    """A figure and its `words`: the position it shows, for readers who cannot see it too."""

    figure: Figure
    words: str


def load_drawing(path: Path) -> Drawing:
    """Read a figure whose second child is its description."""
    figure = load_figure(path)
    described = re.match(r"<desc>(.*?)</desc>\s*", figure.markup)
    if described is None:
        raise ValueError(f"{path.name}: no description after the title")
    markup = mark_safe(figure.markup[described.end() :])  # noqa: S308 (our own drawing)
    return Drawing(replace(figure, markup=markup), described[1])


DRAWINGS = {path.stem: load_drawing(path) for path in sorted(DRAWINGS_DIR.glob("*.svg"))}


def drawing_choices() -> list[tuple[str, str]]:
    return [(slug, drawing.figure.title) for slug, drawing in DRAWINGS.items()]
