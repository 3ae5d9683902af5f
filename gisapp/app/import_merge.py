"""Imported rows and the parcels already there (合并地块): which rows fit, and the table after the import."""

from __future__ import annotations

import json
from dataclasses import replace

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from gisapp.app.parcels import conform
from gisapp.errors import InputError, Problem
from gisapp.io.importresult import Quarantined, Screened
from gisapp.model.parcels import ParcelSchema


def same_parcels(screened: Screened, current: gpd.GeoDataFrame) -> Screened:
    """Return the rows under the ids of the parcels that they mean.

    A file without an id column is identified by its parcel code; a parcel that is there under that code keeps
    the id it has.
    """
    by_code = screened.mapped.get("parcel_id") == screened.mapped.get("parcel_code")
    if not by_code or "parcel_code" not in current.columns:
        return screened
    owner = dict(zip(current["parcel_code"], current["parcel_id"], strict=True))
    ids = [owner.get(code, code) for code in screened.frame["parcel_code"]]
    return replace(screened, frame=screened.frame.assign(parcel_id=pd.Series(ids, dtype="object")))


def fit_current(
    screened: Screened, current: gpd.GeoDataFrame, given: pd.DataFrame, schema: ParcelSchema, *, spatial: bool
) -> Screened:
    """Return the rows that fit the parcels already there; the others join the quarantined ones."""
    frame = screened.frame
    known = frame["parcel_id"].isin(current["parcel_id"]).to_numpy()
    if spatial:
        found = _incomplete(frame, known, schema)
    else:
        text = "工作区中没有这宗地块，属性表只能更新已有地块"
        found = {int(k): (text, "parcel_id", str(frame["parcel_id"].iloc[k])) for k in np.flatnonzero(~known)}
    found = {**_taken_codes(frame, current), **found}
    if not found:
        return screened
    extra = [Quarantined(screened.rows[k], str(frame["parcel_id"].iloc[k]), *found[k]) for k in found]
    out = {item.row for item in extra}
    quarantined = sorted([*screened.quarantined, *extra], key=lambda item: item.row)
    stay = [k for k in range(len(frame)) if k not in found]
    return replace(
        screened,
        frame=frame.iloc[stay].reset_index(drop=True),
        rows=tuple(screened.rows[k] for k in stay),
        fixed=tuple(item for item in screened.fixed if item.row not in out),
        quarantined=tuple(quarantined),
        rejected=given.iloc[[item.row - 1 for item in quarantined]],
    )


def _incomplete(
    frame: pd.DataFrame, known: npt.NDArray[np.bool_], schema: ParcelSchema
) -> dict[int, tuple[str, str | None, str | None]]:
    """Return the new parcels that lack a required value, by place in `frame`."""
    out: dict[int, tuple[str, str | None, str | None]] = {}
    for spec in schema.fields:
        if not spec.required or known.all():
            continue
        if spec.name not in frame.columns:
            action = f"在映射文件中写明哪一列是 {spec.name}，或给源文件加上该列"
            raise InputError(Problem(f"文件缺少必填字段（{spec.title.zh}）", field=spec.name, action=action))
        absent = frame[spec.name].isna().to_numpy() & ~known
        out |= {int(k): (f"必填字段为空：{spec.title.zh}", spec.name, None) for k in np.flatnonzero(absent)}
    return out


def _taken_codes(
    frame: pd.DataFrame, current: gpd.GeoDataFrame
) -> dict[int, tuple[str, str | None, str | None]]:
    """Return the rows whose parcel code belongs to another parcel, by place in `frame`."""
    if "parcel_code" not in frame.columns or "parcel_code" not in current.columns:
        return {}
    owner = dict(zip(current["parcel_code"], current["parcel_id"], strict=True))
    out: dict[int, tuple[str, str | None, str | None]] = {}
    for k, (key, code) in enumerate(zip(frame["parcel_id"], frame["parcel_code"], strict=True)):
        if isinstance(code, str) and owner.get(code, key) != key:
            out[k] = (f"宗地代码已属于地块 {owner[code]}", "parcel_code", code)
    return out


def merged(current: gpd.GeoDataFrame, incoming: pd.DataFrame, schema: ParcelSchema) -> gpd.GeoDataFrame:
    """Return the parcel table after the import, typed: old rows in their order, then new ones."""
    if len(current) == 0:
        return conform(gpd.GeoDataFrame(incoming), schema, name="parcels")
    old, new = current.set_index("parcel_id"), incoming.set_index("parcel_id")
    ids = old.index.append(new.index.difference(old.index, sort=False))
    columns = [*old.columns, *(name for name in new.columns if name not in old.columns)]
    out = {
        name: _updated(old.get(name), new.get(name), ids)
        for name in columns
        if name not in ("geometry", "src")
    }
    src = _sources(old.get("src"), new["src"], ids, spatial=isinstance(incoming, gpd.GeoDataFrame))
    shapes = _updated(old.get("geometry"), new.get("geometry"), ids)
    frame = pd.DataFrame(
        {"parcel_id": ids, **{name: column.to_numpy() for name, column in out.items()}, "src": src}
    )
    table = gpd.GeoDataFrame(frame, geometry=shapes.to_numpy(), crs=current.crs)
    return conform(table, schema, name="parcels")


def _updated(old: pd.Series | None, new: pd.Series | None, ids: pd.Index) -> pd.Series:
    """Return a column for `ids`: the new value where there is one, else the old one."""
    blank = pd.Series(None, index=ids, dtype="object")
    before = blank if old is None else _cells(old).reindex(ids)
    if new is None:
        return before
    after = _cells(new).reindex(ids)
    return after.where(after.notna(), before)


def _cells(column: pd.Series) -> pd.Series:
    """Return a column as plain cells, None where missing."""
    cells = column.astype("object")
    return cells.where(cells.notna(), None)


def _sources(old: pd.Series | None, new: pd.Series, ids: pd.Index, *, spatial: bool) -> list[str | None]:
    """Return the source texts: an outline brings its own, a table adds its columns to those that are there."""
    before = {} if old is None else old.dropna().to_dict()
    after = new.to_dict()
    out: list[str | None] = []
    for key in ids:
        was, now = before.get(key), after.get(key)
        if was and now and not spatial:
            now = json.dumps({**json.loads(was), **json.loads(now)}, ensure_ascii=False)
        out.append(now or was)
    return out
