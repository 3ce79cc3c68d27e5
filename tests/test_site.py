"""Truths of the whole site, whatever page a reader opens."""

import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from urllib.parse import urljoin, urlsplit

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from articles.models import Article, Tool, YogaPose
from points.models import CautionGroup, Point, Symptom
from tests.crawler import crawl
from tests.factories import make_article, make_point, make_pose, make_symptom, make_tool

pytestmark = pytest.mark.django_db

PAGE_MODELS = [Article, Point, Symptom, Tool, YogaPose]
LISTS = [
    "/",
    "/points/",
    "/symptoms/",
    "/tools/",
    "/yoga/",
    "/articles/",
    "/glossary/",
    "/routine/",
    "/search/?q=wriggling",
    "/search/suggest/?q=wriggling",
    "/sitemap.xml",
    "/feed/",
]


@pytest.fixture(scope="module")
def site_pages(django_db_setup, django_db_blocker):
    """Every page of the starter content that links lead to: path, response, parsed page."""
    with django_db_blocker.unblock():
        return list(crawl(Client()))


def test_every_published_page_is_reached_by_links(site_pages):
    reached = {path.partition("?")[0] for path, _, _ in site_pages}
    published = {
        page.get_absolute_url() for model in PAGE_MODELS for page in model.objects.published()
    }
    assert published - reached == set()


def test_no_link_is_broken(site_pages):
    broken = {path: r.status_code for path, r, _ in site_pages if r.status_code != 200}
    assert broken == {}


def test_every_anchor_exists(site_pages):
    ids = {path: set(page.ids) for path, _, page in site_pages if page}
    missing = {
        f"{path} -> {link}"
        for path, _, page in site_pages
        if page
        for link in page.links
        if "#" in link
        and (target := urljoin(path, link)).startswith("/")
        and target.partition("#")[0] in ids
        and target.partition("#")[2] not in ids[target.partition("#")[0]]
    }
    assert missing == set()


def test_pages_have_one_h1_and_skip_no_level(site_pages):
    wrong = {}
    for path, _, page in site_pages:
        if page is None:
            continue
        levels = [int(heading[1]) for heading in page.headings]
        jumps = [b for a, b in zip(levels, levels[1:], strict=False) if b > a + 1]
        if levels.count(1) != 1 or levels[0] != 1 or jumps:
            wrong[path] = levels
    assert wrong == {}


def test_ids_are_unique(site_pages):
    twice = {
        path: [name for name, times in Counter(page.ids).items() if times > 1]
        for path, _, page in site_pages
        if page
    }
    assert {path: names for path, names in twice.items() if names} == {}


def test_nothing_inline_and_no_other_host(site_pages):
    for path, response, page in site_pages:
        if page is None:
            continue
        assert page.inline == [], path
        assert [a for a in page.assets if not a.startswith(("/static/", "/media/"))] == [], path
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


def test_every_picture_has_words(site_pages):
    assert [
        page.unnamed_pictures for _, _, page in site_pages if page and page.unnamed_pictures
    ] == []


def test_public_pages_set_no_cookie(site_pages):
    assert {path for path, response, _ in site_pages if response.cookies} == set()


def test_every_address_of_the_interface_answers(client):
    for path in [*LISTS, "/safety/", "/sources/", "/about/", "/about/corrections/", "/robots.txt"]:
        response = client.get(path)
        assert response.status_code == 200, path
        assert response.content, path


MAKERS = {
    "article": make_article,
    "point": make_point,
    "symptom": make_symptom,
    "tool": make_tool,
    "pose": make_pose,
}


