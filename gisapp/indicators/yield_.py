"""What redevelopment would cost and bring (投入产出, LEL-12): cash flow, net present value, payback, fiscal gain.

Flows stand at the end of each year, year 0 is the decision. Prices are those of the tables, without inflation.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from gisapp.context import Context
from gisapp.format import number, quantity
from gisapp.indicators.building import potential_floor_area
from gisapp.indicators.economy import tax_per_mu
from gisapp.indicators.land import number_field, text_field
from gisapp.indicators.price import YUAN_PER_10K, price_10k, price_terms
from gisapp.indicators.registry import indicator, missing_note
from gisapp.model.codes import longest_prefix
from gisapp.units import M2_PER_MU

FloatArray = npt.NDArray[np.float64]
TABLE: Final = "redevelopment_economics"
FIGURES: Final = (
    "build_years",
    "build_yuan_m2",
    "demolition_yuan_m2",
    "demolished_share",
    "sale_yuan_m2",
    "rent_yuan_m2_year",
    "opex_share",
    "tax_10k_per_mu",
)
READS: Final = ("use_code", "plan_use_code", "floor_area_m2")
BEYOND: Final = "beyond"


class Economics(NamedTuple):
    """What a project of each parcel costs and brings (测算参数), arrays of shape (n,); see the table's columns."""

    build_years: FloatArray
    build_yuan_m2: FloatArray
    demolition_yuan_m2: FloatArray
    demolished_share: FloatArray
    sale_yuan_m2: FloatArray
    rent_yuan_m2_year: FloatArray
    opex_share: FloatArray
    tax_10k_per_mu: FloatArray


class Works(NamedTuple):
    """What is built (工程量), arrays of shape (n,): floor area added and standing now [m²], land price due [万元]."""

    added_m2: FloatArray
    standing_m2: FloatArray
    price_10k: FloatArray


def economics_of(parcels: gpd.GeoDataFrame, context: Context) -> Economics:
    """Return the declared figures of each parcel's target use on the day, NaN where the table has none.

    Raises `NotLoadedError` where the table is not loaded.
    """
    table = context.table(TABLE)
    valid = table[table["valid_from"] <= pd.Timestamp(context.as_of)].sort_values("valid_from")
    rows = valid.drop_duplicates("use_code", keep="last").set_index("use_code")[list(FIGURES)]
    by_use = {str(code): place for place, code in enumerate(rows.index)}
    codes, names = pd.factorize(text_field(parcels, "target_use"))
    found = [longest_prefix(str(name), by_use) for name in names]
    pick = np.array([*(len(rows) if place is None else place for place in found), len(rows)], dtype=np.intp)
    figures = np.vstack([rows.to_numpy(dtype="float64"), np.full((1, len(FIGURES)), np.nan)])[pick[codes]]
    return Economics(*figures.T)


def cash_flows(terms: Economics, works: Works, years: int) -> FloatArray:
    """Return the flows of years 0 to `years` [万元], shape (n, years + 1).

    Year 0 pays land price and demolition; building is paid in equal parts over its years; afterwards what was built
    is sold once and let every year, less running cost. Rent of what is pulled down is not counted as lost.
    """
    built = works.added_m2 + terms.demolished_share * works.standing_m2
    pulled = terms.demolished_share * works.standing_m2 * terms.demolition_yuan_m2
    cost, length = built * terms.build_yuan_m2, terms.build_years
    year = np.arange(years + 1)[None, :]
    flows = np.zeros((len(built), years + 1))
    flows[:, 0] = -works.price_10k - pulled / YUAN_PER_10K
    at_once = np.where(length == 0, cost, 0.0)
    flows[:, 0] -= at_once / YUAN_PER_10K
    yearly = np.divide(cost, length, out=np.zeros_like(cost), where=length > 0)
    flows -= np.where((year >= 1) & (year <= length[:, None]), yearly[:, None], 0.0) / YUAN_PER_10K
    sold = built * terms.sale_yuan_m2 / YUAN_PER_10K
    let = built * terms.rent_yuan_m2_year * (1.0 - terms.opex_share) / YUAN_PER_10K
    flows += np.where(year == length[:, None] + 1, sold[:, None], 0.0)
    flows += np.where(year > length[:, None], let[:, None], 0.0)
    unknown = np.isnan(built + pulled + cost + length + sold + let + works.price_10k)
    flows[unknown] = np.nan
    return flows


def present_value(flows: FloatArray, rate: float) -> FloatArray:
    """Return Σ flow ÷ (1 + rate)^t (净现值) [万元], shape (n,)."""
    # Year by year, not as a product of matrices: a row must not depend on how many others there are.
    out: FloatArray = np.zeros(len(flows))
    for year in range(flows.shape[1]):
        out += flows[:, year] / (1.0 + rate) ** year
    return out


