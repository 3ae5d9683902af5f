"""Where the packages of a workspace are kept (方案存放): ``.gisapp/udb/<id>/<version>.json``, one file a version.

A version is written beside its place and linked there whole: a process that dies leaves the version before it, and of two
that write the same version one is told so.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

from gisapp.errors import ConflictError, InputError, Problem, UsageError
from gisapp.io.staging import staging
from gisapp.io.yamlfile import load_yaml
from gisapp.model.udb import Package

FOLDER: Final = "udb"
_DIGITS: Final = 6


def shelf(state: Path) -> Path:
    """Return the folder of the packages below the workspace's folder of run state."""
    return state / FOLDER


def listed(state: Path) -> list[str]:
    """Return the ids of the packages, in order."""
    folder = shelf(state)
    if not folder.is_dir():
        return []
    return sorted(item.name for item in folder.iterdir() if item.is_dir() and _versions(item))


def latest(state: Path) -> str:
    """Return the id of the package that was saved last; raises ValueError if there is none."""
    return max(
        listed(state),
        key=lambda id_: max(p.stat().st_mtime_ns for p in _versions(shelf(state) / id_).values()),
    )


def read(state: Path, package_id: str, version: int | None = None) -> Package:
    """Return a package, by default its newest version.

    Raises
    ------
    InputError
        If there is none of this id or version, or its file is damaged.
    """
    known = _versions(shelf(state) / package_id) if package_id in listed(state) else {}
    wanted = max(known, default=0) if version is None else version
    if wanted not in known:
        raise InputError(
            Problem(
                "没有这个边界优化方案",
                field="方案",
                value=package_id if version is None else f"{package_id} 版本 {version}",
                expected="、".join(listed(state)) or "（还没有方案）",
                action="用 gisapp udb list 查看，或用 gisapp udb create 新建",
            )
        )
    path = known[wanted]
    found = load_yaml(path, Package, root=state.parent)[0]
    if (found.id, found.version) != (package_id, wanted):
        name = path.relative_to(state.parent).as_posix()
        message = "方案文件的编号或版本与文件名不一致"
        action = "恢复该文件，或删去它以回到上一版本"
        raise InputError(Problem(message, file=name, value=f"{found.id} {found.version}", action=action))
    return found


def save(state: Path, package: Package) -> Package:
    """Write `package` as the version after the one that it was read as, and return it with its new version.

    Raises
    ------
    ConflictError
        If somebody else wrote that version first.
    InputError
        If the folder cannot be written.
    """
    target = shelf(state) / package.id
    newest = max(_versions(target), default=0)
    if newest != package.version:
        raise _conflict(package, newest)
    done = package.model_copy(update={"version": package.version + 1})
    path = target / f"{done.version:0{_DIGITS}d}.json"
    with staging(shelf(state), ".package-") as temporary:
        draft = temporary / path.name
        with draft.open("w", encoding="utf-8") as stream:
            stream.write(done.model_dump_json(indent=1, exclude_none=True) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        target.mkdir(exist_ok=True)
        try:
            os.link(draft, path)
        except FileExistsError as error:
            raise _conflict(package, done.version) from error
    return done


def drop(state: Path, package_id: str) -> None:
    """Remove a package with all its versions.

    Raises
    ------
    InputError
        If there is none of this id.
    """
    read(state, package_id)
    shutil.rmtree(shelf(state) / package_id)


def _versions(folder: Path) -> dict[int, Path]:
    if not folder.is_dir():
        return {}
    return {int(path.stem): path for path in folder.glob("*.json") if path.stem.isdigit()}


def _conflict(package: Package, newest: int) -> ConflictError:
    text = f"方案 {package.id} 已被改为版本 {newest}，这里的是版本 {package.version}"
    return ConflictError(text, action="重新读取方案后再改")


def require_new(state: Path, package_id: str) -> None:
    """Raise `UsageError` if a package of this id is there already."""
    if package_id in listed(state):
        raise UsageError(f"已有方案 {package_id}", action="换一个编号，或用 gisapp udb add 加图斑")
