"""Parts of pages that are rendered once: the same for everybody who chose nothing, and for nobody
else."""

import urllib.request

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from backpain_site import memo as module
from backpain_site.freshness import Version
from backpain_site.memo import memo
from points.bodymap import FIGURES
from points.views import SymptomList
from tests.editor import Editor


class Part:
    """Renders a part of a page for one address after the other; each time it says another word."""

    template = Template(
        '{% load points %}{% kept "part" key %}{% for word in words %}{{ word }}{% endfor %}'
        "{% endkept %}"
    )

    def __init__(self, watch):
        self.watch = watch
        self.words = iter(["one", "two", "three", "four", "five", "six"])

    def at(self, address: str, **context) -> str:
        request = RequestFactory().get(address)
        request.version = self.watch.version
        words = (word for word in [next(self.words)])
        return self.template.render(Context({"request": request, "words": words, **context}))


@pytest.fixture
def part(monkeypatch):
    watch = type("Watch", (), {"version": Version(1, 0), "current": lambda self: self.version})()
    monkeypatch.setattr(module, "watch", lambda: watch)
    memo.forget()
    yield Part(watch)
    memo.forget()


def test_rendered_once_for_a_key(part):
    assert part.at("/", key="bl40") == part.at("/?utm_source=x", key="bl40") == "one"
    assert part.at("/", key="bl60") == "three"


@pytest.mark.parametrize(
    "choice", ["p=bl40", "avoid=pregnancy", "reach=self", "area=knee", "page=2"]
)
def test_who_chose_something_gets_it_anew_and_leaves_nothing(part, choice):
    assert part.at(f"/?{choice}", key="bl40") == "one"
    assert part.at("/", key="bl40") == "two"
    assert part.at(f"/?{choice}", key="bl40") == "three"
    assert part.at("/", key="bl40") == "two"


def test_without_a_key_nothing_is_kept(part):
    assert [part.at("/"), part.at("/", key=None), part.at("/", key=None)] == ["one", "two", "three"]


def test_what_a_view_read_before_a_change_is_kept_for_nobody(part):
    """Between reading the point and drawing it an editor published a caution."""
    read_before = Version(1, 0)
    part.watch.version = Version(2, 0)
    request = RequestFactory().get("/")
    request.version = read_before
    context = Context({"request": request, "words": ["no caution"], "key": "bl40"})
    assert part.template.render(context) == "no caution"
    assert part.at("/", key="bl40") == "one"


def test_what_is_kept_is_bounded_in_characters(part, monkeypatch):
    monkeypatch.setattr(module, "MOST_CHARACTERS", 7)
    assert part.at("/", key=1) == "one"
    assert part.at("/", key=2) == "two"
    assert part.at("/", key=1) == "one"
    assert part.at("/", key=3) == "four"  # Three more are too many.
    assert part.at("/", key=1) == "five"


def test_each_page_gets_the_figures_of_a_part_it_did_not_render(part):
    template = Template('{% load points %}{% kept "map" 1 %}{% body_map none %}{% endkept %}')
    for _ in range(2):
        request = RequestFactory().get("/")
        request.version = part.watch.version
        assert "#fig-back" in template.render(Context({"request": request, "none": []}))
        assert request.figures_used == {"back": FIGURES["back"]}


PAGES = [
    *("/", "/points/", "/points/bl40/", "/points/bl48/", "/symptoms/", "/symptoms/sciatica/"),
    *("/symptoms/jaundice/", "/tools/acuball/", "/yoga/cat-cow/", "/safety/", "/sources/"),
    *("/points/bl40/helper/", "/points/bl60/helper/", "/routine/desk-back/"),
    "/routine/desk-back/helper/",
]


def read(site, address: str) -> str:
    with urllib.request.urlopen(site.url + address, timeout=30) as answer:
        return answer.read().decode()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_the_same_rendered_anew_and_from_its_parts(site, path):
    """A query string that says nothing goes past the copies of pages; an empty choice renders.

    So often that each process has drawn the page and given what it kept.
    """
    anew = read(site, f"{path}?reach=")
    assert {read(site, f"{path}?x={number}") for number in range(8)} == {anew}
    assert "<h1" in anew


def test_the_parts_of_results_are_of_their_points(site):
    anew = read(site, "/search/?q=siatica&reach=")
    assert {read(site, "/search/?q=siatica") for _ in range(8)} == {anew}
    assert anew.count("data-match-reason") > 3


@pytest.mark.django_db
def test_nothing_else_of_an_address_is_on_the_next_page(client, monkeypatch):
    """What is drawn for one reader is given to others."""
    monkeypatch.setattr(SymptomList, "paginate_by", 5)
    page = client.get("/symptoms/?note=private&page=2&p=bl40").content.decode()
    assert '<a href="?page=3&amp;p=bl40" rel="next">' in page
    assert 'href="http://127.0.0.1:8000/symptoms/?page=2"' in page
    assert "private" not in page


def test_nothing_of_an_editor_is_kept(site):
    editor = Editor(site)
    for path in ("/points/bl57/", "/symptoms/ankle-heel-pain/"):
        assert "Edit this page" in editor.get(path)
        assert "Edit this page" not in read(site, f"{path}?x=1")
        assert "Edit this page" in editor.get(path)
