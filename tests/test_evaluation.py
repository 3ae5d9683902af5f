"""Verdicts in the order that the design fixes, scores that stay open, ranks, traces, and equal bytes."""

import hashlib
import json

import numpy as np
import pandas as pd
import pytest

from gisapp import Workspace
from gisapp.errors import InputError
from gisapp.evaluation import evaluate
from gisapp.evaluation.total import total
from gisapp.model.rules import Rulebook
from gisapp.rules.judge import FAIL, NOT_APPLICABLE, PASS, SCORED, UNKNOWN, Judged

EMPTY = {
    "value": np.array([np.nan]),
    "value_text": np.array([None]),
    "threshold": np.array([None]),
    "reason": np.array([None]),
}
BOOK = Rulebook.model_validate(
    {
        "id": "b", "edition": "1", "effective": {}, "title": {"zh": "b"}, "trigger_groups": {"legal": 1, "economic": 2},
        "rules": [{"id": "x", "kind": "choose", "title": {"zh": "x"}, "clause": None, "basis": "assumption", "status": "D",
                   "rows": [{"then": "a", "title": {"zh": "a"}}]}],
    }
)  # fmt: skip


def rule(role, *verdicts, group=None, kind="gate", score=np.nan, weight=0.0):
    size = len(verdicts)
    blank = {name: np.repeat(value, size) for name, value in EMPTY.items()}
    return Judged(
        rule_id=f"{role}-{group or ''}", kind=kind, role=role, indicator="far", unit="1", clause=None, basis="assumption",
        verdict=np.array(verdicts, dtype=np.int8), score=np.full(size, score), weight=weight, group=group, **blank,
    )  # fmt: skip


LEGAL = rule("trigger", PASS, group="legal")


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([rule("scope", FAIL), rule("prohibit", FAIL)], "not_applicable"),
        ([rule("prohibit", FAIL), rule("must", FAIL), rule("scope", UNKNOWN)], "prohibited"),
        ([rule("must", FAIL), rule("must", UNKNOWN), LEGAL], "not_candidate"),
        ([rule("must", UNKNOWN), LEGAL], "unknown"),
        ([rule("prohibit", UNKNOWN), LEGAL], "unknown"),
        ([rule("scope", UNKNOWN), LEGAL], "unknown"),
        ([rule("must", PASS), LEGAL], "candidate"),
        ([rule("trigger", PASS, group="economic"), rule("trigger", PASS, group="economic")], "candidate"),
        ([rule("trigger", PASS, group="economic"), rule("trigger", FAIL, group="economic")], "not_candidate"),
        ([rule("trigger", PASS, group="economic"), rule("trigger", UNKNOWN, group="economic")], "unknown"),
        (
            [rule("trigger", FAIL, group="economic"), rule("trigger", UNKNOWN, group="economic")],
            "not_candidate",
        ),
        ([rule("trigger", NOT_APPLICABLE, group="legal"), rule("condition", FAIL)], "not_candidate"),
    ],
)
def test_the_verdict_follows_the_order_of_decision(rules, expected):
    assert total(BOOK, rules).verdict[0] == expected


def test_all_reasons_are_kept_not_only_the_deciding_one():
    found = total(BOOK, [rule("prohibit", FAIL), rule("must", FAIL), LEGAL]).reasons[0]
    assert found.split(";") == ["prohibit-", "must-", "trigger-legal"]


def curves(*pairs):
    return [
        rule("", UNKNOWN if np.isnan(score) else SCORED, kind="curve", score=score, weight=weight)
        for score, weight in pairs
    ]


def test_a_missing_value_leaves_the_score_open():
    found = total(BOOK, [LEGAL, *curves((1.0, 0.5), (np.nan, 0.25), (0.0, 0.25))])
    assert found.score[0] == pytest.approx(100 * 0.5 / 0.75)
    assert (found.score_low[0], found.score_high[0], found.completeness[0]) == (50.0, 75.0, 0.75)


def test_the_least_known_candidate_never_leads_and_too_little_known_is_not_ranked():
    known = rule("", SCORED, SCORED, SCORED, SCORED, kind="curve", score=np.nan, weight=0.6)
    known.score[:] = [0.9, 0.5, 0.9, 1.0]
    unsure = rule("", SCORED, SCORED, UNKNOWN, SCORED, kind="curve", weight=0.4)
    unsure.score[:] = [0.5, 0.5, np.nan, 0.35]
    triggers = rule("trigger", PASS, PASS, PASS, PASS, group="legal")
    found = total(BOOK, [triggers, known, unsure])
    assert found.score_low.tolist() == pytest.approx([74.0, 50.0, 54.0, 74.0])
    assert found.rank.tolist() == [1.0, 4.0, 3.0, 1.0]
    little = rule("", UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, kind="curve", weight=0.41)
    known_less = rule("", SCORED, SCORED, SCORED, SCORED, kind="curve", score=1.0, weight=0.59)
    assert np.isnan(total(BOOK, [triggers, known_less, little]).rank).all()


