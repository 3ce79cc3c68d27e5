"""A jointed person and the paper it is drawn on, in the hand of the figures of the points.

The person is 400 units tall, 7.5 heads, and clothed. Spots are complex numbers, y down; headings
are degrees, 0 = right, 90 = down. A limb is a ribbon: a line from joint to joint with a front and
a back. Ribbons of one layer are drawn as one body: first all outlines, then all fills above them.
"""

import cmath
import math
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "points" / "figures" / "src"))

from curves import Node, path
from drawing import Stroke, stroke, strokes

PEN = 2.4
SPINE_LENGTH = 118
UPPER_ARM, FOREARM = 70, 60
THIGH, SHANK = 98, 96

# Stations of a ribbon: part of its length, width to the front, width to the back.
Profile = list[tuple[float, float, float]]
TRUNK: Profile = [
    (-0.15, 10, 16), (-0.03, 21, 30), (0.13, 24, 29), (0.42, 23, 18.5), (0.72, 26, 23),
    (0.92, 21, 24), (1.03, 12, 17),
]  # fmt: skip
NECK: Profile = [(-0.3, 14, 17), (0.4, 11.5, 13), (1.2, 11, 13)]
THIGH_PROFILE: Profile = [
    (-0.1, 16, 18), (0.12, 25, 25), (0.5, 22, 20), (0.9, 15.5, 14.5), (1.1, 9, 9),
]  # fmt: skip
SHANK_PROFILE: Profile = [(-0.1, 9, 8), (0.02, 13.5, 12.5), (0.3, 11.5, 16.5), (0.86, 8, 9)]
ANKLE: Profile = [(0.8, 7.6, 8.6), (1, 8, 9.5)]
SLEEVE: Profile = [(-0.18, 9, 9), (0, 15.5, 15), (0.5, 13.5, 13.5)]
BARE_ARM: Profile = [(0.42, 12.5, 12), (0.8, 11.2, 11), (1.08, 8, 8)]
FOREARM_PROFILE: Profile = [(-0.12, 7, 7), (0.2, 11.2, 10.8), (0.7, 8, 8), (1.02, 6.8, 6.8)]

HEAD = stroke(
    "8,-26.5 19,-20 23,-10 22.8,-4! 24,1 28,8.2 25.6,11 22.6,11.4! 24.6,14 24.4,16.6 23.6,18.4"
    " 23.6,23 20,28.4 12,28.6 2,22.5 -6,17 -17,15 -24.5,4 -26,-8 -20,-20.5 -7,-27.6 8,-26.5"
)
HAIR = stroke(
    "19,-20! 11,-14.5 7.5,-7 6.5,1.5 1.5,2 -1,10 -8,15.6 -17,15! -24.5,4 -26,-8 -20,-20.5"
    " -7,-27.6 8,-26.5 19,-20!"
)
FACE = strokes("15.6,-.6 18,.8 20.6,-.2; 21.6,18 24,18.2; 1.5,1.5 -2,-1.5 -4.6,2.5 -3,8.5 .5,10")
FOOT = stroke(
    "8.5,-9 11,0 20,6.5 35,10.5 45,12.5 49.5,16.5 46,20 33,20.4 16,18.4 2,20 -11,20 -15,15.5"
    " -13.5,7 -10,-1 -9.8,-9"
)
# The foot in line with the shin, sole towards +y.
POINTED = stroke(
    "-9,-8.5 10,-9.4 32,-8.4 50,-6.4 57,-1 53,4.6 36,7 18,9 4,13 -6,13.6 -10,9 -9,-8.5"
)
FRONT_FOOT = stroke("9,-9 11,2 20,11 23,18 16,21 2,21 -9,18 -13,8 -10.5,-1 -9.8,-9 9,-9")
FLAT_HAND = stroke("-6,-6.6 4,-7.6 16,-4.4 30,1.2 40,4.6 40,7.6 26,8 10,8 -2,8 -7,5 -6,-6.6")
HAND = stroke("-3,-6.5 8,-8.6 20,-8.2 32,-5.6 40,-1.4 39.6,2.6 30,4.6 18,7.2 7,8 -3,6.5 -3,-6.5")
FIST = stroke("-3,-6.5 6,-9.4 16,-9.6 21.6,-4 21,5 14,10 4,9 -3,6.5 -3,-6.5")


def toward(degrees: float) -> complex:
    return cmath.rect(1, math.radians(degrees))


def heading(vector: complex) -> float:
    return math.degrees(cmath.phase(vector))


