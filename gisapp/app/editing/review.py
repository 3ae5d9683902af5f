"""What happened to the parcels, as the desk shows it (历史、时点、比较): plain data from the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import numpy as np

from gisapp.app.card import shown_value
from gisapp.app.desk import Desk
from gisapp.app.editing.editor import Editor, row_title
from gisapp.app.editing.outlines import geojson
from gisapp.app.editing.policy import titled
from gisapp.app.records import changed_rows
from gisapp.app.storing import LOCAL
from gisapp.crs import ellipsoidal_area
from gisapp.errors import UsageError
from gisapp.i18n import Text
from gisapp.model.changes import OFFICIAL, Author, Change, Revision, Row
from gisapp.store import ParcelStore, Recorded
from gisapp.units import m2_to_mu

Card = dict[str, Any]  # what the routes send as JSON
KINDS: Final = {
    "seed": Text("建库"),
    "edit": Text("编辑"),
    "import": Text("导入"),
    "undo": Text("撤销"),
    "redo": Text("重做"),
}
OPERATIONS: Final = {
    "reshape": Text("边界"),
    "split": Text("拆分"),
    "split_area": Text("拆分"),
    "cut": Text("拆分"),
    "corridor": Text("道路红线切割"),
    "merge": Text("合并"),
    "draw": Text("新增"),
    "retire": Text("注销"),
    "attribute": Text("属性"),
}
"""What was done, by gesture (操作): how a revision is called in the log."""
SHOWN_PARCELS: Final = 50


def revision_cards(editor: Editor, revisions: Sequence[Revision]) -> list[Card]:
    """Return revisions as plain data, each called by what was done."""
    edits = [revision.number for revision in revisions if revision.kind == "edit"]
    ops = required_store(editor).ops(edits) if edits else {}
    return [_revision_card(editor, revision, ops.get(revision.number, {})) for revision in revisions]


def revision_card(editor: Editor, revision: Revision | None) -> Card | None:
    """Return one revision as plain data, None where there is none."""
    return revision_cards(editor, [revision])[0] if revision else None


def operation(revision: Revision, op: Mapping[str, Any]) -> str:
    """Return what a revision did in words (操作名称): 拆分, 合并 and so on, 编辑 where its gesture says nothing."""
    named = [OPERATIONS.get(intent.get("op", "")) for intent in op.get("intents", ())]
    words = dict.fromkeys(name for name in named if name is not None)
    return Text.list(words) if revision.kind == "edit" and words else KINDS[revision.kind]


def _summary(revision: Revision, done: str) -> str:
    """Return what was done to which parcels; beyond three only how many."""
    count = len(revision.parcels)
    if count == 0 or revision.kind == "seed":
        return done
    parcels = Text.list(revision.parcels[:3])
    if count > 3:
        return Text("{done} {parcels} 等 {count} 宗", done=done, parcels=parcels, count=count)
    return Text("{done} {parcels}", done=done, parcels=parcels)


def _reason(editor: Editor, revision: Revision) -> str:
    title = editor.reasons.title(revision.reason.code)
    parts = [part for part in (revision.reason.text, revision.reason.document or "") if part]
    if not parts or revision.kind not in ("edit", "import"):
        return title
    return Text("{reason}：{words}", reason=title, words="；".join(parts))


def _revision_card(editor: Editor, revision: Revision, op: Mapping[str, Any]) -> Card:
    done = operation(revision, op)
    return {
        "revision": revision.number,
        "branch": revision.branch,
        "made_at": revision.made_at.astimezone(LOCAL).isoformat(timespec="seconds"),
        "author": revision.author.name,
        "kind": revision.kind,
        "kind_title": done,
        "reason": _reason(editor, revision),
        "document": revision.reason.document,
        "summary": _summary(revision, done),
        "parcels": list(revision.parcels[:SHOWN_PARCELS]) if revision.kind != "seed" else [],
        "undoes": revision.undoes,
        "undone_by": revision.undone_by,
        "hash": revision.hash,
    }


def edit_state(editor: Editor, branch: str, author: Author) -> Card:
    """Return what the desk must know before an edit: head, branches, undo, redo, drafts, reasons."""
    store = editor.store
    info = editor.workspace.catalog.workspace
    desk = editor.desks.current(branch)
    newest = store.revision(store.head(branch)) if store else None
    earliest = min((store.revision(0).made_at if store else _start(info.data_date)), _start(info.data_date))
    return {
        "branch": branch,
        "head": desk.workspace.table.revision,
        "version": desk.version,
        "count": len(desk.workspace.parcels),
        "branches": branch_cards(editor),
        "undo": revision_card(editor, store.undoable(branch) if store else None),
        "redo": revision_card(editor, store.redoable(branch) if store else None),
        "drafts": [_draft(draft, author) for draft in (store.drafts() if store else [])],
        "reasons": [
            {
                "code": entry.code,
                "title": entry.title.zh,
                "title_en": entry.title.en,
                "document": entry.document,
            }
            for entry in editor.reasons.reasons
        ],
        "earliest": earliest.astimezone(LOCAL).date().isoformat(),
        "latest": datetime.now(LOCAL).date().isoformat(),
        "newest": revision_card(editor, newest),
        "user": {"name": author.name, "role": author.role},
    }


def branch_cards(editor: Editor) -> list[Card]:
    """Return the official parcels and all schemes as plain data."""
    store = editor.store
    return [_branch(item) for item in store.branches()] if store else [_only_official()]


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=LOCAL).astimezone(UTC)


def _only_official() -> Card:
    return {
        "name": OFFICIAL,
        "title": Text("现状库"),
        "open": True,
        "author": "",
        "made_at": None,
        "head": 0,
        "fork": None,
        "changed": 0,
    }


def _branch(branch: Any) -> Card:  # Branch
    return {
        "name": branch.name,
        "title": Text("现状库") if branch.name == OFFICIAL else branch.title,
        "open": branch.open,
        "author": branch.author.name,
        "made_at": branch.made_at.astimezone(LOCAL).isoformat(timespec="seconds"),
        "head": branch.head,
        "fork": branch.fork,
        "changed": branch.changed,
    }


def _draft(draft: Any, author: Author) -> Card:  # Draft
    return {
        "id": draft.id,
        "branch": draft.branch,
        "title": draft.title,
        "author": draft.author.name,
        "updated_at": draft.updated_at.astimezone(LOCAL).isoformat(timespec="seconds")
        if draft.updated_at
        else None,
        "steps": len(draft.body.get("intents", [])),
        "mine": draft.author.name == author.name,
    }


def required_store(editor: Editor) -> ParcelStore:
    """Return the store; raises `UsageError` where nothing has been recorded yet."""
    store = editor.store
    if store is None:
        raise UsageError("还没有任何编辑记录", action="第一次保存编辑后即有版本和历史")
    return store


def history(editor: Editor, branch: str, parcel_id: str) -> Card:
    """Return what happened to one parcel on a branch, newest first, and the tree it stands in."""
    store = editor.store
    if store is None:
        row = editor.state(branch).rows.get(parcel_id)
        node = {
            "parcel_id": parcel_id,
            "title": row_title(row, parcel_id),
            "alive": row is not None,
            "born": 0,
            "died": None,
        }
        return {"entries": [], "lineage": {"nodes": [node], "edges": []}}
    entries = [_entry(editor, recorded) for recorded in store.history(parcel_id, branch)]
    return {"entries": entries, "lineage": _lineage(editor, store, branch, parcel_id)}


def _entry(editor: Editor, recorded: Recorded) -> Card:
    change = recorded.changes[0] if recorded.changes else None
    card = _revision_card(editor, recorded.revision, recorded.op)
    return {**card, **(change_card(editor, change) if change else {})}


def _lineage(editor: Editor, store: ParcelStore, branch: str, parcel_id: str) -> Card:
    steps = [step for step in store.lineage(parcel_id, branch) if not step.undone]
    alive = editor.state(branch).rows
    ids = dict.fromkeys([parcel_id, *(id_ for step in steps for id_ in (step.parent_id, step.child_id))])
    born = {step.child_id: step.revision for step in steps}
    died = {step.parent_id: step.revision for step in steps}
    rows = {id_: alive.get(id_) or _last_row(store, branch, id_) for id_ in ids}
    nodes = [
        {
            "parcel_id": id_,
            "title": row_title(rows[id_], id_),
            "alive": id_ in alive,
            "born": born.get(id_),
            "died": died.get(id_),
        }
        for id_ in ids
    ]
    return {"nodes": nodes, "edges": [[step.parent_id, step.child_id, step.revision] for step in steps]}


def _last_row(store: ParcelStore, branch: str, parcel_id: str) -> Row | None:
    """Return a parcel that is gone as it was last."""
    for recorded in store.history(parcel_id, branch):
        for change in recorded.changes:
            return change.after or change.before
    return None


def change_card(editor: Editor, change: Change) -> Card:
    """Return one change as plain data: outlines in degrees, areas in mu, and each field that differs."""
    crs = editor.rules.crs
    sides = (change.before, change.after)
    shapes = np.array([row.geometry if row else None for row in sides], dtype=object)
    areas = ellipsoidal_area(shapes, crs)
    moved = not (change.before and change.after and change.before.wkb == change.after.wkb)
    return {
        "parcel_id": change.parcel_id,
        "title": row_title(change.after or change.before, change.parcel_id),
        "kind": _kind(change),
        "before": geojson(shapes[0], crs),
        "after": geojson(shapes[1], crs),
        "moved": moved,
        "before_mu": m2_to_mu(float(areas[0])) if change.before else None,
        "after_mu": m2_to_mu(float(areas[1])) if change.after else None,
        "fields": _fields(editor, change),
    }


def _kind(change: Change) -> str:
    if change.before is None:
        return "new"
    if change.after is None:
        return "gone"
    return "outline" if change.before.wkb != change.after.wkb else "attributes"


def _fields(editor: Editor, change: Change) -> list[Card]:
    if change.before is None or change.after is None:
        return []
    old, new = change.before.values, change.after.values
    schema, context = editor.workspace.schema, editor.workspace.context()
    out = []
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) == new.get(name):
            continue
        spec = schema.field(name)
        before, after = (shown_value(spec, values.get(name), context) for values in (old, new))
        out.append({"field": name, "title": titled(spec) if spec else name, "before": before, "after": after})
    return out


def log(editor: Editor, branch: str, limit: int) -> Card:
    """Return the newest revisions that led to a branch's state."""
    store = editor.store
    found = store.log(branch, limit) if store else []
    return {"revisions": revision_cards(editor, found)}


