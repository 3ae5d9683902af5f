"""The state of a branch (状态): as it is from ``parcel``, as it was from the intervals of ``parcel_version``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from gisapp.model.changes import Change, Row
from gisapp.store.content import load_contents, load_row
from gisapp.store.nouns import Snapshot
from gisapp.store.rules import Current
from gisapp.store.session import Session, in_list
from gisapp.store.spans import effective

IN_FORCE: Final = (
    "v.branch = :branch AND v.from_rev <= :revision AND (v.to_rev IS NULL OR v.to_rev > :revision)"
)
"""Condition on ``parcel_version AS v``: the versions in force at a revision."""


def snapshot(session: Session, branch: str, revision: int | None) -> Snapshot:
    """Return all parcels of a branch at a revision, or now, in the order of the table."""
    holder, number = effective(session, branch, revision)
    params: dict[str, str | int]
    if revision is None:
        source, params = "parcel v WHERE v.branch = :branch", {"branch": branch}
    else:
        source, params = f"parcel_version v WHERE {IN_FORCE}", {"branch": holder, "revision": number}
    sql = f"""
        SELECT c.parcel_id, c.wkb, c.values_json, c.hash, v.ver
        FROM (SELECT v.row_hash, v.ver, v.seq FROM {source}) v
        JOIN row_content c ON c.hash = v.row_hash ORDER BY v.seq
        """  # noqa: S608 (parts of our own)
    found = session.all(sql, params)
    rows = tuple(load_row(*record[:4]) for record in found)
    return Snapshot(branch, number, rows, {record[0]: record[4] for record in found})


def hashes_at(session: Session, branch: str, revision: int) -> dict[str, tuple[str, int]]:
    """Return content hash and place in the table of every parcel of a branch at a revision."""
    holder, number = effective(session, branch, revision)
    sql = f"SELECT v.parcel_id, v.row_hash, v.seq FROM parcel_version v WHERE {IN_FORCE}"  # noqa: S608
    found = session.all(sql, {"branch": holder, "revision": number})
    return {parcel_id: (content, seq) for parcel_id, content, seq in found}


def difference(session: Session, branch: str, a: int, b: int) -> tuple[Change, ...]:
    """Return the changes that take the state at `a` to the state at `b`, in the order of the table."""
    old, new = hashes_at(session, branch, a), hashes_at(session, branch, b)
    nothing = (None, 0)
    differing = [key for key in {**old, **new} if old.get(key, nothing)[0] != new.get(key, nothing)[0]]
    differing.sort(key=lambda key: (old.get(key) or new[key])[1])
    pairs = [(key, old.get(key, nothing)[0], new.get(key, nothing)[0]) for key in differing]
    kept = load_contents(session, (content for _, *both in pairs for content in both))
    return tuple(Change(key, kept.get(before or ""), kept.get(after or "")) for key, before, after in pairs)


def current_rows(session: Session, branch: str, ids: Iterable[str]) -> dict[str, tuple[Row, int]]:
    """Return the current row and version of each parcel of `ids` that exists."""
    sql = """
        SELECT c.parcel_id, c.wkb, c.values_json, c.hash, p.ver FROM parcel p
        JOIN row_content c ON c.hash = p.row_hash WHERE p.branch = :branch AND p.parcel_id IN {ids}
        """
    found = in_list(session, sql, ids, {"branch": branch})
    return {record[0]: (load_row(*record[:4]), record[4]) for record in found}


def current(session: Session, branch: str, ids: Iterable[str]) -> dict[str, Current]:
    """Return version, content hash and newest revision of each parcel of `ids` that exists."""
    sql = """
        SELECT parcel_id, ver, row_hash, revision FROM parcel WHERE branch = :branch AND parcel_id IN {ids}
        """
    found = in_list(session, sql, ids, {"branch": branch})
    return {parcel_id: Current(ver, content, revision) for parcel_id, ver, content, revision in found}
