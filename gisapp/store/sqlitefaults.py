"""What goes wrong with a file, said to a planner (文件库故障): where, what, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import apsw

from gisapp.errors import InputError, Problem

NOTHING_WRITTEN: Final = "，本次改动未写入"

TOLD: Final[tuple[tuple[type[apsw.Error], str, str], ...]] = (
    (apsw.FullError, "磁盘空间不足" + NOTHING_WRITTEN, "清理磁盘后重试"),
    (apsw.BusyError, "地块库正被其他程序占用" + NOTHING_WRITTEN, "稍后重试；关闭正在打开该文件的其他软件"),
    (apsw.LockedError, "地块库正被其他程序占用" + NOTHING_WRITTEN, "稍后重试；关闭正在打开该文件的其他软件"),
    (apsw.ReadOnlyError, "没有写入权限" + NOTHING_WRITTEN, "检查文件及其所在文件夹的权限"),
    (apsw.CantOpenError, "文件无法打开", "检查路径，以及文件与所在文件夹的权限"),
    (apsw.PermissionsError, "没有访问权限", "检查文件及其所在文件夹的权限"),
    (apsw.AuthError, "没有访问权限", "检查文件及其所在文件夹的权限"),
    (apsw.NotADBError, "文件不是地块库", "检查路径，或从备份恢复"),
    (apsw.CorruptError, "文件已损坏", "停止编辑，从最近的备份恢复"),
    (apsw.IOError, "磁盘读写失败" + NOTHING_WRITTEN, "检查磁盘与网络盘连接后重试"),
)


@contextmanager
def translated(name: str) -> Iterator[None]:
    """Turn what SQLite raises about the file into an `InputError`; anything else passes."""
    try:
        yield
    except apsw.Error as error:
        for kind, message, action in TOLD:
            if isinstance(error, kind):
                raise InputError(Problem(message, file=name, action=action)) from error
        raise
