"""Every pose and tool is drawn, and its drawing says in words what it shows."""

import re
from xml.etree import ElementTree

import pytest
from django.urls import reverse
from django.utils.html import escape
from pytest_django.asserts import assertContains, assertNotContains

from articles.drawings import DRAWINGS, DRAWINGS_DIR, load_drawing
from articles.models import Tool, YogaPose
from points.bodymap import FIGURES
from tests.factories import make_picture, make_pose, make_tool

SVG = "{http://www.w3.org/2000/svg}"


def practices() -> list[Tool | YogaPose]:
    return [*Tool.objects.published(), *YogaPose.objects.published()]


def shown(slug: str) -> str:
    """Return how a page draws `slug` for readers who see it and readers who do not."""
    figure = DRAWINGS[slug].figure
    return f'role="img" aria-label="{escape(figure.title)}. {escape(DRAWINGS[slug].words)}"'


@pytest.mark.django_db
def test_every_published_tool_and_pose_shows_its_figure_with_words(client):
    assert len(practices()) == 14
    for practice in practices():
        page = client.get(practice.get_absolute_url()).content.decode()
        for slug in filter(None, [practice.figure, practice.easier_figure]):
            assert shown(slug) in page, practice
            assert page.count(f'<symbol id="fig-{slug}"') == 1
        assert practice.figure


@pytest.mark.django_db
def test_the_figure_and_who_should_not_come_before_the_steps(client):
    page = client.get("/yoga/bridge/").content.decode()
    places = [
        page.index(mark) for mark in (shown("bridge"), "Leave it out", "<h2>Steps", "evidence")
    ]
    assert places == sorted(places)


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "slug"), [("/tools/", "teishin"), ("/yoga/", "sphinx")])
def test_cards_of_the_lists_show_the_figure_without_repeating_its_words(client, path, slug):
    page = client.get(path)
    assertContains(page, f'<use href="#fig-{slug}"', count=1)
    assertContains(page, f'<symbol id="fig-{slug}"', count=1)
    assertNotContains(page, escape(DRAWINGS[slug].words))


@pytest.mark.django_db
def test_the_guide_stays_light(client):
    assertNotContains(client.get("/"), '<symbol id="fig-sphinx"')


@pytest.mark.django_db
def test_a_picture_stands_instead_of_the_figure(client):
    tool = make_tool(figure="acuball", picture=make_picture(alt_text="A ball"))
    page = client.get(tool.get_absolute_url())
    assertContains(page, 'alt="A ball"')
    assertNotContains(page, '<symbol id="fig-acuball"')


@pytest.mark.django_db
def test_a_pose_without_figure_shows_none_and_its_editor_is_told(client):
    pose = make_pose()
    assertNotContains(client.get(pose.get_absolute_url()), 'class="tile edge pose"')
    assert [(found.field, found.stops) for found in pose.findings()][-1] == ("figure", False)
    pose.figure = "bridge"
    assert "figure" not in [found.field for found in pose.findings()]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("make", "field"),
    [(make_tool, "dose"), (make_tool, "not_if"), (make_tool, "how_to_use"),
     (make_pose, "breaths"), (make_pose, "not_if"), (make_pose, "steps")],
)  # fmt: skip
def test_steps_dose_and_not_if_are_missed_before_publishing(make, field):
    assert list(make(**{field: ""}).missing_to_publish()) == [field]


@pytest.mark.django_db
def test_the_form_offers_every_drawing_and_shows_the_chosen_one(admin_client):
    pose = make_pose(figure="bridge")
    page = admin_client.get(reverse("admin:articles_yogapose_change", args=[pose.pk]))
    offered = re.findall(r'<option value="([\w-]+)"', page.content.decode())
    assert set(DRAWINGS) <= set(offered)
    assertContains(page, DRAWINGS["bridge"].figure.markup, count=1)


@pytest.mark.parametrize("slug", DRAWINGS)
def test_a_drawing_is_plain_and_described(slug):
    drawing = DRAWINGS[slug]
    assert 40 <= len(drawing.words) <= 250
    root = ElementTree.parse(DRAWINGS_DIR / f"{slug}.svg").getroot()  # noqa: S314 (our own)
    assert {node.tag.removeprefix(SVG) for node in root.iter()} <= {
        *("svg", "title", "desc", "g", "path", "use", "circle")
    }
    assert not {"style", "onclick"} & {name for node in root.iter() for name in node.attrib}


def test_drawings_and_figures_of_points_never_share_an_id():
    def ids(figures):
        return [
            *(f"fig-{figure.slug}" for figure in figures),
            *(name for figure in figures for name in re.findall(r' id="([^"]+)"', figure.markup)),
        ]

    found = ids([*FIGURES.values(), *(drawing.figure for drawing in DRAWINGS.values())])
    assert len(found) == len(set(found))


def test_a_drawing_without_words_is_refused(tmp_path):
    path = tmp_path / "mute.svg"
    path.write_text('<svg viewBox="0 0 4 4"><title>Mute</title><g/></svg>')
    with pytest.raises(ValueError, match="no description"):
        load_drawing(path)
