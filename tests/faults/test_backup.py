"""A backup made while editors write is a whole site; anything else is refused untouched."""

import gzip
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from pathlib import Path

import psycopg
import pytest

from backpain_site.backup import Backup, BadBackup

from ..editor import Editor
from ..server import ROOT, SiteServer
from .traffic import Photographer, Traffic, Writer, forms_of

WRITERS = 3
# Enough for several saves and pictures before and during the copy.
SAVES_BEFORE = 2


def manage(environment: dict, *arguments, typed: str = "") -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "manage.py", *map(str, arguments)],
        cwd=ROOT,
        env=environment,
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )


def backed_up(environment: dict, folder: Path) -> Path:
    done = manage(environment, "backup", folder)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.splitlines()[0])


def read(whole: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(whole)) as archive:
        return {member.name: archive.extractfile(member).read() for member in archive}


def rows_of(environment: dict) -> dict[str, list]:
    """Return every row of every table of the site."""
    if environment["DATABASE_URL"]:
        with psycopg.connect(environment["DATABASE_URL"]) as database:
            names = database.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            ).fetchall()
            return {name: sorted_rows(database, name) for (name,) in names}
    with sqlite3.connect(Path(environment["DATA_DIR"], "site.sqlite3")) as database:
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {name: sorted_rows(database, name) for (name,) in names}


def sorted_rows(database, name: str) -> list[str]:
    return sorted(map(repr, database.execute(f'SELECT * FROM "{name}"').fetchall()))  # noqa: S608


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def made(server, tmp_path_factory) -> tuple[Path, list[str]]:
    """A backup made under load, and the pictures from before."""
    writers = [Writer(server, form) for form in forms_of(server, WRITERS)]
    photographer = Photographer(server)
    for _ in range(SAVES_BEFORE):
        assert {writer.save() for writer in writers} == {200}
        assert photographer.upload() == 200
    before = list(photographer.kept)
    traffic = Traffic()
    for writer in writers:
        traffic.add("save", writer.save)
    traffic.add("upload", photographer.upload)
    with traffic:
        path = backed_up(server.surroundings(), tmp_path_factory.mktemp("backups"))
    traffic.report("backup under load")
    assert set(traffic.answers("save")) == set(traffic.answers("upload")) == {200}
    return path, before


@pytest.fixture
def elsewhere(server, tmp_path):
    """The surroundings of a site that does not exist yet."""
    other = SiteServer(tmp_path / "elsewhere")
    other.database_url = other.create_database()
    yield other.surroundings()
    other.drop_database()


def test_a_backup_made_under_load_is_whole(server, made, elsewhere, tmp_path):
    path, pictures = made
    held = read(path.read_bytes())
    manifest = json.loads(held["manifest.json"])
    assert {f"media/{name}" for name in pictures} <= held.keys()
    assert manifest["missing"] == []

    done = manage(elsewhere, "restore", path)
    assert done.returncode == 0, done.stderr
    rows = rows_of(elsewhere)
    counted = {name: len(found) for name, found in rows.items() if name in manifest["records"]}
    assert counted == manifest["records"]
    media = files_in(Path(elsewhere["DATA_DIR"], "media"))
    assert media == {
        name.removeprefix("media/"): content
        for name, content in held.items()
        if name.startswith("media/")
    }


def test_what_is_restored_is_what_was_saved(server, made, elsewhere, tmp_path):
    """To the last record and file, once nobody writes; and again from what was restored."""
    folder = tmp_path / "quiet"
    path = backed_up(server.surroundings(), folder)
    assert manage(elsewhere, "restore", path).returncode == 0
    assert rows_of(elsewhere) == rows_of(server.surroundings())
    assert files_in(Path(elsewhere["DATA_DIR"], "media")) == files_in(server.data_dir / "media")


def test_a_running_site_shows_what_is_restored(server, made, tmp_path):
    """To its editors and readers, without a restart; later uploads are gone."""
    editor = Editor(server)
    tool = editor.address_of("/admin/articles/tool/", "AcuBall")
    path = backed_up(server.surroundings(), tmp_path)
    before = files_in(server.data_dir / "media")
    editor.publish(tool, summary="Written after the backup.")
    assert editor.upload(Photographer(server).picture)[0] == 200
    assert "Written after the backup." in Editor(server).get("/tools/acuball/")

    refused = manage(server.surroundings(), "restore", path, typed="no\n")
    assert "Nothing was changed" in refused.stderr
    assert "It replaces" in refused.stdout
    assert "Written after the backup." in Editor(server).get("/tools/acuball/")

    done = manage(server.surroundings(), "restore", path, typed="yes\n")
    assert done.returncode == 0, done.stderr
    assert "Written after the backup." not in Editor(server).get("/tools/acuball/")
    assert files_in(server.data_dir / "media") == before
    Editor(server).publish(tool, summary="And it is written on.")
    assert "And it is written on." in Editor(server).get("/tools/acuball/")


def flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def packed(held: dict[str, bytes], change=None) -> bytes:
    """Return a backup of these members; `change` does something to each one's header."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in held.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            if change:
                change(member)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def as_link(member: tarfile.TarInfo) -> None:
    if member.name.startswith("media/"):
        member.type, member.linkname, member.size = tarfile.SYMTYPE, "/etc/passwd", 0


def of_another_kind(held: dict[str, bytes]) -> dict[str, bytes]:
    manifest = json.loads(held["manifest.json"]) | {"engine": "oracle"}
    return held | {"manifest.json": json.dumps(manifest).encode()}


def without_database(held: dict[str, bytes]) -> dict[str, bytes]:
    manifest = json.loads(held["manifest.json"])
    name = next(name for name in manifest["files"] if name.startswith("database"))
    del manifest["files"][name]
    kept = {other: content for other, content in held.items() if other != name}
    return kept | {"manifest.json": json.dumps(manifest).encode()}


def of_tomorrow(held: dict[str, bytes]) -> dict[str, bytes]:
    manifest = json.loads(held["manifest.json"])
    manifest["migrations"].append(["points", "9999_of_tomorrow"])
    return held | {"manifest.json": json.dumps(manifest).encode()}


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (flipped, "damaged"),
        (lambda whole: whole[: len(whole) // 2], "damaged"),
        (lambda whole: whole[:-4], "damaged"),
        (lambda whole: b"", "damaged"),
        (lambda whole: gzip.compress(b"something else" * 1000), "damaged or is no backup"),
        (lambda whole: packed({"readme.txt": b"A tar of somebody else."}), "no backup"),
        (lambda whole: packed(read(whole) | {"../../evil": b"x"}), "where a backup has nothing"),
        (lambda whole: packed({"../../evil": b"x"} | read(whole)), "a backup holds no"),
        (lambda whole: packed({"/etc/evil": b"x"} | read(whole)), "a backup holds no"),
        (lambda whole: packed(read(whole), as_link), "which is no file"),
        (lambda whole: packed(of_tomorrow(read(whole))), "of a newer version"),
        (lambda whole: packed(without_database(read(whole))), "holds no database"),
    ],
    ids=[
        *("flipped", "half", "without its end", "empty", "not a tar", "foreign", "more at the end"),
        *("climbing", "absolute", "link", "newer", "no database"),
    ],
)
def test_a_damaged_or_foreign_file_is_refused(made, tmp_path, spoil, sentence):
    """Also without the checksum beside it, which may have stayed where it was."""
    path = tmp_path / "backup.tar.gz"
    path.write_bytes(spoil(made[0].read_bytes()))
    with pytest.raises(BadBackup, match=sentence):
        Backup(path).check_fit()


def test_a_backup_of_another_kind_of_database_is_refused(made, tmp_path):
    path = tmp_path / "backup.tar.gz"
    path.write_bytes(packed(of_another_kind(read(made[0].read_bytes()))))
    with pytest.raises(BadBackup, match="is of oracle, this site runs on"):
        Backup(path).check_fit()


def test_a_refused_file_changes_nothing(made, elsewhere, tmp_path):
    path = tmp_path / made[0].name
    path.write_bytes(flipped(made[0].read_bytes()))
    shutil.copy(f"{made[0]}.sha256", f"{path}.sha256")
    done = manage(elsewhere, "restore", path, "--yes")
    assert done.returncode == 1
    assert "Nothing was changed" in done.stderr
    assert "says another checksum" in done.stderr
    assert not Path(elsewhere["DATA_DIR"], "media").exists()
    assert not Path(elsewhere["DATA_DIR"], "site.sqlite3").exists()


def test_a_database_that_is_none_any_more_makes_room(made, elsewhere):
    if elsewhere["DATABASE_URL"]:
        pytest.skip("PostgreSQL keeps no file of ours.")
    data = Path(elsewhere["DATA_DIR"])
    data.mkdir()
    (data / "site.sqlite3").write_bytes(os.urandom(8192))
    done = manage(elsewhere, "restore", made[0], "--yes")
    assert done.returncode == 0, done.stderr
    assert "a database that cannot be read" in done.stdout
    assert len(list(data.glob("site.sqlite3.damaged-*"))) == 1


def test_old_backups_leave_once_there_are_more_than_wanted(server, tmp_path):
    for day in ("20200101", "20200102"):
        for ending in ("tar.gz", "tar.gz.sha256"):
            (tmp_path / f"backpoints-{day}-000000.{ending}").touch()
    done = manage(server.surroundings(), "backup", tmp_path, "--keep", "2")
    assert done.returncode == 0
    kept = sorted(path.name for path in tmp_path.glob("*.tar.gz"))
    assert kept[0] == "backpoints-20200102-000000.tar.gz"
    assert len(kept) == 2
    assert len(list(tmp_path.iterdir())) == 4
