"""Hand and wrist, always the left one, so a reader can hold up the own left hand beside it."""

from curves import path
from drawing import (
    Figure,
    Label,
    Stroke,
    cornered,
    d,
    flipped,
    hung,
    labels,
    one_sided,
    stroke,
    strokes,
)


def nail(x: float, y: float, half_width: float, half_height: float, degrees: float) -> Stroke:
    """Return a finger nail centred on (x, y), tipped clockwise."""
    w, h = half_width, half_height
    shape = stroke(
        f"{-w},{h} {-1.02 * w},{-0.3 * h} {-0.6 * w},{-h} {0.6 * w},{-h} {1.02 * w},{-0.3 * h}"
        f" {w},{h} 0,{1.5 * h} {-w},{h}"
    )
    return hung([shape], (x, y), -degrees)[0]


def crease(x: float, y: float, half_width: float, degrees: float) -> Stroke:
    """Return a small knuckle crease centred on (x, y)."""
    return hung([stroke(f"{-half_width},0 0,3 {half_width},0")], (x, y), -degrees)[0]


def hand_back() -> Figure:
    """Draw the back of the left hand, fingers up. 42 units = 1 cun."""
    contour = stroke(
        "126,450 131,420 134,392 132,366 124,330 114,290 108,254 104,226 92,180 82,140 80,118"
        " 89,106.5 101,112 110,134 124,168 134.5,192!"
        " 136,150 133,104 133,70 144,56 157,64 164,98 171,140 176.5,176!"
        " 181,130 182,80 186,46 199,33 212,45 216,80 218,130 219.5,178!"
        " 228,144 236,100 243,72 256,62 267,73 266,104 261,150 256,196 256,224 264,243 280,243"
        " 298,225 314,200 326,179 339,171 350,179 349,199 338,230 321,262 299,294 278,324 261,350"
        " 252,378 252,404 257,430 260,450"
    )
    detail = [
        nail(254.5, 77, 7.2, 9, 9),
        nail(199, 48.5, 8, 10, 0),
        nail(145.5, 70.5, 7.2, 9, -7),
        nail(90.5, 119.5, 6, 7.5, -18),
        nail(339, 186, 6.8, 9, 31),
        crease(248, 118, 9, 8),
        crease(247, 124, 8, 8),
        crease(199, 96, 10, 0),
        crease(199, 102.5, 9, 0),
        crease(151, 115, 9, -6),
        crease(152, 121, 8, -6),
        crease(98, 153, 8, -18),
        crease(100, 159, 7, -18),
        crease(320, 219, 9, 31),
        crease(316, 225, 8, 31),
    ]
    detail += strokes("""
        226,216 238,208 249,215; 186,207 198,199 211,206; 147,214 158,206 170,212;
        112,233 121,226 133,232; 236,228 230,262 220,300 212,330; 198,218 197,262 196,324;
        160,224 167,264 178,324; 125,244 140,284 160,332; 140,384 150,392 158,388;
        228,374 240,378 252,376; 166,390 194,391 220,384
    """)
    return Figure(
        slug="hand-back",
        title="Back of the left hand, fingers up, thumb to the right",
        width=400,
        height=440,
        units_per_cun=42,
        body=one_sided(
            skin=path(contour),
            outline=path(contour),
            detail=d(detail),
            label_layer=labels(
                [
                    Label(282, 84, "index"),
                    Label(282, 106, "finger"),
                    Label(345, 142, "thumb", "middle"),
                    Label(8, 246, "knuckle"),
                    Label(8, 388, "wrist"),
                ],
                "M92 241L116 232M66 383H136",
            ),
        ),
        landmarks={
            "index-bone-middle": (225, 269),
            "knuckles-index-middle": (218, 206),
            "wrist-below-index-middle": (200, 384),
            "knuckles-ring-little": (140, 218),
            "wrist-below-ring-little": (181, 388),
            "little-knuckle": (121, 226),
        },
    )


