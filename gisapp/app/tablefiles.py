"""Writing a declared table with its provenance (写资料表): whole or not at all, what was there before kept aside."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pandas as pd
import yaml

from gisapp.app.parcels import STATE_FOLDER
from gisapp.context.tables import FOLDER
from gisapp.errors import InputError, Problem, why_not
from gisapp.io.hashing import sha256_file
from gisapp.io.staging import staging
from gisapp.io.tables import read_table
from gisapp.model.tables import Provenance, TableSpec

ASIDE: Final = "replaced"
"""The folder below ``.gisapp/`` that keeps files which an import replaced (被替换的文件)."""
SHORT: Final = 12


def held_cells(root: Path, spec: TableSpec) -> pd.DataFrame | None:
    """Return the cells of a table as the texts that stand in its file, None where it is not loaded."""
    path = root / FOLDER / f"{spec.id}.csv"
    return read_table(path) if path.exists() else None


def write_table(root: Path, spec: TableSpec, cells: pd.DataFrame, provenance: Provenance) -> str | None:
    """Write rows and provenance of a table and return where the old version is kept, None if there was none.

    Raises
    ------
    InputError
        If nothing can be written; the old table then stands as it was.
    """
    folder = root / FOLDER
    names = [column.name for column in spec.columns]
    with staging(folder, ".table-") as temporary:
        rows = temporary / f"{spec.id}.csv"
        cells.reindex(columns=names).to_csv(rows, index=False, lineterminator="\n", encoding="utf-8")
        told = provenance.model_copy(update={"sha256": sha256_file(rows)})
        text = yaml.safe_dump(
            told.model_dump(mode="json", exclude_none=True), allow_unicode=True, sort_keys=False
        )
        (temporary / f"{spec.id}.yaml").write_text(text, encoding="utf-8")
        aside = put_aside(root, [folder / f"{spec.id}.csv", folder / f"{spec.id}.yaml"])
        replace_files(temporary, folder, [f"{spec.id}.yaml", f"{spec.id}.csv"])
    return aside


def put_aside(root: Path, files: list[Path]) -> str | None:
    """Copy files that will be replaced below ``.gisapp/replaced/`` and return the folder, None if none is there."""
    there = [path for path in files if path.exists()]
    if not there:
        return None
    target = root / STATE_FOLDER / ASIDE / f"{there[0].stem}-{sha256_file(there[0])[:SHORT]}"
    target.mkdir(parents=True, exist_ok=True)
    for path in there:
        shutil.copy2(path, target / path.name)
    return target.relative_to(root).as_posix()


def replace_files(
    source: Path, folder: Path, names: list[str], *, move: Callable[[Path, Path], None] = os.replace
) -> None:
    """Move files of `source` over those of `folder`, all of them or, if one cannot be moved, none."""
    before = {name: (folder / name).read_bytes() if (folder / name).exists() else None for name in names}
    done: list[str] = []
    try:
        for name in names:
            move(source / name, folder / name)
            done.append(name)
    except OSError as error:
        for name in done:
            _restore(folder / name, before[name])
        action = "检查权限与磁盘空间后重试；原有文件未改动"
        raise InputError(Problem(f"无法写入：{why_not(error)}", file=folder.name, action=action)) from error


def _restore(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(content)
