"""Checks of the table of control indicators (标准表核对): units, editions, levels, and periods that overlap."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import pandas as pd

from gisapp.context.controls import TABLE
from gisapp.context.tables import LoadedTable
from gisapp.errors import InputError, Problem
from gisapp.io.tables import LINES
from gisapp.model.controls import ALL_INDUSTRIES, EDITIONS, KINDS

Row = dict[str, Any]  # cells of several types
_CODE: Final = re.compile(r"\*|\d{2,4}")
_KEY: Final = (
    "level",
    "region",
    "park",
    "indicator",
    "industry_system",
    "industry_code",
    "land_grade",
    "standard_factory",
    "op",
)


def check_controls(declared: Mapping[str, LoadedTable]) -> None:
    """Refuse a standard that was written by hand with a wrong unit, an unknown edition or overlapping periods."""
    if TABLE in declared:
        frame = declared[TABLE].frame
        faults = control_problems(frame, frame.attrs[LINES], file=f"parcels/tables/{TABLE}.csv")
        if faults:
            raise InputError(faults)


def control_problems(
    frame: pd.DataFrame, lines: Sequence[int], *, file: str, held: pd.DataFrame | None = None
) -> list[Problem]:
    """Return every fault of typed rows that a single cell does not show; `held` are rows that are there already.

    A unit that is not declared for the indicator, an industry code without a known edition, a level without its place,
    a period that ends before it starts, and two rows that say different things of one case on one day.
    """
    rows = _plain(frame)
    problems: list[Problem] = []
    for row, line in zip(rows, lines, strict=True):
        problems += [
            Problem(message, file=file, line=line, field=name, value=_text(row.get(name)), expected=expected)
            for message, name, expected in _faults(row)
        ]
    if problems:
        return problems
    known = [] if held is None else _plain(held)
    names = [f"现有标准 {row['id']} " for row in known] + [f"第 {line} 行" for line in lines]
    return _overlaps([*known, *rows], names, [*([0] * len(known)), *lines], file)


def _plain(frame: pd.DataFrame) -> list[Row]:
    return [
        {str(key): None if _blank(cell) else cell for key, cell in row.items()}
        for row in frame.to_dict("records")
    ]


def _faults(row: Row) -> Iterator[tuple[str, str, str]]:
    """Yield message, field and what was expected for each fault of one row."""
    kind = KINDS[row["indicator"]]
    if row["unit"] not in kind.factors:
        yield f"单位与指标“{kind.title}”不符", "unit", "、".join(kind.factors)
    if row["op"] not in (kind.op, "case"):
        yield f"比较符号与指标“{kind.title}”不符", "op", f"{kind.op} 或 case"
    if row["op"] != "case" and row["value"] is None:
        yield "缺少数值", "value", "大于 0 的数；确无数值的行不要列入"
    elif row["value"] is not None and row["value"] <= 0:
        yield "数值须大于 0", "value", "大于 0 的数"
    if not _CODE.fullmatch(row["industry_code"]):
        yield "行业代码的写法不对", "industry_code", "二至四位数字，或 * 表示全部行业"
    elif row["industry_code"] != ALL_INDUSTRIES and row["industry_system"] is None:
        yield "行业代码没有写明版本", "industry_system", "、".join(EDITIONS)
    if (row["level"] == "park") != (row["park"] is not None):
        yield "园区级的行须写明园区，其他级不写", "park", "level 为 park 时填园区标识"
    if row["level"] == "city" and row["region"] is None:
        yield "市级的行须写明城市", "region", "城市名称，如 南京市"
    start, end = row["effective_from"], row["effective_to"]
    if start is not None and end is not None and end <= start:
        yield "失效日期须晚于生效日期", "effective_to", f"晚于 {start:%Y-%m-%d} 的日期"


def _overlaps(rows: Sequence[Row], names: Sequence[str], lines: Sequence[int], file: str) -> list[Problem]:
    """Return each row whose period overlaps that of an earlier row about the same case."""
    seen: dict[tuple[object, ...], list[int]] = {}
    out = []
    for place, row in enumerate(rows):
        others = seen.setdefault(tuple(row.get(name) or "" for name in _KEY), [])
        clash = next((other for other in others if _meet(rows[other], row)), None)
        others.append(place)
        if clash is not None and lines[place]:
            out.append(
                Problem(
                    f"有效期与{names[clash]}重叠：同级、同地区、同行业、同指标在同一天有两个数",
                    file=file,
                    line=lines[place],
                    field="effective_from",
                    value=f"{_period(row)}；{names[clash]}为 {_period(rows[clash])}",
                    expected="前一行的失效日期不晚于后一行的生效日期",
                    action="改正生效、失效日期，或删去其中一行",
                )
            )
    return out


def _meet(one: Row, other: Row) -> bool:
    def before(end: pd.Timestamp | None, start: pd.Timestamp | None) -> bool:
        return end is not None and start is not None and end <= start

    return not before(one["effective_to"], other["effective_from"]) and not before(
        other["effective_to"], one["effective_from"]
    )


def _period(row: Row) -> str:
    start, end = row["effective_from"], row["effective_to"]
    return f"{_text(start) or '始'} 至 {_text(end) or '今'}"


def _blank(cell: object) -> bool:
    return cell is None or bool(pd.isna(cell))  # type: ignore[call-overload]


def _text(cell: object) -> str | None:
    if cell is None:
        return None
    return f"{cell:%Y-%m-%d}" if isinstance(cell, pd.Timestamp) else str(cell)
