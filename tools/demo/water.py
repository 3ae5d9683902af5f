"""The Yangtze with its islands, the Chuhe and the Machahe: water, banks, management lines (水系)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, MultiLineString, Polygon
from shapely.geometry.base import BaseGeometry

from tools.demo.known import LonLat, Points, frame_box, geography, plane
from tools.demo.noise import Noise, blob, largest, normals, polygons, smooth

# The branch behind 江心洲 (夹江) and the islets: drawn from general knowledge, schematic.
_JIAJIANG: LonLat = [
    (118.640, 31.984),
    (118.662, 31.987),
    (118.684, 32.000),
    (118.699, 32.018),
    (118.7075, 32.036),
    (118.716, 32.056),
    (118.722, 32.076),
]
_XINJI: LonLat = [
    (118.478, 31.814),
    (118.489, 31.823),
    (118.503, 31.838),
    (118.515, 31.854),
    (118.518, 31.862),
    (118.510, 31.857),
    (118.496, 31.842),
    (118.482, 31.826),
    (118.475, 31.818),
]
_QIANZHOU: LonLat = [
    (118.693, 32.052),
    (118.700, 32.059),
    (118.706, 32.066),
    (118.702, 32.064),
    (118.695, 32.057),
]


@dataclass(frozen=True)
class Water:
    """Rivers of the map [m, EPSG:4549]; `land` islands are holes of `yangtze`."""

    yangtze: BaseGeometry
    chuhe: Polygon
    machahe: Polygon
    bagua: Polygon
    north_bank: LineString
    floodplain: BaseGeometry

    @property
    def all(self) -> BaseGeometry:
        """All water as one geometry."""
        return shapely.union_all([self.yangtze, self.chuhe, self.machahe])


def build() -> Water:
    """Return the rivers (水系), with irregular banks from seeded noise."""
    facts = geography()
    upstream = [(118.40, 31.715), (118.435, 31.76)]
    main_points = [*upstream, *facts["yangtze_main_channel_centre"]]
    main = _channel(main_points, _main_width, 11)
    south_points = facts["yangtze_south_channel_of_bagua_island"]
    south = _channel([*south_points, (119.06, 32.195), (119.12, 32.21)], _south_width, 12)
    north = _channel([*facts["yangtze_north_channel_of_bagua_island"], (118.985, 32.170)], _north_width, 13)
    jiajiang = _channel(_JIAJIANG, lambda s: np.full(len(s), 165.0), 14)
    wide = shapely.union_all([main, south, north, jiajiang])
    islands = [
        blob(plane(ring), Noise(15 + k, 900.0), 60.0, 60.0) for k, ring in enumerate((_XINJI, _QIANZHOU))
    ]
    yangtze = _sheet(shapely.difference(wide, shapely.union_all(islands)))
    chuhe_points = [(118.33, 32.235), *facts["chuhe_滁河"], (119.008, 32.212), (119.015, 32.190)]
    chuhe = _channel(chuhe_points, lambda s: 62 + 14 * np.sin(s / 2300), 16)
    machahe = _channel(facts["machahe_马汊河"], lambda s: 48 + 8 * np.sin(s / 900), 17)
    bank = LineString(_north_bank(facts))
    plain = shapely.buffer(shapely.simplify(yangtze, 20), 1150)
    return Water(
        yangtze,
        _sheet(shapely.difference(chuhe, yangtze)),
        _sheet(shapely.difference(machahe, yangtze)),
        _bagua(yangtze),
        bank,
        shapely.difference(plain, yangtze),
    )


def _sheet(geometry: BaseGeometry) -> Polygon:
    box = shapely.box(*frame_box())
    return largest(shapely.set_precision(shapely.intersection(geometry, box), 0.01))


def _bagua(yangtze: BaseGeometry) -> Polygon:
    holes = [Polygon(ring) for part in polygons(yangtze) for ring in part.interiors]
    return max(holes, key=lambda hole: float(hole.area))


def _channel(waypoints: LonLat, half_width: Callable[[Points], Points], seed: int) -> BaseGeometry:
    line = smooth(plane(waypoints), 90.0)
    along = np.arange(len(line)) * 90.0
    normal, half = normals(line), half_width(np.asarray(along, dtype=float))
    roughness = np.minimum(half * 0.22, 130.0)
    left = line + normal * (half + roughness * Noise(seed, 1900.0).at(line))[:, None]
    right = line - normal * (half + roughness * Noise(seed + 100, 1700.0).at(line))[:, None]
    return shapely.make_valid(Polygon(np.vstack([left, right[::-1]])))


def _main_width(along_m: Points) -> Points:
    # Widest beside 江心洲, narrowest at the 1968 bridge: 1.2 to 2.2 km.
    position = along_m / along_m[-1]
    return np.asarray(np.interp(position, [0, 0.35, 0.55, 0.72, 0.86, 1.0], [850, 800, 880, 1060, 820, 640]))


def _south_width(along_m: Points) -> Points:
    return np.asarray(np.interp(along_m / along_m[-1], [0, 0.1, 0.5, 1.0], [600, 520, 560, 900]))


def _north_width(along_m: Points) -> Points:
    return np.asarray(np.interp(along_m / along_m[-1], [0, 0.15, 0.6, 1.0], [520, 400, 430, 620]))


def _north_bank(facts: dict[str, LonLat]) -> Points:
    """Return the smoothed left bank (北岸) of main and north channel, the spine of the riverside fabric."""
    main = smooth(plane(facts["yangtze_main_channel_centre"]), 90.0)
    along = np.arange(len(main)) * 90.0
    return np.asarray(
        main + normals(main) * np.interp(along / along[-1], [0, 0.6, 1], [850, 1060, 700])[:, None]
    )


def banks(water: Water) -> list[tuple[str, str, BaseGeometry]]:
    """Return (river, stem, bank line) rows (岸线); edges made by the map frame are left out."""
    frame = shapely.box(*frame_box()).boundary.buffer(2.0)
    rows = []
    for river, stem, area in _rivers(water):
        line = shapely.difference(area.boundary, frame)
        others = shapely.union_all([other for name, _, other in _rivers(water) if name != river])
        rows.append((river, stem, shapely.difference(line, shapely.buffer(others, 3.0))))
    return rows


def management_lines(water: Water) -> list[tuple[str, str, BaseGeometry]]:
    """Return river-management lines (河道管理范围线): landward of the bank by a dike-like margin."""
    margin = {"长江": 120.0, "滁河": 45.0, "马汊河": 35.0}
    frame = shapely.box(*frame_box()).boundary.buffer(200.0)
    whole = shapely.union_all([shapely.buffer(area, margin[name]) for name, _, area in _rivers(water)])
    rows: list[tuple[str, str, BaseGeometry]] = []
    for river, stem, area in _rivers(water):
        grown = shapely.buffer(area, margin[river])
        line = shapely.difference(shapely.intersection(grown.boundary, whole.boundary.buffer(0.5)), frame)
        rows.append((river, stem, _line(shapely.simplify(line, 4.0))))
    return rows


def _line(geometry: BaseGeometry) -> MultiLineString:
    merged = shapely.line_merge(geometry)
    parts = [p for p in shapely.get_parts(merged) if p.geom_type == "LineString" and p.length > 200]
    return MultiLineString(parts)


def _rivers(water: Water) -> list[tuple[str, str, BaseGeometry]]:
    return [
        ("长江", "main", water.yangtze),
        ("滁河", "tributary", water.chuhe),
        ("马汊河", "tributary", water.machahe),
    ]
