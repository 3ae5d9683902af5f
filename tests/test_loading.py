"""Loading standards and policies: all or nothing, dated, with who and from whom; each fault once, by file and line."""

from __future__ import annotations

from datetime import date

import pytest
import yaml

from gisapp.app import Workspace
from gisapp.app.declared import declared_entries
from gisapp.app.tablefiles import replace_files
from gisapp.errors import InputError
from gisapp.evaluation.sources import source
from gisapp.rules.load import load_policies
from tests.commands import call, files, say
from tests.ledgering import add_ledger
from tests.standing import tables, with_park_id

HEAD = "id,level,region,park,indicator,industry_system,industry_code,op,value,unit,document,effective_from,effective_to,status"
GOOD = (
    "A,nation,,,investment,GB/T 4754-2017,38,>=,4500,万元/ha,72号文,2023-05-01,,V",
    "B,province,苏南,,容积率,GB/T 4754-2017,26,>=,1.1,1,省标准,2022-09-01,2025-01-01,M",
    "C,province,苏南,,容积率,GB/T 4754-2017,26,>=,1.2,1,省标准,2025-01-01,,M",
)
WHO = ("--to", "controls", "--provider", "省厅", "--as-of", "2026-01-01", "--user", "张三")


def sheet(folder, *rows, head=HEAD):
    path = folder / "standard.csv"
    path.write_text("\n".join((head, *rows)) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def place(tiny):
    return with_park_id(tables(tiny))


def refused(place, *arguments):
    before = files(place)
    code, out, err = call("import", place, *arguments)
    assert (code, "Traceback" in err) == (3, False), out
    assert files(place) == before
    return out["error"]["problems"]


def table(place):
    return place / "parcels" / "tables" / "control_indicators.csv"


# ---- controls


def test_a_standard_is_loaded_as_it_was_given_with_who_and_when(place, tmp_path):
    code, out, _ = call("import", place, sheet(tmp_path, *GOOD), *WHO)
    assert code == 0
    assert (out["rows_in"], out["added"], out["rows_total"], out["backup"]) == (3, 3, 3, None)
    assert out["conversions"] == ["固定资产投资强度：1 行 万元/ha × 1/15 = 万元/亩"]
    assert ",4500,万元/ha," in table(place).read_text(encoding="utf-8")
    told = yaml.safe_load(table(place).with_suffix(".yaml").read_text(encoding="utf-8"))
    assert (told["provider"], told["as_of"], told["loaded_by"], told["status"]) == (
        "省厅",
        "2026-01-01",
        "张三",
        "M",
    )
    entry = next(entry for entry in declared_entries(place) if entry.id == "control_indicators")
    assert [(one.document, one.rows, one.loaded_by) for one in entry.loadings] == [
        ("72号文", 1, "张三"),
        ("省标准", 2, "张三"),
    ]
    assert entry.loadings[0].loaded_on == date.fromisoformat(told["loaded_on"])
    assert Workspace(place).context().table("control_indicators")["value"].tolist() == [4500.0, 1.1, 1.2]


def test_a_dry_run_checks_and_writes_nothing(place, tmp_path):
    before = files(place)
    code, out, _ = call("import", place, sheet(tmp_path, *GOOD), *WHO, "--dry-run")
    assert (code, out["dry_run"], out["rows_total"]) == (0, True, 3)
    assert files(place) == before


def test_a_second_file_is_added_and_the_old_table_kept(place, tmp_path):
    call("import", place, sheet(tmp_path, *GOOD[:1]), *WHO)
    before = table(place).read_bytes()
    code, out, _ = call("import", place, sheet(tmp_path, *GOOD[1:]), *WHO)
    assert (code, out["added"], out["rows_total"]) == (0, 2, 3)
    assert (place / out["backup"] / "control_indicators.csv").read_bytes() == before


def test_replace_puts_the_file_in_the_place_of_all_that_was_loaded(place, tmp_path):
    call("import", place, sheet(tmp_path, *GOOD), *WHO)
    code, out, _ = call("import", place, sheet(tmp_path, GOOD[0]), *WHO, "--replace")
    assert (code, out["removed"], out["rows_total"]) == (0, 3, 1)


def test_the_same_row_again_is_one_message_not_two(place, tmp_path):
    call("import", place, sheet(tmp_path, *GOOD[:1]), *WHO)
    (problem,) = refused(place, sheet(tmp_path, *GOOD[:1]), *WHO)
    assert (problem["message"], problem["line"], problem["value"]) == ("编号已经加载过", 2, "A")


@pytest.mark.parametrize(
    ("row", "field", "words"),
    [
        ("X,nation,,,investment,GB/T 4754-2017,38,>=,300,万元,文,2023-05-01,,V", "unit", "单位与指标“固定资产投资强度”不符"),
        ("X,nation,,,far,GB/T 4754-2017,38,>=,0.9,%,文,2023-05-01,,V", "unit", "单位与指标“容积率”不符"),
        ("X,nation,,,far,GB/T 4754-1994,38,>=,0.9,1,文,2023-05-01,,V", "industry_system", "取值不在所列之内"),
        ("X,nation,,,far,,38,>=,0.9,1,文,2023-05-01,,V", "industry_system", "行业代码没有写明版本"),
        ("X,nation,,,far,GB/T 4754-2017,C38,>=,0.9,1,文,2023-05-01,,V", "industry_code", "行业代码的写法不对"),
        ("X,nation,,,far,GB/T 4754-2017,38,<=,0.9,1,文,2023-05-01,,V", "op", "比较符号与指标“容积率”不符"),
        ("X,nation,,,far,GB/T 4754-2017,38,>=,,1,文,2023-05-01,,V", "value", "缺少数值"),
        ("X,nation,,,far,GB/T 4754-2017,38,>=,0,1,文,2023-05-01,,V", "value", "数值须大于 0"),
        ("X,nation,,,far,GB/T 4754-2017,38,>=,abc,1,文,2023-05-01,,V", "value", "不是数字"),
        ("X,park,,,far,GB/T 4754-2017,38,>=,1,1,文,2023-05-01,,V", "park", "园区级的行须写明园区"),
        ("X,park,,无此园,far,GB/T 4754-2017,38,>=,1,1,文,2023-05-01,,V", "park", "园区不在园区图层中"),
        ("X,city,,,far,GB/T 4754-2017,38,>=,1,1,文,2023-05-01,,V", "region", "市级的行须写明城市"),
        ("X,nation,,,far,GB/T 4754-2017,38,>=,1,1,文,2023-05-01,2023-05-01,V", "effective_to", "失效日期须晚于生效日期"),
        ("X,nation,,,speed,GB/T 4754-2017,38,>=,1,1,文,2023-05-01,,V", "indicator", "取值不在所列之内"),
        ("X,nation,,,far,GB/T 4754-2017,38,>=,1,1,,2023-05-01,,V", "document", "不能为空"),
        ("X,province,苏南,,far,GB/T 4754-2017,26,>=,1.3,1,省标准,2024-12-31,,M", "effective_from", "有效期与第 3 行重叠"),
        ("A,nation,,,far,GB/T 4754-2017,38,>=,1,1,文,2023-05-01,,V", "id", "同一主键出现两次"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_one_message_with_its_line_and_nothing_is_written(place, tmp_path, row, field, words):
    (problem,) = refused(place, sheet(tmp_path, GOOD[0], GOOD[1], row), *WHO)
    assert (problem["file"], problem["line"], problem["field"]) == ("standard.csv", 4, field)
    assert problem["message"].startswith(words)


def test_an_overlap_with_what_is_loaded_already_is_refused(place, tmp_path):
    call("import", place, sheet(tmp_path, *GOOD), *WHO)
    late = "D,province,苏南,,far,GB/T 4754-2017,26,>=,1.4,1,新标准,2026-01-01,,M"
    (problem,) = refused(place, sheet(tmp_path, late), *WHO)
    assert (problem["line"], problem["field"]) == (2, "effective_from")
    assert "现有标准 C" in problem["message"]


def test_a_mapping_names_columns_words_constants_and_makes_a_wide_table_long(place, tmp_path):
    file = tmp_path / "表.csv"
    file.write_text("行业,一等,二等\n38,6000,4800\n39,5000,\n", encoding="gb18030")
    mapping = tmp_path / "m.yaml"
    mapping.write_text(
        yaml.safe_dump(
            {
                "columns": {"行业": "industry_code"},
                "constants": {
                    "level": "国家", "indicator": "投资强度", "op": "≥", "unit": "万元/公顷", "document": "72号文",
                    "industry_system": "GB/T 4754-2017", "effective_from": "2023-05-01",
                },
                "wide": {"field": "land_grade", "columns": {"一等": "一等", "二等": "二等"}},
            },
            allow_unicode=True,
        ),
        encoding="utf-8",
    )  # fmt: skip
    code, out, _ = call("import", place, file, *WHO, "--map", mapping)
    assert (code, out["added"]) == (0, 3)
    frame = Workspace(place).context().table("control_indicators")
    assert frame[["industry_code", "land_grade", "value"]].to_numpy().tolist() == [
        ["38", "一等", 6000.0], ["39", "一等", 5000.0], ["38", "二等", 4800.0],
    ]  # fmt: skip
    assert frame["status"].tolist() == ["D"] * 3
    (problem, *_) = refused(place, sheet(tmp_path, "38", head="行业"), *WHO, "--map", mapping)
    assert problem["message"] == "映射中的列在文件里没有"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--to", "controls"), "须写明提供单位与截止日期"),
        (("--to", "controls", "--provider", "x", "--as-of", "昨天"), "不是日期"),
        ((*WHO, "--status", "Q"), "--status Q 不存在"),
        ((*WHO, "--clause", "a/1"), "--clause 不用于 --to controls"),
        (("--to", "policies", "--provider", "x"), "--provider 不用于 --to policies"),
        (("--to", "ledger", "--replace"), "--replace 不用于 --to ledger"),
        (("--provider", "x"), "--provider 不用于 --to parcels"),
    ],
)
def test_options_that_lack_or_do_not_fit_are_bad_use(place, tmp_path, options, words):
    code, out, _ = call("import", place, sheet(tmp_path, *GOOD), *options)
    assert code == 2
    assert words in out["error"]["message"]


def test_a_table_that_was_edited_after_it_was_loaded_is_a_finding(place, tmp_path):
    call("import", place, sheet(tmp_path, *GOOD), *WHO)
    table(place).write_text(
        table(place).read_text(encoding="utf-8").replace("4500", "4400"), encoding="utf-8"
    )
    (found,) = (check for check in call("check", place)[1]["checks"] if check["id"] == "tables")
    assert found["state"] == "finding" and "控制指标" in found["detail"] and "未提供" in found["detail"]
    assert "校验码不符" in found["items"][0]


def test_a_table_written_by_hand_with_a_wrong_unit_stops_check_and_evaluation(place):
    tables(place, control_indicators=f"{HEAD}\n{GOOD[0].replace('万元/ha', '万元')}\n")
    code, out, _ = call("check", place)
    (found,) = (check for check in out["checks"] if check["id"] == "tables")
    assert (code, found["state"]) == (5, "fail") and "第 2 行 字段 unit" in found["items"][0]
    assert call("evaluate", place, "--rulebook", "screening")[0] == 3


def test_files_that_cannot_all_be_moved_are_left_as_they_were(tmp_path):
    for name, text in (("a", "new a"), ("b", "new b")):
        (tmp_path / "from").mkdir(exist_ok=True)
        (tmp_path / "from" / name).write_text(text)
    (tmp_path / "to").mkdir()
    (tmp_path / "to" / "a").write_text("old a")

    def move(source, target):
        if target.name == "b":
            raise OSError(28, "full")
        source.replace(target)

    with pytest.raises(InputError, match="磁盘空间不足"):
        replace_files(tmp_path / "from", tmp_path / "to", ["a", "b"], move=move)
    assert (tmp_path / "to" / "a").read_text() == "old a" and not (tmp_path / "to" / "b").exists()


# ---- policies


DOCUMENT = {
    "id": "shi-2026-1", "issuer": "市局", "title": "标准", "short": "市 1 号", "status": "V", "text_seen": True, "source": "官网",
    "clauses": [{"id": "1", "title": "一", "summary": "投资强度", "status": "V"}],
}  # fmt: skip


def document(folder, **changes):
    path = folder / "new.yaml"
    path.write_text(yaml.safe_dump(DOCUMENT | changes, allow_unicode=True), encoding="utf-8")
    return path


def test_a_document_is_added_and_replaced_only_when_asked(tiny, tmp_path):
    code, out, _ = call("import", tiny, document(tmp_path), "--to", "policies")
    assert (code, out["state"], out["clauses"]) == (0, "新增", 1)
    assert "shi-2026-1" in load_policies(tiny).documents
    (problem,) = refused(tiny, document(tmp_path, short="二"), "--to", "policies")
    assert problem["message"] == "已有这份政策文件"
    code, out, _ = call("import", tiny, document(tmp_path, short="二"), "--to", "policies", "--replace")
    assert (code, out["state"]) == (0, "替换") and load_policies(tiny).documents["shi-2026-1"].short == "二"
    assert (tiny / out["backup"] / "shi-2026-1.yaml").exists()


def test_a_document_that_loses_a_cited_clause_is_refused_naming_the_rule(tiny, tmp_path):
    clauses = [{"id": "2", "title": "二", "summary": "别的", "status": "D"}]
    problems = refused(
        tiny, document(tmp_path, id="default", clauses=clauses), "--to", "policies", "--replace"
    )
    assert {problem["message"] for problem in problems} == {"条款不存在"}
    assert problems[0]["file"] == "parcels/rulebooks/screening.yaml" and problems[0]["line"]


def test_a_document_with_a_fault_names_its_line(tiny, tmp_path):
    (problem,) = refused(tiny, document(tmp_path, status="Q"), "--to", "policies")
    assert (problem["file"], problem["field"]) == ("new.yaml", "status") and problem["line"]
    code, out, _ = call("import", tiny, sheet(tmp_path, *GOOD), "--to", "policies")
    assert code == 2 and "不是政策文件" in out["error"]["message"]


def attach(tiny, file, *more):
    return call("import", tiny, file, "--to", "policies", "--clause", "default/1", "--user", "李四", *more)


def text_file(folder, name="原文.pdf", content=b"%PDF-1.7 text"):
    path = folder / name
    path.write_bytes(content)
    return path


def test_an_attached_text_is_stored_with_hash_and_day_and_said_with_the_clause(tiny, tmp_path):
    seen = source(load_policies(tiny), "default/1", "D")
    code, out, _ = attach(tiny, text_file(tmp_path))
    assert (code, out["clause"], out["state"]) == (0, "default/1", "附原文")
    assert (tiny / out["stored"]).read_bytes() == b"%PDF-1.7 text"
    policies = load_policies(tiny)
    assert policies.texts["default/1"].sha256 == out["sha256"]
    cited = source(policies, "default/1", "V")
    assert "原文已附" in cited.short and "概述待核对" in cited.said and "李四" in cited.note
    assert "原文已附" not in seen.said
    # Whether our summary agrees with the text nobody has said.
    assert cited.text_seen is False and policies.documents["default"].text_seen is False
    evaluated = say("explain", tiny, "P1", "--rulebook", "screening")
    assert evaluated[0] == 0 and "原文已附" in evaluated[1]


def test_a_second_text_needs_replace_and_the_first_is_kept(tiny, tmp_path):
    first = attach(tiny, text_file(tmp_path))[1]["stored"]
    (problem,) = refused(
        tiny, text_file(tmp_path, "二.txt", "第一条".encode()), "--to", "policies", "--clause", "default/1"
    )
    assert problem["message"] == "该条款已附原文"
    code, out, _ = attach(tiny, text_file(tmp_path, "二.txt", "第一条".encode()), "--replace")
    assert code == 0 and out["stored"] != first and (tiny / first).exists()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.exe", b"MZ", "不接受这种原文文件"),
        ("a.pdf", b"hello", "内容与扩展名不符"),
        ("a.txt", b"  \n", "文件是空的"),
        ("a.txt", b"\xff\xfe\x00\x81", "无法按所给编码读取文本"),
    ],
)
def test_a_file_that_is_no_text_is_refused(tiny, tmp_path, name, content, words):
    (problem,) = refused(
        tiny, text_file(tmp_path, name, content), "--to", "policies", "--clause", "default/1"
    )
    assert words in problem["message"]


