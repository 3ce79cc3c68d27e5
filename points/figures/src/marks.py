"""Where each point sits on the figures.

`python3 marks.py` writes `content/figures.yaml`; spots are given in figure units and written in
percent of the viewBox. `tests/points/test_figures.py` holds them to the facts and the drawings.
"""

from dataclasses import dataclass
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
"""


@dataclass(frozen=True)
class Mark:
    """One ring and dot; `spot` in figure units from the top left."""

    figure: str
    spot: Spot
    paired: bool = False
    label: str = "right"
    role: str = "closeup"


@dataclass(frozen=True)
class Place:
    """All marks of one point and its words."""

    alt: str
    marks: list[Mark]


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
    """Return a locator on the body from behind, x from its midline to the body's right.

    Where the close-up shows one side, so must the first of the pair: left is negative.
    """
    return Mark("back", (MIDDLE + x, y), paired, label, "locator")


def front(x: float, y: float, label: str = "right") -> Mark:
    """Return a locator on the body from the front, x from its midline to the body's left."""
    return Mark("front", (MIDDLE + x, y), True, label, "locator")


def on_left_arm(x: float, y: float) -> Spot:
    """Return a spot in the frame of the hanging hand for the left arm seen from behind."""
    right, down = on_arm(x, y)
    return (-right, down)


def lumbar(name: str, cun: float, words: str, label: str = "right") -> Place:
    """Place a point beside or on the lower spine, just below a bump when on the midline."""
    x, y = landmark("lower-back", f"{name}-lower-edge")
    spot = (x + cun * 20, y + (0 if cun else 4.5))
    locator = behind(cun * 10, SPINE[name] + (0 if cun else 2), paired=bool(cun))
    return Place(
        words,
        [Mark("lower-back", spot, bool(cun), label), locator],
    )


def sacral(opening: str, words: str, y_on_body: float, label: str = "right") -> Place:
    """Place a buttock point 3 cun from the midline, level with an opening of the sacrum."""
    spot = (MIDDLE + 60, landmark("lower-back", opening)[1])
    return Place(
        words,
        [Mark("lower-back", spot, True, label), behind(30, y_on_body)],
    )


