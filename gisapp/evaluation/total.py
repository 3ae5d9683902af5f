"""From rules to a verdict, a score and a rank per subject (汇总)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from gisapp.model.rules import Rulebook
from gisapp.rules.columns import FloatArray, ObjectArray
from gisapp.rules.judge import FAIL, NOT_APPLICABLE, PASS, SCORED, UNKNOWN, Judged

MIN_COMPLETENESS: Final = 0.6
"""Below this share of known weight a candidate is listed as 待补资料 and not ranked (default of ours, D)."""


@dataclass(frozen=True)
class Totals:
    """Verdict, score and rank of every subject (汇总结果), arrays of shape (n,)."""

    verdict: ObjectArray = field(repr=False)
    score: FloatArray = field(repr=False)
    score_low: FloatArray = field(repr=False)
    score_high: FloatArray = field(repr=False)
    completeness: FloatArray = field(repr=False)
    rank: FloatArray = field(repr=False)
    advice: ObjectArray = field(repr=False)
    reasons: ObjectArray = field(repr=False)


def total(rulebook: Rulebook, judged: Sequence[Judged]) -> Totals:
    """Return the totals of judged rules, in the order of decision that the design fixes.

    Out of scope → not_applicable; a prohibition hits → prohibited; a must fails → not_candidate; scope, must
    or prohibition unknown → unknown; then triggers by group.
    """
    size = len(judged[0].verdict)
    verdict, reasons = verdicts(rulebook, judged), _reasons(judged, size)
    low, high, score, completeness = _scores(judged, size)
    outside = verdict == "not_applicable"
    for values in (low, high, score, completeness):
        values[outside] = np.nan
    ranked = (verdict == "candidate") & (completeness >= MIN_COMPLETENESS)
    advice = np.full(size, None, dtype=object)
    advising = {choice.id for choice in rulebook.choices if choice.advises}
    for choice in judged:
        if choice.rule_id in advising:
            open_ = np.array([value is None for value in advice]) & (verdict == "candidate")
            advice[open_] = choice.value_text[open_]
    return Totals(verdict, score, low, high, completeness, _ranks(low, ranked), advice, reasons)


def verdicts(rulebook: Rulebook, judged: Sequence[Judged]) -> ObjectArray:
    """Return the verdict of every subject (结论) from judged gates, shape (n,)."""
    size = len(judged[0].verdict)

    def any_of(role: str, code: int) -> npt.NDArray[np.bool_]:
        hits = [rule.verdict == code for rule in judged if rule.kind == "gate" and rule.role == role]
        return np.any(hits, axis=0) if hits else np.zeros(size, dtype=bool)

    reached, reachable = _triggers(rulebook, judged, size)
    unknown = any_of("scope", UNKNOWN) | any_of("must", UNKNOWN) | any_of("prohibit", UNKNOWN)
    verdict: ObjectArray = np.select(
        [
            any_of("scope", FAIL),
            any_of("prohibit", FAIL),
            any_of("must", FAIL),
            unknown,
            reached,
            reachable,
        ],
        ["not_applicable", "prohibited", "not_candidate", "unknown", "candidate", "unknown"],
        "not_candidate",
    ).astype(object)
    return verdict


def _triggers(
    rulebook: Rulebook, judged: Sequence[Judged], size: int
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return where a trigger group is reached, and where unknown ones could still reach one."""
    if not rulebook.trigger_groups:
        return np.ones(size, dtype=bool), np.zeros(size, dtype=bool)
    reached, reachable = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
    for group, needed in rulebook.trigger_groups.items():
        members = [rule.verdict for rule in judged if rule.group == group]
        hits = np.sum([verdict == PASS for verdict in members], axis=0) if members else np.zeros(size)
        open_ = np.sum([verdict == UNKNOWN for verdict in members], axis=0) if members else np.zeros(size)
        reached |= hits >= needed
        reachable |= hits + open_ >= needed
    return reached, reachable & ~reached


def _reasons(judged: Sequence[Judged], size: int) -> ObjectArray:
    """Return the ids of all rules that count for or against each subject, joined by a semicolon."""
    marks = []
    for rule in judged:
        if rule.kind != "gate" or rule.role == "condition":
            continue
        counts = rule.verdict == (PASS if rule.role == "trigger" else FAIL)
        counts |= (rule.verdict == UNKNOWN) & (rule.role != "trigger")
        marks.append((rule.rule_id, counts))
    return joined(marks, size)


def joined(marks: Sequence[tuple[str, npt.NDArray[np.bool_]]], size: int) -> ObjectArray:
    """Return for each subject the names whose mark is set, joined by a semicolon, shape (n,)."""
    texts, code = [""], np.zeros(size, dtype=np.intp)
    for name, mark in marks:
        # A text is put together once for each combination that occurs, not once for each subject.
        code, seen = pd.factorize(2 * code + mark)
        texts = [f"{texts[k // 2]};{name}".removeprefix(";") if k % 2 else texts[k // 2] for k in seen]
    out: ObjectArray = np.array(texts, dtype=object)[code]
    return out


def _scores(judged: Sequence[Judged], size: int) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return score_low, score_high, score (0-100) and completeness (0-1).

    The score is the weighted mean over the curves that have a value; the interval says what everything unknown,
    whole curves and inputs of one, could make of it, and completeness how much of the weight is known.
    """
    weight, scored_weight, known = np.zeros(size), np.zeros(size), np.zeros(size)
    points, low, high = np.zeros(size), np.zeros(size), np.zeros(size)
    for rule in judged:
        if rule.kind != "curve":
            continue
        counts = np.where(rule.verdict != NOT_APPLICABLE, rule.weight, 0.0)
        scored = np.where(rule.verdict == SCORED, rule.weight, 0.0)
        weight += counts
        scored_weight += scored
        known += scored * rule.known
        points += scored * np.nan_to_num(rule.score)
        low += scored * np.nan_to_num(rule.low)
        high += scored * np.nan_to_num(rule.high) + (counts - scored)

    def ratio(top: FloatArray, bottom: FloatArray) -> FloatArray:
        quotient: FloatArray = np.divide(top, bottom, out=np.full(size, np.nan), where=bottom > 0)
        return quotient

    shares = (100 * ratio(low, weight), 100 * ratio(high, weight), 100 * ratio(points, scored_weight))
    # Rounded to a billionth of a point: sums of the same weights in another order must not change a rank.
    return tuple(np.round(v, 9) for v in (*shares, ratio(known, weight)))  # type: ignore[return-value]


def _ranks(score_low: FloatArray, ranked: npt.NDArray[np.bool_]) -> FloatArray:
    """Return competition ranks (1, 1, 3) by score_low among `ranked`, NaN elsewhere."""
    out = np.full(len(score_low), np.nan)
    values = np.nan_to_num(score_low[ranked], nan=-1.0)
    out[ranked] = len(values) - np.searchsorted(np.sort(values), values, side="right") + 1
    return out
