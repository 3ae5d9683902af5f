"""A park's figures in their own units beside what they are held against (指标读数), for scorecards."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import pandas as pd

from gisapp.context import Context
from gisapp.indicators.parkideals import figure, ideals
from gisapp.indicators.parkland import Params
from gisapp.indicators.parks import ALL
from gisapp.indicators.registry import REGISTRY

_IDEAL: Final = "_to_ideal"


def reading(parks: gpd.GeoDataFrame, context: Context, indicator: str, params: Params) -> pd.DataFrame:
    """Return ``value``, ``ideal`` and ``basis`` by park name, and the unit in ``attrs["unit"]``.

    An indicator that is held against an ideal gives the figure itself, not the ratio. A rate that is scored as it stands
    has the ideal 1, one that should be 0 the ideal 0, both with the basis ``rate``.
    """
    name = indicator.removeprefix("park_").removesuffix(_IDEAL)
    names = parks["name"].to_numpy(dtype=object)
    if indicator.endswith(_IDEAL):
        wanted = ideals(context, name, params)
        table = pd.DataFrame(
            {
                "value": figure(context, name, params)["value"],
                "ideal": wanted["value"],
                "basis": wanted["basis"],
            }
        ).reindex(names)
        table.attrs["unit"] = ALL[name].unit
        return table
    values = REGISTRY[indicator].compute(parks, context, **params)
    rate = 0.0 if name == "idle_rate" else 1.0
    table = pd.DataFrame({"value": values.to_numpy(), "ideal": rate, "basis": "rate"}, index=names)
    table.attrs["unit"] = REGISTRY[indicator].unit
    return table
