"""Invented yearly statistics of the parks, and the planted parks and enterprises with their outcomes (园区统计与案例).

What is expected is worked out here from the tables by other means than the product's, so that the cases are a test.
"""

from __future__ import annotations

import math
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

Row = dict[str, Any]
YEARS: Final = (2024, 2025)
_ZONES: Final = {"industrial": "工业主导型", "mixed": "产城融合型", "other": "其他类型"}
SEED: Final = 20260715
LEFT_OUT: Final = "pukou-hitech"
"""The park whose committee has not handed anything in: its figures stay unknown."""
_WEIGHTS: Final = {"tax": 45.0, "sales": 35.0, "energy": 20.0}
_DAY: Final = pd.Timestamp("2026-06-30")


def statistics(parcels: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return park_statistics.csv: land ready and supplied, residents, tax, by park and year."""
    rng = np.random.default_rng(SEED)
    table = _sorted_out(parcels)
    rows: list[Row] = []
    for park, own in table[table["park"].notna()].groupby("park", sort=True):
        supplied = float(own.loc[own["supplied"], "ha"].sum())
        spare = float(own.loc[~own["supplied"] & own["use"].str.startswith(("16", "23")), "ha"].sum())
        homes = float(own.loc[own["use"].str.startswith("07"), "floor"].fillna(0).sum())
        jobs = float(own.loc[own["use"].str.startswith(("08", "09", "10", "11")), "ha"].sum())
        for year in YEARS:
            level = 0.97 if year < YEARS[-1] else 1.0
            ready = supplied * level + spare * rng.uniform(0.6, 1.0) + supplied * rng.uniform(0.0, 0.05)
            people = homes / 46.0 * level * rng.uniform(0.7, 1.0)
            rows.append(
                {
                    "park_id": park,
                    "year": year,
                    "ready_ha": round(ready, 2),
                    "supplied_ha": round(supplied * level, 2),
                    "population": round(people, -1),
                    "tax_10k": round(jobs * rng.uniform(160, 420), -1),
                    "note": "示例数据（合成）",
                }
            )
    return pd.DataFrame([row for row in rows if row["park_id"] != LEFT_OUT])


PROVENANCE: Final = {
    "provider": "示例园区管委会（合成）",
    "document": "示例数据（合成），不得用于任何实际决定",
    "as_of": "2025-12-31",
    "status": "D",
    "synthetic": True,
}


def _sorted_out(parcels: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return what the statistics need of each parcel."""
    floor = parcels["floor_area_m2"].astype("float64")
    done = parcels["x_completed_on"].notna() | (floor > 0)
    return pd.DataFrame(
        {
            "park": parcels["x_in_park_id"].astype("object"),
            "use": parcels["use_code"].astype("str"),
            "ha": parcels.geometry.area / 1e4,
            "floor": floor,
            "built": done,
            "supplied": done | parcels["supplied_on"].notna(),
        }
    )


def planted_parks(parcels: gpd.GeoDataFrame, kinds: dict[str, str]) -> list[Row]:
    """Return one park of each zone type, one with much idle land and one without statistics, and what is expected."""
    table = _sorted_out(parcels)
    town = table["use"].str.match(r"070[12]|08|09|1[0-5]")
    built = table[table["built"] & town]
    shares = (
        built.assign(
            industry=built["ha"].where(built["use"].str.match(r"1[01]"), 0.0),
            housing=built["ha"].where(built["use"].str.match(r"070[12]"), 0.0),
        )
        .groupby("park")[["industry", "housing", "ha"]]
        .sum()
    )
    shares = shares.div(shares["ha"], axis=0)
    types = {
        str(park): _zone(float(row["industry"]), float(row["housing"])) for park, row in shares.iterrows()
    }
    scoped = [park for park in sorted(types) if kinds[park] not in ("港区", "商务区")]
    cases = []
    for number, zone in enumerate(("industrial", "mixed", "other"), start=1):
        park = next(park for park in scoped if types[park] == zone and park != LEFT_OUT)
        story = f"按已建成用地的构成判为{_ZONES[zone]}"
        cases.append(
            {"id": f"P0{number}", "park_id": park, "story": story, "expect": {"values": {"PIE-01": zone}}}
        )
    idle = _never_started(parcels)
    most = max(scoped, key=lambda park: idle.get(park, 0.0))
    cases.append(
        {
            "id": "P04",
            "park_id": most,
            "story": f"至少 {idle[most]:.1f} 公顷约定动工日期已过一年而未动工",
            "expect": {
                "verdict": "candidate",
                "rules": {"PIE-22-management": "pass"},
                "advice": "manage",
                "at_least": {"PIE-22-management": round(idle[most], 2)},
            },
        }
    )
    cases.append(
        {
            "id": "P05",
            "park_id": LEFT_OUT,
            "story": "园区统计未报，供应率与扩展潜力为资料不足，不作通过",
            "expect": {"verdict": "unknown", "rules": {"PIE-02": "unknown", "PIE-22-extension": "unknown"}},
        }
    )
    port = next(park for park in sorted(types) if kinds[park] == "港区")
    cases.append(
        {"id": "P06", "park_id": port, "story": "港区不在评价范围", "expect": {"verdict": "not_applicable"}}
    )
    return cases


def _zone(industry: float, housing: float) -> str:
    if industry > 0.30 and housing < 0.25:
        return "industrial"
    return "mixed" if industry <= 0.30 and housing >= 0.25 else "other"


def _never_started(parcels: gpd.GeoDataFrame) -> dict[str, float]:
    """Return by park the supplied land [ha] whose agreed start is more than a year ago and that was not started."""
    due = pd.to_datetime(parcels["start_due_on"])
    late = (
        (due + pd.DateOffset(years=1) <= _DAY)
        & parcels["started_on"].isna()
        & parcels["x_completed_on"].isna()
    )
    late &= parcels["floor_area_m2"].isna() & parcels["supplied_on"].notna()
    late &= parcels["use_code"].astype("str").str.match(r"070[12]|08|09|1[0-5]")
    area = (parcels.geometry.area / 1e4)[late]
    return {
        str(park): float(ha) * 0.999 for park, ha in area.groupby(parcels["x_in_park_id"][late]).sum().items()
    }


def planted_enterprises(enterprises: pd.DataFrame, occupancy: pd.DataFrame) -> list[Row]:
    """Return an enterprise of each grade by the parameters of Huai'an, one not evaluated and one out of scope."""
    graded = _huaian(enterprises, occupancy)
    stories = {
        "A": "全部参评企业的前 20 %",
        "B": "名次在 20 % 与 60 % 之间",
        "C": "名次在 60 % 与 95 % 之间",
        "D": "名次在末 5 %",
        "T": "投产不满两年，不评价",
    }
    cases = []
    for number, (grade, story) in enumerate(stories.items(), start=1):
        own = graded[graded["grade"] == grade].sort_values("rank", kind="stable")
        enterprise = str(own.index[len(own) // 2])
        expect: Row = {
            "verdict": "not_applicable" if grade == "T" else "candidate",
            "values": {"PMR-03": grade},
        }
        if grade != "T":
            expect |= {"advice": grade, "score": round(float(own.loc[enterprise, "score"]), 6)}
        cases.append({"id": f"E0{number}", "enterprise_id": enterprise, "story": story, "expect": expect})
    return cases


def _huaian(enterprises: pd.DataFrame, occupancy: pd.DataFrame) -> pd.DataFrame:
    """Return score, rank and grade of enterprises by 45/35/20, twice last year's mean, cap 1.5, cuts 20/60/95 %."""
    mu = occupancy.groupby("enterprise_id")["land_m2"].sum() * 15 / 10_000
    now, before = (
        enterprises[enterprises["year"] == year].set_index("enterprise_id").join(mu.rename("mu"))
        for year in (2025, 2024)
    )
    code = now["industry_code"].astype("str").str[:2].astype(int)
    size = (now["output_10k"] >= 2000) | (now["mu"] >= 3)
    young = pd.to_datetime(now["produced_since"]) + pd.DateOffset(years=2) > _DAY
    industrial, utility = code.between(6, 46), code.between(44, 46)
    evaluated = industrial & ~utility & size & ~young
    base = before[evaluated.reindex(before.index, fill_value=False)]

    def ratio(table: pd.DataFrame, top: str, bottom: str) -> pd.Series:
        return table[top] / table[bottom]

    def mean(top: str, bottom: str) -> float:
        both = base[[top, bottom]].dropna()
        return math.fsum(both[top]) / math.fsum(both[bottom])

    fields = {"tax": ("tax_10k", "mu"), "sales": ("output_10k", "mu"), "energy": ("tax_10k", "energy_tce")}
    points = pd.DataFrame(
        {
            name: np.minimum(ratio(now, *fields[name]) / (2 * mean(*fields[name])), 1.5) * weight
            for name, weight in _WEIGHTS.items()
        }
    )
    known = (points.notna() * pd.Series(_WEIGHTS)).sum(axis=1)
    score = (points.sum(axis=1) * 100 / known).where((known >= 80) & evaluated)
    rank = score.round(9).rank(method="min", ascending=False)
    count = int(score.notna().sum())
    cuts = [math.ceil(count * share / 100) for share in (20, 60, 95)]
    letters = pd.Series(np.select([rank <= cut for cut in cuts], list("ABC"), "D"), index=now.index)
    grade = letters.where(score.notna()).where(~(industrial & size & young & ~utility), "T")
    return pd.DataFrame({"score": score, "rank": rank, "grade": grade})


def cases(
    parcels: gpd.GeoDataFrame, parks: list[Row], enterprises: pd.DataFrame, occupancy: pd.DataFrame
) -> dict[str, list[Row]]:
    """Return the planted parks and enterprises for planted.yaml."""
    kinds = {str(park["id"]): str(park["kind"]) for park in parks}
    return {
        "parks": planted_parks(parcels, kinds),
        "enterprises": planted_enterprises(enterprises, occupancy),
    }
