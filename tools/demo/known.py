"""Facts that the demo rests on: stations, parks, coarse geography, street codes (事实)."""

from __future__ import annotations

import csv
import functools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import yaml
from pyproj import Transformer

Points = npt.NDArray[np.float64]
LonLat = Sequence[Sequence[float]]

FACTS = Path(__file__).parent / "facts"
CRS = "EPSG:4549"
DATA_DATE = "2026-06-30"
AUTHORITY = "示例数据（合成）"
EXTENT = (118.36, 31.80, 119.05, 32.50)

_TO_PLANE = Transformer.from_crs("EPSG:4326", CRS, always_xy=True)
_TO_LONLAT = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)


def plane(lonlat: LonLat | Points) -> Points:
    """Return plane coordinates (平面坐标) [m, EPSG:4549], shape (n, 2), of WGS84 degrees."""
    pairs = np.asarray(lonlat, dtype=float).reshape(-1, 2)
    x, y = _TO_PLANE.transform(pairs[:, 0], pairs[:, 1])
    return np.column_stack([x, y])


def lonlat(points: Points) -> Points:
    """Return WGS84 degrees, shape (n, 2), of plane coordinates [m, EPSG:4549]."""
    pairs = np.asarray(points, dtype=float).reshape(-1, 2)
    lon, lat = _TO_LONLAT.transform(pairs[:, 0], pairs[:, 1])
    return np.column_stack([lon, lat])


def read_csv(name: str) -> list[dict[str, str]]:
    """Return the rows of one fact table (UTF-8 CSV)."""
    with (FACTS / name).open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@functools.cache
def geography() -> dict[str, LonLat]:
    """Return the coarse waypoints [degrees, WGS84] by feature name without its Chinese suffix."""
    raw = yaml.safe_load((FACTS / "geography.yaml").read_text(encoding="utf-8"))
    lists = {key: value for key, value in raw.items() if isinstance(value, list)}
    return {**lists, "laoshan_axis": raw["laoshan_老山"]["axis"]}


def frame_box() -> tuple[float, float, float, float]:
    """Return the map frame (图幅) [m, EPSG:4549] that holds the whole extent."""
    west, south, east, north = EXTENT
    corners = plane([(west, south), (west, north), (east, south), (east, north)])
    low, high = corners.min(axis=0), corners.max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])
