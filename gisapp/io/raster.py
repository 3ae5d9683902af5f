"""Raster files (栅格文件) read into memory in the workspace's CRS."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import rasterio
from pyproj import CRS
from rasterio.enums import Resampling
from rasterio.errors import RasterioIOError
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
            with WarpedVRT(source, crs=target.to_wkt(), resampling=Resampling.bilinear) as warped:
                band = warped.read(1, masked=True).astype(np.float64)
                move = warped.transform
    except RasterioIOError as error:
        raise InputError(Problem("栅格无法读取", file=path.name, action="检查文件是否存在、是否完整")) from error
    return Grid(np.ma.filled(band, np.nan), move.c, move.f, move.a, -move.e)
