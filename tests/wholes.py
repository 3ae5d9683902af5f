"""Whole cases (整宗用例): all that is measured of one subject, and the verdict, score and advice that must follow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from gisapp.evaluation.total import Totals, total
from gisapp.io.yamlfile import load_yaml
from gisapp.model.base import Noun
from gisapp.model.rules import Curve, Rulebook, Verdict
from gisapp.rules.cases import Given
from gisapp.rules.columns import needed
from gisapp.rules.judge import Judged, Sheet, judge_curve
from gisapp.rules.load import LoadedRulebook
from tests.mutants import column_of, judge_one, texts_of

SCORE_TOLERANCE = 0.005
"""Half a unit of the last digit in which a score is written."""


class WholeCase(Noun):
    """What differs from the common values, and what must follow."""

    set: dict[str, Given]
    expect: Verdict
    score: float | None = None
    advice: str | None = None
    note: str | None = None


class WholeCases(Noun):
    """The common values by indicator, and the cases; an indicator that is not named is missing."""

    given: dict[str, Given]
    cases: tuple[WholeCase, ...]


def load_wholes(path: Path) -> WholeCases:
    """Return the whole cases of a rulebook's file."""
    return load_yaml(path, WholeCases)[0]


def unknown_names(book: Rulebook, wholes: WholeCases) -> set[str]:
    """Return the names that no rule reads."""
    read = {name for name, _ in needed(book)}
    return {name for values in (wholes.given, *(case.set for case in wholes.cases)) for name in values} - read


def judge_all(loaded: LoadedRulebook, wholes: WholeCases) -> list[Judged]:
    """Return every rule judged, one row a case."""
    rows = [{**wholes.given, **case.set} for case in wholes.cases]
    wanted = needed(loaded.rulebook).items()
    columns = {
        key: column_of(unit, [row.get(key[0]) for row in rows], [None] * len(rows)) for key, unit in wanted
    }
    fields = {name: texts_of([row.get(name) for row in rows]) for (name, _), _ in wanted}
    sheet = Sheet(columns, loaded.tables, fields, len(rows))
    weight = sum(curve.weight for curve in loaded.rulebook.curves)
    rules = (*loaded.rulebook.scope, *loaded.rulebook.rules)
    return [
        judge_curve(rule, sheet, total_weight=weight) if isinstance(rule, Curve) else judge_one(rule, sheet)
        for rule in rules
    ]


def differences(book: Rulebook, judged: Sequence[Judged], cases: Sequence[WholeCase]) -> list[str]:
    """Return what comes out instead of what the cases expect."""
    found = total(book, judged)
    return [text for row, case in enumerate(cases) if (text := _difference(found, row, case))]


def _difference(found: Totals, row: int, case: WholeCase) -> str | None:
    if found.verdict[row] != case.expect:
        return f"{case.set}：结论应为 {case.expect}，得到 {found.verdict[row]}（{found.reasons[row]}）"
    if case.score is not None and not abs(found.score[row] - case.score) <= SCORE_TOLERANCE:
        return f"{case.set}：得分应为 {case.score}，得到 {found.score[row]}"
    if case.advice is not None and found.advice[row] != case.advice:
        return f"{case.set}：建议应为 {case.advice}，得到 {found.advice[row]}"
    return None


def reweighted(judged: Sequence[Judged]) -> Iterator[tuple[str, list[Judged]]]:
    """Yield the rules with one curve's weight 10 % up or down, the others keeping theirs."""
    curves = [rule for rule in judged if rule.kind == "curve"]
    for curve in curves if len(curves) > 1 else ():  # the weight of a single curve is the whole
        for factor in (1.1, 0.9):
            changed = [
                replace(rule, weight=rule.weight * factor) if rule is curve else rule for rule in judged
            ]
            yield f"{curve.rule_id}.weight × {factor}", changed


def regrouped(book: Rulebook) -> Iterator[tuple[str, Rulebook]]:
    """Yield the rulebook with one number of triggers one more or one less."""
    groups: Mapping[str, int] = book.trigger_groups
    for name, number in groups.items():
        for count in (number + 1, number - 1):
            changed = book.model_copy(update={"trigger_groups": {**groups, name: count}})
            yield f"trigger_groups.{name} {number} → {count}", changed


def without(judged: Sequence[Judged]) -> Iterator[tuple[str, list[Judged]]]:
    """Yield the rules with one that decides left out: scope, must, prohibit or trigger."""
    for gone in judged:
        if gone.kind == "gate" and gone.role != "condition":
            rest = [rule for rule in judged if rule is not gone]
            yield f"{gone.rule_id} 去掉", rest
