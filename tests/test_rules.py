"""Loading faults by file and line, judging in three values, and overriding."""

from datetime import date

import numpy as np
import pytest

from gisapp import Workspace
from gisapp.errors import InputError, UsageError
from gisapp.evaluation.measure import signatures
from gisapp.model.rules import Curve, Gate
from gisapp.rules.columns import Column, key
from gisapp.rules.judge import VERDICTS, Sheet, judge_curve, judge_gate
from gisapp.rules.load import load_policies, load_rulebook
from gisapp.rules.override import override


def gate(**changes):
    base = {
        "id": "R", "kind": "gate", "role": "must", "title": {"zh": "规则"}, "indicator": "far", "op": "<", "value": 1.0,
        "unit": "1", "clause": None, "basis": "assumption", "status": "D",
    }  # fmt: skip
    return Gate.model_validate(base | changes)


def judged(rule, values, **columns):
    sheet = Sheet({key("far", {}): Column("1", number=np.array(values)), **columns}, {}, {}, len(values))
    return [VERDICTS[v] for v in judge_gate(rule, sheet, rule_id=rule.id).verdict]


def test_a_must_passes_fails_or_is_unknown_but_never_fails_for_want_of_data():
    assert judged(gate(), [0.5, 1.0, np.nan]) == ["pass", "fail", "unknown"]


def test_a_prohibition_fails_when_it_hits():
    assert judged(gate(role="prohibit", op=">", value=0.0), [0.0, 5.0, np.nan]) == ["pass", "fail", "unknown"]


def test_a_contact_below_a_square_metre_is_for_a_person_to_check():
    rule = gate(role="prohibit", op=">", value=0.0, unknown_between=[0, 1])
    assert judged(rule, [0.0, 0.5, 1.0]) == ["pass", "unknown", "fail"]


def test_a_rule_does_not_apply_where_its_own_condition_does_not_hold():
    rule = gate(applies=[{"indicator": "use_code", "op": "==", "value": "1001", "unit": "code"}])
    uses = Column("code", text=np.array(["100102", "0901", None], dtype=object))
    sheet = Sheet(
        {key("far", {}): Column("1", number=np.array([2.0] * 3)), key("use_code", {}): uses}, {}, {}, 3
    )
    assert [VERDICTS[v] for v in judge_gate(rule, sheet, rule_id="R").verdict] == [
        "fail",
        "not_applicable",
        "unknown",
    ]


def test_a_trigger_whose_source_is_not_loaded_does_not_apply_and_a_must_is_unknown():
    lost = {key("far", {}): Column("1", number=np.full(2, np.nan), not_loaded="stations")}
    sheet = Sheet(lost, {}, {}, 2)
    trigger = judge_gate(gate(role="trigger", group="g"), sheet, rule_id="T")
    must = judge_gate(gate(), sheet, rule_id="M")
    assert [VERDICTS[v] for v in trigger.verdict] == ["not_applicable"] * 2
    assert trigger.not_loaded == "stations"
    assert [VERDICTS[v] for v in must.verdict] == ["unknown"] * 2
    assert must.reason[0] == "未提供：stations"


def test_codes_match_by_prefix_and_text_exactly():
    uses = Column("code", text=np.array(["100102", "1101", "0701"], dtype=object))
    rule = gate(indicator="use_code", unit="code", op="in", value=["1001", "0701"])
    sheet = Sheet({key("use_code", {}): uses}, {}, {}, 3)
    assert [VERDICTS[v] for v in judge_gate(rule, sheet, rule_id="R").verdict] == ["pass", "fail", "pass"]


def test_a_threshold_by_code_is_the_one_of_the_longest_prefix_and_unknown_without_one():
    rule = gate(value={"by": "target_use", "table": "t.csv"})
    targets = np.array(["0804", "080402", "1401", None], dtype=object)
    tables = {"t.csv#code#value": {"08": 1.0, "0804": 0.1}}
    sheet = Sheet({key("far", {}): Column("1", number=np.full(4, 0.5))}, tables, {"target_use": targets}, 4)
    result = judge_gate(rule, sheet, rule_id="R")
    assert [VERDICTS[v] for v in result.verdict] == ["fail", "fail", "unknown", "unknown"]
    assert result.threshold.tolist() == ["< 0.1", "< 0.1", "未提供", "未提供"]


