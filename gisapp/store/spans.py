"""Which revisions made the state of a branch (分支的来历): its own, and its source's up to the fork."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from gisapp.errors import UsageError
from gisapp.store.session import Session

ENDLESS: Final = 2**62
"""Stands for no upper limit."""


@dataclass(frozen=True)
class Span:
    """The revisions from ``low`` to ``high`` of one branch, both included (区间)."""

    branch: str
    low: int
    high: int


def spans_of(session: Session, branch: str) -> list[Span]:
    """Return the spans of a branch, newest first; UsageError where there is no such branch.

    The revision a branch was forked at counts to its source.
    """
    links = {
        name: (source, fork) for name, source, fork in session.all("SELECT name, source, fork FROM branch")
    }
    if branch not in links:
        raise UsageError(f"没有名为 {branch} 的分支", action="查看分支列表")
    spans: list[Span] = []
    name, high = branch, ENDLESS
    while True:
        source, fork = links[name]
        if source is None:
            return [*spans, Span(name, 0, high)]
        spans.append(Span(name, fork + 1, high))
        name, high = source, min(high, fork)


def span_filter(spans: list[Span], *, alias: str = "") -> tuple[str, dict[str, Any]]:
    """Return a condition on columns ``branch`` and ``number`` with its parameters."""
    dot = f"{alias}." if alias else ""
    parts = [
        f"({dot}branch = :branch{k} AND {dot}number >= :low{k} AND {dot}number <= :high{k})"
        for k in range(len(spans))
    ]
    params: dict[str, Any] = {}
    for k, span in enumerate(spans):
        params |= {f"branch{k}": span.branch, f"low{k}": span.low, f"high{k}": span.high}
    return f"({' OR '.join(parts)})", params


def newest(session: Session) -> int:
    """Return the newest revision of all branches; -1 where there is none."""
    ((number,),) = session.all("SELECT max(number) FROM changeset")
    return -1 if number is None else int(number)


def effective(session: Session, branch: str, revision: int | None) -> tuple[str, int]:
    """Return the branch and revision whose intervals hold the state of `branch` at `revision`.

    The revision is the newest up to it that led to the state; the branch is that of the span it falls in.

    Raises
    ------
    UsageError
        If there is no such branch or revision.
    """
    spans = spans_of(session, branch)
    last = newest(session)
    asked = last if revision is None else revision
    if not 0 <= asked <= last:
        raise UsageError(f"没有版本 {asked}", action=f"版本号为 0 至 {last}")
    for span in spans:
        number = _newest_in(session, span, asked)
        if number is not None:
            return span.branch, number
        if asked >= span.low - 1 and span.low > 0:
            return span.branch, span.low - 1
    raise UsageError(f"没有版本 {asked}")


def _newest_in(session: Session, span: Span, asked: int) -> int | None:
    params = {"branch": span.branch, "low": span.low, "high": min(span.high, asked)}
    sql = "SELECT max(number) FROM changeset WHERE branch = :branch AND number BETWEEN :low AND :high"
    ((number,),) = session.all(sql, params)
    return None if number is None else int(number)
