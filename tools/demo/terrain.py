"""Elevation and flood depth rasters: Laoshan, the low hills of Liuhe, the river plain (高程与淹没)."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from rasterio import features
from rasterio.transform import Affine

from tools.demo.known import Points, frame_box, geography, plane
from tools.demo.noise import Noise, smooth
from tools.demo.water import Water

Grid = npt.NDArray[np.float32]
CELL_M = 30.0

# Small hills: lon, lat, height above the plain [m], radius [m]; schematic.
_HILLS = (
    (118.905, 32.302, 150, 1100),
    (118.700, 32.415, 70, 1700),
    (118.760, 32.445, 80, 1900),
    (119.010, 32.480, 170, 1800),
    (118.955, 32.475, 110, 1500),
    (118.880, 32.440, 60, 1700),
    (118.980, 32.365, 120, 1200),
    (118.440, 31.960, 45, 1500),
    (118.470, 31.930, 60, 1300),
    (118.662, 32.196, 30, 700),
    (118.718, 32.170, 24, 500),
    (118.740, 32.330, 35, 1600),
    (118.395, 32.060, 50, 1500),
)


@dataclass(frozen=True)
class Terrain:
    """Rasters on one grid [EPSG:4549, 30 m]; depth and elevation in metres."""

    elevation: Grid
    flood_depth: Grid
    transform: Affine

    def at(self, points: Points) -> npt.NDArray[np.float64]:
        """Return the elevation [m] at plane points, shape (n,)."""
        column = (points[:, 0] - self.transform.c) / self.transform.a
        row = (points[:, 1] - self.transform.f) / self.transform.e
        height, width = self.elevation.shape
        j = np.clip(np.floor(column).astype(int), 0, width - 1)
        i = np.clip(np.floor(row).astype(int), 0, height - 1)
        return np.asarray(self.elevation[i, j], dtype=float)


def build(water: Water) -> Terrain:
    """Return elevation and flood depth (水深) for the map frame."""
    west, south, east, north = frame_box()
    width, height = int((east - west) // CELL_M), int((north - south) // CELL_M)
    transform = Affine(CELL_M, 0.0, west, 0.0, -CELL_M, north)
    elevation = _upsampled(west, north, width, height)
    wet = features.rasterize([water.all], (height, width), transform=transform, dtype="uint8").astype(bool)
    elevation[wet] = 2.5
    # Quarter metres: enough for slopes over 90 m, and three quarters smaller on disk.
    elevation = np.round(elevation * 4) / 4
    near = shapely.buffer(shapely.simplify(water.all, 30), 2600)
    low = features.rasterize([near], (height, width), transform=transform, dtype="uint8").astype(bool)
    depth = np.where(low & ~wet, np.maximum(0, 8.75 - elevation), 0)
    return Terrain(elevation.astype(np.float32), (np.round(depth * 4) / 4).astype(np.float32), transform)


def _upsampled(west: float, north: float, width: int, height: int) -> Points:
    """Return the elevation computed every third cell and interpolated: the noise has no finer detail."""
    coarse = 3 * CELL_M
    columns, lines = width // 3 + 3, height // 3 + 3
    x, y = west + coarse * np.arange(columns), north - coarse * np.arange(lines)
    grid = _elevation(np.column_stack([np.tile(x, lines), np.repeat(y, columns)])).reshape(lines, columns)
    at_x, at_y = (np.arange(width) + 0.5) / 3, (np.arange(height) + 0.5) / 3
    j, i = at_x.astype(int), at_y.astype(int)
    u, v = (at_x - j)[None, :], (at_y - i)[:, None]
    upper = grid[i][:, j] * (1 - u) + grid[i][:, j + 1] * u
    lower = grid[i + 1][:, j] * (1 - u) + grid[i + 1][:, j + 1] * u
    return np.asarray(upper * (1 - v) + lower * v)


_BROAD, _FINE, _RIDGE = Noise(71, 6500.0, 3), Noise(72, 1400.0, 2), Noise(73, 1900.0, 4)


def _elevation(points: Points) -> Points:
    facts = geography()["laoshan_axis"]
    axis = smooth(plane(facts), 600.0)
    broad, fine = _BROAD.at(points), _FINE.at(points)
    plain = 7.6 + 1.5 * broad + 0.6 * fine
    north = np.clip((points[:, 1] - plane([(118.75, 32.30)])[0, 1]) / 14_000, 0, 1)
    hills = north * (14 + 26 * np.clip(broad + 0.5 * fine + 0.35, 0, None))
    west = np.clip((plane([(118.50, 32.0)])[0, 0] - points[:, 0]) / 9_000, 0, 1)
    hills += west * (8 + 16 * np.clip(broad + 0.3, 0, None))
    distance = _distance(points, axis)
    ridge = _RIDGE.at(points)
    # A steep core on broad foothills, cut by valleys.
    mountain = np.exp(-((distance / 1350) ** 2)) * (285 + 150 * ridge) + np.exp(-((distance / 2500) ** 2)) * (
        42 + 22 * ridge
    )
    total = plain + hills + np.maximum(mountain, 0) * np.clip((3900 - distance) / 1500, 0, 1)
    for lon, lat, height, radius in _HILLS:
        away = np.linalg.norm(points - plane([(lon, lat)])[0], axis=1)
        total += height * np.exp(-((away / radius) ** 2)) * (1 + 0.3 * ridge)
    return np.asarray(np.clip(total, 3.0, 442.0))


def _distance(points: Points, axis: Points) -> Points:
    best = np.full(len(points), np.inf)
    for a, b in itertools.pairwise(axis):
        edge = b - a
        t = np.clip(((points - a) @ edge) / (edge @ edge), 0, 1)
        best = np.minimum(best, np.linalg.norm(points - a - t[:, None] * edge, axis=1))
    return best
