"""The targets board (目标板): figures of the opinion, what the loaded data says, what candidates would add."""

from __future__ import annotations

from typing import Final

import streamlit as st

from gisapp.app.downloads import neutral
from gisapp.app.server import Server, current
from gisapp.app.targets import (
    AdditionLine,
    Figure,
    TargetLine,
    addition_lines,
    load_board,
    rows,
    target_lines,
)
from gisapp.errors import InputError
from gisapp.format import number
from gisapp.rules.load import SUBJECT_WORDS
from gisapp.ui import markup, state, waiting
from gisapp.ui.markup import Html, chip, join, tag, text
from gisapp.ui.texts import t
from gisapp.ui.views import failure

NONE: Final = "—"
WORDS: Final = {"V": "已核", "M": "待核", "N": "测算", "D": "本地假设"}


def show() -> None:
    """Show the board."""
    server = current()
    if len(server.desk.workspace.parcels) == 0:
        failure.show_no_parcels(server)
        return
    with st.container(key="targets", gap=None):
        try:
            _page(server)
        except InputError as error:
            failure.show_here(error)


def _page(server: Server) -> None:
    workspace = server.desk.workspace
    board = load_board(workspace)
    with st.container(key="targets_head", horizontal=True, vertical_alignment="center", gap="small"):
        head = st.container()
        files = st.container(width="content")
    info = workspace.catalog.workspace
    with head:
        said = [chip(t("示例数据（合成）"), "synthetic")] if info.synthetic else []
        lead = t("数据日期 {day}；未加载的一律为未提供，不推算", day=info.data_date.isoformat())
        markup.show(
            tag("div", tag("h1", text(t("目标板"))), tag("p", *said, text(lead)), kind="gp-ledgerhead")
        )
    if not board.targets and not board.additions:
        markup.show(
            markup.notice(t("还没有目标表"), t("在 parcels/targets.yaml 中写明目标与条款"), kind="empty")
        )
        return
    with waiting.skeleton("targets"):
        targets = target_lines(workspace, board, state.language())
        additions = addition_lines(workspace, board)
    with files:
        table = rows(targets, additions).astype("object").map(neutral)
        content = table.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")
        st.download_button("CSV", content, file_name=f"targets_{info.data_date.isoformat()}.csv", mime="text/csv", key="targets-csv", on_click="ignore")  # fmt: skip
    with st.container(key="targets_shown", gap=None):
        markup.show(join((_targets(targets), _additions(additions))))


def _targets(lines: list[TargetLine]) -> Html:
    heads = [t(name) for name in ("年份", "目标", "目标值", "现值", "差额", "条款")]
    cells = ([*_wanted(line), _now(line), _gap(line), _clause(line)] for line in lines)
    return tag(
        "section",
        tag("h2", text(t("《意见》的数字与现值"))),
        markup.table(heads, cells, kind="targets"),
        kind="gp-block",
    )


def _wanted(line: TargetLine) -> list[Html]:
    target = line.target
    if line.wanted is not None:
        said = f"{'≥' if target.op == '>=' else '>'} {number(line.wanted, 1, trim=True)} {t(target.unit)}"
    else:
        said = t(
            "{year} 年的 {factor} 倍（基数未提供）",
            year=target.base_year,
            factor=number(target.factor, 1, trim=True),
        )
    return [text(target.year), text(target.title.text(state.language())), tag("b", text(said))]


def _now(line: TargetLine) -> Html:
    parts = []
    if line.now is None:
        parts.append(
            tag("span", text(t("未提供")), chip(t("缺 {what}", what=line.missing), "alert"), kind="gp-lacks")
        )
    else:
        parts.append(_figure(line.now, t(line.target.unit)))
    if line.beside is not None:
        parts.append(tag("small", _figure(line.beside, t(line.target.unit))))
        parts.append(tag("small", text(t("企业表合计，口径不同于目标，不计算差额"))))
    return join(parts)


def _figure(found: Figure, unit: str) -> Html:
    said = f"{number(found.value, 1, trim=True)} {unit}"
    where = t("{year} 年 · {source}", year=found.year, source=found.source)
    if found.known is not None and found.of is not None:
        where += " · " + t("{known} / {of} 家有数", known=number(found.known, 0), of=number(found.of, 0))
    return join((tag("b", text(said)), tag("small", text(where))))


def _gap(line: TargetLine) -> Html:
    if line.gap is None:
        return text(NONE)
    if line.gap == 0:
        return text(t("已达到"))
    return text(t("差 {gap}", gap=f"{number(line.gap, 1, trim=True)} {t(line.target.unit)}"))


def _clause(line: TargetLine) -> Html:
    status = "·".join(t(part) for part in line.source.short.split("·"))
    return join(
        (
            text(f"{line.source.title} "),
            tag("span", chip(status, f"status-{line.source.status}"), title=line.source.note),
        )
    )


def _additions(lines: list[AdditionLine]) -> Html:
    heads = [t(name) for name in ("候选能带来什么", "数值", "有数 / 共", "来自", "状态")]
    cells = ([_what(line), _total(line), _known(line), _from(line), _letter(line)] for line in lines)
    note = tag(
        "p", text(t("按当前评价的判定求和；没有数值的不计入、不外推；各行口径不同，不相加")), kind="gp-note"
    )
    return tag(
        "section",
        tag("h2", text(t("候选能带来什么"))),
        note,
        markup.table(heads, cells, kind="targets"),
        kind="gp-block",
    )


def _what(line: AdditionLine) -> Html:
    note = line.addition.note.text(state.language()) if line.addition.note else ""
    return join(
        (text(line.addition.title.text(state.language())), *([tag("small", text(note))] if note else []))
    )


def _total(line: AdditionLine) -> Html:
    if line.missing:
        return join((text(t("未提供")), tag("small", text(line.missing))))
    if line.total is None:
        return text(t("资料不足"))
    return tag("b", text(f"{number(line.total, 2)} {t(line.addition.unit)}"))


def _known(line: AdditionLine) -> Html:
    if line.subject is None:
        return text(NONE)
    return text(f"{number(line.known, 0)} / {number(line.count, 0)} {t(SUBJECT_WORDS[line.subject])}")


def _from(line: AdditionLine) -> Html:
    if line.subject is None:
        return text(NONE)
    rule = line.addition.rule or line.addition.column
    parts = [line.addition.rulebook, line.edition, t(line.verdict) if line.verdict else t("全部"), str(rule)]
    return join((text(" · ".join(parts)), tag("small", text(line.clause or ""))))


def _letter(line: AdditionLine) -> Html:
    return chip(t(WORDS[line.status]), f"status-{line.status}")
