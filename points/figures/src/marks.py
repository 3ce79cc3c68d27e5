"""Where each point sits on the figures, and the statements that prove it.

`python3 marks.py` writes `content/figures.yaml`; spots are given in figure units and written in
percent of the viewBox. `tests` recompute every check from the written numbers.
"""

from dataclasses import dataclass, field
from pathlib import Path

from body import MIDDLE, SPINE, on_arm
from drawing import Figure, Spot
from make_figures import all_figures

TARGET = Path(__file__).resolve().parents[3] / "content" / "figures.yaml"
FIGURES: dict[str, Figure] = {figure.slug: figure for figure in all_figures()}

HEADER = """\
# Figures, and the place of each point on them. Written by points/figures/src/marks.py.
#
# figures: width, height and landmarks [x, y] in figure units from the top left corner;
#   units_per_cun = units of one cun (the width of the thumb of the person drawn).
# points: `marks` give x and y in percent of the viewBox. `paired: true` also draws 100 - x, and
#   only figures with `symmetric: true` have paired marks. `label` is the side of the code.
#   All close-up marks of a point are on one figure; the locator is on the whole body.
# check: `mark` is the index in `marks` (from 0). Units below are those of the mark's figure;
#   a check holds when it is off by no more than 2 % of the width (x) or height (y).
#   level     {landmark}           same height as the landmark
#   at        {landmark}           on the landmark
#   offset-x  {from, cun}          that far right of the landmark (negative: left)
#   offset-y  {from, cun}          that far below the landmark (negative: above)
#   between   {a, b, ratio}        on the line from a to b, at that part of its length
#   side      {of, is}             left, right, above or below the landmark
#   near      {landmark, cun}      no farther from the landmark than that
"""


@dataclass(frozen=True)
class Mark:
    """One ring and dot; `spot` in figure units from the top left."""

    figure: str
    spot: Spot
    paired: bool = False
    label: str = "right"
    role: str = "closeup"


@dataclass
class Place:
    """All marks of one point, its words, and the statements to check."""

    alt: str
    marks: list[Mark]
    checks: list[dict] = field(default_factory=list)


def landmark(figure: str, name: str) -> Spot:
    return FIGURES[figure].landmarks[name]


def between(figure: str, a: str, b: str, ratio: float) -> Spot:
    (ax, ay), (bx, by) = landmark(figure, a), landmark(figure, b)
    return (ax + (bx - ax) * ratio, ay + (by - ay) * ratio)


def off(figure: str, start: str, cun_x: float = 0, cun_y: float = 0, dy: float = 0) -> Spot:
    """Return the spot that many cun from a landmark; `dy` is a last nudge in units."""
    x, y = landmark(figure, start)
    unit = FIGURES[figure].units_per_cun
    return (x + cun_x * unit, y + cun_y * unit + dy)


def behind(x: float, y: float, paired: bool = True, label: str = "right") -> Mark:
    """Return a locator on the body from behind, x from its midline."""
    return Mark("back", (MIDDLE + x, y), paired, label, "locator")


def front(x: float, y: float, label: str = "right") -> Mark:
    """Return a locator on the body from the front, x from its midline."""
    return Mark("front", (MIDDLE + x, y), True, label, "locator")


def level(name: str, mark: int = 0) -> dict:
    return {"kind": "level", "mark": mark, "landmark": name}


def at(name: str, mark: int = 0) -> dict:
    return {"kind": "at", "mark": mark, "landmark": name}


def offset_x(start: str, cun: float, mark: int = 0) -> dict:
    return {"kind": "offset-x", "mark": mark, "from": start, "cun": cun}


def offset_y(start: str, cun: float, mark: int = 0) -> dict:
    return {"kind": "offset-y", "mark": mark, "from": start, "cun": cun}


def part(a: str, b: str, ratio: float, mark: int = 0) -> dict:
    return {"kind": "between", "mark": mark, "a": a, "b": b, "ratio": ratio}


def side(of: str, where: str, mark: int = 0) -> dict:
    return {"kind": "side", "mark": mark, "of": of, "is": where}


def near(name: str, cun: float, mark: int = 0) -> dict:
    return {"kind": "near", "mark": mark, "landmark": name, "cun": cun}


def lumbar(name: str, cun: float, words: str, label: str = "right") -> Place:
    """Place a point beside or on the lower spine, just below a bump when on the midline."""
    x, y = landmark("lower-back", f"{name}-lower-edge")
    spot = (x + cun * 20, y + (0 if cun else 4.5))
    locator = behind(cun * 10, SPINE[name] + (0 if cun else 2), paired=bool(cun))
    return Place(
        words,
        [Mark("lower-back", spot, bool(cun), label), locator],
        [level(f"{name}-lower-edge"), offset_x("midline", cun)],
    )


