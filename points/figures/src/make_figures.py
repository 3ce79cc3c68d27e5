"""Write every figure into the folder above: `python3 make_figures.py`."""

from pathlib import Path

import body
import hands
import legs
import trunk
from drawing import Figure

TARGET = Path(__file__).resolve().parent.parent


def all_figures() -> list[Figure]:
    """Return every figure, whole body first."""
    return [*body.figures(), *trunk.figures(), *legs.figures(), *hands.figures()]


def main():
    for figure in all_figures():
        path = TARGET / f"{figure.slug}.svg"
        path.write_text(figure.svg, encoding="utf-8")
        print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
