"""`make bench`: what the main pages weigh and cost, with the starter content, as a table."""

import gzip
import os
import re
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory

PAGES = {
    "guide": "/",
    "point": "/points/bl40/",
    "symptom": "/symptoms/sciatica/",
    "search": "/search/?q=sore+back+from+driving",
    "safety": "/safety/",
    "points": "/points/",
}
ROUNDS = 30


def main():
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
        measure_pages()
        measure_search()


def measure_pages():
    """Print bytes and milliseconds of CPU of every page, rendered anew each time."""
    from django.conf import settings
    from django.test import Client

    client = Client(headers={"host": "127.0.0.1"})
    heading = f"{'page':10}{'html':>9}{'gzip':>8}{'css gz':>8}{'js gz':>7}"
    print(f"{heading}{'p50 ms':>9}{'p99 ms':>9}")
    for name, path in PAGES.items():
        body = client.get(path).content
        assets = re.findall(rb'(?:href|src)="/static/([^"]+\.(?:css|js))"', body)
        sizes = {"css": 0, "js": 0}
        for asset in assets:
            text = Path(settings.STATIC_ROOT, asset.decode()).read_bytes()
            sizes[asset.decode().rsplit(".", 1)[1]] += len(gzip.compress(text, 9))
        spent = []
        for _ in range(ROUNDS):
            start = time.process_time()
            client.get(path)
            spent.append((time.process_time() - start) * 1000)
        print(
            f"{name:10}{len(body):9,}{len(gzip.compress(body, 9)):8,}{sizes['css']:8,}"
            f"{sizes['js']:7,}{statistics.median(spent):9.1f}{max(spent):9.1f}"
        )


def measure_search():
    """Print how long a query takes to be understood and ranked, without its page."""
    from points.search.engine import answer
    from points.search.index import holder

    queries = [
        "ub 60",
        "siatica",
        "sore back from driving",
        "cant sleep back hurts",
        "pizza recipe",
    ]
    start = time.perf_counter()
    index = holder.get()
    print(f"\nsearch index built in {(time.perf_counter() - start) * 1000:.0f} ms")
    spent = []
    for _ in range(ROUNDS):
        for query in queries:
            start = time.perf_counter()
            answer(index, query)
            spent.append((time.perf_counter() - start) * 1000)
    spent.sort()
    p50, p99 = statistics.median(spent), spent[int(len(spent) * 0.99)]
    print(f"ranking: p50 {p50:.2f} ms, p99 {p99:.2f} ms")


if __name__ == "__main__":
    main()
