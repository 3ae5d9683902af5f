"""Which threshold is in force for a parcel (取值顺序, STD-13): contract, park × industry, city, province, nation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from gisapp.context import Context, NotLoadedError
from gisapp.context.context import main_zone
from gisapp.context.controls import ControlRow, control_rows
from gisapp.indicators.contracts import TABLE as CONTRACTS
from gisapp.indicators.contracts import contract_column, supply_day
from gisapp.indicators.industries import Correspondence
from gisapp.indicators.land import text_field
from gisapp.model.controls import ALL_INDUSTRIES, LEVEL_WORDS, LEVELS, ControlKind

FloatArray = npt.NDArray[np.float64]
ObjectArray = npt.NDArray[np.object_]
_FACTORY_FIRST: Final = 10
"""A row for high-standard factories comes before any industry's row of its level."""


class Place(NamedTuple):
    """Where the workspace lies: rows of other regions and cities do not hold there."""

    region: str
    city: str


class Asked(NamedTuple):
    """What the threshold of a parcel depends on (查询条件)."""

    code: str | None
    edition: str | None
    park: str | None
    grade: str | None
    factory: bool
    day: int | None


class Found(NamedTuple):
    """The threshold of one parcel and where it comes from (查得标准); ``why`` says what stopped the search."""

    value: float
    level: str | None
    text: str
    case: bool | None
    why: str | None


@dataclass(frozen=True)
class Thresholds:
    """Thresholds of many parcels (门槛), arrays of shape (n,): ``value`` in the kind's unit, NaN where none is known.

    ``level`` and ``source`` name what decided, ``why`` what is missing; ``case`` is 1 where the industry may go below
    by collective decision, 0 where not, NaN where that is not known.
    """

    value: FloatArray = field(repr=False)
    level: ObjectArray = field(repr=False)
    source: ObjectArray = field(repr=False)
    why: ObjectArray = field(repr=False)
    case: FloatArray = field(repr=False)


def standards(parcels: gpd.GeoDataFrame, context: Context, kind: ControlKind, place: Place) -> Thresholds:
    """Return the differentiated standard of each parcel without its own contract, on the day of its supply."""
    rows = [row for row in control_rows(context) if row.kind == kind.id and _here(row, place)]
    if any(row.park for row in rows) and not context.has("park"):
        raise NotLoadedError("park")
    asked = _asked(parcels, context, rows)
    codes, distinct = pd.factorize(pd.Series(asked, dtype=object))
    industries = context.cached(("industry-editions",), lambda: Correspondence.of(context))
    found = [_search(one, rows, kind, industries) for one in distinct]
    pick = np.asarray(codes, dtype=np.intp)
    return Thresholds(
        value=np.array([one.value for one in found], dtype=np.float64)[pick],
        level=_objects([one.level for one in found])[pick],
        source=_objects([one.text for one in found])[pick],
        why=_objects([one.why for one in found])[pick],
        case=np.array([np.nan if one.case is None else one.case for one in found], dtype=np.float64)[pick],
    )


def in_force(parcels: gpd.GeoDataFrame, context: Context, kind: ControlKind, place: Place) -> Thresholds:
    """Return the threshold of each parcel by the whole order (STD-13): its contract first, then the standard."""
    below = standards(parcels, context, kind, place)
    if not kind.column or CONTRACTS not in context.tables:
        return below
    agreed = contract_column(parcels, context, kind.column).to_numpy(dtype="float64")
    own = ~np.isnan(agreed)
    document = contract_column(parcels, context, "document").to_numpy(dtype=object)
    source = below.source.copy()
    source[own] = [f"{LEVEL_WORDS['contract']}：{text}" for text in document[own]]
    level, why = below.level.copy(), below.why.copy()
    level[own], why[own] = "contract", None
    return Thresholds(np.where(own, agreed, below.value), level, source, why, below.case)


def _here(row: ControlRow, place: Place) -> bool:
    return row.region in ("", place.city if row.level == "city" else place.region)


def _asked(parcels: gpd.GeoDataFrame, context: Context, rows: Sequence[ControlRow]) -> list[Asked]:
    """Return what each parcel's threshold depends on; days are cut down to the spans in which nothing changes."""
    code, edition = _industry(parcels, context)
    park: ObjectArray = np.full(len(parcels), None, dtype=object)
    if any(row.park for row in rows):
        park = main_zone(context, "park", "id", parcels.geometry.to_numpy())
    loaded = CONTRACTS in context.tables
    blank = np.full(len(parcels), None, dtype=object)
    grade = contract_column(parcels, context, "land_grade").to_numpy(dtype=object) if loaded else blank
    factory = (
        contract_column(parcels, context, "standard_factory").to_numpy(dtype=object) if loaded else blank
    )
    days = _spans(supply_day(parcels, context), rows)
    return [
        Asked(c, e, p, g, f is True, d)
        for c, e, p, g, f, d in zip(
            code.tolist(),
            edition.tolist(),
            park.tolist(),
            grade.tolist(),
            factory.tolist(),
            days,
            strict=True,
        )
    ]


