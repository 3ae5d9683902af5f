"""Topics of distance (距离专题): the Yangtze's kilometre (MIX-22), contours of individual risk (MIX-21), railways (TRN-05).

Whether a red line is within a distance is told by the distance itself, from its edge; the area by circles drawn so
finely that a chord falls short of its arc by five millionths of the radius.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisapp.evaluation.site import wording
from gisapp.evaluation.site.areas import Question, headed, not_loaded, row_of
from gisapp.evaluation.site.cover import FloatArray, Ground
from gisapp.evaluation.site.layers import TopicLayers, by_role, listed
from gisapp.evaluation.site.result import Citation, Finding, Row, Topic
from gisapp.evaluation.site.rules import citations, distance_m, gates
from gisapp.evaluation.site.topics import HAZARD, RAIL, RIVER, TopicSpec
from gisapp.evaluation.sources import STATUS_WORDS
from gisapp.format import number, quantity
from gisapp.i18n import Text
from gisapp.indicators.environment import RISK_LEVELS
from gisapp.kernels.overlay import AREA_NOISE_M2
from gisapp.units import UNITS

QUARTER: Final = 512
"""Segments to a quarter circle: a chord falls short of its arc by 5e-6 of the radius, 5 mm at 1 km."""


def river_topic(asked: Question) -> Topic:
    """Return what lies within the rule's distance of the river-management line, or of the bank (沿江一公里, MIX-22)."""
    spec = TopicSpec("river_distance", "distance", "沿江距离控制", "Distance to the Yangtze system")
    spoken = gates(asked.books, ("river_distance",))
    role = next((name for name in RIVER if _loaded(asked, name)), None)
    reach = distance_m(spoken)
    if role is None or reach is None:
        return not_loaded(spec, spoken, "" if role is None else Text("规则集没有距离界限"))
    layers = by_role(asked.context, role)
    assert layers is not None
    notes = (Text("河道管理范围线未提供，按岸线量算，状态降为 D"),) if role == "bank" else ()
    line = Text("河道管理范围线") if role == "river_management" else Text("岸线")
    name = Text("距{line} {far} m 以内", line=line, far=number(reach, 0))
    row = _within(asked.ground, layers.frame, reach, name, "river")
    cited = citations(spoken)
    return headed(_topic(spec, layers, (row,), _assumed(cited) if role == "bank" else cited, notes))


def _assumed(cited: tuple[Citation, ...]) -> tuple[Citation, ...]:
    """Return rules as an assumption of ours: what they are measured from stands in for what they mean."""
    return tuple(replace(one, status="D", status_text=f"D {STATUS_WORDS['D']}") for one in cited)


def rail_topic(asked: Question) -> Topic:
    """Return what lies within the widest protection zone of a railway, 未提供 while no width is loaded (TRN-05)."""
    spec = TopicSpec("rail_distance", "distance", "铁路线路安全保护区", "Railway protection zone")
    spoken = gates(asked.books, ("rail_distance",))
    if not _loaded(asked, RAIL):
        return not_loaded(spec, spoken)
    layers = by_role(asked.context, RAIL)
    assert layers is not None
    reach = distance_m(spoken)
    if reach is None:
        distance, name = _nearest(asked.ground, layers.frame, "name")
        far = Text("宽度未提供；距最近的铁路 {name} {far} m", name=name, far=number(distance, 1))
        topic = _topic(
            spec,
            layers,
            (Row(Text.of(spec.title, spec.title_en), Finding.NOT_LOADED, detail=far),),
            citations(spoken),
            (),
        )
        return Topic(**{**topic.__dict__, "finding": Finding.NOT_LOADED, "headline": far})
    title = Text("距铁路 {far} m 以内（取表中最宽）", far=number(reach, 0))
    row = _within(asked.ground, layers.frame, reach, title, "name")
    return headed(_topic(spec, layers, (row,), citations(spoken), ()))