def as_of(editor: Editor, branch: str, day: date) -> Card:
    """Return the revision and tile version of a branch at the end of a day, Beijing time."""
    store = editor.store
    info = editor.workspace.catalog.workspace
    if store is None:
        if day < info.data_date:
            raise UsageError(
                Text("最早的数据日期是 {day}", day=info.data_date.isoformat()),
                action="选择这一天或之后的日期",
            )
        desk = editor.desks.current(branch)
        return _moment(desk, 0, None, day)
    number = revision_on(store, branch, day)
    desk = editor.desks.at(branch, number)
    made = store.revision(number).made_at.astimezone(LOCAL).isoformat(timespec="seconds")
    return _moment(desk, number, made, day)


def _moment(desk: Desk, revision: int, made_at: str | None, day: date) -> Card:
    return {
        "revision": revision,
        "version": desk.version,
        "count": len(desk.workspace.parcels),
        "made_at": made_at,
        "date": day.isoformat(),
    }


def revision_on(store: ParcelStore, branch: str, day: date) -> int:
    """Return the revision in force at the end of a day, Beijing time."""
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=LOCAL) - timedelta(microseconds=1)
    return store.revision_at(branch, end.astimezone(UTC))


def difference(editor: Editor, changes: Sequence[Change], start: Card, end: Card) -> Card:
    """Return a list of changes between two states as plain data."""
    return {"from": start, "to": end, "changes": [change_card(editor, change) for change in changes]}


def against_official(editor: Editor, branch: str) -> list[Change]:
    """Return what a scheme changes against the official parcels as they are now."""
    scheme, official = editor.state(branch).rows, editor.state(OFFICIAL).rows
    return changed_rows(official.values(), scheme.values())
