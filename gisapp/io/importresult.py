"""What an import did to each row (导入结果): kept, fixed, quarantined, and what a person must know."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Literal

import geopandas as gpd
import pandas as pd


@dataclass(frozen=True)
class Fault:
    """Why a row cannot be taken over (行错误); `row` counts the records of the file from 1."""

    row: int
    reason: str
    field: str | None = None
    value: str | None = None


@dataclass(frozen=True)
class Quarantined:
    """A row set aside with its reasons (隔离记录); nothing of it is lost."""

    row: int
    id: str | None
    reason: str
    field: str | None = None
    value: str | None = None


@dataclass(frozen=True)
class Fixed:
    """An invalid outline that was repaired on request (修复记录), with its plane areas in the file's CRS."""

    row: int
    id: str | None
    reason: str
    area_before_m2: float
    area_after_m2: float


@dataclass(frozen=True)
class Note:
    """Something found that stops nothing (导入发现)."""

    kind: Literal["crs", "encoding", "column", "code", "value", "overlap", "geometry", "area"]
    message: str
    row: int | None = None
    ids: tuple[str, ...] = ()
    area_m2: float | None = None

    def as_dict(self) -> dict[str, object]:
        """Return the parts that are set."""
        return {key: value for key, value in asdict(self).items() if value not in (None, ())}


@dataclass(frozen=True)
class Screened:
    """The rows of one file after screening (筛查后的记录).

    ``frame`` holds the rows that are kept or fixed, typed, with ``src``; ``rows`` their numbers in the file;
    ``rejected`` the quarantined rows as they came. ``rows_in`` = kept + fixed + quarantined, always.
    """

    frame: gpd.GeoDataFrame | pd.DataFrame = field(repr=False)
    rows: tuple[int, ...] = field(repr=False)
    rows_in: int
    fixed: tuple[Fixed, ...]
    quarantined: tuple[Quarantined, ...]
    rejected: gpd.GeoDataFrame | pd.DataFrame = field(repr=False)
    notes: tuple[Note, ...]
    mapped: dict[str, str]
    unmapped: tuple[str, ...]

    @property
    def kept(self) -> int:
        """Return how many rows were kept as they came."""
        return self.rows_in - len(self.fixed) - len(self.quarantined)
