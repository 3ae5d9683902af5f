"""The scenarios page in a real browser: a scenario is made and set, its flips appear, and two maps are drawn."""

from __future__ import annotations

import pytest

from gisapp import Workspace
from gisapp.app.desks import Desks
from gisapp.app.editing.editor import Editor
from gisapp.app.scenarios import Scenarios
from tests.browsing import PATIENCE_MS, launched, serving, visiting
from tests.edited import copy_workspace

pytestmark = pytest.mark.browser
SLOW_MS = 3 * PATIENCE_MS


@pytest.fixture(scope="module")
def folder(root, tmp_path_factory):
    return copy_workspace(root, tmp_path_factory.mktemp("scenarios"))


@pytest.fixture(scope="module")
def visit(folder):
    with (
        serving(folder, GISAPP_USER="张三") as address,
        launched() as chromium,
        visiting(chromium, address) as tab,
    ):
        yield tab


def write(page, key, words):
    box = page.locator(f".st-key-{key} input")
    box.fill(words)
    box.press("Tab")


def choose(page, key, words):
    page.locator(f".st-key-{key} input").fill(words)
    page.get_by_role("option", name=words).first.click()


def test_a_scenario_is_made_set_and_compared(visit, folder):
    visit.open("/")
    visit.go("情景")
    page = visit.page
    page.locator(".gp-compared", has_text="判定改变 0").wait_for(timeout=SLOW_MS)
    write(page, "scenario_title", "收紧")
    page.get_by_role("button", name="新建", exact=True).click()
    page.locator(".gp-done", has_text="已新建情景 收紧").wait_for(timeout=PATIENCE_MS)
    choose(page, "scenario_kind", "规则阈值、权重")
    choose(page, "scenario_rule", "LEL-05-far 容积率低于签约时下限的 67 % · 阈值")
    write(page, "scenario_rule_value", "0.60")
    page.get_by_role("button", name="保存设置").click()
    page.locator(".gp-scenario", has_text="LEL-05-far.value").wait_for(timeout=PATIENCE_MS)
    choose(page, "scenario_other", "收紧")
    page.locator(".gp-compared", has_text="LEL-05-far.value=0.60").wait_for(timeout=SLOW_MS)
    page.locator(".st-key-scenario_part button", has_text="判定矩阵").click()
    page.locator(".gp-table.matrix b").first.wait_for(timeout=SLOW_MS)
    page.locator(".st-key-scenario_part button", has_text="并排地图").click()
    for place in (0, 1):
        frame = page.frame_locator(f".st-key-scenario_map_{place} iframe")
        frame.locator("canvas").first.wait_for(timeout=SLOW_MS)
    visit.assert_clean()
    scenarios = Scenarios(Editor(Desks(Workspace(folder))))
    (setting,) = scenarios.find("收紧").settings
    assert (setting.key, setting.value, setting.author) == ("LEL-05-far.value", "0.60", "张三")
    assert scenarios.workspace.store.verify() == []


def test_the_pages_fit_their_window_in_both_languages(visit):
    overflow = "() => [document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]"
    pages = (
        ("/scenarios", ".gp-compared"),
        ("/targets", ".gp-table.targets"),
        ("/evaluate", ".st-key-why_head"),
    )
    for size, language in (((1366, 768), ""), ((1920, 1080), "?lang=en")):
        visit.page.set_viewport_size({"width": size[0], "height": size[1]})
        for path, shown in pages:
            visit.open(path + language)
            visit.page.locator(shown).first.wait_for(timeout=SLOW_MS)
            assert visit.page.evaluate(overflow) == [0, 0], path
    visit.assert_clean()
