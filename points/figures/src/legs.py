"""Thigh, knee, calf, ankle and foot.

Views from behind are the whole body enlarged. One-sided views always show the right leg.
"""

from curves import path
from drawing import (
    Figure,
    Label,
    Spot,
    Stroke,
    cornered,
    d,
    flipped,
    labels,
    mirrored,
    one_sided,
    scaled,
    stroke,
    strokes,
)

MIDDLE = 200

# Both contours of the leg from behind, in body units from the midline (10 units = 1 cun).
LEG_OUTER = "71.6,394 71.4,432 67.5,490 60,545 56,578 57,604 59.3,634 55,678 46,718"
LEG_INNER = "0,421 2,446 6.2,490 11.4,546 14,578 12.2,602 8.6,636 12.4,682 17.4,718"
CALF_NOTCH: Spot = (33, 660)
CREASE_MIDDLE: Spot = (34, 580)
CREASE = "18,578 34,580.5 50,578"
HAMSTRINGS = "31.5,520 25,546 20.4,565 18.6,571; 40,520 46.6,546 50.8,566 52,571"
CALF_BELLIES = "13.4,655@84 22.6,674@0 33,660@-62; 33,660@62 42.4,669@0 51.6,652@-82"


def enlarge(lines: list[Stroke], scale: float, top: float) -> list[Stroke]:
    return scaled(lines, scale, 0, -top * scale)


def spots_from_behind(spots: dict[str, Spot], scale: float, top: float) -> dict[str, Spot]:
    """Turn body spots of the right leg into spots of an enlarged, mirrored view."""
    return {name: (MIDDLE + x * scale, (y - top) * scale) for name, (x, y) in spots.items()}


def thigh_back() -> Figure:
    """Draw buttocks and thighs down to the knee crease. 20 units = 1 cun."""
    top, scale = 374.0, 2.0
    outer = stroke("67,350 71,388 71.6,412 70.6,440 67.5,490 60,545 56.4,574 56,590 57,610")
    inner = stroke("0,421 2.4,446 6.6,490 11.4,546 13.8,574 13.6,590 11.6,610")
    edge = cornered(outer) + cornered(inner[::-1])
    skin = path(enlarge([edge + cornered(stroke("0,421 0,350"))], scale, top)[0]) + "z"
    detail = strokes(
        "6,435 18,440.2 33,442 48,440 60,434.5;"
        f"{CREASE}; 27,530 22.6,552 19.2,571; 45,530 48.6,552 51,570;"
        "34.5,462 33.6,490 33,516"
    )
    bone = strokes("65.5,380 60,378 56.5,382 57.5,389 63.5,395")
    return Figure(
        slug="thigh-back",
        title="Buttocks and backs of the thighs",
        width=400,
        height=440,
        units_per_cun=scale * 10,
        symmetric=True,
        body=mirrored(
            "tb",
            middle=MIDDLE,
            skin=skin,
            outline=d(enlarge([outer, inner], scale, top)),
            detail=d(enlarge(detail, scale, top)),
            bone=d(enlarge(bone, scale, top)),
            seam='<path d="M-1-48H1V95H-1z"/>',
            middle_detail='<path d="M0-8V94"/>',
            label_layer=labels(
                [Label(10, 121, "fold"), Label(10, 412, "knee")], "M60 124L84 126M66 407H92"
            ),
        ),
        landmarks=spots_from_behind(
            {
                "midline": (0, 500),
                "buttock-fold-inner-end": (8, 438),
                "buttock-fold-outer-end": (60, 438),
                "knee-crease-middle": CREASE_MIDDLE,
            },
            scale,
            top,
        ),
    )


def knee_back() -> Figure:
    """Draw the backs of both knees. 26 units = 1 cun."""
    top, scale = 506.0, 2.6
    outer = stroke("69.5,470 66,505 60,545 56,578 57,604 59.3,634 55,678 50,700")
    inner = stroke("15,700 12.4,682 8.6,636 12.2,602 14,578 11.4,546 7,505 4,470")
    detail = strokes(
        f"{CREASE}; {HAMSTRINGS}; 28,512 21.6,540 16.6,562; 33.8,607 33.4,634 33.1,662;"
        "21,586 28,600 33.8,606; 49,584 41,598 33.8,606"
    )
    return Figure(
        slug="knee-back",
        title="Backs of both knees",
        width=400,
        height=440,
        units_per_cun=scale * 10,
        symmetric=True,
        body=mirrored(
            "kb",
            middle=MIDDLE,
            skin=path(enlarge([cornered(outer) + cornered(inner)], scale, top)[0]) + "z",
            outline=d(enlarge([outer, inner], scale, top)),
            detail=d(enlarge(detail, scale, top)),
        ),
        landmarks=spots_from_behind(
            {
                "knee-crease-inner-end": (18, 578),
                "knee-crease-outer-end": (50, 578),
                "knee-crease-middle": CREASE_MIDDLE,
            },
            scale,
            top,
        ),
    )


