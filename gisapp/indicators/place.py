"""Where a parcel lies, in words (所在位置)."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from gisapp.context import Context
from gisapp.context.context import main_zone
from gisapp.indicators.registry import indicator


@indicator("street_name", unit="text", title="所在街道", en="Street")
def street_name(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the name of the street unit (街道) that covers at least half of the parcel."""
    names = main_zone(context, "street", "name", parcels.geometry.to_numpy())
    return pd.Series(names, index=parcels.index, dtype="object")


def _nearest_value(parcels: gpd.GeoDataFrame, context: Context, column: str) -> pd.Series:
    points = shapely.centroid(parcels.geometry.to_numpy())
    _, feature = context.nearest("station").nearest(points)
    values = context.column("station", column).astype("object").to_numpy()
    return pd.Series(values[feature], index=parcels.index, dtype="object")


@indicator("nearest_station_name", unit="text", title="最近站点", en="Nearest station")
def nearest_station_name(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the name of the station nearest to the centroid (最近站点)."""
    return _nearest_value(parcels, context, "name")


@indicator("nearest_line_name", unit="text", title="最近线路", en="Line of the nearest station")
def nearest_line_name(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the line of the station nearest to the centroid (最近站点所属线路)."""
    return _nearest_value(parcels, context, "line")
