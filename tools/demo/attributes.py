"""Parcel attributes: rights, dates, buildings, investment, honest gaps (地块属性)."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

# use prefix: mean FAR, its spread, mean building coefficient.
_BUILDING = {
    "070102": (2.1, 0.45, 0.24),
    "070103": (1.3, 0.30, 0.36),
    "0702": (1.0, 0.30, 0.35),
    "0703": (0.5, 0.12, 0.30),
    "0801": (1.2, 0.35, 0.32),
    "0802": (1.7, 0.50, 0.36),
    "0803": (1.1, 0.30, 0.38),
    "0804": (0.75, 0.2, 0.26),
    "0805": (0.4, 0.15, 0.28),
    "0806": (1.4, 0.35, 0.34),
    "0807": (1.0, 0.25, 0.32),
    "0901": (1.7, 0.5, 0.46),
    "0902": (3.1, 0.8, 0.42),
    "0903": (1.0, 0.3, 0.4),
    "100101": (1.22, 0.36, 0.47),
    "100102": (0.98, 0.28, 0.46),
    "100103": (0.58, 0.16, 0.38),
    "110101": (0.95, 0.28, 0.50),
    "110102": (0.7, 0.2, 0.45),
    "110103": (0.45, 0.12, 0.36),
    "1102": (0.6, 0.15, 0.42),
    "1204": (0.18, 0.06, 0.14),
    "1208": (0.5, 0.2, 0.30),
    "13": (0.4, 0.12, 0.30),
    "14": (0.02, 0.008, 0.015),
}

# Industries by kind of place (GB/T 4754-2017 division), with weights.
INDUSTRIES = {
    "rd": (("39", 4), ("65", 4), ("40", 2), ("73", 3)),
    "bio": (("27", 6), ("73", 3), ("35", 1)),
    "light": (("38", 3), ("39", 3), ("35", 3), ("34", 2), ("36", 1)),
    "heavy": (("34", 3), ("33", 3), ("36", 2), ("35", 2), ("29", 1), ("30", 1)),
    "chem": (("26", 8), ("25", 2)),
    "port": (("54", 3), ("59", 3)),
    "other": (("33", 2), ("34", 2), ("14", 1), ("18", 1), ("21", 1)),
}
_EDITION_2002 = {
    "38": "39",
    "39": "40",
    "40": "41",
    "36": "37",
    "35": "36",
    "34": "35",
    "33": "34",
    "29": "30",
    "30": "31",
    "65": "62",
    "73": "75",
    "59": "58",
    "54": "52",
}

# Share of honest gaps by field, among rows where the field means something.
GAPS = {
    "year_built": 0.07,
    "storeys": 0.09,
    "footprint_m2": 0.05,
    "floor_area_m2": 0.04,
    "soil_state": 0.08,
    "x_contract_allows_change": 0.10,
    "x_vacancy_share": 0.07,
    "x_completed_on": 0.03,
    "registered_area_m2": 0.05,
    "x_owner_willing": 0.12,
    "mortgaged": 0.06,
    "seized": 0.05,
    "plan_use_code": 0.02,
    "x_secondary_gfa_share": 0.08,
    "fixed_asset_investment_incl_land_10k": 0.10,
    "dev_invested_excl_land_10k": 0.08,
    "dev_total_excl_land_10k": 0.06,
    "x_support_gfa_share": 0.10,
    "x_support_land_share": 0.10,
    "x_owner_count": 0.06,
    "bdcdyh": 0.05,
    "industry_code": 0.05,
}
TODAY = date(2026, 6, 30)


def industry_edition(supplied: date) -> str:
    """Return the GB/T 4754 edition in use at the contract date."""
    if supplied < date(2012, 1, 1):
        return "GB/T 4754-2002"
    return "GB/T 4754-2011" if supplied < date(2017, 10, 1) else "GB/T 4754-2017"


def industry_in_edition(code: str, edition: str) -> str:
    """Return a 2017 division code as written in `edition` (the industry code trap)."""
    return _EDITION_2002.get(code, code) if edition.endswith("2002") else code


def is_built(use: pd.Series) -> pd.Series:
    """Return whether a use code is construction land that carries attributes of supply and building."""
    return use.str[:2].isin(["07", "08", "09", "10", "11", "12", "13", "14"])


def add(parcels: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the parcel table with all attributes; reads use_code, kind, area_m2, park_id."""
    rng = np.random.default_rng(seed)
    table = parcels.copy()
    _dates(table, rng)
    _buildings(table, rng)
    _rights(table, rng)
    _industry(table, rng)
    _investment(table, rng)
    _extensions(table, rng)
    _gaps(table, rng)
    return table


_MEDIAN_YEAR = {
    "oldtown": 1999, "village": 2003, "campus": 2003, "cbd": 2017, "rd": 2014, "bio": 2013, "station": 2016, "chem": 2008,
    "port": 2008, "light": 2010, "heavy": 2008,
}  # fmt: skip
_DATES = ("supplied_on", "start_due_on", "started_on", "x_completed_on", "x_suspended_on")


