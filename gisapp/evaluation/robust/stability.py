"""How sure a rank is (排序稳定性): the same ranking under many drawn weights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from gisapp.evaluation.robust.candidates import Candidates, ranks_of, scores_at
from gisapp.evaluation.robust.perturbation import Perturbation
from gisapp.rules.columns import FloatArray

CELLS: Final = 2_000_000
"""Scores that are held at once; more draws are worked off in pieces."""
TAIL: Final = 0.05


@dataclass(frozen=True)
class Stability:
    """Rank stability of each candidate (排序稳定性), arrays of shape (n,).

    ``top`` is the share of draws within the first k, ``ranked`` that in which the candidate was ranked at all;
    ``rank_best`` and ``rank_worst`` are the 5th and 95th percentile of its rank, ranks that occurred, +inf for unranked.
    """

    top: FloatArray = field(repr=False)
    ranked: FloatArray = field(repr=False)
    rank_best: FloatArray = field(repr=False)
    rank_worst: FloatArray = field(repr=False)


def stability_top(candidates: Candidates, k: int, perturbation: Perturbation) -> FloatArray:
    """Return the share of weight draws in which each candidate is among the first `k` (前 k 名保持率), shape (n,).

    NaN for a candidate that is not ranked at the rulebook's own weights.
    """
    hits = np.zeros(len(candidates))
    for scores in _draws(candidates, perturbation):
        hits += _within(scores, k).sum(axis=0)
    return np.where(_ranked(candidates), hits / perturbation.draws, np.nan)


def stability(candidates: Candidates, k: int, perturbation: Perturbation) -> Stability:
    """Return the share of draws within the first `k` and the rank interval of each candidate (排序稳定性)."""
    size, keep = len(candidates), int(np.ceil(TAIL * perturbation.draws))
    hits, ranked = np.zeros(size), np.zeros(size)
    best, worst = np.empty((0, size)), np.empty((0, size))
    for scores in _draws(candidates, perturbation):
        ranks = ranks_of(scores)
        hits += (ranks <= k).sum(axis=0)
        ranked += np.isfinite(ranks).sum(axis=0)
        best = _least(np.concatenate([best, ranks]), keep)
        worst = -_least(np.concatenate([-worst, -ranks]), keep)
    draws, here = perturbation.draws, _ranked(candidates)

    def shown(values: FloatArray) -> FloatArray:
        return np.where(here, values, np.nan)

    # The keep-th smallest and the keep-th greatest rank: the 5th and the 95th percentile.
    limits = (best.max(axis=0), worst.min(axis=0)) if len(best) else (best.sum(axis=0), worst.sum(axis=0))
    return Stability(shown(hits / draws), shown(ranked / draws), shown(limits[0]), shown(limits[1]))


def _ranked(candidates: Candidates) -> npt.NDArray[np.bool_]:
    ranked: npt.NDArray[np.bool_] = np.isfinite(scores_at(candidates, candidates.weights[None, :])[0])
    return ranked


def _draws(candidates: Candidates, perturbation: Perturbation) -> Iterator[FloatArray]:
    """Return the scores of all draws, (d, n) at a time; none where there is nothing to weigh."""
    if len(candidates) == 0 or len(candidates.rules) == 0:
        return
    weights = perturbation.weights(candidates.weights)
    step = max(1, CELLS // len(candidates))
    for start in range(0, len(weights), step):
        yield scores_at(candidates, weights[start : start + step])


def _within(scores: FloatArray, k: int) -> npt.NDArray[np.bool_]:
    """Return where a competition rank is at most `k`: no fewer points than the k-th best, and ranked."""
    size = scores.shape[-1]
    least = np.partition(scores, size - k, axis=-1)[:, size - k, None] if k < size else -np.inf
    within: npt.NDArray[np.bool_] = (scores >= least) & np.isfinite(scores)
    return within


def _least(values: FloatArray, keep: int) -> FloatArray:
    """Return the `keep` smallest values of each column, in no order."""
    return values if len(values) <= keep else np.partition(values, keep - 1, axis=0)[:keep]
