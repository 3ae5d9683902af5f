"""Contents by content address (内容寻址): each row of a parcel is kept once, whatever branch or revision has it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.errors import InputError, Problem
from gisapp.model.changes import Row
from gisapp.store.schema import BOUNDS, ROW_CONTENT, insert_statement
from gisapp.store.session import Session, in_list

SHOWN: Final = 20
POLYGONAL: Final = (3, 6)
"""WKB types of polygon and multi-polygon."""

FLAW_ACTION: Final = "修正该地块的界线或属性后重试"


def load_row(parcel_id: str, wkb: bytes, values_json: str, content_hash: str) -> Row:
    """Return a kept row; its hash and JSON are those of the store, which `verify` recomputes."""
    row = Row(parcel_id, bytes(wkb), json.loads(values_json))
    row.__dict__.update(values_json=values_json, hash=content_hash)
    return row


def content_bounds(rows: Sequence[Row]) -> npt.NDArray[np.float64]:
    """Return west, south, east, north [m] of rows, shape (n, 4), after looking whether they can be kept.

    Raises
    ------
    InputError
        For each row without an id, with an outline that is not one 2D little-endian (multi-)polygon with
        finite coordinates and closed rings, or with values that JSON cannot hold.
    """
    wkb = np.array([row.wkb for row in rows], dtype=object)
    shapes = shapely.from_wkb(wkb, on_invalid="ignore")
    bounds = np.asarray(shapely.bounds(shapes), dtype=np.float64).reshape(-1, 4)
    again = shapely.to_wkb(shapes, byte_order=1, output_dimension=2, include_srid=False)
    problems: list[Problem] = []
    for k, row in enumerate(rows):
        flaw = _id_flaw(row) or _outline_flaw(row.wkb, shapes[k], again[k]) or _values_flaw(row)
        if flaw:
            problems.append(Problem(flaw, row=k + 1, value=repr(row.parcel_id), action=FLAW_ACTION))
    if problems:
        raise InputError(problems[:SHOWN])
    return bounds


def _id_flaw(row: Row) -> str | None:
    if not row.parcel_id or row.parcel_id != row.parcel_id.strip() or not row.parcel_id.isprintable():
        return "地块编号为空，或含有空白、控制字符"
    return None


def _outline_flaw(wkb: bytes, shape: shapely.Geometry | None, again: bytes | None) -> str | None:
    if len(wkb) < 5 or wkb[0] != 1 or int.from_bytes(wkb[1:5], "little") not in POLYGONAL:
        return "界线不是二维面（小端 WKB）"
    if shape is None or again != wkb:
        return "界线的 WKB 无法还原"
    if shapely.is_empty(shape) or not np.isfinite(shapely.get_coordinates(shape)).all():
        return "界线为空，或坐标不是有限数"
    return None


def _values_flaw(row: Row) -> str | None:
    try:
        if not row.hash or any(value is None for value in row.values.values()):
            return "属性中有空值；空值应不写入"
    except (ValueError, TypeError):
        return "属性值无法记录（非有限数、非法字符或不支持的类型）"
    return None


def store_contents(session: Session, rows: Sequence[Row], bounds: npt.NDArray[np.float64]) -> None:
    """Keep the contents that are not there yet."""
    sql = insert_statement(ROW_CONTENT.name, ROW_CONTENT.names, suffix=" ON CONFLICT (hash) DO NOTHING")
    session.many(sql, [content_params(row, bounds[k]) for k, row in enumerate(rows)])


def content_params(row: Row, bounds: npt.NDArray[np.float64]) -> dict[str, Any]:
    """Return the row of ``row_content``."""
    fixed = {"hash": row.hash, "parcel_id": row.parcel_id, "wkb": row.wkb, "values_json": row.values_json}
    return fixed | dict(zip(BOUNDS, map(float, bounds), strict=True))


def load_contents(session: Session, hashes: Iterable[str | None]) -> dict[str, Row]:
    """Return kept rows by their hash."""
    sql = "SELECT parcel_id, wkb, values_json, hash FROM row_content WHERE hash IN {ids}"
    found = in_list(session, sql, [content for content in hashes if content is not None])
    return {record[3]: load_row(*record) for record in found}
