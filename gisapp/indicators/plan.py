"""What the detailed plan says (详细规划)."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from gisapp.context import Context
from gisapp.indicators.land import text_field
from gisapp.indicators.registry import indicator

RESERVED = "16"


def plan_value(parcels: gpd.GeoDataFrame, context: Context, name: str) -> pd.Series:
    """Return a figure of the plan unit that covers at least half of each parcel, NaN where none does."""
    values = pd.to_numeric(context.column("plan", name), errors="coerce").to_numpy(dtype="float64")
    best = context.features("plan").main(parcels.geometry.to_numpy())
    return pd.Series(np.append(values, np.nan)[best], index=parcels.index)


def differ_at_level_two(a: str | None, b: str | None) -> float:
    """Return 1.0 if two codes name different level-2 classes, 0.0 if not, NaN if one is missing."""
    if a is None or b is None:
        return float("nan")
    length = min(len(a), len(b), 4)
    return float(a[:length] != b[:length])


@indicator(
    "plan_changed",
    unit="bool",
    title="规划用途与现状用途不同",
    en="Planned use differs from present use",
    reads=("use_code", "plan_use_code"),
    national=True,
)
def plan_changed(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return whether the plan gives another level-2 use; reserved land (16) gives none yet (LUC-12)."""
    use, plan = text_field(parcels, "use_code"), text_field(parcels, "plan_use_code")
    changed = [0.0 if p == RESERVED else differ_at_level_two(u, p) for u, p in zip(use, plan, strict=True)]
    return pd.Series(changed, index=parcels.index, dtype="float64")


@indicator("plan_far_max", unit="1", title="规划容积率上限", en="Planned maximum floor area ratio")
def plan_far_max(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the plan's upper limit of floor area ratio (规划容积率上限) [1]."""
    return plan_value(parcels, context, "far_max")


@indicator("height_far", unit="1", title="限高推算容积率", en="Floor area ratio that the height limit allows")
def height_far(parcels: gpd.GeoDataFrame, context: Context, *, storey_m: float) -> pd.Series:
    """Return building density × number of storeys of `storey_m` under the height limit [1] (LEL-11)."""
    storeys = np.floor(plan_value(parcels, context, "height_m") / storey_m)
    out: pd.Series = plan_value(parcels, context, "density_max") * storeys
    return out
