"""SQLite that notices when its file is moved or may not be written, and when all is well again.

Django's own goes on with the moved file while connections last, and makes an empty one in its
place for the next: readers would find a site without content. And a connection that was opened
while the file could only be read never writes.
"""

import os
from pathlib import Path

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    # What this process had open once it does not make anew.
    opened: set[str] = set()
    file: tuple[int, int, bool] | None = None

    def get_new_connection(self, conn_params):
        path = conn_params["database"]
        if path in self.opened:
            conn_params = conn_params | {"database": f"{Path(path).resolve().as_uri()}?mode=rw"}
        connection = super().get_new_connection(conn_params)
        self.file = file_at(path)
        if self.file:
            self.opened.add(path)
        return connection

    def is_usable(self):
        return self.file == file_at(str(self.settings_dict["NAME"]))


def file_at(path: str) -> tuple[int, int, bool] | None:
    """Return which file is at `path` and whether it may be written, None when there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino, os.access(path, os.W_OK)
