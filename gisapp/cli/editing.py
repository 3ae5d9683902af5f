"""Commands over the editable parcels (编辑、版本、方案、备份)."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Annotated, Any

import typer

from gisapp.app import Workspace
from gisapp.app.desks import Desks
from gisapp.app.editing import review
from gisapp.app.editing.editor import Editor, Request
from gisapp.app.editing.publish import publish as publish_parcels
from gisapp.app.storing import local_user, restore_store
from gisapp.cli.options import Json, WorkspacePath, day
from gisapp.cli.session import Session
from gisapp.errors import InputError, Problem, UsageError
from gisapp.model.changes import OFFICIAL, Author, Reason

Scenario = Annotated[str, typer.Option("--scenario", metavar="NAME", help="方案名；默认为现状库 official")]
Number = Annotated[int, typer.Argument(metavar="REVISION", help="版本号，见 gisapp log")]
Out = Annotated[Path, typer.Option("--out", metavar="FILE", help="写出的文件；已存在则拒绝")]
User = Annotated[str | None, typer.Option("--user", metavar="NAME", help="操作人，默认为系统用户")]


def _editor(ctx: typer.Context, path: Path, *, as_json: bool) -> tuple[Session, Editor]:
    session: Session = ctx.obj
    return session, Editor(Desks(session.open(path, as_json=as_json)))


def edit(
    ctx: typer.Context,
    workspace: WorkspacePath,
    file: Annotated[Path, typer.Argument(metavar="FILE.json", help="编辑文件，见 docs/editing.md")],
    scenario: Scenario = OFFICIAL,
    user: User = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不保存")] = False,
    as_json: Json = False,
) -> None:
    """按文件编辑地块，作为一个版本保存 · Apply an edit file as one revision, or nothing of it."""
    session, editor = _editor(ctx, workspace, as_json=as_json)
    body = _read(file)
    request = Request.of({"branch": scenario, **body}, file=file.name)
    if dry_run:
        shown = editor.preview(request, None)
        session.show({key: shown[key] for key in _PREVIEWED}, _preview_lines(shown))
        return
    done = editor.commit(
        request, _reason(body, file), author=_author(user), op_id=_op_id(body), scheme=body.get("scheme")
    )
    card = review.revision_card(editor, done.revision) or {}
    findings = [vars(finding) for finding in done.findings]
    automatic = [vars(item) for item in done.automatic]
    lines = [f"已保存为版本 {done.revision.number}（{done.revision.branch}）：{card['summary']}"]
    lines += [f"  {finding['message']}" for finding in findings]
    lines += [
        f"  自动改动 {a['parcel_id']}：{a['what']}，{a['before_m2']:.4f} → {a['after_m2']:.4f} ㎡"
        for a in automatic
    ]
    session.show({**card, "findings": findings, "automatic": automatic}, lines)


_PREVIEWED = (
    "ok",
    "target",
    "overlaps",
    "gaps",
    "plane_delta_m2",
    "ellipsoidal_delta_m2",
    "parcels",
    "findings",
    "automatic",
    "needs",
)


def _preview_lines(shown: dict[str, Any]) -> list[str]:
    lines = ["可以保存" if shown["ok"] else "不能保存"]
    for item in shown["parcels"]:
        before, after = (f"{side['mu']:.4f}" if side else "—" for side in (item["before"], item["after"]))
        lines.append(f"  {item['parcel_id']}  {before} → {after} 亩")
    return lines + [f"  {finding['message']}" for finding in shown["findings"]]


def _read(file: Path) -> dict[str, Any]:
    try:
        body = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError(Problem("文件不存在或不能读取", file=file.name, action="检查路径")) from error
    except ValueError as error:
        raise InputError(Problem("不是有效的 JSON（UTF-8）", file=file.name, action="检查文件")) from error
    if not isinstance(body, dict):
        raise InputError(
            Problem("编辑文件应为一个对象", file=file.name, expected="{op: …} 或 {intents: […]}")
        )
    if not isinstance(body.get("scheme") or {}, dict):
        raise InputError(
            Problem("写法不对", file=file.name, field="scheme", expected="{name: …} 或 {title: …}")
        )
    if "intents" in body:
        return body
    shared = {name: body[name] for name in ("branch", "reason", "op_id", "seen", "scheme") if name in body}
    intent = {name: value for name, value in body.items() if name not in ("branch", "seen", "scheme")}
    return {**shared, "intents": [intent]}


def _reason(body: dict[str, Any], file: Path) -> Reason:
    given = body.get("reason")
    if isinstance(given, str) and given.strip():
        return Reason("other", given.strip())
    if isinstance(given, dict) and isinstance(given.get("code"), str):
        return Reason(given["code"], str(given.get("text") or ""), given.get("document"))
    raise InputError(
        Problem("缺少变更事由", file=file.name, field="reason", expected="文字，或 {code, text, document}")
    )


def _op_id(body: dict[str, Any]) -> str:
    given = body.get("op_id")
    return given if isinstance(given, str) and given else str(uuid.uuid4())


def _author(user: str | None) -> Author:
    return Author(user or local_user())


def log(
    ctx: typer.Context,
    workspace: WorkspacePath,
    parcel: Annotated[str | None, typer.Option("--parcel", metavar="ID", help="只看一宗地块")] = None,
    scenario: Scenario = OFFICIAL,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000)] = 50,
    as_json: Json = False,
) -> None:
    """版本记录：谁、何时、为何 · List revisions, newest first."""
    session, editor = _editor(ctx, workspace, as_json=as_json)
    if parcel:
        entries = review.history(editor, scenario, parcel)["entries"]
    else:
        entries = review.log(editor, scenario, limit)["revisions"]
    lines = [
        f"{e['revision']:>5}  {e['made_at']}  {e['author']}  {e['summary']}  {e['reason']}"
        + (f"（已由版本 {e['undone_by']} 撤销）" if e["undone_by"] else "")
        for e in entries
    ]
    session.show({"revisions": entries}, lines or ["还没有任何编辑记录"])


def show(ctx: typer.Context, workspace: WorkspacePath, revision: Number, as_json: Json = False) -> None:
    """一个版本改了什么 · Show what a revision changed."""
    session, editor = _editor(ctx, workspace, as_json=as_json)
    recorded = review.required_store(editor).show(revision)
    card = review.revision_card(editor, recorded.revision) or {}
    changes = [review.change_card(editor, change) for change in recorded.changes[:1000]]
    lines = [f"版本 {revision}  {card['made_at']}  {card['author']}  {card['reason']}"]
    lines += [_change_line(change) for change in changes]
    lines += [f"  沿革 {step.parent_id} → {step.child_id}" for step in recorded.descent]
    session.show({**card, "changes": changes, "op": recorded.op}, lines)


def _change_line(change: dict[str, Any]) -> str:
    before, after = (f"{a:.4f}" if a is not None else "—" for a in (change["before_mu"], change["after_mu"]))
    fields = "；".join(f"{f['title']} {f['before']} → {f['after']}" for f in change["fields"])
    return f"  {change['parcel_id']}  {before} → {after} 亩  {fields}"


def undo(
    ctx: typer.Context,
    workspace: WorkspacePath,
    revision: Number,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="撤销的原因")],
    user: User = None,
    as_json: Json = False,
) -> None:
    """撤销一个版本（作为新版本） · Take a revision back by a new one; undoing an undo is a redo."""
    session, editor = _editor(ctx, workspace, as_json=as_json)
    done = editor.undo(revision, author=_author(user), op_id=str(uuid.uuid4()), reason=Reason("undo", reason))
    card = review.revision_card(editor, done) or {}
    session.show(card, [f"已撤销版本 {revision}，新版本 {done.number}"])


def redo(
    ctx: typer.Context,
    workspace: WorkspacePath,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="重做的原因")],
    scenario: Scenario = OFFICIAL,
    user: User = None,
    as_json: Json = False,
) -> None:
    """重做最近一次撤销 · Redo the newest undo of a branch."""
    session, editor = _editor(ctx, workspace, as_json=as_json)
    found = review.required_store(editor).redoable(scenario)
    if found is None:
        raise UsageError("没有可重做的撤销")
    done = editor.undo(
        found.number, author=_author(user), op_id=str(uuid.uuid4()), reason=Reason("redo", reason)
    )
    session.show(review.revision_card(editor, done) or {}, [f"已重做，新版本 {done.number}"])


def as_of(
    ctx: typer.Context,
    workspace: WorkspacePath,
    date: Annotated[str, typer.Argument(metavar="DATE", help="YYYY-MM-DD，北京时间当日结束时")],
    out: Out,
    scenario: Scenario = OFFICIAL,
    as_json: Json = False,
) -> None:
    """写出某一天的地块 · Write the parcels as they were at the end of a day."""
    session, editor = _editor(ctx, workspace, as_json=as_json)
    asked = day(date, option="DATE")
    if asked is None:
        raise UsageError("缺少日期")
    number = int(review.as_of(editor, scenario, asked)["revision"])
    view = editor.workspace.at(scenario, number) if editor.store else editor.workspace
    written = publish_parcels(view, out)
    session.show(written, [f"{date} 为版本 {number}，{written['rows']} 宗 → {out}"])


def diff(
    ctx: typer.Context,
    workspace: WorkspacePath,
    first: Annotated[str, typer.Argument(metavar="FROM", help="日期或版本号")],
    second: Annotated[str, typer.Argument(metavar="TO", help="日期或版本号")],
    scenario: Scenario = OFFICIAL,
    as_json: Json = False,
) -> None:
    """比较两个日期或版本 · What takes the parcels from one date or revision to another."""
    session, editor = _editor(ctx, workspace, as_json=as_json)
    store = review.required_store(editor)
    ends = [_revision(store, scenario, text) for text in (first, second)]
    found = review.difference(
        editor, list(store.diff(scenario, *ends)), {"revision": ends[0]}, {"revision": ends[1]}
    )
    lines = [f"版本 {ends[0]} → {ends[1]}：{len(found['changes'])} 宗不同"]
    session.show(found, lines + [_change_line(change) for change in found["changes"]])


def _revision(store: Any, branch: str, text: str) -> int:  # ParcelStore
    if text.isdigit():
        return int(store.revision(int(text)).number)
    asked = day(text, option="日期")
    if asked is None:
        raise UsageError("缺少日期")
    return review.revision_on(store, branch, asked)


def publish(
    ctx: typer.Context,
    workspace: WorkspacePath,
    out: Out,
    scenario: Scenario = OFFICIAL,
    as_json: Json = False,
) -> None:
    """发布为 GeoPackage（QGIS 可直接打开） · Publish the parcels as a GeoPackage."""
    session, editor = _editor(ctx, workspace, as_json=as_json)
    view = editor.workspace.at(scenario) if editor.store else editor.workspace
    written = publish_parcels(view, out)
    session.show(written, [f"已发布 {written['rows']} 宗，版本 {written['revision']} → {out}"])


def backup(ctx: typer.Context, workspace: WorkspacePath, out: Out, as_json: Json = False) -> None:
    """备份地块库（含全部版本） · Back the whole store up into one file."""
    session, editor = _editor(ctx, workspace, as_json=as_json)
    anchor = review.required_store(editor).backup(out)
    result = {"file": str(out), "revision": anchor.revision, "hash": anchor.hash}
    session.show(result, [f"已备份到 {out}，版本 {anchor.revision}", f"校验值 {anchor.hash}（请另行记录）"])


def restore(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="gisapp backup 写出的文件")],
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="没有地块库的工作区")],
    as_json: Json = False,
) -> None:
    """从备份恢复到没有地块库的工作区 · Restore a backup into a workspace without a store."""
    session: Session = ctx.obj
    workspace: Workspace = session.open(directory, as_json=as_json)
    store = restore_store(file, workspace.root)
    head = store.log(limit=1)[0]
    result = {
        "revision": head.number,
        "hash": head.hash,
        "branches": [branch.name for branch in store.branches()],
    }
    session.show(result, [f"已恢复并核对，最新版本 {head.number}，校验值 {head.hash}"])
