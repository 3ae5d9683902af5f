"""Comparing measured columns with thresholds (判定式), three-valued: 1, 0, and -1 where it is not known."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from gisapp.format import quantity
from gisapp.model.codes import has_prefix, longest_prefix
from gisapp.model.rules import Operator, Predicate, Scalar, ValueTable
from gisapp.rules.columns import BoolArray, Column, FloatArray, ObjectArray
from gisapp.rules.judged import MISSING_INPUT, IntArray, Sheet, same
from gisapp.rules.load import table_id
from gisapp.rules.words import state, word

ORDERED: Final = ("<", "<=", ">", ">=")
OP_SIGNS: Final = {"<=": "≤", ">=": "≥", "!=": "≠", "==": "=", "in": "属于", "not_in": "不属于"}


def applicable(predicates: tuple[Predicate, ...], sheet: Sheet) -> IntArray:
    """Return 1 where all predicates hold, 0 where one does not, -1 where that is not known."""
    truth = np.ones(sheet.size, dtype=np.int8)
    for item in predicates:
        one, _, _ = predicate(item, sheet)
        truth = both(truth, one)
    return truth


def both(a: IntArray, b: IntArray) -> IntArray:
    """Return the three-valued conjunction: 0 if one is 0, else -1 if one is unknown, else 1."""
    return np.where((a == 0) | (b == 0), 0, np.minimum(a, b)).astype(np.int8)


def predicate(item: Predicate, sheet: Sheet) -> tuple[IntArray, ObjectArray, ObjectArray]:
    """Return truth (1, 0, -1 unknown), threshold text and reason of a comparison, each of shape (n,)."""
    column = sheet.column(item.indicator, item.params)
    reason = column.remarks(sheet.size)
    if isinstance(item.value, ValueTable):
        limits = _looked_up(item.value, sheet)
        truth = _surely(column, item.op, limits)
        truth[np.isnan(limits)] = -1
        sign = OP_SIGNS.get(item.op, item.op)
        codes, given = pd.factorize(limits)
        texts = [f"{sign} {quantity(float(limit), item.unit)}" for limit in given]
        threshold = np.array([*texts, "未提供"], dtype=object)[codes]
        reason[np.isnan(limits)] = "阈值未提供"
    else:
        truth = compare(column, item.op, item.value)
        threshold = same(threshold_text(item), sheet.size)
    if item.unknown_between is not None and column.number is not None:
        low, high = item.unknown_between
        contact = (column.number > low) & (column.number < high)
        truth = np.where(contact, -1, truth).astype(np.int8)
        reason[contact] = "边界接触，须人工核对"
    missing = f"未提供：{column.not_loaded}" if column.not_loaded else MISSING_INPUT
    # A note of the row itself says better than a general word why its value is missing.
    untold = ~column.known if column.notes is None else ~column.known & (column.notes == None)  # noqa: E711
    reason[untold] = missing
    return truth, threshold, reason


def threshold_text(item: Predicate) -> str:
    """Return a fixed threshold as it is printed (阈值); a yes or no reads as the state that is asked for."""
    if isinstance(item.value, bool):
        return state(item.indicator, holds=item.value == (item.op == "=="))
    sign = OP_SIGNS.get(item.op, item.op)
    values = item.value if isinstance(item.value, tuple) else (item.value,)
    shown = "、".join(
        quantity(v, item.unit) if isinstance(v, float) else word(item.indicator, str(v))
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


def compare(column: Column, op: Operator, value: Scalar | tuple[Scalar, ...] | ValueTable) -> IntArray:
    """Return 1, 0 or -1 per row; codes compare by prefix, text exactly, numbers and yes/no by value."""
    if column.text is None:
        assert column.number is not None
        if isinstance(value, tuple):
            member: BoolArray = np.isin(column.number, [float(v) for v in value])
            return _truth(member if op == "in" else ~member, column.known)
        assert isinstance(value, bool | float)
        return _surely(column, op, np.full(len(column.number), float(value)))
    wanted = tuple(str(v) for v in (value if isinstance(value, tuple) else (value,)))
    codes, names = column.coded
    match = [has_prefix(name, wanted) if column.unit == "code" else name in wanted for name in names]
    hits = np.array([*match, False], dtype=bool)[codes]
    return _truth(hits if op in ("in", "==") else ~hits, column.known)


def _surely(column: Column, op: Operator, limit: FloatArray) -> IntArray:
    """Return truth where it is the same for all that a number could be (取值区间), else unknown."""
    truth = _numbers(column.number, op, limit)
    if column.bounds is None:
        return truth
    least, most = column.bounds
    settled = _numbers(least, op, limit) == _numbers(most, op, limit)
    settled &= (op in ORDERED) | (least == most)
    return np.where(settled | ~column.known, truth, -1).astype(np.int8)


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
