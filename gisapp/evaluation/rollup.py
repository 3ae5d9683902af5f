"""Land by class, rolled up (用地分类汇总, LUC-03): each parent is exactly the sum of its children as printed."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import geopandas as gpd
import pandas as pd

from gisapp.model.codes import NATIONAL_SCHEME, LandUseCodes
from gisapp.units import round_half_up

LENGTHS: Final = (2, 4, 6)
"""Length of a code of level one, two and three."""
DIGITS: Final = 2
MISSING: Final = ""
"""The row of land without a code, of another scheme or with a code that is not in the list (资料不足)."""


def rollup(parcels: gpd.GeoDataFrame, codes: LandUseCodes) -> pd.DataFrame:
    """Return area and number of parcels of each class and its parents, ordered by code.

    Columns: ``code``, ``level``, ``name``, ``parcels``, ``area_m2`` (decimals to 0.01, ellipsoidal), ``own_m2`` (of it
    coded no finer). Each parcel's ``area_m2`` is rounded once, half up; a parent is the sum of its children and of what
    is coded no finer, level-one rows and the row without a code add up to the whole.
    """
    counts: dict[str, int] = {}
    areas: dict[str, Decimal] = {}
    own: dict[str, Decimal] = {}
    for code, area in zip(_valid(parcels, codes), parcels["area_m2"], strict=True):
        rounded = round_half_up(float(area), DIGITS)
        own[code] = own.get(code, Decimal(0)) + rounded
        for parent in _line(code):
            counts[parent] = counts.get(parent, 0) + 1
            areas[parent] = areas.get(parent, Decimal(0)) + rounded
    return pd.DataFrame(
        [
            {
                "code": code,
                "level": len(code) // 2,
                "name": _name(code, codes),
                "parcels": counts[code],
                "area_m2": areas[code],
                "own_m2": own.get(code, Decimal(0)),
            }
            for code in sorted(areas)
        ],
        columns=["code", "level", "name", "parcels", "area_m2", "own_m2"],
    )


def _valid(parcels: gpd.GeoDataFrame, codes: LandUseCodes) -> list[str]:
    """Return the code of each parcel, the empty one where it has none that the list knows."""
    schemes = parcels["use_scheme"] if "use_scheme" in parcels else [None] * len(parcels)
    return [
        str(code) if isinstance(code, str) and codes.find(code) and _national(scheme) else MISSING
        for code, scheme in zip(parcels["use_code"].astype("object"), schemes, strict=True)
    ]


def _national(scheme: object) -> bool:
    return not isinstance(scheme, str) or scheme == NATIONAL_SCHEME


def _line(code: str) -> list[str]:
    """Return a code and its parents."""
    return [code[:length] for length in LENGTHS if length <= len(code)] or [MISSING]


def _name(code: str, codes: LandUseCodes) -> str:
    found = codes.find(code)
    return found.name_zh if found else "资料不足（无代码、代码不在表内或非国家分类）"
