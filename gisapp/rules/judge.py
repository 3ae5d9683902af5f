"""Judging rules on measured columns (判定): gates, curves and decision tables, three-valued throughout.

A missing value is unknown (资料不足) and never fails anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from gisapp.format import quantity
from gisapp.model.codes import has_prefix, longest_prefix
from gisapp.model.rules import (
    Choose,
    Curve,
    Gate,
    Operator,
    Predicate,
    Scalar,
    ScopeGate,
    Status,
    Test,
    ValueTable,
)
from gisapp.rules.columns import BoolArray, Column, FloatArray, Key, ObjectArray, choice_inputs, key
from gisapp.rules.load import table_id
from gisapp.rules.words import word

IntArray = npt.NDArray[np.int8]
VERDICTS: Final = ("pass", "fail", "unknown", "not_applicable", "scored")
PASS, FAIL, UNKNOWN, NOT_APPLICABLE, SCORED = range(5)
STATUS_ORDER: Final = "VNMD"
MISSING_INPUT: Final = "资料不足"
OP_SIGNS: Final = {"<=": "≤", ">=": "≥", "!=": "≠", "==": "=", "in": "属于", "not_in": "不属于"}


@dataclass(frozen=True)
class Judged:
    """One rule over all subjects (判定结果), arrays of shape (n,)."""

    rule_id: str
    kind: str
    role: str
    indicator: str
    unit: str
    clause: str | None
    basis: str
    verdict: IntArray = field(repr=False)
    value: FloatArray = field(repr=False)
    value_text: ObjectArray = field(repr=False)
    threshold: ObjectArray = field(repr=False)
    reason: ObjectArray = field(repr=False)
    score: FloatArray = field(repr=False)
    status: Status = "D"
    weight: float = 0.0
    group: str | None = None
    not_loaded: str | None = None


@dataclass(frozen=True)
class Sheet:
    """What rules read (评价底表): measured columns, threshold tables, and parcel fields by name."""

    columns: Mapping[Key, Column] = field(repr=False)
    tables: Mapping[str, Mapping[str, float]] = field(repr=False)
    fields: Mapping[str, ObjectArray] = field(repr=False)
    size: int

    def column(self, indicator: str, params: Mapping[str, object]) -> Column:
        """Return the column of an indicator with these parameters."""
        return self.columns[key(indicator, params)]  # type: ignore[arg-type]


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
        *_values(column, sheet.size),
        threshold,
        reason,
        _none(sheet.size),
        status=weakest(gate.status, column.status),
        group=gate.group if isinstance(gate, Gate) else None,
        not_loaded=column.not_loaded,
    )


def judge_curve(curve: Curve, sheet: Sheet, *, total_weight: float) -> Judged:
    """Return a curve's scores (0-1) by linear interpolation, flat beyond its ends."""
    column = sheet.column(curve.indicator, curve.params)
    assert column.number is not None
    xs, ys = np.array(curve.points).T
    score = np.where(column.known, np.interp(np.nan_to_num(column.number), xs, ys), np.nan)
    verdict = np.where(column.known, SCORED, UNKNOWN).astype(np.int8)
    missing = f"未提供：{column.not_loaded}" if column.not_loaded else MISSING_INPUT
    reason = np.full(sheet.size, missing, dtype=object)
    reason[column.known] = column.remarks(sheet.size)[column.known]
    if column.excluded is not None:
        verdict[column.excluded] = NOT_APPLICABLE
        score[column.excluded] = np.nan
    points = "，".join(f"{x:g}→{y:g}" for x, y in curve.points)
    return Judged(
        curve.id,
        "curve",
        "",
        curve.indicator,
        curve.unit,
        curve.clause,
        curve.basis,
        verdict,
        *_values(column, sheet.size),
        _same(points, sheet.size),
        reason,
        score,
        status=weakest(curve.status, column.status),
        weight=curve.weight / total_weight,
        not_loaded=column.not_loaded,
    )


def judge_choice(choice: Choose, sheet: Sheet) -> Judged:
    """Return for each subject the first row whose tests all hold; unknown where an input decides it."""
    chosen = np.full(sheet.size, None, dtype=object)
    reason = np.full(sheet.size, None, dtype=object)
    open_ = np.ones(sheet.size, dtype=bool)
    unknown = np.zeros(sheet.size, dtype=bool)
    for row in choice.rows:
        truth = np.ones(sheet.size, dtype=np.int8)
        for name, test in row.when.items():
            column = sheet.column(name, choice.params.get(name, {}))
            truth = _both(truth, _row_test(test, column))
        fires = open_ & (truth == 1)
        chosen[fires], reason[fires] = row.then, row.title.zh
        unknown |= open_ & (truth == -1)
        open_ &= truth == 0
    reason[unknown] = MISSING_INPUT
    verdict = np.select([unknown, open_], [UNKNOWN, NOT_APPLICABLE], SCORED).astype(np.int8)
    inputs = "、".join(choice_inputs(choice))
    blank, nothing = _same(None, sheet.size), _none(sheet.size)
    return Judged(
        choice.id, "choose", "", inputs, "text", choice.clause, choice.basis, verdict, nothing, chosen, blank, reason,
        nothing, status=choice.status,
    )  # fmt: skip


