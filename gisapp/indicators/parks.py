"""How intensively a park uses its land (产业园用地提质增效, PIE-01..22); figures by park, never by parcel.

Sums over parcels come from `parkland`, ideals from `parkideals`; supplied land, people and tax that parcels cannot
tell come from the declared table ``park_statistics``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from gisapp.context import Context
from gisapp.format import iso_date, percent, quantity
from gisapp.indicators.parkideals import BASES, figure, ideals, stated, zone_types
from gisapp.indicators.parkland import IDLE_PARAMS, Params
from gisapp.indicators.registry import indicator, partly_known
from gisapp.units import M2_PER_HA

FloatArray = npt.NDArray[np.float64]
Given = float | str


class Figure(NamedTuple):
    """One figure of a park (指标): titles and unit."""

    title: str
    en: str
    unit: str


FIGURES: Final[dict[str, Figure]] = {
    "industrial_share": Figure("工业用地率", "Industrial share of built land", "1"),
    "housing_share": Figure("住宅用地占比", "Housing share of built land", "1"),
    "built_rate": Figure("土地建成率", "Built share of supplied land", "1"),
    "far": Figure("综合容积率", "Overall floor area ratio", "1"),
    "density": Figure("建筑密度", "Building density", "1"),
    "industrial_far": Figure("工业用地综合容积率", "Floor area ratio of industrial land", "1"),
    "industrial_coefficient": Figure("工业用地建筑系数", "Building coefficient of industrial land", "1"),
    "industrial_assets": Figure(
        "工业用地固定资产投入强度", "Fixed assets per hectare of industrial land", "万元/ha"
    ),
    "overall_tax": Figure("综合地均税收", "Tax per hectare of built land", "万元/ha"),
    "population_density": Figure("人口密度", "Residents per hectare of built land", "1/ha"),
}
"""Figures with ``min_known`` as their only parameter (PIE-03..09, PIE-11, PIE-12)."""
TAX: Final = Figure("工业用地地均税收", "Tax per hectare of industrial land", "万元/ha")
IDLE: Final = Figure("土地闲置率", "Idle share of supplied land", "1")
SUPPLY: Final = Figure("土地供应率", "Supplied share of ready land", "1")
ALL: Final = {**FIGURES, "industrial_tax": TAX, "idle_rate": IDLE}
WITH_IDEAL: Final = tuple(name for name in FIGURES if name not in ("housing_share", "built_rate"))


def on_parks(parks: gpd.GeoDataFrame, by_name: pd.Series) -> pd.Series:
    """Return a column by park name on the parks' own index."""
    return by_name.reindex(parks["name"]).set_axis(parks.index)


def with_bounds(parks: gpd.GeoDataFrame, table: pd.DataFrame, notes: list[str | None]) -> pd.Series:
    """Return ``value`` of a table by park name on the parks' own index, with bounds, known share and notes."""
    rows = table.reindex(parks["name"])
    out = pd.Series(rows["value"].to_numpy(dtype=np.float64), index=parks.index)
    low, high, known = (rows[name].to_numpy(dtype=np.float64) for name in ("low", "high", "known"))
    out.attrs |= partly_known(low=low, high=high, known=np.nan_to_num(known))
    out.attrs["notes"] = notes
    return out


def _known_notes(parks: gpd.GeoDataFrame, table: pd.DataFrame) -> list[str | None]:
    known = table.reindex(parks["name"])["known"].to_numpy(dtype=np.float64)
    return [_known_note(share) for share in known]


def _known_note(share: float) -> str | None:
    if np.isnan(share) or share >= 1.0 - 1e-9:
        return None
    return f"按资料齐全的 {percent(share)} 用地计算"


def measured(parks: gpd.GeoDataFrame, context: Context, name: str, params: Params) -> pd.Series:
    """Return a figure of each park in its unit, with bounds where some of its land is not known."""
    table = figure(context, name, params)
    return with_bounds(parks, table, _known_notes(parks, table))


def against_ideal(parks: gpd.GeoDataFrame, context: Context, name: str, params: Params) -> pd.Series:
    """Return figure ÷ ideal of each park (PIE-20) [1]; both, and where the ideal comes from, stand in the note."""
    table, wanted = figure(context, name, params), ideals(context, name, params)
    ideal, unit = wanted["value"], ALL[name].unit
    ratios = pd.DataFrame({part: table[part] / ideal for part in ("value", "low", "high")})
    notes: list[str | None] = []
    for park in parks["name"]:
        value, target, basis = table["value"].get(park), ideal.get(park), wanted["basis"].get(park)
        text = f"现状 {quantity(value, unit)}，理想值 {quantity(target, unit)}"
        text += f"（{BASES[basis]}，截至{iso_date(context.as_of)}）" if basis in BASES else ""
        notes.append("；".join(filter(None, (text, _known_note(float(table["known"].get(park, np.nan)))))))
    out = with_bounds(parks, ratios.assign(known=table["known"]), notes)
    out.attrs["status"] = "D" if (wanted["basis"] != "province").any() else None
    return out


def _register_figures() -> None:
    """Register each figure, and its ratio to the ideal where it has one."""
    for name, spec in FIGURES.items():
        indicator(f"park_{name}", unit=spec.unit, title=spec.title, en=spec.en, subject="park")(
            _value_of(name)
        )
    for name in WITH_IDEAL:
        spec = FIGURES[name]
        indicator(
            f"park_{name}_to_ideal", unit="1", title=f"{spec.title}与理想值之比", en=f"{spec.en} against its ideal",
            subject="park",
        )(_to_ideal_of(name))  # fmt: skip