@pytest.fixture
def workspace(tiny):
    return Workspace(tiny)


def test_the_tiny_workspace_has_the_verdicts_that_its_squares_show(workspace):
    found = workspace.evaluate("screening").parcels.set_index("parcel_id")["verdict"]
    assert found.to_dict() == {
        "P0": "prohibited", "P1": "not_candidate", "P2": "unknown", "P3": "candidate", "P4": "not_candidate", "P5": "not_candidate",
    }  # fmt: skip


def test_the_trace_has_a_row_for_each_parcel_and_rule_in_order(workspace):
    evaluation = workspace.evaluate("screening")
    assert len(evaluation.trace) == 6 * 7
    own = evaluation.trace_of("P3")
    assert own["rule_id"].tolist() == ["scope-use", "R-farm", "R-udb", "R-far", "C-far", "C-bcr", "A-path"]
    assert set(own["parcel_id"]) == {"P3"}
    assert own.set_index("rule_id").loc["C-far", "weight"] == 0.75
    assert set(own["status"]) == {"M", "D"}


def test_the_sentence_names_value_threshold_clause_and_status(workspace):
    rules = {r.rule_id: r for r in workspace.explain("P0", "screening").rules}
    assert (
        rules["R-farm"].sentence
        == "永久基本农田：4\u202f998.23 ㎡，判定标准 > 0 ㎡，触及。依据：依据 · 第一条（待核）。"
    )
    assert rules["R-farm"].decisive
    assert workspace.explain("P0", "screening").verdict_text == "触及底线"
    unknown = {r.rule_id: r for r in workspace.explain("P2", "screening").rules}["R-far"]
    assert "资料不足" in unknown.sentence
    assert "不作不利认定" in unknown.sentence


def test_there_is_an_explanation_for_every_parcel(workspace):
    for parcel in workspace.parcels["parcel_id"]:
        assert all(rule.sentence.endswith("。") for rule in workspace.explain(parcel, "screening").rules)


def digests(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_the_same_run_gives_the_same_bytes(workspace, tmp_path):
    first = workspace.save_run(workspace.evaluate("screening"), tmp_path / "a")
    again = Workspace(workspace.root)
    second = again.save_run(again.evaluate("screening"), tmp_path / "b")
    assert digests(first) == digests(second)
    assert set(digests(first)) == {"run.json", "parcels.parquet", "trace.parquet", "parcels.gpkg"}


def test_a_run_read_back_is_the_run_that_was_written(workspace):
    evaluation = workspace.evaluate("screening")
    workspace.save_run(evaluation)
    again = Workspace(workspace.root).evaluate("screening")
    assert again.run_id == evaluation.run_id
    pd.testing.assert_frame_equal(again.parcels, evaluation.parcels, check_dtype=False)
    texts = dict.fromkeys(("rule_id", "verdict", "status"), str)
    pd.testing.assert_frame_equal(
        again.trace[list(texts)].astype(texts), evaluation.trace[list(texts)].astype(texts)
    )


def test_the_manifest_names_its_inputs_and_neither_clock_nor_path(workspace):
    manifest = workspace.evaluate("screening").manifest
    text = json.dumps(manifest, ensure_ascii=False)
    assert str(workspace.root) not in text
    assert {"run_id", "rulebook", "as_of", "parcels", "context", "counts", "rules", "gaps"} <= set(manifest)
    assert manifest["as_of"] == "2026-06-30"


@pytest.mark.parametrize("settings", [{"R-far.value": "0.3"}, {"service_year": "2030"}])
def test_a_setting_that_changes_numbers_changes_the_run_id(workspace, settings):
    assert workspace.evaluate("screening", settings=settings).run_id != workspace.evaluate("screening").run_id


def test_a_folder_that_is_no_run_is_not_written_over(workspace, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("important")
    with pytest.raises(InputError, match="不是空的"):
        workspace.save_run(workspace.evaluate("screening"), tmp_path / "mine")
    assert (tmp_path / "mine" / "letter.txt").read_text() == "important"


def test_no_parcels_and_repeated_ids_are_refused(workspace):
    book, context = workspace.rulebook("screening"), workspace.context()
    with pytest.raises(InputError, match="没有可评价的地块"):
        evaluate(workspace.parcels.iloc[:0], context, rulebook=book)
    with pytest.raises(InputError, match=r"地块编号重复（当前值：P0）"):
        evaluate(workspace.parcels.iloc[[0, 0]], context, rulebook=book)
