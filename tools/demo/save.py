"""Writing the workspace so that the same input gives the same bytes (写出)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import rasterio
import yaml

from tools.demo.known import CRS
from tools.demo.terrain import Grid, Terrain

Row = dict[str, Any]


def vector(rows: list[Row], path: Path) -> None:
    """Write rows as FlatGeobuf in EPSG:4549; whole-number columns stay whole numbers, gaps stay empty."""
    table = pd.DataFrame([{key: value for key, value in row.items() if key != "geometry"} for row in rows])
    for name in table.columns:
        values = [value for value in table[name] if value is not None and value == value]
        if values and all(isinstance(value, (bool, np.bool_)) for value in values):
            table[name] = table[name].astype(bool)
        elif values and all(isinstance(value, int) for value in values):
            table[name] = table[name].astype("Int32")
    shapes = np.array([row["geometry"] for row in rows])
    kinds = {shape.geom_type for shape in shapes}
    promote = any(kind.startswith("Multi") for kind in kinds)
    frame = gpd.GeoDataFrame(table, geometry=shapes, crs=CRS)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    pyogrio.write_dataframe(frame, path, driver="FlatGeobuf", promote_to_multi=promote)


def rasters(terrain: Terrain, folder: Path) -> None:
    """Write elevation and flood depth as cloud-optimised GeoTIFF (float32, metres)."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, grid in (("elevation", terrain.elevation), ("flood_depth", terrain.flood_depth)):
        _raster(grid, terrain, folder / f"{name}.tif")


def _raster(grid: Grid, terrain: Terrain, path: Path) -> None:
    profile = {
        "driver": "COG",
        "height": grid.shape[0],
        "width": grid.shape[1],
        "count": 1,
        "dtype": "float32",
        "crs": CRS,
        "transform": terrain.transform,
        "compress": "DEFLATE",
        "predictor": "3",
        "level": "9",
        "nodata": -9999.0,
        "blocksize": 512,
        "overview_resampling": "average",
        "num_threads": "1",
    }
    with rasterio.open(path, "w", **profile) as target:
        target.write(grid, 1)


def parcels(table: gpd.GeoDataFrame, fields: list[Row], path: Path) -> None:
    """Write the parcel table as GeoParquet with the columns and types of the schema."""
    columns = {field["name"]: _typed(table[field["name"]], field["dtype"]) for field in fields}
    frame = gpd.GeoDataFrame(columns, geometry=table.geometry.to_numpy(), crs=CRS)
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(path, index=False, compression="zstd", compression_level=19)


def _typed(values: pd.Series, dtype: str) -> pd.Series:
    if dtype == "bool":
        return values.astype("boolean")
    if dtype == "int":
        return values.astype("Int64")
    if dtype == "float":
        return values.astype("float64")
    if dtype == "date":
        return pd.Series([_day(value) for value in values], index=values.index, dtype=object)
    return values.astype(object).where(values.notna(), None).astype("string")


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else None


def table(frame: pd.DataFrame, path: Path) -> None:
    """Write a CSV table with empty cells for what is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def document(content: object, path: Path, note: str = "") -> None:
    """Write YAML in the given key order, with a leading comment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=150, default_flow_style=None)
    path.write_text((f"# {note}\n" if note else "") + text, encoding="utf-8")
