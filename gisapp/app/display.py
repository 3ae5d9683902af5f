"""Display copies (显示副本): where each parcel is in WGS84; the parcels themselves stay untouched."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS

from gisapp.context import Context, NotLoadedError
from gisapp.crs import transform
from gisapp.indicators import REGISTRY

WGS84: Final = CRS.from_epsg(4326)
PLACES: Final = {
    "park": "park_name",
    "street": "street_name",
    "station": "nearest_station_name",
    "line": "nearest_line_name",
}


@dataclass(frozen=True)
class Display:
    """The parcels as the map needs them (显示信息), arrays in parcel order.

    ``fid`` of a parcel is its row + 1. ``places`` has the park, street, nearest station and line of each.
    """

    geometries: npt.NDArray[np.object_] = field(repr=False)
    bounds: npt.NDArray[np.float64] = field(repr=False)
    points: npt.NDArray[np.float64] = field(repr=False)
    places: pd.DataFrame = field(repr=False)
    rows: dict[str, int] = field(repr=False)

    @classmethod
    def build(cls, parcels: gpd.GeoDataFrame, context: Context) -> Display:
        """Return the display copy of `parcels`."""
        geometries = transform(parcels.geometry.to_numpy(), source=context.crs, target=WGS84)
        inner = shapely.point_on_surface(geometries)
        points = np.column_stack([shapely.get_x(inner), shapely.get_y(inner)])
        places = pd.DataFrame({name: _place(parcels, context, id_) for name, id_ in PLACES.items()})
        rows = {str(value): row for row, value in enumerate(parcels["parcel_id"])}
        return cls(geometries, shapely.bounds(geometries), points, places, rows)

    def bbox(self, row: int) -> list[float]:
        """Return west, south, east, north of one parcel in degrees."""
        return [round(float(value), 7) for value in self.bounds[row]]

    def lonlat(self, row: int) -> dict[str, float]:
        """Return a point inside one parcel in degrees."""
        lon, lat = self.points[row]
        return {"lon": round(float(lon), 7), "lat": round(float(lat), 7)}


def _place(parcels: gpd.GeoDataFrame, context: Context, indicator: str) -> npt.NDArray[Any]:  # text or None
    try:
        return REGISTRY[indicator].compute(parcels, context).to_numpy(dtype=object)
    except NotLoadedError:
        return np.full(len(parcels), None, dtype=object)
