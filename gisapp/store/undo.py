"""Taking a revision back (撤销) by a new one, and what Ctrl+Z and Ctrl+Y would take."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import shapely

from gisapp.errors import UsageError
from gisapp.model.changes import Author, Change, Commit, EditConflictError, Reason, Revision, Row
from gisapp.store.chain import ChangeLine
from gisapp.store.commit import conflicts, repeated, reshaped_since
from gisapp.store.content import load_contents
from gisapp.store.log import find_revisions, recorded, revision
from gisapp.store.rules import Clash, Current, check_texts, hash_of
from gisapp.store.session import Session
from gisapp.store.state import current
from gisapp.store.write import Content, Stem, record, stem_of

OVERLAP_M2: Final = 1e-6
"""Less growth of an overlap than this is the rounding of an intersection."""

NOT_UNDONE: Final = "NOT EXISTS (SELECT 1 FROM changeset u WHERE u.undoes = c.number)"


def undo(
    session: Session, number: int, author: Author, reason: Reason, op_id: str, now: datetime
) -> Revision:
    """Record the inverse of a revision and return the new one; raises as `ParcelStore.undo`."""
    check_texts(author.name, author.role, reason.code, reason.text, reason.document or "", op_id)
    if not op_id.strip() or not author.name.strip():
        raise UsageError("撤销缺少 op_id 或操作人")
    target = revision(session, number)
    (done,) = recorded(session, [target])
    given = Commit(
        branch=target.branch,
        changes=tuple(change.inverted() for change in done.changes),
        base={},
        author=author,
        reason=reason,
        op_id=op_id,
        op={"op": "undo", "revision": number},
        kind="redo" if target.kind == "undo" else "undo",
        undoes=number,
    )
    earlier = repeated(session, given)
    if earlier is not None:
        return revision(session, earlier)
    if target.kind == "seed":
        raise UsageError("初始版本不能撤销")
    if target.undone_by is not None:
        raise UsageError(f"版本 {number} 已被版本 {target.undone_by} 撤销", action="要恢复请重做")
    return _take_back(session, given, stem_of(session, target.branch), now)


def _take_back(session: Session, given: Commit, stem: Stem, now: datetime) -> Revision:
    number = int(given.op["revision"])
    found = current(session, given.branch, [change.parcel_id for change in given.changes])
    clashes = _changed_since(session, given, number, found)
    if not clashes:
        clashes = _overlapping(session, given, number)
    if clashes:
        raise EditConflictError(conflicts(session, given.branch, clashes))
    return record(session, given, stem, found, Content.of(given.changes), now)


def _changed_since(session: Session, given: Commit, number: int, found: dict[str, Current]) -> list[Clash]:
    """Return the parcels that no longer hold what the revision left; equal content counts as unchanged."""
    vers = {line.parcel_id: line.after_ver if line.after_hash else 0 for line in lines_of(session, number)}
    clashes = []
    for change in given.changes:
        now = found.get(change.parcel_id)
        if (now.row_hash if now else None) != hash_of(change.before):
            key = change.parcel_id
            clashes.append(Clash(key, "base", vers[key], now.ver if now else 0))
    return clashes


def lines_of(session: Session, number: int) -> list[ChangeLine]:
    """Return the changes of a revision as they are kept."""
    sql = """
        SELECT parcel_id, seq, before_hash, after_hash, before_ver, after_ver
        FROM change WHERE number = :number ORDER BY position
        """
    return [ChangeLine(*line) for line in session.all(sql, {"number": number})]


def _overlapping(session: Session, given: Commit, number: int) -> list[Clash]:
    """Return newer outlines of others that an outline which comes back would overlap more than it did."""
    back = [change.after for change in given.changes if change.after is not None and _moves(change)]
    if not back:
        return []
    mine = {change.parcel_id for change in given.changes}
    window = tuple(map(float, shapely.total_bounds([row.geometry for row in back])))
    newer = reshaped_since(session, given.branch, number, window)  # type: ignore[arg-type]  # four numbers
    others = [item for item in newer if item.parcel_id not in mine]
    now = current(session, given.branch, [item.parcel_id for item in others])
    kept = load_contents(session, [i.before_hash for i in others] + [i.row_hash for i in now.values()])
    return [
        Clash(item.parcel_id, "window", item.before_ver, now[item.parcel_id].ver)
        for item in others
        if item.parcel_id in now
        and _overlap_m2(back, kept[now[item.parcel_id].row_hash])
        > _overlap_m2(back, kept.get(item.before_hash or "")) + OVERLAP_M2
    ]


def _moves(change: Change) -> bool:
    return change.before is None or change.after is None or change.before.wkb != change.after.wkb


def _overlap_m2(rows: Sequence[Row], other: Row | None) -> float:
    """Return the plane area [m²] in common; an invalid outline is mended for this one question."""
    if other is None:
        return 0.0
    shapes = [shapely.make_valid(row.geometry) for row in rows]
    return float(shapely.area(shapely.intersection(shapes, shapely.make_valid(other.geometry))).sum())


def undoable(session: Session, branch: str, author: str | None) -> Revision | None:
    """Return the newest edit of a branch that is in force, of one author if given."""
    where = f"c.branch = :branch AND c.kind IN ('edit', 'import', 'redo') AND {NOT_UNDONE}"
    return _first(session, where, branch, author)


def redoable(session: Session, branch: str, author: str | None) -> Revision | None:
    """Return the newest undo that was not taken back, unless there was a new edit after it."""
    mine = "" if author is None else " AND e.author = :author"
    edit = "SELECT 1 FROM changeset e WHERE e.branch = :branch AND e.kind IN ('edit', 'import')"
    later = f"NOT EXISTS ({edit} AND e.number > c.number{mine})"
    return _first(
        session, f"c.branch = :branch AND c.kind = 'undo' AND {NOT_UNDONE} AND {later}", branch, author
    )


def _first(session: Session, where: str, branch: str, author: str | None) -> Revision | None:
    mine = "" if author is None else " AND c.author = :author"
    params = {"branch": branch} | ({} if author is None else {"author": author})
    found = find_revisions(session, where + mine, params, limit=1)
    return found[0] if found else None
