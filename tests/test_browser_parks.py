"""The parks page in a real browser: a park is chosen, its card shown, a parcel of it looked at on the map."""

from __future__ import annotations

import pytest

from tests.browsing import PATIENCE_MS, launched, serving, visiting

pytestmark = pytest.mark.browser
ROW_PX = 32


@pytest.fixture(scope="module")
def address(demo):
    with serving(demo.root) as where:
        yield where


@pytest.fixture
def visit(address):
    with launched() as browser, visiting(browser, address) as tab:
        yield tab


def choose(page, frame, row, height):
    """Choose a row of a table by the box at its left."""
    grid = page.locator(f"{frame} [data-testid=stDataFrame] canvas").first
    grid.wait_for(timeout=PATIENCE_MS)
    grid.scroll_into_view_if_needed()
    corner = grid.bounding_box()
    page.mouse.click(corner["x"] + 16, corner["y"] + height * (row + 1.5))


def test_a_park_and_a_parcel_that_holds_it_back_lead_to_the_map(visit, tmp_path):
    visit.open("/")
    visit.go("园区")
    page = visit.page
    page.locator(".gp-park h2").wait_for(timeout=2 * PATIENCE_MS)
    before = page.locator(".gp-park h2").inner_text()
    choose(page, ".st-key-list", 2, ROW_PX)
    page.locator(".gp-park h2", has_not_text=before).wait_for(timeout=PATIENCE_MS)
    assert page.locator(".gp-potential li").count() == 4
    assert page.locator(".gp-scored tbody tr").count() >= 8
    with page.expect_download(timeout=PATIENCE_MS) as waiting:
        page.get_by_role("button", name="XLSX").click()
    waiting.value.save_as(tmp_path / "parks.xlsx")
    assert (tmp_path / "parks.xlsx").read_bytes().startswith(b"PK")
    choose(page, ".st-key-card", 0, 30)
    page.get_by_role("button", name="在地图上查看").click()
    page.locator("gis-card").wait_for(timeout=PATIENCE_MS)
    visit.assert_clean()
