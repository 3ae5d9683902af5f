"""`gisapp init` (新建工作区)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gisapp.app.init import create
from gisapp.cli.options import Json
from gisapp.cli.session import Session


def init(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="新工作区的文件夹，须不存在或为空")],
    empty: Annotated[
        bool, typer.Option("--empty", help="不带示例数据：只有字段表、代码表、政策与规则集")
    ] = False,
    as_json: Json = False,
) -> None:
    """新建工作区 · Make a new workspace, with the demo data unless --empty."""
    session: Session = ctx.obj
    session.as_json = as_json
    root = create(folder, empty=empty, today=datetime.now(UTC).date())
    lines = [f"已新建工作区：{root}"]
    lines += ["数据日期与坐标系写在 layers/catalog.yaml 开头，请按实际数据修改。"] if empty else []
    session.show({"workspace": str(root), "empty": empty}, lines)
