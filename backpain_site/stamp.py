"""A file beside an SQLite database that says "content changed" to every process of the machine.

Asking a file for its size takes a microsecond, asking the database a hundred times as long. The
file holds nothing but its size: a byte is added before and after each change is committed, so a
process that saw the size and then asked the database knows what is current until the size moves.
"""

import itertools
import os
import threading
from contextlib import suppress
from pathlib import Path

from django.db import connection

# `here` says whether this thread changed content; whoever wants to know clears it first.
changed = threading.local()
numbers = itertools.count(1)
# Another number after each change that this process announced.
latest = 0


def stamp_path() -> Path | None:
    """Return the file, or None where the database is no file of this machine."""
    if connection.vendor != "sqlite" or connection.is_in_memory_db():
        return None
    return Path(f"{connection.settings_dict['NAME']}-content")


def announce() -> None:
    """Say that content changes. A disk that refuses makes other processes late, not the save."""
    global latest
    changed.here, latest = True, next(numbers)
    path = stamp_path()
    if path is None:
        return
    with suppress(OSError):
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, b".")
        finally:
            os.close(descriptor)
