"""The declared tables of a workspace (资料表): loaded from whom, as of when, by whom and on which day, or not loaded."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import pandas as pd

from gisapp.app.workspace import Workspace
from gisapp.context.controlchecks import check_controls
from gisapp.context.tables import FOLDER, LoadedTable, load_tables, table_catalog
from gisapp.io.hashing import sha256_file
from gisapp.model.base import Title
from gisapp.model.rules import Status
from gisapp.model.tables import Provenance

CHANGED: Final = "内容与加载时登记的校验码不符：加载后有人改过"
SHORT: Final = 8


@dataclass(frozen=True)
class Loading:
    """One loading of rows (一次加载): by which document, from whom, as of when, by whom on which day."""

    document: str | None
    provider: str
    rows: int
    as_of: date | None
    loaded_by: str | None
    loaded_on: date | None
    status: Status


@dataclass(frozen=True)
class DeclaredEntry:
    """One declared table (资料表): ``rows`` is None and ``loadings`` empty where it is not loaded (未提供)."""

    id: str
    title: Title
    file: str
    rows: int | None
    loadings: tuple[Loading, ...] = ()
    synthetic: bool = False
    changed: bool = False
    hash: str = ""


def declared_entries(root: Path) -> tuple[DeclaredEntry, ...]:
    """Return every table that the workspace declares, in the order of its catalogue; InputError where one has faults."""
    loaded = load_tables(root)
    check_controls(loaded)
    out = []
    for spec in table_catalog(root).tables:
        file = (FOLDER / f"{spec.id}.csv").as_posix()
        table = loaded.get(spec.id)
        out.append(
            DeclaredEntry(spec.id, spec.title, file, None) if table is None else _entry(table, root, file)
        )
    return tuple(out)


def _entry(table: LoadedTable, root: Path, file: str) -> DeclaredEntry:
    digest, told = sha256_file(root / file), table.provenance
    return DeclaredEntry(
        table.spec.id,
        table.spec.title,
        file,
        len(table.frame),
        _loadings(table),
        told.synthetic,
        told.sha256 is not None and told.sha256 != digest,
        digest[:SHORT],
    )


def _loadings(table: LoadedTable) -> tuple[Loading, ...]:
    """Return the loadings that the rows tell of, or the one of the table's provenance."""
    told, frame = table.provenance, table.frame
    if "provider" not in frame or "document" not in frame:
        return (
            Loading(
                told.document,
                told.provider,
                len(frame),
                told.as_of,
                told.loaded_by,
                told.loaded_on,
                told.status,
            ),
        )
    keys = ("document", "provider", "as_of", "loaded_by", "loaded_on", "status")
    counts = Counter(zip(*(frame[name].tolist() for name in keys), strict=True))
    return tuple(
        _loading(dict(zip(keys, cells, strict=True)), count, told) for cells, count in counts.items()
    )


def _loading(cells: dict[str, object], rows: int, told: Provenance) -> Loading:
    return Loading(
        _text(cells["document"]),
        _text(cells["provider"]) or told.provider,
        rows,
        _day(cells["as_of"]) or told.as_of,
        _text(cells["loaded_by"]),
        _day(cells["loaded_on"]),
        cells["status"],  # type: ignore[arg-type]
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _day(value: object) -> date | None:
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return None
    return pd.Timestamp(value).date()  # type: ignore[arg-type]


def told_tables(workspace: Workspace) -> tuple[str, list[str]]:
    """Return what is loaded and what is not in one line, and each table that was edited since it was loaded."""
    entries = declared_entries(workspace.root)
    there = [entry for entry in entries if entry.rows is not None]
    absent = [entry.title.zh for entry in entries if entry.rows is None]
    said = "；".join(_said(entry) for entry in there)
    lacking = f"；未提供：{'、'.join(absent)}" if absent else ""
    changed = [f"{entry.file}：{CHANGED}" for entry in there if entry.changed]
    return f"{len(there)} 张已加载{f'：{said}' if said else ''}{lacking}", changed


def _said(entry: DeclaredEntry) -> str:
    sources = dict.fromkeys(
        f"{one.provider}，截止 {one.as_of}"
        + (f"，{one.loaded_by} 于 {one.loaded_on} 加载" if one.loaded_on else "")
        for one in entry.loadings
    )
    return f"{entry.title.zh} {entry.rows} 行（{'；'.join(sources)}）"
