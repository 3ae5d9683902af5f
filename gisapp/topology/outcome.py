"""What an operation on the fabric comes to (编辑结果), and the thresholds of its check."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import shapely

from gisapp.errors import InputError, Problem
from gisapp.model.changes import Automatic, Bounds, Descent, Finding

Point = tuple[float, float]


class TopologyError(InputError):
    """A gesture that means nothing here (操作无效): no such vertex, a line that does not cross the parcel."""


def finite(point: Sequence[float], what: str) -> Point:
    """Return two coordinates as a point, or raise `TopologyError` where one is no number; `what` is the field."""
    if len(point) < 2 or not all(math.isfinite(value) for value in point[:2]):
        raise TopologyError(
            Problem("坐标无效", field=what, value=str(tuple(point)), expected="两个有限的数值")
        )
    return float(point[0]), float(point[1])


@dataclass(frozen=True)
class Tolerances:
    """The thresholds of the operations and of the check (拓扑容差). All are our defaults (status D).

    Lengths in metres, areas in square metres, on the plane.

    Attributes
    ----------
    survey_m
        Coordinates of new free vertices are rounded to it (界址点坐标取至毫米).
    snap_m
        Two points closer than this are one point; a vertex this close to an edge lies on it.
    vertex_m
        Corners closer than this are reported (界址点间距过小), as a warning.
    gap_m
        A void between parcels that is narrower everywhere is a gap (缝隙), not a street.
    overlap_m2
        Pairs of parcels may share this much, and the footprint may differ by this much: arithmetic, not land.
    smallest_m2
        A parcel smaller than this is refused (地块过小).
    sliver
        A parcel is a sliver (细碎地块) where 4πA/P² is below it, or ...
    sliver_m2
        ... where its area is below it; reported as a warning, only if the edit made it so.
    """

    survey_m: float = 0.001
    snap_m: float = 0.001
    vertex_m: float = 0.05
    gap_m: float = 1.0
    overlap_m2: float = 1e-5
    smallest_m2: float = 0.01
    sliver: float = 0.05
    sliver_m2: float = 10.0


DEFAULT = Tolerances()


@dataclass(frozen=True)
class Outcome:
    """What an operation changes and what there is to say about it (编辑结果).

    Attributes
    ----------
    after
        The outline of every parcel that changes or is new [m, the fabric's CRS]; None where it is gone.
    descent
        Which parcel came out of which (沿革).
    notes
        What the operation itself has to say; they are among the findings too.
    findings
        The notes and what `check` says of the result; an ``error`` forbids to commit.
    automatic
        Changes that nobody asked for, with plane areas before and after.
    read
        The parcels that were looked at and did not change.
    window
        Where was looked: xmin, ymin, xmax, ymax.
    roles
        ``corridor`` for the pieces inside a corridor (道路红线内).
    footprint
        The land that the gesture said would come to the fabric or leave it; None for an edit inside.
    """

    after: Mapping[str, shapely.Geometry | None]
    descent: tuple[Descent, ...] = ()
    notes: tuple[Finding, ...] = ()
    findings: tuple[Finding, ...] = ()
    automatic: tuple[Automatic, ...] = ()
    read: tuple[str, ...] = ()
    window: Bounds | None = None
    roles: Mapping[str, str] = field(default_factory=dict)
    footprint: shapely.Geometry | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing forbids to commit."""
        return all(finding.severity != "error" for finding in self.findings)
