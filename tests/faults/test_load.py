"""Many at once: nobody meets an error, and what an editor was told is saved is there."""

import sqlite3
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest

from .traffic import Traffic, Writer, forms_of, reading, short_and_long

EDITORS, READERS = 8, 16


@pytest.mark.parametrize(
    ("seconds", "pause_to_read", "pause_to_write"),
    [
        (3, 0, 0),
        pytest.param(30, 0, 0, marks=pytest.mark.long, id="without a pause"),
        # Still many times as busy as people are.
        pytest.param(30, 0.5, 3, marks=pytest.mark.long, id="with pauses"),
    ],
)
def test_editors_and_readers_at_once(server, seconds, pause_to_read, pause_to_write):
    writers = [Writer(server, form) for form in forms_of(server, EDITORS)]
    traffic = Traffic()
    traffic.add("read", reading(server), READERS, pause_to_read)
    for writer in writers:
        traffic.add("save", writer.save, pause=pause_to_write)
    with traffic:
        traffic.over.wait(seconds)
    traffic.report(f"editors and readers, pauses of {pause_to_write} and {pause_to_read} s")
    assert set(traffic.answers("read")) == set(traffic.answers("save")) == {200}
    assert all(writer.taken for writer in writers)
    assert all(writer.is_kept() for writer in writers)


@contextmanager
def lock_held(server):
    """Keep every writer of the database waiting."""
    if server.database_url:
        with psycopg.connect(server.database_url) as database:
            database.execute("LOCK TABLE backpain_site_draft IN SHARE ROW EXCLUSIVE MODE")
            yield
            database.rollback()
    else:
        database = sqlite3.connect(Path(server.data_dir, "site.sqlite3"), isolation_level=None)
        database.execute("BEGIN IMMEDIATE")
        yield
        database.execute("ROLLBACK")
        database.close()


@short_and_long("seconds", 2, 6)
def test_a_lock_of_somebody_else_makes_savers_wait_and_no_reader(server, seconds):
    writers = [Writer(server, form) for form in forms_of(server, EDITORS)]
    traffic, saving = Traffic(), Traffic()
    traffic.add("read while locked", reading(server), 4)
    for writer in writers:
        saving.add("save", writer.save)
    with ExitStack() as until_saved:
        with lock_held(server):
            until_saved.enter_context(saving)
            with traffic:
                traffic.over.wait(seconds)
            # They wait; none of them was told that it is saved.
            assert not any(writer.taken for writer in writers)
    traffic.report("lock held")
    saving.report("lock held")
    assert set(traffic.answers("read while locked")) == {200}
    assert set(saving.answers("save")) == {200}
    assert all(writer.is_kept() for writer in writers)
