"""界址点 TXT of the land bureaus (报批坐标文件, CRS-08): [属性描述] key=value, [地块坐标] parcels and corners.

A parcel begins with a line that ends in ``@``: number of points, area [ha], id, name, 面, sheet, use, class. Then a
line a corner: number, ring, X (north), Y (east); ring 2 and up are holes; the first corner stands again at a ring's end.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Final

from gisapp.errors import InputError, Problem
from gisapp.io.redlinesketch import ZONES, Corner, Plot, Sketch

KIND: Final = "界址点 TXT"
_POINTS: Final = "[地块坐标]"
_M2_PER_HA: Final = 10_000.0
_MOST: Final = 20
_NUMBER: Final = re.compile(r"[-+]?\d+(\.\d*)?|[-+]?\.\d+")


def is_boundary_txt(text: str) -> bool:
    """Return whether a text is of this kind."""
    return _POINTS in text


@dataclass
class _Open:
    """A parcel while its lines are read."""

    line: int
    parts: list[str]
    rings: dict[int, list[Corner]] = field(default_factory=dict)
    ring: int | None = None


@dataclass
class _Reader:
    name: str
    head: dict[str, str] = field(default_factory=dict)
    plots: list[_Open] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def fault(self, line: int, message: str, value: str, expected: str, column: str | None = None) -> None:
        self.problems.append(
            Problem(message, file=self.name, line=line, field=column, value=value[:80], expected=expected)
        )


def read_boundary_txt(text: str, name: str) -> Sketch:
    """Return the parcels of a file and what its head says about the CRS.

    Raises
    ------
    InputError
        With line, value and what was expected of every line that cannot be read; a file without any parcel, or
        with fewer corners than its parcels announce (cut short).
    """
    reader = _Reader(name)
    section = ""
    for number, raw in enumerate(text.replace("\ufeff", "").splitlines(), start=1):
        line = raw.strip().replace("，", ",")
        if not line:
            continue
        if line.startswith("["):
            section = line
        elif section == _POINTS:
            _point_line(reader, number, line)
        elif "=" in line:
            key, _, value = line.partition("=")
            reader.head[key.strip()] = value.strip()
    plots = tuple(_plot(reader, opened) for opened in reader.plots)
    if not reader.plots and not reader.problems:
        reader.problems.append(
            Problem("[地块坐标] 之后没有地块", file=name, expected="以 @ 结尾的地块行与界址点")
        )
    if reader.problems:
        raise InputError(reader.problems[:_MOST])
    faults, cgcs, zone = _crs_of(reader)
    return Sketch(KIND, plots, "north_east", closed=True, cgcs2000=cgcs, zone=zone, faults=tuple(faults))


def _point_line(reader: _Reader, number: int, line: str) -> None:
    parts = [part.strip() for part in line.split(",")]
    if parts[-1] == "@":
        reader.plots.append(_Open(number, parts[:-1]))
        return
    if not reader.plots:
        reader.fault(number, "界址点之前没有地块行", line, "点数,面积,编号,名称,面,图幅,用途,地类,@")
        return
    while len(parts) > 4 and not parts[-1]:
        parts.pop()
    if len(parts) != 4 or not parts[1].isdigit() or int(parts[1]) < 1:
        reader.fault(number, "界址点行的写法不对", line, "点号,环号,X（北）,Y（东）")
        return
    values = [_decimal(part) for part in parts[2:]]
    for value, part, title in zip(values, parts[2:], ("X（北）", "Y（东）"), strict=True):
        if value is None:
            reader.fault(number, "坐标不是数值", part, "十进制数，单位米", f"{parts[0]} {title}")
    first, second = values
    if first is not None and second is not None:
        _keep(reader, Corner(number, parts[0] or f"第 {number} 行的点", first, second), int(parts[1]))


def _keep(reader: _Reader, corner: Corner, ring: int) -> None:
    opened = reader.plots[-1]
    if ring in opened.rings and opened.ring != ring:
        reader.fault(corner.line, "环号断续：同一环的点要连续", str(ring), "按环依次列出", corner.label)
        return
    opened.ring = ring
    opened.rings.setdefault(ring, []).append(corner)


def _plot(reader: _Reader, opened: _Open) -> Plot:
    """Return a finished parcel; a count that does not fit its corners is a fault: the file may be cut short."""
    parts = [*opened.parts, *[""] * (8 - len(opened.parts))]
    name = parts[3] or parts[2] or f"地块 {reader.plots.index(opened) + 1}"
    if not opened.rings:
        reader.fault(opened.line, f"{name} 没有界址点", ",".join(opened.parts), "至少三个界址点")
    if parts[4] not in ("", "面"):
        reader.fault(opened.line, f"{name} 的图形不是面", parts[4], "面")
    count = sum(map(len, opened.rings.values()))
    if opened.rings and (not parts[0].isdigit() or int(parts[0]) not in (count, count - len(opened.rings))):
        wanted = f"{count} 或 {count - len(opened.rings)}（不计重复的首点）"
        reader.fault(
            opened.line, f"{name} 的界址点数与地块行不符，文件可能不完整", parts[0], wanted, "界址点数"
        )
    area = _decimal(parts[1]) if parts[1] else None
    if parts[1] and area is None:
        reader.fault(opened.line, f"{name} 的面积不是数值", parts[1], "公顷数", "地块面积")
    declared = None if area is None or area <= 0 else float(area) * _M2_PER_HA
    rings = tuple(tuple(opened.rings[ring]) for ring in sorted(opened.rings))
    return Plot(opened.line, name, rings, declared, parts[6] or None)


def _crs_of(reader: _Reader) -> tuple[list[Problem], bool, int | None]:
    """Return what stands against reading the head's CRS, whether it is CGCS2000, and its zone number."""
    head, problems = reader.head, []
    system = head.get("坐标系", "")
    wanted: dict[str, tuple[Callable[[str], bool], str]] = {
        "几度分带": (lambda value: value in ("3", "3度"), "3"),
        "投影类型": (lambda value: "高斯" in value, "高斯克吕格"),
        "计量单位": (lambda value: value in ("米", "m"), "米"),
        "坐标系": (lambda value: "2000" in value, "2000国家大地坐标系"),
    }
    for key, (fits, expected) in wanted.items():
        if head.get(key) and not fits(head[key]):
            action = "转换为 2000 国家大地坐标系 3 度分带后重试，或用 --crs 声明真实的坐标系"
            problems.append(
                Problem(
                    "坐标文件的坐标系不受支持",
                    file=reader.name,
                    field=key,
                    value=head[key],
                    expected=expected,
                    action=action,
                )
            )
    text = head.get("带号", "")
    if text and not (text.isdigit() and int(text) in ZONES):
        expected = f"{ZONES.start}–{ZONES.stop - 1}（3 度带）"
        problems.append(
            Problem(
                "带号不对", file=reader.name, field="带号", value=text, expected=expected, action="改正带号"
            )
        )
    return problems, "2000" in system, int(text) if text.isdigit() else None


def _decimal(text: str) -> Decimal | None:
    """Return a number as it is written, None where it is none."""
    if not _NUMBER.fullmatch(text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