def _row_test(test: Test | Scalar | tuple[Scalar, ...], column: Column) -> IntArray:
    """Return 1, 0 or -1 for one condition of a decision-table row."""
    if isinstance(test, Test):
        return _compare(column, test.op, test.value)
    return _compare(column, "in" if isinstance(test, tuple) else "==", test)


def applicable(predicates: tuple[Predicate, ...], sheet: Sheet) -> IntArray:
    """Return 1 where all predicates hold, 0 where one does not, -1 where that is not known."""
    truth = np.ones(sheet.size, dtype=np.int8)
    for item in predicates:
        one, _, _ = predicate(item, sheet)
        truth = _both(truth, one)
    return truth


def _both(a: IntArray, b: IntArray) -> IntArray:
    """Return the three-valued conjunction: 0 if one is 0, else -1 if one is unknown, else 1."""
    return np.where((a == 0) | (b == 0), 0, np.minimum(a, b)).astype(np.int8)


def predicate(item: Predicate, sheet: Sheet) -> tuple[IntArray, ObjectArray, ObjectArray]:
    """Return truth (1, 0, -1 unknown), threshold text and reason of a comparison, each of shape (n,)."""
    column = sheet.column(item.indicator, item.params)
    reason = column.remarks(sheet.size)
    if isinstance(item.value, ValueTable):
        limits = _looked_up(item.value, sheet)
        truth = _numbers(column.number, item.op, limits)
        truth[np.isnan(limits)] = -1
        sign = OP_SIGNS.get(item.op, item.op)
        codes, given = pd.factorize(limits)
        texts = [f"{sign} {quantity(float(limit), item.unit)}" for limit in given]
        threshold = np.array([*texts, "未提供"], dtype=object)[codes]
        reason[np.isnan(limits)] = "阈值未提供"
    else:
        truth = _compare(column, item.op, item.value)
        threshold = _same(threshold_text(item), sheet.size)
    if item.unknown_between is not None and column.number is not None:
        low, high = item.unknown_between
        contact = (column.number > low) & (column.number < high)
        truth = np.where(contact, -1, truth).astype(np.int8)
        reason[contact] = "边界接触，须人工核对"
    missing = f"未提供：{column.not_loaded}" if column.not_loaded else MISSING_INPUT
    reason[~column.known] = missing
    return truth, threshold, reason


def threshold_text(item: Predicate) -> str:
    """Return a fixed threshold as it is printed (阈值)."""
    sign = OP_SIGNS.get(item.op, item.op)
    values = item.value if isinstance(item.value, tuple) else (item.value,)
    shown = "、".join(
        quantity(float(v), item.unit) if isinstance(v, float | bool) else word(item.indicator, str(v))
        for v in values
        if not isinstance(v, ValueTable)
    )
    return f"{sign} {shown}"


def _looked_up(value: ValueTable, sheet: Sheet) -> FloatArray:
    """Return the threshold of each subject from a table, codes by longest prefix, NaN where it has none."""
    table = sheet.tables.get(table_id(value), {})
    codes, names = pd.factorize(sheet.fields[value.by])
    found = [longest_prefix(str(name), table) for name in names]
    return np.array([*(np.nan if limit is None else limit for limit in found), np.nan], dtype=np.float64)[
        codes
    ]


def _compare(column: Column, op: Operator, value: Scalar | tuple[Scalar, ...] | ValueTable) -> IntArray:
    """Return 1, 0 or -1 per row; codes compare by prefix, text exactly, numbers and yes/no by value."""
    if column.text is None:
        assert column.number is not None
        if isinstance(value, tuple):
            member: BoolArray = np.isin(column.number, [float(v) for v in value])
            return _truth(member if op == "in" else ~member, column.known)
        assert isinstance(value, bool | float)
        return _numbers(column.number, op, np.full(len(column.number), float(value)))
    wanted = tuple(str(v) for v in (value if isinstance(value, tuple) else (value,)))
    codes, names = column.coded
    match = [has_prefix(name, wanted) if column.unit == "code" else name in wanted for name in names]
    hits = np.array([*match, False], dtype=bool)[codes]
    return _truth(hits if op in ("in", "==") else ~hits, column.known)


def _numbers(number: FloatArray | None, op: Operator, limit: FloatArray) -> IntArray:
    assert number is not None
    with np.errstate(invalid="ignore"):
        outcomes = {
            "<": number < limit,
            "<=": number <= limit,
            ">": number > limit,
            ">=": number >= limit,
            "==": number == limit,
            "!=": number != limit,
        }
    return _truth(outcomes[op], ~np.isnan(number))


def _truth(hits: BoolArray, known: BoolArray) -> IntArray:
    return np.where(known, hits.astype(np.int8), np.int8(-1)).astype(np.int8)


def _values(column: Column, size: int) -> tuple[FloatArray, ObjectArray]:
    number = column.number if column.number is not None else _none(size)
    text = column.text if column.text is not None else _same(None, size)
    return number, text


def _same(value: str | None, size: int) -> ObjectArray:
    """Return one text for every subject; read-only, one value in memory however many there are."""
    return np.broadcast_to(np.array(value, dtype=object), size)


def _none(size: int) -> FloatArray:
    """Return NaN for every subject; read-only."""
    return np.broadcast_to(np.float64(np.nan), size)
