"""The routes of the editor (编辑接口): preview, commit, undo, history, dates, schemes, drafts, balance."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request as Http
from starlette.responses import Response
from starlette.routing import Route

from gisapp.api.answers import Reply
from gisapp.api.guard import Body, failure, guarded, guarded_post
from gisapp.app.editing import review
from gisapp.app.editing.balance import Scope, balance, write_balance
from gisapp.app.editing.conflicts import conflict_cards
from gisapp.app.editing.editor import IllegalEditError, Request
from gisapp.app.editing.preview import finding_card
from gisapp.app.editing.surroundings import surroundings
from gisapp.app.records import to_rows
from gisapp.app.server import Server
from gisapp.app.tokens import Claims
from gisapp.app.workspace import Workspace
from gisapp.errors import InputError, Problem, UsageError
from gisapp.model.changes import OFFICIAL, Author, EditConflictError, Reason, Revision
from gisapp.store import Draft, ParcelStore

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_LOG: Final = 500


def editing_routes(server: Server) -> list[Route]:
    """Return the routes of the editor over one server."""
    reads: dict[str, Callable[[Server, Http], Response]] = {
        "/api/edit/state": _state,
        "/api/edit/fabric": _fabric,
        "/api/edit/history": _history,
        "/api/edit/log": _log,
        "/api/edit/asof": _as_of,
        "/api/edit/diff": _diff,
        "/api/edit/draft/{draft_id}": _draft,
    }
    writes: dict[str, Callable[[Server, Http, Body, Claims], Response]] = {
        "/api/preview": _preview,
        "/api/commit": _commit,
        "/api/edit/undo": _undo,
        "/api/edit/redo": _undo,
        "/api/edit/branch": _branch,
        "/api/edit/branch/close": _close_branch,
        "/api/edit/draft": _save_draft,
        "/api/balance": _balance,
        "/api/balance.xlsx": _balance_file,
    }
    return [
        Route(
            "/api/edit/draft/{draft_id}",
            guarded_post(server, partial(_drop_draft, server)),
            methods=["DELETE"],
        ),
        *(
            Route(path, guarded(server, partial(answer, server)), methods=["GET"])
            for path, answer in reads.items()
        ),
        *(
            Route(path, guarded_post(server, partial(answer, server)), methods=["POST"])
            for path, answer in writes.items()
        ),
    ]


def author_of(claims: Claims) -> Author:
    """Return who a request speaks for."""
    return Author(claims.user, claims.role)


def _query_branch(request: Http) -> str:
    return request.query_params.get("branch") or OFFICIAL


def _day(text: str | None, name: str) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError as error:
        raise UsageError(f"参数 {name} 不是日期：{text}", action="写成 YYYY-MM-DD") from error


def _whole(text: str | None, name: str) -> int:
    if text is None or not text.isdigit():
        raise UsageError(f"参数 {name} 应为非负整数，得到 {text}")
    return int(text)


def _state(server: Server, request: Http) -> Response:
    claims = server.claims(request.headers.get("X-Gisapp-Token", ""))
    author = author_of(claims) if claims else Author("")
    return Reply(review.edit_state(server.editor, _query_branch(request), author))


def _fabric(server: Server, request: Http) -> Response:
    query = request.query_params
    bbox = query.get("bbox")
    window = tuple(float(part) for part in bbox.split(",")) if bbox else None
    return Reply(surroundings(server.editor, _query_branch(request), query.get("parcel_id"), window))


def _history(server: Server, request: Http) -> Response:
    parcel_id = request.query_params.get("parcel_id") or ""
    if not parcel_id:
        raise UsageError("缺少参数 parcel_id")
    return Reply(review.history(server.editor, _query_branch(request), parcel_id))


def _log(server: Server, request: Http) -> Response:
    limit = _whole(request.query_params.get("limit", "50"), "limit")
    return Reply(review.log(server.editor, _query_branch(request), min(limit, MOST_LOG)))


def _as_of(server: Server, request: Http) -> Response:
    day = _day(request.query_params.get("date"), "date")
    return Reply(review.as_of(server.editor, _query_branch(request), day))


def _diff(server: Server, request: Http) -> Response:
    editor, branch, query = server.editor, _query_branch(request), request.query_params
    if query.get("against") == OFFICIAL:
        changes = review.against_official(editor, branch)
        return Reply(review.difference(editor, changes, {"branch": OFFICIAL}, {"branch": branch}))
    store = review.required_store(editor)
    start, end = (_moment(store, branch, query, name) for name in ("from", "to"))
    changes = list(store.diff(branch, start, end))
    ends = [{"revision": number, "date": query.get(name)} for number, name in ((start, "from"), (end, "to"))]
    return Reply(review.difference(editor, changes, ends[0], ends[1]))


def _moment(store: ParcelStore, branch: str, query: Mapping[str, str], name: str) -> int:
    """Return the revision that a request names by number or by date."""
    number = query.get(f"{name}_revision")
    if number:
        return _whole(number, f"{name}_revision")
    return review.revision_on(store, branch, _day(query.get(name), name))


def _preview(server: Server, request: Http, body: Body, claims: Claims) -> Response:
    wanted = Request.of(body)
    try:
        judge = body.get("judge") is not False
        return Reply(server.editor.preview(wanted, body.get("rulebook") or None, judge=judge))
    except EditConflictError as error:
        return _conflict(server, wanted, error)


def _commit(server: Server, request: Http, body: Body, claims: Claims) -> Response:
    wanted = Request.of(body)
    reason = body.get("reason")
    if not isinstance(reason, dict) or not isinstance(reason.get("code"), str):
        raise InputError(Problem("缺少变更事由", field="reason", expected="code 与 text"))
    why = Reason(reason["code"], str(reason.get("text") or ""), reason.get("document") or None)
    try:
        done = server.editor.commit(
            wanted, why, author=author_of(claims), op_id=_op_id(body), scheme=body.get("scheme") or None
        )
    except IllegalEditError as error:
        crs = server.editor.rules.crs
        findings = [finding_card(finding, crs) for finding in error.findings]
        return failure(422, error.message, "按提示修改后再提交", findings=findings)
    except EditConflictError as error:
        return _conflict(server, wanted, error)
    descent = [[step.parent_id, step.child_id] for step in done.descent]
    return _recorded(server, done.revision, descent)


def _recorded(server: Server, revision: Revision, descent: list[list[str]]) -> Response:
    """Answer a recorded revision and get the new state of the map ready behind it."""
    desk = server.desks.current(revision.branch)
    server.warm_desk(desk)
    card = review.revision_card(server.editor, revision) or {}
    return Reply(
        {
            "revision": revision.number,
            "branch": revision.branch,
            "version": desk.version,
            "count": len(desk.workspace.parcels),
            "hash": revision.hash,
            "summary": card["summary"],
            "undo": card,
            "parcels": list(revision.parcels),
            "descent": descent,
        }
    )


def _conflict(server: Server, wanted: Request, error: EditConflictError) -> Response:
    cards = conflict_cards(server.editor, wanted, error)
    return failure(409, error.message, error.action or "", conflicts=cards)


def _op_id(body: Body) -> str:
    given = body.get("op_id")
    if not isinstance(given, str) or not given:
        raise InputError(Problem("缺少 op_id", field="op_id", expected="每次提交一个新的 uuid"))
    return given


def _undo(server: Server, request: Http, body: Body, claims: Claims) -> Response:
    number = body.get("revision")
    if type(number) is not int:
        raise InputError(Problem("缺少要撤销的版本号", field="revision"))
    revision = server.editor.undo(number, author=author_of(claims), op_id=_op_id(body))
    return _recorded(server, revision, [])


def _branch(server: Server, request: Http, body: Body, claims: Claims) -> Response:
    branch = server.editor.create_branch(str(body.get("title") or ""), author=author_of(claims))
    return Reply(
        {"name": branch.name, "title": branch.title, "version": server.desks.current(branch.name).version}
    )


def _close_branch(server: Server, request: Http, body: Body, claims: Claims) -> Response:
    review.required_store(server.editor).close_branch(str(body.get("name") or ""), author_of(claims))
    return Reply({"closed": body.get("name")})


def _save_draft(server: Server, request: Http, body: Body, claims: Claims) -> Response:
    author = author_of(claims)
    store = server.editor.made_store()
    draft_id = str(body.get("id") or secrets.token_hex(8))
    known = store.draft(draft_id)
    if known and known.author.name != author.name:
        raise UsageError("这份草稿属于别人", action="新建自己的草稿")
    content = body.get("body")
    if not isinstance(content, dict):
        raise InputError(Problem("草稿没有内容", field="body"))
    if not content.get("intents"):
        # Every step was taken back: there is nothing to go on with.
        store.drop_draft(draft_id)
        return Reply({"id": draft_id, "updated_at": None})
    if str(body.get("branch") or OFFICIAL) != OFFICIAL:
        server.editor.branch(str(body["branch"]))
    kept = store.save_draft(
        Draft(draft_id, str(body.get("branch") or OFFICIAL), str(body.get("title") or ""), author, content)
    )
    return Reply({"id": kept.id, "updated_at": kept.updated_at.isoformat() if kept.updated_at else None})


def _draft(server: Server, request: Http) -> Response:
    found = review.required_store(server.editor).draft(request.path_params["draft_id"])
    if found is None:
        raise KeyError("草稿")
    updated = found.updated_at.isoformat() if found.updated_at else None
    return Reply({"id": found.id, "branch": found.branch, "body": found.body, "updated_at": updated})


def _drop_draft(server: Server, request: Http, body: Body, claims: Claims) -> Response:
    store = review.required_store(server.editor)
    found = store.draft(request.path_params["draft_id"])
    if found and found.author.name != claims.user:
        raise UsageError("这份草稿属于别人")
    store.drop_draft(request.path_params["draft_id"])
    return Reply({"dropped": True})


def _scope(body: Body) -> Scope:
    given = body.get("scope") or {}
    kind = given.get("kind", "all")
    if kind not in ("all", "park", "selection"):
        raise InputError(
            Problem("统计范围不对", field="scope.kind", value=str(kind), expected="all、park、selection")
        )
    return Scope(kind, str(given.get("park") or ""), frozenset(map(str, given.get("parcel_ids") or ())))


def _balanced(server: Server, body: Body) -> tuple[dict[str, Any], Workspace]:
    """Return the balance that a request asks for, and the state of the parcels that it is about."""
    editor = server.editor
    branch = str(body.get("branch") or OFFICIAL)
    view = server.desks.current(branch).workspace
    if body.get("intents"):
        proposal = editor.propose(Request.of(body))
        rows, changes = proposal.state.rows, list(proposal.changes)
    elif body.get("version"):
        # A past date, or whatever else is looked at: that state alone.
        view = server.desks.of_version(str(body["version"])).workspace
        rows, changes = {row.parcel_id: row for row in to_rows(view.parcels)}, []
        if (
            view.branch != OFFICIAL
            and view.table.revision == server.desks.current(view.branch).workspace.table.revision
        ):
            rows, changes = editor.state(OFFICIAL).rows, review.against_official(editor, view.branch)
    else:
        # A scheme is balanced against the official parcels.
        rows = editor.state(OFFICIAL).rows
        changes = review.against_official(editor, branch) if branch != OFFICIAL else []
    context = editor.workspace.context()
    parks = sorted(map(str, context.column("park", "name").dropna().unique())) if context.has("park") else []
    table = balance(rows, changes, _scope(body), context)
    return {**table, "parks": [{"id": name, "title": name} for name in parks]}, view


def _balance(server: Server, request: Http, body: Body, claims: Claims) -> Response:
    return Reply(_balanced(server, body)[0])


def _balance_file(server: Server, request: Http, body: Body, claims: Claims) -> Response:
    table, view = _balanced(server, body)
    info = view.catalog.workspace
    notes = [
        f"数据日期 {info.data_date.isoformat()}，版本 {view.table.revision}，分支 {view.branch}；面积为椭球面积（CRS-03）。",
        *(["本工作区为合成示例数据。"] if info.synthetic else []),
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "balance.xlsx"
        write_balance(table, path, notes=notes)
        content = path.read_bytes()
    return Response(
        content, media_type=XLSX, headers={"Content-Disposition": "attachment; filename=balance.xlsx"}
    )
