"""The pen and the paper: reading strokes, moving them, and writing one figure as SVG.

Strokes are written as text, `x,y` after `x,y`, strokes parted by `;`. Marks on a node:
`!` a corner, `@90` a fixed heading in degrees (0 = right, 90 = down).
Layers carry the classes the stylesheet colours: bm-s skin, bm-t hair, bm-b bone, bm-d detail,
bm-o outline, bm-l labels. Without a stylesheet they fall back to tints of `currentColor`.
"""

import math
from dataclasses import dataclass, field

from curves import Node, path, short

Stroke = list[Node]
Spot = tuple[float, float]


def strokes(text: str) -> list[Stroke]:
    """Read strokes from text."""
    return [[_node(token) for token in part.split()] for part in text.split(";") if part.strip()]


def stroke(text: str) -> Stroke:
    """Read a single stroke from text."""
    (only,) = strokes(text)
    return only


def _node(token: str) -> Node:
    place, _, heading = token.partition("@")
    x, y = place.rstrip("!").split(",")
    return Node(
        float(x), float(y), heading=float(heading) if heading else None, corner=place.endswith("!")
    )


def joined(*parts: Stroke) -> Stroke:
    """Join strokes end to start; a node two parts share is kept once, with its mark."""
    nodes: Stroke = []
    for part in parts:
        for node in part:
            if nodes and (nodes[-1].x, nodes[-1].y) == (node.x, node.y):
                if node.corner or node.heading is not None:
                    nodes[-1] = node
            else:
                nodes.append(node)
    return nodes


def cornered(nodes: Stroke) -> Stroke:
    """Return the stroke with a corner at both ends, for joining to a cut edge."""
    return [nodes[0]._replace(corner=True), *nodes[1:-1], nodes[-1]._replace(corner=True)]


def scaled(lines: list[Stroke], scale: float, dx: float = 0, dy: float = 0) -> list[Stroke]:
    """Return strokes enlarged by `scale`, then shifted."""
    return [
        [node._replace(x=node.x * scale + dx, y=node.y * scale + dy) for node in line]
        for line in lines
    ]


def hung(lines: list[Stroke], origin: Spot, degrees: float) -> list[Stroke]:
    """Hang strokes drawn straight down (a hand, y along the limb) from `origin` at an angle."""
    sin, cos = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))

    def turned(node: Node) -> Node:
        heading = None if node.heading is None else node.heading - degrees
        return node._replace(
            x=origin[0] + node.y * sin + node.x * cos,
            y=origin[1] + node.y * cos - node.x * sin,
            heading=heading,
        )

    return [[turned(node) for node in line] for line in lines]


def d(lines: list[Stroke]) -> str:
    """Return the `d` attribute of several strokes."""
    return "".join(path(line) for line in lines)


def dots(spots: list[Spot]) -> str:
    """Return the `d` attribute of round dots, drawn as strokes of no length."""
    return "".join(f"M{short(x)} {short(y)}h0" for x, y in spots)


@dataclass(frozen=True)
class Label:
    """A short name beside the drawing; `x`, `y` in figure units from the top left."""

    x: float
    y: float
    text: str
    anchor: str = ""


@dataclass
class Figure:
    """One view. `landmarks` are in figure units from the top left of the viewBox."""

    slug: str
    title: str
    width: int
    height: int
    units_per_cun: float
    body: str
    symmetric: bool = False
    landmarks: dict[str, Spot] = field(default_factory=dict)

    @property
    def svg(self) -> str:
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}">\n'
            f"<title>{self.title}</title>\n{self.body}\n</svg>\n"
        )


