"""Single occupants of planted parcels, with tax set against the peer median (预置案例的企业)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from tools.demo import firms
from tools.demo.case import Case
from tools.demo.town import Town

Row = dict[str, Any]
_MU_M2 = 10_000 / 15


def settle(world: Town, cases: list[tuple[Case, str]]) -> None:
    """Clear planted parcels of their occupants and give those that need one a single known enterprise."""
    people, uses = world.firms.enterprises, world.firms.occupancy
    planted = {parcel for _, parcel in cases}
    uses = uses[~uses["parcel_id"].isin(planted)]
    people = people[people["enterprise_id"].isin(uses["enterprise_id"])]
    medians = _medians(people, uses, world.parcels.set_index("parcel_id")["park_id"])
    number = int(people["enterprise_id"].str[1:].astype(int).max())
    rows: list[Row] = []
    links: list[Row] = []
    table = world.parcels.set_index("parcel_id")
    for case, parcel in cases:
        if case.firm is None:
            continue
        number += 1
        at = table.loc[parcel]
        rows += _years(case, at, f"E{number:04d}", f"示例企业{number:04d}", medians)
        links.append(
            {
                "enterprise_id": f"E{number:04d}",
                "parcel_id": parcel,
                "land_m2": float(at["area_m2"]),
                "floor_m2": None if pd.isna(at["floor_area_m2"]) else float(at["floor_area_m2"]),
                "tenure": "own",
                "year": 2025,
            }
        )
    world.firms = firms.Firms(
        pd.concat([people, pd.DataFrame(rows)[list(people.columns)]], ignore_index=True),
        pd.concat([uses, pd.DataFrame(links)], ignore_index=True),
    )


def _medians(people: pd.DataFrame, uses: pd.DataFrame, park: pd.Series) -> dict[tuple[str, str], float]:
    """Return the median tax per mu by (industry, park) with five or more, and by (industry, '')."""
    land = uses.groupby("enterprise_id")["land_m2"].sum() / _MU_M2
    home = uses.sort_values(["land_m2", "parcel_id"]).groupby("enterprise_id")["parcel_id"].last().map(park)
    tax = people.groupby("enterprise_id")["tax_10k"].mean() / land
    industry = people.groupby("enterprise_id")["industry_code"].last()
    frame = pd.DataFrame({"tax": tax, "industry": industry, "park": home.reindex(tax.index)}).dropna(
        subset=["tax"]
    )
    out = {(str(code), ""): float(group.median()) for code, group in frame.groupby("industry")["tax"]}
    for (code, place), group in frame.groupby(["industry", "park"])["tax"]:
        if len(group) >= 5:
            out[str(code), str(place)] = float(group.median())
    return out


def _years(
    case: Case, at: pd.Series, identity: str, name: str, medians: dict[tuple[str, str], float]
) -> list[Row]:
    assert case.firm is not None
    code, mu = str(at["industry_code"]), float(at["area_m2"]) / _MU_M2
    known = [
        value
        for value in (medians.get((code, "")), medians.get((code, str(at["park_id"]))))
        if value is not None
    ]
    ratio = case.firm.tax_ratio
    # Clear of both medians, so that neither the reference chosen nor the planted firms themselves can tip it.
    base = (min(known) if ratio is not None and ratio < 0.5 else max(known)) if known else 20.0
    tax = np.nan if ratio is None else round(base * ratio * mu, 1)
    since = at["x_completed_on"]
    return [
        {
            "enterprise_id": identity,
            "name": name,
            "industry_code": code,
            "industry_edition": "GB/T 4754-2017",
            "year": year,
            "tax_10k": tax,
            "output_10k": round(16.0 * base * (ratio or 1.0) * mu, 1),
            "energy_tce": round(1.1 * base * mu, 1),
            "employees": float(max(5, round(4.6 * mu))),
            "rd_10k": round(0.5 * base * mu, 1),
            "produced_since": since,
            "grade": case.firm.grade,
        }
        for year in firms.YEARS
    ]
