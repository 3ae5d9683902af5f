"""The targets board: what the policy wants, what is loaded, what candidates add; nothing is made up."""

from __future__ import annotations

import shutil

import numpy as np
import pandas as pd
import pytest
import yaml
from streamlit.testing.v1 import AppTest

from gisapp import Workspace
from gisapp.app.server import start
from gisapp.app.targets import addition_lines, load_board, target_lines
from gisapp.errors import InputError
from gisapp.settings import Settings
from tests.tiny import write_tiny_workspace

PATIENCE = 120
BOARD = {
    "targets": [
        {
            "id": "people", "year": 2027, "title": {"zh": "人口"}, "op": ">=", "value": 300, "unit": "万人",
            "measure": {"table": "regional_statistics", "figure": "population"}, "clause": "default/1", "status": "V",
        },
        {
            "id": "gdp", "year": 2035, "title": {"zh": "经济总量"}, "op": ">=", "factor": 2, "base_year": 2023, "unit": "亿元",
            "measure": {"table": "regional_statistics", "figure": "gdp"}, "clause": "default/1", "status": "V",
        },
    ],
    "additions": [
        {"id": "land", "title": {"zh": "候选面积"}, "rulebook": "screening", "verdict": "candidate", "column": "area_m2", "divisor": 10000, "unit": "公顷"},
        {"id": "far", "title": {"zh": "容积率合计"}, "rulebook": "screening", "rule": "C-far", "unit": "1"},
        {"id": "none", "title": {"zh": "没有的规则"}, "rulebook": "screening", "rule": "X", "unit": "1"},
        {"id": "book", "title": {"zh": "没有的规则集"}, "rulebook": "redevelopment", "column": "area_m2", "unit": "公顷"},
    ],
}  # fmt: skip


def targets_page():
    from gisapp.ui.views import targets

    targets.show()


def write_board(folder, board=BOARD):
    (folder / "parcels" / "targets.yaml").write_text(
        yaml.safe_dump(board, allow_unicode=True), encoding="utf-8"
    )


def write_statistics(root, folder, rows):
    """Write the declared table with what came from where."""
    target = folder / "parcels" / "tables"
    target.mkdir(exist_ok=True)
    catalog = yaml.safe_load((root / "parcels" / "tables" / "catalog.yaml").read_text(encoding="utf-8"))
    tables = [table for table in catalog["tables"] if table["id"] == "regional_statistics"]
    (target / "catalog.yaml").write_text(
        yaml.safe_dump({"tables": tables}, allow_unicode=True), encoding="utf-8"
    )
    pd.DataFrame(rows, columns=["figure", "year", "value", "document"]).to_csv(
        target / "regional_statistics.csv", index=False
    )
    about = {"provider": "测试", "document": "测试公报", "as_of": "2026-01-01", "status": "D"}
    (target / "regional_statistics.yaml").write_text(
        yaml.safe_dump(about, allow_unicode=True), encoding="utf-8"
    )


@pytest.fixture
def board(tiny):
    write_board(tiny)
    return tiny


def shown(server, **state):
    start(server.settings)
    app = AppTest.from_function(targets_page, default_timeout=PATIENCE)
    for name, value in state.items():
        app.session_state[name] = value
    app.run()
    assert [fault.message for fault in app.exception] == []
    return "\n".join(element.proto.body for element in app.get("html"))


def lines_of(folder):
    workspace = Workspace(folder)
    return {line.target.id: line for line in target_lines(workspace, load_board(workspace))}


def test_what_is_not_loaded_is_said_and_never_guessed(board):
    found = lines_of(board)
    assert found["people"].now is None and found["people"].gap is None
    assert found["people"].missing == "regional_statistics"
    assert found["gdp"].wanted is None
    text = shown(start(Settings(board)))
    assert text.count("未提供") >= 2 and "缺 regional_statistics" in text and "基数未提供" in text


def test_the_newest_figure_up_to_the_data_date_stands_with_year_source_and_gap(board, root):
    rows = [
        ("population", 2024, 250.0, "公报 2024"),
        ("population", 2025, 260.0, "公报 2025"),
        ("population", 2030, 999.0, "预测"),
        ("gdp", 2023, 3000.0, "公报 2023"),
        ("gdp", 2025, 6500.0, "公报 2025"),
    ]
    write_statistics(root, board, rows)
    found = lines_of(board)
    people, gdp = found["people"], found["gdp"]
    assert (people.now.value, people.now.year, people.now.source, people.gap) == (
        260.0,
        2025,
        "公报 2025",
        40.0,
    )
    assert (gdp.wanted, gdp.gap) == (6000.0, 0.0)
    text = shown(start(Settings(board)))
    for words in (
        "260 万人",
        "2025 年 · 公报 2025",
        "差 40 万人",
        "已达到",
        "≥ 6 000 亿元".replace(" 000", "\u202f000"),
    ):
        assert words in text, words


