"""Metro, railways, stations and metro protection zones (轨道与枢纽)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from tools.demo.known import LonLat, Points, plane, read_csv
from tools.demo.noise import smooth
from tools.demo.water import Water

Row = dict[str, Any]
Stop = tuple[str, str, float, float, float]


@dataclass(frozen=True)
class Line:
    """How one metro line is drawn from the station table."""

    group: str
    line: str
    phase: str
    status: str
    opening_year: int | None
    structure: str
    before: LonLat = ()
    after: LonLat = ()
    elevated_from: str = ""


LINES: tuple[Line, ...] = (
    Line("Metro 3", "3号线", "一期", "operating", 2015, "underground", elevated_from="星火路"),
    Line("Metro 10", "10号线", "一期", "operating", 2014, "underground"),
    Line("Metro S8", "S8号线", "一期", "operating", 2014, "underground", elevated_from="信息工程大学"),
    Line(
        "Metro S3",
        "S3号线",
        "一期",
        "operating",
        2017,
        "elevated",
        after=[(118.620, 31.962), (118.662, 31.954)],
    ),
    Line("Metro 4 phase 1", "4号线", "一期", "operating", 2017, "underground"),
    Line(
        "Metro 4 phase 2", "4号线", "二期", "construction", 2027, "underground", before=[(118.7344, 32.0601)]
    ),
    Line(
        "Metro 4 phase 3",
        "4号线",
        "三期",
        "planned",
        None,
        "underground",
        before=[(118.661, 32.120), (118.657, 32.142), (118.648, 32.165)],
    ),
    Line("Metro 11 phase 1", "11号线", "一期", "construction", 2027, "underground"),
    Line(
        "S4 宁滁线 Nanjing section",
        "S4号线",
        "南京段",
        "construction",
        2027,
        "elevated",
        before=[(118.5910, 32.2135)],
    ),
    Line(
        "S4 宁滁线 Chuzhou section",
        "S4号线",
        "滁州段",
        "operating",
        2023,
        "elevated",
        after=[(118.571, 32.2185), (118.545, 32.236), (118.50, 32.262)],
    ),
)

# name, status, opening year, speed [km/h], waypoints: schematic.
RAILS: tuple[tuple[str, str, int | None, int, LonLat], ...] = (
    (
        "宁淮城际铁路",
        "construction",
        2027,
        350,
        [
            (118.640, 32.185),
            (118.652, 32.212),
            (118.683, 32.272),
            (118.715, 32.332),
            (118.740, 32.375),
            (118.748, 32.44),
            (118.745, 32.52),
        ],
    ),
    (
        "北沿江高铁",
        "construction",
        2027,
        350,
        [
            (118.34, 32.118),
            (118.43, 32.134),
            (118.53, 32.152),
            (118.60, 32.172),
            (118.640, 32.185),
            (118.658, 32.212),
            (118.690, 32.270),
            (118.722, 32.330),
            (118.745, 32.372),
            (118.80, 32.405),
            (118.90, 32.412),
            (119.07, 32.405),
        ],
    ),
    (
        "京沪铁路",
        "operating",
        1968,
        160,
        [
            (118.766, 32.092),
            (118.752, 32.108),
            (118.742, 32.117),
            (118.7255, 32.1285),
            (118.7120, 32.1425),
            (118.690, 32.150),
            (118.662, 32.163),
            (118.625, 32.168),
            (118.585, 32.178),
            (118.53, 32.198),
            (118.45, 32.245),
        ],
    ),
    (
        "宁启铁路",
        "operating",
        2005,
        200,
        [
            (118.662, 32.163),
            (118.676, 32.190),
            (118.694, 32.226),
            (118.716, 32.268),
            (118.752, 32.297),
            (118.80, 32.292),
            (118.86, 32.318),
            (118.93, 32.318),
            (119.07, 32.345),
        ],
    ),
    (
        "京沪高速铁路",
        "operating",
        2011,
        300,
        [
            (118.672, 31.950),
            (118.622, 31.966),
            (118.575, 31.996),
            (118.535, 32.022),
            (118.508, 32.075),
            (118.478, 32.135),
            (118.43, 32.225),
            (118.38, 32.30),
        ],
    ),
)
SPUR: LonLat = [
    (118.800, 32.292),
    (118.822, 32.288),
    (118.850, 32.272),
    (118.876, 32.252),
    (118.888, 32.232),
    (118.874, 32.2262),
    (118.852, 32.2290),
]
HUB: tuple[float, float] = (118.640, 32.185)


def stations() -> list[Row]:
    """Return station rows (车站) with plane points; several rows for one interchange station."""
    groups = {line.group: line for line in LINES}
    rows = []
    for fact in read_csv("transit_stations.csv"):
        line = groups.get(fact["line"])
        if line is None:
            continue
        year = fact["opening_year"] or (re.match(r"(\d{4})", fact["opening"]) or [""])[0]
        point = plane([(float(fact["lon_wgs84"]), float(fact["lat_wgs84"]))])[0]
        rows.append(
            {
                "name": fact["name_zh"],
                "aliases": fact["aliases"] or None,
                "line": line.line,
                "phase": line.phase,
                "status": fact["status"],
                "opening_year": int(year) if year else None,
                "opening": fact["opening"] or None,
                "accuracy_m": float(fact["accuracy_m"]),
                "basis": _basis(fact["coordinate_basis"]),
                "licence": fact["licence"] or None,
                "interchange": fact["interchange"] or None,
                "class": f"{line.line}|{fact['status']}",
                "geometry": shapely.Point(np.round(point, 3)),
            }
        )
    return rows


def _basis(text: str) -> str:
    if text.startswith("OpenStreetMap"):
        return "OpenStreetMap 站点位置（四舍五入至 1e-4 度）"
    if "interpolation" in text:
        return "换乘站之间线性内插（估算）"
    return "估算站位"


def line_rows(water: Water) -> list[Row]:
    """Return metro line rows (轨道线路), one per run of the same structure and accuracy class."""
    rows = []
    for line in LINES:
        stops = _stops(line)
        path = smooth(np.array([(x, y) for _, _, x, y, _ in stops]), 50.0)
        marks = [int(np.argmin(np.linalg.norm(path - (x, y), axis=1))) for _, _, x, y, _ in stops]
        runs: list[tuple[str, float, list[Points]]] = []
        for k in range(len(stops) - 1):
            part = path[marks[k] : marks[k + 1] + 1].copy()
            part[0], part[-1] = stops[k][2:4], stops[k + 1][2:4]
            structure = _structure(line, stops, k, part, water)
            accuracy = max(stops[k][4], stops[k + 1][4])
            if runs and runs[-1][0] == structure and (runs[-1][1] > 100) == (accuracy > 100):
                runs[-1] = (structure, max(runs[-1][1], accuracy), [*runs[-1][2], part[1:]])
            else:
                runs.append((structure, accuracy, [part]))
        for structure, accuracy, parts in runs:
            rows.append(
                {
                    "line": line.line,
                    "phase": line.phase,
                    "name": f"{line.line}{line.phase}",
                    "status": line.status,
                    "opening_year": line.opening_year,
                    "structure": structure,
                    "accuracy_m": accuracy,
                    "class": f"{line.line}|{line.status}",
                    "geometry": shapely.simplify(LineString(np.round(np.vstack(parts), 3)), 0.4),
                }
            )
    return rows


def _stops(line: Line) -> list[Stop]:
    facts = [row for row in read_csv("transit_stations.csv") if row["line"] == line.group]
    at = plane([(float(row["lon_wgs84"]), float(row["lat_wgs84"])) for row in facts])
    stops = [
        (row["name_zh"], row["status"], *xy, float(row["accuracy_m"]))
        for row, xy in zip(facts, at, strict=True)
    ]
    rough = 60.0 if line.status == "operating" else 900.0
    # The starting point of an extension is a known station: only what lies beyond is estimated.
    before = [
        ("", "", *xy, 60.0 if k == 0 and line.group != "Metro 4 phase 3" else rough)
        for k, xy in enumerate(plane(line.before) if len(line.before) else [])
    ]
    after = [("", "", *xy, rough) for xy in (plane(line.after) if len(line.after) else [])]
    ordered = [*before, *stops, *after]
    return [(str(a), str(b), float(x), float(y), float(m)) for a, b, x, y, m in ordered]


def _structure(line: Line, stops: list[Stop], k: int, part: Points, water: Water) -> str:
    if line.elevated_from:
        names = [stop[0] for stop in stops]
        if line.elevated_from in names and k >= names.index(line.elevated_from):
            return "elevated"
    if line.group == "Metro 11 phase 1" and k == 0:
        return "elevated"
    return line.structure


def rail_rows() -> list[Row]:
    """Return railway rows (铁路)."""
    return [
        {
            "name": name,
            "status": status,
            "opening_year": year,
            "speed_kmh": speed,
            "class": status,
            "geometry": LineString(np.round(smooth(plane(points), 120.0), 2)),
        }
        for name, status, year, speed, points in RAILS
    ]


def spur() -> LineString:
    """Return the schematic rail spur (铁路专用线) of the Xiba port area."""
    return LineString(np.round(smooth(plane(SPUR), 80.0), 2))


def protection_rows(lines: list[Row], stops: list[Row], water: Water) -> list[Row]:
    """Return metro protection zones (轨道交通控制保护区) by TRN-04 widths, dissolved per line and kind."""
    found: dict[tuple[str, str, float, bool], list[BaseGeometry]] = {}
    river = shapely.buffer(water.yangtze, 40.0)
    for row in lines:
        if row["status"] == "planned":
            continue
        certain = row["accuracy_m"] <= 100
        wet = shapely.intersection(row["geometry"], river)
        dry = shapely.difference(row["geometry"], river)
        plain = shapely.intersection(dry, water.floodplain)
        rest = shapely.difference(dry, water.floodplain)
        kind, width = ("underground_50", 50.0) if row["structure"] == "underground" else ("elevated_30", 30.0)
        tunnel = ("tunnel_100", 100.0) if row["structure"] == "underground" else ("elevated_30", 30.0)
        for part, (name, metres) in (
            (wet, tunnel),
            (plain, ("floodplain_150", 150.0)),
            (rest, (kind, width)),
        ):
            if not part.is_empty:
                zone = shapely.buffer(part, metres, cap_style="flat", quad_segs=4)
                found.setdefault((row["line"], name, metres, certain), []).append(zone)
    for row in stops:
        if row["status"] == "planned":
            continue
        key = (row["line"], "entrance_10", 10.0, row["accuracy_m"] <= 100)
        found.setdefault(key, []).extend(_entrances(row["geometry"], row["line"], lines))
    return [
        {
            "line": line,
            "kind": kind,
            "width_m": width,
            "certain": certain,
            "class": kind,
            "geometry": shapely.simplify(shapely.union_all(parts), 0.3),
        }
        for (line, kind, width, certain), parts in found.items()
    ]


def _entrances(point: shapely.Point, line: str, lines: list[Row]) -> list[BaseGeometry]:
    own = [row["geometry"] for row in lines if row["line"] == line]
    tracks = min(own, key=lambda track: float(track.distance(point)))
    at = tracks.project(point)
    ahead = tracks.interpolate(at + 30) if at + 30 < tracks.length else tracks.interpolate(at - 30)
    along = np.array([ahead.x - point.x, ahead.y - point.y])
    along = along / max(float(np.linalg.norm(along)), 1e-9)
    across = np.array([-along[1], along[0]])
    corners = [(a, c) for a in (-85, 85) for c in (-38, 38)]
    return [
        shapely.Point(np.array([point.x, point.y]) + along * a + across * c).buffer(10.0, quad_segs=6)
        for a, c in corners
    ]
