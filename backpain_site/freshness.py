"""Which content is current, asked of the database as rarely as is still right.

- One machine (SQLite): the answer holds until the stamp moves, see `stamp.py`.
- Several (PostgreSQL): the answer holds for LEASE seconds, and whoever changes content through
  the site is answered that much later (`LeaseMiddleware`). So nobody who knows of a change can
  meet a process that does not.

Either way it ends when a scheduled page is due, and is asked for anew every RECHECK seconds, which
is also how a process notices that the database went away.
"""

import os
import threading
import time
from typing import NamedTuple

from django.db import Error, connection
from django.db.models import Min
from django.utils import timezone

from . import stamp
from .models import ContentVersion, Draft
from .publishing import next_to_appear, page_models

LEASE = 0.05
RECHECK = 2.0
# So long readers wait for a database that neither answers nor refuses.
PATIENCE = 1.0


class Version(NamedTuple):
    """What pages are made from: the number of the content and when the next page is due."""

    number: int
    due: float  # Seconds since 1970; far away when nothing is scheduled.


class Known(NamedTuple):
    signal: tuple[int, int]
    until: float  # Of the monotonic clock.
    version: Version | None


NOTHING = Known((-1, -1), 0.0, None)


def next_due() -> float:
    """Return when the next page, or draft of one, becomes public, in seconds since 1970."""
    drafts = Draft.objects.filter(publish_at__gt=timezone.now())
    changes = drafts.aggregate(first=Min("publish_at"))["first"]
    due = min(filter(None, [next_to_appear(*page_models()), changes]))
    return due.timestamp()


class VersionWatch:
    """Knows the current version in this process."""

    def __init__(self):
        self.known = NOTHING
        # What the database said last, for as long as it says nothing.
        self.latest: Version | None = None
        path = stamp.stamp_path()
        self.path = str(path) if path else None
        self.lease = RECHECK if self.path else LEASE
        self.asking = threading.Lock()

    def current(self) -> Version | None:
        """Return the version, or None while the database does not answer."""
        signal = self.signal()
        if self.holds(signal):
            return self.known.version
        if not self.asking.acquire(timeout=PATIENCE):
            self.known = Known(signal, time.monotonic() + 1, None)
            return None
        try:
            return self.known.version if self.holds(signal) else self.ask(signal)
        finally:
            self.asking.release()

    def holds(self, signal: tuple[int, int]) -> bool:
        """Whether what is known still is what the database would say."""
        known = self.known
        is_due = known.version and time.time() >= known.version.due
        return known.signal == signal and time.monotonic() < known.until and not is_due

    def signal(self) -> tuple[int, int]:
        """Return what moves when this process, or another of the machine, changes content."""
        if self.path is None:
            return 0, stamp.latest
        try:
            return os.stat(self.path).st_size, stamp.latest
        except OSError:
            return 0, stamp.latest

    def ask(self, signal: tuple[int, int]) -> Version | None:
        """Ask the database; `signal` was read before, so a change since then shows in the next."""
        asked_at = time.monotonic()
        try:
            connection.close_if_unusable_or_obsolete()
            number = ContentVersion.current()
            before = self.known.version
            if before and before.number == number and time.time() < before.due:
                version = before
            else:
                version = Version(number, next_due())
        except Error:
            connection.close()
            # Not every request may wait for a database that is away.
            self.known = Known(signal, time.monotonic() + 1, None)
            return None
        self.latest = version
        self.known = Known(signal, asked_at + self.lease, version)
        return version


class LeaseMiddleware:
    """Answer a request that changed content only when no process trusts what was before."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        stamp.changed.here = False
        response = self.get_response(request)
        if stamp.changed.here and connection.vendor != "sqlite":
            time.sleep(LEASE)
        return response
