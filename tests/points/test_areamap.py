"""The map by areas: nothing a finger may hit reaches into anything else, on the narrowest phone."""

import re
from itertools import combinations

import pytest
from django.conf import settings

from points import views
from points.areamap import NARROWEST, SMALLEST_TARGET, TARGET, body_views, close_ups, in_two_lines
from points.models import BodyArea, Point
from points.views import PointList
from tests.factories import make_point

pytestmark = pytest.mark.django_db


def published_areas() -> list[tuple[BodyArea, list[Point]]]:
    areas = {}
    for point in PointList().get_queryset():
        areas.setdefault(point.body_area, []).append(point)
    return list(areas.items())


def collisions(things: dict) -> list[tuple]:
    """Return the pairs of `things`, boxes by name, of which one reaches into the other."""
    return [
        (one, other)
        for one, other in combinations(things, 2)
        if any(box.meets(over) for box in things[one] for over in things[other])
    ]


def drawn(area_slug: str):
    return next(close_ups(points) for area, points in published_areas() if area.slug == area_slug)


class TestCloseUps:
    def test_every_published_point_is_on_each_of_its_close_ups_with_a_label(self):
        for _, points in published_areas():
            shown = {
                (spot.point.code, closeup.figure.slug)
                for closeup in close_ups(points)
                for spot in closeup.spots
                if spot.label
            }
            assert shown == {
                (point.code, mark.figure)
                for point in points
                for mark in point.markers.all()
                if mark.role == "closeup"
            }

    def test_no_plate_and_no_label_reaches_into_another(self):
        for area, points in published_areas():
            for closeup in close_ups(points):
                hits = {spot.point.code: spot.hits for spot in closeup.spots}
                assert collisions(hits) == [], (area, closeup.figure.slug)

    def test_every_plate_is_large_enough_for_a_finger_and_no_larger_than_asked(self):
        for _, points in published_areas():
            for closeup in close_ups(points):
                pixels = NARROWEST / closeup.view.width
                for spot in closeup.spots:
                    for plate in spot.plates:
                        assert SMALLEST_TARGET <= round(plate.width * pixels, 2) <= TARGET
                    assert spot.label.box.height * pixels >= SMALLEST_TARGET - 0.01

    def test_a_plate_is_full_size_where_no_neighbour_is_near(self):
        (closeup,) = drawn("knee")
        (spot,) = closeup.spots
        assert {round(plate.width * NARROWEST / closeup.view.width) for plate in spot.plates} == {
            TARGET
        }

    def test_markers_labels_and_crop_stay_on_the_figure(self):
        for _, points in published_areas():
            for closeup in close_ups(points):
                view = closeup.view
                assert view.x >= 0
                assert view.y >= 0
                assert view.right <= closeup.figure.width
                assert view.bottom <= closeup.figure.height
                for spot in closeup.spots:
                    assert view.holds(spot.label.box), spot.point
                    assert all(view.x < x < view.right for x, _ in spot.places)
                    assert all(view.y < y < view.bottom for _, y in spot.places)

    def test_a_crowded_figure_is_zoomed_and_a_lonely_point_keeps_its_surroundings(self):
        crowded, lonely = drawn("lower-back")
        assert crowded.view.width < crowded.figure.width
        assert lonely.view.width == lonely.figure.width

    def test_a_label_is_nearest_to_its_own_marker_or_has_a_line(self):
        for _, points in published_areas():
            for closeup in close_ups(points):
                ways = {
                    (place, spot.point): place for spot in closeup.spots for place in spot.places
                }
                for spot in closeup.spots:
                    nearest = min(ways, key=lambda key: spot.label.box.way(*key[0]))
                    assert spot.label.has_line or nearest[1] == spot.point

    def test_points_at_one_place_leave_labels_out_instead_of_mixing_them(self):
        points = [make_point(f"BL{number}") for number in range(70, 90)]
        (closeup,) = close_ups(points)
        labels = {spot.point: [spot.label.box] for spot in closeup.spots if spot.label}
        assert len(closeup.spots) == 20
        assert collisions(labels) == []


class TestWholeBody:
    def test_every_area_is_on_each_side_where_its_points_are(self):
        areas = published_areas()
        for body in body_views(areas):
            expected = {
                area
                for area, points in areas
                for point in points
                for mark in point.markers.all()
                if mark.role == "locator" and mark.figure == body.figure.slug
            }
            assert {link.area for link in body.links} == expected

    def test_no_zone_and_no_name_reaches_into_another(self):
        for body in body_views(published_areas()):
            hits = {link.area.slug: [*link.zones, link.plate] for link in body.links}
            assert collisions(hits) == [], body.figure.slug

    def test_zones_and_names_are_large_enough_for_a_finger(self):
        for body in body_views(published_areas()):
            pixels = NARROWEST / body.view.width
            for link in body.links:
                assert min(link.plate.height, link.plate.width) * pixels >= 42, link.area
                for zone in link.zones:
                    assert min(zone.height, zone.width) * pixels >= SMALLEST_TARGET, link.area

    def test_zones_hold_the_markers_of_their_area(self):
        areas = dict(published_areas())
        for body in body_views(areas.items()):
            for link in body.links:
                places = [
                    (x, mark.units_y)
                    for point in areas[link.area]
                    for mark in point.markers.all()
                    if mark.role == "locator" and mark.figure == body.figure.slug
                    for x in mark.xs
                ]
                for x, y in places:
                    assert any(zone.distance(x, y) < 0 for zone in link.zones), link.area

    @pytest.mark.parametrize(
        ("name", "lines"),
        [
            ("Knee", ("Knee",)),
            ("Sacrum and buttock", ("Sacrum and", "buttock")),
            ("Back of the thigh", ("Back of", "the thigh")),
            ("Sternocleidomastoid", ("Sternocleidomastoid",)),
        ],
    )
    def test_long_names_break_where_the_longer_line_is_shortest(self, name, lines):
        assert in_two_lines(name) == lines


