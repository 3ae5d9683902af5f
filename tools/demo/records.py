"""Identifiers, names, standard-land promises and regional assessments (编号、名称、标准地)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from tools.demo.blocks import Road

Row = dict[str, Any]

_NOUN = {
    "070102": "小区",
    "070103": "老住区",
    "0702": "社区中心",
    "0703": "村居",
    "0801": "办公用房",
    "0802": "研发楼",
    "0803": "文化馆",
    "080401": "校区",
    "080402": "职校",
    "080403": "中小学",
    "080404": "幼儿园",
    "0805": "体育场",
    "0806": "医院",
    "0807": "养老院",
    "0901": "商铺",
    "0902": "商务楼",
    "0903": "影城",
    "1001": "厂房",
    "1101": "仓库",
    "1102": "储备库",
    "1204": "码头",
    "120801": "客运站",
    "120802": "公交场站",
    "120803": "停车场",
    "1301": "水厂",
    "1302": "污水厂",
    "1303": "变电站",
    "1304": "燃气站",
    "1305": "热源厂",
    "1309": "环卫站",
    "1310": "消防站",
    "1401": "公园",
    "1402": "防护绿地",
    "1403": "广场",
    "16": "留白地块",
    "2301": "空闲地块",
    "01": "农田",
    "03": "林地",
    "17": "水塘",
}
STD_ITEMS = (
    "压覆重要矿产资源",
    "地质灾害危险性",
    "水土保持",
    "环境影响",
    "节能",
    "文物考古",
    "洪水影响",
    "地震安全性",
    "气候可行性",
    "交通影响",
    "社会稳定风险",
    "土壤污染状况",
)


def street_of(table: gpd.GeoDataFrame, streets: list[Row]) -> list[str]:
    """Return the street code of each parcel, by its centroid."""
    shapes = np.array([row["geometry"] for row in streets])
    middles = shapely.centroid(table.geometry.to_numpy())
    found = shapely.STRtree(shapes).query_nearest(middles, all_matches=False)
    code = np.array([row["code"] for row in streets])
    return [str(value) for value in code[found[1]]]


def identify(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the table with parcel_id, 19-character parcel_code and 28-character bdcdyh (GB/T 37346)."""
    out = table.copy()
    out["parcel_id"] = [f"JB{n + 1:06d}" for n in range(len(out))]
    order = {
        block: n for n, block in enumerate(dict.fromkeys(zip(out["street_code"], out["block"], strict=True)))
    }
    serial: dict[tuple[str, int], int] = {}
    codes, units = [], []
    for street, block, use in zip(out["street_code"], out["block"], out["use_code"], strict=True):
        section = order[street, block] // 8 % 200 + 1
        serial[street, section] = serial.get((street, section), 0) + 1
        feature = "JA" if use[:2] in ("01", "03", "17") else "JC" if use == "0703" else "GB"
        code = f"{street}{section:03d}{feature}{serial[street, section]:05d}"
        codes.append(code)
        units.append(code + ("W00000000" if use[:2] in ("01", "03", "14", "16", "17", "23") else "F00010001"))
    out["parcel_code"], out["bdcdyh"] = codes, units
    return out


def names(table: gpd.GeoDataFrame, roads: list[Road]) -> list[str]:
    """Return invented names: nearest road, house number, what it is used for."""
    tree = shapely.STRtree(np.array([road.line for road in roads]))
    near = tree.query_nearest(shapely.centroid(table.geometry.to_numpy()), all_matches=False)[1]
    count: dict[str, int] = {}
    out = []
    for road, use in zip(near, table["use_code"], strict=True):
        label = roads[road].name
        count[label] = count.get(label, 0) + 1
        out.append(f"{label} {count[label] * 2} 号{_noun(use)}")
    return out


def renamed(name: str, use: str) -> str:
    """Return a parcel name with the word for another use."""
    return name[: name.index("号") + 1] + _noun(use)


def _noun(use: str) -> str:
    return next(_NOUN[use[:n]] for n in (6, 4, 2) if use[:n] in _NOUN)


def standard_land(parcels: gpd.GeoDataFrame, seed: int, leave: set[str]) -> list[Row]:
    """Return standard-land rows (标准地): recent industrial parcels in parks with their promises; `leave` names parcels left out."""
    rng = np.random.default_rng(seed)
    recent = parcels["supplied_on"].map(
        lambda day: bool(day) and not pd.isna(day) and day >= date(2016, 1, 1)
    )
    pool = parcels[
        recent
        & parcels["park_id"].notna()
        & parcels["use_code"].str.startswith("1001")
        & parcels["industry_code"].notna()
    ]
    pool = pool[~pool["parcel_id"].isin(leave)]
    chosen = pool.iloc[np.sort(rng.permutation(len(pool))[:126])]
    rows = []
    for number, parcel in enumerate(chosen.itertuples()):
        signed = parcel.supplied_on
        chem = str(parcel.use_code) == "100103"
        rows.append(
            {
                "BZDBH": f"BZD-JB-{number + 1:04d}",
                "name": parcel.name,
                "industry": parcel.industry_code,
                "park": parcel.park_id,
                "far_min": 0.6 if chem else 1.5,
                "invest_min": float(rng.choice([300, 350, 400, 450, 500])),
                "tax_min": float(rng.choice([20, 25, 30, 35])),
                "output_min": float(rng.choice([350, 400, 450, 500])),
                "signed_on": signed.isoformat(),
                "start_due": (signed + timedelta(days=365)).isoformat(),
                "finish_due": (signed + timedelta(days=1095)).isoformat(),
                "target_on": (signed + timedelta(days=1825)).isoformat(),
                "parcel_id": parcel.parcel_id,
                "geometry": parcel.geometry,
            }
        )
    return rows


def assessments(parks: list[Row]) -> list[Row]:
    """Return regional-assessment rows (区域评估): every item for some parks, part of them for others."""
    rows = []
    for number, park in enumerate(row for row in parks if row["kind"] != "港区"):
        items = STD_ITEMS if number % 3 else STD_ITEMS[: 8 + number % 4]
        for k, item in enumerate(items):
            issued = date(2022 + (number + k) % 3, 1 + (3 * k + number) % 12, 10)
            rows.append(
                {
                    "item": item,
                    "report_no": f"示例评估〔{issued.year}〕{number + 1:02d}{k + 1:02d}号",
                    "issued_on": issued.isoformat(),
                    "valid_to": issued.replace(year=issued.year + (3 if k % 4 else 2)).isoformat(),
                    "park": park["name"],
                    "geometry": shapely.simplify(park["geometry"], 25.0),
                }
            )
    return rows
