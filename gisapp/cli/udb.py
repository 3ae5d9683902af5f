"""`gisapp udb …` (城镇开发边界优化方案): list, create, add, remove, evaluate, export."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from gisapp.app import Workspace, udbshelf
from gisapp.app.sitecheck import read_file
from gisapp.app.storing import local_user
from gisapp.app.udb import (
    calculate_package,
    cases_on,
    context_on,
    evidence_of,
    new_package,
    parcel_outline,
    redline_outlines,
    with_moves,
    without_move,
)
from gisapp.app.udbexport import can_write_geodatabase, export
from gisapp.cli.options import AsOf, Json, WorkspacePath, day
from gisapp.cli.session import Session
from gisapp.errors import UsageError
from gisapp.evaluation.udb import OUTCOME_WORDS, CaseList, Outcome, PackageResult, Side
from gisapp.format import hectares, mu, number, square_metres
from gisapp.io.redline import RedLineOptions
from gisapp.model.udb import CONCENTRATED, MOVE_WORDS, ZONES, Package

udb = typer.Typer(
    name="udb", help="城镇开发边界局部优化方案 · Packages that optimise the boundary", no_args_is_help=True
)
PackageId = Annotated[str, typer.Argument(metavar="PACKAGE", help="方案编号")]
_MARKS = {
    Outcome.PASS: "✓",
    Outcome.FAIL: "✗",
    Outcome.UNKNOWN: "?",
    Outcome.NOT_LOADED: "?",
    Outcome.WARNING: "!",
    Outcome.REFERENCE: "·",
}


@udb.command("list")
def list_(ctx: typer.Context, workspace: WorkspacePath, as_of: AsOf = None, as_json: Json = False) -> None:
    """列出方案与该日有效的局部优化情形 · List the packages and the cases in force."""
    session: Session = ctx.obj
    opened = session.open(workspace, as_json=as_json)
    packages = [udbshelf.read(opened.state, id_) for id_ in udbshelf.listed(opened.state)]
    cases = cases_on(opened, day(as_of))
    session.show(
        {"packages": [_head(package) for package in packages], "cases": _cases(cases)},
        [
            *(_line(package) for package in packages or ()),
            *([] if packages else ["还没有方案"]),
            *_case_lines(cases),
        ],
    )


@udb.command("create")
def create(
    ctx: typer.Context,
    workspace: WorkspacePath,
    package: PackageId,
    title: Annotated[str, typer.Option("--title", metavar="TEXT", help="方案名称")],
    as_json: Json = False,
) -> None:
    """新建方案 · Make a package."""
    session: Session = ctx.obj
    opened = session.open(workspace, as_json=as_json)
    made = new_package(opened, package, title, author=local_user(), day=date.today())
    _keep(session, opened, made, "已新建")


@udb.command("add")
def add(
    ctx: typer.Context,
    workspace: WorkspacePath,
    package: PackageId,
    kind: Annotated[str, typer.Option("--kind", metavar="in|out|rezone", help="调入、调出或属性变更")],
    parcel: Annotated[
        str | None, typer.Option("--parcel", metavar="CODE", help="以地块编号或宗地代码为图斑")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FILE", help="图斑文件，格式同 site-check")
    ] = None,
    crs: Annotated[str | None, typer.Option("--crs", metavar="EPSG:N", help="声明文件的坐标系")] = None,
    case: Annotated[str | None, typer.Option("--case", metavar="ID", help="局部优化情形编号")] = None,
    evidence: Annotated[
        list[str] | None,
        typer.Option("--evidence", metavar="名称|文号|日期", help="证明材料，可多次给出"),
    ] = None,
    zone: Annotated[
        str, typer.Option("--zone", metavar="NAME", help=f"调入的分区：{'、'.join(ZONES)}")
    ] = CONCENTRATED,
    as_json: Json = False,
) -> None:
    """加调入、调出或属性变更图斑 · Add land in, land out or a change of zone."""
    session: Session = ctx.obj
    opened = session.open(workspace, as_json=as_json)
    if (parcel is None) == (file is None):
        raise UsageError("--parcel 与 --file 须且只须给一个", action="以地块或以文件为图斑")
    found = udbshelf.read(opened.state, package)
    outlines = (
        [parcel_outline(opened, parcel)]
        if parcel is not None
        else redline_outlines(read_file(opened, file or Path(), RedLineOptions(crs)))
    )
    told: dict[str, Any] = {
        "kind": kind,
        "case": case,
        "zone": zone,
        "evidence": [evidence_of(text) for text in evidence or ()],
    }
    _keep(session, opened, with_moves(found, [{**outline, **told} for outline in outlines]), "已加图斑")


@udb.command("remove")
def remove(
    ctx: typer.Context,
    workspace: WorkspacePath,
    package: PackageId,
    move: Annotated[str | None, typer.Argument(metavar="[MOVE]", help="图斑编号；不给则删去整个方案")] = None,
    as_json: Json = False,
) -> None:
    """删去一个图斑，或整个方案 · Remove a move, or the package."""
    session: Session = ctx.obj
    opened = session.open(workspace, as_json=as_json)
    if move is not None:
        found = udbshelf.read(opened.state, package)
        _keep(session, opened, without_move(found, move), "已删去图斑")
        return
    udbshelf.drop(opened.state, package)
    session.show({"removed": package}, [f"已删去方案 {package}"])


@udb.command("evaluate")
def evaluate(
    ctx: typer.Context,
    workspace: WorkspacePath,
    package: PackageId,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """测算方案：面积、耕地、等别、底线、形态、情形 · Calculate a package."""
    session: Session = ctx.obj
    opened = session.open(workspace, as_json=as_json)
    result = calculate_package(opened, udbshelf.read(opened.state, package), as_of=day(as_of))
    session.show(result.as_dict(), lines(result))


@udb.command("export")
def export_(
    ctx: typer.Context,
    workspace: WorkspacePath,
    package: PackageId,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="成果目录")],
    year: Annotated[
        int | None, typer.Option("--year", metavar="N", help="维护年度，默认为测算日期的年份")
    ] = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """导出 WHQ、WHH、WHC 图层（GPKG 与 FileGDB）· Export the maintenance layers."""
    session: Session = ctx.obj
    opened = session.open(workspace, as_json=as_json)
    result = calculate_package(opened, udbshelf.read(opened.state, package), as_of=day(as_of))
    files = export(
        result, context_on(opened, day(as_of)), out, year=year or date.fromisoformat(result.as_of).year
    )
    note = [] if can_write_geodatabase() else ["本机的 GDAL 不能写 FileGDB，只导出 GPKG"]
    verdict = f"测算结论：{OUTCOME_WORDS[result.outcome]}"
    session.show(
        {"files": [str(path) for path in files], "outcome": result.outcome, "notes": note},
        [*(f"已导出 {path}" for path in files), *note, verdict],
    )


def _keep(session: Session, workspace: Workspace, package: Package, said: str) -> None:
    kept = udbshelf.save(workspace.state, package)
    session.show(_head(kept), [f"{said}：{_line(kept)}"])


def _head(package: Package) -> dict[str, object]:
    moves = [
        {"id": move.id, "kind": move.kind, "case": move.case, "parcel_id": move.parcel_id, "zone": move.zone}
        for move in package.moves
    ]
    return {"id": package.id, "title": package.title, "version": package.version, "moves": moves}


def _line(package: Package) -> str:
    listed = "、".join(f"{move.id} {MOVE_WORDS[move.kind]}" for move in package.moves)
    return f"{package.id} {package.title} · 版本 {package.version} · {len(package.moves)} 个图斑{f'：{listed}' if listed else ''}"


def _cases(cases: CaseList | None) -> dict[str, object] | None:
    if cases is None:
        return None
    return {"edition": cases.edition, "total": cases.total, "known": cases.titles}


def _case_lines(cases: CaseList | None) -> list[str]:
    if cases is None:
        return ["局部优化情形：未提供"]
    lacking = cases.total - len(cases.titles)
    head = f"局部优化情形（{cases.edition} 年版，共 {cases.total} 种{f'，{lacking} 种未提供' if lacking else ''}）"
    return [head, *(f"  {id_}：{title}" for id_, title in cases.titles.items())]


def lines(result: PackageResult) -> list[str]:
    """Return a result for people: sums, moves, findings, evidence."""
    net = result.net_m2
    out = [
        f"{result.package.title}：{OUTCOME_WORDS[result.outcome]}",
        f"测算日期 {result.as_of} · 情形 {result.edition or '未提供'} 版 · 方案版本 {result.package.version} · 测算 {result.result_id[:12]}",
        f"  调入 {_side(result.land_in)}",
        f"  调出 {_side(result.land_out)}",
        f"  净增 {square_metres(net)}，{mu(net)}，{hectares(net)}",
    ]
    for row in result.moves:
        out.append(
            f"  {row.id} {row.word} {row.name or row.parcel_id or row.source}：{square_metres(row.area_m2)}，{mu(row.area_m2)}"
        )
    for item in result.findings:
        place = "".join(f" [{part}]" for part in (item.county, item.move) if part)
        out.append(
            f" {_MARKS[item.outcome]} {item.rule} {item.title}{place}：{item.word}，{item.text}（{item.basis.title}，{item.basis.status_text}）"
        )
    for zone in result.zones:
        out.append(
            f"  {zone.zone}：{hectares(zone.before_m2)} → {hectares(zone.after_m2)}，椭球面积与图斑合计相差 {square_metres(zone.difference_m2)}"
        )
    out += [f"  {note}" for note in result.notes]
    return [*out, "结论为测算结果，不是审批意见。"]


def _side(side: Side) -> str:
    none = "没有耕地" if side.cultivated_m2 == 0.0 else "资料不足"
    grade = none if side.grade is None else number(side.grade, 2)
    cultivated = "未提供" if side.cultivated_m2 is None else hectares(side.cultivated_m2)
    return f"{hectares(side.area_m2)}（{mu(side.area_m2)}），耕地 {cultivated}，平均等别 {grade}"
