"""Other ways to add scores up (其他排序方法): weighted sum, TOPSIS and ordered weighted averaging."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from gisapp.rules.columns import FloatArray


def weighted_sum(
    values: FloatArray, weights: FloatArray, constraints: FloatArray | None = None
) -> FloatArray:
    """Return Σ w·x per row, times the product of its constraints (加权叠加, MCD-01), shape (n,).

    `values` (n, m), `weights` (m,), `constraints` (n, c) of 0 and 1.
    """
    score: FloatArray = values @ weights
    return score if constraints is None else score * constraints.prod(axis=1)


@dataclass(frozen=True)
class Topsis:
    """Distances to the best and the worst point and the closeness (TOPSIS), arrays of shape (n,)."""

    to_best: FloatArray = field(repr=False)
    to_worst: FloatArray = field(repr=False)
    closeness: FloatArray = field(repr=False)


def topsis(values: FloatArray, weights: FloatArray, benefit: np.ndarray | None = None) -> Topsis:
    """Return TOPSIS with vector norm (逼近理想解排序, MCD-05): C = S⁻ / (S⁺ + S⁻).

    `values` (n, m); `benefit` (m,) is false where less is better. A column of zeros counts for nothing; where all rows are
    equal, C is 1 for each. Source: Hwang & Yoon 1981.
    """
    length = np.sqrt((values**2).sum(axis=0))
    v = weights * np.divide(values, length, out=np.zeros(values.shape), where=length > 0)
    if benefit is not None:
        v = np.where(benefit, v, -v)
    to_best = np.sqrt(((v - v.max(axis=0)) ** 2).sum(axis=1))
    to_worst = np.sqrt(((v - v.min(axis=0)) ** 2).sum(axis=1))
    both = to_best + to_worst
    closeness = np.divide(to_worst, both, out=np.ones(len(v)), where=both > 0)
    return Topsis(to_best, to_worst, closeness)


def owa(values: FloatArray, order_weights: FloatArray) -> FloatArray:
    """Return the ordered weighted average of each row (有序加权平均, MCD-06): greatest value first. Source: Yager 1988.

    `values` (n, m); `order_weights` (m,) for all rows or (n, m) row by row.
    """
    ordered = -np.sort(-values, axis=1)
    averaged: FloatArray = (ordered * order_weights).sum(axis=1)
    return averaged


def quantifier_weights(values: FloatArray, weights: FloatArray, alpha: float) -> FloatArray:
    """Return order weights of each row from the weights of its criteria by the quantifier r^α, shape (n, m).

    v_j = U_j^α − U_{j−1}^α, U_j the sum of the weights of the j greatest values; α = 1 is the weighted sum. Source:
    Malczewski 2006.
    """
    own = weights[np.argsort(-values, axis=1, kind="stable")]
    up_to = np.minimum(np.cumsum(own, axis=1), 1.0) ** alpha
    return np.diff(up_to, axis=1, prepend=0.0)


def orness(order_weights: FloatArray) -> float:
    """Return the orness of order weights (乐观度) [0-1]: 1 the greatest value alone, 0 the least alone."""
    n = len(order_weights)
    return float(((n - 1 - np.arange(n)) * order_weights).sum() / (n - 1)) if n > 1 else 0.5


def tradeoff(order_weights: FloatArray) -> float:
    """Return the tradeoff of order weights (权衡度) [0-1]: 1 where all count alike, 0 where one place alone counts."""
    n = len(order_weights)
    if n < 2:
        return 1.0
    return float(1.0 - np.sqrt(n * ((order_weights - 1.0 / n) ** 2).sum() / (n - 1)))
