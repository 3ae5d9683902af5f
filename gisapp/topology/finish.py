"""How every operation ends (收尾): knitted, listed, checked; and several outcomes as one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import shapely

from gisapp.model.changes import Automatic, Bounds, Descent, Finding
from gisapp.topology.checking import check
from gisapp.topology.fabric import NEIGHBOUR_M, Fabric, grown
from gisapp.topology.knit import INSERTED, Outlines, knit
from gisapp.topology.outcome import DEFAULT, Outcome, Tolerances
from gisapp.topology.rings import area_of, bounds_of


def finished(
    fabric: Fabric,
    after: Mapping[str, shapely.Geometry | None],
    tolerances: Tolerances,
    *,
    descent: tuple[Descent, ...] = (),
    notes: tuple[Finding, ...] = (),
    automatic: Sequence[Automatic] = (),
    roles: Mapping[str, str] | None = None,
    footprint: shapely.Geometry | None = None,
) -> Outcome:
    """Return the outcome of an operation: knitted into the fabric, automatic changes listed, checked."""
    knitted = knit(fabric, after, tolerances)
    ledger = (*automatic, *_listed(fabric, after, knitted))
    outcome = Outcome(knitted, descent, notes, automatic=ledger, roles=dict(roles or {}), footprint=footprint)
    return _sealed(fabric, outcome, tolerances)


def _listed(
    fabric: Fabric, asked: Mapping[str, shapely.Geometry | None], knitted: Outlines
) -> list[Automatic]:
    """Return what knitting changed beyond what the gesture asked for, with plane areas before and after."""
    out = []
    for name, outline in knitted.items():
        given = asked[name] if name in asked else fabric.find(name)
        if outline is not None and given is not None and outline is not given:
            out.append(Automatic(name, INSERTED, area_of(given), area_of(outline)))
    return out


def _sealed(fabric: Fabric, outcome: Outcome, tolerances: Tolerances) -> Outcome:
    """Return the outcome with what really changed, where was looked, and what the check says."""
    after = {name: outline for name, outline in outcome.after.items() if not same(fabric.find(name), outline)}
    touched = [g for name, new in after.items() for g in (fabric.find(name), new) if g is not None]
    window: Bounds | None = None
    read: tuple[str, ...] = ()
    if touched:
        shapes = np.array(touched, dtype=object)
        reach = max(NEIGHBOUR_M, tolerances.gap_m)
        window = grown(bounds_of(shapes), reach)
        read = fabric.around(shapes, within_m=reach, without=after)
    bare = replace(outcome, after=after, window=window, read=read, findings=())
    found = check(fabric, bare, tolerances=tolerances)
    return replace(bare, findings=(*outcome.notes, *found))


def same(before: shapely.Geometry | None, after: shapely.Geometry | None) -> bool:
    """Return whether two outlines are the same bit by bit: coordinates, ring starts, directions, order."""
    if before is None or after is None:
        return before is after
    return before is after or bool(shapely.to_wkb(before) == shapely.to_wkb(after))


def apply(fabric: Fabric, outcome: Outcome) -> Fabric:
    """Return the fabric after an outcome; an error among its findings does not keep it from being applied."""
    return fabric.with_outlines(outcome.after)


def combine(fabric: Fabric, outcomes: Sequence[Outcome], *, tolerances: Tolerances = DEFAULT) -> Outcome:
    """Return several outcomes in a row as one, checked as a whole against the first fabric.

    Parameters
    ----------
    fabric
        What the first outcome was made on; each of the others was made on what the one before left.
    outcomes
        In their order.

    Returns
    -------
    outcome
        ``after`` is the last state of each parcel, without those that end as they began or that only came
        and went between; ``descent`` leads from parcels of `fabric` to parcels of the end; the ledger of
        automatic changes is added up by parcel and kind; ``read`` leaves out what changed after all.
    """
    last: Outlines = {}
    for outcome in outcomes:
        last.update(outcome.after)
    roles = {k: v for o in outcomes for k, v in o.roles.items() if last.get(k) is not None}
    alive = {name for name, outline in last.items() if outline is not None}
    lands = [o.footprint for o in outcomes if o.footprint is not None]
    whole = Outcome(
        last,
        _lineage(fabric, outcomes, alive),
        tuple(dict.fromkeys(note for o in outcomes for note in o.notes)),
        automatic=_added_up(o for outcome in outcomes for o in outcome.automatic),
        roles=roles,
        footprint=shapely.union_all(lands) if lands else None,
    )
    sealed = _sealed(fabric, whole, tolerances)
    seen = dict.fromkeys(name for o in outcomes for name in o.read)
    read = (n for n in (*seen, *sealed.read) if n not in sealed.after and n in fabric)
    windows = [o.window for o in (*outcomes, sealed) if o.window is not None]
    return replace(sealed, read=tuple(dict.fromkeys(read)), window=_around(windows))


def _lineage(fabric: Fabric, outcomes: Iterable[Outcome], alive: set[str]) -> tuple[Descent, ...]:
    """Return who came out of whom from the first fabric to the end, what lived only between left out."""
    origins: dict[str, dict[str, None]] = {}
    for outcome in outcomes:
        fresh: dict[str, dict[str, None]] = {}
        for step in outcome.descent:
            roots = dict(origins.get(step.parent_id, {}))
            roots.update({step.parent_id: None} if step.parent_id in fabric else {})
            fresh.setdefault(step.child_id, dict(origins.get(step.child_id, {}))).update(roots)
        origins.update(fresh)
    return tuple(
        Descent(root, child)
        for child, roots in origins.items()
        for root in roots
        if child in alive and child != root
    )


def _added_up(entries: Iterable[Automatic]) -> tuple[Automatic, ...]:
    total: dict[tuple[str, str], Automatic] = {}
    for entry in entries:
        key = entry.parcel_id, entry.what
        known = total.get(key)
        total[key] = (
            entry
            if known is None
            else replace(known, after_m2=known.after_m2 + entry.after_m2 - entry.before_m2)
        )
    return tuple(total.values())


def _around(windows: Sequence[Bounds]) -> Bounds | None:
    if not windows:
        return None
    xmin, ymin, xmax, ymax = zip(*windows, strict=True)
    return min(xmin), min(ymin), max(xmax), max(ymax)
