"""Rulebooks with one figure changed (变异): every threshold by 10 %, every list by one entry, every row by its place.

A mutant is one rule with one change; `caught` says whether a case of that rule no longer agrees. All cases of a rule
are judged at once on one sheet, so that thousands of mutants take seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final, TypeVar

import numpy as np

from gisapp.model.codes import has_prefix
from gisapp.model.rules import Choose, Curve, Gate, Predicate, Row, Rule, Scalar, ScopeGate, Test, ValueTable
from gisapp.rules.cases import SCORE_TOLERANCE, RuleCase, inputs_of
from gisapp.rules.columns import Column
from gisapp.rules.judge import VERDICTS, Judged, Sheet, judge_choice, judge_curve, judge_gate
from gisapp.rules.load import LoadedRulebook, table_id
from gisapp.rules.predicates import ORDERED, both, compare
from gisapp.rules.words import WORDS

COUNTS: Final = frozenset({"owner_count"})
"""Indicators whose values are whole numbers: 10 % of a count is no other count, so their thresholds move by one."""
OTHER: Final = "~"
"""A text or code that stands in no rulebook."""
TURNED: Final = {
    "<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "in": "not_in", "not_in": "in"
}  # fmt: skip
Tables = Mapping[str, Mapping[str, float]]
P = TypeVar("P", bound=Predicate)


@dataclass(frozen=True)
class Mutant:
    """One rule with one change, and the threshold tables that it reads."""

    change: str
    rule: Rule | ScopeGate
    tables: Tables | None = None


def mutants(rule: Rule | ScopeGate, tables: Tables) -> Iterator[Mutant]:
    """Yield a rule with each of its figures changed once."""
    if isinstance(rule, Choose):
        for change, rows in _of_rows(rule):
            yield Mutant(change, _with(rule, rows=rows))
        return
    if isinstance(rule, Curve):
        for change, points in _of_points(rule.points):
            yield Mutant(change, _with(rule, points=points))
    else:
        for change, changed in _of_predicate(rule):
            yield Mutant(change, changed)
        if isinstance(rule.value, ValueTable):
            yield from _of_table(rule, rule.value, tables)
    for place, item in enumerate(rule.applies):
        for change, one in _of_predicate(item):
            applies = (*rule.applies[:place], one, *rule.applies[place + 1 :])
            yield Mutant(f"applies[{place}].{change}", _with(rule, applies=applies))
        rest = (*rule.applies[:place], *rule.applies[place + 1 :])
        yield Mutant(f"applies[{place}] 去掉", _with(rule, applies=rest))


def moved(number: float, *, count: bool = False) -> tuple[float, float]:
    """Return a figure 10 % up and down, by one unit where it is 0 or a count."""
    step = 1.0 if count or number == 0 else 0.1 * abs(number)
    return number + step, number - step


def _of_predicate(item: P) -> Iterator[tuple[str, P]]:
    if not isinstance(item.value, ValueTable):
        yield f"op {item.op} → {TURNED[item.op]}", _with(item, op=TURNED[item.op])
    for change, value in _of_value(item.indicator, item.unit, item.op, item.value):
        yield change, _with(item, value=value)
    for end, bound in enumerate(item.unknown_between or ()):
        for number in moved(bound):
            band = list(item.unknown_between or ())
            band[end] = number
            yield f"unknown_between[{end}] {bound:g} → {number:g}", _with(item, unknown_between=tuple(band))


def _of_value(
    indicator: str, unit: str, op: str, value: Scalar | tuple[Scalar, ...] | ValueTable
) -> Iterator[tuple[str, Scalar | tuple[Scalar, ...]]]:
    """Yield a threshold changed once, with what was changed."""
    if isinstance(value, ValueTable):
        return
    if isinstance(value, tuple):
        for entry in value:
            yield f"去掉 {entry}", tuple(other for other in value if other != entry)
        for word in WORDS.get(indicator, {}) if unit == "text" else ():
            if word not in value:
                yield f"加上 {word}", (*value, word)
    elif isinstance(value, bool):
        yield f"{value} → {not value}", not value
    elif isinstance(value, str):
        for word in [OTHER, *(WORDS.get(indicator, {}) if unit == "text" else ())]:
            if word != value:
                yield f"{value} → {word}", word
    else:
        for number in moved(value, count=indicator in COUNTS):
            yield f"{op} {value:g} → {number:g}", number


def _of_table(rule: Gate | ScopeGate, value: ValueTable, tables: Tables) -> Iterator[Mutant]:
    name = table_id(value)
    if tables.get(name):  # a table without rows leaves every subject unknown, whatever the comparison
        yield Mutant(f"op {rule.op} → {TURNED[rule.op]}", _with(rule, op=TURNED[rule.op]))
    for code, limit in tables.get(name, {}).items():
        for number in moved(limit):
            changed = {**tables, name: {**tables[name], code: number}}
            yield Mutant(f"{value.table} {code} {limit:g} → {number:g}", rule, changed)
        rest = {other: number for other, number in tables[name].items() if other != code}
        yield Mutant(f"{value.table} 去掉 {code}", rule, {**tables, name: rest})


def _of_points(
    points: tuple[tuple[float, float], ...],
) -> Iterator[tuple[str, tuple[tuple[float, float], ...]]]:
    """Yield a curve with one coordinate changed; an x of 0 moves no further than a tenth of the way to its neighbour."""
    for place, (x, y) in enumerate(points):
        near = min(abs(x - other) for other, _ in points if other != x)
        step = min(0.1 * abs(x) or 1.0, 0.1 * near)
        for to in (x + step, x - step):
            yield f"points[{place}].x {x:g} → {to:g}", _put(points, place, (to, y))
        for to in (y + (0.1 * y or 0.1), y - (0.1 * y or 0.1)):
            yield f"points[{place}].y {y:g} → {to:g}", _put(points, place, (x, to))


def _of_rows(rule: Choose) -> Iterator[tuple[str, tuple[Row, ...]]]:
    for place, row in enumerate(rule.rows):
        name = f"rows[{place}]"
        yield f"{name}.then {row.then} → {OTHER}", _put(rule.rows, place, _with(row, then=OTHER))
        yield f"{name} 去掉", (*rule.rows[:place], *rule.rows[place + 1 :])
        for indicator, test in row.when.items():
            rest = {key: value for key, value in row.when.items() if key != indicator}
            yield f"{name}.{indicator} 去掉", _put(rule.rows, place, _with(row, when=rest))
            settled = _settled(rule.rows[:place], indicator)
            for change, one in _of_test(indicator, rule.units.get(indicator, ""), test):
                if isinstance(one, tuple) and set(one) & settled:
                    continue
                when = {**row.when, indicator: one}
                yield f"{name}.{indicator} {change}", _put(rule.rows, place, _with(row, when=when))
    for place, (first, second) in enumerate(pairwise(rule.rows)):
        if not _exclude(first, second, rule.units):
            rows = (*rule.rows[:place], second, first, *rule.rows[place + 2 :])
            yield f"rows[{place}] 与 rows[{place + 1}] 对调", rows


def _settled(rows: Sequence[Row], indicator: str) -> set[object]:
    """Return the words that rows of this one condition have taken, so that a later row never sees them."""
    alone = [row.when[indicator] for row in rows if list(row.when) == [indicator]]
    return {word for test in alone for word in (test if isinstance(test, tuple) else (test,))}


def _of_test(
    indicator: str, unit: str, test: Test | Scalar | tuple[Scalar, ...]
) -> Iterator[tuple[str, Any]]:
    if isinstance(test, Test):
        yield f"op {test.op} → {TURNED[test.op]}", _with(test, op=TURNED[test.op])
        for change, value in _of_value(indicator, unit, test.op, test.value):
            yield change, _with(test, value=value)
    else:
        yield from _of_value(indicator, unit, "==", test)


def _exclude(first: Row, second: Row, units: Mapping[str, str]) -> bool:
    """Return whether no subject can meet both rows, so that their order says nothing."""
    shared = first.when.keys() & second.when.keys()
    return any(not _meet(first.when[name], second.when[name], units.get(name, "")) for name in shared)


def _meet(
    one: Test | Scalar | tuple[Scalar, ...], other: Test | Scalar | tuple[Scalar, ...], unit: str
) -> bool:
    """Return whether a value can meet both conditions of a row."""
    if isinstance(one, Test) and isinstance(other, Test) and {one.op, other.op} <= set(ORDERED):
        ends = [float(str(test.value)) for test in (one, other)]
        tried = np.array([end + step for end in ends for step in (-1e-6, 0.0, 1e-6)])
        column = Column(unit, number=tried)
        return bool((both(*(compare(column, test.op, test.value) for test in (one, other))) == 1).any())
    if isinstance(one, Test) or isinstance(other, Test):
        return True
    texts = ([str(v) for v in (test if isinstance(test, tuple) else (test,))] for test in (one, other))
    meet = has_prefix if unit == "code" else (lambda text, wanted: text in wanted)
    ours, theirs = texts
    return any(meet(a, (b,)) or meet(b, (a,)) for a in ours for b in theirs)


def _put(items: tuple[Any, ...], place: int, item: object) -> tuple[Any, ...]:
    return (*items[:place], item, *items[place + 1 :])


M = TypeVar("M", bound=Any)


def _with(model: M, **fields: object) -> M:
    """Return a model with fields changed and nothing checked: a mutant may be no valid rule."""
    changed: M = model.model_copy(update=fields)
    return changed


def sheet_of(loaded: LoadedRulebook, rule: Rule | ScopeGate, cases: Sequence[RuleCase]) -> Sheet:
    """Return what a rule reads, one row a case."""
    columns = {
        key: column_of(
            unit, [case.given[key[0]] for case in cases], [case.between.get(key[0]) for case in cases]
        )
        for key, unit in inputs_of(rule).items()
    }
    names = {name for case in cases for name in case.given}
    fields = {name: texts_of([case.given.get(name) for case in cases]) for name in names}
    return Sheet(columns, loaded.tables, fields, len(cases))


def caught(mutant: Mutant, sheet: Sheet, cases: Sequence[RuleCase]) -> bool:
    """Return whether at least one case no longer agrees."""
    shown = sheet if mutant.tables is None else replace(sheet, tables=mutant.tables)
    judged = judge_one(mutant.rule, shown)
    return any(_differs(judged, row, case) for row, case in enumerate(cases))


def judge_one(rule: Rule | ScopeGate, sheet: Sheet) -> Judged:
    """Return one rule judged."""
    if isinstance(rule, Curve):
        return judge_curve(rule, sheet, total_weight=rule.weight)
    if isinstance(rule, Choose):
        return judge_choice(rule, sheet)
    return judge_gate(rule, sheet, rule_id=str(rule.id))


def _differs(judged: Judged, row: int, case: RuleCase) -> bool:
    if VERDICTS[int(judged.verdict[row])] != case.expect:
        return True
    if case.score is not None and not abs(float(judged.score[row]) - case.score) < SCORE_TOLERANCE:
        return True
    found = (float(judged.low[row]), float(judged.high[row]))
    if case.interval is not None and not np.allclose(found, case.interval, rtol=0, atol=SCORE_TOLERANCE):
        return True
    return case.value is not None and judged.value_text[row] != case.value


def column_of(unit: str, given: Sequence[Any], between: Sequence[tuple[float, float] | None]) -> Column:
    """Return given values as a column, shape (n,); ``between`` bounds those some of whose inputs are missing."""
    if unit in ("text", "code"):
        return Column(unit, text=texts_of(given))
    number = np.array([np.nan if value is None else float(value) for value in given])
    if not any(between):
        return Column(unit, number=number)
    ends = [(value, value) if band is None else band for value, band in zip(number, between, strict=True)]
    low, high = np.array(ends, dtype=np.float64).T
    return Column(unit, number=number, low=low, high=high)


def texts_of(given: Sequence[Any]) -> np.ndarray:
    """Return given values as texts, shape (n,), None where there is none."""
    out = np.full(len(given), None, dtype=object)
    out[:] = [None if value is None else str(value) for value in given]
    return out
