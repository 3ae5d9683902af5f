"""The land of each park, parcel by parcel (园区用地台账): what is built, industrial, supplied, and what stands on it.

Figures of a park (PIE-03..10, PIE-13) are sums over its parcels: a numerator and a denominator for each parcel of the
whole table, so that a park's figure and what each parcel does to it come from the same numbers. A parcel belongs to the
park that holds at least half of it. Streets between parcels are in no figure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from gisapp.context import Context, NotLoadedError
from gisapp.indicators.timing import idle_state
from gisapp.model.codes import NATIONAL_SCHEME, has_prefix
from gisapp.units import M2_PER_HA, M2_PER_MU

FloatArray = npt.NDArray[np.float64]
Params = Mapping[str, float | str | bool | None]

INDUSTRIAL: Final = ("10", "11")
"""Industry, mining and storage (工矿仓储用地) in the national list of 2023."""
HOUSING: Final = ("0701", "0702")
"""Town housing and its community facilities (城镇住宅用地)."""
TOWN: Final = (*HOUSING, "08", *("09", "10", "11", "12", "13", "14", "15"))
"""Classes of urban construction land (城镇建设用地); village land (0703, 0704) is not among them."""
IDLE: Final = ("idle_1y", "idle_2y", "idle_suspended")


@dataclass(frozen=True)
class Land:
    """Every parcel of the table as a park evaluation sees it, arrays of shape (n,); NaN is not known.

    ``park`` is the name of its park or None; ``area`` the ellipsoidal area [m²]; ``town``, ``industrial``, ``housing``,
    ``built`` and ``supplied`` are 1, 0 or NaN.
    """

    ids: npt.NDArray[np.object_]
    park: npt.NDArray[np.object_]
    area: FloatArray = field(repr=False)
    town: FloatArray = field(repr=False)
    industrial: FloatArray = field(repr=False)
    housing: FloatArray = field(repr=False)
    built: FloatArray = field(repr=False)
    supplied: FloatArray = field(repr=False)


@dataclass(frozen=True)
class Ratio:
    """A park's figure as numerator and denominator by parcel (分子与分母), arrays of shape (n,).

    ``bottom`` is 0 for a parcel that the figure is not about; NaN is not known. ``size`` is what the denominator could
    be at most. ``bounded`` says that a numerator never exceeds its denominator.
    """

    top: FloatArray = field(repr=False)
    bottom: FloatArray = field(repr=False)
    size: FloatArray = field(repr=False)
    bounded: bool = False


def land(context: Context) -> Land:
    """Return the land of all parks, worked out once for each parcel table."""
    return context.of_fabric(("park-land",), lambda: _land(context))


def _land(context: Context) -> Land:
    fabric = context.fabric
    codes = _text(fabric, "use_code")
    if "use_scheme" in fabric:
        codes = codes.copy()
        codes[[scheme not in (None, NATIONAL_SCHEME) for scheme in _text(fabric, "use_scheme")]] = None
    town = _within(codes, TOWN)
    floor = _number(fabric, "floor_area_m2")
    completed, supplied_on = (_dated(fabric, name) for name in ("x_completed_on", "supplied_on"))
    started_on = _dated(fabric, "started_on") | _dated(fabric, "start_due_on")
    done, bare = completed | (floor > 0), (floor == 0) | supplied_on | started_on
    built = np.select([town == 0, done, bare], [0.0, 1.0, 0.0], np.nan)
    supplied = np.select([town == 0, done | supplied_on, floor == 0], [0.0, 1.0, 0.0], np.nan)
    unknown = np.isnan(town)
    built[unknown], supplied[unknown] = np.nan, np.nan
    parks = context.parks_of_fabric().reindex(fabric["parcel_id"]).astype("object")
    return Land(
        ids=fabric["parcel_id"].to_numpy(dtype=object),
        park=parks.where(parks.notna(), None).to_numpy(dtype=object),
        area=fabric["area_m2"].to_numpy(dtype=np.float64),
        town=town,
        industrial=_within(codes, INDUSTRIAL),
        housing=_within(codes, HOUSING),
        built=built,
        supplied=supplied,
    )


def _within(codes: npt.NDArray[np.object_], prefixes: tuple[str, ...]) -> FloatArray:
    number, names = pd.factorize(codes)
    hits = np.array([*(float(has_prefix(str(name), prefixes)) for name in names), np.nan])
    out: FloatArray = hits[number]
    return out


def _text(fabric: gpd.GeoDataFrame, name: str) -> npt.NDArray[np.object_]:
    if name not in fabric:
        raise NotLoadedError(f"字段 {name}")
    values = fabric[name].astype("object")
    out: npt.NDArray[np.object_] = values.where(values.notna(), None).to_numpy(dtype=object)
    return out


def _number(fabric: gpd.GeoDataFrame, name: str) -> FloatArray:
    if name not in fabric:
        raise NotLoadedError(f"字段 {name}")
    out: FloatArray = pd.to_numeric(fabric[name], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    return out


def _dated(fabric: gpd.GeoDataFrame, name: str) -> npt.NDArray[np.bool_]:
    """Return which parcels have a date; a table without the column has none."""
    if name not in fabric:
        return np.zeros(len(fabric), dtype=bool)
    dates: npt.NDArray[np.bool_] = fabric[name].notna().to_numpy(dtype=bool)
    return dates


def _per_built(context: Context, top: FloatArray, *, bounded: bool, of: FloatArray | None = None) -> Ratio:
    """Return `top` over the built land [m²], or over the built land of the class `of`."""
    here = land(context)
    counted = here.built if of is None else _both(here.built, of)
    return Ratio(_times(counted, top), counted * here.area, here.area, bounded)


def _both(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return the three-valued conjunction of 1, 0 and NaN."""
    return np.where((a == 0) | (b == 0), 0.0, a * b)


