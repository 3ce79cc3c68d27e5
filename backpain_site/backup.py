"""The database and the uploads in one file, and a site made of it again.

The file is a compressed tar of `media/…`, the database and, last, `manifest.json`: the SHA-256 of
every other member, how many records each table has, which migrations they fit. The SHA-256 of the
file itself stands beside it, in the form of `sha256sum`.
"""

import gzip
import hashlib
import io
import json
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO

from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, models
from django.db.migrations.loader import MigrationLoader

from . import images
from .dumps import Ask, dump_of_this_site, our_tables
from .media import UNFINISHED, sync
from .stamp import announce

FORMAT = "backpoints backup 1"
MANIFEST, MEDIA = "manifest.json", "media/"
CHUNK = 1024 * 1024
# A picture deleted while it was copied is missed once; one that is lost is missed every time.
ATTEMPTS = 3


class BadBackup(Exception):
    """A file that is not restored; the sentence says why."""


def write_backup(folder: Path) -> tuple[Path, dict]:
    """Write a dated file into `folder`; return its path and its manifest.

    Uploads are stored before the row that names them and deleted after it. So the files are copied
    first, which takes long, then the database, then the files that came meanwhile; should one of
    its rows name a file that left meanwhile, the database is copied again.
    """
    now = datetime.now(UTC)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"backpoints-{now:%Y%m%d-%H%M%S}.tar.gz"
    dump = dump_of_this_site()
    with TemporaryDirectory(dir=folder, prefix=".backup-") as work:
        part = Path(work, path.name)
        part.touch(0o600)
        with tarfile.open(part, "w:gz", compresslevel=6) as archive:
            packing = Packing(archive)
            packing.add_uploads()
            for _ in range(ATTEMPTS):
                copy = Path(work, dump.member)
                copy.unlink(missing_ok=True)
                with dump.saved(copy) as ask:
                    records, named = count_records(ask), named_files(ask)
                    migrations = ask("SELECT app, name FROM django_migrations ORDER BY id")
                packing.add_uploads()
                missing = sorted(named - packing.uploads)
                if not missing:
                    break
            packing.add_file(dump.member, copy)
            manifest = {
                "format": FORMAT,
                "made_at": now.isoformat(timespec="seconds"),
                "engine": dump.engine,
                "migrations": [list(row) for row in migrations],
                "records": records,
                "missing": missing,
                "files": dict(packing.files),
            }
            packing.add(MANIFEST, json.dumps(manifest, indent=1).encode())
        sync(part)
        checksum_file(path).write_text(f"{sha256_of(part)}  {path.name}\n")
        os.replace(part, path)
    sync(folder)
    return path, manifest


class Packing:
    """Fills a tar; `files` tells size and SHA-256 of each member, `uploads` whose names are in."""

    def __init__(self, archive: tarfile.TarFile):
        self.archive = archive
        self.files: dict[str, dict] = {}
        self.uploads: set[str] = set()

    def add_uploads(self) -> None:
        """Add the uploads that are not in yet; one that left since it was listed is left out."""
        for name in stored_uploads():
            if name in self.uploads:
                continue
            try:
                with default_storage.open(name) as file:
                    content = file.read()
            except FileNotFoundError:
                continue
            self.add(MEDIA + name, content)
            self.uploads.add(name)

    def add(self, name: str, content: bytes) -> None:
        self.put(name, io.BytesIO(content), len(content), hashlib.sha256(content).hexdigest())

    def add_file(self, name: str, path: Path) -> None:
        with path.open("rb") as file:
            self.put(name, file, path.stat().st_size, sha256_of(path))

    def put(self, name: str, file: IO[bytes], size: int, digest: str) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        self.archive.addfile(member, file)
        self.files[name] = {"size": size, "sha256": digest}


def stored_uploads(folder: str = "") -> Iterator[str]:
    """Yield the names of all uploads in the storage, whatever it is."""
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in names:
        if not name.endswith(UNFINISHED):
            yield str(PurePosixPath(folder, name))
    for name in folders:
        yield from stored_uploads(str(PurePosixPath(folder, name)))


def named_files(ask: Ask) -> set[str]:
    """Return the names of every upload that a record of the database is about."""
    found = set()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.FileField):
                rows = ask(f'SELECT "{field.column}" FROM "{model._meta.db_table}"')  # noqa: S608
                found |= {file for (name,) in rows if name for file in images.files(name)}
    return found


def count_records(ask: Ask) -> dict[str, int]:
    return {name: ask(f'SELECT count(*) FROM "{name}"')[0][0] for name in our_tables()}  # noqa: S608


