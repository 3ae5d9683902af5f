"""Stations, hubs and lines (轨道与枢纽, TRN-01 … TRN-05).

A station whose position is only estimated counts by probability: the share of its accuracy disc that lies
inside the ring around the parcel's centroid. Distances are on the ground: plane distance ÷ local scale.
"""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gisapp.context import Context
from gisapp.crs import linear_scale
from gisapp.format import number
from gisapp.indicators.boundary import covered_area
from gisapp.indicators.registry import indicator
from gisapp.kernels.memo import LastAnswer
from gisapp.kernels.proximity import share_of_disc_inside

FloatArray = npt.NDArray[np.float64]
Notes = tuple[str | None, ...]
OPERATING = "operating"
STATUS_WORDS = {"operating": "运营", "construction": "在建", "planned": "规划"}


def _centroids(parcels: gpd.GeoDataFrame, context: Context) -> tuple[npt.NDArray[np.object_], FloatArray]:
    """Return the parcels' centroids and the local scale there."""
    geometries = parcels.geometry.to_numpy()

    def measured() -> tuple[npt.NDArray[np.object_], FloatArray]:
        points = shapely.centroid(geometries)
        return points, linear_scale(shapely.get_x(points), shapely.get_y(points), context.crs)

    memo: LastAnswer[tuple[npt.NDArray[np.object_], FloatArray]] = context.cached(("centroids",), LastAnswer)
    return memo.of(geometries, measured)


def status_in(context: Context, role: str) -> pd.Series:
    """Return the status of each feature in the context's network year (线网年份)."""
    frame = context.frame(role)
    status: pd.Series = frame["status"].astype("object")
    if context.service_year is None or "opening_year" not in frame.columns:
        return status
    opened = pd.to_numeric(frame["opening_year"], errors="coerce") <= context.service_year
    out: pd.Series = status.where(~opened, OPERATING)
    return out


def _accuracy(context: Context, role: str) -> FloatArray:
    values = pd.to_numeric(context.column(role, "accuracy_m"), errors="coerce")
    return values.fillna(0.0).to_numpy(dtype="float64")


def _probability(
    distance: FloatArray, accuracy: FloatArray, known: npt.NDArray[np.bool_], ring_m: float
) -> FloatArray:
    """Return the chance that a station lies within `ring_m`: 0 or 1 where its position is known (TRN-02)."""
    share = share_of_disc_inside(distance, np.where(known, 1.0, accuracy), ring_m)
    return np.where(known, (distance <= ring_m).astype(float), share)


def _best_access(
    parcels: gpd.GeoDataFrame,
    context: Context,
    role: str,
    rings: list[tuple[float, float]],
    params: dict[str, float],
) -> pd.Series:
    """Return the best of status weight × Σ ring value × chance over the features of a role, shape (n,).

    ``attrs["notes"]`` says for each parcel which feature that is, and how far or how likely.
    """
    key = ("access", role, str(rings), str(sorted(params.items())), str(context.service_year))
    memo: LastAnswer[tuple[FloatArray, Notes]] = context.cached(key, LastAnswer)
    value, notes = memo.of(
        parcels.geometry.to_numpy(), lambda: _access(parcels, context, role, rings=rings, params=params)
    )
    best = pd.Series(value, index=parcels.index, copy=True)
    best.attrs["notes"] = notes
    return best


def _access(
    parcels: gpd.GeoDataFrame,
    context: Context,
    role: str,
    *,
    rings: list[tuple[float, float]],
    params: dict[str, float],
) -> tuple[FloatArray, Notes]:
    """Return the best value over the features of a role and its note, shape (n,) both."""
    points, scale = _centroids(parcels, context)
    accuracy = _accuracy(context, role)
    weights = {status: params[f"w_{status}"] for status in STATUS_WORDS}
    weight = status_in(context, role).map(weights).fillna(0.0).to_numpy(dtype="float64")
    reach = (max(ring for ring, _ in rings) + accuracy.max(initial=0.0)) * 1.002
    row, feature = context.nearest(role).within(points, reach)
    stations = context.frame(role).geometry.to_numpy()
    distance = shapely.distance(points[row], stations[feature]) / scale[row]
    known = accuracy <= params["uncertain_above_m"]
    chances = [_probability(distance, accuracy[feature], known[feature], ring_m) for ring_m, _ in rings]
    value = np.zeros(len(row))
    inner = np.zeros(len(row))
    for chance, (_, ring_value) in zip(chances, rings, strict=True):
        value += ring_value * np.maximum(chance - inner, 0.0)
        inner = np.maximum(chance, inner)
    value *= weight[feature]
    order = np.lexsort((-feature, value))
    pair = np.full(len(parcels), -1, dtype=np.intp)
    pair[row[order]] = order
    texts = _access_notes(
        context, role, feature=feature, distance=distance, known=known, chances=chances, rings=rings
    )
    notes = tuple(texts(int(k)) if k >= 0 and value[k] > 0 else None for k in pair)
    return np.append(value, 0.0)[pair], notes


