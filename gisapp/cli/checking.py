"""`gisapp check` (检查工作区)."""

from __future__ import annotations

from typing import Final

import typer

from gisapp.app.checking import check_workspace
from gisapp.cli.options import Json, WorkspacePath
from gisapp.cli.session import Session

_SIGNS: Final = {"ok": "✓", "finding": "!", "fail": "✗", "skipped": "-"}
SHOWN: Final = 20
FAILED: Final = 5


def check(ctx: typer.Context, workspace: WorkspacePath, as_json: Json = False) -> None:
    """检查目录、字段表、规则集、政策、图层与地块拓扑 · Check a workspace; exit code 5 if it has faults."""
    session: Session = ctx.obj
    opened = session.open(workspace, as_json=as_json)
    with session.progress() as report:
        checks = check_workspace(opened, progress=report)
    ok = all(item.state != "fail" for item in checks)
    lines = []
    for item in checks:
        lines.append(f"{_SIGNS[item.state]} {item.title}：{item.detail}")
        lines += [f"    {text}" for text in item.items[:SHOWN]]
        lines += (
            [f"    …… 另有 {len(item.items) - SHOWN} 条，用 --json 查看全部"]
            if len(item.items) > SHOWN
            else []
        )
    lines.append("检查通过" if ok else "检查未通过")
    session.show({"ok": ok, "checks": [vars(c) for c in checks]}, lines)
    if not ok:
        raise typer.Exit(FAILED)
