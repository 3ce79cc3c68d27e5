"""The whole body from behind and from the front, the map the close-ups are cut from.

7.5 heads = 750 units tall, 10 units = 1 cun. x is measured from the midline, y from the top.
"""

from curves import path
from drawing import Figure, Spot, Stroke, d, dots, hung, joined, mirrored, stroke, strokes

CUN = 10
MIDDLE = 200
WIDTH, HEIGHT = 400, 800

# Lower edge of each spinous process, from the bump at the base of the neck to the sacrum.
SPINE = {"C7": 139.0}
SPINE |= {f"T{n}": 139 + n * 71 / 7 for n in range(1, 8)}
SPINE |= {f"T{n}": 210 + (n - 7) * 49 / 5 for n in range(8, 13)}
SPINE |= {"L1": 274.5, "L2": 290.0, "L3": 305.5, "L4": 321.0, "L5": 335.8}

WRIST: Spot = (124.5, 410)
ARM_ANGLE = 8.5

HEAD_BACK = stroke("0,25@0 23,33.5 34,62 32.4,88 28.2,106 27,121 34,138 54,148.5")
HEAD_FRONT = stroke("0,25@0 23,33.5 34,62 32.8,86 29,104! 27,112 26.8,123 34,138 54,148.5")
EAR = stroke("33.9,69 37.2,67.2 39.4,75 36.8,88 32.6,92")
HAIR_BACK = stroke("0,25@0 23,33.5 34,62 32.4,88 28.2,106! 14,115 0,117@180")
HAIR_FRONT = stroke("0,25@0 23,33.5 34,62 33.4,78! 30.4,63 22,50 0,46@180")
ARM_OUTER = stroke(
    "54,148.5 78,156.5 92,165 101,187 105.5,214 109,250 113.5,284 118,304 124.5,330 128.5,358"
    " 132.5,388"
)
ARM_INNER = stroke("110.5,396 99.5,364 89.5,333 83.5,310 79.5,286 72.5,250 65,212!")
TRUNK_AND_LEG = stroke(
    "65,212! 65.4,236 62.4,268 59.4,300 61.8,328 67.6,358 71.6,394 71.4,432 67.5,490 60,545"
    " 56,578 57,604 59.3,634 55,678 46,718"
)
LEG_INNER = stroke("17.4,718 12.4,682 8.6,636 12.2,602 14,578 11.4,546 6.2,490 2,446 0,421!")
FOOT_BACK = stroke(
    "46,718 44.4,734 45.2,744 48,753 54.5,761 58.6,769 55.5,774.6 46,775.4 30,775.4 19,774.4"
    " 15.2,767 16.6,755 16,742 17.2,730"
)
FOOT_FRONT = stroke(
    "46,718 44.6,733 45.6,743 49,754 55.5,764 58.4,771 54,775.6 38,777.2 22,777.6 15.4,773"
    " 14.4,762 16.4,750 15.8,740 17.2,729"
)
# The hand hangs from the wrist: y down the limb, x towards the thumb.
HAND = stroke(
    "11,0 13,9 17.6,19 23.4,30 28.4,40.5 31,49 28.6,54 24.6,51 20.8,44 17,37! 17,47 16.8,58"
    " 15.8,69 12.4,72.8 8.8,68! 8,76.8 4.4,80.4 0.9,76.8 0.2,70! -0.8,75 -4.2,77.4 -7.2,73.6"
    " -7.6,62! -9,66.6 -12,67.6 -14.6,62.6 -15.6,50 -15.4,36 -13.6,17 -11,2"
)
FINGER_LINES = strokes("8.8,68 8.7,58 8.2,46; 0.2,70 0.3,58 0.2,47; -7.6,62 -7.7,55 -7.6,47")

BACK_LINES = strokes("""
    65,212 66.5,202 73,191; 88,311 95,314.5 102,311; 6,435 18,440.2 33,442 48,440 60,434.5;
    20,577.5 34,580.5 49,576; 27,540 22.6,556 19.6,570; 45,537 48.6,554 50.4,568;
    14.4,655@80 23,672@0 33,660@-62; 33,660@62 42.2,668@0 50.4,652@-82;
    24.6,700 27,722 23.8,750; 39.6,700 37,722 39.8,750; 45.2,754 43,763 43.8,771
""")
BUTTOCK_CLEFT = strokes("0,374 0,421")
BACK_BONES = strokes("""
    34,152 31.2,164 30.3,182 33,200 38.6,211 45,205.5 55,190 67,175;
    31,172 46,168.5 64,162.5 84,161; 34,152 44,153 53,157;
    20,347 29,329 45,321 61,326;
    0,339 17,341! 15.5,356 6.5,384! 3.4,396 0,402@180
""")

