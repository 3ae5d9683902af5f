"""Corners made into outlines (界址点成面): closed, with three corners, not crossing; else refused with the place."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.errors import InputError, Problem
from gisapp.io.importgeometry import screen_outlines
from gisapp.io.importresult import Note
from gisapp.io.redlinesketch import Corner, Plot, Sketch

Geometries = npt.NDArray[np.object_]
_PLACE: Final = re.compile(r"位于 (?P<x>[-+.\deE]+) (?P<y>[-+.\deE]+)")
_REPAIR: Final = "；可用 --fix 修复"
_BY_HAND: Final = "在源文件中改正界址点后重试；红线有误时不作自动修复"


def outlines(sketch: Sketch, name: str) -> tuple[Geometries, list[Note]]:
    """Return one polygon a plot, x = east, y = north, shape (n,), and notes.

    Raises
    ------
    InputError
        With every ring that is open (in a kind of file that closes its rings), has fewer than three corners,
        crosses itself, or is a hole outside its shell: the plot, and the corner next to the place.
    """
    problems: list[Problem] = []
    shapes, joined = [], 0
    for plot in sketch.plots:
        faults, opened = _ring_faults(plot, name, closed=sketch.closed)
        problems += faults
        joined += opened
        if not faults:
            shapes.append(_polygon(plot))
    if problems:
        raise InputError(problems[:20])
    found: Geometries = np.array(shapes, dtype=object)
    faults_of = screen_outlines(found, fix=False).faults
    if faults_of:
        raise InputError(_invalid(sketch.plots[f.row - 1], f.reason, name) for f in faults_of[:20])
    notes = [Note("geometry", f"{joined} 个环末点未重复首点，按点序首尾相连")] if joined else []
    return found, notes


def _ring_faults(plot: Plot, name: str, *, closed: bool) -> tuple[list[Problem], int]:
    """Return what is wrong with the rings of a plot, and how many are to be joined end to start."""
    problems, opened = [], 0
    for number, ring in enumerate(plot.rings, start=1):
        first, last = ring[0], ring[-1]
        ends = (first.first, first.second) == (last.first, last.second) and len(ring) > 1
        if closed and not ends:
            place = f"首点 {first.label}（第 {first.line} 行），末点 {last.label}（第 {last.line} 行）"
            action = "在环的末尾重复首点坐标"
            message = f"{plot.name} 第 {number} 环没有闭合"
            problems.append(
                Problem(
                    message,
                    file=name,
                    line=last.line,
                    value=place,
                    expected="末点与首点坐标相同",
                    action=action,
                )
            )
            continue
        opened += not ends
        distinct = len({(corner.first, corner.second) for corner in ring})
        if distinct < 3:
            message = f"{plot.name} 第 {number} 环的界址点不足三个"
            problems.append(
                Problem(message, file=name, line=first.line, value=f"{distinct} 个", action=_BY_HAND)
            )
    return problems, opened


def _polygon(plot: Plot) -> shapely.Polygon:
    rings = [[(float(c.first), float(c.second)) for c in ring] for ring in plot.rings]
    return shapely.Polygon(rings[0], rings[1:])


def _invalid(plot: Plot, reason: str, name: str) -> Problem:
    """Return what is wrong with an outline, naming the corner next to the place."""
    found = _PLACE.search(reason)
    corners = [corner for ring in plot.rings for corner in ring]
    near = _nearest(corners, float(found["x"]), float(found["y"])) if found else None
    return Problem(
        f"{plot.name} {reason.replace(_REPAIR, '')}",
        file=name,
        line=near.line if near else plot.line,
        field=f"{near.label} 附近" if near else None,
        action=_BY_HAND,
    )


def _nearest(corners: list[Corner], x: float, y: float) -> Corner:
    return min(corners, key=lambda c: (float(c.first) - x) ** 2 + (float(c.second) - y) ** 2)
