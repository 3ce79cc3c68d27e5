"""The file in which the processes of one machine count together."""

import os
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from backpain_site import shared_cache
from backpain_site.shared_cache import MachineCache


@pytest.fixture
def place(tmp_path):
    return str(tmp_path / "cache.sqlite3")


@pytest.fixture
def now(monkeypatch):
    """A clock that the test moves."""

    class Clock:
        seconds = 1_000.0

        def time(self):
            return self.seconds

    clock = Clock()
    monkeypatch.setattr(shared_cache, "time", clock)
    monkeypatch.setattr("django.core.cache.backends.base.time", clock)
    return clock


def test_processes_count_together(place):
    one, other = MachineCache(place, {}), MachineCache(place, {})
    assert one.add("searches", 0, timeout=60)
    assert not other.add("searches", 5, timeout=60)
    with ThreadPoolExecutor(8) as threads:
        list(
            threads.map(lambda cache: [cache.incr("searches") for _ in range(25)], [one, other] * 4)
        )
    assert one.get("searches") == other.get("searches") == 200


def test_a_minute_ends_however_often_it_was_counted(place, now):
    cache = MachineCache(place, {})
    cache.add("searches", 0, timeout=60)
    now.seconds += 59
    assert cache.incr("searches") == 1
    now.seconds += 2
    with pytest.raises(ValueError, match="searches"):
        cache.incr("searches")
    assert cache.add("searches", 0, timeout=60)


def test_values_come_back_as_they_were(place):
    cache = MachineCache(place, {})
    for value in [b"rows\r\n", "Zeilen", {"a": [1]}, None, True, 3]:
        cache.set("import", value)
        assert cache.get("import", "nothing") == value
        assert type(cache.get("import")) is type(value)
    assert cache.delete("import")
    assert not cache.delete("import")
    assert cache.get("import", "nothing") == "nothing"
    cache.set("forever", 1, timeout=None)
    cache.clear()
    assert cache.get("forever") is None


def test_what_ended_is_swept_out(place, now):
    cache = MachineCache(place, {})
    for number in range(9):
        cache.set(f"count-{number}", number, timeout=60)
    now.seconds += 61
    cache.set("last", 1)
    with closing(sqlite3.connect(place)) as database:
        assert database.execute("SELECT count(*) FROM entry").fetchone() == (1,)


def test_nobody_else_on_the_machine_reads_it(place):
    cache = MachineCache(place, {})
    cache.set("import", "rows")
    for end in ("", "-wal", "-shm"):
        assert stat.S_IMODE(os.stat(place + end).st_mode) == 0o600


@pytest.mark.parametrize("damage", [b"no database at all" * 400, b""])
def test_a_damaged_file_is_made_anew(place, damage):
    MachineCache(place, {}).set("searches", 5)
    with open(place, "r+b") as file:
        file.write(damage * 2)
        file.truncate(len(damage) * 2)
    for end in ("-wal", "-shm"):
        os.remove(place + end)
    cache = MachineCache(place, {})
    cache.set("searches", 1)
    cache.set("searches", 2)
    assert MachineCache(place, {}).get("searches") == 2


def test_a_disk_that_refuses_costs_no_count(tmp_path):
    cache = MachineCache(str(tmp_path / "missing" / "cache.sqlite3"), {})
    cache.add("searches", 0)
    assert [cache.incr("searches"), cache.incr("searches")] == [1, 2]