SEARCHES = {"/search/?q=wriggling", "/search/suggest/?q=wriggling"}
SHOWN_ON = {
    kind: {own, "/sitemap.xml", "/feed/"}
    for kind, own in [
        ("article", "/articles/"),
        ("point", "/points/"),
        ("symptom", "/symptoms/"),
        ("tool", "/tools/"),
        ("pose", "/yoga/"),
    ]
}
SHOWN_ON["point"].add("/search/?q=wriggling")
SHOWN_ON["symptom"] |= SEARCHES


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("path", LISTS)
def test_a_draft_shows_nowhere_until_published(client, kind, path):
    name_field = {"article": "title", "point": "place_name"}.get(kind, "name")
    name = {name_field: "Wriggling eel"}
    page = MAKERS[kind](status="draft", **name)
    if kind == "point":
        # A published complaint must not give its draft point away either.
        symptom = make_symptom("Wriggling toes", phrases=["wriggling"])
        page.indications.create(symptom=symptom, role="primary")
    if kind == "symptom":
        make_point(symptoms=[page])

    assert "riggling eel" not in client.get(path).content.decode()
    assert page.get_absolute_url() not in client.get(path).content.decode()
    assert client.get(page.get_absolute_url()).status_code == 404

    type(page).objects.filter(pk=page.pk).update(status="published", publish_at=timezone.now())
    assert client.get(page.get_absolute_url()).status_code == 200
    if path in SHOWN_ON[kind]:
        assert page.get_absolute_url() in client.get(path).content.decode()


@pytest.mark.parametrize("kind", MAKERS)
def test_a_page_of_tomorrow_is_a_draft_today(client, kind):
    tomorrow = timezone.now() + timezone.timedelta(days=1)
    page = MAKERS[kind](publish_at=tomorrow)
    assert client.get(page.get_absolute_url()).status_code == 404
    assert page.get_absolute_url() not in client.get("/sitemap.xml").content.decode()


@pytest.mark.parametrize("kind", MAKERS)
def test_editors_see_their_draft_at_its_address_uncached(client, editor_client, kind):
    page = MAKERS[kind](status="draft")
    response = editor_client.get(page.get_absolute_url())
    assert "Draft: only editors see this" in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]


def test_editors_find_the_way_from_page_to_form(editor_client):
    point = Point.objects.get(code="BL40")
    page = editor_client.get("/points/bl40/").content.decode()
    assert f'href="/admin/points/point/{point.pk}/change/"' in page


def test_readers_see_no_way_into_the_admin(client):
    assert "/admin/" not in client.get("/points/bl40/").content.decode()


def test_structured_data_claims_no_review_that_nobody_made(client):
    page = client.get("/points/bl40/").content.decode()
    assert '"@type": "MedicalWebPage"' in page
    assert '"@type": "BreadcrumbList"' in page
    assert "reviewedBy" not in page
    assert "Not yet reviewed by a clinician" in page

    Point.objects.filter(code="BL40").update(
        reviewed_by="Dr Test, physiotherapist", reviewed_on="2026-05-04"
    )
    page = client.get("/points/bl40/").content.decode()
    assert '"reviewedBy": {"@type": "Person", "name": "Dr Test, physiotherapist"}' in page
    assert "Reviewed by Dr Test, physiotherapist" in page


def test_text_cannot_end_the_structured_data(client):
    make_tool(summary="</script><script>alert(1)</script>")
    page = client.get("/tools/wooden-spoon/").content.decode()
    assert "<script>alert" not in page


def test_canonical_address_leaves_filters_out(client, settings):
    page = client.get("/points/bl40/?avoid=pregnancy").content.decode()
    assert f'<link rel="canonical" href="{settings.SITE_URL}/points/bl40/">' in page


def test_sitemap_lists_every_published_page_once(client, settings):
    tree = ElementTree.fromstring(client.get("/sitemap.xml").content)  # noqa: S314 (our own)
    paths = Counter(urlsplit(e.text).path for e in tree.iter() if e.tag.endswith("}loc"))
    published = {p.get_absolute_url() for m in PAGE_MODELS for p in m.objects.published()}
    assert published <= set(paths)
    assert max(paths.values()) == 1


