"""What a package comes to, on screen (方案测算结果): outcome, balance, findings, moves with evidence, plan, files."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from datetime import date
from pathlib import Path
from typing import Final

import streamlit as st

from gisapp.app.udb import context_on
from gisapp.app.udbdrawing import drawing
from gisapp.app.udbexport import export
from gisapp.app.workspace import Workspace
from gisapp.errors import GisappError
from gisapp.evaluation.udb import OUTCOME_WORDS, Outcome, PackageFinding, PackageResult, Side
from gisapp.format import hectares, mu, number, square_metres
from gisapp.ui import markup, state
from gisapp.ui.markup import Html, chip, join, tag, text
from gisapp.ui.texts import t

NONE: Final = "—"
_TONES: Final = {
    Outcome.PASS: "pass",
    Outcome.FAIL: "fail",
    Outcome.UNKNOWN: "open",
    Outcome.NOT_LOADED: "open",
    Outcome.WARNING: "warn",
    Outcome.REFERENCE: "",
}


def show(result: PackageResult, workspace: Workspace) -> None:
    """Show a result."""
    markup.show(_head(result))
    _files(result, workspace)
    markup.show(_balance(result))
    plan = drawing(result, workspace.context(), state.language())
    if plan is not None:
        st.image(plan, width="stretch")
    markup.show(join([_findings(result), _moves(result), _counties(result), _zones(result), _nature(result)]))


def _word(outcome: Outcome) -> str:
    return t(OUTCOME_WORDS[outcome])


def _head(result: PackageResult) -> Html:
    title = tag("h1", text(result.package.title), chip(_word(result.outcome), _TONES[result.outcome]))
    edition = result.edition or t("未提供")
    said = t(
        "测算日期 {day} · 情形 {edition} 版 · 方案版本 {version} · 测算 {id}",
        day=result.as_of,
        edition=edition,
        version=result.package.version,
        id=result.result_id[:12],
    )
    return tag("header", title, tag("p", text(said), kind="gp-lead"))


def _balance(result: PackageResult) -> Html:
    """Return the live balance: area, cultivated land, grade, prohibited land, in and out."""
    come, gone = result.land_in, result.land_out
    net = result.net_m2
    cultivated = None
    if come.cultivated_m2 is not None and gone.cultivated_m2 is not None:
        cultivated = come.cultivated_m2 - gone.cultivated_m2
    rows = [
        [t("面积"), _area(come.area_m2), _area(gone.area_m2), _area(net)],
        [t("其中耕地"), _area(come.cultivated_m2), _area(gone.cultivated_m2), _area(cultivated)],
        [t("耕地平均等别"), _grade(come), _grade(gone), NONE],
        [t("永久基本农田"), _small(come.farmland_m2), NONE, NONE],
        [t("生态保护红线"), _small(come.redline_m2), NONE, NONE],
    ]
    cells = ([text(cell) for cell in row] for row in rows)
    return markup.table(["", t("调入"), t("调出"), t("净增")], cells, kind="gp-balance")


def _area(area_m2: float | None) -> str:
    return t("未提供") if area_m2 is None else f"{hectares(area_m2)}（{mu(area_m2)}）"


def _small(area_m2: float | None) -> str:
    return t("未提供") if area_m2 is None else square_metres(area_m2)


def _grade(side: Side) -> str:
    return (
        t("资料不足") if side.grade is None else f"{number(side.grade, 2)} {side.grade_scheme or ''}".strip()
    )


def _findings(result: PackageResult) -> Html:
    heads = [t("规则"), t("事项"), t("结论"), t("说明"), t("依据与状态")]
    return _section(t("逐项结论"), markup.table(heads, (_finding(item) for item in result.findings)))


def _finding(item: PackageFinding) -> list[Html]:
    where = " ".join(part for part in (item.county, item.move) if part)
    basis = " ".join(part for part in (item.basis.title, item.basis.status_text) if part)
    limit = tag("small", text(f" {item.threshold}")) if item.threshold else text("")
    return [
        text(item.rule),
        join([text(t(item.title)), tag("small", text(f" {where}"))] if where else [text(t(item.title))]),
        chip(_word(item.outcome), _TONES[item.outcome]),
        join([text(item.text), limit]),
        tag("span", text(basis), title=item.basis.note),
    ]


def _moves(result: PackageResult) -> Html:
    heads = [t("图斑"), t("维护类型"), t("来源"), t("面积"), t("其中耕地"), t("情形"), t("证明材料")]
    rows = [
        [
            text(row.id),
            text(t(row.word)),
            text(
                row.name
                or row.parcel_id
                or {"drawn": t("绘制"), "file": t("文件")}.get(row.source, row.source)
            ),
            text(_area(row.area_m2)),
            text(_area(row.cultivated_m2)),
            text(row.case or t("未注明")),
            text("；".join(row.evidence) or t("缺")),
        ]
        for row in result.moves
    ]
    return _section(t("图斑与证明材料"), markup.table(heads, rows)) if rows else Html("")


def _counties(result: PackageResult) -> Html:
    heads = [t("县级行政区"), t("调入"), t("调出"), t("净增"), t("机动指标"), t("扩展倍数"), t("下达倍数")]
    lacking = t("未提供")
    rows = [
        [
            text(f"{row.name} {row.code}".strip() or NONE),
            *(text(f"{number(value, 4)} 公顷") for value in (row.in_ha, row.out_ha, row.net_ha)),
            text(lacking if row.quota_ha is None else f"{number(row.quota_ha, 4)} 公顷"),
            text(lacking if row.multiple is None else number(row.multiple, 4)),
            text(lacking if row.multiple_max is None else number(row.multiple_max, 4)),
        ]
        for row in result.counties
    ]
    return _section(t("分县平衡"), markup.table(heads, rows)) if rows else Html("")


def _zones(result: PackageResult) -> Html:
    heads = [t("分区"), t("优化前"), t("优化后"), t("椭球面积与图斑合计之差")]
    rows = [
        [text(t(zone.zone)), text(hectares(zone.before_m2)), text(hectares(zone.after_m2)), text(square_metres(zone.difference_m2))]
        for zone in result.zones
    ]  # fmt: skip
    return _section(t("分区变化"), markup.table(heads, rows))


def _nature(result: PackageResult) -> Html:
    notes = [*result.notes, t("结论为测算结果，不是审批意见。")]
    return tag("div", *(tag("p", text(t(note)), kind="gp-note") for note in notes))


def _section(title: str, content: Html) -> Html:
    return tag("section", tag("h2", text(title)), content, kind="gp-block")


def _files(result: PackageResult, workspace: Workspace) -> None:
    """Offer the maintenance layers and the result as files."""
    name = f"{result.package.id}-v{result.package.version}"
    with st.container(key="udb_offers", horizontal=True, gap="small"):
        if result.counties:
            st.download_button(
                t("维护成果（GPKG、GDB）"), lambda: _layers(result, workspace), file_name=f"{name}.zip",
                mime="application/zip", key="udb-zip", on_click="ignore",
            )  # fmt: skip
        st.download_button(
            "JSON", json.dumps(result.as_dict(), ensure_ascii=False, indent=1, default=str).encode(), file_name=f"{name}.json",
            mime="application/json", key="udb-json", on_click="ignore",
        )  # fmt: skip


def _layers(result: PackageResult, workspace: Workspace) -> bytes:
    """Return the maintenance layers as a ZIP; where they cannot be made, a text that says why."""
    buffer = io.BytesIO()
    day = date.fromisoformat(result.as_of)
    with (
        tempfile.TemporaryDirectory(prefix="gisapp-udb-") as folder,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        try:
            export(result, context_on(workspace, day), Path(folder), year=day.year)
        except GisappError as error:
            packed.writestr("说明.txt", f"{error.message}\n{error.action or ''}")
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file():
                packed.write(path, path.relative_to(folder).as_posix())
    return buffer.getvalue()
