"""The sentence of each rule (逐条说明): what was measured, against what, and what it means."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypedDict

import pandas as pd

from gisapp.format import MISSING, number, percent, quantity
from gisapp.indicators import REGISTRY
from gisapp.model.rules import Choose, Curve, Gate, Rule, ScopeGate
from gisapp.rules.words import state, word

Record = Mapping[str, object]
OUTCOMES: Final = {
    ("scope", "pass"): "在范围内",
    ("scope", "fail"): "不在范围",
    ("must", "pass"): "满足",
    ("must", "fail"): "不满足",
    ("prohibit", "pass"): "未触及",
    ("prohibit", "fail"): "触及",
    ("trigger", "pass"): "属于该情形",
    ("trigger", "fail"): "不属于该情形",
    ("condition", "pass"): "须办理",
    ("condition", "fail"): "未触发",
}
"""How a gate's outcome is said, by role and verdict."""


@dataclass(frozen=True)
class Reading:
    """One input of a decision table as it is read out (决策表取值)."""

    title: str
    text: str
    missing: bool

    def __str__(self) -> str:
        """Return title and value; a statement stands for itself."""
        return f"{self.title} {self.text}" if self.title else self.text


class Readings(TypedDict):
    """The row of a decision table and what was read to find it."""

    row: int | None
    inputs: tuple[Reading, ...]


@dataclass(frozen=True)
class Contribution:
    """How a score adds up (得分构成): `terms` are the points [0-100] of each curve that has a value, in order."""

    weight: float
    terms: tuple[float, ...]

    @classmethod
    def of(cls, records: Iterable[Record]) -> Contribution:
        """Return the sum over the scored curves of one parcel's trace."""
        scored = [(_float(r["weight"]), _float(r["score"])) for r in records if _scores(r)]
        weight = sum(own for own, _ in scored)
        return cls(weight, tuple(100.0 * own / weight * score for own, score in scored) if weight else ())

    def share(self, record: Record) -> float | None:
        """Return a curve's part of the weights of all curves that have a value."""
        return _float(record["weight"]) / self.weight if self.weight and _scores(record) else None

    def points(self, record: Record) -> float | None:
        """Return what a curve gives to the score [0-100]."""
        share = self.share(record)
        return None if share is None else 100.0 * share * _float(record["score"])

    def sentence(self) -> str:
        """Return the sum written out."""
        terms = " + ".join(number(term, 2) for term in self.terms)
        return f"{terms} = {number(sum(self.terms), 2)}"


def _scores(record: Record) -> bool:
    return record["kind"] == "curve" and record["verdict"] == "scored"


def body(rule: Rule | ScopeGate, record: Record, added: Contribution) -> str:
    """Return the sentence of one rule without its source."""
    verdict, reason, title = str(record["verdict"]), cell(record["reason"]), rule.title.zh
    if isinstance(rule, Choose):
        return _choice(rule, record)
    if verdict == "unknown":
        why = reason if reason and reason != MISSING else "所需数据缺失"
        return f"{title}：{MISSING}（{why}），不作不利认定。"
    if verdict == "not_applicable":
        return f"{title}：不适用{f'（{reason}）' if reason else ''}。"
    value = shown_value(record["indicator"], record["value"], cell(record["value_text"]), str(record["unit"]))
    value += f"（{reason}）" if reason else ""
    if isinstance(rule, Curve):
        return f"{title}：{value}，{_points(record, added)}。"
    role, threshold = str(record["role"]), cell(record["threshold"]) or ""
    sentence = f"{title}：{value}，判定标准 {threshold}，{OUTCOMES[role, verdict]}。"
    counts = (role, verdict) in (("must", "fail"), ("prohibit", "fail"), ("condition", "pass"))
    if counts and isinstance(rule, Gate) and rule.advice:
        sentence += f"{rule.advice.rstrip('。')}。"
    return sentence


def _points(record: Record, added: Contribution) -> str:
    """Return how a curve's value becomes points of the score, so that a reader can add them up."""
    curve, score = cell(record["threshold"]) or "", number(optional(record["score"]), 3)
    low, high = optional(record["score_low"]), optional(record["score_high"])
    between = f"（缺项使其在 {number(low, 3)}–{number(high, 3)} 之间）" if low != high else ""
    product = f"× 权重 {percent(added.share(record), 2)} = {number(added.points(record), 2)} 分"
    return f"评分曲线 {curve}，得 {score}{between} {product}"


def _choice(rule: Choose, record: Record) -> str:
    """Return what a decision table read, and which of its rows holds or cannot be decided."""
    found = readings(rule, record)
    read, place = "，".join(map(str, found["inputs"])), found["row"]
    if place is None:
        return f"{rule.title.zh}：没有一行成立（{read}）。" if read else f"{rule.title.zh}：不适用。"
    if record["verdict"] == "unknown":
        given = _given(record)
        lacking = [
            _reading(rule, name, None).title for name in rule.rows[place - 1].when if given.get(name) is None
        ]
        return f"{rule.title.zh}：{MISSING}，判到第 {place} 行时缺 {'、'.join(lacking)}（{read}）。"
    return f"{rule.title.zh}：{rule.rows[place - 1].title.zh}，第 {place} 行成立（{read}）。"


def readings(rule: Rule | ScopeGate, record: Record) -> Readings:
    """Return the row that a decision table came to, counted from 1, and its inputs as they are read out."""
    if not isinstance(rule, Choose):
        return Readings(row=None, inputs=())
    row = cell(record["threshold"])
    inputs = tuple(_reading(rule, name, value) for name, value in _given(record).items())
    return Readings(row=int(row.split(" ")[1]) if row else None, inputs=inputs)


def _given(record: Record) -> dict[str, object]:
    given: dict[str, object] = json.loads(cell(record["inputs"]) or "{}")
    return given


def _reading(rule: Choose, name: str, value: object) -> Reading:
    title = REGISTRY[name].title if name in REGISTRY else name
    if value is None:
        return Reading(title, MISSING, missing=True)
    if isinstance(value, bool):
        return Reading("", state(name, holds=value), missing=False)
    text = value if isinstance(value, str) else None
    return Reading(title, shown_value(name, value, text, rule.units.get(name, "")), missing=False)


def shown_value(indicator: object, value: object, text: str | None, unit: str) -> str:
    """Return a measured value as officials read it (取值)."""
    if unit in ("text", "code"):
        return word(str(indicator), text) if text else MISSING
    if pd.isna(value):  # type: ignore[call-overload]
        return MISSING
    if unit == "bool":
        return state(str(indicator), holds=bool(value))
    return quantity(optional(value), unit)


def optional(value: object) -> float | None:
    """Return a number of the trace, None where it is missing."""
    return None if pd.isna(value) else _float(value)  # type: ignore[call-overload]


def cell(value: object) -> str | None:
    """Return a text of the trace, None where it is missing."""
    return str(value) if isinstance(value, str) else None


def _float(value: object) -> float:
    return float(value)  # type: ignore[arg-type]
