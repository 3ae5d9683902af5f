"""Judging gates and curves on measured columns (判定), three-valued throughout.

A missing value is unknown (资料不足) and never fails anything.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from gisapp.format import quantity
from gisapp.model.rules import Curve, Gate, ScopeGate, Status
from gisapp.rules.choose import judge_choice
from gisapp.rules.columns import Column, FloatArray
from gisapp.rules.judged import (
    FAIL,
    MISSING_INPUT,
    NOT_APPLICABLE,
    PASS,
    SCORED,
    UNKNOWN,
    VERDICTS,
    Judged,
    Sheet,
    nothing,
    same,
    values_of,
)
from gisapp.rules.predicates import applicable, predicate

STATUS_ORDER: Final = "VNMD"


def weakest(*letters: Status | None) -> Status:
    """Return the weakest of status letters in the order V, N, M, D."""
    given = [letter for letter in letters if letter is not None]
    return max(given, key=STATUS_ORDER.index)


def judge_gate(gate: Gate | ScopeGate, sheet: Sheet, *, rule_id: str) -> Judged:
    """Return a gate's verdicts: pass when the predicate holds, for a prohibit gate fail when it hits."""
    role = gate.role if isinstance(gate, Gate) else "scope"
    column = sheet.column(gate.indicator, gate.params)
    truth, threshold, reason = predicate(gate, sheet)
    holds, breaks = (FAIL, PASS) if role == "prohibit" else (PASS, FAIL)
    verdict = np.select([truth == 1, truth == 0], [holds, breaks], UNKNOWN).astype(np.int8)
    applies = applicable(gate.applies, sheet)
    verdict[applies == -1] = UNKNOWN
    reason[applies == -1] = MISSING_INPUT
    verdict[applies == 0] = NOT_APPLICABLE
    reason[applies == 0] = None
    if role == "trigger" and column.not_loaded:
        verdict[:] = NOT_APPLICABLE
    if column.excluded is not None:
        verdict[column.excluded] = NOT_APPLICABLE
        reason[column.excluded] = "用地分类不是国家标准，本规则不适用"
    return Judged(
        rule_id,
        "gate",
        role,
        gate.indicator,
        gate.unit,
        gate.clause,
        gate.basis if isinstance(gate, Gate) else "assumption",
        verdict,
        *values_of(column, sheet.size),
        threshold,
        reason,
        nothing(sheet.size),
        status=weakest(gate.status, column.status),
        group=gate.group if isinstance(gate, Gate) else None,
        not_loaded=column.not_loaded,
    )


def judge_curve(curve: Curve, sheet: Sheet, *, total_weight: float) -> Judged:
    """Return a curve's scores (0-1) by linear interpolation, flat beyond its ends."""
    column = sheet.column(curve.indicator, curve.params)
    assert column.number is not None
    score = np.where(column.known, _on_curve(curve, column.number), np.nan)
    low, high = _score_bounds(curve, column)
    verdict = np.where(column.known, SCORED, UNKNOWN).astype(np.int8)
    missing = f"未提供：{column.not_loaded}" if column.not_loaded else MISSING_INPUT
    reason = np.full(sheet.size, missing, dtype=object)
    reason[column.known] = column.remarks(sheet.size)[column.known]
    applies = applicable(curve.applies, sheet)
    verdict[applies == -1], reason[applies == -1] = UNKNOWN, MISSING_INPUT
    verdict[applies == 0], reason[applies == 0] = NOT_APPLICABLE, None
    score[applies != 1] = np.nan
    low, high = (None if end is None else np.where(applies == 1, end, np.nan) for end in (low, high))
    if column.excluded is not None:
        verdict[column.excluded] = NOT_APPLICABLE
        score[column.excluded] = np.nan
    points = "，".join(f"{quantity(x, curve.unit)}→{y:g}" for x, y in curve.points)
    return Judged(
        curve.id,
        "curve",
        "",
        curve.indicator,
        curve.unit,
        curve.clause,
        curve.basis,
        verdict,
        *values_of(column, sheet.size),
        same(points, sheet.size),
        reason,
        score,
        status=weakest(curve.status, column.status),
        weight=curve.weight / total_weight,
        not_loaded=column.not_loaded,
        score_low=low,
        score_high=high,
        share=column.share,
    )


def _on_curve(curve: Curve, values: FloatArray) -> FloatArray:
    xs, ys = np.array(curve.points).T
    scores: FloatArray = np.interp(np.nan_to_num(values), xs, ys)
    return scores


def _score_bounds(curve: Curve, column: Column) -> tuple[FloatArray | None, FloatArray | None]:
    """Return the worst and the best score between a number's bounds; a curve turns only at its points."""
    if column.bounds is None:
        return None, None
    least, most = column.bounds
    ends = [_on_curve(curve, least), _on_curve(curve, most)]
    low, high = np.minimum(*ends), np.maximum(*ends)
    for x, y in curve.points:
        inside = (least < x) & (x < most)
        low, high = np.where(inside, np.minimum(low, y), low), np.where(inside, np.maximum(high, y), high)
    return np.where(column.known, low, np.nan), np.where(column.known, high, np.nan)


__all__ = [
    "FAIL",
    "NOT_APPLICABLE",
    "PASS",
    "SCORED",
    "UNKNOWN",
    "VERDICTS",
    "Judged",
    "Sheet",
    "judge_choice",
    "judge_curve",
    "judge_gate",
]
