"""The plain side, the demo workspace: every indicator that its two rulebooks read, as pandas columns."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from plain import (
    Data,
    areas_by,
    best_access,
    ellipsoidal_areas,
    ground_scale,
    main_zone,
    nearest,
    total_in,
    without_overlaps,
    zonal,
)
from plain_economy import economy
from plain_mix import all_pairs, conversion
from plain_rules import judge, longest_prefix

FIELDS = {
    "soil_state": "soil_state", "owner_kind": "owner_kind", "seized": "seized", "mortgaged": "mortgaged",
    "contract_allows_change": "x_contract_allows_change", "key_supervised": "x_key_supervised",
    "owner_willing": "x_owner_willing", "restricted_industry": "x_restricted", "unsafe_building": "x_unsafe",
    "owner_count": "x_owner_count", "vacancy_share": "x_vacancy_share", "secondary_share": "x_secondary_gfa_share",
    "support_gfa_share": "x_support_gfa_share", "support_land_share": "x_support_land_share",
}  # fmt: skip


def run(data: Data, step, *, with_zonal: bool) -> dict:
    """Columns, verdicts by rule, totals by rulebook, and the pairs."""
    params = _params(data.books)
    with step("area"):
        columns = {"area": ellipsoidal_areas(data.parcels)}
    with step("overlay"):
        columns |= overlay(data, columns["area"], params)
    with step("proximity"):
        columns |= proximity(data, params)
    if with_zonal:
        with step("zonal"):
            columns |= terrain(data)
    with step("attributes"):
        columns |= attributes(data, columns, params)
        columns |= economy(data, columns, params)
    with step("mix and pairs"):
        columns |= conversion(data, columns["use_code"], columns["target_use"])
    if not with_zonal:
        nothing = pd.Series(np.nan, index=data.parcels.index)
        columns |= {"flood_depth_max": nothing, "slope_mean": nothing}
    with step("rules"):
        judged = {name: judge(book, columns, data.thresholds) for name, book in data.books.items()}
    with step("mix and pairs"):
        pairs = all_pairs(data, columns)
    return {"columns": columns, "judged": judged, "pairs": pairs}


def _params(books: dict[str, dict]) -> dict[str, dict]:
    """Parameters by indicator; both rulebooks use the same ones."""
    rules = [rule for book in books.values() for rule in [*book.get("scope", []), *book["rules"]]]
    out = {rule["indicator"]: rule.get("params", {}) for rule in rules if "indicator" in rule}
    for rule in rules:
        out |= rule.get("params", {}) if rule.get("kind") == "choose" else {}
    return out


def overlay(data: Data, area: pd.Series, params: dict) -> dict[str, pd.Series]:
    parcels, layers = data.parcels, data.layers
    plane = parcels.area
    farmland = total_in(parcels, areas_by(parcels, layers["farmland"]))
    redline = total_in(parcels, areas_by(parcels, layers["redline"]))
    protection = layers["metro_protection"]
    metro = total_in(parcels, areas_by(parcels, without_overlaps(protection)))
    by_certainty = areas_by(parcels, without_overlaps(protection, "certain"), "certain")
    certain = total_in(parcels, by_certainty, (True,)) > 0
    zones = areas_by(parcels, layers["udb"], "zone")
    names = ("城镇集中建设区", "城镇弹性发展区", "特别用途区")
    inside, elastic, special = (total_in(parcels, zones, (name,)) / plane for name in names)
    outside = (1.0 - inside - elastic - special).clip(lower=0.0)
    limit = np.minimum(params["udb_state"]["tolerance_share"], params["udb_state"]["tolerance_m2"] / area)
    state = np.select(
        [outside > limit, special > limit, elastic > limit], ["outside", "special", "elastic"], "conform"
    )
    parks = areas_by(parcels, layers["park"], "name")
    in_park = (total_in(parcels, parks) * 2 >= plane).astype("float64")
    units = layers["plan"].assign(unit=np.arange(len(layers["plan"])))
    unit = main_zone(parcels, areas_by(parcels, units, "unit"))
    plan = units.set_index("unit")[["far_max", "height_m", "density_max"]].astype("float64").reindex(unit)
    plan.index = parcels.index
    return {
        "farmland_area": farmland / plane * area,
        "redline_area": redline / plane * area,
        "metro_protection_area": metro / plane * area,
        "metro_protection_certain": certain.astype("float64").where(total_in(parcels, by_certainty) > 0),
        "udb_state": pd.Series(state, index=parcels.index),
        "in_park": in_park,
        "park": main_zone(parcels, parks),
        **{f"plan_{name}": plan[name] for name in plan},
    }


def proximity(data: Data, params: dict) -> dict[str, pd.Series]:
    parcels, layers = data.parcels, data.layers
    points = parcels.centroid
    scale = ground_scale(points)
    p = params["station_access"]
    rings = [(p["core_m"], 1.0), (p["extended_m"], p["extended_value"])]
    loud = layers["road"][layers["road"]["class"].isin(["trunk", "arterial", "expressway"])]
    tracks = layers["transit_line"][layers["transit_line"]["structure"].isin(["elevated", "surface"])]
    noise = pd.concat(
        [frame[["geometry"]] for frame in (tracks, loud, layers["rail_line"])], ignore_index=True
    )
    hub = params["hub_access"]
    return {
        "station_access": best_access(points, scale, layers["station"], rings, p),
        "hub_access": best_access(points, scale, layers["hub"], [(hub["radius_m"], 1.0)], hub),
        "individual_risk": _risk(parcels, layers["hazard"]),
        "river_distance": nearest(parcels, layers["river_management"]),
        "rail_distance": nearest(parcels, layers["rail_line"]) / scale,
        "noise_distance": nearest(parcels, noise),
    }


def _risk(parcels: gpd.GeoDataFrame, hazards: gpd.GeoDataFrame) -> pd.Series:
    risk = pd.Series(0.0, index=parcels.index)
    for column, level in (("d_3e7_m", 3e-7), ("d_3e6_m", 3e-6), ("d_1e5_m", 1e-5)):
        reach = hazards.assign(reach=pd.to_numeric(hazards[column]), site=hazards.geometry).dropna(
            subset="reach"
        )
        pairs = gpd.sjoin(parcels[["geometry"]], reach, predicate="dwithin", distance=reach["reach"].max())
        near = pairs.geometry.distance(gpd.GeoSeries(pairs["site"], crs=parcels.crs)) <= pairs["reach"]
        risk[pairs.index[near].unique()] = level
    return risk


def terrain(data: Data) -> dict[str, pd.Series]:
    height, move = data.rasters["elevation"]
    slope = np.hypot(*np.gradient(height, -move.e, move.a))
    return {
        "flood_depth_max": zonal(data.parcels, data.rasters["flood_depth"], "max"),
        "slope_mean": zonal(data.parcels, (slope, move), "mean"),
    }


def attributes(data: Data, columns: dict[str, pd.Series], params: dict) -> dict[str, pd.Series]:
    p, day, area = data.parcels, data.day, columns["area"]
    out = {name: p[field] for name, field in FIELDS.items()}
    for name, values in out.items():
        out[name] = values if values.dtype == "object" else values.astype("Float64").astype("float64")
    use, plan_use = p["use_code"].astype("object"), p["plan_use_code"].astype("object")
    codes = data.tables["land_use_codes"]
    groups = dict(zip(codes["code"], codes["three_class"], strict=True))
    dates = {
        name: pd.to_datetime(p[name])
        for name in ("supplied_on", "start_due_on", "started_on", "x_completed_on", "x_suspended_on")
    }
    length = np.minimum(np.minimum(use.str.len(), plan_use.str.len()), 4)
    differs = [
        a[: int(n)] != b[: int(n)] if n == n else np.nan
        for a, b, n in zip(use, plan_use, length, strict=True)
    ]
    storeys = np.floor(columns["plan_height_m"] / params["potential_floor_area"]["storey_m"])
    cap = columns["plan_far_max"]
    target_far = np.fmin(cap, columns["plan_density_max"] * storeys).where(cap.notna())
    controls = data.tables["standard_land_controls"]
    province = (
        controls.loc[controls["rule_id"].str.startswith("STD-FAR-JS-苏南"), "value"].astype("float64").max()
    )
    limited = (target_far < province).astype("float64").where(target_far.notna())
    far = p["floor_area_m2"] / area
    return out | {
        "use_code": use,
        "plan_use_code": plan_use,
        "target_use": plan_use,
        "three_class": use.map({c: longest_prefix(c, groups) for c in use.dropna().unique()}),
        "valid_use_code": use.isin(codes["code"]).astype("float64").where(use.notna()),
        "industry_code": _industry(p, data.tables["industry_editions"]),
        "under_construction": _under_construction(dates, day, params["under_construction"]["presumed_years"]),
        "years_in_production": _years(dates["x_completed_on"], day),
        "idle_state": _idle(p, dates, day, params["idle_state"]),
        "plan_changed": pd.Series(differs, index=p.index, dtype="float64").where(plan_use != "16", 0.0),
        "far": far,
        "far_to_floor": far
        / _floor(p, dates["supplied_on"], controls, params["far_to_floor"]["default_floor"]),
        "building_coefficient": p["footprint_m2"] / area,
        "building_age": day.year - p["year_built"],
        "ellipsoidal_area": area,
        "potential_floor_area": (target_far * area - p["floor_area_m2"]).clip(lower=0.0),
        "potential_limited": limited.where(use.str.startswith("1001"), 0.0),
        "share_left": _share_left(use, columns["in_park"], p["x_secondary_gfa_share"], params["share_left"]),
    }


def _industry(p: pd.DataFrame, editions: pd.DataFrame) -> pd.Series:
    keys = pd.DataFrame(
        {
            "edition": p["industry_edition"].astype("object"),
            "code": p["industry_code"].str[:2].astype("object"),
        }
    )
    moved = keys.merge(editions, on=["edition", "code"], how="left")["code_2017"].set_axis(p.index)
    return (
        p["industry_code"]
        .astype("object")
        .where(p["industry_edition"].isin(["GB/T 4754-2017", "GB/T 4754-2011"]), moved)
    )


def _passed(since: pd.Series, day: pd.Timestamp, years: float) -> pd.Series:
    return since + pd.DateOffset(years=int(years)) <= day


def _under_construction(dates: dict[str, pd.Series], day: pd.Timestamp, presumed: float) -> pd.Series:
    started, completed = dates["started_on"], dates["x_completed_on"]
    open_ = (started <= day) & ~(completed <= day)
    return open_.astype("float64").where(~(open_ & completed.isna() & _passed(started, day, presumed)))


def _years(since: pd.Series, day: pd.Timestamp) -> pd.Series:
    """Full years and the days since the last anniversary over 366."""
    later = (since.dt.month > day.month) | ((since.dt.month == day.month) & (since.dt.day > day.day))
    years = day.year - since.dt.year - later
    leap_day = (since.dt.month == 2) & (since.dt.day == 29) & (((since.dt.year + years) % 4) != 0)
    parts = {"year": since.dt.year + years, "month": since.dt.month, "day": since.dt.day - leap_day}
    return years + (day - pd.to_datetime(pd.DataFrame(parts))).dt.days / 366.0


def _idle(p: pd.DataFrame, dates: dict[str, pd.Series], day: pd.Timestamp, params: dict) -> pd.Series:
    due, started, completed = (dates[name] for name in ("start_due_on", "started_on", "x_completed_on"))
    invested = p["dev_invested_excl_land_10k"] / p["dev_total_excl_land_10k"].replace(0, np.nan)
    short = (p["x_developed_share"] < params["land_share_min"]) | (invested < params["invest_share_min"])
    unsure = ~short & (p["x_developed_share"].isna() | invested.isna())
    stopped = _passed(dates["x_suspended_on"], day, params["suspended_years"])
    cases = {
        "none": completed.notna() | ((p["floor_area_m2"] > 0) & due.isna() & started.isna()),
        "": started.isna() & due.isna(),
        "idle_2y": started.isna() & _passed(due, day, params["two_year_years"]),
        "idle_1y": started.isna() & _passed(due, day, params["one_year_years"]),
        "idle_suspended": started.notna() & stopped & short,
        "unsure": started.notna() & stopped & unsure,
    }
    state = pd.Series(np.select(list(cases.values()), list(cases), "none"), index=p.index, dtype="object")
    return state.where(~state.isin(["", "unsure"]))


def _floor(p: pd.DataFrame, on: pd.Series, controls: pd.DataFrame, default: float) -> pd.Series:
    """The floor in force on the contract date: the highest of its industry and edition."""
    rows = controls[controls["indicator_zh"] == "容积率"].assign(
        since=lambda t: pd.to_datetime(t["effective_from"], format="ISO8601"),
        until=lambda t: pd.to_datetime(t["effective_to"], format="ISO8601"),
        floor=lambda t: pd.to_numeric(t["value"], errors="coerce"),
    )
    asked = pd.DataFrame(
        {"on": on, "code": p["industry_code"].str[:2], "edition": p["industry_edition"], "row": p.index}
    )
    own = asked.merge(rows, left_on=["code", "edition"], right_on=["industry_code", "industry_code_system"])
    found = pd.concat([own, asked.merge(rows[rows["industry_code"] == "*"], how="cross")])
    found = found[(found["on"] >= found["since"]) & ~(found["on"] >= found["until"])]
    usable = found[(found["op"] != "case") & found["scope"].str.contains("national|Nanjing")]
    floor = usable.groupby("row")["floor"].max().reindex(p.index).where(~(on < rows["since"].min()), default)
    return floor.where(~p.index.isin(found.loc[found["op"] == "case", "row"]))


def _share_left(use: pd.Series, in_park: pd.Series, taken: pd.Series, caps: dict) -> pd.Series:
    industrial = use.str.startswith(("10", "11")).fillna(False).astype(bool)
    pooled = np.where(in_park == 1, caps["cap_industry_park"], caps["cap_industry"])
    return (np.where(industrial, pooled, caps["cap_other"]) - taken).clip(lower=0.0).where(use.notna())