def _access_notes(
    context: Context,
    role: str,
    *,
    feature: npt.NDArray[np.intp],
    distance: FloatArray,
    known: npt.NDArray[np.bool_],
    chances: list[FloatArray],
    rings: list[tuple[float, float]],
) -> Callable[[int], str]:
    """Return the words for a pair: the distance to a known station, the chance for an estimated one."""
    frame = context.frame(role)
    status = status_in(context, role).map(STATUS_WORDS).fillna("状态不明").to_numpy()
    lines = (
        frame["line"].to_numpy(dtype=object) if "line" in frame else np.full(len(frame), None, dtype=object)
    )
    names, opening = frame["name"].to_numpy(dtype=object), _opening(context, role)

    def text(pair: int) -> str:
        station = feature[pair]
        line = f"{lines[station]}，" if isinstance(lines[station], str) else ""
        title = f"{names[station]}（{line}{status[station]}{opening[station]}）"
        if known[station]:
            return f"{title}，地面距离 {number(distance[pair], 0)} m"
        likely = "、".join(
            f"{ring_m:.0f} m 内概率 {number(100 * chance[pair], 0)} %"
            for chance, (ring_m, _) in zip(chances, rings, strict=True)
        )
        return f"{title}，估算站位，{likely}"

    return text


def _opening(context: Context, role: str) -> list[str]:
    """Return the opening year of each feature that is not open yet, as it is printed; it says so where none is known."""
    frame = context.frame(role)
    years = (
        pd.to_numeric(frame["opening_year"], errors="coerce")
        if "opening_year" in frame
        else pd.Series(np.nan, index=frame.index)
    )
    return [
        "" if state == OPERATING else "，开通年份未定" if pd.isna(year) else f"，预计 {int(year)} 年开通"
        for state, year in zip(status_in(context, role), years, strict=True)
    ]


@indicator("station_distance", unit="m", title="距最近轨道站点", en="Distance to the nearest station")
def station_distance(parcels: gpd.GeoDataFrame, context: Context, *, status: str) -> pd.Series:
    """Return ground distance from the centroid to the nearest station of `status`, or of any for ``all`` [m]."""
    points, scale = _centroids(parcels, context)
    stations = context.frame("station").geometry.to_numpy()
    if status != "all":
        stations = stations[(status_in(context, "station") == status).to_numpy()]
    if len(stations) == 0:
        return pd.Series(np.nan, index=parcels.index)
    found = shapely.STRtree(stations).query_nearest(points, return_distance=True, all_matches=False)
    distance = np.full(len(parcels), np.nan)
    distance[found[0][0]] = found[1] / scale[found[0][0]]
    return pd.Series(distance, index=parcels.index)


@indicator("station_access", unit="1", title="轨道站点可达性", en="Station access")
def station_access(
    parcels: gpd.GeoDataFrame,
    context: Context,
    *,
    core_m: float,
    extended_m: float,
    extended_value: float,
    uncertain_above_m: float,
    w_operating: float,
    w_construction: float,
    w_planned: float,
) -> pd.Series:
    """Return the best catchment value over all stations (站点圈层, TRN-01 … TRN-03) [0-1].

    1 inside `core_m`, `extended_value` inside `extended_m`, times the weight of the station's status; an
    uncertain station counts by the chance that it lies inside.
    """
    params = {
        "uncertain_above_m": uncertain_above_m,
        "w_operating": w_operating,
        "w_construction": w_construction,
        "w_planned": w_planned,
    }
    rings = [(core_m, 1.0), (extended_m, extended_value)]
    return _best_access(parcels, context, "station", rings, params)


@indicator("hub_access", unit="1", title="铁路枢纽可达性", en="Rail hub access")
def hub_access(
    parcels: gpd.GeoDataFrame,
    context: Context,
    *,
    radius_m: float,
    uncertain_above_m: float,
    w_operating: float,
    w_construction: float,
    w_planned: float,
) -> pd.Series:
    """Return the chance to lie within `radius_m` of a rail hub × the weight of its status (TRN-01) [0-1]."""
    params = {
        "uncertain_above_m": uncertain_above_m,
        "w_operating": w_operating,
        "w_construction": w_construction,
        "w_planned": w_planned,
    }
    return _best_access(parcels, context, "hub", [(radius_m, 1.0)], params)


@indicator(
    "metro_protection_area",
    unit="m2",
    title="轨道交通控制保护区内面积",
    en="Area in the metro protection zone",
)
def metro_protection_area(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the area inside the metro control and protection zone (TRN-04) [m²]."""
    return covered_area(parcels, context, "metro_protection")


@indicator(
    "metro_protection_certain",
    unit="bool",
    title="保护区线位已确定",
    en="Protection zone from a known alignment",
)
def metro_protection_certain(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return whether the zone that a parcel touches follows a known alignment; NaN where it touches none."""
    index, classes = context.overlay("metro_protection", "certain")
    areas = index.areas(parcels.geometry.to_numpy())
    sure = [name.lower() in {"true", "1", "1.0"} for name in classes]
    hit, certain = areas.sum(axis=1) > 0, areas[:, sure].sum(axis=1) > 0
    return pd.Series(np.where(hit, certain.astype(float), np.nan), index=parcels.index)


@indicator("rail_distance", unit="m", title="距铁路线", en="Distance to a railway")
def rail_distance(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the distance from the parcel's edge to the nearest railway line [m] (TRN-05: widths not loaded)."""
    _, scale = _centroids(parcels, context)
    distance, _ = context.nearest("rail_line").nearest(parcels.geometry.to_numpy())
    return pd.Series(distance / scale, index=parcels.index)
