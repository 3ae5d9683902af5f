"""What other people's programs say of the same numbers: python tests/independent_mcda.py writes independent_mcda.json.

Needs pymcdm and scikit-criteria (requirements-mcda.lock); tests/test_mcda_independent.py holds ours to the file, and the
file to the programs where they are installed.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np

FILE = Path(__file__).with_name("independent_mcda.json")
PROGRAMS = ("pymcdm", "scikit-criteria", "scipy")
MATRICES = 4


def matrices():
    """Return positive matrices of several shapes with their weights, from a frozen stream."""
    stream = np.random.RandomState(7)
    shapes = [(4, 3), (9, 5), (30, 7), (120, 10)]
    return [(stream.uniform(0.05, 1.0, shape), stream.dirichlet(np.full(shape[1], 3.0))) for shape in shapes]


def judgements():
    """Return a matrix of judgements that disagree a little."""
    upper = {(0, 1): 3.0, (0, 2): 5.0, (0, 3): 2.0, (1, 2): 2.0, (1, 3): 1 / 3, (2, 3): 1 / 4}
    matrix = np.eye(4)
    for (i, j), value in upper.items():
        matrix[i, j], matrix[j, i] = value, 1 / value
    return matrix


def tied():
    """Return two rankings with ties."""
    return np.array([1, 2, 2, 4, 5, 5, 5, 8.0]), np.array([2, 1, 3, 3, 6, 8, 5, 6.0])


def computed():
    """Return what the programs say, by program and method."""
    import pymcdm
    import scipy.stats
    import skcriteria
    from pymcdm.weights.subjective import AHP
    from skcriteria.agg.simple import WeightedSumModel
    from skcriteria.agg.topsis import TOPSIS
    from skcriteria.preprocessing.weighters import critic_weights, entropy_weights

    out = {"pymcdm": [], "scikit-criteria": [], "scipy": {}}
    norm = pymcdm.normalizations.vector_normalization
    for values, weights in matrices():
        types = np.ones(values.shape[1])
        out["pymcdm"].append(
            {
                "entropy": pymcdm.weights.entropy_weights(values).tolist(),
                "critic": pymcdm.weights.critic_weights(values).tolist(),
                "topsis": pymcdm.methods.TOPSIS(norm)(values, weights, types).tolist(),
                "topsis_cost": pymcdm.methods.TOPSIS(norm)(values, weights, np.r_[-1, types[1:]]).tolist(),
            }
        )
        table = skcriteria.mkdm(values, [max] * values.shape[1], weights=weights)
        out["scikit-criteria"].append(
            {
                "entropy": entropy_weights(values).tolist(),
                "critic": critic_weights(values, [1] * values.shape[1]).tolist(),
                "topsis": _similarity(TOPSIS().evaluate(_vector(table))),
                "wlc": WeightedSumModel().evaluate(table).e_.score.tolist(),
            }
        )
    out["pymcdm"].append({"ahp": np.asarray(AHP(matrix=judgements())()).tolist()})
    a, b = tied()
    out["scipy"] = {
        "spearman": float(scipy.stats.spearmanr(a, b).statistic),
        "kendall": float(scipy.stats.kendalltau(a, b).statistic),
    }
    return out


def _vector(table):
    from skcriteria.preprocessing.scalers import VectorScaler

    return VectorScaler(target="matrix").transform(table)


def _similarity(result):
    return np.asarray(result.e_.similarity).tolist()


def document():
    """Return the content of the file: versions, then figures."""
    return {"versions": {name: version(name) for name in PROGRAMS}, "figures": computed()}


if __name__ == "__main__":
    sys.stdout.write(f"{FILE.name}\n")
    FILE.write_text(json.dumps(document(), indent=1) + "\n", encoding="utf-8")
