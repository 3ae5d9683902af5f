"""How each rule came to its value for one parcel (算式): formula, inputs, parameters, clause."""

from __future__ import annotations

import inspect
from dataclasses import dataclass

from gisapp.app.card import shown_value
from gisapp.app.workspace import Workspace
from gisapp.evaluation import Evaluation
from gisapp.evaluation.explain import RuleExplanation, explain
from gisapp.indicators import REGISTRY
from gisapp.model.rules import Choose, Rule
from gisapp.settings import Language


@dataclass(frozen=True)
class Working:
    """One rule worked out (算式): what is computed, from which fields and parameters, against what."""

    rule: RuleExplanation
    indicator: str
    formula: str
    inputs: tuple[tuple[str, str], ...]
    params: tuple[tuple[str, str], ...]
    weight: float | None


def workings(
    workspace: Workspace, evaluation: Evaluation, parcel_id: str, language: Language = "zh"
) -> list[Working]:
    """Return how the rules that apply to a parcel came out, those that decided first; KeyError if there is none."""
    why = explain(evaluation, parcel_id)
    rules = {rule.id: rule for rule in evaluation.rulebook.rules}
    shown = [rule for rule in why.rules if rule.mark != "na" and rule.rule_id in rules]
    shown.sort(key=lambda rule: not rule.decisive)
    return [_working(workspace, rules[rule.rule_id], rule, parcel_id, language) for rule in shown]


def _working(
    workspace: Workspace, rule: Rule, said: RuleExplanation, parcel_id: str, language: Language
) -> Working:
    name = "" if isinstance(rule, Choose) else rule.indicator
    indicator = REGISTRY.get(name)
    params = {} if isinstance(rule, Choose) else rule.params
    title = (indicator.title_en if language == "en" else indicator.title) if indicator else ""
    doc = (inspect.getdoc(indicator.compute) or "").split("\n", maxsplit=1)[0] if indicator else ""
    return Working(
        said,
        f"{title}（{name}）" if name else "",
        doc.removeprefix("Return ").rstrip("."),
        tuple(
            _input(workspace, field, parcel_id, language) for field in (indicator.reads if indicator else ())
        ),
        tuple((key, str(value)) for key, value in params.items()),
        said.weight or None,
    )


def _input(workspace: Workspace, field: str, parcel_id: str, language: Language) -> tuple[str, str]:
    """Return the title of a field and what the parcel has there."""
    spec, table = workspace.schema.field(field), workspace.parcels
    title = spec.title.text(language) if spec else field
    if field not in table:
        return title, "未提供"
    value = table.loc[(table["parcel_id"] == parcel_id).to_numpy(), field].iloc[0]
    return title, str(shown_value(spec, value, workspace.context()))