def placed(line: Stroke, at: complex, degrees: float = 0, flip: bool = False) -> Stroke:
    """Return `line` turned about its origin and moved to `at`; `flip` mirrors it top to bottom."""
    turn = toward(degrees)
    found = []
    for node in line:
        spot = at + complex(node.x, -node.y if flip else node.y) * turn
        found.append(node._replace(x=spot.real, y=spot.imag))
    return found


def along(centre: list[complex], part: float) -> tuple[complex, complex]:
    """Return the spot at `part` of a smooth line through `centre`, and the unit step there."""
    if len(centre) == 2:
        step = centre[1] - centre[0]
        return centre[0] + step * part, step / abs(step)
    count = len(centre) - 1
    index = min(max(int(part * count), 0), count - 1)
    u = part * count - index
    p1, p2 = centre[index], centre[index + 1]
    p0 = centre[index - 1] if index else 2 * p1 - p2
    p3 = centre[index + 2] if index + 2 <= count else 2 * p2 - p1
    if not 0 <= u <= 1:
        edge = max(0.0, min(1.0, u))
        spot, step = along(centre, (index + edge) / count)
        return spot + step * (u - edge) * abs(p2 - p1), step
    m1, m2 = (p2 - p0) / 2, (p3 - p1) / 2
    spot = (
        p1 * (2 * u**3 - 3 * u**2 + 1)
        + m1 * (u**3 - 2 * u**2 + u)
        + p2 * (3 * u**2 - 2 * u**3)
        + m2 * (u**3 - u**2)
    )
    step = (p1 - p2) * (6 * u * u - 6 * u) + m1 * (3 * u * u - 4 * u + 1) + m2 * (3 * u * u - 2 * u)
    return spot, step / abs(step)


def ribbon(
    centre: list[complex], profile: Profile, front: complex = -1j, cut: bool = False
) -> Stroke:
    """Return the closed outline of a limb; `front` times its direction points to its front.

    `cut` ends it straight, where a hem is.
    """
    fronts, backs = [], []
    for part, ahead, behind in profile:
        spot, step = along(centre, part)
        fronts.append(spot + step * front * ahead)
        backs.append(spot - step * front * behind)
    if front.imag > 0:  # Every outline runs the same way round, so that overlaps add up.
        fronts, backs = backs, fronts
    nodes = [Node(spot.real, spot.imag) for spot in fronts + backs[::-1]]
    if cut:
        for index in (len(fronts) - 1, len(fronts)):
            nodes[index] = nodes[index]._replace(corner=True)
    return closed(nodes)


def closed(nodes: Stroke) -> Stroke:
    """Return a smooth loop that starts half way between the last node and the first."""
    (ax, ay), (bx, by) = nodes[-1][:2], nodes[0][:2]
    first = Node((ax + bx) / 2, (ay + by) / 2, heading=heading(complex(bx - ax, by - ay)))
    return [first, *nodes, first]


def hem(centre: list[complex], profile: Profile, front: complex = -1j) -> Stroke:
    """Return the line across the end of a ribbon that is cut there."""
    part, ahead, behind = profile[-1]
    spot, step = along(centre, part)
    return line(spot + step * front * ahead, spot - step * front * behind)


def written(line: Stroke) -> str:
    """Return the `d` attribute in half units, without decimals."""
    fifth = [node._replace(x=node.x / 5, y=node.y / 5) for node in line]
    return re.sub(r"-?\d*\.?\d+", lambda found: str(round(float(found[0]) * 10)), path(fifth))


def joint(start: complex, end: complex, first: float, second: float, bend: int) -> complex:
    """Return the elbow or knee between `start` and `end`; `bend` (1, -1) chooses the side."""
    step = end - start
    length = min(abs(step), (first + second) * 0.9999)
    cosine = (first**2 + length**2 - second**2) / (2 * first * length)
    return start + step / abs(step) * first * cmath.rect(1, bend * math.acos(min(1, cosine)))


@dataclass
class Layer:
    """What lies at one depth: shapes by the class that colours them, lines on top."""

    shapes: list[tuple[str, Stroke]] = field(default_factory=list)
    lines: list[Stroke] = field(default_factory=list)

    def skin(self, *lines: Stroke):
        self.shapes += [("bm-s", line) for line in lines]

    def cloth(self, *lines: Stroke):
        self.shapes += [("bm-c", line) for line in lines]

    def prop(self, *lines: Stroke):
        self.shapes += [("bm-p", line) for line in lines]


