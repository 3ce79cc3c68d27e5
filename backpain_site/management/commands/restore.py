from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from backpain_site.backup import Backup, BadBackup, is_empty, records_now, stored_uploads
from backpain_site.dumps import DumpError


class Command(BaseCommand):
    help = "Make the site what a backup says: its records and uploads instead of those here."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--yes", action="store_true", help="Replace without asking.")

    def handle(self, *args, file, yes, **options):
        try:
            backup = Backup(file)
            backup.check_fit()
            self.say_what_happens(backup)
            if not (yes or is_empty() or self.is_agreed()):
                raise CommandError("Nothing was changed.")
            backup.restore(settings.DATA_DIR)
        except (BadBackup, DumpError) as error:
            raise CommandError(f"Nothing was changed: {error}.") from error
        except (OSError, Error) as error:
            raise CommandError(f"Not restored, the records are as before: {error}.") from error
        call_command("migrate", interactive=False, verbosity=0)
        self.stdout.write("Restored. Who was logged in may have to log in again.")

    def say_what_happens(self, backup: Backup) -> None:
        records = sum(backup.manifest["records"].values())
        self.stdout.write(
            f"{backup.path.name} of {backup.manifest['made_at']}: "
            f"{records} records, {len(backup.uploads)} uploads."
        )
        if not is_empty():
            now = records_now()
            here = "a database that cannot be read" if now is None else f"{now} records"
            self.stdout.write(f"It replaces {here} and {len(list(stored_uploads()))} uploads.")

    def is_agreed(self) -> bool:
        try:
            return input("Replace them? Type yes: ").strip().lower() == "yes"
        except EOFError:
            return False
