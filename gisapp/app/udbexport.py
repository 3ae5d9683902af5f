"""The maintenance layers of a package (动态维护成果, UDB-10): WHQ before, WHH after, WHC change; GeoPackage and FileGDB.

One set a county, named as it is handed in; geometry in EPSG:4490 (heights would be EPSG:5737, outlines have none), areas
ellipsoidal, BSM numbered anew behind the largest that the present layer has.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyproj import CRS

from gisapp.context import Context
from gisapp.crs import ellipsoidal_area, transform
from gisapp.errors import InputError, Problem
from gisapp.evaluation.udb import PackageResult, quota
from gisapp.evaluation.udb.ground import NOWHERE, polygonal
from gisapp.io.staging import staging
from gisapp.io.vector import write_geopackage
from gisapp.model.udb import WHLX, Package

LAYER: Final = "CZKFBJ"
GEOGRAPHIC: Final = CRS.from_epsg(4490)
WIDTHS: Final[Mapping[str, int]] = {
    "BSM": 18,
    "YSDM": 10,
    "XZQDM": 12,
    "XZQMC": 100,
    "WHLX": 2,
    "WHLY": 3,
    "JDZBLY": 10,
    "WHBH": 18,
    "KZBSHSLX": 3,
    "BZ": 255,
}
"""Fields of the change layer with their widths (维护层字段)."""
DRIVER: Final = "OpenFileGDB"
_CODES: Final = {"城镇集中建设区": "0401", "城镇弹性发展区": "0402", "特别用途区": "0403"}


@dataclass(frozen=True)
class Delivery:
    """The layers of one county (一县成果), in EPSG:4490."""

    code: str
    name: str
    layers: dict[str, gpd.GeoDataFrame]

    def stem(self, year: int) -> str:
        """Return the name that it is handed in under, without its ending."""
        return f"{self.code}{self.name}{year}年度县级国土空间总体规划动态维护"


def deliveries(result: PackageResult, context: Context) -> list[Delivery]:
    """Return the maintenance layers of each county that a package touches.

    Raises
    ------
    InputError
        If land of the package lies in no county, or none is loaded: the code is needed for every row.
    """
    _require_counties(result, context)
    frame = context.frame("district")
    out = []
    for county in result.counties:
        shapes = frame.loc[frame["code"].astype(str) == county.code].geometry.to_numpy()
        area = shapely.union_all(shapes)
        layers = {
            f"WHQ{LAYER}": _before(result, county.code, county.name, area, context),
            f"WHH{LAYER}": _after(result, county.code, county.name, area, context),
            f"WHC{LAYER}": _change(result, county.code, county.name, area, context),
        }
        out.append(Delivery(county.code, county.name, layers))
    return out


def _require_counties(result: PackageResult, context: Context) -> None:
    if not result.counties:
        raise InputError(Problem("方案没有改变边界的图斑，没有可导出的内容", action="先加调入或调出图斑"))
    if not context.has("district") or any(row.code == NOWHERE for row in result.counties):
        action = "导入县级行政区图层（字段 code、name），并核对图斑是否在其范围内"
        raise InputError(
            Problem("有图斑不在县级行政区图层内，不能填写行政区代码", field="XZQDM", action=action)
        )


def _rows(
    shapes: list[shapely.Geometry], fields: list[dict[str, Any]], county: tuple[str, str], context: Context
) -> gpd.GeoDataFrame:
    """Return single-part features in EPSG:4490 with area, from outlines in the workspace's CRS."""
    parts, owner = shapely.get_parts(np.array(shapes, dtype=object), return_index=True)
    table = pd.DataFrame([fields[k] for k in owner])
    area = ellipsoidal_area(parts, context.crs) if len(parts) else np.zeros(0)
    moved = transform(parts, source=context.crs, target=GEOGRAPHIC)
    table.insert(0, "XZQMC", county[1])
    table.insert(0, "XZQDM", county[0])
    table["MJ"] = np.round(area, 2)
    return gpd.GeoDataFrame(table, geometry=moved, crs=GEOGRAPHIC)


def _within(shape: shapely.Geometry, county: shapely.Geometry) -> shapely.Geometry:
    return shape if shapely.covers(county, shape) else polygonal(shapely.intersection(shape, county))


def _zone(zone: str, code: object = None) -> dict[str, str]:
    given = "" if code is None or pd.isna(code) else str(code)  # type: ignore[call-overload]
    return {"GHFQDM": given or _CODES.get(zone, ""), "GHFQMC": zone}


def _before(
    result: PackageResult, code: str, name: str, county: shapely.Geometry, context: Context
) -> gpd.GeoDataFrame:
    """Return the features of the present boundary that moves cut, whole as they are (维护前)."""
    rows = _cut_here(result, county)
    codes, marks = (
        rows[column] if column in rows.columns else [None] * len(rows) for column in ("code", "bsm")
    )
    fields = [
        {"BSM": _bsm(code, int(row) + 1) if pd.isna(mark) else str(mark), **_zone(str(zone), own)}
        for row, zone, own, mark in zip(rows["row"], rows["zone"], codes, marks, strict=True)
    ]
    # The parts of one feature keep its number: before the change it is one feature.
    return _rows(list(rows.geometry), fields, (code, name), context)


