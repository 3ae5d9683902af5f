"""Takes the pictures of the pages from a running app: python docs/screens/take.py http://127.0.0.1:8501

Needs Chromium and playwright; the pictures go beside this file.
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent
SIZES = ((1366, 768), (1920, 1080))
SWITCHES = ("--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
PATIENCE_MS = 90_000
STILL_MS = 4_000


def settle(page: Page) -> None:
    """Wait until two pictures in a row are the same."""
    before = b""
    for _ in range(30):
        page.wait_for_timeout(STILL_MS // 4)
        now = page.screenshot()
        if now == before:
            return
        before = now


def keep(page: Page, name: str) -> None:
    settle(page)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.save(HERE / f"{name}.png", optimize=True)


def open_page(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("gis-bar nav").wait_for(timeout=PATIENCE_MS)


def first_candidate(page: Page, address: str) -> str:
    """Choose the first row of the list and return its parcel code."""
    open_page(page, f"{address}/evaluate")
    grid = page.locator(".st-key-list [data-testid=stDataFrame] canvas").first
    grid.wait_for(timeout=PATIENCE_MS)
    settle(page)
    box = grid.bounding_box()
    page.mouse.click(box["x"] + 18, box["y"] + 46)
    page.locator(".gp-why .gp-code").wait_for(timeout=PATIENCE_MS)
    return page.locator(".gp-why .gp-code").inner_text()


def take(page: Page, address: str, suffix: str) -> None:
    code = first_candidate(page, address)
    keep(page, f"evaluate-{suffix}")
    open_page(page, address)
    keep(page, f"map-{suffix}")
    page.locator("gis-tools select").first.select_option("redevelopment")
    page.locator("gis-tools button", has_text="评价结论").click()
    box = page.locator("gis-search input")
    box.fill(code)
    page.locator("gis-search [role=option]").first.wait_for(timeout=PATIENCE_MS)
    box.press("Enter")
    page.locator("gis-card").get_by_text(code).first.wait_for(timeout=PATIENCE_MS)
    keep(page, f"parcel-{suffix}")
    open_page(page, f"{address}/data")
    page.locator(".gp-lacking").wait_for(timeout=PATIENCE_MS)
    keep(page, f"data-{suffix}")


def main(address: str) -> None:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=list(SWITCHES))
        for width, height in SIZES:
            page = browser.new_context(viewport={"width": width, "height": height}).new_page()
            take(page, address.rstrip("/"), str(width))
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