def wrist_palm() -> Figure:
    """Draw the palm side of the left wrist and forearm, fingers up. 46 units = 1 cun."""
    contour = stroke(
        "116,490 126,430 137,360 141,304 139,266 128,236 104,206 74,172 50,138 33,104 25,78"
        " 31,61 46,62 60,84 80,112 100,128 114,124! 121,100 123,60 121,-10"
    )
    ulnar = stroke(
        "287,-10 288,30 290,70 294,112 297,156 291,204 276,240 268,268 268,310 276,370 290,430"
        " 302,490"
    )
    webs = strokes(
        "165,-10 166,34 167,38! 168,34 170,-10; 208,-10 209,30 210,34! 211,30 213,-10;"
        "249,-10 250,40 251,44! 252,40 254,-10"
    )
    detail = strokes("""
        125,52 144,56 164,50; 170,47 188,50 206,46; 213,49 231,53 248,50; 254,57 271,62 288,58;
        295,116 262,112 228,98 200,76 184,70; 122,112 158,122 206,150 266,186;
        122,114 154,138 170,176 168,214 156,254;
        140,266 172,271 204,273 238,270 268,264; 144,279 174,283 206,285 240,282 266,276;
        184,290 181,340 176,400 168,480; 207,290 208,340 210,400 213,480;
        247,284 250,330 258,400 270,480; 37,98 49,101 62,91; 62,144 77,139 90,126
    """)
    bone = strokes("243,250@-70 252,240 262,246 263,257 254,264 244,259 243,250@-70")
    edge = cornered(contour) + cornered(ulnar)
    return Figure(
        slug="wrist-palm",
        title="Palm side of the left wrist and forearm, fingers up, thumb to the left",
        width=400,
        height=480,
        units_per_cun=46,
        body=one_sided(
            skin=path(edge) + "z",
            outline=path(contour) + path(ulnar) + d(webs),
            detail=d(detail),
            bone=d(bone),
            label_layer=labels(
                [
                    Label(10, 266, "wrist"),
                    Label(10, 288, "crease"),
                    Label(10, 442, "tendons"),
                    Label(394, 222, "round", "end"),
                    Label(394, 244, "bone", "end"),
                ],
                "M86 272H140M96 436L176 424M96 436L209 430M330 238L268 250",
            ),
        ),
        landmarks={
            "wrist-crease-middle": (204, 273),
            "wrist-crease-little-finger-side": (243, 269),
            "tendon-thumb-side-at-PC6": (179, 365),
            "tendon-middle-at-PC6": (209, 365),
            "pea-bone": (253, 252),
            "little-finger-side-tendon": (247, 272),
        },
    )


def hand_edge() -> Figure:
    """Draw the left hand in a loose fist from its little-finger edge. 40 units = 1 cun.

    Drawn with the fingers to the right, then flipped; the ring finger shows behind.
    """
    fist = stroke(
        "-10,114 40,117 90,121 122,122 150,116 190,109 226,105 250,107 282,114 306,134 321,160"
        " 321,186 310,206 288,217 258,219 236,217 214,222 186,226 156,221 134,208 118,198 90,195"
        " 50,198 -10,206"
    )
    little_finger = stroke(
        "246,107 272,117 289,138 298,162 297,182 286,196 266,203 246,203 230,196 226,185 234,177"
        " 250,175 268,174! 265,163 252,154 237,150 220,151"
    )
    detail = strokes("""
        234,115 246,110 257,119; 150,128 184,120 218,117; 78,127 90,135 106,132;
        118,194 124,183 122,172; 291,158 299,162 298,171; 257,177 260,184 257,190;
        248,199 238,197 232,190; 290,120 306,142 312,166 309,190; 226,186 216,180 206,182;
        140,180 164,178 190,168
    """)
    return Figure(
        slug="hand-edge",
        title="Little-finger edge of the left hand in a loose fist, wrist to the right",
        width=400,
        height=340,
        units_per_cun=40,
        body=one_sided(
            skin=path(fist),
            outline=path(fist) + path(little_finger),
            detail=d(detail),
            flip_width=400,
            label_layer=labels(
                [
                    Label(154, 66, "knuckle", "middle"),
                    Label(218, 290, "crease", "middle"),
                    Label(394, 270, "wrist", "end"),
                    Label(8, 270, "little finger"),
                ],
                "M154 74V102M214 272L182 162M344 254L284 202M76 252L112 202",
            ),
        ),
        landmarks=flipped({"little-knuckle": (246, 113), "palm-crease-end": (220, 151)}, 400),
    )


def figures() -> list[Figure]:
    return [hand_back(), wrist_palm(), hand_edge()]
