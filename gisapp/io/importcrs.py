"""Which CRS a file is in (坐标系判定, CRS-01, CRS-02): declared, never guessed; a proposal comes with evidence."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS

from gisapp.crs import geographic, parse_crs, transform, transformer
from gisapp.errors import CrsError, Problem
from gisapp.io.importresult import Note

ZONE_PREFIXED: Final = {38: 4526, 39: 4527, 40: 4528, 41: 4529}
TRUNCATED: Final = {4547: 114, 4548: 117, 4549: 120, 4550: 123}
"""CGCS2000 3-degree zones: by zone number with the prefix, and EPSG → central meridian without."""

_AREA_MARGIN_DEG: Final = 3.0
_SAME_M: Final = 1e-6
Bounds = npt.NDArray[np.float64]


def settle_crs(
    frame: gpd.GeoDataFrame, *, declared: str | None, workspace: CRS, name: str
) -> tuple[gpd.GeoDataFrame, CRS, list[Note]]:
    """Return `frame` in the workspace's CRS, the CRS it came in, and notes.

    Parameters
    ----------
    frame
        Geometries as the file has them.
    declared
        What the user says the file is in; it overrules the file, with a note.
    workspace
        The CRS to end in. Coordinates of a file that is in it already are not touched.
    name
        The file's name, for messages.

    Raises
    ------
    CrsError
        If nobody says which CRS the file is in, or its coordinates cannot be in the one that is named.
    """
    notes: list[Note] = []
    bounds = _bounds(frame)
    if declared is None and frame.crs is None:
        raise CrsError(_unknown(bounds, name))
    own = CRS(frame.crs) if frame.crs is not None else None
    source = parse_crs(declared) if declared is not None else own
    assert source is not None
    if declared is not None and own is not None and not same_crs(own, source, bounds):
        notes.append(Note("crs", f"文件声明的坐标系是 {own.to_string()[:60]}，按 --crs 采用 {declared}"))
    _require_plausible(bounds, source, name)
    if same_crs(source, workspace, bounds):
        return frame.set_crs(workspace, allow_override=True), source, notes
    moved = transform(frame.geometry.to_numpy(), source=source, target=workspace)
    notes.append(Note("crs", f"坐标已由 {label(source)} 转换到 {label(workspace)}（转换一次）"))
    return frame.set_geometry(gpd.GeoSeries(moved, index=frame.index, crs=workspace)), source, notes


def label(crs: CRS) -> str:
    """Return a short name of a CRS: its code if it has one."""
    authority = crs.to_authority()
    return ":".join(authority) if authority else str(crs.name)


def same_crs(a: CRS, b: CRS, bounds: Bounds) -> bool:
    """Return whether two CRS give the same coordinates on the data: equal, or equal to a micrometre there.

    A .prj file spells a CRS in its own words; comparing what it does to the data is safer than the words.
    """
    if a == b or a.equals(b, ignore_axis_order=True):
        return True
    if a.is_projected != b.is_projected or not np.isfinite(bounds).all():
        return False
    x, y = bounds[[0, 2]], bounds[[1, 3]]
    tolerance = _SAME_M if a.is_projected else _SAME_M / 111_000
    east, north = transformer(a, b).transform(x, y)
    return bool(np.abs(np.array([east - x, north - y])).max() <= tolerance)


def _bounds(frame: gpd.GeoDataFrame) -> Bounds:
    """Return west, south, east, north of all finite coordinates; NaN where there is none."""
    xy = shapely.get_coordinates(frame.geometry.to_numpy())
    xy = xy[np.isfinite(xy).all(axis=1)]
    if len(xy) == 0:
        return np.full(4, np.nan)
    return np.concatenate([xy.min(axis=0), xy.max(axis=0)])


def _require_plausible(bounds: Bounds, crs: CRS, name: str) -> None:
    """Raise if the coordinates cannot be in `crs`: swapped axes, a zone prefix too many or too few, far outside."""
    if not np.isfinite(bounds).all():
        return
    west, south, east, north = bounds
    shown = f"{west:.6g}–{east:.6g}，{south:.6g}–{north:.6g}"
    if crs.is_geographic and max(abs(south), abs(north)) > 90:
        raise CrsError(
            Problem(
                "纬度超出 ±90°，经纬度似乎写反了",
                file=name,
                field="坐标",
                value=shown,
                expected="先经度（东），后纬度（北）",
                action="在源数据中交换经纬度后重新导入；系统不会自行交换",
            )
        )
    if _is_gauss_krueger(crs) and _zone_digits(bounds) != _false_zone(crs):
        value = f"{label(crs)}，东坐标 {west:.0f}–{east:.0f}"
        raise CrsError(_unfit("东坐标的带号与坐标系不符", name, value, bounds))
    lon, lat = transformer(crs, geographic(crs)).transform((west + east) / 2, (south + north) / 2)
    area, margin = crs.area_of_use, _AREA_MARGIN_DEG
    if area is None:
        return
    inside = area.west - margin <= lon <= area.east + margin
    if not (inside and area.south - margin <= lat <= area.north + margin):
        raise CrsError(_unfit("坐标远在坐标系的适用范围之外", name, f"{label(crs)}，坐标 {shown}", bounds))


def _unfit(message: str, name: str, value: str, bounds: Bounds) -> Problem:
    action = "核对后用 --crs 声明与坐标一致的坐标系；也检查东、北坐标是否写反"
    return Problem(message, file=name, field="crs", value=value, expected=proposal(bounds), action=action)


def _is_gauss_krueger(crs: CRS) -> bool:
    return crs.to_epsg() in {*ZONE_PREFIXED.values(), *TRUNCATED}


def _zone_digits(bounds: Bounds) -> int | None:
    """Return the zone number in front of the eastings, None where they have none."""
    west, east = bounds[0], bounds[2]
    return int(east // 1e6) if west >= 1e6 else None


def _false_zone(crs: CRS) -> int | None:
    return next((zone for zone, code in ZONE_PREFIXED.items() if code == crs.to_epsg()), None)


def _unknown(bounds: Bounds, name: str) -> Problem:
    return Problem(
        "文件没有声明坐标系",
        file=name,
        field="crs",
        expected=proposal(bounds),
        action="核对后用 --crs EPSG:代码 声明；系统不会自行猜测",
    )


def proposal(bounds: Bounds) -> str:
    """Return which CRS the coordinates could be in, with the evidence (坐标系建议)."""
    if not np.isfinite(bounds).all():
        return "例如 EPSG:4549"
    west, south, east, north = bounds
    if max(abs(west), abs(east)) <= 180 and max(abs(south), abs(north)) <= 90:
        return f"坐标在 {west:.4f}–{east:.4f}，{south:.4f}–{north:.4f}，像经纬度：EPSG:4490 或 EPSG:4326"
    zone = _zone_digits(bounds)
    if zone in ZONE_PREFIXED:
        return f"东坐标以带号 {zone} 开头：EPSG:{ZONE_PREFIXED[zone]}"
    if west > 1e6 > max(south, north) > 0:
        return "东坐标大于北坐标，东、北坐标似乎写反了"
    candidates = []
    for code, meridian in TRUNCATED.items():
        crs = CRS.from_epsg(code)
        lon, lat = transformer(crs, geographic(crs)).transform((west + east) / 2, (south + north) / 2)
        if abs(lon - meridian) <= 2 and 3 <= lat <= 54:
            candidates.append(f"EPSG:{code}（中央经线 {meridian}°，则位于 {lon:.2f}°E、{lat:.2f}°N）")
    found = "；".join(sorted(candidates, key=lambda text: "4549" not in text))
    return f"东坐标没有带号，须声明中央经线，可能是 {found}" if found else "例如 EPSG:4549"