class TestPage:
    def points_listed(self, response) -> set[str]:
        return {point.code for _, points in response.context["shown"] for point in points}

    def test_an_area_shows_its_points_and_no_others(self, client):
        response = client.get("/points/?area=knee")
        assert self.points_listed(response) == {"BL40"}
        page = response.content.decode()
        assert "<h1>Points on the knee</h1>" in page
        assert 'aria-label="BL40, Behind the knee"' in page
        current = re.findall(r'<a [^>]*href="([^"]*)"[^>]*aria-current="true"', page)
        assert current == ["/points/?area=knee"] * 2, "once on the map, once in the list"
        assert f'rel="canonical" href="{settings.SITE_URL}/points/?area=knee"' in page

    def test_the_canonical_address_of_an_area_keeps_nothing_else(self, client):
        page = client.get("/points/?x=1&area=knee&avoid=pregnancy").content.decode()
        assert f'rel="canonical" href="{settings.SITE_URL}/points/?area=knee"' in page

    @pytest.mark.parametrize("asked", ["elbow-of-a-whale", "KNEE", "%00", "<script>"])
    def test_an_unknown_area_shows_all_points_and_says_so(self, client, asked):
        response = client.get("/points/", {"area": asked})
        assert len(self.points_listed(response)) == Point.objects.published().count()
        page = response.content.decode()
        assert "We have no points for the area you asked for" in page
        assert f'rel="canonical" href="{settings.SITE_URL}/points/"' in page

    def test_no_area_is_no_unknown_area(self, client):
        for path in ("/points/", "/points/?area="):
            assert "We have no points" not in client.get(path).content.decode()

    def test_an_area_leads_here_from_anywhere(self):
        area = BodyArea.objects.get(slug="knee")
        assert area.get_absolute_url() == "/points/?area=knee"

    def test_a_draft_is_on_no_map(self, client):
        make_point("BL70", status="draft", body_area=BodyArea.objects.get(slug="knee"))
        response = client.get("/points/?area=knee")
        assert "BL70" not in response.content.decode()

    def test_many_points_come_in_pages(self, client, monkeypatch):
        monkeypatch.setattr(views, "CARDS_ON_A_PAGE", 4)
        monkeypatch.setattr(views, "CARDS_OF_AN_AREA", 3)
        for number in range(70, 76):
            make_point(f"BL{number}", body_area=BodyArea.objects.get(slug="knee"))
        first = client.get("/points/?area=knee&p=bl23")
        assert self.points_listed(first) == {"BL40", "BL70", "BL71", "BL72"}
        assert 'href="?area=knee&amp;page=2&amp;p=bl23" rel="next"' in first.content.decode()
        second = client.get("/points/?area=knee&page=2")
        assert self.points_listed(second) == {"BL73", "BL74", "BL75"}
        page = second.content.decode()
        assert f'rel="canonical" href="{settings.SITE_URL}/points/?area=knee&amp;page=2"' in page
        assert client.get("/points/?area=knee&page=3").status_code == 404
        overview = client.get("/points/").content.decode()
        assert overview.count("/points/bl7") == 2
        assert '<a href="/points/?area=knee">All 7 points on the knee</a>' in overview
        assert "All 2 points" not in overview

    def test_as_many_queries_for_many_points_as_for_few(self, client, django_assert_num_queries):
        """Two for the page, one for the version of the content; the glossary is read before."""
        area = BodyArea.objects.get(slug="knee")
        client.get("/points/?area=knee")
        with django_assert_num_queries(3):
            client.get("/points/?area=knee")
        for number in range(70, 90):
            make_point(f"BL{number}", body_area=area)
        client.get("/points/?area=knee")
        with django_assert_num_queries(3):
            client.get("/points/?area=knee")


def test_no_link_lies_inside_an_image(client):
    """A screen reader reads an image as one thing: what is inside is lost."""
    for path in ("/", "/points/", "/points/?area=lower-back"):
        page = client.get(path).content.decode()
        for image in page.split('role="img"')[1:]:
            assert "<a " not in image[: image.index("</svg>")]
        assert page.count('role="group"') >= 1
