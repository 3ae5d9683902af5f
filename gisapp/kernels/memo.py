"""The answer about the geometries that were asked about last (上次结果)."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

T = TypeVar("T")
Geometries = npt.NDArray[np.object_]


class LastAnswer(Generic[T]):
    """One answer and the geometries that it is about (上次结果).

    Several rules, and several rulebooks, ask one layer about the same parcels. A geometry never changes, so the
    same objects in the same order have the same answer. Answers are shared: whoever reads one must not write to it.
    """

    def __init__(self) -> None:
        self._held: tuple[Geometries, T] | None = None

    def of(self, geometries: Geometries, build: Callable[[], T]) -> T:
        """Return the held answer if it is about these very geometries, else what `build` returns, and hold it."""
        # Read once: another thread may put its own answer there meanwhile.
        held = self._held
        if held is None or not same_objects(held[0], geometries):
            held = (geometries.copy(), build())
            self._held = held
        return held[1]


def same_objects(a: Geometries, b: Geometries) -> bool:
    """Return whether two arrays hold the same geometry objects in the same order; equal copies do not count."""
    return len(a) == len(b) and all(map(operator.is_, a, b))
