"""Head and neck, shoulder blades, lower back, and the hip from the side.

Each close-up is the whole body enlarged: a body spot (x, y) lands at scale * (x, y - top), so
levels agree between the views. One cun is `scale` * 10 units.
"""

from body import SPINE
from curves import path, short
from drawing import (
    Figure,
    Label,
    Spot,
    Stroke,
    cornered,
    d,
    dots,
    labels,
    mirrored,
    one_sided,
    scaled,
    stroke,
    strokes,
)

MIDDLE = 200


def enlarged(lines: list[Stroke], scale: float, top: float) -> list[Stroke]:
    """Return strokes given in body units, enlarged so that body height `top` is the top edge."""
    return scaled(lines, scale, 0, -top * scale)


def around_middle(spots: dict[str, Spot]) -> dict[str, Spot]:
    return {name: (MIDDLE + x, y) for name, (x, y) in spots.items()}


def level_guides(levels: list[tuple[str, float, float, float]]) -> str:
    """Draw dotted level lines on the left: (name, y, from x, to x), named at the left edge."""
    lines = "".join(f"M{short(a)} {short(y)}H{short(b)}" for _, y, a, b in levels)
    return labels([Label(12, y + 5, name) for name, y, _, _ in levels], lines)


# ---------- back of the head and neck ----------
NECK_TOP, NECK_SCALE = 20, 3.0


def neck_back() -> Figure:
    """Draw the skull base with the two neck muscles that part there. 30 units = 1 cun."""
    half = stroke(
        "0,13@0 40,20 74,46 100,100 103,140 98,196 88,240 82,280 82,306 90,334 110,358 162,381"
        " 236,402"
    )
    ear = strokes("""
        103.4,141 109,134 117,139 119,157 114,180 108,204 102,211 97.4,206;
        104,152 110,149 112,160 107,176 105,190
    """)
    skin = path(cornered(half) + stroke("236,430! 0,430")) + "z" + path(ear[0]) + "L96 170z"
    detail = strokes("""
        33,216 34,238 38,268 47,304 66,342 98,368;
        84,236 82.4,262 78,288 74,304;
        9,262 9.6,284 7,306;
        -1,357 10,352 17,362
    """)
    bone = strokes("""
        0,197@0 8,196 22,190 48,194 72,210 85,232@75;
        85,232@75 84,240 78,236
    """)
    hair = stroke("0,13@0 40,20 74,46 100,100 103,140 98,196 90,230! 74,246 40,266 0,272@180")
    c2, c7 = 240, (SPINE["C7"] - NECK_TOP) * NECK_SCALE
    bumps = dots([(0, c2 + 5), (0, c2 + 28), (0, c2 + 50), (0, c2 + 72), (0, c2 + 94), (0, c7 - 3)])
    return Figure(
        slug="neck-back",
        title="Back of the head and neck",
        width=400,
        height=420,
        units_per_cun=30,
        symmetric=True,
        body=mirrored(
            "nb",
            middle=MIDDLE,
            skin=skin,
            outline=path(half) + d(ear[:1]),
            detail=d(detail[:2] + ear[1:]),
            bone=d(bone),
            hair=path(hair),
            seam='<path d="M-1 14H1V430H-1z"/>',
            hair_seam='<path d="M-1 14H1V271H-1z"/>',
            middle_bone=f'<path stroke-width="4.5" d="{bumps}"/>',
            label_layer=labels(
                [
                    Label(12, c2 + 5, "C2"),
                    Label(12, c7 - 3, "C7"),
                    Label(394, 150, "skull", "end"),
                    Label(394, 172, "edge", "end"),
                ],
                f"M46 {c2}H186M46 {short(c7 - 6)}L186 {short(c7)}M352 180L288 226",
            ),
        ),
        landmarks=around_middle(
            {
                "midline": (0, 200),
                "C2-upper-edge": (0, c2),
                "C7-lower-edge": (0, c7),
                "trapezius-outer-edge-at-C2": (34, c2),
                "trapezius-upper-end": (35, 216),
                "mastoid-tip": (86, 230),
                "skull-base": (0, 200),
            }
        ),
    )


