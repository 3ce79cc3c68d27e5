"""Counts searches for the editors: which words find nothing, and are worth a phrase."""

import logging
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F, Max, QuerySet, Sum
from django.utils import timezone

from ..models import SearchCount
from .engine import Answer, answer
from .text import words

DAYS_KEPT = 90
LONGEST_COUNTED = 60
# Beyond this many different queries a day, new ones are no readers' any more.
MOST_A_DAY = 5_000
# More than an editor mends in a week.
MOST_LOOKED_AT = 100
# A reader does not wait longer for the count while an editor's import holds the database.
PATIENCE_MS = 50
# What may be an e-mail address or a telephone number is not kept.
PERSONAL = re.compile(r"@|[0-9]{5}")

logger = logging.getLogger(__name__)


def normalised(query: str) -> str:
    """Return `query` as it may be counted, "" when it must not be."""
    text = unicodedata.normalize("NFKC", query).strip()
    plain = " ".join(words(text))
    if PERSONAL.search(text) or PERSONAL.search(plain):
        return ""
    return plain if len(text) <= LONGEST_COUNTED and len(plain) <= LONGEST_COUNTED else ""


@contextmanager
def impatient() -> Iterator[None]:
    """Let writes give up after PATIENCE_MS where SQLite would queue them for ten seconds.

    Nor do they wait for the disk: a count may be lost in a power cut.
    """
    if connection.vendor != "sqlite":
        yield
        return
    usual = settings.DATABASES["default"]["OPTIONS"]["timeout"] * 1000
    # As a query would: the file may have been moved.
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    set_patience(PATIENCE_MS, "NORMAL")
    try:
        yield
    finally:
        if connection.connection is not None:
            set_patience(usual, "FULL")


def set_patience(milliseconds: int, synchronous: str) -> None:
    """Say how long a write waits for others, and for the disk. No query: it asks no data."""
    with connection.wrap_database_errors:
        connection.connection.execute(f"PRAGMA busy_timeout = {milliseconds}")
        if not connection.in_atomic_block:  # It cannot change there.
            connection.connection.execute(f"PRAGMA synchronous = {synchronous}")


def count_search(found: Answer) -> None:
    """Count one search of today. A database that does not take it must not cost the answer."""
    query = normalised(found.query)
    if not query:
        return
    try:
        with impatient():
            write_count(query, found)
    except DatabaseError as error:
        logger.warning("A search was not counted: %s", error)


def write_count(query: str, found: Answer) -> None:
    seen = {"results": len(found.reasons), "answered": found.says_something}
    today = timezone.localdate()
    of_today = SearchCount.objects.filter(day=today, query=query)
    if of_today.update(times=F("times") + 1, **seen):
        return
    forget_old()
    if SearchCount.objects.filter(day=today).count() >= MOST_A_DAY:
        return
    try:
        with transaction.atomic():
            SearchCount.objects.create(day=today, query=query, **seen)
    except IntegrityError:  # Someone asked the same in this moment.
        of_today.update(times=F("times") + 1, **seen)


def forget_old() -> None:
    SearchCount.objects.filter(day__lte=timezone.localdate() - timedelta(days=DAYS_KEPT)).delete()


def summary(days: int) -> QuerySet:
    """Return one row a query with `asked`, `last` and `found` over the last `days` days."""
    since = timezone.localdate() - timedelta(days=min(days, DAYS_KEPT))
    return (
        SearchCount.objects.filter(day__gt=since)
        .values("query")
        .annotate(asked=Sum("times"), last=Max("day"))
        .order_by("-asked", "query")
    )


def still_unanswered(index, days: int) -> list[str]:
    """Return queries of the last `days` days that find nothing now either, the most asked first.

    Only the MOST_LOOKED_AT most asked are looked at.
    """
    unanswered = summary(days).filter(answered=False)[:MOST_LOOKED_AT]
    queries = [row["query"] for row in unanswered]
    return [query for query in queries if not answer(index, query).says_something]
