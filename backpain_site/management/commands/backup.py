from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from backpain_site.backup import checksum_file, write_backup
from backpain_site.dumps import DumpError


class Command(BaseCommand):
    help = "Save the database and the uploads in one dated file, while the site runs."

    def add_arguments(self, parser):
        parser.add_argument(
            "folder",
            nargs="?",
            type=Path,
            default=settings.DATA_DIR / "backups",
            help="Where the file goes (default: DATA_DIR/backups).",
        )
        parser.add_argument(
            "--keep", type=int, default=0, help="Remove all but this many newest files of it."
        )

    def handle(self, *args, folder, keep, **options):
        try:
            path, manifest = write_backup(folder)
        except (DumpError, OSError, DatabaseError) as error:
            raise CommandError(f"No backup was written: {error}.") from error
        records = sum(manifest["records"].values())
        self.stdout.write(f"{path}\n{records} records, {len(manifest['files']) - 1} uploads.")
        for name in manifest["missing"]:
            self.stderr.write(f"A record names {name}, which is not among the uploads.")
        if keep > 0:
            for old in sorted(folder.glob("backpoints-*.tar.gz"))[:-keep]:
                old.unlink()
                checksum_file(old).unlink(missing_ok=True)
