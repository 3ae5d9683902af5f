"""`gisapp site-check` (红线套合)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gisapp.app.sitecheck import check_site, read_file
from gisapp.app.sitefolder import save_site
from gisapp.app.sitetable import share_text
from gisapp.cli.importing import named_datum
from gisapp.cli.options import AsOf, Json, WorkspacePath, day
from gisapp.cli.session import Session
from gisapp.evaluation.site import FINDING_WORDS, SiteCheck, Topic
from gisapp.format import hectares, mu, percent, square_metres
from gisapp.io.redline import RedLineOptions

_MARKS = {"taken": "·", "clear": "✓", "contact": "?", "not_loaded": "?", "uncovered": "?", "overlap": "!"}
SHOWN = 12

_File = Annotated[
    Path,
    typer.Argument(
        metavar="FILE", help="界址点 TXT、Shapefile（或 .zip）、GeoJSON、GeoPackage、点坐标 CSV / XLSX"
    ),
]
_Text = str | None


def site_check(
    ctx: typer.Context,
    workspace: WorkspacePath,
    file: _File,
    crs: Annotated[_Text, typer.Option("--crs", metavar="EPSG:N", help="声明文件的坐标系")] = None,
    datum: Annotated[
        _Text, typer.Option("--datum", metavar="GCJ-02|BD-09", help="网络地图的偏移坐标")
    ] = None,
    encoding: Annotated[
        _Text, typer.Option("--encoding", metavar="E", help="文字编码，默认自动判断 UTF-8 或 GBK")
    ] = None,
    layer: Annotated[_Text, typer.Option("--layer", metavar="NAME", help="文件有多个图层时选一个")] = None,
    as_of: AsOf = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="成果目录，默认 .gisapp/sites/<套合编号>")
    ] = None,
    as_json: Json = False,
) -> None:
    """红线套合：列出项目红线压占的各类面积 · Lay a project red line over the workspace and list what it takes."""
    session: Session = ctx.obj
    opened = session.open(workspace, as_json=as_json)
    options = RedLineOptions(crs, named_datum(datum), encoding, layer)
    redline = read_file(opened, file, options)
    with session.progress() as report:
        found = check_site(opened, redline, as_of=day(as_of), progress=report)
        report("写出成果", 0, 1)
        folder = save_site(found, opened, out)
        report("写出成果", 1, 1)
    session.show({**found.as_dict(), "out": str(folder)}, [*lines(found), f"成果目录：{folder}"])


def lines(check: SiteCheck) -> list[str]:
    """Return a site check for people: the sums, each topic with its classes, parcels, gaps."""
    area = "，".join((square_metres(check.area_m2), mu(check.area_m2), hectares(check.area_m2)))
    head = check.manifest
    out = [
        f"{check.redline.name}：{len(check.blocks)} 块，{area}",
        f"核对日期 {head['as_of']} · 地块版本 {head['revision']} · 套合 {check.site_id[:16]}",
        *(f"  {note}" for note in check.redline.notes),
    ]
    for topic in check.topics:
        out += _topic(topic)
    out.append(f"涉及宗地 {len(check.parcels)} 宗")
    for parcel in check.parcels[:SHOWN]:
        said = f"，{'；'.join(parcel.warnings)}" if parcel.warnings else ""
        taken = f"{square_metres(parcel.taken_m2)}（占宗地 {percent(parcel.taken_share)}）"
        out.append(f"    {parcel.parcel_id} {parcel.name or ''} {parcel.owner_text}：{taken}{said}")
    more = len(check.parcels) - SHOWN
    out += [f"    …… 另有 {more} 宗，用 --json 或工作簿查看全部"] if more > 0 else []
    out += ["缺口：", *(f"    {gap}" for gap in check.gaps)] if check.gaps else []
    return [*out, "结论为图层套合的测算结果，不是审查意见。"]


def _topic(topic: Topic) -> list[str]:
    rules = "、".join(dict.fromkeys(f"{c.rule_id} {c.status}" for c in topic.citations))
    mark = "✗" if topic.kind == "bottom" and topic.finding == "taken" else _MARKS[topic.finding]
    out = [f" {mark} {topic.title}：{topic.headline}{f'  [{rules}]' if rules else ''}"]
    several = [row for row in topic.rows if row.area_m2]
    if len(several) > 1:
        out += [
            f"      {row.name}：{square_metres(row.area_m2)}，{mu(row.area_m2)}，{share_text(row.share)}"
            f"（{FINDING_WORDS[row.finding]}）"
            for row in several[:SHOWN]
        ]
        more = len(several) - SHOWN
        out += [f"      …… 另有 {more} 类，用 --json 或工作簿查看全部"] if more > 0 else []
    return out
