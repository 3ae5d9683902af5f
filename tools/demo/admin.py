"""Districts and streets: an irregular partition of the north bank (区与街道界线)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from rasterio import features
from rasterio.transform import Affine
from shapely import Polygon
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from tools.demo.known import LonLat, frame_box, geography, plane
from tools.demo.noise import Noise, largest, smooth
from tools.demo.water import Water

_CELL = 90.0

# Centres that pull land to each street (街道); several for a long one. Schematic, names and codes are real.
STREETS: tuple[tuple[str, str, LonLat], ...] = (
    ("320111001", "泰山街道", [(118.716, 32.132), (118.700, 32.118), (118.729, 32.128)]),
    ("320111002", "顶山街道", [(118.676, 32.087), (118.662, 32.103), (118.690, 32.098), (118.640, 32.128)]),
    ("320111003", "沿江街道", [(118.738, 32.160), (118.730, 32.185), (118.744, 32.195)]),
    (
        "320111004",
        "江浦街道",
        [(118.625, 32.050), (118.600, 32.020), (118.640, 32.064), (118.590, 32.062), (118.646, 32.035)],
    ),
    (
        "320111005",
        "桥林街道",
        [(118.535, 31.925), (118.500, 31.885), (118.570, 31.965), (118.515, 31.960), (118.485, 31.860)],
    ),
    ("320111006", "汤泉街道", [(118.470, 32.105), (118.440, 32.150), (118.500, 32.120)]),
    ("320111007", "盘城街道", [(118.700, 32.200), (118.690, 32.175), (118.692, 32.222), (118.668, 32.160)]),
    ("320111008", "星甸街道", [(118.425, 31.995), (118.420, 32.050), (118.470, 31.965), (118.455, 32.020)]),
    (
        "320111009",
        "永宁街道",
        [(118.565, 32.160), (118.610, 32.195), (118.530, 32.170), (118.632, 32.205), (118.575, 32.120)],
    ),
    ("320116001", "大厂街道", [(118.735, 32.230), (118.757, 32.228), (118.714, 32.236)]),
    ("320116004", "葛塘街道", [(118.748, 32.258), (118.722, 32.272), (118.700, 32.262), (118.738, 32.280)]),
    ("320116005", "长芦街道", [(118.800, 32.250), (118.840, 32.250), (118.785, 32.275), (118.870, 32.240)]),
    ("320116006", "雄州街道", [(118.845, 32.350), (118.870, 32.330), (118.855, 32.372), (118.880, 32.300)]),
    ("320116007", "龙池街道", [(118.805, 32.322), (118.790, 32.338), (118.815, 32.300)]),
    ("320116008", "程桥街道", [(118.720, 32.350), (118.700, 32.310), (118.760, 32.330), (118.690, 32.395)]),
    ("320116009", "金牛湖街道", [(118.950, 32.455), (118.935, 32.420), (118.905, 32.470)]),
    ("320116010", "横梁街道", [(118.940, 32.340), (118.985, 32.360), (118.930, 32.375)]),
    ("320116011", "龙袍街道", [(118.925, 32.250), (118.955, 32.215), (118.990, 32.270), (119.010, 32.230)]),
    ("320116012", "马鞍街道", [(118.775, 32.405), (118.820, 32.420), (118.790, 32.455)]),
    ("320116013", "冶山街道", [(119.010, 32.460), (119.020, 32.410)]),
    ("320116110", "竹镇镇", [(118.690, 32.470), (118.730, 32.480), (118.660, 32.440)]),
)

# The provincial border on the Anhui side, schematic; the river closes the other side.
_BORDER: LonLat = [
    (118.452, 31.790),
    (118.462, 31.845),
    (118.440, 31.905),
    (118.405, 31.955),
    (118.375, 32.010),
    (118.372, 32.070),
    (118.392, 32.135),
    (118.405, 32.185),
    (118.412, 32.219),
    (118.50, 32.2005),
    (118.585, 32.2055),
    (118.66, 32.2455),
    (118.652, 32.300),
    (118.612, 32.345),
    (118.606, 32.405),
    (118.640, 32.450),
    (118.652, 32.530),
]


def north_bank_land(water: Water) -> Polygon:
    """Return the Nanjing land north of the Yangtze (江北陆域), cut at the provincial border."""
    border = smooth(plane(_BORDER), 120.0)
    wobble = Noise(61, 1500.0)
    border = border + 160.0 * np.column_stack([wobble.at(border), wobble.at(border[:, ::-1])])
    far_east = plane([(119.2, 32.55), (119.2, 31.70)])
    area = shapely.make_valid(Polygon(np.vstack([border, far_east])))
    here = shapely.intersection(area, shapely.box(*frame_box()))
    return largest(shapely.difference(here, shapely.union(water.yangtze, _south_bank())))


def _south_bank() -> Polygon:
    facts = geography()
    centre = [
        (118.40, 31.715),
        *facts["yangtze_main_channel_centre"],
        *facts["yangtze_south_channel_of_bagua_island"][1:],
        (119.06, 32.195),
        (119.20, 32.22),
        (119.20, 31.60),
        (118.40, 31.60),
    ]
    return Polygon(plane(centre))


def street_rows(water: Water) -> list[dict[str, Any]]:
    """Return street rows (街道) as a clean partition of the land, 八卦洲 being its island."""
    land = north_bank_land(water)
    west, south, east, north = frame_box()
    nx, ny = int((east - west) / _CELL) + 1, int((north - south) / _CELL) + 1
    x = west + _CELL * (np.arange(nx) + 0.5)
    y = north - _CELL * (np.arange(ny) + 0.5)
    cells = np.column_stack([np.tile(x, ny), np.repeat(y, nx)])
    warp = Noise(62, 4200.0), Noise(63, 4200.0)
    moved = cells + 900.0 * np.column_stack([warp[0].at(cells), warp[1].at(cells)])
    owner = np.repeat(np.arange(len(STREETS)), [len(points) for _, _, points in STREETS])
    seeds = np.vstack([plane(points) for _, _, points in STREETS])
    best = np.full(len(cells), np.inf)
    label = np.zeros(len(cells), dtype=np.int16)
    sides = _sides(water)
    for seed, who in zip(seeds, owner, strict=True):
        distance = np.linalg.norm(moved - seed, axis=1)
        nearer = distance < best
        best[nearer], label[nearer] = distance[nearer], who
    return _vectorise(label.reshape(ny, nx), Affine(_CELL, 0.0, west, 0.0, -_CELL, north), land, sides, water)


def _sides(water: Water) -> Polygon:
    """Return the land south of the Machahe and Chuhe, where 浦口区 lies."""
    facts = geography()
    machahe = plane(facts["machahe_马汊河"])
    start = plane([(118.66, 32.245)])
    edge = np.vstack(
        [
            start,
            machahe,
            plane([(118.79, 32.10), (118.60, 31.70), (118.30, 31.70), (118.30, 32.30), (118.60, 32.262)]),
        ]
    )
    return Polygon(edge)


def _vectorise(
    label: npt.NDArray[np.int16], transform: Affine, land: Polygon, pukou: Polygon, water: Water
) -> list[dict[str, Any]]:
    parts: dict[int, list[BaseGeometry]] = {}
    for geometry, value in features.shapes(label, transform=transform):
        parts.setdefault(int(value), []).append(shape(geometry))
    keys = sorted(parts)
    coverage = np.array([shapely.union_all(parts[key]) for key in keys])
    coverage = shapely.coverage_simplify(coverage, 260.0)
    rows = []
    for key, geometry in zip(keys, coverage, strict=True):
        code, name, _ = STREETS[key]
        side = (
            shapely.intersection(land, pukou)
            if code.startswith("320111")
            else shapely.difference(land, pukou)
        )
        rows.append({"code": code, "name": name, "geometry": shapely.intersection(geometry, side)})
    rows.append({"code": "320113009", "name": "八卦洲街道", "geometry": water.bagua})
    return _complete(rows, land, pukou)


def _complete(rows: list[dict[str, Any]], land: Polygon, pukou: Polygon) -> list[dict[str, Any]]:
    """Give land that the district line cut off to the nearest street of its own district."""
    left = shapely.difference(land, shapely.union_all([row["geometry"] for row in rows]))
    for piece in shapely.get_parts(left):
        if piece.geom_type != "Polygon" or piece.area < 1:
            continue
        prefix = "320111" if shapely.intersection(piece, pukou).area > piece.area / 2 else "320116"
        own = [row for row in rows if row["code"].startswith(prefix)]
        best = max(
            own,
            key=lambda row: (
                row["geometry"].buffer(1).intersection(piece.buffer(1)).area,
                -row["geometry"].distance(piece),
            ),
        )
        best["geometry"] = shapely.union(best["geometry"], piece)
    for row in rows:
        row["geometry"] = _whole(row["geometry"])
    return rows


def _whole(geometry: BaseGeometry) -> BaseGeometry:
    clean = shapely.set_precision(geometry, 0.01)
    parts = [part for part in shapely.get_parts(clean) if part.geom_type == "Polygon" and part.area > 30_000]
    return shapely.MultiPolygon(parts) if len(parts) > 1 else parts[0]


def district_rows(streets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return district rows (区): the union of their streets."""
    names = {"320111": "浦口区", "320116": "六合区", "320113": "栖霞区（八卦洲）"}
    rows = []
    for code, name in names.items():
        own = [row["geometry"] for row in streets if row["code"].startswith(code)]
        body = shapely.buffer(
            shapely.buffer(shapely.union_all(own), 8, join_style="mitre"), -8, join_style="mitre"
        )
        rows.append({"code": code, "name": name, "geometry": shapely.simplify(body, 1.0)})
    return rows