def places() -> dict[str, Place]:
    """Return every point, neck to foot by channel as in the content files."""
    blade_tip, blade_ridge = "shoulder-blade-lower-tip", "shoulder-blade-ridge-middle"
    found: dict[str, Place] = {}
    found["BL10"] = Place(
        "At the back of the neck just under the skull, at the outer edge of the thick muscle"
        " beside the spine, about two finger-widths from the midline, one on each side.",
        [
            Mark("neck-back", off("neck-back", "C2-upper-edge", 1.3), True, "bottom"),
            behind(13, 100),
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
    )
    found["BL36"] = Place(
        "In the middle of the crease where the buttock meets the back of the thigh, on both legs.",
        [
            Mark(
                "thigh-back",
                between("thigh-back", "buttock-fold-inner-end", "buttock-fold-outer-end", 0.5),
                True,
                "bottom",
            ),
            behind(34, 440),
        ],
    )
    found["BL40"] = Place(
        "In the middle of the crease at the back of the knee, in the soft gap between the two"
        " tendons, on both legs.",
        [
            Mark("knee-back", landmark("knee-back", "knee-crease-middle"), True, "top"),
            behind(34, 580),
        ],
    )
    found["BL48"] = Place(
        "In the mid-back, level with the lower edge of the tenth chest bump, three bumps below"
        " the tips of the shoulder blades and about four finger-widths either side of the spine.",
        [
            Mark("shoulder-blade", off("shoulder-blade", "T10-lower-edge", 3), True, "bottom"),
            behind(30, SPINE["T10"]),
        ],
    )
    found["BL52"] = lumbar(
        "L2",
        3,
        "At waist level, level with the lower edge of the second lumbar bump, about four"
        " finger-widths either side of the spine.",
        "bottom",
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
        "bottom",
    )
    found["BL57"] = Place(
        "In the middle of the calf, at the tip of the upside-down V where the calf muscle becomes"
        " tendon, half way between the knee crease and the ankle, on both legs.",
        [Mark("calf-back", landmark("calf-back", "calf-notch"), True, "top"), behind(33, 660)],
    )
    found["BL60"] = Place(
        "At the outer ankle, in the hollow half way between the tip of the ankle bone and the"
        " Achilles tendon; the right foot is shown.",
        [
            Mark(
                "ankle-outer",
                between("ankle-outer", "outer-ankle-tip", "achilles", 0.5),
                label="bottom",
            ),
            behind(42.5, 741),
        ],
    )
    found["GB20"] = Place(
        "In the two hollows under the base of the skull, one on each side, between the two big"
        " neck muscles.",
        [
            Mark(
                "neck-back",
                between("neck-back", "trapezius-upper-end", "mastoid-tip", 0.5),
                True,
                "top",
            ),
            behind(19.5, 95.5),
        ],
    )
    found["GB21"] = Place(
        "On top of the shoulder muscle, half way between the big bump at the base of the neck and"
        " the tip of the shoulder, one on each side.",
        [
            Mark(
                "shoulder-blade",
                between("shoulder-blade", "C7-lower-edge", "acromion-tip", 0.5),
                True,
                "left",
            ),
            Mark(
                "back", between("back", "C7-lower-edge", "acromion-tip", 0.5), True, role="locator"
            ),
        ],
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
    )
    found["GB34"] = Place(
        "At the outer side of the leg just below the knee, in the hollow in front of and below the"
        " small bony knob; the right leg is shown.",
        [Mark("knee-outer", (209, 237)), front(-49.5, 603)],
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
            behind(*on_left_arm(-14.6, 37)),
        ],
    )
    found["SI11"] = Place(
        "On the flat of the shoulder blade, one third of the way down from the middle of its ridge"
        " to its lower tip, one on each side.",
        [
            Mark("shoulder-blade", between("shoulder-blade", blade_ridge, blade_tip, 1 / 3), True),
            behind(51, 181.3),
        ],
    )
    found["KI3"] = Place(
        "At the inner ankle, in the hollow half way between the tip of the ankle bone and the"
        " Achilles tendon; the right foot is shown.",
        [
            Mark(
                "ankle-inner",
                between("ankle-inner", "inner-ankle-tip", "achilles", 0.5),
                label="bottom",
            ),
            behind(20, 738),
        ],
    )
    found["LI4"] = Place(
        "On the back of the hand, in the fleshy web between thumb and index finger, beside the"
        " middle of the index-finger hand bone; the left hand is shown.",
        [Mark("hand-back", (244, 268)), behind(*on_left_arm(14.4, 25))],
    )
    found["LR3"] = Place(
        "On top of the foot, in the groove between the bones of the big toe and the second toe,"
        " just before they meet; the right foot is shown.",
        [
            Mark("foot-top", between("foot-top", "toe-web-1-2", "bases-meet-1-2", 0.82)),
            front(-26, 756),
        ],
    )
    found["ST36"] = Place(
        "On the outer front of the shin, four finger-widths below the outer dimple of the kneecap"
        " and one finger-width out from the edge of the shin bone; the right leg is shown.",
        [Mark("knee-outer", (262, 264), label="top"), front(-42, 615)],
    )
    found["SP6"] = Place(
        "On the inner leg, four finger-widths above the tip of the inner ankle bone, just behind"
        " the edge of the shin bone; the right leg is shown.",
        [
            Mark("leg-inner", off("leg-inner", "shin-bone-rear-edge", 0.35), label="bottom"),
            front(-19.5, 708),
        ],
    )
    found["PC6"] = Place(
        "On the inner forearm, three finger-widths above the wrist crease, between the two tendons"
        " in the middle; the left arm is shown.",
        [
            Mark(
                "wrist-palm",
                between("wrist-palm", "tendon-thumb-side-at-PC6", "tendon-middle-at-PC6", 0.5),
            ),
            front(*on_arm(1, -15.5)),
        ],
    )
    found["HT7"] = Place(
        "On the wrist crease at the little-finger side, in the dip on the thumb side of the"
        " tendon, beside the small round bone; the left hand is shown.",
        [
            Mark("wrist-palm", (237, 270), label="bottom"),
            front(*on_arm(-7.5, 2), label="left"),
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
    )
    found["EX-B7"] = lumbar(
        "L4",
        3.5,
        "In the two hollows low on the back, level with the tops of the hip bones and about four"
        " finger-widths either side of the spine.",
        "top",
    )
    found["EX-UE7"] = Place(
        "Two points on the back of the hand, half way between knuckles and wrist, in the grooves"
        " between the index and middle and between the ring and little finger bones; the left hand"
        " is shown.",
        [
            Mark(
                "hand-back",
                between("hand-back", "knuckles-index-middle", "wrist-below-index-middle", 0.5),
                label="top",
            ),
            Mark(
                "hand-back",
                between("hand-back", "knuckles-ring-little", "wrist-below-ring-little", 0.5),
                label="left",
            ),
            behind(*on_left_arm(-1, 21)),
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
        lines.append(f'    alt: "{place.alt}"')
    return lines


def main():
    TARGET.write_text("\n".join(yaml_lines()) + "\n", encoding="utf-8")
    print(f"{TARGET}: {len(places())} points")


if __name__ == "__main__":
    main()
