"""One catalogue entry read into the workspace's CRS, with its faults listed (图层读取)."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

from gisapp.crs import parse_crs, transform
from gisapp.errors import InputError, Problem
from gisapp.io.hashing import sha256_file, sha256_text
from gisapp.io.raster import read_raster
from gisapp.io.vector import read_vector
from gisapp.model.grid import Grid
from gisapp.model.layers import LayerSpec

_LOOKS = {"title", "group", "style", "visible", "min_zoom", "attribution"}
_DIMENSION = {"point": 0, "line": 1, "polygon": 2}


@dataclass(frozen=True)
class Finding:
    """Something about a layer that a person must know (图层发现), with the area before and after if it was mended."""

    layer: str
    row: int
    message: str
    area_before_m2: float | None = None
    area_after_m2: float | None = None


@dataclass(frozen=True)
class LoadedLayer:
    """A layer in memory (已加载图层): logical columns and geometry in the workspace's CRS, or a grid."""

    spec: LayerSpec
    hash: str
    frame: gpd.GeoDataFrame | None = field(default=None, repr=False)
    grid: Grid | None = field(default=None, repr=False)
    findings: tuple[Finding, ...] = ()

    @property
    def count(self) -> int:
        """Return the number of features, 0 for a raster."""
        return 0 if self.frame is None else len(self.frame)


def load_layer(spec: LayerSpec, root: Path, crs: CRS) -> LoadedLayer:
    """Return the layer that `spec` describes, read from below `root` and transformed once to `crs`.

    Raises
    ------
    InputError
        If the file is missing or unreadable, lacks a column that ``fields`` names, or is in another CRS than
        the catalogue says.
    """
    path = root / spec.source
    if not path.exists():
        raise InputError(
            Problem(
                f"图层 {spec.id} 的数据文件不存在",
                file="layers/catalog.yaml",
                field="source",
                value=spec.source,
                action="补充数据文件，或从目录中删去该图层",
            )
        )
    digest = sha256_text([spec.model_dump_json(exclude=_LOOKS), sha256_file(path)])
    if spec.kind == "raster":
        return LoadedLayer(spec, digest, grid=read_raster(path, target=crs))
    frame = _logical(spec, _checked(spec, read_vector(path)))
    geometries, findings = _mended(spec, transform(frame.geometry.to_numpy(), source=frame.crs, target=crs))
    frame = gpd.GeoDataFrame(frame.drop(columns="geometry"), geometry=geometries, crs=crs)
    return LoadedLayer(spec, digest, frame=frame, findings=findings)


def _checked(spec: LayerSpec, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return `frame` in the declared CRS, or raise with every fault."""
    declared = parse_crs(spec.crs, file="layers/catalog.yaml")
    problems = [
        Problem(
            f"图层 {spec.id} 缺少列",
            file=spec.source,
            field=f"fields.{logical}",
            value=column,
            expected="、".join(map(str, frame.columns[:12])),
            action="改正 catalog.yaml 的 fields",
        )
        for logical, column in spec.fields.items()
        if column not in frame.columns
    ]
    if frame.crs is not None and CRS(frame.crs) != declared:
        problems.append(
            Problem(
                f"图层 {spec.id} 的文件坐标系与目录不一致",
                file=spec.source,
                field="crs",
                value=CRS(frame.crs).to_string(),
                expected=spec.crs,
                action="核实后改正目录或文件",
            )
        )
    if problems:
        raise InputError(problems)
    return frame.set_crs(declared)


def _logical(spec: LayerSpec, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    columns = {column: logical for logical, column in spec.fields.items()}
    kept = [*columns, "geometry"]
    return frame[kept].rename(columns=columns).reset_index(drop=True)


def _mended(spec: LayerSpec, geometries: np.ndarray) -> tuple[np.ndarray, tuple[Finding, ...]]:
    """Return geometries fit for measuring, each mended polygon listed with its areas."""
    empty = shapely.is_missing(geometries) | shapely.is_empty(geometries)
    wrong = ~empty & (shapely.get_dimensions(geometries) != _DIMENSION[spec.kind])
    findings = [Finding(spec.id, int(row), "几何为空，未参与评价") for row in np.flatnonzero(empty)]
    findings += [
        Finding(spec.id, int(row), "几何类型与目录不符，未参与评价") for row in np.flatnonzero(wrong)
    ]
    if spec.kind != "polygon":
        return geometries, tuple(findings)
    out = geometries.copy()
    for row in np.flatnonzero(~empty & ~shapely.is_valid(geometries)):
        out[row] = shapely.make_valid(geometries[row], method="structure")
        reason = shapely.is_valid_reason(geometries[row]).split("[")[0]
        before, after = float(shapely.area(geometries[row])), float(shapely.area(out[row]))
        message = f"几何无效（{reason}），评价时使用修复副本，原文件未改动"
        findings.append(Finding(spec.id, int(row), message, before, after))
    return out, tuple(findings)
