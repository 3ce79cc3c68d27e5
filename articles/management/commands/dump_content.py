from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from articles.content_dump import ContentDump


class Command(BaseCommand):
    help = (
        "Write the content of the database as the text files that load_content reads, for "
        "review in git or for another database."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "root",
            metavar="directory",
            type=Path,
            help="A new or empty folder, or one that holds content already.",
        )

    def handle(self, *args, root, **options):
        if root.exists() and not root.is_dir():
            raise CommandError(f"{root} is not a folder.")
        if root.exists() and any(root.iterdir()) and not (root / "meridians.yaml").exists():
            raise CommandError(
                f"{root} holds something else: name a new or empty folder, or one of content."
            )
        dump = ContentDump(root)
        dump.dump()
        for kind, number in dump.written.items():
            self.stdout.write(f"Wrote {number} {kind}.")
        if dump.kept:
            self.stdout.write(f"Left {dump.kept} files alone that say the same.")
        for name in dump.removed:
            self.stdout.write(f"Removed {name}: its record is gone.")
        for line in dump.left_out:
            self.stderr.write(f"Left out {line}.")
