"""Measuring indicators on parcels (测度): one column per indicator and parameters, missing stays missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypedDict

import geopandas as gpd
import numpy as np
import pandas as pd

from gisapp.context import Context, NotLoadedError
from gisapp.crs import ellipsoidal_area
from gisapp.indicators import REGISTRY, Indicator
from gisapp.kernels.memo import same_objects
from gisapp.model.codes import NATIONAL_SCHEME
from gisapp.model.rules import Status
from gisapp.rules.columns import BoolArray, Column, FloatArray, Key, ObjectArray
from gisapp.rules.load import Signature

Progress = Callable[[str, int, int], None]
ROUNDING: Final = 1e-12
"""Shares are sums of weights: what differs from one by less is one."""


def signatures() -> dict[str, Signature]:
    """Return unit, parameters and subject of every indicator, as rulebooks are checked against."""
    return {name: Signature(item.unit, item.params, item.subject) for name, item in REGISTRY.items()}


def prepare(
    parcels: gpd.GeoDataFrame, context: Context, *, target_use: str | None = None
) -> gpd.GeoDataFrame:
    """Return parcels with the derived columns that indicators read: ``area_m2`` and ``target_use``.

    The target is the planned use unless `target_use` names one for all.
    """
    geometries, fabric = parcels.geometry.to_numpy(), context.fabric
    known = same_objects(geometries, fabric.geometry.to_numpy())
    area = fabric["area_m2"].to_numpy() if known else ellipsoidal_area(geometries, context.crs)
    plan = parcels["plan_use_code"] if "plan_use_code" in parcels else pd.Series(None, index=parcels.index)
    target = plan.astype("object") if target_use is None else pd.Series(target_use, index=parcels.index)
    return parcels.assign(area_m2=area, target_use=target)


def measure(
    parcels: gpd.GeoDataFrame,
    context: Context,
    *,
    wanted: Mapping[Key, str],
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> dict[Key, Column]:
    """Return the wanted columns over prepared `parcels`, each of shape (n,) in row order.

    An indicator whose layer, table or field is not loaded gives a column that is missing throughout and says
    what is missing; national-code indicators exclude rows of another land-use scheme.
    """
    foreign = _foreign_scheme(parcels)
    out: dict[Key, Column] = {}
    for done, key in enumerate(wanted, start=1):
        indicator = REGISTRY[key[0]]
        out[key] = _column(indicator, parcels, context, dict(key[1]), foreign)
        progress(indicator.title, done, len(wanted))
    return out


def outline_free(parcels: gpd.GeoDataFrame, context: Context, wanted: Mapping[Key, str]) -> dict[Key, Column]:
    """Return those of the wanted columns that hold for prepared `parcels` whatever their outlines are.

    An indicator that can be computed without outline and area does not depend on them; it is tried, so that no
    list of names can go stale.
    """
    bare = pd.DataFrame(parcels.drop(columns=["geometry", "area_m2"]))
    foreign = _foreign_scheme(parcels)
    out: dict[Key, Column] = {}
    for key in wanted:
        try:
            out[key] = _column(REGISTRY[key[0]], bare, context, dict(key[1]), foreign)
        except (AttributeError, KeyError):
            continue
    return out


def _foreign_scheme(parcels: gpd.GeoDataFrame) -> BoolArray | None:
    """Return which rows carry codes of another scheme than the national one, None if none does."""
    if "use_scheme" not in parcels:
        return None
    scheme = parcels["use_scheme"].astype("object")
    foreign: BoolArray = (scheme.notna() & (scheme != NATIONAL_SCHEME)).to_numpy(dtype=bool)
    return foreign if foreign.any() else None


def _column(
    indicator: Indicator,
    parcels: gpd.GeoDataFrame,
    context: Context,
    params: dict[str, object],
    foreign: BoolArray | None,
) -> Column:
    excluded = foreign if indicator.national else None
    lacking = [field for field in indicator.reads if field not in parcels.columns]
    try:
        if lacking:
            raise NotLoadedError(f"字段 {'、'.join(lacking)}")
        values = indicator.compute(parcels, context, **params)
    except NotLoadedError as error:
        return _missing(indicator, len(parcels), error.what, excluded)
    remarks = _Remarks(note=values.attrs.get("note"), status=values.attrs.get("status"), notes=_notes(values))
    if indicator.textual:
        codes, words = pd.factorize(values.astype("object").to_numpy())
        # A missing value is -1, so that it finds the None at the end.
        text = np.array([*map(str, words), None], dtype=object)[codes]
        return Column(indicator.unit, text=text, excluded=excluded, **remarks)
    number = values.to_numpy(dtype=np.float64, na_value=np.nan)
    return Column(indicator.unit, number=number, excluded=excluded, **remarks, **_bounds(values, number))


class _Bounds(TypedDict):
    low: FloatArray | None
    high: FloatArray | None
    share: FloatArray | None


def _bounds(values: pd.Series, number: FloatArray) -> _Bounds:
    """Return the interval and the known share that an indicator carries; None where no row lacks an input."""
    share = values.attrs.get("known")
    if share is None or (whole := share >= 1.0 - ROUNDING).all():
        return _Bounds(low=None, high=None, share=None)
    low, high = (np.where(whole, number, values.attrs[end]) for end in ("low", "high"))
    return _Bounds(low=low, high=high, share=np.where(whole, 1.0, share))


class _Remarks(TypedDict):
    note: str | None
    status: Status | None
    notes: ObjectArray | None


def _notes(values: pd.Series) -> ObjectArray | None:
    notes = values.attrs.get("notes")
    return None if notes is None else np.array([*notes, None], dtype=object)[:-1]


def _missing(indicator: Indicator, size: int, what: str, excluded: BoolArray | None) -> Column:
    if indicator.textual:
        return Column(
            indicator.unit, text=np.full(size, None, dtype=object), not_loaded=what, excluded=excluded
        )
    return Column(indicator.unit, number=np.full(size, np.nan), not_loaded=what, excluded=excluded)
