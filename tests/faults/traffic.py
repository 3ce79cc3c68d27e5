"""Readers and editors who use a server all the time, and what they met."""

import http.client
import itertools
import sqlite3
import statistics
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from typing import NamedTuple

import psycopg
import pytest

from ..editor import Editor
from ..pictures import encoded
from ..server import SiteServer

PAGES = ["/", "/points/", "/points/bl40/", "/symptoms/sciatica/", "/tools/acuball/", "/safety/"]
PAGES += ["/search/?q=sciatica", "/points/?area=knee"]


def short_and_long(name: str, short: int, long: int):
    """Run a test with `short` in `make test`, with `long` in `make faults`."""
    return pytest.mark.parametrize(name, [short, pytest.param(long, marks=pytest.mark.long)])


class Met(NamedTuple):
    what: str
    answer: int | str  # The status, or what broke.
    seconds: float


class Traffic:
    """What `act` answers, again and again in threads of its own, until the block ends."""

    def __init__(self):
        self.met: list[Met] = []
        self.over = threading.Event()
        self.threads: list[threading.Thread] = []

    def add(self, what: str, act: Callable[[], int], times: int = 1, pause: float = 0) -> None:
        """Let `times` threads `act`, with a `pause` of so many seconds in between."""
        for _ in range(times):
            self.threads.append(threading.Thread(target=self.repeat, args=(what, act, pause)))

    def repeat(self, what: str, act: Callable[[], int], pause: float) -> None:
        while not self.over.is_set():
            start = time.perf_counter()
            try:
                answer = act()
            except (OSError, http.client.HTTPException) as error:
                answer = type(error).__name__
                # As a person would: not at once again.
                self.over.wait(0.1)
            self.met.append(Met(what, answer, time.perf_counter() - start))
            self.over.wait(pause)

    def __enter__(self) -> "Traffic":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *exception) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def answers(self, what: str) -> Counter:
        return Counter(met.answer for met in self.met if met.what == what)

    def report(self, name: str) -> None:
        """Print what was met: the figures are looked at, not asserted."""
        for what in sorted({met.what for met in self.met}):
            times = sorted(met.seconds * 1000 for met in self.met if met.what == what)
            p50, p95 = statistics.median(times), times[int(len(times) * 0.95)]
            print(
                f"{name}: {what} {len(times)}, p50 {p50:.0f} ms, p95 {p95:.0f} ms, "
                f"longest {times[-1]:.0f} ms, {dict(self.answers(what))}"
            )


def reading(server: SiteServer, pages: list[str] = PAGES) -> Callable[[], int]:
    """Return what asks for the next of `pages`, on a connection of its own, for its status."""
    turn = itertools.cycle(pages)
    taking = threading.Lock()

    def read() -> int:
        with taking:
            page = next(turn)
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        try:
            connection.request("GET", page)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()

    return read


class Writer:
    """An editor who writes one sentence after the other; `taken` counts those the site took."""

    def __init__(self, server: SiteServer, form: str):
        self.editor = Editor(server)
        self.form = form
        self.taken = 0
        # The last that the site took, and what was sent after it.
        self.latest: list[str] = []

    def save(self) -> int:
        sentence = f"Word {uuid.uuid4().hex}."
        self.latest.append(sentence)
        status, page = self.editor.post(self.form, summary=sentence, _draft="1")
        if status == 200 and "errornote" not in page:
            self.taken += 1
            self.latest = [sentence]
        return status

    def is_kept(self) -> bool:
        """Whether the form shows the last sentence that the site took, or one sent after it."""
        form = self.editor.get(self.form)
        return not self.taken or any(sentence in form for sentence in self.latest)


class Photographer:
    """An editor who uploads pictures; `kept` are the names of those the site took."""

    def __init__(self, server: SiteServer):
        self.editor = Editor(server)
        self.kept: list[str] = []
        self.picture = encoded((900, 600))

    def upload(self) -> int:
        status, name = self.editor.upload(self.picture)
        if status == 200:
            self.kept.append(name)
        return status


def forms_of(server: SiteServer, number: int) -> list[str]:
    """Return the addresses of the forms of `number` pages, one for each editor."""
    found = Editor(server).links("/admin/articles/yogapose/")
    assert len(found) >= number
    return found[:number]


def ask(server: SiteServer, question: str) -> list[tuple]:
    """Return what the database says, beside the server."""
    if server.database_url:
        with psycopg.connect(server.database_url) as database:
            return database.execute(question).fetchall()
    with closing(sqlite3.connect(server.data_dir / "site.sqlite3")) as database:
        return database.execute(question).fetchall()


def children(server: SiteServer) -> set[str]:
    """Return the processes that answer, as numbers."""
    pid = server.process.pid
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return set(file.read().split())