def test_feed_has_whole_addresses_and_dates(client, settings):
    feed = client.get("/feed/").content.decode()
    assert feed.count("<entry>") == 30
    assert set(re.findall(r'<link href="(https?://[^/"]+)', feed)) == {settings.SITE_URL}
    assert feed.count("<published>") == 30


def test_feed_survives_pasted_control_characters(client):
    make_tool(summary="Pasted \x0b text")
    assert "Pasted  text" in client.get("/feed/").content.decode()


def test_unknown_address_offers_ways_on(client):
    response = client.get("/no/such/page/")
    page = response.content.decode()
    assert response.status_code == 404
    assert 'name="q"' in page
    assert 'href="/symptoms/"' in page


def test_server_error_page_needs_nothing(client, monkeypatch):
    """The page says where to get help even when templates cannot ask the database."""

    def broken(*args, **kwargs):
        raise RuntimeError("out of order")

    monkeypatch.setattr("articles.views.Home.get_queryset", broken)
    client.raise_request_exception = False
    response = client.get("/")
    assert response.status_code == 500
    assert "call your emergency number" in response.content.decode()
    assert "out of order" not in response.content.decode()


def test_healthz_tells_when_the_database_is_away(client, monkeypatch):
    from django.db import OperationalError, connection

    assert client.get("/healthz").content == b"ok\n"

    def away():
        raise OperationalError("gone")

    monkeypatch.setattr(connection, "cursor", away)
    response = client.get("/healthz")
    assert response.status_code == 503
    assert b"gone" not in response.content


@pytest.mark.parametrize("path", ["/", "/points/bl40/", "/search/?q=sciatica", "/feed/"])
def test_pages_refuse_writes(client, path):
    assert client.post(path).status_code == 405


def test_migrations_match_the_models():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


class TestQueries:
    """As many queries for many points as for few."""

    @pytest.mark.parametrize(
        "path",
        ["/", "/points/", "/symptoms/", "/search/?q=sciatica", "/points/bl40/", "/routine/?p=bl40"],
    )
    def test_do_not_grow_with_the_content(self, client, path, django_assert_num_queries):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        before = len(queries)
        sciatica = Symptom.objects.get(slug="sciatica")
        for number in range(70, 90):
            make_point(f"BL{number}", symptoms=[sciatica])
        client.get(path)
        with django_assert_num_queries(before):
            client.get(path)


class TestNeighbours:
    """Pages that show other pages show published ones only."""

    def test_a_draft_point_is_on_no_tool_page_and_in_no_routine(self, client):
        draft = make_point(status="draft", place_name="Wriggling eel")
        make_tool().related_points.set([draft])
        assert "Wriggling eel" not in client.get("/tools/wooden-spoon/").content.decode()
        assert "Wriggling eel" not in client.get("/routine/?p=bl12").content.decode()

    def test_draft_tools_and_poses_are_on_no_point_page(self, client):
        point = Point.objects.get(code="BL40")
        make_tool("Wriggling eel", status="draft").related_points.set([point])
        make_pose("Wriggling snake", status="draft").related_points.set([point])
        assert "Wriggling" not in client.get("/points/bl40/").content.decode()

    def test_draft_neighbours_on_the_meridian_are_passed_over(self, client):
        make_point("BL39", status="draft")
        assert client.get("/points/bl40/").context["previous"].code == "BL36"

    def test_a_draft_symptom_is_no_shortcut_on_the_guide(self, client):
        symptom = make_symptom("Wriggling toes", status="draft")
        for number in range(70, 100):
            make_point(f"BL{number}", symptoms=[symptom])
        assert "Wriggling toes" not in client.get("/").content.decode()
        Symptom.objects.filter(pk=symptom.pk).update(status="published", publish_at=timezone.now())
        assert "Wriggling toes" in client.get("/").content.decode()


