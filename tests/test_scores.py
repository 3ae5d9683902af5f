"""What is unknown widens a score and lowers completeness; what is printed adds up to what is ranked."""

import re

import numpy as np
import pytest

from gisapp import Workspace
from gisapp.evaluation.measure import measure, prepare
from gisapp.evaluation.total import total
from gisapp.indicators import REGISTRY
from gisapp.model.rules import Curve, Gate
from gisapp.rules.columns import Column, key
from gisapp.rules.judge import VERDICTS, Sheet, judge_curve, judge_gate
from tests.commands import call, say
from tests.test_evaluation import BOOK, LEGAL
from tests.tiny import occupancy_tables

WEIGHTS = {"w_far": 0.25, "w_bcr": 0.15, "w_tax": 0.30, "w_output": 0.15, "w_jobs": 0.15, "years": 3.0}


@pytest.fixture
def with_firms(tiny):
    """The squares with two enterprises, which occupy P0 and P1 only."""
    yearly, occupancy = occupancy_tables()
    yearly.assign(energy_tce=1.0, rd_10k=1.0).to_csv(tiny / "parcels" / "enterprises.csv", index=False)
    occupancy.assign(floor_m2=1.0).to_csv(tiny / "parcels" / "occupancy.csv", index=False)
    return Workspace(tiny)


def test_an_index_some_of_whose_terms_are_missing_carries_its_bounds_and_what_is_missing(with_firms):
    # P4: floor 4000 m² against a median of 9000, footprint 1000 m² against 3000; no occupant.
    context = with_firms.context()
    found = REGISTRY["inefficiency_index"].compute(prepare(with_firms.parcels, context), context, **WEIGHTS)
    known = 0.25 * (1 - 4 / 9) + 0.15 * (1 - 1 / 3)
    assert found.iloc[4] == pytest.approx(known / 0.4)
    assert found.attrs["low"][4] == pytest.approx(known)
    assert found.attrs["high"][4] == pytest.approx(known + 0.6)
    assert found.attrs["known"][4] == pytest.approx(0.4)
    reference = "的中位数（企业数据 2023 至 2025 年，地块资料截至2026年6月30日）"
    notes = [note.removesuffix(reference) for note in found.attrs["notes"]]
    assert notes[4] == "缺：亩均税收、亩均产值、每公顷就业；参照全部同类用地 6 宗"
    assert notes[2] == "缺：容积率、亩均税收、亩均产值、每公顷就业；参照全部同类用地 6 宗"
    assert (found.attrs["known"][0], notes[0]) == (pytest.approx(1.0), "参照全部同类用地 6 宗")


def test_a_row_that_lacks_nothing_has_the_value_itself_as_both_bounds(with_firms):
    context = with_firms.context()
    wanted = {key("inefficiency_index", WEIGHTS): "1"}
    (column,) = measure(prepare(with_firms.parcels, context), context, wanted=wanted).values()
    assert column.low[0] == column.high[0] == column.number[0]
    assert column.share[0] == 1.0
    assert column.low[4] < column.number[4] < column.high[4]


def curve(points, weight=1.0):
    return Curve.model_validate(
        {"id": "C", "kind": "curve", "title": {"zh": "线"}, "indicator": "far", "unit": "1", "points": points,
         "weight": weight, "clause": None, "basis": "assumption", "status": "D"}
    )  # fmt: skip


def sheet(number, low, high, share):
    column = Column("1", *(np.array(v, dtype=float) for v in (number,)), low=np.array(low), high=np.array(high), share=np.array(share))  # fmt: skip
    return Sheet({key("far", {}): column}, {}, {}, len(number))


def test_a_curve_gives_the_worst_and_best_score_between_the_bounds_also_at_its_turning_points():
    found = judge_curve(
        curve([[0, 0.2], [1, 1], [2, 0]]),
        sheet([1.5, 0.5, np.nan], [0.5, 0.5, 0.0], [1.75, 0.5, 2.0], [0.5, 1.0, 0.0]),
        total_weight=1.0,
    )
    np.testing.assert_allclose(found.score, [0.5, 0.6, np.nan])
    np.testing.assert_allclose(found.low, [0.25, 0.6, np.nan])
    np.testing.assert_allclose(found.high, [1.0, 0.6, np.nan])
    np.testing.assert_allclose(found.known, [0.5, 1.0, 0.0])


