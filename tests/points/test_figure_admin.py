"""What the desk serves for placing markers."""

import pytest
from django.contrib.auth.models import User

from backpain_site.middleware import PICTURE_POLICY
from points.bodymap import FIGURES, Crop
from points.models import Point

pytestmark = pytest.mark.django_db
FIGURE = "/admin/points/point/figures/lower-back"


def test_a_figure_is_one_drawing_that_runs_nothing(editor_client):
    answer = editor_client.get(f"{FIGURE}.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer["Content-Security-Policy"] == PICTURE_POLICY
    assert answer["X-Content-Type-Options"] == "nosniff"
    drawing = answer.content.decode()
    assert '<g id="figure">' in drawing
    assert FIGURES["lower-back"].markup in drawing
    # The policy of the desk's pages refuses style attributes.
    assert "style=" not in drawing


@pytest.mark.parametrize("name", ["lower-back.svg", "lower-back.json"])
def test_others_are_sent_to_log_in(client, name):
    client.force_login(User.objects.create_user("reader"))
    answer = client.get(f"/admin/points/point/figures/{name}")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("name", ["no-such.svg", "no-such.json", "src.svg"])
def test_only_our_figures_are_served(editor_client, name):
    page = editor_client.get(f"/admin/points/point/figures/{name}")
    assert page.status_code == 404
    assert b"<svg xmlns" not in page.content[:10]


def test_the_card_is_cropped_as_readers_see_it(editor_client):
    point = Point.objects.get(code="BL23")
    marks = [mark for mark in point.markers.all() if mark.role == "closeup"]
    figure = FIGURES[marks[0].figure]
    query = [f"{mark.x},{mark.y},{'on' if mark.paired else ''}" for mark in marks]
    path = f"/admin/points/point/figures/{figure.slug}.json"
    crop = Crop.around(figure, marks)
    assert editor_client.get(path, {"mark": query}).json() == {
        "viewbox": crop.viewbox,
        "ring": crop.ring,
        "dot": crop.dot,
    }


@pytest.mark.parametrize("mark", [[], [""], ["1"], ["a,b"], ["101,5"], ["NaN,5"], ["5,5", "x"]])
def test_marks_off_the_figure_are_refused(editor_client, mark):
    answer = editor_client.get(f"{FIGURE}.json", {"mark": mark})
    assert answer.status_code == 400
    assert "0 to 100" in answer.json()["error"]


def test_the_form_says_where_each_drawing_is(editor_client):
    point = Point.objects.get(code="BL23")
    page = editor_client.get(f"/admin/points/point/{point.pk}/change/").content.decode()
    assert f'data-drawing="{FIGURE}.svg"' in page
    assert 'type="module"' in page