def test_a_curve_is_straight_between_its_points_and_flat_beyond():
    curve = Curve.model_validate(
        {"id": "C", "kind": "curve", "title": {"zh": "线"}, "indicator": "far", "unit": "1", "points": [[0, 0], [2, 1]],
         "weight": 3, "clause": None, "basis": "assumption", "status": "D"}
    )  # fmt: skip
    sheet = Sheet({key("far", {}): Column("1", number=np.array([-1.0, 0.5, 9.0, np.nan]))}, {}, {}, 4)
    result = judge_curve(curve, sheet, total_weight=4.0)
    assert result.weight == 0.75
    np.testing.assert_array_equal(result.score, [0.0, 0.25, 1.0, np.nan])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"op": "<", "value": "0.5"}, "需要数值"),
        ({"op": "in", "value": 1.0}, "列表"),
        ({"unit": "code", "op": "==", "value": 701}, "加引号"),
        ({"role": "trigger"}, "group"),
        ({"basis": "law"}, "clause 为空"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        gate(**change)


def rulebook_with(tiny, old, new):
    path = tiny / "parcels" / "rulebooks" / "screening.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    policies = load_policies(tiny)
    return load_rulebook(path, root=tiny, policies=policies, signatures=signatures())


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "indicator: farmland_area",
            "indicator: farmland",
            r"screening\.yaml 第 9 行 字段 indicator：指标不存在（当前值：farmland）",
        ),
        (
            "value: 0, unit: m2",
            "value: 0, unit: ha",
            r"第 9 行 字段 unit：指标 farmland_area 的单位不一致（当前值：ha）；应为：m2",
        ),
        (
            "clause: default/1, basis: law",
            "clause: default/9, basis: law",
            r"第 10 行 字段 clause：条款不存在（当前值：default/9）",
        ),
        ("indicator: far, op", "indicator: far, params: {x: 1}, op", "指标 far 的参数不符"),
    ],
)
def test_a_fault_in_a_rulebook_is_named_by_file_line_field_and_value(tiny, old, new, message):
    with pytest.raises(InputError, match=message):
        rulebook_with(tiny, old, new)


def test_a_policy_file_is_called_after_its_id(tiny):
    folder = tiny / "parcels" / "policies"
    (folder / "default.yaml").rename(folder / "other.yaml")
    with pytest.raises(InputError, match="与文件名不一致"):
        load_policies(tiny)


def test_a_rulebook_outside_its_dates_is_refused_with_the_periods(tiny):
    with pytest.raises(InputError, match="在 2020-01-01 没有生效的版本"):
        Workspace(tiny).rulebook("screening", as_of=date(2020, 1, 1))


def test_an_unknown_rulebook_is_refused_with_the_known_ones(tiny):
    with pytest.raises(InputError, match=r"规则集不存在（当前值：nothing）；应为：screening"):
        Workspace(tiny).rulebook("nothing")


def test_a_threshold_set_by_hand_changes_that_rule_only(tiny):
    book = Workspace(tiny).rulebook("screening")
    changed = override(book, {"R-far.value": "0.6", "C-far.weight": "5"})
    assert [g.value for g in changed.rulebook.gates if g.id == "R-far"] == [0.6]
    assert [c.weight for c in changed.rulebook.curves] == [5.0, 1.0]
    assert [g.value for g in book.rulebook.gates if g.id == "R-far"] == [1.5]


@pytest.mark.parametrize("name", ["nothing.value", "R-far.weight", "A-path.value", "colour"])
def test_what_cannot_be_set_is_refused(tiny, name):
    with pytest.raises(UsageError, match="--set"):
        override(Workspace(tiny).rulebook("screening"), {name: "1"})
