"""What a change of use or of floor area costs in land price (补缴地价, LEL-08, LEL-09): a result, never a gate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from gisapp.context import Context
from gisapp.format import number
from gisapp.indicators.building import far, target_far
from gisapp.indicators.contracts import TABLE as CONTRACTS
from gisapp.indicators.contracts import contract_column
from gisapp.indicators.land import text_field
from gisapp.indicators.registry import indicator, missing_note
from gisapp.model.rules import Status

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
TABLE: Final = "floor_prices"
INDUSTRY: Final = "1001"
YUAN_PER_10K: Final = 10_000.0
NOT_ADJUSTED: Final = "未作剩余年期修正"
STAYS: Final = "工业用途不变且规划容许，增容不补价"
_ORDER: Final = "VNMD"


class FloorPrice(NamedTuple):
    """One appraised price per floor area (楼面地价) [元/㎡] for codes that begin with ``use``; empty grade is any grade."""

    use: str
    grade: str | None
    yuan: float
    day: date
    years: float
    status: Status


class Priced(NamedTuple):
    """The price of one use on one grade of land (取价): NaN with the reason where there is none."""

    yuan: float
    text: str
    status: Status | None


def prices_of(context: Context) -> tuple[FloorPrice, ...]:
    """Return the declared floor prices; `NotLoadedError` where the table is not loaded."""
    return context.cached((TABLE, "rows"), lambda: tuple(_rows(context.table(TABLE))))


def _rows(table: pd.DataFrame) -> Sequence[FloorPrice]:
    return [
        FloorPrice(
            row["use_code"],
            row["grade"] if isinstance(row["grade"], str) else None,
            row["price_yuan_m2"],
            row["valuation_date"].date(),
            row["term_years"],
            row["status"],
        )
        for row in table.to_dict("records")
    ]


def price_of(code: str | None, grade: str | None, prices: Sequence[FloorPrice], day: date) -> Priced:
    """Return the price of a use: the longest code, then the land's own grade, then the newest on or before `day`."""
    if code is None:
        return Priced(np.nan, "用途缺失", None)
    known = [price for price in prices if price.day <= day and code.startswith(price.use)]
    if not known:
        return Priced(np.nan, f"{code} 没有 {day.isoformat()} 以前的楼面地价", None)
    longest = max(len(price.use) for price in known)
    close = [price for price in known if len(price.use) == longest]
    if grade is None and any(price.grade for price in close):
        return Priced(np.nan, f"{code} 的楼面地价分级别，土地级别未提供", None)
    own = [price for price in close if price.grade == grade] if grade else []
    close = own or [price for price in close if price.grade is None]
    if not close:
        return Priced(np.nan, f"{code} 没有 {grade} 的楼面地价", None)
    newest = max(price.day for price in close)
    found = [price for price in close if price.day == newest]
    if len({price.yuan for price in found}) > 1:
        return Priced(np.nan, f"{code} 在 {newest.isoformat()} 有两个楼面地价，须核对", None)
    one = found[0]
    text = f"{one.use} {number(one.yuan, 0)} 元/㎡（{newest.isoformat()}，{one.years:g} 年）"
    return Priced(one.yuan, text, one.status)


class PriceTerms(NamedTuple):
    """What the price of each parcel is made of, arrays of shape (n,): prices are numbers into ``found``."""

    found: tuple[Priced, ...]
    old: IntArray
    new: IntArray
    far_old: FloatArray
    far_new: FloatArray
    area_m2: FloatArray
    stays: FloatArray
    """1 where industry stays industry as planned (LEL-08), 0 where not, NaN where the plan is missing."""


