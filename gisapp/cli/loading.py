"""`gisapp import --to controls|policies|ledger` (加载标准、政策与台账)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final, get_args

from gisapp.app import Workspace
from gisapp.app.import_controls import ControlsImport, Given, import_controls
from gisapp.app.import_policies import By, PolicyImport, attach_text, import_policy
from gisapp.app.ledgers import Ledgers
from gisapp.app.storing import local_user
from gisapp.cli.options import day
from gisapp.errors import UsageError
from gisapp.model.changes import Author
from gisapp.model.rules import Status

TABLES: Final = ("controls", "policies", "ledger")
"""What can be loaded besides parcels and layers."""


@dataclass(frozen=True)
class Asked:
    """What the command line said about a file to load (加载选项)."""

    mapping: Path | None
    encoding: str | None
    provider: str | None
    document: str | None
    as_of: str | None
    status: str | None
    clause: str | None
    user: str | None
    replace: bool
    dry_run: bool


def load(workspace: Workspace, file: Path, to: str, asked: Asked) -> tuple[dict[str, object], list[str]]:
    """Return the outcome of loading a file, as data and as lines for people."""
    _fit(to, asked)
    if to == "controls":
        controls = import_controls(
            workspace, file, _given(asked), mapping=asked.mapping, encoding=asked.encoding,
            replace=asked.replace, dry_run=asked.dry_run,
        )  # fmt: skip
        return dict(vars(controls)), _controls_lines(controls)
    if to == "policies":
        policy = _policy(workspace, file, asked)
        return dict(vars(policy)), _policy_lines(policy)
    return _ledger(workspace, file, asked)


_OWN: Final = {
    "--provider": ("controls",),
    "--document": ("controls",),
    "--as-of": ("controls",),
    "--status": ("controls",),
    "--map": ("controls",),
    "--clause": ("policies",),
    "--replace": ("controls", "policies"),
}


def refuse_foreign(to: str, asked: Asked) -> None:
    """Refuse options of standards and policies for parcels and layers."""
    _fit(to, replace(asked, mapping=None, replace=False))


def _fit(to: str, asked: Asked) -> None:
    """Refuse an option that means nothing for this kind of file."""
    given = {
        "--provider": asked.provider, "--document": asked.document, "--as-of": asked.as_of, "--status": asked.status,
        "--map": asked.mapping, "--clause": asked.clause, "--replace": asked.replace or None,
    }  # fmt: skip
    for name, value in given.items():
        if value is not None and to not in _OWN[name]:
            raise UsageError(f"{name} 不用于 --to {to}", action=f"只用于 --to {'、'.join(_OWN[name])}")


def _given(asked: Asked) -> Given:
    """Return who says what about a standard; who provides it and as of when may not be left open."""
    as_of = day(asked.as_of)
    if asked.provider is None or as_of is None:
        raise UsageError(
            "加载标准须写明提供单位与截止日期",
            action="加 --provider 单位 --as-of YYYY-MM-DD，例如 --provider 市规划资源局",
        )
    status = asked.status or "D"
    if status not in get_args(Status):
        raise UsageError(f"--status {status} 不存在", action=f"可用：{'、'.join(get_args(Status))}")
    return Given(
        asked.provider, as_of, asked.user or local_user(), date.today(), asked.document, status  # type: ignore[arg-type]
    )  # fmt: skip


def _controls_lines(done: ControlsImport) -> list[str]:
    lines = [
        f"{done.file} → 控制指标{'（试运行，未写入）' if done.dry_run else ''}",
        f"  读入 {done.rows_in} = 加载 {done.added}，现有 {done.rows_total} 条"
        + (f"，移出 {done.removed} 条" if done.removed else ""),
        "  " + "、".join(f"{name} {count}" for name, count in done.by_indicator.items()),
        f"  {done.provider} 提供，截止 {done.as_of}，{done.loaded_by} 于 {done.loaded_on} 加载",
    ]
    lines += [f"  读取时换算 {text}" for text in done.conversions]
    return lines + ([f"  原有的表在 {done.backup}"] if done.backup else [])


def _policy(workspace: Workspace, file: Path, asked: Asked) -> PolicyImport:
    by = By(asked.user or local_user(), date.today())
    if asked.clause is None:
        return import_policy(workspace, file, by, replacing=asked.replace, dry_run=asked.dry_run)
    return attach_text(workspace, file, asked.clause, by, replacing=asked.replace, dry_run=asked.dry_run)


def _policy_lines(done: PolicyImport) -> list[str]:
    what = done.clause or f"{done.document}（{done.clauses} 个条款）"
    lines = [
        f"{done.file} → {done.state} {what}{'（试运行，未写入）' if done.dry_run else ''}",
        f"  {done.stored}，校验码 {done.sha256[:8]}，{done.loaded_by} 于 {done.loaded_on} 加载",
    ]
    if done.clause is not None:
        lines.append("  原文已附；概述与数值是否与原文一致，须由人核对后改政策文件的 text_seen")
    return lines + ([f"  原有的文件在 {done.backup}"] if done.backup else [])


def _ledger(workspace: Workspace, file: Path, asked: Asked) -> tuple[dict[str, object], list[str]]:
    """Post the entries of a file, all or none; other books and schemes are for `gisapp ledger post`."""
    ledgers = Ledgers(workspace)
    new = ledgers.read("entries", file)
    ledgers.prepare(new, file=file.name)
    author = Author(asked.user or local_user())
    done = () if asked.dry_run else ledgers.post(new, author=author, op_id=str(uuid.uuid4()), file=file.name)
    numbers = [record.number for record in done]
    word = f"已记入 {len(done)} 条，记录号 {numbers[0]}–{numbers[-1]}" if numbers else "检查通过，未写入"
    result: dict[str, object] = {
        "file": file.name,
        "to": "ledger",
        "rows_in": len(new),
        "dry_run": asked.dry_run,
        "numbers": numbers,
    }
    return result, [f"{file.name} → 台账分录", f"  {word}"]