@dataclass
class Picture:
    """One drawing: layers from far to near, with a short title and the position in words."""

    slug: str
    title: str
    words: str
    width: int
    height: int
    layers: list[Layer] = field(default_factory=list)
    arrows: list[Stroke] = field(default_factory=list)
    pressed: list[complex] = field(default_factory=list)
    floor: float | None = None
    cut: float = 0  # How much of the top is left out.

    def layer(self) -> Layer:
        self.layers.append(Layer())
        return self.layers[-1]

    @property
    def svg(self) -> str:
        parts = []
        if self.floor is not None:
            parts.append(
                drawn("bm-d", [line(complex(8, self.floor), self.width - 8 + self.floor * 1j)])
            )
        for number, layer in enumerate(self.layers):
            name = f"{self.slug}-{number}"
            shapes = "".join(
                f'<path class="{colour}" fill="Canvas" d="{written(shape)}z"/>'
                for colour, shape in layer.shapes
            )
            if shapes:
                parts.append(
                    f'<g class="bm-w" stroke-width="{4 * PEN}"><g id="{name}">{shapes}</g></g>'
                    f'<use href="#{name}" stroke="none"/>'
                )
            if layer.lines:
                parts.append(drawn("bm-d", layer.lines))
        if self.arrows:
            parts.append(drawn("bm-a", self.arrows + [arrow_head(arrow) for arrow in self.arrows]))
        for spot in self.pressed:
            at = f'cx="{2 * spot.real:.0f}" cy="{2 * spot.imag:.0f}"'
            ring = f'<circle class="pr" {at} r="20"/><circle class="pd" {at} r="9"/>'
            parts.append(f'<g class="pt" stroke="none">{ring}</g>')
        body = "\n".join(parts)
        shift = f' transform="translate(0 {-2 * self.cut:.0f})"' if self.cut else ""
        return (
            '<svg xmlns="http://www.w3.org/2000/svg"'
            f' viewBox="0 0 {2 * self.width} {2 * self.height}">\n'
            f"<title>{self.title}</title>\n<desc>{self.words}</desc>\n"
            f'<g{shift} fill="none" stroke="currentColor" stroke-width="{1.5 * PEN}"'
            f' stroke-linecap="round" stroke-linejoin="round">\n{body}\n</g>\n</svg>\n'
        )


def drawn(layer: str, lines: list[Stroke]) -> str:
    return f'<path class="{layer}" d="{"".join(map(written, lines))}"/>'


def arrow_head(arrow: Stroke) -> Stroke:
    before, tip = (complex(node.x, node.y) for node in arrow[-2:])
    way = (tip - before) / abs(tip - before)
    left, right = (tip + way * cmath.rect(11, math.radians(turn)) for turn in (145, -145))
    return [
        Node(left.real, left.imag),
        Node(tip.real, tip.imag, corner=True),
        Node(right.real, right.imag),
    ]


def line(*spots: complex) -> Stroke:
    return [Node(spot.real, spot.imag) for spot in spots]


def box(x: float, y: float, width: float, height: float) -> Stroke:
    """Return a rectangle with soft corners."""
    corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)]
    return [Node(a, b, corner=True) for a, b in corners]


def ball(at: complex, width: float, height: float = 0) -> Stroke:
    """Return a circle, or an ellipse, around `at`."""
    spots = [
        complex(toward(45 * n).real * width, toward(45 * n).imag * (height or width)) + at
        for n in range(8)
    ]
    return closed([Node(spot.real, spot.imag) for spot in spots])


# ---------- the person from the side ----------


@dataclass
class Side:
    """The trunk of a person from the side, its front to the right of the way up."""

    spine: list[complex]

    @property
    def shoulder(self) -> complex:
        return along(self.spine, 0.9)[0]

    def trunk(self, layer: Layer):
        layer.cloth(ribbon(self.spine, TRUNK, 1j, cut=True))
        layer.lines.append(hem(self.spine, TRUNK, 1j))
        spot, step = along(self.spine, 0.12)
        layer.lines.append(line(spot + step * 23j, spot - step * 4, spot - step * 28j))

    def head(self, layer: Layer, neck: float, face: float, length: float = 26):
        """Draw neck and head: `neck` is its heading, the crown points to `face`."""
        spot, step = along(self.spine, 1.0)
        base = spot - step * 3j
        end = base + length * toward(neck)
        layer.skin(ribbon([base, end], NECK, 1j))
        turn = face + 90
        centre = end + 17 * toward(face) + 3 * toward(turn)
        layer.skin(placed(HEAD, centre, turn))
        layer.shapes.append(("bm-t", placed(HAIR, centre, turn)))
        layer.lines += [placed(part, centre, turn) for part in FACE]


def spine_from(hip: complex, *headings: float) -> list[complex]:
    """Return the line of the trunk from the hips up, in equal pieces with these headings."""
    spots = [hip]
    for way in headings:
        spots.append(spots[-1] + SPINE_LENGTH / len(headings) * toward(way))
    return spots


