"""The officer's process beside the findings, and groups of candidates, without a browser and on the command line."""

from __future__ import annotations

import ast
import csv
import io
import shutil
from datetime import date, timedelta

import openpyxl
import pytest

from gisapp.app.assembly import assembly_report
from gisapp.app.assemblyfiles import TITLES as GROUP_TITLES
from gisapp.app.assemblyfiles import assembly_csv, assembly_xlsx, conditions, file_name
from gisapp.app.procedures import Procedures
from gisapp.app.process import processes
from gisapp.app.processfiles import TITLES, process_xlsx
from gisapp.app.server import start
from gisapp.i18n import english, translate
from gisapp.model.changes import Author
from gisapp.settings import Settings
from tests.commands import call, say
from tests.test_procedures import place  # noqa: F401
from tests.test_ui_pages import evaluate_page, opened, shown

DAY = date(2026, 7, 1)
MARKUP = "<img src=x>"


@pytest.fixture
def server(place):  # noqa: F811
    return start(Settings(place, user="王科"))


@pytest.fixture(scope="module")
def demo_server(tmp_path_factory, root):
    folder = tmp_path_factory.mktemp("assembly") / "demo"
    for name in ("layers", "parcels"):
        shutil.copytree(root / name, folder / name)
    return start(Settings(folder))


def take(
    workspace, step, *, day=DAY, reason="现场核实", document="宁北〔2026〕1号", procedure="low_efficiency"
):
    return Procedures(workspace).record(
        procedure, "P1", step, day=day, reason=reason, document=document, author=Author("王科", "地籍"),
        op_id=f"{procedure}-{step}-{day}",
    )  # fmt: skip


def panel(server, parcel="P1", **state):
    return opened(evaluate_page, server, parcel_id=parcel, why_part="process", **state)


def own(app, part):
    """Return the key of a widget of the form that is shown."""
    kinds = {
        "step": app.selectbox,
        "day": app.date_input,
        "document": app.text_input,
        "reason": app.text_area,
        "check": app.button,
    }
    return next(one for one in kinds[part] if str(one.key).startswith(f"officer_{part}_"))


def hand_in(app, *, day=DAY, document="", reason=""):
    own(app, "day").set_value(day)
    own(app, "document").set_value(document)
    own(app, "reason").set_value(reason)
    own(app, "check").click()
    app.run()
    assert [fault.message for fault in app.exception] == []
    return app


# -- the panel


def test_nothing_is_recorded_until_somebody_does(server):
    app = panel(server)
    text = shown(app)
    evaluation = server.desk.workspace.evaluate("screening")
    assert "办理记录：尚未启动" in text
    assert f"运行 {evaluation.run_id[:12]}" in text
    assert "办理记录与测算结论并列，互不改动" in text
    assert own(app, "step").options == ["列为疑似低效"]


def test_a_step_is_checked_confirmed_and_only_then_recorded(server):
    app = hand_in(panel(server), reason="筛选列入")
    assert "将记录：列为疑似低效" in shown(app)
    assert Procedures(server.desk.workspace).steps() == []
    app.button(key="officer_confirm").click().run()
    assert [fault.message for fault in app.exception] == []
    (taken,) = Procedures(server.desk.workspace).steps()
    assert (taken.parcel_id, taken.step, taken.day, taken.reason) == ("P1", "suspected", DAY, "筛选列入")
    assert taken.author.name == "王科"
    text = shown(app)
    assert f"已记入，记录号 {taken.number}" in text
    assert "办理记录：列为疑似低效" in text
    assert f"当时测算结论：{taken.computed['verdict_word']}" in text
    assert own(app, "step").options == ["园区（街道）核实"]
    assert "officer_confirm" not in {button.key for button in app.button}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"reason": " ", "document": "1号"}, "缺少理由"),
        ({"reason": "核实", "document": ""}, "“园区（街道）核实”须有文号"),
        ({"reason": "核实", "document": "1号", "day": DAY - timedelta(days=1)}, "日期早于上一步"),
    ],
)
def test_a_step_that_is_not_fit_is_refused_with_a_reason_and_no_button(server, given, words):
    take(server.desk.workspace, "suspected", document="")
    app = hand_in(panel(server), **given)
    assert words in shown(app)
    assert "不能记录，未写入任何内容" in shown(app)
    assert "officer_confirm" not in {button.key for button in app.button}
    assert len(Procedures(server.desk.workspace).steps()) == 1


def test_a_step_that_somebody_else_took_first_is_refused(server):
    app = hand_in(panel(server), reason="筛选列入")
    take(server.desk.workspace, "suspected", document="")
    app.button(key="officer_confirm").click().run()
    assert [fault.message for fault in app.exception] == []
    assert "不能到这一步" in shown(app)
    assert len(Procedures(server.desk.workspace).steps()) == 1


