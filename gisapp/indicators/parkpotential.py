"""How much land a park could save or use better (潜力, PIE-22) [ha]: by kind, side by side and never added up."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from gisapp.context import Context
from gisapp.format import quantity
from gisapp.indicators.parkideals import figure, planned_industry, stated
from gisapp.indicators.parkland import by_park
from gisapp.indicators.parks import (
    Given,
    against_ideal,
    idle_params,
    on_parks,
    park_industrial_area,
    with_bounds,
)
from gisapp.indicators.registry import indicator
from gisapp.units import M2_PER_HA


@indicator(
    "park_potential_extension", unit="ha", title="扩展潜力", en="Land ready and not supplied", subject="park"
)
def park_potential_extension(parks: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return land that is ready for supply and not supplied (扩展潜力, PIE-22) [ha], from the park's statistics."""
    return on_parks(parks, (stated(context, "ready_ha") - stated(context, "supplied_ha")).clip(lower=0.0))


@indicator(
    "park_potential_structure",
    unit="ha",
    title="结构潜力",
    en="Industrial land short of the plan",
    subject="park",
)
def park_potential_structure(parks: gpd.GeoDataFrame, context: Context, *, min_known: float) -> pd.Series:
    """Return built land × (planned − present share of industry) where that is above 0 (结构潜力, PIE-22) [ha]."""
    table = figure(context, "industrial_share", {"min_known": min_known})
    short = planned_industry(context, min_known).reindex(table.index) - table["value"]
    return on_parks(parks, (table["bottom"] / M2_PER_HA) * short.clip(lower=0.0))


@indicator(
    "park_potential_intensity",
    unit="ha",
    title="强度潜力",
    en="Land that full intensity would save",
    subject="park",
)
def park_potential_intensity(
    parks: gpd.GeoDataFrame,
    context: Context,
    *,
    measure: str,
    min_known: float,
    industrial_above: float,
    housing_from: float,
    min_class: float,
    kinds: str,
) -> pd.Series:
    """Return industrial land × (1 − figure ÷ ideal) where that is above 0 (强度潜力, PIE-22) [ha].

    `measure` names the figure (industrial_far, industrial_coefficient, industrial_assets). The potentials by several
    figures are of the same land and are never added up.
    """
    given: dict[str, Given] = {"min_known": min_known, "industrial_above": industrial_above}
    given |= {"housing_from": housing_from, "min_class": min_class, "kinds": kinds}
    reached = against_ideal(parks, context, measure, given)
    area = park_industrial_area(parks, context, min_known=min_known)
    out = area * (1.0 - reached).clip(lower=0.0)
    out.attrs = {"notes": reached.attrs["notes"], "status": reached.attrs["status"]}
    return out


@indicator("park_potential_management", unit="ha", title="管理潜力", en="Idle land", subject="park")
def park_potential_management(
    parks: gpd.GeoDataFrame,
    context: Context,
    *,
    one_year_years: float,
    two_year_years: float,
    land_share_min: float,
    invest_share_min: float,
    suspended_years: float,
) -> pd.Series:
    """Return the suspected idle land (管理潜力, PIE-22) [ha]; land of unknown state bounds it from above."""
    given = (one_year_years, two_year_years, land_share_min, invest_share_min, suspended_years)
    params = idle_params(0.0, given)
    table = by_park(context, "idle_rate", params)
    area = (table["top"] / M2_PER_HA).where(table["known"] > 0)
    whole = table["bottom"] / table["known"] / M2_PER_HA
    open_ = whole * (1.0 - table["known"])
    return with_bounds(
        parks,
        pd.DataFrame({"value": area, "low": area, "high": area + open_, "known": table["known"]}),
        _open_notes(parks, open_),
    )


def _open_notes(parks: gpd.GeoDataFrame, open_: pd.Series) -> list[str | None]:
    values = open_.reindex(parks["name"]).to_numpy(dtype=np.float64)
    return [f"另有 {quantity(ha, 'ha')} 状态不明" if ha > 5e-5 else None for ha in values]
