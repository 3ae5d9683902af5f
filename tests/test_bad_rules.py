"""Rulebooks that contradict themselves are refused, each fault once, with file and line."""

from __future__ import annotations

import shutil

import pandas as pd
import pytest

from tests.commands import call

BOOK = ("parcels", "rulebooks", "screening.yaml")


def change(tiny, old, new):
    path = tiny.joinpath(*BOOK)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text.split(old)[0].count("\n") + 1


def refused(tiny):
    """Return the one problem of an evaluation that must fail."""
    code, out, err = call("evaluate", tiny, "--rulebook", "screening")
    assert (code, "Traceback" in err) == (3, False)
    (problem,) = out["error"]["problems"]
    return problem


def test_a_rule_that_cites_a_missing_clause(tiny):
    line = change(tiny, "clause: default/1, basis: law", "clause: default/9, basis: law")
    problem = refused(tiny)
    assert (problem["message"], problem["value"], problem["line"]) == ("条款不存在", "default/9", line)
    assert problem["file"].endswith("screening.yaml")


def test_two_editions_in_force_on_one_day(tiny):
    book = tiny.joinpath(*BOOK)
    shutil.copyfile(book, book.with_name("screening_2027.yaml"))
    later = book.with_name("screening_2027.yaml")
    text = (
        later.read_text(encoding="utf-8")
        .replace("2026-03-01", "2026-05-01")
        .replace("edition: 2026-03", "edition: 2026-05")
    )
    later.write_text(text, encoding="utf-8")
    problem = refused(tiny)
    assert (problem["file"], problem["line"], problem["field"]) == ("screening.yaml", 3, "effective")
    assert "screening_2027.yaml" in problem["message"] and problem["expected"] == "to 不晚于 2026-05-01"
    code, out, _ = call("check", tiny)
    (found,) = (check for check in out["checks"] if check["id"] == "rulebooks")
    assert (code, found["state"]) == (5, "fail") and "有效期与" in found["items"][0]
    change(tiny, "to: null", "to: 2026-05-01")
    assert call("evaluate", tiny, "--rulebook", "screening")[0] == 0


@pytest.mark.parametrize("weight", ["0", "-1", "many", ".nan"])
def test_a_weight_that_is_no_positive_number_is_refused(tiny, weight):
    line = change(tiny, "weight: 3", f"weight: {weight}")
    problem = refused(tiny)
    assert problem["field"].endswith("weight") and problem["line"] in (line, line - 1)


def test_weights_need_not_sum_to_one_they_are_shares_of_their_sum(tiny):
    call("evaluate", tiny, "--rulebook", "screening", "--out", tiny.parent / "a")
    change(tiny, "weight: 3", "weight: 0.75")
    change(tiny, "weight: 1,", "weight: 0.25,")
    call("evaluate", tiny, "--rulebook", "screening", "--out", tiny.parent / "b")
    before, after = (pd.read_parquet(tiny.parent / name / "parcels.parquet") for name in ("a", "b"))
    assert before["score"].notna().any()
    pd.testing.assert_frame_equal(before, after)


def test_a_decision_table_reads_indicators_only_so_that_it_cannot_turn_in_a_circle(tiny):
    change(tiny, '{when: {far: {op: "<", value: 1}}, then: renew', "{when: {A-path: renew}, then: renew")
    problem = refused(tiny)
    assert (problem["message"], problem["value"]) == ("指标不存在", "A-path")
    assert problem["line"]


def test_a_table_written_as_an_alias_of_itself_is_refused(tiny):
    change(tiny, "rows: [{when", "rows: &r [*r, {when")
    problem = refused(tiny)
    assert "循环" in problem["message"] and problem["line"]
