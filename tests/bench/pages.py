"""What the main pages weigh, and what rendering one costs."""

import gzip
import re
import statistics
import time
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backpain_site.memo import memo

PAGES = {
    "guide": "/",
    "point": "/points/bl40/",
    "symptom": "/symptoms/sciatica/",
    "search": "/search/?q=sore+back+from+driving",
    "safety": "/safety/",
    "points": "/points/",
}
ROUNDS = 30


client = Client(headers={"host": "127.0.0.1"})


def measure_pages():
    """Print bytes, queries and milliseconds of CPU of every page, rendered anew each time.

    First when nothing is remembered, as right after a change of content; then with all that pages
    share.
    """
    heading = f"{'page':10}{'html':>9}{'gzip':>8}{'css gz':>8}{'js gz':>7}"
    print(f"{heading}{'first ms':>10}{'queries':>9}{'p50 ms':>9}{'p99 ms':>9}{'queries':>9}")
    for name, path in PAGES.items():
        body = client.get(path).content
        assets = re.findall(rb'(?:href|src)="/static/([^"]+\.(?:css|js))"', body)
        sizes = {"css": 0, "js": 0}
        for asset in assets:
            text = Path(settings.STATIC_ROOT, asset.decode()).read_bytes()
            sizes[asset.decode().rsplit(".", 1)[1]] += len(gzip.compress(text, 9))
        spent = [rendering(path) for _ in range(ROUNDS)]
        print(
            f"{name:10}{len(body):9,}{len(gzip.compress(body, 9)):8,}{sizes['css']:8,}"
            f"{sizes['js']:7,}{first_rendering(path):10.1f}{queries(path, anew=True):9}"
            f"{statistics.median(spent):9.1f}{max(spent):9.1f}{queries(path):9}"
        )


def rendering(path: str) -> float:
    """Return the milliseconds of CPU of rendering the page at `path`."""
    start = time.process_time()
    client.get(path)
    return (time.process_time() - start) * 1000


def first_rendering(path: str) -> float:
    """Return the median of the same when nothing is remembered."""
    spent = []
    for _ in range(ROUNDS):
        memo.forget()
        spent.append(rendering(path))
    return statistics.median(spent)


def queries(path: str, anew: bool = False) -> int:
    if anew:
        memo.forget()
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return len(captured)
