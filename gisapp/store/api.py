"""What a store of parcels does (地块库), whichever database keeps it.

Revisions are numbered over all branches from 0 (the seed). Every moment is aware and in UTC. Methods raise
`InputError` where the store itself is at fault (missing, locked, disk full, newer format), `UsageError` where
the call is, and `EditConflictError` where somebody else was first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from gisapp.model.changes import OFFICIAL, Author, Change, Commit, Json, Reason, Revision, Row
from gisapp.model.ledger import LedgerRecord, NewRecord
from gisapp.store.nouns import Anchor, Branch, DescentStep, Draft, Fault, Recorded, Snapshot, StoreMeta

Clock = Callable[[], datetime]
"""Says what time it is; an aware moment."""


class ParcelStore(Protocol):
    """A store of parcels (地块库); one object may be used from several threads at once."""

    @property
    def exists(self) -> bool:
        """Whether the store has been created."""
        ...

    @property
    def meta(self) -> StoreMeta:
        """What the store is of."""
        ...

    def create(self, meta: StoreMeta, rows: Sequence[Row], *, author: Author, made_at: datetime) -> Revision:
        """Record the seed as revision 0 of the official branch.

        Raises
        ------
        UsageError
            If the store exists, or `made_at` has no time zone.
        InputError
            If a row is not fit to be kept, or the place cannot be written.
        """
        ...

    def close(self) -> None:
        """Let go of all connections; the object can be used again."""
        ...

    def change_token(self) -> int:
        """Return a number that changes whenever anyone, in any process, has committed; cheap."""
        ...

    # -- read

    def head(self, branch: str = OFFICIAL) -> int:
        """Return the newest revision of `branch`; where it has none of its own, the one it was forked at."""
        ...

    def revision(self, number: int) -> Revision:
        """Return one revision; UsageError where there is none."""
        ...

    def revisions(self, numbers: Iterable[int]) -> dict[int, Revision]:
        """Return several revisions at once; unknown numbers are left out."""
        ...

    def by_op(self, op_id: str) -> Revision | None:
        """Return the revision that a client's ``op_id`` made, None where it made none."""
        ...

    def log(self, branch: str | None = None, limit: int = 50, before: int | None = None) -> list[Revision]:
        """Return revisions, newest first, with a number under `before`.

        With a branch: all that led to its state, those of its source up to the fork included.
        """
        ...

    def show(self, number: int) -> Recorded:
        """Return a revision with its changes in the order they were given."""
        ...

    def ops(self, numbers: Iterable[int]) -> dict[int, Json]:
        """Return the gestures that revisions came from, by number; unknown numbers are left out."""
        ...

    def read(self, branch: str = OFFICIAL, revision: int | None = None) -> Snapshot:
        """Return all parcels of `branch`, as they are or as they were when `revision` was the newest.

        The snapshot's revision is the newest one up to `revision` that made this state.
        """
        ...

    def rows(self, branch: str, ids: Iterable[str]) -> dict[str, tuple[Row, int]]:
        """Return the current row and version of each parcel of `ids` that exists."""
        ...

    def history(self, parcel_id: str, branch: str = OFFICIAL) -> list[Recorded]:
        """Return what happened to one parcel on the way to the branch's state, newest first.

        Each record holds that parcel's change and descent only.
        """
        ...

    def lineage(self, parcel_id: str, branch: str | None = None) -> tuple[DescentStep, ...]:
        """Return the whole tree of descent that a parcel stands in, oldest first.

        With a branch: only what led to its state.
        """
        ...

    def diff(self, branch: str, a: int, b: int) -> tuple[Change, ...]:
        """Return what takes the state at revision `a` to the state at `b`, in the order of the table."""
        ...

    def revision_at(self, branch: str, moment: datetime) -> int:
        """Return the revision of `branch` that was in force at a moment; InputError before the seed."""
        ...

    # -- write

    def commit(self, commit: Commit) -> Revision:
        """Record a change set in one transaction; it is on the disk when this returns.

        A repeated ``op_id`` with equal content gives the first revision again.

        Raises
        ------
        EditConflictError
            With every parcel that somebody else changed first; nothing is written.
        UsageError
            If there is nothing to change, ``op_id`` was used for something else, a base version is missing,
            ``before`` is not what that version holds, or the branch is closed or unknown.
        InputError
            If a row is not fit to be kept, or the place cannot be written; nothing is written.
        """
        ...

    def undo(self, number: int, *, author: Author, reason: Reason, op_id: str) -> Revision:
        """Take a revision back by a new one; the undo of an undo is a redo (kind ``redo``).

        Raises
        ------
        EditConflictError
            If one of its parcels was changed since, or an outline that comes back would overlap a newer one.
        UsageError
            If it is the seed or already undone.
        """
        ...

    def undoable(self, branch: str = OFFICIAL, author: str | None = None) -> Revision | None:
        """Return what Ctrl+Z takes back: the newest edit that is in force, of `author` if given."""
        ...

    def redoable(self, branch: str = OFFICIAL, author: str | None = None) -> Revision | None:
        """Return the undo that Ctrl+Y takes back; None when there was a new edit after it."""
        ...

    # -- branches

    def branches(self) -> list[Branch]:
        """Return all branches, the official one first, then oldest first; closed ones too."""
        ...

    def create_branch(
        self, name: str, title: str, *, author: Author, source: str = OFFICIAL, at: int | None = None
    ) -> Branch:
        """Start a scheme from `source`, at its head or at revision `at`; UsageError if the name is taken."""
        ...

    def close_branch(self, name: str, author: Author) -> None:
        """Close a scheme: it is kept and read as before, but takes no more commits."""
        ...

    # -- drafts

    def save_draft(self, draft: Draft) -> Draft:
        """Keep a draft, over an older one of the same id, and return it with its time."""
        ...

    def drafts(self, branch: str | None = None) -> list[Draft]:
        """Return drafts, newest first."""
        ...

    def draft(self, draft_id: str) -> Draft | None:
        """Return one draft."""
        ...

    def drop_draft(self, draft_id: str) -> bool:
        """Forget a draft; say whether there was one."""
        ...

    # -- ledgers

    def ledger(self) -> list[LedgerRecord]:
        """Return all records of the ledgers, of all branches, oldest first."""
        ...

    def post_ledger(
        self,
        new: Sequence[NewRecord],
        *,
        author: Author,
        op_id: str,
        check: Callable[[Sequence[LedgerRecord]], None],
        branch: str = OFFICIAL,
    ) -> tuple[LedgerRecord, ...]:
        """Append records to the ledgers in one transaction, all or none; on the disk when this returns.

        `check` sees all that is recorded while nobody else can write, and raises where `new` must not follow it.
        A repeated ``op_id`` with equal content gives the first records again.

        Raises
        ------
        UsageError
            If there is nothing to post, ``op_id`` was used for something else, or the branch is closed or unknown.
        """
        ...

    # -- integrity

    def verify(self, anchor: Anchor | None = None) -> list[Fault]:
        """Recompute everything that can be recomputed and return what does not agree; empty when sound.

        `anchor`, noted outside the store, holds against a chain that was rewritten as a whole.
        """
        ...

    def anchor(self, where: str) -> Anchor:
        """Note the hash of the newest revision and where it is being written down."""
        ...

    def anchors(self) -> list[Anchor]:
        """Return the anchors, oldest first."""
        ...

    def backup(self, path: Path) -> Anchor:
        """Write everything into a new SQLite file, whichever database this is, and return its anchor.

        UsageError if the file exists. The file can be opened as a store and restored into either database.
        """
        ...
