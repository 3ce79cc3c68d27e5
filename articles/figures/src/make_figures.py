"""Write every figure into the folder above: `python3 make_figures.py`."""

from pathlib import Path

import poses
import tools

TARGET = Path(__file__).resolve().parent.parent


def main():
    for picture in [*poses.poses(), *tools.tools()]:
        target = TARGET / f"{picture.slug}.svg"
        target.write_text(picture.svg, encoding="utf-8")
        print(f"{target.name}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
