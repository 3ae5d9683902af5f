"""The candidates page with other numbers: drafts, what is stale, and what stands behind a verdict."""

from __future__ import annotations

import os

import pytest

from gisapp.app import rulebookdrafts
from gisapp.app.server import start
from gisapp.app.staleness import reasons
from gisapp.app.workings import workings
from gisapp.errors import InputError, UsageError
from gisapp.model.rules import Gate
from gisapp.settings import Settings
from gisapp.ui.views import draft
from tests.test_ui_pages import evaluate_page, opened, rows, shown
from tests.tiny import RULEBOOK, write_tiny_workspace

SETTINGS = {"R-far.value": "0.3", "C-far.weight": "5"}


@pytest.fixture
def server(tmp_path):
    return start(Settings(write_tiny_workspace(tmp_path / "tiny"), user="张三"))


@pytest.fixture
def workspace(server):
    return server.desk.workspace


def tried(**values):
    return draft.Trial("screening", **{"applied": SETTINGS, "pending": SETTINGS, "base": SETTINGS} | values)


# -- drafts


def test_a_draft_is_kept_listed_loaded_and_deleted(workspace):
    kept = rulebookdrafts.save(workspace, "screening", " 收紧  容积率 ", SETTINGS, author="张三")
    assert rulebookdrafts.listed(workspace, "screening") == ["收紧 容积率"]
    assert rulebookdrafts.read(workspace, "screening", "收紧 容积率") == kept
    assert (kept.settings, kept.author, kept.edition) == (SETTINGS, "张三", "2026-03")
    assert rulebookdrafts.delete(workspace, "screening", "收紧 容积率")
    assert rulebookdrafts.listed(workspace, "screening") == []
    assert not rulebookdrafts.delete(workspace, "screening", "收紧 容积率")


@pytest.mark.parametrize("name", ["", "../x", "a/b", "x" * 41, ".hidden"])
def test_a_name_that_is_no_file_name_is_refused(workspace, name):
    with pytest.raises(InputError, match="草案名称不可用"):
        rulebookdrafts.save(workspace, "screening", name, SETTINGS, author="张三")


def test_a_draft_of_nothing_or_of_rules_that_are_not_there_is_refused(workspace):
    with pytest.raises(InputError, match="没有任何改动"):
        rulebookdrafts.save(workspace, "screening", "甲", {}, author="张三")
    with pytest.raises(UsageError, match="没有这条规则"):
        rulebookdrafts.save(workspace, "screening", "甲", {"X.value": "1"}, author="张三")
    assert rulebookdrafts.listed(workspace, "screening") == []


def test_a_draft_never_outlives_its_rule(workspace):
    rulebookdrafts.save(workspace, "screening", "甲", SETTINGS, author="张三")
    path = workspace.root / "parcels" / "rulebooks" / "screening.yaml"
    path.write_text(RULEBOOK.replace("R-far", "R-floor"), encoding="utf-8")
    with pytest.raises(UsageError, match=r"R-far\.value"):
        rulebookdrafts.read(workspace, "screening", "甲")


def test_every_number_of_the_rulebook_is_offered_and_only_changes_count(workspace):
    book = workspace.rulebook("screening").rulebook
    start_of = draft.numbers(book, workspace.policies, {}, "zh")
    assert set(start_of["key"]) == {
        "R-farm.value",
        "R-udb.value",
        "R-far.value",
        "C-far.weight",
        "C-bcr.weight",
    }
    assert draft.changes(start_of) == {}
    table = draft.numbers(book, workspace.policies, SETTINGS, "zh")
    assert draft.changes(table) == {"R-far.value": "0.3", "C-far.weight": "5"}
    emptied = table.assign(draft=table["draft"].where(table["key"] != "R-far.value"))
    assert draft.changes(emptied) == {"C-far.weight": "5"}


def test_a_draft_has_its_banner_its_own_results_and_no_official_map(server, workspace):
    app = opened(evaluate_page, server, kept_draft=tried(name="收紧"))
    text = shown(app)
    assert "草案 收紧" in text and "非正式规则集，改动 2 项" in text and "R-far.value = 0.3" in text
    run = workspace.evaluate("screening", settings=SETTINGS)
    expected = run.parcels.loc[run.parcels["verdict"] == "candidate", "parcel_id"]
    if len(expected):
        assert set(rows(app)) == set(expected)
    else:
        assert not app.dataframe
    assert run.run_id[:12] in text and "结果已过期" not in text
    official = shown(opened(evaluate_page, server))
    assert "草案" not in official.replace("草案名称", "")


def test_typed_numbers_make_the_results_stale_until_they_are_computed(server):
    app = opened(evaluate_page, server, kept_draft=tried(applied={}), aspect="draft")
    assert "gp-staleflag" in shown(app) and "阈值或权重已改，尚未重新计算" in shown(app)
    app.button(key="draft_apply").click().run()
    assert app.session_state["kept_draft"].applied == SETTINGS
    assert "gp-staleflag" not in shown(app) and "非正式规则集" in shown(app)
    app.button(key="draft_reset").click().run()
    assert "非正式规则集" not in shown(app)


