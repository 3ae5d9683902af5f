"""Groups of adjacent candidates that could be redeveloped together (连片改造): the table, its conditions, its members."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import streamlit as st

from gisapp.app.assembly import RULEBOOK, AssemblyReport, assembly_report
from gisapp.app.assemblyfiles import (
    NATURE,
    TITLES,
    assembly_csv,
    assembly_table,
    assembly_xlsx,
    conditions,
    file_name,
    gaps,
)
from gisapp.app.server import Server
from gisapp.app.workspace import Workspace
from gisapp.errors import GisappError
from gisapp.evaluation import Evaluation
from gisapp.format import number
from gisapp.ui import markup, state
from gisapp.ui.markup import Html, chip, tag, text
from gisapp.ui.offers import XLSX
from gisapp.ui.texts import t
from gisapp.ui.views.ledgerwords import problems

KEY: Final = "assembly_rows"
SHOWN: Final = ("rank", "names", "area_mu", "owners", "gain_m2", "gain_per_owner_m2", "small")
_WIDTHS: Final = {
    "rank": 48, "names": 196, "area_mu": 76, "owners": 82, "gain_m2": 130, "gain_per_owner_m2": 132, "small": 98,
}  # fmt: skip


def offered(rulebook: str) -> bool:
    """Return whether groups are looked for by this rulebook (再开发规则集才有连片改造)."""
    return rulebook == RULEBOOK


def show(server: Server, evaluation: Evaluation, settings: Mapping[str, str]) -> None:
    """Show the groups of an evaluation; the chosen group selects its first member, a button any other."""
    workspace = server.desk.workspace
    try:
        report = _report(workspace, evaluation.run_id, dict(settings))
    except GisappError as error:
        markup.show(problems(error, t("不能组合")))
        return
    with st.container(key="assembly_head", horizontal=True, vertical_alignment="center", gap="small"):
        markup.show(_count(report))
        _files(report, workspace, evaluation)
    with st.container(key="assembly_body", gap=None):
        if len(report.found.table):
            groups = [str(row).split(";") for row in report.found.table["members"]]
            _table(report, groups)
            _members(report, groups)
        else:
            hint = t("放宽阈值（权重与阈值）或补充权利人数、可新增建筑面积资料后再看")
            markup.show(markup.notice(t("没有符合条件的组合"), hint))
        markup.show(_rules(report, workspace, evaluation))


@st.cache_resource(max_entries=8, show_spinner=False)
def _report(_workspace: Workspace, run_id: str, settings: Mapping[str, str]) -> AssemblyReport:
    """Return the groups of one run, worked out once for all visitors."""
    return assembly_report(_workspace, settings=settings)


def _count(report: AssemblyReport) -> Html:
    said = t(
        "疑似低效用地（待认定）{candidates} 宗中组成 {groups} 组",
        candidates=number(report.candidates, 0), groups=number(len(report.found.table), 0),
    )  # fmt: skip
    return tag("div", tag("b", text(said)), kind="gp-groups")


def _files(report: AssemblyReport, workspace: Workspace, evaluation: Evaluation) -> None:
    language = state.language()
    makers = (("CSV", "text/csv", assembly_csv), ("XLSX", XLSX, assembly_xlsx))
    with st.container(key="assembly_offers", horizontal=True, gap=None, width="content"):
        for label, mime, make in makers:
            st.download_button(
                label, partial(make, report, workspace, evaluation, language),
                file_name=file_name(report, evaluation, label.lower()), mime=mime, key=f"assembly-{label.lower()}",
                on_click="ignore", help=t("下载连片改造表（{format}）", format=label),
            )  # fmt: skip


def _table(report: AssemblyReport, groups: list[list[str]]) -> None:
    """Show the groups; the row of the selected parcel is chosen."""
    table, here = assembly_table(report), state.parcel()
    state.choose_rows(KEY, [row for row, members in enumerate(groups) if here in members])
    st.dataframe(
        table, key=KEY, hide_index=True, height="content", row_height=32, placeholder="—", column_order=SHOWN,
        column_config=_columns(), on_select=lambda: _chosen(groups), selection_mode="single-row",
    )  # fmt: skip


def _columns() -> dict[str, Any]:  # Streamlit's own column objects
    config = st.column_config
    shown: dict[str, Any] = {
        name: config.NumberColumn(t(TITLES[name]), width=width, format="%d")
        for name, width in _WIDTHS.items()
    }
    shown["names"] = config.TextColumn(t(TITLES["names"]), width=_WIDTHS["names"])
    for name in ("area_mu", "gain_m2", "gain_per_owner_m2"):
        shown[name] = config.NumberColumn(t(TITLES[name]), width=_WIDTHS[name], format="%.2f")
    return shown


def _chosen(groups: list[list[str]]) -> None:
    rows = state.chosen_rows(KEY)
    state.select(groups[rows[0]][0] if rows and rows[0] < len(groups) else None)


def _members(report: AssemblyReport, groups: list[list[str]]) -> None:
    """Offer the members of the chosen group, each selects itself on the map."""
    here = state.parcel()
    members = next((group for group in groups if here in group), None)
    if members is None:
        markup.show(tag("p", text(t("点选一组，在地图上定位其第一宗地块")), kind="gp-note"))
        return
    with st.container(key="assembly_members", horizontal=True, vertical_alignment="center", gap="small"):
        markup.show(tag("span", text(t("成员地块")), kind="gp-note"))
        for id_ in members:
            st.button(
                report.names.get(id_, id_), key=f"assembly_member_{id_}", on_click=state.select, args=(id_,),
                type="primary" if id_ == here else "secondary", help=id_,
            )  # fmt: skip


def _rules(report: AssemblyReport, workspace: Workspace, evaluation: Evaluation) -> Html:
    """Return what every group keeps with its status letter, what is left out, and what a group is not."""
    lines = [
        tag(
            "li",
            text(t(item.text)),
            chip(f"{item.status} {_status(item.status_text)}", f"status-{item.status}"),
            tag("small", text(t(item.source))),
        )
        for item in conditions(report, workspace, evaluation)
    ]
    left = [tag("p", text(t(said)), kind="gp-low") for said in gaps(report)]
    return tag(
        "section",
        *left,
        tag("h3", text(t("连片条件"))),
        tag("ul", *lines, kind="gp-kept"),
        tag("p", text(t(NATURE)), kind="gp-note"),
        kind="gp-assembly",
    )


def _status(said: str) -> str:
    return "·".join(t(part) for part in said.split("·"))
