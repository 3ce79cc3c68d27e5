"""The audit stops a change for a known weakness, and for nothing else."""

import re
import shutil
import tomllib

import pytest

from tests import audit
from tests.server import ROOT

DECISIONS = (ROOT / "docs/decisions.md").read_text()

SOUND = {"name": "sound", "version": "1.0", "vulns": []}
UNKNOWN = {"name": "unknown", "skip_reason": "not found"}
WEAK = {
    "name": "weak",
    "version": "2.0",
    "vulns": [{"id": "CVE-2026-1", "fix_versions": ["2.1"]}],
}


@pytest.mark.parametrize(
    ("packages", "status", "said"),
    [
        ([SOUND, UNKNOWN], 0, "1 of 2 packages asked for, 0 weak."),
        ([SOUND, WEAK], 1, "weak 2.0: CVE-2026-1, mended in 2.1"),
    ],
)
def test_a_known_weakness_ends_it_with_a_failure(monkeypatch, capsys, packages, status, said):
    monkeypatch.setattr(audit, "ask", lambda: packages)
    with pytest.raises(SystemExit) as ended:
        audit.main()
    assert ended.value.code == status
    assert said in capsys.readouterr().out


@pytest.mark.parametrize("packages", [[], [UNKNOWN]])
def test_nobody_to_ask_is_said_and_fails_nothing(monkeypatch, capsys, packages):
    monkeypatch.setattr(audit, "ask", lambda: packages)
    audit.main()
    assert "No audit" in capsys.readouterr().out


def test_without_network_nobody_is_asked(monkeypatch):
    """pip-audit ends without an answer."""
    monkeypatch.setattr(audit.sys, "executable", shutil.which("false"))
    assert audit.ask() == []


def test_every_package_we_name_is_explained():
    """With its licence, in docs/decisions.md."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = project["project"]["optional-dependencies"].values()
    named = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    for requirement in [*named, *(one for extra in extras for one in extra)]:
        name = re.split(r"[\[<>=]", requirement)[0]
        rows = [line for line in DECISIONS.splitlines() if line.startswith("|")]
        assert [row for row in rows if re.search(rf"\b{name}\b", row.split("|")[1])], name
