"""Loading the differentiated standard (加载控制指标): checked, dated, and kept with who provided and who loaded it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import pandas as pd

from gisapp.app.controlshape import load_control_mapping, shaped
from gisapp.app.tablefiles import held_cells, write_table
from gisapp.app.workspace import Workspace
from gisapp.context.controlchecks import control_problems
from gisapp.context.controls import TABLE
from gisapp.context.tables import FOLDER, table_catalog, typed
from gisapp.errors import InputError, Problem, UsageError
from gisapp.io.tables import LINES, read_table
from gisapp.io.yamlfile import load_yaml
from gisapp.model.controls import KINDS
from gisapp.model.rules import Status
from gisapp.model.tables import Provenance, TableSpec

SHOWN: Final = 20
_ORDER: Final = "VNMD"


@dataclass(frozen=True)
class Given:
    """What whoever loads a table says of it (加载说明); `day` is the day of loading."""

    provider: str
    as_of: date
    loaded_by: str
    day: date
    document: str | None = None
    status: Status = "D"


@dataclass(frozen=True)
class ControlsImport:
    """What loading a standard did (加载结果): ``rows_in`` = added; ``conversions`` will be made when they are read."""

    file: str
    to: str
    rows_in: int
    added: int
    removed: int
    rows_total: int
    by_indicator: dict[str, int]
    conversions: tuple[str, ...]
    provider: str
    as_of: date
    loaded_by: str
    loaded_on: date
    backup: str | None
    dry_run: bool


def import_controls(
    workspace: Workspace,
    file: Path,
    given: Given,
    *,
    mapping: Path | None = None,
    encoding: str | None = None,
    replace: bool = False,
    dry_run: bool = False,
) -> ControlsImport:
    """Add the rows of a file to the standard, or with `replace` put them in the place of all that was loaded before.

    Nothing is converted in the file that is kept: values stay as they were given, with their unit.

    Raises
    ------
    InputError
        With every fault of the file by line; nothing is written then.
    """
    spec = _spec(workspace.root)
    cells = shaped(read_table(file, encoding=encoding), spec, load_control_mapping(mapping), name=file.name)
    filled = _filled(cells, given)
    old = held_cells(workspace.root, spec)
    kept = None if replace or old is None else old
    frame = _checked(workspace, filled, spec, file.name, kept)
    whole = filled if kept is None else pd.concat([kept, filled], ignore_index=True)
    backup = None
    if not dry_run:
        synthetic = kept is not None and _was_synthetic(workspace.root)
        told = _provenance(given, file.name, whole, synthetic=synthetic)
        backup = write_table(workspace.root, spec, whole, told)
        workspace.reload()
    removed = len(old) if replace and old is not None else 0
    done = (len(cells), removed, len(whole))
    return _done(file.name, frame, given, rows=done, backup=backup, dry_run=dry_run)


def _done(
    file: str,
    frame: pd.DataFrame,
    given: Given,
    *,
    rows: tuple[int, int, int],
    backup: str | None,
    dry_run: bool,
) -> ControlsImport:
    added, removed, total = rows
    return ControlsImport(
        file=file,
        to="controls",
        rows_in=added,
        added=added,
        removed=removed,
        rows_total=total,
        by_indicator=dict(Counter(KINDS[name].title for name in frame["indicator"])),
        conversions=_conversions(frame),
        provider=given.provider,
        as_of=given.as_of,
        loaded_by=given.loaded_by,
        loaded_on=given.day,
        backup=backup,
        dry_run=dry_run,
    )


def _spec(root: Path) -> TableSpec:
    found = next((spec for spec in table_catalog(root).tables if spec.id == TABLE), None)
    if found is None:
        raise UsageError(
            f"工作区没有声明资料表 {TABLE}", action="从示例工作区复制 parcels/tables/catalog.yaml 中的这一段"
        )
    return found


def _filled(cells: pd.DataFrame, given: Given) -> pd.DataFrame:
    out = cells.copy()
    for name, value in (("document", given.document), ("status", given.status)):
        own = out[name] if name in out else pd.Series(None, index=out.index, dtype="object")
        out[name] = own.where(own.notna(), value)
    out["provider"], out["as_of"] = given.provider, given.as_of.isoformat()
    out["loaded_by"], out["loaded_on"] = given.loaded_by, given.day.isoformat()
    out.attrs = cells.attrs
    return out


def _checked(
    workspace: Workspace, cells: pd.DataFrame, spec: TableSpec, name: str, kept: pd.DataFrame | None
) -> pd.DataFrame:
    """Return the typed rows, or raise with every fault: of cells, of rows, and against what is loaded already."""
    lines: Sequence[int] = cells.attrs[LINES]
    if not len(cells):
        raise InputError(Problem("文件没有记录", file=name, expected="至少一条标准"))
    frame = typed(cells, spec, name=name)
    held = None if kept is None else typed(kept, spec, name=f"{spec.id}.csv")
    problems = _known_ids(frame, lines, name, held) + _parks(workspace, frame, lines, name)
    problems += control_problems(frame, lines, file=name, held=held)
    if problems:
        # One fault a line: an id that is there already needs no second message about its dates.
        raise InputError(
            list({problem.line: problem for problem in reversed(problems)}.values())[::-1][:SHOWN]
        )
    return frame


def _known_ids(
    frame: pd.DataFrame, lines: Sequence[int], name: str, held: pd.DataFrame | None
) -> list[Problem]:
    there = set() if held is None else set(held["id"])
    return [
        Problem(
            "编号已经加载过",
            file=name,
            line=line,
            field="id",
            value=str(id_),
            action="改用新的编号；要以本文件替换全部已加载的标准，用 --replace",
        )
        for id_, line in zip(frame["id"], lines, strict=True)
        if id_ in there
    ]


def _parks(workspace: Workspace, frame: pd.DataFrame, lines: Sequence[int], name: str) -> list[Problem]:
    """Return the rows of a park that the park layer does not have; nothing where no such layer is loaded."""
    if not frame["park"].notna().any():
        return []
    context = workspace.context()
    if not context.has("park") or "id" not in context.frame("park"):
        return []
    parks = sorted(map(str, context.frame("park")["id"]))
    return [
        Problem(
            "园区不在园区图层中",
            file=name,
            line=line,
            field="park",
            value=str(park),
            expected="、".join(parks),
        )
        for park, line in zip(frame["park"], lines, strict=True)
        if park is not None and not pd.isna(park) and park not in parks
    ]


def _conversions(frame: pd.DataFrame) -> tuple[str, ...]:
    """Return which units will be converted by which factor, and how many rows of each."""
    counted = Counter(zip(frame["indicator"], frame["unit"], strict=True))
    return tuple(
        f"{KINDS[name].title}：{count} 行 {unit} × {KINDS[name].factors[unit]} = {KINDS[name].unit}"
        for (name, unit), count in counted.items()
        if KINDS[name].factors[unit] != 1
    )


def _was_synthetic(root: Path) -> bool:
    path = root / FOLDER / f"{TABLE}.yaml"
    return path.exists() and load_yaml(path, Provenance, root=root)[0].synthetic


def _provenance(given: Given, file: str, whole: pd.DataFrame, *, synthetic: bool) -> Provenance:
    weakest = max((str(letter) for letter in whole["status"]), key=_ORDER.index)
    return Provenance(
        provider="、".join(dict.fromkeys(str(name) for name in whole["provider"] if name is not None)),
        document=given.document,
        as_of=given.as_of,
        status=weakest,  # type: ignore[arg-type]
        loaded_by=given.loaded_by,
        loaded_on=given.day,
        synthetic=synthetic,
        note=f"最近一次加载：{file}",
    )
