"""The whole demo put together: fabric, parcels, enterprises and every layer (汇总)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from tools.demo import (
    admin,
    attributes,
    blocks,
    fabric,
    firms,
    landclass,
    outlines,
    parks,
    plans,
    records,
    terrain,
    transit,
    water,
    zones,
)
from tools.demo.known import CRS, plane
from tools.demo.noise import polygons

Row = dict[str, Any]
SEED = 20260630
_EARTH_M = 6_371_000.0


@dataclass
class Town:
    """Everything the workspace holds, before planted cases are set."""

    parcels: gpd.GeoDataFrame
    firms: firms.Firms
    layers: dict[str, list[Row]]
    terrain: terrain.Terrain
    water: water.Water
    land: BaseGeometry
    rural: list[Row] = field(default_factory=list)
    planted: dict[str, float] = field(default_factory=dict)


def build(scale: float) -> Town:
    """Return the demo (示例工作区) at a scale; 1 is what is committed."""
    rivers = water.build()
    relief = terrain.build(rivers)
    layers = _transport(rivers)
    streets = admin.street_rows(rivers)
    layers["street"], layers["district"] = streets, admin.district_rows(streets)
    roads = blocks.main_roads()
    supers, arterials = blocks.superblocks(
        _obstacles(rivers, roads, layers), shapely.buffer(rivers.yangtze, 130), SEED + 1
    )
    town = fabric.build(supers, rivers, scale, SEED + 2)
    parcels = _parcels(town, streets, [*arterials, *roads])
    people = firms.build(parcels, SEED + 5)
    land = admin.north_bank_land(rivers)
    rural = _areas(layers, parcels, streets, rivers, relief, land)
    _lines(layers, [*roads, *arterials], rivers)
    return Town(parcels, people, layers, relief, rivers, land, rural)


def _transport(rivers: water.Water) -> dict[str, list[Row]]:
    lines, stops = transit.line_rows(rivers), transit.stations()
    hub = shapely.Point(np.round(plane([transit.HUB])[0], 2))
    return {
        "transit_line": lines,
        "station": stops,
        "metro_protection": transit.protection_rows(lines, stops, rivers),
        "rail_line": transit.rail_rows(),
        "rail_spur": [{"line": "西坝港铁路专用线（示意）", "geometry": transit.spur()}],
        "hub": [
            {
                "name": "铁路南京北站",
                "status": "construction",
                "opening_year": 2027,
                "accuracy_m": 1500.0,
                "radius_m": 1500.0,
                "geometry": hub,
            }
        ],
    }


def _obstacles(rivers: water.Water, roads: list[blocks.Road], layers: dict[str, list[Row]]) -> BaseGeometry:
    parts = [
        shapely.buffer(rivers.yangtze, 170),
        shapely.buffer(rivers.chuhe, 85),
        shapely.buffer(rivers.machahe, 60),
        zones.laoshan(60.0),
    ]
    parts += [
        shapely.buffer(road.line, road.width_m / 2 + 10)
        for road in roads
        if road.kind != "主干路" or "公路" in road.name
    ]
    parts += [shapely.buffer(road.line, road.width_m / 2 + 4) for road in roads]
    parts += [shapely.buffer(row["geometry"], 24.0) for row in [*layers["rail_line"], *layers["rail_spur"]]]
    return shapely.union_all(parts)


def _parcels(town: fabric.Fabric, streets: list[Row], roads: list[blocks.Road]) -> gpd.GeoDataFrame:
    shapes = np.array([shapely.Polygon(ring) for ring in town.rings])
    table = gpd.GeoDataFrame(
        {"use_code": town.use, "block": town.block, "kind": town.kind, "frame": town.frame},
        geometry=shapes,
        crs=CRS,
    )
    table["street_code"] = records.street_of(table, streets)
    table = table.sort_values(["street_code", "block"], kind="stable").reset_index(drop=True)
    x = shapely.get_x(shapely.centroid(table.geometry.to_numpy()))
    # Plane to ellipsoid: the squared scale of the Gauss-Kruger projection.
    table["area_m2"] = np.round(
        shapely.area(table.geometry.to_numpy()) / (1 + ((x - 500_000) / _EARTH_M) ** 2), 2
    )
    table["park_id"] = parks.assign(table)
    table["planned"] = plans.planned_use(table, SEED + 3)
    table["plan_use_code"] = table["planned"]
    table = records.identify(table)
    full = gpd.GeoDataFrame(attributes.add(pd.DataFrame(table), SEED + 4), geometry="geometry", crs=CRS)
    full["name"] = records.names(full, roads)
    full["use_scheme"] = "YDYH-2023"
    full["x_in_park_id"] = full["park_id"]
    return full


def _areas(
    layers: dict[str, list[Row]],
    parcels: gpd.GeoDataFrame,
    streets: list[Row],
    rivers: water.Water,
    relief: terrain.Terrain,
    land: BaseGeometry,
) -> list[Row]:
    shapes = parcels.geometry.to_numpy()
    body = shapely.union_all(shapely.buffer(shapes, 9.0, quad_segs=2))
    zone = zones.zone_of(parcels, rivers)
    layers["udb"] = zones.udb_rows(parcels, zone, rivers)
    layers["park"] = parks.park_rows(parcels, rivers)
    layers["outline"] = outlines.outline_rows(parcels, streets, rivers)
    rural = landclass.rural(land, body, rivers, relief)
    layers["redline"] = zones.redline_rows(body, rivers)
    red = shapely.union_all([row["geometry"] for row in layers["redline"]])
    inside = shapely.union_all(
        [shapely.Polygon(part.exterior) for row in layers["udb"] for part in polygons(row["geometry"])]
    )
    layers["farmland"] = landclass.farmland(rural, shapely.union(shapely.buffer(inside, 6.0), red))
    layers["hazard"] = zones.hazard_rows(parcels, SEED + 7)
    layers["assessment"] = records.assessments(layers["park"])
    parcels["zone"] = zone
    ports = [row for row in layers["park"] if row["kind"] == "港区"]
    layers["port"] = [{"name": row["name"], "geometry": row["geometry"]} for row in ports]
    return rural


def _lines(layers: dict[str, list[Row]], roads: list[blocks.Road], rivers: water.Water) -> None:
    layers["road"] = [
        {"name": r.name, "class": r.kind, "width_m": r.width_m, "geometry": r.line} for r in roads
    ]
    layers["water"] = _water(rivers)
    layers["bank"] = [
        {"river": r, "stem": s, "geometry": shapely.simplify(g, 2.0)} for r, s, g in water.banks(rivers)
    ]
    layers["river_management"] = [
        {"river": r, "stem": s, "geometry": g} for r, s, g in water.management_lines(rivers)
    ]


def finish(world: Town) -> None:
    """Derive the layers that follow the parcels, once planted cases are set."""
    parcels = world.parcels
    world.layers["plan"] = plans.rows(parcels, list(parcels["planned"]), SEED + 6, world.planted)
    world.layers["land_class"] = [
        *({k: v for k, v in row.items() if k != "patch"} for row in world.rural),
        *landclass.urban(parcels),
    ]
    world.layers["standard_land"] = records.standard_land(parcels, SEED + 8, set(world.planted))


def _water(rivers: water.Water) -> list[Row]:
    named = (("长江", rivers.yangtze), ("滁河", rivers.chuhe), ("马汊河", rivers.machahe))
    return [
        {"name": name, "kind": "river", "geometry": shapely.set_precision(shapely.simplify(area, 1.5), 0.01)}
        for name, area in named
    ]
