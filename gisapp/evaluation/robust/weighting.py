"""Weights that the data give (客观赋权): entropy, CRITIC, and their combination with judged weights (MCD-03, MCD-04)."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np

from gisapp.rules.columns import FloatArray

SHARE: Final = 0.5
"""How much of a combined weight the judged weights have (a in MCD-04, status D)."""
CONSTANT: Final = 1e-12
"""A column whose values differ by less than this part of the greatest does not tell candidates apart."""


def entropy_weights(values: FloatArray) -> FloatArray:
    """Return entropy weights of the columns of non-negative `values` (n, m), n ≥ 2 (熵权法), shape (m,).

    p = x / Σx; e = −Σ p ln p / ln n with 0 ln 0 = 0; w = (1 − e) / Σ(1 − e). A constant column has 0. All 0 where no column
    tells the candidates apart. Source: Shannon; Xu 2004.
    """
    total = values.sum(axis=0)
    p = np.divide(values, total, out=np.full(values.shape, 1.0 / len(values)), where=total > 0)
    e = -(p * np.log(np.where(p > 0, p, 1.0))).sum(axis=0) / np.log(len(values))
    return _shares(np.where(_constant(values), 0.0, np.maximum(1.0 - e, 0.0)))


def critic_weights(values: FloatArray) -> FloatArray:
    """Return CRITIC weights of the columns of `values` (n, m), all of the kind "more is better", n ≥ 2, shape (m,).

    Columns scaled from least to greatest; spread × Σ(1 − correlation with the others). A constant column has 0.
    Source: Diakoulaki 1995.
    """
    flat = _constant(values)
    least, span = values.min(axis=0), np.ptp(values, axis=0)
    scaled = np.divide(values - least, span, out=np.zeros(values.shape), where=~flat)
    centred = scaled - scaled.mean(axis=0)
    length = np.sqrt((centred**2).sum(axis=0))
    bottom = np.outer(length, length)
    correlation = np.divide(centred.T @ centred, bottom, out=np.ones(bottom.shape), where=bottom > 0)
    return _shares(np.where(flat, 0.0, length * (1.0 - correlation).sum(axis=0)))


def combined_weights(
    judged: FloatArray,
    objective: FloatArray,
    *,
    share: float = SHARE,
    how: Literal["mean", "product"] = "mean",
) -> FloatArray:
    """Return judged and objective weights combined (组合赋权), sum 1: a·judged + (1 − a)·objective, or their product."""
    if how == "mean":
        return share * judged + (1.0 - share) * objective
    return _shares(judged * objective)


def _constant(values: FloatArray) -> np.ndarray:
    constant: np.ndarray = np.ptp(values, axis=0) <= CONSTANT * np.abs(values).max(axis=0)
    return constant


def _shares(values: FloatArray) -> FloatArray:
    total = values.sum()
    return values / total if total > 0 else np.zeros(len(values))
