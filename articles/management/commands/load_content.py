from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from articles.models import Article
from articles.starter_content import StarterContent


class Command(BaseCommand):
    help = (
        "Load the starter content from content/. Records that exist are kept as editors left "
        "them; one bad record and nothing is loaded."
    )

    def add_arguments(self, parser):
        parser.add_argument("--from", dest="root", type=Path, default=settings.BASE_DIR / "content")
        parser.add_argument(
            "--overwrite", action="store_true", help="Replace what editors changed as well."
        )
        parser.add_argument(
            "--if-empty", action="store_true", help="Do nothing when there is any article."
        )

    def handle(self, *args, root, overwrite, if_empty, **options):
        if if_empty and Article.objects.exists():
            return
        content = StarterContent(root, overwrite)
        if not content.load():
            raise CommandError("\n".join(["Nothing was loaded:", *content.problems]))
        for kind, number in content.created.items():
            self.stdout.write(f"Loaded {number} {kind}.")
        for kind, number in content.kept.items():
            self.stdout.write(f"Kept {number} {kind} that were there.")
