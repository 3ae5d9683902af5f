"""Parcels and owners on a red line (涉及宗地与权属): what is taken of each, what remains, and who is there."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisapp.context import Context
from gisapp.evaluation.site.areas import headed, not_loaded, row_of
from gisapp.evaluation.site.cover import Ground, cover
from gisapp.evaluation.site.result import Finding, ParcelRow, Topic
from gisapp.evaluation.site.topics import TopicSpec
from gisapp.format import number
from gisapp.i18n import Text
from gisapp.kernels.overlay import PolygonIndex
from gisapp.rules.words import word
from gisapp.topology import DEFAULT

OWNERS: Final = TopicSpec("owner", "partition", "权属（地块表）", "Ownership (parcel table)")
UNKNOWN_OWNER: Final = "权属性质未填（资料不足）"
NO_PARCEL: Final = "地块表未覆盖"


def owner_topic(ground: Ground, parcels: gpd.GeoDataFrame, *, revision: int) -> Topic:
    """Return the red line by kind of owner; ground without a parcel is a row of its own."""
    if len(parcels) == 0:
        return not_loaded(OWNERS, (), Text("工作区没有地块"))
    kinds = _column(parcels, "owner_kind")
    names = [UNKNOWN_OWNER if kind is None else word("owner_kind", kind) for kind in kinds]
    found = cover(ground, parcels, names)
    order = np.argsort(-found.areas.sum(axis=0), kind="stable")
    rows = [
        row_of(found.classes[k], Finding.TAKEN, found.areas[:, k], ground, part=True)
        for k in order
        if found.areas[:, k].sum() > 0
    ]
    if found.overlap.any():
        rows.append(row_of("减：地块相互重叠", Finding.OVERLAP, -found.overlap, ground, part=True))
    if found.uncovered.any():
        rows.append(row_of(NO_PARCEL, Finding.UNCOVERED, found.uncovered, ground, part=True))
    notes = (Text("地块表没有权属性质字段"),) if "owner_kind" not in parcels.columns else ()
    return headed(
        Topic(OWNERS.role, OWNERS.kind, OWNERS.title, OWNERS.title_en, Finding.CLEAR, "", tuple(rows), (), Text("地块表"), Text("版本 {revision}", revision=revision), (), notes)
    )  # fmt: skip


def parcel_rows(ground: Ground, parcels: gpd.GeoDataFrame, context: Context) -> tuple[ParcelRow, ...]:
    """Return the parcels that share land with the red line, most land first.

    `parcels` is the whole table with ``area_m2``. What is taken is a part of the red line's area, so that parcels sum to
    it; what remains is a part of the parcel's own. Both are plane shares × ellipsoidal areas, and their sum differs from
    the parcel's area by millionths, as the scale of the projection does from one end of the site to the other.
    """
    if len(parcels) == 0:
        return ()
    near = np.unique(parcels.sindex.query(ground.blocks, predicate="intersects")[1])
    if len(near) == 0:
        return ()
    frame = parcels.iloc[near]
    shapes = frame.geometry.to_numpy()
    plane = PolygonIndex(shapes, np.arange(len(shapes), dtype=np.intp)).areas(ground.blocks)
    rest = shapely.difference(shapes, shapely.union_all(ground.blocks))
    share = np.clip(plane.sum(axis=0) / shapely.area(shapes), 0.0, 1.0)
    share[shapely.area(rest) <= DEFAULT.overlap_m2] = 1.0
    taken = (plane / ground.plane[:, None] * ground.area[:, None]).sum(axis=0)
    occupants = _occupants(context, set(map(str, frame["parcel_id"])))
    out = [
        _row(frame.iloc[k], float(taken[k]), float(share[k]), rest[k], occupants)
        for k in np.argsort(-taken, kind="stable")
        if plane[:, k].sum() > DEFAULT.overlap_m2
    ]
    return tuple(out)


def _row(
    record: pd.Series,
    taken: float,
    share: float,
    rest: shapely.Geometry,
    occupants: dict[str, tuple[str, ...]],
) -> ParcelRow:
    owner, parcel_id = _text(record, "owner_kind"), str(record["parcel_id"])
    area = float(record["area_m2"])
    whole = float(shapely.area(rest)) <= DEFAULT.overlap_m2
    registered = record.get("registered_area_m2")
    return ParcelRow(
        parcel_id=parcel_id,
        parcel_code=_text(record, "parcel_code"),
        name=_text(record, "name"),
        owner_kind=owner,
        owner_text=word("owner_kind", owner) if owner else "资料不足",
        use_code=_text(record, "use_code"),
        registered_m2=None if registered is None or pd.isna(registered) else float(registered),
        area_m2=area,
        taken_m2=taken,
        taken_share=share,
        remaining_m2=(1.0 - share) * area,
        warnings=_warnings(taken, rest, record, whole=whole),
        occupants=occupants.get(parcel_id, ()),
    )


def _warnings(taken: float, rest: shapely.Geometry, record: pd.Series, *, whole: bool) -> tuple[str, ...]:
    """Return what a person should look at: slivers on either side of the line, seizure and mortgage.

    A sliver is what the check of an edit calls one (细碎地块): our default, status D.
    """
    out: list[str] = []
    if taken < DEFAULT.sliver_m2:
        out.append(Text("压占不足 {m2} ㎡，核对红线与宗地界线是否应一致（D）", m2=f"{DEFAULT.sliver_m2:g}"))
    parts = [] if whole else [p for p in shapely.get_parts(rest) if shapely.area(p) > DEFAULT.overlap_m2]
    thin = [part for part in parts if _is_sliver(part)]
    if thin:
        lost = number(float(shapely.area(np.array(thin, dtype=object)).sum()), 2)
        said = "余下 {count} 块细碎或狭长地块（{m2} ㎡），核对是否一并使用（D）"
        out.append(Text(said, count=len(thin), m2=lost))
    elif len(parts) > 1 and shapely.get_num_geometries(record["geometry"]) == 1:
        out.append(Text("余下用地被分成 {count} 块", count=len(parts)))
    rights = (("seized", Text("已被查封")), ("mortgaged", Text("已抵押")))
    out += [said for name, said in rights if _flag(record, name)]
    return tuple(out)


def _is_sliver(part: shapely.Geometry) -> bool:
    area, length = float(shapely.area(part)), float(shapely.length(part))
    return area < DEFAULT.sliver_m2 or 4 * np.pi * area < DEFAULT.sliver * length**2


def _flag(record: pd.Series, name: str) -> bool:
    value = record.get(name)
    return value is not None and not pd.isna(value) and bool(value)


def _text(record: pd.Series, name: str) -> str | None:
    value = record.get(name)
    return None if value is None or pd.isna(value) else str(value)


def _column(parcels: gpd.GeoDataFrame, name: str) -> list[str | None]:
    if name not in parcels.columns:
        return [None] * len(parcels)
    return [None if pd.isna(value) else str(value) for value in parcels[name]]


def _occupants(context: Context, parcel_ids: set[str]) -> dict[str, tuple[str, ...]]:
    """Return who uses each parcel in the newest year that the occupancy table has of it (占用企业)."""
    if context.occupancy is None or context.enterprises is None:
        return {}
    enterprises, table = context.enterprises, context.occupancy
    ids = enterprises["enterprise_id"].tolist()
    names = dict(zip(ids, enterprises["name"].tolist() if "name" in enterprises else ids, strict=True))
    years = table["year"].fillna(-1.0).tolist()
    found: dict[str, tuple[float, list[str]]] = {}
    for parcel_id, enterprise, year in zip(
        table["parcel_id"].tolist(), table["enterprise_id"].tolist(), years, strict=True
    ):
        newest, users = found.get(parcel_id, (year, []))
        if parcel_id in parcel_ids and year >= newest:
            found[parcel_id] = (
                year,
                [*(users if year == newest else []), str(names.get(enterprise, enterprise))],
            )
    return {parcel_id: tuple(dict.fromkeys(users)) for parcel_id, (_, users) in found.items()}
