"""Markers stand where the facts say, and the landmarks they are measured from are really drawn.

The statements here are taken from the written facts about each point, not from the program that
places the markers; the drawings are read as the SVG that is served.
"""

import math
from dataclasses import dataclass, fields

import pytest
import yaml
from django.conf import settings

from tests.points import ink

PLACED = yaml.safe_load((settings.BASE_DIR / "content/figures.yaml").read_text())
SHARE_OF_HEIGHT = 0.02  # how far off a marker or a landmark may be
SHARE_OF_CUN = 0.5  # nor farther than this, which binds on the small whole body

# ---------- what a one-sided figure shows ----------
# figure: side of the body, surface, and two landmarks in the order of `TOWARDS[surface]`
SHOWN = {
    "hip-side": ("right", "outer", "sacral-hiatus", "front-hip-bone"),
    "knee-outer": ("right", "outer", "small-knob", "shin-edge-at-ST36"),
    "ankle-outer": ("right", "outer", "achilles", "outer-ankle-tip"),
    "ankle-inner": ("right", "inner", "achilles", "inner-ankle-tip"),
    "leg-inner": ("right", "inner", "achilles", "inner-ankle-tip"),
    "foot-top": ("right", "top", "second-foot-bone-at-LR3", "first-foot-bone-at-LR3"),
    "hand-back": ("left", "back of the hand", "little-knuckle", "index-bone-middle"),
    "wrist-palm": ("left", "palm", "pea-bone", "tendon-thumb-side-at-PC6"),
    "hand-edge": ("left", "little-finger edge", "palm-crease-end", "little-knuckle"),
}
TOWARDS = {
    "outer": "front",
    "inner": "front",
    "top": "big toe",
    "back of the hand": "thumb",
    "palm": "thumb",
    "little-finger edge": "fingers",
}
# Of a right limb with its free end away from or before the reader, `TOWARDS` is on this side.
RIGHT_LIMB = {
    "outer": 1,
    "inner": -1,
    "top": -1,
    "back of the hand": -1,
    "palm": 1,
    "little-finger edge": 1,
}


def rightwards(figure: str, direction: str) -> int:
    """Return 1 when `direction` of the body is to the right on `figure`, -1 to the left."""
    if figure not in SHOWN:
        # The marker that the facts describe is the one right of the middle.
        return {"out": 1, "in": -1}[direction]
    side, surface, *_ = SHOWN[figure]
    towards = RIGHT_LIMB[surface] if side == "right" else -RIGHT_LIMB[surface]
    opposite = {"front": "back", "thumb": "little finger", "big toe": "little toe"}
    opposite |= {"fingers": "wrist"}
    if direction == TOWARDS[surface]:
        return towards
    assert direction == opposite[TOWARDS[surface]], f"{direction} cannot be told on {figure}"
    return -towards


# ---------- statements ----------
@dataclass(frozen=True)
class Level:
    """At the height of the landmark."""

    landmark: str

    def off(self, on: "Board") -> float:
        return on.y - on.spot(self.landmark)[1]


@dataclass(frozen=True)
class Away:
    """So many cun from the landmark in a direction of the body, measured along it."""

    landmark: str
    direction: str
    cun: float

    def off(self, on: "Board") -> float:
        return on.along(self.landmark, self.direction) - self.cun * on.unit


@dataclass(frozen=True)
class Past:
    """Somewhere past the landmark in a direction of the body, at most so many cun."""

    landmark: str
    direction: str
    cun: float

    def off(self, on: "Board") -> float:
        past = on.along(self.landmark, self.direction)
        return 0 if 0 < past <= self.cun * on.unit else math.inf


@dataclass(frozen=True)
class Between:
    """On the line from one landmark to another, at that part of its length."""

    start: str
    end: str
    ratio: float

    def off(self, on: "Board") -> float:
        (ax, ay), (bx, by) = on.spot(self.start), on.spot(self.end)
        return math.hypot(on.x - ax - (bx - ax) * self.ratio, on.y - ay - (by - ay) * self.ratio)


def at(landmark: str) -> Between:
    return Between(landmark, landmark, 0)


class Board:
    """One marker on its figure, in the units of the figure."""

    def __init__(self, mark: dict):
        self.slug = mark["figure"]
        self.figure = PLACED["figures"][self.slug]
        self.x = mark["x"] / 100 * self.figure["width"]
        self.y = mark["y"] / 100 * self.figure["height"]
        if self.slug not in SHOWN and self.figure["symmetric"]:
            self.x = max(self.x, self.figure["width"] - self.x)
        self.unit = self.figure["units_per_cun"]
        self.tolerance = min(SHARE_OF_HEIGHT * self.figure["height"], SHARE_OF_CUN * self.unit)

    def spot(self, landmark: str) -> tuple[float, float]:
        return tuple(self.figure["landmarks"][landmark])

    def along(self, landmark: str, direction: str) -> float:
        """Return how far the marker is from the landmark in a direction, negative if against."""
        x, y = self.spot(landmark)
        if direction in ("up", "down"):
            return (self.y - y) * (1 if direction == "down" else -1)
        return (self.x - x) * rightwards(self.slug, direction)


