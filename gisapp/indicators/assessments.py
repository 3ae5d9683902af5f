"""Regional assessments of a parcel (区域评估, STD-02): which items are there, whose area holds it, which still hold."""

from __future__ import annotations

from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gisapp.context import Context
from gisapp.indicators.contracts import SEPARATOR
from gisapp.indicators.registry import indicator, partly_known
from gisapp.kernels.overlay import PolygonIndex

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
TABLE: Final = "regional_assessments"
MISSING, EXPIRED, PARTIAL, UNKNOWN, VALID = range(5)
"""States of one item for one parcel, the better ones last."""
_WORDS: Final = {MISSING: "缺", PARTIAL: "未全部覆盖", EXPIRED: "已过期", UNKNOWN: "有效期或范围不明"}
_ORDER: Final = ((MISSING, "missing"), (PARTIAL, "uncovered"), (EXPIRED, "expired"))


class Register(NamedTuple):
    """The assessments with their extents (评估登记): one row a report; ``extent`` is -1 where no area is known."""

    frame: pd.DataFrame
    extent: IntArray
    areas: PolygonIndex


class Items(NamedTuple):
    """What is known of each parcel and item, arrays of shape (n, items).

    ``state`` is one of the codes above, ``until`` the day number to which a valid item holds, NaN for others.
    """

    names: tuple[str, ...]
    state: IntArray
    until: FloatArray


def register(context: Context) -> Register:
    """Return the register of regional assessments, its extents indexed once."""
    return context.cached((TABLE, "register"), lambda: _register(context))


def _register(context: Context) -> Register:
    frame = context.table(TABLE)
    drawn = _by(context, "assessment", "report_no")
    parks = _by(context, "park", "id")
    extents: list[shapely.Geometry] = []
    number: list[int] = []
    seen: dict[int, int] = {}
    for report, park in zip(frame["report_no"], frame["park"], strict=True):
        found = drawn.get(report, parks.get(park))
        if found is None:
            number.append(-1)
            continue
        if id(found) not in seen:
            seen[id(found)] = len(extents)
            extents.append(found)
        number.append(seen[id(found)])
    shapes = np.array(extents, dtype=object)
    return Register(frame, np.array(number, dtype=np.intp), PolygonIndex(shapes, np.arange(len(shapes))))


def _by(context: Context, role: str, column: str) -> dict[str, shapely.Geometry]:
    """Return the union of a layer's features by a column; nothing where the layer or its column is not loaded."""
    if not context.has(role) or column not in context.frame(role).columns:
        return {}
    frame = context.frame(role)
    groups = frame.groupby(column).geometry
    return {str(name): shapely.union_all(shapes.to_numpy()) for name, shapes in groups}


def items_of(parcels: gpd.GeoDataFrame, context: Context, items: str, tolerance_share: float) -> Items:
    """Return the state of each of `items` (names joined by 、) for each parcel on the date of the context.

    A parcel is within an assessed area when no more than `tolerance_share` of it lies outside.
    """
    names = tuple(items.split(SEPARATOR))
    known = register(context)
    geometries = parcels.geometry.to_numpy()
    share = known.areas.areas(geometries) / np.maximum(shapely.area(geometries), 1e-9)[:, None]
    day = pd.Timestamp(context.as_of)
    state = np.full((len(parcels), len(names)), MISSING, dtype=np.intp)
    until = np.full((len(parcels), len(names)), np.nan)
    for place, row in enumerate(known.frame.to_dict("records")):
        if row["item"] not in names or row["issued_on"] > day:
            continue
        column = names.index(row["item"])
        own = _one(share, int(known.extent[place]), row["valid_to"], day, tolerance_share)
        state[:, column] = np.maximum(state[:, column], own)
        if not pd.isna(row["valid_to"]):
            held = np.where(own == VALID, float(row["valid_to"].toordinal()), np.nan)
            until[:, column] = np.fmax(until[:, column], held)
    return Items(names, state, until)


def _one(
    share: FloatArray, extent: int, valid_to: pd.Timestamp, day: pd.Timestamp, tolerance: float
) -> IntArray:
    """Return what one report makes of its item for each parcel."""
    if extent < 0:
        expired = not pd.isna(valid_to) and valid_to < day
        return np.full(len(share), MISSING if expired else UNKNOWN, dtype=np.intp)
    covered = share[:, extent] >= 1.0 - tolerance
    touched = share[:, extent] > 0.0
    if pd.isna(valid_to):
        return np.where(covered, UNKNOWN, np.where(touched, PARTIAL, MISSING))
    if valid_to < day:
        return np.where(covered, EXPIRED, MISSING)
    return np.where(covered, VALID, np.where(touched, PARTIAL, MISSING))


@indicator("assessment_state", unit="text", title="区域评估状况", en="State of the regional assessments")
def assessment_state(
    parcels: gpd.GeoDataFrame, context: Context, *, items: str, tolerance_share: float
) -> pd.Series:
    """Return complete, missing, uncovered or expired (区域评估, STD-02): the worst of the required items.

    None where no item is known to fail but the validity or area of one is not known.
    """
    found = items_of(parcels, context, items, tolerance_share)
    flags = [(found.state == code).any(axis=1) for code, _ in _ORDER]
    open_ = (found.state == UNKNOWN).any(axis=1)
    words = np.select([*flags, open_], [*(word for _, word in _ORDER), ""], "complete")
    out = pd.Series(words, index=parcels.index, dtype="object")
    out = out.where(out != "", None)
    out.attrs["notes"] = _notes(found)
    return out


def _notes(found: Items) -> list[str | None]:
    """Return for each parcel the items that do not hold, by what is wrong with them."""
    code, rows = np.unique(found.state, axis=0, return_inverse=True)
    texts = []
    for states in code:
        parts = [
            f"{word}：{SEPARATOR.join(name for name, one in zip(found.names, states, strict=True) if one == state)}"
            for state, word in _WORDS.items()
            if (states == state).any()
        ]
        texts.append("；".join(parts) or None)
    return [texts[row] for row in np.ravel(rows)]


@indicator("assessments_valid", unit="1", title="有效的区域评估占比", en="Share of assessments that hold")
def assessments_valid(
    parcels: gpd.GeoDataFrame, context: Context, *, items: str, tolerance_share: float
) -> pd.Series:
    """Return which share of the required items holds for the whole parcel [0-1]; unknown items are its bounds."""
    found = items_of(parcels, context, items, tolerance_share)
    count = len(found.names)
    low = (found.state == VALID).sum(axis=1) / count
    open_ = (found.state == UNKNOWN).sum(axis=1) / count
    out = pd.Series(low, index=parcels.index, dtype="float64")
    out.attrs |= partly_known(low=low, high=low + open_, known=1.0 - open_)
    out.attrs["notes"] = _notes(found)
    return out


@indicator(
    "assessment_days_left", unit="day", title="区域评估剩余有效天数", en="Days until an assessment expires"
)
def assessment_days_left(
    parcels: gpd.GeoDataFrame, context: Context, *, items: str, tolerance_share: float
) -> pd.Series:
    """Return days until the first of the required items that hold now expires [day]; NaN where none holds."""
    found = items_of(parcels, context, items, tolerance_share)
    first = pd.DataFrame(found.until).min(axis=1).to_numpy(dtype="float64")
    return pd.Series(first - context.as_of.toordinal(), index=parcels.index)
