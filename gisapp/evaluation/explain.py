"""Why (解释): one Chinese sentence per rule, with value, unit, threshold, clause and status letter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypedDict

import pandas as pd

from gisapp.evaluation.result import Evaluation
from gisapp.evaluation.sentences import Contribution, Reading, body, cell, optional, readings, shown_value
from gisapp.evaluation.sources import STATUS_WORDS, Source, source
from gisapp.format import number, percent
from gisapp.model.rules import Rule, Rulebook, ScopeGate, Status

Mark = Literal["pass", "fail", "hit", "unknown", "na", "scored", "condition"]
VERDICT_WORDS: Final = {
    "candidate": "符合条件",
    "not_candidate": "不符合条件",
    "prohibited": "触及底线",
    "unknown": "资料不足",
    "not_applicable": "不在评价范围",
}


@dataclass(frozen=True)
class RuleExplanation:
    """One rule's part in a verdict (规则解释).

    A curve has ``share``, its part of the weights of all curves that have a value, and ``contribution``, the points
    [0-100] that it gives to the score; a decision table has the ``row`` that holds, or cannot be decided, and its
    ``inputs``. ``text_seen`` is false where nobody here has seen the text of the document that the clause is of.
    """

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
    title_en: str = ""
    status_note: str = ""
    text_seen: bool | None = None
    score_low: float | None = None
    score_high: float | None = None
    known: float | None = None
    share: float | None = None
    contribution: float | None = None
    row: int | None = None
    inputs: tuple[Reading, ...] = ()


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
    score_sum: str | None = None
    """How the score adds up from the contributions of the curves (得分合计)."""
    stability: float | None = None
    """The share of weight draws in which the parcel is among the first k (前 k 名保持率), None where unranked."""
    stability_text: str | None = None
    top_k: int = 0
    draws: int = 0
    subject: str = "parcel"
    """What ``parcel_id`` is the id of: a parcel, a park or an enterprise (评价对象)."""


def explain(evaluation: Evaluation, parcel_id: str) -> Explanation:
    """Return the explanation of one parcel; raises KeyError if it was not evaluated."""
    row = evaluation.parcels.iloc[evaluation.row(parcel_id)]
    reasons = set(str(row["reasons"]).split(";"))
    book = evaluation.rulebook
    records = _records(evaluation.trace_of(parcel_id))
    added = Contribution.of(records)
    rules = tuple(_rule(evaluation, record, reasons, str(row["verdict"]), added) for record in records)
    rank = None if pd.isna(row["rank"]) else int(row["rank"])
    return Explanation(
        parcel_id=parcel_id,
        run_id=evaluation.run_id,
        rulebook=book.id,
        edition=book.edition,
        title=book.title.zh,
        verdict=str(row["verdict"]),
        verdict_text=verdict_word(book, str(row["verdict"])),
        score=optional(row["score"]),
        score_low=optional(row["score_low"]),
        score_high=optional(row["score_high"]),
        completeness=optional(row["completeness"]),
        rank=rank,
        ranked=int(evaluation.parcels["rank"].notna().sum()),
        unranked=row["verdict"] == "candidate" and rank is None,
        advice=_advice(row["advice"], rules),
        area_m2=float(row["area_m2"]),
        rules=rules,
        score_sum=added.sentence() if optional(row["score"]) is not None else None,
        stability=optional(row["stability_top"]),
        stability_text=_stability(evaluation, optional(row["stability_top"]), rank),
        top_k=book.top_k,
        draws=int(evaluation.manifest["robustness"]["draws"]),
        subject=book.subject,
    )


def _records(table: pd.DataFrame) -> list[dict[str, object]]:
    return [{str(name): value for name, value in record.items()} for record in table.to_dict("records")]


def _stability(evaluation: Evaluation, share: float | None, rank: int | None) -> str | None:
    """Return how sure a rank is, in one sentence (排序稳定性)."""
    if share is None or rank is None:
        return None
    k, draws = evaluation.rulebook.top_k, int(evaluation.manifest["robustness"]["draws"])
    verb = "保持" if rank <= k else "进入"
    return f"权重扰动 {number(draws, 0)} 次，{percent(share)} {verb}前 {k} 名"


def verdict_word(rulebook: Rulebook, verdict: str) -> str:
    """Return the word that officials use for a verdict (RULEBOOK 13)."""
    return rulebook.verdict_words.get(verdict, VERDICT_WORDS[verdict])  # type: ignore[call-overload,no-any-return]


def _advice(code: object, rules: tuple[RuleExplanation, ...]) -> tuple[str, str] | None:
    """Return the code and title of the row that the decision table chose."""
    if not isinstance(code, str):
        return None
    return code, next((rule.reason or code for rule in rules if rule.kind == "choose"), code)


def _rule(
    evaluation: Evaluation,
    record: dict[str, object],
    reasons: set[str],
    parcel_verdict: str,
    added: Contribution,
) -> RuleExplanation:
    rule_id = str(record["rule_id"])
    rule = rule_of(evaluation.rulebook, rule_id)
    text = cell(record["value_text"])
    cited = source(evaluation.policies, cell(record["clause"]), str(record["status"]))
    mark = _mark(str(record["kind"]), str(record["role"]), str(record["verdict"]))
    return RuleExplanation(
        rule_id=rule_id,
        kind=str(record["kind"]),
        role=str(record["role"]),
        title=rule.title.zh,
        title_en=rule.title.en,
        verdict=str(record["verdict"]),
        mark=mark,
        sentence=f"{body(rule, record, added)}依据：{cited.title}（{cited.said}）。",
        value_text=shown_value(record["indicator"], record["value"], text, str(record["unit"])),
        threshold=cell(record["threshold"]) or "",
        basis=str(record["basis"]),
        reason=cell(record["reason"]),
        score=optional(record["score"]),
        weight=float(record["weight"]),  # type: ignore[arg-type]
        decisive=rule_id in reasons and _decides(str(record["role"]), mark, parcel_verdict),
        score_low=optional(record["score_low"]),
        score_high=optional(record["score_high"]),
        known=optional(record["known"]),
        share=added.share(record),
        contribution=added.points(record),
        **readings(rule, record),
        **_cited(cited),
    )


class _Citation(TypedDict):
    clause: str | None
    clause_title: str
    clause_status: Status | None
    status: Status
    status_text: str
    status_note: str
    text_seen: bool | None


def _cited(cited: Source) -> _Citation:
    return _Citation(
        clause=cited.clause,
        clause_title=cited.title,
        clause_status=cited.clause_status,
        status=cited.status,
        status_text=cited.short,
        status_note=cited.note,
        text_seen=cited.text_seen,
    )


def rule_of(book: Rulebook, rule_id: str) -> Rule | ScopeGate:
    """Return a rule or scope gate by the id that the trace gives it."""
    found = next((rule for rule in (*book.rules, *book.scope) if rule.id == rule_id), None)
    return found or book.scope[int(rule_id.rpartition("-")[2]) - 1]


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


__all__ = ["STATUS_WORDS", "VERDICT_WORDS", "Explanation", "RuleExplanation", "explain", "verdict_word"]
