"""What a rule said of every subject (判定结果), and what rules read (评价底表)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from gisapp.model.rules import Status
from gisapp.rules.columns import Column, FloatArray, Key, ObjectArray, key

IntArray = npt.NDArray[np.int8]
VERDICTS: Final = ("pass", "fail", "unknown", "not_applicable", "scored")
PASS, FAIL, UNKNOWN, NOT_APPLICABLE, SCORED = range(5)
MISSING_INPUT: Final = "资料不足"


@dataclass(frozen=True)
class Judged:
    """One rule over all subjects (判定结果), arrays of shape (n,).

    ``score_low`` and ``score_high`` bound a curve's score where some inputs are missing, ``share`` is the part
    of them that is known; ``inputs`` is what a decision table read, as JSON by indicator.
    """

    rule_id: str
    kind: str
    role: str
    indicator: str
    unit: str
    clause: str | None
    basis: str
    verdict: IntArray = field(repr=False)
    value: FloatArray = field(repr=False)
    value_text: ObjectArray = field(repr=False)
    threshold: ObjectArray = field(repr=False)
    reason: ObjectArray = field(repr=False)
    score: FloatArray = field(repr=False)
    status: Status = "D"
    weight: float = 0.0
    group: str | None = None
    not_loaded: str | None = None
    score_low: FloatArray | None = field(default=None, repr=False)
    score_high: FloatArray | None = field(default=None, repr=False)
    share: FloatArray | None = field(default=None, repr=False)
    inputs: ObjectArray | None = field(default=None, repr=False)

    @property
    def low(self) -> FloatArray:
        """The least score that unknown inputs leave possible [0-1], NaN where nothing is scored."""
        return self.score if self.score_low is None else self.score_low

    @property
    def high(self) -> FloatArray:
        """The greatest score that unknown inputs leave possible [0-1], NaN where nothing is scored."""
        return self.score if self.score_high is None else self.score_high

    @property
    def known(self) -> FloatArray:
        """The share of the inputs that is known [0-1] (已知比例)."""
        scored = (self.verdict == SCORED).astype(np.float64)
        return scored if self.share is None else np.where(scored == 1.0, self.share, 0.0)


@dataclass(frozen=True)
class Sheet:
    """What rules read (评价底表): measured columns, threshold tables, and parcel fields by name."""

    columns: Mapping[Key, Column] = field(repr=False)
    tables: Mapping[str, Mapping[str, float]] = field(repr=False)
    fields: Mapping[str, ObjectArray] = field(repr=False)
    size: int

    def column(self, indicator: str, params: Mapping[str, object]) -> Column:
        """Return the column of an indicator with these parameters."""
        return self.columns[key(indicator, params)]  # type: ignore[arg-type]


def values_of(column: Column, size: int) -> tuple[FloatArray, ObjectArray]:
    """Return the numbers and the texts of a column, each of shape (n,)."""
    number = column.number if column.number is not None else nothing(size)
    text = column.text if column.text is not None else same(None, size)
    return number, text


def same(value: str | None, size: int) -> ObjectArray:
    """Return one text for every subject; read-only, one value in memory however many there are."""
    return np.broadcast_to(np.array(value, dtype=object), size)


def nothing(size: int) -> FloatArray:
    """Return NaN for every subject; read-only."""
    return np.broadcast_to(np.float64(np.nan), size)
