"""Support of a whole park (园区配套统筹, MIX-03, STD-11): the industrial parcels of the park together."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from gisapp.context import Context
from gisapp.context.context import NotLoadedError
from gisapp.format import iso_date, percent
from gisapp.indicators.floors import TABLE
from gisapp.indicators.registry import indicator, partly_known

Basis = Literal["gfa", "land"]
INDUSTRY: Final = ("1001", "1101")


class Pool(NamedTuple):
    """The support share of one park (配套占比): of what is registered, and between which numbers it can lie."""

    share: float
    low: float
    high: float
    known: float
    note: str


def pools(context: Context, basis: Basis) -> dict[str, Pool]:
    """Return the pooled share of each park by name, over the industrial parcels of the whole fabric."""
    if not context.has("park"):
        raise NotLoadedError("park")
    table = context.table(TABLE)
    key = ("pooled-support", basis, context.as_of.isoformat())
    return context.of_fabric(key, lambda: _pools(context, table, basis))


def _pools(context: Context, table: pd.DataFrame, basis: Basis) -> dict[str, Pool]:
    fabric = context.fabric
    use = (
        fabric["use_code"]
        .astype("object")
        .map(lambda code: str(code).startswith(INDUSTRY), na_action="ignore")
    )
    frame = pd.DataFrame(
        {
            "park": context.parks_of_fabric().reindex(fabric["parcel_id"]).to_numpy(dtype=object),
            "whole": _whole(fabric, basis),
        },
        index=pd.Index(fabric["parcel_id"], name="parcel_id"),
    )[(use == True).to_numpy(dtype=bool)]  # noqa: E712 (a missing code is not industry)
    support, floor = _support(table, basis)
    frame["support"] = support.reindex(frame.index)
    registered = frame["support"].notna()
    if basis == "gfa":
        frame["whole"] = floor.reindex(frame.index).where(registered, frame["whole"])
    return {str(park): _pool(rows, context) for park, rows in frame[frame["park"].notna()].groupby("park")}


def _whole(fabric: gpd.GeoDataFrame, basis: Basis) -> np.ndarray:
    name = "area_m2" if basis == "land" else "floor_area_m2"
    if name not in fabric:
        return np.full(len(fabric), np.nan)
    out: np.ndarray = pd.to_numeric(fabric[name], errors="coerce").to_numpy(dtype="float64")
    return out


def _support(table: pd.DataFrame, basis: Basis) -> tuple[pd.Series, pd.Series]:
    """Return support and all floor of each registered parcel [m²], NaN where one of its cells is empty."""
    name = "gfa_m2" if basis == "gfa" else "land_m2"
    yes = table["support"].to_numpy(dtype=object) == True  # noqa: E712 (None is not yes)
    # Only support needs a figure of its own; a zero is added for the rest so that each parcel has a sum.
    part = table[name].where(yes, 0.0)
    by = table["parcel_id"]
    return part.groupby(by).sum(min_count=1).mask(part.isna().groupby(by).any()), table["gfa_m2"].groupby(
        by
    ).sum().mask(table["gfa_m2"].isna().groupby(by).any())


def _pool(rows: pd.DataFrame, context: Context) -> Pool:
    there = (rows["support"].notna() & (rows["whole"] > 0)).to_numpy()
    inside, whole = float(rows["support"][there].sum()), float(rows["whole"][there].sum())
    rest = rows["whole"][~there]
    share = inside / whole if whole else float("nan")
    note = f"{rows['park'].iloc[0]}：{len(rows)} 宗工业、仓储用地中已登记 {there.sum()} 宗，截至{iso_date(context.as_of)}"
    if rest.isna().any():
        return Pool(share, 0.0, 1.0, there.mean(), note)
    every = whole + float(rest.sum())
    low, high = (0.0, 1.0) if not every else (inside / every, (inside + float(rest.sum())) / every)
    between = "" if there.all() else f"，合计在 {percent(low)} 与 {percent(high)} 之间"
    return Pool(share, low, high, whole / every if every else 0.0, note + between)


def _column(parcels: gpd.GeoDataFrame, context: Context, basis: Basis) -> pd.Series:
    found = pools(context, basis)
    names = context.parks_of_fabric().reindex(parcels["parcel_id"]).to_numpy(dtype=object)
    mine = [found.get(name) if isinstance(name, str) else None for name in names]
    nothing = Pool(np.nan, np.nan, np.nan, 1.0, "")
    rows = [pool or nothing for pool in mine]
    out = pd.Series([pool.share for pool in rows], index=parcels.index, dtype="float64")
    low, high, known = (np.array([getattr(pool, name) for pool in rows]) for name in ("low", "high", "known"))
    out.attrs |= partly_known(low=low, high=high, known=known)
    out.attrs["notes"] = [pool.note if pool else "不在园区内" for pool in mine]
    return out


@indicator(
    "pooled_support_gfa",
    unit="1",
    title="园区配套建筑面积占比（统筹）",
    en="Pooled support share of floor area",
)
def pooled_support_gfa(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return support floor ÷ floor over the industrial parcels of the park (MIX-03) [1]; bounds where some are not declared."""
    return _column(parcels, context, "gfa")


@indicator(
    "pooled_support_land", unit="1", title="园区配套用地占比（统筹）", en="Pooled support share of land"
)
def pooled_support_land(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return support land ÷ land over the industrial parcels of the park (MIX-03) [1]; bounds where some are not declared."""
    return _column(parcels, context, "land")
