"""The top bar in a real browser: at every size and in both languages nothing lies over anything else."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.browsing import PATIENCE_MS, launched, serving, visiting

pytestmark = pytest.mark.browser

SIZES = [(1366, 768), (1440, 900), (1920, 1080), (3840, 2160)]
BOXES = """(bar) => {
  const of = (e) => { const b = e.getBoundingClientRect(); return [e.className || e.tagName, b.left, b.right, b.top, b.bottom] }
  const pages = bar.shadowRoot.querySelector('gis-pages').shadowRoot
  const rest = [...bar.shadowRoot.querySelector('.bar').children].filter((e) => e.tagName !== 'GIS-PAGES')
  return [...rest, ...pages.querySelectorAll('nav > button')].map(of).sort((a, b) => a[1] - b[1])
}"""
FOCUSED = "() => { let e = document.activeElement; while (e.shadowRoot?.activeElement) e = e.shadowRoot.activeElement; return e.textContent.trim() }"


@pytest.fixture(scope="module")
def chromium():
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(demo):
    with serving(demo.root) as where:
        yield where


def speak_english(page):
    page.locator("gis-bar .lang").click()
    page.locator("gis-bar nav button", has_text="Map").wait_for(timeout=PATIENCE_MS)
    page.locator("gis-bar .lang b", has_text="EN").wait_for(timeout=PATIENCE_MS)


def assert_apart(page, width):
    """Assert that all parts of the bar stand beside each other, in one row, within the window."""
    boxes = page.locator("gis-bar").evaluate(BOXES)
    names = [box[0] for box in boxes]
    assert {"brand", "GIS-SEARCH", "facts num", "lang"} < set(names)
    for left, right in pairwise(boxes):
        assert left[2] <= right[1] + 0.5, (names, left, right)
    assert boxes[-1][2] <= width
    height = page.locator("gis-bar").evaluate("e => e.getBoundingClientRect().height")
    assert all(top >= -0.5 and bottom <= height + 0.5 for _, _, _, top, bottom in boxes)
    assert page.locator("gis-bar nav [aria-current=page]").count() == 1


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_nothing_lies_over_anything_else(chromium, address, size):
    width, height = size
    with visiting(chromium, address, viewport={"width": width, "height": height}) as visit:
        visit.open("/data")
        visit.page.locator("gis-bar nav [aria-current=page]").wait_for(timeout=PATIENCE_MS)
        assert_apart(visit.page, width)
        speak_english(visit.page)
        assert_apart(visit.page, width)
        visit.assert_clean()


def test_pages_without_room_are_in_a_menu_that_the_keyboard_reaches(chromium, address):
    with visiting(chromium, address, viewport={"width": 1366, "height": 768}) as visit:
        visit.open("/data")
        page = visit.page
        speak_english(page)
        face = page.locator("gis-bar nav .face")
        face.focus()
        page.keyboard.press("ArrowDown")
        items = page.locator("gis-bar nav [role=menuitem]")
        items.first.wait_for(timeout=PATIENCE_MS)
        names = items.all_inner_texts()
        assert face.get_attribute("aria-expanded") == "true"
        assert page.evaluate(FOCUSED) == names[0]
        page.keyboard.press("ArrowUp")
        assert page.evaluate(FOCUSED) == names[-1]
        page.keyboard.press("Escape")
        items.first.wait_for(state="detached", timeout=PATIENCE_MS)
        assert page.evaluate(FOCUSED) == "More"
        page.keyboard.press("ArrowDown")
        items.first.wait_for(timeout=PATIENCE_MS)
        page.keyboard.press("Enter")
        current = page.locator("gis-bar nav [aria-current=page]", has_text=names[0])
        current.wait_for(timeout=PATIENCE_MS)
        assert names[0] not in page.locator("gis-bar nav [role=menuitem]").all_inner_texts()
        visit.assert_clean()
