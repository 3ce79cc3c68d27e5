"""Whether the site can work: a database that answers and takes changes, a disk with room."""

import errno
import os
import tempfile

from django.conf import settings
from django.db import DatabaseError, Error, InterfaceError, OperationalError, connection

from .models import ContentVersion

# A save and a picture fit into this.
ROOM = 1_000_000
REFUSALS = {
    *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO),
    *(errno.EROFS, errno.EACCES, errno.EPERM),
}
READ_ONLY = "25006"  # PostgreSQL


def trouble() -> str:
    """Return what stops readers or editors, "" while nothing does."""
    try:
        ContentVersion.current()
        if is_read_only():
            return "database read-only"
    except Error:
        return "database unavailable"
    try:
        with tempfile.TemporaryFile(dir=settings.DATA_DIR) as file:
            file.write(bytes(ROOM))
    except OSError:
        return "disk full or read-only"
    return ""


def is_read_only() -> bool:
    if connection.vendor == "sqlite":
        path = connection.settings_dict["NAME"]
        return not (connection.is_in_memory_db() or os.access(path, os.W_OK))
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_read_only")
        return cursor.fetchone()[0] == "on"


def is_outside(error: BaseException | None) -> bool:
    """Whether `error` is the refusal of a database or a disk, which is not for good."""
    if isinstance(error, OSError):
        return error.errno in REFUSALS
    if isinstance(error, OperationalError | InterfaceError):
        return True
    # A file that is damaged or no database, and a database that was made read-only.
    cause = getattr(error, "__cause__", None)
    return type(error) is DatabaseError or getattr(cause, "sqlstate", "") == READ_ONLY
