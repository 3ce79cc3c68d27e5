"""The five tools, each where and how it is used."""

from kit import (
    FIST,
    HAND,
    Picture,
    Side,
    arm,
    ball,
    box,
    chair,
    closed,
    leg,
    line,
    placed,
    reach_arm,
    reach_leg,
    spine_from,
    stroke,
    strokes,
)


def acuball() -> Picture:
    p = Picture(
        "acuball",
        "Leaning on a ball at the wall, from the side",
        "Standing with the back near a wall, feet a step away from it, one hand on the back "
        "of a chair. A small ball is held between the wall and the outer buttock; a ring and "
        "dot marks the place.",
        480,
        430,
        floor=418,
    )
    f = p.floor
    p.layer().prop(box(96, 10, 12, f - 10))
    hip = complex(160, f - 200)
    side = Side(spine_from(hip, -96, -88, -84, -86))
    far = p.layer()
    reach_leg(far, hip + 6, complex(214, f - 20), 0)
    chair(p.layer(), 308, f)
    reach_arm(p.layer(), side.shoulder + 4, complex(298, f - 216), -1, FIST, 20)
    p.layer().prop(ball(119 + hip.imag * 1j + 8j, 11))
    body = p.layer()
    side.head(body, -82, -90)
    reach_leg(body, hip, complex(202, f - 20), 0)
    side.trunk(body)
    arm(p.layer(), side.shoulder, side.shoulder + 2 + 70j, side.shoulder + 18 + 128j, HAND)
    p.pressed.append(complex(142, hip.imag + 8))
    return p


def energy_roller() -> Picture:
    p = Picture(
        "energy-roller",
        "Rolling the sole, from the side",
        "Sitting on a chair, one foot flat on the floor. The sole of the other foot rests on "
        "a roller; an arrow on the floor points forward and back.",
        480,
        350,
        floor=338,
    )
    f = p.floor
    chair(p.layer(), 110, f)
    hip = complex(150, f - 127)
    side = Side(spine_from(hip, -88, -84, -80, -84))
    leg(p.layer(), hip + 4, hip + 98 + 8j, complex(hip.real + 96, f - 20), 0)
    p.layer().prop(ball(complex(296, f - 13), 13))
    body = p.layer()
    side.head(body, -78, -90)
    reach_leg(body, hip, complex(272, f - 46), 2)
    side.trunk(body)
    reach_arm(p.layer(), side.shoulder, hip + 62 - 24j, 1, HAND, 8)
    p.arrows += [stroke("340,322 392,322"), stroke("392,322 340,322")]
    return p


def power_mat() -> Picture:
    p = Picture(
        "power-mat",
        "Standing on a foot mat, from the side",
        "Standing upright on a mat with small pyramids, both hands holding the back of a "
        "heavy chair in front.",
        480,
        440,
        floor=428,
    )
    f = p.floor
    bumps = [complex(118 + 8 * n, f - (13 if n % 2 else 4)) for n in range(21)]
    p.layer().prop(
        [*[n._replace(corner=True) for n in line(*bumps, 286 + f * 1j, 110 + f * 1j, bumps[0])]]
    )
    f -= 12
    hip = complex(196, f - 211)
    side = Side(spine_from(hip, -94, -88, -85, -88))
    chair(p.layer(), 300, p.floor)
    far = p.layer()
    reach_arm(far, side.shoulder + 4, complex(300, p.floor - 216), -1, FIST, 30)
    reach_leg(far, hip + 3, complex(202, f - 20), 0)
    body = p.layer()
    side.head(body, -84, -90)
    reach_leg(body, hip, complex(186, f - 20), 0)
    side.trunk(body)
    reach_arm(p.layer(), side.shoulder, complex(292, p.floor - 214), -1, FIST, 30)
    return p


