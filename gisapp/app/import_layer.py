"""Importing a reference layer (导入参考图层): one catalogue entry's file, checked and replaced whole."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pyogrio
import rasterio
import shapely
from rasterio.errors import RasterioIOError

from gisapp.app.imports import ImportOptions, ImportResult, Progress, not_writable, staging
from gisapp.app.workspace import Workspace
from gisapp.crs import parse_crs
from gisapp.errors import CrsError, InputError, Problem, UsageError
from gisapp.io.importcrs import settle_crs
from gisapp.io.importdatum import unshift
from gisapp.io.importfile import read_source
from gisapp.io.importgeometry import POLYGONAL, screen_outlines
from gisapp.io.importresult import Fixed, Note, Quarantined
from gisapp.io.mapping import same_name
from gisapp.model.layers import LayerSpec

_DRIVERS: Final = {".fgb": "FlatGeobuf", ".gpkg": "GPKG", ".geojson": "GeoJSON"}
_KINDS: Final = {
    "polygon": POLYGONAL,
    "line": (shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING),
    "point": (shapely.GeometryType.POINT, shapely.GeometryType.MULTIPOINT),
}
_TITLES: Final = {"polygon": "面", "line": "线", "point": "点", "raster": "栅格"}


def import_layer(
    workspace: Workspace, file: Path, layer_id: str, options: ImportOptions, *, progress: Progress
) -> ImportResult:
    """Import `file` as the data of a catalogue entry and return what became of each feature.

    The features keep their columns; their coordinates end in the CRS that the catalogue declares.

    Raises
    ------
    UsageError
        If the catalogue has no such layer, or it has data already and ``replace`` is not set.
    InputError
        If the file lacks a column that the entry's ``fields`` names, or has no feature of the entry's kind.
    """
    spec = next((layer for layer in workspace.catalog.layers if layer.id == layer_id), None)
    if spec is None:
        known = "、".join(layer.id for layer in workspace.catalog.layers) or "（目录中还没有图层）"
        raise UsageError(
            f"--to {layer_id}：图层目录中没有这个图层",
            action=f"可用：parcels、{known}；新图层先在 layers/catalog.yaml 中登记",
        )
    target = workspace.root / "layers" / spec.source
    if target.exists() and not options.replace:
        raise UsageError(f"图层 {layer_id} 已有数据文件 {spec.source}", action="确认要替换时加 --replace")
    with staging(workspace, dry_run=options.dry_run) as folder:
        progress("读取图层", 0, 2)
        if spec.kind == "raster":
            result = _raster(spec, file, folder, dry_run=options.dry_run)
        else:
            result = _vector(spec, file, options, folder)
        progress("写入图层", 1, 2)
        if folder is not None:
            _move(folder / f"layer{target.suffix}", target)
        progress("写入图层", 2, 2)
    workspace.reload()
    return result


def _move(source: Path, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # Beside its place first: a move within one file system happens whole or not at all.
        near = target.with_name(f".{target.name}.new")
        shutil.copyfile(source, near)
        near.replace(target)
    except OSError as error:
        raise not_writable(target.parent) from error


def _raster(spec: LayerSpec, file: Path, folder: Path | None, *, dry_run: bool) -> ImportResult:
    try:
        with rasterio.open(file) as raster:
            crs = raster.crs
    except RasterioIOError as error:
        raise InputError(Problem("栅格无法读取", file=file.name, expected="GeoTIFF")) from error
    if crs is None:
        action = "用 gdal_edit.py -a_srs EPSG:代码 写入坐标系后重试"
        raise CrsError(
            Problem("栅格没有坐标系", file=file.name, field="crs", expected=spec.crs, action=action)
        )
    if folder is not None:
        shutil.copyfile(file, folder / f"layer{Path(spec.source).suffix}")
    return ImportResult(file.name, spec.id, 1, 1, (), (), (), dry_run=dry_run)


def _vector(spec: LayerSpec, file: Path, options: ImportOptions, folder: Path | None) -> ImportResult:
    source = read_source(file, encoding=options.encoding, layer=options.layer)
    if not isinstance(source.frame, gpd.GeoDataFrame):
        raise InputError(Problem("图层须有几何", file=file.name, expected=_TITLES[spec.kind]))
    given = source.frame.reset_index(drop=True)
    named = _named(spec, given, file.name)
    shapes, quarantined, fixed, notes = _shapes(spec, named, fix=options.fix)
    stay = np.ones(len(given), dtype=bool)
    stay[[item.row - 1 for item in quarantined]] = False
    if not stay.any():
        raise InputError([Problem(item.reason, file=file.name, row=item.row) for item in quarantined[:20]])
    kept = named.set_geometry(gpd.GeoSeries(shapes, crs=given.crs))[stay]
    shifted: list[Note] = []
    if options.datum is not None:
        kept, note = unshift(kept, options.datum, name=file.name)
        shifted.append(note)
    declared = parse_crs(spec.crs, file="layers/catalog.yaml")
    kept, _, crs_notes = settle_crs(kept, declared=options.crs, workspace=declared, name=file.name)
    if folder is not None:
        _write(kept, folder / f"layer{Path(spec.source).suffix}", spec)
    return ImportResult(
        file=file.name,
        to=spec.id,
        rows_in=len(given),
        kept=len(given) - len(fixed) - len(quarantined),
        fixed=fixed,
        quarantined=quarantined,
        findings=(*source.notes, *notes, *shifted, *crs_notes),
        mapped=dict(spec.fields),
        rows_total=len(kept),
        dry_run=options.dry_run,
    )


def _named(spec: LayerSpec, frame: gpd.GeoDataFrame, name: str) -> gpd.GeoDataFrame:
    """Return `frame` with the columns that ``fields`` names spelt as there, or raise naming those that lack."""
    renamed, problems = {}, []
    for logical, column in spec.fields.items():
        found = (
            column
            if column in frame.columns
            else next((c for c in frame.columns if same_name(str(c), column)), None)
        )
        if found is None:
            shown = "、".join(str(c) for c in frame.columns if c != "geometry") or "（没有属性列）"
            action = "改正 layers/catalog.yaml 的 fields，或给源文件加上该列"
            problems.append(
                Problem(
                    f"图层 {spec.id} 缺少列",
                    file=name,
                    field=f"fields.{logical}",
                    value=column,
                    expected=shown,
                    action=action,
                )
            )
        else:
            renamed[found] = column
    if problems:
        raise InputError(problems)
    return frame.rename(columns=renamed)


def _shapes(
    spec: LayerSpec, frame: gpd.GeoDataFrame, *, fix: bool
) -> tuple[np.ndarray, tuple[Quarantined, ...], tuple[Fixed, ...], list[Note]]:
    """Return the geometries, those that are not of the layer's kind, those repaired, and notes.

    An invalid polygon stays as it is unless `fix`: a reference layer is somebody else's, and the context lists
    each repair that it measures with.
    """
    shapes = frame.geometry.to_numpy()
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    wrong = ~empty & ~np.isin(shapely.get_type_id(shapes), _KINDS[spec.kind])
    bad = [Quarantined(int(k) + 1, None, "几何为空") for k in np.flatnonzero(empty)]
    bad += [Quarantined(int(k) + 1, None, f"几何不是{_TITLES[spec.kind]}") for k in np.flatnonzero(wrong)]
    quarantined = tuple(sorted(bad, key=lambda item: item.row))
    if spec.kind != "polygon" or not fix:
        return shapely.force_2d(shapes), quarantined, (), []
    screened = screen_outlines(shapes, fix=True)
    out = {item.row for item in quarantined}
    quarantined += tuple(Quarantined(f.row, None, f.reason) for f in screened.faults if f.row not in out)
    fixed = tuple(Fixed(row + 1, None, *screened.repairs[row]) for row in sorted(screened.repairs))
    return screened.geometries, tuple(sorted(quarantined, key=lambda item: item.row)), fixed, screened.notes


def _write(frame: gpd.GeoDataFrame, path: Path, spec: LayerSpec) -> None:
    driver = _DRIVERS.get(path.suffix.lower())
    if driver is None:
        expected = "、".join(_DRIVERS)
        raise InputError(
            Problem(
                "图层数据文件的格式不能写入",
                file="layers/catalog.yaml",
                field=f"{spec.id}.source",
                value=spec.source,
                expected=expected,
            )
        )
    pyogrio.write_dataframe(frame.reset_index(drop=True), path, driver=driver, layer=spec.id)
