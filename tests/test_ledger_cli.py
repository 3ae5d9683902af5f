"""`gisapp ledger`: one JSON object, exit codes, and faults by file, row, field and value."""

import json

import openpyxl
import pyogrio
import pytest

from gisapp import Workspace
from gisapp.app.ledgers import Ledgers
from gisapp.cli.ledgers import app
from tests.commands import call, files, say
from tests.ledgering import add_ledger

HEAD = "date,kind,document,reason,from,to,indicator,year,amount,project,price,approval\n"
IN = "2026-06-30,acceptance,文〔2026〕7号,验收,,jiangbei,quantity,,1.5,,,\n"
OUT = "2026-06-30,occupation,文〔2026〕8号,占用,jiangbei,,quantity,,2,XM-2026-02,,\n"


@pytest.fixture
def folder(tiny):
    return add_ledger(tiny, seed=True)


@pytest.fixture
def write(tmp_path):
    def write(text, name="rows.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def amount(folder, account="jiangbei/quantity", **options):
    extra = [part for name, value in options.items() for part in (f"--{name.replace('_', '-')}", value)]
    code, told, _ = call("ledger", "balance", folder, *extra)
    assert code == 0
    return next(b for b in told["balances"] if b["account"] == account)


def test_balances_as_of_a_day(folder):
    assert amount(folder)["official"] == "4" and amount(folder)["unit"] == "ha"
    assert amount(folder, as_of="2026-03-09")["official"] == "6"
    code, told, _ = call("ledger", "balance", folder)
    assert code == 0 and told["as_of"] == "2026-06-30" and told["overdrawn"] == []
    assert say("ledger", "balance", folder)[1].splitlines()[0] == "江北新区·耕地数量  4 ha"


def test_posting_a_file_and_listing_it(folder, write):
    code, told, _ = call("ledger", "post", folder, write(HEAD + IN + OUT), "--user", "张三")
    assert code == 0 and len(told["numbers"]) == 2 and told["dry_run"] is False
    assert amount(folder)["official"] == "3.5"
    code, told, _ = call("ledger", "list", folder, "--account", "jiangbei/quantity")
    last = told["records"][-1]
    assert (last["document"], last["author"], last["amount"], last["provisional"]) == (
        "文〔2026〕8号",
        "张三",
        "2",
        False,
    )
    assert "占用挂钩" in say("ledger", "list", folder)[1]


def test_a_dry_run_shows_the_balances_and_writes_nothing(folder, write):
    path, before = write(HEAD + OUT), files(folder)
    code, out, _ = say("ledger", "post", folder, path, "--dry-run")
    assert code == 0 and "检查通过，未写入" in out and "江北新区·耕地数量  4 → 2 ha" in out
    assert files(folder) == before


def test_an_overdraft_is_exit_3_and_names_line_account_balance_and_amount(folder, write):
    before = files(folder)
    code, told, err = call("ledger", "post", folder, write(HEAD + IN + OUT.replace(",2,", ",9,")))
    (problem,) = told["error"]["problems"]
    assert code == 3 and (problem["file"], problem["line"], problem["field"], problem["value"]) == (
        "rows.csv",
        3,
        "amount",
        "9",
    )
    assert "江北新区·耕地数量 余额不足：2026-06-30 余额 4 ha，本次净减少 7.5 ha，将为 -3.5 ha" in err
    assert files(folder) == before and "Traceback" not in err


@pytest.mark.parametrize(
    ("old", "new", "field", "value"),
    [
        ("2026-06-30", "30.6.2026", "date", "30.6.2026"),
        ("acceptance", "gift", "kind", "gift"),
        ("文〔2026〕7号", "", "document", None),
        ("验收", " ", "reason", None),
        ("jiangbei", "", "to", None),
        ("jiangbei", "liuhe", "to", "liuhe"),
        ("quantity", "area", "indicator", "area"),
        (",1.5,", ",1.5 ha,", "amount", "1.5 ha"),
        (",1.5,", ",0,", "amount", "0"),
        (",1.5,", ",-1,", "amount", "-1"),
        (",1.5,", ",1.00001,", "amount", "1.00001"),
        (",1.5,", ",NaN,", "amount", "NaN"),
        ("quantity,,", "quantity,zwei,", "year", "zwei"),
        ("quantity,,", "quantity,2026,", "year", "2026"),
    ],
)
def test_a_bad_cell_is_named_with_its_line(folder, write, old, new, field, value):
    code, told, err = call("ledger", "post", folder, write(HEAD + OUT + IN.replace(old, new, 1)))
    problem = told["error"]["problems"][0]
    assert code == 3 and (problem["file"], problem["line"], problem["field"], problem.get("value")) == (
        "rows.csv",
        3,
        field,
        value,
    )
    assert "Traceback" not in err


def test_all_faults_of_a_file_come_at_once(folder, write):
    text = HEAD + IN.replace("1.5", "x") + OUT.replace("quantity", "area")
    _, told, _ = call("ledger", "post", folder, write(text))
    assert [(p["line"], p["field"]) for p in told["error"]["problems"]] == [(2, "amount"), (3, "indicator")]


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("", "rows.csv", "表是空的"),
        (HEAD, "rows.csv", "没有任何记录"),
        (HEAD.replace("kind", "sort") + IN, "rows.csv", "不认识的列"),
        ("{", "rows.json", "不是有效的 JSON"),
        ("3", "rows.json", "应为对象的列表"),
        ('[{"date": {"y": 1}}]', "rows.json", "不是一条记录"),
        ("nothing", "rows.xlsx", "工作簿无法读取"),
    ],
)
def test_a_file_that_is_none_is_one_clear_message(folder, write, text, name, words):
    code, told, _ = call("ledger", "post", folder, write(text, name))
    assert code == 3 and words in told["error"]["message"]
    assert call("ledger", "post", folder, folder / "nowhere.csv")[0] == 3


