"""Writing a change set (写入): content, log, state and intervals, in the transaction of the caller."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from gisapp.errors import UsageError
from gisapp.model.changes import Change, Commit, Revision, Row, canonical
from gisapp.store.chain import FORM, GENESIS, ChangeLine, moment_of, moment_text, revision_hash
from gisapp.store.content import content_bounds, store_contents
from gisapp.store.rules import Current, hash_of
from gisapp.store.schema import BOUNDS, TABLES, insert_statement
from gisapp.store.session import Session, in_list

NAMES = {table.name: table.names for table in TABLES}


@dataclass(frozen=True)
class Content:
    """The rows before and after of a change set with their bounds [m], shape (n, 4), all fit to be kept."""

    rows: Sequence[Row]
    bounds: npt.NDArray[np.float64]

    @classmethod
    def of(cls, changes: Iterable[Change]) -> Content:
        """Return the content of changes; InputError where a row cannot be kept."""
        rows = [row for change in changes for row in (change.before, change.after) if row is not None]
        return cls(rows, content_bounds(rows))


@dataclass(frozen=True)
class Stem:
    """What the next revision of a branch grows from (生长点).

    ``parent`` is the branch's newest revision or its fork; ``last``, ``prev_hash`` and ``made_at`` are those of
    the newest revision of all.
    """

    branch_hash: str
    parent: int | None
    last: int
    prev_hash: str
    made_at: str


def stem_of(session: Session, branch: str) -> Stem:
    """Return what the next revision grows from; UsageError if the branch is unknown or closed."""
    sql = """
        SELECT b.closed_at, b.hash,
               coalesce((SELECT max(number) FROM changeset WHERE branch = b.name), b.fork),
               h.number, h.hash, h.made_at
        FROM branch b LEFT JOIN (SELECT number, hash, made_at FROM changeset ORDER BY number DESC LIMIT 1) h
             ON 1 = 1
        WHERE b.name = :branch
        """
    found = session.all(sql, {"branch": branch})
    if not found:
        raise UsageError(f"没有名为 {branch} 的分支", action="查看分支列表")
    closed_at, branch_hash, parent, last, prev_hash, made_at = found[0]
    if closed_at is not None:
        raise UsageError(f"方案 {branch} 已关闭，不能再提交", action="另建方案")
    return Stem(branch_hash, parent, -1 if last is None else last, prev_hash or GENESIS, made_at or "")


def record(
    session: Session,
    given: Commit,
    stem: Stem,
    found: Mapping[str, Current],
    content: Content,
    now: datetime,
) -> Revision:
    """Write a change set that is known to be right and return its revision."""
    lines = _lines(session, given, found)
    header = {
        "number": stem.last + 1,
        "form": FORM,
        "parent": stem.parent,
        "made_at": max(moment_text(now), stem.made_at),
        "prev_hash": stem.prev_hash,
    } | _told(given)
    pairs = [(step.parent_id, step.child_id) for step in given.descent]
    header["hash"] = revision_hash(header, lines, pairs, stem.branch_hash)
    session.run(insert_statement("changeset", NAMES["changeset"]), header)
    store_contents(session, content.rows, content.bounds)
    _write_log(session, stem.last + 1, given, lines, _extents(given.changes, content))
    write_state(session, stem.last + 1, given.branch, lines)
    return _revision(given, header)


def _revision(given: Commit, header: Mapping[str, Any]) -> Revision:
    return Revision(
        number=header["number"],
        branch=given.branch,
        parent=header["parent"],
        kind=given.kind,
        author=given.author,
        reason=given.reason,
        op_id=given.op_id,
        made_at=moment_of(header["made_at"]),
        undoes=given.undoes,
        undone_by=None,
        parcels=tuple(change.parcel_id for change in given.changes),
        prev_hash=header["prev_hash"],
        hash=header["hash"],
    )


def _told(given: Commit) -> dict[str, Any]:
    return {
        "branch": given.branch,
        "kind": given.kind,
        "author": given.author.name,
        "author_role": given.author.role,
        "reason_code": given.reason.code,
        "reason_text": given.reason.text,
        "document": given.reason.document,
        "op_id": given.op_id,
        "op_json": canonical(dict(given.op)),
        "base_json": canonical(dict(given.base)),
        "read_json": canonical(dict(given.read)),
        "window_json": None if given.window is None else canonical([float(side) for side in given.window]),
        "seen": given.seen,
        "undoes": given.undoes,
    }


def _lines(session: Session, given: Commit, found: Mapping[str, Current]) -> list[ChangeLine]:
    absent = [change.parcel_id for change in given.changes if change.parcel_id not in found]
    sql = """
        SELECT parcel_id, max(after_ver) FROM change WHERE branch = :branch AND parcel_id IN {ids} GROUP BY parcel_id
        """
    gone = dict(in_list(session, sql, absent, {"branch": given.branch}))
    seqs = _seqs(session, [change.parcel_id for change in given.changes])
    lines = []
    for change in given.changes:
        key = change.parcel_id
        now = found[key].ver if key in found else 0
        after = max(now, gone.get(key, 0)) + 1
        lines.append(ChangeLine(key, seqs[key], hash_of(change.before), hash_of(change.after), now, after))
    return lines


def _seqs(session: Session, ids: Sequence[str]) -> dict[str, int]:
    """Return the place in the table of each parcel; one that was never there gets the next free one."""
    seqs = dict(in_list(session, "SELECT parcel_id, seq FROM parcel_seq WHERE parcel_id IN {ids}", ids))
    fresh = [key for key in ids if key not in seqs]
    if not fresh:
        return seqs
    ((last,),) = session.all("SELECT coalesce(max(seq), -1) FROM parcel_seq")
    new = {key: last + 1 + k for k, key in enumerate(fresh)}
    session.many(
        insert_statement("parcel_seq", NAMES["parcel_seq"]),
        [{"parcel_id": key, "seq": seq} for key, seq in new.items()],
    )
    return seqs | new


def _extents(changes: Iterable[Change], content: Content) -> list[dict[str, Any]]:
    """Return for each change whether the outline changed, and the bounds [m] of before and after together."""
    by_hash = {row.hash: content.bounds[k] for k, row in enumerate(content.rows)}
    return [
        extent(
            change.before,
            change.after,
            [by_hash[r.hash] for r in (change.before, change.after) if r is not None],
        )
        for change in changes
    ]


def extent(before: Row | None, after: Row | None, boxes: Sequence[npt.NDArray[np.float64]]) -> dict[str, Any]:
    """Return the columns ``outline`` and west … north of one change, from the bounds of its contents."""
    same = before is not None and after is not None and before.wkb == after.wkb
    box = np.array(boxes)
    sides = [*box[:, :2].min(axis=0), *box[:, 2:].max(axis=0)]
    return {"outline": int(not same)} | dict(zip(BOUNDS, map(float, sides), strict=True))


def _write_log(
    session: Session,
    number: int,
    given: Commit,
    lines: Sequence[ChangeLine],
    extents: Sequence[dict[str, Any]],
) -> None:
    fixed = {"number": number, "branch": given.branch}
    changes = [fixed | {"position": k} | line.__dict__ | extents[k] for k, line in enumerate(lines)]
    session.many(insert_statement("change", NAMES["change"]), changes)
    steps = [
        {"number": number, "position": k, "parent_id": step.parent_id, "child_id": step.child_id}
        for k, step in enumerate(given.descent)
    ]
    session.many(insert_statement("lineage", NAMES["lineage"]), steps)


def write_state(session: Session, number: int, branch: str, lines: Sequence[ChangeLine]) -> None:
    """Bring ``parcel`` and the intervals of ``parcel_version`` to a revision."""
    fixed = {"branch": branch, "revision": number}
    keys = [fixed | {"parcel_id": line.parcel_id} for line in lines if line.before_hash is not None]
    ends = """
        UPDATE parcel_version SET to_rev = :revision
        WHERE branch = :branch AND parcel_id = :parcel_id AND to_rev IS NULL
        """
    session.many(ends, keys)
    gone = {line.parcel_id for line in lines if line.after_hash is None}
    params = [{"branch": branch, "parcel_id": key} for key in gone]
    session.many("DELETE FROM parcel WHERE branch = :branch AND parcel_id = :parcel_id", params)
    kept = [
        fixed
        | {"parcel_id": line.parcel_id, "ver": line.after_ver, "seq": line.seq, "row_hash": line.after_hash}
        for line in lines
        if line.after_hash is not None
    ]
    change = " ON CONFLICT (branch, parcel_id) DO UPDATE SET ver = :ver, row_hash = :row_hash, revision = :revision"
    session.many(insert_statement("parcel", NAMES["parcel"], suffix=change), kept)
    begun = [
        {k: v for k, v in row.items() if k != "revision"} | {"from_rev": number, "to_rev": None}
        for row in kept
    ]
    session.many(insert_statement("parcel_version", NAMES["parcel_version"]), begun)
