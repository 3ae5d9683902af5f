"""Topics of areas (面状专题): classes that part the ground, zones, and bottom lines, each with its finding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisapp.context import Context, LoadedLayer
from gisapp.evaluation.site import wording
from gisapp.evaluation.site.cover import Cover, FloatArray, Ground, cover
from gisapp.evaluation.site.layers import TopicLayers, by_layer, by_role, labels, listed
from gisapp.evaluation.site.result import Finding, Row, Topic
from gisapp.evaluation.site.rules import Spoken, citations, contact_band, gates
from gisapp.evaluation.site.topics import OTHER_FIELDS, TopicSpec
from gisapp.i18n import Text, translate
from gisapp.indicators import REGISTRY
from gisapp.rules.load import LoadedRulebook

_WORSE = ("outside", "special", "elastic", "conform")


@dataclass(frozen=True)
class Question:
    """What every topic is asked with (套合条件)."""

    ground: Ground
    context: Context
    books: Sequence[LoadedRulebook]


def area_topic(spec: TopicSpec, asked: Question) -> Topic:
    """Return what the red line takes of the classes of one role."""
    layers = by_role(asked.context, spec.role)
    spoken = gates(asked.books, spec.indicators)
    if layers is None or len(layers.frame) == 0:
        return not_loaded(spec, spoken, "" if layers is None else wording.EMPTY)
    names = labels(layers, spec.by, asked.context)
    found = cover(asked.ground, layers.frame, names)
    rows = _rows(spec, layers, found, asked.ground)
    topic = Topic(
        spec.role, spec.kind, _title(layers, spec.title), _title(layers, spec.title_en, english=True),
        Finding.CLEAR, "", tuple(rows), layers.ids, layers.authority, layers.as_of, citations(spoken), _notes(spec, layers, found),
    )  # fmt: skip
    if spec.kind == "bottom":
        return _bottom(topic, layers, asked, found, spoken)
    if spec.role == "udb":
        return _boundary(topic, asked, spoken)
    return headed(topic)


def other_topic(layer: LoadedLayer, asked: Question) -> Topic:
    """Return what the red line takes of a polygon layer that has no topic of its own (其他图层)."""
    layers, style = by_layer(asked.context, layer), layer.spec.style
    fields = [
        name for name in (style.class_field, *OTHER_FIELDS, style.label) if name in layers.frame.columns
    ]
    title = layer.spec.title
    spec = TopicSpec(layer.spec.role or layer.spec.id, "cover", title.zh, title.text("en"), tuple(fields[:1]))  # type: ignore[arg-type]
    if len(layers.frame) == 0:
        return not_loaded(spec, (), wording.EMPTY)
    found = cover(asked.ground, layers.frame, labels(layers, spec.by, asked.context))
    rows = tuple(_rows(spec, layers, found, asked.ground))
    notes = _notes(spec, layers, found)
    return headed(
        Topic(layer.spec.id, "cover", spec.title, spec.title_en, Finding.CLEAR, "", rows, layers.ids, layers.authority, layers.as_of, (), notes)
    )  # fmt: skip


def not_loaded(spec: TopicSpec, spoken: Sequence[Spoken], note: str = "") -> Topic:
    """Return the topic of a layer that the workspace does not have: a gap, never a pass (未提供)."""
    row = Row(Text.of(spec.title, spec.title_en), Finding.NOT_LOADED)
    notes = (note,) if note else ()
    return Topic(
        spec.role, spec.kind, spec.title, spec.title_en, Finding.NOT_LOADED, wording.lacking(note),
        (row,), citations=citations(spoken), notes=notes,
    )  # fmt: skip


def row_of(name: str, finding: Finding, plane: FloatArray, ground: Ground, **more: object) -> Row:
    """Return a row over plane areas in the blocks, shape (n,)."""
    area = ground.ellipsoidal(plane)
    total = float(area.sum())
    return Row(name, finding, total / ground.total_m2, total, tuple(map(float, area)), **more)  # type: ignore[arg-type]


def headed(topic: Topic) -> Topic:
    """Return a topic with its finding and the one sentence that stands for its rows."""
    taken = [row for row in topic.rows if row.finding is Finding.TAKEN and not row.total]
    gap = next((row for row in topic.rows if row.finding is Finding.UNCOVERED), None)
    if not taken and gap is None:
        return _with(topic, Finding.CLEAR, wording.CLEAR)
    main = max(taken, key=lambda row: row.area_m2 or 0.0, default=None)
    said = [wording.area(main)] if main else []
    said += [wording.more(len(taken) - 1)] if len(taken) > 1 else []
    said += [wording.area(gap)] if gap else []
    return _with(topic, Finding.UNCOVERED if gap else Finding.TAKEN, wording.joined(said))


def _with(topic: Topic, finding: Finding, headline: str, *notes: str) -> Topic:
    return Topic(
        **{**topic.__dict__, "finding": finding, "headline": headline, "notes": (*topic.notes, *notes)}
    )


def _rows(spec: TopicSpec, layers: TopicLayers, found: Cover, ground: Ground) -> list[Row]:
    """Return a row a class, largest first, then what is covered twice and what is not covered."""
    part = spec.kind == "partition"
    order = np.argsort(-found.areas.sum(axis=0), kind="stable")
    rows = [
        row_of(found.classes[k], Finding.TAKEN, found.areas[:, k], ground, part=part, detail=_detail(spec, layers, found, int(k), ground))
        for k in order
        if found.areas[:, k].sum() > 0
    ]  # fmt: skip
    if not part:
        return rows
    if found.overlap.any():
        rows.append(row_of("减：图层内不同类别重叠", Finding.OVERLAP, -found.overlap, ground, part=True))
    if found.uncovered.any():
        name, finding = (spec.outside, Finding.TAKEN) if spec.outside else ("图层未覆盖", Finding.UNCOVERED)
        rows.append(row_of(name, finding, found.uncovered, ground, part=True))
    return rows


def _detail(spec: TopicSpec, layers: TopicLayers, found: Cover, k: int, ground: Ground) -> str:
    """Return the listed fields of the features of one class that share land with the red line."""
    rows = layers.frame.iloc[found.features[found.owner == k]]
    crossed = shapely.intersection(rows.geometry.to_numpy()[:, None], ground.blocks[None, :])
    rows = rows[shapely.area(crossed).sum(axis=1) > 0]
    wanted = [(name, title) for name, title in spec.details if name in rows and rows[name].notna().any()]
    said = [
        Text.of(f"{zh} {listed(rows[n].tolist())}", f"{translate(zh, 'en')} {listed(rows[n].tolist())}")
        for n, zh in wanted
    ]
    if "certain" in rows.columns and not _certain(rows["certain"]):
        said.append(wording.ESTIMATED)
    return wording.joined(said, ("；", "; "))


def _certain(values: pd.Series) -> bool:
    """Return whether all features follow a known alignment (线位确定)."""
    return bool(values.astype("str").str.lower().isin(["true", "1", "1.0"]).all())


def _notes(spec: TopicSpec, layers: TopicLayers, found: Cover) -> tuple[str, ...]:
    lacking = [name for name in spec.by if name not in layers.frame.columns]
    out: list[str] = []
    if lacking and len(lacking) == len(spec.by):
        out.append(Text("图层没有字段 {names}，未能分类", names="、".join(lacking)))
    if not layers.as_of:
        out.append(wording.UNDATED)
    mended = [item for layer in layers.specs for item in layer.findings]
    if mended:
        out.append(Text("读取图层时有 {count} 处几何问题，见“数据”页的图层检查", count=len(mended)))
    if spec.kind == "partition" and found.overlap.any():
        out.append(wording.OVERLAPPING)
    return tuple(out)


def _title(layers: TopicLayers, fallback: str, *, english: bool = False) -> str:
    """Return how the workspace calls the layer, where it is one."""
    if len(layers.specs) != 1:
        return fallback
    return layers.specs[0].spec.title.text("en" if english else "zh")


def _bottom(
    topic: Topic, layers: TopicLayers, asked: Question, found: Cover, spoken: Sequence[Spoken]
) -> Topic:
    """Return a bottom line's topic: the whole first, with the rule's finding; no snapping (UDB-03)."""
    name = Text.of(topic.title, topic.title_en)
    whole = row_of(name, Finding.CLEAR, found.covered, asked.ground, total=True)
    finding = _bottom_finding(whole.area_m2 or 0.0, contact_band(spoken))
    head = Row(**{**whole.__dict__, "finding": finding})
    classes = tuple(Row(**{**row.__dict__, "finding": finding}) for row in topic.rows)
    said = {Finding.CLEAR: wording.CLEAR, Finding.CONTACT: wording.contact(whole)}.get(
        finding, wording.taken(whole)
    )
    notes = [] if contact_band(spoken) else [wording.NO_BAND]
    if finding is Finding.CLEAR and _beyond(layers.frame, asked.ground):
        notes.append(wording.BEYOND)
    return _with(Topic(**{**topic.__dict__, "rows": (head, *classes)}), finding, said, *notes)


def _bottom_finding(area_m2: float, band: tuple[float, float] | None) -> Finding:
    if area_m2 <= 0.0:
        return Finding.CLEAR
    return Finding.CONTACT if band is not None and band[0] < area_m2 < band[1] else Finding.TAKEN


def _beyond(frame: gpd.GeoDataFrame, ground: Ground) -> bool:
    x0, y0, x1, y1 = frame.total_bounds
    a0, b0, a1, b1 = ground.bounds()
    return bool(a1 < x0 or a0 > x1 or b1 < y0 or b0 > y1)


def _boundary(topic: Topic, asked: Question, spoken: Sequence[Spoken]) -> Topic:
    """Return the topic of the development boundary with the state of UDB-02, by the rule's own tolerance."""
    told = next((s.gate.params for s in spoken if s.gate.params), None)
    if told is None or "zone" not in asked.context.frame("udb").columns:
        return headed(topic)
    blocks = gpd.GeoDataFrame(
        {"area_m2": asked.ground.area}, geometry=asked.ground.blocks, crs=asked.context.crs
    )
    states = set(REGISTRY["udb_state"].compute(blocks, asked.context, **told))
    state = next(name for name in _WORSE if name in states)
    outside = next((row for row in topic.rows if row.part and row.name == "城镇开发边界外"), None)
    speaks = [s for s in spoken if s.gate.role == "must" or state in _values(s)]
    note = [wording.WITHIN_TOLERANCE] if outside is not None and state != "outside" else []
    done = Topic(**{**topic.__dict__, "citations": citations(speaks)})
    return _with(done, Finding.TAKEN, wording.boundary(state, outside), *note)


def _values(spoken: Spoken) -> tuple[object, ...]:
    value = spoken.gate.value
    return value if isinstance(value, tuple) else (value,)