def test_json_keeps_every_decimal_and_chinese_words_are_understood(folder, write):
    row = {
        "日期": "2026/06/30",
        "类型": "入库",
        "文号": "文〔2026〕9号",
        "事由": "验收",
        "转入": "jiangbei",
        "指标": "产能",
    }
    text = json.dumps({"rows": [row]}, ensure_ascii=False).replace("}]}", ', "数量": 0.10}]}')
    assert call("ledger", "post", folder, write(text, "rows.json"))[0] == 0
    assert amount(folder, "jiangbei/capacity")["official"] == "37000.1"


def test_a_workbook_is_posted_like_a_table(folder, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(HEAD.strip().split(","))
    book.active.append([cell or None for cell in IN.strip("\n").split(",")])
    book.save(tmp_path / "rows.xlsx")
    assert call("ledger", "post", folder, tmp_path / "rows.xlsx")[0] == 0
    assert amount(folder)["official"] == "5.5"


def test_a_scenarios_entries_are_provisional_and_its_shortage_is_printed(folder, write):
    assert call("ledger", "post", folder, write(HEAD + IN))[0] == 0  # the store is there now
    assert call("scenario", "create", folder, "甲")[0] == 0
    path = write(HEAD + IN.replace("1.5", "9") + OUT.replace(",2,", ",8,"))
    code, out, _ = say("ledger", "post", folder, path, "--scenario", "甲")
    assert code == 0 and "暂记于方案 甲" in out and "! 江北新区·耕地数量：不计暂记收入时短缺 2.5 ha" in out
    found = amount(folder, scenario="甲")
    assert [found[name] for name in ("official", "expected", "firm", "overdrawn")] == [
        "5.5",
        "6.5",
        "-2.5",
        "2.5",
    ]
    assert amount(folder)["official"] == amount(folder)["expected"] == "5.5"
    code, told, _ = call("ledger", "balance", folder)
    assert [(o["branch"], o["account"]) for o in told["overdrawn"]] == [("甲", "jiangbei/quantity")]
    assert call("ledger", "post", folder, path, "--scenario", "乙")[0] == 2


def test_a_projects_balance_in_both_readings(folder):
    code, told, _ = call("ledger", "balance", folder, "--project", "XM-2026-02")
    assert code == 0 and told["reading"] == "uncoupled" and told["limit"]["state"] == "short"
    found = {
        name: [(s["holder"], s["quantity"], s["paddy"]) for s in told[name]["shares"]]
        for name in ("uncoupled", "coupled")
    }
    assert found == {
        "uncoupled": [("jiangbei", "4", "2"), ("nanjing", "1", "1.2")],
        "coupled": [("jiangbei", "3.8", "2"), ("nanjing", "1.2", "1.2")],
    }
    assert [(p["rule"], p["status"]) for p in told["parameters"]] == [
        ("LED-10", "V"),
        ("LED-10", "M"),
        ("LED-12", "V"),
        ("LED-11", "M"),
    ]
    out = say("ledger", "balance", folder, "--project", "XM-2026-02")[1]
    assert "三类指标分别核算（采用）：平衡" in out and "guotuzigui-2017-13/indicators，M" in out
    assert call("ledger", "balance", folder, "--project", "X")[0] == 2


def test_projects_against_the_quota_and_transfers_with_alerts(folder):
    code, told, _ = call("ledger", "list", folder, "--book", "projects")
    assert code == 0 and (told["quota"], told["missing"]) == ("11.8", "8.4")
    code, told, _ = call("ledger", "list", folder, "--book", "transfers", "--as-of", "2026-07-15")
    assert code == 0 and {t["transfer"]: t["state"] for t in told["transfers"]}["YG-03"] == "lapsed"
    out = say("ledger", "list", folder, "--book", "transfers")[1]
    assert "即将失效，截止 2026-07-14（剩 14 天）" in out
    assert "缺 5.3 ha" in say("ledger", "list", folder, "--book", "projects")[1]


def test_wrong_use_is_exit_2(folder):
    for arguments in (["--book", "x"], ["--account", "x"], ["--as-of", "x"], ["--scenario", "x"]):
        assert call("ledger", "list", folder, *arguments)[0] == 2


@pytest.mark.parametrize("arguments", [["balance"], ["balance", "--project", "X"], ["list"], ["post"]])
def test_a_workspace_without_a_set_up_is_exit_3_and_names_the_file(tiny, write, arguments):
    verb, *options = arguments
    file = [write(HEAD + IN)] if verb == "post" else []
    code, told, _ = call("ledger", verb, tiny, *file, *options)
    assert code == 3 and told["error"]["problems"][0]["file"] == "parcels/ledger/ledger.yaml"


def test_a_new_workspace_has_the_set_up_and_the_demo_its_entries(tmp_path):
    assert call("init", tmp_path / "empty", "--empty")[0] == 0
    code, told, _ = call("ledger", "balance", tmp_path / "empty")
    assert code == 0 and told["balances"] == []


def test_check_goes_through_the_ledgers(folder, write):
    def checked():
        code, told, _ = call("check", folder)
        return code, next(c for c in told["checks"] if c["id"] == "ledger")

    before = checked()[1]
    count = len(Ledgers(Workspace(folder)).records())
    assert before["state"] == "ok" and before["detail"].startswith(f"{count} 条记录")
    assert call("ledger", "post", folder, write(HEAD + IN))[0] == 0
    assert call("scenario", "create", folder, "甲")[0] == 0
    path = write(HEAD + IN.replace("1.5", "9") + OUT.replace(",2,", ",8,"))
    assert call("ledger", "post", folder, path, "--scenario", "甲")[0] == 0
    found = checked()[1]
    assert found["state"] == "finding" and found["items"] == ["甲 江北新区·耕地数量 短缺 2.5"]


def test_check_names_a_fault_of_the_set_up(folder):
    path = folder / "parcels" / "ledger" / "ledger.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("minfa-dian/221", "minfa-dian/9"), encoding="utf-8"
    )
    code, told, _ = call("check", folder)
    found = next(c for c in told["checks"] if c["id"] == "ledger")
    assert code == 5 and found["state"] == "fail" and "引用的条款不存在" in found["items"][0]


def test_a_published_snapshot_leaves_the_ledgers_out(folder, write, tmp_path):
    assert call("ledger", "post", folder, write(HEAD + IN), "--user", "保密人")[0] == 0
    assert call("publish", folder, "--out", tmp_path / "out.gpkg")[0] == 0
    assert sorted(name for name, _ in pyogrio.list_layers(tmp_path / "out.gpkg")) == ["about", "parcels"]
    content = (tmp_path / "out.gpkg").read_bytes()
    assert "保密人".encode() not in content and "文〔2026〕7号".encode() not in content


def test_the_commands_and_their_options_are_documented(root):
    import typer.main

    text = (root / "docs" / "commands.md").read_text(encoding="utf-8")
    section = text.partition("## gisapp ledger\n")[2].partition("\n## ")[0]
    verbs = typer.main.get_command(app).commands
    assert set(verbs) == {"list", "post", "balance"}
    options = {
        option for verb in verbs.values() for p in verb.params for option in p.opts if option.startswith("--")
    }
    assert {option for option in options if option not in section} <= {"--help", "--json"}
