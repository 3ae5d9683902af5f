"""The verb behind every site check (红线套合): read a red line, lay it over the workspace, keep the last answers."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Final

from gisapp.app.workspace import Progress, Workspace, silent
from gisapp.crs import parse_crs
from gisapp.errors import InputError, Problem
from gisapp.evaluation.site import SiteCheck, site_check, site_id
from gisapp.i18n import Text
from gisapp.io.redline import RedLine, RedLineOptions, parse_redline, read_redline
from gisapp.rules.load import LoadedRulebook

KEPT: Final = 16


@dataclass
class _Kept:
    """The answers that were given last, by 套合编号 and the name that the red line went by."""

    lock: Lock
    found: OrderedDict[tuple[str, ...], SiteCheck]


_KEPT: Final = _Kept(Lock(), OrderedDict())


def read_file(workspace: Workspace, path: Path, options: RedLineOptions) -> RedLine:
    """Return the red line in a file, in the workspace's CRS; errors as `read_redline`."""
    crs = parse_crs(workspace.catalog.workspace.crs, file="layers/catalog.yaml")
    return read_redline(path, workspace=crs, options=options)


def read_text(workspace: Workspace, text: str, options: RedLineOptions) -> RedLine:
    """Return the red line in pasted text, in the workspace's CRS; errors as `parse_redline`."""
    crs = parse_crs(workspace.catalog.workspace.crs, file="layers/catalog.yaml")
    return parse_redline(text, workspace=crs, options=options)


def main_file(files: list[Path]) -> Path:
    """Return the one data file among those dropped together, a shapefile's .shp among its parts.

    Raises
    ------
    InputError
        If there is none, or more than one.
    """
    parts = {".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix"}
    found = [file for file in files if file.suffix.lower() not in parts]
    if len(found) == 1:
        return found[0]
    value = "、".join(file.name for file in (found or files)[:8])
    message = "一次只核对一份红线" if found else "Shapefile 缺少 .shp（图形）"
    raise InputError(
        Problem(message, value=value, expected="一个文件，或一套 Shapefile", action="重新选择文件")
    )


def check_site(
    workspace: Workspace, redline: RedLine, *, as_of: date | None = None, progress: Progress = silent
) -> SiteCheck:
    """Return what a red line lies on, from memory if the same was asked before.

    The date picks the rulebook editions in force; by default it is the workspace's data date, never today's.

    Raises
    ------
    InputError
        If the workspace cannot be read, or the red line overlaps itself.
    """
    day = as_of or workspace.catalog.workspace.data_date
    context = workspace.context(progress=progress).at(day)
    books, gaps = _books(workspace, day)
    table = workspace.table
    number = site_id(redline, context, parcels_hash=table.hash, books=books, as_of=day)
    names = [f"{block.name}/{block.declared_m2}/{block.use}" for block in redline.blocks]
    key = (
        number,
        str(workspace.root),
        workspace.branch,
        str(table.revision),
        redline.name,
        *redline.notes,
        *names,
    )
    with _KEPT.lock:
        if key in _KEPT.found:
            _KEPT.found.move_to_end(key)
            return _KEPT.found[key]
    found = site_check(
        redline, context, books=books, parcels_hash=table.hash, revision=table.revision, branch=workspace.branch,
        gaps=gaps, progress=progress,
    )  # fmt: skip
    with _KEPT.lock:
        _KEPT.found[key] = found
        while len(_KEPT.found) > KEPT:
            _KEPT.found.popitem(last=False)
    return found


def _books(workspace: Workspace, day: date) -> tuple[list[LoadedRulebook], list[str]]:
    """Return the rulebooks in force that can be read, and what is wrong with the others."""
    books: list[LoadedRulebook] = []
    gaps: list[str] = []
    try:
        ids = [book.id for book in workspace.rulebooks(as_of=day)]
    except InputError as error:
        return [], [Text("规则集无法读取，未引用条款：{fault}", fault=error.problems[0])]
    for id_ in ids:
        try:
            books.append(workspace.rulebook(id_, as_of=day))
        except InputError as error:
            gaps.append(
                Text("规则集 {book} 无法读取，未引用其条款：{fault}", book=id_, fault=error.problems[0])
            )
    if not ids:
        gaps.append(Text("{day} 没有生效的规则集，只列面积，未引用条款", day=day.isoformat()))
    return books, gaps
