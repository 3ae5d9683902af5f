"""The site check itself (红线套合): a red line, a context, parcels and rulebooks in, a `SiteCheck` out; no clock, no path."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any, Final

import numpy as np
import shapely

from gisapp._version import __version__
from gisapp.context import Context, LoadedLayer
from gisapp.crs import ellipsoidal_area
from gisapp.errors import InputError, Problem
from gisapp.evaluation.site import wording
from gisapp.evaluation.site.areas import Question, area_topic, other_topic
from gisapp.evaluation.site.cover import Ground
from gisapp.evaluation.site.distances import hazard_topic, rail_topic, river_topic
from gisapp.evaluation.site.holdings import owner_topic, parcel_rows
from gisapp.evaluation.site.result import BlockRow, Finding, SiteCheck, Topic
from gisapp.evaluation.site.topics import AREAS, HAZARD, RAIL, RIVER
from gisapp.format import square_metres
from gisapp.i18n import Text
from gisapp.io.hashing import sha256_text
from gisapp.io.importcrs import label
from gisapp.io.redline import RedLine
from gisapp.kernels.coverage import overlaps
from gisapp.rules.load import LoadedRulebook

FORMAT: Final = 1
"""Raised when the same inputs give other numbers or other rows."""
Progress = Callable[[str, int, int], None]


def site_id(
    redline: RedLine, context: Context, *, parcels_hash: str, books: Sequence[LoadedRulebook], as_of: date
) -> str:
    """Return the hash of everything that can change a number of a site check (套合编号)."""
    rules = [f"{book.rulebook.id}={book.hash}" for book in books]
    parts = [redline.hash, context.hash, parcels_hash, *rules, as_of.isoformat(), __version__, str(FORMAT)]
    return sha256_text(parts)


def site_check(
    redline: RedLine,
    context: Context,
    *,
    books: Sequence[LoadedRulebook],
    parcels_hash: str,
    revision: int,
    branch: str,
    gaps: Sequence[str] = (),
    progress: Progress = lambda stage, done, total: None,
) -> SiteCheck:
    """Return what `redline` lies on.

    Parameters
    ----------
    redline
        Blocks in the context's CRS.
    context
        Layers, and as its fabric the parcel table with ``area_m2``; on the day of the check.
    books
        The rulebooks in force, whose gates give thresholds and clauses.
    parcels_hash, revision, branch
        Which state of the parcels the fabric is.
    gaps
        What is known to be lacking beforehand, such as a rulebook that cannot be read.

    Raises
    ------
    InputError
        If blocks of the red line overlap each other, or one has no area.
    """
    _require_apart(redline)
    ground = _ground(redline, context)
    asked = Question(ground, context, books)
    steps = _steps(asked, revision)
    topics = []
    for done, (title, build) in enumerate(steps):
        progress(title, done, len(steps) + 1)
        topics.append(build())
    progress("涉及宗地", len(steps), len(steps) + 1)
    parcels = parcel_rows(ground, context.fabric, context)
    blocks = tuple(
        BlockRow(b.number, b.name, float(ground.area[k]), float(ground.plane[k]), b.declared_m2, b.use)
        for k, b in enumerate(redline.blocks)
    )
    lacking = (*gaps, *_gaps(topics), *_far(ground, context))
    number = site_id(redline, context, parcels_hash=parcels_hash, books=books, as_of=context.as_of)
    head = _manifest(number, redline, context, books, parcels_hash, revision, branch)
    return SiteCheck(number, redline, blocks, tuple(topics), parcels, lacking, head)


def _steps(asked: Question, revision: int) -> list[tuple[str, Callable[[], Topic]]]:
    """Return title and question of every topic, in the order of the table."""
    steps: list[tuple[str, Callable[[], Topic]]] = []
    for spec in AREAS:
        steps.append((spec.title, partial(area_topic, spec, asked)))
    steps += [("沿江距离控制", lambda: river_topic(asked)), ("危险源", lambda: hazard_topic(asked))]
    steps += [("铁路", lambda: rail_topic(asked))]
    known = {spec.role for spec in AREAS} | {*RIVER, HAZARD, RAIL}
    for layer in asked.context.layers.values():
        if layer.spec.kind == "polygon" and layer.spec.role not in known:
            steps.append((layer.spec.title.zh, partial(other_topic, layer, asked)))
    steps.append(("权属", lambda: owner_topic(asked.ground, asked.context.fabric, revision=revision)))
    return steps


def _ground(redline: RedLine, context: Context) -> Ground:
    shapes = np.array([block.geometry for block in redline.blocks], dtype=object)
    return Ground(shapes, shapely.area(shapes), ellipsoidal_area(shapes, context.crs))


def _require_apart(redline: RedLine) -> None:
    """Raise if blocks overlap: their land would count twice."""
    shapes = np.array([block.geometry for block in redline.blocks], dtype=object)
    left, right, area = overlaps(shapes)
    if len(left) == 0:
        return
    raise InputError(
        Problem(
            "红线地块相互重叠，面积会重复计算",
            file=redline.name,
            field=f"{redline.blocks[a].name}、{redline.blocks[b].name}",
            value=square_metres(float(shared)),
            expected="各地块互不重叠",
            action="改正界址点，或分开核对",
        )
        for a, b, shared in list(zip(left, right, area, strict=True))[:20]
    )


def _gaps(topics: Sequence[Topic]) -> tuple[str, ...]:
    """Return what the table does not know, topic by topic (缺口)."""
    out: list[str] = []
    for topic in topics:
        title = Text.of(topic.title, topic.title_en)
        if topic.finding is Finding.NOT_LOADED:
            out.append(Text("{topic}：{said}，未作判断", topic=title, said=topic.headline))
        for row in topic.rows:
            if row.finding is Finding.UNCOVERED:
                out.append(Text("{topic}：{said}，这部分未作判断", topic=title, said=wording.area(row)))
    return tuple(out)


def _far(ground: Ground, context: Context) -> tuple[str, ...]:
    """Return a warning where the red line lies outside everything that the workspace has: another zone is likely."""
    frames = [
        layer.frame for layer in context.layers.values() if layer.frame is not None and len(layer.frame)
    ]
    frames += [context.fabric] if len(context.fabric) else []
    if not frames:
        return (Text("工作区没有任何矢量图层"),)
    bounds = np.array([frame.total_bounds for frame in frames])
    x0, y0 = bounds[:, :2].min(axis=0)
    x1, y1 = bounds[:, 2:].max(axis=0)
    a0, b0, a1, b1 = ground.bounds()
    if a0 >= x0 and b0 >= y0 and a1 <= x1 and b1 <= y1:
        return ()
    return (Text("红线有一部分在工作区全部图层的范围之外，请核对坐标系与带号"),)


def _manifest(
    number: str,
    redline: RedLine,
    context: Context,
    books: Sequence[LoadedRulebook],
    parcels_hash: str,
    revision: int,
    branch: str,
) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "site_id": number,
        "gisapp": __version__,
        "as_of": context.as_of.isoformat(),
        "branch": branch,
        "revision": revision,
        "redline": {
            "hash": redline.hash,
            "crs": label(context.crs),
            "source_crs": redline.source_crs,
            "blocks": len(redline.blocks),
        },
        "context": {"hash": context.hash, "layers": [_layer(layer) for layer in context.layers.values()]},
        "parcels": {"hash": parcels_hash, "rows": len(context.fabric)},
        "rulebooks": [
            {"id": book.rulebook.id, "edition": book.rulebook.edition, "hash": book.hash} for book in books
        ],
    }


def _layer(layer: LoadedLayer) -> dict[str, Any]:
    spec = layer.spec
    as_of = spec.as_of.isoformat() if spec.as_of else None
    return {
        "id": spec.id, "title": spec.title.zh, "role": spec.role, "authority": spec.authority, "as_of": as_of,
        "synthetic": spec.synthetic, "hash": layer.hash,
    }  # fmt: skip