def test_a_finding_that_has_changed_since_is_flagged(server):
    workspace = server.desk.workspace
    take(workspace, "suspected", document="")
    assert "现在不同" not in shown(panel(server))
    then = processes(workspace, "P1")[0].computed
    path = workspace.root / "parcels" / "rulebooks" / "screening.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('value: ["1001"]', 'value: ["0701"]'), encoding="utf-8")
    server.reload()
    now = processes(server.desk.workspace, "P1")[0]
    assert now.computed["verdict"] != then["verdict"]
    assert now.differs(now.steps[0])
    assert "现在不同" in shown(panel(server))


def test_the_end_has_no_form(server):
    for step, day in (("suspected", 1), ("verified", 5), ("refused", 20)):
        take(server.desk.workspace, step, day=date(2026, 7, day))
    app = panel(server)
    assert "程序已办结，没有下一步" in shown(app)
    assert not [one for one in app.selectbox if str(one.key).startswith("officer_step_")]


def test_each_process_stands_by_itself(server):
    take(server.desk.workspace, "suspected", document="")
    app = panel(server, officer_procedure="idle_land")
    assert "办理记录：尚未启动" in shown(app)
    assert own(app, "step").options == ["列为疑似闲置"]


def test_what_was_written_brings_no_markup(server):
    take(server.desk.workspace, "suspected", reason=MARKUP, document=MARKUP)
    text = shown(panel(server))
    assert MARKUP not in text
    assert "&lt;img src=x&gt;" in text


def test_a_workspace_without_processes_and_one_with_a_faulty_one_say_so(tiny, server):
    path = server.settings.workspace / "parcels" / "procedures" / "idle_land.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("default/1", "default/9"), encoding="utf-8")
    text = shown(panel(server))
    assert "认定程序读取有误" in text
    assert "parcels/procedures/idle_land.yaml" in text
    assert server.desk.card("P1", "screening")["process"] is None
    for file in path.parent.glob("*.yaml"):
        file.unlink()
    assert "工作区没有程序" in shown(panel(server))


def test_the_panel_speaks_english(server):
    take(server.desk.workspace, "suspected", document="", reason="x")
    app = hand_in(panel(server, language="en"), reason="", document="")
    text = shown(app)
    panel_text = text[text.index("gp-officer") :]
    assert "Listed as suspected" in panel_text
    assert "needs a document number" in panel_text
    assert not [letter for letter in panel_text if "\u4e00" <= letter <= "\u9fff" and letter not in "王科"]


# -- printed with the verdict


def test_explain_prints_the_record_right_after_the_verdict(place):  # noqa: F811
    code, text, _ = say("explain", place, "P1", "--rulebook", "screening")
    assert code == 0
    assert "低效用地认定（default/1，状态 D）：尚未启动" in text
    from gisapp.app import Workspace

    taken = take(Workspace(place), "suspected", document="")
    code, text, _ = say("explain", place, "P1", "--rulebook", "screening")
    lines = text.splitlines()
    assert taken.computed["verdict_word"] in lines[1]
    assert lines[2].startswith("低效用地认定（default/1，状态 D）：列为疑似低效；测算结论")
    assert "2026-07-01 列为疑似低效：现场核实（王科）" in lines[3]
    assert "当时测算结论" in lines[3]
    assert "与现在不同" not in text
    code, told, _ = call("explain", place, "P1", "--rulebook", "screening")
    own_part = told["process"][0]
    assert own_part["computed"]["verdict"] == told["verdict"]
    assert own_part["steps"][0]["computed"]["run_id"] == taken.computed["run_id"]
    assert [step["id"] for step in own_part["next"]] == ["verified"]
    assert own_part["steps"][0]["differs"] is False


def test_the_card_carries_the_record(server):
    assert [item["state"] for item in server.desk.card("P1", "screening")["process"]] == ["尚未启动"] * 2
    taken = take(server.desk.workspace, "suspected", document="")
    card = server.desk.card("P1", "screening")
    (step,) = next(item for item in card["process"] if item["procedure"] == "low_efficiency")["steps"]
    assert (step["number"], step["day"]) == (taken.number, "2026-07-01")
    assert card["process"][0]["computed"]["verdict"] == card["evaluation"]["verdict"]


def test_the_workbook_has_each_step_with_both_findings(server):
    workspace = server.desk.workspace
    taken = take(workspace, "suspected", reason="=1+1", document="")
    found = processes(workspace, "P1")
    book = openpyxl.load_workbook(io.BytesIO(process_xlsx(workspace, found, "screening")))
    heads, *cells = book["认定程序"].iter_rows(values_only=True)
    assert list(heads) == list(TITLES.values())
    rows = {row["程序"]: row for row in (dict(zip(heads, line, strict=True)) for line in cells)}
    assert rows["闲置土地调查与处置"]["步骤"] == "尚未启动"
    row = rows["低效用地认定"]
    assert (row["理由"], row["记录号"], row["日期"]) == ("=1+1", taken.number, "2026-07-01")
    assert row["当时测算结论"] == row["现在测算结论"] == taken.computed["verdict_word"]
    assert {cell.data_type for line in book["认定程序"] for cell in line} <= {"s", "n"}
    assert "互不改动" in str(list(book["说明"].iter_rows(values_only=True)))


