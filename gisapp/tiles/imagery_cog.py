"""Tiles of a cloud-optimised GeoTIFF of pictures (正射影像 COG)."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio import Affine
from rasterio.enums import ColorInterp, Resampling
from rasterio.errors import RasterioError
from rasterio.vrt import WarpedVRT
from rasterio.warp import transform_bounds

from gisapp.errors import CrsError, InputError, Problem
from gisapp.tiles.grid import Box, Tile
from gisapp.tiles.imagery import SIZE_PX, Pixels, encode

if TYPE_CHECKING:
    from collections.abc import Iterator

Dataset = Any  # rasterio has no types
FloatArray = npt.NDArray[np.float64]

LARGEST_PLAIN_PX: Final = 4096
"""Side of the largest raster that may come without overviews."""
SAMPLE_PX: Final = 1024
"""Side of the reduced copy from which the stretch of a deep raster is taken."""
STRETCH_PERCENT: Final = (2.0, 98.0)
"""Values at these percentiles of the whole raster become black and full (2 %-98 % 线性拉伸)."""


@dataclass(frozen=True)
class Bands:
    """Which bands are shown (波段): three colours, one grey, or one index into a palette; 1-based."""

    colours: tuple[int, ...]
    alpha: int | None
    palette: Pixels | None

    @classmethod
    def of(cls, raster: Dataset) -> Bands:
        """Return the bands of a raster by its colour interpretation, else the first three or the first."""
        means = list(raster.colorinterp)
        alpha = means.index(ColorInterp.alpha) + 1 if ColorInterp.alpha in means else None
        if means[0] == ColorInterp.palette and raster.dtypes[0] == "uint8":
            table = raster.colormap(1)
            palette = np.array([table.get(value, (0, 0, 0, 0)) for value in range(256)], dtype=np.uint8)
            return cls((1,), alpha, palette)
        wanted = (ColorInterp.red, ColorInterp.green, ColorInterp.blue)
        if all(colour in means for colour in wanted):
            return cls(tuple(means.index(colour) + 1 for colour in wanted), alpha, None)
        plain = [band for band in raster.indexes if band != alpha]
        return cls(tuple(plain[:3]) if len(plain) >= 3 else (plain[0],), alpha, None)


class CogImagery:
    """Pictures of one GeoTIFF (影像 COG), warped to EPSG:3857 window by window.

    Three bands are colours, one is grey or an index into its palette. Transparent is what the alpha band, the
    mask or the no-data value (in all shown bands) says. Bands that are not 8-bit are stretched: linear between
    the 2nd and 98th percentile of each band over the whole raster, so that all tiles match.

    Parameters
    ----------
    path
        GeoTIFF with a CRS and overviews. Opened for each tile: a GDAL handle must not be shared by threads.
    name
        How messages call the file.
    """

    def __init__(self, path: Path, name: str) -> None:
        self.path = path
        self.name = name
        self._stretch: dict[str, FloatArray] = {}
        self._lock = Lock()

    def stamp(self) -> str:
        """Return time and size of the file; empty where it is missing."""
        try:
            found = self.path.stat()
        except OSError:
            return ""
        return f"{found.st_mtime_ns}-{found.st_size}"

    def check(self) -> None:
        """Raise `CrsError` without a CRS, `InputError` if the file is unreadable or large without overviews."""
        with self._opened() as raster:
            self._place(raster)

    def tile(self, tile: Tile) -> bytes:
        """Return one JPEG (opaque) or PNG, ``b""`` where the raster has nothing (影像瓦片)."""
        with self._opened() as raster:
            west, south, east, north = self._place(raster)
            left, bottom, right, top = tile.bounds
            if left >= east or right <= west or bottom >= north or top <= south:
                return b""
            reduction = (tile.side_m / SIZE_PX) / ((east - west) / raster.width)
            factors = raster.overviews(1)
            bands = Bands.of(raster)
            stretch = None if raster.dtypes[0] == "uint8" else self._limits(raster, bands)
        fit = [level for level, factor in enumerate(factors) if factor <= reduction * 1.01]
        with self._opened(**({"overview_level": fit[-1]} if fit else {})) as raster:
            return encode(_drawn(raster, tile, bands, stretch), sharp=bands.palette is not None)

    @contextmanager
    def _opened(self, **options: int) -> Iterator[Dataset]:
        """Give the open raster; whatever GDAL cannot read becomes an `InputError`."""
        try:
            # Only the GeoTIFF driver: an SQLite-based file must never come into GDAL's hands in this process.
            with rasterio.open(self.path, driver="GTiff", **options) as raster:
                yield raster
        except RasterioError as error:
            action = "检查文件是否存在、是否为完整的 GeoTIFF（gdalinfo 可查）"
            raise InputError(Problem("影像无法读取", file=self.name, action=action)) from error

    def _place(self, raster: Dataset) -> Box:
        """Return where the raster is [m of EPSG:3857], or say what it lacks."""
        if raster.crs is None:
            action = "用 gdal_edit.py -a_srs EPSG:代码 写入坐标系后重试"
            raise CrsError(Problem("影像没有坐标系", file=self.name, field="crs", action=action))
        if raster.transform == Affine.identity():
            action = "用带有坐标参考的 GeoTIFF（gdalinfo 应显示 Origin 与 Pixel Size）"
            raise CrsError(Problem("影像没有地理位置", file=self.name, action=action))
        if max(raster.width, raster.height) > LARGEST_PLAIN_PX and not raster.overviews(1):
            action = "用 gdal_translate -of COG 转换，或用 gdaladdo 建立概视图"
            raise InputError(Problem("影像没有概视图，缩小时会很慢", file=self.name, action=action))
        bounds: Box = transform_bounds(raster.crs, "EPSG:3857", *raster.bounds)
        return bounds

    def _limits(self, raster: Dataset, bands: Bands) -> FloatArray:
        """Return low and high value of each shown band, shape (bands, 2), taken once for each state of the file."""
        stamp = self.stamp()
        with self._lock:
            if stamp not in self._stretch:
                self._stretch = {stamp: _percentiles(raster, bands)}
            return self._stretch[stamp]


def _percentiles(raster: Dataset, bands: Bands) -> FloatArray:
    shrink = max(raster.width / SAMPLE_PX, raster.height / SAMPLE_PX, 1.0)
    shape = (max(int(raster.height / shrink), 1), max(int(raster.width / shrink), 1))
    out = np.tile([0.0, 1.0], (len(bands.colours), 1))
    for row, band in enumerate(bands.colours):
        values = raster.read(band, out_shape=shape).astype(np.float64)
        read = raster.read if bands.alpha else raster.read_masks
        mask = read(bands.alpha or band, out_shape=shape)
        known = values[(mask > 0) & np.isfinite(values)]
        if known.size:
            low, high = np.percentile(known, STRETCH_PERCENT)
            out[row] = low, max(high, low + 1e-9)
    return out


def _drawn(raster: Dataset, tile: Tile, bands: Bands, stretch: FloatArray | None) -> Pixels:
    """Return the pixels of `tile` from an open raster."""
    west, _, _, north = tile.bounds
    step = tile.side_m / SIZE_PX
    add_alpha = bands.alpha is None and raster.nodata is None
    options = {
        "crs": "EPSG:3857",
        "transform": Affine(step, 0.0, west, 0.0, -step, north),
        "width": SIZE_PX,
        "height": SIZE_PX,
        "resampling": Resampling.nearest if bands.palette is not None else Resampling.bilinear,
        "add_alpha": add_alpha,
        "UNIFIED_SRC_NODATA": "YES",
    }
    with WarpedVRT(raster, **options) as warped:
        values = warped.read(list(bands.colours))
        if bands.alpha is not None or add_alpha:
            alpha = _eight_bit(warped.read(bands.alpha or warped.count))
        else:
            alpha = warped.read_masks(list(bands.colours)).max(axis=0)
    if bands.palette is not None:
        pixels: Pixels = bands.palette[values[0]]
        pixels[..., 3] = np.minimum(pixels[..., 3], alpha)
        return pixels
    shown = values if stretch is None else _stretched(values, stretch)
    colours = shown if len(shown) == 3 else np.repeat(shown, 3, axis=0)
    return np.ascontiguousarray(np.moveaxis(np.concatenate([colours, alpha[None]]), 0, -1))


def _stretched(values: npt.NDArray[Any], limits: FloatArray) -> Pixels:  # any number type of a raster
    low, high = limits[:, 0, None, None], limits[:, 1, None, None]
    share = np.clip((values.astype(np.float64) - low) / (high - low), 0.0, 1.0)
    out: Pixels = np.rint(np.nan_to_num(share) * 255.0).astype(np.uint8)
    return out


def _eight_bit(alpha: npt.NDArray[Any]) -> Pixels:  # any number type of a raster
    """Return an alpha band as 0-255: deeper ones have their largest value for opaque."""
    if alpha.dtype == np.uint8:
        return alpha
    out: Pixels = np.where(alpha > 0, 255, 0).astype(np.uint8)
    return out