def calf_back() -> Figure:
    """Draw both lower legs from the knee crease to the heels. 22 units = 1 cun."""
    top, scale = 566.0, 2.2
    outer = stroke(
        "58,550 56,578 57,604 59.3,634 57.6,660 53,690 46.4,718 44,731 45.8,741 45,750 48.6,757"
        " 56,764 60.4,771 57,775.6 48,776.6 42,776"
    )
    inner = stroke(
        "12,550 14,578 12.2,602 8.6,636 10,664 14.4,696 18.4,718 18.6,728 16,737 17.6,747"
        " 17.4,757 18.6,768 24,775.4 33,777.4 42,776"
    )
    detail = strokes(
        f"{CREASE}; {CALF_BELLIES}; 33.8,607 33.6,622 33.4,638;"
        "21,586 28,600 33.8,606; 49,584 41,598 33.8,606;"
        "27,704 28.4,724 27,742 23,756; 38.4,704 36.6,724 37.8,742 42.6,756;"
        "45,750 46,760 43.4,770 42,776"
    )
    bone = strokes("42.4,733 40.6,740 42.6,747; 20.4,730 22.4,736 20.8,743")
    edge = cornered(outer) + cornered(inner[::-1])
    return Figure(
        slug="calf-back",
        title="Both calves and heels, seen from behind",
        width=400,
        height=480,
        units_per_cun=scale * 10,
        symmetric=True,
        body=mirrored(
            "cb",
            middle=MIDDLE,
            skin=path(enlarge([edge], scale, top)[0]) + "z",
            outline=d(enlarge([outer, inner], scale, top)),
            detail=d(enlarge(detail, scale, top)),
            bone=d(enlarge(bone, scale, top)),
            label_layer=labels(
                [
                    Label(10, 34, "knee"),
                    Label(10, 210, "calf"),
                    Label(10, 330, "tendon"),
                    Label(10, 376, "ankle"),
                ],
                "M64 29H88M56 205H84M88 325H122M72 373L102 386",
            ),
        ),
        landmarks=spots_from_behind(
            {
                "knee-crease-middle": CREASE_MIDDLE,
                "calf-notch": CALF_NOTCH,
                "outer-ankle-tip": (45.5, 741),
            },
            scale,
            top,
        ),
    )


def knee_outer() -> Figure:
    """Draw the right knee and shin from the outer front. 32 units = 1 cun.

    The kneecap dimple lies at the height of the joint; the knob is the head of the fibula.
    """
    back = stroke(
        "104,-10 112,40 124,92 131,132 132,164 124,200 112,244 105,296 108,352 122,414 138,490"
    )
    front = stroke(
        "314,-10 311,30 303,72 300,94 306,116 306,142 299,166 296,188 299,212 298,234 290,276"
        " 281,334 272,400 262,490"
    )
    detail = strokes("""
        132,164 146,172 164,174;
        158,14 166,80 174,140 180,186; 222,10 232,80 238,140 244,182;
        292,236 281,292 270,352 258,430; 232,300 236,360 236,430;
        174,232 160,280 152,334 158,392; 266,160 259,167 262,176;
        290,160 291,184 288,210
    """)
    bone = strokes("""
        266,102 284,96 300,108 303,130 297,152 284,162 270,154 259,134 260,114 266,102;
        173,196 186,188 200,195 203,211 196,227 182,229 172,215 173,196;
        181,229 188,264 192,312 194,372; 197,226 204,264 208,312 209,372;
        282,212 288,204 296,206; 204,184 226,181 248,184
    """)
    edge = cornered(back) + cornered(front[::-1])
    return Figure(
        slug="knee-outer",
        title="Right knee and shin, seen from the outer front, toes to the right",
        width=400,
        height=480,
        units_per_cun=32,
        body=one_sided(
            skin=path(edge) + "z",
            outline=path(back) + path(front),
            detail=d(detail),
            bone=d(bone),
            label_layer=labels(
                [
                    Label(394, 206, "dimple", "end"),
                    Label(394, 372, "shin edge", "end"),
                    Label(10, 206, "small"),
                    Label(10, 228, "knob"),
                ],
                "M324 201L268 170M290 367H270M72 209H170",
            ),
        ),
        landmarks={
            "outer-knee-dimple": (264, 168),
            "shin-edge-at-ST36": (286, 264),
            "small-knob": (187, 209),
            "small-knob-front-edge": (203, 211),
            "small-knob-lower-edge": (188, 230),
        },
    )


