"""A workspace that can be checked by hand: squares of 100 m in EPSG:4549, written as real files."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely
import yaml

CRS = "EPSG:4549"
X0, Y0 = 380_000.0, 3_550_000.0


def square(column: float, row: float, side: float = 100.0) -> shapely.Polygon:
    """Return a square whose lower-left corner is `column`, `row` steps of 100 m from the origin."""
    x, y = X0 + 100.0 * column, Y0 + 100.0 * row
    return shapely.box(x, y, x + side, y + side)


def rectangle(column: float, row: float, wide: float, high: float) -> shapely.Polygon:
    """Return a rectangle in steps of 100 m."""
    x, y = X0 + 100.0 * column, Y0 + 100.0 * row
    return shapely.box(x, y, x + 100.0 * wide, y + 100.0 * high)


def point(column: float, row: float) -> shapely.Point:
    """Return a point in steps of 100 m."""
    return shapely.Point(X0 + 100.0 * column, Y0 + 100.0 * row)


LAYERS = {
    "udb": ("polygon", "udb", {"zone": "GHFQMC"}),
    "farmland": ("polygon", "farmland", {"id": "YJJBNTTBBH"}),
    "redline": ("polygon", "redline", {"name": "MC"}),
    "park": ("polygon", "park", {"name": "name", "kind": "kind"}),
    "plan": (
        "polygon",
        "plan",
        {"use_code": "YDYHFLDM", "far_max": "far_max", "height_m": "height_m", "density_max": "density_max"},
    ),
    "station": (
        "point",
        "station",
        {
            "name": "name",
            "line": "line",
            "status": "status",
            "accuracy_m": "accuracy_m",
            "opening_year": "opening_year",
        },
    ),
    "hazard": (
        "point",
        "hazard",
        {"name": "name", "d_1e5_m": "d_1e5_m", "d_3e6_m": "d_3e6_m", "d_3e7_m": "d_3e7_m"},
    ),
    "river": ("line", "river_management", {"river": "river"}),
}


def layer_frames() -> dict[str, gpd.GeoDataFrame]:
    """Return the layers: the row of squares lies in the concentrated zone but for the last two."""
    rows: dict[str, list[dict[str, object]]] = {
        "udb": [
            {"GHFQMC": "城镇集中建设区", "geometry": rectangle(0, 0, 4, 1)},
            {"GHFQMC": "城镇弹性发展区", "geometry": rectangle(4, 0, 1, 1)},
        ],
        "farmland": [{"YJJBNTTBBH": "1", "geometry": rectangle(0.5, 0, 0.5, 1)}],
        "redline": [{"MC": "示例红线", "geometry": rectangle(20, 20, 1, 1)}],
        "park": [{"name": "示例园区", "kind": "园区", "geometry": rectangle(0, 0, 3, 1)}],
        "plan": [
            {
                "YDYHFLDM": "100101",
                "far_max": 2.0,
                "height_m": 24.0,
                "density_max": 0.5,
                "geometry": rectangle(0, 0, 6, 1),
            }
        ],
        "station": [
            {
                "name": "甲站",
                "line": "1",
                "status": "operating",
                "accuracy_m": 60.0,
                "opening_year": 2014,
                "geometry": point(0.5, 4.5),
            },
            {
                "name": "乙站",
                "line": "2",
                "status": "construction",
                "accuracy_m": 900.0,
                "opening_year": 2027,
                "geometry": point(30, 0),
            },
        ],
        "hazard": [
            {
                "name": "示例装置",
                "d_1e5_m": 50.0,
                "d_3e6_m": 150.0,
                "d_3e7_m": 400.0,
                "geometry": point(7, 0.5),
            }
        ],
        "river": [{"river": "长江", "geometry": shapely.LineString([point(-5, -5), point(-5, 20)])}],
    }
    return {name: gpd.GeoDataFrame(records, geometry="geometry", crs=CRS) for name, records in rows.items()}


def parcel_frame() -> gpd.GeoDataFrame:
    """Return six industrial squares P0 … P5 side by side."""
    count = 6
    return gpd.GeoDataFrame(
        {
            "parcel_id": [f"P{i}" for i in range(count)],
            "name": [f"示例地块{i}" for i in range(count)],
            "use_code": ["100101"] * count,
            "use_scheme": ["YDYH-2023"] * count,
            "plan_use_code": ["0802", "100101", "0701", "0901", None, "100103"],
            "floor_area_m2": [5_000.0, 20_000.0, None, 10_000.0, 4_000.0, 9_000.0],
            "footprint_m2": [2_500.0, 5_000.0, 3_000.0, None, 1_000.0, 4_000.0],
        },
        geometry=[square(i, 0) for i in range(count)],
        crs=CRS,
    )


SCHEMA = [
    ("parcel_id", "str", True),
    ("name", "str", False),
    ("use_code", "str", False),
    ("use_scheme", "str", False),
    ("plan_use_code", "str", False),
    ("floor_area_m2", "float", False),
    ("footprint_m2", "float", False),
]

RULEBOOK = """\
id: screening
edition: 2026-03
effective: {from: 2026-03-01, to: null}
title: {zh: 试算, en: Trial}
trigger_groups: {economic: 1}
scope:
- {id: scope-use, title: {zh: 工业用地}, indicator: use_code, op: in, value: ["1001"], unit: code}
rules:
- {id: R-farm, kind: gate, role: prohibit, title: {zh: 永久基本农田}, indicator: farmland_area, op: ">", value: 0, unit: m2,
   unknown_between: [0, 1], clause: default/1, basis: law, status: M}
