"""Why (解释): one Chinese sentence per rule, with value, unit, threshold, clause and status letter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import pandas as pd

from gisapp.evaluation.result import Evaluation
from gisapp.format import MISSING, number, quantity
from gisapp.indicators import REGISTRY
from gisapp.model.rules import Choose, Gate, Rulebook, Status
from gisapp.rules.words import word

Mark = Literal["pass", "fail", "hit", "unknown", "na", "scored", "condition"]
STATUS_WORDS: Final[dict[str, str]] = {"V": "已核", "M": "待核", "N": "测算", "D": "本地假设"}
VERDICT_WORDS: Final = {
    "candidate": "符合条件",
    "not_candidate": "不符合条件",
    "prohibited": "触及底线",
    "unknown": "资料不足",
    "not_applicable": "不在评价范围",
}


@dataclass(frozen=True)
class RuleExplanation:
    """One rule's part in a verdict (规则解释)."""

    rule_id: str
    kind: str
    role: str
    title: str
    verdict: str
    mark: Mark
    sentence: str
    value_text: str
    threshold: str
    clause: str | None
    clause_title: str
    clause_status: Status | None
    basis: str
    status: Status
    status_text: str
    reason: str | None
    score: float | None
    weight: float
    decisive: bool


@dataclass(frozen=True)
class Explanation:
    """Why one parcel got its verdict (宗地解释)."""

    parcel_id: str
    run_id: str
    rulebook: str
    edition: str
    title: str
    verdict: str
    verdict_text: str
    score: float | None
    score_low: float | None
    score_high: float | None
    completeness: float | None
    rank: int | None
    ranked: int
    unranked: bool
    advice: tuple[str, str] | None
    area_m2: float
    rules: tuple[RuleExplanation, ...]


def explain(evaluation: Evaluation, parcel_id: str) -> Explanation:
    """Return the explanation of one parcel; raises KeyError if it was not evaluated."""
    row = evaluation.parcels.iloc[evaluation.row(parcel_id)]
    reasons = set(str(row["reasons"]).split(";"))
    book = evaluation.rulebook
    rules = tuple(
        _rule(evaluation, record, reasons, str(row["verdict"]))
        for record in _records(evaluation.trace_of(parcel_id))
    )
    rank = None if pd.isna(row["rank"]) else int(row["rank"])
    return Explanation(
        parcel_id=parcel_id,
        run_id=evaluation.run_id,
        rulebook=book.id,
        edition=book.edition,
        title=book.title.zh,
        verdict=str(row["verdict"]),
        verdict_text=verdict_word(book, str(row["verdict"])),
        score=_optional(row["score"]),
        score_low=_optional(row["score_low"]),
        score_high=_optional(row["score_high"]),
        completeness=_optional(row["completeness"]),
        rank=rank,
        ranked=int(evaluation.parcels["rank"].notna().sum()),
        unranked=row["verdict"] == "candidate" and rank is None,
        advice=_advice(row["advice"], rules),
        area_m2=float(row["area_m2"]),
        rules=rules,
    )


def _records(table: pd.DataFrame) -> list[dict[str, object]]:
    return [{str(name): value for name, value in record.items()} for record in table.to_dict("records")]


def verdict_word(rulebook: Rulebook, verdict: str) -> str:
    """Return the word that officials use for a verdict (RULEBOOK 13)."""
    return rulebook.verdict_words.get(verdict, VERDICT_WORDS[verdict])  # type: ignore[call-overload,no-any-return]


def _optional(value: object) -> float | None:
    return None if pd.isna(value) else float(value)  # type: ignore[call-overload,arg-type]


def _advice(code: object, rules: tuple[RuleExplanation, ...]) -> tuple[str, str] | None:
    """Return the code and title of the row that the decision table chose."""
    if not isinstance(code, str):
        return None
    return code, next((rule.reason or code for rule in rules if rule.kind == "choose"), code)


