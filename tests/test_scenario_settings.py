"""Scenarios as they are kept: settings in the store, what they do to evaluations, and the commands."""

from __future__ import annotations

import pytest

from gisapp import Workspace
from gisapp.app.comparing import Side, compare_sides, rule_table, rulebook_table
from gisapp.app.desks import Desks
from gisapp.app.editing.editor import Editor
from gisapp.app.ledgers import Ledgers
from gisapp.app.scenarios import Scenarios
from gisapp.errors import UsageError
from gisapp.model.changes import Author
from tests.commands import call
from tests.ledgering import add_ledger

ME = Author("张三")


@pytest.fixture
def scenarios(tiny):
    return Scenarios(Editor(Desks(Workspace(tiny))))


def held(scenarios, name):
    return {setting.key: setting.value for setting in scenarios.find(name).settings}


def test_the_newest_record_of_a_key_wins_and_all_records_stay(scenarios):
    scenarios.create("甲", {"service_year": "2027", "R-far.value": "0.5"}, author=ME)
    scenarios.set("甲", {"service_year": "2030"}, author=ME)
    scenarios.set("甲", {"service_year": "2030"}, author=ME)
    assert held(scenarios, "甲") == {"service_year": "2030", "R-far.value": "0.5"}
    scenarios.unset("甲", "service_year", author=ME)
    assert held(scenarios, "甲") == {"R-far.value": "0.5"}
    store = scenarios.workspace.store
    told = [(r.body["key"], r.body["value"]) for r in store.ledger()]
    assert told == [
        ("service_year", "2027"),
        ("R-far.value", "0.5"),
        ("service_year", "2030"),
        ("service_year", None),
    ]
    assert store.verify() == []


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"R-far.weight": "2"}, "没有可设置的数值 weight"),
        ({"FOO.value": "1"}, "没有这条规则或设置"),
        ({"colour": "red"}, "没有这条规则或设置"),
        ({"R-far.value": "many"}, "应为有限的数值"),
        ({"service_year": "soon"}, "不是年份"),
        ({"layer[nothing]": "data/udb.fgb"}, "没有图层 nothing"),
        ({"layer[udb]": "data/nothing.fgb"}, "没有这个文件"),
        ({"layer[udb]": "../../secret.fgb"}, "文件路径不可用"),
        ({"station[丙站].opening_year": "2027"}, "没有“丙站”"),
        ({"service_year": " "}, "都须填写"),
    ],
)
def test_what_means_nothing_is_refused_with_what_is_possible_and_nothing_is_recorded(
    scenarios, settings, words
):
    scenarios.create("甲", author=ME)
    with pytest.raises(UsageError, match=words) as found:
        scenarios.set("甲", {"R-far.value": "0.5", **settings}, author=ME)
    assert found.value.action and held(scenarios, "甲") == {}


def test_the_official_parcels_and_unknown_or_closed_scenarios_take_no_settings(scenarios):
    scenarios.create("甲", author=ME)
    with pytest.raises(UsageError, match="现状库没有情景设置"):
        scenarios.set("official", {"service_year": "2027"}, author=ME)
    with pytest.raises(UsageError, match="没有情景 乙"):
        scenarios.set("乙", {"service_year": "2027"}, author=ME)
    with pytest.raises(UsageError, match="没有设置 service_year"):
        scenarios.unset("甲", "service_year", author=ME)
    scenarios.delete("甲", author=ME)
    with pytest.raises(UsageError, match="已关闭"):
        scenarios.set("甲", {"service_year": "2027"}, author=ME)


def test_an_evaluation_of_a_scenario_has_its_settings_under_the_given_ones(scenarios):
    scenarios.create("甲", {"R-far.value": "0.5"}, author=ME)
    workspace = scenarios.workspace
    scheme = workspace.at("甲")
    own = scheme.evaluate("screening")
    assert own.manifest["settings"] == {"R-far.value": "0.5"}
    assert own.run_id == workspace.evaluate("screening", settings={"R-far.value": "0.5"}).run_id
    assert workspace.evaluate("screening").manifest["settings"] == {}
    given = scheme.evaluate("screening", settings={"R-far.value": "0.7"})
    assert given.manifest["settings"] == {"R-far.value": "0.7"}
    assert scheme.ready("screening").run_id == own.run_id
    assert scheme.explain("P0", "screening").run_id == own.run_id


def test_a_whole_file_comes_before_what_is_set_on_its_features(scenarios):
    keys = {"station[乙站].opening_year": "2040", "layer[station]": "data/station.fgb"}
    context = scenarios.workspace.context_for(keys)
    frame = context.frame("station").set_index("name")
    assert frame.loc["乙站", "opening_year"] == 2040
    other = scenarios.workspace.context_for(dict(reversed(keys.items())))
    assert other.hash == context.hash


