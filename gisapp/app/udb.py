"""The verbs over packages (边界优化方案): make, put land in and out, calculate, keep; the same for page, route and command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, TypeVar

import numpy as np
import shapely
from pydantic import ValidationError
from shapely.errors import ShapelyError

from gisapp.app import udbshelf
from gisapp.app.display import WGS84
from gisapp.app.workspace import Workspace
from gisapp.context import Context
from gisapp.crs import parse_crs, transform
from gisapp.errors import InputError, Problem
from gisapp.evaluation.udb import (
    CaseList,
    PackageResult,
    calculate,
    case_list,
    load_parameters,
)
from gisapp.io.redline import RedLine
from gisapp.model.udb import Evidence, Move, Package

Made = TypeVar("Made", Package, Move, Evidence)
GRID_M: Final = 0.001
"""Drawn coordinates are rounded to survey precision (坐标取位)."""


def new_package(workspace: Workspace, package_id: str, title: str, *, author: str, day: date) -> Package:
    """Return an empty package in the workspace's CRS; it is kept by `udbshelf.save`.

    Raises
    ------
    InputError
        If id or title are not in their form.
    UsageError
        If there is one of this id.
    """
    data = {
        "id": package_id,
        "title": title,
        "crs": workspace.catalog.workspace.crs,
        "author": author,
        "created_on": day,
    }
    package = _made(Package, data)
    udbshelf.require_new(workspace.state, package.id)
    return package


def with_moves(package: Package, moves: Sequence[Mapping[str, Any]]) -> Package:
    """Return the package with moves added, given as data; without an id they get the next free one."""
    for data in moves:
        given = {
            "id": package.next_id(),
            **{name: value for name, value in data.items() if value is not None},
        }
        move = _made(Move, given)
        package = _made(Package, {**package.model_dump(), "moves": [*package.moves, move]})
    return package


def without_move(package: Package, move_id: str) -> Package:
    """Return the package without one move.

    Raises
    ------
    InputError
        If it has none of this id.
    """
    left = tuple(move for move in package.moves if move.id != move_id)
    if len(left) == len(package.moves):
        known = "、".join(move.id for move in package.moves) or "（没有图斑）"
        raise InputError(Problem("方案里没有这个图斑", field="图斑", value=move_id, expected=known))
    return package.model_copy(update={"moves": left})


def parcel_outline(workspace: Workspace, code: str) -> dict[str, Any]:
    """Return a parcel by its id or 宗地代码 as the data of a move.

    Raises
    ------
    InputError
        If there is no such parcel.
    """
    table = workspace.parcels
    hit = table["parcel_id"].astype(str) == code
    if not hit.any() and "parcel_code" in table.columns:
        hit = table["parcel_code"].astype("object") == code
    if not hit.any():
        action = "检查地块编号或宗地代码"
        raise InputError(Problem("没有这宗地块", field="parcel_id", value=code, action=action))
    row = table[hit].iloc[0]
    name = row.get("name")
    return {
        "source": "parcel",
        "parcel_id": str(row["parcel_id"]),
        "name": str(name) if isinstance(name, str) else None,
        "wkb": shapely.to_wkb(row.geometry, hex=True),
    }


def redline_outlines(redline: RedLine) -> list[dict[str, Any]]:
    """Return the blocks of a red line as data of moves."""
    return [
        {"source": "file", "name": block.name, "wkb": shapely.to_wkb(block.geometry, hex=True)}
        for block in redline.blocks
    ]


def drawn_outline(workspace: Workspace, geometry: Mapping[str, Any]) -> dict[str, Any]:
    """Return a GeoJSON polygon in longitude and latitude as the data of a move, to 0.001 m in the workspace's CRS.

    Raises
    ------
    InputError
        If it is no polygon.
    """
    crs = parse_crs(workspace.catalog.workspace.crs)
    try:
        shape = shapely.geometry.shape(dict(geometry))
        moved = transform(np.array([shape], dtype=object), source=WGS84, target=crs)[0]
    except (ShapelyError, AttributeError, KeyError, TypeError, ValueError) as error:
        problem = Problem("绘制的图形不对", field="geometry", expected="GeoJSON 面，经度、纬度")
        raise InputError(problem) from error
    rounded = shapely.transform(moved, lambda xy: np.round(xy / GRID_M) * GRID_M)
    return {"source": "drawn", "wkb": shapely.to_wkb(rounded, hex=True)}


def package_of(workspace: Workspace, body: Mapping[str, Any]) -> Package:
    """Return a package given as data by the map: moves by ``parcel_id``, ``geometry`` in degrees, or ``wkb``.

    Raises
    ------
    InputError
        With what is wrong with it.
    """
    listed = body.get("moves") or []
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise InputError(Problem("moves 应为图斑的列表", field="moves"))
    head = {name: body[name] for name in ("id", "title", "version", "note") if body.get(name) is not None}
    crs = workspace.catalog.workspace.crs
    empty = _made(Package, {"id": "draft", "title": "草稿", **head, "crs": crs})
    return with_moves(empty, [_outlined(workspace, one) for one in listed])


def _outlined(workspace: Workspace, data: Mapping[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in data.items() if name != "geometry"}
    if isinstance(data.get("geometry"), dict):
        return {**drawn_outline(workspace, data["geometry"]), **rest}
    if data.get("wkb") is None and data.get("parcel_id") is not None:
        return {**rest, **parcel_outline(workspace, str(data["parcel_id"]))}
    return rest


def calculate_package(workspace: Workspace, package: Package, *, as_of: date | None = None) -> PackageResult:
    """Return what a package comes to on `as_of`, by default the data date; errors as `calculate`."""
    context = context_on(workspace, as_of)
    known = load_parameters(workspace.root, workspace.policies, as_of=context.as_of)
    return calculate(package, context, known)


def context_on(workspace: Workspace, as_of: date | None) -> Context:
    """Return the workspace's context on a day, by default the data date."""
    return workspace.context().at(as_of or workspace.catalog.workspace.data_date)


