"""What a reader on a slow phone waits for, in Chromium with nothing in its cache."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from ..server import SiteServer

PAGES = {
    "guide": "/",
    "point": "/points/bl40/",
    "search": "/search/?q=sore+back+from+driving",
    "routine": "/routine/desk-back/",
}
PHONE = {"width": 360, "height": 640}
SLOWER_CPU = 4
NETWORK = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
# Long tasks count as blocking beyond 50 ms each.
WATCH = """
window.seen = {lcp: 0, cls: 0, blocking: 0};
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) seen.lcp = entry.startTime;
}).observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) seen.cls += entry.value;
}).observe({type: "layout-shift", buffered: true});
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) seen.blocking += Math.max(0, entry.duration - 50);
}).observe({type: "longtask", buffered: true});
"""


def measure_paint():
    """Print when the largest part is painted, what moves, blocks, and is transferred."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        print("No measure of painting: Chromium is not installed.\n")
        return
    print(f"{'phone':10}{'LCP s':>8}{'CLS':>8}{'TBT ms':>8}{'KB in all':>11}{'requests':>10}")
    with (
        TemporaryDirectory() as folder,
        SiteServer(Path(folder)) as site,
        sync_playwright() as tool,
    ):
        browser = tool.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for name, path in PAGES.items():
            rounds = sorted((paint(browser, site.url + path) for _ in range(3)), key=lambda r: r[0])
            lcp, cls, blocking, size, requests = rounds[1]
            print(f"{name:10}{lcp:8.2f}{cls:8.3f}{blocking:8.0f}{size:11.1f}{requests:10}")
        browser.close()
    print()


def paint(browser, url: str) -> tuple[float, float, float, float, int]:
    context = browser.new_context(viewport=PHONE, service_workers="block")
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    wire.send("Network.emulateNetworkConditions", NETWORK)
    wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER_CPU})
    sizes = []
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.add_init_script(WATCH)
    page.goto(url, wait_until="networkidle")
    page.wait_for_function("seen.lcp")
    seen = page.evaluate("seen")
    context.close()
    kilobytes = sum(sizes) / 1000
    return seen["lcp"] / 1000, seen["cls"], seen["blocking"], kilobytes, len(sizes)