def _value_of(name: str) -> Callable[..., pd.Series]:
    def compute(parks: gpd.GeoDataFrame, context: Context, *, min_known: float) -> pd.Series:
        return measured(parks, context, name, {"min_known": min_known})

    compute.__doc__ = f"Return {FIGURES[name].en.lower()} ({FIGURES[name].title}) [{FIGURES[name].unit}]."
    return compute


def _to_ideal_of(name: str) -> Callable[..., pd.Series]:
    def compute(
        parks: gpd.GeoDataFrame,
        context: Context,
        *,
        min_known: float,
        industrial_above: float,
        housing_from: float,
        min_class: float,
        kinds: str,
    ) -> pd.Series:
        given = {"min_known": min_known, "industrial_above": industrial_above, "housing_from": housing_from}
        return against_ideal(parks, context, name, {**given, "min_class": min_class, "kinds": kinds})

    compute.__doc__ = f"Return {FIGURES[name].en.lower()} ÷ ideal ({FIGURES[name].title}与理想值之比) [1]."
    return compute


_register_figures()


@indicator("park_kind", unit="text", title="园区类别", en="Kind of park", reads=("kind",), subject="park")
def park_kind(parks: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the kind that the layer gives (园区类别), None where it gives none."""
    kinds = parks["kind"].astype("object")
    out: pd.Series = kinds.where(kinds.notna(), None)
    return out


@indicator("park_zone_type", unit="text", title="开发区类型", en="Zone type", subject="park")
def park_zone_type(
    parks: gpd.GeoDataFrame,
    context: Context,
    *,
    min_known: float,
    industrial_above: float,
    housing_from: float,
) -> pd.Series:
    """Return industrial, mixed or other (开发区类型, PIE-01); bonded and processing zones are industrial."""
    given = {"min_known": min_known, "industrial_above": industrial_above, "housing_from": housing_from}
    return on_parks(parks, zone_types(context, given))


@indicator(
    "park_industrial_area", unit="ha", title="已建成工矿仓储用地", en="Built industrial land", subject="park"
)
def park_industrial_area(parks: gpd.GeoDataFrame, context: Context, *, min_known: float) -> pd.Series:
    """Return the built land for industry, mining and storage (A2) [ha]."""
    table = figure(context, "industrial_share", {"min_known": min_known})
    return on_parks(parks, (table["top"] / M2_PER_HA).where(table["value"].notna()))


@indicator("park_supply_rate", unit="1", title=SUPPLY.title, en=SUPPLY.en, subject="park")
def park_supply_rate(parks: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return supplied land ÷ land ready for supply (土地供应率, PIE-02) [1], both from the park's statistics."""
    ready = stated(context, "ready_ha")
    return on_parks(parks, stated(context, "supplied_ha") / ready.where(ready > 0))


@indicator("park_idle_rate", unit="1", title=IDLE.title, en=IDLE.en, subject="park")
def park_idle_rate(
    parks: gpd.GeoDataFrame,
    context: Context,
    *,
    min_known: float,
    one_year_years: float,
    two_year_years: float,
    land_share_min: float,
    invest_share_min: float,
    suspended_years: float,
) -> pd.Series:
    """Return suspected idle land ÷ supplied land (土地闲置率, PIE-13) [1], by the state that LEL-01 gives each parcel."""
    given = (one_year_years, two_year_years, land_share_min, invest_share_min, suspended_years)
    return measured(parks, context, "idle_rate", idle_params(min_known, given))


def idle_params(min_known: float, given: tuple[float, ...]) -> dict[str, Given]:
    """Return the parameters of the idle state (LEL-01) by name, in the order of `IDLE_PARAMS`."""
    return {"min_known": min_known, **dict(zip(IDLE_PARAMS, given, strict=True))}


@indicator("park_industrial_tax", unit=TAX.unit, title=TAX.title, en=TAX.en, subject="park")
def park_industrial_tax(
    parks: gpd.GeoDataFrame, context: Context, *, min_known: float, years: float
) -> pd.Series:
    """Return the mean yearly tax of the occupants of industrial land ÷ that land (工业用地地均税收, PIE-10) [万元/ha]."""
    return measured(parks, context, "industrial_tax", {"min_known": min_known, "years": years})


@indicator(
    "park_industrial_tax_to_ideal", unit="1", title=f"{TAX.title}与理想值之比", en=f"{TAX.en} against its ideal",
    subject="park",
)  # fmt: skip
def park_industrial_tax_to_ideal(
    parks: gpd.GeoDataFrame,
    context: Context,
    *,
    min_known: float,
    years: float,
    industrial_above: float,
    housing_from: float,
    min_class: float,
    kinds: str,
) -> pd.Series:
    """Return tax per hectare of industrial land ÷ ideal (PIE-10, PIE-20) [1]."""
    given: dict[str, Given] = {"min_known": min_known, "years": years, "industrial_above": industrial_above}
    given |= {"housing_from": housing_from, "min_class": min_class, "kinds": kinds}
    return against_ideal(parks, context, "industrial_tax", given)
