"""Vector files (矢量文件): GeoPackage, Shapefile in GBK or UTF-8, GeoJSON, FlatGeobuf, GeoParquet."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import pyogrio
from pyogrio.errors import DataSourceError

from gisapp.errors import InputError, Problem
from gisapp.io.importencoding import shapefile_texts

PARQUET: Final = {".parquet", ".geoparquet"}
DRIVERS: Final = {".gpkg", ".shp", ".geojson", ".json", ".fgb"} | PARQUET
FIXED_DATE: Final = "2000-01-01T00:00:00.000Z"
"""GeoPackages carry a date of last change; a fixed one keeps equal content equal bytes."""


def read_vector(path: Path, *, encoding: str | None = None, layer: str | None = None) -> gpd.GeoDataFrame:
    """Return a vector file as it is: native CRS, coordinates untouched, columns under their own names.

    The geometry column is always called ``geometry``.

    Raises
    ------
    InputError
        If the file is missing, of an unknown kind, or cannot be read.
    """
    if not path.exists():
        raise InputError(Problem("文件不存在", file=path.name, action="检查路径"))
    if path.suffix.lower() not in DRIVERS:
        expected = "GeoPackage、Shapefile、GeoJSON、FlatGeobuf、GeoParquet"
        raise InputError(Problem("不支持的矢量格式", file=path.name, value=path.suffix, expected=expected))
    try:
        frame = gpd.read_parquet(path) if path.suffix.lower() in PARQUET else _read_ogr(path, encoding, layer)
    except (DataSourceError, ValueError, OSError, pyogrio.errors.DataLayerError) as error:
        reason = str(error).splitlines()[0].replace(str(path), path.name)
        raise InputError(
            Problem(f"文件无法读取：{reason}", file=path.name, action="检查文件是否完整，压缩包内是否齐全")
        ) from error
    return frame if frame.geometry.name == "geometry" else frame.rename_geometry("geometry")


def _read_ogr(path: Path, encoding: str | None, layer: str | None) -> gpd.GeoDataFrame:
    texts = shapefile_texts(path, encoding) if path.suffix.lower() == ".shp" else None
    frame = pyogrio.read_dataframe(
        path, encoding=texts.RAW if texts else encoding, layer=layer, fid_as_index=False
    )
    if not isinstance(frame, gpd.GeoDataFrame):
        raise InputError(Problem("文件没有几何字段", file=path.name, expected="面状图层"))
    return texts.decoded(frame) if texts else frame


def write_geopackage(tables: dict[str, gpd.GeoDataFrame | pd.DataFrame], path: Path) -> None:
    """Write tables into one GeoPackage whose bytes depend on nothing but the tables."""
    path.unlink(missing_ok=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": FIXED_DATE})
    try:
        for name, table in tables.items():
            pyogrio.write_dataframe(table, path, layer=name, driver="GPKG", append=path.exists())
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
