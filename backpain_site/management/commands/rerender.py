from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import transaction

from backpain_site.markdown import RenderedField, render


class Command(BaseCommand):
    help = "Render all Markdown again and store what changed; for after a change of the renderer."

    @transaction.atomic
    def handle(self, *args, **options):
        changed = 0
        for model in apps.get_models():
            fields = [f for f in model._meta.concrete_fields if isinstance(f, RenderedField)]
            for row in model.objects.all() if fields else ():
                html = {field.attname: render(getattr(row, field.source)) for field in fields}
                html = {name: text for name, text in html.items() if text != getattr(row, name)}
                if html:
                    model.objects.filter(pk=row.pk).update(**html)
                    changed += 1
        self.stdout.write(f"Rendered anew: {changed} records.")
