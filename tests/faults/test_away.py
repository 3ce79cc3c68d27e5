"""The database goes, or takes nothing more: readers keep their pages, all returns by itself."""

import os
import resource
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import dj_database_url
import psycopg
import pytest

from ..server import SiteServer, free_port
from .traffic import Photographer, Writer, children, forms_of

SEEN = ["/", "/points/bl40/", "/tools/acuball/", "/safety/"]
UNSEEN = ["/points/bl23/", "/search/?q=sciatica", "/yoga/", "/symptoms/?x=1"]
BACK_WITHIN = 8


def fetch(server: SiteServer, path: str) -> tuple[int, str, str]:
    """Return status, page and Retry-After."""
    try:
        with urllib.request.urlopen(server.url + path, timeout=30) as answer:
            return answer.status, answer.read().decode(), ""
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers.get("Retry-After", "")


def wait_for_health(server: SiteServer, status: int) -> float:
    """Return after how many seconds `/healthz` says `status`; fail when it takes too long."""
    start = time.monotonic()
    while fetch(server, "/healthz")[0] != status:
        assert time.monotonic() - start < BACK_WITHIN
    return time.monotonic() - start


def check_readers_are_served(server: SiteServer, seen: dict[str, str]) -> None:
    for path, page in seen.items():
        assert fetch(server, path)[:2] == (200, page)
    for path in UNSEEN:
        status, page, retry_after = fetch(server, path)
        assert status == 200 or (status, retry_after) == (503, "10")
        assert "Traceback" not in page


def pages(server: SiteServer) -> dict[str, str]:
    return {path: fetch(server, path)[1] for path in SEEN}


def send_again(writer: Writer, form: str) -> tuple[int, str]:
    """Save what was typed in a form that was opened before."""
    return writer.editor.send(writer.form, form, summary="Typed with care", _draft="1")


def check_everything_works(server: SiteServer) -> None:
    for path in [*SEEN, *UNSEEN]:
        assert fetch(server, path)[0] == 200
    writer = Writer(server, forms_of(server, 1)[0])
    assert writer.save() == 200
    assert writer.is_kept()
    assert Photographer(server).upload() == 200


@contextmanager
def sqlite_away(server: SiteServer):
    path = server.data_dir / "site.sqlite3"
    elsewhere = server.data_dir / "moved.sqlite3"
    path.rename(elsewhere)
    try:
        yield
        assert not path.exists(), "an empty database was made in its place"
    finally:
        elsewhere.rename(path)


@contextmanager
def sqlite_damaged(server: SiteServer):
    """A file in its place that is no database."""
    path = server.data_dir / "site.sqlite3"
    elsewhere = server.data_dir / "moved.sqlite3"
    path.rename(elsewhere)
    path.write_bytes(os.urandom(4096))
    try:
        yield
    finally:
        elsewhere.rename(path)


@pytest.mark.parametrize("take_away", [sqlite_away, sqlite_damaged])
def test_a_database_file_that_goes_and_comes_back(server, take_away):
    if server.database_url:
        pytest.skip("PostgreSQL keeps no file of ours.")
    seen = pages(server)
    writer = Writer(server, forms_of(server, 1)[0])
    form = writer.editor.get(writer.form)
    with take_away(server):
        wait_for_health(server, 503)
        check_readers_are_served(server, seen)
        status, page = send_again(writer, form)
        assert status == 503
        assert "Nothing was changed" in page
    print(f"{take_away.__name__}: healthy after {wait_for_health(server, 200):.1f} s")
    check_everything_works(server)


