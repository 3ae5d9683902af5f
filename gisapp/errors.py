"""The errors of gisapp, one tree; each leaf has the exit code of the command-line contract.

::

    GisappError              1   anything else
    ├── UsageError           2   bad use
    ├── InputError           3   bad input: one or more Problems, all reported at once
    │   └── CrsError         3   missing or unfit coordinate reference system
    ├── ConflictError        4   somebody else changed it first
    └── CheckError           5   a check failed or numbers differ

A message says where (file, line or row, field, value), what was expected and what to do. Text for planners
is Chinese; log text is English.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final


@dataclass(frozen=True)
class Problem:
    """One fault of an input (问题): where it is, what was found, what was expected, what to do."""

    message: str
    file: str | None = None
    line: int | None = None
    row: int | None = None
    field: str | None = None
    value: str | None = None
    expected: str | None = None
    action: str | None = None

    def __str__(self) -> str:
        """Return the problem as one Chinese sentence with its place in front."""
        place = [self.file or ""]
        place += [f"第 {self.line} 行"] if self.line is not None else []
        place += [f"第 {self.row} 条记录"] if self.row is not None else []
        place += [f"字段 {self.field}"] if self.field else []
        text = " ".join(part for part in place if part)
        text = f"{text}：{self.message}" if text else self.message
        text += f"（当前值：{self.value}）" if self.value is not None else ""
        text += f"；应为：{self.expected}" if self.expected else ""
        text += f"；处理：{self.action}" if self.action else ""
        return text

    def as_dict(self) -> dict[str, object]:
        """Return the parts that are set, for ``--json``."""
        return {key: value for key, value in self.__dict__.items() if value is not None}


class GisappError(Exception):
    """Base of every error that gisapp raises on purpose."""

    exit_code = 1

    def __init__(self, message: str, *, action: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.action = action

    def as_dict(self) -> dict[str, object]:
        """Return the error as the object that ``--json`` prints."""
        return {"message": self.message, "action": self.action, "exit_code": self.exit_code}


class UsageError(GisappError):
    """The command or call was used wrongly (用法错误)."""

    exit_code = 2


class InputError(GisappError):
    """The input has faults (输入有误); all of them are in ``problems``."""

    exit_code = 3

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def as_dict(self) -> dict[str, object]:
        """Return the error with each problem as an object of its own."""
        return super().as_dict() | {"problems": [problem.as_dict() for problem in self.problems]}


class CrsError(InputError):
    """A coordinate reference system is missing or unfit for the job (坐标系错误)."""


class ConflictError(GisappError):
    """Somebody else changed the same thing first (版本冲突)."""

    exit_code = 4


class CheckError(GisappError):
    """A check failed or two numbers that must agree differ (检查未通过)."""

    exit_code = 5


_REASONS: Final = {
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘是只读的",
    errno.ENOSPC: "磁盘空间不足",
    errno.EDQUOT: "超出磁盘配额",
    errno.EFBIG: "文件超过允许的大小",
    errno.ENOENT: "文件不存在",
    errno.EEXIST: "已有同名文件",
    errno.EISDIR: "是文件夹，不是文件",
    errno.ENOTDIR: "路径中有一段是文件，不是文件夹",
    errno.EIO: "磁盘读写出错",
    errno.EMFILE: "打开的文件太多",
}


def why_not(error: OSError) -> str:
    """Return why the system refused to read or write, in Chinese (读写失败原因)."""
    return _REASONS.get(error.errno or 0, error.strerror or type(error).__name__)


def unreadable(name: str, error: OSError) -> InputError:
    """Return the error for a file that the system does not let us read."""
    action = "检查文件的权限与完整性" if error.errno != errno.ENOENT else "检查路径"
    return InputError(Problem(f"文件无法读取：{why_not(error)}", file=name, action=action))


def refused_by_system(error: OSError) -> InputError:
    """Return the error for a read or write that the system refused somewhere along the way."""
    name = Path(str(error.filename)).name if error.filename else None
    action = "检查该文件或文件夹的权限与磁盘空间后重试"
    return InputError(Problem(f"无法读写：{why_not(error)}", file=name, action=action))
