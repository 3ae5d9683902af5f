"""The parks page (园区): parks ranked by how they use their land, a scorecard each; enterprises by yield per mu."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
import streamlit as st

from gisapp.app import parks
from gisapp.app.parkfiles import csv_bytes, file_name, park_sheets, xlsx_bytes
from gisapp.app.server import Server, current
from gisapp.errors import InputError
from gisapp.evaluation import Evaluation
from gisapp.format import number
from gisapp.ui import markup, state, waiting
from gisapp.ui.offers import XLSX
from gisapp.ui.texts import t
from gisapp.ui.views import failure, firms, scorecard

KEY: Final = "park_rows"
SHOWN: Final = (
    "place", "name", "zone_type", "score", "extension", "structure", "intensity", "management", "verdict", "advice",
    "completeness",
)  # fmt: skip
_WIDTHS: Final = {"place": 48, "name": 158, "zone_type": 84, "verdict": 168, "advice": 168}


def show() -> None:
    """Show parks or enterprises, whichever is chosen above."""
    server = current()
    if len(server.desk.workspace.parcels) == 0:
        failure.show_no_parcels(server)
        return
    with st.container(key="parks", gap=None):
        with (
            st.container(key="top", gap=None),
            st.container(key="head", horizontal=True, vertical_alignment="center", gap="small"),
        ):
            names = {"parks": t("园区"), "firms": t("企业")}
            aspect = st.segmented_control(
                t("查看"), list(names), default="parks", required=True, format_func=names.__getitem__,
                key="park_aspect", label_visibility="collapsed", persist_state="session",
            )  # fmt: skip
            rulebook = firms.choose(server) if aspect == "firms" else None
            facts = st.container(key="facts", gap=None)
            files = st.container(key="park_files", horizontal=True, gap=None, width="content")
        try:
            if aspect == "firms":
                firms.show(server, rulebook, facts, files)
            else:
                _parks(server, facts, files)
        except InputError as error:
            failure.show_here(error)


def _parks(server: Server, facts: Any, files: Any) -> None:  # Streamlit's own containers
    language = state.language()
    with waiting.skeleton("evaluate", parks.RULEBOOK):
        evaluation, table = parks.park_table(server.desk.workspace, language)
    with facts:
        run_facts(server, evaluation)
    with files:
        _files(server, evaluation)
    chosen = _chosen(table)
    left, right = st.columns([1.12, 1], gap="small")
    with left, st.container(key="list", gap=None):
        _ranked(table, chosen)
    with right, st.container(key="card", gap=None):
        scorecard.show(server, chosen)


def run_facts(server: Server, evaluation: Evaluation) -> None:
    """Show edition, run and data date of an evaluation."""
    info = server.desk.workspace.catalog.workspace
    facts = (
        (t("评价规则版本"), evaluation.rulebook.edition),
        (t("运行编号"), evaluation.run_id[:12]),
        (t("数据日期"), info.data_date.isoformat()),
    )
    parts = [
        markup.tag("span", markup.text(f"{name} "), markup.tag("b", markup.text(value)))
        for name, value in facts
    ]
    parts += [markup.chip(t("示例数据（合成）"), "synthetic")] if info.synthetic else []
    markup.show(markup.tag("div", *parts, kind="gp-facts"))


def _files(server: Server, evaluation: Evaluation) -> None:
    workspace, language = server.desk.workspace, state.language()

    def listed() -> bytes:
        _, sheets = park_sheets(workspace, language)
        return csv_bytes(next(iter(sheets.values())), evaluation, workspace, language)

    def book() -> bytes:
        _, sheets = park_sheets(workspace, language)
        return xlsx_bytes(sheets, evaluation, workspace, language)

    for label, mime, make in (("CSV", "text/csv", listed), ("XLSX", XLSX, book)):
        st.download_button(
            label, make, file_name=file_name(evaluation, workspace, label.lower()), mime=mime,
            key=f"park-{label.lower()}", on_click="ignore", help=t("下载园区清单、指标与拖累得分的地块（{format}）", format=label),
        )  # fmt: skip


def _chosen(table: pd.DataFrame) -> str:
    """Return the park that is shown: the chosen row, the first one before anything is chosen."""
    rows = state.chosen_rows(KEY)
    row = rows[0] if rows and rows[0] < len(table) else 0
    return str(table["park_id"].iloc[row])


def _ranked(table: pd.DataFrame, chosen: str) -> None:
    evaluated = table["place"].notna().sum()
    title = t("{count} 个园区，{ranked} 个排名", count=number(len(table), 0), ranked=number(evaluated, 0))
    hint = t("按得分下限排名；四类潜力不相加")
    markup.show(markup.tag("div", markup.tag("b", markup.text(title)), markup.text(hint), kind="gp-count"))
    row = int(table.index[table["park_id"] == chosen][0])
    state.choose_rows(KEY, [row])
    st.dataframe(
        table, key=KEY, hide_index=True, height="stretch", row_height=32, placeholder="—", column_order=SHOWN,
        column_config=_columns(), on_select="rerun", selection_mode="single-row",
    )  # fmt: skip


def _columns() -> dict[str, Any]:  # Streamlit's own column objects
    config = st.column_config
    titles = {name: t(title) for name, title in parks.TITLES.items()}
    shown: dict[str, Any] = {name: config.TextColumn(titles[name], width=_WIDTHS.get(name)) for name in SHOWN}
    shown["place"] = config.NumberColumn(titles["place"], width=_WIDTHS["place"], format="%d", pinned=True)
    shown["score"] = config.ProgressColumn(
        titles["score"], width=92, format="%.1f", min_value=0, max_value=100
    )
    short = {
        "extension": t("扩展 公顷"),
        "structure": t("结构 公顷"),
        "intensity": t("强度 公顷"),
        "management": t("管理 公顷"),
    }
    for name, title in short.items():
        shown[name] = config.NumberColumn(title, width=68, format="%.1f", help=titles[name])
    shown["completeness"] = config.NumberColumn(titles["completeness"], width=90, format="percent")
    return shown
