"""Fuzzy membership (模糊隶属, MCD-07): from a value with its unit to 0-1 between control points of the same unit."""

from __future__ import annotations

import numpy as np

from gisapp.rules.columns import FloatArray


def linear(values: FloatArray, a: float, b: float) -> FloatArray:
    """Return membership that rises straight from 0 at `a` to 1 at `b`, a < b (线性)."""
    return np.clip((values - a) / (b - a), 0.0, 1.0)


def sigmoid(values: FloatArray, a: float, b: float) -> FloatArray:
    """Return cos²((1 − t)·π/2) with t from 0 at `a` to 1 at `b` (S 形). Source: Eastman."""
    squared: FloatArray = np.cos((1.0 - linear(values, a, b)) * np.pi / 2.0) ** 2
    return squared


def j_shaped(values: FloatArray, a: float, b: float) -> FloatArray:
    """Return 1 / (1 + ((x − b) / (b − a))²) below `b`, ½ at `a`, 1 from `b` on (J 形). Source: Eastman."""
    away = np.minimum((values - b) / (b - a), 0.0)
    membership: FloatArray = 1.0 / (1.0 + away**2)
    return membership


def zadeh_s(values: FloatArray, a: float, c: float) -> FloatArray:
    """Return Zadeh's S function: 2t² up to the middle of `a` and `c`, 1 − 2(1 − t)² beyond (Zadeh S)."""
    t = linear(values, a, c)
    return np.where(t <= 0.5, 2.0 * t**2, 1.0 - 2.0 * (1.0 - t) ** 2)


def falling(membership: FloatArray) -> FloatArray:
    """Return the membership that falls where the given one rises (递减): 1 − μ."""
    return 1.0 - membership
