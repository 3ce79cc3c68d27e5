"""The server is killed while editors save and upload: what they were told is kept is there."""

import time
from pathlib import Path

from PIL import Image

from backpain_site.images import files

from ..editor import Editor
from ..server import SiteServer
from .traffic import Photographer, Traffic, Writer, ask, children, forms_of, short_and_long

EDITORS = 4


@short_and_long("times", 2, 20)
def test_nothing_acknowledged_is_lost(server, times):
    writers = [Writer(server, form) for form in forms_of(server, EDITORS)]
    photographers = [Photographer(server) for _ in range(2)]
    back = []
    for number in range(times):
        traffic = Traffic()
        for writer in writers:
            traffic.add("save", writer.save)
        for photographer in photographers:
            traffic.add("upload", photographer.upload)
        with traffic:
            while {met.what for met in traffic.met} != {"save", "upload"}:
                traffic.over.wait(0.05)
            # Another moment of their work each time.
            traffic.over.wait(number % 5 * 0.1)
            server.kill()
        start = time.monotonic()
        server.start()
        back.append(time.monotonic() - start)
        assert all(writer.is_kept() for writer in writers)
        check_database(server)
        check_pictures(server, [name for each in photographers for name in each.kept])
    saved = sum(writer.taken for writer in writers)
    uploaded = sum(len(photographer.kept) for photographer in photographers)
    print(f"killed {times} times: {saved} saves, {uploaded} pictures, back in {max(back):.1f} s")


def check_database(server: SiteServer) -> None:
    if not server.database_url:
        assert ask(server, "PRAGMA integrity_check") == [("ok",)]
        assert ask(server, "PRAGMA foreign_key_check") == []


def check_pictures(server: SiteServer, kept: list[str]) -> None:
    """Every picture of the library is whole, and every one that was acknowledged is in it."""
    named = {name for (name,) in ask(server, "SELECT image FROM articles_picture")}
    assert set(kept) <= named
    assert all(is_whole(server.data_dir / "media" / file) for name in named for file in files(name))


def is_whole(path: Path) -> bool:
    with Image.open(path) as image:
        image.load()
    return True


def is_alive(pid: str) -> bool:
    """Whether the process runs; one that only waits to be counted has no command any more."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_no_process_stays_when_the_first_is_killed(server):
    """It would keep the port, and the site could not be started again."""
    others = children(server)
    server.process.kill()
    server.process.wait()
    deadline = time.monotonic() + 10
    while any(map(is_alive, others)) and time.monotonic() < deadline:
        pass
    assert not any(map(is_alive, others))
    server.start()
    assert "Behind the knee" in Editor(server).get("/points/bl40/")
