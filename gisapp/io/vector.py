"""Vector files (矢量文件): GeoPackage, Shapefile in GBK or UTF-8, GeoJSON, FlatGeobuf, GeoParquet."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import pyogrio
from pyogrio import errors as ogr
from shapely.errors import GEOSException

from gisapp.errors import InputError, Problem, unreadable
from gisapp.io.importencoding import shapefile_texts

PARQUET: Final = {".parquet", ".geoparquet"}
DRIVERS: Final = {".gpkg", ".shp", ".geojson", ".json", ".fgb"} | PARQUET
OGR_ERRORS: Final = (
    ogr.DataSourceError,
    ogr.DataLayerError,
    ogr.FeatureError,
    ogr.GeometryError,
    ogr.CRSError,
    ogr.FieldError,
)
ROOM_BYTES: Final = 1_000_000
"""With less room than this a write that failed is taken to have failed for want of it."""
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
    except OSError as error:
        # Arrow calls its own faults OSError too, without a number of the system.
        if error.errno:
            raise unreadable(path.name, error) from error
        raise _broken(path, error) from error
    except (*OGR_ERRORS, ValueError, LookupError, GEOSException) as error:
        raise _broken(path, error) from error
    _require_whole(path, len(frame))
    return frame if frame.geometry.name == "geometry" else frame.rename_geometry("geometry")


def _require_whole(path: Path, rows: int) -> None:
    """Raise if a file that reads is cut short: what is lost would pass for land without any restriction."""
    suffix, cut = path.suffix.lower(), None
    if suffix == ".fgb":
        promised = int(pyogrio.read_info(path)["features"])
        cut = (f"{rows} 个要素", f"{promised} 个要素") if rows < promised else None
    elif suffix == ".shp":
        size, promised = path.stat().st_size, _shapefile_bytes(path)
        cut = (f"{size} 字节", f"{promised} 字节") if size < promised else None
    if cut:
        action = "文件被截断，请重新复制完整的文件"
        raise InputError(Problem("文件不完整", file=path.name, value=cut[0], expected=cut[1], action=action))


def _shapefile_bytes(path: Path) -> int:
    """Return how long the header of a shapefile says that it is (in 16-bit words from byte 24, big-endian)."""
    with path.open("rb") as stream:
        head = stream.read(28)
    return 2 * int.from_bytes(head[24:28], "big")


def _broken(path: Path, error: Exception) -> InputError:
    lines = str(error).splitlines() or [type(error).__name__]
    reason = lines[0].replace(str(path), path.name)
    action = "检查文件是否完整，压缩包内是否齐全"
    return InputError(
        Problem("文件无法读取，可能不完整或格式不符", file=path.name, value=reason, action=action)
    )


def _read_ogr(path: Path, encoding: str | None, layer: str | None) -> gpd.GeoDataFrame:
    texts = shapefile_texts(path, encoding) if path.suffix.lower() == ".shp" else None
    frame = pyogrio.read_dataframe(
        path, encoding=texts.RAW if texts else encoding, layer=layer, fid_as_index=False
    )
    if not isinstance(frame, gpd.GeoDataFrame):
        raise InputError(Problem("文件没有几何字段", file=path.name, expected="面状图层"))
    return texts.decoded(frame) if texts else frame


def write_geopackage(tables: dict[str, gpd.GeoDataFrame | pd.DataFrame], path: Path) -> None:
    """Write tables into one GeoPackage whose bytes depend on nothing but the tables.

    Raises
    ------
    OSError
        If it cannot be written whole.
    """
    path.unlink(missing_ok=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": FIXED_DATE})
    try:
        for name, table in tables.items():
            pyogrio.write_dataframe(table, path, layer=name, driver="GPKG", append=path.exists())
    except OGR_ERRORS as error:
        raise _unwritten(path) from error
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _unwritten(path: Path) -> OSError:
    """Return what stands behind a failed write: GDAL does not say, so that the disk is asked."""
    full = shutil.disk_usage(path.parent).free < ROOM_BYTES
    return OSError(errno.ENOSPC if full else errno.EIO, os.strerror(errno.EIO), path.name)
