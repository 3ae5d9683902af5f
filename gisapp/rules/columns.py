"""What rules are judged on: measured values by indicator and parameters (测度列)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from gisapp.model.rules import Choose, Gate, Param, Predicate, Rulebook, ScopeGate, Status

Key = tuple[str, tuple[tuple[str, Param], ...]]
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
ObjectArray = npt.NDArray[np.object_]
BoolArray = npt.NDArray[np.bool_]


def key(indicator: str, params: Mapping[str, Param]) -> Key:
    """Return the name of a column: the indicator and its parameters."""
    return indicator, tuple(sorted(params.items()))


@dataclass(frozen=True)
class Column:
    """The values of one indicator over all subjects (测度列), shape (n,).

    ``number`` holds numbers and yes/no as 1/0, ``text`` holds codes and words; the missing one is None.
    ``note`` and, row by row, ``notes`` say what a reader must know, ``not_loaded`` names a source that is missing, ``excluded`` marks
    rows to which the indicator does not apply (another land-use scheme).
    Where some inputs of a number are missing, ``low`` and ``high`` bound it over all that they could be, and
    ``share`` [0-1] is the part of the inputs that is known; without them a number that is there is exact.
    """

    unit: str
    number: FloatArray | None = field(default=None, repr=False)
    text: ObjectArray | None = field(default=None, repr=False)
    note: str | None = None
    notes: ObjectArray | None = field(default=None, repr=False)
    status: Status | None = None
    not_loaded: str | None = None
    excluded: BoolArray | None = field(default=None, repr=False)
    low: FloatArray | None = field(default=None, repr=False)
    high: FloatArray | None = field(default=None, repr=False)
    share: FloatArray | None = field(default=None, repr=False)

    @property
    def bounds(self) -> tuple[FloatArray, FloatArray] | None:
        """The interval of each number (取值区间), None where all are exact."""
        return None if self.low is None or self.high is None else (self.low, self.high)

    @cached_property
    def known(self) -> BoolArray:
        """Which rows have a value."""
        if self.text is not None:
            return self.coded[0] >= 0
        assert self.number is not None
        return ~np.isnan(self.number)

    def remarks(self, size: int) -> ObjectArray:
        """Return what is printed beside each value, None where nothing is."""
        return np.full(size, self.note, dtype=object) if self.notes is None else self.notes.copy()

    @cached_property
    def coded(self) -> tuple[IntArray, ObjectArray]:
        """The texts as row → number (-1 for a missing one) and number → text."""
        assert self.text is not None
        codes, names = pd.factorize(self.text)
        return codes, np.asarray(names, dtype=object)


def needed(rulebook: Rulebook) -> dict[Key, str]:
    """Return every column that a rulebook reads, with the unit that it expects."""
    out: dict[Key, str] = {}
    gates: tuple[Gate | ScopeGate, ...] = (*rulebook.scope, *rulebook.gates)
    for gate in gates:
        predicates: tuple[Predicate, ...] = (gate, *gate.applies)
        for predicate in predicates:
            out[key(predicate.indicator, predicate.params)] = predicate.unit
    for curve in rulebook.curves:
        out[key(curve.indicator, curve.params)] = curve.unit
        out |= {key(item.indicator, item.params): item.unit for item in curve.applies}
    for choice in rulebook.choices:
        for name in choice_inputs(choice):
            out[key(name, choice.params.get(name, {}))] = choice.units.get(name, "")
    return out


def choice_inputs(choice: Choose) -> tuple[str, ...]:
    """Return the indicators that a decision table reads, in order of first use."""
    return tuple(dict.fromkeys(name for row in choice.rows for name in row.when))