def price_terms(parcels: gpd.GeoDataFrame, context: Context, storey_m: float) -> PriceTerms:
    """Return both prices and both floor area ratios of each parcel."""
    use, target = text_field(parcels, "use_code"), text_field(parcels, "target_use")
    grade: list[str | None] = [None] * len(parcels)
    if CONTRACTS in context.tables:
        grade = contract_column(parcels, context, "land_grade").tolist()
    prices, day = prices_of(context), context.as_of
    pairs: npt.NDArray[np.object_] = np.empty(2 * len(parcels), dtype=object)
    pairs[:] = list(zip([*use, *target], [*grade, *grade], strict=True))
    numbers, distinct = pd.factorize(pairs)
    found = tuple(price_of(code, rank, prices, day) for code, rank in distinct)
    size = len(parcels)
    return PriceTerms(
        found,
        numbers[:size],
        numbers[size:],
        far(parcels, context).to_numpy(dtype="float64"),
        target_far(parcels, context, storey_m).to_numpy(dtype="float64"),
        parcels["area_m2"].to_numpy(dtype="float64"),
        _industry_stays(use, target, text_field(parcels, "plan_use_code")),
    )


def _industry_stays(use: pd.Series, target: pd.Series, plan: pd.Series) -> FloatArray:
    begins = [
        codes.map(lambda code: code.startswith(INDUSTRY), na_action="ignore") for codes in (use, target, plan)
    ]
    now, then, planned = (
        pd.to_numeric(column, errors="coerce").to_numpy(dtype="float64") for column in begins
    )
    return np.where((now == 1.0) & (then == 1.0), planned, 0.0)


def price_10k(terms: PriceTerms) -> FloatArray:
    """Return max(0, new ratio × new price − old ratio × old price) × area (LEL-09) [万元], shape (n,)."""
    yuan = np.array([item.yuan for item in terms.found], dtype=np.float64)
    gain = terms.far_new * yuan[terms.new] - terms.far_old * yuan[terms.old]
    due = np.maximum(gain, 0.0) * terms.area_m2 / YUAN_PER_10K
    return np.where(terms.stays == 1.0, 0.0, np.where(np.isnan(terms.stays), np.nan, due))


@indicator(
    "supplementary_price",
    unit="万元",
    title="补缴地价（测算）",
    en="Supplementary price",
    reads=("use_code", "plan_use_code", "floor_area_m2"),
    national=True,
    target=True,
)
def supplementary_price(parcels: gpd.GeoDataFrame, context: Context, *, storey_m: float) -> pd.Series:
    """Return the supplementary price of the target use (补缴地价, LEL-09) [万元].

    The newest declared price on or before the date; 0 where industry stays industry as planned (LEL-08). The old
    floor area ratio is what stands there now. NaN where a price, a ratio or the plan is missing.
    """
    terms = price_terms(parcels, context, storey_m)
    out = pd.Series(price_10k(terms), index=parcels.index)
    out.attrs["notes"] = _notes(terms)
    used = {terms.found[k].status for k in np.unique(np.concatenate([terms.old, terms.new]))}
    letters: list[Status] = [letter for letter in used if letter is not None]
    out.attrs["status"] = max(letters, key=_ORDER.index) if letters else None
    return out


def _notes(terms: PriceTerms) -> list[str | None]:
    """Return what each price was made of, or what is missing."""
    yuan = np.array([item.yuan for item in terms.found])
    lacking = missing_note(
        [
            ("规划用途", np.isnan(terms.stays)),
            ("规划容积率上限", np.isnan(terms.far_new)),
            ("建筑面积", np.isnan(terms.far_old)),
        ]
    )
    no_price = np.isnan(yuan[terms.new]) | np.isnan(yuan[terms.old])
    out: list[str | None] = []
    for k, lack in enumerate(lacking):
        new, old = terms.found[terms.new[k]], terms.found[terms.old[k]]
        if terms.stays[k] == 1.0:
            out.append(STAYS)
        elif no_price[k]:
            out.append("；".join(dict.fromkeys(p.text for p in (new, old) if np.isnan(p.yuan))))
        else:
            out.append(lack or f"新 {new.text}，旧 {old.text}，{NOT_ADJUSTED}")
    return out
