"""The declared tables on the data page: from whom, as of when, loaded by whom, or not loaded."""

from __future__ import annotations

import shutil

import pytest
from streamlit.testing.v1 import AppTest

from gisapp.app.server import start
from gisapp.settings import Settings
from tests.commands import call
from tests.standing import tables

HEAD = "id,level,indicator,industry_code,op,value,unit,document,effective_from,status"


def data_page():
    from gisapp.ui.views import data

    data.show()


def shown(workspace):
    start(Settings(workspace))
    app = AppTest.from_function(data_page, default_timeout=60)
    app.session_state["part"] = "declared"
    app.run()
    assert [fault.message for fault in app.exception] == []
    return "\n".join(element.proto.body for element in app.get("html"))


@pytest.fixture
def loaded(tiny, tmp_path):
    file = tmp_path / "c.csv"
    file.write_text(f"{HEAD}\nA,nation,investment,*,>=,4500,万元/ha,72号文,2023-05-01,V\n", encoding="utf-8")
    who = ("--provider", "省厅", "--as-of", "2026-01-01", "--user", "张三")
    assert call("import", tables(tiny), file, "--to", "controls", *who)[0] == 0
    return tiny


def test_a_loaded_table_says_from_whom_and_when_and_another_that_it_is_not_loaded(loaded):
    text = shown(loaded)
    for words in (
        "控制指标（差异化用地标准）",
        "72号文",
        "省厅",
        "2026-01-01",
        "张三",
        "区域评估登记表",
        "未提供",
    ):
        assert words in text
    assert "加载后有改动" not in text


def test_a_table_that_was_edited_since_says_so(loaded):
    path = loaded / "parcels" / "tables" / "control_indicators.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("4500", "4600"), encoding="utf-8")
    shutil.rmtree(loaded / ".gisapp", ignore_errors=True)
    assert "加载后有改动" in shown(loaded)
