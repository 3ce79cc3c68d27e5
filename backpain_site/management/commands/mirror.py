import logging
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from backpain_site.mirror import HEADERS, Mirror, MirrorError
from backpain_site.static_files import collect_static_files


class Command(BaseCommand):
    help = "Write the published site as files that a web server or a CDN can serve."

    def add_arguments(self, parser):
        parser.add_argument(
            "folder",
            metavar="directory",
            nargs="?",
            default="mirror",
            type=Path,
            help="A new or empty folder, or the mirror of the last time (default: mirror).",
        )

    def handle(self, *args, folder, **options):
        if settings.DEBUG:
            raise CommandError("With DEBUG static files have no lasting names: turn it off.")
        if folder.exists() and not folder.is_dir():
            raise CommandError(f"{folder} is not a folder.")
        if folder.exists() and any(folder.iterdir()) and not (folder / HEADERS).exists():
            raise CommandError(f"{folder} holds something else: name a new or empty folder.")
        collect_static_files()
        mirror = Mirror(folder)
        # It asks on purpose for addresses without a page.
        logging.getLogger("django.request").setLevel(logging.ERROR)
        try:
            mirror.write()
        except MirrorError as error:
            raise CommandError(f"{error}. Nothing was removed from {folder}.") from error
        self.stdout.write(
            f"Wrote {len(mirror.written)} files, left {mirror.kept} that say the same, "
            f"removed {len(mirror.removed)}."
        )
