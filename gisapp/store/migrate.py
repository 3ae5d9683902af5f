"""Migrations of older formats (格式迁移): each is one step, recorded, in the same transaction as the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from gisapp.errors import InputError, Problem
from gisapp.store.chain import branch_hash, moment_text
from gisapp.store.content import content_bounds, load_contents
from gisapp.store.schema import (
    ANCHOR,
    BOUNDS,
    FORMAT,
    LEDGER_RECORD,
    TABLES,
    create_statement,
    index_statements,
    insert_statement,
)
from gisapp.store.session import Session
from gisapp.store.write import extent


def stored_format(session: Session) -> int:
    """Return the format of a store.

    Raises
    ------
    InputError
        If it is newer than this program, or not given.
    """
    found = session.all("SELECT value FROM meta WHERE key = 'format'")
    text = str(found[0][0]) if found else ""
    if not text.isdigit() or int(text) < 1:
        raise InputError(Problem("地块库没有可识别的格式号", value=text, action="从备份恢复"))
    if int(text) > FORMAT:
        raise InputError(
            Problem(
                "地块库由更新版本的 gisapp 写成，本版本不能打开",
                value=text,
                expected=f"格式 {FORMAT} 或更早",
                action="升级 gisapp 后再打开；文件未作任何改动",
            )
        )
    return int(text)


def migrate(session: Session, now: datetime) -> None:
    """Bring a store to today's format, one recorded step after the other."""
    for number in range(stored_format(session), FORMAT):
        description, step = STEPS[number]
        step(session)
        names = ("format", "applied_at", "description")
        row = {"format": number + 1, "applied_at": moment_text(now), "description": description}
        session.run(insert_statement("migration", names), row)
        session.run("UPDATE meta SET value = :value WHERE key = 'format'", {"value": str(number + 1)})


def _add_anchors_and_windows(session: Session) -> None:
    """Format 1 → 2: anchors; windows of checks; extents of changes, so that windows can be asked for."""
    dialect = session.dialect
    for table in ("changeset", "change", "branch"):
        for statement in dialect.unguard(table):
            session.run(statement)
    for table, column, kind in ADDED:
        session.run(f"ALTER TABLE {table} ADD COLUMN {column} {kind.format_map(dialect.types)}")
    session.run(create_statement(_ANCHOR_2, dialect.types, suffix=dialect.suffix))
    change = next(table for table in TABLES if table.name == "change")
    for statement in index_statements(change)[1:]:
        session.run(statement)
    _fill_branches(session)
    _fill_extents(session)
    for name in ("changeset", "change", "anchor"):
        for statement in dialect.guard(name):
            session.run(statement)


_ANCHOR_2: Final = replace(ANCHOR, columns=ANCHOR.columns[:5])
"""Anchors as they were in format 2: of the revisions only."""

ADDED: Final = (
    ("changeset", "form", "{int} NOT NULL DEFAULT 1"),
    ("changeset", "window_json", "{text}"),
    ("changeset", "seen", "{int}"),
    ("branch", "hash", "{text} NOT NULL DEFAULT ''"),
    ("change", "outline", "{int} NOT NULL DEFAULT 1"),
    *(("change", side, "{real} NOT NULL DEFAULT 0") for side in BOUNDS),
)


def _fill_branches(session: Session) -> None:
    names = ("name", "title", "source", "fork", "author", "author_role", "made_at")
    for line in session.all(f"SELECT {', '.join(names)} FROM branch"):  # noqa: S608 (our own names)
        params = {"name": line[0], "hash": branch_hash(dict(zip(names, line, strict=True)))}
        session.run("UPDATE branch SET hash = :hash WHERE name = :name", params)


def _fill_extents(session: Session) -> None:
    lines = session.all("SELECT number, position, before_hash, after_hash FROM change")
    kept = load_contents(session, (content for line in lines for content in line[2:]))
    boxes = dict(zip(kept, content_bounds(list(kept.values())), strict=True))
    params: list[Mapping[str, Any]] = []
    for number, position, before, after in lines:
        found = [boxes[content] for content in (before, after) if content is not None]
        told = extent(kept.get(before or ""), kept.get(after or ""), found)
        params.append({"number": number, "position": position} | told)
    sides = ", ".join(f"{name} = :{name}" for name in ("outline", *BOUNDS))
    session.many(f"UPDATE change SET {sides} WHERE number = :number AND position = :position", params)  # noqa: S608


def _add_ledgers(session: Session) -> None:
    """Format 2 → 3: records of the ledgers; anchors note the newest of them too."""
    dialect = session.dialect
    for column, kind in ANCHOR.columns[5:]:
        session.run(f"ALTER TABLE anchor ADD COLUMN {column} {kind.format_map(dialect.types)}")
    create = create_statement(LEDGER_RECORD, dialect.types, suffix=dialect.suffix)
    for statement in [create, *index_statements(LEDGER_RECORD), *dialect.guard(LEDGER_RECORD.name)]:
        session.run(statement)


STEPS: Final[Mapping[int, tuple[str, Callable[[Session], None]]]] = {
    1: ("anchors, windows of checks, extents of changes", _add_anchors_and_windows),
    2: ("records of the ledgers", _add_ledgers),
}
