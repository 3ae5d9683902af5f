"""Raster statistics by parcel (分区统计), by cell centre: a cell counts where its centre lies inside."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.model.grid import Grid

Geometries = npt.NDArray[np.object_]
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

_CHUNK_CELLS: Final = 4_000_000


def zonal(parcels: Geometries, grid: Grid) -> tuple[FloatArray, FloatArray]:
    """Return mean and maximum of `grid` in each parcel, shape (n,); NaN where there is no data at all.

    A parcel too small to hold a cell centre takes the cell under its point on surface.
    """
    mean, peak = np.full(len(parcels), np.nan), np.full(len(parcels), np.nan)
    windows = _windows(parcels, grid)
    cells = (windows[:, 1] - windows[:, 0]).clip(0) * (windows[:, 3] - windows[:, 2]).clip(0)
    chunk = np.cumsum(cells) // _CHUNK_CELLS
    for number in np.unique(chunk):
        rows = np.flatnonzero(chunk == number)
        mean[rows], peak[rows] = _chunk(parcels[rows], windows[rows], grid)
    return mean, peak


def _windows(parcels: Geometries, grid: Grid) -> IntArray:
    """Return row0, row1, col0, col1 of the cells whose centres may lie in each parcel."""
    height, width = grid.values.shape
    bounds = np.nan_to_num(shapely.bounds(parcels), nan=-1e12)
    col0 = np.ceil((bounds[:, 0] - grid.left) / grid.cell_x - 0.5).clip(0, width)
    col1 = (np.floor((bounds[:, 2] - grid.left) / grid.cell_x - 0.5) + 1).clip(0, width)
    row0 = np.ceil((grid.top - bounds[:, 3]) / grid.cell_y - 0.5).clip(0, height)
    row1 = (np.floor((grid.top - bounds[:, 1]) / grid.cell_y - 0.5) + 1).clip(0, height)
    return np.column_stack([row0, row1, col0, col1]).astype(np.intp)


def _chunk(parcels: Geometries, windows: IntArray, grid: Grid) -> tuple[FloatArray, FloatArray]:
    row0, row1, col0, col1 = windows.T
    high, wide = (row1 - row0).clip(0), (col1 - col0).clip(0)
    counts = high * wide
    owner = np.repeat(np.arange(len(parcels)), counts)
    step = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    width = np.maximum(wide, 1)[owner]
    row, col = row0[owner] + step // width, col0[owner] + step % width
    x, y = grid.left + (col + 0.5) * grid.cell_x, grid.top - (row + 0.5) * grid.cell_y
    # Copies of our own are prepared: a prepared geometry must not be used by two threads at once.
    own = shapely.force_2d(parcels)
    shapely.prepare(own)
    inside = shapely.contains_xy(own[owner], x, y)
    owner, value = owner[inside], grid.values[row[inside], col[inside]]
    centred = np.bincount(owner, minlength=len(parcels)) > 0
    mean, peak = _reduce(owner, value, len(parcels))
    lone = np.flatnonzero(~centred)
    mean[lone] = peak[lone] = sample(shapely.point_on_surface(parcels[lone]), grid)
    return mean, peak


def _reduce(owner: IntArray, value: FloatArray, count: int) -> tuple[FloatArray, FloatArray]:
    known = ~np.isnan(value)
    owner, value = owner[known], value[known]
    n = np.bincount(owner, minlength=count)
    total = np.bincount(owner, weights=value, minlength=count)
    mean = np.full(count, np.nan)
    np.divide(total, n, out=mean, where=n > 0)
    peak = np.full(count, -np.inf)
    np.maximum.at(peak, owner, value)
    return mean, np.where(n > 0, peak, np.nan)


def sample(points: Geometries, grid: Grid) -> FloatArray:
    """Return the cell value under each point, shape (n,); NaN outside the raster."""
    x, y = shapely.get_x(points), shapely.get_y(points)
    col = np.floor((x - grid.left) / grid.cell_x)
    row = np.floor((grid.top - y) / grid.cell_y)
    height, width = grid.values.shape
    inside = (col >= 0) & (col < width) & (row >= 0) & (row < height)
    out = np.full(len(points), np.nan)
    out[inside] = grid.values[row[inside].astype(np.intp), col[inside].astype(np.intp)]
    return out
