"""Smooth curves through a few points: Hobby (METAFONT) splines written as short SVG paths.

A stroke is a list of `Node`. The curve runs smoothly through every node, breaks at a corner and
takes the direction of a node that has one. Coordinates are in units of the figure, y down.
"""

import cmath
import math
from typing import NamedTuple


class Node(NamedTuple):
    """A point a stroke passes through; `heading` in degrees, 0 = right, 90 = down."""

    x: float
    y: float
    heading: float | None = None
    corner: bool = False


def path(nodes: list[Node]) -> str:
    """Return the `d` attribute of one stroke, rounded to a tenth of a unit."""
    pieces = _curves(nodes)
    pen = _rounded(pieces[0][0])
    text = "M" + _numbers(pen.real, pen.imag)
    last = ""
    for _, first, second, end in pieces:
        first, second, end = _rounded(first), _rounded(second), _rounded(end)
        chord = end - pen
        flat = 0.15 * abs(chord)
        if abs(_cross(first - pen, chord)) < flat and abs(_cross(second - pen, chord)) < flat:
            command, steps = "l", [chord]
        else:
            command, steps = "c", [first - pen, second - pen, chord]
        numbers = _numbers(*(part for step in steps for part in (step.real, step.imag)))
        if command != last:
            text += command
        elif not numbers.startswith("-"):
            text += " "
        text += numbers
        last, pen = command, end
    return text


def _curves(nodes: list[Node]) -> list[tuple[complex, complex, complex, complex]]:
    """Return the cubic pieces (start, control, control, end) of a stroke."""
    breaks = [0]
    for index in range(1, len(nodes) - 1):
        if nodes[index].corner or nodes[index].heading is not None:
            breaks.append(index)
    breaks.append(len(nodes) - 1)
    pieces = []
    for start, end in zip(breaks, breaks[1:], strict=False):
        run = nodes[start : end + 1]
        knots = [complex(node.x, node.y) for node in run]
        controls = _controls(knots, _angle(run[0]), _angle(run[-1]))
        for index, (first, second) in enumerate(controls):
            pieces.append((knots[index], first, second, knots[index + 1]))
    return pieces


def _angle(node: Node) -> float | None:
    return None if node.heading is None else math.radians(node.heading)


def _controls(
    knots: list[complex], first: float | None, last: float | None
) -> list[tuple[complex, complex]]:
    """Return Hobby's control points for a smooth run; `first` and `last` are end angles."""
    count = len(knots) - 1
    if count == 1 and first is None and last is None:
        step = (knots[1] - knots[0]) / 3
        return [(knots[0] + step, knots[1] - step)]
    chords = [after - before for before, after in zip(knots, knots[1:], strict=False)]
    length = [abs(chord) for chord in chords]
    turn = [0.0] * (count + 1)
    for k in range(1, count):
        turn[k] = cmath.phase(chords[k] / chords[k - 1])

    matrix = [[0.0] * (count + 1) for _ in range(count + 1)]
    right = [0.0] * (count + 1)
    matrix[0][0] = matrix[count][count] = 1.0
    if first is None:
        matrix[0][1], right[0] = 1.0, -turn[1]
    else:
        right[0] = cmath.phase(cmath.exp(1j * first) / chords[0])
    for k in range(1, count):
        matrix[k][k - 1] = 1 / length[k - 1]
        matrix[k][k] = 2 / length[k - 1] + 2 / length[k]
        matrix[k][k + 1] = 1 / length[k]
        right[k] = -2 * turn[k] / length[k - 1] - turn[k + 1] / length[k]
    if last is None:
        matrix[count][count - 1] = 1.0
    else:
        right[count] = cmath.phase(cmath.exp(1j * last) / chords[-1])

    theta = _solve(matrix, right)
    controls = []
    for k, chord in enumerate(chords):
        leave, arrive = theta[k], -turn[k + 1] - theta[k + 1]
        controls.append(
            (
                knots[k] + cmath.exp(1j * leave) * chord * _reach(leave, arrive),
                knots[k + 1] - cmath.exp(-1j * arrive) * chord * _reach(arrive, leave),
            )
        )
    return controls


def _reach(leave: float, arrive: float) -> float:
    """Return how far along the chord a control point lies (Hobby's velocity function)."""
    sin_l, sin_a = math.sin(leave), math.sin(arrive)
    cos_l, cos_a = math.cos(leave), math.cos(arrive)
    above = 2 + math.sqrt(2) * (sin_l - sin_a / 16) * (sin_a - sin_l / 16) * (cos_l - cos_a)
    below = 3 * (1 + 0.5 * (math.sqrt(5) - 1) * cos_l + 0.5 * (3 - math.sqrt(5)) * cos_a)
    return above / below


def _solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Solve the linear system by Gaussian elimination with row exchange."""
    size = len(right)
    for i in range(size):
        pivot = max(range(i, size), key=lambda row: abs(matrix[row][i]))
        matrix[i], matrix[pivot] = matrix[pivot], matrix[i]
        right[i], right[pivot] = right[pivot], right[i]
        for row in range(i + 1, size):
            factor = matrix[row][i] / matrix[i][i]
            if factor:
                for column in range(i, size):
                    matrix[row][column] -= factor * matrix[i][column]
                right[row] -= factor * right[i]
    found = [0.0] * size
    for i in range(size - 1, -1, -1):
        known = sum(matrix[i][column] * found[column] for column in range(i + 1, size))
        found[i] = (right[i] - known) / matrix[i][i]
    return found


def _cross(a: complex, b: complex) -> float:
    return (a * b.conjugate()).imag


def _rounded(value: complex) -> complex:
    return complex(round(value.real, 1), round(value.imag, 1))


def _numbers(*values: float) -> str:
    text = ""
    for value in values:
        number = short(value)
        text += number if not text or number.startswith("-") else " " + number
    return text


def short(value: float) -> str:
    """Write a number with one decimal at most and no needless zero: `.5`, `-3`, `12.4`."""
    text = f"{value:.1f}".rstrip("0").rstrip(".")
    if text in ("-0", ""):
        return "0"
    if text.startswith("0."):
        return text[1:]
    return "-" + text[2:] if text.startswith("-0.") else text
