"""Enterprises by yield per mu (企业亩均评价): grades by a set of parameters, published grades beside them."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
import streamlit as st

from gisapp.app import enterprises
from gisapp.app.enterprises import Enterprises
from gisapp.app.parkfiles import csv_bytes, enterprise_sheets, file_name, xlsx_bytes
from gisapp.app.server import Server
from gisapp.evaluation.explain import Explanation, explain
from gisapp.format import number
from gisapp.ui import markup, state, waiting
from gisapp.ui.markup import Html, chip, join, tag, text
from gisapp.ui.offers import XLSX
from gisapp.ui.texts import t
from gisapp.ui.views.explanation import MARKS

KEY: Final = "firm_rows"
SHOWN: Final = (
    "rank",
    "name",
    "grade",
    "official",
    "score",
    "land_mu",
    "industry_code",
    "verdict",
    "enterprise_id",
)
_WIDTHS: Final = {"rank": 56, "name": 130, "grade": 86, "official": 86, "industry_code": 76, "verdict": 130}


def choose(server: Server) -> str | None:
    """Return the set of parameters that is chosen, the city's own first; None where there is none."""
    books = enterprises.rulebooks(server.desk.workspace, state.language())
    if not books:
        return None
    chosen: str = st.segmented_control(
        t("参数"), list(books), default=next(iter(books)), required=True, format_func=books.__getitem__,
        key="firm_book", label_visibility="collapsed", persist_state="session",
    )  # fmt: skip
    return chosen


def show(server: Server, rulebook: str | None, facts: Any, files: Any) -> None:  # Streamlit's own containers
    """Show the enterprises by one set of parameters, and why the chosen one has its grade."""
    from gisapp.ui.views.parks import run_facts

    if rulebook is None:
        markup.show(
            markup.notice(t("没有可用的评价规则"), t("在 parcels/rulebooks 中放入评价对象为企业的规则文件"))
        )
        return
    workspace, language = server.desk.workspace, state.language()
    with waiting.skeleton("evaluate", rulebook):
        found = enterprises.enterprise_table(workspace, rulebook, language)
    with facts:
        run_facts(server, found.evaluation)
    with files:
        _files(server, found)
    left, right = st.columns([1.3, 1], gap="small")
    with left, st.container(key="list", gap=None):
        shown = _grades(found)
        _table(shown)
    with right, st.container(key="card", gap=None):
        _why(found, _chosen(shown))


def _files(server: Server, found: Enterprises) -> None:
    workspace, language, book = server.desk.workspace, state.language(), found.evaluation.rulebook.id

    def listed() -> bytes:
        _, sheets = enterprise_sheets(workspace, book, language)
        return csv_bytes(next(iter(sheets.values())), found.evaluation, workspace, language)

    def bound() -> bytes:
        _, sheets = enterprise_sheets(workspace, book, language)
        return xlsx_bytes(sheets, found.evaluation, workspace, language)

    for label, mime, make in (("CSV", "text/csv", listed), ("XLSX", XLSX, bound)):
        st.download_button(
            label, make, file_name=file_name(found.evaluation, workspace, label.lower()), mime=mime,
            key=f"firm-{label.lower()}", on_click="ignore", help=t("下载企业清单（{format}）", format=label),
        )  # fmt: skip


def _grades(found: Enterprises) -> pd.DataFrame:
    """Show how many have each grade, and return the enterprises with the chosen one."""
    with st.container(key="grades", horizontal=True, vertical_alignment="center", gap="small"):
        labels = {grade: f"{grade} **{number(count, 0)}**" for grade, count in found.counts.items()}
        chosen = st.pills(
            t("等级"),
            list(labels),
            format_func=labels.__getitem__,
            key="firm_grade",
            label_visibility="collapsed",
        )
        markup.show(tag("span", text(_basis(found)), kind="gp-note"))
    if found.lacking:
        said = t("没有参数就不评等级；已公布等级照列。可切换到参照规则集，外市参数不用于本市结论")
        markup.show(markup.notice(t("未提供：{what}", what=found.lacking), said))
    return (
        found.table if chosen is None else found.table[found.table["grade"] == chosen].reset_index(drop=True)
    )


