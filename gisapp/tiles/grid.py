"""Web Mercator tile arithmetic (瓦片网格): tile numbers, bounds in EPSG:3857, projection of coordinates.

CGCS2000 (EPSG:4490) and WGS 84 are taken as equal: they agree within centimetres, far below a screen pixel.
Tiles are for display only; the parcel table keeps its own coordinates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS

from gisapp.crs import geographic, transformer
from gisapp.errors import InputError, Problem

FloatArray = npt.NDArray[np.float64]
GeometryArray = npt.NDArray[np.object_]
Box = tuple[float, float, float, float]

EARTH_RADIUS_M: Final = 6_378_137.0
HALF_WORLD_M: Final = float(np.pi * EARTH_RADIUS_M)
MAX_LATITUDE: Final = float(np.degrees(2.0 * np.arctan(np.exp(np.pi)) - np.pi / 2.0))
MAX_ZOOM: Final = 22
EXTENT: Final = 4096
"""Units along one side of a vector tile."""
TILE_PX: Final = 512
"""Screen pixels along one side of a vector tile."""

_SAME_AS_WGS84: Final = ("China 2000", "World Geodetic System 1984")


@dataclass(frozen=True, order=True)
class Tile:
    """One tile of the Web Mercator pyramid (瓦片): zoom `z`, column `x` from west, row `y` from north.

    Raises
    ------
    InputError
        If a number is outside the pyramid; all faults at once.
    """

    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        if not 0 <= self.z <= MAX_ZOOM:
            raise InputError(_out_of_range("z", self.z, MAX_ZOOM))
        last = (1 << self.z) - 1
        faults = [("x", self.x), ("y", self.y)]
        problems = [_out_of_range(name, value, last) for name, value in faults if not 0 <= value <= last]
        if problems:
            raise InputError(problems)

    @property
    def side_m(self) -> float:
        """Length of one side [m of EPSG:3857]."""
        return 2.0 * HALF_WORLD_M / (1 << self.z)

    @property
    def bounds(self) -> Box:
        """West, south, east, north [m of EPSG:3857] (瓦片范围)."""
        side = self.side_m
        west = -HALF_WORLD_M + self.x * side
        north = HALF_WORLD_M - self.y * side
        return west, north - side, west + side, north

    def buffered(self, units: float) -> Box:
        """Return the bounds grown on each side by `units` of 1/4096 of the side [m of EPSG:3857]."""
        west, south, east, north = self.bounds
        grow = units * self.side_m / EXTENT
        return west - grow, south - grow, east + grow, north + grow


def _out_of_range(field: str, value: int, last: int) -> Problem:
    return Problem(
        "瓦片编号超出范围",
        field=field,
        value=str(value),
        expected=f"0 到 {last} 的整数",
        action="检查瓦片地址 z/x/y",
    )


def pixel_m(z: int) -> float:
    """Return the side of one screen pixel of a 512 px tile at zoom `z` [m of EPSG:3857] (像元大小)."""
    return 2.0 * HALF_WORLD_M / (TILE_PX * (1 << z))


def tile_at(lon: float, lat: float, z: int) -> Tile:
    """Return the tile of zoom `z` that holds a point in degrees (点所在瓦片)."""
    x, y = to_mercator(np.array([[lon, lat]]))[0]
    last = (1 << z) - 1
    column = int(np.floor((x + HALF_WORLD_M) / (2.0 * HALF_WORLD_M) * (last + 1)))
    row = int(np.floor((HALF_WORLD_M - y) / (2.0 * HALF_WORLD_M) * (last + 1)))
    return Tile(z, min(max(column, 0), last), min(max(row, 0), last))


def tiles_covering(bounds: Box, z: int) -> list[Tile]:
    """Return the tiles of zoom `z` that meet a box in degrees (west, south, east, north), row by row."""
    west, south, east, north = bounds
    first, last = tile_at(west, north, z), tile_at(east, south, z)
    return [Tile(z, x, y) for y in range(first.y, last.y + 1) for x in range(first.x, last.x + 1)]


def to_mercator(lonlat: FloatArray) -> FloatArray:
    """Return EPSG:3857 coordinates of longitudes and latitudes (墨卡托投影).

    Parameters
    ----------
    lonlat
        Shape (n, 2), degrees in EPSG:4326 or EPSG:4490; latitudes beyond ±85.0511 are drawn at the edge.

    Returns
    -------
    xy
        Shape (n, 2), metres of EPSG:3857.
    """
    xy = np.empty((len(lonlat), 2))
    xy[:, 0] = np.radians(lonlat[:, 0]) * EARTH_RADIUS_M
    lat = np.radians(np.clip(lonlat[:, 1], -MAX_LATITUDE, MAX_LATITUDE))
    xy[:, 1] = np.arctanh(np.sin(lat)) * EARTH_RADIUS_M
    return xy


def to_lonlat(xy: FloatArray) -> FloatArray:
    """Return longitudes and latitudes [degrees] of EPSG:3857 coordinates, shape (n, 2)."""
    lonlat = np.empty((len(xy), 2))
    lonlat[:, 0] = np.degrees(xy[:, 0] / EARTH_RADIUS_M)
    lonlat[:, 1] = np.degrees(np.arctan(np.sinh(xy[:, 1] / EARTH_RADIUS_M)))
    return lonlat


def geometries_to_mercator(geometries: GeometryArray, crs: CRS) -> GeometryArray:
    """Return a display copy of geometries in EPSG:3857 (显示副本).

    Parameters
    ----------
    geometries
        Shape (n,), any shapely types in `crs`; missing ones stay missing. Heights are dropped.
    crs
        Geographic or projected CRS of the input.

    Raises
    ------
    CrsError
        If `crs` has no geodetic base.
    """
    base = geographic(crs)
    datum = base.datum.name if base.datum is not None else ""
    target = base if datum.startswith(_SAME_AS_WGS84) else CRS.from_epsg(4326)
    convert = None if crs == target and base.is_geographic else transformer(crs, target)

    def move(xy: FloatArray) -> FloatArray:
        lonlat = xy if convert is None else np.column_stack(convert.transform(xy[:, 0], xy[:, 1]))
        return to_mercator(lonlat)

    moved: GeometryArray = shapely.transform(shapely.force_2d(geometries), move)
    return moved
