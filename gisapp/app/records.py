"""Parcels as a table and as records of the store (地块表与地块记录): the same bytes either way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from gisapp.app.parcels import conform
from gisapp.model.changes import Change, Row, Scalar
from gisapp.model.parcels import ParcelSchema


def to_rows(frame: gpd.GeoDataFrame) -> tuple[Row, ...]:
    """Return a parcel table as records, in row order; missing cells are left out, dates become ISO text."""
    wkb = shapely.to_wkb(frame.geometry.to_numpy(), byte_order=1, output_dimension=2)
    ids = frame["parcel_id"].astype(str).tolist()
    columns = {
        name: _cells(frame[name]) for name in map(str, frame.columns) if name not in ("parcel_id", "geometry")
    }
    return tuple(
        Row(ids[k], wkb[k], {name: cells[k] for name, cells in columns.items() if cells[k] is not None})
        for k in range(len(frame))
    )


def columns_of(frame: gpd.GeoDataFrame) -> tuple[str, ...]:
    """Return the names of a parcel table's columns but the id and the outline, in their order."""
    return tuple(str(name) for name in frame.columns if name not in ("parcel_id", "geometry"))


def to_frame(rows: Sequence[Row], schema: ParcelSchema, crs: CRS, columns: Iterable[str]) -> gpd.GeoDataFrame:
    """Return records as a typed parcel table in their order.

    Parameters
    ----------
    rows
        Records of one revision.
    schema
        The field table that gives each column its type.
    crs
        The workspace's CRS.
    columns
        Columns that the table has even where no row has a value; columns that only rows have come after.
    """
    known = dict.fromkeys(columns)
    for row in rows:
        known.update(dict.fromkeys(row.values))
    data: dict[str, Any] = {"parcel_id": np.array([row.parcel_id for row in rows], dtype=object)}
    for name in known:
        data[name] = pd.Series([row.values.get(name) for row in rows], dtype="object")
    outlines = shapely.from_wkb(np.array([row.wkb for row in rows], dtype=object))
    frame = gpd.GeoDataFrame(data, geometry=outlines, crs=crs)
    return conform(frame, schema, name="parcels")


def _cells(column: pd.Series) -> list[Scalar]:
    """Return a column as plain scalars, None where missing."""
    if pd.api.types.is_datetime64_any_dtype(column):
        return [None if pd.isna(value) else _iso(value) for value in column]
    out: list[Scalar] = []
    for value in column.astype("object"):
        plain = value.item() if isinstance(value, np.generic) else value
        out.append(None if plain is None or pd.isna(plain) else plain)
    return out


def _iso(value: pd.Timestamp) -> str:
    return value.date().isoformat() if value == value.normalize() else value.isoformat()


def typed_value(schema: ParcelSchema, name: str, value: Scalar) -> Scalar:
    """Return a value in the type of its field as the store keeps it; raises ValueError if it does not fit."""
    spec = schema.field(name)
    if value is None or value == "" or spec is None:
        return None if value == "" else value
    if spec.dtype in ("float", "int"):
        number = float(value)
        if not np.isfinite(number):
            raise ValueError(value)
        return number
    if spec.dtype == "bool":
        words: Mapping[str, bool] = {
            "true": True,
            "是": True,
            "1": True,
            "false": False,
            "否": False,
            "0": False,
        }
        return words[str(value).strip().lower()] if str(value).strip().lower() in words else _refuse(value)
    if spec.dtype == "date":
        return pd.Timestamp(str(value)).date().isoformat()
    return str(value)


def _refuse(value: object) -> Scalar:
    raise ValueError(value)


def changed_rows(before: Iterable[Row], after: Iterable[Row]) -> list[Change]:
    """Return what takes one set of records to another."""
    old, new = ({row.parcel_id: row for row in rows} for rows in (before, after))
    return [
        Change(id_, old.get(id_), new.get(id_))
        for id_ in dict.fromkeys([*old, *new])
        if (old[id_].hash if id_ in old else None) != (new[id_].hash if id_ in new else None)
    ]