# The inner side of the right foot, drawn with the toes to the right, then flipped.
# 28.6 units = 1 cun; the sole is at y = 331.
INNER_FOOT = (
    "88,166 84,210 68,246 57,280 62,311 86,330.5 122,331.5 158,324 196,317 236,319 268,328"
    " 298,332 326,330 352,330 374,325 383,312 379,298 364,289 344,286 322,275 286,251 244,220"
    " 212,190 196,158"
)
INNER_FOOT_LINES = """
    378,298 366,293.5 358,298 362,304 381,307; 326,330 318,322 312,306;
    150,195 163,198 171,210 169,226 158,237 146,234 139,222 141,206 150,195;
    136,168 133,212 146,254 176,272 206,282; 202,196 232,228 270,256 306,276;
    73,276 76,300 90,315; 168,309 198,301 232,304
"""
INNER_ANKLE_TIP: Spot = (154, 215)
INNER_ACHILLES: Spot = (81, 215)


def ankle_inner() -> Figure:
    """Draw the inner ankle. 28.6 units = 1 cun."""
    contour = stroke(f"62,-10 69,40 82,110 {INNER_FOOT} 193,112 203,50 213,-10")
    detail = strokes(f"{INNER_FOOT_LINES}; 113,92 113,150 105,196 91,234")
    bone = strokes("132,92 136,140 143,184; 176,92 172,140 170,186")
    return Figure(
        slug="ankle-inner",
        title="Right foot and ankle, inner side, toes to the left",
        width=400,
        height=350,
        units_per_cun=28.6,
        body=one_sided(
            skin=path(contour),
            outline=path(contour),
            detail=d(detail),
            bone=d(bone),
            flip_width=400,
            label_layer=labels(
                [
                    Label(150, 124, "ankle bone", "end"),
                    Label(394, 124, "tendon", "end"),
                ],
                "M156 124L240 206M362 132L314 186",
            ),
        ),
        landmarks=flipped({"inner-ankle-tip": INNER_ANKLE_TIP, "achilles": INNER_ACHILLES}, 400),
    )


def leg_inner() -> Figure:
    """Draw the inner side of the right lower leg down to the foot. 24 units = 1 cun."""
    scale = 24 / 28.6
    dx, dy = 38.0, 466 - 331 * scale

    def at(x: float, y: float) -> Spot:
        return (x * scale + dx, y * scale + dy)

    (foot,) = scaled([stroke(INNER_FOOT)], scale, dx, dy)
    calf = stroke("104,-10 94,30 86,80 86,130 92,180 101,230 109,284")
    shin = stroke("200,284 203,240 209,190 214,140 217,90 217,50 222,20 226,-10")
    contour = calf + foot + shin
    detail = scaled(strokes(INNER_FOOT_LINES), scale, dx, dy)
    detail += strokes("132,262 133,296 129,334 116,378; 138,40 132,90 128,134 116,170 100,182")
    detail += strokes("128,134 136,180 138,222")
    bone = strokes("""
        176,-10 170,30 164,80 160,140 158,200 157,260 160,310 163,340;
        206,30 204,90 200,150 195,210 189,270 186,310 186,342
    """)
    return Figure(
        slug="leg-inner",
        title="Right lower leg and foot, inner side, toes to the left",
        width=400,
        height=480,
        units_per_cun=24,
        body=one_sided(
            skin=path(contour),
            outline=path(contour),
            detail=d(detail),
            bone=d(bone),
            flip_width=400,
            label_layer=labels(
                [Label(150, 226, "shin bone", "end"), Label(150, 326, "ankle bone", "end")],
                "M156 222H224M156 328L226 362",
            ),
        ),
        landmarks=flipped(
            {
                "inner-ankle-tip": at(*INNER_ANKLE_TIP),
                "achilles": at(*INNER_ACHILLES),
                "shin-bone-rear-edge": (158, at(*INNER_ANKLE_TIP)[1] - 3 * 24),
            },
            400,
        ),
    )


