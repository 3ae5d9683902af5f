"""Performance checks and storey heights of the demo (履约核查与层高): dated, with what was done about a breach."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import geopandas as gpd
import numpy as np

from tools.demo.standard_cases import Wish, rows_of

Row = dict[str, Any]
AS_OF: Final = date(2026, 6, 30)
_COLUMNS: Final = (
    "parcel_id", "checked_on", "stage", "done_on", "indicator", "actual", "document", "action", "action_on",
)  # fmt: skip


def checks(
    parcels: gpd.GeoDataFrame, promises: gpd.GeoDataFrame, wishes: list[Wish], rng: np.random.Generator
) -> list[Row]:
    """Return the checks of all contracts and those of the planted cases, oldest first and numbered."""
    own = parcels.set_index("parcel_id")
    special = {wish.parcel_id for wish in wishes}
    rows: list[Row] = []
    for row in promises.itertuples():
        if row.parcel_id in special:
            continue
        parcel = own.loc[row.parcel_id]
        done = {"start": parcel["started_on"], "completion": parcel["x_completed_on"]}
        for stage, due in (("start", row.start_due), ("completion", row.finish_due)):
            checked = date.fromisoformat(due) + timedelta(days=int(rng.integers(5, 60)))
            if checked <= AS_OF:
                rows.append(_check(row.parcel_id, checked, stage, _until(done[stage], checked)))
        rows += _target(row, rng)
    for wish in wishes:
        rows += [row for group in rows_of(wish, "checks").values() for row in group]
    rows.sort(key=lambda row: (row["checked_on"], row["parcel_id"], row["stage"], row.get("indicator") or ""))
    return [
        {"check_id": f"HC{number:05d}", **{name: row.get(name) for name in _COLUMNS}}
        for number, row in enumerate(rows, start=1)
    ]


def _target(promise: Any, rng: np.random.Generator) -> list[Row]:  # a named row
    """Return the check of the target year, for seven in ten of those that are due."""
    due = date.fromisoformat(promise.target_on)
    checked = due + timedelta(days=45)
    if checked > AS_OF or rng.random() < 0.3:
        return []
    reached = bool(rng.random() < 0.7)
    rows = [_check(promise.parcel_id, checked, "target", due if reached else None)]
    figures = (("tax", promise.tax_min), ("output", promise.output_min), ("investment", promise.invest_min))
    for name, promised in figures:
        share = float(rng.uniform(1.0, 1.4) if reached else rng.uniform(0.5, 1.1))
        row = _check(promise.parcel_id, checked, "target", None)
        rows.append({**row, "indicator": name, "actual": round(promised * share, 1)})
    return rows


def _until(day: object, checked: date) -> date | None:
    return day if isinstance(day, date) and day <= checked else None


def _check(parcel_id: str, checked: date, stage: str, done: date | None) -> Row:
    return {
        "parcel_id": parcel_id,
        "checked_on": checked.isoformat(),
        "stage": stage,
        "done_on": done.isoformat() if done else None,
        "document": f"示例核查〔{checked.year}〕{checked:%m%d}号",
    }


def storeys(parcels: gpd.GeoDataFrame, wishes: list[Wish]) -> list[Row]:
    """Return the storeys of the planted parcels whose case speaks of them, the sum equal to the floor area."""
    floor = parcels.set_index("parcel_id")["floor_area_m2"]
    rows: list[Row] = []
    for wish in wishes:
        total = floor[wish.parcel_id]
        for number, (share, height) in enumerate(wish.storeys, start=1):
            rows.append(
                {
                    "parcel_id": wish.parcel_id,
                    "building": "1",
                    "storey": str(number),
                    "height_m": height,
                    "floor_area_m2": round(total * share, 1),
                }
            )
    return rows
