"""A city with an assessor's roll and zoning districts (估价与区划): values, built ratio, uses against the district.

Reads roles `zoning` (name), `wetland` and `open_space`. The figures of a district are those of the whole parcel
table, so that a parcel's value does not depend on which others are asked about.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisapp.context import Context
from gisapp.context.context import main_zone
from gisapp.format import iso_date
from gisapp.indicators.building import far
from gisapp.indicators.land import number_field
from gisapp.indicators.registry import indicator


def _districts(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    names = main_zone(context, "zoning", "name", parcels.geometry.to_numpy())
    return pd.Series(names, index=parcels.index, dtype="object")


def _fabric_districts(context: Context) -> pd.Series:
    """Return the district of every parcel of the table, found once."""
    return context.of_fabric(("fabric-districts",), lambda: _districts(context.fabric, context))


def _covered_share(parcels: gpd.GeoDataFrame, context: Context, role: str) -> pd.Series:
    """Return the plane share of each parcel under a polygon role [1]."""
    index, _ = context.overlay(role)
    geometries = parcels.geometry.to_numpy()
    plane = shapely.area(geometries)
    hit = index.areas(geometries)[:, 0]
    share = np.divide(hit, plane, out=np.zeros_like(hit), where=plane > 0)
    return pd.Series(share.clip(max=1.0), index=parcels.index)


@indicator("zone_type", unit="text", title="区划类型", en="Zoning district")
def zone_type(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the zoning district that covers at least half of the parcel (区划类型)."""
    return _districts(parcels, context)


@indicator(
    "improvement_to_land_value",
    unit="1",
    title="建筑价值与土地价值之比",
    en="Improvement value to land value",
    reads=("x_improvement_value", "x_land_value"),
)
def improvement_to_land_value(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return assessed improvement value ÷ land value [1]; NaN without a land value."""
    land = number_field(parcels, "x_land_value")
    return number_field(parcels, "x_improvement_value") / land.where(land > 0)


@indicator(
    "built_ratio_to_zone_median",
    unit="1",
    title="容积率与所在区划中位数之比",
    en="Floor area ratio to the median of its zoning district",
    reads=("floor_area_m2",),
)
def built_ratio_to_zone_median(
    parcels: gpd.GeoDataFrame, context: Context, *, min_parcels: float
) -> pd.Series:
    """Return floor area ratio ÷ the district's median over built parcels [1].

    NaN where the parcel's ratio is not known or fewer than `min_parcels` of its district are built.
    """

    def medians() -> tuple[pd.Series, pd.Series]:
        ratio = far(context.fabric, context)
        built = ratio.where(ratio > 0).groupby(_fabric_districts(context))
        return built.median().where(built.count() >= min_parcels), built.count()

    median, counts = context.of_fabric(("zone-far-median", str(min_parcels)), medians)
    districts = _districts(parcels, context)
    out = far(parcels, context) / districts.map(median).astype("float64")
    out.attrs["notes"] = _district_notes(districts, counts, context, "已建地块", out.notna())
    return out


def _district_notes(
    districts: pd.Series, counts: pd.Series, context: Context, what: str, known: pd.Series
) -> list[str | None]:
    """Return for each row the district's reference set in words (参照集), None where no value is known."""
    day = iso_date(context.as_of)
    words = {name: f"参照 {name} 区 {what} {count} 宗（截至{day}）" for name, count in counts.items()}
    return [words.get(name) for name in districts.where(known)]


@indicator(
    "zone_mixed_share",
    unit="1",
    title="所在区划混合用途地块占比",
    en="Share of mixed-use parcels in its zoning district",
    reads=("x_use_count",),
)
def zone_mixed_share(parcels: gpd.GeoDataFrame, context: Context, *, min_parcels: float) -> pd.Series:
    """Return which share of the district's parcels hold more than one use code already [1].

    NaN where fewer than `min_parcels` of the district have a use code.
    """

    def shares() -> tuple[pd.Series, pd.Series]:
        count = number_field(context.fabric, "x_use_count")
        mixed = (count > 1).astype("float64").where(count.notna())
        by_district = mixed.groupby(_fabric_districts(context))
        return by_district.mean().where(by_district.count() >= min_parcels), by_district.count()

    share, counts = context.of_fabric(("zone-mixed-share", str(min_parcels)), shares)
    districts = _districts(parcels, context)
    out = districts.map(share).astype("float64")
    out.attrs["notes"] = _district_notes(districts, counts, context, "有用途代码的地块", out.notna())
    return out


@indicator("use_count", unit="1", title="现有用途数", en="Number of uses", reads=("x_use_count",))
def use_count(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return how many different use codes the parcel holds [1]."""
    return number_field(parcels, "x_use_count")


@indicator("in_wetland_share", unit="1", title="位于湿地的比例", en="Share in wetland")
def in_wetland_share(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the share of the parcel in wetland (湿地) [1]."""
    return _covered_share(parcels, context, "wetland")


@indicator("open_space_share", unit="1", title="位于开敞空间的比例", en="Share in open space")
def open_space_share(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the share of the parcel in protected or public open space (开敞空间) [1]."""
    return _covered_share(parcels, context, "open_space")
