"""Judging decision tables (决策表): the first row whose tests all hold, and what was read to find it."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from gisapp.model.rules import Choose, Scalar, Test
from gisapp.rules.columns import Column, ObjectArray, choice_inputs
from gisapp.rules.judged import (
    MISSING_INPUT,
    NOT_APPLICABLE,
    SCORED,
    UNKNOWN,
    IntArray,
    Judged,
    Sheet,
    nothing,
)
from gisapp.rules.predicates import both, compare


def judge_choice(choice: Choose, sheet: Sheet) -> Judged:
    """Return for each subject the first row whose tests all hold; unknown where an input decides it.

    ``threshold`` names the row that holds, or that cannot be decided, counted from 1.
    """
    chosen, reason, row_text = (np.full(sheet.size, None, dtype=object) for _ in range(3))
    open_ = np.ones(sheet.size, dtype=bool)
    unknown = np.zeros(sheet.size, dtype=bool)
    for number, row in enumerate(choice.rows, start=1):
        truth = np.ones(sheet.size, dtype=np.int8)
        for name, test in row.when.items():
            truth = both(truth, _row_test(test, sheet.column(name, choice.params.get(name, {}))))
        fires = open_ & (truth == 1)
        chosen[fires], reason[fires] = row.then, row.title.zh
        row_text[open_ & (truth != 0)] = f"第 {number} 行"
        unknown |= open_ & (truth == -1)
        open_ &= truth == 0
    reason[unknown] = MISSING_INPUT
    verdict = np.select([unknown, open_], [UNKNOWN, NOT_APPLICABLE], SCORED).astype(np.int8)
    inputs, none = "、".join(choice_inputs(choice)), nothing(sheet.size)
    return Judged(
        choice.id, "choose", "", inputs, "text", choice.clause, choice.basis, verdict, none, chosen, row_text, reason,
        none, status=choice.status, inputs=_read(choice, sheet),
    )  # fmt: skip


def _row_test(test: Test | Scalar | tuple[Scalar, ...], column: Column) -> IntArray:
    """Return 1, 0 or -1 for one condition of a decision-table row."""
    if isinstance(test, Test):
        return compare(column, test.op, test.value)
    return compare(column, "in" if isinstance(test, tuple) else "==", test)


def _read(choice: Choose, sheet: Sheet) -> ObjectArray:
    """Return what a decision table read of each subject, as JSON by indicator; null where it is missing."""
    code = np.zeros(sheet.size, dtype=np.intp)
    seen: list[dict[str, object]] = [{}]
    for name in choice_inputs(choice):
        own, values = _values(sheet.column(name, choice.params.get(name, {})))
        # A record is put together once for each combination that occurs, not once for each subject.
        code, pairs = pd.factorize(code * len(values) + own)
        seen = [{**seen[pair // len(values)], name: values[pair % len(values)]} for pair in pairs]
    texts = [json.dumps(record, ensure_ascii=False) for record in seen]
    out: ObjectArray = np.array(texts, dtype=object)[code]
    return out


def _values(column: Column) -> tuple[np.ndarray, list[object]]:
    """Return the row's number among the values that occur, and those values, the missing one last."""
    if column.text is not None:
        codes, names = column.coded
        values: list[object] = list(names)
    else:
        assert column.number is not None
        codes, found = pd.factorize(column.number)
        values = [bool(value) if column.unit == "bool" else float(value) for value in found]
    return np.where(codes < 0, len(values), codes), [*values, None]
