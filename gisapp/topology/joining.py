"""Merge parcels, draw new land, retire parcels (合并、新绘、注销)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import shapely

from gisapp.errors import Problem
from gisapp.i18n import Text
from gisapp.model.changes import Automatic, Descent, Finding
from gisapp.topology.dividing import faces_of, restored
from gisapp.topology.fabric import Fabric
from gisapp.topology.finish import finished
from gisapp.topology.knit import INSERTED, landed
from gisapp.topology.outcome import DEFAULT, Outcome, Tolerances, TopologyError, finite
from gisapp.topology.rings import (
    area_of,
    assemble,
    bounds_of,
    edges,
    is_areal,
    moved,
    planted,
    points,
    rings_of,
    usable,
    vertices,
    without_repeats,
)
from gisapp.topology.shapes import place, straight

Name = Callable[[str, int], str]


def merge(
    fabric: Fabric,
    ids: Sequence[str],
    *,
    name: Name | None = None,
    keep: str | None = None,
    tolerances: Tolerances = DEFAULT,
) -> Outcome:
    """Return the outcome of merging parcels (合并) under the id `keep`, or a new one: ``name(ids[0], 1)``.

    Shared edges go, every other corner stays where it is, corners on a straight line too: a note
    ``kept_corners`` counts those at which an edge went, and shows the first. Parcels that do not touch become one of several
    parts, with a warning; voids that the merged parcel encloses become holes, with a warning.

    Raises
    ------
    TopologyError
        If fewer than two parcels are given, none or both of `name` and `keep`, or `keep` is not one of them.
    """
    names = list(dict.fromkeys(ids))
    given = fabric.outlines(names)
    target = _target(fabric, names, name, keep)
    matched, automatic = _matched(names, list(given), tolerances)
    outline, notes = _union(names, target, matched, tolerances)
    after: dict[str, shapely.Geometry | None] = dict.fromkeys(names)
    after[target] = outline
    descent = tuple(Descent(parent, target) for parent in names if parent != target)
    # Matching edges that were a fraction of a millimetre apart moves land by as much: meant, and listed.
    land = (
        shapely.symmetric_difference(*usable(np.array([outline, shapely.union_all(usable(given))])))
        if automatic
        else None
    )
    return finished(
        fabric, after, tolerances, descent=descent, notes=notes, automatic=automatic, footprint=land
    )


def _target(fabric: Fabric, names: list[str], name: Name | None, keep: str | None) -> str:
    if len(names) < 2:
        raise TopologyError(Problem("合并至少需要两宗地块", field="parcel_ids", value="、".join(names)))
    if (name is None) == (keep is None) or (keep is not None and keep not in names):
        raise TopologyError(
            Problem("合并后的编号不明确", field="parcel_id", expected="沿用其中一宗的编号，或一个新编号")
        )
    target = keep if name is None else name(names[0], 1)
    if target is None or (target in fabric and target not in names):
        raise TopologyError(Problem("新地块编号已被使用", field="parcel_id", value=target))
    return target


def _matched(
    names: list[str], outlines: list[shapely.Geometry], tolerances: Tolerances
) -> tuple[list[shapely.Geometry], list[Automatic]]:
    """Return outlines in which each has the others' corners that lie on its edges, and what that changed."""
    corners = vertices(outlines)
    out, ledger = [], []
    for parcel_id, outline in zip(names, outlines, strict=True):
        own = vertices([outline])
        x0, y0, x1, y1 = bounds_of([outline])
        near = [p for p in corners if p not in own and x0 - 1 <= p[0] <= x1 + 1 and y0 - 1 <= p[1] <= y1 + 1]
        new = planted(outline, near, snap_m=tolerances.snap_m)
        out.append(new)
        if new is not outline:
            ledger.append(Automatic(parcel_id, INSERTED, area_of(outline), area_of(new)))
    return out, ledger


