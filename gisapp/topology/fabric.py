"""The parcel fabric (地块组织): plane outlines by id, found by place, and cheap to change one at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.errors import Problem
from gisapp.model.changes import Bounds
from gisapp.topology.outcome import TopologyError

Geometries = npt.NDArray[np.object_]
FloatArray = npt.NDArray[np.float64]

NEIGHBOUR_M = 1.0
"""Parcels closer than this are neighbours: an edit of one can overlap the other or leave a gap."""


@dataclass(frozen=True)
class _Base:
    """What a fabric was built from; shared by every fabric that was derived from it."""

    ids: tuple[str, ...]
    outlines: Geometries = field(repr=False)
    row: dict[str, int] = field(repr=False)
    tree: shapely.STRtree = field(repr=False)


@dataclass(frozen=True, eq=False)
class Fabric:
    """Outlines of all parcels in the workspace's CRS [m]; never changed, only derived.

    A derived fabric shares the index of the one that was built and lays changed outlines over it, so that
    each step of an editing session costs what it changes, not what the city has.
    """

    _base: _Base = field(repr=False)
    _patch: Mapping[str, shapely.Geometry | None] = field(default_factory=dict, repr=False)

    @classmethod
    def build(cls, ids: Sequence[str], geometries: Iterable[shapely.Geometry]) -> Fabric:
        """Return the fabric of Polygon and MultiPolygon outlines with their ids, indexed once.

        Raises
        ------
        TopologyError
            If an id stands twice or the two lengths differ.
        """
        names, outlines = tuple(ids), np.array(list(geometries), dtype=object)
        row = {name: k for k, name in enumerate(names)}
        if len(row) != len(names) or len(names) != len(outlines):
            raise TopologyError(
                Problem(
                    "地块编号重复或与界线数量不符", field="parcel_id", expected="每宗地块一个编号、一条界线"
                )
            )
        return cls(_Base(names, outlines, row, shapely.STRtree(outlines)))

    def __contains__(self, parcel_id: str) -> bool:
        if parcel_id in self._patch:
            return self._patch[parcel_id] is not None
        return parcel_id in self._base.row

    def __len__(self) -> int:
        new = sum(
            geometry is not None for name, geometry in self._patch.items() if name not in self._base.row
        )
        gone = sum(geometry is None for name, geometry in self._patch.items() if name in self._base.row)
        return len(self._base.ids) + new - gone

    @property
    def ids(self) -> tuple[str, ...]:
        """All parcel ids: those of the built fabric in its order, then new ones in theirs."""
        kept = [name for name in self._base.ids if self._patch.get(name, self) is not None]
        return (*kept, *(name for name in self._new if self._patch[name] is not None))

    @cached_property
    def _new(self) -> tuple[str, ...]:
        return tuple(name for name in self._patch if name not in self._base.row)

    @cached_property
    def _laid(self) -> tuple[tuple[str, ...], FloatArray]:
        """Ids and bounds of the outlines that lie over the built ones."""
        names = tuple(name for name, geometry in self._patch.items() if geometry is not None)
        outlines = np.array([self._patch[name] for name in names], dtype=object)
        return names, shapely.bounds(outlines).reshape(-1, 4)

    def get(self, parcel_id: str) -> shapely.Geometry:
        """Return the outline of one parcel, the very object that was handed in.

        Raises
        ------
        TopologyError
            If there is no such parcel.
        """
        found = self.find(parcel_id)
        if found is None:
            raise TopologyError(
                Problem("没有这宗地块", field="parcel_id", value=parcel_id, action="刷新后重试")
            )
        return found

    def find(self, parcel_id: str) -> shapely.Geometry | None:
        """Return the outline of one parcel, None where there is no such parcel."""
        if parcel_id in self._patch:
            return self._patch[parcel_id]
        row = self._base.row.get(parcel_id)
        return None if row is None else self._base.outlines[row]

    def outlines(self, ids: Iterable[str]) -> Geometries:
        """Return the outlines of `ids`, shape (n,)."""
        names = list(ids)
        out: Geometries = np.empty(len(names), dtype=object)
        for k, name in enumerate(names):
            out[k] = self.get(name)
        return out

    def near(self, bounds: Bounds) -> tuple[str, ...]:
        """Return the ids whose envelope meets `bounds` (xmin, ymin, xmax, ymax) [m], in a fixed order."""
        rows = np.sort(self._base.tree.query(shapely.box(*bounds)))
        ids = self._base.ids
        found = [ids[row] for row in rows if ids[row] not in self._patch]
        names, laid = self._laid
        meets = (
            (laid[:, 0] <= bounds[2])
            & (laid[:, 2] >= bounds[0])
            & (laid[:, 1] <= bounds[3])
            & (laid[:, 3] >= bounds[1])
        )
        return (*found, *(names[k] for k in np.flatnonzero(meets)))

    def neighbours(self, ids: Iterable[str], *, within_m: float = NEIGHBOUR_M) -> tuple[str, ...]:
        """Return the ids of parcels that touch one of `ids` or lie within `within_m`, without `ids`."""
        asked = list(ids)
        return self.around(self.outlines(asked), within_m=within_m, without=asked)

    def around(
        self, geometries: Geometries, *, within_m: float = NEIGHBOUR_M, without: Iterable[str] = ()
    ) -> tuple[str, ...]:
        """Return the ids of parcels within `within_m` of any of `geometries`, save those in `without`."""
        left, seen = set(without), dict[str, None]()
        for geometry in geometries:
            if geometry is None or geometry.is_empty:
                continue
            names = [name for name in self.near(grown(geometry.bounds, within_m)) if name not in left]
            shapely.prepare(geometry)
            close = shapely.dwithin(geometry, self.outlines(names), within_m)
            seen.update((name, None) for name, is_close in zip(names, close, strict=True) if is_close)
        return tuple(seen)

    def with_outlines(self, changed: Mapping[str, shapely.Geometry | None]) -> Fabric:
        """Return a fabric in which these parcels have these outlines; None takes a parcel out."""
        return Fabric(self._base, {**self._patch, **changed})

    def at(self, x: float, y: float, *, within_m: float = 0.0) -> tuple[str, ...]:
        """Return the ids of parcels whose envelope comes within `within_m` of a point."""
        return self.near((x - within_m, y - within_m, x + within_m, y + within_m))


def grown(bounds: Bounds, by_m: float) -> Bounds:
    """Return `bounds` grown on each side."""
    return bounds[0] - by_m, bounds[1] - by_m, bounds[2] + by_m, bounds[3] + by_m
