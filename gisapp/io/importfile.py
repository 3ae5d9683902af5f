"""Opening what somebody sent (读取导入文件): the kind is checked by content, an archive before it is unpacked.

Nothing outside the named file is read: a text that calls itself GeoJSON but refers to other files is refused,
and so is an archive whose members leave its folder or unpack to a multiple that no survey data has.
"""

from __future__ import annotations

import tempfile
import warnings
import zipfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from gisapp.errors import InputError, Problem
from gisapp.io.importencoding import shapefile_texts
from gisapp.io.importresult import Note
from gisapp.io.tables import read_table
from gisapp.io.vector import DRIVERS, PARQUET, read_vector

TABLES: Final = {".csv", ".xlsx", ".xlsm"}
PARTS: Final = {".shp": "图形", ".shx": "索引", ".dbf": "属性"}
_SIDE: Final = {".prj", ".cpg"}
_MAGIC: Final = {
    ".gpkg": b"SQLite format 3\0",
    ".fgb": b"fgb",
    ".parquet": b"PAR1",
    ".geoparquet": b"PAR1",
    ".shp": b"\0\0\x27\x0a",
    ".zip": b"PK",
    ".xlsx": b"PK",
    ".xlsm": b"PK",
}
MAX_UNPACKED_BYTES: Final = 4 * 1024**3
MAX_RATIO: Final = 200
RATIO_MATTERS_BYTES: Final = 50 * 1024**2
"""Real shapefiles shrink to a fifth at best; a bomb shrinks a thousandfold."""


@dataclass(frozen=True)
class Source:
    """A file as it was read (导入来源): a vector frame in its own CRS, or a table of texts."""

    frame: gpd.GeoDataFrame | pd.DataFrame = field(repr=False)
    notes: tuple[Note, ...] = ()

    @property
    def spatial(self) -> bool:
        """Return whether the file has outlines."""
        return isinstance(self.frame, gpd.GeoDataFrame)


def read_source(path: Path, *, encoding: str | None = None, layer: str | None = None) -> Source:
    """Return what `path` holds, columns under their own names.

    Raises
    ------
    InputError
        If the file is missing, of another kind than its name says, incomplete, unsafe, or holds no record.
    """
    if not path.is_file():
        raise InputError(Problem("文件不存在", file=path.name, action="检查路径"))
    suffix = path.suffix.lower()
    if suffix not in {*DRIVERS, ".zip"} | TABLES:
        expected = "GeoPackage、Shapefile（.shp 或 .zip）、GeoJSON、FlatGeobuf、GeoParquet、CSV、XLSX"
        raise InputError(
            Problem("不支持的文件格式", file=path.name, value=suffix or "（无扩展名）", expected=expected)
        )
    _require_content(path, suffix)
    if suffix in TABLES:
        source = Source(_table(path, encoding))
    elif suffix == ".zip":
        source = _zipped(path, encoding, layer)
    else:
        if suffix == ".shp":
            beside = {
                f.suffix.lower() for f in path.parent.iterdir() if f.stem.casefold() == path.stem.casefold()
            }
            _require_parts(beside, path.name)
        source = _vector(path, encoding, layer, name=path.name)
    if len(source.frame) == 0:
        raise InputError(
            Problem(
                "文件里没有任何记录", file=path.name, expected="至少一条", action="检查导出时是否漏选要素"
            )
        )
    return source


def _require_content(path: Path, suffix: str) -> None:
    """Raise if the first bytes are not those of the kind that the name promises."""
    with path.open("rb") as stream:
        head = stream.read(512)
    magic = _MAGIC.get(suffix)
    if magic is not None:
        good = head.startswith(magic)
    elif suffix in {".geojson", ".json"}:
        good = head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")
    else:
        good = b"\0" not in head
    if not good:
        action = "用原软件重新导出；不要只改扩展名"
        raise InputError(
            Problem("内容与扩展名不符", file=path.name, expected=f"{suffix} 格式", action=action)
        )