def test_a_gate_decides_only_where_all_that_a_number_could_be_agrees():
    gate = Gate.model_validate(
        {"id": "G", "kind": "gate", "role": "must", "title": {"zh": "门"}, "indicator": "far", "op": "<", "value": 1.0,
         "unit": "1", "clause": None, "basis": "assumption", "status": "D"}
    )  # fmt: skip
    found = judge_gate(gate, sheet([0.5, 0.5, 1.5], [0.2, 0.2, 1.2], [0.9, 1.1, 2.0], [0.5] * 3), rule_id="G")
    assert [VERDICTS[v] for v in found.verdict] == ["pass", "unknown", "fail"]


def test_only_the_known_part_of_a_curve_counts_as_known_and_the_least_known_never_leads():
    # Both have the same estimate 0.9; the second knows only 40 % of what stands behind it.
    found = total(
        BOOK,
        [
            judge_curve(
                curve([[0, 0], [1, 1]]),
                sheet([0.9, 0.9], [0.9, 0.36], [0.9, 0.96], [1.0, 0.4]),
                total_weight=1.0,
            ),
            *[type(LEGAL)(**{**vars(LEGAL), "verdict": np.repeat(LEGAL.verdict, 2)})],
        ],
    )
    assert found.completeness.tolist() == [1.0, 0.4]
    assert found.score.tolist() == [90.0, 90.0]
    assert (found.score_low.tolist(), found.score_high.tolist()) == ([90.0, 36.0], [90.0, 96.0])
    assert found.rank[0] == 1.0
    assert np.isnan(found.rank[1])


def test_no_parcel_of_the_demo_is_fully_known_while_inputs_are_missing(demo):
    evaluation = demo.evaluate("redevelopment")
    index = evaluation.trace["rule_id"] == "LEL-06"
    partly = (evaluation.trace.loc[index, "known"] < 1).to_numpy()
    parcels = evaluation.parcels
    scored = parcels["score"].notna().to_numpy()
    assert (partly & scored).sum() > 100
    assert (parcels["completeness"][partly & scored] < 1).all()
    assert (parcels["score_low"] <= parcels["score"]).to_numpy()[scored].all()
    assert (parcels["score"] <= parcels["score_high"]).to_numpy()[scored].all()
    first = parcels.sort_values("rank").iloc[0]
    assert first["completeness"] == pytest.approx(parcels["completeness"][parcels["rank"].notna()].max())


def test_the_score_can_be_added_up_from_what_explain_prints(tiny):
    code, out, _ = say("explain", tiny, "P3", "--rulebook", "screening")
    assert code == 0
    # Floor area 10000 m² on 9996.46 m²: curve 1 → 0 from 0 to 2, weight 3 of 4; the footprint is not known.
    far = 10_000 / 9_996.46
    assert "评分曲线 0→1，2→0，得 0.500 × 权重 100 % = " in out
    points = float(re.search(r"权重 100 % = ([\d.]+) 分", out).group(1))
    assert points == pytest.approx(100 * (1 - far / 2), abs=0.01)
    assert f"{points:.2f} = {points:.2f}" in out
    code, found, _ = call("explain", tiny, "P0", "--rulebook", "screening")
    curves = [rule for rule in found["rules"] if rule["contribution"] is not None]
    assert [rule["share"] for rule in curves] == [0.75, 0.25]
    assert sum(rule["contribution"] for rule in curves) == pytest.approx(found["score"], abs=1e-6)


def test_a_decision_table_says_what_it_read_and_which_row_holds_or_what_is_missing(tiny):
    rules = {
        p: {r.rule_id: r for r in Workspace(tiny).explain(p, "screening").rules} for p in ("P0", "P1", "P2")
    }
    assert rules["P0"]["A-path"].sentence.startswith("路径：更新，第 1 行成立（现状容积率 0.5）。")
    assert rules["P1"]["A-path"].sentence.startswith("路径：保留，第 2 行成立（现状容积率 2.001）。")
    lacking = rules["P2"]["A-path"]
    assert lacking.sentence.startswith("路径：资料不足，判到第 1 行时缺 现状容积率")
    assert (lacking.row, lacking.inputs[0].missing) == (1, True)
