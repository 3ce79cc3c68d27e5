"""Drafts of live pages that publish themselves at a set time, without a worker.

The first request at or after the time publishes the draft before it is answered, so no reader
sees the earlier words later than that, and everything derived from content follows as after any
other change. Each process keeps the next time in memory and looks into the database once a
minute; a time is at least twice as far ahead, so every process knows of it before it comes. One
that was taken back meanwhile costs one look.
"""

import logging
import threading
from datetime import datetime, timedelta

from django.contrib import admin
from django.db import Error, InterfaceError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .models import Draft

LOOK_EVERY = timedelta(minutes=1)
# The least time from scheduling to the change.
LEAD = 2 * LOOK_EVERY
logger = logging.getLogger(__name__)


class Timetable:
    """When this process must look for drafts that are due."""

    def __init__(self):
        self.look_at: datetime | None = None
        self.looking = threading.Lock()

    def is_due(self) -> bool:
        return self.look_at is None or timezone.now() >= self.look_at

    def expect(self, when: datetime) -> None:
        """Remember a time that was just chosen; whether it is committed does not matter."""
        if self.look_at is not None:
            self.look_at = min(self.look_at, when)

    def publish_due(self) -> None:
        """Publish the drafts whose time has come; other requests of this process wait for it."""
        with self.looking:
            if not self.is_due():
                return
            now = timezone.now()
            try:
                self.look_at = min(filter(None, [self.publish_until(now), now + LOOK_EVERY]))
            except Error:  # The database is locked or away: readers get what they asked for.
                logger.exception("Scheduled changes could not be looked for")
                self.look_at = now + LOOK_EVERY / 6

    def publish_until(self, now: datetime) -> datetime | None:
        """Publish what is due at `now`; return the time of the next draft."""
        scheduled = Draft.objects.exclude(publish_at=None).order_by("publish_at")
        for pk in list(scheduled.filter(publish_at__lte=now).values_list("pk", flat=True)):
            publish(pk)
        later = scheduled.filter(publish_at__gt=now)
        return later.values_list("publish_at", flat=True).first()


timetable = Timetable()


@transaction.atomic
def publish(pk: int) -> None:
    """Publish the draft `pk` if it is still due, once whoever else tries; note what stops it."""
    # SQLite locks with the transaction, other databases the row.
    draft = Draft.objects.select_for_update().filter(pk=pk).first()
    if draft is None or draft.publish_at is None or draft.publish_at > timezone.now():
        return
    desk = admin.site.get_model_admin(draft.content_type.model_class())
    try:
        with transaction.atomic():
            problem = desk.publish_scheduled(draft)
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # Whatever it is, the reader asked for another thing.
        logger.exception("Scheduled changes of %s were not published", draft)
        problem = _("Something went wrong. Try to publish them by hand.")
    if problem:
        draft.unschedule(problem)


class ScheduleMiddleware:
    """Publish what is due before a request is answered."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if timetable.is_due():
            timetable.publish_due()
        return self.get_response(request)
