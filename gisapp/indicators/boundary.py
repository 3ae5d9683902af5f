"""Urban development boundary and red lines (城镇开发边界与底线, UDB-02, UDB-03)."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisapp.context import Context
from gisapp.indicators.registry import indicator
from gisapp.kernels.coverage import overlaps
from gisapp.kernels.overlay import AREA_NOISE_M2

CONCENTRATED, ELASTIC, SPECIAL = "城镇集中建设区", "城镇弹性发展区", "特别用途区"
SHARE_NOISE: Final = 1e-11
"""Shares that sum to 1 are exact to about this."""


def covered_area(parcels: gpd.GeoDataFrame, context: Context, role: str) -> pd.Series:
    """Return the area of each parcel under a polygon role: plane share × ellipsoidal area [m²]."""
    index, _ = context.overlay(role)
    geometries = parcels.geometry.to_numpy()
    plane = shapely.area(geometries)
    hit = index.areas(geometries)[:, 0]
    share = np.divide(hit, plane, out=np.zeros_like(hit), where=plane > 0)
    return pd.Series(share.clip(max=1.0) * parcels["area_m2"].to_numpy(), index=parcels.index)


def zone_shares(parcels: gpd.GeoDataFrame, context: Context) -> pd.DataFrame:
    """Return the plane share of each parcel in each sub-zone and ``outside``, on the parcels' index (UDB-01).

    ``unnamed`` is the share under a zone whose name is none of the three, ``twice`` what zones of different names cover
    twice; the other five sum to 1 + ``twice``.
    """
    index, classes = context.overlay("udb", "zone")
    geometries = parcels.geometry.to_numpy()
    plane = np.maximum(shapely.area(geometries), 1e-9)
    shares = pd.DataFrame(
        index.areas(geometries) / plane[:, None], index=parcels.index, columns=list(classes)
    )
    total = shares.sum(axis=1)
    covered = total
    if _zones_overlap(context):
        whole, _ = context.overlay("udb")
        covered = pd.Series(whole.areas(geometries)[:, 0] / plane, index=parcels.index)
    named = shares.reindex(columns=[CONCENTRATED, ELASTIC, SPECIAL], fill_value=0.0)
    return named.assign(
        outside=(1.0 - covered).clip(lower=0.0),
        unnamed=shares.drop(columns=[*named.columns], errors="ignore").sum(axis=1),
        twice=(total - covered).clip(lower=0.0),
    )


def zone_areas(parcels: gpd.GeoDataFrame, context: Context) -> pd.DataFrame:
    """Return m² of each parcel in each sub-zone and ``outside``: plane share × ellipsoidal area (分区面积).

    What is left over by the arithmetic of shares is 0.
    """
    total = parcels["area_m2"].to_numpy(dtype=np.float64)
    areas = zone_shares(parcels, context).mul(total, axis=0)
    least = np.maximum(AREA_NOISE_M2, total * SHARE_NOISE)
    return areas.where(areas.to_numpy() >= least[:, None], 0.0)


def _zones_overlap(context: Context) -> bool:
    """Return whether zones of the layer overlap each other anywhere, found out once."""
    found = context.cached(("udb", "overlap"), lambda: overlaps(context.frame("udb").geometry.to_numpy()))
    return len(found[0]) > 0


@indicator(
    "udb_state", unit="text", title="城镇开发边界符合性", en="Conformity with the urban development boundary"
)
def udb_state(
    parcels: gpd.GeoDataFrame, context: Context, *, tolerance_share: float, tolerance_m2: float
) -> pd.Series:
    """Return conform, elastic, special or outside (符合性判定, UDB-02).

    A sub-zone counts when its share exceeds the smaller of `tolerance_share` and `tolerance_m2` ÷ area. None where the
    layer contradicts itself there: a zone of no known name, or zones that overlap.
    """
    shares = zone_shares(parcels, context)
    area = parcels["area_m2"].to_numpy()
    tolerance = np.minimum(
        tolerance_share, np.divide(tolerance_m2, area, out=np.zeros_like(area), where=area > 0)
    )
    state = np.select(
        [
            (shares["unnamed"] > tolerance) | (shares["twice"] > tolerance),
            shares["outside"] > tolerance,
            shares[SPECIAL] > tolerance,
            shares[ELASTIC] > tolerance,
        ],
        ["", "outside", "special", "elastic"],
        "conform",
    )
    out = pd.Series(state, index=parcels.index, dtype="object")
    return out.where(out != "", None)


@indicator("udb_inside_share", unit="1", title="位于集中建设区的比例", en="Share in the concentrated zone")
def udb_inside_share(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the share of the parcel in 城镇集中建设区 [1]."""
    return zone_shares(parcels, context)[CONCENTRATED].clip(upper=1.0)


@indicator("udb_outside_area", unit="m2", title="位于城镇开发边界外的面积", en="Area outside the boundary")
def udb_outside_area(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the area outside the urban development boundary (边界外面积) [m²]."""
    out: pd.Series = zone_areas(parcels, context)["outside"]
    return out


@indicator("farmland_area", unit="m2", title="占用永久基本农田", en="Permanent basic farmland taken")
def farmland_area(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the area under permanent basic farmland (永久基本农田, UDB-03) [m²]; no snapping."""
    return covered_area(parcels, context, "farmland")


@indicator("redline_area", unit="m2", title="占用生态保护红线", en="Ecological red line taken")
def redline_area(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the area under the ecological red line (生态保护红线, UDB-03) [m²]; no snapping."""
    return covered_area(parcels, context, "redline")