def beside_spine(bump: str, cun: float) -> list:
    return [Level(f"{bump}-lower-edge"), Away("midline", "out", cun)]


# ---------- the facts ----------
# What a figure must show, then a list of statements for each close-up marker.
BEHIND = "behind"
FACTS = {
    # top edge of the C2 spine tip, outer border of trapezius
    "BL10": (
        BEHIND,
        [Level("C2-upper-edge"), Past("trapezius-outer-edge-at-C2", "out", 0.5)],
    ),
    # lower edge of L2, 1.5 cun from the midline; BL52 at the same height, 3 cun
    "BL23": (BEHIND, beside_spine("L2", 1.5)),
    "BL52": (BEHIND, beside_spine("L2", 3)),
    # lower edge of L4, 1.5 cun; EX-B7 at the same height, 3.5 cun
    "BL25": (BEHIND, [*beside_spine("L4", 1.5), Level("crest-top")]),
    "EX-B7": (BEHIND, [*beside_spine("L4", 3.5), Level("crest-top")]),
    # second opening of the sacrum, half way from the dimple bone to the S2 spine tip
    "BL32": (BEHIND, [at("S2-opening"), Between("dimple-bone", "S2-spine-tip", 0.5)]),
    # level with the second and the fourth opening, 3 cun from the midline
    "BL53": (BEHIND, [Level("S2-opening"), Away("midline", "out", 3)]),
    "BL54": (
        BEHIND,
        [Level("S4-opening"), Level("sacral-hiatus"), Away("midline", "out", 3)],
    ),
    # middle of the buttock fold, in line with the middle of the knee crease
    "BL36": (
        BEHIND,
        [
            Between("buttock-fold-inner-end", "buttock-fold-outer-end", 0.5),
            Away("knee-crease-middle", "out", 0),
        ],
    ),
    "BL40": (BEHIND, [Between("knee-crease-inner-end", "knee-crease-outer-end", 0.5)]),
    # lower edge of T10, three bumps below the tip of the shoulder blade, 3 cun
    "BL48": (BEHIND, [*beside_spine("T10", 3), Past("shoulder-blade-lower-tip", "down", 4)]),
    # where the calf becomes tendon, 8 of the 16 cun from knee crease to ankle
    "BL57": (
        BEHIND,
        [
            at("calf-notch"),
            Away("knee-crease-middle", "down", 8),
            Away("outer-ankle-tip", "up", 8),
        ],
    ),
    # where trapezius and the neck muscle behind the ear part, under the skull
    "GB20": (
        BEHIND,
        [Between("trapezius-upper-end", "mastoid-tip", 0.5), Past("skull-base", "down", 1)],
    ),
    # half way from the C7 spine tip to the end of the acromion
    "GB21": (BEHIND, [Between("C7-lower-edge", "acromion-tip", 0.5)]),
    # a third of the way down from the middle of the ridge to the lower tip
    "SI11": (
        BEHIND,
        [Between("shoulder-blade-ridge-middle", "shoulder-blade-lower-tip", 1 / 3)],
    ),
    # in the dip under the bump, on the midline
    "GV3": (BEHIND, [Past("L4-lower-edge", "down", 0.5), Away("midline", "out", 0)]),
    "GV4": (BEHIND, [Past("L2-lower-edge", "down", 0.5), Away("midline", "out", 0)]),
    # half a cun from the midline, beside each lumbar bump
    "EX-B2": (BEHIND, *(beside_spine(f"L{n}", 0.5) for n in range(1, 6))),
    # a third of the way from the outer hip bone to the sacral hiatus, or to the front hip bone
    "GB30": (
        "outer",
        [Between("outer-hip-bone", "sacral-hiatus", 1 / 3), Past("outer-hip-bone", "back", 2)],
        [Between("outer-hip-bone", "front-hip-bone", 1 / 3), Past("outer-hip-bone", "front", 2)],
    ),
    # in front of and below the head of the fibula
    "GB34": (
        "outer",
        [
            Past("small-knob-front-edge", "front", 0.8),
            Past("small-knob-lower-edge", "down", 0.8),
        ],
    ),
    # 3 cun below the outer dimple of the knee, one finger-width outside the shin edge
    "ST36": (
        "outer",
        [Away("outer-knee-dimple", "down", 3), Away("shin-edge-at-ST36", "back", 0.75)],
    ),
    # half way between ankle tip and Achilles tendon, outside and inside
    "BL60": (
        "outer",
        [Between("outer-ankle-tip", "achilles", 0.5), Past("outer-ankle-tip", "back", 2)],
    ),
    "KI3": (
        "inner",
        [Between("inner-ankle-tip", "achilles", 0.5), Past("inner-ankle-tip", "back", 2)],
    ),
    # 3 cun above the inner ankle tip, behind the inner edge of the shin bone
    "SP6": (
        "inner",
        [Away("inner-ankle-tip", "up", 3), Past("shin-bone-rear-edge", "back", 0.6)],
    ),
    # between the first and second foot bones, just short of where their bases meet
    "LR3": (
        "top",
        [
            Past("first-foot-bone-at-LR3", "little toe", 0.4),
            Past("second-foot-bone-at-LR3", "big toe", 0.4),
            Past("bases-meet-1-2", "up", 1),
        ],
    ),
    # thumb side of the middle of the index-finger hand bone
    "LI4": (
        "back of the hand",
        [Level("index-bone-middle"), Past("index-bone-middle", "thumb", 0.6)],
    ),
    # half way between knuckles and wrist, in two of the grooves
    "EX-UE7": (
        "back of the hand",
        [Between("knuckles-index-middle", "wrist-below-index-middle", 0.5)],
        [Between("knuckles-ring-little", "wrist-below-ring-little", 0.5)],
    ),
    # end of the crease behind the little-finger knuckle
    "SI3": (
        "little-finger edge",
        [
            at("palm-crease-end"),
            Past("little-knuckle", "wrist", 1.2),
            Past("little-knuckle", "down", 1.2),
        ],
    ),
    # 2 cun above the wrist crease, between the two middle tendons
    "PC6": (
        "palm",
        [
            Away("wrist-crease-middle", "down", 2),
            Past("tendon-thumb-side-at-PC6", "little finger", 0.5),
            Past("tendon-middle-at-PC6", "thumb", 0.5),
        ],
    ),
    # on the crease, on the thumb side of the little-finger tendon, next to the pea-shaped bone
    "HT7": (
        "palm",
        [
            Level("wrist-crease-little-finger-side"),
            Past("little-finger-side-tendon", "thumb", 0.4),
            Past("pea-bone", "thumb", 0.6),
        ],
    ),
}

