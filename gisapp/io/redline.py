"""A project red line as somebody hands it in (项目红线): one or more outlines, brought into the workspace's CRS.

Kinds: 界址点 TXT (CRS-08), Shapefile (its parts, or zipped), GeoJSON, GeoPackage, FlatGeobuf, GeoParquet, tables of
points (CSV, XLSX) and pasted text. An outline that is invalid is refused with its place: here nothing is repaired.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import geopandas as gpd
import shapely
from pyproj import CRS

from gisapp.crs import parse_crs
from gisapp.errors import CrsError, InputError, Problem, unreadable
from gisapp.io.hashing import sha256_text
from gisapp.io.importcrs import label, settle_crs
from gisapp.io.importdatum import Datum, unshift
from gisapp.io.importfile import TABLES, read_source
from gisapp.io.importgeometry import screen_outlines
from gisapp.io.importresult import Note
from gisapp.io.mapping import same_name
from gisapp.io.redlinepoints import looks_like_points, sketch_of_table, sketch_of_text
from gisapp.io.redlinerings import outlines
from gisapp.io.redlinesketch import Sketch, settle_axes
from gisapp.io.redlinetxt import is_boundary_txt, read_boundary_txt
from gisapp.io.tables import decode

PASTED: Final = "粘贴的坐标"
TEXTS: Final = {".txt"}
MOST_BLOCKS: Final = 2000
_NAMES: Final = ("DKMC", "XMMC", "地块名称", "项目名称", "name", "名称", "DKBH", "地块编号", "BH", "id")
_REPAIR: Final = "；可用 --fix 修复"
_BY_HAND: Final = "在源数据中改正后重试；红线有误时不作自动修复"


@dataclass(frozen=True)
class RedLineOptions:
    """How a red line is to be read (读取选项), as for `gisapp import`."""

    crs: str | None = None
    datum: Datum | None = None
    encoding: str | None = None
    layer: str | None = None


@dataclass(frozen=True)
class Block:
    """One outline of a red line (红线地块), in the workspace's CRS; ``declared_m2`` is what its file says."""

    number: int
    name: str
    geometry: shapely.Geometry = field(repr=False)
    declared_m2: float | None = None
    use: str | None = None


@dataclass(frozen=True)
class RedLine:
    """A project red line in the workspace's CRS (项目红线): its blocks in the order of the file."""

    name: str
    kind: str
    crs: CRS
    source_crs: str
    blocks: tuple[Block, ...]
    notes: tuple[str, ...] = ()

    @property
    def hash(self) -> str:
        """Return the hash of CRS and outlines: equal ground gives equal hashes, whatever the file (红线校验码)."""
        shapes = [shapely.to_wkb(block.geometry, hex=True) for block in self.blocks]
        return sha256_text([label(self.crs), *map(str, shapes)])


@dataclass(frozen=True)
class _Given:
    """Outlines as they came, with what is known of each (草图)."""

    kind: str
    frame: gpd.GeoDataFrame
    facts: list[tuple[str, float | None, str | None]]
    declared: str | None
    notes: list[Note]


def read_redline(path: Path, *, workspace: CRS, options: RedLineOptions = RedLineOptions()) -> RedLine:
    """Return the red line in a file, in the workspace's CRS; coordinates that are in it already stay bit-exact.

    Raises
    ------
    InputError
        If the file is missing, of an unknown kind, or an outline is open, crosses itself, or is no polygon.
    CrsError
        If nobody says which CRS it is in, or its coordinates contradict it.
    """
    suffix = path.suffix.lower()
    if suffix in TEXTS:
        return parse_redline(_text(path, options), workspace=workspace, options=options, name=path.name)
    if suffix in TABLES and path.is_file():
        sketch = _of_table(path, options)
        return _settled(_sketched(sketch, path.name, workspace, options), path.name, workspace, options)
    return _settled(_of_vector(path, options), path.name, workspace, options)


def parse_redline(
    text: str, *, workspace: CRS, options: RedLineOptions = RedLineOptions(), name: str = PASTED
) -> RedLine:
    """Return the red line in pasted text: 界址点 TXT, or lines of points; errors as `read_redline`."""
    return _settled(_of_text(text, name, workspace, options), name, workspace, options)


def redline_of(geometry: shapely.Geometry, *, crs: CRS, name: str) -> RedLine:
    """Return a drawn polygon, already in the workspace's CRS, as a red line (绘制的红线).

    Raises
    ------
    InputError
        If it is invalid or empty.
    """
    parts = [part for part in shapely.get_parts(geometry) if not part.is_empty]
    frame = gpd.GeoDataFrame(geometry=parts, crs=crs)
    given = _Given("绘制", frame, [(name, None, None)] * len(parts), None, [])
    return _settled(given, name, crs, RedLineOptions())


