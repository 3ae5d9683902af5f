"""The lineage of parcels (沿革): what came out of what, over splits and merges."""

from __future__ import annotations

from typing import Any, cast

from gisapp.store.chain import moment_of
from gisapp.store.nouns import DescentStep
from gisapp.store.session import Session, in_list
from gisapp.store.spans import span_filter, spans_of


def lineage(session: Session, parcel_id: str, branch: str | None) -> tuple[DescentStep, ...]:
    """Return the whole tree of descent that a parcel stands in, oldest first."""
    where, params = ("1 = 1", {}) if branch is None else span_filter(spans_of(session, branch), alias="c")
    up = _walk(session, parcel_id, where, params, from_column="child_id", to_column="parent_id")
    down = _walk(session, parcel_id, where, params, from_column="parent_id", to_column="child_id")
    links = sorted(_with_kin(session, up | down))
    undone = _undone(session)
    numbers = {link[0] for link in links}
    sql = "SELECT number, branch, made_at FROM changeset WHERE number IN {ids}"
    heads = {number: (name, moment_of(made)) for number, name, made in in_list(session, sql, numbers)}
    return tuple(
        DescentStep(parent, child, number, *heads[number], undone=number in undone)
        for number, _, parent, child in links
    )


def _walk(
    session: Session,
    parcel_id: str,
    where: str,
    params: dict[str, Any],  # values of the condition
    *,
    from_column: str,
    to_column: str,
) -> set[tuple[int, int, str, str]]:
    """Return all steps reached from a parcel in one direction."""
    sql = f"""
        SELECT l.number, l.position, l.parent_id, l.child_id, l.{to_column}
        FROM lineage l JOIN changeset c ON c.number = l.number WHERE l.{from_column} IN {{ids}} AND {where}
        """  # noqa: S608 (parts of our own)
    seen, fresh = {parcel_id}, {parcel_id}
    steps: set[tuple[int, int, str, str]] = set()
    while fresh:
        found = in_list(session, sql, fresh, params)
        steps |= {(number, position, parent, child) for number, position, parent, child, _ in found}
        fresh = {record[4] for record in found} - seen
        seen |= fresh
    return steps


def _with_kin(session: Session, links: set[tuple[int, int, str, str]]) -> set[tuple[int, int, str, str]]:
    """Return the steps with the siblings of each split and the partners of each merge among them."""
    parents, children = {(link[0], link[2]) for link in links}, {(link[0], link[3]) for link in links}
    sql = "SELECT number, position, parent_id, child_id FROM lineage WHERE number IN {ids}"
    steps = [cast(tuple[int, int, str, str], step) for step in in_list(session, sql, {n for n, *_ in links})]
    return {step for step in steps if (step[0], step[2]) in parents or (step[0], step[3]) in children}


def _undone(session: Session) -> set[int]:
    """Return the revisions that are not in force: undone, and the undo not undone in turn."""
    undoes = session.all("SELECT undoes, number FROM changeset WHERE undoes IS NOT NULL ORDER BY number DESC")
    out: set[int] = set()
    for undone, number in undoes:
        if number not in out:
            out.add(undone)
    return out
