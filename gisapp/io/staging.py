"""Writing whole or not at all (整体写入): a folder beside the target, moved there when it is complete.

What a killed process left beside a target is removed by the next one that writes there.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gisapp.errors import InputError, Problem, why_not


@contextmanager
def staging(parent: Path, prefix: str, *, field: str | None = None) -> Iterator[Path]:
    """Give a new folder in `parent` to fill and to move away; it is removed if the block fails.

    Raises
    ------
    InputError
        If nothing can be written there, or the disk is full on the way.
    """
    try:
        parent.mkdir(parents=True, exist_ok=True)
        sweep(parent, prefix)
        folder = Path(tempfile.mkdtemp(prefix=owned(prefix), dir=parent))
    except OSError as error:
        action = "检查权限，或换一个位置"
        raise InputError(
            Problem(f"文件夹不可写：{why_not(error)}", file=parent.name, field=field, action=action)
        ) from error
    try:
        yield folder
    except OSError as error:
        action = "检查磁盘空间与权限后重试；没有留下写了一半的文件"
        raise InputError(
            Problem(f"无法写入：{why_not(error)}", file=parent.name, field=field, action=action)
        ) from error
    finally:
        # After a move there is nothing left here.
        shutil.rmtree(folder, ignore_errors=True)


def owned(prefix: str) -> str:
    """Return a prefix for names that `sweep` knows as the work of this process."""
    return f"{prefix}{_host()}-{os.getpid()}-"


def sweep(parent: Path, prefix: str) -> None:
    """Remove what processes of this machine that are no more left behind in `parent` (清理残留)."""
    pattern = re.compile(rf"{re.escape(prefix)}{re.escape(_host())}-(\d+)-.*")
    for folder in parent.glob(f"{prefix}*"):
        found = pattern.fullmatch(folder.name)
        if found and not _lives(int(found[1])):
            shutil.rmtree(folder, ignore_errors=True)


def _host() -> str:
    """Return this machine's name as part of a file name: a shared disk may hold the work of others."""
    return re.sub(r"[^A-Za-z0-9]", "", socket.gethostname()) or "host"


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
