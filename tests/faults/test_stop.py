"""Stopped, started and migrated while readers read: no request is cut, none fails."""

import signal
import subprocess
import sys
import time

from ..server import ROOT
from .traffic import Traffic, Writer, children, forms_of, reading, short_and_long

READERS = 8
# A server that is not there refuses; one that is there answers.
WHOLE = {200, "ConnectionRefusedError"}


@short_and_long("times", 1, 5)
def test_who_is_answered_is_answered_to_the_end(server, times):
    """A save that was on its way is there after the restart."""
    writer = Writer(server, forms_of(server, 1)[0])
    for _ in range(times):
        traffic = Traffic()
        traffic.add("read", reading(server), READERS)
        traffic.add("save", writer.save)
        with traffic:
            traffic.over.wait(1)
            start = time.monotonic()
            server.stop()
            stopped = time.monotonic()
            server.start()
            print(f"stopped in {stopped - start:.1f} s, back {time.monotonic() - stopped:.1f} s")
        traffic.report("restart")
        assert set(traffic.answers("read")) == WHOLE
        assert set(traffic.answers("save")) <= {200, "URLError"}
        assert writer.is_kept()


def test_a_new_process_takes_over_without_a_gap(server):
    """At SIGHUP."""
    traffic = Traffic()
    traffic.add("read", reading(server), READERS)
    before = children(server)
    with traffic:
        server.process.send_signal(signal.SIGHUP)
        while before & children(server) or not children(server):
            traffic.over.wait(0.1)
    traffic.report("reload")
    assert set(traffic.answers("read")) == {200}


def test_readers_are_served_during_a_migration(server):
    """Back to an earlier version of an app that nobody reads meanwhile, and forward again."""
    traffic = Traffic()
    traffic.add("read", reading(server), READERS)
    with traffic:
        for arguments in (["axes", "0001"], []):
            subprocess.run(
                [sys.executable, "manage.py", "migrate", *arguments],
                cwd=ROOT,
                env=server.surroundings(),
                check=True,
                capture_output=True,
            )
    traffic.report("migrate")
    assert set(traffic.answers("read")) == {200}
