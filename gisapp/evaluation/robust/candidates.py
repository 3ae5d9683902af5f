"""What a ranking rests on (候选得分表): each candidate's score on each curve, and the weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from gisapp.evaluation.result import Evaluation
from gisapp.evaluation.total import MIN_COMPLETENESS
from gisapp.rules.columns import FloatArray, ObjectArray
from gisapp.rules.judge import NOT_APPLICABLE, Judged

IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Candidates:
    """The candidates of an evaluation and their scores by curve (候选得分表).

    ``low`` [0-1] of shape (n, m) is what ranks: 0 where a curve is unknown, the worst score where an input of it is.
    ``counts`` is 0 where a curve does not apply, else 1; ``known`` [0-1] is the known share of its inputs. ``weights``
    of shape (m,) sum to 1; ``rows`` are the rows in the parcel table, ``rules`` the ids of the curves.
    """

    rows: IntArray = field(repr=False)
    rules: tuple[str, ...]
    weights: FloatArray = field(repr=False)
    low: FloatArray = field(repr=False)
    counts: FloatArray = field(repr=False)
    known: FloatArray = field(repr=False)

    def __len__(self) -> int:
        """Return the number of candidates."""
        return len(self.rows)

    def take(self, chosen: IntArray) -> Candidates:
        """Return the candidates at these places, in that order."""
        parts = {name: getattr(self, name)[chosen] for name in ("rows", "low", "counts", "known")}
        return replace(self, **parts)

    @classmethod
    def judged(cls, judged: Sequence[Judged], verdict: ObjectArray) -> Candidates:
        """Return the candidates among judged subjects; `verdict` of shape (n,) is that of `total`."""
        curves = [rule for rule in judged if rule.kind == "curve"]
        rows = np.flatnonzero(verdict == "candidate")

        def matrix(columns: list[FloatArray]) -> FloatArray:
            return np.column_stack([c[rows] for c in columns]) if columns else np.empty((len(rows), 0))

        return cls(
            rows,
            tuple(rule.rule_id for rule in curves),
            _normal(np.array([rule.weight for rule in curves])),
            np.nan_to_num(matrix([rule.low for rule in curves])),
            matrix([(rule.verdict != NOT_APPLICABLE).astype(np.float64) for rule in curves]),
            matrix([rule.known for rule in curves]),
        )

    @classmethod
    def of(cls, evaluation: Evaluation) -> Candidates:
        """Return the candidates of an evaluation from its trace, also of one that was read back."""
        m = evaluation.rules_per_parcel
        head = evaluation.trace.iloc[:m]
        curves = np.flatnonzero((head["kind"] == "curve").to_numpy())
        rows = np.flatnonzero((evaluation.parcels["verdict"] == "candidate").to_numpy())
        trace = evaluation.trace.iloc[(rows[:, None] * m + curves).ravel()]

        def matrix(values: object) -> FloatArray:
            return np.asarray(values, dtype=np.float64).reshape(len(rows), len(curves))

        return cls(
            rows,
            tuple(str(name) for name in head["rule_id"].iloc[curves]),
            _normal(head["weight"].to_numpy(dtype=np.float64)[curves]),
            np.nan_to_num(matrix(trace["score_low"])),
            matrix(trace["verdict"] != "not_applicable"),
            np.nan_to_num(matrix(trace["known"])),
        )


def _normal(weights: FloatArray) -> FloatArray:
    """Return weights that sum to 1; a curve out of its dates has left a gap in them."""
    return weights / weights.sum() if len(weights) else weights


def scores_at(candidates: Candidates, weights: FloatArray) -> FloatArray:
    """Return the lower bounds of the score [0-100] at each of `weights`, shape (d, n), for weights (d, m).

    As `total` has it: weighted mean over the curves that apply, rounded to a billionth; a candidate whose known
    weight is below the least completeness is not ranked there and has −inf.
    """
    c = candidates
    bottom = weights @ c.counts.T
    with np.errstate(invalid="ignore", divide="ignore"):
        score = np.round(100.0 * (weights @ (c.counts * c.low).T) / bottom, 9)
        share = np.round(weights @ (c.counts * c.known).T / bottom, 9)
    score[~(share >= MIN_COMPLETENESS)] = -np.inf
    return score


def ranks_of(scores: FloatArray) -> FloatArray:
    """Return competition ranks (1, 1, 3) along the last axis, best first, +inf where the score is −inf; `scores` (n,) or (d, n)."""
    rows = np.atleast_2d(scores)
    places = [np.searchsorted(np.sort(row), row, side="right") for row in rows]
    ranks = scores.shape[-1] + 1.0 - np.array(places, dtype=np.float64).reshape(scores.shape)
    return np.where(np.isneginf(scores), np.inf, ranks)