def payback(flows: FloatArray) -> FloatArray:
    """Return the years until what was laid out is back, interpolated (静态回收期), shape (n,).

    0 where nothing is ever laid out, infinite where it is not back by the last year, NaN where flows are unknown.
    """
    total = np.cumsum(flows, axis=1)
    below = np.logical_or.accumulate(total < 0, axis=1)
    back = (total[:, 1:] >= 0) & below[:, :-1]
    first = np.argmax(back, axis=1)
    row = np.arange(len(flows))
    missing, flow = -total[row, first], flows[row, first + 1]
    part = np.divide(missing, flow, out=np.zeros_like(flow), where=flow > 0)
    years = np.where(back.any(axis=1), first + part, np.where(below.any(axis=1), np.inf, 0.0))
    return np.where(np.isnan(total[:, -1]), np.nan, years)


def project_flows(
    parcels: gpd.GeoDataFrame, context: Context, *, storey_m: float, years: int
) -> tuple[FloatArray, list[str | None]]:
    """Return the cash flow of each parcel's project [万元], shape (n, years + 1), and what each lacks."""
    terms = economics_of(parcels, context)
    works = Works(
        potential_floor_area(parcels, context, storey_m=storey_m).to_numpy(dtype="float64"),
        number_field(parcels, "floor_area_m2").to_numpy(dtype="float64"),
        price_10k(price_terms(parcels, context, storey_m)),
    )
    lacking = missing_note(
        [
            ("该用途的测算参数", np.isnan(terms.build_yuan_m2)),
            ("可新增建筑面积", np.isnan(works.added_m2)),
            ("补缴地价", np.isnan(works.price_10k)),
        ]
    )
    return cash_flows(terms, works, years), lacking


def payback_words(years: float, horizon: int) -> str:
    """Return the payback as it is printed: never a blank where it lies beyond the horizon."""
    if np.isinf(years):
        return f"{horizon} 年内不能回收"
    return f"静态回收期 {number(years, 1)} 年"


@indicator(
    "redevelopment_npv",
    unit="万元",
    title="再开发净现值（测算）",
    en="Net present value of redevelopment",
    reads=READS,
    national=True,
    target=True,
)
def redevelopment_npv(
    parcels: gpd.GeoDataFrame, context: Context, *, storey_m: float, rate: float, years: float
) -> pd.Series:
    """Return the net present value of redevelopment to the target use over `years` at `rate` (LEL-12) [万元]."""
    flows, lacking = project_flows(parcels, context, storey_m=storey_m, years=int(years))
    out = pd.Series(present_value(flows, rate), index=parcels.index)
    back = payback(flows)
    out.attrs["notes"] = [
        lack or (None if np.isnan(one) else payback_words(one, int(years)))
        for lack, one in zip(lacking, back, strict=True)
    ]
    out.attrs["status"] = "D"
    return out


@indicator(
    "payback_state",
    unit="text",
    title="投入回收（测算）",
    en="Payback of redevelopment",
    reads=READS,
    national=True,
    target=True,
)
def payback_state(parcels: gpd.GeoDataFrame, context: Context, *, storey_m: float, years: float) -> pd.Series:
    """Return within or beyond: whether what is laid out comes back within `years` (静态回收期, LEL-12); None if unknown."""
    flows, lacking = project_flows(parcels, context, storey_m=storey_m, years=int(years))
    back = payback(flows)
    state = np.select([np.isnan(back), np.isinf(back)], ["", BEYOND], "within")
    out = pd.Series(state, index=parcels.index, dtype="object")
    out = out.where(out != "", None)
    out.attrs["notes"] = [
        lack or (None if np.isnan(one) else payback_words(one, int(years)))
        for lack, one in zip(lacking, back, strict=True)
    ]
    out.attrs["status"] = "D"
    return out


@indicator(
    "fiscal_gain",
    unit="万元",
    title="每年新增税收（测算）",
    en="Yearly fiscal gain",
    reads=READS,
    national=True,
    target=True,
)
def fiscal_gain(parcels: gpd.GeoDataFrame, context: Context, *, tax_years: float) -> pd.Series:
    """Return (tax per mu after − tax per mu now) × area in mu (财政收益, LEL-12) [万元 a year].

    Tax now is the mean of `tax_years` of the enterprises, shared down; NaN where it or the later figure is missing.
    """
    after = economics_of(parcels, context).tax_10k_per_mu
    now = tax_per_mu(parcels, context, years=tax_years).to_numpy(dtype="float64")
    mu = parcels["area_m2"].to_numpy(dtype="float64") / M2_PER_MU
    out = pd.Series((after - now) * mu, index=parcels.index)
    lacking = missing_note([("该用途的亩均税收参数", np.isnan(after)), ("现状亩均税收", np.isnan(now))])
    out.attrs["notes"] = [
        lack or f"改造后 {quantity(a, '万元/亩')}，现状 {quantity(b, '万元/亩')}，企业口径分摊到地块"
        for lack, a, b in zip(lacking, after.tolist(), now.tolist(), strict=True)
    ]
    out.attrs["status"] = "D"
    return out
