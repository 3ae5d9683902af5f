"""What a park's figures are held against (理想值, PIE-21): the province's value, else the plan's, else the leader's.

Which of the three it is stands beside each figure; only the first is anything but an assumption of ours.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from gisapp.context import Context, NotLoadedError
from gisapp.context.parks import parks as parks_of
from gisapp.indicators.parkland import INDUSTRIAL, TOWN, FloatArray, Params, by_park, land, ratio
from gisapp.indicators.plan import RESERVED, plan_value
from gisapp.model.codes import has_prefix
from gisapp.units import M2_PER_HA

IDEALS: Final = "park_ideals"
STATISTICS: Final = "park_statistics"
PLAN_FIELDS: Final = {"far": "far_max", "industrial_far": "far_max", "density": "density_max"}
BASES: Final = {
    "province": "省级当年值",
    "plan": "规划值，按用地面积加权",
    "class": "同类型园区最高值",
    "all": "各类园区最高值",
}


def statistics(context: Context) -> pd.DataFrame:
    """Return each park's newest row of ``park_statistics`` for a year before the date, by park id."""
    table = context.table(STATISTICS)
    past = table[table["year"] < context.as_of.year].sort_values("year", kind="stable")
    return past.drop_duplicates("park_id", keep="last").set_index("park_id")


def stated(context: Context, column: str) -> pd.Series:
    """Return a column of the park statistics by park name, NaN where a park has no row."""
    rows = statistics(context)[column]
    known = parks_of(context)
    return pd.Series(rows.reindex(known["parcel_id"]).to_numpy(dtype=np.float64), index=known["name"])


def figure(context: Context, name: str, params: Params) -> pd.DataFrame:
    """Return a figure by park name with its bounds and the known share, from parcels or from the statistics."""
    if name in PER_BUILT:
        return _per_built(context, PER_BUILT[name], params)
    return by_park(context, name, params).reindex(parks_of(context)["name"])


PER_BUILT: Final = {"overall_tax": "tax_10k", "population_density": "population"}
"""Figures that are a statistic of the park over its built land [per ha], and the columns they come from."""


def _per_built(context: Context, column: str, params: Params) -> pd.DataFrame:
    built = figure(context, "industrial_share", params)["bottom"] / M2_PER_HA
    value = stated(context, column) / built.where(built > 0)
    return pd.DataFrame({"value": value, "low": value, "high": value, "known": 1.0})


def zone_types(context: Context, params: Params) -> pd.Series:
    """Return industrial, mixed or other by park name (开发区类型, PIE-01), None where a share is not known."""
    industry = figure(context, "industrial_share", params)["value"]
    housing = figure(context, "housing_share", params)["value"]
    above, least = float(str(params["industrial_above"])), float(str(params["housing_from"]))
    kinds = parks_of(context).set_index("name")["kind"].astype("str")
    bonded = kinds.str.contains("保税|出口加工").to_numpy(dtype=bool)
    found = np.select(
        [
            bonded,
            (industry.isna() | housing.isna()).to_numpy(),
            ((industry > above) & (housing < least)).to_numpy(),
            ((industry <= above) & (housing >= least)).to_numpy(),
        ],
        ["industrial", "", "industrial", "mixed"],
        "other",
    ).astype(object)
    out = pd.Series(found, index=industry.index, dtype="object")
    return out.where(out != "", None)


def ideals(context: Context, name: str, params: Params) -> pd.DataFrame:
    """Return what a figure is held against by park name: ``value`` in its unit and ``basis`` (a key of `BASES`)."""
    key = ("park-ideals", name, str(sorted(params.items())), str(context.as_of))
    return context.of_fabric(key, lambda: _ideals(context, name, params))


def _ideals(context: Context, name: str, params: Params) -> pd.DataFrame:
    types = zone_types(context, params)
    out = pd.DataFrame({"value": np.nan, "basis": None}, index=types.index)
    for basis, values in (
        ("province", _provincial(context, name, types)),
        ("plan", _planned(context, name, params)),
        *_leading(context, name, params, types),
    ):
        found = values.reindex(types.index)
        take = out["value"].isna() & (found > 0)
        out.loc[take, "value"] = found[take]
        out.loc[take, "basis"] = basis
    return out


