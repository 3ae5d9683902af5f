"""Attribute tables (属性表): CSV in UTF-8 or GB18030, XLSX; codes stay text."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import Final

import pandas as pd

from gisapp.errors import InputError, Problem, unreadable
from gisapp.model.codes import Compatibility, CompatibilityMatrix, LandUse, LandUseCodes

LINES: Final = "lines"
"""The attribute of a table that says on which line of its file each row stands."""


class Lines(list[int]):
    """Line numbers that are never changed: pandas copies attributes deeply with every column that is taken."""

    def __deepcopy__(self, memo: dict[int, object]) -> Lines:
        """Return the very same list."""
        return self


def decode(raw: bytes, *, name: str, encoding: str | None = None) -> str:
    """Return text from bytes: the declared encoding, else UTF-8 (with or without BOM), else GB18030."""
    for candidate in [encoding] if encoding else ["utf-8-sig", "gb18030"]:
        try:
            return raw.decode(candidate)
        except (UnicodeDecodeError, LookupError):
            continue
    expected = encoding or "UTF-8 或 GB18030"
    raise InputError(
        Problem("无法按所给编码读取文本", file=name, expected=expected, action="用 --encoding 指明编码")
    )


def read_table(path: Path, *, encoding: str | None = None) -> pd.DataFrame:
    """Return a CSV or XLSX table with every cell as text, missing cells as None.

    Nothing is interpreted here: a cell that starts with ``=`` stays text, a code keeps its leading zero.
    """
    if not path.exists():
        raise InputError(Problem("文件不存在", file=path.name, action="检查路径"))
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise unreadable(path.name, error) from error
    if path.suffix.lower() in {".xlsx", ".xlsm"}:
        return _workbook(raw, name=path.name)
    text = decode(raw, name=path.name, encoding=encoding)
    rows = _numbered(text)
    if not rows:
        raise InputError(Problem("表是空的", file=path.name, expected="第一行为列名"))
    (_, header), *body = rows
    wrong = [
        Problem("列数与表头不一致", file=path.name, line=line, value=str(len(row)), expected=str(len(header)))
        for line, row in body
        if len(row) != len(header)
    ]
    if wrong:
        raise InputError(wrong)
    filled = [[cell if cell != "" else None for cell in row] for _, row in body]
    frame = pd.DataFrame(filled, columns=header, dtype="object")
    frame.attrs[LINES] = Lines(line for line, _ in body)
    return frame


def _numbered(text: str) -> list[tuple[int, list[str]]]:
    """Return the rows of a CSV text with the line of the file on which each begins; empty lines are left out."""
    reader, out, line = csv.reader(text.splitlines()), [], 1
    for row in reader:
        if row:
            out.append((line, row))
        line = reader.line_num + 1
    return out


def csv_lines(path: Path, *, encoding: str | None = None) -> list[int]:
    """Return the line of the file on which each record of a CSV table begins, the header left out."""
    text = decode(path.read_bytes(), name=path.name, encoding=encoding)
    return [line for line, _ in _numbered(text)[1:]]


def _workbook(raw: bytes, *, name: str) -> pd.DataFrame:
    """Return the first sheet of a workbook as text, missing cells as None."""
    try:
        frame = pd.read_excel(io.BytesIO(raw), dtype=str)
    except (ValueError, KeyError, zipfile.BadZipFile, OSError) as error:
        raise InputError(
            Problem(
                "工作簿无法读取", file=name, expected="完整的 XLSX 文件", action="用表格软件打开后另存为 XLSX"
            )
        ) from error
    return frame.astype("object").where(frame.notna(), None)


def numeric(frame: pd.DataFrame, columns: list[str], *, name: str) -> pd.DataFrame:
    """Return `frame` with `columns` as float64, or raise with each cell that is not a number."""
    out = frame.copy()
    lines = frame.attrs.get(LINES) or range(2, len(frame) + 2)
    problems: list[Problem] = []
    for column in columns:
        values = pd.to_numeric(out[column], errors="coerce")
        bad = values.isna() & out[column].notna()
        problems += [
            Problem(
                "不是数值",
                file=name,
                line=lines[row],
                field=column,
                value=str(out[column].iloc[row]),
                expected="数字或空",
                action="改正该格",
            )
            for row in bad.to_numpy().nonzero()[0][:20]
        ]
        out[column] = values.astype("float64")
    if problems:
        raise InputError(problems)
    return out


def read_land_use_codes(path: Path) -> LandUseCodes:
    """Return the land-use list of the 2023 scheme from its table (LUC-02)."""
    table = read_table(path)
    entries = {
        row["code"]: LandUse(
            code=row["code"],
            name_zh=row["name_zh"],
            name_en=row["name_en"] or "",
            color=row["hex"],
            three_class=row["three_class"] or "",
            codes_2020=tuple((row["codes_2020"] or "").split("|")) if row["codes_2020"] else (),
            urban=row.get("is_urban_construction") or "",
        )
        for row in table.to_dict("records")
    }
    return LandUseCodes("YDYH-2023", entries)


def read_compatibility(path: Path) -> CompatibilityMatrix:
    """Return the default compatibility matrix from its table (MIX-13)."""
    table = numeric(read_table(path), ["max_secondary_share"], name=path.name)
    cells = {
        (row["primary"], row["secondary"]): Compatibility(
            verdict=row["verdict"],
            max_share=row["max_secondary_share"],
            share_basis=row["share_basis"],
            condition=row["condition"] or "",
            rule_id=row["rule_id"] if row["rule_id"] not in (None, "-") else "MIX-13",
        )
        for row in table.to_dict("records")
    }
    return CompatibilityMatrix(cells)
