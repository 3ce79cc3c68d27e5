"""The points the guide starts with keep their places apart while one of them moves."""

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError

from articles.models import Article
from backpain_site.models import ContentVersion
from points.models import Point
from tests.factories import make_point
from tests.forms import form_data

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_guide():
    """Five points A to E; a test says which places they have."""
    Point.objects.update(guide_order=None)


def fill(places: str) -> dict[str, Point]:
    """Make a point for each letter of `places`, at the place where it stands; "-" is free."""
    return {
        letter: make_point(f"GB{40 + place}", place_name=letter, guide_order=place)
        for place, letter in enumerate(places, start=1)
        if letter != "-"
    }


def places() -> str:
    found = dict(Point.objects.first_points().values_list("guide_order", "place_name"))
    assert all(1 <= place <= 5 for place in found)
    return "".join(found.get(place, "-") for place in range(1, 6))


@pytest.mark.parametrize(
    "before, letter, place, after",
    [
        ("ABCDE", "D", 2, "ADBCE"),
        ("ABCDE", "B", 4, "ACDBE"),
        ("ABCDE", "E", 1, "EABCD"),
        ("ABCDE", "A", 5, "BCDEA"),
        ("ABCDE", "C", 3, "ABCDE"),
        ("AB-DE", "X", 1, "XABDE"),
        ("-BCDE", "X", 3, "BCXDE"),
        ("ABCDE", "X", 2, "AXBCD"),
        ("ABCDE", "X", 5, "ABCDX"),
        ("AB---", "A", 4, "-B-A-"),
        ("ABC--", "A", 3, "BCA--"),
    ],
)
def test_the_others_make_room(before, letter, place, after):
    points = fill(before)
    point = points.get(letter) or make_point("GB50", place_name="X")
    point.guide_order = place
    point.full_clean()
    point.save()
    assert places() == after


def test_the_search_hears_of_it():
    points = fill("ABCDE")
    before = ContentVersion.current()
    points["E"].guide_order = 1
    points["E"].save()
    assert ContentVersion.current() > before


@pytest.mark.parametrize("place", [0, 6])
def test_there_are_five_places(place):
    point = make_point("GB50")
    point.guide_order = place
    with pytest.raises(ValidationError) as refused:
        point.full_clean()
    assert refused.value.message_dict == {"guide_order": ["Choose a place from 1 to 5."]}


def test_a_save_that_fails_moves_nobody():
    fill("ABCDE")
    with pytest.raises(AttributeError):
        Point(code=None, guide_order=1).save()
    twin = Point.objects.get(place_name="E")
    twin.guide_order, twin.body_area_id = 1, None
    with pytest.raises(Exception, match="body_area"):
        twin.save()
    assert places() == "ABCDE"


def test_an_editor_moves_a_point_to_a_taken_place(editor_client):
    points = fill("ABCDE")
    path = f"/admin/points/point/{points['D'].pk}/change/"
    data = form_data(editor_client.get(path).content.decode())
    page = editor_client.post(
        path, data | {"guide_order": "1", "_publish": "1"}, follow=True
    ).content.decode()
    assert "The guide starts with: GB44, GB41, GB42, GB43, GB45." in page
    assert places() == "DABCE"


class TestGuideForm:
    """The guide's own form says which points it starts with, a line each."""

    @pytest.fixture
    def path(self) -> str:
        fill("ABCDE")
        return f"/admin/articles/article/{Article.objects.get(place='home').pk}/change/"

    def post(self, client, path, lines):
        data = form_data(client.get(path).content.decode())
        return client.post(path, data | {"first_points": lines, "_publish": "1"}).content.decode()

    def test_lines_are_the_order(self, editor_client, path):
        page = editor_client.get(path).content.decode()
        assert (
            form_data(page)["first_points"].split() == "GB41 A GB42 B GB43 C GB44 D GB45 E".split()
        )
        self.post(editor_client, path, "gb45\nGB41 A\nGB43 C")
        assert places() == "EAC--"

    def test_left_alone_nothing_changes(self, editor_client, path):
        data = form_data(editor_client.get(path).content.decode())
        editor_client.post(path, data | {"summary": "Saved.", "_publish": "1"})
        assert Article.objects.get(place="home").summary == "Saved."
        assert places() == "ABCDE"

    def test_a_form_without_the_field_changes_nothing(self, editor_client, path):
        data = form_data(editor_client.get(path).content.decode())
        del data["first_points"]
        editor_client.post(path, data | {"summary": "Saved.", "_publish": "1"})
        assert Article.objects.get(place="home").summary == "Saved."
        assert places() == "ABCDE"

    @pytest.mark.parametrize(
        "lines, said",
        [
            ("GB41\nXX99", "No point with instructions has this code: XX99."),
            ("GB41\nGB42\nGB43\nGB44\nGB45\nBL40", "at most 5 points"),
        ],
    )
    def test_wrong_lines_are_explained(self, editor_client, path, lines, said):
        assert said in self.post(editor_client, path, lines)
        assert places() == "ABCDE"

    def test_who_may_not_change_points_is_not_asked(self, client, django_user_model, path):
        from_desk = django_user_model.objects.create_user("writer", is_staff=True)
        from_desk.user_permissions.set(
            Permission.objects.filter(codename__in=["change_article", "publish_article"])
        )
        client.force_login(from_desk)
        page = client.get(path).content.decode()
        assert 'name="summary"' in page
        assert 'name="first_points"' not in page
        typed = {"summary": "Saved.", "first_points": "GB45", "_publish": "1"}
        client.post(path, form_data(page) | typed)
        assert Article.objects.get(place="home").summary == "Saved."
        assert places() == "ABCDE"

    def test_other_articles_have_no_such_field(self, editor_client):
        article = Article.objects.get(place="safety")
        page = editor_client.get(f"/admin/articles/article/{article.pk}/change/").content.decode()
        assert 'name="summary"' in page
        assert "first_points" not in page