def sacral(opening: str, words: str, y_on_body: float, label: str = "right") -> Place:
    """Place a buttock point 3 cun from the midline, level with an opening of the sacrum."""
    spot = (MIDDLE + 60, landmark("lower-back", opening)[1])
    return Place(
        words,
        [Mark("lower-back", spot, True, label), behind(30, y_on_body)],
        [level(opening), offset_x("midline", 3)],
    )


def places() -> dict[str, Place]:
    """Return every point, neck to foot by channel as in the content files."""
    blade_tip, blade_ridge = "shoulder-blade-lower-tip", "shoulder-blade-ridge-middle"
    found: dict[str, Place] = {}
    found["BL10"] = Place(
        "At the back of the neck just under the skull, at the outer edge of the thick muscle"
        " beside the spine, about two finger-widths from the midline, one on each side.",
        [Mark("neck-back", off("neck-back", "C2-upper-edge", 1.3), True), behind(13, 100)],
        [
            level("C2-upper-edge"),
            side("trapezius-outer-edge-at-C2", "right"),
            near("trapezius-outer-edge-at-C2", 0.5),
        ],
    )
    found["BL23"] = lumbar(
        "L2",
        1.5,
        "At waist level, level with the lower edge of the second lumbar bump, about two"
        " finger-widths either side of the spine.",
    )
    found["BL25"] = lumbar(
        "L4",
        1.5,
        "Low on the back, level with the tops of the hip bones, about two finger-widths either"
        " side of the spine.",
    )
    found["BL32"] = Place(
        "On the sacrum, over its second small opening, about a thumb-width either side of the"
        " midline and just inside the dimples of the lower back.",
        [Mark("lower-back", landmark("lower-back", "S2-opening"), True), behind(9.3, 360.5)],
        [at("S2-opening"), part("dimple-bone", "S2-spine-tip", 0.5)],
    )
    found["BL36"] = Place(
        "In the middle of the crease where the buttock meets the back of the thigh, on both legs.",
        [
            Mark(
                "thigh-back",
                between("thigh-back", "buttock-fold-inner-end", "buttock-fold-outer-end", 0.5),
                True,
            ),
            behind(34, 440),
        ],
        [
            part("buttock-fold-inner-end", "buttock-fold-outer-end", 0.5),
            offset_x("knee-crease-middle", 0),
        ],
    )
    found["BL40"] = Place(
        "In the middle of the crease at the back of the knee, in the soft gap between the two"
        " tendons, on both legs.",
        [Mark("knee-back", landmark("knee-back", "knee-crease-middle"), True), behind(34, 580)],
        [at("knee-crease-middle"), part("knee-crease-inner-end", "knee-crease-outer-end", 0.5)],
    )
    found["BL48"] = Place(
        "In the mid-back, level with the lower edge of the tenth chest bump, three bumps below"
        " the tips of the shoulder blades and about four finger-widths either side of the spine.",
        [
            Mark("shoulder-blade", off("shoulder-blade", "T10-lower-edge", 3), True),
            behind(30, SPINE["T10"]),
        ],
        [level("T10-lower-edge"), offset_x("midline", 3), side(blade_tip, "below")],
    )
    found["BL52"] = lumbar(
        "L2",
        3,
        "At waist level, level with the lower edge of the second lumbar bump, about four"
        " finger-widths either side of the spine.",
    )
    found["BL53"] = sacral(
        "S2-opening",
        "In the upper inner buttock, level with the dimples of the lower back and about four"
        " finger-widths either side of the midline.",
        360.5,
    )
    found["BL54"] = sacral(
        "S4-opening",
        "In the middle of the buttock, level with the bottom of the sacrum and about four"
        " finger-widths either side of the midline.",
        379.5,
    )
    found["BL57"] = Place(
        "In the middle of the calf, at the tip of the upside-down V where the calf muscle becomes"
        " tendon, half way between the knee crease and the ankle, on both legs.",
        [Mark("calf-back", landmark("calf-back", "calf-notch"), True), behind(33, 660)],
        [at("calf-notch"), offset_y("knee-crease-middle", 8)],
    )
    found["BL60"] = Place(
        "At the outer ankle, in the hollow half way between the tip of the ankle bone and the"
        " Achilles tendon; the right foot is shown.",
        [
            Mark(
                "ankle-outer",
                between("ankle-outer", "outer-ankle-tip", "achilles", 0.5),
                label="left",
            ),
            behind(42.5, 741),
        ],
        [part("outer-ankle-tip", "achilles", 0.5)],
    )
    found["GB20"] = Place(
        "In the two hollows under the base of the skull, one on each side, between the two big"
        " neck muscles.",
        [
            Mark(
                "neck-back",
                between("neck-back", "trapezius-upper-end", "mastoid-tip", 0.5),
                True,
            ),
            behind(19.5, 95.5),
        ],
        [part("trapezius-upper-end", "mastoid-tip", 0.5), side("skull-base", "below")],
    )
    found["GB21"] = Place(
        "On top of the shoulder muscle, half way between the big bump at the base of the neck and"
        " the tip of the shoulder, one on each side.",
        [
            Mark(
                "shoulder-blade",
                between("shoulder-blade", "C7-lower-edge", "acromion-tip", 0.5),
                True,
            ),
            Mark(
                "back", between("back", "C7-lower-edge", "acromion-tip", 0.5), True, role="locator"
            ),
        ],
        [part("C7-lower-edge", "acromion-tip", 0.5)],
    )
    found["GB30"] = Place(
        "In the outer buttock, one third of the way from the outer hip bone towards the top of the"
        " tailbone; the second ring is the other place in the standard, one third of the way from"
        " the same bone towards the front hip bone; the right side is shown.",
        [
            Mark(
                "hip-side",
                between("hip-side", "outer-hip-bone", "sacral-hiatus", 1 / 3),
                label="bottom",
            ),
            Mark("hip-side", between("hip-side", "outer-hip-bone", "front-hip-bone", 1 / 3)),
            behind(41.5, 385.5),
        ],
        [
            part("outer-hip-bone", "sacral-hiatus", 0.333),
            part("outer-hip-bone", "front-hip-bone", 0.333, mark=1),
        ],
    )
    found["GB34"] = Place(
        "At the outer side of the leg just below the knee, in the hollow in front of and below the"
        " small bony knob; the right leg is shown.",
        [Mark("knee-outer", (209, 237), label="left"), front(49.5, 603)],
        [
            side("small-knob-front-edge", "right"),
            side("small-knob-lower-edge", "below"),
            near("small-knob", 1.2),
        ],
    )
    found["GV3"] = lumbar(
        "L4",
        0,
        "On the midline of the lower back, in the dip just below the fourth lumbar bump, about"
        " level with the tops of the hip bones.",
    )
    found["GV4"] = lumbar(
        "L2",
        0,
        "On the midline at waist level, in the dip just below the second lumbar bump.",
    )
    found["SI3"] = Place(
        "At the little-finger edge of the hand, at the end of the crease just behind the"
        " little-finger knuckle; the left hand is shown.",
        [
            Mark("hand-edge", landmark("hand-edge", "palm-crease-end")),
            behind(*on_arm(-14.6, 37), label="left"),
        ],
        [at("palm-crease-end"), side("little-knuckle", "right"), near("little-knuckle", 1.2)],
    )
    found["SI11"] = Place(
        "On the flat of the shoulder blade, one third of the way down from the middle of its ridge"
        " to its lower tip, one on each side.",
        [
            Mark("shoulder-blade", between("shoulder-blade", blade_ridge, blade_tip, 1 / 3), True),
            behind(51, 181.3),
        ],
        [part(blade_ridge, blade_tip, 0.333)],
    )
    found["KI3"] = Place(
        "At the inner ankle, in the hollow half way between the tip of the ankle bone and the"
        " Achilles tendon; the right foot is shown.",
        [
            Mark("ankle-inner", between("ankle-inner", "inner-ankle-tip", "achilles", 0.5)),
            behind(20, 738),
        ],
        [part("inner-ankle-tip", "achilles", 0.5)],
    )
    found["LI4"] = Place(
        "On the back of the hand, in the fleshy web between thumb and index finger, beside the"
        " middle of the index-finger hand bone; the left hand is shown.",
        [Mark("hand-back", (244, 268)), behind(*on_arm(14.4, 25))],
        [
            level("index-bone-middle"),
            side("index-bone-middle", "right"),
            near("index-bone-middle", 0.6),
        ],
    )
    found["LR3"] = Place(
        "On top of the foot, in the groove between the bones of the big toe and the second toe,"
        " just before they meet; the right foot is shown.",
        [
            Mark("foot-top", between("foot-top", "toe-web-1-2", "bases-meet-1-2", 0.82)),
            front(26, 756),
        ],
        [
            part("toe-web-1-2", "bases-meet-1-2", 0.82),
            side("first-foot-bone-at-LR3", "right"),
            side("second-foot-bone-at-LR3", "left"),
        ],
    )
    found["ST36"] = Place(
        "On the outer front of the shin, four finger-widths below the outer dimple of the kneecap"
        " and one finger-width out from the edge of the shin bone; the right leg is shown.",
        [Mark("knee-outer", (262, 264)), front(42, 615)],
        [
            offset_y("outer-knee-dimple", 3),
            offset_x("shin-edge-at-ST36", -0.75),
        ],
    )
    found["SP6"] = Place(
        "On the inner leg, four finger-widths above the tip of the inner ankle bone, just behind"
        " the edge of the shin bone; the right leg is shown.",
        [
            Mark("leg-inner", off("leg-inner", "shin-bone-rear-edge", 0.35)),
            front(19.5, 708, label="left"),
        ],
        [
            offset_y("inner-ankle-tip", -3),
            side("shin-bone-rear-edge", "right"),
            near("shin-bone-rear-edge", 0.6),
        ],
    )
    found["PC6"] = Place(
        "On the inner forearm, three finger-widths above the wrist crease, between the two tendons"
        " in the middle; the left arm is shown.",
        [
            Mark(
                "wrist-palm",
                between("wrist-palm", "tendon-thumb-side-at-PC6", "tendon-middle-at-PC6", 0.5),
                label="left",
            ),
            front(*on_arm(1, -15.5)),
        ],
        [
            part("tendon-thumb-side-at-PC6", "tendon-middle-at-PC6", 0.5),
            offset_y("wrist-crease-middle", 2),
        ],
    )
    found["HT7"] = Place(
        "On the wrist crease at the little-finger side, in the dip on the thumb side of the"
        " tendon, beside the small round bone; the left hand is shown.",
        [
            Mark("wrist-palm", (237, 270), label="right"),
            front(*on_arm(-7.5, 2), label="left"),
        ],
        [
            level("wrist-crease-little-finger-side"),
            side("little-finger-side-tendon", "left"),
            near("pea-bone", 0.6),
        ],
    )
    lumbar_levels = [f"L{n}" for n in range(1, 6)]
    found["EX-B2"] = Place(
        "A row of points on both sides of the lower spine, about half a thumb-width from the"
        " midline, beside the lower edge of each of the five lumbar bumps.",
        [
            Mark("lower-spine", off("lower-spine", f"{name}-lower-edge", 0.5), True, "right")
            for name in lumbar_levels
        ]
        + [behind(8, SPINE["L3"])],
        [
            check
            for index, name in enumerate(lumbar_levels)
            for check in (level(f"{name}-lower-edge", index), offset_x("midline", 0.5, index))
        ],
    )
    found["EX-B7"] = lumbar(
        "L4",
        3.5,
        "In the two hollows low on the back, level with the tops of the hip bones and about four"
        " finger-widths either side of the spine.",
    )
    found["EX-UE7"] = Place(
        "Two points on the back of the hand, half way between knuckles and wrist, in the grooves"
        " between the index and middle and between the ring and little finger bones; the left hand"
        " is shown.",
        [
            Mark(
                "hand-back",
                between("hand-back", "knuckles-index-middle", "wrist-below-index-middle", 0.5),
            ),
            Mark(
                "hand-back",
                between("hand-back", "knuckles-ring-little", "wrist-below-ring-little", 0.5),
                label="left",
            ),
            behind(*on_arm(-1, 21)),
        ],
        [
            part("knuckles-index-middle", "wrist-below-index-middle", 0.5),
            part("knuckles-ring-little", "wrist-below-ring-little", 0.5, mark=1),
        ],
    )
    return found