def _provincial(context: Context, name: str, types: pd.Series) -> pd.Series:
    """Return the province's value for each park's zone type, that of all types where it has none of its own."""
    try:
        table = context.table(IDEALS)
    except NotLoadedError:
        return pd.Series(np.nan, index=types.index)
    rows = table[(table["figure"] == name) & (table["year"] <= context.as_of.year)].sort_values("year")
    by_type = rows.drop_duplicates("zone_type", keep="last").set_index("zone_type")["value"]
    return types.map(by_type).astype("float64").fillna(by_type.get("*", np.nan))


def _planned(context: Context, name: str, params: Params) -> pd.Series:
    """Return the plan's value by park: the planned share of industry, or the caps weighted by the land they are for."""
    least = float(str(params["min_known"]))
    if name == "industrial_share":
        return planned_industry(context, least)
    if name not in PLAN_FIELDS:
        return pd.Series(dtype="float64")
    try:
        cap = context.of_fabric(
            ("park-plan", PLAN_FIELDS[name]),
            lambda: plan_value(context.fabric, context, PLAN_FIELDS[name]).to_numpy(dtype=np.float64),
        )
    except NotLoadedError:
        return pd.Series(dtype="float64")
    return _weighted(context, cap, np.nan_to_num(ratio(context, name, params).bottom), least)


def planned_industry(context: Context, least: float) -> pd.Series:
    """Return the share of industry and storage in the planned town land of each park (规划工业用地率) [1].

    NaN where less than `least` of a park has a planned use; reserved land (16) has none yet.
    """
    fabric, here = context.fabric, land(context)
    if "plan_use_code" not in fabric:
        return pd.Series(dtype="float64")
    number, names = pd.factorize(fabric["plan_use_code"].astype("object"))
    names = [str(code) for code in names]
    unset = [code.startswith(RESERVED) for code in names]
    inside = [float(has_prefix(code, TOWN)) for code in names]
    wanted = [float(has_prefix(code, INDUSTRIAL)) for code in names]
    town = np.array([*np.where(unset, np.nan, inside), np.nan])[number]
    industry = np.array([*np.where(unset, np.nan, wanted), np.nan])[number]
    # Land that is planned to leave the town says nothing about the town's mix.
    weight = np.where(town == 0, 0.0, here.area)
    return _weighted(context, industry, weight, least)


def _weighted(context: Context, values: FloatArray, weight: FloatArray, least: float) -> pd.Series:
    """Return the weighted mean by park, NaN where less than `least` of the weight has a value."""
    park: npt.NDArray[np.object_] = land(context).park
    inside = np.array([name is not None for name in park], dtype=bool)
    known = ~np.isnan(values)
    table = pd.DataFrame(
        {
            "top": np.where(known, values, 0.0) * weight,
            "known": np.where(known, weight, 0.0),
            "whole": weight,
        }
    )
    sums = table[inside].groupby(park[inside]).sum()
    enough = sums["known"] >= least * sums["whole"]
    return (sums["top"] / sums["known"].replace(0.0, np.nan)).where(enough)


def _leading(context: Context, name: str, params: Params, types: pd.Series) -> list[tuple[str, pd.Series]]:
    """Return the highest figure among parks of the same zone type, and among all: at least ``min_class`` of them."""
    kinds = parks_of(context).set_index("name")["kind"].astype("str")
    listed = [kind.strip() for kind in str(params["kinds"]).split(",")]
    values = figure(context, name, params)["value"].where(kinds.isin(listed))
    least = int(float(str(params["min_class"])))
    groups = values.groupby(types)
    own = types.map(groups.max().where(groups.count() >= least)).astype("float64")
    best = values.max() if values.count() >= least else np.nan
    return [("class", own), ("all", pd.Series(best, index=types.index))]
