"""Outlines for the map (界线显示): GeoJSON in degrees, and exact native coordinates beside them."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from pyproj import CRS

from gisapp.app.display import WGS84
from gisapp.crs import transform, transformer

Exact = list[list[list[list[float]]]]
"""Polygons of rings of [x, y, lon, lat]: x, y bit-exact in the workspace's CRS [m], closing point left out."""


def geojson(geometry: shapely.Geometry | None, crs: CRS) -> dict[str, Any] | None:  # GeoJSON
    """Return an outline in degrees for drawing, None where there is none."""
    if geometry is None:
        return None
    shown = transform(np.array([geometry], dtype=object), source=crs, target=WGS84)[0]
    return dict(shapely.geometry.mapping(shapely.set_precision(shown, 0)))


def exact_polygons(geometry: shapely.Geometry, crs: CRS) -> Exact:
    """Return the rings of an outline, shell first, with native coordinates as they are kept."""
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon"]
    return [[_ring(ring, crs) for ring in (part.exterior, *part.interiors)] for part in parts]


def _ring(ring: shapely.Geometry, crs: CRS) -> list[list[float]]:
    xy = shapely.get_coordinates(ring)[:-1]
    lon, lat = transformer(crs, WGS84).transform(xy[:, 0], xy[:, 1])
    out: list[list[float]] = np.column_stack([xy, np.round(lon, 9), np.round(lat, 9)]).tolist()
    return out


def lonlat(at: tuple[float, float] | None, crs: CRS) -> dict[str, float | None]:
    """Return a native place in degrees."""
    if at is None:
        return {"lon": None, "lat": None}
    lon, lat = transformer(crs, WGS84).transform(*at)
    return {"lon": round(float(lon), 8), "lat": round(float(lat), 8)}
