"""The nine poses, and the easier versions that words alone do not show."""

from kit import (
    FIST,
    FLAT_HAND,
    FRONT_FOOT,
    HAND,
    SHANK,
    THIGH,
    Layer,
    Picture,
    Side,
    along,
    arm,
    box,
    chair,
    front_head,
    front_trunk,
    leg,
    reach_arm,
    reach_leg,
    spine_from,
    stroke,
    toward,
)


def mat(picture: Picture, x: float, width: float, floor: float):
    """Lay a mat on the floor."""
    picture.layer().prop(box(x, floor - 5, width, 5))


def all_fours(
    picture: Picture, hip: complex, headings: tuple, neck: float, face: float, floor: float
):
    side = Side(spine_from(hip, *headings))
    hand = complex(side.shoulder.real + 2, floor - 8)
    knee = complex(hip.real + 2, floor - 13)
    far = picture.layer()
    reach_arm(far, side.shoulder + 5, hand + 11, 1, FLAT_HAND, 0)
    leg(far, hip + 5, knee + 9, knee + 9 - 92 + 3j)
    body = picture.layer()
    side.head(body, neck, face)
    leg(body, hip, knee, knee - 92 + 3j)
    side.trunk(body)
    reach_arm(picture.layer(), side.shoulder, hand, 1, FLAT_HAND, 0)


def cat_cow() -> Picture:
    p = Picture(
        "cat-cow",
        "Cat and cow, from the side",
        "On hands and knees, hands under the shoulders and knees under the hips. On the left "
        "the back is rounded up and the head hangs; on the right the back sinks a little, "
        "chest and tail lift.",
        700,
        246,
        floor=230,
    )
    mat(p, 16, 668, p.floor)
    for x, headings, neck, face in (
        (156, (-56, -30, 2, 26), 56, 70),
        (494, (5, -11, -29, -36), -34, -62),
    ):
        all_fours(p, complex(x, p.floor - 116), headings, neck, face, p.floor - 5)
    p.arrows += [stroke("214,104 214,72"), stroke("538,84 538,114")]
    return p


def bridge() -> Picture:
    p = Picture(
        "bridge",
        "Bridge, from the side",
        "Lying on the back with knees bent, feet flat on the mat near the hips and arms along "
        "the floor. The hips are lifted; shoulders, neck and head stay down.",
        480,
        200,
        floor=180,
    )
    f = 175
    mat(p, 24, 432, 180)
    hip = complex(262, f - 94)
    side = Side(spine_from(hip, 152, 148, 143, 140))
    reach_leg(p.layer(), hip + 4 - 2j, complex(400, f - 20), 0)
    body = p.layer()
    side.head(body, 176, 184)
    reach_leg(body, hip, complex(386, f - 20), 0)
    side.trunk(body)
    reach_arm(p.layer(), side.shoulder, complex(side.shoulder.real + 127, f - 8), -1, HAND, 4)
    p.arrows.append(stroke("262,50 262,14"))
    return p


def downward_facing_dog() -> Picture:
    p = Picture(
        "downward-facing-dog",
        "Downward-facing dog, from the side",
        "An upside-down V: hands and feet on the mat, hips at the highest place, back long, "
        "knees a little bent, heels off the floor, head hanging between the arms.",
        480,
        290,
        floor=272,
    )
    f = 267
    mat(p, 24, 432, 272)
    hip = complex(210, f - 200)
    side = Side(spine_from(hip, 42, 43, 44, 45))
    far = p.layer()
    reach_arm(far, side.shoulder + 6, complex(394, f - 8), -1, FLAT_HAND, 0)
    reach_leg(far, hip + 4, complex(126, f - 30), 22)
    body = p.layer()
    side.head(body, 52, 58)
    reach_leg(body, hip, complex(112, f - 30), 22)
    side.trunk(body)
    reach_arm(p.layer(), side.shoulder, complex(382, f - 8), -1, FLAT_HAND, 0)
    return p


def childs_pose() -> Picture:
    p = Picture(
        "childs-pose",
        "Child’s pose, from the side",
        "Kneeling and sitting back on the heels, folded forward over the thighs, forehead "
        "near the mat and arms stretched out in front.",
        480,
        160,
        floor=142,
    )
    f = 137
    mat(p, 24, 432, 142)
    hip = complex(122, f - 52)
    side = Side(spine_from(hip, -32, -8, 14, 22))
    reach_arm(p.layer(), side.shoulder + 4, complex(376, f - 8), -1, FLAT_HAND, 0)
    knee = complex(hip.real + 90, f - 19)
    leg(p.layer(), hip + 2j, knee, complex(knee.real - 94, f - 10))
    body = p.layer()
    side.head(body, 20, 44)
    side.trunk(body)
    reach_arm(p.layer(), side.shoulder, complex(364, f - 8), -1, FLAT_HAND, 0)
    return p