class Backup:
    """A backup at `path`, every byte of which is as it was written; raises BadBackup otherwise."""

    def __init__(self, path: Path):
        self.path = path
        try:
            self.check_the_whole()
            self.manifest = self.read_manifest()
        except (OSError, EOFError, tarfile.TarError, zlib.error, ValueError) as error:
            raise BadBackup(f"{path} is damaged or is no backup: {error}") from error
        self.dump = dump_of_this_site()

    def check_the_whole(self) -> None:
        """Compare the file with the checksum beside it, if that is still there."""
        if not self.path.is_file():
            raise BadBackup(f"{self.path} is not a file")
        beside = checksum_file(self.path)
        if beside.exists() and beside.read_text().split()[:1] != [sha256_of(self.path)]:
            raise BadBackup(f"{self.path} is damaged: {beside.name} says another checksum")

    def members(self) -> Iterator[tuple[str, IO[bytes]]]:
        """Yield name and content of every member, to the last byte of the file.

        Nothing is unpacked by the names in it: only plain files are read, and checked by name.
        """
        with gzip.open(self.path) as unpacked:
            with tarfile.open(fileobj=unpacked, mode="r|") as archive:
                for member in archive:
                    if member.type != tarfile.REGTYPE:
                        raise BadBackup(f"{self.path} holds {member.name}, which is no file")
                    yield member.name, archive.extractfile(member)
            while unpacked.read(CHUNK):
                pass

    def read_manifest(self) -> dict:
        """Return the manifest, once every member was found to be what it says."""
        found: dict[str, dict] = {}
        manifest = None
        for name, file in self.members():
            if manifest is not None or name in found:
                raise BadBackup(f"{self.path} holds {name} where a backup has nothing")
            if name == MANIFEST:
                manifest = json.load(file)
                continue
            check_name(name)
            digest, size = hashlib.sha256(), 0
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
            found[name] = {"size": size, "sha256": digest.hexdigest()}
        if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
            raise BadBackup(f"{self.path} is no backup of this site")
        if manifest.get("files") != found:
            raise BadBackup(f"{self.path} is damaged: its content is not what its list says")
        return manifest

    def check_fit(self) -> None:
        """Raise BadBackup when this site cannot be made of it."""
        engine = self.manifest["engine"]
        if engine != self.dump.engine:
            raise BadBackup(f"{self.path} is of {engine}, this site runs on {self.dump.engine}")
        if self.dump.member not in self.manifest["files"]:
            raise BadBackup(f"{self.path} holds no database")
        known = MigrationLoader(None).disk_migrations
        newer = [name for name in map(tuple, self.manifest["migrations"]) if name not in known]
        if newer:
            raise BadBackup(f"{self.path} is of a newer version: update first ({newer[-1]})")

    @property
    def uploads(self) -> set[str]:
        names = self.manifest["files"]
        return {name.removeprefix(MEDIA) for name in names if name.startswith(MEDIA)}

    def restore(self, scratch: Path) -> None:
        """Make the site what the backup says; what stops on the way leaves the records as before.

        Uploads are added first and removed last, so no record ever names a file that is missing.
        """
        self.check_fit()
        needed = 2 * sum(entry["size"] for entry in self.manifest["files"].values())
        if shutil.disk_usage(scratch).free < needed:
            raise BadBackup(f"the disk is too full: {needed // 1_000_000} MB are needed")
        is_known = not is_empty()
        with TemporaryDirectory(dir=scratch, prefix=".restore-") as work:
            copy = Path(work, self.dump.member)
            self.unpack_database(copy)
            self.dump.check(copy)
            added: list[str] = []
            announce()
            try:
                self.add_uploads(added)
                self.dump.load(copy, renumber=is_known)
            except BaseException:
                for name in added:
                    default_storage.delete(name)
                raise
            announce()
        for name in set(stored_uploads()) - self.uploads:
            default_storage.delete(name)

    def unpack_database(self, path: Path) -> None:
        for name, file in self.members():
            if name == self.dump.member:
                with path.open("wb") as copy:
                    shutil.copyfileobj(file, copy)

    def add_uploads(self, added: list[str]) -> None:
        """Store the uploads that are missing or say something else; note which were missing."""
        for member, file in self.members():
            if not member.startswith(MEDIA):
                continue
            name, content = member.removeprefix(MEDIA), file.read()
            if default_storage.exists(name):
                if says(name, content):
                    continue
                default_storage.delete(name)
            else:
                added.append(name)
            if default_storage.save(name, ContentFile(content)) != name:
                raise BadBackup(f"the storage of uploads does not take the name {name}")


def check_name(name: str) -> None:
    """Raise BadBackup unless a member of this name stays where it belongs."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or str(path) != name:
        raise BadBackup(f"a backup holds no {name!r}")


def says(name: str, content: bytes) -> bool:
    with default_storage.open(name) as file:
        return file.read() == content


def is_empty() -> bool:
    """Whether there is no record and no upload that a restored one would replace."""
    return records_now() == 0 and not any(stored_uploads())


def records_now() -> int | None:
    """Return how many records the site has, None for a database that cannot be read."""

    def ask(question: str) -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchall()

    try:
        return sum(count_records(ask).values())
    except DatabaseError:
        connection.close()
        return None


def checksum_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