class TestSafetyOnPages:
    """What protects a reader is on the page, before the steps."""

    def test_do_not_press_and_cautions_come_before_the_steps(self, client):
        page = client.get("/points/bl40/").content.decode()
        steps = page.index("Press it</h2>")
        assert page.index("Do not press here if:") < steps
        assert page.index("Clots and varicose veins: avoid.") < steps

    @pytest.mark.parametrize("path", ["/tools/acuball/", "/yoga/cat-cow/"])
    def test_tools_and_poses_say_who_should_not(self, client, path):
        page = client.get(path)
        assert page.context["practice"].not_if_html in page.content.decode()

    def test_a_group_nobody_decided_is_said_to_be_not_checked(self, client):
        CautionGroup.objects.create(name="I juggle", short_name="Jugglers", slug="j", advice="No.")
        page = client.get("/points/bl40/").content.decode()
        assert re.search(r"Not checked yet:</b> .*Jugglers", page)

    def test_the_guide_shows_emergencies_and_the_safety_page_all_signs(self, client):
        today = "severe back pain for the first time"
        assert today not in client.get("/").content.decode()
        assert today in client.get("/safety/").content.decode()

    def test_a_draft_symptom_is_not_named_on_a_point_page(self, client):
        symptom = make_symptom("Wriggling toes", status="draft")
        make_point(symptoms=[symptom])
        assert "Wriggling" not in client.get("/points/bl12/").content.decode()

    def test_related_points_are_published_and_have_instructions(self, client):
        symptom = make_symptom("Wriggling toes")
        make_point("BL11", symptoms=[symptom])
        make_point("BL12", symptoms=[symptom], status="draft")
        bare = {"pressure": "", "technique": "", "hold_seconds_min": None, "hold_seconds_max": None}
        make_point("BL13", symptoms=[symptom], reference_only=True, **bare)
        make_point("BL14", symptoms=[symptom])
        related = client.get("/points/bl11/").context["related"]
        assert [point.code for point in related] == ["BL14"]


class TestPagesThatMustStay:
    """The strip on every page leads to the safety page."""

    @pytest.mark.parametrize("place", ["home", "safety"])
    @pytest.mark.parametrize(
        "change",
        [{"status": "draft"}, {"place": "article"}, {"publish_at": "2099-01-01T00:00:00Z"}],
        ids=str,
    )
    def test_cannot_be_taken_away(self, place, change):
        article = Article.objects.get(place=place)
        article.full_clean()
        for name, value in change.items():
            setattr(article, name, Article._meta.get_field(name).to_python(value))
        with pytest.raises(ValidationError, match="Every page links here"):
            article.full_clean()

    def test_cannot_be_deleted_in_the_admin(self, editor_client):
        article = Article.objects.get(place="safety")
        path = f"/admin/articles/article/{article.pk}/delete/"
        assert editor_client.post(path, {"post": "yes"}).status_code == 403
        assert Article.objects.filter(pk=article.pk).exists()


class TestRoutine:
    def test_keeps_order_and_forgets_repeats_and_unknown_names(self, client):
        page = client.get("/routine/?p=bl40&p=BL23&p=bl40&p=nonsense").content.decode()
        assert re.findall(r'<li data-point-code="([^"]+)"', page) == ["BL40", "BL23"]
        assert "We have no point called “nonsense”" in page

    def test_a_point_that_must_be_left_out_does_not_enter(self, client):
        page = client.get("/routine/?p=bl23&p=bl40&avoid=pregnancy").content.decode()
        assert re.findall(r'<li data-left-out="([^"]+)"', page) == ["BL23", "BL40"]
        assert "<li data-point-code" not in page

    def test_counts_both_sides(self, client):
        make_point("BL12", hold_seconds_max=120)
        make_point("BL13", hold_seconds_max=120, paired=False)
        # Three holds of two minutes, 8 seconds to swap sides, 15 to change the place.
        assert client.get("/routine/?p=bl12&p=bl13").context["lineup"].minutes == 7

    def test_cautions_of_all_stand_at_the_top(self, client):
        page = client.get("/routine/?p=bl23&p=bl40").content.decode()
        assert page.index("Pregnancy: avoid") < page.index("<li data-point-code")
