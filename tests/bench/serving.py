"""Requests a second beside nginx, which sends the same bytes from a file.

Both answer on this machine, in turns, so that what else runs here meets both. Needs wrk and nginx.
"""

import os
import re
import shutil
import socket
import statistics
import subprocess
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from ..server import SiteServer, free_port, redis_server

PAGES = {"guide": "/", "point": "/points/bl40/", "symptom": "/symptoms/sciatica/"}
ROUNDS = 5
SECONDS = 3
CONNECTIONS = 8
SLOW_CLIENTS = 40
TICKS = os.sysconf("SC_CLK_TCK")


def measure_serving():
    """Print requests a second, milliseconds and CPU for pages in memory and files of nginx."""
    missing = [name for name in ("wrk", "nginx") if not shutil.which(name)]
    if missing:
        print(f"No comparison with nginx: {' and '.join(missing)} not installed.\n")
        return
    with TemporaryDirectory() as folder:
        data, files = Path(folder, "data"), Path(folder, "files")
        data.mkdir()
        with SiteServer(data, DATABASE_URL="") as site:
            bodies = {name: fetch(site.url + path) for name, path in PAGES.items()}
            with nginx(files, bodies) as (address, nginx_pid):
                print(
                    f"{'page':10}{'bytes':>8}{'':8}{'req/s':>9}{'p50 ms':>8}{'p99 ms':>8}", end=""
                )
                print(f"{'CPU us':>8}{'of nginx':>10}")
                for name, path in PAGES.items():
                    theirs, ours = [], []
                    for _ in range(ROUNDS):
                        theirs.append(load(f"{address}/{name}", nginx_pid))
                        ours.append(load(site.url + path, site.process.pid))
                    show(name, len(bodies[name]), "nginx", theirs)
                    show("", "", "site", ours, theirs)
                measure_slow_clients(site)
            print(f"memory of the server's processes: {memory(site.process.pid)} MiB (PSS)")
        measure_two_machines(Path(folder))


def measure_slow_clients(site: SiteServer):
    """Print what readers wait while others send half a request and then nothing."""
    alone, beside = [], []
    for _ in range(ROUNDS):
        alone.append(load(site.url + "/", site.process.pid))
        with half_open(site.port, SLOW_CLIENTS):
            beside.append(load(site.url + "/", site.process.pid))
    show("guide", "", "alone", alone)
    show("", "", f"+{SLOW_CLIENTS}", beside, alone)


@contextmanager
def half_open(port: int, number: int):
    """Hold `number` connections whose requests never end."""
    with ExitStack() as stack:
        for _ in range(number):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            client.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        yield


def measure_two_machines(folder: Path):
    """Print the same for a server that shares PostgreSQL and Redis with another one."""
    if not (os.environ.get("DATABASE_URL") and shutil.which("redis-server")):
        print("Nothing of several machines: no DATABASE_URL of a PostgreSQL, or no Redis.\n")
        return
    with (
        redis_server(folder) as cache_url,
        SiteServer(folder, CACHE_URL=cache_url) as one,
        SiteServer(folder, beside=one, CACHE_URL=cache_url),
    ):
        path = PAGES["guide"]
        files = folder / "shared"
        with nginx(files, {"guide": fetch(one.url + path)}) as (address, nginx_pid):
            theirs, ours = [], []
            for _ in range(ROUNDS):
                theirs.append(load(f"{address}/guide", nginx_pid))
                ours.append(load(one.url + path, one.process.pid))
            show("shared", "", "nginx", theirs)
            show("", "", "site", ours, theirs)
    print()


def fetch(url: str) -> bytes:
    request = urllib.request.Request(url, headers={"Accept-Encoding": "br"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read()


@contextmanager
def nginx(folder: Path, bodies: dict[str, bytes]):
    """Serve `bodies` as files, already compressed; yield the address and the process."""
    folder.mkdir()
    # Workers give up root, and must still reach the files.
    for part in (folder, *folder.parents[:1]):
        part.chmod(0o755)
    for name, body in bodies.items():
        folder.joinpath(name).write_bytes(body)
    port = free_port()
    settings = folder / "nginx.conf"
    settings.write_text(
        f"""
        worker_processes auto; daemon off; pid {folder}/pid; error_log {folder}/errors;
        events {{ worker_connections 1024; }}
        http {{
          access_log off; sendfile on; default_type text/html; open_file_cache max=100;
          server {{ listen 127.0.0.1:{port}; root {folder}; add_header Content-Encoding br; }}
        }}"""
    )
    with subprocess.Popen(["nginx", "-c", settings], stderr=subprocess.DEVNULL) as process:  # noqa: S607
        address = f"http://127.0.0.1:{port}"
        try:
            wait_for(f"{address}/{next(iter(bodies))}", process)
            yield address, process.pid
        finally:
            process.terminate()


def wait_for(url: str, process: subprocess.Popen):
    while True:
        try:
            return fetch(url)
        except urllib.error.URLError:
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.1)
                raise RuntimeError("nginx stopped") from None


def load(url: str, pid: int) -> dict[str, float]:
    """Return what wrk says of `url`, and the microseconds of CPU a request took `pid`."""
    spent = cpu_seconds(pid)
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}", "--latency"]
    said = subprocess.run(
        [*command, "-H", "Accept-Encoding: br", url], capture_output=True, text=True, check=True
    ).stdout
    if "Non-2xx" in said:
        raise RuntimeError(said)
    requests = int(re.search(r"(\d+) requests in", said)[1])
    return {
        "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]),
        "p50": milliseconds(re.search(r"^\s+50%\s+(\S+)", said, re.MULTILINE)[1]),
        "p99": milliseconds(re.search(r"^\s+99%\s+(\S+)", said, re.MULTILINE)[1]),
        "cpu": (cpu_seconds(pid) - spent) / requests * 1e6,
    }


def milliseconds(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def family(pid: int) -> list[int]:
    """Return `pid` and its children."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in task.joinpath("children").read_text().split():
            found += family(int(child))
    return found


def cpu_seconds(pid: int) -> float:
    ticks = 0
    for each in family(pid):
        fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS


def memory(pid: int) -> str:
    sizes = []
    for each in family(pid):
        said = Path(f"/proc/{each}/smaps_rollup").read_text()
        sizes.append(int(re.search(r"^Pss:\s+(\d+)", said, re.MULTILINE)[1]) / 1024)
    return " + ".join(f"{size:.0f}" for size in sizes)


def show(page: str, size: int | str, who: str, rounds: list[dict], beside: list[dict] = ()):
    rate, p50, p99, cpu = (
        statistics.median(each[key] for each in rounds) for key in ("rate", "p50", "p99", "cpu")
    )
    ratio = ""
    if beside:
        ratio = statistics.median(
            ours["rate"] / theirs["rate"] for ours, theirs in zip(rounds, beside, strict=True)
        )
        ratio = f"{ratio:.2f}"
    print(f"{page:10}{size:>8}  {who:6}{rate:9,.0f}{p50:8.2f}{p99:8.2f}{cpu:8.1f}{ratio:>10}")