# The same on the whole body, where it can be measured there.
ON_THE_BODY = {
    "BL23": beside_spine("L2", 1.5),
    "BL25": beside_spine("L4", 1.5),
    "BL36": [at("buttock-fold-middle"), Away("knee-crease-middle", "out", 0)],
    "BL40": [at("knee-crease-middle")],
    "BL48": beside_spine("T10", 3),
    "BL52": beside_spine("L2", 3),
    "BL53": [Past("L5-lower-edge", "down", 3), Away("midline", "out", 3)],
    "BL54": [Past("L5-lower-edge", "down", 5), Away("midline", "out", 3)],
    "BL57": [Away("knee-crease-middle", "down", 8), Away("outer-ankle-tip", "up", 8)],
    "BL60": [Level("outer-ankle-tip"), Past("outer-ankle-tip", "in", 1)],
    "EX-B2": [Level("L3-lower-edge"), Away("midline", "out", 0.5)],
    "EX-B7": beside_spine("L4", 3.5),
    "GB21": [Between("C7-lower-edge", "acromion-tip", 0.5)],
    "GB34": [Past("outer-knee-dimple", "down", 2.5), Past("outer-knee-dimple", "out", 1.5)],
    "GV3": [Level("L4-lower-edge"), Away("midline", "out", 0)],
    "GV4": [Level("L2-lower-edge"), Away("midline", "out", 0)],
    "PC6": [Away("wrist-crease-middle", "up", 2)],
    "SI11": [Past("T3-lower-edge", "down", 2), Past("midline", "out", 6)],
    "SP6": [Away("inner-ankle-tip", "up", 3)],
    "ST36": [Away("outer-knee-dimple", "down", 3)],
}


def closeups(code: str) -> list[dict]:
    return [mark for mark in PLACED["points"][code]["marks"] if mark["role"] == "closeup"]


def locator(code: str) -> dict:
    (mark,) = (mark for mark in PLACED["points"][code]["marks"] if mark["role"] == "locator")
    return mark


def wrong(mark: dict, statements: list) -> list[str]:
    """Return the statements that `mark` breaks, with how far it is off."""
    on = Board(mark)
    return [
        f"{statement} is off by {off:.1f} units, {on.tolerance:.1f} are allowed"
        for statement in statements
        if abs(off := statement.off(on)) > on.tolerance
    ]


