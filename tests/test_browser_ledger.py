"""The ledger page in a real browser: an entry is previewed, posted, and stands in the balance and in the store."""

from __future__ import annotations

import re

import pytest

from gisapp import Workspace
from gisapp.app.ledgers import Ledgers
from tests.browsing import PATIENCE_MS, launched, serving, visiting
from tests.edited import copy_workspace

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def folder(root, tmp_path_factory):
    return copy_workspace(root, tmp_path_factory.mktemp("ledger"))


@pytest.fixture(scope="module")
def visit(folder):
    with (
        serving(folder, GISAPP_USER="张三") as address,
        launched() as chromium,
        visiting(chromium, address) as tab,
    ):
        yield tab


def choose(page, key, words):
    """Choose from a list by typing what is wanted."""
    box = page.locator(f".st-key-{key} input")
    box.fill(words)
    page.get_by_role("option", name=words).first.click()


def write(page, key, words):
    box = page.locator(f".st-key-{key} input")
    box.fill(words)
    box.press("Tab")


def test_an_entry_is_previewed_posted_and_kept(visit, folder):
    visit.open("/")
    visit.go("台账")
    page = visit.page
    row = page.locator(".gp-table.ledger tr", has_text="耕地数量").filter(has_text="江北新区")
    row.locator("b.gp-amount", has_text=re.compile("^4$")).wait_for(timeout=PATIENCE_MS)
    choose(page, "ledger_entries_to", "江北新区")
    choose(page, "ledger_entries_indicator", "耕地数量")
    write(page, "ledger_entries_amount", "1.2345")
    write(page, "ledger_entries_document", "浏览器验收〔2026〕1号")
    page.get_by_role("button", name="预览记账结果").click()
    page.locator(".st-key-ledger_form").get_by_text("必须填写").wait_for(timeout=PATIENCE_MS)
    assert Workspace(folder).store is None
    write(page, "ledger_entries_reason", "补充耕地验收")
    page.get_by_role("button", name="预览记账结果").click()
    page.locator(".gp-table.preview", has_text="5.2345 公顷").wait_for(timeout=PATIENCE_MS)
    page.get_by_role("button", name="确认记账").click()
    page.locator(".gp-done").wait_for(timeout=PATIENCE_MS)
    row.locator("b.gp-amount", has_text=re.compile("^5.2345$")).wait_for(timeout=PATIENCE_MS)
    page.locator(".st-key-ledger_part button", has_text="分录").click()
    page.locator(".gp-table.entries", has_text="浏览器验收〔2026〕1号").wait_for(timeout=PATIENCE_MS)
    visit.assert_clean()
    ledgers = Ledgers(Workspace(folder))
    last = ledgers.records()[-1]
    assert (last.document, last.author.name, str(last.entry.amount)) == (
        "浏览器验收〔2026〕1号",
        "张三",
        "1.2345",
    )
    assert ledgers.workspace.store.verify() == [] and ledgers.faults() == []


def test_the_page_fits_its_window_in_both_languages(visit):
    for size, path in (((1366, 768), "/ledger"), ((1920, 1080), "/ledger?lang=en")):
        visit.page.set_viewport_size({"width": size[0], "height": size[1]})
        visit.open(path)
        visit.page.locator(".gp-table.ledger").first.wait_for(timeout=PATIENCE_MS)
        overflow = "() => [document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]"
        assert visit.page.evaluate(overflow) == [0, 0]
    visit.assert_clean()