# ---------- upper back ----------
BLADE_TOP, BLADE_SCALE = 116, 1.8
BLADE_RIDGE_MIDDLE: Spot = (57, 166.5)
BLADE_LOWER_TIP: Spot = (38.6, 211)
ACROMION_TIP: Spot = (90, 166)


def shoulder_blade() -> Figure:
    """Draw the upper back down to the waist. 18 units = 1 cun."""

    def at(spot: Spot) -> Spot:
        return (spot[0] * BLADE_SCALE, (spot[1] - BLADE_TOP) * BLADE_SCALE)

    shoulder = stroke(
        "27,100 26.8,121 34,138 54,148.5 78,156.5 92,165 101,187 105.5,214 109,250 113.5,284"
        " 118,304 124,328 128,356"
    )
    armpit = stroke(
        "97,356 89,331 83.5,310 79.5,286 72.5,250 65,212! 65.4,236 62.4,268"
        " 59.4,300 61.8,330 66,352"
    )
    detail = strokes("65,212 66.5,202 73,191; 88,311 95,314.5 102,311")
    bone = strokes("""
        34,152 31.2,164 30.2,182 33,200 38.6,211 45,205.5 55,190 66,176 71.5,173 74.5,168 71,165;
        34,152 44,153 53,157;
        31,171.5 44,168 60,163 76,159.4 86.5,160.6 90,166 84,168.6 76,166 62,169.4 46,173.4
        32,176 31,171.5
    """)
    edge = cornered(stroke("0,100 27,100")) + cornered(shoulder)[1:] + cornered(armpit)
    skin = path(enlarged([edge + cornered(stroke("0,352 0,100"))], BLADE_SCALE, BLADE_TOP)[0])
    levels = {name: at((0, y))[1] for name, y in SPINE.items()}
    bumps = "".join(
        f"M0 {short(y - 6)}v6" for name, y in levels.items() if name < "L3" or name > "M"
    )
    named = {name: levels[name] for name in ("C7", "T3", "T7", "T10")}
    reach = {"C7": (146, 160), "T3": (108, 154), "T7": (108, 154), "T10": (134, 186)}
    guides = "".join(f"M{a} {short(named[name])}H{b}" for name, (a, b) in reach.items())
    names = [Label(126 if name == "T10" else 188, y + 5, name, "end") for name, y in named.items()]
    names += [Label(394, 26, "shoulder tip", "end")]
    guides += "M360 34L362 82"
    return Figure(
        slug="shoulder-blade",
        title="Upper back and shoulder blades, seen from behind",
        width=400,
        height=400,
        units_per_cun=BLADE_SCALE * 10,
        symmetric=True,
        body=mirrored(
            "ub",
            middle=MIDDLE,
            skin=skin + "z",
            outline=d(enlarged([shoulder, armpit], BLADE_SCALE, BLADE_TOP)),
            detail=d(enlarged(detail, BLADE_SCALE, BLADE_TOP)),
            bone=d(enlarged(bone, BLADE_SCALE, BLADE_TOP)),
            seam='<path d="M-1-28H1V424H-1z"/>',
            middle_bone=f'<path stroke-width="4" d="{bumps}"/>',
            label_layer=labels(names, guides),
        ),
        landmarks=around_middle(
            {
                "midline": (0, 200),
                **{f"{name}-lower-edge": (0, y) for name, y in named.items()},
                "shoulder-blade-ridge-middle": at(BLADE_RIDGE_MIDDLE),
                "shoulder-blade-lower-tip": at(BLADE_LOWER_TIP),
                "acromion-tip": at(ACROMION_TIP),
            }
        ),
    )


