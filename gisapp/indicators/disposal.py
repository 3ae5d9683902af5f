"""What an inquiry or an approval has settled (处置与过渡期, LEL-02, LEL-10): cause of idling, transition periods."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from gisapp.context import Context
from gisapp.format import iso_date
from gisapp.indicators.registry import indicator
from gisapp.indicators.timing import date_field

CASES: Final = "idle_cases"
TRANSITIONS: Final = "transitions"


def latest(context: Context, table: str, day_column: str) -> pd.DataFrame:
    """Return the newest row of each parcel with `day_column` on or before the date, indexed by parcel_id."""

    def newest() -> pd.DataFrame:
        rows = context.table(table)
        known = rows[rows[day_column] <= pd.Timestamp(context.as_of)].sort_values(day_column)
        return known.drop_duplicates("parcel_id", keep="last").set_index("parcel_id")

    return context.cached((table, "latest", day_column, context.as_of.isoformat()), newest)


def _on(parcels: gpd.GeoDataFrame, rows: pd.DataFrame, name: str) -> pd.Series:
    return rows[name].reindex(parcels["parcel_id"]).set_axis(parcels.index)


def _words(series: pd.Series) -> pd.Series:
    return series.astype("object").where(series.notna(), None)


@indicator("idle_cause", unit="text", title="闲置原因（调查认定）", en="Cause of idling")
def idle_cause(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return enterprise, government or force_majeure as the inquiry found (闲置原因, LEL-02); None without an inquiry."""
    rows = latest(context, CASES, "found_on")
    out = _words(_on(parcels, rows, "cause"))
    documents, days = _on(parcels, rows, "document"), _on(parcels, rows, "found_on")
    out.attrs["notes"] = [
        "尚无调查认定记录" if pd.isna(day) else f"{document}，{iso_date(day)}"
        for document, day in zip(documents, days, strict=True)
    ]
    return out


@indicator(
    "idle_extension_years",
    unit="year",
    title="延长动工开发期限",
    en="Extension of the start",
    reads=("start_due_on",),
)
def idle_extension_years(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return by how many years the start was put off (延长动工开发期限, LEL-02) [year].

    An anniversary of the agreed start is a whole number; 0 where no inquiry granted one, NaN where the agreed start is missing.
    """
    rows = latest(context, CASES, "found_on")
    until = pd.to_datetime(_on(parcels, rows, "extended_to"))
    due = date_field(parcels, "start_due_on")
    years = pd.Series(
        [
            np.nan if pd.isna(a) or pd.isna(b) else _years_between(a, b)
            for a, b in zip(due, until, strict=True)
        ],
        index=parcels.index,
        dtype="float64",
    )
    return years.mask(until.isna(), 0.0)


def _years_between(start: pd.Timestamp, end: pd.Timestamp) -> float:
    whole = end.year - start.year
    whole -= start + pd.DateOffset(years=whole) > end
    last, after = start + pd.DateOffset(years=whole), start + pd.DateOffset(years=whole + 1)
    return float(whole + (end - last) / (after - last))


@indicator("transition_state", unit="text", title="五年过渡期", en="Five-year transition")
def transition_state(
    parcels: gpd.GeoDataFrame, context: Context, *, years: float, alert_months: float
) -> pd.Series:
    """Return none, running, ending or expired (过渡期, LEL-10); settled once the land was converted or returned.

    The period ends on the anniversary `years` after its start; the last `alert_months` before are ending.
    """
    rows, day = latest(context, TRANSITIONS, "started_on"), pd.Timestamp(context.as_of)
    start = pd.to_datetime(_on(parcels, rows, "started_on"))
    settled = pd.to_datetime(_on(parcels, rows, "settled_on"))
    end = start + pd.DateOffset(years=int(years))
    alert = end - pd.DateOffset(months=int(alert_months))
    state = np.select(
        [start.isna(), settled <= day, end <= day, alert <= day],
        ["none", "settled", "expired", "ending"],
        "running",
    )
    out = pd.Series(state, index=parcels.index, dtype="object")
    documents = _on(parcels, rows, "document")
    out.attrs["notes"] = [
        None if pd.isna(a) else f"{iso_date(a)}起，{iso_date(b)}止，{document}"
        for a, b, document in zip(start, end, documents, strict=True)
    ]
    return out
