"""Control lines: development boundary, basic farmland, ecological red line, hazards (管控)."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from tools.demo.known import LonLat, Points, geography, plane
from tools.demo.noise import Noise, blob, normals, polygons, smooth
from tools.demo.parks import enclose, tidy
from tools.demo.water import Water

Row = dict[str, Any]
ZONES = {"城镇集中建设区": "0401", "城镇弹性发展区": "0402", "特别用途区": "0403"}


def zone_of(parcels: gpd.GeoDataFrame, water: Water) -> list[str]:
    """Return the intended sub-zone of each parcel, by block: one of `ZONES` or '' for outside."""
    shore = shapely.buffer(water.yangtze, 450)
    shapely.prepare(shore)
    middles = shapely.get_coordinates(shapely.centroid(parcels.geometry.to_numpy()))
    noise = Noise(501, 2400.0)
    by_block: dict[int, str] = {}
    values = noise.at(middles)
    for k, (block, frame, kind, use) in enumerate(
        zip(parcels["block"], parcels["frame"], parcels["kind"], parcels["use_code"], strict=True)
    ):
        if block in by_block:
            continue
        zone = "城镇集中建设区"
        if use in ("1401", "080302") and shapely.contains_xy(shore, *middles[k]):
            zone = "特别用途区"
        elif kind == "fringe":
            zone = "城镇弹性发展区" if values[k] > 0.02 else "" if values[k] < -0.26 else zone
        elif frame in ("xingdian", "tangquan", "yongning", "bagua", "qiba"):
            zone = "城镇集中建设区" if values[k] > -0.12 else ""
        elif use in ("0101", "0103"):
            zone = ""
        by_block[block] = zone
    return [by_block[block] for block in parcels["block"]]


def udb_rows(parcels: gpd.GeoDataFrame, zone: list[str], water: Water) -> list[Row]:
    """Return development-boundary rows (城镇开发边界): sub-zones that follow streets, never overlapping."""
    shapes = parcels.geometry.to_numpy()
    labels = np.array(zone)
    taken: list[BaseGeometry] = []
    rows = []
    for name, code in ZONES.items():
        outline = enclose(shapes, labels == name, 70.0, water)
        outline = shapely.difference(outline, shapely.union_all(taken)) if taken else outline
        taken.append(outline)
        body = tidy(outline, 4000.0)
        for part in polygons(body):
            rows.append(
                {"YSDM": "2090020620", "XZQDM": "320111", "GHFQDM": code, "GHFQMC": name, "geometry": part}
            )
    return rows


def laoshan(extra_m: float = 0.0) -> BaseGeometry:
    """Return the Laoshan massif (老山) as a ribbon along its axis, with irregular foot."""
    axis = smooth(plane(geography()["laoshan_axis"]), 150.0)
    noise = Noise(511, 1500.0)
    side = normals(axis)
    ends = np.sin(np.linspace(0.12, np.pi - 0.12, len(axis))) ** 0.45
    left = axis + side * ((2150 + extra_m + 420 * noise.at(axis)) * ends)[:, None]
    right = axis - side * ((2150 + extra_m + 420 * noise.at(axis + 5e4)) * ends)[:, None]
    return shapely.make_valid(shapely.Polygon(np.vstack([left, right[::-1]])))


_REDLINES: tuple[tuple[str, str, LonLat], ...] = (
    (
        "绿水湾湿地生态保护红线（示意）",
        "生物多样性维护",
        [
            (118.622, 31.985),
            (118.634, 31.992),
            (118.652, 32.016),
            (118.664, 32.032),
            (118.655, 32.031),
            (118.640, 32.012),
        ],
    ),
    (
        "八卦洲湿地生态保护红线（示意）",
        "水源涵养",
        [(118.800, 32.206), (118.830, 32.214), (118.855, 32.205), (118.850, 32.197), (118.815, 32.200)],
    ),
    (
        "龙袍兴隆洲湿地生态保护红线（示意）",
        "生物多样性维护",
        [(118.905, 32.206), (118.940, 32.192), (118.985, 32.186), (118.985, 32.197), (118.935, 32.209)],
    ),
    (
        "平山生态保护红线（示意）",
        "水土保持",
        [(118.740, 32.435), (118.775, 32.430), (118.790, 32.452), (118.765, 32.465), (118.742, 32.455)],
    ),
    (
        "冶山生态保护红线（示意）",
        "水土保持",
        [(118.985, 32.462), (119.025, 32.460), (119.030, 32.490), (118.995, 32.492)],
    ),
)


def redline_rows(fabric: BaseGeometry, water: Water) -> list[Row]:
    """Return ecological red line rows (生态保护红线), clear of the fabric."""
    areas = [("老山生态保护红线（示意）", "水源涵养", laoshan(-350.0))]
    areas += [
        (name, kind, blob(plane(ring), Noise(520 + k, 1100.0), 150.0))
        for k, (name, kind, ring) in enumerate(_REDLINES)
    ]
    rows = []
    for name, kind, area in areas:
        free = shapely.difference(area, shapely.buffer(fabric, 25.0))
        free = shapely.difference(free, shapely.buffer(water.yangtze, 5.0)) if "湿地" in name else free
        rows.append(
            {
                "XJXZQDM": "320111" if "示意" in name and "六合" not in name else "320116",
                "MC": name,
                "LHLX": kind,
                "geometry": tidy(free, 30_000.0),
            }
        )
    return rows


def hazard_rows(parcels: gpd.GeoDataFrame, seed: int) -> list[Row]:
    """Return hazard facilities (危险源) with distances of the individual-risk contours [m]."""
    rng = np.random.default_rng(seed)
    shapes = parcels.geometry.to_numpy()
    heavy = (
        parcels["use_code"].isin(["100103", "110103"]).to_numpy() & (parcels["frame"] == "chem").to_numpy()
    )
    port = (
        parcels["use_code"].isin(["110102", "100103", "1102"]).to_numpy()
        & (parcels["kind"] == "port").to_numpy()
    )
    spots: list[tuple[str, str, Points]] = []
    for pool, kind, names, apart in ((heavy, "危险化学品生产", 13, 1150.0), (port, "液体化工储罐", 3, 900.0)):
        order = rng.permutation(np.flatnonzero(pool))
        chosen: list[Points] = []
        for k in order:
            at = shapely.get_coordinates(shapes[k].representative_point())[0]
            if all(np.linalg.norm(at - other) > apart for other in chosen) and len(chosen) < names:
                chosen.append(at)
        spots += [(f"示例{kind}设施{n + 1:02d}", kind, at) for n, at in enumerate(chosen)]
    spots.append(("示例水厂加氯间", "氯气储存", plane([(118.655, 32.0325)])[0]))
    spots.append(("示例天然气门站", "燃气储配", plane([(118.690, 32.222)])[0]))
    rows = []
    for name, kind, at in spots:
        near = float(np.round(rng.uniform(120, 260) if "生产" in kind else rng.uniform(80, 180), 0))
        rows.append(
            {
                "name": name,
                "kind": kind,
                "d_1e5_m": near,
                "d_3e6_m": round(near * 1.9),
                "d_3e7_m": round(near * 3.6),
                "geometry": shapely.Point(np.round(at, 2)),
            }
        )
    return rows
