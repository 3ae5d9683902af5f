"""One weight at a time (逐项扰动): each weight ±10, ±20, ±50 %, the others sharing what is left (MCD-08)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from gisapp.evaluation.robust.candidates import Candidates, IntArray, ranks_of, scores_at
from gisapp.evaluation.robust.correlation import spearman
from gisapp.rules.columns import FloatArray

STEPS: Final = (-0.5, -0.2, -0.1, 0.1, 0.2, 0.5)


@dataclass(frozen=True)
class OneAtATime:
    """Ranks after one weight was changed (逐项扰动), one row per curve and step, curve by curve.

    ``weights`` (s, m) sum to 1; ``ranks`` (s, n) has +inf for unranked; ``moved`` counts candidates whose rank changed,
    ``largest`` is the greatest change of a rank, ``entered`` and ``left`` count changes of the first k; ``rho`` is
    Spearman's correlation with the ranks of before over those ranked both times.
    """

    curve: IntArray = field(repr=False)
    step: FloatArray = field(repr=False)
    weights: FloatArray = field(repr=False)
    ranks: FloatArray = field(repr=False)
    moved: IntArray = field(repr=False)
    largest: FloatArray = field(repr=False)
    entered: IntArray = field(repr=False)
    left: IntArray = field(repr=False)
    rho: FloatArray = field(repr=False)


def changed_weights(weights: FloatArray, curve: int, step: float) -> FloatArray:
    """Return weights with that of `curve` at (1 + `step`) of itself, at most 1, the others in proportion, sum 1."""
    new = min(weights[curve] * (1.0 + step), 1.0)
    rest = 1.0 - weights[curve]
    out = weights * ((1.0 - new) / rest) if rest > 0 else weights.copy()
    out[curve] = new if rest > 0 else 1.0
    return out


def one_at_a_time(candidates: Candidates, k: int) -> OneAtATime:
    """Return what becomes of the ranks when one weight changes by each of `STEPS` (逐项扰动)."""
    m = len(candidates.rules)
    cases = [(curve, step) for curve in range(m) for step in STEPS]
    weights = np.array([changed_weights(candidates.weights, *case) for case in cases]).reshape(len(cases), m)
    before = ranks_of(scores_at(candidates, candidates.weights[None, :]))
    ranks = ranks_of(scores_at(candidates, weights))
    both = np.isfinite(ranks) & np.isfinite(before)
    with np.errstate(invalid="ignore"):
        change = np.where(both, np.abs(ranks - before), 0.0)
    return OneAtATime(
        np.array([curve for curve, _ in cases], dtype=np.intp),
        np.array([step for _, step in cases]),
        weights,
        ranks,
        (ranks != before).sum(axis=1),
        change.max(axis=1, initial=0.0),
        ((ranks <= k) & (before > k)).sum(axis=1),
        ((ranks > k) & (before <= k)).sum(axis=1),
        np.array([_rho(before[0], row) for row in ranks]),
    )


def _rho(before: FloatArray, after: FloatArray) -> float:
    both = np.isfinite(before) & np.isfinite(after)
    if both.sum() < 2:
        return float("nan")
    return float(spearman(np.array([before[both], after[both]]))[0, 1])