def number(value: float) -> str:
    return f"{round(value, 1):g}"


def flow(values: dict) -> str:
    """Write a small YAML mapping on one line."""
    return "{" + ", ".join(f"{key}: {value}" for key, value in values.items()) + "}"


def truth(value: bool) -> str:
    return "true" if value else "false"


def yaml_lines() -> list[str]:
    lines = [*HEADER.splitlines(), "figures:"]
    for slug, figure in FIGURES.items():
        lines += [
            f"  {slug}:",
            f"    width: {figure.width}",
            f"    height: {figure.height}",
            f"    symmetric: {truth(figure.symmetric)}",
            f'    title: "{figure.title}"',
            f"    units_per_cun: {number(figure.units_per_cun)}",
            "    landmarks:",
        ]
        lines += [
            f"      {name}: [{number(x)}, {number(y)}]" for name, (x, y) in figure.landmarks.items()
        ]
    lines.append("points:")
    for code, place in places().items():
        lines += [f"  {code}:", "    marks:"]
        for mark in place.marks:
            figure = FIGURES[mark.figure]
            values = {
                "figure": mark.figure,
                "x": f"{mark.spot[0] / figure.width * 100:.1f}",
                "y": f"{mark.spot[1] / figure.height * 100:.1f}",
                "paired": truth(mark.paired),
                "label": mark.label,
                "role": mark.role,
            }
            lines.append(f"    - {flow(values)}")
        lines += [f'    alt: "{place.alt}"', "    check:"]
        lines += [f"    - {flow(check)}" for check in place.checks]
    return lines


def main():
    TARGET.write_text("\n".join(yaml_lines()) + "\n", encoding="utf-8")
    print(f"{TARGET}: {len(places())} points")


if __name__ == "__main__":
    main()