def _basis(found: Enterprises) -> str:
    evaluated = int(found.table["rank"].notna().sum())
    return t(
        "{count} 家企业，{ranked} 家评出等级", count=number(len(found.table), 0), ranked=number(evaluated, 0)
    )


def _table(shown: pd.DataFrame) -> None:
    config = st.column_config
    titles = {name: t(title) for name, title in enterprises.TITLES.items()}
    columns: dict[str, Any] = {
        name: config.TextColumn(titles[name], width=_WIDTHS.get(name)) for name in SHOWN
    }
    columns["rank"] = config.NumberColumn(titles["rank"], width=_WIDTHS["rank"], format="%d", pinned=True)
    columns["score"] = config.NumberColumn(titles["score"], width=84, format="%.2f")
    columns["land_mu"] = config.NumberColumn(titles["land_mu"], width=92, format="%.2f")
    st.dataframe(
        shown, key=KEY, hide_index=True, height="stretch", row_height=30, placeholder="—", column_order=SHOWN,
        column_config=columns, on_select="rerun", selection_mode="single-row",
    )  # fmt: skip


def _chosen(shown: pd.DataFrame) -> str | None:
    rows = state.chosen_rows(KEY)
    return str(shown["enterprise_id"].iloc[rows[0]]) if rows and rows[0] < len(shown) else None


def _why(found: Enterprises, enterprise: str | None) -> None:
    """Show how an enterprise's score and grade came about, rule by rule."""
    note = found.evaluation.rulebook.note
    said = tag("p", text(note.text(state.language())), kind="gp-note") if note else Html("")
    if enterprise is None:
        hint = markup.notice(t("还没有选择企业"), t("在清单中点选一行"))
        markup.show(tag("aside", hint, said, kind="gp-why gp-park"))
        return
    why = explain(found.evaluation, enterprise)
    row = found.table[found.table["enterprise_id"] == enterprise].iloc[0]
    markup.show(
        tag(
            "aside",
            _head(row),
            _band(why, row),
            tag("ul", *map(_rule, why.rules), kind="gp-rules"),
            said,
            kind="gp-why gp-park",
        )
    )


def _head(row: pd.Series) -> Html:
    official = row["official"] if isinstance(row["official"], str) else t("无")
    tags = tag(
        "div",
        chip(t("行业 {code}", code=row["industry_code"])),
        chip(t("{area} 亩", area=number(float(row["land_mu"]), 2))),
        chip(t("已公布等级 {grade}", grade=official)),
        kind="gp-tags",
    )
    return tag(
        "header", tag("span", text(row["enterprise_id"]), kind="gp-code"), tag("h2", text(row["name"])), tags
    )


def _band(why: Explanation, row: pd.Series) -> Html:
    place = t("第 {rank} / {of} 名", rank=number(why.rank, 0), of=number(why.ranked, 0)) if why.rank else ""
    grade = row["grade"] if isinstance(row["grade"], str) else t(why.verdict_text)
    score = (
        tag("span", text(number(float(row["score"]), 2)), kind="gp-score")
        if row["score"] == row["score"]
        else ""
    )
    return tag("div", tag("b", text(grade)), score, tag("small", text(place)), kind=f"gp-band {why.verdict}")


def _rule(rule: Any) -> Html:  # a RuleExplanation
    status = "·".join(t(part) for part in rule.status_text.split("·"))
    english = rule.title_en if state.language() == "en" else ""
    sentence = rule.sentence.split("依据：", maxsplit=1)[0]
    source = tag(
        "small",
        text(rule.clause_title),
        tag("span", chip(status, f"status-{rule.status}"), title=rule.status_note),
    )
    mark = tag("i", text(MARKS[rule.mark]), kind=f"gp-mark-{rule.mark}")
    named = tag("b", text(english)) if english else Html("")
    return tag("li", mark, tag("div", join((named, tag("p", text(sentence)))), source))