def _text(path: Path, options: RedLineOptions) -> str:
    try:
        return decode(path.read_bytes(), name=path.name, encoding=options.encoding)
    except OSError as error:
        raise unreadable(path.name, error) from error


def _of_table(path: Path, options: RedLineOptions) -> Sketch:
    """Return a table of points as a sketch; a CSV without heads reads like pasted lines."""
    table = read_source(path, encoding=options.encoding).frame
    if path.suffix.lower() == ".csv" and looks_like_points(",".join(map(str, table.columns))):
        return sketch_of_text(_text(path, options), path.name)
    return sketch_of_table(table, path.name)


def _of_text(text: str, name: str, workspace: CRS, options: RedLineOptions) -> _Given:
    if is_boundary_txt(text):
        return _sketched(read_boundary_txt(text, name), name, workspace, options)
    if not looks_like_points(text):
        action = "粘贴 界址点 TXT 全文，或每行一个点：点号, X（北）, Y（东）"
        raise InputError(
            Problem("没有读到界址点", file=name, expected="[地块坐标] 或逐行的坐标", action=action)
        )
    return _sketched(sketch_of_text(text, name), name, workspace, options)


def _sketched(sketch: Sketch, name: str, workspace: CRS, options: RedLineOptions) -> _Given:
    """Return the outlines of a sketch, x = east, y = north, and the CRS that is declared for them."""
    geographic = "EPSG:4326" if options.datum is not None else None
    placed, declared, notes = settle_axes(sketch, options.crs or geographic, name, workspace=workspace)
    shapes, more = outlines(placed, name)
    facts = [(plot.name, plot.declared_m2, plot.use) for plot in placed.plots]
    frame = gpd.GeoDataFrame(geometry=shapes)
    return _Given(sketch.kind, frame, facts, declared, [*notes, *more])


def _of_vector(path: Path, options: RedLineOptions) -> _Given:
    source = read_source(path, encoding=options.encoding, layer=options.layer)
    assert isinstance(source.frame, gpd.GeoDataFrame)
    frame = source.frame.reset_index(drop=True)
    column = next((c for alias in _NAMES for c in frame.columns if same_name(str(c), alias)), None)
    names = [""] * len(frame) if column is None else frame[column].fillna("").astype(str).tolist()
    facts: list[tuple[str, float | None, str | None]] = [(name, None, None) for name in names]
    return _Given(path.suffix.lower().lstrip("."), frame, facts, options.crs, list(source.notes))


def _settled(given: _Given, name: str, workspace: CRS, options: RedLineOptions) -> RedLine:
    """Return the outlines in the workspace's CRS, all of them, or raise with what is wrong with each."""
    if not 0 < len(given.frame) <= MOST_BLOCKS:
        expected = f"1 至 {MOST_BLOCKS} 块"
        raise InputError(Problem("红线地块数不对", file=name, value=str(len(given.frame)), expected=expected))
    screened = screen_outlines(given.frame.geometry.to_numpy(), fix=False)
    if screened.faults:
        raise InputError(
            Problem(
                fault.reason.replace(_REPAIR, ""),
                file=name,
                row=fault.row,
                field=given.facts[fault.row - 1][0] or None,
                action=_BY_HAND,
            )
            for fault in screened.faults[:20]
        )
    frame = gpd.GeoDataFrame(geometry=screened.geometries, crs=given.frame.crs)
    notes = [*given.notes, *screened.notes]
    if options.datum is not None:
        _require_degrees(options, name)
        frame, note = unshift(frame, options.datum, name=name)
        notes.append(note)
    declared = given.declared if options.datum is None else None
    moved, source, more = settle_crs(frame, declared=declared, workspace=workspace, name=name)
    blocks = tuple(
        Block(number, facts[0] or f"地块 {number}", shape, facts[1], facts[2])
        for number, (shape, facts) in enumerate(
            zip(moved.geometry.to_numpy(), given.facts, strict=True), start=1
        )
    )
    said = tuple(note.message for note in [*notes, *more])
    return RedLine(name, given.kind, workspace, label(source), blocks, said)


def _require_degrees(options: RedLineOptions, name: str) -> None:
    """Raise if a shifted datum is named together with a projected CRS."""
    if options.crs is not None and not parse_crs(options.crs).is_geographic:
        action = "偏移坐标只以经纬度给出；二者只选其一"
        message = f"{options.datum} 只适用于经纬度坐标"
        raise CrsError(Problem(message, file=name, field="crs", value=options.crs, action=action))
