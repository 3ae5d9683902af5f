"""How much is built on a parcel, and how much could be (开发强度与潜力)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from gisapp.context import Context, NotLoadedError
from gisapp.context.controls import control_rows
from gisapp.indicators.land import number_field, text_field
from gisapp.indicators.plan import height_far, plan_far_max
from gisapp.indicators.registry import indicator
from gisapp.model.controls import ALL_INDUSTRIES

_REGION = "苏南"
"""The region of Jiangsu whose provincial rows hold in Nanjing."""
_OPEN = np.datetime64("0001-01-01", "s")


@indicator("far", unit="1", title="现状容积率", en="Floor area ratio", reads=("floor_area_m2",))
def far(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return floor area ÷ parcel area (容积率, STD-04) [1]."""
    out: pd.Series = number_field(parcels, "floor_area_m2") / parcels["area_m2"].replace(0.0, np.nan)
    return out


@indicator(
    "building_coefficient", unit="1", title="建筑系数", en="Building coefficient", reads=("footprint_m2",)
)
def building_coefficient(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return building footprint ÷ parcel area (建筑系数, STD-05) [1]."""
    out: pd.Series = number_field(parcels, "footprint_m2") / parcels["area_m2"].replace(0.0, np.nan)
    return out


@indicator("building_age", unit="year", title="建筑年限", en="Age of the building", reads=("year_built",))
def building_age(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return years from the year of building to the data date [year]."""
    return context.as_of.year - number_field(parcels, "year_built")


@indicator(
    "far_to_floor",
    unit="1",
    title="容积率与签约时下限之比",
    en="Floor area ratio against the floor at contract",
    reads=("floor_area_m2", "supplied_on", "industry_code", "industry_edition"),
)
def far_to_floor(parcels: gpd.GeoDataFrame, context: Context, *, default_floor: float) -> pd.Series:
    """Return floor area ratio ÷ the floor in force on the contract date (LEL-05, STD-09) [1].

    Before the first national floor (2008-01-31) `default_floor` stands in. NaN where the floor in force is
    not loaded, is left to a collective decision, or is given for another edition of the industry codes.
    """
    floor = _floors(
        context.cached(("far-floors",), lambda: _floor_rows(context)),
        on=pd.to_datetime(parcels["supplied_on"]),
        code=text_field(parcels, "industry_code"),
        edition=text_field(parcels, "industry_edition"),
        default=default_floor,
    )
    return far(parcels, context) / floor


class _FloorRow(NamedTuple):
    """A national or provincial row of the standard that speaks of the floor area ratio."""

    start: np.datetime64
    end: np.datetime64
    industry: str
    edition: str
    floor: float | None
    """None where the row has no number."""
    to_decision: bool


def _floor_rows(context: Context) -> tuple[_FloorRow, ...]:
    """Return the floors of nation and province that hold in Nanjing, shipped and loaded alike."""
    return tuple(
        _FloorRow(
            _OPEN if row.start is None else row.start.to_datetime64().astype("datetime64[s]"),
            np.datetime64("NaT") if row.end is None else row.end.to_datetime64().astype("datetime64[s]"),
            row.prefix,
            row.edition,
            row.value,
            row.case,
        )
        for row in control_rows(context)
        if row.kind == "far" and row.level in ("nation", "province") and not row.standard_factory
        if row.region in ("", _REGION)
    )


def _floors(
    rows: Sequence[_FloorRow], *, on: pd.Series, code: pd.Series, edition: pd.Series, default: float
) -> pd.Series:
    """Return the floor of each contract: the highest in force for its industry and edition, else NaN."""
    floor = np.full(len(on), np.nan)
    left_to_decision = np.zeros(len(on), dtype=bool)
    signed = on.to_numpy(dtype="datetime64[s]")
    editions = edition.to_numpy(dtype=object)
    lengths = {len(row.industry) for row in rows}
    begins = {length: code.str[:length].to_numpy(dtype=object) for length in lengths}
    for row in rows:
        # A comparison with a missing date is false.
        here = (signed >= row.start) & ((signed < row.end) | np.isnat(row.end))
        if row.industry != ALL_INDUSTRIES:
            here &= (begins[len(row.industry)] == row.industry) & (editions == row.edition)
        if row.to_decision:
            left_to_decision |= here
        elif row.floor is not None:
            floor[here] = np.fmax(floor[here], row.floor)
    floor[signed < min(row.start for row in rows)] = default
    floor[left_to_decision] = np.nan
    return pd.Series(floor, index=on.index)


@indicator(
    "potential_floor_area",
    unit="m2",
    title="可新增计容建筑面积（测算）",
    en="Potential floor area",
    reads=("floor_area_m2",),
)
def potential_floor_area(parcels: gpd.GeoDataFrame, context: Context, *, storey_m: float) -> pd.Series:
    """Return max(0, target ratio × area − floor area) (潜力建筑面积, LEL-11) [m²].

    The target ratio is the smaller of the plan's cap and what the height limit allows; NaN without a cap.
    """
    target = target_far(parcels, context, storey_m)
    out: pd.Series = (target * parcels["area_m2"] - number_field(parcels, "floor_area_m2")).clip(lower=0.0)
    return out


@indicator(
    "potential_limited",
    unit="bool",
    title="规划上限低于现行容积率下限",
    en="Plan cap below the floor in force",
    reads=("use_code",),
    national=True,
)
def potential_limited(parcels: gpd.GeoDataFrame, context: Context, *, storey_m: float) -> pd.Series:
    """Return whether an industrial parcel cannot reach today's provincial floor (受限，达不到下限, LEL-11)."""
    floor = context.cached(("provincial-floor",), lambda: _provincial_floor(context))
    target = target_far(parcels, context, storey_m)
    industrial = text_field(parcels, "use_code").str.startswith("1001").fillna(False).astype(bool)
    return (target < floor).astype("float64").where(target.notna()).where(industrial, 0.0)


def _provincial_floor(context: Context) -> float:
    if context.controls is None:
        raise NotLoadedError("standard_land_controls")
    province = context.controls[context.controls["rule_id"].str.startswith("STD-FAR-JS-苏南")]
    return float(pd.to_numeric(province["value"]).max())


def target_far(parcels: gpd.GeoDataFrame, context: Context, storey_m: float) -> pd.Series:
    """Return the smaller of the plan's cap and what the height limit allows (目标容积率) [1]; NaN without a cap."""
    cap = plan_far_max(parcels, context)
    by_height = height_far(parcels, context, storey_m=storey_m)
    target = np.fmin(cap.to_numpy(dtype="float64"), by_height.to_numpy(dtype="float64"))
    return pd.Series(np.where(cap.notna(), target, np.nan), index=parcels.index)
