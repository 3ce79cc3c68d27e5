"""A database file that is replaced under those who have it open."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.db import DatabaseError, OperationalError, connections

from backpain_site.sqlite.base import DatabaseWrapper

pytestmark = pytest.mark.django_db

# Of the file that holds the index of the log, from its format: held by all who use it.
IN_USE = 128
ASK = """
import fcntl, os, struct, sys
lock = struct.pack("hhqqi", fcntl.F_WRLCK, os.SEEK_SET, int(sys.argv[2]), 1, 0)
with open(sys.argv[1], "r+b") as file:
    print(struct.unpack("hhqqi", fcntl.fcntl(file, fcntl.F_GETLK, lock))[0] != fcntl.F_UNLCK)
"""


@pytest.fixture
def path(tmp_path) -> Path:
    path = tmp_path / "site.sqlite3"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE told (word)")
    return path


@pytest.fixture
def connect(path):
    """Return what opens the database as a thread of the site would."""
    opened = []

    def connect() -> DatabaseWrapper:
        options = {"init_command": "PRAGMA journal_mode = WAL"}
        default = connections["default"].settings_dict
        settings = default | {"ENGINE": "backpain_site.sqlite", "NAME": path, "OPTIONS": options}
        opened.append(DatabaseWrapper(settings))
        opened[-1].ensure_connection()
        return opened[-1]

    yield connect
    for wrapper in opened:
        wrapper.close()


def is_known_to_be_in_use(path: Path) -> bool:
    """Whether another process would see that somebody has the log open."""
    command = [sys.executable, "-c", ASK, f"{path}-shm", str(IN_USE)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout == "True\n"


def count(wrapper: DatabaseWrapper) -> int:
    with wrapper.cursor() as cursor:
        return cursor.execute("SELECT count(*) FROM told").fetchone()[0]


@pytest.mark.parametrize("foreign", [b"no database" * 400, None])
def test_the_log_of_one_file_is_not_opened_for_another(path, connect, foreign):
    first = connect()
    assert count(first) == 0
    moved = path.rename(path.with_name("moved.sqlite3"))
    if foreign:
        path.write_bytes(foreign)
    else:
        with closing(sqlite3.connect(f"{path}.other")) as other:
            other.execute("CREATE TABLE told (word)")
        Path(f"{path}.other").rename(path)
    assert not first.is_usable()
    with pytest.raises(OperationalError, match="was replaced"):
        connect()
    moved.rename(path)
    assert is_known_to_be_in_use(path)
    assert first.is_usable()
    assert count(connect()) == count(first) == 0


def test_what_is_only_in_the_log_waits_for_its_file(path, connect):
    """Also when nobody has it open any more, as requests close what is not usable."""
    first = connect()
    with first.cursor() as cursor:
        cursor.execute("INSERT INTO told VALUES ('kept')")
    moved = path.rename(path.with_name("moved.sqlite3"))
    path.write_bytes(b"no database" * 400)
    first.close()
    for _ in range(2):
        with pytest.raises(OperationalError, match="was replaced"):
            connect()
    moved.rename(path)
    assert count(connect()) == 1


def test_a_file_that_comes_with_no_log_is_opened(path, connect):
    """What `make restore` leaves where there was none that can be read."""
    first = connect()
    count(first)
    for end in ("", "-wal", "-shm"):
        Path(f"{path}{end}").rename(f"{path}.damaged{end}")
    with closing(sqlite3.connect(path)) as new:
        new.execute("CREATE TABLE told AS SELECT 'new' AS word")
        new.commit()
    assert not first.is_usable()
    assert count(connect()) == 1


def test_what_could_not_be_opened_is_closed_at_once(path, connect):
    """Else it would give up the locks of a file that is opened before it goes."""
    path.write_bytes(b"no database" * 400)
    with pytest.raises(DatabaseError, match="not a database"):
        connect()
    opened = {file.resolve() for file in Path("/proc/self/fd").iterdir()}
    assert path.resolve() not in opened
