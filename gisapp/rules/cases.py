"""Rule cases (规则用例): what a rule must say for given values, written as YAML beside the rulebooks."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from pydantic import RootModel

from gisapp.io.yamlfile import load_yaml
from gisapp.model.base import Noun
from gisapp.model.rules import Choose, Curve, Gate, Rule, Rulebook, ScopeGate
from gisapp.rules.columns import Column, Key, choice_inputs, key
from gisapp.rules.judge import VERDICTS, Judged, Sheet, judge_choice, judge_curve, judge_gate
from gisapp.rules.load import LoadedRulebook

SCORE_TOLERANCE: Final = 1e-9
Given = bool | float | str | None


class RuleCase(Noun):
    """One case (用例): the values of the indicators that a rule reads, and what it must say.

    ``between`` gives the bounds of a value some of whose inputs are missing, ``interval`` the worst and the best score
    that a curve must give for it.
    """

    rule: str
    given: dict[str, Given]
    between: dict[str, tuple[float, float]] = {}
    expect: str
    score: float | None = None
    interval: tuple[float, float] | None = None
    value: str | None = None
    note: str | None = None


class RuleCases(RootModel[tuple[RuleCase, ...]]):
    """The cases of one rulebook."""


def load_cases(path: Path) -> tuple[RuleCase, ...]:
    """Return the cases of a file."""
    return load_yaml(path, RuleCases)[0].root


def find_rule(rulebook: Rulebook, rule_id: str) -> Rule | ScopeGate:
    """Return a rule or scope gate by id; raises KeyError if there is none."""
    found = [rule for rule in (*rulebook.rules, *rulebook.scope) if rule.id == rule_id]
    if not found:
        raise KeyError(rule_id)
    return found[0]


def run_case(loaded: LoadedRulebook, case: RuleCase) -> Judged:
    """Return what the rule says for the given values, as an array of one."""
    rule = find_rule(loaded.rulebook, case.rule)
    units = inputs_of(rule)
    missing = sorted({name for (name, _), _ in units.items()} - set(case.given))
    if missing:
        raise KeyError(f"用例 {case.rule} 缺少取值：{'、'.join(missing)}")
    columns = {
        name: _column(unit, case.given[name[0]], case.between.get(name[0])) for name, unit in units.items()
    }
    fields = {name: np.array([_text(value)], dtype=object) for name, value in case.given.items()}
    sheet = Sheet(columns, loaded.tables, fields, 1)
    if isinstance(rule, Curve):
        return judge_curve(rule, sheet, total_weight=rule.weight)
    if isinstance(rule, Choose):
        return judge_choice(rule, sheet)
    return judge_gate(rule, sheet, rule_id=case.rule)


def disagreement(loaded: LoadedRulebook, case: RuleCase) -> str | None:
    """Return what the rule says instead of what the case expects, or None where they agree."""
    judged = run_case(loaded, case)
    verdict, score, chosen = VERDICTS[int(judged.verdict[0])], float(judged.score[0]), judged.value_text[0]
    if verdict != case.expect:
        return f"{case.rule}：应为 {case.expect}，得到 {verdict}"
    if case.score is not None and not abs(score - case.score) < SCORE_TOLERANCE:
        return f"{case.rule}：得分应为 {case.score}，得到 {score}"
    found = (float(judged.low[0]), float(judged.high[0]))
    if case.interval is not None and not np.allclose(found, case.interval, rtol=0, atol=SCORE_TOLERANCE):
        return f"{case.rule}：得分区间应为 {case.interval}，得到 {found}"
    if case.value is not None and chosen != case.value:
        return f"{case.rule}：应选 {case.value}，得到 {chosen}"
    return None


def inputs_of(rule: Rule | ScopeGate) -> dict[Key, str]:
    """Return the columns that a rule reads, with their units."""
    if isinstance(rule, Choose):
        return {
            key(name, rule.params.get(name, {})): rule.units.get(name, "") for name in choice_inputs(rule)
        }
    out = {key(rule.indicator, rule.params): rule.unit}
    if isinstance(rule, Gate | ScopeGate | Curve):
        out |= {key(item.indicator, item.params): item.unit for item in rule.applies}
    return out


def _column(unit: str, value: Given, between: tuple[float, float] | None) -> Column:
    if unit in ("text", "code"):
        return Column(unit, text=np.array([_text(value)], dtype=object))
    number = np.nan if value is None else float(value)
    low, high = (None, None) if between is None else (np.array([end]) for end in between)
    return Column(unit, number=np.array([number]), low=low, high=high)


def _text(value: Given) -> str | None:
    return None if value is None else str(value)
