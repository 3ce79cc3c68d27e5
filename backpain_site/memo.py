"""What was read or drawn for one version of the content, kept in this process until the next.

Cards of points, caution groups or the drawings on cards are on page after page: made once, not once
a page. Only what readers may see is asked for here, and never what depends on who asks.
"""

from collections.abc import Callable, Hashable, Iterable
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.http import HttpRequest

from .freshness import Version, VersionWatch
from .models import ContentVersion

Name = TypeVar("Name", bound=Hashable)
Thing = TypeVar("Thing")
Drawn = tuple[str, Any]

# A point with all that its card shows takes some ten kilobytes; what is drawn says how long it is.
MOST = 1_000
MOST_CHARACTERS = 5_000_000

watch = cache(VersionWatch)


class Memo:
    """Things by their keys, for one version at a time."""

    def __init__(self):
        self.forget()

    def kept(self) -> dict[Hashable, Any]:
        """Return what is kept of the current version.

        In a transaction that is nothing: what it sees may never come true, as in previews. Nor is
        anything while the database does not answer.
        """
        version = current_version()
        if version is None:
            return {}
        if self.shelf[0] != version:
            self.forget(version)
        return self.shelf[1]

    def forget(self, version: Version | None = None):
        self.shelf: tuple[Version | None, dict] = (version, {})
        self.characters = 0

    def keep(self, kept: dict, made: dict, characters: int = 0) -> None:
        """Put what was `made` on the shelf `kept`; a full one is emptied first."""
        self.characters += characters
        if len(kept) + len(made) > MOST or self.characters > MOST_CHARACTERS:
            kept.clear()
            self.characters = characters
        kept.update(made)


memo = Memo()


def current_version() -> Version | None:
    """Return the content's version; None in a transaction, or while the database is away."""
    return None if connection.in_atomic_block else watch().current()


class VersionMiddleware:
    """Say in `request.version` which content a view reads: this one, or a newer one."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        request.version = current_version()


def remembered(key: Hashable, make: Callable[[], Thing]) -> Thing:
    """Return what `make` returned for `key` since the content last changed.

    `make` reads the content itself: what was read before may be older.
    """
    kept = memo.kept()
    if key not in kept:
        made = make()
        memo.keep(kept, {key: made})
        return made
    return kept[key]


def drawn(request: HttpRequest, key: Hashable, draw: Callable[[], Drawn]) -> Drawn:
    """Return what `draw` returned for `key`: the HTML of a part of a page, and what goes with it.

    It shows what the view of `request` read. When the content has changed since then, it is kept
    for nobody.
    """
    kept = memo.kept()
    if memo.shelf[0] != getattr(request, "version", None):
        return draw()
    if key not in kept:
        made = draw()
        memo.keep(kept, {key: made}, characters=len(made[0]))
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
        memo.keep(kept, {(kind, name): thing for name, thing in made.items()})
        found |= made
    return found


def content_number() -> int:
    """Return the number of the content's version, without a query where that is as right."""
    version = current_version()
    return version.number if version else ContentVersion.current()
