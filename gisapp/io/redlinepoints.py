"""Points in a table or in pasted lines (界址点成果表、粘贴的坐标): corners in order, one a row.

Without heads a line is ``X, Y``, ``点号, X, Y`` or ``点号, 环号, X, Y``: X north and Y east by surveying custom; for
longitudes and latitudes the longitude stands first. An empty line begins the next parcel. Heads say it themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

import pandas as pd

from gisapp.errors import InputError, Problem
from gisapp.io.redlinesketch import Corner, Order, Plot, Sketch
from gisapp.io.tables import LINES

KIND: Final = "界址点表"
_SPLIT: Final = re.compile(r"[,，;；\t ]+")
_NUMBER: Final = re.compile(r"[-+]?\d+(\.\d*)?|[-+]?\.\d+")
_ASIDE: Final = re.compile(r"[（(].*?[）)]|\s")
_MOST: Final = 20
_HEADS: Final[dict[str, tuple[str, ...]]] = {
    "east": ("东坐标", "横坐标", "横坐标Y", "经度", "东", "east", "easting", "e", "lon", "lng", "longitude"),
    "north": ("北坐标", "纵坐标", "纵坐标X", "纬度", "北", "north", "northing", "n", "lat", "latitude"),
    "x": ("x", "x坐标"),
    "y": ("y", "y坐标"),
    "label": ("点号", "界址点号", "界址点", "序号", "no", "id", "point"),
    "ring": ("环号", "圈号", "环", "圈", "ring"),
    "plot": ("地块", "地块号", "地块编号", "地块名称", "地块名", "plot", "block", "dkbh", "dkmc"),
}


@dataclass(frozen=True)
class _Row:
    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class _Columns:
    """Where in a row what stands (列位置); None where there is no such column."""

    first: int
    second: int
    order: Order
    label: int | None = None
    ring: int | None = None
    plot: int | None = None


def looks_like_points(text: str) -> bool:
    """Return whether any line of a text ends in two numbers."""
    return any(len(_numbers(line)) >= 2 for line in text.splitlines())


def _numbers(line: str) -> list[str]:
    cells = _cells(line)
    return cells[-2:] if len(cells) >= 2 and all(_NUMBER.fullmatch(cell) for cell in cells[-2:]) else []


def _cells(line: str) -> list[str]:
    return [cell for cell in _SPLIT.split(line.strip()) if cell]


def sketch_of_text(text: str, name: str) -> Sketch:
    """Return pasted lines as a sketch.

    Raises
    ------
    InputError
        With each line that is no point.
    """
    groups: list[list[_Row]] = [[]]
    columns: _Columns | None = None
    for number, line in enumerate(text.replace("\ufeff", "").splitlines(), start=1):
        cells = _cells(line)
        if not cells:
            groups.append([])
        elif columns is None and not any(groups) and (heads := _heads(cells)) is not None:
            columns = heads
        else:
            groups[-1].append(_Row(number, tuple(cells)))
    filled = [group for group in groups if group]
    return _sketch(filled, columns, name)


def sketch_of_table(table: pd.DataFrame, name: str) -> Sketch:
    """Return a table of points as a sketch; a column 地块 parts it into parcels.

    Raises
    ------
    InputError
        If the heads do not say which columns are north and east, or with each cell that is no number.
    """
    heads = [str(column) for column in table.columns]
    columns = _heads(heads)
    if columns is None:
        raise InputError(
            Problem(
                "表头里找不到坐标列",
                file=name,
                value="、".join(heads[:12]),
                expected="北坐标（X）与东坐标（Y），或 经度 与 纬度",
                action="把两列坐标的列名写明后重试",
            )
        )
    lines = table.attrs.get(LINES) or range(2, len(table) + 2)
    rows = [
        _Row(line, tuple("" if pd.isna(cell) else str(cell).strip() for cell in record))
        for line, record in zip(lines, table.itertuples(index=False, name=None), strict=True)
    ]
    return _sketch([[row for row in rows if any(row.cells)]], columns, name)


def _heads(cells: Iterable[str]) -> _Columns | None:
    """Return where the columns are by their heads, None where these are no heads."""
    names = [_ASIDE.sub("", cell).casefold() for cell in cells]
    found = {
        kind: next((k for k, name in enumerate(names) if name in {h.casefold() for h in heads}), None)
        for kind, heads in _HEADS.items()
    }
    east, north = found["east"], found["north"]
    more = {name: found[name] for name in ("label", "ring", "plot")}
    if east is not None and north is not None:
        return _Columns(east, north, "east_north", **more)
    if found["x"] is not None and found["y"] is not None:
        return _Columns(found["x"], found["y"], "xy", **more)
    return None


def _sketch(groups: list[list[_Row]], columns: _Columns | None, name: str) -> Sketch:
    problems: list[Problem] = []
    plots: list[Plot] = []
    for group in groups:
        for title, rows in _by_plot(group, columns).items():
            plot_name = title or f"地块 {len(plots) + 1}"
            rings = _rings(rows, columns, name, problems)
            if rings:
                plots.append(Plot(rows[0].line, plot_name, rings))
    if problems:
        raise InputError(problems[:_MOST])
    if not plots:
        raise InputError(Problem("没有读到界址点", file=name, expected="每行一个点"))
    return Sketch(KIND, tuple(plots), columns.order if columns else "survey", closed=False)


def _by_plot(rows: list[_Row], columns: _Columns | None) -> dict[str, list[_Row]]:
    """Return rows by the parcel that they name, in order."""
    out: dict[str, list[_Row]] = {}
    place = columns.plot if columns else None
    for row in rows:
        title = row.cells[place] if place is not None and place < len(row.cells) else ""
        out.setdefault(title, []).append(row)
    return out


def _rings(
    rows: list[_Row], columns: _Columns | None, name: str, problems: list[Problem]
) -> tuple[tuple[Corner, ...], ...]:
    """Return the corners of one parcel by ring; what is no point goes to `problems`."""
    rings: dict[int, list[Corner]] = {}
    for row in rows:
        places = columns or _plain(row)
        corner = _corner(row, places, name, problems) if places else None
        if places is None:
            expected = "X, Y；点号, X, Y；或 点号, 环号, X, Y"
            problems.append(
                Problem(
                    "这一行不是界址点",
                    file=name,
                    line=row.line,
                    value=" ".join(row.cells)[:60],
                    expected=expected,
                )
            )
        ring = _ring(row, places, name, problems) if places else 1
        if corner is not None:
            rings.setdefault(ring, []).append(corner)
    return tuple(tuple(rings[ring]) for ring in sorted(rings))


def _plain(row: _Row) -> _Columns | None:
    """Return the columns of a line without heads, by how many cells it has."""
    count = len(row.cells)
    if count == 2:
        return _Columns(0, 1, "survey")
    if count == 3:
        return _Columns(1, 2, "survey", label=0)
    return _Columns(2, 3, "survey", label=0, ring=1) if count == 4 else None


def _corner(row: _Row, places: _Columns, name: str, problems: list[Problem]) -> Corner | None:
    values = []
    for place in (places.first, places.second):
        text = row.cells[place] if place < len(row.cells) else ""
        value = _decimal(text)
        if value is None:
            problems.append(
                Problem(
                    "坐标不是数值",
                    file=name,
                    line=row.line,
                    value=text[:40] or "（空）",
                    expected="十进制数",
                    action="改正这一行",
                )
            )
        values.append(value)
    label = row.cells[places.label] if places.label is not None and places.label < len(row.cells) else ""
    first, second = values
    if first is None or second is None:
        return None
    return Corner(row.line, label or f"第 {row.line} 行的点", first, second)


def _ring(row: _Row, places: _Columns, name: str, problems: list[Problem]) -> int:
    if places.ring is None or places.ring >= len(row.cells) or not row.cells[places.ring]:
        return 1
    text = row.cells[places.ring].removesuffix(".0")
    if not text.isdigit() or int(text) < 1:
        problems.append(Problem("环号不对", file=name, line=row.line, value=text[:20], expected="1、2、3 ……"))
        return 1
    return int(text)


def _decimal(text: str) -> Decimal | None:
    if not _NUMBER.fullmatch(text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
