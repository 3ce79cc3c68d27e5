"""Caches that several processes share: Redis, or a file where all of them are on one machine.

Counts of the last minute, for limits, and tables that editors import are in one that a process
does without when it must, with what it remembers itself. Copies of pages are in another: each
process has its own.
"""

import os
import pickle
import sqlite3
import threading
import time
from contextlib import suppress

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis import RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

FOREVER = float("inf")


def or_alone(name: str):
    """Return the method `name` of a cache that does with the process's own while it must."""

    def method(self, *args, **kwargs):
        try:
            return getattr(super(OrAlone, self), name)(*args, **kwargs)
        except self.away:
            return getattr(self.own, name)(*args, **kwargs)

    return method


class OrAlone:
    """Does with what this process remembers while the cache it is mixed into is `away`."""

    away: type[Exception]
    add, delete, get, incr, set = map(or_alone, ["add", "delete", "get", "incr", "set"])

    def __init__(self, place: str, params: dict):
        super().__init__(place, params)
        self.own = LocMemCache(f"instead of {place}", {"MAX_ENTRIES": 10_000})


class RedisInTime(RedisCache):
    """Redis, or RedisError at once."""

    def __init__(self, server: str, params: dict):
        patience = {"socket_connect_timeout": 0.3, "socket_timeout": 0.3}
        options = patience | {"retry": Retry(NoBackoff(), 0)} | params.get("OPTIONS", {})
        super().__init__(server, params | {"OPTIONS": options})


class FileCache(BaseCache):
    """A small SQLite database at `path`; sqlite3.Error while its disk refuses.

    It may be lost at any time, so nothing waits for the disk, and a damaged one makes room for new.
    """

    def __init__(self, path: str, params: dict):
        super().__init__(params)
        self.path = path
        self.of_thread = threading.local()

    def ask(self, statement: str, **values) -> list[tuple]:
        try:
            if not hasattr(self.of_thread, "database"):
                self.of_thread.database = self.open()
            values["now"] = time.time()
            return self.of_thread.database.execute(statement, values).fetchall()
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:  # It is none, or its parts do not fit together.
            self.throw_away()
            raise

    def throw_away(self):
        if hasattr(self.of_thread, "database"):
            self.of_thread.database.close()
            del self.of_thread.database
        for end in ("", "-wal", "-shm"):
            with suppress(OSError):
                os.remove(self.path + end)

    def open(self) -> sqlite3.Connection:
        with suppress(OSError):  # What is wrong, SQLite says.
            os.close(os.open(self.path, os.O_CREAT, 0o600))
        database = sqlite3.connect(self.path, timeout=0.3, isolation_level=None)
        try:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = OFF")
            database.execute(
                "CREATE TABLE IF NOT EXISTS entry (key TEXT PRIMARY KEY, value, until REAL)"
            )
            database.execute("CREATE INDEX IF NOT EXISTS ending ON entry (until)")
        except sqlite3.Error:
            database.close()
            raise
        return database

    def get(self, key, default=None, version=None):
        found = self.ask(
            "SELECT value FROM entry WHERE key = :key AND until > :now",
            key=self.make_and_validate_key(key, version=version),
        )
        return self.read(found[0][0]) if found else default

    def set(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        self.write(key, value, timeout, version, over_all=True)

    def add(self, key, value, timeout=DEFAULT_TIMEOUT, version=None) -> bool:
        return self.write(key, value, timeout, version, over_all=False)

    def write(self, key, value, timeout, version, over_all: bool) -> bool:
        """Return whether it was written: not over what still holds, unless `over_all`."""
        self.ask("DELETE FROM entry WHERE until <= :now")
        until = self.get_backend_timeout(timeout)
        return bool(
            self.ask(
                "INSERT INTO entry VALUES (:key, :value, :until)"
                " ON CONFLICT (key) DO UPDATE SET value = :value, until = :until"
                " WHERE :over_all OR until <= :now RETURNING TRUE",
                over_all=over_all,
                key=self.make_and_validate_key(key, version=version),
                value=value if type(value) is int else pickle.dumps(value),
                until=FOREVER if until is None else until,
            )
        )

    def incr(self, key, delta=1, version=None) -> int:
        found = self.ask(
            "UPDATE entry SET value = value + :delta WHERE key = :key AND until > :now"
            " RETURNING value",
            key=self.make_and_validate_key(key, version=version),
            delta=delta,
        )
        if not found:
            raise ValueError(f"Key {key!r} not found")
        return found[0][0]

    def delete(self, key, version=None) -> bool:
        key = self.make_and_validate_key(key, version=version)
        return bool(self.ask("DELETE FROM entry WHERE key = :key RETURNING TRUE", key=key))

    def clear(self):
        self.ask("DELETE FROM entry")

    @staticmethod
    def read(value):
        # Only the processes of this site write there.
        return value if isinstance(value, int) else pickle.loads(value)  # noqa: S301


class SharedCache(OrAlone, RedisInTime):
    """Redis, for several machines."""

    away = RedisError


class MachineCache(OrAlone, FileCache):
    """A file, for several processes of one machine."""

    away = sqlite3.Error
