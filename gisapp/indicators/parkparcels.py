"""What each parcel does to a figure of its park (地块对园区指标的影响)."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from gisapp.context import Context
from gisapp.indicators.parkideals import ideals
from gisapp.indicators.parkland import BUILDS, Params, land, ratio


class _Reading(NamedTuple):
    """Which figure an indicator is, and what it is held against: an ideal, the whole (1), or nothing at all (0)."""

    figure: str
    against: str


_IDEAL: Final = "_to_ideal"
_WHOLE: Final = ("built_rate",)
_NONE: Final = ("idle_rate",)


def _reading(indicator: str) -> _Reading | None:
    name = indicator.removeprefix("park_")
    if name.endswith(_IDEAL) and name.removesuffix(_IDEAL) in BUILDS:
        return _Reading(name.removesuffix(_IDEAL), "ideal")
    against = "whole" if name in _WHOLE else "none" if name in _NONE else ""
    return _Reading(name, against) if against else None


def shortfall(context: Context, indicator: str, params: Params, park: str) -> pd.Series | None:
    """Return by parcel_id how far each parcel of a park falls short of what its indicator is held against (缺口).

    It is ideal × denominator − numerator, below 0 where the parcel does better than the ideal; for a rate that should be
    0 it is the numerator. The sum over the park is what the park lacks. Parcels of which nothing is known are left
    out; None where the figure is no sum over parcels or has no ideal.
    """
    reading = _reading(indicator)
    if reading is None:
        return None
    here, found = land(context), ratio(context, reading.figure, params)
    target = _target(context, reading, params, park)
    if np.isnan(target):
        return None
    own = (here.park == park) & ~np.isnan(found.top) & ~np.isnan(found.bottom)
    short = found.top if reading.against == "none" else target * found.bottom - found.top
    return pd.Series(short[own], index=here.ids[own])


def _target(context: Context, reading: _Reading, params: Params, park: str) -> float:
    if reading.against != "ideal":
        return 1.0
    return float(ideals(context, reading.figure, params)["value"].get(park, np.nan))
