"""The parcels that an edit starts from (编辑起点): records, versions and fabric of one branch at its head."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import shapely

from gisapp.model.changes import Row
from gisapp.store import Snapshot
from gisapp.topology import Fabric


@dataclass(frozen=True)
class EditState:
    """All parcels of a branch at a revision, ready to be edited (编辑起点)."""

    branch: str
    revision: int
    rows: Mapping[str, Row] = field(repr=False)
    versions: Mapping[str, int] = field(repr=False)

    @classmethod
    def of(cls, snapshot: Snapshot) -> EditState:
        """Return the state of a snapshot of the store."""
        rows = {row.parcel_id: row for row in snapshot.rows}
        return cls(snapshot.branch, snapshot.revision, rows, dict(snapshot.versions))

    @cached_property
    def fabric(self) -> Fabric:
        """The outlines with their index, built once (地块组织)."""
        wkb = [row.wkb for row in self.rows.values()]
        return Fabric.build(tuple(self.rows), shapely.from_wkb(wkb))
