"""The real server in a real browser: three pages, nothing leaves the machine, no error in the console."""

from __future__ import annotations

import pytest

from tests.browsing import PATIENCE_MS, launched, serving, visiting, wait_until_painted

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(demo):
    """The app on the demo workspace, started as a user would."""
    with serving(demo.root) as where:
        yield where


@pytest.fixture(scope="module")
def chromium():
    with launched() as browser:
        yield browser


@pytest.fixture
def visit(chromium, address):
    with visiting(chromium, address) as tab:
        yield tab


def parcel_with_a_code(demo):
    """Return code and id of a parcel that its code names alone."""
    codes = demo.parcels["parcel_code"]
    row = codes[codes.notna() & ~codes.duplicated(keep=False)].index[0]
    return codes[row], demo.parcels.loc[row, "parcel_id"]


def test_the_map_is_painted_and_a_parcel_is_explained_with_its_clauses(visit, demo):
    visit.open("/")
    wait_until_painted(visit.page, {"x": 300, "y": 150, "width": 640, "height": 480})
    code, parcel_id = parcel_with_a_code(demo)
    visit.find(code)
    card = visit.page.locator("gis-card")
    first = demo.explain(parcel_id, demo.rulebooks()[0].id).rules[0]
    for words in (code, first.clause_title, first.status_text):
        card.get_by_text(words).first.wait_for(timeout=PATIENCE_MS)
    visit.assert_clean()


def test_a_row_of_the_list_leads_to_the_map_and_to_the_reasons(visit):
    visit.open("/")
    visit.go("评价")
    grid = visit.page.locator(".st-key-list [data-testid=stDataFrame] canvas").first
    grid.wait_for(timeout=PATIENCE_MS)
    visit.page.get_by_text("运行编号").wait_for(timeout=PATIENCE_MS)
    corner = grid.bounding_box()
    visit.page.mouse.click(corner["x"] + 18, corner["y"] + 46)
    visit.page.locator(".gp-why h2").wait_for(timeout=PATIENCE_MS)
    reasons = visit.page.locator(".gp-why").inner_text()
    assert "决定判定的规则" in reasons
    assert "疑似低效用地（待认定）" in reasons
    wait_until_painted(visit.page, visit.page.locator(".st-key-beside gis-desk").bounding_box())
    visit.assert_clean()


def test_a_parcel_found_on_the_candidates_page_is_explained_there(visit, demo):
    visit.open("/evaluate")
    beside = visit.page.locator(".st-key-beside gis-desk")
    beside.wait_for(timeout=PATIENCE_MS)
    wait_until_painted(visit.page, beside.bounding_box())
    code, _ = parcel_with_a_code(demo)
    visit.find(code)
    visit.page.locator(".gp-why .gp-code", has_text=code).wait_for(timeout=PATIENCE_MS)
    visit.assert_clean()


@pytest.mark.parametrize(
    ("label", "start"), [("CSV", b"\xef\xbb\xbf"), ("XLSX", b"PK"), ("GeoPackage", b"SQLite format 3")]
)
def test_the_list_is_handed_out_as_a_file(visit, tmp_path, label, start):
    visit.open("/evaluate")
    button = visit.page.locator(".st-key-offers button:visible", has_text=label)
    button.wait_for(timeout=PATIENCE_MS)
    with visit.page.expect_download(timeout=PATIENCE_MS) as waiting:
        button.click()
    path = tmp_path / "download"
    waiting.value.save_as(path)
    assert path.read_bytes().startswith(start)
    assert waiting.value.suggested_filename.startswith("低效用地再开发_2026-06-30_")
    visit.assert_clean()


def test_the_data_page_says_what_is_loaded_and_what_is_not(visit):
    visit.open("/data")
    visit.page.locator(".gp-lacking").wait_for(timeout=PATIENCE_MS)
    assert "未提供" in visit.page.locator(".gp-lacking").inner_text()
    assert "城镇开发边界" in visit.page.locator(".st-key-held").inner_text()
    assert "OpenStreetMap" in visit.page.locator(".gp-lacking").inner_text()
    visit.assert_clean()


def test_the_language_switch_turns_the_page_english_and_stays(visit):
    visit.open("/data")
    visit.page.locator("gis-bar .lang").click()
    visit.page.locator("gis-bar nav button", has_text="Evaluation").wait_for(timeout=PATIENCE_MS)
    assert "lang=en" in visit.page.url
    visit.go("Evaluation")
    visit.page.get_by_text("Rulebook edition").wait_for(timeout=PATIENCE_MS)
    assert "lang=en" in visit.page.url
    visit.assert_clean()


def test_nothing_is_wider_or_taller_than_the_window(visit):
    for width, height in ((1366, 768), (1920, 1080)):
        visit.page.set_viewport_size({"width": width, "height": height})
        for path, ready in (("/evaluate", ".st-key-list"), ("/data", ".gp-lacking")):
            visit.open(path)
            visit.page.locator(ready).wait_for(timeout=PATIENCE_MS)
            size = visit.page.locator("[data-testid=stMain]").evaluate("e => [e.scrollWidth, e.scrollHeight]")
            assert size == [width, height]
    visit.assert_clean()


def test_no_chrome_of_the_framework_is_left(visit):
    visit.open("/data")
    for part in ("stHeader", "stToolbar", "stSidebar", "stAppDeployButton", "stDecoration"):
        assert visit.page.locator(f"[data-testid={part}]:visible").count() == 0
    visit.page.wait_for_function("document.title === '数据 · 江北新区用地分析平台'", timeout=PATIENCE_MS)
    assert visit.page.locator("html").get_attribute("lang") == "zh-CN"
