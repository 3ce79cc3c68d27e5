"""The real server in a process of its own, as a reader's browser meets it."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dj_database_url
import psycopg
import pytest
import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 240


def chromium() -> str:
    """Return the browser's path; without one, browser tests are skipped here and fail in CI."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("Chromium is not installed.")
    return path


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """Run a Redis that keeps nothing, yield its address; without one, skip here, fail in CI."""
    program = shutil.which("redis-server")
    if program is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("Redis is not installed.")
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            url = f"redis://127.0.0.1:{port}/0"
            redis.Redis.from_url(url, retry=Retry(ConstantBackoff(0.1), 100)).ping()
            yield url
        finally:
            process.terminate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class SiteServer:
    """`python -m backpain_site.start` on a free port, with an admin account.

    On PostgreSQL it gets a database of its own, dropped at the end, or that of the server it runs
    `beside`.
    """

    username, password = "editor", secrets.token_urlsafe(15)

    def __init__(self, data_dir: Path, beside: "SiteServer | None" = None, **environment: str):
        self.port = free_port()
        self.beside = beside
        self.url = f"http://127.0.0.1:{self.port}"
        self.data_dir = data_dir
        self.database = self.database_url = ""
        self.environment = environment

    def __enter__(self) -> "SiteServer":
        self.database_url = self.beside.database_url if self.beside else self.create_database()
        self.log = (self.data_dir / f"server-{self.port}.log").open("a+")
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "backpain_site.start"],
            cwd=ROOT,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            env=self.surroundings(),
            start_new_session=True,
        )
        self.wait_until_it_serves()

    def stop(self):
        """End it; RuntimeError when it, or a process of it, ended by itself before."""
        ended_before = self.process.poll() is not None
        self.process.terminate()
        self.process.wait(timeout=30)
        if ended_before or "Unexpected exit from worker" in self.read_log():
            raise RuntimeError(f"It ended by itself:\n{self.read_log()}")

    def kill(self):
        """End it as a power cut would, with all its processes."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def surroundings(self) -> dict[str, str]:
        """Return the environment of the server, for other processes on its data too."""
        return (
            os.environ
            | {
                "DATA_DIR": str(self.data_dir),
                "DATABASE_URL": self.database_url,
                "PORT": str(self.port),
                "DEBUG": "0",
                "PYTHONFAULTHANDLER": "1",
                "SEARCH_RATE_LIMIT": "0",
                "TRUSTED_PROXIES": "1",
                "DJANGO_SUPERUSER_USERNAME": self.username,
                "DJANGO_SUPERUSER_PASSWORD": self.password,
            }
            | self.environment
        )

    def __exit__(self, *exception):
        try:
            self.stop()
        finally:
            self.log.close()
            self.drop_database()

    def drop_database(self):
        if self.database:
            with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
                connection.execute(f"DROP DATABASE {self.database} WITH (FORCE)")

    def create_database(self) -> str:
        """Return the DATABASE_URL for the server: PostgreSQL when the tests run on it."""
        url = os.environ.get("DATABASE_URL", "")
        if not url or dj_database_url.parse(url)["ENGINE"] != "django.db.backends.postgresql":
            return ""
        self.database = f"site_{secrets.token_hex(6)}"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {self.database}")
        start, _, _ = url.rpartition("/")
        return f"{start}/{self.database}"

    def wait_until_it_serves(self):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=5):
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                self.fail_if_it_ends_within(0.1)
        raise TimeoutError(f"No answer within {PATIENCE_SECONDS} s:\n{self.read_log()}")

    def wait_for_log(self, text: str) -> None:
        """Wait until `text` is written: a request is answered first, and logged then."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while text not in self.read_log():
            if time.monotonic() > deadline:
                raise TimeoutError(f"Not in the log: {text}\n{self.read_log()}")
            self.fail_if_it_ends_within(0.1)

    def fail_if_it_ends_within(self, seconds: float):
        try:
            self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return
        raise RuntimeError(f"The server stopped:\n{self.read_log()}")

    def read_log(self) -> str:
        self.log.flush()
        return Path(self.log.name).read_text()