- {id: R-udb, kind: gate, role: must, title: {zh: 城镇开发边界}, indicator: udb_inside_share, op: ">=", value: 0.999, unit: "1",
   clause: default/1, basis: standard, status: D}
- {id: R-far, kind: gate, role: trigger, group: economic, title: {zh: 容积率}, indicator: far, op: "<", value: 1.5, unit: "1",
   clause: default/1, basis: assumption, status: D}
- {id: C-far, kind: curve, title: {zh: 容积率得分}, indicator: far, unit: "1", points: [[0, 1], [2, 0]], weight: 3,
   clause: default/1, basis: assumption, status: D}
- {id: C-bcr, kind: curve, title: {zh: 建筑系数得分}, indicator: building_coefficient, unit: "1", points: [[0, 1], [1, 0]], weight: 1,
   clause: default/1, basis: assumption, status: D}
- {id: A-path, kind: choose, title: {zh: 路径}, units: {far: "1"}, rows: [{when: {far: {op: "<", value: 1}}, then: renew, title: {zh: 更新}},
   {then: keep, title: {zh: 保留}}], clause: default/1, basis: assumption, status: D}
"""

POLICY = """\
id: default
issuer: 测试
title: 测试依据
short: 依据
status: D
text_seen: false
source: 测试
clauses: [{id: "1", title: 第一条, summary: 测试用, status: D}]
"""


def write_tiny_workspace(folder: Path) -> Path:
    """Write the workspace and return its folder."""
    data = folder / "layers" / "data"
    data.mkdir(parents=True)
    for name, frame in layer_frames().items():
        frame.to_file(data / f"{name}.fgb", driver="FlatGeobuf")
    catalog = {
        "workspace": {
            "id": "tiny", "title": {"zh": "小工作区"}, "data_date": "2026-06-30", "crs": CRS, "synthetic": True,
            "parcels": "../parcels/parcels.parquet",
        },
        "groups": [{"id": "all", "title": {"zh": "全部"}}],
        "layers": [
            {
                "id": name, "title": {"zh": name}, "group": "all", "kind": kind, "source": f"data/{name}.fgb",
                "crs": CRS, "authority": "测试", "licence": "测试", "role": role, "fields": fields,
            }
            for name, (kind, role, fields) in LAYERS.items()
        ],
    }  # fmt: skip
    (folder / "layers" / "catalog.yaml").write_text(
        yaml.safe_dump(catalog, allow_unicode=True), encoding="utf-8"
    )
    parcels = folder / "parcels"
    for name in ("codes", "policies", "rulebooks"):
        (parcels / name).mkdir(parents=True)
    fields = [{"name": n, "title": {"zh": n}, "dtype": t, "required": r} for n, t, r in SCHEMA]
    (parcels / "schema.yaml").write_text(yaml.safe_dump({"fields": fields}), encoding="utf-8")
    parcel_frame().to_parquet(parcels / "parcels.parquet")
    (parcels / "policies" / "default.yaml").write_text(POLICY, encoding="utf-8")
    (parcels / "rulebooks" / "screening.yaml").write_text(RULEBOOK, encoding="utf-8")
    codes = Path(__file__).resolve().parent.parent / "parcels" / "codes"
    for name in ("land_use_codes.csv", "compatibility.csv", "standard_land_controls.csv"):
        (parcels / "codes" / name).write_bytes((codes / name).read_bytes())
    return folder


def occupancy_tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return yearly enterprise figures and occupancy: E1 has two parcels, P1 has two enterprises."""
    yearly = pd.DataFrame(
        [("E1", year, 30.0, 300.0, 60.0, "38", "GB/T 4754-2017", "A") for year in (2023, 2024, 2025)]
        + [("E2", 2025, 1.0, 20.0, 10.0, "38", "GB/T 4754-2017", "D")],
        columns=[
            "enterprise_id",
            "year",
            "tax_10k",
            "output_10k",
            "employees",
            "industry_code",
            "industry_edition",
            "grade",
        ],
    )
    occupancy = pd.DataFrame(
        [("E1", "P0", 10_000.0, 2025), ("E1", "P1", 5_000.0, 2025), ("E2", "P1", 5_000.0, 2025)],
        columns=["enterprise_id", "parcel_id", "land_m2", "year"],
    )
    return yearly, occupancy
