"""What was put right, on the page readers look for it."""

import re

import pytest
from django.utils import timezone

from backpain_site.models import Revision
from backpain_site.revisions import content_type_of
from tests.factories import make_pose, make_symptom, make_tool

pytestmark = pytest.mark.django_db
ROW = re.compile(r'<li><time datetime="([^"]+)">[^<]+</time>, (.*?): ([^<]*)</li>')


def correct(page, note, days_ago=0):
    revision = Revision.objects.create(
        content_type=content_type_of(type(page)),
        object_id=page.pk,
        kind="published",
        title=str(page),
        snapshot={},
        reader_note=note,
    )
    made_at = timezone.now() - timezone.timedelta(days=days_ago)
    Revision.objects.filter(pk=revision.pk).update(made_at=made_at)


def rows(client) -> list[tuple[str, str]]:
    page = client.get("/about/corrections/").content.decode()
    return [(title, note) for _day, title, note in ROW.findall(page)]


def test_are_listed_the_newest_first_with_a_link_to_the_page(client):
    tool, pose = make_tool(), make_pose()
    correct(tool, "The dose was too long.", days_ago=3)
    correct(pose, "The note was missing <b>.")
    correct(tool, "")
    assert rows(client) == [
        (f'<a href="{pose.get_absolute_url()}">{pose}</a>', "The note was missing &lt;b&gt;."),
        (f'<a href="{tool.get_absolute_url()}">{tool}</a>', "The dose was too long."),
    ]


def test_without_any_there_is_no_empty_list(client):
    assert "What we put right" not in client.get("/about/corrections/").content.decode()


def test_a_page_readers_cannot_open_is_not_linked_and_an_unseen_one_not_named(client):
    withdrawn, scheduled = (
        make_tool(status="withdrawn"),
        make_symptom(publish_at="2099-01-01T00:00:00Z"),
    )
    draft = make_pose(status="draft")
    for page in (withdrawn, scheduled, draft):
        correct(page, "Put right.")
    deleted = make_tool("Gone spoon")
    correct(deleted, "It was wrong.")
    deleted.delete()
    assert sorted(rows(client)) == [("Gone spoon", "It was wrong."), ("Wooden spoon", "Put right.")]


def test_no_other_article_lists_them(client):
    correct(make_tool(), "The dose was too long.")
    assert "The dose was too long." not in client.get("/about/").content.decode()
