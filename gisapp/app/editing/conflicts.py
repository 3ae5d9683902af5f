"""A conflict as both sides see it (版本冲突): what it was, what they made of it, what I would."""

from __future__ import annotations

from typing import Any

from gisapp.app.editing.editor import Editor, Request, row_title
from gisapp.app.editing.outlines import geojson
from gisapp.app.editing.review import revision_card
from gisapp.errors import GisappError
from gisapp.i18n import Text
from gisapp.model.changes import Conflict, EditConflictError, Row

WHY = {
    "base": Text("这宗地块在您编辑期间被他人修改"),
    "read": Text("相邻地块在您编辑期间被他人修改"),
    "window": Text("您编辑的范围内有他人新的改动"),
}


def conflict_cards(editor: Editor, request: Request, error: EditConflictError) -> list[dict[str, Any]]:
    """Return each conflict with the base, their and my outline, in degrees."""
    mine = _mine(editor, request)
    return [_card(editor, request, conflict, mine) for conflict in error.conflicts]


def _mine(editor: Editor, request: Request) -> dict[str, Row | None]:
    """Return what the request makes of the parcels as they are now, nothing where it no longer fits."""
    try:
        proposal = editor.propose(Request(request.branch, request.intents))
    except GisappError:
        return {}
    return {change.parcel_id: change.after for change in proposal.changes}


def _card(
    editor: Editor, request: Request, conflict: Conflict, mine: dict[str, Row | None]
) -> dict[str, Any]:
    crs = editor.rules.crs
    base, own = _base_row(editor, request.branch, conflict), mine.get(conflict.parcel_id)
    revision = revision_card(editor, conflict.revision) or {}
    return {
        "parcel_id": conflict.parcel_id,
        "title": row_title(conflict.current or base, conflict.parcel_id),
        "why": conflict.why,
        "why_text": WHY[conflict.why],
        "base_version": conflict.expected,
        "current_version": conflict.found,
        "revision": revision.get("revision"),
        "author": revision.get("author"),
        "made_at": revision.get("made_at"),
        "reason": revision.get("reason"),
        "base": geojson(base.geometry, crs) if base else None,
        "theirs": geojson(conflict.current.geometry, crs) if conflict.current else None,
        "mine": geojson(own.geometry, crs) if own else None,
        "mine_fits": conflict.parcel_id in mine,
    }


def _base_row(editor: Editor, branch: str, conflict: Conflict) -> Row | None:
    """Return the row at the version that the edit started from."""
    store = editor.store
    if store is None or conflict.expected <= 0:
        return None
    back = conflict.found - conflict.expected
    past = store.history(conflict.parcel_id, branch)
    if not 1 <= back <= len(past) or not past[back - 1].changes:
        return None
    return past[back - 1].changes[0].before
