"""The local check of an edit (拓扑检查): everything it can have spoiled, and nothing else."""

from __future__ import annotations

import numpy as np

from gisapp.model.changes import Finding
from gisapp.topology import cover
from gisapp.topology.fabric import Fabric
from gisapp.topology.outcome import DEFAULT, Outcome, Tolerances
from gisapp.topology.shapes import faults


def check(before: Fabric, outcome: Outcome, *, tolerances: Tolerances = DEFAULT) -> tuple[Finding, ...]:
    """Return what is wrong after an edit, errors first; it looks at the changed parcels and one metre around.

    Parameters
    ----------
    before
        The fabric that the outcome applies to.
    outcome
        Only its ``after`` and its ``footprint`` are read.
    tolerances
        Thresholds in metres and square metres.

    Returns
    -------
    findings
        Empty for an edit after which the fabric is as good as before. Faults that were there before and did
        not grow are warnings at most. Where an outline is invalid, nothing is said of its neighbours.

    Notes
    -----
    `coverage_is_valid` alone does not see a vertex that moves away from a neighbour at the rim of the fabric,
    so the land that the neighbourhood covers is compared too, by exact edges first, by area where those differ.
    """
    if not outcome.after:
        return ()
    found = [
        fault
        for name, outline in outcome.after.items()
        if outline is not None
        for fault in faults(name, outline, before.find(name), tolerances)
    ]
    if not any(f.code in ("empty", "invalid", "self_intersection") for f in found):
        found += _between(before, outcome, tolerances)
    return tuple(sorted(found, key=lambda f: ("error", "warning", "note").index(f.severity)))


def _between(before: Fabric, outcome: Outcome, tolerances: Tolerances) -> list[Finding]:
    touched = [g for name, new in outcome.after.items() for g in (before.find(name), new) if g is not None]
    shapes = np.array(touched, dtype=object)
    near = before.around(shapes, without=outcome.after, within_m=max(tolerances.gap_m, tolerances.snap_m))
    scene = cover.Scene.of(before, outcome.after, near)
    found = [*cover.overlaps(scene, tolerances)]
    if cover.footprint_changed(scene):
        land = cover.footprint(scene, outcome.footprint, tolerances)
        found += land
        # Where the same land is covered as before, every void was there before.
        if land and not any(f.code == "gap" for f in land):
            found += cover.voids(scene, tolerances)
    if not any(f.severity == "error" for f in found):
        found += cover.unmatched(scene, tolerances)
    return found
