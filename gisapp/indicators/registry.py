"""The register of indicators (指标登记): a pure function of parcels and context, with a unit.

An indicator returns one value per parcel on the parcels' own index, NaN or None where the data is missing
(资料不足). Numbers that are not physics come in as keyword parameters from the rulebook, so that each can be
defended. ``Series.attrs`` may carry ``note`` (printed for all), ``notes`` (printed for each) and ``status`` (the
weakest letter that applies).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import geopandas as gpd
import pandas as pd

from gisapp.context import Context
from gisapp.errors import UsageError
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

    ``reads`` are the parcel fields it needs; ``national`` marks those that read codes of the national
    land-use scheme; ``target`` marks those that depend on the target use.
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
        REGISTRY[id] = Indicator(id, unit, title, en, reads, national, target, function, names)
        return function

    return register
