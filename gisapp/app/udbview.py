"""A package as the map reads it (方案数据): result and outlines in degrees."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import geopandas as gpd
import shapely
from pyproj import CRS

from gisapp.app import udbshelf
from gisapp.app.editing.outlines import geojson, lonlat
from gisapp.app.udb import calculate_package, cases_on, package_of
from gisapp.app.workspace import Workspace
from gisapp.errors import UsageError
from gisapp.evaluation.udb import CaseList, PackageResult
from gisapp.evaluation.udb.ground import near
from gisapp.model.udb import Package

Plain = dict[str, Any]  # JSON
AROUND_M = 500.0


def preview(workspace: Workspace, body: Mapping[str, Any]) -> Plain:
    """Return a package given as data, calculated, with its outlines (方案预览)."""
    package = package_of(workspace, body)
    return shown(calculate_package(workspace, package, as_of=_day(body)))


def keep(workspace: Workspace, body: Mapping[str, Any], *, author: str, day: date) -> Plain:
    """Keep a package given as data as its next version and return its head (保存方案).

    Raises
    ------
    ConflictError
        If somebody else kept that version first.
    """
    package = package_of(workspace, body)
    if not body.get("id") or not body.get("title"):
        raise UsageError("保存方案须给出编号与名称", action="填写 id 与 title")
    known = udbshelf.listed(workspace.state)
    first = udbshelf.read(workspace.state, package.id) if package.id in known else None
    made = (
        {"author": first.author, "created_on": first.created_on}
        if first
        else {"author": author, "created_on": day}
    )
    return head(udbshelf.save(workspace.state, package.model_copy(update=made)))


def overview(workspace: Workspace, *, as_of: date | None = None) -> Plain:
    """Return the packages of a workspace and the cases in force (方案清单)."""
    packages = [udbshelf.read(workspace.state, id_) for id_ in udbshelf.listed(workspace.state)]
    return {"packages": [head(package) for package in packages], "cases": cases(cases_on(workspace, as_of))}


def head(package: Package) -> Plain:
    """Return what a list says of a package."""
    return {
        "id": package.id,
        "title": package.title,
        "version": package.version,
        "author": package.author,
        "created_on": package.created_on.isoformat() if package.created_on else None,
        "moves": [move.model_dump(mode="json", exclude={"wkb"}) for move in package.moves],
    }


def whole(workspace: Workspace, package_id: str) -> Plain:
    """Return a kept package with its outlines: exact as ``wkb``, in degrees as ``geometry`` for drawing."""
    package = udbshelf.read(workspace.state, package_id)
    crs = CRS.from_user_input(package.crs)
    moves = [
        {**move.model_dump(mode="json"), "geometry": geojson(move.geometry, crs)} for move in package.moves
    ]
    return {**head(package), "note": package.note, "moves": moves}


def cases(found: CaseList | None) -> Plain | None:
    """Return the cases in force, None where they are 未提供."""
    if found is None:
        return None
    return {
        "edition": found.edition,
        "total": found.total,
        "known": [{"id": id_, "title": title} for id_, title in found.titles.items()],
    }


def shown(result: PackageResult) -> Plain:
    """Return a result with the outlines that change and the new boundary around them, in degrees."""
    crs = result.boundary.crs
    out = result.as_dict()
    for finding in out["findings"]:
        finding["places"] = [lonlat(tuple(place), crs) for place in finding["places"]]
    window = shapely.box(*result.changed.total_bounds).buffer(AROUND_M) if len(result.changed) else None
    around = near(result.boundary, window) if window is not None else result.boundary.iloc[:0]
    out["changed"] = _features(result.changed, ("move", "kind", "zone", "area_m2"))
    out["boundary"] = _features(around, ("zone", "move"))
    return out


def _features(frame: gpd.GeoDataFrame, names: tuple[str, ...]) -> Plain:
    features = [
        {
            "type": "Feature",
            "properties": {name: record[name] for name in names},
            "geometry": geojson(shape, frame.crs),
        }
        for record, shape in zip(frame[list(names)].to_dict("records"), frame.geometry, strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}


def _day(body: Mapping[str, Any]) -> date | None:
    text = body.get("as_of")
    if text is None:
        return None
    try:
        return date.fromisoformat(str(text))
    except ValueError as error:
        raise UsageError(f"参数 as_of 不是日期：{text}", action="写成 YYYY-MM-DD") from error
