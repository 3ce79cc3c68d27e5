"""`make audit`: which of the pinned packages have a known weakness, as PyPI tells.

Ends with 1 when one has. Without network, or where the index knows no packages, it says so and
ends with 0: a change must not fail for that.
"""

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from .server import ROOT

# Every other list is a part of this one.
PINNED = ROOT / "requirements-dev.txt"
PATIENCE_SECONDS = 180


def main() -> None:
    packages = ask()
    known = [package for package in packages if "skip_reason" not in package]
    if not known:
        print("No audit: nobody who knows of weaknesses could be asked.")
        return
    weak = [package for package in known if package["vulns"]]
    for package in weak:
        for weakness in package["vulns"]:
            mended = ", ".join(weakness["fix_versions"]) or "none yet"
            print(f"{package['name']} {package['version']}: {weakness['id']}, mended in {mended}")
    print(f"{len(known)} of {len(packages)} packages asked for, {len(weak)} weak.")
    sys.exit(bool(weak))


def ask() -> list[dict]:
    """Return what pip-audit says of each package, nothing when it found nobody to ask."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", PINNED, "--disable-pip"]
    command += ["--require-hashes", "--progress-spinner=off", "--timeout=15", "--format=json"]
    with TemporaryDirectory() as folder:
        answer = Path(folder, "answer.json")
        try:
            subprocess.run(
                [*command, f"--output={answer}"],
                timeout=PATIENCE_SECONDS,
                capture_output=True,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return []
        return json.loads(answer.read_text())["dependencies"] if answer.exists() else []


if __name__ == "__main__":
    main()
