"""Positions shifted by web maps (偏移坐标, CRS-06): GCJ-02 and BD-09 back to WGS 84. Never stored, converted on import.

The shift is a published formula on the position before it; the way back is found by iteration, to about a
millimetre. CGCS2000 and WGS 84 are equal at that level.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS

from gisapp.errors import CrsError, Problem
from gisapp.io.importresult import Note

Datum = Literal["GCJ-02", "BD-09"]
DATUMS: Final[tuple[Datum, ...]] = ("GCJ-02", "BD-09")
FloatArray = npt.NDArray[np.float64]

_SEMI_MAJOR_M: Final = 6_378_245.0
_ECCENTRICITY_2: Final = 0.00669342162296594323
_BAIDU: Final = np.pi * 3000.0 / 180.0
_ROUNDS: Final = 30


def unshift(frame: gpd.GeoDataFrame, datum: Datum, *, name: str) -> tuple[gpd.GeoDataFrame, Note]:
    """Return `frame` with its positions on WGS 84 (EPSG:4326), and a note that says so.

    Raises
    ------
    CrsError
        If the file is not in longitude and latitude: only such positions are shifted this way.
    """
    crs = CRS(frame.crs) if frame.crs is not None else None
    if crs is not None and not crs.is_geographic:
        action = "偏移坐标只以经纬度给出；去掉 --datum，或换成经纬度文件"
        value = crs.to_string()[:60]
        raise CrsError(
            Problem(f"{datum} 只适用于经纬度坐标", file=name, field="--datum", value=value, action=action)
        )
    forward = _gcj02 if datum == "GCJ-02" else _bd09
    moved = shapely.transform(frame.geometry.to_numpy(), lambda xy: _invert(forward, xy))
    out = frame.set_geometry(gpd.GeoSeries(moved, index=frame.index, crs="EPSG:4326"))
    return out, Note("crs", f"按 --datum 将 {datum} 坐标换算为 WGS 84")


def _invert(forward: Callable[[FloatArray], FloatArray], shifted: FloatArray) -> FloatArray:
    """Return the positions that `forward` shifts to `shifted`, shape (n, 2) in degrees."""
    guess = shifted.copy()
    for _ in range(_ROUNDS):
        guess = guess - (forward(guess) - shifted)
    return guess


def _bd09(xy: FloatArray) -> FloatArray:
    x, y = _gcj02(xy).T
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _BAIDU)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _BAIDU)
    return np.column_stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006])


def _gcj02(xy: FloatArray) -> FloatArray:
    x, y = xy[:, 0] - 105.0, xy[:, 1] - 35.0
    common = 20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y**2 + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x))
    north += (common + _waves(y, 20.0, 40.0) + _long_waves(y, 160.0, 320.0, 12.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x**2 + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
    east += (common + _waves(x, 20.0, 40.0) + _long_waves(x, 150.0, 300.0, 12.0)) * 2.0 / 3.0
    lat = np.radians(xy[:, 1])
    magic = 1.0 - _ECCENTRICITY_2 * np.sin(lat) ** 2
    d_lat = north * 180.0 / (_SEMI_MAJOR_M * (1.0 - _ECCENTRICITY_2) / (magic * np.sqrt(magic)) * np.pi)
    d_lon = east * 180.0 / (_SEMI_MAJOR_M / np.sqrt(magic) * np.cos(lat) * np.pi)
    return np.column_stack([xy[:, 0] + d_lon, xy[:, 1] + d_lat])


def _waves(t: FloatArray, short: float, long: float) -> FloatArray:
    return short * np.sin(t * np.pi) + long * np.sin(t / 3.0 * np.pi)


def _long_waves(t: FloatArray, first: float, second: float, period: float) -> FloatArray:
    return first * np.sin(t / period * np.pi) + second * np.sin(t / 30.0 * np.pi)