def ankle_outer() -> Figure:
    """Draw the outer ankle. 28.6 units = 1 cun."""
    contour = stroke(
        "66,-10 72,40 84,110 89,168 84.5,212 69,248 58,282 63,312 86,330.5 124,332 172,326.5"
        " 228,326.5 280,331.5 306,332 326,329.5 352,325 368,317 374,304 367,292 350,284.5 318,270"
        " 282,250 240,222 208,193 192,160 190.5,112 200,50 210,-10"
    )
    detail = strokes("""
        290,309 306,306.5 319,314 320,326 312,331.5; 310,304 322,297 334.5,304 338,318 331,328.5;
        326,298 337,291 349,299 353,314 347,326; 341,293 351,288.5 362,298 365,312 360,321.5;
        309,317 316,317.5 319,322; 327,306 333,308 336.5,314; 343,301 348,303 351.5,309;
        141,211 153,213 162,224 162,241 152,254 140,253 132,241 131,226 141,211;
        113,92 113,150 105,198 92,234; 136,266 142,275 160,283 188,287;
        197,196 226,228 262,254 296,272; 73,276 76,300 90,315
    """)
    bone = strokes("126,92 126,150 132,196; 153,92 154,150 157,198")
    return Figure(
        slug="ankle-outer",
        title="Right foot and ankle, outer side, toes to the right",
        width=400,
        height=350,
        units_per_cun=28.6,
        body=one_sided(
            skin=path(contour),
            outline=path(contour),
            detail=d(detail),
            bone=d(bone),
            label_layer=labels(
                [
                    Label(252, 124, "ankle bone"),
                    Label(6, 124, "tendon"),
                ],
                "M246 124L156 220M38 132L82 186",
            ),
        ),
        landmarks={"outer-ankle-tip": (147, 232), "achilles": (77, 232)},
    )


def foot_top() -> Figure:
    """Draw the top of the right foot, toes up, big toe to the left. 44 units = 1 cun."""
    contour = stroke(
        "130,490 133,446 130,418 122,398 124,372 131,340 128,296 114,246 100,200 92,166 93,140"
        " 101,116 103,84 106,50 118,28 138,22 155,34 161,62 160,94 163,122!"
        " 167,96 167,62 171,36 184,25 197,36 200,62 199,92 203,123!"
        " 207,100 210,68 216,48 228,42 238,54 239,78 234,104 236,130!"
        " 242,112 246,86 253,70 263,67 271,79 269,102 262,124 262,142!"
        " 269,128 275,110 285,103 294,112 294,132 289,154 291,182 287,224 278,272 272,318"
        " 274,356 282,388 283,412 274,440 268,490"
    )
    detail = strokes("""
        113,56 116,40 128,33 142,36 150,47 149,62; 175,54 178,43 185,40 192,45 193,57;
        218,64 222,56 229,54 233,61 231,71; 255,86 258,80 264,80 266,87 263,95;
        279,119 282,114 288,115 289,122 286,129;
        108,98 128,104 154,98; 171,86 184,90 196,86; 212,92 222,97 235,93;
        247,110 254,114 266,112; 273,134 280,137 289,135;
        220,150 214,210 206,270; 246,160 234,216 218,276; 272,178 256,232 234,288;
        136,344 168,356 206,358 244,352 268,340; 139,392 148,404 145,420; 264,400 257,414 261,430;
        186,372 184,410 186,450
    """)
    bone = strokes("""
        110,152 120,138 138,138 146,152 144,170 146,214 154,248 160,272 150,284 134,280 130,262
        126,214 116,178 110,152;
        174,146 180,134 192,134 198,147 193,166 190,214 190,250 192,278 182,286 172,279 174,252
        176,214 177,168 174,146
    """)
    return Figure(
        slug="foot-top",
        title="Top of the right foot, toes up, big toe to the left",
        width=400,
        height=480,
        units_per_cun=44,
        body=one_sided(
            skin=path(contour),
            outline=path(contour),
            detail=d(detail),
            bone=d(bone),
            label_layer=labels([Label(10, 66, "big toe"), Label(298, 66, "little toe")]),
        ),
        landmarks={
            "toe-web-1-2": (163, 122),
            "bases-meet-1-2": (167, 280),
            "first-foot-bone-at-LR3": (155, 252),
            "second-foot-bone-at-LR3": (174, 252),
        },
    )


def figures() -> list[Figure]:
    return [
        thigh_back(),
        knee_back(),
        calf_back(),
        knee_outer(),
        leg_inner(),
        ankle_inner(),
        ankle_outer(),
        foot_top(),
    ]
