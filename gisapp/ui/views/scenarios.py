"""The scenarios page (情景与比对): schemes with what they suppose, and what differs between two of them."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import pandas as pd
import streamlit as st

from gisapp.app.comparefiles import csv_bytes, file_name, xlsx_bytes
from gisapp.app.comparing import (
    RULE_TITLES,
    TITLES,
    Compared,
    Side,
    compare_sides,
    flip_table,
    matrix_table,
    rule_table,
    rulebook_table,
)
from gisapp.app.scenarios import Scenario, Scenarios
from gisapp.app.server import Server, current
from gisapp.errors import InputError, UsageError
from gisapp.evaluation.explain import verdict_word
from gisapp.format import number
from gisapp.model.changes import OFFICIAL
from gisapp.ui import markup, state, waiting
from gisapp.ui.markup import Html, chip, join, tag, text
from gisapp.ui.offers import XLSX
from gisapp.ui.texts import t
from gisapp.ui.views import failure, scenarioforms, scenariomaps

KEY: Final = "scenario_rows"
NONE: Final = "—"
SHOWN: Final = (
    "parcel_id", "name", "verdict_before", "verdict_after", "rules", "score_before", "score_after", "rank_before",
    "rank_after", "area_before_mu", "area_after_mu",
)  # fmt: skip
BY_SCENARIO: Final = 0
"""On the slider: the network as each scenario has it."""


def show() -> None:
    """Show the scenarios, and two of them side by side."""
    server = current()
    if len(server.desk.workspace.parcels) == 0:
        failure.show_no_parcels(server)
        return
    scenarios = Scenarios(server.editor)
    with st.container(key="scenarios", gap=None):
        known = {item.name: item for item in scenarios.listed()}
        chosen = _head(server, known)
        left, right = st.columns([2.15, 1], gap="small")
        with right, st.container(key="scenario_side", gap=None):
            scenarioforms.show(server, scenarios, known)
        with left, st.container(key="scenario_found", gap=None):
            try:
                _found(server, *chosen)
            except (InputError, UsageError) as error:
                failure.show_here(error)


def _head(server: Server, known: dict[str, Scenario]) -> tuple[str, Side, Side]:
    """Return the rulebook and the two sides that are chosen above."""
    books = {
        book.id: book.title.text(state.language()) for book in server.desk.workspace.rulebooks(subject=None)
    }
    names = list(known)
    info = server.desk.workspace.catalog.workspace
    said = [chip(t("示例数据（合成）"), "synthetic")] if info.synthetic else []
    with st.container(key="scenario_head", horizontal=True, vertical_alignment="center", gap="small"):
        lead = tag("p", *said, text(t("情景＝方案的编辑＋图层替换＋参数；结论为试算，不是认定")))
        markup.show(tag("div", tag("h1", text(t("情景与比对"))), lead, kind="gp-ledgerhead"))
        first = "redevelopment" if "redevelopment" in books else next(iter(books))
        book = st.selectbox(t("评价规则"), list(books), index=list(books).index(first), format_func=lambda id_: books.get(id_, id_), key="scenario_book")  # fmt: skip
        state.keep_within("scenario_base", names)
        state.keep_within("scenario_other", names)
        base = st.selectbox(t("基准"), names, format_func=lambda n: _title(known, n), key="scenario_base")
        last = len(names) - 1
        other = st.selectbox(t("对比"), names, index=last, format_func=lambda n: _title(known, n), key="scenario_other")  # fmt: skip
        year, both = _year(server)
    year_set = {"service_year": str(year)} if year else {}
    sides = [
        Side(server.desks.current(name or OFFICIAL).workspace, _title(known, name or OFFICIAL), settings=own)
        for name, own in ((base, year_set if both else {}), (other, year_set))
    ]
    return book or first, sides[0], sides[1]


def _title(known: dict[str, Scenario], name: str) -> str:
    return t("现状库") if name == OFFICIAL else known[name].title if name in known else name


def _year(server: Server) -> tuple[int, bool]:
    """Return the network year that is asked for, `BY_SCENARIO` for none, and whether it holds on both sides."""
    first = server.desk.workspace.catalog.workspace.data_date.year
    options = [BY_SCENARIO, *range(first, max([*scenarioforms.opening_years(server), first + 9]) + 1)]
    year = st.select_slider(
        t("线网年份"), options, value=BY_SCENARIO, key="scenario_year",
        format_func=lambda y: t("按情景") if y == BY_SCENARIO else str(y),
        help=t("开通年份不晚于该年的规划、在建站点按已开通计算"),
    )  # fmt: skip
    ways = {"both": t("双方"), "other": t("仅对比")}
    way = st.segmented_control(
        t("线网年份用于"), list(ways), default="both", required=True, format_func=ways.__getitem__, key="scenario_year_for",
        label_visibility="collapsed",
    )  # fmt: skip
    return int(year), way == "both"


def _found(server: Server, rulebook: str, base: Side, other: Side) -> None:
    with waiting.skeleton("scenarios", f"{rulebook}/{base.title}/{other.title}"):
        compared = compare_sides(rulebook, base, other)
    parts = {
        "list": t("差异清单"),
        "matrix": t("判定矩阵"),
        "rulebook": t("规则集差异"),
        "maps": t("并排地图"),
    }
    with st.container(key="scenario_parts", horizontal=True, vertical_alignment="center", gap="small"):
        chosen = st.segmented_control(
            t("查看"), list(parts), default="list", required=True, format_func=parts.__getitem__, key="scenario_part",
            label_visibility="collapsed", persist_state="session",
        )  # fmt: skip
        _files(compared)
    markup.show(_summary(compared))
    with st.container(key="scenario_shown", gap=None):
        if chosen == "list":
            _list(compared)
        elif chosen == "matrix":
            markup.show(_matrix(compared))
        elif chosen == "rulebook":
            markup.show(_rulebook(compared))
        else:
            scenariomaps.show(server, compared)


def _files(compared: Compared) -> None:
    language = state.language()
    for label, mime, make in (("CSV", "text/csv", csv_bytes), ("XLSX", XLSX, xlsx_bytes)):
        st.download_button(
            label, partial(make, compared, language), file_name=file_name(compared, label.lower()), mime=mime,
            key=f"scenario-{label.lower()}", on_click="ignore", help=t("下载比对结果（{format}）", format=label),
        )  # fmt: skip


def _summary(compared: Compared) -> Html:
    """Return what is compared, in two lines, and how much differs."""
    lines = []
    for word, side, run, unused in zip(
        (t("基准"), t("对比")), (compared.base, compared.other), (compared.before, compared.after), compared.unused, strict=True
    ):  # fmt: skip
        settings = "；".join(f"{key}={value}" for key, value in run.manifest["settings"].items())
        parts = [side.title, f"r{run.manifest['revision']}", run.rulebook.edition, run.manifest["as_of"]]
        parts += [settings] if settings else []
        parts += [t("对本规则集不起作用：{keys}", keys="；".join(unused))] if unused else []
        lines.append(tag("p", tag("b", text(word)), text(" " + " · ".join(parts)), kind="gp-note"))
    told = t(
        "判定改变 {flips}，判定不变而得分或面积改变 {moved}",
        flips=number(compared.flips, 0),
        moved=number(len(compared.found.moved), 0),
    )
    return tag("div", tag("strong", text(told)), *lines, kind="gp-compared")


def _list(compared: Compared) -> None:
    """Show what differs, flips first; the rules of the chosen row below."""
    table = flip_table(compared, state.language())
    if table.empty:
        markup.show(
            markup.notice(t("两边没有差别"), t("换一个情景、线网年份，或在右侧设置情景"), kind="empty")
        )
        return
    config = st.column_config
    columns: dict[str, Any] = {name: config.TextColumn(t(title)) for name, title in TITLES.items()}
    for name in ("score_before", "score_after", "area_before_mu", "area_after_mu"):
        columns[name] = config.NumberColumn(
            t(TITLES[name]), format="%.1f" if name[0] == "s" else "%.2f", width=78
        )
    st.dataframe(
        table, key=KEY, hide_index=True, height=300, row_height=32, placeholder=NONE, column_config=columns, column_order=SHOWN,
        on_select="rerun", selection_mode="single-row",
    )  # fmt: skip
    rows = state.chosen_rows(KEY)
    if not rows or rows[0] >= len(table):
        markup.show(tag("p", text(t("点选一行，查看逐条规则的前后取值与条款")), kind="gp-note gp-foot"))
        return
    chosen = str(table["parcel_id"].iloc[rows[0]])
    markup.show(_rules(compared, chosen))
    if compared.before.rulebook.subject == "parcel":
        st.button(t("在地图页查看这宗地块"), key="scenario_go", type="tertiary", on_click=_go, args=(chosen,))


def _go(parcel_id: str) -> None:
    state.select(parcel_id)
    state.go_to("map")


def _rules(compared: Compared, parcel_id: str) -> Html:
    """Return the rules of one subject that differ, both values and the clause."""
    table = rule_table(compared, state.language(), parcel_id=parcel_id)
    if table.empty:
        return tag("p", text(t("逐条规则没有差别；仅一方有这宗地块时不逐条比对")), kind="gp-note gp-foot")
    names = [name for name in RULE_TITLES if name not in ("parcel_id", "weight_before", "weight_after")]
    rows = ([text(_cell(row[name])) for name in names] for row in table.to_dict("records"))
    head = tag("h3", text(t("{id} 的规则差异", id=parcel_id)))
    return tag("div", head, markup.table([t(RULE_TITLES[n]) for n in names], rows), kind="gp-block")


def _cell(value: object) -> str:
    return (
        NONE if value is None or value == "" or (isinstance(value, float) and pd.isna(value)) else str(value)
    )


def _matrix(compared: Compared) -> Html:
    """Return verdict before × after with counts; what stays lies on the diagonal."""
    matrix = matrix_table(compared)

    def word(name: object) -> str:
        return t("无此地块") if name == "-" else t(verdict_word(compared.before.rulebook, str(name)))

    heads = [t("基准判定 \\ 对比判定"), *(word(name) for name in matrix.columns)]
    rows = []
    for name in matrix.index:
        counts = [
            tag(
                "b" if name != column and matrix.loc[name, column] else "span",
                text(number(int(matrix.loc[name, column]), 0)),
            )
            for column in matrix.columns
        ]
        rows.append([text(word(name)), *counts])
    return tag("div", markup.table(heads, rows, kind="matrix"), kind="gp-block")


def _rulebook(compared: Compared) -> Html:
    table = rulebook_table(compared, state.language())
    if table.empty:
        return markup.notice(t("两边的规则集相同"), t("差别来自地块、图层或线网年份"), kind="empty")
    heads = [t(name) for name in ("规则", "规则名称", "项目", "基准", "对比", "条款")]
    rows = ([text(_cell(value)) for value in row] for row in table.itertuples(index=False))
    return join((tag("div", markup.table(heads, rows), kind="gp-block"),))
