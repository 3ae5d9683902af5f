"""Committing (提交): what may not be recorded, what was recorded already, and who was first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from gisapp.errors import UsageError
from gisapp.model.changes import Commit, Conflict, EditConflictError, Revision
from gisapp.store.content import load_contents
from gisapp.store.log import revision, revisions
from gisapp.store.rules import Clash, Newer, check_before, hash_of, version_clashes, window_clashes
from gisapp.store.schema import BOUNDS
from gisapp.store.session import Session, in_list
from gisapp.store.state import current
from gisapp.store.write import Content, Stem, record, stem_of


def commit(session: Session, given: Commit, content: Content, now: datetime) -> Revision:
    """Record a commit that makes sense in itself; the raises are those of `ParcelStore.commit`."""
    earlier = repeated(session, given)
    if earlier is not None:
        return revision(session, earlier)
    stem = stem_of(session, given.branch)
    newer = _newer(session, given, stem)
    ids = [*(change.parcel_id for change in given.changes), *given.read, *(item.parcel_id for item in newer)]
    found = current(session, given.branch, ids)
    clashes = [*version_clashes(given, found), *window_clashes(given, newer, found)]
    if clashes:
        raise EditConflictError(conflicts(session, given.branch, clashes))
    check_before(given, found)
    return record(session, given, stem, found, content, now)


def repeated(session: Session, given: Commit) -> int | None:
    """Return the number of the revision that this very commit made before, if it did.

    Raises
    ------
    UsageError
        If the op_id was used for something else.
    """
    sql = """
        SELECT number, branch, kind, author, reason_code, reason_text, document, undoes
        FROM changeset WHERE op_id = :op_id
        """
    head = session.all(sql, {"op_id": given.op_id})
    if not head:
        return None
    number, *told = head[0]
    reason = given.reason
    mine = [
        given.branch,
        given.kind,
        given.author.name,
        reason.code,
        reason.text,
        reason.document,
        given.undoes,
    ]
    sql = "SELECT parcel_id, before_hash, after_hash FROM change WHERE number = :number ORDER BY position"
    lines = session.all(sql, {"number": number})
    wanted = [(change.parcel_id, hash_of(change.before), hash_of(change.after)) for change in given.changes]
    if told != mine or lines != wanted:
        raise UsageError(f"操作号 {given.op_id} 已用于另一次提交（版本 {number}）", action="换一个新的操作号")
    return int(number)


def _newer(session: Session, given: Commit, stem: Stem) -> list[Newer]:
    """Return the parcels whose outline changed in the window after the revision the check has seen."""
    if given.seen is None:
        return []
    if not 0 <= given.seen <= stem.last:
        raise UsageError(f"没有版本 {given.seen}（seen）", action="重新读取地块后再改")
    return [] if given.window is None else reshaped_since(session, given.branch, given.seen, given.window)


def reshaped_since(
    session: Session, branch: str, revision: int, window: tuple[float, float, float, float]
) -> list[Newer]:
    """Return parcels that came, went or changed shape in a window [m] after a revision, each once."""
    sql = """
        SELECT parcel_id, before_ver, before_hash FROM change
        WHERE branch = :branch AND number > :seen AND outline = 1
          AND west <= :east AND east >= :west AND south <= :north AND north >= :south
        ORDER BY number DESC, position DESC
        """
    params = {"branch": branch, "seen": revision} | dict(zip(BOUNDS, map(float, window), strict=True))
    first = {line[0]: Newer(*line) for line in session.all(sql, params)}
    return list(first.values())[::-1]


def conflicts(session: Session, branch: str, clashes: Sequence[Clash]) -> tuple[Conflict, ...]:
    """Return clashes with the revision that made them and what is there now."""
    ids = [clash.parcel_id for clash in clashes]
    found = current(session, branch, ids)
    kept = load_contents(session, (item.row_hash for item in found.values()))
    sql = """
        SELECT parcel_id, max(number) FROM change WHERE branch = :branch AND parcel_id IN {ids} GROUP BY parcel_id
        """
    last = dict(in_list(session, sql, ids, {"branch": branch}))
    last |= {key: item.revision for key, item in found.items()}
    told = revisions(session, last.values())
    return tuple(
        Conflict(
            clash.parcel_id,
            clash.why,
            clash.expected,
            clash.found,
            told.get(last.get(clash.parcel_id, -1)),
            kept[found[clash.parcel_id].row_hash] if clash.parcel_id in found else None,
        )
        for clash in clashes
    )