def cases_on(workspace: Workspace, as_of: date | None) -> CaseList | None:
    """Return the edition of cases in force, None where it is 未提供."""
    context = context_on(workspace, as_of)
    return case_list(context, context.as_of)


def evidence_of(text: str) -> Evidence:
    """Return a document written as 名称 | 文号 | 日期; number and date may be left out.

    Raises
    ------
    InputError
        If it is not in that form.
    """
    parts = [part.strip() for part in text.replace("｜", "|").split("|")]
    if not parts[0] or len(parts) > 3:
        expected = "名称|文号|日期，例如 项目批复|宁发改〔2026〕1号|2026-03-02"
        raise InputError(Problem("证明材料的写法不对", field="evidence", value=text, expected=expected))
    names = ("title", "number", "date")
    return _made(Evidence, {name: part for name, part in zip(names, parts, strict=False) if part})


def _made(noun: type[Made], data: Mapping[str, Any]) -> Made:
    """Return a noun made of data, or raise with every fault."""
    try:
        return noun.model_validate(data)
    except ValidationError as error:
        raise InputError(
            Problem(
                _said(detail["type"], detail["msg"], detail.get("ctx", {})),
                field=".".join(map(str, detail["loc"])) or None,
                value=str(detail["input"])[:80] if isinstance(detail["input"], str | int | float) else None,
                action="按提示修改后重试",
            )
            for detail in error.errors()[:10]
        ) from error


def _said(kind: str, message: str, context: Mapping[str, Any]) -> str:
    told = {
        "missing": "缺少这一项",
        "extra_forbidden": "没有这一项，请删除",
        "literal_error": f"应为 {context.get('expected', '')} 之一",
        "string_pattern_mismatch": "只能用小写字母、数字、连字符，并以字母或数字开头",
        "string_too_short": "不能为空",
        "string_too_long": "太长",
        "date_from_datetime_parsing": "不是日期，写成 YYYY-MM-DD",
    }
    return (
        str(context["error"])
        if kind == "value_error" and "error" in context
        else told.get(kind, f"写法不对：{message}")
    )
