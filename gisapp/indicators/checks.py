"""What was measured at a performance check (履约核查实测), and floor area with high storeys counted double (STD-04)."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from gisapp.context import Context, NotLoadedError
from gisapp.indicators.building import far
from gisapp.indicators.registry import indicator

FloatArray = npt.NDArray[np.float64]
CHECKS: Final = "performance_checks"
STOREYS: Final = "storey_heights"
AREA_SLACK: Final = 0.02
"""Storeys that add up to another floor area than the parcel's, by more than this share, are not all of them (D)."""


def checks_until(context: Context) -> pd.DataFrame:
    """Return the performance checks made up to the date of the context, oldest first."""

    def of_day() -> pd.DataFrame:
        table = context.table(CHECKS)
        return table[table["checked_on"] <= pd.Timestamp(context.as_of)].sort_values(
            ["checked_on", "check_id"]
        )

    return context.cached((CHECKS, context.as_of.isoformat()), of_day)


def measured(parcels: gpd.GeoDataFrame, context: Context, kind: str) -> pd.Series:
    """Return the newest measured value of an indicator for each parcel, NaN where none was measured.

    Raises `NotLoadedError` where the table of checks is not loaded.
    """
    rows = checks_until(context)
    rows = rows[(rows["indicator"] == kind) & rows["actual"].notna()]
    newest: pd.Series = rows.groupby("parcel_id")["actual"].last()
    out: pd.Series = newest.reindex(parcels["parcel_id"]).set_axis(parcels.index).astype("float64")
    return out


def measured_if_loaded(parcels: gpd.GeoDataFrame, context: Context, kind: str) -> pd.Series:
    """Return the measured values, all missing where no checks are loaded."""
    try:
        return measured(parcels, context, kind)
    except NotLoadedError:
        return pd.Series(np.nan, index=parcels.index)


@indicator(
    "far_counted",
    unit="1",
    title="计容容积率（高层高加倍）",
    en="Floor area ratio, high storeys doubled",
    reads=("floor_area_m2",),
)
def far_counted(parcels: gpd.GeoDataFrame, context: Context, *, double_above_m: float) -> pd.Series:
    """Return counted floor area ÷ parcel area, a storey above `double_above_m` counted twice (容积率, STD-04) [1].

    Where the storey heights of a parcel are not known the ratio lies between the plain one and its double.
    """
    plain = far(parcels, context)
    extra = _extra(parcels, context, double_above_m)
    known = ~np.isnan(extra) | ~(plain.to_numpy() > 0)
    value = plain + np.nan_to_num(extra) / parcels["area_m2"].replace(0.0, np.nan)
    out: pd.Series = value.where(plain.notna())
    top = np.where(known, out, 2.0 * plain)
    out.attrs |= {"low": out.to_numpy(), "high": top, "known": np.where(known, 1.0, 0.5)}
    out.attrs["notes"] = [None if k else f"层高未提供，{double_above_m:g} m 以上楼层未作加倍" for k in known]
    return out


def _extra(parcels: gpd.GeoDataFrame, context: Context, above_m: float) -> FloatArray:
    """Return the floor area [m²] to be counted once more, NaN where the storeys are not all known."""
    if STOREYS not in context.tables:
        return np.full(len(parcels), np.nan)
    table = context.table(STOREYS)
    high = table["floor_area_m2"].where(table["height_m"] > above_m, 0.0)
    sums = pd.DataFrame({"all": table["floor_area_m2"], "high": high}).groupby(table["parcel_id"]).sum()
    own = sums.reindex(parcels["parcel_id"])
    built = pd.to_numeric(parcels["floor_area_m2"], errors="coerce").to_numpy(dtype="float64")
    whole = np.abs(own["all"].to_numpy() - built) <= AREA_SLACK * built
    extra: FloatArray = np.where(whole, own["high"].to_numpy(), np.nan)
    return extra
