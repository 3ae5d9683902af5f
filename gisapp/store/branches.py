"""Branches (分支): the official line and the schemes; each holds its own state from its fork on."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from gisapp.errors import UsageError
from gisapp.model.changes import OFFICIAL, Author
from gisapp.store.chain import branch_hash, moment_of, moment_text
from gisapp.store.nouns import Branch
from gisapp.store.rules import check_texts
from gisapp.store.schema import insert_statement
from gisapp.store.session import Session
from gisapp.store.spans import effective, newest
from gisapp.store.state import IN_FORCE

OFFICIAL_TITLE: Final = "现状"

COLUMNS: Final = (
    "name",
    "title",
    "source",
    "fork",
    "author",
    "author_role",
    "made_at",
    "hash",
    "closed_at",
    "closed_by",
)


def branches(session: Session) -> list[Branch]:
    """Return all branches, the official one first, then oldest first."""
    sql = """
        SELECT b.name, b.title, b.source, b.fork, b.author, b.author_role, b.made_at, b.closed_at,
               coalesce((SELECT max(c.number) FROM changeset c WHERE c.branch = b.name), b.fork)
        FROM branch b ORDER BY b.source IS NOT NULL, b.made_at, b.name
        """
    return [_branch(session, line) for line in session.all(sql)]


def _branch(session: Session, line: tuple[Any, ...]) -> Branch:
    name, title, source, fork, author, role, made_at, closed_at, head = line
    return Branch(
        name=name,
        title=title,
        source=source,
        fork=fork,
        author=Author(author, role),
        made_at=moment_of(made_at),
        open=closed_at is None,
        head=head,
        changed=_changed(session, name, fork or 0),
    )


def _changed(session: Session, branch: str, start: int) -> int:
    """Return how many parcels differ from what the branch started with."""
    sql = f"""
        SELECT count(*) FROM (
            SELECT DISTINCT parcel_id FROM change WHERE branch = :branch AND number > :revision) d
        LEFT JOIN parcel p ON p.branch = :branch AND p.parcel_id = d.parcel_id
        LEFT JOIN (SELECT v.parcel_id, v.row_hash FROM parcel_version v WHERE {IN_FORCE}) f
               ON f.parcel_id = d.parcel_id
        WHERE coalesce(p.row_hash, '') <> coalesce(f.row_hash, '')
        """  # noqa: S608 (parts of our own)
    ((count,),) = session.all(sql, {"branch": branch, "revision": start})
    return int(count)


def add_branch(
    session: Session,
    name: str,
    title: str,
    author: Author,
    source: str | None,
    fork: int | None,
    now: datetime,
) -> None:
    """Write the record of a branch."""
    row = {
        "name": name,
        "title": title,
        "source": source,
        "fork": fork,
        "author": author.name,
        "author_role": author.role,
        "made_at": moment_text(now),
        "closed_at": None,
        "closed_by": None,
    }
    session.run(insert_statement("branch", COLUMNS), row | {"hash": branch_hash(row)})


def create_branch(
    session: Session, name: str, title: str, author: Author, source: str, at: int | None, now: datetime
) -> Branch:
    """Start a scheme from the state of `source` at a revision and return it."""
    check_texts(name, title, author.name, author.role)
    if not name or name != name.strip() or not name.isprintable():
        raise UsageError("方案名为空，或含有空白、控制字符", action="换一个名称")
    if session.all("SELECT 1 FROM branch WHERE name = :name", {"name": name}):
        raise UsageError(f"已有名为 {name} 的分支", action="换一个名称")
    holder, fork = _start(session, source, newest(session) if at is None else at)
    add_branch(session, name, title, author, holder, fork, now)
    session.run(
        f"""
        INSERT INTO parcel_version (branch, parcel_id, ver, seq, row_hash, from_rev, to_rev)
        SELECT CAST(:name AS TEXT), v.parcel_id, v.ver, v.seq, v.row_hash, v.from_rev, NULL
        FROM parcel_version v WHERE {IN_FORCE}
        """,  # noqa: S608 (parts of our own)
        {"name": name, "branch": holder, "revision": fork},
    )
    session.run(
        """
        INSERT INTO parcel (branch, parcel_id, ver, seq, row_hash, revision)
        SELECT branch, parcel_id, ver, seq, row_hash, from_rev FROM parcel_version WHERE branch = :name
        """,
        {"name": name},
    )
    return next(branch for branch in branches(session) if branch.name == name)


def _start(session: Session, source: str, at: int) -> tuple[str, int]:
    """Return the branch that made the state of `source` at a revision, and the revision."""
    holder, fork = effective(session, source, at)
    links = {name: (up, start) for name, up, start in session.all("SELECT name, source, fork FROM branch")}
    while links[holder][1] == fork:
        holder = links[holder][0]
    return holder, fork


def close_branch(session: Session, name: str, author: Author, now: datetime) -> None:
    """Close a scheme; closing a closed one changes nothing."""
    if name == OFFICIAL:
        raise UsageError("现状库不能关闭")
    if not session.all("SELECT 1 FROM branch WHERE name = :name", {"name": name}):
        raise UsageError(f"没有名为 {name} 的分支", action="查看分支列表")
    session.run(
        "UPDATE branch SET closed_at = :at, closed_by = :by WHERE name = :name AND closed_at IS NULL",
        {"name": name, "at": moment_text(now), "by": author.name},
    )
