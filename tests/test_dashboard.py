"""The first page of the desk: every count leads to as many things as it says."""

import re
from html import unescape

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backpain_site.links import broken_links
from backpain_site.models import Draft, OldAddress
from backpain_site.revisions import content_type_of
from points.models import (
    BodyArea,
    CautionGroup,
    FigureMarker,
    Meridian,
    Point,
    PointCaution,
    SearchCount,
    Source,
    Symptom,
)
from points.search.index import holder
from tests.factories import make_article, make_point, make_pose, make_symptom, make_tool

pytestmark = pytest.mark.django_db
LINE = re.compile(r"<li>([^<:]+): (.*?)</li>")
LINK = re.compile(r'<a href="([^"]+)">(\d+) ([^<]+)</a>')


def lines(client) -> dict[str, dict[str, tuple[int, str]]]:
    """Return {label: {noun: (number, address)}} as the first page shows them."""
    page = client.get("/admin/").content.decode()
    return {
        unescape(label): {
            noun: (int(number), unescape(url)) for url, number, noun in LINK.findall(rest)
        }
        for label, rest in LINE.findall(page.partition('class="desk-waiting"')[2])
    }


def numbers(client, label: str) -> dict[str, int]:
    return {noun: number for noun, (number, _url) in lines(client)[label].items()}


@pytest.fixture
def draft_of(django_user_model):
    def make(model, page=None, **values):
        return Draft.objects.create(
            content_type=content_type_of(model),
            object_id=page and page.pk,
            title="Some draft",
            snapshot={"fields": {}, "rows": {}},
            **values,
        )

    return make


def test_every_count_leads_to_a_list_of_as_many(editor_client, draft_of):
    me, other = User.objects.get(username="editor"), User.objects.create(username="other")
    point = make_point("BL12", status="draft", pressure="")
    draft_of(Point, point, author=me)
    draft_of(Point, author=me, for_review=True)
    draft_of(Symptom, make_symptom(), author=other, for_review=True)
    make_tool(publish_at=timezone.now() + timezone.timedelta(days=3))
    make_pose(status="withdrawn")
    today = timezone.localdate()
    seen = {"reviewed_by": "Dr Test", "reviewed_on": today}
    make_article(**seen, review_due=today + timezone.timedelta(days=30))
    make_article("Late", **seen, review_due=today - timezone.timedelta(days=1))
    make_article("Later", **seen, review_due=today + timezone.timedelta(days=31))
    shown = lines(editor_client)
    assert shown["My drafts"].keys() == {"points"}
    assert shown["My drafts"]["points"][0] == 2
    assert numbers(editor_client, "Handed in for publishing") == {"point": 1, "symptom": 1}
    assert numbers(editor_client, "Scheduled") == {"tool": 1}
    assert numbers(editor_client, "Withdrawn") == {"yoga pose": 1}
    assert numbers(editor_client, "Review due within 30 days") == {"article": 1}
    assert numbers(editor_client, "Review overdue") == {"article": 1}
    followed = 0
    for label, counts in shown.items():
        for noun, (number, url) in counts.items():
            if "needs=" not in url:
                continue
            context = editor_client.get(url).context
            listed = context["cl"].result_count
            if label in {"My drafts", "Handed in for publishing"}:
                listed += len(context["new_drafts"])
            assert listed == number, (label, noun)
            followed += 1
    assert followed >= 10


def test_live_pages_without_a_review_are_counted_until_somebody_reviews(editor_client):
    before = numbers(editor_client, "Live and not reviewed")["points"]
    assert before == Point.objects.published().count()
    Point.objects.filter(code="BL40").update(reviewed_by="Dr Test", reviewed_on="2026-05-04")
    assert numbers(editor_client, "Live and not reviewed")["points"] == before - 1


class TestSafetyOfPoints:
    def counted(self, client, label) -> int:
        return sum(numbers(client, label).values())

    def test_a_group_not_decided_or_not_checked_counts(self, editor_client):
        before = self.counted(editor_client, "A caution group not decided")
        point = make_point("BL12")
        assert self.counted(editor_client, "A caution group not decided") == before
        caution = point.cautions.first()
        caution.level = PointCaution.Level.NOT_CHECKED
        caution.save()
        assert self.counted(editor_client, "A caution group not decided") == before + 1
        caution.delete()
        assert self.counted(editor_client, "A caution group not decided") == before + 1

    def test_dose_source_and_marker_count(self, editor_client):
        labels = ["No dose", "No source", "No marker on a close-up"]
        before = [self.counted(editor_client, label) for label in labels]
        point = make_point("BL12", times_a_day=None)
        make_point("BL13")
        FigureMarker.objects.filter(point__code__in=["BL12", "BL13"]).delete()
        after = [self.counted(editor_client, label) for label in labels]
        assert [b - a for a, b in zip(before, after, strict=True)] == [1, 2, 2]
        point.sources.add(*Source.objects.all()[:2])
        point.markers.create(role="closeup", figure="back", x=10, y=10)
        Point.objects.filter(pk=point.pk).update(times_a_day=2)
        after = [self.counted(editor_client, label) for label in labels]
        assert [b - a for a, b in zip(before, after, strict=True)] == [0, 1, 1]

    def test_a_page_that_only_tells_points_apart_needs_no_dose(self, editor_client):
        before = self.counted(editor_client, "No dose")
        bare = {"pressure": "", "technique": "", "hold_seconds_min": None, "hold_seconds_max": None}
        make_point("BL12", reference_only=True, times_a_day=None, **bare)
        assert self.counted(editor_client, "No dose") == before


