"""Boundary optimisation in the demo (边界优化示例): grades of cultivated land, quotas, cases of the rulebook `udb`.

Everything here is invented. It reads what the other parts have made and changes nothing of it.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from tools.demo.known import frame_box

Row = dict[str, Any]
SEED = 20260901
SCHEME = "国家利用等（示例）"
COUNTIES = {"320111": (0.86, 30.0), "320116": (0.82, 45.0), "320113": (0.9, 1.0)}
"""County: base-year land as a share of the boundary, reserve quota [ha]."""
ZONES = ("城镇集中建设区", "城镇弹性发展区", "特别用途区")
PROVENANCE = {
    "provider": "示例数据（合成）",
    "document": "示例下达文件〔2026〕1号（虚构）",
    "as_of": "2026-06-30",
    "status": "D",
    "synthetic": True,
}


def grades() -> list[Row]:
    """Return a cover of the map frame in patches of one grade of cultivated land each, 3 to 9."""
    rng = np.random.default_rng(SEED)
    west, south, east, north = frame_box()
    seeds = np.column_stack([rng.uniform(west, east, 90), rng.uniform(south, north, 90)])
    frame = shapely.box(west, south, east, north)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(seeds), extend_to=frame))
    cells = shapely.set_precision(shapely.intersection(cells, frame), 0.1)
    order = np.lexsort((shapely.get_y(shapely.centroid(cells)), shapely.get_x(shapely.centroid(cells))))
    numbers = rng.integers(3, 10, len(cells))
    return [
        {"GDZLDB": int(numbers[k]), "DBTX": SCHEME, "geometry": cells[row]}
        for k, row in enumerate(order)
        if not shapely.is_empty(cells[row])
    ]


def quotas(layers: dict[str, list[Row]]) -> pd.DataFrame:
    """Return a quota a county, made so that the multiple lies a little below what is allotted."""
    boundary = shapely.union_all([row["geometry"] for row in layers["udb"]])
    rows = []
    for county in sorted(layers["district"], key=lambda row: str(row["code"])):
        code = str(county["code"])
        share, reserve = COUNTIES[code]
        inside = shapely.area(shapely.intersection(county["geometry"], boundary)) / 10_000
        rows.append(
            {
                "xzqdm": code,
                "name": county["name"],
                "reserve_quota_ha": reserve,
                "quota_source": "示例",
                "base_area_ha": round(max(inside * share, 1.0), 1),
                "multiple_max": 1.25,
                "increment_total_ha": round(max(inside * 0.12, 1.0), 1),
                "planned_new_ha": round(max(inside * 0.1, 1.0), 1),
                "planned_outside_ha": round(max(inside * 0.006, 0.1), 1),
                "outside_deducted_ha": round(max(inside * 0.006, 0.1), 1),
                "outside_residential": False,
            }
        )
    return pd.DataFrame(rows)


def increments(quota: pd.DataFrame) -> pd.DataFrame:
    """Return the increment used in each year from 2021 to 2025, by county."""
    parts = {"2021": 0.09, "2022": 0.08, "2023": 0.08, "2024": 0.07, "2025": 0.06}
    rows = [
        {"xzqdm": code, "year": year, "used_ha": round(total * part, 1)}
        for code, total in zip(quota["xzqdm"], quota["increment_total_ha"], strict=True)
        for year, part in parts.items()
    ]
    return pd.DataFrame(rows)


def shares(parcels: gpd.GeoDataFrame, rows: list[Row], zone: str) -> np.ndarray:
    """Return the plane share of each parcel in a zone, shape (n,)."""
    shapes = parcels.geometry.to_numpy()
    zones = np.array([row["geometry"] for row in rows if row.get("GHFQMC", zone) == zone], dtype=object)
    parcel, piece = shapely.STRtree(zones).query(shapes, predicate="intersects")
    area = shapely.area(shapely.intersection(shapes[parcel], zones[piece]))
    return np.bincount(parcel, weights=area, minlength=len(shapes)) / shapely.area(shapes)


def cases(parcels: gpd.GeoDataFrame, layers: dict[str, list[Row]], taken: set[str]) -> list[Row]:
    """Return planted cases of the rulebook `udb` on parcels that no other case stands on, found by where they lie."""
    part = {zone: shares(parcels, layers["udb"], zone) for zone in ZONES}
    outside = 1.0 - sum(part.values())
    farmland, redline = (shares(parcels, layers[name], "") for name in ("farmland", "redline"))
    clear = (farmland == 0) & (redline == 0) & ~parcels["parcel_id"].isin(taken).to_numpy()
    area = shapely.area(parcels.geometry.to_numpy())
    plan = parcels["plan_use_code"].astype("object")
    known = plan.notna().to_numpy()
    change = known & (plan.astype(str).str[:4] != parcels["use_code"].astype(str).str[:4]).to_numpy()
    same = known & (plan == parcels["use_code"]).to_numpy()
    built = plan.astype(str).str[:2].isin(["07", "08", "09", "10"]).to_numpy()
    deep = (
        plan.astype(str).str.len().ge(6).to_numpy()
        | plan.astype(str).isin(["0802", "0901", "0902"]).to_numpy()
    )
    facing = outside * area
    whole = part[ZONES[0]] > 1 - 1e-9
    found = (
        ("U01", "全部在集中建设区，用途改变：符合", clear & whole & change & built & deep, "candidate", {"UDB-02-outside": "pass"}, "conform"),
        ("U02", "用途不变且部分在边界外：现状保留，不得新增", clear & (facing > 200) & same & built & deep, "candidate", {"UDB-02-present": "pass"}, "present"),
        ("U03", "用途改变且部分在边界外：不符合，须退出或局部优化", clear & (facing > 200) & change & built & deep, "not_candidate", {"UDB-02-outside": "fail", "UDB-05": "pass", "UDB-06": "pass"}, None),
        ("U04", "涉及弹性发展区，用途改变：有条件，先调入集中建设区", clear & (part[ZONES[1]] > 0.9) & (facing < 0.01) & change & built & deep, "candidate", {"UDB-02-elastic": "pass"}, "elastic"),
        ("U05", "在特别用途区内用途改变：不符合", clear & (part[ZONES[2]] > 0.05) & (facing < 0.01) & change & built & deep, "not_candidate", {"UDB-02-special": "fail"}, None),
        ("U06", "占用永久基本农田：触及底线", ~parcels["parcel_id"].isin(taken).to_numpy() & (farmland * area > 5) & (redline == 0) & (facing < 0.01) & built & deep, "prohibited", {"UDB-03-farmland": "fail"}, None),
        ("U07", "规划用途未提供：资料不足", clear & whole & ~known, "unknown", {"UDB-02-scope": "unknown"}, None),
        ("U08", "规划为公路等非城镇建设用地：不适用", clear & known & plan.astype(str).str[:2].isin(["01", "02", "03", "17"]).to_numpy(), "not_applicable", {"UDB-02-scope": "fail"}, None),
    )  # fmt: skip
    out = []
    for id_, story, mask, verdict, rules, advice in found:
        rows = np.flatnonzero(mask)
        if len(rows) == 0:
            continue
        parcel_id = str(parcels["parcel_id"].iloc[rows[0]])
        expect: Row = {"verdict": verdict, "rules": rules}
        if advice:
            expect["advice"] = advice
        out.append(
            {
                "id": id_,
                "parcel_id": parcel_id,
                "story": story,
                "bookmark": None,
                "rulebook": "udb",
                "expect": expect,
            }
        )
    return out
