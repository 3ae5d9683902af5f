"""The differentiated standard in force (差异化用地标准): rows of the shipped table and of what a bureau has loaded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pandas as pd

from gisapp.context.context import Context, NotLoadedError
from gisapp.model.controls import ALL_INDUSTRIES, KINDS, STANDARD_FACTORY, Level, kind_named

TABLE: Final = "control_indicators"
_SCOPES: Final[dict[str, tuple[Level, str]]] = {
    "national": ("nation", ""),
    "Jiangsu": ("province", ""),
    "Jiangsu 苏南(incl. Nanjing)": ("province", "苏南"),
    "Jiangsu 苏中": ("province", "苏中"),
    "Jiangsu 苏北": ("province", "苏北"),
    "Nanjing": ("city", "南京市"),
}
"""Scopes of the shipped table; its rows for contracts are places to fill, not thresholds."""


@dataclass(frozen=True)
class ControlRow:
    """One threshold (一条标准): where, for which industry, how much, by which document, from when until when.

    ``value`` is in the unit of its kind, None where the number is not loaded. ``case`` marks an industry whose
    threshold may be undercut by collective decision (集体决策). ``region`` and ``park`` are empty where the row
    holds everywhere on its level, ``grade`` where it holds for every grade of land (土地等别).
    """

    id: str
    level: Level
    region: str
    park: str
    kind: str
    edition: str
    prefix: str
    grade: str
    standard_factory: bool
    case: bool
    value: float | None
    document: str
    status: str
    start: pd.Timestamp | None
    end: pd.Timestamp | None
    loaded: bool

    def in_force(self, day: pd.Timestamp) -> bool:
        """Return whether the row holds on `day`."""
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)


def control_rows(context: Context) -> tuple[ControlRow, ...]:
    """Return every row of the standard, the shipped ones first; raises `NotLoadedError` where there is none."""
    return context.cached(("control-rows",), lambda: _rows(context))


def _rows(context: Context) -> tuple[ControlRow, ...]:
    loaded = context.tables.get(TABLE)
    if context.controls is None and loaded is None:
        raise NotLoadedError(TABLE)
    shipped = [] if context.controls is None else [*_shipped(context.controls)]
    own = [] if loaded is None else [*_own(loaded.frame)]
    return (*shipped, *own)


def _shipped(frame: pd.DataFrame) -> Iterator[ControlRow]:
    for row in frame.to_dict("records"):
        place = _SCOPES.get(str(row["scope"]))
        factory = row["indicator_zh"] == STANDARD_FACTORY
        kind = KINDS["far"] if factory else kind_named(str(row["indicator_zh"]))
        if place is None or kind is None:
            continue
        value = None if row["value"] is None else kind.convert(float(row["value"]), str(row["unit"]))
        yield ControlRow(
            id=str(row["rule_id"]),
            level=place[0],
            region=place[1],
            park="",
            kind=kind.id,
            edition=row["industry_code_system"] or "",
            prefix=row["industry_code"] or ALL_INDUSTRIES,
            grade="",
            standard_factory=factory,
            case=row["op"] == "case",
            value=value,
            document=str(row["source"]),
            status=str(row["status"]),
            start=_day(row["effective_from"]),
            end=_day(row["effective_to"]),
            loaded=False,
        )


def _own(frame: pd.DataFrame) -> Iterator[ControlRow]:
    for row in frame.to_dict("records"):
        kind = KINDS[row["indicator"]]
        value = None if pd.isna(row["value"]) else kind.convert(float(row["value"]), row["unit"])
        clause = f" {row['clause']}" if row["clause"] else ""
        yield ControlRow(
            id=row["id"],
            level=row["level"],
            region=row["region"] or "",
            park=row["park"] or "",
            kind=kind.id,
            edition=row["industry_system"] or "",
            prefix=row["industry_code"] or ALL_INDUSTRIES,
            grade=row["land_grade"] or "",
            standard_factory=row["standard_factory"] is True,
            case=row["op"] == "case",
            value=value,
            document=f"{row['document']}{clause}",
            status=row["status"],
            start=_stamp(row["effective_from"]),
            end=_stamp(row["effective_to"]),
            loaded=True,
        )


def _day(text: str | None) -> pd.Timestamp | None:
    """Return the first day of a date, month or year written as ISO text."""
    return None if text is None else pd.Timestamp(text)


def _stamp(value: pd.Timestamp) -> pd.Timestamp | None:
    return None if pd.isna(value) else value
