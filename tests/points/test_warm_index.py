"""A server builds the index of the search beside its first requests."""

import pytest
from django.db import OperationalError

from backpain_site.models import ContentVersion
from points.search.index import IndexHolder

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def closed(monkeypatch) -> list:
    """Note that the thread gives its connection back; here it is the test's own."""
    closed = []
    monkeypatch.setattr("points.search.index.connection.close", lambda: closed.append(1))
    return closed


def test_the_first_search_finds_the_index_built(monkeypatch, closed):
    holder = IndexHolder()
    holder.warm()
    assert closed == [1]
    index = holder.index
    monkeypatch.setattr(IndexHolder, "build", lambda *args: pytest.fail("built again"))
    assert holder.get() is index is not None


def test_a_database_that_is_away_is_left_to_the_first_search(monkeypatch, closed):
    def away():
        raise OperationalError("the database is away")

    holder = IndexHolder()
    with monkeypatch.context() as patch:
        patch.setattr(ContentVersion, "current", away)
        holder.warm()
    assert closed == [1]
    assert holder.index is None
    assert holder.get() is not None
