"""Making a store (建库): its tables, its description, the official branch and the seed revision."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from gisapp.errors import InputError, Problem
from gisapp.model.changes import OFFICIAL, Author, Change, Commit, Reason, Revision, Row, canonical
from gisapp.store.branches import OFFICIAL_TITLE, add_branch
from gisapp.store.chain import moment_text
from gisapp.store.content import content_bounds
from gisapp.store.nouns import StoreMeta
from gisapp.store.rules import check_texts
from gisapp.store.schema import FORMAT, TABLES, create_statement, index_statements, insert_statement
from gisapp.store.session import Session
from gisapp.store.write import Content, record, stem_of

SEED_ACTION = "初始数据"


def make_tables(session: Session) -> None:
    """Create all tables, indexes and guards of today's format."""
    dialect = session.dialect
    for statement in dialect.prepare:
        session.run(statement)
    for table in TABLES:
        guards = dialect.guard(table.name) if table.append_only else []
        create = create_statement(table, dialect.types, suffix=dialect.suffix)
        for statement in [create, *index_statements(table), *guards]:
            session.run(statement)


def seed(
    session: Session, meta: StoreMeta, rows: Sequence[Row], author: Author, made_at: datetime
) -> Revision:
    """Fill fresh tables with the description and the seed revision, and return it."""
    ids = [row.parcel_id for row in rows]
    twice = [key for key, count in Counter(ids).items() if count > 1]
    if twice:
        raise InputError([Problem("地块编号重复", value=key, expected="每宗唯一") for key in twice[:20]])
    content = Content(rows, content_bounds(rows))
    check_texts(author.name, author.role, canonical(meta_json(meta)))
    write_meta(session, meta, made_at)
    add_branch(session, OFFICIAL, OFFICIAL_TITLE, author, None, None, made_at)
    given = Commit(
        branch=OFFICIAL,
        changes=tuple(Change(row.parcel_id, None, row) for row in rows),
        base={},
        author=author,
        reason=Reason("seed", SEED_ACTION),
        op_id="seed",
        op={"op": "seed", "meta": meta_json(meta)},
        kind="seed",
    )
    return record(session, given, stem_of(session, OFFICIAL), {}, content, made_at)


def write_meta(session: Session, meta: StoreMeta, made_at: datetime) -> None:
    """Write the description, the format and the first record of migrations."""
    told = {"format": str(FORMAT), "meta": canonical(meta_json(meta))}
    session.many(
        insert_statement("meta", ("key", "value")), [{"key": k, "value": v} for k, v in told.items()]
    )
    names = ("format", "applied_at", "description")
    row = {"format": FORMAT, "applied_at": moment_text(made_at), "description": "created"}
    session.run(insert_statement("migration", names), row)


def meta_json(meta: StoreMeta) -> dict[str, Any]:
    """Return the description as JSON."""
    return {name: dict(value) if name == "extra" else value for name, value in meta.__dict__.items()}


def read_meta(session: Session) -> StoreMeta:
    """Return the description."""
    found = session.all("SELECT value FROM meta WHERE key = 'meta'")
    if not found:
        raise InputError(Problem("地块库缺少说明（meta）", action="从备份恢复"))
    return StoreMeta(**json.loads(found[0][0]))
