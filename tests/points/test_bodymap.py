"""Figures, the crops of them and the frames on the whole body."""

import pytest
import yaml
from django.conf import settings

from points.bodymap import FIGURES, Crop, callouts, locator_frame
from points.models import Point

FACTS = yaml.safe_load((settings.BASE_DIR / "content/figures.yaml").read_text())


@pytest.mark.django_db
def test_every_point_is_on_a_closeup_and_on_the_whole_body():
    for point in Point.objects.prefetch_related("markers"):
        roles = {marker.role for marker in point.markers.all()}
        assert roles == {"closeup", "locator"}, point
        assert len(point.figure_alt) > 30, point


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
    def test_the_low_frame_of_a_phone_keeps_every_marker(self, code):
        marks = self.marks(code, "closeup")
        figure = FIGURES[marks[0].figure]
        height = figure.width * 8 / 11
        hidden = figure.height - height
        top = {"Min": 0, "Mid": hidden / 2, "Max": hidden}[marks[0].kept]
        assert all(top + 20 < mark.units_y < top + height - 20 for mark in marks)

    @pytest.mark.parametrize("code", FACTS["points"])
    def test_frame_on_the_whole_body_holds_the_marker(self, code):
        marks = self.marks(code, "locator")
        paired = self.marks(code, "closeup")[0].paired
        frame = locator_frame(FIGURES[marks[0].figure], marks, both_sides=paired)
        assert frame.x < marks[0].xs[0] < frame.x + frame.width
        assert frame.y < marks[0].units_y < frame.y + frame.height
        assert frame.x > 30
        assert frame.x + frame.width < 370

    def test_labels_on_the_map_keep_their_distance(self):
        points = Point.objects.first_points().prefetch_related("markers")
        labels = callouts(points, "back")
        assert len(labels) == 5
        for side in (True, False):
            heights = [label.label_y for label in labels if label.on_left is side]
            assert all(b - a >= 64 for a, b in zip(heights, heights[1:], strict=False))
        # 44 pixels where 400 units are the 284 pixels of a screen of 320.
        assert min(label.plate.height for label in labels) * 284 / 400 >= 44