def hazard_topic(asked: Question) -> Topic:
    """Return what lies inside the contours of individual risk of hazardous facilities (个人风险等值线, MIX-21)."""
    spec = TopicSpec(HAZARD, "distance", "危险源个人风险等值线", "Individual-risk contours")
    spoken = gates(asked.books, ("individual_risk",))
    if not _loaded(asked, HAZARD):
        return not_loaded(spec, spoken)
    layers = by_role(asked.context, HAZARD)
    assert layers is not None
    known = [(column, level) for column, level in RISK_LEVELS if column in layers.frame.columns]
    rows = tuple(_contour(asked.ground, layers.frame, column, level) for column, level in known)
    radii = layers.frame[[column for column, _ in known]].apply(pd.to_numeric, errors="coerce")
    blind = layers.frame[radii.isna().all(axis=1)] if known else layers.frame
    notes = (Text("{count} 处危险源没有等值线距离，未计入", count=len(blind)),) if len(blind) else ()
    if not known:
        return not_loaded(spec, spoken, Text("图层没有等值线距离"))
    return headed(_topic(spec, layers, rows, citations(spoken), notes))


def _loaded(asked: Question, role: str) -> bool:
    layers = by_role(asked.context, role)
    return layers is not None and len(layers.frame) > 0


def _topic(
    spec: TopicSpec,
    layers: TopicLayers,
    rows: tuple[Row, ...],
    cited: tuple[Citation, ...],
    notes: tuple[str, ...],
) -> Topic:
    undated = () if layers.as_of else (wording.UNDATED,)
    return Topic(
        spec.role, spec.kind, spec.title, spec.title_en, Finding.CLEAR, "", rows, layers.ids, layers.authority,
        layers.as_of, cited, (*notes, *undated),
    )  # fmt: skip


def _within(ground: Ground, frame: gpd.GeoDataFrame, reach_m: float, name: str, field: str) -> Row:
    """Return what lies within `reach_m` of the features of a layer."""
    rows = np.unique(frame.sindex.query(ground.blocks, predicate="dwithin", distance=reach_m)[1])
    near = frame.iloc[rows]
    # Only what is near a block can be within reach of it: long rivers are cut before they are widened.
    window = shapely.clip_by_rect(near.geometry.to_numpy(), *ground.bounds(reach_m + 1.0))
    area = _shared(ground, shapely.union_all(shapely.buffer(window, reach_m, quad_segs=QUARTER)))
    distance = shapely.distance(ground.blocks[:, None], near.geometry.to_numpy()[None, :])
    hit = bool((distance < reach_m).any())
    detail: str = ""
    if hit:
        names = near[field].tolist() if field in near.columns else []
        detail = Text("{names} 最近 {far} m", names=listed(names), far=number(float(distance.min()), 1))
    return row_of(name, _finding(hit=hit, area=area), area, ground, detail=detail)


def _contour(ground: Ground, frame: gpd.GeoDataFrame, column: str, level: float) -> Row:
    """Return what lies inside one contour of all facilities."""
    radius = pd.to_numeric(frame[column], errors="coerce").to_numpy(dtype=np.float64)
    points = frame.geometry.to_numpy()
    distance = shapely.distance(ground.blocks[:, None], points[None, :]).min(axis=0)
    hits = np.flatnonzero(distance <= np.nan_to_num(radius, nan=-1.0))
    circles = shapely.buffer(points[hits], radius[hits], quad_segs=QUARTER)
    area = _shared(ground, shapely.union_all(circles))
    names = frame["name"].iloc[hits].tolist() if "name" in frame.columns else []
    title = Text("个人风险 {level} 等值线内", level=quantity(level, "1/year").removesuffix(UNITS["1/year"]))
    return row_of(title, _finding(hit=bool(len(hits)), area=area), area, ground, detail=listed(names))


def _shared(ground: Ground, zone: shapely.Geometry) -> FloatArray:
    """Return the plane area of each block inside a zone, shape (n,); what is rounding is 0."""
    area: FloatArray = np.asarray(shapely.area(shapely.intersection(ground.blocks, zone)), dtype=np.float64)
    return np.where(area >= AREA_NOISE_M2, area, 0.0)


def _finding(*, hit: bool, area: FloatArray) -> Finding:
    if not hit:
        return Finding.CLEAR
    return Finding.TAKEN if area.sum() > 0 else Finding.CONTACT


def _nearest(ground: Ground, frame: gpd.GeoDataFrame, field: str) -> tuple[float, str]:
    distance = shapely.distance(ground.blocks[:, None], frame.geometry.to_numpy()[None, :]).min(axis=0)
    best = int(distance.argmin())
    name = frame[field].iloc[best] if field in frame.columns else ""
    return float(distance[best]), "" if pd.isna(name) else str(name)
