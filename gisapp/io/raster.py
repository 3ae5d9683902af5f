"""Raster files (栅格文件) read into memory in the workspace's CRS."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import rasterio
from affine import Affine
from pyproj import CRS
from rasterio.enums import Resampling
from rasterio.errors import RasterioIOError
from rasterio.io import DatasetReader
from rasterio.vrt import WarpedVRT

from gisapp.errors import CrsError, InputError, Problem
from gisapp.model.grid import Grid


def read_raster(path: Path, *, target: CRS) -> Grid:
    """Return the first band as a grid in `target`, no-data as NaN; another CRS is warped once (bilinear).

    Raises
    ------
    CrsError
        If the raster does not say which CRS it is in.
    InputError
        If the file is missing or no raster.
    """
    try:
        with rasterio.open(path) as source:
            if source.crs is None:
                raise CrsError(
                    Problem(
                        "栅格没有坐标系",
                        file=path.name,
                        field="crs",
                        expected="写有坐标系的 GeoTIFF",
                        action="用 gdal_edit.py -a_srs EPSG:代码 写入坐标系后重试",
                    )
                )
            # Warping onto the same grid gives the same numbers three times slower.
            if CRS.from_user_input(source.crs) == target and _north_up(source.transform):
                return _grid(source)
            with WarpedVRT(source, crs=target.to_wkt(), resampling=Resampling.bilinear) as warped:
                return _grid(warped)
    except RasterioIOError as error:
        raise InputError(
            Problem("栅格无法读取", file=path.name, action="检查文件是否存在、是否完整")
        ) from error


def _north_up(move: Affine) -> bool:
    return bool(move.b == 0 and move.d == 0 and move.a > 0 and move.e < 0)


def _grid(dataset: DatasetReader | WarpedVRT) -> Grid:
    """Return the first band, whatever is masked as NaN."""
    values = dataset.read(1).astype(np.float64)
    values[dataset.read_masks(1) == 0] = np.nan
    move = dataset.transform
    return Grid(values, move.c, move.f, move.a, -move.e)
