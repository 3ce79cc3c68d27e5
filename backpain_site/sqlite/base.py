"""SQLite that notices when its file is moved or may not be written, and when all is well again.

Django's own goes on with the moved file while connections last, and makes an empty one in its
place for the next: readers would find a site without content. And a connection that was opened
while the file could only be read never writes.

SQLite itself must not meet another file while this process has the log beside it open: it would
take the log for the other file's, and in closing it give up the locks that tell the next process
to leave the log alone. That process cuts it, and this one dies of a bus error.
"""

import os
import threading
from pathlib import Path
from weakref import WeakSet

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    # What this process had open once it does not make anew.
    opened: set[str] = set()
    opening = threading.Lock()
    all: WeakSet["DatabaseWrapper"] = WeakSet()
    file: tuple[int, int, bool] | None = None
    log: tuple[int, int, bool] | None = None

    def get_new_connection(self, conn_params):
        path = conn_params["database"]
        if path in self.opened:
            conn_params = conn_params | {"database": f"{Path(path).resolve().as_uri()}?mode=rw"}
        made = []

        def make(*args, **kwargs):
            made.append(base.Database.Connection(*args, **kwargs))
            return made[0]

        with self.opening:
            self.check_whose_log_it_is(path)
            try:
                connection = super().get_new_connection(conn_params | {"factory": make})
            except base.Database.Error:
                # It would stay half open until Python collects what refers to itself.
                for half_open in made:
                    half_open.close()
                raise
            self.file, self.log = file_at(path), log_of(path)
            self.all.add(self)
        if self.file:
            self.opened.add(path)
        return connection

    def check_whose_log_it_is(self, path: str) -> None:
        """Raise OperationalError when this process uses the log at `path` for another file."""
        file, log = file_at(path), log_of(path)
        for other in self.all:
            if other.connection and log and other.log == log and other.file[:2] != (file or ())[:2]:
                raise base.Database.OperationalError(
                    f"{path} was replaced and the log of what it was is still beside it: "
                    "put that back, or use `make restore`."
                )

    def is_usable(self):
        return self.file == file_at(str(self.settings_dict["NAME"]))


def log_of(path: str) -> tuple[int, int, bool] | None:
    """Return which file holds the index of the log beside `path`, None when there is none."""
    return file_at(f"{path}-shm")


def file_at(path: str) -> tuple[int, int, bool] | None:
    """Return which file is at `path` and whether it may be written, None when there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino, os.access(path, os.W_OK)
