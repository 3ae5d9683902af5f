"""The scenarios page: what it lists, what its forms record, and what a comparison shows."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from gisapp.app.scenarios import Scenarios
from gisapp.app.server import start
from gisapp.model.changes import Author
from gisapp.settings import Settings
from tests.tiny import write_tiny_workspace

PATIENCE = 60
ME = Author("张三")


def scenarios_page():
    from gisapp.ui.views import scenarios

    scenarios.show()


@pytest.fixture
def server(tmp_path):
    return start(Settings(write_tiny_workspace(tmp_path / "tiny"), user="张三"))


@pytest.fixture
def scenarios(server):
    return Scenarios(server.editor)


def opened(server, **state):
    start(server.settings)
    app = AppTest.from_function(scenarios_page, default_timeout=PATIENCE)
    for name, value in state.items():
        app.session_state[name] = value
    app.run()
    assert [fault.message for fault in app.exception] == []
    return app


def shown(app):
    return "\n".join(element.proto.body for element in app.get("html"))


def test_without_scenarios_nothing_differs_and_the_page_says_what_to_do(server):
    text = shown(opened(server))
    for words in ("还没有情景", "两边没有差别", "示例数据（合成）", "判定改变 0"):
        assert words in text


def test_a_scenario_is_made_and_set_from_the_forms(server, scenarios):
    app = opened(server)
    app.text_input(key="scenario_title").set_value("甲")
    app.button(key="scenario_create").click().run()
    assert "已新建情景 甲" in shown(app) and scenarios.find("甲").author == "张三"
    app.selectbox(key="scenario_kind").select("rule").run()
    app.selectbox(key="scenario_rule").select("R-far.value")
    app.text_input(key="scenario_rule_value").set_value("0.3")
    app.button(key="scenario_set").click().run()
    (setting,) = scenarios.find("甲").settings
    assert (setting.key, setting.value, setting.author) == ("R-far.value", "0.3", "张三")
    assert "已设置 R-far.value" in shown(app)


@pytest.mark.parametrize(
    ("kind", "fields", "expected"),
    [
        ("opening", {"scenario_station": "乙站", "scenario_opening": 2031}, ("station[乙站].opening_year", "2031")),
        ("place", {"scenario_station": "甲站", "scenario_lonlat": "118.7, 32.1"}, ("station[甲站].lonlat", "118.7,32.1")),
        ("layer", {"scenario_layer": "udb", "scenario_file": "data/park.fgb"}, None),
        ("year", {"scenario_service_year": 2030}, ("service_year", "2030")),
        ("other", {"scenario_pair": "target_use = 0901"}, ("target_use", "0901")),
    ],
)  # fmt: skip
def test_each_kind_of_setting_is_recorded_or_refused_with_reason(server, scenarios, kind, fields, expected):
    scenarios.create("甲", author=ME)
    app = opened(server, scenario_kind=kind)
    for key, value in fields.items():
        found = [w for w in (*app.selectbox, *app.text_input, *app.number_input) if w.key == key]
        found[0].set_value(value)
    app.button(key="scenario_set").click().run()
    assert [fault.message for fault in app.exception] == []
    held = [(s.key, s.value) for s in scenarios.find("甲").settings]
    if expected:
        assert held == [expected]
    else:
        assert held == [] and "缺少列" in shown(app)


def test_a_setting_is_taken_back_and_a_scenario_closed(server, scenarios):
    scenarios.create("甲", {"service_year": "2030"}, author=ME)
    app = opened(server)
    assert "service_year" in shown(app)
    app.button(key="scenario_unset").click().run()
    assert scenarios.find("甲").settings == ()
    app.button(key="scenario_close").click().run()
    assert [item.name for item in scenarios.listed()] == ["official"] and "已关闭" in shown(app)


def test_flips_stand_with_both_verdicts_values_thresholds_and_clause(server, scenarios):
    scenarios.create("甲", {"R-far.value": "0.3"}, author=ME)
    app = opened(server)
    text = shown(app)
    table = app.dataframe[0].value
    evaluate = server.desk.workspace.evaluate
    before = evaluate("screening").parcels.set_index("parcel_id")["verdict"]
    after = evaluate("screening", settings={"R-far.value": "0.3"}).parcels.set_index("parcel_id")["verdict"]
    flipped = list(before.index[(before != after).to_numpy()])
    assert flipped and list(table["parcel_id"])[: len(flipped)] == flipped
    assert f"判定改变 {len(flipped)}" in text and "R-far.value=0.3" in text
    app = opened(server, scenario_rows={"selection": {"rows": [0], "columns": [], "cells": []}})
    text = shown(app)
    for words in ("&lt; 1.5", "&lt; 0.3", "依据", "第一条", f"{flipped[0]} 的规则差异", "触发", "未触发"):
        assert words in text, words


def test_matrix_and_rulebook_name_what_changed(server, scenarios):
    scenarios.create("甲", {"R-far.value": "0.3"}, author=ME)
    assert "基准判定" in shown(opened(server, scenario_part="matrix"))
    text = shown(opened(server, scenario_part="rulebook"))
    for words in ("R-far", "容积率", "1.5", "0.3"):
        assert words in text


def test_the_network_year_holds_on_both_sides_or_on_one(server, scenarios):
    scenarios.create("甲", author=ME)
    both = shown(opened(server, scenario_year=2030))
    assert both.count("service_year=2030") == 2
    one = shown(opened(server, scenario_year=2030, scenario_year_for="other"))
    assert one.count("service_year=2030") == 1


def test_two_maps_stand_side_by_side(server, scenarios):
    scenarios.create("甲", {"R-far.value": "0.3"}, author=ME)
    app = opened(server, scenario_part="maps")
    text = shown(app)
    for words in ("基准 · 现状库", "对比 · 甲", "资料不足", "触及底线", "不符合条件"):
        assert words in text


def test_a_refused_setting_is_said_and_nothing_is_recorded(server, scenarios):
    scenarios.create("甲", author=ME)
    app = opened(server, scenario_kind="other")
    app.text_input(key="scenario_pair").set_value("FOO.value=1")
    app.button(key="scenario_set").click().run()
    assert "没有这条规则或设置" in shown(app) and scenarios.find("甲").settings == ()


def test_names_are_escaped(server, scenarios):
    scenarios.create("<b>x</b>", author=ME)
    text = shown(opened(server))
    assert "<b>x</b>" not in text


@pytest.mark.parametrize("part", ["list", "matrix", "rulebook", "maps"])
def test_the_english_page_speaks_english(server, scenarios, part):
    scenarios.create("A", {"R-far.value": "0.3"}, author=ME)
    text = shown(opened(server, scenario_part=part, language="en"))
    for words in ("情景", "基准", "判定改变", "对比判定", "资料不足"):
        assert words not in text
