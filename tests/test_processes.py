"""Two servers over one database: what changes through one is seen through the other at once."""

import urllib.error
import urllib.request

import pytest

from .editor import Editor
from .faults.traffic import children
from .server import SiteServer, redis_server

ROUNDS = 10
SEARCHES = 6
PATH = "/tools/acuball/"
# What Django answers itself, from what it remembers of the content.
WITHOUT_COPY = (f"{PATH}?avoid=pregnancy", "/tools/?page=1")


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shared")
    with redis_server(folder) as cache_url:
        shared = {"CACHE_URL": cache_url, "SEARCH_RATE_LIMIT": str(SEARCHES)}
        with (
            SiteServer(folder, **shared) as first,
            SiteServer(folder, beside=first, **shared) as second,
        ):
            yield first, second


def get(server, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(server.url + path, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_a_change_through_one_is_on_the_next_page_of_the_other(servers):
    """The page is in the memory of both servers when the change is made."""
    first, second = servers
    editor = Editor(first)
    form = editor.address_of("/admin/articles/tool/", "AcuBall")
    for number in range(ROUNDS):
        for server in servers:
            assert [get(server, path)[0] for path in (PATH, *WITHOUT_COPY)] == [200] * 3
        editor.publish(form, summary=f"A ball, told {number} times.")
        for server in (second, first):
            for path in (PATH, *WITHOUT_COPY):
                assert f"told {number} times" in get(server, path)[1]


def test_what_is_withdrawn_through_one_is_gone_from_the_other(servers):
    first, second = servers
    assert get(second, "/yoga/sphinx/")[0] == 200
    editor = Editor(first)
    form = editor.address_of("/admin/articles/yogapose/", "Sphinx")
    status, _ = editor.post(form.replace("change", "withdraw"), reason="Being checked.")
    assert status == 200
    status, page = get(second, "/yoga/sphinx/")
    assert status == 410
    assert "Being checked." in page


def test_searches_are_counted_together(servers):
    answers = [get(server, "/search/?q=sciatica")[0] for server in servers * (SEARCHES // 2)]
    assert answers == [200] * SEARCHES
    assert [get(server, "/search/?q=sciatica")[0] for server in servers] == [429, 429]


def test_processes_of_one_machine_count_visitors_together(tmp_path):
    """Each request is a connection of its own, so it meets one process or another."""
    with SiteServer(tmp_path, WEB_CONCURRENCY="3", SEARCH_RATE_LIMIT=str(SEARCHES)) as server:
        assert len(children(server)) == 3
        answers = [get(server, f"/search/?q=back+{number}")[0] for number in range(2 * SEARCHES)]
    assert answers == [200] * SEARCHES + [429] * SEARCHES
