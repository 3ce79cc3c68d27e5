"""Read the strokes of our drawings: the few SVG elements and path commands that they use."""

import re
from functools import cache
from xml.etree import ElementTree

from points.bodymap import FIGURES_DIR

SVG = "{http://www.w3.org/2000/svg}"
Spot = tuple[float, float]
Line = list[Spot]


def read(slug: str) -> ElementTree.Element:
    return ElementTree.parse(FIGURES_DIR / f"{slug}.svg").getroot()  # noqa: S314 (our own)


@cache
def lines(slug: str) -> list[Line]:
    """Return every stroke of a drawing as spots in its units, close to each other."""
    drawing = read(slug)
    shapes = {shape.get("id"): shape.get("d") for shape in drawing.iter(f"{SVG}path")}
    found = []

    def walk(element, flip: int, dx: float, dy: float):
        if element.tag in (f"{SVG}defs", f"{SVG}text") or element.get("class") == "bm-l":
            return
        transform = element.get("transform", "")
        numbers = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", transform)]
        if transform.startswith("scale"):
            flip = -flip
        elif transform.startswith("translate"):
            dx += flip * numbers[0]
        elif transform.startswith("matrix"):
            flip, dx = -flip, dx + numbers[4]
        if element.tag == f"{SVG}use":
            dy += float(element.get("y", 0))
        text = element.get("d") or shapes.get(element.get("href", "")[1:])
        if text:
            found.extend([(dx + flip * x, dy + y) for x, y in line] for line in spots(text))
        for child in element:
            walk(child, flip, dx, dy)

    walk(drawing, 1, 0, 0)
    return found


@cache
def names(slug: str) -> dict[str, float]:
    """Return the labels of a drawing, each with the height of its middle."""
    return {text.text: float(text.get("y")) - 5 for text in read(slug).iter(f"{SVG}text")}


def spots(path: str) -> list[Line]:
    """Return the strokes of a `d` attribute; curves are walked in sixteen steps."""
    found: list[Line] = []
    x = y = 0.0
    for command, numbers in re.findall(r"([MLlcHhVvz])([^A-Za-z]*)", path):
        values = [float(number) for number in re.findall(r"-?\d*\.?\d+", numbers)]
        match command:
            case "M":
                x, y = values
                found.append([(x, y)])
                continue
            case "z":
                found[-1].append(found[-1][0])
            case "L":
                steps = [(values[0] - x, values[1] - y)]
            case "l":
                steps = list(zip(values[::2], values[1::2], strict=True))
            case "H" | "h":
                steps = [(values[0] - (x if command == "H" else 0), 0)]
            case "V" | "v":
                steps = [(0, values[0] - (y if command == "V" else 0))]
            case "c":
                for ax, ay, bx, by, cx, cy in zip(*[iter(values)] * 6, strict=True):
                    for step in range(1, 17):
                        t = step / 16
                        a, b, c = 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3
                        found[-1].append(
                            (x + a * ax + b * bx + c * cx, y + a * ay + b * by + c * cy)
                        )
                    x, y = x + cx, y + cy
        if command in "LlHhVv":
            for right, down in steps:
                for step in range(1, 17):
                    found[-1].append((x + right * step / 16, y + down * step / 16))
                x, y = x + right, y + down
    return found
