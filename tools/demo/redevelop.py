"""Redevelopment and mixed use of the demo (再开发与混合用地示例): prices, economics, inquiries, batches, transitions, floors.

Reads the parcels that the rest of the demo has written and adds tables only; all synthetic.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from tools.demo import save

Row = dict[str, Any]
SEED: Final = 20261125
AS_OF: Final = date(2026, 6, 30)
NOTE: Final = "合成示例数据，不得用于任何实际决定。"
PRICES: Final = {"07": (6200, 70), "0802": (1150, 50), "09": (2600, 40), "1001": (430, 50), "1101": (410, 50)}
"""Floor price of 2025 [元/㎡] and term by use; public uses have none."""
ECONOMICS: Final = (
    ("07", 2, 3600, 900, 1.0, 11800, 0, 0.0, 2.0),
    ("0802", 2, 3300, 500, 0.6, 0, 330, 0.22, 26.0),
    ("09", 2, 3900, 700, 0.8, 0, 620, 0.28, 30.0),
    ("1001", 2, 2200, 350, 0.5, 0, 230, 0.18, 24.0),
    ("1101", 1, 1500, 300, 0.7, 0, 165, 0.18, 10.0),
)
"""Use, years of building, cost, demolition, share pulled down, sale, rent a year, running cost, tax per mu."""
COMPLETE: Final = ("software", "xiba", "biopharma")
"""Parks whose industrial parcels have all declared their floors; of the others a part has."""
NEW_INDUSTRY: Final = ("63", "64", "65", "73", "74", "75")


def write(out: Path) -> dict[str, int]:
    """Write the tables into `out` and return the rows of each."""
    parcels = gpd.read_parquet(out / "parcels/demo/parcels.parquet")
    rng = np.random.default_rng(SEED)
    tables = {
        "floor_prices": _prices(),
        "redevelopment_economics": _economics(),
        "idle_cases": _inquiries(parcels, rng),
        "approval_batches": _batches(rng),
        "transitions": _transitions(parcels, rng),
        "floor_use": _floors(parcels, rng),
    }
    for name, rows in tables.items():
        save.table(pd.DataFrame(rows), out / f"parcels/tables/{name}.csv")
        save.document(_provenance(), out / f"parcels/tables/{name}.yaml", NOTE)
    return {name: len(rows) for name, rows in tables.items()}


def _provenance() -> Row:
    return {
        "provider": "示例规划和自然资源部门（合成）",
        "document": "示例数据（合成），不得用于任何实际决定",
        "as_of": "2026-06-30",
        "status": "D",
        "synthetic": True,
    }


def _prices() -> list[Row]:
    """Return two valuations of each use: the newer one counts from its day on."""
    return [
        {
            "id": f"FP-{year}-{use}",
            "use_code": use,
            "grade": None,
            "price_yuan_m2": price - 20 * (2025 - year),
            "valuation_date": date(year, 12, 31).isoformat(),
            "term_years": years,
            "document": f"示例楼面地价〔{year}〕",
            "status": "D",
        }
        for year in (2023, 2025)
        for use, (price, years) in PRICES.items()
    ]


def _economics() -> list[Row]:
    names = (
        "use_code", "build_years", "build_yuan_m2", "demolition_yuan_m2", "demolished_share", "sale_yuan_m2",
        "rent_yuan_m2_year", "opex_share", "tax_10k_per_mu",
    )  # fmt: skip
    more = {"valid_from": "2026-01-01", "document": "示例测算参数〔2026〕", "status": "D"}
    return [dict(zip(names, row, strict=True)) | more for row in ECONOMICS]


def _inquiries(parcels: gpd.GeoDataFrame, rng: np.random.Generator) -> list[Row]:
    """Return an inquiry for about half of the land that was not started a year after it was due."""
    late = parcels[parcels["started_on"].isna() & (parcels["start_due_on"] < date(2025, 6, 30))]
    rows: list[Row] = []
    for id_, due in zip(late["parcel_id"], late["start_due_on"], strict=True):
        cause = str(rng.choice(["enterprise", "government", "force_majeure"], p=[0.55, 0.35, 0.10]))
        wait, skipped = int(rng.integers(400, 520)), rng.random() < 0.5
        found = pd.Timestamp(due).date() + timedelta(days=wait)
        if skipped or found > AS_OF:
            continue
        rows.append(_inquiry(str(id_), pd.Timestamp(due), found, cause, len(rows) + 1))
    return rows


def _inquiry(id_: str, due: pd.Timestamp, found: date, cause: str, number: int) -> Row:
    given = cause != "enterprise"
    years = 2 if number % 9 == 0 else 1
    return {
        "parcel_id": id_,
        "found_on": found.isoformat(),
        "cause": cause,
        "document": f"示例闲置认〔{found.year}〕{number}号",
        "disposal": "extension" if given else "fee",
        "disposal_on": min(found + timedelta(days=30), AS_OF).isoformat(),
        "disposal_document": f"示例闲置处〔{found.year}〕{number}号",
        "extended_to": (due + pd.DateOffset(years=years)).date().isoformat() if given else None,
    }


def _batches(rng: np.random.Generator) -> list[Row]:
    rows: list[Row] = []
    for number in range(1, 13):
        approved = round(float(rng.uniform(4, 38)), 4)
        share = float(rng.uniform(0.45, 1.0))
        rows.append(
            {
                "approval_no": f"示例地〔{2019 + number // 2}〕{number}号",
                "title": f"示例批次第 {number} 批",
                "approved_on": date(2019 + number // 2, 1 + number % 12, 15).isoformat(),
                "approved_ha": approved,
                "supplied_ha": None if number == 11 else round(approved * share, 4),
            }
        )
    return rows


def _transitions(parcels: gpd.GeoDataFrame, rng: np.random.Generator) -> list[Row]:
    """Return transitions that run, end within a year, are over, and are settled."""
    fits = parcels["use_code"].str.startswith(("1001", "1101")) & parcels["industry_code"].str[:2].isin(
        NEW_INDUSTRY
    )
    chosen = parcels[fits.fillna(False)].sort_values("parcel_id").head(20)
    rows: list[Row] = []
    for number, id_ in enumerate(chosen["parcel_id"], start=1):
        start = date(2019 + number % 7, int(rng.integers(1, 13)), int(rng.integers(1, 29)))
        settled = start + timedelta(days=1790) if number % 7 == 0 else None
        rows.append(
            {
                "parcel_id": id_,
                "started_on": start.isoformat(),
                "document": f"示例过渡〔{start.year}〕{number}号",
                "settled_on": settled.isoformat() if settled else None,
                "settlement": "converted" if settled else None,
            }
        )
    return rows


def _floors(parcels: gpd.GeoDataFrame, rng: np.random.Generator) -> list[Row]:
    """Return the floors by use of industrial parcels in parks, in step with the shares of the parcel table.

    Where a complete park's parcel lacks a figure, the declaration brings one of its own.
    """
    industrial = parcels["use_code"].str.startswith(("1001", "1101")).fillna(False).astype(bool)
    mine = parcels[industrial & parcels["x_in_park_id"].notna()].sort_values("parcel_id")
    needed = ["floor_area_m2", "x_support_gfa_share", "x_support_land_share"]
    rows: list[Row] = []
    for one, plane in zip(mine.to_dict("records"), mine.area, strict=True):
        declared, research = rng.random() < 0.55, rng.random() < 0.5
        complete = one["x_in_park_id"] in COMPLETE
        given = {"floor_area_m2": 0.9 * plane, "x_support_gfa_share": 0.08, "x_support_land_share": 0.04}
        lacking = [name for name in needed if pd.isna(one[name])]
        if complete or (declared and not lacking):
            own = one | {name: given[name] for name in lacking} | {"land": round(plane, 2)}
            rows += _floors_of(own, research)
    return rows


def _floors_of(one: Row, research: bool) -> list[Row]:
    area, land = float(one["floor_area_m2"]), float(one["land"])
    support, ground = float(one["x_support_gfa_share"]), float(one["x_support_land_share"])
    given = one["x_secondary_gfa_share"]
    second = 0.0 if pd.isna(given) else max(0.0, float(given) - support)
    parts = [
        (one["use_code"], "否", area * (1 - support - second), land * (1 - ground)),
        ("0702", "是", area * support, land * ground),
        ("0802" if research else "0901", "否", area * second, None),
    ]
    return [
        {
            "parcel_id": one["parcel_id"],
            "use_code": code,
            "support": flag,
            "gfa_m2": round(floor, 2),
            "land_m2": None if ground_m2 is None else round(ground_m2, 2),
        }
        for code, flag, floor, ground_m2 in parts
        if floor > 0
    ]
