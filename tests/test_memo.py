"""What is made once for a version of the content, and never of what may not come true."""

import pytest
from django.db import connections

from backpain_site import memo as module
from backpain_site.freshness import Version
from backpain_site.memo import memo, remembered, remembered_each


class Watch:
    version: Version | None = Version(1, 0)

    def current(self):
        return self.version


@pytest.fixture
def watch(monkeypatch):
    """A version that the test moves; without a database there is no transaction."""
    watch = Watch()
    monkeypatch.setattr(module, "watch", lambda: watch)
    memo.forget()
    return watch


class Maker:
    """Makes numbers and counts; knows all names but "nobody"."""

    def __init__(self):
        self.asked = []

    def __call__(self, names=("a number",)):
        self.asked.append(list(names))
        return {name: len(self.asked) for name in names if name != "nobody"}


def test_made_once_for_a_version(watch):
    make = Maker()
    assert remembered("key", make) == remembered("key", make) == {"a number": 1}
    watch.version = Version(2, 0)
    assert remembered("key", make) == {"a number": 2}
    watch.version = Version(2, 5)  # A scheduled page appeared.
    assert remembered("key", make) == {"a number": 3}


def test_nothing_of_a_transaction_or_of_an_unknown_version_is_kept(watch, monkeypatch):
    make = Maker()
    with monkeypatch.context() as patch:
        patch.setattr(connections["default"], "in_atomic_block", True)
        assert remembered("key", make) == {"a number": 1}
        assert remembered("key", make) == {"a number": 2}
    watch.version = None
    assert remembered("key", make) == {"a number": 3}
    watch.version = Version(1, 0)
    assert remembered("key", make) == {"a number": 4}


def test_only_what_is_missing_is_asked_for(watch):
    make = Maker()
    assert remembered_each("kind", ["a", "b", "nobody"], make) == {"a": 1, "b": 1}
    assert remembered_each("kind", ["b", "c"], make) == {"b": 1, "c": 2}
    assert make.asked == [["a", "b", "nobody"], ["c"]]
    assert remembered_each("other", ["a"], make) == {"a": 3}


def test_what_is_kept_stays_small(watch, monkeypatch):
    monkeypatch.setattr(module, "MOST", 10)
    remembered_each("kind", range(8), Maker())
    remembered_each("kind", range(8, 12), Maker())
    assert len(memo.kept()) == 4
