"""What was read or drawn for one version of the content, kept in this process until the next.

Cards of points, caution groups or the drawings on cards are on page after page: made once, not once
a page. Only what readers may see is asked for here, and never what depends on who asks.
"""

from collections.abc import Callable, Hashable, Iterable
from functools import cache
from typing import Any, TypeVar

from django.db import connection

from .freshness import Version, VersionWatch
from .models import ContentVersion

Name = TypeVar("Name", bound=Hashable)
Thing = TypeVar("Thing")

# A point with all that its card shows takes some ten kilobytes.
MOST = 1_000

watch = cache(VersionWatch)


class Memo:
    """Things by their keys, for one version at a time."""

    def __init__(self):
        self.shelf: tuple[Version | None, dict] = (None, {})

    def kept(self) -> dict[Hashable, Any]:
        """Return what is kept of the current version.

        In a transaction that is nothing: what it sees may never come true, as in previews. Nor is
        anything while the database does not answer.
        """
        version = None if connection.in_atomic_block else watch().current()
        if version is None:
            return {}
        if self.shelf[0] != version:
            self.shelf = (version, {})
        return self.shelf[1]

    def forget(self):
        self.shelf = (None, {})


memo = Memo()


def remembered(key: Hashable, make: Callable[[], Thing]) -> Thing:
    """Return what `make` returned for `key` since the content last changed."""
    kept = memo.kept()
    if key not in kept:
        made = make()
        keep(kept, {key: made})
        return made
    return kept[key]


def remembered_each(
    kind: str, names: Iterable[Name], make: Callable[[list[Name]], dict[Name, Thing]]
) -> dict[Name, Thing]:
    """Return the things called `names`; `make` is asked once for all that are not kept.

    Those it does not know are missing in what is returned.
    """
    kept = memo.kept()
    found = {name: kept[kind, name] for name in names if (kind, name) in kept}
    missing = [name for name in names if name not in found]
    if missing:
        made = make(missing)
        keep(kept, {(kind, name): thing for name, thing in made.items()})
        found |= made
    return found


def keep(kept: dict, made: dict) -> None:
    if len(kept) + len(made) > MOST:
        kept.clear()
    kept.update(made)


def content_number() -> int:
    """Return the number of the content's version, without a query where that is as right."""
    version = None if connection.in_atomic_block else watch().current()
    return version.number if version else ContentVersion.current()