def _after(
    result: PackageResult, code: str, name: str, county: shapely.Geometry, context: Context
) -> gpd.GeoDataFrame:
    """Return what the cut features become, and the land that comes in, as single parts (维护后)."""
    table, before = result.boundary, set(_cut_here(result, county)["row"])
    own = table[table["origin"].isin(before)]
    come = table[(table["origin"] < 0) & shapely.intersects(table.geometry.to_numpy(), county)]
    shapes = [*own.geometry, *(_within(shape, county) for shape in come.geometry)]
    fields = [_zone(str(zone)) for zone in [*own["zone"], *come["zone"]]]
    out = _rows(shapes, fields, (code, name), context)
    largest = _largest(context)
    out.insert(0, "BSM", [_bsm(code, largest + k + 1) for k in range(len(out))])
    return out


def _largest(context: Context) -> int:
    """Return the largest running number of the present layer: of its BSM (field ``bsm``), else its count."""
    frame = context.frame("udb")
    if "bsm" not in frame.columns:
        return len(frame)
    last = frame["bsm"].astype("object").dropna().astype(str).str[-8:]
    return max((int(text) for text in last if text.isdigit()), default=len(frame))


def _cut_here(result: PackageResult, county: shapely.Geometry) -> gpd.GeoDataFrame:
    """Return the features of the present boundary that a move cuts inside a county."""
    cut = result.changed[result.changed["kind"] != "in"].geometry.to_numpy()
    here = polygonal(shapely.intersection(shapely.union_all(cut), county))
    shared = shapely.area(shapely.intersection(result.touched.geometry.to_numpy(), here)) > 0.0
    return result.touched[shared]


def _change(
    result: PackageResult, code: str, name: str, county: shapely.Geometry, context: Context
) -> gpd.GeoDataFrame:
    """Return the outlines that change, single parts, with kind, reason and quota source (维护过程)."""
    moves = {move.id: move for move in result.package.moves}
    source = _quota_source(context, code)
    shapes, fields = [], []
    for move_id, kind, shape in zip(
        result.changed["move"], result.changed["kind"], result.changed.geometry, strict=True
    ):
        here = _within(shape, county)
        if shapely.is_empty(here):
            continue
        shapes.append(here)
        case = moves[move_id].case or ""
        fields.append(
            {
                "WHLX": WHLX[kind],
                "WHLY": case if len(case) <= WIDTHS["WHLY"] else "",
                "JDZBLY": source if kind == "in" else "",
                "KZBSHSLX": "",
                "BZ": _remark(result.package, move_id)[: WIDTHS["BZ"]],
            }
        )
    out = _rows(shapes, fields, (code, name), context)
    day = result.as_of.replace("-", "")
    out.insert(0, "BSM", [_bsm(code, k + 1) for k in range(len(out))])
    out["WHBH"] = [f"{day}{k + 1:06d}" for k in range(len(out))]
    out["YSDM"] = ""
    return out[[*WIDTHS, "MJ", "geometry"]]


def _remark(package: Package, move_id: str) -> str:
    move = next(one for one in package.moves if one.id == move_id)
    documents = "；".join(" ".join(filter(None, (item.title, item.number))) for item in move.evidence)
    parts = [f"图斑 {move.id}", f"情形 {move.case}" if move.case else "情形未注明", documents]
    return "；".join(part for part in parts if part)


def _quota_source(context: Context, code: str) -> str:
    if quota.QUOTA not in context.tables:
        return ""
    table = context.table(quota.QUOTA)
    found = table.loc[table["xzqdm"].astype(str) == code, "quota_source"].dropna()
    return str(found.iloc[0])[: WIDTHS["JDZBLY"]] if len(found) else ""


def _bsm(code: str, number: int) -> str:
    return f"{code}0000{number:08d}"


def can_write_geodatabase() -> bool:
    """Return whether this GDAL writes File Geodatabases."""
    return "w" in pyogrio.list_drivers().get(DRIVER, "")


def export(result: PackageResult, context: Context, folder: Path, *, year: int) -> list[Path]:
    """Write each county's GeoPackage, and its File Geodatabase where GDAL can, and return the paths.

    Raises
    ------
    InputError
        If there is nothing to hand in, a name is taken, or the folder cannot be written.
    """
    done: list[Path] = []
    found = deliveries(result, context)
    endings = [".gpkg", *([".gdb"] if can_write_geodatabase() else [])]
    targets = [folder / f"{one.stem(year)}{ending}" for one in found for ending in endings]
    taken = [path.name for path in targets if path.exists()]
    if taken:
        raise InputError(Problem("已有同名成果", file=taken[0], field="--out", action="换一个目录"))
    with staging(folder, ".udb-", field="--out") as temporary:
        for one in found:
            write_geopackage(dict(one.layers), temporary / f"{one.stem(year)}.gpkg")
            if ".gdb" in endings:
                _geodatabase(one.layers, temporary / f"{one.stem(year)}.gdb")
        for path in targets:
            shutil.move(temporary / path.name, path)
            done.append(path)
    return done


def _geodatabase(layers: Mapping[str, gpd.GeoDataFrame], path: Path) -> None:
    for name, frame in layers.items():
        pyogrio.write_dataframe(
            frame, path, layer=name, driver=DRIVER, append=path.exists(), geometry_type="MultiPolygon",
            promote_to_multi=True,
        )  # fmt: skip
