"""The nouns a store of parcels speaks in (地块库的名词), beside those of `gisapp.model.changes`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from gisapp.model.changes import Author, Change, Descent, Json, Revision, Row

FaultCode = Literal[
    "file",
    "meta",
    "content",
    "chain",
    "anchor",
    "replay",
    "state",
    "interval",
    "seq",
    "op_id",
    "branch",
    "undo",
    "ledger",
]


@dataclass(frozen=True)
class StoreMeta:
    """What a store is of (库的说明): recorded in the seed revision, so that it cannot be changed unnoticed.

    ``crs`` is the CRS of all outlines (``EPSG:4549``); ``seed_hash`` the content hash of the table it was
    made from; ``extra`` any further JSON.
    """

    workspace: str
    crs: str
    seed_hash: str = ""
    extra: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Snapshot:
    """All parcels of a branch at a revision (快照), rows in the order of the seed, new ones last."""

    branch: str
    revision: int
    rows: tuple[Row, ...] = field(repr=False)
    versions: Mapping[str, int] = field(repr=False)


@dataclass(frozen=True)
class Recorded:
    """A revision with what it did (变更记录): its changes, descent, and the gesture it came from."""

    revision: Revision
    changes: tuple[Change, ...]
    descent: tuple[Descent, ...]
    op: Json


@dataclass(frozen=True)
class Branch:
    """A line of revisions (分支): the official one or a scheme (方案).

    ``fork`` is the revision of ``source`` it starts from (both None for the official one); ``head`` its newest
    revision, or ``fork``; ``changed`` how many parcels differ from where it started.
    """

    name: str
    title: str
    source: str | None
    fork: int | None
    author: Author
    made_at: datetime
    open: bool
    head: int
    changed: int


@dataclass(frozen=True)
class DescentStep:
    """One parent → child of the lineage (沿革); ``undone`` where the revision has been taken back."""

    parent_id: str
    child_id: str
    revision: int
    branch: str
    made_at: datetime
    undone: bool


@dataclass(frozen=True)
class Draft:
    """Work not yet committed (草稿); ``updated_at`` is set by the store."""

    id: str
    branch: str
    title: str
    author: Author
    body: Json = field(repr=False)
    updated_at: datetime | None = None


@dataclass(frozen=True)
class Anchor:
    """The hash of a revision noted elsewhere (锚点): a report footer, a backup.

    ``ledger`` and ``ledger_hash`` are those of the newest record of the ledgers; None in anchors of older formats.
    """

    revision: int
    hash: str
    where: str
    made_at: datetime
    ledger: int | None = None
    ledger_hash: str | None = None


@dataclass(frozen=True)
class Fault:
    """One thing that `verify` found wrong (完整性问题)."""

    code: FaultCode
    message: str
    revision: int | None = None
    parcel_id: str | None = None