def labels(items: list[Label], guides: str = "") -> str:
    """Return the label layer; `guides` is the path of its dotted level lines."""
    lines = ""
    if guides:
        lines = (
            '<path fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round"'
            f' stroke-dasharray="2 6" opacity=".6" d="{guides}"/>'
        )
    names = "".join(
        f'<text x="{short(item.x)}" y="{short(item.y)}"'
        + (f' text-anchor="{item.anchor}"' if item.anchor else "")
        + f">{item.text}</text>"
        for item in items
    )
    return (
        '\n<g class="bm-l" fill="currentColor" font-size="15" font-weight="600"'
        f' font-family="system-ui,sans-serif">{lines}{names}</g>'
    )


PEN = 'fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"'
SKIN = 'class="bm-s" fill="currentColor" stroke="none" opacity=".1"'
HAIR = 'class="bm-t" fill="currentColor" stroke="none" opacity=".22"'


def mirrored(
    prefix: str,
    *,
    middle: float,
    skin: str,
    outline: str,
    detail: str = "",
    bone: str = "",
    hair: str = "",
    seam: str = "",
    hair_seam: str = "",
    middle_bone: str = "",
    middle_detail: str = "",
    label_layer: str = "",
    fine: bool = False,
) -> str:
    """Draw the right half once and mirror it about x = `middle`; x is measured from there.

    `seam` closes the hair-fine gap between the two skin halves; the `middle_…` layers are drawn
    once, unmirrored. `fine` uses the thinner pens of the whole body. Ids begin with `prefix`.
    """
    halves = {"s": skin, "h": outline, "d": detail, "b": bone, "t": hair}
    if skin == outline:
        del halves["s"]
    defs = "".join(f'<path id="{prefix}-{key}" d="{v}"/>' for key, v in halves.items() if v)

    def both(key: str) -> str:
        if not halves.get(key):
            return ""
        use = f'<use href="#{prefix}-{key}"'
        return f'{use}/>{use} transform="scale(-1 1)"/>'

    bone_pen, detail_pen, outline_pen = (1.3, 1.5, 2.4) if fine else (1.6, 1.8, 2.8)
    layers = [f"<g {SKIN}>{both('h' if skin == outline else 's')}{seam}</g>"]
    if hair:
        layers.append(f"<g {HAIR}>{both('t')}{hair_seam}</g>")
    if bone or middle_bone:
        opacity = ".45" if fine else ".5"
        layers.append(
            f'<g class="bm-b" stroke-width="{bone_pen}" opacity="{opacity}">'
            f"{both('b')}{middle_bone}</g>"
        )
    layers.append(
        f'<g class="bm-d" stroke-width="{detail_pen}" opacity=".6">{both("d")}{middle_detail}</g>'
    )
    layers.append(f'<g class="bm-o" stroke-width="{outline_pen}">{both("h")}</g>')
    lines = "\n".join(layers)
    return (
        f'<defs>{defs}</defs>\n<g transform="translate({short(middle)})" {PEN}>\n{lines}\n</g>'
        f"{label_layer}"
    )


def one_sided(
    *,
    skin: str,
    outline: str,
    detail: str,
    bone: str = "",
    label_layer: str = "",
    flip_width: int = 0,
) -> str:
    """Draw one hand, foot or leg as it is; `flip_width` mirrors a drawing of that width."""
    flip = f' transform="matrix(-1 0 0 1 {flip_width} 0)"' if flip_width else ""
    layers = [f'<path {SKIN} d="{skin}"/>']
    if bone:
        layers.append(f'<path class="bm-b" stroke-width="1.6" opacity=".5" d="{bone}"/>')
    layers.append(f'<path class="bm-d" stroke-width="1.8" opacity=".6" d="{detail}"/>')
    layers.append(f'<path class="bm-o" stroke-width="2.8" d="{outline}"/>')
    lines = "\n".join(layers)
    return f"<g{flip} {PEN}>\n{lines}\n</g>{label_layer}"


def flipped(landmarks: dict[str, Spot], width: float) -> dict[str, Spot]:
    """Return landmarks mirrored with a drawing of that width."""
    return {name: (width - x, y) for name, (x, y) in landmarks.items()}
