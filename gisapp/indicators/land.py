"""What a parcel is: codes, area, rights (地块本底)."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from gisapp.context import Context, NotLoadedError
from gisapp.indicators.registry import indicator
from gisapp.units import M2_PER_MU


def text_field(parcels: gpd.GeoDataFrame, name: str) -> pd.Series:
    """Return a field as text, None where missing."""
    column = parcels[name].astype("object")
    out: pd.Series = column.where(column.notna(), None)
    return out


def flag_field(parcels: gpd.GeoDataFrame, name: str) -> pd.Series:
    """Return a yes/no field as 1.0 / 0.0, NaN where missing."""
    out: pd.Series = parcels[name].astype("Float64").astype("float64")
    return out


def number_field(parcels: gpd.GeoDataFrame, name: str) -> pd.Series:
    """Return a numeric field as float64, NaN where missing."""
    out: pd.Series = pd.to_numeric(parcels[name], errors="coerce").astype("float64")
    return out


SAME_AS_2017 = ("GB/T 4754-2017", "GB/T 4754-2011")
"""Editions whose two-digit codes are those of 2017."""

_TEXT = (
    ("use_code", "code", "现状用途", "Present use", "use_code"),
    ("plan_use_code", "code", "规划用途", "Planned use", "plan_use_code"),
    ("owner_kind", "text", "权属性质", "Kind of owner", "owner_kind"),
    ("soil_state", "text", "土壤环境状态", "Soil state", "soil_state"),
)
_FLAGS = (
    ("seized", "查封", "Seized", "seized"),
    ("mortgaged", "抵押", "Mortgaged", "mortgaged"),
    (
        "contract_allows_change",
        "出让合同允许改变用途",
        "Contract allows a change",
        "x_contract_allows_change",
    ),
    ("key_supervised", "土壤污染重点监管单位", "Key supervised unit", "x_key_supervised"),
    ("owner_willing", "权利人有改造意愿", "Owner willing", "x_owner_willing"),
    ("restricted_industry", "淘汰或限制类产业", "Restricted industry", "x_restricted"),
    ("unsafe_building", "建筑存在安全隐患", "Unsafe building", "x_unsafe"),
)
_NUMBERS = (
    ("owner_count", "1", "权利人数", "Number of owners", "x_owner_count"),
    ("vacancy_share", "1", "空置率（连续十二个月）", "Vacancy for twelve months", "x_vacancy_share"),
    ("secondary_share", "1", "现有兼容用途建筑面积占比", "Share of secondary uses", "x_secondary_gfa_share"),
    ("support_gfa_share", "1", "配套建筑面积占比", "Support share of floor area", "x_support_gfa_share"),
    ("support_land_share", "1", "配套用地占比", "Support share of land", "x_support_land_share"),
)


def _register_fields() -> None:
    """Register the indicators that hand on one field of the parcel table."""
    for id_, unit, title, en, field in _TEXT:
        indicator(id_, unit=unit, title=title, en=en, reads=(field,), national=unit == "code")(
            lambda parcels, context, field=field: text_field(parcels, field)
        )
    for id_, title, en, field in _FLAGS:
        indicator(id_, unit="bool", title=title, en=en, reads=(field,))(
            lambda parcels, context, field=field: flag_field(parcels, field)
        )
    for id_, unit, title, en, field in _NUMBERS:
        indicator(id_, unit=unit, title=title, en=en, reads=(field,))(
            lambda parcels, context, field=field: number_field(parcels, field)
        )


_register_fields()


@indicator("target_use", unit="code", title="目标用途", en="Target use", national=True, target=True)
def target_use(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the use that a conversion aims at (目标用途): the planned use unless another was asked for."""
    return text_field(parcels, "target_use")


@indicator(
    "industry_code",
    unit="code",
    title="行业代码（2017 版）",
    en="Industry code, 2017 edition",
    reads=("industry_code", "industry_edition"),
)
def industry_code(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the industry by GB/T 4754-2017 (行业代码), None where the edition is not given or has no counterpart.

    The same number names another industry in another edition: 30 was plastics in 2002, minerals in 2017.
    """
    if context.industry_editions is None:
        raise NotLoadedError("industry_editions")
    code, edition = text_field(parcels, "industry_code"), text_field(parcels, "industry_edition")
    current = code.where(edition.isin(SAME_AS_2017), None)
    older = context.industry_editions.set_index(["edition", "code"])["code_2017"]
    keys = pd.MultiIndex.from_arrays([edition.to_numpy(dtype=object), code.str[:2].to_numpy(dtype=object)])
    moved = pd.Series(older.reindex(keys).to_numpy(dtype=object), index=parcels.index)
    out = current.where(current.notna(), moved)
    return out.where(out.notna(), None)


@indicator(
    "three_class", unit="text", title="三大类", en="Three-class group", reads=("use_code",), national=True
)
def three_class(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return 建设用地, 农用地 or 未利用地 by the present use (三大类, LUC-09)."""
    codes = context.codes
    if codes is None:
        raise NotLoadedError("land_use_codes")
    found = {code: codes.nearest(code) for code in parcels["use_code"].dropna().unique()}
    groups = {code: entry.three_class or None for code, entry in found.items() if entry}
    return text_field(parcels, "use_code").map(groups).astype("object").where(lambda s: s.notna(), None)


@indicator(
    "valid_use_code",
    unit="bool",
    title="用途代码合法",
    en="Valid use code",
    reads=("use_code",),
    national=True,
)
def valid_use_code(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return whether the use code stands in the 2023 list (代码合法, LUC-02)."""
    codes = context.codes
    if codes is None:
        raise NotLoadedError("land_use_codes")
    code = text_field(parcels, "use_code")
    return code.isin(codes.entries).astype("float64").where(code.notna())


@indicator("ellipsoidal_area", unit="m2", title="椭球面积", en="Ellipsoidal area")
def ellipsoidal_area(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the statutory ellipsoidal area (椭球面积, CRS-03) [m²]."""
    out: pd.Series = parcels["area_m2"].astype("float64")
    return out


@indicator("area_mu", unit="mu", title="宗地面积", en="Parcel area")
def area_mu(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the statutory ellipsoidal area (宗地面积) [亩]."""
    out: pd.Series = parcels["area_m2"].astype("float64") / M2_PER_MU
    return out


@indicator(
    "registered_area_gap",
    unit="1",
    title="登记面积与图形面积之差",
    en="Registered against computed area",
    reads=("registered_area_m2",),
)
def registered_area_gap(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return |registered − ellipsoidal area| / ellipsoidal area (面积较差) [1]."""
    registered = number_field(parcels, "registered_area_m2")
    area = parcels["area_m2"].replace(0.0, np.nan)
    out: pd.Series = (registered - area).abs() / area
    return out
