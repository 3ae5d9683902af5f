"""The site check in a real browser: a file dropped on the page, and the one page as it is printed."""

from __future__ import annotations

import re

import pytest

from gisapp.app.sitecheck import check_site
from gisapp.app.sitepage import site_page
from gisapp.io.redline import RedLineOptions, read_redline, redline_of
from tests.browsing import PATIENCE_MS, launched, serving, visiting
from tests.siteground import plot, write_txt

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def chromium():
    with launched() as browser:
        yield browser


@pytest.fixture
def red_txt(demo, tmp_path):
    """A red line about a parcel of the demo, as a boundary-point TXT."""
    west, south, east, north = demo.parcels.geometry.iloc[0].bounds
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return write_txt(tmp_path / "示例项目.txt", plot("示例项目", corners))


def test_a_dropped_file_gives_plan_table_and_workbook(chromium, demo, red_txt, tmp_path):
    with serving(demo.root) as address, visiting(chromium, address) as visit:
        visit.open("/sitecheck")
        visit.page.locator(".gp-sitehint").wait_for(timeout=PATIENCE_MS)
        visit.page.locator("[data-testid=stFileUploaderDropzoneInput]").set_input_files(red_txt)
        visit.page.locator(".gp-site").wait_for(timeout=PATIENCE_MS)
        found = check_site(
            demo, read_redline(red_txt, workspace=demo.context().crs, options=RedLineOptions())
        )
        said = visit.page.locator(".st-key-site_found").inner_text()
        for words in ("示例项目.txt", "永久基本农田", found.site_id[:12], str(demo.parcels["name"].iloc[0])):
            assert words in said
        plan = visit.page.locator(".st-key-site_plan img")
        plan.wait_for(timeout=PATIENCE_MS)
        assert plan.evaluate("image => image.naturalWidth") > 0
        with visit.page.expect_download(timeout=PATIENCE_MS) as waiting:
            visit.page.locator(".st-key-site_offers button", has_text="XLSX").click()
        waiting.value.save_as(tmp_path / "table.xlsx")
        assert (tmp_path / "table.xlsx").read_bytes().startswith(b"PK")
        size = visit.page.locator("[data-testid=stMain]").evaluate("e => [e.scrollWidth, e.scrollHeight]")
        assert size == [1366, 768]
        visit.assert_clean()


def pages_of(chromium, file):
    """Return how many sheets a page prints on, and what the console complained about."""
    page, heard = chromium.new_page(), []
    page.on("console", lambda message: heard.append(message.text))
    page.on(
        "request", lambda request: heard.append(request.url) if not request.url.startswith("file:") else None
    )
    page.goto(file.as_uri())
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    page.close()
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)), heard


@pytest.mark.parametrize("size", ["a parcel", "a district"])
def test_the_page_prints_on_one_sheet_and_asks_for_nothing(chromium, demo, tmp_path, size):
    context = demo.context()
    shape = (
        demo.parcels.geometry.iloc[0] if size == "a parcel" else context.frame("district").geometry.iloc[0]
    )
    found = check_site(demo, redline_of(shape, crs=context.crs, name="很长很长的项目名称" * 3))
    file = tmp_path / "page.html"
    for language in ("zh", "en"):
        file.write_text(site_page(found, context, demo.catalog.workspace, language), encoding="utf-8")
        assert pages_of(chromium, file) == (1, [])
