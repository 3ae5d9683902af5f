"""Changes of parcels and what is recorded of them (变更与版本)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Final, Literal

import shapely

from gisapp.errors import ConflictError

Scalar = str | float | int | bool | None
Json = Mapping[str, Any]  # any JSON object
Bounds = tuple[float, float, float, float]
OFFICIAL: Final = "official"
"""The branch that says what is registered and planned today (现状库); every other branch is a scheme (方案)."""

RevisionKind = Literal["seed", "edit", "import", "undo", "redo"]
Severity = Literal["error", "warning", "note"]


def canonical(value: object) -> str:
    """Return JSON whose text is the same for equal content: keys sorted, no blanks, no NaN."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


@dataclass(frozen=True)
class Row:
    """One parcel as it is kept (地块记录).

    ``wkb`` is the 2D little-endian WKB of the outline in the workspace's CRS, bit-exact. ``values`` holds the
    fields that have a value, dates as ISO text; a missing value is an absent key.
    """

    parcel_id: str
    wkb: bytes = field(repr=False)
    values: Mapping[str, Scalar] = field(repr=False)

    @classmethod
    def of(cls, parcel_id: str, geometry: shapely.Geometry, values: Mapping[str, Scalar]) -> Row:
        """Return a row from an outline; values that are None are left out."""
        wkb = shapely.to_wkb(geometry, byte_order=1, output_dimension=2, include_srid=False)
        return cls(parcel_id, wkb, {key: value for key, value in values.items() if value is not None})

    @cached_property
    def geometry(self) -> shapely.Geometry:
        """The outline (界线)."""
        return shapely.from_wkb(self.wkb)

    @cached_property
    def values_json(self) -> str:
        """The values as canonical JSON."""
        return canonical(dict(self.values))

    @cached_property
    def hash(self) -> str:
        """The content hash of id, outline bytes and values."""
        digest = hashlib.sha256(f"{self.parcel_id}\x1f{len(self.wkb)}\x1f".encode())
        digest.update(self.wkb)
        digest.update(self.values_json.encode())
        return digest.hexdigest()


@dataclass(frozen=True)
class Change:
    """Old row → new row of one parcel (变更): None before is an insert, None after a delete."""

    parcel_id: str
    before: Row | None
    after: Row | None

    def inverted(self) -> Change:
        """Return the change that takes this one back."""
        return Change(self.parcel_id, self.after, self.before)


@dataclass(frozen=True)
class Descent:
    """One parcel came out of another (沿革): split 1→n, merge n→1."""

    parent_id: str
    child_id: str


@dataclass(frozen=True)
class Author:
    """Who makes a revision (操作人)."""

    name: str
    role: str = "admin"


@dataclass(frozen=True)
class Reason:
    """Why a revision is made (变更事由): a code of the list, free text, and a document number if there is one."""

    code: str
    text: str = ""
    document: str | None = None


@dataclass(frozen=True)
class Commit:
    """What is to be recorded in one transaction (提交).

    ``base`` is the version of every changed parcel that the change was made from, 0 for a new one. ``read``
    are the versions of the neighbours that the topology check looked at; ``window`` [m] and ``seen`` say
    where it looked and at which revision: anything newer there is a conflict, even if it was not there then.
    """

    branch: str
    changes: tuple[Change, ...]
    base: Mapping[str, int]
    author: Author
    reason: Reason
    op_id: str
    op: Json = field(default_factory=dict)
    read: Mapping[str, int] = field(default_factory=dict)
    window: Bounds | None = None
    seen: int | None = None
    descent: tuple[Descent, ...] = ()
    kind: RevisionKind = "edit"
    undoes: int | None = None


@dataclass(frozen=True)
class Revision:
    """One recorded change set (版本); numbers count over all branches, ``hash`` chains to the one before."""

    number: int
    branch: str
    parent: int | None
    kind: RevisionKind
    author: Author
    reason: Reason
    op_id: str
    made_at: datetime
    undoes: int | None
    undone_by: int | None
    parcels: tuple[str, ...]
    prev_hash: str
    hash: str


@dataclass(frozen=True)
class Conflict:
    """One parcel that somebody else changed first (版本冲突).

    ``why``: ``base`` it is being changed, ``read`` it was looked at as a neighbour, ``window`` it came or
    went where the check looked. ``revision`` is the newest one that touched it.
    """

    parcel_id: str
    why: Literal["base", "read", "window"]
    expected: int
    found: int
    revision: Revision | None
    current: Row | None = field(default=None, repr=False)


class EditConflictError(ConflictError):
    """Somebody else changed the same parcels or their neighbours first; ``conflicts`` lists all of them."""

    def __init__(self, conflicts: tuple[Conflict, ...]) -> None:
        shown = "、".join(dict.fromkeys(conflict.parcel_id for conflict in conflicts[:5]))
        more = f" 等 {len(conflicts)} 宗" if len(conflicts) > 5 else ""
        super().__init__(
            f"{shown}{more}已被他人修改",
            action="查看双方的改动，逐宗选择保留哪一个；未选择前不会覆盖任何内容",
        )
        self.conflicts = conflicts


@dataclass(frozen=True)
class Finding:
    """What a check says of an edit (检查发现); an ``error`` forbids to commit. Place in native metres."""

    code: str
    severity: Severity
    message: str
    parcel_ids: tuple[str, ...] = ()
    area_m2: float | None = None
    at: tuple[float, float] | None = None


@dataclass(frozen=True)
class Automatic:
    """A change of an outline that the program made by itself (自动改动), with its plane areas [m²]."""

    parcel_id: str
    what: str
    before_m2: float
    after_m2: float