def test_every_point_has_its_facts_here():
    assert set(FACTS) == set(PLACED["points"])
    assert len(FACTS) == 30


@pytest.mark.parametrize("code", FACTS)
def test_markers_agree_with_the_facts(code):
    _, *statements = FACTS[code]
    marks = closeups(code)
    assert len(marks) == len(statements)
    for mark, expected in zip(marks, statements, strict=True):
        assert expected
        assert wrong(mark, expected) == []


@pytest.mark.parametrize("code", ON_THE_BODY)
def test_locators_agree_with_the_facts(code):
    assert wrong(locator(code), ON_THE_BODY[code]) == []


@pytest.mark.parametrize("code", FACTS)
def test_the_figure_shows_the_surface_and_the_locator_the_side(code):
    surface = FACTS[code][0]
    mark, whole = closeups(code)[0], locator(code)
    shown = SHOWN.get(mark["figure"], ("both", BEHIND))
    assert shown[1] == surface
    if shown[0] == "both":
        assert mark["paired"] or mark["x"] == 50
        return
    assert not mark["paired"]
    assert (whole["figure"] == "front") == (code in {"GB34", "ST36", "LR3", "SP6", "PC6", "HT7"})
    # Who faces us has the right on our left.
    right_is_right = whole["figure"] == "back"
    assert (whole["x"] > 50) == ((shown[0] == "right") == right_is_right)


@pytest.mark.parametrize("figure", SHOWN)
def test_left_and_right_are_not_swapped(figure):
    side, surface, start, end = SHOWN[figure]
    marks = PLACED["figures"][figure]["landmarks"]
    towards = marks[end][0] - marks[start][0]
    assert towards * rightwards(figure, TOWARDS[surface]) > 0
    assert f"{side} " in PLACED["figures"][figure]["title"].lower()


@pytest.mark.parametrize(
    ("code", "field", "by"),
    [("BL23", "x", 3), ("BL54", "y", -3), ("SP6", "x", -5), ("LI4", "x", -6), ("ST36", "y", 2.5)],
)
def test_a_wrong_place_is_noticed(code, field, by):
    mark = closeups(code)[0]
    assert wrong(mark | {field: mark[field] + by}, FACTS[code][1])


@pytest.mark.parametrize(
    ("figure", "start", "end", "cun"),
    [
        ("back", "knee-crease-middle", "outer-ankle-tip", 16),
        ("calf-back", "knee-crease-middle", "outer-ankle-tip", 16),
    ],
)
def test_a_cun_is_as_long_as_the_body_says(figure, start, end, cun):
    drawn = PLACED["figures"][figure]
    length = drawn["landmarks"][end][1] - drawn["landmarks"][start][1]
    assert length / drawn["units_per_cun"] == pytest.approx(cun, rel=0.05)


# ---------- the drawings ----------
def landmarks_measured_from() -> list[tuple[str, str]]:
    """Return every figure with every landmark that a statement about a close-up names."""
    found = set()
    for code, (_, *statements) in FACTS.items():
        for mark, expected in zip(closeups(code), statements, strict=True):
            for statement in expected:
                found |= {
                    (mark["figure"], getattr(statement, field.name))
                    for field in fields(statement)
                    if field.name in ("landmark", "start", "end")
                }
    return sorted(found)


@pytest.mark.parametrize(("figure", "landmark"), landmarks_measured_from())
def test_a_landmark_is_where_the_drawing_shows_it(figure, landmark):
    drawn = PLACED["figures"][figure]
    x, y = drawn["landmarks"][landmark]
    if landmark == "midline":
        assert (x, drawn["symmetric"]) == (drawn["width"] / 2, True)
        return
    allowed = SHARE_OF_HEIGHT * drawn["height"]
    name = landmark.split("-")[0]
    if name[1:].isdigit() and name in ink.names(figure):
        assert ink.names(figure)[name] == pytest.approx(y, abs=allowed)
    lines = ink.lines(figure)
    on_a_line = min(math.dist((x, y), spot) for line in lines for spot in line) <= allowed
    assert on_a_line or any(holds(line, x, y, drawn) for line in lines)


def holds(line: ink.Line, x: float, y: float, drawn: dict) -> bool:
    """Return whether a small stroke, such as the outline of an ankle bone, goes round a spot."""
    xs, ys = [spot[0] for spot in line], [spot[1] for spot in line]
    small = max(max(xs) - min(xs), max(ys) - min(ys)) <= 0.13 * drawn["height"]
    return small and min(xs) < x < max(xs) and min(ys) < y < max(ys)
