"""`make bench`: what pages and search weigh and cost, with the starter content, as tables."""

import os
from tempfile import TemporaryDirectory


def main():
    from .paint import measure_paint
    from .serving import measure_serving

    measure_serving()
    measure_paint()
    with TemporaryDirectory() as data_dir:
        os.environ |= {
            "DATA_DIR": data_dir,
            "DATABASE_URL": "",
            "SEARCH_RATE_LIMIT": "0",
            "DJANGO_SETTINGS_MODULE": "backpain_site.settings",
        }
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", interactive=False, verbosity=0)
        call_command("load_content", stdout=open(os.devnull, "w"))
        call_command("collectstatic", interactive=False, verbosity=0)

        from .pages import measure_pages
        from .search import measure_search

        measure_pages()
        measure_search()


if __name__ == "__main__":
    main()