def _rule(
    evaluation: Evaluation, record: dict[str, object], reasons: set[str], parcel_verdict: str
) -> RuleExplanation:
    book = evaluation.rulebook
    rule_id = str(record["rule_id"])
    rule = next((r for r in (*book.rules, *book.scope) if r.id == rule_id), None)
    rule = rule or book.scope[int(rule_id.rpartition("-")[2]) - 1]
    text = _cell(record["value_text"])
    value = shown_value(record["indicator"], record["value"], text, str(record["unit"]))
    reference = _cell(record["clause"])
    found = evaluation.policies.clause(reference) if reference else None
    clause_title = f"{found[0].short} · {found[1].title}" if found else "无条款，本地假设"
    mark = _mark(str(record["kind"]), str(record["role"]), str(record["verdict"]))
    status: Status = str(record["status"])  # type: ignore[assignment]
    title = rule.title.zh
    body = _body(rule, record, title, value)
    return RuleExplanation(
        rule_id=rule_id,
        kind=str(record["kind"]),
        role=str(record["role"]),
        title=title,
        verdict=str(record["verdict"]),
        mark=mark,
        sentence=f"{body}依据：{clause_title}（{STATUS_WORDS[status]}）。",
        value_text=value,
        threshold=_cell(record["threshold"]) or "",
        clause=reference,
        clause_title=clause_title,
        clause_status=found[1].status if found else None,
        basis=str(record["basis"]),
        status=status,
        status_text=STATUS_WORDS[status],
        reason=_cell(record["reason"]),
        score=_optional(record["score"]),
        weight=float(record["weight"]),  # type: ignore[arg-type]
        decisive=rule_id in reasons and _decides(str(record["role"]), mark, parcel_verdict),
    )


def _decides(role: str, mark: Mark, verdict: str) -> bool:
    """Return whether a rule that counts is of the kind that gave the parcel's verdict."""
    return {
        "not_applicable": role == "scope" and mark == "fail",
        "prohibited": mark == "hit",
        "not_candidate": role == "must" and mark == "fail",
        "unknown": mark == "unknown",
        "candidate": role == "trigger" and mark == "pass",
    }[verdict]


def _mark(kind: str, role: str, verdict: str) -> Mark:
    """Return the sign beside a rule: a trigger or condition that is not met is neutral, not a failure."""
    if verdict in ("not_applicable", "unknown", "scored"):
        return {"not_applicable": "na", "unknown": "unknown", "scored": "scored"}[verdict]  # type: ignore[return-value]
    signs: dict[tuple[str, str], Mark] = {
        ("prohibit", "pass"): "pass",
        ("prohibit", "fail"): "hit",
        ("condition", "pass"): "condition",
        ("condition", "fail"): "na",
        ("trigger", "fail"): "na",
    }
    return signs.get((role, verdict), "pass" if verdict == "pass" else "fail")


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


def _body(rule: object, record: dict[str, object], title: str, value: str) -> str:
    """Return the sentence without its source."""
    verdict, role, reason = str(record["verdict"]), str(record["role"]), _cell(record["reason"])
    if verdict == "unknown":
        why = reason if reason and reason != MISSING else "所需数据缺失"
        return f"{title}：{MISSING}（{why}），不作不利认定。"
    if verdict == "not_applicable":
        return f"{title}：不适用{f'（{reason}）' if reason else ''}。"
    if isinstance(rule, Choose):
        return f"{title}：{reason}。"
    note = f"（{reason}）" if reason else ""
    if verdict == "scored":
        return f"{title}：{value}{note}，得 {number(_optional(record['score']), 2)} 分（满分 1）。"
    threshold = _cell(record["threshold"]) or ""
    sentence = f"{title}：{value}{note}，判定标准 {threshold}，{OUTCOMES[role, verdict]}。"
    counts = (role, verdict) in (("must", "fail"), ("prohibit", "fail"), ("condition", "pass"))
    if counts and isinstance(rule, Gate) and rule.advice:
        sentence += f"{rule.advice.rstrip('。')}。"
    return sentence


def shown_value(indicator: object, value: object, text: str | None, unit: str) -> str:
    """Return a measured value as officials read it (取值)."""
    if unit in ("text", "code"):
        return word(str(indicator), text) if text else MISSING
    if str(indicator) in REGISTRY and pd.isna(value):  # type: ignore[call-overload]
        return MISSING
    return quantity(_optional(value), unit)


def _cell(value: object) -> str | None:
    return str(value) if isinstance(value, str) else None
