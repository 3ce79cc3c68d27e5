"""What the main pages weigh, and what rendering one costs."""

import gzip
import re
import statistics
import time
from pathlib import Path

from django.conf import settings
from django.test import Client

PAGES = {
    "guide": "/",
    "point": "/points/bl40/",
    "symptom": "/symptoms/sciatica/",
    "search": "/search/?q=sore+back+from+driving",
    "safety": "/safety/",
    "points": "/points/",
}
ROUNDS = 30


def measure_pages():
    """Print bytes and milliseconds of CPU of every page, rendered anew each time."""
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
