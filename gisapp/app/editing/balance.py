"""The land-use balance table (用地平衡表): before and after by code, for a selection, a park or the whole map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import shapely
import xlsxwriter

from gisapp.context import Context
from gisapp.crs import ellipsoidal_area
from gisapp.errors import InputError, Problem
from gisapp.i18n import Text
from gisapp.model.changes import Change, Row
from gisapp.units import m2_to_ha

UNKNOWN: Final = "—"
"""The line of parcels without a land-use code."""


@dataclass(frozen=True)
class Scope:
    """Which parcels a balance is about (统计范围)."""

    kind: Literal["all", "park", "selection"]
    park: str = ""
    parcel_ids: frozenset[str] = frozenset()


@dataclass
class Side:
    """Sums of one state (一侧合计): hectares and floor area by code, how many floor areas are unknown."""

    ha: dict[str, float] = field(default_factory=dict)
    floor: dict[str, float] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)

    def add(self, code: str, ha: float, floor: float | None) -> None:
        """Count one parcel."""
        self.ha[code] = self.ha.get(code, 0.0) + ha
        if floor is None:
            self.unknown[code] = self.unknown.get(code, 0) + 1
        else:
            self.floor[code] = self.floor.get(code, 0.0) + floor


def balance(
    rows: Mapping[str, Row], changes: Iterable[Change], scope: Scope, context: Context
) -> dict[str, Any]:
    """Return the balance of `rows` before and after `changes` as plain data.

    Areas are statutory [ha]; a park holds a parcel that lies in it by half or more. Children of a parcel of
    the scope are of the scope. A floor area that is not known is counted as such, never as zero.
    """
    changed = {change.parcel_id: change for change in changes}
    before = dict(rows)
    after = {**before, **{id_: change.after for id_, change in changed.items() if change.after}}
    for id_, change in changed.items():
        if change.after is None:
            after.pop(id_, None)
    inside = _inside(scope, before, after, context)
    sides = [_sum([row for id_, row in state.items() if id_ in inside], context) for state in (before, after)]
    return _table(sides[0], sides[1], scope, context)


def _inside(
    scope: Scope, before: Mapping[str, Row], after: Mapping[str, Row], context: Context
) -> frozenset[str]:
    everything = frozenset({*before, *after})
    if scope.kind == "all":
        return everything
    if scope.kind == "selection":
        chosen = scope.parcel_ids & everything
        land = shapely.union_all([before[id_].geometry for id_ in chosen if id_ in before])
        new = [id_ for id_ in after if id_ not in before]
        parts = {id_ for id_ in new if shapely.covers(land, shapely.point_on_surface(after[id_].geometry))}
        return frozenset({*chosen, *parts})
    outlines = context.frame("park")
    named = outlines[outlines["name"] == scope.park]
    if len(named) == 0:
        raise InputError(Problem("没有这个园区", field="park", value=scope.park))
    land = shapely.union_all(named.geometry.to_numpy())
    shapely.prepare(land)
    rows = {**before, **after}
    ids = np.array(list(rows), dtype=object)
    shapes = shapely.from_wkb(np.array([row.wkb for row in rows.values()], dtype=object))
    near = shapely.intersects(land, shapes)
    share = shapely.area(shapely.intersection(land, shapes[near])) / np.maximum(
        shapely.area(shapes[near]), 1e-9
    )
    return frozenset(ids[near][share >= 0.5])


def _sum(rows: list[Row], context: Context) -> Side:
    side = Side()
    shapes = shapely.from_wkb(np.array([row.wkb for row in rows], dtype=object))
    areas = ellipsoidal_area(shapes, context.crs) if len(rows) else np.zeros(0)
    for row, m2 in zip(rows, areas, strict=True):
        floor = row.values.get("floor_area_m2")
        side.add(
            str(row.values.get("use_code") or UNKNOWN),
            m2_to_ha(float(m2)),
            floor if isinstance(floor, float) else None,
        )
    return side


def _table(before: Side, after: Side, scope: Scope, context: Context) -> dict[str, Any]:
    totals = sum(before.ha.values()), sum(after.ha.values())
    codes = sorted({*before.ha, *after.ha})
    lines = [_line(code, before, after, totals, context) for code in codes]
    total = {
        "code": "",
        "title": Text("合计"),
        "color": None,
        **_amounts(before, codes, totals[0], "before"),
        **_amounts(after, codes, totals[1], "after"),
        "delta_ha": totals[1] - totals[0],
    }
    unknown = {"before": sum(before.unknown.values()), "after": sum(after.unknown.values())}
    title = {
        "all": Text("全部地块"),
        "park": scope.park,
        "selection": Text("所选 {count} 宗地块", count=len(scope.parcel_ids)),
    }[scope.kind]
    return {"title": title, "rows": lines, "total": total, "unknown_floor": unknown}


def _line(
    code: str, before: Side, after: Side, totals: tuple[float, float], context: Context
) -> dict[str, Any]:
    entry = context.codes.nearest(code) if context.codes and code != UNKNOWN else None
    old, new = _amounts(before, [code], totals[0], "before"), _amounts(after, [code], totals[1], "after")
    return {
        "code": code,
        "title": Text.of(entry.name_zh, entry.name_en)
        if entry
        else (Text("未填用途") if code == UNKNOWN else code),
        "color": entry.color if entry else None,
        **old,
        **new,
        "delta_ha": new["after_ha"] - old["before_ha"],
    }


def _amounts(side: Side, codes: list[str], total: float, name: str) -> dict[str, Any]:
    ha = sum(side.ha.get(code, 0.0) for code in codes)
    known = [side.floor[code] for code in codes if code in side.floor]
    return {
        f"{name}_ha": ha,
        f"{name}_share": ha / total if total else None,
        f"{name}_floor_m2": sum(known) if known else None,
        f"{name}_floor_unknown": sum(side.unknown.get(code, 0) for code in codes),
    }


_HEADS: Final = (
    ("代码", "code"),
    ("用地分类", "title"),
    ("调整前（公顷）", "before_ha"),
    ("占比", "before_share"),
    ("建筑面积（㎡）", "before_floor_m2"),
    ("未知宗数", "before_floor_unknown"),
    ("调整后（公顷）", "after_ha"),
    ("占比", "after_share"),
    ("建筑面积（㎡）", "after_floor_m2"),
    ("未知宗数", "after_floor_unknown"),
    ("增减（公顷）", "delta_ha"),
)


def write_balance(table: Mapping[str, Any], path: Path, *, notes: Iterable[str]) -> None:
    """Write a balance as XLSX: the table, and below it what it rests on; texts are never formulas."""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("用地平衡表")
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter"})
        number, share = (
            book.add_format({"num_format": "#,##0.0000"}),
            book.add_format({"num_format": "0.00%"}),
        )
        whole = book.add_format({"num_format": "#,##0"})
        sheet.write_string(
            0, 0, f"用地平衡表 · {table['title']}", book.add_format({"bold": True, "font_size": 14})
        )
        for column, (head, _) in enumerate(_HEADS):
            sheet.write_string(2, column, head, bold)
        for k, line in enumerate([*table["rows"], table["total"]]):
            for column, (_, key) in enumerate(_HEADS):
                value = line.get(key)
                if isinstance(value, str):
                    sheet.write_string(3 + k, column, value)
                elif value is None:
                    sheet.write_string(3 + k, column, "资料不足" if "floor" in key else "")
                else:
                    style = share if "share" in key else whole if "floor" in key else number
                    sheet.write_number(3 + k, column, value, style)
        for k, note in enumerate(notes):
            sheet.write_string(5 + len(table["rows"]) + k, 0, note)
        sheet.set_column(0, 0, 9)
        sheet.set_column(1, 1, 24)
        sheet.set_column(2, len(_HEADS) - 1, 14)
        sheet.freeze_panes(3, 2)