def test_a_draft_is_saved_loaded_and_deleted_from_the_page(server, workspace):
    app = opened(evaluate_page, server, kept_draft=tried(), aspect="draft")
    app.text_input(key="draft_name_screening_0").set_value("甲")
    app.button(key="draft_save").click().run()
    assert rulebookdrafts.read(workspace, "screening", "甲").author == "张三" and "已保存草案 甲" in shown(
        app
    )
    again = opened(evaluate_page, server, aspect="draft")
    again.selectbox(key="draft_pick").select("甲").run()
    again.button(key="draft_load").click().run()
    assert "草案 甲" in shown(again) and again.session_state["kept_draft"].applied == SETTINGS
    again.selectbox(key="draft_pick").select("甲").run()
    again.button(key="draft_delete").click().run()
    assert rulebookdrafts.listed(workspace, "screening") == []


def test_a_refused_name_is_said(server):
    app = opened(evaluate_page, server, kept_draft=tried(), aspect="draft")
    app.button(key="draft_save").click().run()
    assert "草案名称不可用" in shown(app)


def test_a_download_of_a_draft_says_so(server, workspace):
    from gisapp.app.downloads import csv_bytes, facts, file_name
    from gisapp.app.listing import listing
    from gisapp.app.ranking import Filters

    found = listing(server.desk, "screening", Filters(), settings=SETTINGS)
    assert "草案（非正式规则集）" in csv_bytes(found).decode("utf-8-sig")
    assert file_name(found, "csv").startswith("草案_")
    assert dict(facts(found))["草案（非正式规则集）"] == "C-far.weight=5；R-far.value=0.3"
    plain = listing(server.desk, "screening", Filters())
    assert "草案" not in csv_bytes(plain).decode("utf-8-sig") + file_name(plain, "csv")


# -- stale


def test_what_changed_since_the_run_is_named(server):
    run = server.desk.workspace.evaluate("screening")
    assert reasons(server.desks, run) == ()
    root = server.settings.workspace
    book = root / "parcels" / "rulebooks" / "screening.yaml"
    book.write_text(book.read_text(encoding="utf-8").replace("value: 1.5", "value: 1.4"), encoding="utf-8")
    assert reasons(server.desks, run) == ("rulebook",)
    layer = root / "layers" / "data" / "udb.fgb"
    told = layer.stat()
    os.utime(layer, ns=(told.st_atime_ns, told.st_mtime_ns + 1_000_000_000))
    assert reasons(server.desks, run) == ("rulebook", "files")
    server.reload()
    assert reasons(server.desks, server.desk.workspace.evaluate("screening")) == ()


def test_results_are_struck_through_and_read_again_on_request(server):
    app = opened(evaluate_page, server)
    assert "gp-staleflag" not in shown(app)
    policy = server.settings.workspace / "parcels" / "policies" / "default.yaml"
    policy.write_text(policy.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    app.run()
    assert "图层、资料表或政策文件已改动" in shown(app)
    app.button(key="stale_again").click().run()
    assert "gp-staleflag" not in shown(app)


# -- why


def test_formula_inputs_and_clause_of_each_rule(server, workspace):
    found = {item.rule.rule_id: item for item in workings(workspace, workspace.evaluate("screening"), "P0")}
    far = found["R-far"]
    assert isinstance(
        next(r for r in workspace.rulebook("screening").rulebook.rules if r.id == "R-far"), Gate
    )
    assert (
        far.indicator == "现状容积率（far）"
        and far.inputs[0][0] == "floor_area_m2"
        and "5" in far.inputs[0][1]
    )
    text = shown(opened(evaluate_page, server, parcel_id="P0", why_part="workings"))
    for words in ("公式", "输入", "floor_area_m2", "第一条", "本地假设"):
        assert words in text


def test_what_it_would_take_stands_on_the_page(server, workspace):
    answer = workspace.would_take("P2", "screening")
    text = shown(opened(evaluate_page, server, parcel_id="P2", why_part="would"))
    assert "怎样才能成为" in text
    assert "现有可调项做不到" in text if not answer.possible else "任一项即可" in text or "须同时办到" in text


def test_missing_data_is_ranked_for_the_whole_rulebook(server, workspace):
    unknown = (workspace.evaluate("screening").parcels["verdict"] == "unknown").sum()
    text = shown(opened(evaluate_page, server, why_part="missing"))
    assert unknown > 0 and f"资料不足的 {unknown} 宗在等什么" in text and "只缺它的" in text


@pytest.mark.parametrize(
    ("parcel", "verdict", "head"),
    [
        ("P0", "prohibited", "决定判定的规则 · 触及底线"),
        ("P2", "unknown", "其他规则 · 资料不足"),
        ("P4", "not_candidate", "决定判定的规则 · 不符合"),
    ],
)
def test_prohibited_unknown_and_failing_are_headed_apart(server, workspace, parcel, verdict, head):
    assert workspace.evaluate("screening").parcels.set_index("parcel_id")["verdict"][parcel] == verdict
    text = shown(opened(evaluate_page, server, parcel_id=parcel))
    others = {"触及底线", "不符合"} - {head.rpartition(" ")[2]}
    assert f"<h3>{head}</h3>" in text and all(f"· {other}</h3>" not in text for other in others)


@pytest.mark.parametrize("part", ["workings", "would", "missing"])
def test_the_panel_speaks_english(server, part):
    text = shown(
        opened(
            evaluate_page, server, parcel_id="P2", why_part=part, language="en", kept_draft=tried(name="A")
        )
    )
    for words in ("怎样才能", "缺的资料", "公式", "非正式规则集", "草案"):
        assert words not in text
