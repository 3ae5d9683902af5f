"""The analytic hierarchy process (层次分析法, MCD-02): weights from judgements in pairs, and whether they agree."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations, permutations
from pathlib import Path
from typing import Final

import numpy as np

from gisapp.errors import CheckError
from gisapp.rules.columns import FloatArray

ACCEPT: Final = 0.10
"""The greatest consistency ratio with which weights may be final (Saaty 1980)."""
_INDEX: Final = Path(__file__).with_name("random_index.csv")


@cache
def random_index() -> dict[int, float]:
    """Return Saaty's random consistency index by number of criteria (平均随机一致性指标, Saaty 1980); 0 up to two."""
    with _INDEX.open(encoding="utf-8") as stream:
        return {1: 0.0, 2: 0.0} | {
            int(row["n"]): float(row["random_index"]) for row in csv.DictReader(stream)
        }


@dataclass(frozen=True)
class Review:
    """A judgement to ask again (须复核的判断): `a` over `b` was judged `given`, the weights say `implied` [both ratios].

    ``error`` is the ratio of the two, at least 1; ``ratio_then`` the consistency ratio with `implied` in its place.
    """

    a: int
    b: int
    given: float
    implied: float
    error: float
    ratio_then: float


@dataclass(frozen=True)
class Ahp:
    """Weights from a matrix of judgements and its consistency (层次分析结果).

    ``weights`` of shape (n,) sum to 1; ``ratio`` (CR) is None where the random index of this size is not loaded;
    ``cycles`` are triples (i, j, k) with i ≥ j ≥ k ≥ i in importance, one of them strictly.
    """

    weights: FloatArray = field(repr=False)
    lambda_max: float
    index: float
    ratio: float | None
    cycles: tuple[tuple[int, int, int], ...]
    review: Review | None

    @property
    def acceptable(self) -> bool:
        """Return whether the weights may be final: CR known and at most 0.10."""
        return self.ratio is not None and self.ratio <= ACCEPT


def ahp(matrix: FloatArray) -> Ahp:
    """Return the weights of a positive reciprocal matrix (n, n) by its principal eigenvector, and its consistency."""
    weights, lambda_max = _principal(matrix)
    index, ratio = _consistency(lambda_max, len(matrix))
    return Ahp(weights, lambda_max, index, ratio, cycles(matrix), _review(matrix, weights))


def _principal(matrix: FloatArray) -> tuple[FloatArray, float]:
    values, vectors = np.linalg.eig(matrix)
    place = int(values.real.argmax())
    vector = np.abs(vectors[:, place].real)
    return vector / vector.sum(), float(values[place].real)


def _consistency(lambda_max: float, n: int) -> tuple[float, float | None]:
    """Return CI = (λ − n) / (n − 1) and CR = CI / RI; up to two criteria cannot disagree."""
    if n <= 2:
        return 0.0, 0.0
    index = max((lambda_max - n) / (n - 1), 0.0)
    found = random_index().get(n)
    return index, None if found is None else index / found


def cycles(matrix: FloatArray) -> tuple[tuple[int, int, int], ...]:
    """Return the triples whose order of importance goes round (判断次序矛盾), each once, its least number first."""
    at_least, more = matrix >= 1.0, matrix > 1.0
    out = []
    for triple in permutations(range(len(matrix)), 3):
        i, j, k = triple
        goes_round = at_least[i, j] and at_least[j, k] and at_least[k, i]
        if i < min(j, k) and goes_round and (more[i, j] or more[j, k] or more[k, i]):
            out.append(triple)
    return tuple(out)


def _review(matrix: FloatArray, weights: FloatArray) -> Review | None:
    """Return the judgement that is farthest from what the weights say: the greatest ratio of a_ij to w_i / w_j."""
    found, worst = None, 1.0 + 1e-9
    for i, j in combinations(range(len(matrix)), 2):
        implied = float(weights[i] / weights[j])
        error = max(float(matrix[i, j]) / implied, implied / float(matrix[i, j]))
        if error > worst * (1.0 + 1e-9):
            worst, found = error, (i, j, implied)
    if found is None:
        return None
    i, j, implied = found
    changed = matrix.copy()
    changed[i, j], changed[j, i] = implied, 1.0 / implied
    then = _consistency(_principal(changed)[1], len(matrix))[1]
    return Review(i, j, float(matrix[i, j]), implied, worst, float("nan") if then is None else then)


def final_weights(found: Ahp, names: tuple[str, ...]) -> dict[str, float]:
    """Return the weights by name as they may be saved (正式权重).

    Raises
    ------
    CheckError
        If the consistency ratio is above 0.10 or not known; the message names the judgement to ask again.
    """
    if found.acceptable:
        return dict(zip(names, found.weights.tolist(), strict=True))
    if found.ratio is None:
        known = max(random_index())
        raise CheckError(
            f"{len(names)} 项的平均随机一致性指标未提供，不能核对一致性",
            action=f"分层，每层不超过 {known} 项",
        )
    said = f"一致性比例 CR = {found.ratio:.3f}，大于 {ACCEPT:.2f}，不能保存为正式权重"
    raise CheckError(said, action=review_words(found, names))


def review_words(found: Ahp, names: tuple[str, ...]) -> str | None:
    """Return which judgement to ask again, in Chinese; None where all agree."""
    review = found.review
    if review is None:
        return None
    a, b = names[review.a], names[review.b]
    return (
        f"复核 {a} 对 {b} 的判断：现为 {ratio_words(review.given)}，按所得权重为 {ratio_words(review.implied)}；"
        f"若照此修改，CR 为 {review.ratio_then:.3f}"
    )


def ratio_words(ratio: float) -> str:
    """Return a ratio of importance as it is written in a matrix: 3, 1/3 or 1/2.4."""
    return f"{ratio:.3g}" if ratio >= 1.0 else f"1/{1.0 / ratio:.3g}"
