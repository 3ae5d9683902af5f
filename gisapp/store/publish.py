"""A new file that appears whole or not at all (成文件): written beside its place, synced, linked into it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from gisapp.errors import InputError, Problem, UsageError


@contextmanager
def unfinished(path: Path) -> Iterator[Path]:
    """Lend a scratch path in the folder of `path`; what is written there becomes `path` at the end.

    Raises
    ------
    UsageError
        If there is a file at `path` by then: it is never overwritten.
    InputError
        If the folder cannot be written.
    """
    scratch = path.with_name(f".{path.name}.{uuid4().hex[:8]}")
    try:
        yield scratch
        _sync(scratch)
        _place(scratch, path)
    except FileExistsError as error:
        raise UsageError(f"文件 {path.name} 已存在", action="换一个文件名；已有的文件从不覆盖") from error
    except OSError as error:
        action = "检查文件夹是否存在、可写，磁盘是否已满"
        raise InputError(Problem(f"文件无法写入：{error.strerror}", file=path.name, action=action)) from error
    finally:
        for ending in ("", "-wal", "-shm", "-journal"):
            scratch.with_name(scratch.name + ending).unlink(missing_ok=True)


def _place(scratch: Path, path: Path) -> None:
    try:
        os.link(scratch, path)
    except FileExistsError:
        raise
    except OSError:
        # A file system without hard links: claim the name first, so that nothing is overwritten.
        path.open("xb").close()
        scratch.replace(path)
    if os.name == "posix":
        _sync(path.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
