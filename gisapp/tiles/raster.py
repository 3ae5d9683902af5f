"""PNG tiles of one band of a cloud-optimised GeoTIFF in a colour ramp (栅格瓦片)."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import rasterio
from PIL import Image
from rasterio import Affine
from rasterio.enums import Resampling
from rasterio.vrt import WarpedVRT

from gisapp.errors import CrsError, InputError, Problem
from gisapp.tiles.cache import ByteCache
from gisapp.tiles.grid import FloatArray, Tile

CACHE_BYTES: Final = 16 * 1024 * 1024
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
Stop = tuple[float, str, float]
"""Value, colour ``#rrggbb``, opacity 0-1."""


@dataclass(frozen=True)
class ColourRamp:
    """Colours of values, straight between the stops and constant beyond them (色带).

    Raises
    ------
    InputError
        If there is no stop, values do not ascend, a colour is not ``#rrggbb`` or an opacity not within 0-1.
    """

    stops: tuple[Stop, ...]

    def __post_init__(self) -> None:
        problems = [] if self.stops else [Problem("色带为空", expected="至少一个 [值, 颜色, 不透明度]")]
        for i, (value, colour, alpha) in enumerate(self.stops):
            if i and not value > self.stops[i - 1][0]:
                problems.append(Problem("色带的值应逐个增大", row=i + 1, value=str(value)))
            if not _COLOUR.fullmatch(colour):
                problems.append(Problem("颜色写法不对", row=i + 1, value=colour, expected="#rrggbb"))
            if not 0.0 <= alpha <= 1.0:
                problems.append(Problem("不透明度超出范围", row=i + 1, value=str(alpha), expected="0 到 1"))
        if problems:
            raise InputError(problems)

    def rgba(self, values: FloatArray) -> npt.NDArray[np.uint8]:
        """Return colours of values, shape (…, 4), 0-255; NaN is transparent black."""
        known = ~np.isnan(values)
        at = np.array([value for value, _, _ in self.stops])
        table = np.array([[*bytes.fromhex(colour[1:]), 255.0 * alpha] for _, colour, alpha in self.stops])
        out = np.zeros((*values.shape, 4), dtype=np.uint8)
        for band in range(4):
            out[known, band] = np.rint(np.interp(values[known], at, table[:, band]))
        return out


class RasterSource:
    """Tiles of one raster (栅格数据源), read window by window through a warp to EPSG:3857.

    Parameters
    ----------
    path
        GeoTIFF with a CRS; overviews make low zooms fast. Opened for each tile: a GDAL handle must not be
        shared between threads.
    ramp
        Stops ``(value, '#rrggbb', opacity)``, ascending; pixels without data are transparent.
    size_px
        Side of a tile.
    resampling
        ``bilinear`` for measured surfaces, ``nearest`` for classes.
    """

    def __init__(
        self,
        path: Path,
        ramp: Sequence[Stop],
        *,
        size_px: Literal[256, 512] = 256,
        resampling: Literal["bilinear", "nearest"] = "bilinear",
        cache_bytes: int = CACHE_BYTES,
    ) -> None:
        self.path = path
        self.ramp = ColourRamp(tuple(ramp))
        self.size_px = size_px
        self._resampling = Resampling[resampling]
        self._cache = ByteCache(cache_bytes)

    def tile(self, z: int, x: int, y: int) -> bytes:
        """Return one PNG (RGBA), ``b""`` where there is no data (栅格瓦片).

        Raises
        ------
        InputError
            If z, x or y is outside the pyramid, or the file cannot be read as a raster.
        CrsError
            If the file has no CRS.
        """
        wanted = Tile(z, x, y)
        return self._cache.get(wanted, lambda: self._draw(wanted))

    def _draw(self, tile: Tile) -> bytes:
        values = self._values(tile)
        if np.isnan(values).all():
            return b""
        pixels = self.ramp.rgba(values)
        if not pixels[..., 3].any():
            return b""
        out = io.BytesIO()
        Image.fromarray(pixels, "RGBA").save(out, "PNG", compress_level=6)
        return out.getvalue()

    def _values(self, tile: Tile) -> FloatArray:
        """Return the band on the pixels of `tile`, shape (size, size), NaN where there is no data."""
        try:
            with rasterio.open(self.path) as raster:
                if raster.crs is None:
                    raise CrsError(Problem("栅格没有坐标系", file=str(self.path), field="crs"))
                west, _, _, north = tile.bounds
                step = tile.side_m / self.size_px
                options = {
                    "crs": "EPSG:3857",
                    "transform": Affine(step, 0.0, west, 0.0, -step, north),
                    "width": self.size_px,
                    "height": self.size_px,
                    "resampling": self._resampling,
                    # Without a nodata value an alpha band is what tells the outside from zero.
                    "add_alpha": raster.nodata is None,
                }
                with WarpedVRT(raster, **options) as warped:
                    values: FloatArray = warped.read(1).astype(np.float64)
                    mask = warped.read_masks(1) if raster.nodata is not None else warped.read(warped.count)
                    values[mask == 0] = np.nan
                    return values
        except rasterio.errors.RasterioIOError as error:
            raise InputError(
                Problem("栅格文件无法读取", file=str(self.path), action="检查文件是否存在、是否为 GeoTIFF")
            ) from error
