"""Industrial parks and outlines: unions of the blocks that belong to them (园区)."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from tools.demo.known import LonLat, plane, read_csv
from tools.demo.noise import Noise, blob, polygons
from tools.demo.water import Water

Row = dict[str, Any]

# id, name in parks.csv, rough limit [degrees] (empty: by frame), frames, kind of place wanted (None: any).
PARKS: tuple[tuple[str, str, LonLat, tuple[str, ...], str | None], ...] = (
    ("xiba", "南京港西坝港区", (), ("chem",), "port"),
    ("new-materials", "南京江北新材料科技园", (), ("chem",), None),
    (
        "cbd",
        "江北新区中央商务区",
        [
            (118.666, 32.062),
            (118.694, 32.068),
            (118.706, 32.088),
            (118.693, 32.097),
            (118.677, 32.0965),
            (118.662, 32.080),
        ],
        ("riverside",),
        None,
    ),
    (
        "rd-park",
        "产业技术研创园",
        [
            (118.610, 32.004),
            (118.638, 32.018),
            (118.654, 32.040),
            (118.640, 32.054),
            (118.620, 32.050),
            (118.602, 32.026),
        ],
        ("riverside",),
        None,
    ),
    (
        "cross-strait",
        "海峡两岸科技工业园",
        [(118.585, 32.038), (118.604, 32.038), (118.611, 32.056), (118.602, 32.067), (118.590, 32.060)],
        ("riverside",),
        None,
    ),
    (
        "pukou-hitech",
        "浦口高新技术产业开发区",
        [
            (118.600, 32.067),
            (118.612, 32.056),
            (118.626, 32.064),
            (118.632, 32.080),
            (118.616, 32.090),
            (118.600, 32.078),
        ],
        ("riverside",),
        None,
    ),
    (
        "software",
        "南京软件园",
        [(118.676, 32.158), (118.703, 32.162), (118.705, 32.176), (118.676, 32.179)],
        ("gaoxin",),
        None,
    ),
    (
        "biopharma",
        "南京生物医药谷",
        [
            (118.672, 32.178),
            (118.705, 32.1755),
            (118.7135, 32.190),
            (118.709, 32.207),
            (118.694, 32.214),
            (118.676, 32.200),
        ],
        ("gaoxin",),
        None,
    ),
    (
        "gaoxin",
        "南京高新技术产业开发区",
        [
            (118.703, 32.162),
            (118.727, 32.163),
            (118.757, 32.168),
            (118.757, 32.214),
            (118.728, 32.218),
            (118.709, 32.207),
            (118.7135, 32.190),
            (118.705, 32.176),
        ],
        ("gaoxin",),
        None,
    ),
    (
        "smart-mfg",
        "智能制造产业园",
        [
            (118.720, 32.245),
            (118.745, 32.243),
            (118.772, 32.250),
            (118.776, 32.272),
            (118.756, 32.284),
            (118.733, 32.278),
            (118.712, 32.264),
        ],
        ("dachang",),
        None,
    ),
    (
        "luhe-edz",
        "六合经济开发区",
        [
            (118.772, 32.290),
            (118.830, 32.296),
            (118.839, 32.326),
            (118.822, 32.346),
            (118.800, 32.348),
            (118.774, 32.330),
        ],
        ("luhe",),
        None,
    ),
    ("pukou-edz", "浦口经济开发区", (), ("qiaolin",), None),
    ("qiba", "南京港七坝港区", (), ("qiba",), None),
)


def assign(parcels: gpd.GeoDataFrame) -> list[str | None]:
    """Return the park id of each parcel: whole blocks belong to the first park that holds their middle."""
    middles = shapely.centroid(parcels.geometry.to_numpy())
    x, y = shapely.get_x(middles), shapely.get_y(middles)
    blocks = parcels["block"].to_numpy()
    count = int(blocks.max()) + 1
    size = np.bincount(blocks, minlength=count)
    at = np.column_stack(
        [
            np.bincount(blocks, x, count) / np.maximum(size, 1),
            np.bincount(blocks, y, count) / np.maximum(size, 1),
        ]
    )
    owner: list[str | None] = [None] * count
    frames = dict(zip(blocks, parcels["frame"], strict=True))
    kinds = dict(zip(blocks, parcels["kind"], strict=True))
    for number, (park, _, ring, members, kind) in enumerate(PARKS):
        limit = blob(plane(ring), Noise(400 + number, 900.0), 90.0) if len(ring) else None
        for block in range(count):
            if owner[block] or frames.get(block) not in members or (kind and kinds[block] != kind):
                continue
            if limit is None or shapely.contains_xy(limit, *at[block]):
                owner[block] = park
    return [owner[block] for block in blocks]


def park_rows(parcels: gpd.GeoDataFrame, water: Water) -> list[Row]:
    """Return park rows (产业园区): irregular outlines along streets around the member blocks."""
    facts = {row["name_zh"]: row for row in read_csv("parks.csv")}
    rows: list[Row] = []
    taken: list[BaseGeometry] = []
    for park, name, *_ in PARKS:
        own = (parcels["park_id"] == park).to_numpy()
        if not own.any():
            continue
        outline = enclose(
            parcels.geometry.to_numpy(),
            own,
            260.0 if park in ("new-materials", "pukou-edz", "luhe-edz", "smart-mfg") else 90.0,
            water,
        )
        outline = shapely.difference(outline, shapely.union_all(taken)) if taken else outline
        taken.append(outline)
        rows.append(
            {
                "id": park,
                "name": name,
                "name_en": facts[name]["name_en"],
                "kind": facts[name]["kind"],
                "area_km2": round(outline.area / 1e6, 2),
                "note": "示意边界，由街区合并而成",
                "geometry": outline,
            }
        )
    return rows


def enclose(shapes: np.ndarray, own: np.ndarray, reach_m: float, water: Water) -> BaseGeometry:
    """Return the outline around the parcels marked in `own`: streets between them closed, other parcels left out."""
    body = shapely.union_all(shapely.buffer(shapes[own], reach_m, join_style="mitre"))
    body = shapely.buffer(body, 8.0 - reach_m, join_style="mitre")
    body = shapely.union(body, shapely.buffer(shapely.union_all(shapes[own]), 8.0, join_style="mitre"))
    filled = shapely.union_all([shapely.Polygon(part.exterior) for part in polygons(body)])
    near = shapely.STRtree(shapes).query(filled, predicate="intersects")
    others = [k for k in near if not own[k]]
    if others:
        filled = shapely.difference(
            filled, shapely.buffer(shapely.union_all(shapes[others]), 6.0, join_style="mitre")
        )
    filled = shapely.difference(filled, shapely.buffer(water.all, 15.0))
    return tidy(filled, 6000.0)


def tidy(geometry: BaseGeometry, smallest_m2: float) -> BaseGeometry:
    """Return a geometry on the centimetre grid without crumbs and pinholes under `smallest_m2`."""
    opened = shapely.buffer(shapely.buffer(geometry, -1.0, join_style="mitre"), 1.0, join_style="mitre")
    parts = []
    for part in polygons(shapely.set_precision(shapely.simplify(opened, 0.8), 0.01)):
        if part.area >= smallest_m2:
            holes = [ring for ring in part.interiors if shapely.Polygon(ring).area >= smallest_m2]
            parts.append(shapely.Polygon(part.exterior, holes))
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