def _union(
    names: list[str], target: str, outlines: list[shapely.Geometry], tolerances: Tolerances
) -> tuple[shapely.Geometry, tuple[Finding, ...]]:
    """Return the merged outline and the notes about it."""
    shapes = usable(np.array(outlines, dtype=object))
    total = float(np.sum(shapely.area(shapes)))
    count: dict[tuple[tuple[float, float], tuple[float, float]], int] = {}
    for outline in outlines:
        for edge in edges([outline]):
            count[edge] = count.get(edge, 0) + 1
    faces, _ = faces_of(edge for edge, n in count.items() if n == 1)
    inside = shapely.point_on_surface(faces)
    parts = [
        face for face, point in zip(faces, inside, strict=True) if shapely.intersects(shapes, point).any()
    ]
    merged_area = float(np.sum(shapely.area(np.array(parts, dtype=object)))) if parts else 0.0
    notes: list[Finding] = []
    if abs(merged_area - total) > tolerances.overlap_m2:
        lost = total - float(shapely.union_all(shapes).area)
        parts = list(shapely.get_parts(shapely.union_all(shapes)))
        text = Text("合并前的地块互相重叠 {area:.3f} ㎡，合并后只计一次", area=lost)
        notes.append(Finding("merged_overlap", "warning", text, tuple(names), lost, place(parts[0])))
    like = assemble([rings for outline in outlines for rings in rings_of(outline)], multi=True)
    parts = restored(parts, like)
    outline = assemble([rings_of(part)[0] for part in parts])
    gone = {end for edge, n in count.items() if n > 1 for end in edge}
    return outline, (*notes, *_merge_notes(target, outline, outlines, gone, tolerances))


def _merge_notes(
    target: str,
    outline: shapely.Geometry,
    parents: list[shapely.Geometry],
    gone: set[tuple[float, float]],
    tolerances: Tolerances,
) -> list[Finding]:
    notes = []
    parts = rings_of(outline)
    if len(parts) > 1 + sum(len(rings_of(parent)) - 1 for parent in parents):
        text = Text("合并的地块互不相连，{parcel} 由 {count} 部分组成", parcel=target, count=len(parts))
        notes.append(Finding("not_adjacent", "warning", text, (target,), None, place(outline)))
    known = {frozenset(points(ring)) for parent in parents for part in rings_of(parent) for ring in part[1:]}
    for ring in (ring for part in parts for ring in part[1:]):
        if frozenset(points(ring)) not in known:
            void = shapely.Polygon(ring)
            area = float(void.area)
            text = Text(
                "{parcel} 围住了一块不属于任何被合并地块的土地（{area:.3f} ㎡）", parcel=target, area=area
            )
            notes.append(Finding("void_enclosed", "warning", text, (target,), area, place(void)))
    kept = [c for part in parts for ring in part for c in straight(ring, tolerances.snap_m) if c in gone]
    if kept:
        text = Text("{parcel} 保留了 {count} 个位于直线上的原分割点", parcel=target, count=len(kept))
        notes.append(Finding("kept_corners", "note", text, (target,), None, kept[0]))
    return notes


def draw(
    fabric: Fabric,
    geometry: shapely.Geometry,
    parcel_id: str,
    *,
    extend: bool,
    tolerances: Tolerances = DEFAULT,
) -> Outcome:
    """Return the outcome of drawing a new parcel (新绘地块) on land that is nobody's.

    Parameters
    ----------
    fabric, parcel_id
        The id is new.
    geometry
        Polygon or MultiPolygon [m]. Corners within snap_m of a corner or an edge of a parcel come to lie on it,
        the others are rounded to survey_m. Land of another parcel in it is an ``overlap``, an error.
    extend
        That the fabric grows is meant; else ``extends_fabric`` is an error.

    Raises
    ------
    TopologyError
        If there is a parcel of this id, or the geometry is no area.
    """
    if parcel_id in fabric:
        raise TopologyError(Problem("地块编号已被使用", field="parcel_id", value=parcel_id))
    if not is_areal(geometry):
        raise TopologyError(Problem("新绘的不是面", field="polygons"))
    where = {point: landed(fabric, finite(point, "polygons"), tolerances) for point in vertices([geometry])}
    new = without_repeats(moved(shapely.force_2d(geometry), where))
    return finished(fabric, {parcel_id: new}, tolerances, footprint=new if extend else None)


def retire(fabric: Fabric, ids: Iterable[str], *, tolerances: Tolerances = DEFAULT) -> Outcome:
    """Return the outcome of taking parcels out of the fabric (注销): their land is nobody's afterwards."""
    names = list(dict.fromkeys(ids))
    if not names:
        raise TopologyError(Problem("没有选中地块", field="parcel_ids"))
    gone = shapely.union_all(usable(fabric.outlines(names)))
    return finished(fabric, dict.fromkeys(names), tolerances, footprint=gone)
