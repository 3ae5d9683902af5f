"""Hazard, water, noise, terrain (安全与环境, MIX-21 … MIX-23). Distances run from the parcel's edge."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisapp.context import Context, NotLoadedError
from gisapp.indicators.registry import indicator
from gisapp.kernels.proximity import NearestIndex
from gisapp.kernels.zonal import zonal

RISK_LEVELS: Final = (("d_3e7_m", 3e-7), ("d_3e6_m", 3e-6), ("d_1e5_m", 1e-5))
"""Contours of individual risk [1/year] that a facility's record carries, from the lowest up."""

NOISE_STRUCTURES: Final = ("elevated", "surface")
NOISE_ROADS: Final = ("trunk", "arterial", "expressway")


@indicator("individual_risk", unit="1/year", title="个人风险等值线", en="Individual risk contour")
def individual_risk(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the highest individual-risk contour that reaches the parcel, 0 outside all (MIX-21) [1/year]."""
    facilities = context.frame("hazard")
    geometries = parcels.geometry.to_numpy()
    risk = np.zeros(len(parcels))
    for column, level in RISK_LEVELS:
        radius = pd.to_numeric(context.column("hazard", column), errors="coerce").to_numpy()
        reach = np.nanmax(radius, initial=0.0)
        row, feature = context.nearest("hazard").within(geometries, float(reach))
        distance = shapely.distance(geometries[row], facilities.geometry.to_numpy()[feature])
        np.maximum.at(risk, row[distance <= radius[feature]], level)
    return pd.Series(risk, index=parcels.index)


@indicator(
    "river_distance", unit="m", title="距长江及支流管理范围线", en="Distance to the river-management line"
)
def river_distance(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the distance to the river-management line, or to the bank line with status D (MIX-22) [m]."""
    role = "river_management" if context.has("river_management") else "bank"
    distance, _ = context.nearest(role).nearest(parcels.geometry.to_numpy())
    out = pd.Series(distance, index=parcels.index)
    if role == "bank":
        out.attrs.update(note="河道管理范围线未提供，按岸线量算", status="D")
    return out


@indicator("noise_distance", unit="m", title="距交通噪声源", en="Distance to a traffic noise source")
def noise_distance(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the distance to the nearest surface or elevated track, railway or trunk road (MIX-23) [m]."""
    sources = context.cached(("noise-sources",), lambda: NearestIndex(_noise_sources(context)))
    distance, _ = sources.nearest(parcels.geometry.to_numpy())
    return pd.Series(distance, index=parcels.index)


def _noise_sources(context: Context) -> np.ndarray:
    parts = []
    for role, column, values in (
        ("transit_line", "structure", NOISE_STRUCTURES),
        ("road", "class", NOISE_ROADS),
        ("rail_line", None, ()),
    ):
        if context.has(role):
            frame = context.frame(role)
            parts.append(frame[frame[column].isin(values)] if column else frame)
    if not parts:
        raise NotLoadedError("rail_line")
    return np.concatenate([part.geometry.to_numpy() for part in parts])


@indicator("flood_depth_max", unit="m", title="最大淹没深度", en="Greatest flood depth")
def flood_depth_max(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the greatest flood depth in the parcel by cell centre (淹没深度) [m]."""
    _, peak = zonal(parcels.geometry.to_numpy(), context.grid("flood_depth"))
    return pd.Series(peak, index=parcels.index)


@indicator("elevation_mean", unit="m", title="平均高程", en="Mean elevation")
def elevation_mean(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the mean elevation in the parcel by cell centre (平均高程) [m]."""
    mean, _ = zonal(parcels.geometry.to_numpy(), context.grid("elevation"))
    return pd.Series(mean, index=parcels.index)


@indicator("slope_mean", unit="1", title="平均坡度", en="Mean slope")
def slope_mean(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the mean slope in the parcel as rise over run by cell centre (平均坡度) [1]."""
    mean, _ = zonal(parcels.geometry.to_numpy(), context.slope())
    return pd.Series(mean, index=parcels.index)
