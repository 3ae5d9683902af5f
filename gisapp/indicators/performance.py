"""Performance supervision over dates (履约监管, STD-12): start, completion, production, target, and what was promised."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from gisapp.context import Context, NotLoadedError
from gisapp.indicators.checks import checks_until
from gisapp.indicators.contracts import contract_column, contract_dates
from gisapp.indicators.registry import indicator, partly_known
from gisapp.indicators.timing import date_field
from gisapp.model.controls import PROMISED

STAGES: Final = {
    "start": ("开工", "Start", "started_on"),
    "completion": ("竣工", "Completion", "x_completed_on"),
    "production": ("投产", "Production", None),
    "target": ("达产", "Target", None),
}
"""Stages with the parcel field that tells when they were reached, unless a check does."""


def _latest(parcels: gpd.GeoDataFrame, context: Context, stage: str) -> pd.DataFrame:
    """Return done_on, checked_on, action of each parcel's newest check of a stage; empty where no checks are loaded."""
    columns = ["done_on", "checked_on", "action", "action_on"]
    try:
        rows = checks_until(context)
    except NotLoadedError:
        return pd.DataFrame(index=parcels.index, columns=columns)
    rows = rows[(rows["stage"] == stage) & rows["indicator"].isna()]
    newest = rows.groupby("parcel_id").tail(1).set_index("parcel_id")[columns]
    return newest.reindex(parcels["parcel_id"]).set_axis(parcels.index)


def _done(parcels: gpd.GeoDataFrame, context: Context, stage: str, seen: pd.DataFrame) -> pd.Series:
    """Return when a stage was reached: by its check, else by the register; NaT where it was not, or not yet."""
    done = pd.to_datetime(seen["done_on"]).astype("datetime64[s]")
    field = STAGES[stage][2]
    if field is not None:
        done = done.fillna(date_field(parcels, field))
    return done.where(done <= pd.Timestamp(context.as_of))


def performance(parcels: gpd.GeoDataFrame, context: Context, stage: str) -> pd.Series:
    """Return on_time, late, not_due or overdue of one stage (履约, STD-12), None where that is not known.

    Overdue is only what a check after the due date found not done; without such a check the state is unknown.
    The note gives the dates, the days, and what was done about a breach.
    """
    due = contract_dates(parcels, context, f"{stage}_due_on")
    seen = _latest(parcels, context, stage)
    done = _done(parcels, context, stage, seen)
    now = pd.Timestamp(context.as_of)
    checked = pd.to_datetime(seen["checked_on"]) > due
    state = np.select(
        [due.isna(), done.notna() & (done <= due), done.notna(), now <= due, checked],
        ["", "on_time", "late", "not_due", "overdue"],
        "",
    )
    out = pd.Series(state, index=parcels.index, dtype="object")
    out = out.where(out != "", None)
    out.attrs["notes"] = [
        _note(*row, now) for row in zip(state, due, done, seen["action"], seen["action_on"], strict=True)
    ]
    return out


def _note(
    state: str,
    due: pd.Timestamp,
    done: pd.Timestamp,
    action: object,
    action_on: pd.Timestamp,
    now: pd.Timestamp,
) -> str:
    if pd.isna(due):
        return "没有约定日期"
    told = f"约定 {due:%Y-%m-%d}"
    if state in ("on_time", "late"):
        late = f"，晚 {(done - due).days} 天" if state == "late" else ""
        told = f"{told}，实际 {done:%Y-%m-%d}{late}"
    elif state == "not_due":
        told = f"{told}，尚余 {(due - now).days} 天"
    elif state == "overdue":
        told = f"{told}，逾期 {(now - due).days} 天仍未完成"
    else:
        return f"{told}，已到期，没有到期后的核查记录"
    if state not in ("late", "overdue"):
        return told
    on = f"（{action_on:%Y-%m-%d}）" if not pd.isna(action_on) else ""
    return f"{told}；处置：{action}{on}" if isinstance(action, str) else f"{told}；处置未记录"


def _register_stages() -> None:
    """Register the state of each stage."""
    for stage, (title, title_en, field) in STAGES.items():
        indicator(
            f"performance_{stage}", unit="text", title=f"{title}履约", en=f"{title_en} against the contract",
            reads=(field,) if field else (),
        )(_compute(stage))  # fmt: skip


def _compute(stage: str) -> Callable[[gpd.GeoDataFrame, Context], pd.Series]:
    return lambda parcels, context: performance(parcels, context, stage)


_register_stages()


@indicator(
    "performance_indicators",
    unit="1",
    title="实测与约定指标之比（最低）",
    en="Lowest measured to promised ratio",
)
def performance_indicators(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the smallest of measured ÷ promised over all promised indicators (达产履约, STD-12) [1].

    For a cap it is promised ÷ measured, so that less than 1 is always a breach. An indicator that was not measured
    could be anything: the value is then an upper bound.
    """
    checks = checks_until(context)
    ratios, promised = {}, {}
    for kind in PROMISED:
        agreed = contract_column(parcels, context, kind.column).astype("float64")
        rows = checks[
            (checks["indicator"] == kind.id) & checks["actual"].notna() & (checks["stage"] == "target")
        ]
        found = (
            rows.groupby("parcel_id")["actual"].last().reindex(parcels["parcel_id"]).set_axis(parcels.index)
        )
        ratio = found / agreed if kind.op == ">=" else agreed / found.where(found > 0, np.nan)
        met = (found == 0) & (kind.op == "<=")
        ratios[kind.title] = ratio.mask(met, 1.0).astype("float64")
        promised[kind.title] = agreed.notna()
    table, wanted = pd.DataFrame(ratios), pd.DataFrame(promised)
    known = (table.notna() & wanted).sum(axis=1) / wanted.sum(axis=1).replace(0, np.nan)
    lowest = table.where(wanted).min(axis=1)
    out = lowest.where(known > 0)
    share = known.fillna(1.0).to_numpy(dtype="float64")
    out.attrs |= partly_known(low=np.where(share < 1.0, 0.0, lowest), high=lowest.to_numpy(), known=share)
    out.attrs["notes"] = _worst(table.where(wanted), wanted)
    return out


def _worst(table: pd.DataFrame, wanted: pd.DataFrame) -> list[str | None]:
    """Return which measured indicators fall short, and which promised ones were not measured."""
    notes: list[str | None] = []
    for row, asked in zip(table.to_dict("records"), wanted.to_dict("records"), strict=True):
        short = [f"{name} {value:.0%}" for name, value in row.items() if value < 1.0]
        open_ = [str(name) for name, value in row.items() if asked[name] and np.isnan(value)]
        parts = [f"未达约定：{'、'.join(short)}"] if short else []
        parts += [f"未实测：{'、'.join(open_)}"] if open_ else []
        notes.append("；".join(parts) or None)
    return notes
