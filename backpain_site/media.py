"""Uploads in a folder of this machine: a name there stands for a whole file, come what may."""

import os

from django.core.files.storage import FileSystemStorage

# What was being written when the machine stopped; nothing refers to it.
UNFINISHED = ".part"


class MediaFolder(FileSystemStorage):
    def _save(self, name, content):
        """Write beside the place, wait for the disk, then move into place in one step."""
        name = os.fspath(name)
        part = name + UNFINISHED
        try:
            part = super()._save(part, content)
            sync(self.path(part))
            os.replace(self.path(part), self.path(name))
        except OSError:
            self.delete(part)
            raise
        sync(os.path.dirname(self.path(name)))
        return name


def sync(path: str) -> None:
    """Wait until the file or folder at `path` is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
