"""Setting the planted cases (预置案例): parcel by parcel, with the layers and enterprises around them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from tools.demo import carve, cases_duties, cases_mixed, cases_redevelopment, cases_scope, occupants, records
from tools.demo.case import NEUTRAL, Case
from tools.demo.noise import polygons
from tools.demo.sites import Sites
from tools.demo.town import Town

Row = dict[str, Any]
CASES: tuple[Case, ...] = (
    *cases_redevelopment.CASES,
    *cases_scope.CASES,
    *cases_mixed.CASES,
    *cases_duties.CASES,
)
# Places that are bookmarks of the catalogue.
_BOOKMARKS = {"nanjing-north", "line-4", "line-11", "new-materials", "rd-park"}
_INDUSTRY = {"10": "38", "11": "59", "0802": "73"}


def plant(world: Town, scale: float = 1.0) -> Row:
    """Set all cases in `world` and return the content of planted.yaml."""
    sites = Sites(world.parcels, world.layers, scale)
    # Hazard facilities come first: the others then keep away from them.
    order = sorted(CASES, key=lambda case: case.around.risk not in ("3e-6", "3e-7"))
    chosen: dict[str, int] = {}
    for case in order:
        row = sites.take(case)
        chosen[case.id] = row
        _layers(world, case, row, sites)
    _fields(world, chosen)
    occupants.settle(world, [(case, str(world.parcels["parcel_id"].iloc[chosen[case.id]])) for case in CASES])
    world.planted = {str(world.parcels["parcel_id"].iloc[chosen[case.id]]): case.plan_far for case in CASES}
    _everyday(world, set(chosen.values()))
    return {"as_of": "2026-06-30", "cases": [_entry(world, case, chosen[case.id]) for case in CASES]}


def _entry(world: Town, case: Case, row: int) -> Row:
    bookmark = (
        case.place if case.place in _BOOKMARKS else "line-11" if case.place == "metro-estimated" else None
    )
    expect: Row = {"verdict": case.verdict, "rules": dict(case.rules)}
    if case.advice:
        expect["advice"] = case.advice
    return {
        "id": case.id,
        "parcel_id": str(world.parcels["parcel_id"].iloc[row]),
        "story": case.story,
        "bookmark": bookmark,
        "rulebook": case.rulebook,
        "expect": expect,
    }


def _fields(world: Town, chosen: dict[str, int]) -> None:
    table = world.parcels
    columns = {
        name: table[name].astype(object).to_numpy(copy=True)
        for name in (
            *NEUTRAL,
            "use_code",
            "plan_use_code",
            "planned",
            "name",
            "floor_area_m2",
            "footprint_m2",
            "industry_code",
            "industry_edition",
            "fixed_asset_investment_incl_land_10k",
            "dev_invested_excl_land_10k",
            "dev_total_excl_land_10k",
            "registered_area_m2",
            "bdcdyh",
        )
    }
    area = table["area_m2"].to_numpy()
    for case in CASES:
        row = chosen[case.id]
        for name, value in _values(
            case, float(area[row]), str(columns["name"][row]), str(table["parcel_code"].iloc[row])
        ).items():
            columns[name][row] = value
    for name, values in columns.items():
        table[name] = pd.Series(values, index=table.index).astype(table[name].dtype)


def _values(case: Case, area: float, name: str, code: str) -> Row:
    plan = case.use if case.plan == "same" else case.plan
    settings = {**NEUTRAL, **case.values}
    share = settings.pop("dev_share", 1.0 if settings["x_completed_on"] else 0.0)
    industry = settings.pop("industry_code", None) or next(
        (v for k, v in _INDUSTRY.items() if case.use.startswith(k)), None
    )
    total = round(area * 0.32, 1)
    return {
        **settings,
        "use_code": case.use,
        "plan_use_code": plan,
        "planned": plan or case.use,
        "name": records.renamed(name, case.use),
        "floor_area_m2": None if case.far is None else round(area * case.far, 1),
        "footprint_m2": None if case.cover is None else round(area * case.cover, 1),
        "industry_code": industry,
        "industry_edition": "GB/T 4754-2017" if industry else None,
        "fixed_asset_investment_incl_land_10k": round(area * 0.45, 1),
        "dev_total_excl_land_10k": total,
        "dev_invested_excl_land_10k": round(total * share, 1),
        "registered_area_m2": round(area * 1.0001, 2),
        "bdcdyh": code + ("F00010001" if case.far else "W00000000"),
    }


def _layers(world: Town, case: Case, row: int, sites: Sites) -> None:
    around = case.around
    parcel = sites.shapes[row]
    if around.farmland or around.redline:
        layer, area = ("farmland", around.farmland) if around.farmland else ("redline", around.redline)
        encroach(world, layer, parcel, area)
    if around.outside:
        _bite(world, parcel, around.outside)
    if around.risk in ("3e-6", "3e-7"):
        _hazard(world, parcel, around.risk)
        sites.refresh_risk()


def encroach(world: Town, layer: str, parcel: shapely.Polygon, area_m2: float) -> None:
    """Grow the nearest feature of a control layer over `area_m2` of a parcel, and over no other parcel."""
    shapes = np.array([row["geometry"] for row in world.layers[layer]])
    nearest = int(np.argmin(shapely.distance(shapes, parcel)))
    target = shapes[nearest]
    line = shapely.get_coordinates(shapely.shortest_line(parcel.centroid, target))
    towards = (line[1] - line[0]) / max(float(np.linalg.norm(line[1] - line[0])), 1e-9)
    piece = carve.corner(parcel, area_m2, towards)
    around = _around(world, shapely.union(piece, shapely.shortest_line(piece, target)).envelope.buffer(120))
    grown = carve.bridge(piece, target, around)
    world.layers[layer][nearest]["geometry"] = (
        grown if grown.geom_type == "Polygon" else shapely.MultiPolygon(polygons(grown))
    )


def _everyday(world: Town, planted: set[int]) -> None:
    """Let some ordinary edge parcels cross the boundary, basic farmland or the red line, as in real surveys."""
    rng = np.random.default_rng(20260701)
    shapes = world.parcels.geometry.to_numpy()
    built = world.parcels["use_code"].str[:2].isin(["07", "09", "10", "11"]).to_numpy()
    whole = shapely.union_all([row["geometry"] for row in world.layers["udb"]])
    edge = np.flatnonzero(
        shapely.dwithin(shapes, whole.boundary, 12.0) & shapely.within(shapes, whole) & built
    )
    for row in sorted(rng.choice([int(k) for k in edge if k not in planted], 30, replace=False)):
        _bite(world, shapes[row], float(shapely.area(shapes[row]) * rng.uniform(0.02, 0.45)))
    for layer, count, reach in (("farmland", 22, 160.0), ("redline", 7, 260.0)):
        tree = shapely.STRtree(np.array([row["geometry"] for row in world.layers[layer]]))
        found = np.unique(tree.query(shapes, predicate="dwithin", distance=reach)[0])
        near = [int(row) for row in found if built[row] and row not in planted]
        for row in sorted(rng.choice(near, min(count, len(near)), replace=False)):
            encroach(world, layer, shapes[row], float(np.round(rng.lognormal(5.2, 1.1) + 2.0, 1)))


def _around(world: Town, window: BaseGeometry) -> BaseGeometry:
    shapes = world.parcels.geometry.to_numpy()
    return shapely.union_all(shapes[shapely.intersects(shapes, window)])


def _bite(world: Town, parcel: shapely.Polygon, area_m2: float) -> None:
    whole = shapely.union_all([row["geometry"] for row in world.layers["udb"]])
    line = shapely.get_coordinates(shapely.shortest_line(parcel.centroid, whole.boundary))
    towards = (line[1] - line[0]) / float(np.linalg.norm(line[1] - line[0]))
    piece = carve.corner(parcel, area_m2, towards)
    near = _around(world, piece.buffer(60))
    outside = shapely.difference(
        piece.buffer(15.0, join_style="mitre"), shapely.union(shapely.buffer(near, 0.05), parcel)
    )
    seam = shapely.difference(shapely.buffer(piece, 0.06, join_style="mitre"), near)
    bite = shapely.union_all([piece, outside, seam])
    rows = []
    for row in world.layers["udb"]:
        if not shapely.intersects(row["geometry"], bite):
            rows.append(row)
            continue
        rows += [
            {**row, "geometry": part}
            for part in polygons(shapely.difference(row["geometry"], bite))
            if part.area > 5.0
        ]
    world.layers["udb"] = rows


def _hazard(world: Town, parcel: shapely.Polygon, risk: str) -> None:
    """Put a small facility 45 m (inside 3e-6) or 165 m (inside 3e-7 only) from the parcel."""
    away = 45.0 if risk == "3e-6" else 165.0
    ring = shapely.get_coordinates(parcel.buffer(away, quad_segs=2).exterior)
    shapes = world.parcels.geometry.to_numpy()
    street = [point for point in ring if not shapely.intersects(shapes, shapely.Point(point)).any()]
    spot = np.array(street[0] if street else ring[0])
    spot = np.round(spot, 2)
    number = sum(row["kind"] == "加氢加气站" for row in world.layers["hazard"]) + 1
    world.layers["hazard"].append(
        {
            "name": f"示例加氢站{number:02d}",
            "kind": "加氢加气站",
            "d_1e5_m": 30.0,
            "d_3e6_m": 150.0,
            "d_3e7_m": 340.0,
            "geometry": shapely.Point(spot),
        }
    )


def break_topology(world: Town) -> Row:
    """Plant two overlaps and two enclosed slivers in housing blocks, and say where (拓扑错误)."""
    table = world.parcels
    shapes = table.geometry.to_numpy(copy=True)
    quiet = (table["use_code"] == "070102").to_numpy() & (table["frame"] == "riverside").to_numpy()
    quiet &= ~table["parcel_id"].isin(world.planted).to_numpy()
    blocks: list[int] = []
    found: Row = {"overlaps": [], "gaps": []}
    for row in range(0, len(table) - 1, 11):
        block = table["block"].iloc[row]
        if not (quiet[row] and quiet[row + 1]) or block != table["block"].iloc[row + 1] or block in blocks:
            continue
        edge = carve.shared_edge(shapes[row], shapes[row + 1])
        if edge is None:
            continue
        blocks.append(block)
        pair = [str(table["parcel_id"].iloc[k]) for k in (row, row + 1)]
        if len(found["overlaps"]) < 2:
            shapes[row] = carve.overlapped(shapes[row], shapes[row + 1], edge, 1.5)
            found["overlaps"].append(
                {
                    "parcels": pair,
                    "area_m2": round(shapely.intersection(shapes[row], shapes[row + 1]).area, 2),
                }
            )
        else:
            before = shapes[row].area
            shapes[row] = carve.gapped(shapes[row], edge, 0.4)
            found["gaps"].append(
                {"parcels": pair, "width_m": 0.4, "area_m2": round(before - shapes[row].area, 2)}
            )
        if len(found["gaps"]) == 2:
            break
    world.parcels = table.set_geometry(shapes, crs=table.crs)
    return found
