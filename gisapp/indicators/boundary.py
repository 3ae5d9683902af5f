"""Urban development boundary and red lines (城镇开发边界与底线, UDB-02, UDB-03)."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisapp.context import Context
from gisapp.indicators.registry import indicator

CONCENTRATED, ELASTIC, SPECIAL = "城镇集中建设区", "城镇弹性发展区", "特别用途区"


def covered_area(parcels: gpd.GeoDataFrame, context: Context, role: str) -> pd.Series:
    """Return the area of each parcel under a polygon role: plane share × ellipsoidal area [m²]."""
    index, _ = context.overlay(role)
    geometries = parcels.geometry.to_numpy()
    plane = shapely.area(geometries)
    hit = index.areas(geometries)[:, 0]
    share = np.divide(hit, plane, out=np.zeros_like(hit), where=plane > 0)
    return pd.Series(share.clip(max=1.0) * parcels["area_m2"].to_numpy(), index=parcels.index)


def zone_shares(parcels: gpd.GeoDataFrame, context: Context) -> pd.DataFrame:
    """Return the plane share of each parcel in each sub-zone and ``outside``, on the parcels' index (UDB-01)."""
    index, classes = context.overlay("udb", "zone")
    geometries = parcels.geometry.to_numpy()
    plane = np.maximum(shapely.area(geometries), 1e-9)
    shares = pd.DataFrame(
        index.areas(geometries) / plane[:, None], index=parcels.index, columns=list(classes)
    )
    shares = shares.reindex(columns=[CONCENTRATED, ELASTIC, SPECIAL], fill_value=0.0)
    return shares.assign(outside=(1.0 - shares.sum(axis=1)).clip(lower=0.0))


@indicator(
    "udb_state", unit="text", title="城镇开发边界符合性", en="Conformity with the urban development boundary"
)
def udb_state(
    parcels: gpd.GeoDataFrame, context: Context, *, tolerance_share: float, tolerance_m2: float
) -> pd.Series:
    """Return conform, elastic, special or outside (符合性判定, UDB-02).

    A sub-zone counts when its share exceeds the smaller of `tolerance_share` and `tolerance_m2` ÷ area.
    """
    shares = zone_shares(parcels, context)
    area = parcels["area_m2"].to_numpy()
    tolerance = np.minimum(
        tolerance_share, np.divide(tolerance_m2, area, out=np.zeros_like(area), where=area > 0)
    )
    state = np.select(
        [shares["outside"] > tolerance, shares[SPECIAL] > tolerance, shares[ELASTIC] > tolerance],
        ["outside", "special", "elastic"],
        "conform",
    )
    return pd.Series(state, index=parcels.index, dtype="object")


@indicator("udb_inside_share", unit="1", title="位于集中建设区的比例", en="Share in the concentrated zone")
def udb_inside_share(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the share of the parcel in 城镇集中建设区 [1]."""
    return zone_shares(parcels, context)[CONCENTRATED].clip(upper=1.0)


@indicator("udb_outside_area", unit="m2", title="位于城镇开发边界外的面积", en="Area outside the boundary")
def udb_outside_area(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the area outside the urban development boundary (边界外面积) [m²]."""
    out: pd.Series = zone_shares(parcels, context)["outside"] * parcels["area_m2"]
    return out


@indicator("farmland_area", unit="m2", title="占用永久基本农田", en="Permanent basic farmland taken")
def farmland_area(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the area under permanent basic farmland (永久基本农田, UDB-03) [m²]; no snapping."""
    return covered_area(parcels, context, "farmland")


@indicator("redline_area", unit="m2", title="占用生态保护红线", en="Ecological red line taken")
def redline_area(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the area under the ecological red line (生态保护红线, UDB-03) [m²]; no snapping."""
    return covered_area(parcels, context, "redline")