# -- groups of candidates


def groups(server, **state):
    return opened(evaluate_page, server, aspect="assembly", **state)


def report_of(server):
    """Return the groups of the workspace that the pages show: another server may have been started in between."""
    return assembly_report(start(server.settings).desk.workspace)


def test_the_switch_is_there_for_redevelopment_only(demo_server, server):
    app = opened(evaluate_page, demo_server)
    assert app.button_group(key="aspect").options[-1] == "连片改造"
    app.button_group(key="aspect").set_value("assembly").run()
    assert "连片条件" in shown(app)
    app.button_group(key="rulebook").set_value("mixed_use").run()
    assert [fault.message for fault in app.exception] == []
    assert app.button_group(key="aspect").value == "list"
    assert "连片条件" not in shown(app)


def test_the_table_has_the_groups_and_the_rules_their_letters(demo_server):
    app, report = groups(demo_server), report_of(demo_server)
    table = app.dataframe[0].value
    assert list(table["rank"]) == list(report.found.table["rank"])
    assert list(table["members"]) == list(report.found.table["members"])
    assert table["area_mu"].to_list() == pytest.approx(list(report.found.table["area_m2"] / 2000 * 3))
    text = shown(app)
    for words in (
        "1.5000 公顷",
        "STD-10",
        "V 已核",
        "D 本地假设",
        "权利人合计不超过 6 个",
        f"另有 {report.without} 宗",
    ):
        assert words in text
    assert "搜索已到上限" not in text


def test_a_group_selects_its_first_member_and_a_button_another(demo_server):
    report = report_of(demo_server)
    members = report.found.table["members"].iloc[0].split(";")
    app = groups(demo_server, parcel_id=members[0])
    assert {f"assembly_member_{id_}" for id_ in members} <= {button.key for button in app.button}
    app.button(key=f"assembly_member_{members[1]}").click().run()
    assert app.session_state["parcel_id"] == members[1]
    assert app.session_state["assembly_rows"]["selection"]["rows"] == [0]


def test_a_search_that_was_cut_off_says_so(demo_server, monkeypatch):
    import gisapp.evaluation.assembly as finder
    from gisapp.ui.views import assembly as view

    monkeypatch.setattr(finder, "MOST_GROUPS", 0)
    view._report.clear()
    try:
        assert "搜索已到上限，可能还有其他组合" in shown(groups(demo_server))
    finally:
        view._report.clear()


def test_the_files_have_the_groups_and_what_they_rest_on(demo_server):
    report, workspace = report_of(demo_server), start(demo_server.settings).desk.workspace
    evaluation = workspace.evaluate("redevelopment")
    rows = list(csv.DictReader(io.StringIO(assembly_csv(report, workspace, evaluation).decode("utf-8-sig"))))
    assert list(rows[0])[: len(GROUP_TITLES)] == list(GROUP_TITLES.values())
    assert [row["地块标识"] for row in rows] == list(report.found.table["members"])
    assert {row["运行编号"] for row in rows} == {report.run_id}
    book = openpyxl.load_workbook(io.BytesIO(assembly_xlsx(report, workspace, evaluation)))
    assert [line[2] for line in book["连片改造"].iter_rows(min_row=2, values_only=True)] == [
        row["地块标识"] for row in rows
    ]
    said = str(list(book["说明"].iter_rows(values_only=True)))
    for condition in conditions(report, workspace, evaluation):
        assert condition.text in said
    assert file_name(report, evaluation, "csv").startswith("连片改造_")


def test_groups_of_a_draft_say_so(demo_server):
    workspace = start(demo_server.settings).desk.workspace
    settings = {"STD-10.value": "20000"}
    evaluation = workspace.evaluate("redevelopment", settings=settings)
    report = assembly_report(workspace, settings=settings)
    assert file_name(report, evaluation, "csv").startswith("草案_")
    assert "草案（非正式规则集）" in assembly_csv(report, workspace, evaluation).decode("utf-8-sig")


def test_the_groups_speak_english(demo_server):
    text = shown(groups(demo_server, language="en"))
    part = text[text.index("gp-assembly") :].split("</section>")[0]
    assert "Shared boundary of at least 5 m" in part
    assert "连片" not in text


# -- texts


@pytest.mark.parametrize("module", ["app/process.py", "app/assemblyfiles.py", "ledger/procedure.py"])
def test_texts_that_are_made_before_they_are_shown_are_in_the_catalogue(root, module):
    tree = ast.parse((root / "gisapp" / module).read_text(encoding="utf-8"))
    calls = [
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    texts = {
        node.args[0].value
        for node in calls
        if node.func.id == "Text" and node.args and isinstance(node.args[0], ast.Constant)
    }
    assert texts
    assert sorted(texts - set(english())) == []


def test_titles_of_the_files_are_in_the_catalogue():
    assert [
        title for title in (*TITLES.values(), *GROUP_TITLES.values()) if translate(title, "en") == title
    ] == []
