"""How weights are shaken (权重扰动设置): draws, seed and concentration, each of which changes a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from gisapp.errors import UsageError
from gisapp.rules.columns import FloatArray

LIMITS: Final = {
    "robust_draws": (1_000, 100_000),
    "robust_seed": (0, 2**32 - 1),
    "robust_concentration": (10, 100_000),
}
"""Settings of ``--set`` and their least and greatest value: fewer draws than 1 000 are not robustness (MCD-08)."""
CLAUSE: Final = "mcda-literature/sensitivity"


@dataclass(frozen=True)
class Perturbation:
    """Weight draws from Dirichlet(concentration × weights) (权重扰动); all three numbers are ours, status D.

    The mean of a weight w is w and its standard deviation √(w(1 − w) / (concentration + 1)): at 100 a weight of 0.20
    moves by ±0.04, a fifth of itself.
    """

    draws: int = 1_000
    seed: int = 20_241_220
    concentration: int = 100

    @classmethod
    def of(cls, settings: Mapping[str, str]) -> Perturbation:
        """Return what was set by hand, the defaults elsewhere; raises UsageError where a number cannot stand."""
        given = {
            name.removeprefix("robust_"): _whole(name, settings[name]) for name in LIMITS if name in settings
        }
        return cls(**given)

    def weights(self, base: FloatArray) -> FloatArray:
        """Return the drawn weights, shape (draws, m), rows that sum to 1; `base` of shape (m,) sums to 1.

        From numpy's frozen legacy generator, whose stream is the same in every release.
        """
        drawn: FloatArray = np.random.RandomState(self.seed).dirichlet(self.concentration * base, self.draws)
        return drawn

    @property
    def key(self) -> str:
        """Return the settings as a part of the run id."""
        return f"robust={self.draws},{self.seed},{self.concentration}"

    def as_dict(self) -> dict[str, Any]:
        """Return the settings as they stand in run.json."""
        return {
            "draws": self.draws,
            "seed": self.seed,
            "concentration": self.concentration,
            "distribution": "dirichlet(concentration × weights)",
            "generator": "numpy.random.RandomState",
            "status": "D",
            "clause": CLAUSE,
        }


def _whole(name: str, text: str) -> int:
    least, most = LIMITS[name]
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise UsageError(f"--set {name}={text}：不在允许范围内", action=f"写 {least} 至 {most} 之间的整数")
    return int(text)
