"""The ranked list with its filters (排序清单)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gisapp.app.display import Display
from gisapp.app.workspace import Workspace
from gisapp.evaluation import Evaluation
from gisapp.format import MISSING
from gisapp.model.codes import has_prefix


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to (筛选条件); an empty text means all. Areas in m²."""

    verdict: str = ""
    park: str = ""
    street: str = ""
    station: str = ""
    line: str = ""
    use: str = ""
    min_area_m2: float | None = None
    max_area_m2: float | None = None


def ranked_table(workspace: Workspace, display: Display, evaluation: Evaluation) -> pd.DataFrame:
    """Return all evaluated parcels with names, places and advice, best first (排序总表).

    Ranked candidates come first by rank, then unranked ones (待补资料), then the others by score.
    """
    table = evaluation.parcels.reset_index(drop=True).copy()
    own = workspace.parcels.reset_index(drop=True)
    for name in ("parcel_code", "name", "use_code", "plan_use_code"):
        table[name] = own[name].astype("object") if name in own else None
    for name in display.places.columns:
        table[name] = display.places[name].to_numpy()
    table["advice_title"] = _advice_titles(evaluation)
    table["fid"] = np.arange(1, len(table) + 1)
    order = pd.DataFrame(
        {
            "candidate": table["verdict"] != "candidate",
            "rank": table["rank"].astype("float64"),
            "score": -table["score_low"].fillna(-1.0),
            "id": table["parcel_id"],
        }
    ).sort_values(["candidate", "rank", "score", "id"], na_position="last")
    return table.loc[order.index]


def _advice_titles(evaluation: Evaluation) -> pd.Series:
    """Return the title of the decision-table row that gave each candidate its advice.

    资料不足 where an input that the table needs is missing, None for parcels that get no advice.
    """
    titles = pd.Series(None, index=evaluation.parcels.index, dtype="object")
    for choice in evaluation.rulebook.choices[:1]:
        rows = evaluation.trace[(evaluation.trace["rule_id"] == choice.id).to_numpy()]
        chosen = pd.Series(rows["reason"].astype("object").to_numpy(), index=titles.index)
        open_ = (rows["verdict"] == "unknown").to_numpy() & (
            evaluation.parcels["verdict"] == "candidate"
        ).to_numpy()
        titles = chosen.where(evaluation.parcels["advice"].notna(), None).mask(open_, MISSING)
    return titles


def narrowed(table: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """Return the rows that pass every filter."""
    keep = np.ones(len(table), dtype=bool)
    for name in ("verdict", "park", "street", "station", "line"):
        wanted = getattr(filters, name)
        if wanted:
            keep &= (table[name] == wanted).to_numpy()
    if filters.use:
        keep &= (
            table["use_code"]
            .map(lambda code: isinstance(code, str) and has_prefix(code, [filters.use]))
            .to_numpy(dtype=bool)
        )
    if filters.min_area_m2 is not None:
        keep &= (table["area_m2"] >= filters.min_area_m2).to_numpy()
    if filters.max_area_m2 is not None:
        keep &= (table["area_m2"] <= filters.max_area_m2).to_numpy()
    return table[keep]


def rank_rows(
    workspace: Workspace,
    display: Display,
    evaluation: Evaluation,
    filters: Filters,
    *,
    limit: int,
    offset: int,
) -> tuple[list[dict[str, Any]], int]:
    """Return one page of rows as plain data, and how many there are in all."""
    table = narrowed(ranked_table(workspace, display, evaluation), filters)
    page = table.iloc[offset : offset + limit]
    english = {
        row.title.zh: row.title.en
        for choice in evaluation.rulebook.choices
        for row in choice.rows
        if row.title.en
    }
    rows = [_row(record, display, english) for record in page.to_dict("records")]
    return rows, len(table)


def _row(record: dict[Any, Any], display: Display, english: Mapping[str, str]) -> dict[str, Any]:
    names = ("parcel_code", "name", "verdict", "advice", "advice_title", "use_code", "park")
    numbers = ("score", "score_low", "score_high", "completeness", "stability_top", "area_m2")
    return {
        "fid": int(record["fid"]),
        "parcel_id": str(record["parcel_id"]),
        **{name: record[name] if isinstance(record[name], str) else None for name in names},
        **{name: None if pd.isna(record[name]) else round(float(record[name]), 4) for name in numbers},
        "advice_title_en": english.get(record["advice_title"])
        if isinstance(record["advice_title"], str)
        else None,
        "rank": None if pd.isna(record["rank"]) else int(record["rank"]),
        **display.lonlat(int(record["fid"]) - 1),
    }
