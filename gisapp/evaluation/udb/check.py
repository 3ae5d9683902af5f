"""Calculating a package (方案测算): moves, context and thresholds in, a `PackageResult` out; no clock, no path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import geopandas as gpd
import numpy as np
import shapely

from gisapp._version import __version__
from gisapp.context import Context
from gisapp.crs import ellipsoidal_area, parse_crs
from gisapp.errors import CrsError, InputError, Problem
from gisapp.evaluation.udb import quota
from gisapp.evaluation.udb.boundary import merged, new_boundary, zone_rows
from gisapp.evaluation.udb.cases import case_findings, case_list
from gisapp.evaluation.udb.farming import (
    Pair,
    cultivated_finding,
    grade_finding,
    of_kind,
    prohibited_finding,
    side,
)
from gisapp.evaluation.udb.forms import form_findings, shape_findings
from gisapp.evaluation.udb.ground import NOWHERE, Ground, ground, parts_by, polygonal, whole_boundary
from gisapp.evaluation.udb.land import Land, land
from gisapp.evaluation.udb.parameters import Parameters
from gisapp.evaluation.udb.result import MoveRow, PackageFinding, PackageResult
from gisapp.io.hashing import sha256_text
from gisapp.model.udb import Evidence, Package

FORMAT: Final = 1
"""Raised when the same inputs give other numbers."""


def package_id(package: Package, context: Context, known: Parameters) -> str:
    """Return the hash of everything that can change a number of a result (测算编号)."""
    parts = [package.model_dump_json(), context.hash, context.as_of.isoformat(), known.hash, __version__]
    return sha256_text([*parts, str(FORMAT)])


def calculate(package: Package, context: Context, known: Parameters) -> PackageResult:
    """Return what a package comes to on the context's day.

    Parameters
    ----------
    package
        Moves in the context's CRS.
    context
        Layers ``udb`` (needed), ``land_class``, ``cultivated_grade``, ``farmland``, ``redline``, ``district``; tables
        ``udb_cases``, ``udb_quota``, ``udb_increments``. What is not loaded is 未提供 in the findings.
    known
        The thresholds in force.

    Raises
    ------
    InputError
        If the workspace has no boundary layer with zones, or the package is in another CRS.
    CheckError
        If the plane area is not conserved.
    """
    _require(package, context)
    grounds = [ground(move, context) for move in package.moves]
    pairs: list[Pair] = [(one, land(one, context)) for one in grounds]
    rows = tuple(_row(one, under, context, known) for one, under in pairs)
    apart = _apart(grounds)
    boundary = new_boundary(apart, context)
    cases = case_list(context, context.as_of)
    counties = quota.county_rows(rows, context)
    whole = whole_boundary(context)
    slack = known.value("UDB-02-area")
    findings = [
        *case_findings(package.moves, cases, known.policies),
        *form_findings(grounds, context, known),
        *(quota.net_finding(row, known) for row in counties),
        *(quota.multiple_finding(row, known) for row in counties),
        *_farming(pairs, known),
        *shape_findings(whole, merged(whole, apart), grounds, context, known),
        *(item for row in counties for item in quota.phasing_findings(row, context, known)),
        *(quota.scattered_finding(row, context, known) for row in counties),
    ]
    return PackageResult(
        package=package,
        result_id=package_id(package, context, known),
        as_of=context.as_of.isoformat(),
        edition=cases.edition if cases else None,
        moves=rows,
        land_in=side(of_kind(pairs, "in"), slack),
        land_out=side(of_kind(pairs, "out"), slack),
        counties=counties,
        zones=zone_rows(apart, boundary, context),
        findings=tuple(findings),
        notes=_notes(context, len(rows)),
        boundary=boundary,
        changed=_changed(grounds, context),
        touched=_touched(grounds, context),
    )


def _require(package: Package, context: Context) -> None:
    if not context.has("udb") or "zone" not in context.frame("udb").columns:
        action = "先导入城镇开发边界图层，字段映射含 zone（GHFQMC）"
        raise InputError(Problem("城镇开发边界图层未提供，或没有分区字段", field="udb", action=action))
    if parse_crs(package.crs) != context.crs:
        raise CrsError(
            Problem(
                "方案的坐标系与工作区不一致",
                field="crs",
                value=package.crs,
                expected=context.crs.to_string(),
                action="在本工作区重新建方案",
            )
        )


def _apart(grounds: Sequence[Ground]) -> list[Ground]:
    """Return the moves without what an earlier move of the list takes already, so that no land counts twice."""
    out: list[Ground] = []
    for one in grounds:
        shapes = [other.changed for other in out if shapely.intersects(other.changed, one.changed)]
        left = shapely.difference(one.changed, shapely.union_all(shapes)) if shapes else one.changed
        out.append(replace(one, changed=polygonal(left) if shapes else left))
    return out


def _row(found: Ground, under: Land, context: Context, known: Parameters) -> MoveRow:
    move = found.move
    grades = under.grades
    return MoveRow(
        id=move.id,
        kind=move.kind,
        zone=move.zone if move.kind != "out" else "",
        name=move.name or "",
        case=move.case,
        evidence=tuple(_document(item) for item in move.evidence),
        source=move.source,
        parcel_id=move.parcel_id,
        drawn_m2=found.drawn_m2,
        area_m2=found.area_m2,
        from_zones={} if move.kind == "in" else parts_by(found, context.frame("udb"), "zone", None),
        counties=_counties(found, context),
        cultivated_m2=under.cultivated_m2,
        uncovered_m2=under.uncovered_m2,
        grade=None if grades is None else grades.mean(known.value("UDB-02-area")),
        farmland_m2=under.farmland_m2,
        redline_m2=under.redline_m2,
    )


def _document(item: Evidence) -> str:
    return " ".join(
        part for part in (item.title, item.number or "", item.date.isoformat() if item.date else "") if part
    )


def _counties(found: Ground, context: Context) -> dict[str, float]:
    """Return m² of a move by county code; all of it in no county where the layer is not loaded."""
    if context.has("district") and "code" in context.frame("district").columns:
        return parts_by(found, context.frame("district"), "code", NOWHERE)
    return {NOWHERE: found.area_m2} if found.area_m2 > 0.0 else {}


def _farming(pairs: Sequence[Pair], known: Parameters) -> list[PackageFinding]:
    return [
        cultivated_finding(pairs, known),
        grade_finding(pairs, known, known.value("UDB-02-area")),
        prohibited_finding(pairs, known, "farmland"),
        prohibited_finding(pairs, known, "redline"),
    ]


def _changed(grounds: Sequence[Ground], context: Context) -> gpd.GeoDataFrame:
    real = [one for one in grounds if one.area_m2 > 0.0]
    return gpd.GeoDataFrame(
        {
            "move": [one.move.id for one in real],
            "kind": [one.move.kind for one in real],
            "zone": [one.move.zone for one in real],
            "area_m2": [one.area_m2 for one in real],
        },
        geometry=[one.changed for one in real],
        crs=context.crs,
    )


def _touched(grounds: Sequence[Ground], context: Context) -> gpd.GeoDataFrame:
    """Return the features of the present boundary that a move cuts or changes (维护前)."""
    old = context.frame("udb")
    rows = set[int]()
    for one in grounds:
        if one.move.kind != "in" and one.area_m2 > 0.0:
            found = old.sindex.query(one.changed, predicate="intersects")
            shared = shapely.area(shapely.intersection(old.geometry.to_numpy()[found], one.changed)) > 1e-6
            rows.update(found[shared].tolist())
    out = old.iloc[sorted(rows)]
    area = ellipsoidal_area(out.geometry.to_numpy(), context.crs) if len(out) else np.zeros(0)
    return out.assign(row=sorted(rows), area_m2=area)


def _notes(context: Context, moves: int) -> tuple[str, ...]:
    out = [] if moves else ["方案还没有图斑"]
    if not context.has("district"):
        out.append("县级行政区图层未提供，未分县平衡")
    out += [
        f"图层 {layer.spec.title.zh} 没有注明截止日期"
        for layer in context.layers.values()
        if layer.spec.role in ("udb", "land_class") and layer.spec.as_of is None
    ]
    return tuple(out)
