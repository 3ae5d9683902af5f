"""Dates of supply, start and completion (履约时点, LEL-01). An anniversary of the due date counts as a full year."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd

from gisapp.context import Context
from gisapp.indicators.land import number_field
from gisapp.indicators.registry import indicator


def date_field(parcels: gpd.GeoDataFrame, name: str) -> pd.Series:
    """Return a date field as timestamps, NaT where missing."""
    out: pd.Series = pd.to_datetime(parcels[name]).astype("datetime64[s]")
    return out


def _years_passed(since: pd.Series, context: Context, years: float) -> pd.Series:
    """Return whether the anniversary after `years` full years has come; False where the date is missing."""
    due = since + pd.DateOffset(years=int(years))
    return due.notna() & (due <= pd.Timestamp(context.as_of))


@indicator(
    "idle_state",
    unit="text",
    title="闲置状态",
    en="Idle state",
    reads=(
        "start_due_on",
        "started_on",
        "x_completed_on",
        "x_suspended_on",
        "x_developed_share",
        "dev_invested_excl_land_10k",
        "dev_total_excl_land_10k",
        "floor_area_m2",
    ),
)
def idle_state(
    parcels: gpd.GeoDataFrame,
    context: Context,
    *,
    one_year_years: float,
    two_year_years: float,
    land_share_min: float,
    invest_share_min: float,
    suspended_years: float,
) -> pd.Series:
    """Return none, idle_1y, idle_2y or idle_suspended (疑似闲置, LEL-01); None where dates are missing."""
    due, started = date_field(parcels, "start_due_on"), date_field(parcels, "started_on")
    completed, suspended = date_field(parcels, "x_completed_on"), date_field(parcels, "x_suspended_on")
    invested = number_field(parcels, "dev_invested_excl_land_10k")
    invested = invested / number_field(parcels, "dev_total_excl_land_10k").replace(0.0, np.nan)
    developed = number_field(parcels, "x_developed_share")
    day = pd.Timestamp(context.as_of)
    built = (completed <= day) | (number_field(parcels, "floor_area_m2") > 0) & due.isna() & started.isna()
    stopped = _years_passed(suspended, context, suspended_years)
    short = (developed < land_share_min) | (invested < invest_share_min)
    unsure = ~short & (developed.isna() | invested.isna())
    waiting = ~(started <= day)
    state = np.select(
        [
            built,
            waiting & due.isna(),
            waiting & _years_passed(due, context, two_year_years),
            waiting & _years_passed(due, context, one_year_years),
            waiting,
            stopped & short,
            stopped & unsure,
        ],
        ["none", "", "idle_2y", "idle_1y", "none", "idle_suspended", ""],
        "none",
    )
    out = pd.Series(state, index=parcels.index, dtype="object")
    return out.where(out != "", None)


@indicator(
    "under_construction",
    unit="bool",
    title="在建",
    en="Under construction",
    reads=("started_on", "x_completed_on"),
)
def under_construction(parcels: gpd.GeoDataFrame, context: Context, *, presumed_years: float) -> pd.Series:
    """Return whether work has started and is not completed (在建).

    A start more than `presumed_years` ago without a completion date says nothing: the date may be missing.
    """
    day = pd.Timestamp(context.as_of)
    started, completed = date_field(parcels, "started_on"), date_field(parcels, "x_completed_on")
    open_ = (started <= day) & ~(completed <= day)
    stale = completed.isna() & _years_passed(started, context, presumed_years)
    return open_.astype("float64").where(~(open_ & stale))


def full_years(since: pd.Series, day: date) -> pd.Series:
    """Return years from `since` to `day` [year]; an anniversary is a whole number, NaN where missing."""
    now = pd.Timestamp(day)
    whole = now.year - since.dt.year
    before = (since.dt.month > now.month) | ((since.dt.month == now.month) & (since.dt.day > now.day))
    whole = whole - before.astype("float64")
    last = since.copy()
    # Offsets add calendar years to a whole column at once, one number of years at a time.
    for years in whole.dropna().unique():
        last[whole == years] = since[whole == years] + pd.DateOffset(years=int(years))
    days = (now - last).dt.days
    out: pd.Series = whole + days / 366.0
    return out


@indicator(
    "years_in_production",
    unit="year",
    title="竣工投产年限",
    en="Years in production",
    reads=("x_completed_on",),
)
def years_in_production(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return years since completion (投产年限) [year], NaN where no date is known."""
    return full_years(date_field(parcels, "x_completed_on"), context.as_of)


@indicator(
    "years_since_supply", unit="year", title="供地年限", en="Years since supply", reads=("supplied_on",)
)
def years_since_supply(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return years since the supply contract (供地年限) [year]."""
    return full_years(date_field(parcels, "supplied_on"), context.as_of)
