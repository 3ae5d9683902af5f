"""Rank correlation between two orderings (秩相关): Spearman's rho and Kendall's tau-b, ties averaged."""

from __future__ import annotations

from typing import Final

import numpy as np

from gisapp.rules.columns import FloatArray

KENDALL_MAX: Final = 20_000
"""Above this many candidates Kendall's tau, which looks at every pair, is left out."""
BLOCK_CELLS: Final = 4_000_000


def average_ranks(values: FloatArray) -> FloatArray:
    """Return ranks from 1, smallest first, equal values sharing their mean rank (平均秩), shape (n,)."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    ranks: FloatArray = (last - (count - 1) / 2.0)[place]
    return ranks


def spearman(values: FloatArray) -> FloatArray:
    """Return Spearman's rho between the rows of `values` (v, n), shape (v, v); NaN for a row without variation."""
    ranks = np.array([average_ranks(row) for row in values])
    centred = ranks - ranks.mean(axis=1, keepdims=True)
    length = np.sqrt((centred**2).sum(axis=1))
    return _ratio(centred @ centred.T, np.outer(length, length))


def kendall(values: FloatArray) -> FloatArray:
    """Return Kendall's tau-b between the rows of `values` (v, n), shape (v, v); NaN without variation or above `KENDALL_MAX`."""
    views, size = values.shape
    if size > KENDALL_MAX:
        return np.full((views, views), np.nan)
    ranks = np.array([average_ranks(row) for row in values])
    total = np.zeros((views, views))
    step = max(1, BLOCK_CELLS // max(views * size, 1))
    for start in range(0, size, step):
        signs = np.sign(ranks[:, start : start + step, None] - ranks[:, None, :]).astype(np.float32)
        flat = signs.reshape(views, -1)
        total += (flat @ flat.T).astype(np.float64)
    untied = np.sqrt(np.diag(total))
    return _ratio(total, np.outer(untied, untied))


def _ratio(top: FloatArray, bottom: FloatArray) -> FloatArray:
    quotient: FloatArray = np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom > 0)
    return np.clip(quotient, -1.0, 1.0)