def spine_roller() -> Picture:
    p = Picture(
        "spine-roller",
        "A roller beside the spine, seen from behind",
        "A bare lower back. A helper’s hand holds a short bumpy roller on the muscle to one "
        "side of the spine, below the waist and above the buttocks; arrows show a few "
        "finger-widths up and down.",
        480,
        270,
        cut=62,
    )
    right = stroke("134,-8! 131,54 124,118 121,176 126,222 138,270 146,350!")
    left = [node._replace(x=-node.x) for node in right[::-1]]
    middle = 200 + 0j
    back = p.layer()
    back.skin(placed([*right, *left, right[0]], middle))
    belt = stroke(
        "-134,274! -60,284 0,287 60,284 134,274! 137,280 146,350! -146,350! -137,280 -134,274!"
    )
    back.cloth(placed(belt, middle))
    back.lines += [placed(stroke("-134,274 -60,284 0,287 60,284 134,274"), middle)]
    back.lines += [line(middle + 22j * n + 18j, middle + 22j * n + 27j) for n in range(11)]
    back.lines += [
        placed(part, middle)
        for part in strokes("-118,150 -108,160 -104,172; 118,150 108,160 104,172")
    ]
    roller = p.layer()
    roller.prop(
        placed(closed(list(stroke("0,-4 60,-4 120,-4 122,0 120,4 60,4 0,4 -2,0"))), 270 + 234j, 22)
    )
    tube = p.layer()
    tube.prop(box(224, 204, 52, 34))
    tube.lines += [
        line(complex(x, y), complex(x + 0.4, y))
        for x in (233, 245, 257, 269)
        for y in (213, 221, 229)
    ]
    helper = p.layer()
    helper.skin(placed(ARM, 330 + 258j, 22))
    helper.lines += [placed(part, 330 + 258j, 22) for part in KNUCKLES]
    p.arrows += [stroke("250,196 250,172"), stroke("250,246 250,268")]
    return p


ARM = stroke(
    "-40,-8 -38,-15 -30,-17 -22,-24 -6,-29 16,-27 44,-20 90,-18 180,-26! 180,42! 90,30 50,22 30,26"
    " 8,30 -10,30 -22,28 -28,22 -33,20 -36,12 -41,8 -40,-8"
)
KNUCKLES = strokes(
    "-39,-2 -26,-4 -14,-2; -38,8 -24,8 -12,9; -32,18 -20,18 -10,18; -30,-17 -14,-16 4,-8 10,-2"
)


FOREARM = stroke(
    "-8,210! 60,204 150,206 250,214 320,222 352,224 392,222 430,230 452,240 450,250 424,256"
    " 392,262 350,270 300,276 200,288 80,292 -8,292! -8,210!"
)
PINCH = stroke(
    "512,30! 430,40 372,48 334,58 296,74 262,98 236,126 230,136 234,144 244,142 268,124 292,112"
    " 306,116 288,128 262,138 240,146 234,153 240,162 262,162 300,158 330,160 356,164 400,140"
    " 440,122 512,108! 512,30!"
)


def teishin() -> Picture:
    p = Picture(
        "teishin",
        "A blunt stick on the forearm, from the side",
        "A forearm rests on a table. The other hand holds a short stick with rounded ends "
        "between thumb and finger, upright, so that it touches the skin at a right angle; a "
        "ring and dot marks the place.",
        480,
        270,
        cut=36,
    )
    p.layer().prop(box(-10, 284, 500, 60))
    below = p.layer()
    below.skin(FOREARM)
    below.lines += strokes("352,226 366,244 362,262; 392,240 420,244 450,246")
    p.pressed.append(226 + 209j)
    stick = p.layer()
    stick.prop(stroke("221.5,64! 222,198! 226,203 230,198! 230.5,64! 226,58 221.5,64!"))
    hand = p.layer()
    hand.skin(placed(PINCH, -13 + 0j))
    pinched = strokes(
        "240,131 247,124 252,118; 334,60 328,80 308,96; 300,158 318,146 330,128;"
        " 330,160 352,148 372,126; 282,86 290,92 292,98"
    )
    hand.lines += [placed(part, -13 + 0j) for part in pinched]
    return p


def tools() -> list[Picture]:
    return [acuball(), energy_roller(), power_mat(), spine_roller(), teishin()]
