"""`gisapp assembly` (连片组合): groups of adjacent candidates that pass the least area together."""

from __future__ import annotations

from typing import Annotated

import typer

from gisapp.app.assembly import MOST, AssemblyReport, assembly_report
from gisapp.cli.options import AsOf, Json, Settings, WorkspacePath, day, settings_of
from gisapp.cli.session import Session
from gisapp.format import hectares, number, square_metres


def assembly(
    ctx: typer.Context,
    workspace: WorkspacePath,
    as_of: AsOf = None,
    settings: Settings = None,
    most_owners: Annotated[float, typer.Option("--owners", metavar="N", help="一组最多几个权利人")] = 6.0,
    most: Annotated[int, typer.Option("--most", metavar="N", help="最多列几组")] = MOST,
    as_json: Json = False,
) -> None:
    """列出可连片改造的疑似低效用地组合 · Groups of candidates that could be redeveloped together."""
    session: Session = ctx.obj
    opened = session.open(workspace, as_json=as_json)
    report = assembly_report(
        opened, as_of=day(as_of), settings=settings_of(settings), most_owners=most_owners, most=most
    )
    session.show(report.as_dict(), lines(report))


def lines(report: AssemblyReport) -> list[str]:
    """Return the report as people read it."""
    rules = report.rules
    head = [
        f"连片组合：疑似低效用地（待认定）{report.candidates} 宗中组成 {len(report.found.table)} 组（{report.as_of}）",
        f"条件：合计不小于 {hectares(rules.min_area_m2)}（{report.clause}），公共边界不短于 {rules.min_shared_m:g} m，"
        f"权利人合计不超过 {rules.most_owners:g} 个，不超过 {rules.most_members} 宗；后三项为本地假设（D）",
    ]
    if report.without:
        head.append(f"另有 {report.without} 宗权利人数或可新增建筑面积资料不足，未参加组合")
    if report.found.cut_off:
        head.append("搜索已到上限，可能还有其他组合")
    for row in report.found.table.to_dict("records"):
        members = str(row["members"]).split(";")
        head.append(
            f"{row['rank']}. {'、'.join(members)}：{hectares(row['area_m2'])}，权利人 {row['owners']:g} 个，"
            f"可新增 {square_metres(row['gain_m2'])}，每权利人 {number(row['gain_per_owner_m2'], 0)} ㎡，"
            f"其中 {row['small']} 宗单独不足面积"
        )
    return head
