"""SQLite that notices when its file is moved or may not be written, and when all is well again.

Django's own goes on with the moved file while connections last, and makes an empty one in its
place for the next: readers would find a site without content. And a connection that was opened
while the file could only be read never writes.

Nor may SQLite meet another file beside the log of the one that was moved: it would take the log for
the other file's, write what is only in there to the wrong place, and give up the locks that tell
the next process to leave the log alone. That process cuts it, and this one dies of a bus error.
"""

import os
from pathlib import Path

from django.db.backends.sqlite3 import base

Identity = tuple[int, int] | None


class DatabaseWrapper(base.DatabaseWrapper):
    # What this process had open by its path: that file, and the one that held the index of its log.
    # What is in here it does not make anew.
    opened: dict[str, tuple[Identity, Identity]] = {}
    file: tuple[Identity, bool] | None = None

    def get_new_connection(self, conn_params):
        path = str(conn_params["database"])
        if path in self.opened:
            self.check_whose_log_it_is(path)
            conn_params = conn_params | {"database": f"{Path(path).resolve().as_uri()}?mode=rw"}
        made = []

        def make(*args, **kwargs):
            made.append(base.Database.Connection(*args, **kwargs))
            return made[0]

        try:
            connection = super().get_new_connection(conn_params | {"factory": make})
        except base.Database.Error:
            # It would stay half open until Python collects what refers to itself.
            for half_open in made:
                half_open.close()
            raise
        self.file = file_at(path)
        if self.file[0]:
            self.opened[path] = self.file[0], log_of(path)
        return connection

    def check_whose_log_it_is(self, path: str) -> None:
        """Raise OperationalError when the log at `path` is that of a file which was there before.

        Whoever moves both away, as `make restore` does, may put another file there.
        """
        file, log = self.opened[path]
        if log and log == log_of(path) and file != identity(path):
            raise base.Database.OperationalError(
                f"{path} was replaced and the log of what it was is still beside it: "
                "put that back, or use `make restore`."
            )

    def is_usable(self):
        return self.file == file_at(str(self.settings_dict["NAME"]))


def identity(path: str) -> Identity:
    """Return which file is at `path`, None when there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def log_of(path: str) -> Identity:
    """Return which file holds the index of the log of the database at `path`, None without."""
    return identity(f"{os.path.realpath(path)}-shm")


def file_at(path: str) -> tuple[Identity, bool]:
    """Return which file is at `path`, and whether it may be written."""
    return identity(path), os.access(path, os.W_OK)
