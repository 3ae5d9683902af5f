"""How much of a parcel lies in each zone of the urban development boundary (城镇开发边界分区面积, UDB-01, UDB-02)."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import geopandas as gpd
import numpy as np
import pandas as pd

from gisapp.context import Context, NotLoadedError
from gisapp.format import mu, square_metres
from gisapp.indicators.boundary import CONCENTRATED, ELASTIC, SPECIAL, udb_state, zone_areas
from gisapp.indicators.land import text_field
from gisapp.indicators.registry import indicator
from gisapp.units import M2_PER_MU

_SMALL_M2 = 0.005 * M2_PER_MU
"""Below it an area in mu is printed as 0.00."""


@indicator(
    "udb_zone_state", unit="text", title="城镇开发边界分区", en="Zones of the urban development boundary"
)
def udb_zone_state(
    parcels: gpd.GeoDataFrame, context: Context, *, tolerance_share: float, tolerance_m2: float
) -> pd.Series:
    """Return the state of UDB-02 with a sentence of areas for each parcel: 41.30 亩中 2.70 亩在边界外."""
    out = udb_state(parcels, context, tolerance_share=tolerance_share, tolerance_m2=tolerance_m2)
    areas = zone_areas(parcels, context)
    total = parcels["area_m2"].to_numpy()
    out.attrs["notes"] = [
        sentence(float(total[row]), record) for row, record in enumerate(areas.to_dict("records"))
    ]
    return out


def sentence(total_m2: float, areas: Mapping[Hashable, float]) -> str:
    """Return how a parcel of `total_m2` [m²] lies in the zones, outside first (面积表述)."""
    parts = [
        (areas["outside"], "在边界外"),
        (areas[SPECIAL], f"在{SPECIAL}"),
        (areas[ELASTIC], f"在{ELASTIC}"),
        (areas["unnamed"], "在名称不明的分区"),
        (areas["twice"], "被不同分区重复覆盖"),
    ]
    said = [f"{_shown(area)}{where}" for area, where in parts if area > 0.0]
    return f"{mu(total_m2)}中 {'，'.join(said)}" if said else f"{mu(total_m2)}全部在{CONCENTRATED}"


def _shown(area_m2: float) -> str:
    return f"{mu(area_m2)}" if area_m2 >= _SMALL_M2 else f"{square_metres(area_m2)}"


@indicator(
    "udb_concentrated_area", unit="m2", title="位于城镇集中建设区的面积", en="Area in the concentrated zone"
)
def udb_concentrated_area(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the area in 城镇集中建设区 [m²]."""
    out: pd.Series = zone_areas(parcels, context)[CONCENTRATED]
    return out


@indicator("udb_elastic_area", unit="m2", title="位于城镇弹性发展区的面积", en="Area in the elastic zone")
def udb_elastic_area(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the area in 城镇弹性发展区 [m²]."""
    out: pd.Series = zone_areas(parcels, context)[ELASTIC]
    return out


@indicator("udb_special_area", unit="m2", title="位于特别用途区的面积", en="Area in the special-use zone")
def udb_special_area(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the area in 特别用途区 [m²]."""
    out: pd.Series = zone_areas(parcels, context)[SPECIAL]
    return out


@indicator(
    "udb_unclear_area",
    unit="m2",
    title="分区名称不明或重复覆盖的面积",
    en="Area that the layer leaves unclear",
)
def udb_unclear_area(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the area under a zone of no known name, or covered twice by different zones (UDB-01) [m²]."""
    areas = zone_areas(parcels, context)
    out: pd.Series = areas["unnamed"] + areas["twice"]
    return out


@indicator(
    "target_is_urban",
    unit="bool",
    title="目标用途属城镇建设用地",
    en="Target is urban construction land",
    national=True,
    target=True,
)
def target_is_urban(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return whether the target use is urban construction land by the code list; NaN where missing or mixed.

    A code that is too coarse to tell (12 holds railways and streets) is missing, not guessed.
    """
    if context.codes is None:
        raise NotLoadedError("land_use_codes")
    entries = context.codes.entries

    def answer(code: str) -> float:
        found = context.codes.nearest(code) if context.codes else None
        below = {entry.urban for name, entry in entries.items() if name.startswith(code) and entry.urban}
        flags = below or ({found.urban} if found else set())
        return {"Y": 1.0, "N": 0.0}.get("".join(sorted(flags)), np.nan)

    target = text_field(parcels, "target_use")
    answers = {code: answer(str(code)) for code in target.dropna().unique()}
    out: pd.Series = target.map(answers).astype("float64")
    return out