@pytest.fixture
def postgresql(tmp_path_factory):
    """A PostgreSQL of its own, to be stopped and started."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    if not found:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("PostgreSQL is not installed.")
    cluster = Cluster(found[-1].parent)
    cluster.run("initdb", "-U", "tester", "--auth=trust", "--encoding=UTF8")
    cluster.start()
    yield cluster
    cluster.stop()
    shutil.rmtree(cluster.folder)


class Cluster:
    def __init__(self, binaries: Path):
        self.binaries = binaries
        self.port = free_port()
        # Short, as the path of a socket may be; owned by who runs it, as root may not.
        self.folder = Path(f"/tmp/backpoints-postgresql-{self.port}")  # noqa: S108
        self.folder.mkdir(mode=0o777)
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        self.url = f"postgres://tester@127.0.0.1:{self.port}/postgres"

    def run(self, program: str, *arguments: str) -> None:
        as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*as_user, self.binaries / program, "-D", self.folder / "data", *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")

    def start(self) -> None:
        how = f"-p {self.port} -c listen_addresses=127.0.0.1 -c fsync=off"
        how += f" -c unix_socket_directories={self.folder}"
        self.run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", how, "start")

    def stop(self) -> None:
        self.run("pg_ctl", "-w", "-m", "immediate", "stop")


@pytest.fixture
def on_postgresql(postgresql, tmp_path):
    with SiteServer(tmp_path, DATABASE_URL=postgresql.url) as server:
        server.database_url = postgresql.url
        yield server


@pytest.mark.long
def test_a_database_server_that_stops_and_starts(on_postgresql, postgresql):
    server = on_postgresql
    seen = pages(server)
    writer = Writer(server, forms_of(server, 1)[0])
    form = writer.editor.get(writer.form)
    postgresql.stop()
    wait_for_health(server, 503)
    check_readers_are_served(server, seen)
    status, page = send_again(writer, form)
    assert status == 503
    assert "Nothing was changed" in page
    postgresql.start()
    print(f"PostgreSQL: healthy after {wait_for_health(server, 200):.1f} s")
    check_everything_works(server)


@contextmanager
def read_only(server: SiteServer):
    """Make the database one that takes no change."""
    if server.database_url:
        name = dj_database_url.parse(server.database_url)["NAME"]
        rule = f"ALTER DATABASE {name} SET default_transaction_read_only"
        with psycopg.connect(server.database_url, autocommit=True) as database:
            database.execute(f"{rule} = on")
            end_others(database)
            try:
                yield
            finally:
                database.execute("SET default_transaction_read_only = off")
                database.execute(f"{rule} = off")
                end_others(database)
    else:
        path = server.data_dir / "site.sqlite3"
        # Root may write to what nobody may write to, but not to what is immutable.
        done = subprocess.run(["chattr", "+i", path], check=False, capture_output=True)  # noqa: S607
        if done.returncode:
            pytest.skip("Only root on a common file system can make a file immutable.")
        try:
            yield
        finally:
            subprocess.run(["chattr", "-i", path], check=True)  # noqa: S607


def end_others(database) -> None:
    database.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )


def test_a_database_that_takes_no_change(server):
    seen = pages(server)
    writer = Writer(server, forms_of(server, 1)[0])
    form = writer.editor.get(writer.form)
    with read_only(server):
        wait_for_health(server, 503)
        check_readers_are_served(server, seen)
        status, page = send_again(writer, form)
        # A file that was opened before may still be written: then it must really be.
        assert status == 503 or not server.database_url
        assert ("Nothing was changed" in page) == (status == 503)
    print(f"read-only: healthy after {wait_for_health(server, 200):.1f} s")
    assert ("Typed with care" in writer.editor.get(writer.form)) == (status == 200)
    check_everything_works(server)


@contextmanager
def disk_full(server: SiteServer):
    """Let no file of the server grow any more."""
    processes = [server.process.pid, *map(int, children(server))]
    usual = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in processes}
    for pid, (_, hard) in usual.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        for pid, limits in usual.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


def test_a_disk_without_room(server):
    """PostgreSQL has a disk of its own: there, uploads are what finds no room."""
    seen = pages(server)
    writer, photographer = Writer(server, forms_of(server, 1)[0]), Photographer(server)
    form = writer.editor.get(writer.form)
    media = server.data_dir / "media"
    with disk_full(server):
        wait_for_health(server, 503)
        check_readers_are_served(server, seen)
        before = sorted(media.rglob("*"))
        status, page = photographer.editor.upload(photographer.picture)
        assert status == 503
        assert "Nothing was changed" in page
        assert sorted(media.rglob("*")) == before
        if not server.database_url:
            status, page = writer.editor.send(
                writer.form, form, summary="Typed with care", _draft="1"
            )
            assert status == 503
            assert "Nothing was changed" in page
    print(f"disk full: healthy after {wait_for_health(server, 200):.1f} s")
    check_everything_works(server)