def sphinx() -> Picture:
    p = Picture(
        "sphinx",
        "Sphinx, from the side",
        "Lying on the belly with long legs, propped on the forearms with the elbows under the "
        "shoulders. The chest is lifted, the front of the hips stays on the mat.",
        540,
        190,
        floor=172,
    )
    f = 167
    mat(p, 20, 500, 172)
    hip = complex(272, f - 23)
    side = Side(spine_from(hip, 0, -14, -34, -46))
    elbow = complex(side.shoulder.real + 10, f - 11)
    far = p.layer()
    arm(far, side.shoulder + 6, elbow + 12, elbow + 72 + 3j, FLAT_HAND, 0)
    leg(far, hip, hip - 90 + 9j, hip - 182 + 13j)
    body = p.layer()
    side.head(body, -62, -88)
    leg(body, hip, hip - 98 + 9j, hip - 194 + 14j)
    side.trunk(body)
    arm(p.layer(), side.shoulder, elbow, elbow + 60 + 3j, FLAT_HAND, 0)
    return p


def supine(picture: Picture, hip: complex, body: Layer) -> Side:
    side = Side(spine_from(hip, 183, 181, 178, 177))
    side.head(body, 178, 186)
    side.trunk(body)
    return side


def knees_to_chest() -> Picture:
    p = Picture(
        "knees-to-chest",
        "One knee to the chest, from the side",
        "Lying on the back, head down. Both hands hold the shin of one bent leg, drawn "
        "towards the chest; the other foot stands on the mat.",
        480,
        200,
        floor=182,
    )
    f = 177
    mat(p, 24, 432, 182)
    hip = complex(250, f - 32)
    reach_leg(p.layer(), hip + 2, complex(388, f - 20), 0)
    side = supine(p, hip, p.layer())
    knee = hip + THIGH * toward(-118)
    leg(p.layer(), hip + 5 + 2j, knee, knee + SHANK * toward(10), -62)
    reach_arm(p.layer(), side.shoulder - 4j, knee + 22 + 6j, -1, FIST, 40)
    return p


def figure_four() -> Picture:
    p = Picture(
        "figure-four",
        "Figure four, from the side",
        "Lying on the back, one ankle across the other thigh just above the knee. Both hands "
        "hold the back of that thigh and draw it in; head and tailbone stay down.",
        480,
        246,
        floor=230,
    )
    f = 207
    mat(p, 24, 432, 212)
    hip = complex(250, f - 32)
    knee = hip + THIGH * toward(-82)
    leg(p.layer(), hip, knee, knee + SHANK * toward(4), -70)
    body = p.layer()
    ankle = knee + 2 + 26j
    leg(body, hip + 2j, hip + 76 - 52j, ankle, 208)
    side = supine(p, hip, body)
    reach_arm(p.layer(), side.shoulder - 4j, knee - 16 + 52j, -1, FIST, 0)
    return p


def supine_twist() -> Picture:
    p = Picture(
        "supine-twist",
        "Supine twist, seen from above",
        "Lying on the back, arms out to the sides at shoulder height. Both bent knees have "
        "sunk to one side and rest on a cushion; both shoulders stay on the mat.",
        480,
        396,
    )
    p.layer().prop(box(152, 8, 196, 380))
    p.layer().prop(box(312, 200, 84, 84))
    spine = spine_from(complex(234, 208), -96, -93, -88, -86)
    leg(p.layer(), complex(238, 216), complex(330, 254), complex(308, 330), 66)
    body = p.layer()
    shoulder = along(spine, 0.9)[0]
    for sign in (-1, 1):
        at = shoulder + 30 * sign
        arm(body, at, at + sign * 70 + 3j, at + sign * 130 + 1j, HAND, None, sign < 0)
    front_head(body, spine[-1] - 2j, -90)
    leg(body, complex(240, 210), complex(336, 230), complex(322, 312), 62)
    front_trunk(body, spine)
    return p


def extended_triangle() -> Picture:
    p = Picture(
        "extended-triangle",
        "Extended triangle, from the front",
        "Standing with feet wide apart, one foot turned out. The body bends sideways from the "
        "hip over that leg; the lower hand rests on the shin, the other arm points up, the "
        "chest faces forward.",
        480,
        462,
        floor=448,
    )
    f = p.floor
    hips = complex(206, f - 182)
    spine = spine_from(hips, -32, -28, -26, -24)
    body = p.layer()
    leg(body, hips - 12 + 8j, complex(146, f - 100), complex(92, f - 20), 0, FRONT_FOOT)
    leg(body, hips + 14 + 8j, complex(268, f - 104), complex(318, f - 20), 0)
    front_head(body, along(spine, 1.02)[0], -24)
    spot, step = along(spine, 0.9)
    under, over = spot + step * 30j, spot - step * 30j
    arm(body, over, over - 70j + 4, over - 130j + 6, HAND)
    front_trunk(body, spine)
    near = p.layer()
    reach_arm(near, under, under - 8 + 128j, -1, HAND)
    return p


