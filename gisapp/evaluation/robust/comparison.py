"""The same candidates ordered by several methods (方法对照), and how far the orders agree."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from gisapp.evaluation.robust.candidates import Candidates, IntArray, ranks_of
from gisapp.evaluation.robust.correlation import kendall, spearman
from gisapp.evaluation.robust.methods import orness, owa, quantifier_weights, topsis, tradeoff, weighted_sum
from gisapp.evaluation.robust.swaps import order_of
from gisapp.evaluation.robust.weighting import combined_weights, critic_weights, entropy_weights
from gisapp.rules.columns import FloatArray

TITLES: Final = {
    "wlc": "加权叠加（规则集权重）",
    "ahp": "加权叠加（层次分析权重）",
    "entropy": "加权叠加（熵权）",
    "critic": "加权叠加（CRITIC 权重）",
    "combined": "加权叠加（组合权重）",
    "topsis": "TOPSIS",
    "owa_careful": "有序加权（偏谨慎）",
    "owa_hopeful": "有序加权（偏乐观）",
}
QUANTIFIERS: Final = {"owa_careful": 2.0, "owa_hopeful": 0.5}
"""α of the quantifier r^α (status D): 2 counts the weak sides of a parcel more, ½ its strong sides."""


@dataclass(frozen=True)
class View:
    """One way to order the candidates (一种排序方法): `scores` (n,) higher is better, `ranks` competition ranks.

    ``weights`` (m,) are those it used; ``orness`` and ``tradeoff`` are those of the order weights at equal weights.
    """

    id: str
    weights: FloatArray = field(repr=False)
    scores: FloatArray = field(repr=False)
    ranks: FloatArray = field(repr=False)
    orness: float | None = None
    tradeoff: float | None = None

    @property
    def title(self) -> str:
        """Return the name of the method (方法名称)."""
        return TITLES[self.id]


@dataclass(frozen=True)
class Comparison:
    """Views and their rank correlations (方法对照).

    ``places`` (n,) are the compared candidates, ranked ones to which every curve applies; ``left_out`` counts the other
    ranked ones; ``rho`` and ``tau`` are (v, v), NaN where an order does not vary.
    """

    places: IntArray = field(repr=False)
    left_out: int
    views: tuple[View, ...]
    rho: FloatArray = field(repr=False)
    tau: FloatArray = field(repr=False)


def compare(candidates: Candidates, judged: FloatArray | None = None) -> Comparison:
    """Return the candidates by each method on their lower scores; `judged` (m,) are weights by AHP, if there are any."""
    order = order_of(candidates)
    whole = (candidates.counts[order] > 0).all(axis=1)
    places = order[whole]
    values = candidates.low[places]
    if len(places) < 2 or values.shape[1] < 2:
        return Comparison(places, int((~whole).sum()), (), np.empty((0, 0)), np.empty((0, 0)))
    views = tuple(_views(values, candidates.weights, judged))
    scores = np.array([view.scores for view in views])
    return Comparison(places, int((~whole).sum()), views, spearman(scores), kendall(scores))


def _views(values: FloatArray, weights: FloatArray, judged: FloatArray | None) -> list[View]:
    entropy = entropy_weights(values)
    given = {"wlc": weights, "ahp": judged, "entropy": entropy, "critic": critic_weights(values)}
    given["combined"] = combined_weights(weights if judged is None else judged, entropy)
    if not entropy.any():
        del given["combined"]
    found = [
        _view(name, own, weighted_sum(values, own))
        for name, own in given.items()
        if own is not None and own.any()
    ]
    found.append(_view("topsis", weights, topsis(values, weights).closeness))
    m = values.shape[1]
    for name, alpha in QUANTIFIERS.items():
        even = quantifier_weights(np.zeros((1, m)), np.full(m, 1.0 / m), alpha)[0]
        scores = owa(values, quantifier_weights(values, weights, alpha))
        found.append(_view(name, weights, scores, orness=orness(even), tradeoff=tradeoff(even)))
    return found


def _view(name: str, weights: FloatArray, scores: FloatArray, **numbers: float) -> View:
    # Rounded as `total` rounds points: sums in another order must not make or break a tie.
    scores = np.round(scores, 11)
    return View(name, weights, scores, ranks_of(scores), **numbers)
