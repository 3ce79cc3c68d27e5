"""The database as one file, of one moment, while the site goes on writing; and back again."""

import os
import re
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from django.db import connection, transaction

from .models import ContentVersion

Ask = Callable[[str], list[tuple]]

VERSION_TABLE = ContentVersion._meta.db_table
RESTRICTED = re.compile(r"^\\restrict (\w+)$", re.MULTILINE)


class DumpError(Exception):
    """The database cannot be saved or brought back; the sentence says why."""


class SQLiteDump:
    """A copy made by SQLite itself: copying the file loses what is still in its log."""

    engine, member = "sqlite", "database.sqlite3"

    @contextmanager
    def saved(self, path: Path) -> Iterator[Ask]:
        """Save the database at `path`; yield a function that asks the copy."""
        connection.ensure_connection()
        with closing(sqlite3.connect(path)) as copy:
            connection.connection.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            yield lambda question: copy.execute(question).fetchall()

    def check(self, path: Path) -> None:
        try:
            with closing(sqlite3.connect(path)) as copy:
                found = copy.execute("PRAGMA integrity_check").fetchone()[0]
        except sqlite3.DatabaseError as error:
            found = error
        if found != "ok":
            raise DumpError(f"its database is damaged: {found}")

    def load(self, path: Path, renumber: bool) -> None:
        """Write the copy over the site's database, in one transaction of SQLite.

        Whoever has the database open goes on with what is new: a file put in its place would leave
        them with the old one, and its log beside the new one.
        """
        connection.close()
        site = Path(connection.settings_dict["NAME"])
        try:
            with closing(sqlite3.connect(path)) as copy:
                if renumber:
                    number = f"max({int(time.time())}, number + 1)"
                    copy.execute(f"UPDATE {VERSION_TABLE} SET number = {number}")  # noqa: S608
                    copy.commit()
                move_away_unless_readable(site)
                with closing(sqlite3.connect(site, timeout=30)) as target:
                    copy.backup(target)
        except sqlite3.Error as error:
            raise DumpError(f"the database cannot be written: {error}") from error


def move_away_unless_readable(path: Path) -> None:
    """Make room when the file at `path` is no database any more; keep it, and its log, beside."""
    try:
        with closing(sqlite3.connect(path)) as site:
            site.execute("PRAGMA schema_version")
    except sqlite3.DatabaseError:
        damaged = path.with_name(f"{path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}")
        path.rename(damaged)
        # Running processes know their log by the file it is in: deleted, its number is taken again.
        for end in ("-wal", "-shm"):
            with suppress(FileNotFoundError):
                Path(f"{path}{end}").rename(f"{damaged}{end}")


class PostgreSQLDump:
    """What `pg_dump` writes, as statements that any client can run."""

    engine, member = "postgresql", "database.sql"

    @contextmanager
    def saved(self, path: Path) -> Iterator[Ask]:
        """Save the database at `path`; yield a function that asks the same moment of it."""
        if not shutil.which("pg_dump"):
            raise DumpError("pg_dump is not installed: get the client programs of PostgreSQL")
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            self.run_pg_dump(path, snapshot=cursor.fetchone()[0])

            def ask(question: str) -> list[tuple]:
                cursor.execute(question)
                return cursor.fetchall()

            yield ask

    def run_pg_dump(self, path: Path, snapshot: str) -> None:
        client = connection.client
        (_, *where), secrets = client.settings_to_cmd_args_env(connection.settings_dict, [])
        how = ["--inserts", "--rows-per-insert=200", "--no-owner", "--no-privileges"]
        how += [f"--snapshot={snapshot}", f"--file={path}", "--encoding=UTF8"]
        how += [f"--table={name}" for name in our_tables()]
        done = subprocess.run(  # noqa: S603 (our own settings)
            ["pg_dump", *how, *where],  # noqa: S607
            env=os.environ | (secrets or {}),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise DumpError(f"pg_dump failed: {done.stderr.strip()}")

    def check(self, path: Path) -> None:
        """Nothing to see from outside: it is loaded in one transaction, whole or not at all."""

    def load(self, path: Path, renumber: bool) -> None:
        statements = path.read_text()
        if marked := RESTRICTED.search(statements[:1000]):
            # For psql, which is not asked here.
            for word in ("restrict", "unrestrict"):
                statements = statements.replace(f"\\{word} {marked[1]}\n", "")
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '30s'")
                for name in our_tables():
                    cursor.execute(f"DROP TABLE {connection.ops.quote_name(name)} CASCADE")
                cursor.execute(statements)
                cursor.execute("SET search_path TO DEFAULT")
                if renumber:
                    number = f"greatest({int(time.time())}, number + 1)"
                    cursor.execute(f"UPDATE {VERSION_TABLE} SET number = {number}")  # noqa: S608
        finally:
            # The statements also set up the connection for themselves.
            connection.close()


def our_tables() -> list[str]:
    """Return the tables of the site that exist: others in the same database are not touched."""
    names = {*connection.introspection.django_table_names(), "django_migrations"}
    with connection.cursor() as cursor:
        return sorted(names & set(connection.introspection.table_names(cursor)))


def dump_of_this_site() -> SQLiteDump | PostgreSQLDump:
    return SQLiteDump() if connection.vendor == "sqlite" else PostgreSQLDump()
