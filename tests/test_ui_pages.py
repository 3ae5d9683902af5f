"""The pages without a browser: what they show and what a choice changes."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from gisapp.app.server import start
from gisapp.errors import InputError, Problem
from gisapp.format import number
from gisapp.settings import Settings
from tests.tiny import write_tiny_workspace

PATIENCE = 60


def evaluate_page():
    from gisapp.ui.views import evaluate

    evaluate.show()


def data_page():
    from gisapp.ui.views import data

    data.show()


def map_page():
    from gisapp.ui.views import desk

    desk.show()


def error_page(problems):
    from gisapp.errors import InputError
    from gisapp.ui.views import failure

    failure.show(InputError(problems))


@pytest.fixture(scope="module")
def tiny_server(tmp_path_factory):
    return start(Settings(write_tiny_workspace(tmp_path_factory.mktemp("pages") / "tiny")))


@pytest.fixture
def empty_server(tmp_path):
    folder = write_tiny_workspace(tmp_path / "empty")
    catalog = folder / "layers" / "catalog.yaml"
    text = catalog.read_text(encoding="utf-8")
    catalog.write_text(text.replace("  parcels: ../parcels/parcels.parquet\n", ""), encoding="utf-8")
    return start(Settings(folder))


def opened(page, server, **state):
    start(server.settings)
    app = AppTest.from_function(page, default_timeout=PATIENCE)
    for name, value in state.items():
        app.session_state[name] = value
    app.run()
    assert [fault.message for fault in app.exception] == []
    return app


def shown(app):
    """Return all markup of a page."""
    return "\n".join(element.proto.body for element in app.get("html"))


def rows(app):
    return list(app.dataframe[0].value["parcel_id"])


def test_the_list_opens_on_the_candidates_and_names_its_run(tiny_server):
    app = opened(evaluate_page, tiny_server)
    evaluation = tiny_server.desk.workspace.evaluate("screening")
    candidates = evaluation.parcels.loc[evaluation.parcels["verdict"] == "candidate", "parcel_id"]
    assert set(rows(app)) == set(candidates)
    text = shown(app)
    for fact in (
        "评价规则版本",
        "2026-03",
        "运行编号",
        evaluation.run_id[:12],
        "数据日期",
        "2026-06-30",
        "示例数据（合成）",
    ):
        assert fact in text


def test_counts_of_all_verdicts_stand_above_the_list(tiny_server):
    app = opened(evaluate_page, tiny_server)
    counts = tiny_server.desk.workspace.evaluate("screening").counts()
    labels = [option.content for option in app.button_group(key="verdict").proto.options]
    assert [int(label.rsplit("**", 2)[1]) for label in labels] == [
        counts[name] for name in ("candidate", "prohibited", "unknown", "not_candidate", "not_applicable")
    ]


def test_without_a_verdict_all_parcels_are_listed(tiny_server):
    assert set(rows(opened(evaluate_page, tiny_server, verdict=None))) == {f"P{i}" for i in range(6)}


def test_a_filter_narrows_the_list(tiny_server):
    app = opened(evaluate_page, tiny_server, verdict=None)
    app.selectbox(key="park").select("示例园区").run()
    assert set(rows(app)) == {"P0", "P1", "P2"}


def test_an_area_is_given_in_mu(tiny_server):
    app = opened(evaluate_page, tiny_server, verdict=None)
    app.number_input(key="area_from").set_value(14.0).run()
    assert len(rows(app)) == 6
    app.number_input(key="area_from").set_value(16.0).run()
    assert not app.dataframe
    assert "没有符合条件的地块" in shown(app)


def test_clearing_the_filters_brings_the_list_back(tiny_server):
    app = opened(evaluate_page, tiny_server, verdict=None)
    app.selectbox(key="park").select("示例园区").run()
    app.button(key="clear").click().run()
    assert len(rows(app)) == 6


def test_columns_are_titled_in_words(tiny_server):
    app = opened(evaluate_page, tiny_server)
    titles = {
        name: column["label"]
        for name, column in json.loads(app.dataframe[0].proto.columns).items()
        if "label" in column
    }
    assert {"名次", "地块名称", "得分", "面积（亩）", "建议路径", "所在园区"} <= set(titles.values())
    assert set(app.dataframe[0].proto.column_order) <= set(titles)


def test_a_selected_parcel_is_explained_rule_by_rule(tiny_server):
    text = shown(opened(evaluate_page, tiny_server, parcel_id="P0"))
    assert "示例地块0" in text
    assert "决定判定的规则" in text or "其他规则" in text
    area = number(tiny_server.desk.card("P0", "screening")["area"]["mu"], 2)
    for words in ("永久基本农田", "第一条", "本地假设", f"{area} 亩"):
        assert words in text


def test_a_name_from_data_cannot_bring_markup(tiny_server):
    parcels = tiny_server.desk.workspace.parcels
    before = parcels.loc[0, "name"]
    parcels.loc[0, "name"] = "<img src=x onerror=alert(1)>"
    try:
        text = shown(opened(evaluate_page, tiny_server, parcel_id="P0"))
    finally:
        parcels.loc[0, "name"] = before
    assert "<img" not in text
    assert "&lt;img" in text


def test_a_parcel_that_is_gone_is_dropped_with_a_word(tiny_server):
    app = opened(evaluate_page, tiny_server, parcel_id="P99")
    assert "没有这宗地块" in shown(app)
    assert app.session_state["parcel_id"] is None


def test_the_pages_speak_english_on_request(tiny_server):
    text = shown(opened(evaluate_page, tiny_server, language="en"))
    assert "Rulebook edition" in text
    assert "评价规则版本" not in text


def test_a_workspace_without_parcels_says_how_to_bring_them_in(empty_server):
    for page in (evaluate_page, map_page):
        text = shown(opened(page, empty_server))
        assert "还没有地块" in text
        assert "gisapp import" in text


def test_the_data_page_works_without_parcels(empty_server):
    assert "未提供" in shown(opened(data_page, empty_server))


def test_the_data_page_lists_layers_with_their_source(tiny_server):
    text = shown(opened(data_page, tiny_server))
    for words in ("udb", "data/udb.fgb", "测试", "EPSG:4549", "未注明"):
        assert words in text


def test_the_data_page_says_what_is_not_loaded_and_where_to_load_it(tiny_server):
    text = shown(opened(data_page, tiny_server))
    for words in ("自然资发〔2023〕72号", "parcels/codes/standard_land_controls.csv", "企业年度指标"):
        assert words in text


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("fields", ("parcel_id", "必填", "16.7 %")),
        ("tables", ("标准地控制指标", "未提供")),
        ("policies", ("D 本地假设", "未见")),
    ],
)
def test_the_parts_of_the_data_page(tiny_server, part, words):
    text = shown(opened(data_page, tiny_server, part=part))
    for word in words:
        assert word in text


def test_an_error_lists_each_problem_with_its_place():
    problems = [
        Problem(
            "值不合法",
            file="layers/catalog.yaml",
            line=7,
            field="crs",
            value="X",
            expected="EPSG:4549",
            action="改正",
        )
    ]
    app = AppTest.from_function(error_page, default_timeout=PATIENCE, kwargs={"problems": problems}).run()
    text = shown(app)
    for word in (
        "图层目录有误",
        "值不合法",
        "layers/catalog.yaml",
        "第 7 行",
        "应为：EPSG:4549",
        "处理：改正",
    ):
        assert word in text
    assert str(InputError(problems))


@pytest.fixture
def half_broken_server(tmp_path):
    """Two rulebooks, the first of which names an indicator that does not exist."""
    folder = write_tiny_workspace(tmp_path / "broken")
    sound = folder / "parcels" / "rulebooks" / "screening.yaml"
    text = (
        sound.read_text(encoding="utf-8")
        .replace("id: screening", "id: another")
        .replace("indicator: far,", "indicator: farr,")
    )
    (folder / "parcels" / "rulebooks" / "another.yaml").write_text(text, encoding="utf-8")
    return start(Settings(folder))


def test_a_broken_rulebook_says_so_at_the_top_and_the_other_can_still_be_chosen(half_broken_server):
    app = opened(evaluate_page, half_broken_server)
    text = shown(app)
    assert "规则集有误" in text
    assert "parcels/rulebooks/another.yaml" in text
    assert "farr" in text
    assert "gp-centre" not in text
    labels = [option.content for option in app.button_group(key="rulebook").proto.options]
    assert len(labels) == 2
    other = opened(evaluate_page, half_broken_server, rulebook="screening", parcel_id="P3")
    assert "规则集有误" not in shown(other)
    assert rows(other) == ["P3"]
    assert "示例地块3" in shown(other)


def test_an_error_is_titled_for_the_part_that_it_is_in():
    def titled(file):
        problems = [Problem("有误", file=file)]
        return shown(
            AppTest.from_function(error_page, default_timeout=PATIENCE, kwargs={"problems": problems}).run()
        )

    assert "规则集有误" in titled("parcels/rulebooks/a.yaml")
    assert "图层目录有误" in titled("layers/catalog.yaml")
    assert "地块表有误" in titled("地块表")
    assert "工作区打不开" in titled("udb.fgb")


def test_the_list_shows_a_code_for_each_parcel_and_its_id_where_it_has_none(tiny_server):
    app = opened(evaluate_page, tiny_server, verdict=None)
    order = list(app.dataframe[0].proto.column_order)
    assert order.index("parcel_code") < order.index("name")
    table = app.dataframe[0].value
    assert table["parcel_code"].tolist() == table["parcel_id"].tolist()
    columns = json.loads(app.dataframe[0].proto.columns)
    assert columns["parcel_code"]["label"] == "地块标识"


def test_a_use_that_is_no_longer_offered_is_dropped(tiny_server):
    app = opened(evaluate_page, tiny_server, use="0701")
    assert app.session_state["use"] is None
    assert rows(app)


def test_the_sum_of_the_score_and_the_unseen_text_stand_in_the_explanation(tiny_server):
    card = tiny_server.desk.card("P0", "screening")["evaluation"]
    text = shown(opened(evaluate_page, tiny_server, parcel_id="P0"))
    assert f"得分合计：{card['score_sum']}" in text
    assert "权重 75 %" in text
