"""`gisapp scenario …` (情景): schemes with their own edits, layers, thresholds and weights."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from gisapp.app.desks import Desks
from gisapp.app.editing.editor import Editor
from gisapp.app.scenarios import Scenario, Scenarios
from gisapp.app.storing import LOCAL, local_user
from gisapp.cli.options import Json, WorkspacePath, settings_of
from gisapp.cli.session import Session
from gisapp.errors import UsageError
from gisapp.model.changes import Author

app = typer.Typer(
    help="情景（方案）：新建、列出、设置、关闭 · Scenarios, kept in the store", no_args_is_help=True
)
User = Annotated[str | None, typer.Option("--user", metavar="NAME", help="操作人，默认为系统用户")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="情景名")]
Pairs = Annotated[
    list[str] | None,
    typer.Argument(metavar="[KEY=VALUE]...", help="图层、线网年份、阈值、权重，见 docs/scenarios.md"),
]


def _opened(ctx: typer.Context, path: Path, *, as_json: bool) -> tuple[Session, Scenarios]:
    session: Session = ctx.obj
    return session, Scenarios(Editor(Desks(session.open(path, as_json=as_json))))


def _author(user: str | None) -> Author:
    return Author(user or local_user())


def card(found: Scenario) -> dict[str, object]:
    """Return a scenario as plain data."""
    out = asdict(found)
    out["made_at"] = found.made_at.astimezone(LOCAL).isoformat(timespec="seconds") if found.made_at else None
    out["settings"] = {setting.key: setting.value for setting in found.settings}
    return out


def _lines(found: Scenario) -> list[str]:
    closed = "" if found.open else "  已关闭"
    head = f"{found.name}  {found.title}  改动 {found.changed} 宗  设置 {len(found.settings)} 项{closed}"
    rows = [
        f"  {s.key} = {s.value}  （{s.author} {s.made_at.astimezone(LOCAL):%Y-%m-%d %H:%M}）"
        for s in found.settings
    ]
    return [head, *rows]


@app.command("create")
def create(
    ctx: typer.Context,
    workspace: WorkspacePath,
    name: Annotated[str, typer.Argument(metavar="NAME", help="情景名称")],
    pairs: Pairs = None,
    user: User = None,
    as_json: Json = False,
) -> None:
    """从现状库新建情景，可同时给设置 · Start a scenario from the official parcels."""
    session, scenarios = _opened(ctx, workspace, as_json=as_json)
    found = scenarios.create(name, settings_of(pairs), author=_author(user))
    out = card(found)
    out["fork"] = found.head  # of a branch just made
    session.show(out, [f"已新建情景 {found.name}", *_lines(found)[1:]])


@app.command("list")
def list_(
    ctx: typer.Context,
    workspace: WorkspacePath,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="只看一个情景")] = None,
    as_json: Json = False,
) -> None:
    """列出情景及其设置 · List scenarios with their settings."""
    session, scenarios = _opened(ctx, workspace, as_json=as_json)
    found = [scenarios.find(name)] if name else scenarios.listed(closed=True)
    session.show(
        {"branches": [card(item) for item in found]}, [line for item in found for line in _lines(item)]
    )


@app.command("set")
def set_(
    ctx: typer.Context, workspace: WorkspacePath, name: Name, pairs: Pairs = None, user: User = None, as_json: Json = False
) -> None:  # fmt: skip
    """设置图层、线网年份、阈值或权重 · Record settings, all or none."""
    session, scenarios = _opened(ctx, workspace, as_json=as_json)
    if not pairs:
        raise UsageError("没有给出设置", action="写成 KEY=VALUE，例如 service_year=2030")
    found = scenarios.set(name, settings_of(pairs), author=_author(user))
    session.show(card(found), _lines(found))


@app.command("unset")
def unset(
    ctx: typer.Context,
    workspace: WorkspacePath,
    name: Name,
    keys: Annotated[list[str], typer.Argument(metavar="KEY...", help="要取消的设置")],
    user: User = None,
    as_json: Json = False,
) -> None:
    """取消设置（留有记录） · Take settings back; the record stays."""
    session, scenarios = _opened(ctx, workspace, as_json=as_json)
    found = scenarios.unset(name, *keys, author=_author(user))
    session.show(card(found), _lines(found))


@app.command("delete")
@app.command("close")
def close(
    ctx: typer.Context, workspace: WorkspacePath, name: Name, user: User = None, as_json: Json = False
) -> None:
    """关闭情景（保留可查） · Close a scenario; it is kept and can be read."""
    session, scenarios = _opened(ctx, workspace, as_json=as_json)
    found = scenarios.delete(name, author=_author(user))
    session.show({"closed": found.name}, [f"已关闭情景 {found.name}，其版本与设置仍可查看"])
