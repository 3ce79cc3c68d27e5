"""`make figures`: the figure of every point page, as a reader sees it, on one sheet in docs/."""

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.server import ROOT, SiteServer, chromium

SHEET = ROOT / "docs" / "point-figures.png"
COLUMNS, WIDTH, GAP, COLOURS = 6, 330, 10, 255


def figure_of(page: Page, url: str) -> Image.Image:
    """Return the close-up and the whole body of one point page, `WIDTH` wide."""
    page.goto(url)
    drawn = page.locator(".duo")
    if drawn.evaluate("duo => getComputedStyle(duo).display") != "grid":
        raise SystemExit(f"{url}: the stylesheet was not loaded")
    picture = Image.open(BytesIO(drawn.screenshot())).convert("RGB")
    return picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)), Image.LANCZOS)


def sheet(pictures: list[Image.Image]) -> Image.Image:
    """Return the pictures in rows on white."""
    rows = [pictures[start : start + COLUMNS] for start in range(0, len(pictures), COLUMNS)]
    heights = [max(picture.height for picture in row) + GAP for row in rows]
    paper = Image.new("RGB", (COLUMNS * (WIDTH + GAP) + GAP, sum(heights) + GAP), "white")
    for number, row in enumerate(rows):
        for column, picture in enumerate(row):
            paper.paste(picture, (GAP + column * (WIDTH + GAP), GAP + sum(heights[:number])))
    return paper


def main():
    codes = yaml.safe_load((ROOT / "content" / "figures.yaml").read_text())["points"]
    with TemporaryDirectory() as folder, SiteServer(Path(folder)) as site, sync_playwright() as run:
        browser = run.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        pictures = [figure_of(page, f"{site.url}/points/{code.lower()}/") for code in codes]
        browser.close()
    sheet(pictures).quantize(COLOURS).save(SHEET, optimize=True)
    print(f"{SHEET}: {len(pictures)} figures, {SHEET.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