def _industry(parcels: gpd.GeoDataFrame, context: Context) -> tuple[pd.Series, pd.Series]:
    """Return code and edition of the industry: the one that the contract names, else the parcel's."""
    code, edition = text_field(parcels, "industry_code"), text_field(parcels, "industry_edition")
    if CONTRACTS not in context.tables:
        return code, edition
    own = contract_column(parcels, context, "industry_code")
    system = contract_column(parcels, context, "industry_system")
    return code.mask(own.notna(), own), edition.mask(own.notna(), system)


def _spans(days: pd.Series, rows: Sequence[ControlRow]) -> list[int | None]:
    """Return the day number on which each parcel's span of unchanged rows begins, None where the day is missing."""
    edges = sorted({edge.toordinal() for row in rows for edge in (row.start, row.end) if edge is not None})
    out: list[int | None] = []
    for day in days:
        if pd.isna(day):
            out.append(None)
            continue
        place = int(np.searchsorted(edges, day.toordinal(), side="right"))
        out.append(edges[place - 1] if place else 0)
    return out


def _search(asked: Asked, rows: Sequence[ControlRow], kind: ControlKind, industries: Correspondence) -> Found:
    if asked.day is None:
        return Found(np.nan, None, "", None, "供地日期缺失，不知适用何时的标准")
    valid = [row for row in rows if _holds(row, asked)]
    for level in LEVELS:
        here = [row for row in valid if row.level == level]
        if found := _on_level(asked, here, kind, industries):
            return found
    return Found(np.nan, None, "", None, f"各级均未提供{kind.title}的标准")


def _holds(row: ControlRow, asked: Asked) -> bool:
    assert asked.day is not None
    if row.park and row.park != asked.park:
        return False
    if row.standard_factory and not asked.factory:
        return False
    start = 0 if row.start is None else row.start.toordinal()
    return start <= asked.day and (row.end is None or asked.day < row.end.toordinal())


def _on_level(
    asked: Asked, rows: Sequence[ControlRow], kind: ControlKind, industries: Correspondence
) -> Found | None:
    """Return what one level says: a threshold, or why it cannot say; None where it has nothing for the parcel."""
    sure: list[tuple[int, bool, ControlRow]] = []
    doubts: list[str] = []
    case: bool | None = False
    for row in rows:
        doubt = _doubt(row, asked, industries)
        if doubt == "no":
            continue
        if row.case:
            case = True if doubt is None else (case or None)
        elif doubt is None:
            rank = (
                0 if row.prefix == ALL_INDUSTRIES else len(row.prefix)
            ) + _FACTORY_FIRST * row.standard_factory
            sure.append((rank, row.loaded, row))
        else:
            doubts.append(doubt)
    if doubts:
        return Found(np.nan, None, "", case, doubts[0])
    if not sure:
        return None
    best = max((rank, loaded) for rank, loaded, _ in sure)
    chosen = [row for rank, loaded, row in sure if (rank, loaded) == best]
    return _stated(chosen, kind, case)


def _stated(rows: Sequence[ControlRow], kind: ControlKind, case: bool | None) -> Found:
    """Return the strictest of equally close rows; a row without its number is not loaded, never a pass."""
    first = rows[0]
    given = [row for row in rows if row.value is not None]
    if not given:
        return Found(np.nan, None, "", case, f"{first.document} 的数值未加载")
    pick = max if kind.op == ">=" else min
    row = pick(given, key=lambda row: row.value or 0.0)
    source = f"{LEVEL_WORDS[row.level]}：{row.document}（{row.status}）"
    return Found(float(row.value or 0.0), row.level, source, case, None)


def _doubt(row: ControlRow, asked: Asked, industries: Correspondence) -> str | None:
    """Return "no" where the row is about something else, None where it surely applies, else why that is open."""
    if row.grade and row.grade != asked.grade:
        return "no" if asked.grade is not None else "土地等别未提供，不知适用哪一档"
    if row.prefix == ALL_INDUSTRIES:
        return None
    if asked.code is None or asked.edition is None:
        return "行业代码或其版本缺失"
    answer = industries.matches(asked.code, asked.edition, row.prefix, row.edition)
    if answer == "unsure":
        return f"行业代码 {asked.code}（{asked.edition}）不能换算到 {row.edition} 的 {row.prefix}"
    return "no" if answer == "no" else None


def _objects(values: Sequence[object]) -> ObjectArray:
    out: ObjectArray = np.empty(len(values), dtype=object)
    out[:] = values
    return out