# ---------- lower back and pelvis: 20 units = 1 cun, y = 2 * (body y - 228) ----------
LUMBAR_TOP = 228
LEVELS = {name: (y - LUMBAR_TOP) * 2 for name, y in SPINE.items() if name[0] == "L"}
LEVELS |= {"T11": 31.0, "T12": 62.0}
FLANK = stroke("130,-8 128,30 123,90 119,144 123.6,200 135,260 143,332 142.6,408 141,460")
CREST = strokes("37,246 45,222 62,199 88,186.5 113,190 124,203; 37,246 38,262 45,274")
SACRUM = strokes("0,228@0 16,225.5 35,231! 37,243 33,258 23,290 12,316! 7.6,331 3,347 0,349@180")
RIBS = strokes("27,2 52,14 88,44 110,70; 27,26 44,34 66,54")
TROCHANTER = strokes("131,304 120,300 113,308 115,322 127,334")
BUTTOCK_FOLD = strokes("12,414 36,424.4 66,428 96,424 120,413")
VERTEBRA = strokes("""
    0,-11.5@0 12,-12.4 18.6,-10.4 19,-6.6 31,-10.6 34,-7 31,-3.4 18.6,-0.6 18.4,6 20,10 14,11.8
    0,10.4@180; 0,-5@0 3.4,-2.6 3.2,6 4.4,12 0,15.5@180
""")
SACRAL_RIDGE = "M0 244v6M0 263v6M0 282v6"
TIP = 15.5  # from the middle of a drawn vertebra down to the lower edge of its spine tip
FORAMINA = {"S1": (20.5, 246), "S2": (18.5, 265), "S3": (15.5, 284), "S4": (12.5, 303)}
DIMPLE_BONE: Spot = (38, 259)
SACRAL_HIATUS: Spot = (0, 309)
TROCHANTER_TIP: Spot = (124, 318)


def vertebrae(prefix: str, levels: list[float], scale: float = 1) -> str:
    """Draw one vertebra and repeat it so that each spine tip ends at a level."""
    glyph = d(scaled(VERTEBRA, scale))
    uses = ""
    for level in levels:
        use = f'<use href="#{prefix}-v" y="{short(level - TIP * scale)}"'
        uses += f'{use}/>{use} transform="scale(-1 1)"/>'
    return f'<defs><path id="{prefix}-v" d="{glyph}"/></defs>{uses}'


def foramen_dots(scale: float = 1, dy: float = 0) -> str:
    """Draw the small openings of the sacrum on both sides."""
    spots = [(x * side * scale, y * scale + dy) for x, y in FORAMINA.values() for side in (1, -1)]
    return f'<path stroke-width="4.5" d="{dots(spots)}"/>'


def lower_back() -> Figure:
    """Draw the lower back from the last ribs to the fold of the buttock."""
    edge = cornered(stroke("0,-8 130,-8")) + cornered(FLANK)[1:] + cornered(stroke("0,460 0,-8"))
    guides = [("L2", LEVELS["L2"], 46, 166), ("L4", LEVELS["L4"], 46, 166)]
    guides += [("S2", FORAMINA["S2"][1], 46, 172), ("S4", FORAMINA["S4"][1], 46, 180)]
    return Figure(
        slug="lower-back",
        title="Lower back and pelvis, seen from behind",
        width=400,
        height=440,
        units_per_cun=20,
        symmetric=True,
        body=mirrored(
            "lb",
            middle=MIDDLE,
            skin=path(edge) + "z",
            outline=path(FLANK),
            detail=d(BUTTOCK_FOLD),
            bone=d(CREST + SACRUM + RIBS + TROCHANTER),
            seam='<path d="M-1-8H1V460H-1z"/>',
            middle_bone=vertebrae("lb", sorted(LEVELS.values())) + foramen_dots(),
            middle_detail=f'<path d="M0 322V460{SACRAL_RIDGE}"/>',
            label_layer=level_guides(guides),
        ),
        landmarks=around_middle(
            {
                "midline": (0, 220),
                **{f"{name}-lower-edge": (0, LEVELS[name]) for name in ("L2", "L4")},
                "crest-top": (88, 186.5),
                "dimple-bone": DIMPLE_BONE,
                "S2-spine-tip": (0, 269),
                "S2-opening": FORAMINA["S2"],
                "S4-opening": FORAMINA["S4"],
                "sacral-hiatus": SACRAL_HIATUS,
                "outer-hip-bone": TROCHANTER_TIP,
            }
        ),
    )