def _dates(table: pd.DataFrame, rng: np.random.Generator) -> None:
    count = len(table)
    middle = table["kind"].map(_MEDIAN_YEAR).fillna(2011).to_numpy()
    year = np.clip(np.round(rng.normal(middle, 4.5)), 1986, 2023).astype(int)
    stage = rng.choice(["built", "building", "waiting", "stopped"], count, p=[0.925, 0.035, 0.03, 0.01])
    year = np.where(stage == "built", year, rng.integers(2020, 2026, count))
    rows = [_life(int(year[k]), str(stage[k]), rng) for k in range(count)]
    built = is_built(table["use_code"])
    for name, values in zip(_DATES, zip(*rows, strict=True), strict=True):
        table[name] = pd.Series(list(values), index=table.index, dtype=object).where(built, None)
    table["stage"] = np.where(built, stage, "none")


def _life(year: int, stage: str, rng: np.random.Generator) -> tuple[date | None, ...]:
    """Return supplied, due, started, completed, suspended of one parcel."""
    supplied = date(year, 1, 1) + timedelta(days=int(rng.integers(0, 365)))
    if stage == "building":
        supplied = date(2023, 1, 1) + timedelta(days=int(rng.integers(200, 900)))
    due = supplied + timedelta(days=365)
    started: date | None = supplied + timedelta(days=int(rng.integers(90, 420)))
    completed: date | None = supplied + timedelta(days=int(rng.integers(500, 1100)))
    suspended = None
    if stage == "waiting":
        started = completed = None
    elif stage == "building" or (completed and completed > TODAY):
        completed = None
    elif stage == "stopped":
        completed, suspended = None, min(supplied + timedelta(days=800), date(2025, 3, 1))
    if started and started > TODAY:
        started = None
    return supplied, due, started, completed, suspended


def _buildings(table: pd.DataFrame, rng: np.random.Generator) -> None:
    area = table["area_m2"].to_numpy()
    figures = np.array([_figures(use) for use in table["use_code"]])
    far = np.clip(rng.normal(figures[:, 0], figures[:, 1]), 0.15 * figures[:, 0], None)
    # A tail of thin, extensive factories: the land that redevelopment looks for.
    thin = table["use_code"].str.startswith(("1001", "1101")).to_numpy() & (rng.random(len(table)) < 0.09)
    far = np.where(thin, far * rng.uniform(0.25, 0.5, len(table)), far)
    cover = np.clip(rng.normal(figures[:, 2], 0.075), 0.01, 0.72) * np.where(thin, 0.62, 1.0)
    cover = np.minimum(cover, far)
    done = table["x_completed_on"].notna().to_numpy() & (far > 0)
    storeys = np.maximum(1, np.round(far / np.maximum(cover, 0.01)))
    completed = [value.year if value else np.nan for value in table["x_completed_on"]]
    table["floor_area_m2"] = np.where(done, np.round(far * area, 1), np.nan)
    table["footprint_m2"] = np.where(done, np.round(cover * area, 1), np.nan)
    table["storeys"] = np.where(done, storeys, np.nan)
    table["year_built"] = np.where(done, completed, np.nan)
    table["registered_area_m2"] = np.round(area * (1 + rng.normal(0, 0.0003, len(table))), 2)
    wide = rng.random(len(table)) < 0.012
    table.loc[wide, "registered_area_m2"] = np.round(
        area[wide] * (1 + rng.choice([-1, 1], wide.sum()) * rng.uniform(0.02, 0.1, wide.sum())), 2
    )
    table.loc[~is_built(table["use_code"]), "registered_area_m2"] = np.nan


def _figures(use: str) -> tuple[float, float, float]:
    for length in (6, 4, 2):
        if use[:length] in _BUILDING:
            return _BUILDING[use[:length]]
    return (0.0, 0.0, 0.0)


def _rights(table: pd.DataFrame, rng: np.random.Generator) -> None:
    count = len(table)
    rural = table["use_code"].str[:2].isin(["01", "03", "17"]) | table["use_code"].str.startswith("0703")
    collective = rural.to_numpy() | ((table["kind"] == "village").to_numpy() & (rng.random(count) < 0.35))
    owner = np.where(collective, "collective", "state")
    roll = rng.random(count)
    owner = np.where(roll < 0.004, "disputed", np.where(roll < 0.008, "mixed", owner))
    table["owner_kind"] = owner
    business = table["use_code"].str[:2].isin(["09", "10", "11"]) | table["use_code"].str.startswith("0802")
    table["mortgaged"] = pd.array(rng.random(count) < np.where(business, 0.17, 0.03), dtype="boolean")
    table["seized"] = pd.array(rng.random(count) < np.where(business, 0.022, 0.003), dtype="boolean")


