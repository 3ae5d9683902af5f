"""Values set by hand for one evaluation (--set): target use, network year, a rule's threshold or weight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from pydantic import ValidationError

from gisapp.errors import UsageError
from gisapp.model.rules import Choose, Curve, Gate, Rule
from gisapp.rules.load import LoadedRulebook

GENERAL: Final = ("target_use", "service_year")


def override(loaded: LoadedRulebook, settings: Mapping[str, str]) -> LoadedRulebook:
    """Return the rulebook with ``RULE-ID.value``, ``RULE-ID.weight`` and ``RULE-ID.<param>`` replaced.

    Raises
    ------
    UsageError
        If a key names no rule or nothing that can be set, or a value is no number.
    """
    rules = list(loaded.rulebook.rules)
    places = {rule.id: place for place, rule in enumerate(rules)}
    for name, text in settings.items():
        if name in GENERAL:
            _check_general(name, text)
            continue
        rule_id, _, part = name.rpartition(".")
        if rule_id not in places:
            known = "、".join([*GENERAL, "<规则编号>.value", "<规则编号>.weight", "<规则编号>.<参数>"])
            raise UsageError(f"--set {name}：没有这条规则或设置", action=f"可设置：{known}")
        place = places[rule_id]
        rules[place] = _changed(rules[place], part, text, name)
    book = loaded.rulebook.model_copy(update={"rules": tuple(rules)})
    return replace(loaded, rulebook=book)


def _check_general(name: str, text: str) -> None:
    if not text.isdigit():
        raise UsageError(f"--set {name}：应为数字代码或年份，得到 {text}")


def _changed(rule: Rule, part: str, text: str, name: str) -> Rule:
    try:
        number = float(text)
    except ValueError as error:
        raise UsageError(f"--set {name}：应为数值，得到 {text}") from error
    update: dict[str, Any] = {}  # one field of the rule
    if part == "value" and isinstance(rule, Gate) and isinstance(rule.value, float):
        update = {"value": number}
    elif part == "weight" and isinstance(rule, Curve):
        update = {"weight": number}
    elif not isinstance(rule, Choose) and part in rule.params:
        update = {"params": {**rule.params, part: number}}
    if not update:
        raise UsageError(f"--set {name}：规则 {rule.id} 没有可设置的数值 {part}")
    try:
        return type(rule).model_validate({**rule.model_dump(by_alias=True), **update})
    except ValidationError as error:
        raise UsageError(f"--set {name}：{error.errors()[0]['msg']}") from error