def leg(
    layer: Layer,
    hip: complex,
    knee: complex,
    ankle: complex,
    foot: float | None = None,
    shape: Stroke = FOOT,
):
    """Draw a leg in trousers, toes to `foot` degrees; without it the foot follows the shin."""
    shin = [knee, ankle]
    if foot is None:
        shape, foot = POINTED, heading(ankle - knee)
    layer.skin(ribbon(shin, ANKLE), placed(shape, ankle, foot))
    layer.cloth(ribbon([hip, knee], THIGH_PROFILE), ribbon(shin, SHANK_PROFILE, cut=True))
    layer.lines.append(hem(shin, SHANK_PROFILE))


def arm(
    layer: Layer,
    shoulder: complex,
    elbow: complex,
    wrist: complex,
    hand: Stroke = HAND,
    way: float | None = None,
    flip: bool = False,
):
    """Draw an arm in a short sleeve; the hand goes on from the forearm unless it has a `way`."""
    upper = [shoulder, elbow]
    way = heading(wrist - elbow) if way is None else way
    layer.skin(
        ribbon(upper, BARE_ARM),
        ribbon([elbow, wrist], FOREARM_PROFILE),
        placed(hand, wrist, way, flip),
    )
    layer.cloth(ribbon(upper, SLEEVE, cut=True))
    layer.lines.append(hem(upper, SLEEVE))


def reach_arm(layer: Layer, shoulder: complex, wrist: complex, bend: int, *hand):
    """Draw an arm whose hand is at `wrist`."""
    arm(layer, shoulder, joint(shoulder, wrist, UPPER_ARM, FOREARM, bend), wrist, *hand)


def reach_leg(
    layer: Layer, hip: complex, ankle: complex, foot: float | None = None, bend: int = -1
):
    """Draw a leg whose ankle is at `ankle`."""
    leg(layer, hip, joint(hip, ankle, THIGH, SHANK, bend), ankle, foot)


# ---------- the person from the front, or lying and seen from above ----------

FRONT_TRUNK: Profile = [
    (-0.1, 18, 18), (0.02, 33, 33), (0.42, 28.5, 28.5), (0.75, 35, 35), (0.9, 38, 38),
    (1, 24, 24), (1.04, 13, 13),
]  # fmt: skip
FRONT_NECK: Profile = [(-0.2, 18, 18), (0.4, 11.5, 11.5), (1.2, 11, 11)]
FRONT_HEAD = stroke(
    "0,-27@0 15,-20 18.6,-4 17,10 9,22 0,26@180 -9,22 -17,10 -18.6,-4 -15,-20 0,-27@0"
)
FRONT_HAIR = stroke(
    "0,-27@0 15,-20 18.6,-4! 15.5,-9 11,-15 0,-16.5 -11,-15 -15.5,-9 -18.6,-4! -15,-20 0,-27@0"
)
FRONT_FACE = strokes("-11,-1 -7.5,.6 -4,-1; 4,-1 7.5,.6 11,-1; -2.4,8 0,9 2.4,8; -5,15 0,16.4 5,15")
FRONT_EAR = stroke("17,-4 21,-4 21,3 17,8")


def front_head(layer: Layer, base: complex, way: float, length: float = 24):
    """Draw neck and head from the front, the crown towards `way`."""
    end = base + length * toward(way)
    centre = end + 16 * toward(way)
    turn = way + 90
    ears = [FRONT_EAR, [node._replace(x=-node.x) for node in FRONT_EAR[::-1]]]
    layer.skin(ribbon([base, end], FRONT_NECK), *(placed(ear, centre, turn) for ear in ears))
    layer.skin(placed(FRONT_HEAD, centre, turn))
    layer.shapes.append(("bm-t", placed(FRONT_HAIR, centre, turn)))
    layer.lines += [placed(part, centre, turn) for part in FRONT_FACE]


def front_trunk(layer: Layer, spine: list[complex]):
    layer.cloth(ribbon(spine, FRONT_TRUNK, cut=True))
    layer.lines.append(hem(spine, FRONT_TRUNK))


# ---------- things ----------


def chair(layer: Layer, x: float, floor: float, facing: int = 1, depth: float = 92):
    """Draw a chair from the side: `x` is the back edge of its seat, `facing` where one looks."""
    seat = floor - 103

    def post(at: float, top: float, width: float = 7) -> Stroke:
        left = x + facing * at
        return box(min(left, left + facing * width), top, width, floor - top)

    layer.prop(post(0, seat - 104), post(depth - 7, seat))
    start = min(x, x + facing * depth)
    layer.prop(box(start - 2, seat, depth + 4, 8))
