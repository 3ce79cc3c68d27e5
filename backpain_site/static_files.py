"""The static files as they are served: hashed, and compressed once."""

from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def collect_static_files() -> None:
    """Hash and compress the static files when one of them is newer than the last time.

    Files of earlier versions stay: a server that still runs, or a page still open, asks for them.
    """
    manifest = Path(settings.STATIC_ROOT, "staticfiles.json")
    made_at = manifest.stat().st_mtime if manifest.exists() else 0
    newest = max(
        Path(storage.path(name)).stat().st_mtime
        for finder in get_finders()
        for name, storage in finder.list([])
    )
    if newest >= made_at:
        call_command("collectstatic", interactive=False, verbosity=0)
