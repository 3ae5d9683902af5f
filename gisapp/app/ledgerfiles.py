"""Reading what is to be posted (读取台账文件): CSV, XLSX or JSON, every cell as the text that stands in it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gisapp.errors import InputError, Problem, unreadable
from gisapp.io.tables import read_table
from gisapp.ledger.rows import Cells


def read_cells(path: Path) -> list[Cells]:
    """Return the rows of a file by heading; missing cells are None, numbers keep all their decimals.

    Raises
    ------
    InputError
        If the file cannot be read, or is not a table: a list of objects, or ``{"rows": [...]}``.
    """
    if path.suffix.lower() != ".json":
        return [{str(k): v for k, v in row.items()} for row in read_table(path).to_dict("records")]
    try:
        # As text: 0.1 must not become a binary fraction on its way into an account.
        given = json.loads(path.read_text(encoding="utf-8-sig"), parse_float=str, parse_int=str)
    except OSError as error:
        raise unreadable(path.name, error) from error
    except ValueError as error:
        raise InputError(Problem("不是有效的 JSON（UTF-8）", file=path.name, action="检查文件")) from error
    return rows_of(given, file=path.name)


def rows_of(given: Any, *, file: str | None = None) -> list[Cells]:  # any JSON
    """Return rows of plain data as cells; InputError where it is not a list of flat objects."""
    rows = given.get("rows") if isinstance(given, Mapping) else given
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        raise InputError(Problem("应为对象的列表", file=file, expected='[{...}] 或 {"rows": [{...}]}'))
    problems = [
        Problem("不是一条记录", file=file, row=number, expected="由列名和文字或数构成的对象")
        for number, row in enumerate(rows, start=1)
        if not isinstance(row, Mapping) or any(isinstance(cell, Mapping | list) for cell in row.values())
    ]
    if problems:
        raise InputError(problems)
    return [{str(name): _cell(cell) for name, cell in row.items()} for row in rows]


def _cell(value: str | bool | None) -> str | None:
    return (
        ("true" if value else "false") if isinstance(value, bool) else None if value is None else str(value)
    )