def _times(counted: FloatArray, values: FloatArray) -> FloatArray:
    """Return values where they count, 0 where they do not."""
    return np.where(counted == 0, 0.0, counted * values)


def _field_per_built(name: str, *, industrial: bool, bounded: bool, scale: float = 1.0) -> Build:
    def build(context: Context, params: Params) -> Ratio:
        of = land(context).industrial if industrial else None
        found = _per_built(context, _number(context.fabric, name), bounded=bounded, of=of)
        return Ratio(found.top, found.bottom / scale, found.size / scale, bounded)

    return build


def _class_share(name: str) -> Build:
    def build(context: Context, params: Params) -> Ratio:
        here = land(context)
        return _per_built(context, getattr(here, name) * here.area, bounded=True)

    return build


def _built_rate(context: Context, params: Params) -> Ratio:
    here = land(context)
    return Ratio(
        _times(here.supplied, here.built * here.area), here.supplied * here.area, here.area, bounded=True
    )


def _idle_rate(context: Context, params: Params) -> Ratio:
    here, fabric = land(context), context.fabric
    lacking = [name for name in IDLE_READS if name not in fabric]
    if lacking:
        raise NotLoadedError(f"字段 {'、'.join(lacking)}")
    numbers = {name: float(str(params[name])) for name in IDLE_PARAMS}
    state = idle_state(fabric, context, **numbers)
    idle = state.isin(IDLE).astype("float64").where(state.notna()).to_numpy(dtype=np.float64)
    return Ratio(_times(here.supplied, idle * here.area), here.supplied * here.area, here.area, bounded=True)


def _industrial_tax(context: Context, params: Params) -> Ratio:
    here = land(context)
    found = _per_built(
        context, tax_of_parcels(context, int(float(str(params["years"])))), bounded=False, of=here.industrial
    )
    return Ratio(found.top, found.bottom / M2_PER_HA, found.size / M2_PER_HA, bounded=False)


