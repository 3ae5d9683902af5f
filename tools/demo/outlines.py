"""Outlines that are not parks: the new area, the free-trade area, the cross-boundary zone (范围线)."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import shapely
from shapely.geometry.base import BaseGeometry

from tools.demo.known import LonLat, plane
from tools.demo.noise import Noise, blob
from tools.demo.parks import enclose, tidy
from tools.demo.water import Water

Row = dict[str, Any]

_NEW_AREA_STREETS = (
    "320111001", "320111002", "320111003", "320111004", "320111007", "320116001", "320116004", "320116005",
    "320116006", "320116007", "320113009",
)  # fmt: skip
_SHARED: LonLat = [
    (118.556, 32.203), (118.585, 32.195), (118.606, 32.192), (118.622, 32.181), (118.643, 32.190), (118.662, 32.197),
    (118.657, 32.222), (118.668, 32.243), (118.652, 32.252), (118.646, 32.270), (118.622, 32.262), (118.606, 32.276),
    (118.588, 32.258), (118.571, 32.252), (118.575, 32.232), (118.552, 32.222),
]  # fmt: skip


def outline_rows(parcels: gpd.GeoDataFrame, streets: list[Row], water: Water) -> list[Row]:
    """Return outlines that are not parks (新区, 自贸区, 跨界示范区), schematic."""
    named = [
        ("new-area", "江北新区", "新区", _new_area(streets), "示意范围，正式公布面积 788 平方公里"),
        ("ftz", "中国（江苏）自由贸易试验区南京片区", "自贸区", _free_trade(parcels, water), "示意范围，正式公布面积 39.55 平方公里"),
        ("dingshan-chahe", "顶山—汊河省际毗邻地区新型功能区", "跨界示范区", _shared(parcels, water), "示意范围，规划面积 72 平方公里"),
    ]  # fmt: skip
    return [
        {
            "id": key,
            "name": name,
            "kind": kind,
            "note": note,
            "area_km2": round(area.area / 1e6, 2),
            "geometry": area,
        }
        for key, name, kind, area, note in named
    ]


def _new_area(streets: list[Row]) -> BaseGeometry:
    grown = [shapely.buffer(row["geometry"], 10) for row in streets if row["code"] in _NEW_AREA_STREETS]
    return tidy(shapely.buffer(shapely.union_all(grown), -10), 50_000.0)


def _free_trade(parcels: gpd.GeoDataFrame, water: Water) -> BaseGeometry:
    shapes = parcels.geometry.to_numpy()
    own = parcels["park_id"].isin(["cbd", "rd-park", "software", "biopharma"]).to_numpy()
    west = shapely.get_x(shapely.centroid(shapes)) < plane([(118.7225, 32.18)])[0, 0]
    return enclose(shapes, own | ((parcels["park_id"] == "gaoxin").to_numpy() & west), 60.0, water)


def _shared(parcels: gpd.GeoDataFrame, water: Water) -> BaseGeometry:
    shapes = parcels.geometry.to_numpy()
    north = shapely.get_y(shapely.centroid(shapes)) > plane([(118.62, 32.193)])[0, 1]
    own = (parcels["frame"] == "station").to_numpy() & north
    body = blob(plane(_SHARED), Noise(451, 1200.0), 300.0, 90.0)
    return tidy(shapely.union(body, enclose(shapes, own, 60.0, water)), 50_000.0)