def cat_cow_chair() -> Picture:
    p = Picture(
        "cat-cow-chair",
        "Cat and cow on a chair, from the side",
        "Sitting on a chair with hands on the thighs and feet flat. On the left the back is "
        "rounded and the chin low; on the right the back is open and the chest lifted.",
        480,
        350,
        floor=338,
    )
    f = p.floor
    for x, headings, neck, face in (
        (14, (-128, -100, -72, -50), -20, -40),
        (250, (-76, -86, -97, -99), -82, -100),
    ):
        chair(p.layer(), x, f)
        hip = complex(x + 58, f - 127)
        side = Side(spine_from(hip, *headings))
        far = p.layer()
        leg(far, hip + 4, hip + 102 + 6j, complex(hip.real + 106, f - 20), 0)
        body = p.layer()
        side.head(body, neck, face)
        leg(body, hip, hip + 96 + 8j, complex(hip.real + 98, f - 20), 0)
        side.trunk(body)
        reach_arm(p.layer(), side.shoulder, hip + 66 - 22j, 1, HAND, 12)
    return p


def dog_wall() -> Picture:
    p = Picture(
        "downward-facing-dog-wall",
        "Hands on a wall, from the side",
        "Standing bent at the hips, hands flat on a wall at hip height, back long and level, "
        "knees soft, head in line with the arms.",
        480,
        280,
        floor=266,
    )
    f = p.floor
    p.layer().prop(box(440, 8, 12, f - 8))
    hip = complex(150, f - 206)
    side = Side(spine_from(hip, 6, 6, 5, 4))
    far = p.layer()
    reach_arm(far, side.shoulder + 2, 430 + hip.imag * 1j - 4j, -1, FLAT_HAND, -90)
    reach_leg(far, hip + 4, complex(150, f - 20), 0)
    body = p.layer()
    side.head(body, 2, 6)
    reach_leg(body, hip, complex(134, f - 20), 0)
    side.trunk(body)
    reach_arm(p.layer(), side.shoulder, 431 + hip.imag * 1j + 10j, -1, FLAT_HAND, -90)
    return p


def childs_pose_table() -> Picture:
    p = Picture(
        "childs-pose-table",
        "Leaning on a table, from the side",
        "Sitting on a chair at a table, leaning forward from the hips; arms and head rest on "
        "a cushion on the table, feet flat on the floor.",
        480,
        260,
        floor=246,
    )
    f = p.floor
    chair(p.layer(), 60, f)
    hip = complex(104, f - 127)
    side = Side(spine_from(hip, -64, -48, -28, -14))
    far = p.layer()
    leg(far, hip + 4, hip + 102 + 6j, complex(hip.real + 106, f - 20), 0)
    table = p.layer()
    table.prop(box(418, f - 146, 8, 146))
    table.prop(box(190, f - 150, 244, 9))
    table.prop(box(206, f - 172, 150, 22))
    body = p.layer()
    side.head(body, -12, 30)
    leg(body, hip, hip + 96 + 8j, complex(hip.real + 98, f - 20), 0)
    side.trunk(body)
    near = p.layer()
    elbow = complex(side.shoulder.real + 68, f - 180)
    arm(near, side.shoulder, elbow, elbow + 60 - 1j, HAND)
    return p


def knees_to_chest_chair() -> Picture:
    p = Picture(
        "knees-to-chest-chair",
        "Lower legs on a chair, from the side",
        "Lying on the back on the floor, hips and knees bent at right angles, lower legs "
        "resting on the seat of a chair, arms beside the body.",
        520,
        240,
        floor=226,
    )
    f = 221
    mat(p, 20, 480, 226)
    hip = complex(250, f - 32)
    chair(p.layer(), 416, f + 5, -1)
    knee = hip + 34 - 92j
    leg(p.layer(), hip + 3, knee + 5, knee + 96 + 3j, -80)
    body = p.layer()
    side = supine(p, hip, body)
    leg(p.layer(), hip, knee, knee + 95 + 3j, -80)
    arm(p.layer(), side.shoulder, side.shoulder + 68 + 12j, side.shoulder + 128 + 10j, HAND)
    return p


def figure_four_chair() -> Picture:
    p = Picture(
        "figure-four-chair",
        "Figure four on a chair, from the side",
        "Sitting tall on a chair, one foot flat on the floor, the ankle of the other leg on "
        "top of that knee and a hand on the crossed leg.",
        480,
        350,
        floor=338,
    )
    f = p.floor
    chair(p.layer(), 120, f)
    hip = complex(160, f - 127)
    side = Side(spine_from(hip, -84, -82, -80, -80))
    leg(p.layer(), hip + 4, hip + 100 + 8j, complex(hip.real + 102, f - 20), 0)
    body = p.layer()
    side.head(body, -78, -90)
    side.trunk(body)
    knee = hip + 64 + 44j
    leg(p.layer(), hip + 4j, knee, hip + 88 - 8j, -50)
    reach_arm(p.layer(), side.shoulder, knee - 14 - 26j, 1, HAND, 30)
    return p


def poses() -> list[Picture]:
    return [
        cat_cow(),
        downward_facing_dog(),
        extended_triangle(),
        childs_pose(),
        sphinx(),
        supine_twist(),
        bridge(),
        figure_four(),
        knees_to_chest(),
        cat_cow_chair(),
        dog_wall(),
        childs_pose_table(),
        figure_four_chair(),
        knees_to_chest_chair(),
    ]
