"""Reading declared tables (读取资料表): every cell checked against its column, every fault by file and line."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pandas as pd

from gisapp.errors import InputError, Problem
from gisapp.io.hashing import sha256_file, sha256_text
from gisapp.io.tables import LINES, Lines, read_table
from gisapp.io.yamlfile import load_yaml
from gisapp.model.tables import ColumnSpec, Provenance, TableCatalog, TableSpec

FOLDER: Final = Path("parcels") / "tables"
_BOOLS: Final = {"true": True, "false": False, "是": True, "否": False, "1": True, "0": False}
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
MOST_PROBLEMS: Final = 20


@dataclass(frozen=True)
class LoadedTable:
    """A declared table that was read (已加载资料表): text and codes as objects, numbers as float64, days as datetime64.

    Boolean columns are objects: True, False or None.
    """

    spec: TableSpec
    provenance: Provenance
    frame: pd.DataFrame = field(repr=False)
    hash: str


def table_catalog(root: Path) -> TableCatalog:
    """Return the catalogue of declared tables; an empty one where a workspace has none."""
    path = root / FOLDER / "catalog.yaml"
    return load_yaml(path, TableCatalog, root=root)[0] if path.exists() else TableCatalog()


def load_tables(root: Path) -> dict[str, LoadedTable]:
    """Return the declared tables whose files are there, by id.

    Raises
    ------
    InputError
        With the faults of all tables together.
    """
    out: dict[str, LoadedTable] = {}
    problems: list[Problem] = []
    for spec in table_catalog(root).tables:
        path = root / FOLDER / f"{spec.id}.csv"
        if not path.exists():
            continue
        try:
            provenance = load_yaml(path.with_suffix(".yaml"), Provenance, root=root)[0]
            frame = typed(read_table(path), spec, name=path.name)
            digest = sha256_text([sha256_file(path), provenance.model_dump_json()])
            out[spec.id] = LoadedTable(spec, provenance, frame, digest)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return out


def typed(frame: pd.DataFrame, spec: TableSpec, *, name: str) -> pd.DataFrame:
    """Return a table of texts with each column of the type that `spec` declares.

    Raises
    ------
    InputError
        With each column that is missing or not declared, each cell that is empty, of another type or out of
        bounds, and each key that stands twice.
    """
    declared = {column.name: column for column in spec.columns}
    missing = [c.name for c in spec.columns if c.name not in frame.columns and (c.required or c.key)]
    strange = [str(column) for column in frame.columns if column not in declared]
    problems = [Problem("缺少列", file=name, line=1, field=column) for column in missing]
    problems += [
        Problem("列未在资料表目录中声明", file=name, line=1, field=column, expected="、".join(declared))
        for column in strange
    ]
    if problems:
        raise InputError(problems)
    lines = frame.attrs.get(LINES) or list(range(2, len(frame) + 2))
    out = {}
    for column in spec.columns:
        cells = frame[column.name].tolist() if column.name in frame else [None] * len(frame)
        values, faults = _column(cells, column, name, lines)
        out[column.name] = values
        problems += faults
    problems += _twice(frame, spec, name, lines)
    if problems:
        raise InputError(problems[:MOST_PROBLEMS])
    done = pd.DataFrame(out, index=frame.index)
    done.attrs[LINES] = Lines(lines)
    return done


def _column(
    cells: list[str | None], column: ColumnSpec, name: str, lines: list[int]
) -> tuple[pd.Series, list[Problem]]:
    read, expected = _READERS[column.dtype]
    values: list[object] = []
    problems = []
    for cell, line in zip(cells, lines, strict=True):
        value = None if cell is None else read(cell.strip())
        fault = None
        if cell is None:
            fault = "不能为空" if column.required or column.key else None
        elif value is None:
            fault = f"不是{expected}"
        elif column.values and value not in column.values:
            fault, expected = "取值不在所列之内", "、".join(column.values)
        elif isinstance(value, float) and not _within(value, column):
            fault, expected = "数值超出范围", f"{column.min} 至 {column.max}"
        if fault:
            problems.append(
                Problem(fault, file=name, line=line, field=column.name, value=cell, expected=expected)
            )
        values.append(value)
    if column.dtype == "number":
        return pd.Series(values, dtype="float64"), problems
    if column.dtype == "date":
        return pd.to_datetime(pd.Series(values, dtype="object")), problems
    return pd.Series(values, dtype="object"), problems


def _within(value: float, column: ColumnSpec) -> bool:
    return (column.min is None or value >= column.min) and (column.max is None or value <= column.max)


def _number(text: str) -> float | None:
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None


def _day(text: str) -> pd.Timestamp | None:
    if not _DAY.fullmatch(text):
        return None
    day = pd.to_datetime(text, errors="coerce")
    return None if pd.isna(day) else day


def _text(text: str) -> str | None:
    return text or None


_READERS: Final[dict[str, tuple[Callable[[str], object], str]]] = {
    "text": (_text, "文字"),
    "code": (_text, "代码"),
    "number": (_number, "数字"),
    "bool": (lambda text: _BOOLS.get(text.lower()), "是、否、true 或 false"),
    "date": (_day, "日期，写成 YYYY-MM-DD"),
}


def _twice(frame: pd.DataFrame, spec: TableSpec, name: str, lines: list[int]) -> list[Problem]:
    keys = [column.name for column in spec.columns if column.key]
    if not keys:
        return []
    repeated = frame.duplicated(keys).to_numpy().nonzero()[0]
    return [
        Problem(
            "同一主键出现两次",
            file=name,
            line=lines[row],
            field="、".join(keys),
            value="、".join(str(frame[key].iloc[row]) for key in keys),
        )
        for row in repeated
    ]