def lower_spine() -> Figure:
    """Draw the five lumbar bumps larger. 32 units = 1 cun, 1.6 times the lower back."""
    scale, dy = 1.6, -96.0
    levels = {name: y * scale + dy for name, y in LEVELS.items()}
    lumbar = [f"L{n}" for n in range(1, 6)]
    flank = scaled([FLANK], scale, 0, dy)[0]
    edge = cornered(stroke("0,-109 208,-109")) + cornered(flank)[1:]
    edge += cornered(stroke("0,640 0,-109"))
    ridge = strokes("66,-10 68,70 66,160 58,240 50,300")
    return Figure(
        slug="lower-spine",
        title="The five bumps of the lower spine, seen from behind",
        width=400,
        height=360,
        units_per_cun=32,
        symmetric=True,
        body=mirrored(
            "ls",
            middle=MIDDLE,
            skin=path(edge) + "z",
            outline=path(flank),
            detail=d(ridge),
            bone=d(scaled(CREST + SACRUM, scale, 0, dy)),
            seam='<path d="M-1-109H1V640H-1z"/>',
            middle_bone=vertebrae("ls", [levels[name] for name in ("T12", *lumbar)], scale)
            + foramen_dots(scale, dy),
            label_layer=level_guides([(name, levels[name], 44, 150) for name in lumbar]),
        ),
        landmarks=around_middle(
            {
                "midline": (0, 180),
                **{f"{name}-lower-edge": (0, levels[name]) for name in lumbar},
            }
        ),
    )


# ---------- hip from the side ----------
def hip_side() -> Figure:
    """Draw the right hip, front to the right. 20 units = 1 cun, levels as on the lower back."""
    spots = {
        "outer-hip-bone": (190.0, 318.0),
        "sacral-hiatus": (96.0, 309.0),
        "front-hip-bone": (262.0, 234.0),
    }
    back = stroke(
        "112,-10 118,40 125,90 128,140 122,186 104,226 83,264 72,304 75,348 89,384 107,408"
        " 114,424 114,460"
    )
    front = stroke("300,-10 306,50 309,110 307,170 298,220 287,258 281,300 281,350 277,400 270,460")
    detail = strokes("""
        108,409 126,420 146,419; 287,258 272,276 256,288
    """)
    bone = strokes("""
        126,258 132,234 152,206 190,190 226,198 252,218 262,234! 258,246 262,256;
        119,234 107,256 98,284 96,309! 99,324 108,337; 119,234 130,227 146,226!
        136,250 122,282 110,308 108,337;
        176,310 186,298 200,302 206,318 203,336; 176,310 174,328 180,350 182,400 182,470;
        203,336 210,360 212,410 212,470
    """)
    a, b, c = spots.values()
    guides = f"M{a[0]} {a[1]}L{b[0]} {b[1]}M{a[0]} {a[1]}L{c[0]} {c[1]}"
    edge = cornered(back) + cornered(front[::-1])
    return Figure(
        slug="hip-side",
        title="Right hip and buttock, seen from the side, front to the right",
        width=400,
        height=440,
        units_per_cun=20,
        body=one_sided(
            skin=path(edge) + "z",
            outline=path(back) + path(front),
            detail=d(detail),
            bone=d(bone),
            label_layer=labels(
                [
                    Label(394, 252, "front", "end"),
                    Label(394, 274, "hip bone", "end"),
                    Label(394, 338, "outer", "end"),
                    Label(394, 360, "hip bone", "end"),
                    Label(8, 430, "tailbone"),
                ],
                f"{guides}M334 246L268 235M334 332L212 320M52 412L92 318",
            ),
        ),
        landmarks=spots,
    )


def figures() -> list[Figure]:
    return [neck_back(), shoulder_blade(), lower_back(), lower_spine(), hip_side()]
