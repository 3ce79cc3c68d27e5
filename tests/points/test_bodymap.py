"""Markers stand where the facts say: measured against the landmarks of each figure."""

import math

import pytest
import yaml
from django.conf import settings

from points.bodymap import FIGURES, Crop, callouts, locator_frame
from points.models import Point

FACTS = yaml.safe_load((settings.BASE_DIR / "content/figures.yaml").read_text())
TOLERANCE = 0.02
CHECKS = [
    (code, number, check)
    for code, place in FACTS["points"].items()
    for number, check in enumerate(place["check"])
]


def position(figure: str, mark: dict) -> tuple[float, float]:
    size = FACTS["figures"][figure]
    return mark["x"] / 100 * size["width"], mark["y"] / 100 * size["height"]


def off(check: dict, at: tuple[float, float], figure: dict) -> tuple[float, float]:
    """Return how far `at` is from where `check` wants it, in units to the right and down."""
    marks, cun = figure["landmarks"], figure["units_per_cun"]
    x, y = at
    match check["kind"]:
        case "level":
            return 0, y - marks[check["landmark"]][1]
        case "at":
            return x - marks[check["landmark"]][0], y - marks[check["landmark"]][1]
        case "offset-x":
            return x - (marks[check["from"]][0] + check["cun"] * cun), 0
        case "offset-y":
            return 0, y - (marks[check["from"]][1] + check["cun"] * cun)
        case "between":
            (ax, ay), (bx, by) = marks[check["a"]], marks[check["b"]]
            ratio = check["ratio"]
            return x - (ax + (bx - ax) * ratio), y - (ay + (by - ay) * ratio)
        case "side":
            sx, sy = marks[check["of"]]
            wrong = {"left": x - sx, "right": sx - x, "above": y - sy, "below": sy - y}
            return (math.inf, 0) if wrong[check["is"]] >= 0 else (0, 0)
        case "near":
            nx, ny = marks[check["landmark"]]
            return max(0, math.hypot(x - nx, y - ny) - check["cun"] * cun), 0
    raise AssertionError(f"unknown kind of check: {check['kind']}")


@pytest.mark.parametrize(("code", "number", "check"), CHECKS, ids=lambda value: str(value)[:60])
def test_marker_agrees_with_the_landmarks(code, number, check):
    mark = FACTS["points"][code]["marks"][check["mark"]]
    figure = FACTS["figures"][mark["figure"]]
    right, down = off(check, position(mark["figure"], mark), figure)
    assert abs(right) <= TOLERANCE * figure["width"]
    assert abs(down) <= TOLERANCE * figure["height"]


@pytest.mark.parametrize("code", FACTS["points"])
def test_every_place_is_checked_and_said_in_words(code):
    place = FACTS["points"][code]
    assert {check["mark"] for check in place["check"]} >= {
        number for number, mark in enumerate(place["marks"]) if mark["role"] == "closeup"
    }
    assert len(place["alt"]) > 30


def test_a_wrong_place_would_be_noticed():
    mark = FACTS["points"]["BL23"]["marks"][0]
    figure = FACTS["figures"][mark["figure"]]
    check = next(c for c in FACTS["points"]["BL23"]["check"] if c["kind"] == "offset-x")
    moved = mark | {"x": mark["x"] + 3}
    right, _ = off(check, position(mark["figure"], moved), figure)
    assert abs(right) > TOLERANCE * figure["width"]


@pytest.mark.django_db
def test_every_point_is_on_a_closeup_and_on_the_whole_body():
    for point in Point.objects.prefetch_related("markers"):
        roles = {marker.role for marker in point.markers.all()}
        assert roles == {"closeup", "locator"}, point
        assert point.figure_alt, point


def test_figures_are_those_of_the_facts():
    sizes = {slug: (figure.width, figure.height) for slug, figure in FIGURES.items()}
    assert sizes == {s: (f["width"], f["height"]) for s, f in FACTS["figures"].items()}


@pytest.mark.django_db
class TestDrawing:
    def marks(self, code, role):
        return list(Point.objects.get(code=code).markers.filter(role=role))

    @pytest.mark.parametrize("code", FACTS["points"])
    def test_crop_shows_a_marker_and_stays_on_the_figure(self, code):
        marks = self.marks(code, "closeup")
        figure = FIGURES[marks[0].figure]
        crop = Crop.around(figure, marks)
        assert 0 <= crop.x <= figure.width - crop.width
        assert 0 <= crop.y <= figure.height - crop.height
        assert any(crop.x < x < crop.x + crop.width for mark in marks for x in mark.xs)
        assert all(crop.y < mark.units_y < crop.y + crop.height for mark in marks)

    @pytest.mark.parametrize("code", FACTS["points"])
    def test_frame_on_the_whole_body_holds_the_marker(self, code):
        marks = self.marks(code, "locator")
        frame = locator_frame(FIGURES[marks[0].figure], marks, both_sides=True)
        assert frame.x < marks[0].xs[0] < frame.x + frame.width
        assert frame.y < marks[0].units_y < frame.y + frame.height

    def test_labels_on_the_map_keep_their_distance(self):
        points = Point.objects.first_points().prefetch_related("markers")
        labels = callouts(points, "back")
        assert len(labels) == 5
        for side in (True, False):
            heights = [label.label_y for label in labels if label.on_left is side]
            assert all(b - a >= 46 for a, b in zip(heights, heights[1:], strict=False))
