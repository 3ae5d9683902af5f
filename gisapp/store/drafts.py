"""Drafts and anchors (草稿与锚点): the records beside the chain of revisions."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from gisapp.errors import UsageError
from gisapp.model.changes import Author, canonical
from gisapp.store.chain import moment_of, moment_text
from gisapp.store.ledger import ledger_head
from gisapp.store.nouns import Anchor, Draft
from gisapp.store.rules import check_texts
from gisapp.store.schema import insert_statement
from gisapp.store.session import Session

COLUMNS: Final = ("id", "branch", "title", "author", "author_role", "body_json", "updated_at")


def save_draft(session: Session, draft: Draft, now: datetime) -> Draft:
    """Keep a draft, over an older one of the same id, and return it with its time."""
    body = canonical(dict(draft.body))
    check_texts(draft.id, draft.branch, draft.title, draft.author.name, draft.author.role, body)
    if not draft.id:
        raise UsageError("草稿缺少编号")
    row = {
        "id": draft.id,
        "branch": draft.branch,
        "title": draft.title,
        "author": draft.author.name,
        "author_role": draft.author.role,
        "body_json": body,
        "updated_at": moment_text(now),
    }
    updates = ", ".join(f"{name} = :{name}" for name in COLUMNS[1:])
    session.run(insert_statement("draft", COLUMNS, suffix=f" ON CONFLICT (id) DO UPDATE SET {updates}"), row)
    return replace(draft, updated_at=moment_of(row["updated_at"]))


def drafts(session: Session, where: str, params: dict[str, Any]) -> list[Draft]:  # values of the condition
    """Return the drafts that meet a condition, newest first."""
    sql = f"SELECT {', '.join(COLUMNS)} FROM draft WHERE {where} ORDER BY updated_at DESC, id"  # noqa: S608
    return [
        Draft(key, branch, title, Author(name, role), json.loads(body), moment_of(updated))
        for key, branch, title, name, role, body, updated in session.all(sql, params)
    ]


def drop_draft(session: Session, draft_id: str) -> bool:
    """Forget a draft; say whether there was one."""
    there = bool(session.all("SELECT 1 FROM draft WHERE id = :id", {"id": draft_id}))
    session.run("DELETE FROM draft WHERE id = :id", {"id": draft_id})
    return there


def anchor(session: Session, where: str, now: datetime) -> Anchor:
    """Note the hash of the newest revision and where it is being written down."""
    check_texts(where)
    ((number, content),) = session.all("SELECT number, hash FROM changeset ORDER BY number DESC LIMIT 1")
    ((last,),) = session.all("SELECT coalesce(max(id), 0) FROM anchor")
    made_at = moment_text(now)
    ledger, ledger_hash = ledger_head(session)
    row = {
        "id": last + 1,
        "number": number,
        "hash": content,
        "place": where,
        "made_at": made_at,
        "ledger_number": ledger,
        "ledger_hash": ledger_hash,
    }
    session.run(insert_statement("anchor", tuple(row)), row)
    return Anchor(number, content, where, moment_of(made_at), ledger, ledger_hash)


def anchors(session: Session) -> list[Anchor]:
    """Return the anchors, oldest first."""
    sql = "SELECT number, hash, place, made_at, ledger_number, ledger_hash FROM anchor ORDER BY id"
    return [
        Anchor(number, content, place, moment_of(made_at), ledger, ledger_hash)
        for number, content, place, made_at, ledger, ledger_hash in session.all(sql)
    ]
