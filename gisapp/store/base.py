"""A store over any database that runs transactions of SQL (地块库): everything but how to connect."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from gisapp.errors import UsageError
from gisapp.model.changes import OFFICIAL, Author, Change, Commit, Json, Reason, Revision, Row
from gisapp.model.ledger import LedgerRecord, NewRecord
from gisapp.store import branches, create, drafts, lineage, log, state, undo
from gisapp.store import commit as committing
from gisapp.store import ledger as records
from gisapp.store.api import Clock
from gisapp.store.nouns import Anchor, Branch, DescentStep, Draft, Fault, Recorded, Snapshot, StoreMeta
from gisapp.store.rules import check_commit
from gisapp.store.session import Session
from gisapp.store.spans import effective
from gisapp.store.verify import verify
from gisapp.store.write import Content


class SqlStore(ABC):
    """The methods of `ParcelStore`, each in one transaction of the database below.

    A backend says how to read, write and create; rules, formats and hashes are the same for all.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    @abstractmethod
    def reading(self) -> AbstractContextManager[Session]:
        """Open a transaction that sees one state throughout; InputError where the store is not there."""

    @abstractmethod
    def writing(self) -> AbstractContextManager[Session]:
        """Open the one transaction that may write; durable when it is left, undone when it raises."""

    @abstractmethod
    def creating(self, meta: StoreMeta) -> AbstractContextManager[Session]:
        """Open the transaction that makes the tables, and make them; UsageError where the store exists."""

    @property
    @abstractmethod
    def exists(self) -> bool:
        """Whether the store has been created."""

    @abstractmethod
    def close(self) -> None:
        """Let go of all connections; the object can be used again."""

    @abstractmethod
    def change_token(self) -> int:
        """Return the newest revision of all branches, as cheaply as the database can."""

    @abstractmethod
    def _copy_to(self, path: Path) -> None:
        """Write everything into a new SQLite file."""

    @property
    def meta(self) -> StoreMeta:
        """What the store is of."""
        with self.reading() as session:
            return create.read_meta(session)

    def create(self, meta: StoreMeta, rows: Sequence[Row], *, author: Author, made_at: datetime) -> Revision:
        """Record the seed as revision 0 of the official branch; raises as `ParcelStore.create`."""
        with self.creating(meta) as session:
            return create.seed(session, meta, rows, author, made_at)

    def head(self, branch: str = OFFICIAL) -> int:
        """Return the newest revision of a branch, or the one it was forked at."""
        with self.reading() as session:
            return effective(session, branch, None)[1]

    def revision(self, number: int) -> Revision:
        """Return one revision."""
        with self.reading() as session:
            return log.revision(session, number)

    def revisions(self, numbers: Iterable[int]) -> dict[int, Revision]:
        """Return several revisions; unknown numbers are left out."""
        with self.reading() as session:
            return log.revisions(session, numbers)

    def by_op(self, op_id: str) -> Revision | None:
        """Return the revision that an op_id made."""
        with self.reading() as session:
            found = session.all("SELECT number FROM changeset WHERE op_id = :op_id", {"op_id": op_id})
            return log.revision(session, int(found[0][0])) if found else None

    def log(self, branch: str | None = None, limit: int = 50, before: int | None = None) -> list[Revision]:
        """Return revisions, newest first."""
        with self.reading() as session:
            return log.log(session, branch, limit, before)

    def show(self, number: int) -> Recorded:
        """Return a revision with its changes."""
        with self.reading() as session:
            return log.recorded(session, [log.revision(session, number)])[0]

    def ops(self, numbers: Iterable[int]) -> dict[int, Json]:
        """Return the gestures that revisions came from."""
        with self.reading() as session:
            return log.ops(session, numbers)

    def read(self, branch: str = OFFICIAL, revision: int | None = None) -> Snapshot:
        """Return all parcels of a branch, now or at a revision."""
        with self.reading() as session:
            return state.snapshot(session, branch, revision)

    def rows(self, branch: str, ids: Iterable[str]) -> dict[str, tuple[Row, int]]:
        """Return the current row and version of each parcel of `ids` that exists."""
        with self.reading() as session:
            effective(session, branch, None)
            return state.current_rows(session, branch, ids)

    def history(self, parcel_id: str, branch: str = OFFICIAL) -> list[Recorded]:
        """Return what happened to one parcel, newest first."""
        with self.reading() as session:
            return log.history(session, parcel_id, branch)

    def lineage(self, parcel_id: str, branch: str | None = None) -> tuple[DescentStep, ...]:
        """Return the tree of descent that a parcel stands in."""
        with self.reading() as session:
            return lineage.lineage(session, parcel_id, branch)

    def diff(self, branch: str, a: int, b: int) -> tuple[Change, ...]:
        """Return what takes the state at `a` to the state at `b`."""
        with self.reading() as session:
            return state.difference(session, branch, a, b)

    def revision_at(self, branch: str, moment: datetime) -> int:
        """Return the revision of a branch that was in force at a moment."""
        with self.reading() as session:
            return log.revision_at(session, branch, moment)

    def commit(self, commit: Commit) -> Revision:
        """Record a change set in one transaction; raises as `ParcelStore.commit`."""
        check_commit(commit)
        content = Content.of(commit.changes)
        with self.writing() as session:
            return committing.commit(session, commit, content, self._clock())

    def undo(self, number: int, *, author: Author, reason: Reason, op_id: str) -> Revision:
        """Take a revision back by a new one; raises as `ParcelStore.undo`."""
        with self.writing() as session:
            return undo.undo(session, number, author, reason, op_id, self._clock())

    def undoable(self, branch: str = OFFICIAL, author: str | None = None) -> Revision | None:
        """Return what Ctrl+Z takes back."""
        with self.reading() as session:
            return undo.undoable(session, branch, author)

    def redoable(self, branch: str = OFFICIAL, author: str | None = None) -> Revision | None:
        """Return the undo that Ctrl+Y takes back."""
        with self.reading() as session:
            return undo.redoable(session, branch, author)

    def branches(self) -> list[Branch]:
        """Return all branches, closed ones too."""
        with self.reading() as session:
            return branches.branches(session)

    def create_branch(
        self, name: str, title: str, *, author: Author, source: str = OFFICIAL, at: int | None = None
    ) -> Branch:
        """Start a scheme."""
        with self.writing() as session:
            return branches.create_branch(session, name, title, author, source, at, self._clock())

    def close_branch(self, name: str, author: Author) -> None:
        """Close a scheme."""
        with self.writing() as session:
            branches.close_branch(session, name, author, self._clock())

    def save_draft(self, draft: Draft) -> Draft:
        """Keep a draft."""
        with self.writing() as session:
            return drafts.save_draft(session, draft, self._clock())

    def drafts(self, branch: str | None = None) -> list[Draft]:
        """Return drafts, newest first."""
        where, params = ("1 = 1", {}) if branch is None else ("branch = :branch", {"branch": branch})
        with self.reading() as session:
            return drafts.drafts(session, where, params)

    def draft(self, draft_id: str) -> Draft | None:
        """Return one draft."""
        with self.reading() as session:
            found = drafts.drafts(session, "id = :id", {"id": draft_id})
        return found[0] if found else None

    def drop_draft(self, draft_id: str) -> bool:
        """Forget a draft."""
        with self.writing() as session:
            return drafts.drop_draft(session, draft_id)

    def ledger(self) -> list[LedgerRecord]:
        """Return all records of the ledgers, of all branches, oldest first."""
        with self.reading() as session:
            return records.ledger(session)

    def post_ledger(
        self,
        new: Sequence[NewRecord],
        *,
        author: Author,
        op_id: str,
        check: records.Check,
        branch: str = OFFICIAL,
    ) -> tuple[LedgerRecord, ...]:
        """Append records to the ledgers, all or none; raises as `ParcelStore.post_ledger`."""
        with self.writing() as session:
            return records.post(session, branch, new, author, op_id, check, self._clock())

    def verify(self, anchor: Anchor | None = None) -> list[Fault]:
        """Recompute everything and return what does not agree."""
        with self.reading() as session:
            return verify(session, anchor)

    def anchor(self, where: str) -> Anchor:
        """Note the hash of the newest revision."""
        with self.writing() as session:
            return drafts.anchor(session, where, self._clock())

    def anchors(self) -> list[Anchor]:
        """Return the anchors, oldest first."""
        with self.reading() as session:
            return drafts.anchors(session)

    def backup(self, path: Path) -> Anchor:
        """Write everything into a new SQLite file and return its anchor."""
        if path.exists():
            raise UsageError(f"备份文件 {path.name} 已存在", action="换一个文件名；备份从不覆盖")
        noted = self.anchor(f"备份 {path.name}")
        self._copy_to(path)
        return noted
