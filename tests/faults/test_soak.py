"""Many requests on end: neither memory nor descriptors grow with them."""

import http.client
import itertools
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ..server import SiteServer
from .traffic import PAGES, children

READERS = 8
# Every page is rendered, every thread has its connection, the spelling list is loaded.
WARM_UP = 3_000
WORDS = ["sciatica", "siatica", "ub 60", "sore back from driving", "numb between the legs", "zzz"]


@pytest.mark.long
@pytest.mark.parametrize("requests", [6_000, 100_000])
def test_memory_and_descriptors_stay_what_they_are(server, requests):
    send(server, WARM_UP)
    memory, descriptors = resident(server), opened(server)
    send(server, requests)
    grown = resident(server) / memory
    print(
        f"{requests} requests: {memory} to {resident(server)} KiB, "
        f"{descriptors} to {opened(server)} descriptors"
    )
    assert grown < 1.15
    assert opened(server) <= descriptors + READERS


def send(server: SiteServer, requests: int) -> None:
    """Ask for pages, searches that differ, and addresses that lead nowhere."""

    def read(first: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        for number in itertools.islice(itertools.count(first, READERS), requests // READERS):
            word = WORDS[number % len(WORDS)].replace(" ", "+")
            paths = [*PAGES, f"/search/?q={word}+{number}", f"/nowhere/{number}/", "/sw.js"]
            connection.request("GET", paths[number % len(paths)])
            answer = connection.getresponse()
            answer.read()
            assert answer.status in {200, 404}
        connection.close()

    with ThreadPoolExecutor(READERS) as pool:
        list(pool.map(read, range(READERS)))


def resident(server: SiteServer) -> int:
    """Return the memory of the processes that answer, in KiB."""
    return sum(
        int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1])
        for pid in children(server)
    )


def opened(server: SiteServer) -> int:
    return sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in children(server))
