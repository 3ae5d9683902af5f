"""Values set by hand for one evaluation (--set): target use, network year, a rule's threshold or weight."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from gisapp.context.overrides import is_override
from gisapp.errors import UsageError
from gisapp.model.rules import Choose, Curve, Gate, Rule, Rulebook
from gisapp.rules.load import LoadedRulebook

GENERAL: Final = ("target_use", "service_year")
ROBUST: Final = ("robust_draws", "robust_seed", "robust_concentration")
"""How weights are shaken: read, with their limits, by gisapp.evaluation.robust; they change no rule."""
YEARS: Final = (1950, 2100)
_CODE: Final = re.compile(r"(?:[0-9]{2}){1,3}")
_YEAR: Final = re.compile(r"[0-9]{4}")


def override(loaded: LoadedRulebook, settings: Mapping[str, str]) -> LoadedRulebook:
    """Return the rulebook with ``RULE-ID.value``, ``RULE-ID.weight`` and ``RULE-ID.<param>`` replaced.

    Raises
    ------
    UsageError
        If a key names no rule or nothing that can be set, or a value is no number that can stand there.
    """
    rules = list(loaded.rulebook.rules)
    places = {rule.id: place for place, rule in enumerate(rules)}
    for name, text in settings.items():
        if name in ROBUST or is_override(name):
            continue
        if name in GENERAL:
            _check_general(name, text)
            continue
        rule_id, _, part = name.rpartition(".")
        if rule_id not in places:
            known = "、".join(
                [*GENERAL, *ROBUST, "<规则编号>.value", "<规则编号>.weight", "<规则编号>.<参数>"]
            )
            raise UsageError(f"--set {name}：没有这条规则或设置", action=f"可设置：{known}")
        place = places[rule_id]
        rules[place] = _changed(rules[place], part, text, name)
    book = loaded.rulebook.model_copy(update={"rules": tuple(rules)})
    return replace(loaded, rulebook=book)


def settable(rulebook: Rulebook, name: str) -> bool:
    """Return whether a setting means something for a rulebook (设置是否适用): general ones and layers always do."""
    if name in GENERAL or name in ROBUST or is_override(name):
        return True
    rule_id, _, part = name.rpartition(".")
    return any(rule.id == rule_id and part in parts_of(rule) for rule in rulebook.rules)


def parts_of(rule: Rule) -> dict[str, float]:
    """Return what of a rule can be set, with its number (可调项): ``value``, ``weight`` and its parameters."""
    parts: dict[str, float] = {}
    if isinstance(rule, Gate) and isinstance(rule.value, float):
        parts["value"] = rule.value
    if isinstance(rule, Curve):
        parts["weight"] = rule.weight
    if not isinstance(rule, Choose):
        parts |= {name: value for name, value in rule.params.items() if isinstance(value, float)}
    return parts


def _check_general(name: str, text: str) -> None:
    if name == "target_use" and not _CODE.fullmatch(text):
        raise UsageError(
            f"--set {name}={text}：不是用地代码", action="写 2、4 或 6 位数字代码，例如 --set target_use=0901"
        )
    first, last = YEARS
    if name == "service_year" and not (_YEAR.fullmatch(text) and first <= int(text) <= last):
        raise UsageError(
            f"--set {name}={text}：不是年份",
            action=f"写 {first} 至 {last} 之间的四位年份，例如 --set service_year=2030",
        )


def _number(name: str, text: str) -> float:
    """Return a finite number, or raise `UsageError` that names the setting and its value."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise UsageError(f"--set {name}={text}：应为有限的数值", action="写一个十进制数，例如 0.5")
    return number


def _changed(rule: Rule, part: str, text: str, name: str) -> Rule:
    number = _number(name, text)
    known = parts_of(rule)
    if part not in known:
        some = "、".join(known) or "（没有）"
        raise UsageError(f"--set {name}：规则 {rule.id} 没有可设置的数值 {part}", action=f"可设置：{some}")
    update: dict[str, Any] = {part: number}  # one field of the rule
    if part not in ("value", "weight") and not isinstance(rule, Choose):
        update = {"params": {**rule.params, part: number}}
    if part == "weight" and number <= 0:
        raise UsageError(f"--set {name}={text}：权重应大于 0", action="写一个正数；不要这条曲线时改规则集")
    if part != "value" and number < 0:
        raise UsageError(f"--set {name}={text}：参数不能为负", action="写 0 或正数")
    return type(rule).model_validate({**rule.model_dump(by_alias=True), **update})