def tax_of_parcels(context: Context, years: int) -> FloatArray:
    """Return each parcel's part of its occupants' mean yearly tax, by land used [万元], NaN if one is not known."""
    economy = context.economy(years)
    links = economy.links.join(economy.enterprises[["tax_per_mu"]], on="enterprise_id")
    links = links.assign(tax=links["tax_per_mu"] * links["land_m2"] / M2_PER_MU)
    groups = links.groupby("parcel_id")["tax"]
    tax = groups.sum(min_count=1).where(groups.count() == groups.size())
    return tax.reindex(context.fabric["parcel_id"]).to_numpy(dtype=np.float64)


Build = Callable[[Context, Params], Ratio]
IDLE_PARAMS: Final = (
    "one_year_years",
    "two_year_years",
    "land_share_min",
    "invest_share_min",
    "suspended_years",
)
IDLE_READS: Final = (
    "start_due_on", "started_on", "x_completed_on", "x_suspended_on", "x_developed_share",
    "dev_invested_excl_land_10k", "dev_total_excl_land_10k", "floor_area_m2",
)  # fmt: skip
BUILDS: Final[dict[str, Build]] = {
    "built_rate": _built_rate,
    "industrial_share": _class_share("industrial"),
    "housing_share": _class_share("housing"),
    "far": _field_per_built("floor_area_m2", industrial=False, bounded=False),
    "density": _field_per_built("footprint_m2", industrial=False, bounded=True),
    "industrial_far": _field_per_built("floor_area_m2", industrial=True, bounded=False),
    "industrial_coefficient": _field_per_built("footprint_m2", industrial=True, bounded=True),
    "industrial_assets": _field_per_built(
        "fixed_asset_investment_incl_land_10k", industrial=True, bounded=False, scale=M2_PER_HA
    ),
    "industrial_tax": _industrial_tax,
    "idle_rate": _idle_rate,
}
"""Figures that are sums over parcels, by name."""
OWN_PARAMS: Final[dict[str, tuple[str, ...]]] = {"industrial_tax": ("years",), "idle_rate": IDLE_PARAMS}


def ratio(context: Context, figure: str, params: Params) -> Ratio:
    """Return a figure's numerator and denominator by parcel, worked out once for the same parameters."""
    own = {name: params[name] for name in OWN_PARAMS.get(figure, ())}
    key = ("park-ratio", figure, str(sorted(own.items())), str(context.as_of))
    return context.of_fabric(key, lambda: BUILDS[figure](context, own))


def by_park(context: Context, figure: str, params: Params) -> pd.DataFrame:
    """Return a figure by park name: ``value``, ``low``, ``high``, ``known`` (share of its land that is known), ``bottom``.

    The value is that of the land whose figures are known; it is NaN where less than ``min_known`` of it is.
    """
    here, found = land(context), ratio(context, figure, params)
    inside = np.array([park is not None for park in here.park], dtype=bool)
    known = ~np.isnan(found.top) & ~np.isnan(found.bottom)
    open_ = np.where(np.isnan(found.bottom), found.size, found.bottom)
    columns = pd.DataFrame(
        {
            "top": np.where(known, found.top, 0.0),
            "bottom": np.where(known, found.bottom, 0.0),
            "open": np.where(known, 0.0, open_),
        }
    )
    table = columns[inside].groupby(here.park[inside]).sum()
    whole = (table["bottom"] + table["open"]).replace(0.0, np.nan)
    share = table["bottom"] / whole
    value = (table["top"] / table["bottom"].replace(0.0, np.nan)).where(
        share >= float(str(params["min_known"]))
    )
    high = (table["top"] + table["open"]) / whole if found.bounded else np.inf
    return pd.DataFrame(
        {
            "value": value,
            "low": table["top"] / whole,
            "high": np.where(table["open"] > 0, high, table["top"] / whole),
            "known": share,
            "top": table["top"],
            "bottom": table["bottom"],
        }
    )
