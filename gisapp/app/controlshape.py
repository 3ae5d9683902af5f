"""From a bureau's table to rows of the standard (标准表整理): columns and words named, wide tables made long."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd
from pydantic import Field

from gisapp.errors import InputError, Problem
from gisapp.io.tables import LINES, Lines
from gisapp.io.yamlfile import load_yaml
from gisapp.model.base import Noun
from gisapp.model.controls import kind_named
from gisapp.model.tables import TableSpec

_LEVELS: Final = {
    "国家": "nation",
    "省": "province",
    "省级": "province",
    "市": "city",
    "市级": "city",
    "园区": "park",
}
_OPS: Final = {"≥": ">=", "≤": "<=", "不低于": ">=", "不高于": "<=", "集体决策": "case"}
FILLED: Final = ("provider", "as_of", "loaded_by", "loaded_on")
"""Columns that the import itself fills."""


class Wide(Noun):
    """A table with one column for each value of a field (宽表), such as one for each grade of land."""

    field: str
    columns: dict[str, str] = Field(min_length=1)


class ControlMapping(Noun):
    """Which column of a file is which column of the standard (标准映射文件).

    ``columns`` names file column → column, ``constants`` what holds for every row, ``values`` what a word of the file
    means, by column. With ``wide`` each of its columns becomes a row of its own.
    """

    columns: dict[str, str] = {}
    constants: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    wide: Wide | None = None


def load_control_mapping(path: Path | None) -> ControlMapping | None:
    """Return a checked mapping file; None where none is given."""
    return None if path is None else load_yaml(path, ControlMapping)[0]


def shaped(raw: pd.DataFrame, spec: TableSpec, mapping: ControlMapping | None, *, name: str) -> pd.DataFrame:
    """Return the rows of a file under the standard's columns, every cell still text, its line in ``attrs``.

    Without a mapping columns go by their name or Chinese title. Ids that the file does not give are made from the
    other cells, so that the same row has the same id again.

    Raises
    ------
    InputError
        If the mapping names a column that the file or the standard does not have.
    """
    named = {column.name for column in spec.columns} - set(FILLED)
    lines = raw.attrs.get(LINES) or list(range(2, len(raw) + 2))
    if mapping is None:
        titles = {column.title.zh: column.name for column in spec.columns}
        frame = raw.rename(columns={str(c): titles.get(str(c).strip(), str(c).strip()) for c in raw.columns})
    else:
        _fits(raw, mapping, named, name)
        frame, lines = _mapped(raw, mapping, lines)
    frame = _words(frame, mapping)
    if "industry_code" not in frame:
        frame["industry_code"] = "*"
    frame["id"] = _ids(frame)
    frame.attrs[LINES] = Lines(lines)
    return frame


def _fits(raw: pd.DataFrame, mapping: ControlMapping, named: set[str], name: str) -> None:
    wide = mapping.wide
    sources = [*mapping.columns, *(wide.columns if wide else ())]
    targets = [
        *mapping.columns.values(),
        *mapping.constants,
        *mapping.values,
        *([wide.field] if wide else ()),
    ]
    problems = [
        Problem(
            "映射中的列在文件里没有",
            file=name,
            line=1,
            field=source,
            expected="、".join(map(str, raw.columns)),
        )
        for source in sources
        if source not in raw.columns
    ]
    problems += [
        Problem("映射的目标列不在标准表中", file=name, field=target, expected="、".join(sorted(named)))
        for target in dict.fromkeys(targets)
        if target not in named
    ]
    if problems:
        raise InputError(problems)


def _mapped(raw: pd.DataFrame, mapping: ControlMapping, lines: list[int]) -> tuple[pd.DataFrame, list[int]]:
    frame = raw[list(mapping.columns)].rename(columns=mapping.columns)
    if mapping.wide is not None:
        parts, places = [], []
        for source, value in mapping.wide.columns.items():
            part = frame.assign(value=raw[source])
            part[mapping.wide.field] = value
            # An empty cell of a wide table is a threshold that does not exist, not one that is unknown.
            filled = part["value"].notna().to_numpy(dtype=bool)
            parts.append(part[filled])
            places += [line for line, there in zip(lines, filled, strict=True) if there]
        frame, lines = pd.concat(parts, ignore_index=True), places
    frame = frame.reset_index(drop=True)
    for name, value in mapping.constants.items():
        frame[name] = value
    return frame, lines


def _words(frame: pd.DataFrame, mapping: ControlMapping | None) -> pd.DataFrame:
    """Return cells with the file's words replaced: by the mapping first, then titles of indicators, levels and signs."""
    out = frame.astype("object").where(frame.notna(), None)
    for name, meanings in (mapping.values if mapping else {}).items():
        if name in out:
            out[name] = [meanings.get(cell, cell) if cell is not None else None for cell in out[name]]
    for name, known in (("level", _LEVELS), ("op", _OPS)):
        if name in out:
            out[name] = [known.get(cell.strip(), cell) if cell is not None else None for cell in out[name]]
    if "indicator" in out:
        kinds = [kind_named(cell) if cell is not None else None for cell in out["indicator"]]
        out["indicator"] = [
            kind.id if kind else cell for kind, cell in zip(kinds, out["indicator"], strict=True)
        ]
    return out


_IDENTITY: Final = (
    "document", "level", "region", "park", "indicator", "industry_code", "land_grade", "standard_factory", "op",
    "effective_from",
)  # fmt: skip


def _ids(frame: pd.DataFrame) -> list[str | None]:
    """Return the ids of the file, made from what identifies a row where it gives none."""
    given = frame["id"].tolist() if "id" in frame else [None] * len(frame)
    parts = [name for name in _IDENTITY if name in frame]
    return [
        own or "|".join(str(row[name]) for name in parts if row[name] is not None)
        for own, row in zip(given, frame.to_dict("records"), strict=True)
    ]
