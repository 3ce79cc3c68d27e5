"""Hold every published page against the rules of publishing."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from backpain_site.publishing import page_models


class Command(BaseCommand):
    help = "Check every published page by the rules an editor meets when publishing it."

    def handle(self, **options):
        stops = 0
        for model in page_models():
            for page in model.objects.published():
                found = [(finding.sentence, finding.stops) for finding in page.findings()]
                try:
                    page.full_clean()
                except ValidationError as error:
                    found += [(message, True) for message in error.messages]
                for sentence, does_stop in found:
                    kind = "missing" if does_stop else "advice"
                    self.stdout.write(f"{kind}: {model._meta.verbose_name} {page}: {sentence}")
                    stops += does_stop
        if stops:
            raise CommandError(f"{stops} rules of publishing are broken.")
        self.stdout.write("Every published page keeps the rules of publishing.")
