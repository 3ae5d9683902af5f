"""The log (变更日志): revisions, what each did, the history of a parcel, the lineage of parcels."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, cast

from gisapp.errors import InputError, Problem, UsageError
from gisapp.model.changes import Author, Change, Descent, Json, Reason, Revision, RevisionKind
from gisapp.store.chain import moment_of, moment_text
from gisapp.store.content import load_contents
from gisapp.store.nouns import Recorded
from gisapp.store.session import Session, in_list
from gisapp.store.spans import ENDLESS, span_filter, spans_of

HEAD_COLUMNS: Final = """
    c.number, c.branch, c.parent, c.kind, c.author, c.author_role, c.reason_code, c.reason_text, c.document,
    c.op_id, c.made_at, c.undoes, (SELECT u.number FROM changeset u WHERE u.undoes = c.number), c.prev_hash, c.hash
    """


def find_revisions(
    session: Session,
    where: str,
    params: dict[str, Any],  # values of the condition
    limit: int = ENDLESS,
) -> list[Revision]:
    """Return the revisions that meet a condition on ``changeset AS c``, newest first."""
    sql = f"SELECT {HEAD_COLUMNS} FROM changeset c WHERE {where} ORDER BY c.number DESC LIMIT :limit"  # noqa: S608
    return _revisions(session, session.all(sql, params | {"limit": limit}))


def revisions(session: Session, numbers: Iterable[int]) -> dict[int, Revision]:
    """Return revisions by number; unknown ones are left out."""
    sql = f"SELECT {HEAD_COLUMNS} FROM changeset c WHERE c.number IN {{ids}}"  # noqa: S608
    return {found.number: found for found in _revisions(session, in_list(session, sql, numbers))}


def revision(session: Session, number: int) -> Revision:
    """Return one revision; UsageError where there is none."""
    found = revisions(session, [number])
    if number not in found:
        raise UsageError(f"没有版本 {number}", action="查看变更日志")
    return found[number]


def _revisions(session: Session, heads: list[tuple[Any, ...]]) -> list[Revision]:
    sql = "SELECT number, parcel_id FROM change WHERE number IN {ids} ORDER BY number, position"
    parcels: dict[int, list[str]] = {head[0]: [] for head in heads}
    for number, parcel_id in in_list(session, sql, parcels):
        parcels[number].append(parcel_id)
    return [_revision(head, tuple(parcels[head[0]])) for head in heads]


def _revision(head: tuple[Any, ...], parcels: tuple[str, ...]) -> Revision:
    number, branch, parent, kind, author, role, code, text, document, op_id, made_at, undoes, undone_by = (
        head[:13]
    )
    return Revision(
        number=number,
        branch=branch,
        parent=parent,
        kind=cast(RevisionKind, kind),
        author=Author(author, role),
        reason=Reason(code, text, document),
        op_id=op_id,
        made_at=moment_of(made_at),
        undoes=undoes,
        undone_by=undone_by,
        parcels=parcels,
        prev_hash=head[13],
        hash=head[14],
    )


def recorded(session: Session, found: list[Revision], parcel_id: str | None = None) -> list[Recorded]:
    """Return revisions with their changes, descent and gesture; only what concerns a parcel, if given."""
    numbers = [item.number for item in found]
    only = "" if parcel_id is None else " AND parcel_id = :parcel"
    params = {} if parcel_id is None else {"parcel": parcel_id}
    columns = "number, parcel_id, before_hash, after_hash"
    sql = f"SELECT {columns} FROM change WHERE number IN {{ids}}{only} ORDER BY number, position"  # noqa: S608
    lines = in_list(session, sql, numbers, params)
    kept = load_contents(session, (content for line in lines for content in line[2:]))
    changes: dict[int, list[Change]] = {number: [] for number in numbers}
    for number, changed, before, after in lines:
        changes[number].append(Change(changed, kept.get(before or ""), kept.get(after or "")))
    descent = _descent(session, numbers, parcel_id)
    gestures = ops(session, numbers)
    return [
        Recorded(item, tuple(changes[n]), tuple(descent[n]), gestures[n])
        for item in found
        for n in [item.number]
    ]


def ops(session: Session, numbers: Iterable[int]) -> dict[int, Json]:
    """Return the gestures that revisions came from, by number."""
    lines = in_list(session, "SELECT number, op_json FROM changeset WHERE number IN {ids}", numbers)
    return {int(number): json.loads(text) for number, text in lines}


def _descent(session: Session, numbers: list[int], parcel_id: str | None) -> dict[int, list[Descent]]:
    sql = "SELECT number, parent_id, child_id FROM lineage WHERE number IN {ids} ORDER BY number, position"
    found: dict[int, list[Descent]] = {number: [] for number in numbers}
    for number, parent, child in in_list(session, sql, numbers):
        if parcel_id is None or parcel_id in (parent, child):
            found[number].append(Descent(parent, child))
    return found


def log(session: Session, branch: str | None, limit: int, before: int | None) -> list[Revision]:
    """Return revisions under a number, newest first, of all branches or of what led to one branch's state."""
    where, params = ("1 = 1", {}) if branch is None else span_filter(spans_of(session, branch), alias="c")
    below = ENDLESS if before is None else before
    return find_revisions(session, f"{where} AND c.number < :below", params | {"below": below}, limit)


def history(session: Session, parcel_id: str, branch: str) -> list[Recorded]:
    """Return what happened to one parcel on the way to a branch's state, newest first."""
    where, params = span_filter(spans_of(session, branch))
    sql = f"SELECT number FROM change WHERE parcel_id = :parcel AND {where} ORDER BY number DESC"  # noqa: S608
    numbers = [number for (number,) in session.all(sql, params | {"parcel": parcel_id})]
    found = revisions(session, numbers)
    return recorded(session, [found[number] for number in numbers], parcel_id)


def revision_at(session: Session, branch: str, moment: datetime) -> int:
    """Return the revision of a branch that was in force at a moment; InputError before the seed."""
    where, params = span_filter(spans_of(session, branch))
    text = moment_text(moment)
    sql = f"SELECT max(number) FROM changeset WHERE {where} AND made_at <= :moment"  # noqa: S608
    ((number,),) = session.all(sql, params | {"moment": text})
    if number is not None:
        return int(number)
    ((earliest,),) = session.all("SELECT made_at FROM changeset WHERE number = 0")
    raise InputError(
        Problem(
            "该时间早于最早的版本",
            field="moment",
            value=text[:19].replace("T", " "),
            expected=f"{earliest[:19].replace('T', ' ')}（UTC）或之后",
        )
    )
