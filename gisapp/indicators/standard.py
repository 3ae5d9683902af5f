"""Control indicators against the threshold in force (控制指标与在用标准之比, STD-03 … STD-09, STD-13).

A ratio is value ÷ threshold: at least 1 is wanted of a floor, at most 1 of a cap. The note of each value names the
threshold and what decided it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from gisapp.context import Context
from gisapp.format import number
from gisapp.indicators.building import building_coefficient
from gisapp.indicators.checks import far_counted, measured, measured_if_loaded
from gisapp.indicators.contracts import SUPPLY_FIELDS, contract_column
from gisapp.indicators.controls import Place, Thresholds, in_force, standards
from gisapp.indicators.economy import output_per_mu, tax_per_mu
from gisapp.indicators.land import number_field
from gisapp.indicators.registry import indicator
from gisapp.model.controls import KINDS, PROMISED, ControlKind
from gisapp.units import M2_PER_MU

FloatArray = npt.NDArray[np.float64]
_LOOKUP_FIELDS: Final = ("industry_code", "industry_edition", *SUPPLY_FIELDS)
_AGREED: Final = ("far", "building_coefficient", "investment", "tax", "output")
"""The promises that are compared with the standard below the contract."""
Actual = Callable[..., pd.Series]


def _investment(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return fixed-asset investment including the land price ÷ land (投资强度, STD-03) [万元/亩]."""
    land_mu = parcels["area_m2"].replace(0.0, np.nan) / M2_PER_MU
    out: pd.Series = number_field(parcels, "fixed_asset_investment_incl_land_10k") / land_mu
    return out