def test_two_sides_name_what_differs_with_both_thresholds(scenarios):
    scenarios.create("甲", {"R-far.value": "0.3"}, author=ME)
    workspace = scenarios.workspace
    compared = compare_sides("screening", Side(workspace, "现状库"), Side(workspace.at("甲"), "甲"))
    assert (
        compared.flips
        == (
            workspace.evaluate("screening").parcels["verdict"].to_numpy()
            != workspace.at("甲").evaluate("screening").parcels["verdict"].to_numpy()
        ).sum()
    )
    (line,) = rulebook_table(compared).to_dict("records")
    assert (line["rule_id"], line["item"], line["before"], line["after"]) == ("R-far", "value", "1.5", "0.3")
    rules = rule_table(compared)
    assert {"< 1.5"} == set(rules["threshold_before"]) and {"< 0.3"} == set(rules["threshold_after"])
    turned = rules[rules["parcel_id"].isin(compared.found.flips["parcel_id"])]
    assert {("触发", "未触发")} == set(zip(turned["state_before"], turned["state_after"], strict=True))


def test_settings_are_no_entries_of_the_ledgers(tiny):
    add_ledger(tiny, seed=True)
    scenarios = Scenarios(Editor(Desks(Workspace(tiny))))
    before = Ledgers(Workspace(tiny)).balances()
    scenarios.create("甲", {"service_year": "2030"}, author=ME)
    ledgers = Ledgers(Workspace(tiny))
    assert ledgers.balances() == before and ledgers.faults() == []
    assert {record.book for record in ledgers.records()} <= {"entries", "projects", "transfers"}


# -- the commands


def ok(*arguments):
    code, out, err = call(*arguments, "--json")
    assert code == 0, err
    return out


def test_a_scenario_is_made_set_listed_taken_back_and_deleted(tiny):
    made = ok("scenario", "create", tiny, "甲", "R-far.value=0.3")
    assert made["settings"] == {"R-far.value": "0.3"}
    assert ok("scenario", "set", tiny, "甲", "service_year=2030")["settings"]["service_year"] == "2030"
    assert ok("scenario", "list", tiny, "甲")["branches"][0]["settings"] == {
        "R-far.value": "0.3",
        "service_year": "2030",
    }
    assert ok("scenario", "unset", tiny, "甲", "service_year")["settings"] == {"R-far.value": "0.3"}
    assert ok("scenario", "delete", tiny, "甲")["closed"] == "甲"
    code, _, err = call("scenario", "set", tiny, "甲", "service_year=2030")
    assert code == 2 and "已关闭" in err


def test_compare_prints_flips_with_both_verdicts_and_writes_files(tiny, tmp_path):
    ok("scenario", "create", tiny, "甲", "R-far.value=0.3")
    out = ok("compare", tiny, "--rulebook", "screening", "--with", "甲", "--out", tmp_path / "a.xlsx")
    flips = {flip["parcel_id"]: (flip["verdict_before"], flip["verdict_after"]) for flip in out["flips"]}
    assert flips and all(before != after for before, after in flips.values())
    assert out["with"]["settings"] == {"R-far.value": "0.3"} and out["base"]["settings"] == {}
    threshold = ok("compare", tiny, "--rulebook", "screening", "--set", "R-far.value=0.3")
    assert [flip["parcel_id"] for flip in threshold["flips"]] == list(flips)
    assert threshold["rulebook"][0]["changed"] == {"value": [1.5, 0.3]}
    assert all(rule["clause"] == "default/1" for rule in threshold["rulebook"])
    code, _, _ = call("compare", tiny, "--rulebook", "screening", "--out", tmp_path / "a.csv")
    assert code == 0 and (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    import openpyxl

    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["差异清单", "判定矩阵", "规则差异", "规则集差异", "说明"]
    assert [row[0].value for row in list(book["差异清单"].rows)[1 : 1 + len(flips)]] == list(flips)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--with", "乙"), "没有情景 乙"),
        (("--out", "x.pdf"), "不支持的格式"),
        (("--with-as-of", "soon"), "不是日期"),
        (("--set", "R-far.value"), "写法不对"),
    ],
)
def test_a_wrong_comparison_is_bad_use(tiny, arguments, words):
    code, _, err = call("compare", tiny, "--rulebook", "screening", *arguments)
    assert code == 2 and words in err


def test_a_file_is_never_overwritten(tiny, tmp_path):
    (tmp_path / "a.csv").write_text("kept", encoding="utf-8")
    code, _, err = call("compare", tiny, "--rulebook", "screening", "--out", tmp_path / "a.csv")
    assert code == 2 and "文件已存在" in err and (tmp_path / "a.csv").read_text(encoding="utf-8") == "kept"


def test_two_editions_are_compared_by_their_dates(demo):
    code, out, err = call(
        "compare",
        demo.root,
        "--rulebook",
        "udb",
        "--as-of",
        "2024-06-30",
        "--with-as-of",
        "2026-06-30",
        "--json",
    )
    assert code == 0, err
    assert (out["base"]["edition"], out["with"]["edition"]) == ("2023-10", "2026-03")
    assert {"UDB-04", "UDB-05"} <= {line["rule_id"] for line in out["rulebook"]}
