"""`make run` and `make dev`: bring database, content, first account and static files up to date,
then serve.

Every step does nothing when there is nothing to do, so a second start takes seconds and keeps
what editors wrote.
"""

import ctypes
import gc
import os
import secrets
import socket
import sys
from contextlib import suppress

import django
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.management import call_command
from django.db import connections
from django.utils.module_loading import import_string
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from .bodies import SLOTS
from .logs import ACCESS
from .static_files import collect_static_files

# Each takes some ninety megabytes.
MOST_WORKERS = 4
# What malloc.h calls the setting.
M_ARENA_MAX = -8
# So many requests are answered at once where there are few processes.
THREADS = 16


def main(develop: bool) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backpain_site.settings")
    try:
        django.setup()
        # The settings read .env.
        host = os.environ.get("LISTEN") or "127.0.0.1"
        port = os.environ.get("PORT", "8000")
        workers = os.environ.get("WEB_CONCURRENCY") or str(min(cores(), MOST_WORKERS))
        check_port(host, port)
        if not (workers.isdigit() and int(workers)):
            raise ImproperlyConfigured(f"WEB_CONCURRENCY must be a number, not {workers!r}.")
    except ImproperlyConfigured as error:
        sys.exit(f"Cannot start: {error}")
    call_command("migrate", interactive=False, verbosity=0)
    make_first_account()
    call_command("load_content", if_empty=True)
    call_command("make_roles")
    if develop:
        call_command("runserver", f"{host}:{port}")
    else:
        collect_static_files()
        print(f"Serving {settings.SITE_URL}/ on {host}:{port} (Ctrl+C stops).", flush=True)
        serve(host, int(port), int(workers))


def cores() -> int:
    """Return how many cores are ours: a container may have few of a large machine's."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def check_port(host: str, port: str) -> None:
    """Raise ImproperlyConfigured when `port` is no port, or something else listens there."""
    if not (port.isdigit() and 0 < int(port) < 65536):
        raise ImproperlyConfigured(f"PORT must be a number from 1 to 65535, not {port!r}.")
    with socket.socket() as probe:
        if probe.connect_ex((host, int(port))) == 0:
            raise ImproperlyConfigured(
                f"port {port} is taken. Stop what listens there or choose another: "
                "make run PORT=8123."
            )


def make_first_account() -> None:
    """Make the first admin account, from the environment or with a password printed once.

    A weak password ends the start where others can reach the site.
    """
    from django.contrib.auth import get_user_model  # Needs the apps that main() sets up.

    users = get_user_model().objects
    if users.exists():
        return
    name = os.environ.get("DJANGO_SUPERUSER_USERNAME")
    password = os.environ.get("DJANGO_SUPERUSER_PASSWORD")
    if name and password:
        try:
            validate_password(password, get_user_model()(username=name))
        except ValidationError as error:
            weakness = f"DJANGO_SUPERUSER_PASSWORD: {' '.join(error.messages)}"
            if not settings.IS_LOCAL:
                sys.exit(f"Cannot start: {weakness}")
            print(f"Fit for this machine only. {weakness}", flush=True)
        users.create_superuser(name, password=password)
        return
    password = secrets.token_urlsafe(15)
    users.create_superuser("admin", password=password)
    print(
        f"First admin account for {settings.SITE_URL}/{settings.ADMIN_PATH}/ (shown only now)\n"
        f"  name:     admin\n  password: {password}",
        flush=True,
    )


def serve(host: str, port: int, workers: int) -> None:
    """Become the production server. Its processes fork off this one, with everything loaded.

    What is loaded before they do, and never changes, is in memory once.
    """
    connections.close_all()
    import_string("points.search.spelling.english_words")()  # Needs the apps of main().
    gc.freeze()
    # Threads share what glibc sets aside for them: they hold its lock for moments only.
    with suppress(AttributeError):  # Other libraries need no such word.
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)
    Granian(
        "backpain_site.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        websockets=False,
        workers=workers,
        # Slow clients may hold some of them (see bodies.py), and editors wait for one who writes.
        # More of them take turns more often: sixteen cost a page in memory a tenth more than eight.
        blocking_threads=max(SLOTS + 3, THREADS // workers),
        workers_kill_timeout=20,
        respawn_failed_workers=True,
        # Below an error it only finds these threads many.
        log_level=LogLevels.error,
        log_dictconfig=settings.LOGGING,
        log_access=settings.ACCESS_LOG,
        log_access_format=ACCESS,
        # On this machine only, never on a port of the site.
        metrics_enabled=bool(settings.METRICS_PORT),
        metrics_port=settings.METRICS_PORT,
    ).serve()


if __name__ == "__main__":
    main(develop="--develop" in sys.argv[1:])
