"""Move, insert and delete corners in every parcel that has them (改界), or give outlines whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import shapely

from gisapp.errors import Problem
from gisapp.i18n import Text
from gisapp.model.changes import Automatic, Finding
from gisapp.topology.fabric import Fabric
from gisapp.topology.finish import finished
from gisapp.topology.knit import INSERTED, Outlines, landed, with_vertex
from gisapp.topology.outcome import DEFAULT, Outcome, Point, Tolerances, TopologyError, finite
from gisapp.topology.rings import (
    area_of,
    edges,
    inserted,
    is_areal,
    moved,
    ordered,
    rings_of,
    usable,
    vertices,
    without,
    without_repeats,
)

COLLAPSED = Text("移除重合的界址点")


def reshape(
    fabric: Fabric,
    *,
    moves: Sequence[tuple[Point, Point]] = (),
    inserts: Sequence[tuple[Point, Point, Point]] = (),
    deletes: Sequence[Point] = (),
    within: Iterable[str] | None = None,
    extend: bool = False,
    tolerances: Tolerances = DEFAULT,
) -> Outcome:
    """Return the outcome of moving, inserting and deleting corners (改界); new corners as `landed` has them.

    Parameters
    ----------
    moves
        (at, to) [m]: the corner `at`, exactly as it is, moves in every parcel that has it, all at once; a
        parcel with an edge through it gets it first, which is listed as automatic.
    inserts
        (a, b, at): `at` goes into the edge a – b of every parcel that has it, before anything moves.
    deletes
        Corners that go in every parcel; an error says where fewer than three would stay.
    within, extend
        Only these parcels follow (None for all); that other land is covered afterwards is meant, no error.

    Raises
    ------
    TopologyError
        If there is no such corner or edge.
    """
    if not moves and not inserts and not deletes:
        raise TopologyError(Problem("没有要改动的界址点", field="moves"))
    only = None if within is None else set(within)
    asked: Outlines = {}
    for a, b, at in inserts:
        edge = finite(a, "a"), finite(b, "b")
        _insert(fabric, asked, edge, landed(fabric, finite(at, "at"), tolerances), only)
    ledger = _move(fabric, asked, moves, only, tolerances)
    notes = _delete(fabric, asked, [finite(at, "at") for at in deletes], only)
    land = _difference(fabric, asked) if extend else None
    return finished(fabric, asked, tolerances, notes=notes, automatic=ledger, footprint=land)


def _around(fabric: Fabric, out: Outlines, at: Point, only: set[str] | None, by_m: float) -> list[str]:
    names = fabric.with_outlines(out).at(*at, within_m=by_m)
    return [name for name in names if only is None or name in only]


def _insert(
    fabric: Fabric, out: Outlines, edge: tuple[Point, Point], at: Point, only: set[str] | None
) -> None:
    """Put a corner into an edge of every parcel that has it."""
    key, state = ordered(*edge), fabric.with_outlines(out)
    have = [name for name in _around(fabric, out, edge[0], only, 0.0) if key in edges([state.get(name)])]
    if not have:
        raise TopologyError(Problem("没有这条界线", field="edge", value=str(edge), action="刷新后重试"))
    for name in have:
        out[name] = inserted(state.get(name), {key: [at]})


def _move(
    fabric: Fabric,
    out: Outlines,
    moves: Sequence[tuple[Point, Point]],
    only: set[str] | None,
    tolerances: Tolerances,
) -> list[Automatic]:
    """Move corners in every parcel that has them; those with an edge through one get it first, and are listed."""
    ledger: list[Automatic] = []
    where: dict[Point, Point] = {}
    follow: dict[str, None] = {}
    for at, to in ((finite(at, "at"), finite(to, "to")) for at, to in moves):
        state = fabric.with_outlines(out)
        names = _around(fabric, out, at, only, tolerances.snap_m)
        if not any(at in vertices([state.get(name)]) for name in names):
            raise TopologyError(Problem("没有这个界址点", field="at", value=str(at), action="刷新后重试"))
        for name in with_vertex(fabric, out, at, names, tolerances.snap_m):
            follow[name] = None
            given, now = state.get(name), out.get(name)
            if now is not None and now is not given:
                ledger.append(Automatic(name, INSERTED, area_of(given), area_of(now)))
        where[at] = landed(fabric, to, tolerances)
    state = fabric.with_outlines(out)
    for name in follow:
        new = moved(state.get(name), where)
        out[name] = kept = without_repeats(new)
        if len(shapely.get_coordinates(kept)) != len(shapely.get_coordinates(new)):
            ledger.append(Automatic(name, COLLAPSED, area_of(new), area_of(kept)))
    return ledger


def _delete(
    fabric: Fabric, out: Outlines, deletes: Sequence[Point], only: set[str] | None
) -> tuple[Finding, ...]:
    """Take corners out of every parcel that has them; say where an outline would have fewer than three."""
    notes: list[Finding] = []
    gone: dict[str, list[Point]] = {}
    for at in deletes:
        state = fabric.with_outlines(out)
        have = [name for name in _around(fabric, out, at, only, 0.0) if at in vertices([state.get(name)])]
        if not have:
            raise TopologyError(Problem("没有这个界址点", field="at", value=str(at), action="刷新后重试"))
        for name in have:
            gone.setdefault(name, []).append(at)
    state = fabric.with_outlines(out)
    for name, corners in gone.items():
        outline = state.get(name)
        new = without(outline, corners)
        if _ring_count(new) < _ring_count(outline):
            text = Text("{parcel} 删除后不足 3 个界址点，未删除", parcel=name)
            notes.append(Finding("too_few_corners", "error", text, (name,), None, corners[0]))
        else:
            out[name] = new
    return tuple(notes)


def _ring_count(outline: shapely.Geometry) -> int:
    return sum(len(part) for part in rings_of(outline))


def _difference(fabric: Fabric, out: Outlines) -> shapely.Geometry | None:
    """Return the land that the changed parcels cover before or after, but not both; None if one is invalid."""
    old = usable(fabric.outlines(out))
    new = np.array([outline for outline in out.values() if outline is not None], dtype=object)
    if not shapely.is_valid(new).all():
        return None
    return shapely.symmetric_difference(shapely.union_all(old), shapely.union_all(new))


def replace(
    fabric: Fabric,
    outlines: Mapping[str, shapely.Geometry],
    *,
    extend: bool = False,
    tolerances: Tolerances = DEFAULT,
) -> Outcome:
    """Return the outcome of giving parcels their outlines whole (整体替换): a pasted list, a chosen version.

    Parameters
    ----------
    outlines
        Polygon or MultiPolygon by id of a parcel that exists [m]; coordinates are taken bit by bit.
    extend
        That the fabric covers other land afterwards is meant; else it is an error.

    Raises
    ------
    TopologyError
        If there is no such parcel, nothing is given, or something that is no area.
    """
    if not outlines:
        raise TopologyError(Problem("没有给出界线", field="polygons"))
    for name, outline in outlines.items():
        fabric.get(name)
        if outline is None or not is_areal(outline):
            raise TopologyError(Problem("给出的界线不是面", field="polygons", value=name))
    asked: Outlines = dict(outlines)
    return finished(fabric, asked, tolerances, footprint=_difference(fabric, asked) if extend else None)