def test_a_search_that_fails_counts_until_it_finds_something(editor_client):
    label = "Searches of the last 7 days that find nothing"
    today = timezone.localdate()
    long_ago = today - timezone.timedelta(days=7)
    for day, query in ((today, "wriggling eel"), (long_ago, "old eel")):
        SearchCount.objects.create(day=day, query=query, results=0, answered=False)
    assert numbers(editor_client, label) == {"query": 1}
    url = lines(editor_client)[label]["query"][1]
    assert "wriggling eel" in editor_client.get(url).content.decode()
    make_symptom("Wriggling toes", phrases=["wriggling eel"])
    assert numbers(editor_client, label) == {}


class TestBrokenLinks:
    LABEL = "Links to this site that lead nowhere"

    def test_of_published_texts_are_counted_and_listed(self, editor_client):
        assert broken_links() == []
        tool = make_tool(how_to_use="[a](/points/bl40/) [b](/no/such/) [c](/points/xx9/#top)")
        make_tool("Draft", status="draft", how_to_use="[a](/nothing/)")
        article = make_article()
        article.sections.create(heading="More", slug="more", body="![x](/media/no.webp) [l](/)")
        assert numbers(editor_client, self.LABEL) == {"links": 3}
        page = editor_client.get(lines(editor_client)[self.LABEL]["links"][1]).content.decode()
        for owner, target in (
            (f"articles/tool/{tool.pk}", "/no/such/"),
            (f"articles/tool/{tool.pk}", "/points/xx9/#top"),
            (f"articles/article/{article.pk}", "/media/no.webp"),
        ):
            assert re.search(f'href="/admin/{owner}/change/">.*?<td>{target}</td>', page)

    def test_to_a_page_that_is_not_live_is_broken_until_an_old_address_mends_it(self):
        make_point("BL12", status="draft")
        tool = make_tool(how_to_use="[a](/points/bl12/)")
        assert broken_links() == [(tool, "/points/bl12/")]
        OldAddress.objects.create(path="/points/bl12/", target="/points/bl40/")
        assert broken_links() == []


def test_staff_see_only_what_their_role_sees(client):
    call_command("make_roles")
    user = User.objects.create_user("staff", is_staff=True)
    client.force_login(user)
    page = client.get("/admin/").content.decode()
    assert "What waits" not in page
    assert "Add a point" not in page
    user.groups.set([Group.objects.get(name="Clinical reviewer")])
    page = client.get("/admin/").content.decode()
    assert "What waits" in page
    assert "Add a point" not in page
    assert "/admin/points/searchcount/try/" in page
    user.groups.set([Group.objects.get(name="Writer")])
    assert 'href="/admin/points/point/add/">Add a point' in client.get("/admin/").content.decode()


def test_seven_hundred_points_take_at_most_thirty_queries(editor_client):
    meridian, area = Meridian.objects.get(code="BL"), BodyArea.objects.first()
    many = [
        Point(
            code=f"X{number}",
            slug=f"x{number}",
            place_name=f"Place {number}",
            number=number,
            meridian=meridian,
            body_area=area,
            status="published",
            publish_at=timezone.now(),
            technique="[a](/points/bl40/)",
            technique_html='<a href="/points/bl40/">a</a>',
        )
        for number in range(700)
    ]
    Point.objects.bulk_create(many)
    PointCaution.objects.bulk_create(
        PointCaution(point=point, group=group, level="fine")
        for point in many
        for group in CautionGroup.objects.all()
    )
    holder.get()  # The search index is built once after a change, by whoever comes first.
    with CaptureQueriesContext(connection) as queries:
        editor_client.get("/admin/")
    assert numbers(editor_client, "No dose")["points"] >= 700
    assert len(queries) <= 30


def test_what_editors_write_comes_first_and_pages_before_what_they_use(editor_client):
    page = editor_client.get("/admin/").content.decode()
    captions = re.findall(r'class="section"[^>]*>\s*([^<]+?)\s*</a>', page)
    assert captions[:2] == ["Points and symptoms", "Articles, tools and yoga"]
    assert captions.index("Site") < captions.index("To look up") < captions.index("Axes")
    assert page.index("/admin/points/symptom/add/") < page.index("/admin/points/bodyarea/add/")
    page = page[page.index("To look up") :]
    assert page.index("/admin/points/alias/") < page.index("/admin/axes/")


def test_tables_that_a_role_cannot_use_are_not_on_its_first_page(client):
    call_command("make_roles", verbosity=0)
    writer = User.objects.create_user("writer", is_staff=True)
    writer.groups.add(Group.objects.get(name="Writer"))
    client.force_login(writer)
    page = client.get("/admin/").content.decode()
    written = page[: page.index("To look up")]
    assert "/admin/points/point/add/" in written
    assert "/admin/points/meridian/" not in written.split('id="content"')[1]
    assert "/admin/axes/" not in page
