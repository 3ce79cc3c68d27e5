"""The door of the desk: who failed too often, how long a session lasts, a line for each login."""

import logging
from datetime import timedelta

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models import Q, Sum
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from .visitors import address_of, too_many

# Logins a minute an address, whatever the names.
LOGIN_RATE_LIMIT = 30

logger = logging.getLogger(__name__)


class Throttle(AxesDatabaseHandler):
    """Counts the failures of a name at an address, and half of those elsewhere.

    Not the latter where the name has logged in before: nobody can lock an editor out from afar.
    """

    def get_failures(self, request, credentials=None) -> int:
        name, here = get_client_username(request, credentials), request.axes_ip_address
        attempts = AccessAttempt.objects.filter(
            username=name, attempt_time__gt=get_cool_off_threshold(request)
        )
        counted = attempts.aggregate(
            here=Sum("failures_since_start", filter=Q(ip_address=here), default=0),
            elsewhere=Sum("failures_since_start", filter=~Q(ip_address=here), default=0),
        )
        if AccessLog.objects.filter(username=name, ip_address=here).exists():
            return counted["here"]
        return counted["here"] + counted["elsewhere"] // 2


def too_many_logins(request: HttpRequest) -> bool:
    return request.method == "POST" and too_many(request, "logins", LOGIN_RATE_LIMIT)


def locked(request: HttpRequest, response=None, credentials=None, *, minutes=15) -> HttpResponse:
    """Say how long to wait. The arguments are those of AXES_LOCKOUT_CALLABLE."""
    page = render(request, "lockout.html", {"minutes": minutes}, status=429)
    page.headers["Retry-After"] = str(60 * minutes)
    page.headers["Cache-Control"] = "no-store"
    return page


@receiver(user_logged_in)
def logged_in(request, user, **kwargs):
    """Let the session end at a time, however much is done in it."""
    life = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    request.session.set_expiry(timezone.now() + life)
    logger.info("Logged in: %r from %s", user.get_username(), address_of(request))


@receiver(user_logged_out)
def logged_out(request, user, **kwargs):
    if user:
        logger.info("Logged out: %r", user.get_username())


@receiver(user_login_failed)
def refused(credentials, request, **kwargs):
    """Name accounts only: what else is typed there may be a password."""
    name = credentials.get("username")
    known = get_user_model().objects.filter(username=name).exists()
    why = "locked" if request.axes_locked_out else "wrong password"
    logger.warning(
        "Login refused: %s, %s from %s",
        repr(name) if known else "unknown name",
        why,
        address_of(request),
    )