def _table(path: Path, encoding: str | None) -> pd.DataFrame:
    try:
        return read_table(path, encoding=encoding)
    except (ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
        raise InputError(
            Problem(f"表格无法读取：{error}", file=path.name, action="另存为 XLSX 或 CSV 后重试")
        ) from error


def _vector(path: Path, encoding: str | None, layer: str | None, *, name: str) -> Source:
    if path.suffix.lower() == ".shp":
        texts = shapefile_texts(path, encoding)
        return Source(texts.decoded(_read(path, texts.RAW, layer, name)), texts.notes)
    return Source(_read(path, encoding, layer or _only_layer(path, name), name))


def _read(path: Path, encoding: str | None, layer: str | None, name: str) -> gpd.GeoDataFrame:
    try:
        with warnings.catch_warnings():
            # GDAL's remarks on single geometries reach the user as reasons of quarantined rows.
            warnings.simplefilter("ignore")
            return read_vector(path, encoding=encoding, layer=layer)
    except shapely.errors.ShapelyError as error:
        reason = str(error).splitlines()[0]
        raise InputError(
            Problem(f"几何无法解析：{reason}", file=name, action="用原软件检查并重新导出")
        ) from error
    except InputError as error:
        raise InputError([Problem(**{**p.__dict__, "file": name}) for p in error.problems]) from error


def _only_layer(path: Path, name: str) -> str | None:
    """Return the one spatial layer of a GeoPackage, None for kinds with a single layer."""
    if path.suffix.lower() != ".gpkg":
        return None
    try:
        layers = [str(layer) for layer, kind in pyogrio.list_layers(path) if kind is not None]
    except (pyogrio.errors.DataSourceError, ValueError) as error:
        raise InputError(Problem("文件无法读取", file=name, action="检查文件是否完整")) from error
    if len(layers) != 1:
        found = "、".join(layers) or "（没有空间图层）"
        raise InputError(
            Problem(
                "文件含有多个或没有空间图层",
                file=name,
                value=found,
                expected="一个图层",
                action="用 --layer 指定图层名",
            )
        )
    return layers[0]


def _zipped(path: Path, encoding: str | None, layer: str | None) -> Source:
    """Return the one data set of an archive, unpacked under plain names into a folder that is removed again."""
    try:
        with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory(prefix="gisapp-zip-") as folder:
            members = _safe_members(archive, path.name)
            main = _main_member(members, path.name)
            for info in members:
                member = PurePosixPath(info.filename)
                if member.with_suffix("") == main.with_suffix("") and member.suffix.lower() in {
                    *PARTS,
                    *_SIDE,
                    main.suffix.lower(),
                }:
                    (Path(folder) / f"data{member.suffix.lower()}").write_bytes(archive.read(info))
            data = Path(folder) / f"data{main.suffix.lower()}"
            _require_content(data, data.suffix)
            return _vector(data, encoding, layer, name=path.name)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        raise InputError(
            Problem(f"压缩包无法解开：{error}", file=path.name, action="重新压缩，不要加密")
        ) from error


def _safe_members(archive: zipfile.ZipFile, name: str) -> list[zipfile.ZipInfo]:
    """Return the files of an archive, or raise before anything is unpacked."""
    members = [info for info in archive.infolist() if not info.is_dir()]
    for info in members:
        parts = PurePosixPath(info.filename.replace("\\", "/"))
        if parts.is_absolute() or ".." in parts.parts or ":" in parts.parts[0]:
            action = "重新压缩，只放数据文件"
            raise InputError(
                Problem("压缩包成员指向文件夹之外，已拒绝", file=name, value=info.filename, action=action)
            )
    unpacked = sum(info.file_size for info in members)
    packed = max(sum(info.compress_size for info in members), 1)
    bomb = unpacked > RATIO_MATTERS_BYTES and unpacked / packed > MAX_RATIO
    if bomb or unpacked > MAX_UNPACKED_BYTES:
        value = f"解开后 {unpacked / 1024**2:,.0f} MB，压缩比 {unpacked / packed:,.0f}"
        expected = f"不超过 {MAX_UNPACKED_BYTES // 1024**2:,} MB，压缩比不超过 {MAX_RATIO}"
        raise InputError(
            Problem("压缩包异常，未解开", file=name, value=value, expected=expected, action="核实来源")
        )
    return members


def _main_member(members: list[zipfile.ZipInfo], name: str) -> PurePosixPath:
    """Return the archive's one data file, a shapefile with all its parts."""
    paths = [PurePosixPath(info.filename) for info in members]
    found = [p for p in paths if p.suffix.lower() in {".shp", ".gpkg", ".geojson", ".json", ".fgb"} | PARQUET]
    if not found:
        kinds = {p.suffix.lower() for p in paths}
        if kinds & set(PARTS):
            _require_parts(kinds, name)
        raise InputError(
            Problem("压缩包里没有空间数据", file=name, expected="一个 Shapefile 的 .shp、.shx、.dbf")
        )
    if len(found) > 1:
        value = "、".join(str(p) for p in found[:8])
        raise InputError(
            Problem(
                "压缩包里有多份数据", file=name, value=value, expected="一份", action="分开压缩，逐个导入"
            )
        )
    if found[0].suffix.lower() == ".shp":
        stem = found[0].with_suffix("")
        _require_parts({p.suffix.lower() for p in paths if p.with_suffix("") == stem}, name)
    return found[0]


def _require_parts(present: set[str], name: str) -> None:
    missing = [f"{part}（{title}）" for part, title in PARTS.items() if part not in present]
    if missing:
        raise InputError(
            Problem(
                f"Shapefile 缺少 {'、'.join(missing)}",
                file=name,
                expected=".shp、.shx、.dbf 同名三件",
                action="把缺少的文件补齐后重试",
            )
        )
