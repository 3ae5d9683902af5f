"""Arguments and options that several commands share (公共参数)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from gisapp.errors import UsageError

WorkspacePath = Annotated[
    Path, typer.Argument(metavar="WORKSPACE", help="工作区文件夹（含 layers/ 与 parcels/）")
]
Json = Annotated[bool, typer.Option("--json", help="只在标准输出打印一个 JSON 对象")]
RulebookId = Annotated[str, typer.Option("--rulebook", metavar="ID", help="规则集 id")]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="评价日期，默认为工作区的数据日期")]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="target_use、service_year、<规则>.value、<规则>.weight、<规则>.<参数>",
    ),
]


def day(text: str | None, *, option: str = "--as-of") -> date | None:
    """Return a date written as YYYY-MM-DD, or raise `UsageError`."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{option} {text} 不是日期", action="写成 YYYY-MM-DD，例如 2026-06-30") from error


def settings_of(pairs: list[str] | None) -> dict[str, str]:
    """Return ``KEY=VALUE`` texts as a mapping, or raise `UsageError`."""
    out: dict[str, str] = {}
    for pair in pairs or []:
        name, sign, value = pair.partition("=")
        if not sign or not name.strip() or not value.strip():
            raise UsageError(f"--set {pair} 的写法不对", action="写成 KEY=VALUE，例如 --set target_use=0901")
        if name.strip() in out:
            raise UsageError(f"--set {name.strip()} 给了两次", action="每项只给一次")
        out[name.strip()] = value.strip()
    return out
