"""`gisapp import` (导入)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import typer

from gisapp.app.import_layer import import_layer
from gisapp.app.imports import ImportOptions, ImportResult, import_parcels
from gisapp.cli.loading import TABLES, Asked, load, refuse_foreign
from gisapp.cli.options import Json, WorkspacePath
from gisapp.cli.session import Session
from gisapp.errors import InputError, UsageError
from gisapp.format import square_metres
from gisapp.io.importdatum import DATUMS, Datum
from gisapp.io.importresult import Note
from gisapp.io.tables import csv_lines

_KINDS: Final = {
    "crs": "坐标系",
    "encoding": "文字编码",
    "column": "列对应",
    "code": "用途代码",
    "value": "取值",
    "overlap": "重叠",
    "geometry": "几何",
    "area": "面积",
}
_ORDER: Final = tuple(_KINDS)
SHOWN: Final = 50
FEW: Final = 10


_Text = str | None
_File = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        help="GeoPackage、Shapefile、GeoJSON、FlatGeobuf、GeoParquet、CSV、XLSX；政策文件 YAML；条款原文 PDF、TXT",
    ),
]
_To = Annotated[
    str,
    typer.Option(
        "--to",
        metavar="parcels|LAYER_ID|controls|policies|ledger",
        help="地块、参考图层、控制指标、政策或台账分录",
    ),
]
_Provider = Annotated[_Text, typer.Option("--provider", metavar="NAME", help="controls：数值由谁提供")]
_DocumentName = Annotated[
    _Text, typer.Option("--document", metavar="NO", help="controls：没有写明文件的行所依文件")
]
_AsOfText = Annotated[_Text, typer.Option("--as-of", metavar="DATE", help="controls：数值的截止日期")]
_Status = Annotated[
    _Text, typer.Option("--status", metavar="V|M|N|D", help="controls：没有写明状态的行的状态字母")
]
_Clause = Annotated[
    _Text, typer.Option("--clause", metavar="DOC/CLAUSE", help="policies：把 FILE 作为该条款的原文附上")
]
_User = Annotated[_Text, typer.Option("--user", metavar="NAME", help="加载人，默认为系统用户")]
_Map = Annotated[Path | None, typer.Option("--map", metavar="MAPPING.yaml", help="映射文件")]
_Crs = Annotated[_Text, typer.Option("--crs", metavar="EPSG:N", help="声明文件的坐标系")]
_DatumName = Annotated[_Text, typer.Option("--datum", metavar="GCJ-02|BD-09", help="网络地图的偏移坐标")]
_Encoding = Annotated[
    _Text, typer.Option("--encoding", metavar="E", help="文字编码，默认自动判断 UTF-8 或 GBK")
]
_Layer = Annotated[_Text, typer.Option("--layer", metavar="NAME", help="文件有多个图层时选一个")]
_Fix = Annotated[bool, typer.Option("--fix", help="修复无效几何，并列出修复前后面积")]
_Replace = Annotated[bool, typer.Option("--replace", help="替换整个地块表或图层，而不是按 parcel_id 更新")]
_DryRun = Annotated[bool, typer.Option("--dry-run", help="只检查，不写入")]


def import_(
    ctx: typer.Context,
    workspace: WorkspacePath,
    file: _File,
    to: _To = "parcels",
    mapping: _Map = None,
    crs: _Crs = None,
    datum: _DatumName = None,
    encoding: _Encoding = None,
    layer: _Layer = None,
    fix: _Fix = False,
    replace: _Replace = False,
    dry_run: _DryRun = False,
    provider: _Provider = None,
    document: _DocumentName = None,
    as_of: _AsOfText = None,
    status: _Status = None,
    clause: _Clause = None,
    user: _User = None,
    as_json: Json = False,
) -> None:
    """导入地块、属性表、参考图层、控制指标、政策或台账 · Import parcels, layers, standards, policies, ledger entries."""
    session: Session = ctx.obj
    opened = session.open(workspace, as_json=as_json)
    asked = Asked(
        mapping, encoding, provider, document, as_of, status, clause, user, replace=replace, dry_run=dry_run
    )
    if to in TABLES:
        with rows_by_line(file, encoding):
            result_, told = load(opened, file, to, asked)
        session.show(result_, told)
        return
    refuse_foreign(to, asked)
    options = ImportOptions(
        mapping, crs, named_datum(datum), encoding, layer, fix=fix, replace=replace, dry_run=dry_run
    )
    with session.progress() as report, rows_by_line(file, encoding):
        if to == "parcels":
            result = import_parcels(opened, file, options, progress=report)
        else:
            if mapping is not None:
                raise UsageError(
                    "--map 只用于导入地块", action="图层的列写在 layers/catalog.yaml 的 fields 中"
                )
            result = import_layer(opened, file, to, options, progress=report)
    session.show(result.as_dict(), lines(result, record_lines(file, encoding)))


def named_datum(text: str | None) -> Datum | None:
    """Return the shifted datum that was named, or raise `UsageError`."""
    found = next((name for name in DATUMS if text is not None and name == text.upper()), None)
    if text is not None and found is None:
        raise UsageError(f"--datum {text} 不存在", action=f"可用：{'、'.join(DATUMS)}")
    return found


def record_lines(file: Path, encoding: str | None) -> list[int] | None:
    """Return the line of each record of a CSV file, None for files that have no lines to look up."""
    if file.suffix.lower() != ".csv" or not file.is_file():
        return None
    return csv_lines(file, encoding=encoding)


@contextmanager
def rows_by_line(file: Path, encoding: str | None) -> Iterator[None]:
    """Let faults of a CSV file name the line that an editor shows, not the number of the record."""
    try:
        yield
    except InputError as error:
        places = (
            record_lines(file, encoding)
            if any(p.row and p.file == file.name for p in error.problems)
            else None
        )
        if places is None:
            raise
        raise InputError(
            replace(p, row=None, line=places[p.row - 1]) if p.row and p.file == file.name else p
            for p in error.problems
        ) from error


def lines(result: ImportResult, places: list[int] | None = None) -> list[str]:
    """Return an import's outcome for people: the sums, then each row that is not as it came, then findings.

    `places` are the lines of the records in the file, where it has any.
    """

    def at(row: int) -> str:
        return f"第 {row} 条" if places is None else f"文件第 {places[row - 1]} 行"

    out = [
        f"{result.file} → {result.to}{'（试运行，未写入）' if result.dry_run else ''}",
        f"  读入 {result.rows_in} = 原样保留 {result.kept} + 修复 {len(result.fixed)} + 隔离 {len(result.quarantined)}",
        f"  现有 {result.rows_total} 条，版本 {result.revision}，GEOS {result.geos}",
    ]
    out += [f"  隔离的记录在 {result.quarantine_file}"] if result.quarantine_file else []
    if result.unmapped:
        out.append(f"  未对应字段的列（原样保留在 src 中）：{'、'.join(result.unmapped)}")
    out += _some(
        "修复：",
        [
            f"{at(item.row)} {item.id or ''}：{item.reason}；面积 {square_metres(item.area_before_m2)} → {square_metres(item.area_after_m2)}"
            for item in result.fixed
        ],
    )
    out += _some(
        "隔离：",
        [
            f"{at(item.row)} {item.id or ''}：{item.reason}"
            + (f"（{item.field} = {item.value}）" if item.value is not None else "")
            for item in result.quarantined
        ],
    )
    for kind in dict.fromkeys(
        note.kind for note in sorted(result.findings, key=lambda note: _ORDER.index(note.kind))
    ):
        notes = [note for note in result.findings if note.kind == kind]
        out += _some(f"{_KINDS[kind]}（{len(notes)}）：", [_note(note, at) for note in notes], shown=FEW)
    return out


def _note(note: Note, at: Callable[[int], str]) -> str:
    place = f"{at(note.row)} " if note.row is not None else ""
    ids = f"{'、'.join(note.ids)}：" if note.ids else ""
    area = f"，{square_metres(note.area_m2)}" if note.area_m2 is not None else ""
    return f"{place}{ids}{note.message}{area}"


def _some(title: str, items: list[str], *, shown: int = SHOWN) -> list[str]:
    """Return the first items below a title, and how many more there are (``--json`` prints all)."""
    if not items:
        return []
    more = [f"  …… 另有 {len(items) - shown} 条，用 --json 查看全部"] if len(items) > shown else []
    return [title, *(f"  {item}" for item in items[:shown]), *more]
