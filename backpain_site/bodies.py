"""What a request brings along is received before Django is asked, from few clients at a time.

A thread of the server waits for its client. So at most `SLOTS` of them wait for a body, and not
for long for one that hardly moves: the others go on answering readers.
"""

import threading
from collections.abc import Callable, Iterable
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import BinaryIO

SLOTS = 5
# Bodies given up whose clients are still there: each keeps a thread that only sleeps.
MOST_GIVEN_UP = 200
# Where the request says with which status Django is to refuse it.
REFUSED = "backpain_site.refused"
# Of a body that is on its way, this much must come in this time.
LEAST_BYTES, PATIENCE = 64 * 1024, 10.0
IN_MEMORY = 1024 * 1024


class Arrival:
    """A body of `length` bytes that a thread of its own reads from `source`, then `ended`."""

    def __init__(self, source: BinaryIO, length: int, ended: Callable):
        self.source, self.missing, self.ended = source, length, ended
        self.body = SpooledTemporaryFile(IN_MEMORY)
        self.is_over, self.is_given_up = threading.Event(), False
        threading.Thread(target=self.receive, daemon=True).start()

    def receive(self):
        try:
            while self.missing and (part := self.source.read(min(self.missing, LEAST_BYTES))):
                self.body.write(part)
                self.missing -= len(part)
        finally:
            self.is_over.set()
            if self.is_given_up:
                self.body.close()
            self.ended()

    def wait(self, patience: float) -> BinaryIO | None:
        """Return the body from its beginning, or None when too little came for `patience`."""
        before = self.missing
        while not self.is_over.wait(patience):
            if before - self.missing < LEAST_BYTES:
                self.is_given_up = True
                return None
            before = self.missing
        self.body.seek(0)
        return self.body


class Bodies:
    """A WSGI application in front of `django`, which refuses bodies over `largest` unread."""

    def __init__(self, django: Callable, largest: int, slots=SLOTS, patience=PATIENCE):
        self.django, self.largest, self.patience = django, largest, patience
        self.slots = threading.BoundedSemaphore(slots)
        self.clients = threading.BoundedSemaphore(slots + MOST_GIVEN_UP)

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or "0"
        if not (length.isdecimal() and 0 < int(length[:20]) <= self.largest):
            return self.django(environ, start_response)
        body, refused = self.receive(environ["wsgi.input"], int(length))
        environ |= {"wsgi.input": body} | ({REFUSED: refused} if refused else {})
        with body:
            return self.django(environ, start_response)

    def receive(self, source: BinaryIO, length: int) -> tuple[BinaryIO, int]:
        """Return the body, or an empty one and with which status to refuse the request."""
        if not self.slots.acquire(blocking=False):
            return BytesIO(), 503
        try:
            if not self.clients.acquire(blocking=False):
                return BytesIO(), 503
            body = Arrival(source, length, self.clients.release).wait(self.patience)
        finally:
            self.slots.release()
        return (body, 0) if body else (BytesIO(), 408)
