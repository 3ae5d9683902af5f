"""Approved and not supplied, supplied and not used (批而未供、供而未用, LEL-03), over a whole workspace."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from gisapp.context import Context
from gisapp.evaluation.idle import NOT_USED, STATES, IdleRules, SupplyDates, of_tables, state_of, timeline
from gisapp.units import M2_PER_HA

TABLE: Final = "approval_batches"


@dataclass(frozen=True)
class SupplyOverview:
    """Both figures on a day (两率概览).

    ``batches`` has approval_no, title, approved_on, approved_ha, supplied_ha, rest_ha and note per batch; ``rest_ha``
    is empty where the supplied area is missing; a negative one is shown and flagged, and takes nothing from the others.
    ``not_supplied_ha`` adds up the batches that are known, ``unknown_batches`` says how many are not. It is None where the table is not
    loaded. ``states`` has the parcels and their ellipsoidal area [ha] by state; ``not_used_ha`` those not started.
    """

    batches: pd.DataFrame | None = field(repr=False)
    not_supplied_ha: float | None
    unknown_batches: int
    states: pd.DataFrame = field(repr=False)
    not_used_ha: float
    not_used: tuple[str, ...] = field(repr=False)


def supply_overview(parcels: gpd.GeoDataFrame, context: Context, rules: IdleRules) -> SupplyOverview:
    """Return both figures on the date of the context; `parcels` carry ``area_m2`` [ellipsoidal, m²]."""
    batches = _batches(context) if TABLE in context.tables else None
    states = _states(parcels, context, rules)
    idle = states.isin(NOT_USED).to_numpy()
    area = parcels["area_m2"].to_numpy(dtype="float64") / M2_PER_HA
    by_state = pd.DataFrame({"state": states.to_numpy(), "area_ha": area}).groupby("state")
    table = by_state.agg(parcels=("area_ha", "size"), area_ha=("area_ha", "sum")).reset_index()
    table["title"] = table["state"].map(STATES)
    order = {state: place for place, state in enumerate(STATES)}
    table = table.sort_values("state", key=lambda s: s.map(order)).reset_index(drop=True)
    rest = None if batches is None else batches["rest_ha"]
    return SupplyOverview(
        batches,
        None if rest is None else float(rest.clip(lower=0.0).sum()),
        0 if rest is None else int(rest.isna().sum()),
        table[["state", "title", "parcels", "area_ha"]],
        float(area[idle].sum()),
        tuple(parcels["parcel_id"].to_numpy(dtype=object)[idle]),
    )


def _batches(context: Context) -> pd.DataFrame:
    table = context.table(TABLE)
    known = table[table["approved_on"] <= pd.Timestamp(context.as_of)].reset_index(drop=True)
    rest = known["approved_ha"] - known["supplied_ha"]
    note = np.select([rest.isna(), rest < 0], ["已供面积资料不足", "已供大于批准，须核对"], "")
    names = ["approval_no", "title", "approved_on", "approved_ha", "supplied_ha"]
    return known[names].assign(rest_ha=rest, note=note)


def _states(parcels: gpd.GeoDataFrame, context: Context, rules: IdleRules) -> pd.Series:
    table = pd.DataFrame(parcels.drop(columns="geometry"))
    rows = (dict(zip(map(str, table), values, strict=True)) for values in table.itertuples(index=False))
    touched = _in_tables(context)
    found = []
    for row in rows:
        dates, id_ = SupplyDates.of(row), str(row["parcel_id"])
        more = of_tables(context, id_) if id_ in touched else []
        found.append(state_of(dates, timeline(dates, context.as_of, rules, more)))
    return pd.Series(found, index=parcels.index, dtype="object")


def _in_tables(context: Context) -> set[str]:
    names = [name for name in ("performance_checks", "idle_cases") if name in context.tables]
    return {str(id_) for name in names for id_ in context.table(name)["parcel_id"]}
