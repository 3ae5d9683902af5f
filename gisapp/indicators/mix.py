"""Mixed use and conversion (混合用地与用途转换, MIX-09, MIX-13, MIX-25, STD-11)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from gisapp.context import Context, NotLoadedError
from gisapp.context.context import main_zone
from gisapp.indicators.land import number_field, text_field
from gisapp.indicators.registry import indicator
from gisapp.model.codes import CompatibilityMatrix, has_prefix

ObjectArray = npt.NDArray[np.object_]
HAZARD_CLASSES: Final = ("100103", "110103")
NEVER_WITH_HAZARD: Final = ("07", "08", "09")
GREEN: Final = ("1401", "1402")
PROFIT_USES: Final = ("07", "09", "10", "11")
INDUSTRY: Final = ("10", "11")


def by_pair(parcels: gpd.GeoDataFrame, answer: Callable[[str | None, str | None], object]) -> ObjectArray:
    """Return `answer` of each parcel's present and target use, asked once for each pair that occurs."""
    use, uses = pd.factorize(parcels["use_code"])
    target, targets = pd.factorize(parcels["target_use"])
    first: list[str | None] = [*map(str, uses), None]
    second: list[str | None] = [*map(str, targets), None]
    # A missing code is -1, so that it finds the None at the end of its list.
    number, pairs = pd.factorize((use + 1) * len(second) + target + 1)
    answers = [answer(first[pair // len(second) - 1], second[pair % len(second) - 1]) for pair in pairs]
    out: ObjectArray = np.array([*answers, None], dtype=object)[number]
    return out


def _matrix(context: Context) -> CompatibilityMatrix:
    if context.matrix is None:
        raise NotLoadedError("compatibility")
    return context.matrix


@indicator(
    "use_changes",
    unit="bool",
    title="用途发生改变",
    en="Use changes",
    reads=("use_code",),
    national=True,
    target=True,
)
def use_changes(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return whether the target is another class of the matrix than the present use; NaN if one is missing.

    A code under which the matrix has no class compares by its first four digits.
    """
    matrix = _matrix(context)

    def changes(use: str | None, target: str | None) -> float:
        if use is None or target is None or matrix.vague(use) or matrix.vague(target):
            return float("nan")
        return float((matrix.key(use) or use[:4]) != (matrix.key(target) or target[:4]))

    return pd.Series(by_pair(parcels, changes), index=parcels.index, dtype="float64")


@indicator(
    "compatibility",
    unit="text",
    title="用途兼容关系",
    en="Compatibility",
    reads=("use_code",),
    national=True,
    target=True,
)
def compatibility(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return P, C, U or N from the default matrix (缺省兼容矩阵, MIX-13); U where it has no such pair."""
    matrix = _matrix(context)

    def verdict(use: str | None, target: str | None) -> str | None:
        if use is None or target is None or matrix.vague(use) or matrix.vague(target):
            return None
        cell = matrix.cell(use, target)
        return cell.verdict if cell else "U"

    return pd.Series(by_pair(parcels, verdict), index=parcels.index, dtype="object")


@indicator(
    "compatible_share",
    unit="1",
    title="兼容比例上限（矩阵）",
    en="Greatest compatible share by the matrix",
    reads=("use_code",),
    national=True,
    target=True,
)
def compatible_share(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the matrix's greatest share of the secondary use (兼容比例上限, MIX-13) [1]."""
    matrix = _matrix(context)

    def share(use: str | None, target: str | None) -> float:
        cell = matrix.cell(use, target)
        return cell.max_share if cell else float("nan")

    return pd.Series(by_pair(parcels, share), index=parcels.index, dtype="float64")


@indicator(
    "share_basis",
    unit="text",
    title="比例口径",
    en="Basis of the share",
    reads=("use_code",),
    national=True,
    target=True,
)
def share_basis(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return whether the share is of floor area (gfa) or of land (比例口径, MIX-13)."""
    matrix = _matrix(context)

    def basis(use: str | None, target: str | None) -> str | None:
        cell = matrix.cell(use, target)
        return cell.share_basis if cell else None

    return pd.Series(by_pair(parcels, basis), index=parcels.index, dtype="object")


@indicator(
    "negative_list",
    unit="bool",
    title="触及负面清单",
    en="On the negative list",
    reads=("use_code",),
    national=True,
    target=True,
)
def negative_list(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return whether one of the sentences that prohibit applies (负面清单, MIX-25).

    A pair that the matrix marks N, hazard-class industry or storage with housing, public service or commerce
    (either way round), or park and buffer green to a profit use.
    """
    matrix = _matrix(context)

    def hit(use: str | None, target: str | None) -> float:
        if use is None or target is None:
            return float("nan")
        cell = matrix.cell(use, target)
        return float(_never(use, target) or (cell is not None and cell.verdict == "N"))

    return pd.Series(by_pair(parcels, hit), index=parcels.index, dtype="float64")


def _never(use: str, target: str) -> bool:
    """Return whether a sentence of the negative list names this pair, also outside the matrix."""
    hazard = has_prefix(use, HAZARD_CLASSES) and has_prefix(target, NEVER_WITH_HAZARD)
    hazard |= has_prefix(target, HAZARD_CLASSES) and has_prefix(use, NEVER_WITH_HAZARD)
    return hazard or (has_prefix(use, GREEN) and has_prefix(target, PROFIT_USES))


@indicator("in_park", unit="bool", title="位于产业园区内", en="Inside an industrial park")
def in_park(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return whether an industrial park covers at least half of the parcel (位于园区内)."""
    best = context.overlay("park")[0].main(parcels.geometry.to_numpy())
    return pd.Series((best >= 0).astype("float64"), index=parcels.index)


@indicator(
    "share_left",
    unit="1",
    title="尚可兼容的比例",
    en="Share still open to secondary uses",
    reads=("use_code", "x_secondary_gfa_share"),
    national=True,
)
def share_left(
    parcels: gpd.GeoDataFrame,
    context: Context,
    *,
    cap_industry: float,
    cap_industry_park: float,
    cap_other: float,
) -> pd.Series:
    """Return the total cap less the share that secondary uses already take (MIX-09, STD-11) [1]."""
    use = text_field(parcels, "use_code")
    industrial = (
        use.map(lambda code: has_prefix(code, INDUSTRY), na_action="ignore").fillna(False).astype(bool)
    )
    park = in_park(parcels, context) == 1.0
    cap = np.where(industrial, np.where(park, cap_industry_park, cap_industry), cap_other)
    left = cap - number_field(parcels, "x_secondary_gfa_share")
    out: pd.Series = left.clip(lower=0.0).where(use.notna())
    return out


@indicator("park_name", unit="text", title="所在园区", en="Park")
def park_name(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the name of the park that covers at least half of the parcel (所在园区)."""
    names = main_zone(context, "park", "name", parcels.geometry.to_numpy())
    return pd.Series(names, index=parcels.index, dtype="object")
