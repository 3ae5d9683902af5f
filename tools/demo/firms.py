"""Invented enterprises, their yearly figures and the land they use (企业与占用)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tools.demo import attributes

YEARS = (2023, 2024, 2025)

# Typical figures by division: tax and output per mu [万元/亩], energy per output [tce/万元], jobs per ha, R&D share.
_TYPICAL = {
    "25": (46, 900, 0.55, 22, 0.012),
    "26": (28, 520, 0.60, 26, 0.022),
    "27": (30, 360, 0.10, 68, 0.075),
    "29": (13, 210, 0.20, 60, 0.02),
    "30": (11, 190, 0.50, 45, 0.015),
    "33": (12, 220, 0.18, 62, 0.02),
    "34": (15, 260, 0.09, 70, 0.03),
    "35": (17, 270, 0.07, 72, 0.04),
    "36": (19, 340, 0.10, 80, 0.035),
    "38": (18, 330, 0.07, 85, 0.04),
    "39": (24, 420, 0.05, 120, 0.06),
    "40": (20, 260, 0.04, 90, 0.06),
    "65": (40, 420, 0.02, 260, 0.11),
    "73": (26, 210, 0.03, 160, 0.14),
    "54": (6, 80, 0.12, 24, 0.0),
    "59": (7, 95, 0.05, 22, 0.0),
    "14": (12, 230, 0.15, 90, 0.012),
    "18": (8, 120, 0.06, 150, 0.01),
    "21": (8, 130, 0.08, 90, 0.01),
}
_BACK = {new: old for old, new in attributes._EDITION_2002.items()}


@dataclass
class Firms:
    """Enterprise table (one row per enterprise and year) and occupancy table."""

    enterprises: pd.DataFrame
    occupancy: pd.DataFrame


def division(code: str, edition: str) -> str:
    """Return a division code as in the 2017 edition."""
    return _BACK.get(code, code) if edition.endswith("2002") else code


def build(parcels: pd.DataFrame, seed: int) -> Firms:
    """Return enterprises and their occupancy of the given parcels (industry, storage, research)."""
    rng = np.random.default_rng(seed)
    hosts = parcels[parcels["industry_code"].notna() & parcels["x_completed_on"].notna()]
    people: list[dict[str, object]] = []
    uses: list[dict[str, object]] = []
    groups = hosts.groupby(["park_id", "kind"], sort=True, dropna=False).indices
    for key in sorted(groups, key=str):
        _settle(hosts.iloc[groups[key]], people, uses, rng)
    yearly = _years(pd.DataFrame(people), pd.DataFrame(uses), rng)
    return Firms(
        _grades(yearly),
        pd.DataFrame(uses)[["enterprise_id", "parcel_id", "land_m2", "floor_m2", "tenure", "year"]],
    )


def _settle(
    hosts: pd.DataFrame,
    people: list[dict[str, object]],
    uses: list[dict[str, object]],
    rng: np.random.Generator,
) -> None:
    """Let enterprises of one place take its parcels: most one each, some several, some share one."""
    ordered = hosts.sort_values(["industry_code", "block"], kind="stable")
    queue = list(ordered.itertuples())
    while queue:
        parcel = queue.pop(0)
        code = division(str(parcel.industry_code), str(parcel.industry_edition))
        if rng.random() < 0.08:
            continue
        mates = [parcel]
        while (
            queue
            and rng.random() < 0.34
            and division(str(queue[0].industry_code), str(queue[0].industry_edition)) == code
        ):
            mates.append(queue.pop(0))
        tenants = 1 if len(mates) > 1 or rng.random() < 0.86 else int(rng.integers(2, 5))
        shares = rng.dirichlet(np.full(tenants, 4.0)) * (1.0 if tenants == 1 else 0.94)
        for share in shares:
            number = len(people) + 1
            identity = f"E{number:04d}"
            people.append(
                {
                    "enterprise_id": identity,
                    "name": f"示例企业{number:04d}",
                    "industry_code": code,
                    "produced_since": max([m.x_completed_on for m in mates], key=str),
                }
            )
            for mate in mates:
                uses.append(_use(identity, mate, float(share), tenants, rng))


def _use(
    identity: str, parcel: Any, share: float, tenants: int, rng: np.random.Generator
) -> dict[str, object]:  # Any: a row of itertuples
    lease = (
        tenants > 1 or (str(parcel.use_code).startswith("11") and rng.random() < 0.7) or rng.random() < 0.06
    )
    floor = parcel.floor_area_m2
    return {
        "enterprise_id": identity,
        "parcel_id": parcel.parcel_id,
        "land_m2": round(parcel.area_m2 * share, 1),
        "floor_m2": None if pd.isna(floor) else round(float(floor) * share, 1),
        "tenure": "lease" if lease else "own",
        "year": 2025,
    }


def _years(people: pd.DataFrame, uses: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    land = uses.groupby("enterprise_id")["land_m2"].sum()
    rows = []
    for firm in people.itertuples():
        mu = float(land[str(firm.enterprise_id)]) / 10_000 * 15
        tax_mu, output_mu, energy, jobs_ha, research = _TYPICAL[str(firm.industry_code)]
        # Land-rich firms yield less per mu: that is what the per-mu evaluation is about.
        level = rng.lognormal(-0.10 * np.log(max(mu, 5) / 60), 0.62)
        for year in YEARS:
            drift = level * rng.lognormal(0.03 * (year - 2024), 0.10)
            output = output_mu * mu * drift * rng.lognormal(0, 0.12)
            rows.append(
                {
                    "enterprise_id": firm.enterprise_id,
                    "name": firm.name,
                    "industry_code": firm.industry_code,
                    "industry_edition": "GB/T 4754-2017",
                    "year": year,
                    "tax_10k": round(tax_mu * mu * drift, 1),
                    "output_10k": round(output, 1),
                    "energy_tce": round(output * energy * rng.lognormal(0, 0.2), 1),
                    "employees": float(max(3, round(jobs_ha * mu / 15 * level**0.5 * rng.lognormal(0, 0.2)))),
                    "rd_10k": round(output * research * rng.lognormal(0, 0.4), 1),
                    "produced_since": firm.produced_since,
                }
            )
    table = pd.DataFrame(rows)
    for field, share in (
        ("tax_10k", 0.03),
        ("output_10k", 0.04),
        ("energy_tce", 0.08),
        ("employees", 0.06),
        ("rd_10k", 0.10),
    ):
        table.loc[rng.random(len(table)) < share, field] = np.nan
    table["mu"] = table["enterprise_id"].map(land) / 10_000 * 15
    return table


def _grades(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with a yearly grade A-D from tax per mu: 20 %, 40 %, 35 %, 5 %; under 3 mu or no tax none."""
    score = (table["tax_10k"] / table["mu"]).where(table["mu"] >= 3)
    rank = score.groupby(table["year"]).rank(pct=True, ascending=False)
    grade = pd.cut(rank, [0, 0.2, 0.6, 0.95, 1.0], labels=["A", "B", "C", "D"]).astype(object)
    return table.assign(grade=grade.where(grade.notna(), None)).drop(columns="mu")