def test_additions_are_sums_over_candidates_with_how_many_are_known(board):
    workspace = Workspace(board)
    found = {line.addition.id: line for line in addition_lines(workspace, load_board(workspace))}
    run = workspace.evaluate("screening")
    candidates = run.parcels[run.parcels["verdict"] == "candidate"]
    assert found["land"].total == pytest.approx(candidates["area_m2"].sum() / 10_000)
    assert (found["land"].known, found["land"].count) == (len(candidates), len(candidates))
    far = run.trace.loc[run.trace["rule_id"] == "C-far", "value"].to_numpy(dtype=float)
    own = far[(run.parcels["verdict"] != "not_applicable").to_numpy()]
    assert np.isnan(own).any()
    assert found["far"].total == pytest.approx(np.nansum(own))
    assert (found["far"].known, found["far"].count) == ((~np.isnan(own)).sum(), len(own))
    assert found["none"].total is None and found["none"].missing == "screening X"
    assert found["book"].total is None and found["book"].missing == "redevelopment"


def test_a_target_that_cites_no_clause_is_refused_with_its_line(board):
    write_board(board, {"targets": [BOARD["targets"][0] | {"clause": "default/99"}]})
    with pytest.raises(InputError, match=r"parcels/targets\.yaml 第 \d+ 行"):
        load_board(Workspace(board))
    assert "条款不存在" in shown(start(Settings(board)))


@pytest.mark.parametrize("wrong", [{"value": None}, {"factor": 2.0}, {"base_year": 2023}])
def test_a_target_has_a_value_or_a_factor_of_a_year(board, wrong):
    write_board(
        board, {"targets": [{k: v for k, v in (BOARD["targets"][0] | wrong).items() if v is not None}]}
    )
    with pytest.raises(InputError, match="factor"):
        load_board(Workspace(board))


def test_a_workspace_without_a_board_says_what_to_do(tiny):
    assert "还没有目标表" in shown(start(Settings(tiny)))


def test_the_demo_has_the_figures_of_the_opinion(root, tmp_path):
    folder = write_tiny_workspace(tmp_path / "tiny")
    shutil.copy(root / "parcels" / "targets.yaml", folder / "parcels" / "targets.yaml")
    shutil.copy(root / "parcels" / "policies" / "jiangbei-2024.yaml", folder / "parcels" / "policies")
    found = lines_of(folder)
    wanted = {name: (line.target.year, line.wanted) for name, line in found.items()}
    assert wanted == {
        "rd-2027": (2027, 4.5),
        "hightech-2027": (2027, 2000),
        "industry-2027": (2027, 6000),
        "population-2027": (2027, 300),
        "gdp-2030": (2030, 5800),
        "gdp-2035": (2035, None),
    }
    assert all(line.source.text_seen and line.source.status == "V" for line in found.values())


def test_the_enterprises_of_the_demo_stand_beside_and_are_not_the_target(demo):
    found = {line.target.id: line for line in target_lines(demo, load_board(demo))}["industry-2027"]
    table = pd.read_csv(demo.root / "parcels" / "enterprises.csv")
    newest = table[table["year"] == table["year"].max()]["output_10k"]
    assert found.beside.value == pytest.approx(newest.sum() / 10_000)
    assert (found.beside.known, found.beside.of) == (newest.notna().sum(), len(newest))
    assert found.now is None and found.gap is None


def test_the_english_page_speaks_english(board):
    text = shown(start(Settings(board)), language="en")
    for words in ("目标板", "未提供", "候选能带来什么", "差额"):
        assert words not in text


def test_the_check_names_a_target_without_a_clause(board):
    from tests.commands import call

    assert call("check", board, "--json")[0] == 0
    write_board(board, {"targets": [BOARD["targets"][0] | {"clause": "default/99"}]})
    code, out, _ = call("check", board, "--json")
    (found,) = [check for check in out["checks"] if check["id"] == "targets"]
    assert code == 5 and found["state"] == "fail" and "default/99" in found["items"][0]