def _industry(table: pd.DataFrame, rng: np.random.Generator) -> None:
    codes: list[str | None] = []
    editions: list[str | None] = []
    for use, kind, supplied in zip(table["use_code"], table["kind"], table["supplied_on"], strict=True):
        if not use.startswith(("10", "11", "0802")) or supplied is None:
            codes.append(None)
            editions.append(None)
            continue
        place = "port" if use.startswith("11") and kind != "chem" else kind
        choice = INDUSTRIES.get(place, INDUSTRIES["other"])
        if use.startswith("0802"):
            choice = INDUSTRIES["bio" if kind == "bio" else "rd"][1:]
        weight = np.array([w for _, w in choice], dtype=float)
        code = choice[int(rng.choice(len(choice), p=weight / weight.sum()))][0]
        edition = industry_edition(supplied)
        codes.append(industry_in_edition(code, edition))
        editions.append(edition)
    table["industry_code"] = codes
    table["industry_edition"] = editions


def _investment(table: pd.DataFrame, rng: np.random.Generator) -> None:
    business = table["industry_code"].notna().to_numpy()
    per_m2 = rng.lognormal(np.log(0.45), 0.5, len(table))
    fixed = np.where(business, np.round(per_m2 * table["area_m2"], 1), np.nan)
    total = np.round(fixed * rng.uniform(0.6, 0.85, len(table)), 1)
    share = np.select(
        [table["stage"] == "waiting", table["stage"] == "stopped", table["stage"] == "building"],
        [0.0, 0.18, 0.55],
        rng.uniform(0.9, 1.05, len(table)),
    )
    table["fixed_asset_investment_incl_land_10k"] = fixed
    table["dev_total_excl_land_10k"] = total
    table["dev_invested_excl_land_10k"] = np.round(total * share, 1)
    developed = np.select(
        [table["stage"] == "waiting", table["stage"] == "stopped", table["stage"] == "building"],
        [0.0, 0.22, 0.6],
        1.0,
    )
    table["x_developed_share"] = np.where(is_built(table["use_code"]), developed, np.nan)


def _extensions(table: pd.DataFrame, rng: np.random.Generator) -> None:
    count = len(table)
    built = is_built(table["use_code"]).to_numpy()
    works = table["use_code"].str.startswith(("10", "11")).to_numpy()
    table["x_contract_allows_change"] = pd.array(rng.random(count) < 0.72, dtype="boolean")
    table["x_secondary_gfa_share"] = np.where(
        built, np.round(np.clip(rng.beta(1.3, 14, count), 0, 0.4), 3), np.nan
    )
    vacancy = np.where(
        rng.random(count) < 0.09, rng.uniform(0.5, 1.0, count), np.clip(rng.beta(1.2, 12, count), 0, 0.45)
    )
    table["x_vacancy_share"] = np.where(table["floor_area_m2"].notna(), np.round(vacancy, 2), np.nan)
    table["x_restricted"] = pd.array(works & (rng.random(count) < 0.012), dtype="boolean")
    table["x_unsafe"] = pd.array(
        built & (rng.random(count) < np.where(table["kind"] == "oldtown", 0.02, 0.004)), dtype="boolean"
    )
    heavy = table["use_code"].str.startswith(("100103", "110103")).to_numpy()
    table["x_key_supervised"] = pd.array(
        rng.random(count) < np.where(heavy, 0.42, np.where(works, 0.02, 0.0)), dtype="boolean"
    )
    table["soil_state"] = _soil(table, heavy, works, rng)
    owners = np.where(rng.random(count) < 0.9, 1, rng.integers(2, 9, count)).astype(float)
    table["x_owner_count"] = np.where(built, owners, np.nan)
    table["x_owner_willing"] = pd.array(rng.random(count) < 0.66, dtype="boolean")
    table["x_support_gfa_share"] = np.where(works, np.round(rng.beta(3, 28, count), 3), np.nan)
    table["x_support_land_share"] = np.where(works, np.round(rng.beta(2.5, 50, count), 3), np.nan)
    for field in ("x_contract_allows_change", "x_owner_willing"):
        table[field] = table[field].where(built)


def _soil(table: pd.DataFrame, heavy: np.ndarray, works: np.ndarray, rng: np.random.Generator) -> list[str]:
    roll = rng.random(len(table))
    out = []
    for k in range(len(table)):
        if heavy[k]:
            out.append(
                "survey_due" if roll[k] < 0.55 else "surveyed_clean" if roll[k] < 0.93 else "risk_listed"
            )
        elif works[k]:
            out.append(
                "survey_due"
                if roll[k] < 0.24
                else "surveyed_clean"
                if roll[k] < 0.62
                else "clean"
                if roll[k] < 0.993
                else "risk_listed"
            )
        else:
            out.append("clean")
    return out


def _gaps(table: pd.DataFrame, rng: np.random.Generator) -> None:
    for field, share in GAPS.items():
        hit = rng.random(len(table)) < share
        table[field] = table[field].mask(hit)
    table.loc[table["industry_code"].isna(), "industry_edition"] = None
