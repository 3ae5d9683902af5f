"""The smallest weight change that lets two neighbours in rank change places (名次互换所需的权重变动).

Closed form. With d the difference of the two rows of scores and w the weights, the better one leads by D = d·w.

- One weight i moves to x and the others share the rest in their old proportions: D(x) = x·dᵢ + (1 − x)·R with
  R = (D − wᵢ·dᵢ) / (1 − wᵢ), so the two are level at x = R / (R − dᵢ).
- Any weights, smallest L1 distance: share is moved to the curve with the least d from those with the greatest d first;
  each moved share t costs 2t and takes (dᵢ − least d)·t off the lead, so the greedy order is the optimum.

Where a curve applies to one of the two only, the lead is a quotient: the first is a quadratic then, the second is left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from gisapp.evaluation.robust.candidates import Candidates, IntArray, ranks_of, scores_at
from gisapp.rules.columns import FloatArray


@dataclass(frozen=True)
class Swaps:
    """What lets each pair of neighbours change places (相邻名次互换), arrays of one row per pair, best pair first.

    ``upper`` and ``lower`` are places in the candidates; ``single`` (p, m) is the level weight of each curve, NaN where no
    weight of that curve does it; ``curve`` the curve of the smallest change (−1: none); ``l1`` the least L1 distance of
    all weights, NaN where none does it or a curve applies to one of the two only; ``level`` whether they are level now.
    """

    upper: IntArray = field(repr=False)
    lower: IntArray = field(repr=False)
    single: FloatArray = field(repr=False)
    curve: IntArray = field(repr=False)
    l1: FloatArray = field(repr=False)
    moved: FloatArray = field(repr=False)
    """The weights at which the pair is level by the least L1 distance, shape (p, m); NaN rows as in ``l1``."""
    level: np.ndarray = field(repr=False)
    comparable: np.ndarray = field(repr=False)
    """Whether the same curves apply to both."""


def order_of(candidates: Candidates) -> IntArray:
    """Return the places of the ranked candidates, best first, ties in the order of the table."""
    ranks = ranks_of(scores_at(candidates, candidates.weights[None, :]))[0]
    order = np.argsort(ranks, kind="stable")
    ranked: IntArray = order[np.isfinite(ranks[order])]
    return ranked


def swaps(candidates: Candidates) -> Swaps:
    """Return for each pair of neighbours in rank the smallest changes of weights that level them."""
    order = order_of(candidates)
    upper, lower = order[:-1], order[1:]
    c, w = candidates, candidates.weights
    scores = scores_at(c, w[None, :])[0]
    level = scores[upper] == scores[lower]
    comparable = (c.counts[upper] == c.counts[lower]).all(axis=1)
    single = np.where(level[:, None], w, _single(c, upper, lower, comparable))
    gap = np.nan_to_num(np.abs(single - w), nan=np.inf)
    curve = (
        np.where(np.isfinite(gap).any(axis=1), gap.argmin(axis=1), -1) if len(w) else np.full(len(upper), -1)
    )
    moved = _moved(c, upper, lower)
    moved[level] = w
    moved[~comparable & ~level] = np.nan
    l1 = np.abs(moved - w).sum(axis=1)
    return Swaps(upper, lower, single, curve, l1, moved, level, comparable)


def _single(c: Candidates, upper: IntArray, lower: IntArray, comparable: np.ndarray) -> FloatArray:
    """Return the weight of each curve at which each pair is level, the one nearest to its weight now, NaN for none."""
    w = c.weights
    rest = np.where(w < 1.0, 1.0 - w, np.nan)

    def ends(rows: IntArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Return points and weight of these rows with curve i at 0 and at 1."""
        points, counts = c.counts[rows] * c.low[rows], c.counts[rows]
        return (
            ((points @ w)[:, None] - w * points) / rest,
            points,
            ((counts @ w)[:, None] - w * counts) / rest,
            counts,
        )

    p0, p1, q0, q1 = ends(upper)
    r0, r1, s0, s1 = ends(lower)
    linear = _root(r0 - p0, r0 - p0 - (r1 - p1))
    a0, a1 = p0 * s0 - r0 * q0, p1 * s1 - r1 * q1
    cross = p0 * s1 + p1 * s0 - r0 * q1 - r1 * q0
    # f(x) = a0·(1 − x)² + cross·x(1 − x) + a1·x²
    roots = _quadratic(a0 - cross + a1, cross - 2.0 * a0, a0, near=w)
    return np.where(comparable[:, None], linear, roots)


def _root(top: FloatArray, bottom: FloatArray) -> FloatArray:
    """Return top / bottom where it is a weight [0-1], else NaN."""
    x = np.divide(top, bottom, out=np.full(top.shape, np.nan), where=np.abs(bottom) > 1e-15)
    return np.where((x >= 0.0) & (x <= 1.0), x, np.nan)


def _quadratic(a: FloatArray, b: FloatArray, c: FloatArray, *, near: FloatArray) -> FloatArray:
    """Return the root of a·x² + b·x + c in [0, 1] that is nearest to `near`, else NaN."""
    inner = b * b - 4.0 * a * c
    reach = np.sqrt(np.where(inner >= 0.0, inner, np.nan))
    q = -0.5 * (b + np.where(b < 0.0, -1.0, 1.0) * reach)
    found = np.stack([_root(q, a), _root(c, q)])
    distance = np.nan_to_num(np.abs(found - near), nan=np.inf)
    nearest = distance.argmin(axis=0)[None]
    out: FloatArray = np.take_along_axis(found, nearest, axis=0)[0]
    return out


def _moved(c: Candidates, upper: IntArray, lower: IntArray) -> FloatArray:
    """Return the nearest weights (L1) that level each pair, shape (p, m); NaN rows where no weights do."""
    d = c.low[upper] - c.low[lower]
    least = d.min(axis=1, keepdims=True, initial=np.inf)
    gain = d - least
    order = np.argsort(-gain, axis=1, kind="stable")
    own, gains = c.weights[order], np.take_along_axis(gain, order, axis=1)
    lead = (d @ c.weights)[:, None]
    taken = np.cumsum(own * gains, axis=1) - own * gains
    with np.errstate(invalid="ignore", divide="ignore"):
        wanted = np.where(gains > 0, (lead - taken) / gains, 0.0)
    given = np.clip(wanted, 0.0, own)
    moved = np.empty_like(given)
    np.put_along_axis(moved, order, own - given, axis=1)
    rows = np.arange(len(d))
    if d.shape[1]:
        moved[rows, d.argmin(axis=1)] += given.sum(axis=1)
    moved[(least >= 0.0)[:, 0] & (lead[:, 0] > 0.0)] = np.nan
    return moved
