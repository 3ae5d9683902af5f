"""Standard-land contracts and supply conditions of a parcel (标准地合同与供地条件, STD-01)."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from gisapp.context import Context
from gisapp.indicators.land import number_field, text_field
from gisapp.indicators.registry import indicator, missing_note
from gisapp.indicators.timing import date_field
from gisapp.model.controls import KINDS

TABLE: Final = "land_contracts"
SUPPLY_FIELDS: Final = ("supplied_on", "started_on", "x_completed_on", "floor_area_m2")
SEPARATOR: Final = "、"


def contract_column(parcels: gpd.GeoDataFrame, context: Context, name: str) -> pd.Series:
    """Return a column of the contract table on the parcels' own index, missing where a parcel has no row.

    Raises `NotLoadedError` where the table is not loaded.
    """
    table = context.cached((TABLE, "by-parcel"), lambda: context.table(TABLE).set_index("parcel_id"))
    out: pd.Series = table[name].reindex(parcels["parcel_id"]).set_axis(parcels.index)
    return out.where(out.notna(), None) if out.dtype == object else out


def contract_dates(parcels: gpd.GeoDataFrame, context: Context, name: str) -> pd.Series:
    """Return a date of the contract table as timestamps, NaT where missing."""
    return pd.to_datetime(contract_column(parcels, context, name)).astype("datetime64[s]")


def has_contract(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return whether the contract table has a row for each parcel."""
    return contract_column(parcels, context, "kind").notna()


def supply_day(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the day whose standards apply: signed or supplied on, the date of the context for land not yet supplied.

    NaT where the land is in use and its date of supply is missing.
    """
    day = date_field(parcels, "supplied_on")
    if TABLE in context.tables:
        day = contract_dates(parcels, context, "signed_on").fillna(day)
    planned = (supply_stage(parcels, context) == "planned").to_numpy(dtype=bool)
    now = pd.Timestamp(context.as_of)
    return day.where(day.notna() | ~planned, now)


@indicator(
    "supply_stage",
    unit="text",
    title="供地与建设阶段",
    en="Stage of supply and building",
    reads=SUPPLY_FIELDS,
)
def supply_stage(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return planned (未供地), supplied (已供地未竣工) or completed (已竣工) on the date of the context.

    Built land without any date counts as completed; land that is neither supplied nor built is planned.
    """
    day = pd.Timestamp(context.as_of)
    supplied, started = date_field(parcels, "supplied_on"), date_field(parcels, "started_on")
    completed = date_field(parcels, "x_completed_on")
    built = number_field(parcels, "floor_area_m2") > 0
    done = (completed <= day) | (built & started.isna() & completed.isna())
    under_way = (supplied <= day) | (started <= day)
    state = np.select([done, under_way], ["completed", "supplied"], "planned")
    return pd.Series(state, index=parcels.index, dtype="object")


@indicator(
    "supply_use",
    unit="code",
    title="供地用途",
    en="Use the land is supplied for",
    reads=("use_code", "plan_use_code", *SUPPLY_FIELDS),
    national=True,
)
def supply_use(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the present use of supplied land, the planned use of land yet to be supplied; None where missing."""
    planned = supply_stage(parcels, context) == "planned"
    return text_field(parcels, "use_code").where(~planned, text_field(parcels, "plan_use_code"))


@indicator(
    "conditions_fixed",
    unit="bool",
    title="控制指标已写入供地条件",
    en="Control indicators fixed in the supply conditions",
    reads=SUPPLY_FIELDS,
)
def conditions_fixed(parcels: gpd.GeoDataFrame, context: Context, *, required: str) -> pd.Series:
    """Return whether the contract or supply conditions fix all `required` indicators (STD-01 b).

    `required` are ids of control indicators joined by 、. Land not yet supplied without a row has none; supplied land
    without a row is not known.
    """
    kinds = [KINDS[name] for name in required.split(SEPARATOR)]
    given = pd.DataFrame({k.id: contract_column(parcels, context, k.column).notna() for k in kinds})
    row = has_contract(parcels, context)
    planned = supply_stage(parcels, context) == "planned"
    out = given.all(axis=1).astype("float64").where(row | planned)
    lacking = missing_note([(k.title, (row & ~given[k.id]).to_numpy(dtype=bool)) for k in kinds])
    out.attrs["notes"] = [
        note or (None if there else "尚未登记供地条件" if early else "合同表中没有这宗地")
        for note, there, early in zip(lacking, row, planned, strict=True)
    ]
    return out


def _flag(parcels: gpd.GeoDataFrame, context: Context, *names: str) -> pd.Series:
    """Return whether all named columns are yes, 0 if one is no, NaN if that is not known."""
    frame = pd.DataFrame({name: contract_column(parcels, context, name) for name in names})
    no, yes = (frame == False).any(axis=1), (frame == True).all(axis=1)  # noqa: E712 (None is neither)
    return pd.Series(np.select([no, yes], [0.0, 1.0], np.nan), index=parcels.index)


@indicator(
    "promise_planned",
    unit="bool",
    title="已落实承诺书与监管协议",
    en="Promise letter and supervision agreement in place",
)
def promise_planned(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return whether a promise letter or supervision agreement is signed or planned (STD-01 c)."""
    return _flag(parcels, context, "promise_letter")


@indicator("net_land", unit="bool", title="净地且配套到位", en="Net land with utilities")
def net_land(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return whether the land is net and its utilities are in place (净地, STD-01 d)."""
    return _flag(parcels, context, "net_land", "utilities")


@indicator(
    "joint_supply_due",
    unit="bool",
    title="适于进高标准厂房且不是边角地",
    en="Suited to a high-standard factory and no corner plot",
)
def joint_supply_due(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return whether a small parcel is one that is not supplied by itself (STD-10): suited, and no corner plot."""
    suited = contract_column(parcels, context, "standard_factory_suited").to_numpy(dtype=object)
    corner = contract_column(parcels, context, "corner_plot").to_numpy(dtype=object)
    no = np.array([s is False or c is True for s, c in zip(suited, corner, strict=True)])
    yes = np.array([s is True and c is False for s, c in zip(suited, corner, strict=True)])
    return pd.Series(np.select([no, yes], [0.0, 1.0], np.nan), index=parcels.index)


@indicator(
    "target_reached",
    unit="bool",
    title="已到约定达产日",
    en="Agreed target date reached",
)
def target_reached(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return whether the agreed target date has come; yes without a contract, NaN where it has no such date."""
    due = contract_dates(parcels, context, "target_due_on")
    row = has_contract(parcels, context)
    reached = (due <= pd.Timestamp(context.as_of)).astype("float64").where(due.notna())
    return reached.where(row, 1.0)
