"""What is wrong between outlines (相邻关系检查): overlaps, gaps, edges that do not match, footprint changed."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.i18n import Text
from gisapp.model.changes import Finding, Severity
from gisapp.topology.fabric import Fabric
from gisapp.topology.outcome import Tolerances
from gisapp.topology.rings import Edge, area_of, ordered, points, usable
from gisapp.topology.shapes import place

Geometries = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Scene:
    """The outlines that an edit can have spoiled (检查范围): the changed ones and all within a metre of them."""

    changed: tuple[str, ...]
    around: tuple[str, ...]
    old: Geometries
    new: Geometries
    still: Geometries

    @classmethod
    def of(cls, before: Fabric, after: Mapping[str, shapely.Geometry | None], near: tuple[str, ...]) -> Scene:
        """Return the scene of an edit; `near` are the parcels around that did not change."""
        old = [outline for name in after if (outline := before.find(name)) is not None]
        kept = {name: outline for name, outline in after.items() if outline is not None}
        still = usable(before.outlines(near))
        return cls(tuple(kept), near, usable(_array(old)), _array(kept.values()), still)

    @property
    def names(self) -> tuple[str, ...]:
        """Ids of `after`."""
        return (*self.changed, *self.around)

    @property
    def after(self) -> Geometries:
        """All outlines after the edit: the changed ones first."""
        return np.concatenate([self.new, self.still])

    @property
    def before(self) -> Geometries:
        """All outlines before the edit."""
        return np.concatenate([self.old, self.still])


def _array(geometries: object) -> Geometries:
    given = list(geometries)  # type: ignore[call-overload]
    out: Geometries = np.empty(len(given), dtype=object)
    out[:] = given
    return out


def overlaps(scene: Scene, tolerances: Tolerances) -> tuple[Finding, ...]:
    """Return each pair that shares land, at least one of it changed; what was shared before is a warning."""
    shapes, count = scene.after, len(scene.new)
    left, right = shapely.STRtree(shapes).query(scene.new)
    once = (right >= count) | (left < right)
    left, right = left[once], right[once]
    area = shapely.area(shapely.intersection(shapes[left], shapes[right]))
    out = []
    for i, j, shared in zip(left, right, area, strict=True):
        if shared <= tolerances.overlap_m2:
            continue
        region = shapely.intersection(shapes[i], shapes[j])
        fresh = _minus_old_overlap(region, scene)
        is_new = area_of(fresh) > tolerances.overlap_m2
        pair = (scene.names[i], scene.names[j])
        text = Text(
            "{a} 与 {b} 重叠 {area:.3f} ㎡" if is_new else "{a} 与 {b} 重叠 {area:.3f} ㎡（编辑前已有）",
            a=pair[0],
            b=pair[1],
            area=shared,
        )
        severity: Severity = "error" if is_new else "warning"
        out.append(
            Finding(
                "overlap" if is_new else "overlap_before",
                severity,
                text,
                pair,
                float(shared),
                place(fresh if is_new else region),
            )
        )
    return tuple(out)


def _minus_old_overlap(region: shapely.Geometry, scene: Scene) -> shapely.Geometry:
    old = scene.before
    left, right = shapely.STRtree(old).query(old)
    left, right = left[left < right], right[left < right]
    double = shapely.union_all(_areal(shapely.intersection(old[left], old[right])))
    return shapely.difference(region, double)


def _areal(geometries: Geometries) -> Geometries:
    parts = shapely.get_parts(geometries)
    kept: Geometries = parts[shapely.get_dimensions(parts) == 2]
    return kept


def footprint_changed(scene: Scene) -> bool:
    """Return whether the outer edges of the changed parcels are other than before, edge by edge and exactly."""
    return _rim(scene.old) != _rim(scene.new)


def _rim(outlines: Geometries) -> dict[Edge, int]:
    """Return the edges that are not run both ways, with their direction: +1 from the smaller end, -1."""
    total: dict[Edge, int] = {}
    for ring in shapely.get_rings(shapely.orient_polygons(shapely.get_parts(outlines))):
        corner = points(shapely.get_coordinates(ring))
        for a, b in itertools.pairwise(corner):
            key = ordered(a, b)
            total[key] = total.get(key, 0) + (1 if a <= b else -1)
    return {key: count for key, count in total.items() if count}


def footprint(scene: Scene, allowed: shapely.Geometry | None, tolerances: Tolerances) -> tuple[Finding, ...]:
    """Return where the neighbourhood covers other land than before, gaps told from land given up.

    Land in `allowed` may come and go: it is listed as a note.
    """
    old, new = shapely.union_all(scene.old), shapely.union_all(scene.new)
    still = shapely.union_all(scene.still)
    grew = shapely.difference(shapely.difference(new, old), still)
    shrank = shapely.difference(shapely.difference(old, new), still)
    return (
        *_moved("extends_fabric", Text("超出原有用地范围"), grew, allowed, scene, tolerances),
        *_moved("shrinks_fabric", Text("退出原有用地范围"), shrank, allowed, scene, tolerances),
    )


def _moved(
    code: str,
    text: Text,
    region: shapely.Geometry,
    allowed: shapely.Geometry | None,
    scene: Scene,
    tolerances: Tolerances,
) -> tuple[Finding, ...]:
    """Return a note for land that was meant, an error for each patch that was not."""
    out, wrong = [], region
    if allowed is not None:
        meant = shapely.intersection(region, allowed)
        wrong = shapely.difference(region, allowed)
        if meant.area > tolerances.overlap_m2:
            ids = _touching(meant, scene)
            out.append(
                Finding(
                    code,
                    "note",
                    Text("{what} {area:.3f} ㎡（按要求）", what=text, area=meant.area),
                    ids,
                    float(meant.area),
                    place(meant),
                )
            )
    for part in shapely.get_parts(wrong):
        if part.area <= tolerances.overlap_m2:
            continue
        ids, kind, words = _touching(part, scene), code, text
        if code == "shrinks_fabric" and len(ids) > 1 and _is_between(part, scene):
            kind, words = "gap", Text("地块之间出现缝隙")
        message = Text(
            "{parcels} {what} {area:.3f} ㎡", parcels=Text.list(ids[:4]), what=words, area=part.area
        )
        out.append(Finding(kind, "error", message, ids, float(part.area), place(part)))
    return tuple(out)


def _is_between(region: shapely.Geometry, scene: Scene) -> bool:
    """Return whether parcels stand around a void on most of its rim."""
    rim = shapely.boundary(region)
    free = shapely.difference(rim, shapely.buffer(shapely.union_all(scene.after), 1e-6))
    return bool(shapely.length(free) < shapely.length(rim) / 4)


def _touching(region: shapely.Geometry, scene: Scene) -> tuple[str, ...]:
    close = shapely.dwithin(scene.after, region, 1e-6)
    return tuple(name for name, is_close in zip(scene.names, close, strict=True) if is_close)


def voids(scene: Scene, tolerances: Tolerances) -> tuple[Finding, ...]:
    """Return the narrow voids that were not there before: enclosed ones are errors, open ones warnings."""
    fresh = shapely.difference(_narrow(scene.after, tolerances), _narrow(scene.before, tolerances))
    whole = shapely.union_all(scene.after)
    out = []
    for part in shapely.get_parts(fresh):
        ids = _touching(part, scene)
        if part.area <= tolerances.overlap_m2 or len(ids) < 2:
            continue
        closed = shapely.length(shapely.difference(part.exterior, shapely.buffer(whole, 1e-6))) < 1e-3
        code, severity = ("gap", "error") if closed else ("narrow_strip", "warning")
        message = Text(
            "{parcels} 之间有缝隙 {area:.3f} ㎡" if closed else "{parcels} 之间有狭窄空隙 {area:.3f} ㎡",
            parcels=Text.list(ids[:4]),
            area=part.area,
        )
        out.append(Finding(code, severity, message, ids, float(part.area), place(part)))  # type: ignore[arg-type]
    return tuple(out)


def _narrow(outlines: Geometries, tolerances: Tolerances) -> shapely.Geometry:
    """Return the land of nobody that is narrower than a gap, beside these outlines."""
    half, whole = tolerances.gap_m / 2, shapely.union_all(outlines)
    wide = shapely.buffer(whole, half, join_style="mitre", mitre_limit=2.0)
    return shapely.difference(shapely.buffer(wide, -half, join_style="mitre", mitre_limit=2.0), whole)


def unmatched(scene: Scene, tolerances: Tolerances) -> tuple[Finding, ...]:
    """Return the edges that run along another parcel without being its edge, save those from before."""
    bad = shapely.coverage_invalid_edges(scene.after)
    if shapely.is_empty(bad).all():
        return ()
    known = shapely.coverage_invalid_edges(scene.before)
    was = shapely.buffer(shapely.union_all(known), tolerances.snap_m)
    out = []
    for name, lines in zip(scene.names, bad, strict=True):
        if lines is None or lines.is_empty:
            continue
        fresh = shapely.difference(lines, was)
        if fresh.length > tolerances.snap_m:
            message = Text(
                "{parcel} 有 {length:.3f} m 界线与相邻地块不一致", parcel=name, length=fresh.length
            )
            out.append(Finding("unmatched", "error", message, (name,), None, place(fresh)))
    return tuple(out)
