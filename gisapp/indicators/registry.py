"""The register of indicators (指标登记): a pure function of parcels and context, with a unit.

An indicator returns one value per parcel on the parcels' own index, NaN or None where the data is missing
(资料不足). Numbers that are not physics come in as keyword parameters from the rulebook, so that each can be
defended. ``Series.attrs`` may carry ``note`` (printed for all), ``notes`` (printed for each) and ``status`` (the
weakest letter that applies). Where some inputs of a number are missing, ``low``, ``high`` and ``known`` say between
which numbers it lies and which share of its inputs is known (已知比例).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from gisapp.context import Context
from gisapp.errors import UsageError
from gisapp.model.rules import Subject
from gisapp.units import UNITS


class Measure(Protocol):
    """The shape of an indicator function."""

    def __call__(
        self, parcels: gpd.GeoDataFrame, context: Context, **params: Any
    ) -> pd.Series:  # rulebook values
        """Return one value per parcel."""
        ...


@dataclass(frozen=True)
class Indicator:
    """One indicator (指标).

    ``subject`` is what it measures: parcels, parks or enterprises; ``reads`` are the fields of the subject that it
    needs; ``national`` marks those that read codes of the national land-use scheme; ``target`` marks those that
    depend on the target use.
    """

    id: str
    unit: str
    title: str
    title_en: str
    reads: tuple[str, ...]
    national: bool
    target: bool
    compute: Measure = field(repr=False)
    params: tuple[str, ...] = ()
    subject: Subject = "parcel"

    @property
    def textual(self) -> bool:
        """Return whether values are text or codes, not numbers."""
        return self.unit in {"text", "code"}


REGISTRY: Final[dict[str, Indicator]] = {}


def indicator(
    id: str,
    *,
    unit: str,
    title: str,
    en: str,
    reads: tuple[str, ...] = (),
    national: bool = False,
    target: bool = False,
    subject: Subject = "parcel",
) -> Callable[[Callable[..., pd.Series]], Callable[..., pd.Series]]:
    """Return a decorator that registers a function as an indicator (登记指标)."""
    if unit not in UNITS:
        raise UsageError(f"指标 {id} 的单位未定义：{unit}")

    def register(function: Callable[..., pd.Series]) -> Callable[..., pd.Series]:
        if id in REGISTRY:
            raise UsageError(f"指标重复登记：{id}")
        names = tuple(
            name
            for name, parameter in inspect.signature(function).parameters.items()
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY
        )
        REGISTRY[id] = Indicator(id, unit, title, en, reads, national, target, function, names, subject)
        return function

    return register


def partly_known(
    *, low: npt.NDArray[np.float64], high: npt.NDArray[np.float64], known: npt.NDArray[np.float64]
) -> dict[str, npt.NDArray[np.float64]]:
    """Return the attributes of a figure some of whose inputs are missing, arrays of shape (n,).

    `low` and `high` bound the figure in its unit over all that the missing inputs could be, `known` [0-1] is the
    share of the inputs that is there.
    """
    return {"low": low, "high": high, "known": known}


def missing_note(lacking: Sequence[tuple[str, npt.NDArray[np.bool_]]]) -> list[str | None]:
    """Return for each row which of the named inputs are missing (缺项), None where none is."""
    code = np.zeros(len(lacking[0][1]), dtype=np.intp)
    for place, (_, absent) in enumerate(lacking):
        code += absent.astype(np.intp) << place
    texts = {
        number: "缺：" + "、".join(name for place, (name, _) in enumerate(lacking) if number >> place & 1)
        for number in map(int, np.unique(code))
    }
    return [texts[number] if number else None for number in code.tolist()]