def _office_land(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the office share of land; the share of floor area where land is not told apart (STD-06) [1]."""
    land = number_field(parcels, "x_support_land_share")
    out = land.fillna(number_field(parcels, "x_support_gfa_share"))
    shared = (land.isna() & out.notna()).to_numpy(dtype=bool)
    out.attrs["notes"] = ["用地不能分开计算，按建筑面积占比" if one else None for one in shared]
    return out


def _coefficient(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    out = building_coefficient(parcels, context)
    out.attrs["notes"] = ["按建筑基底面积计，构筑物与堆场未计入"] * len(out)
    return out


_ACTUALS: Final[dict[str, tuple[Actual, tuple[str, ...], tuple[str, ...]]]] = {
    "far": (far_counted, ("floor_area_m2",), ("double_above_m",)),
    "building_coefficient": (_coefficient, ("footprint_m2",), ()),
    "investment": (_investment, ("fixed_asset_investment_incl_land_10k",), ()),
    "office_land_share": (_office_land, ("x_support_land_share", "x_support_gfa_share"), ()),
    "office_gfa_share": (
        lambda parcels, context: number_field(parcels, "x_support_gfa_share"),
        ("x_support_gfa_share",),
        (),
    ),
    "tax": (tax_per_mu, (), ("years",)),
    "output": (output_per_mu, (), ("years",)),
}
"""Where the actual value comes from unless a performance check measured it; others are known from checks only."""


def actual(parcels: gpd.GeoDataFrame, context: Context, kind: ControlKind, **params: float) -> pd.Series:
    """Return the actual value of a control indicator in its unit: measured at a check, else from the register."""
    if kind.id not in _ACTUALS:
        return measured(parcels, context, kind.id)
    found: pd.Series = _ACTUALS[kind.id][0](parcels, context, **params)
    checked = measured_if_loaded(parcels, context, kind.id)
    if not checked.notna().any():
        return found
    own = checked.notna().to_numpy(dtype=bool)
    out = checked.fillna(found)
    notes = found.attrs.get("notes") or [None] * len(out)
    out.attrs["notes"] = ["按履约核查实测值" if one else note for one, note in zip(own, notes, strict=True)]
    if "known" in found.attrs:
        out.attrs["known"] = np.where(own, 1.0, found.attrs["known"])
        for end in ("low", "high"):
            out.attrs[end] = np.where(own, checked, found.attrs[end])
    return out


def ratio(value: pd.Series, limit: Thresholds, kind: ControlKind, *, have: str = "实际") -> pd.Series:
    """Return value ÷ threshold with the note of each row; NaN where either is missing, the note then says which.

    `have` is what the value is called (实际 or 约定).
    """
    out = value / limit.value
    remarks = value.attrs.get("notes") or [value.attrs.get("note")] * len(out)
    out.attrs = {"notes": _notes(value, limit, kind, remarks, have)}
    if "known" in value.attrs:
        out.attrs["known"] = value.attrs["known"]
        for end in ("low", "high"):
            out.attrs[end] = np.asarray(value.attrs[end], dtype=np.float64) / limit.value
    return out


def _notes(
    value: pd.Series, limit: Thresholds, kind: ControlKind, remarks: list[str | None], called: str
) -> list[str | None]:
    unit = "" if kind.unit == "1" else f" {kind.unit}"

    def note(have: float, wanted: float, source: str, why: str | None, remark: str | None) -> str | None:
        if why is not None:
            return why
        known = f"{called} {number(have, 3, trim=True)}{unit}，"
        found = f"{kind.title}的{called}值缺失，" if np.isnan(have) else known
        text = f"{found}标准 {number(wanted, 3, trim=True)}{unit}，出自{source}"
        return f"{text}；{remark}" if remark else text

    return [
        note(*row)
        for row in zip(
            value.to_numpy(dtype="float64"), limit.value, limit.source, limit.why, remarks, strict=True
        )
    ]


def _register_ratios() -> None:
    """Register value ÷ threshold in force for every control indicator, and promise ÷ standard for what is promised."""
    for kind in PROMISED:
        _, reads, names = _ACTUALS.get(kind.id, (None, (), ()))
        indicator(
            f"{kind.id}_to_control", unit="1", title=f"{kind.title}与在用标准之比",
            en=f"{kind.title_en} against the threshold in force", reads=(*reads, *_LOOKUP_FIELDS),
        )(_COMPUTED[names](kind))  # fmt: skip
        if kind.id not in _AGREED:
            continue
        indicator(
            f"agreed_{kind.id}_to_standard", unit="1", title=f"约定{kind.title}与差异化标准之比",
            en=f"Agreed {kind.title_en.lower()} against the standard", reads=_LOOKUP_FIELDS,
        )(_agreed(kind))  # fmt: skip


def _plain(kind: ControlKind) -> Actual:
    def compute(parcels: gpd.GeoDataFrame, context: Context, *, region: str, city: str) -> pd.Series:
        limit = in_force(parcels, context, kind, Place(region, city))
        return ratio(actual(parcels, context, kind), limit, kind)

    return compute


def _yearly(kind: ControlKind) -> Actual:
    def compute(
        parcels: gpd.GeoDataFrame, context: Context, *, region: str, city: str, years: float
    ) -> pd.Series:
        limit = in_force(parcels, context, kind, Place(region, city))
        return ratio(actual(parcels, context, kind, years=years), limit, kind)

    return compute


def _floor_area(kind: ControlKind) -> Actual:
    def compute(
        parcels: gpd.GeoDataFrame, context: Context, *, region: str, city: str, double_above_m: float
    ) -> pd.Series:
        limit = in_force(parcels, context, kind, Place(region, city))
        found = ratio(actual(parcels, context, kind, double_above_m=double_above_m), limit, kind)
        own = (limit.level == "contract") | (np.nan_to_num(limit.case, nan=1.0) == 0.0)
        return _left_to_decision(
            found, ~own.astype(bool), pd.Series(None, index=parcels.index, dtype="object")
        )

    return compute


def _agreed(kind: ControlKind) -> Actual:
    def compute(parcels: gpd.GeoDataFrame, context: Context, *, region: str, city: str) -> pd.Series:
        promised = contract_column(parcels, context, kind.column).astype("float64")
        limit = standards(parcels, context, kind, Place(region, city))
        found = ratio(promised, limit, kind, have="约定")
        minutes = contract_column(parcels, context, "decision_document")
        return _left_to_decision(found, np.nan_to_num(limit.case, nan=1.0) == 1.0, minutes)

    return compute


def _left_to_decision(found: pd.Series, may: npt.NDArray[np.bool_], minutes: pd.Series) -> pd.Series:
    """Return ratios below 1 that a collective decision may allow as 1 where its minutes are there, else as NaN."""
    below = may & (found < 1.0).to_numpy(dtype=bool)
    agreed = below & minutes.notna().to_numpy(dtype=bool)
    notes = list(found.attrs["notes"])
    for row in np.flatnonzero(below):
        text = (
            f"集体决策 {minutes.iloc[row]}，按批准值"
            if agreed[row]
            else "低于标准，属或可能属集体决策行业，未见会议纪要"
        )
        notes[row] = f"{notes[row]}；{text}"
    out = found.mask(below & ~agreed).mask(agreed, 1.0)
    out.attrs = {**found.attrs, "notes": notes}
    for end in ("low", "high"):
        if end in found.attrs:
            out.attrs[end] = np.where(below, out, found.attrs[end])
    return out


_COMPUTED: Final = {(): _plain, ("years",): _yearly, ("double_above_m",): _floor_area}
_register_ratios()


@indicator(
    "standard_level", unit="text", title="投资强度标准的级别", en="Level of the investment standard",
    reads=_LOOKUP_FIELDS,
)  # fmt: skip
def standard_level(parcels: gpd.GeoDataFrame, context: Context, *, region: str, city: str) -> pd.Series:
    """Return which level the standard of the investment intensity comes from (STD-13); None where none is loaded."""
    limit = standards(parcels, context, KINDS["investment"], Place(region, city))
    out = pd.Series(limit.level, index=parcels.index, dtype="object")
    out.attrs["notes"] = [source or why for source, why in zip(limit.source, limit.why, strict=True)]
    return out


@indicator(
    "far_by_decision", unit="bool", title="容积率下限可由集体决策放宽", en="Floor of the ratio left to decision",
    reads=_LOOKUP_FIELDS,
)  # fmt: skip
def far_by_decision(parcels: gpd.GeoDataFrame, context: Context, *, region: str, city: str) -> pd.Series:
    """Return whether the industry may go below the floor by collective decision (STD-09); NaN where not known."""
    limit = standards(parcels, context, KINDS["far"], Place(region, city))
    return pd.Series(limit.case, index=parcels.index)