def test_a_clause_that_does_not_exist_names_those_that_do(tiny, tmp_path):
    (problem,) = refused(tiny, text_file(tmp_path), "--to", "policies", "--clause", "default/7")
    assert (problem["message"], problem["expected"]) == ("条款不存在", "default/1")


def test_a_text_that_was_changed_or_lost_fails_the_check(tiny, tmp_path):
    stored = tiny / attach(tiny, text_file(tmp_path))[1]["stored"]
    stored.write_bytes(b"%PDF-1.7 other")
    code, out, _ = call("check", tiny)
    (found,) = (check for check in out["checks"] if check["id"] == "policies")
    assert (code, found["state"]) == (5, "fail") and "条款原文的内容已变" in found["items"][0]
    stored.unlink()
    with pytest.raises(InputError, match="所附原文的文件不在"):
        load_policies(tiny)


# ---- ledger


ENTRIES = "date,kind,document,reason,from,to,indicator,year,amount,project,price,approval\n"


def test_ledger_entries_are_posted_all_or_none(tiny, tmp_path):
    add_ledger(tiny, seed=True)
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    row = "2026-06-30,acceptance,文〔2026〕7号,验收,,jiangbei,quantity,,1.5,,,\n"
    good.write_text(ENTRIES + row, encoding="utf-8")
    bad.write_text(ENTRIES + row + row.replace("1.5", "x"), encoding="utf-8")
    (problem,) = refused(tiny, bad, "--to", "ledger")
    assert (problem["file"], problem["line"], problem["field"]) == ("bad.csv", 3, "amount")
    assert call("import", tiny, good, "--to", "ledger", "--dry-run")[1]["numbers"] == []
    code, out, _ = call("import", tiny, good, "--to", "ledger", "--user", "张三")
    assert (code, out["rows_in"], len(out["numbers"])) == (0, 1, 1)
    last = call("ledger", "list", tiny)[1]["records"][-1]
    assert (last["document"], last["author"], last["amount"]) == ("文〔2026〕7号", "张三", "1.5")