FRONT_LINES = strokes("""
    29,104 20,118.5 8,125.2 0,126@180; 65,212 64.5,203 68,192; 8,152 24,151.5 46,157.5 68,157.5;
    61,222 52,233 36,238; 88,306 95,309 104,303; 57,350 39,382 18,403;
    25.5,560 24.4,571 35,583.5 45.6,571 44.5,560; 28,552 35,549.5 42,552; 33,608 31.4,650 27,700;
    24,777 24,771; 31,777.3 31,772; 38,777 38,771.5; 45,776.3 44.6,771;
    118.6,414.5 124.5,413.6 131.5,409.5
""")
FACE_AND_MIDLINE = strokes("""
    -18,77.5 -12.6,79.6 -7.4,77.5; 7.4,77.5 12.6,79.6 18,77.5; -3.6,95.4 0,97 3.6,95.4;
    -8,108.4 0,110.2 8,108.4; 0,166 0,232; 0,268 0,306; -1.2,317 0,321 1.2,317; -4,151 0,157 4,151
""")
RIB_ARCH = strokes("0,258 14,262 32,282 50,300")


def on_arm(x: float, y: float) -> Spot:
    """Return a spot given in the frame of the hanging hand, from the midline of the body."""
    node = hung([stroke(f"{x},{y}")], WRIST, ARM_ANGLE)[0][0]
    return (node.x, node.y)


LANDMARKS: dict[str, dict[str, Spot]] = {
    "back": {
        "midline": (0, 400),
        **{f"{level}-lower-edge": (0, y) for level, y in SPINE.items()},
        "acromion-tip": (90, 166),
        "knee-crease-middle": (34, 580),
        "buttock-fold-middle": (32, 440),
        "outer-ankle-tip": (45.5, 741),
    },
    "front": {
        "midline": (0, 400),
        "outer-knee-dimple": (43, 585),
        "inner-ankle-tip": (15.8, 738),
        "wrist-crease-middle": on_arm(0, 2.5),
    },
}


def half_outline(head: Stroke, foot: Stroke) -> Stroke:
    """Return the right half of the body, from the crown round to the crotch."""
    (hand,) = hung([HAND], WRIST, ARM_ANGLE)
    return joined(head, ARM_OUTER, hand, ARM_INNER, TRUNK_AND_LEG, foot, LEG_INNER)


def from_midline(spots: dict[str, Spot]) -> dict[str, Spot]:
    return {name: (MIDDLE + x, y) for name, (x, y) in spots.items()}


def whole_body(slug: str) -> Figure:
    """Draw the body from behind (`back`) or from the front (`front`)."""
    fingers = hung(FINGER_LINES, WRIST, ARM_ANGLE)
    from_behind = slug == "back"
    head, foot, hair, hair_end, prefix = (
        (HEAD_BACK, FOOT_BACK, HAIR_BACK, 116.8, "bb")
        if from_behind
        else (HEAD_FRONT, FOOT_FRONT, HAIR_FRONT, 45.8, "bf")
    )
    outline = path(half_outline(head, foot)) + path(EAR)
    bumps = dots([(0, y - 1) for y in SPINE.values()])
    return Figure(
        slug=slug,
        title="Whole body, seen from behind"
        if from_behind
        else "Whole body, seen from the front, palms forward",
        width=WIDTH,
        height=HEIGHT,
        units_per_cun=CUN,
        symmetric=True,
        body=mirrored(
            prefix,
            middle=MIDDLE,
            skin=outline,
            outline=outline,
            detail=d((BACK_LINES if from_behind else FRONT_LINES) + fingers),
            bone=d(BACK_BONES if from_behind else RIB_ARCH),
            hair=path(hair),
            seam='<path d="M-1 26H1V420H-1z"/>',
            hair_seam=f'<path d="M-1 26H1V{hair_end}H-1z"/>',
            middle_bone=f'<path d="{bumps}" stroke-width="2.8"/>' if from_behind else "",
            middle_detail=f'<path d="{d(BUTTOCK_CLEFT if from_behind else FACE_AND_MIDLINE)}"/>',
            fine=True,
        ),
        landmarks=from_midline(LANDMARKS[slug]),
    )


def figures() -> list[Figure]:
    return [whole_body("back"), whole_body("front")]
