"""The page of a point: what comes first, what stays apart, what goes with the checks."""

import re

import pytest

from points.bodymap import FIGURES, Crop
from points.models import Point
from points.views import related_points
from tests.factories import make_point

pytestmark = pytest.mark.django_db


def page_of(client, code: str) -> str:
    return client.get(f"/points/{code.lower()}/").content.decode()


def test_cautions_come_before_steps_and_the_dose_before_both(client):
    page = page_of(client, "BL40")
    order = ['id="figure"', "<dt>How hard", "<dt>How long", "<dt>Stop if", 'id="do-not-h"']
    order += ["<dt>How often", 'id="cautions"', 'id="find-it"', 'id="press-it"', 'id="uses"']
    order += ['id="evidence"', 'id="names"', 'id="related-h"']
    places = [page.index(mark) for mark in order]
    assert places == sorted(places)


def test_the_dose_is_dots_and_words(client):
    page = page_of(client, "BL40")
    row = page[page.index("<dt>How hard") : page.index("<dt>How long")]
    assert row.count('<i class="on">') == 2
    assert row.count("<i") == 5
    assert "Light" in row
    assert "at most 2 out of 10" in row


def test_tradition_and_evidence_are_sections_of_their_own(client):
    point = make_point(traditional_view="Wriggling lore.", evidence="Wriggling trial.")
    page = page_of(client, point.code)
    tradition = re.search(r'<section[^>]*aria-labelledby="uses">.*?</section>', page, re.S)[0]
    evidence = re.search(r'<section[^>]*aria-labelledby="evidence">.*?</section>', page, re.S)[0]
    assert "Wriggling lore." in tradition
    assert "Wriggling trial." not in tradition
    assert "Wriggling trial." in evidence
    assert "Wriggling lore." not in evidence


def test_the_checks_come_with_the_landmarks_and_then_the_point(client):
    page = page_of(client, "BL40")
    pictures = page[page.index('class="checks') : page.index('<div class="steps-text">')]
    landmarks, point = pictures.split("Landmarks")
    assert 'class="pt"' not in landmarks
    assert point.count('class="pt"') == 2
    assert pictures.count('href="#fig-knee-back"') == 2


def test_a_point_without_checks_has_no_pictures_of_them(client):
    assert 'class="checks' not in page_of(client, "BL48")


def test_the_landmarks_surround_the_point_and_stay_on_the_figure():
    for point in Point.objects.published().prefetch_related("markers"):
        marks = [mark for mark in point.markers.all() if mark.role == "closeup"]
        figure = FIGURES[marks[0].figure]
        crop = Crop.around(figure, marks)
        wide = crop.widened(figure)
        assert wide.width >= crop.width, point
        assert 0 <= wide.x <= crop.x
        assert 0 <= wide.y <= crop.y
        assert wide.x + wide.width <= figure.width + 0.1
        assert wide.y + wide.height <= figure.height + 0.1


def test_the_area_of_a_point_leads_to_its_map(client):
    assert '<a href="/points/?area=knee">Knee</a>' in page_of(client, "BL40")


def test_related_points_come_with_the_most_uses_in_common_first():
    """Whatever order their cards were read in."""
    moved = 0
    for point in Point.objects.published().for_page():
        symptoms = {use.symptom_id for use in point.indications.all() if use.role == "primary"}
        others = Point.objects.published().with_instructions().exclude(pk=point.pk)
        expected = [other.code for other in others.sharing_uses(symptoms)[:3]]
        assert [other.code for other in related_points(point)] == expected
        moved += expected != sorted(expected)
    assert moved
