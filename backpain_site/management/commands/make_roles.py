from django.core.management.base import BaseCommand

from backpain_site.roles import make_roles


class Command(BaseCommand):
    help = "Make the groups Writer, Editor and Clinical reviewer, or set their permissions anew."

    def handle(self, *args, **options):
        make_roles()
