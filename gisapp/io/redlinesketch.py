"""Corners as they are written, before anyone says in which CRS (界址点草图, CRS-02, CRS-08).

Coordinates are decimals until the zone number in front of an easting is taken off, so that ``40380000.123`` gives
exactly the number that ``380000.123`` gives.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final, Literal

from pyproj import CRS

from gisapp.crs import parse_crs
from gisapp.errors import CrsError, InputError, Problem
from gisapp.io.importresult import Note

Order = Literal["survey", "xy", "north_east", "east_north"]
"""What stands first: by surveying custom X = north (no heads); columns X and Y; columns that say it themselves."""

ZONES: Final = range(25, 46)
_PREFIXED, _TRUNCATED = 4488, 4509
_MILLION: Final = Decimal(1_000_000)


@dataclass(frozen=True)
class Corner:
    """One corner (界址点): the line or record of the file, its number, and the two coordinates as written."""

    line: int
    label: str
    first: Decimal
    second: Decimal


@dataclass(frozen=True)
class Plot:
    """One parcel of a file (地块): its rings, the shell first; `line` is where it begins."""

    line: int
    name: str
    rings: tuple[tuple[Corner, ...], ...]
    declared_m2: float | None = None
    use: str | None = None


@dataclass(frozen=True)
class Sketch:
    """All parcels of a file (草图); `zone` and `settled` are what its head says about the CRS, if it does.

    ``first`` of a corner is north and ``second`` east, or the other way round, by `order`. ``closed`` says that the
    kind of file repeats the first corner at the end of a ring.
    """

    kind: str
    plots: tuple[Plot, ...]
    order: Order
    closed: bool
    cgcs2000: bool = False
    zone: int | None = None
    faults: tuple[Problem, ...] = field(default=())


def prefixed(zone: int) -> int:
    """Return the EPSG code of a 3-degree CGCS2000 zone whose eastings carry its number."""
    return _PREFIXED + zone


def truncated(zone: int) -> int:
    """Return the EPSG code of a 3-degree CGCS2000 zone without the number in its eastings."""
    return _TRUNCATED + zone


def settle_axes(
    sketch: Sketch, declared: str | None, name: str, *, workspace: CRS
) -> tuple[Sketch, str | None, list[Note]]:
    """Return the sketch with east first and no zone numbers, the CRS that is declared for it, and notes.

    Zone numbers stay where the workspace has them too.

    Parameters
    ----------
    sketch
        Corners as written.
    declared
        What the user says; it overrules the file's head, with a note.
    name
        The file's name, for messages.

    Raises
    ------
    CrsError
        If the head names another CRS than CGCS2000 in 3-degree zones and the user none; if zone numbers differ
        from each other or from the CRS; if columns X and Y are given for longitudes and latitudes.
    """
    own = None if declared is not None else _own(sketch, name)
    zone = _declared_zone(declared) if declared is not None else own
    placed = _east_first(sketch, _geographic(sketch, declared), name)
    notes = [Note("crs", f"文件声明的坐标系按所给的 {declared} 采用")] if declared and sketch.zone else []
    eastings = _carried(placed, name)
    if zone is None or eastings is None:
        text = declared if declared is not None else None if zone is None else f"EPSG:{truncated(zone)}"
        return placed, text, notes
    if eastings != zone:
        raise CrsError(
            Problem(
                "东坐标的带号与声明的带号不符",
                file=name,
                field="带号",
                value=f"东坐标以 {eastings} 开头",
                expected=str(zone),
                action="核对带号与坐标",
            )
        )
    if workspace.to_epsg() == prefixed(zone):
        return placed, f"EPSG:{prefixed(zone)}", notes
    notes.append(
        Note("crs", f"东坐标带号 {zone} 已去掉（EPSG:{prefixed(zone)} → EPSG:{truncated(zone)}，逐位不变）")
    )
    return _without_zone(placed, zone), f"EPSG:{truncated(zone)}", notes


def _own(sketch: Sketch, name: str) -> int | None:
    """Return the zone that the file itself speaks of, None where it leaves its CRS open."""
    if sketch.faults:
        raise CrsError(sketch.faults)
    if not sketch.cgcs2000:
        return None
    return sketch.zone if sketch.zone is not None else _carried(_east_first(sketch, False, name), name)


def _declared_zone(declared: str) -> int | None:
    """Return the zone of a declared CRS whose eastings carry a zone number, else None."""
    code = parse_crs(declared).to_epsg()
    return code - _PREFIXED if code is not None and code - _PREFIXED in ZONES else None


def _geographic(sketch: Sketch, declared: str | None) -> bool:
    if declared is not None:
        return bool(parse_crs(declared).is_geographic)
    corners = [corner for plot in sketch.plots for ring in plot.rings for corner in ring]
    return not sketch.cgcs2000 and all(max(abs(c.first), abs(c.second)) <= 180 for c in corners)


def _east_first(sketch: Sketch, geographic: bool, name: str) -> Sketch:
    """Return the sketch with the easting or longitude first."""
    if sketch.order == "xy" and geographic:
        action = "把列名改为 经度、纬度；列名 X、Y 在测绘中指北、东，在经纬度里意思不明"
        raise InputError(Problem("经纬度的列名不明", file=name, field="X、Y", action=action))
    if sketch.order == "east_north" or (sketch.order == "survey" and geographic):
        return sketch
    plots = tuple(
        replace(
            plot,
            rings=tuple(tuple(replace(c, first=c.second, second=c.first) for c in r) for r in plot.rings),
        )
        for plot in sketch.plots
    )
    return replace(sketch, plots=plots, order="east_north")


def _carried(sketch: Sketch, name: str) -> int | None:
    """Return the zone number in front of all eastings, None where they carry none; raise where they differ."""
    corners = [corner for plot in sketch.plots for ring in plot.rings for corner in ring]
    found = {_zone_of(corner.first): corner for corner in reversed(corners)}
    if len(found) <= 1:
        return next(iter(found), None)
    odd = max(found.values(), key=lambda corner: corner.line)
    raise CrsError(
        Problem(
            "各界址点东坐标的带号不一致",
            file=name,
            line=odd.line,
            field=f"{odd.label} 东坐标",
            value=str(odd.first),
            expected="所有点同一带号，或都不带带号",
            action="统一坐标后重试",
        )
    )


def _zone_of(easting: Decimal) -> int | None:
    zone = int(easting // _MILLION)
    return zone if zone in ZONES else None


def _without_zone(sketch: Sketch, zone: int) -> Sketch:
    shift = zone * _MILLION
    plots = tuple(
        replace(
            plot, rings=tuple(tuple(replace(c, first=c.first - shift) for c in ring) for ring in plot.rings)
        )
        for plot in sketch.plots
    )
    return replace(sketch, plots=plots)
