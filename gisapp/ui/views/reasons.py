"""Behind one verdict (为什么): the rules, how they were worked out, what would turn it, and which data is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from gisapp.app.server import Server
from gisapp.app.workings import Working, workings
from gisapp.app.workspace import Workspace
from gisapp.evaluation import Evaluation
from gisapp.evaluation.blocking import missing_data
from gisapp.evaluation.explain import verdict_word
from gisapp.evaluation.flips import WouldTake
from gisapp.format import number
from gisapp.ui import markup, state
from gisapp.ui.markup import Html, chip, join, tag, text
from gisapp.ui.texts import t
from gisapp.ui.views import explanation, officer

KINDS: Final = {"field": "字段", "source": "图层或资料表", "check": "现场核实"}
MOST: Final = 20


def show(server: Server, rulebook: str, settings: Mapping[str, str]) -> None:
    """Show one side of why the selected parcel has its verdict."""
    parts = {
        "rules": t("依据"),
        "workings": t("算式"),
        "would": t("怎样才能"),
        "missing": t("缺什么资料"),
        "process": t("认定程序"),
    }
    with st.container(key="why_head", gap=None):
        chosen = st.segmented_control(
            t("查看"), list(parts), default="rules", required=True, format_func=parts.__getitem__, key="why_part",
            label_visibility="collapsed", persist_state="session",
        )  # fmt: skip
    workspace = server.desk.workspace
    if chosen == "rules":
        explanation.show(server, rulebook, settings)
    elif chosen == "missing":
        markup.show(_missing(workspace, workspace.evaluate(rulebook, settings=settings)))
    elif (parcel := state.parcel()) is None or parcel not in server.desk.display.rows:
        hint = t("在清单中点选一行，或在地图上点选一宗地块")
        markup.show(markup.notice(t("还没有选择地块"), hint))
    elif chosen == "process":
        officer.show(server, parcel)
    elif chosen == "workings":
        evaluation = workspace.evaluate(rulebook, settings=settings)
        markup.show(_workings(workings(workspace, evaluation, parcel, state.language()), parcel))
    else:
        evaluation = workspace.evaluate(rulebook, settings=settings)
        answer = _would_take(workspace, evaluation.run_id, parcel, rulebook, dict(settings))
        markup.show(_would(answer, evaluation))


@st.cache_resource(max_entries=64, show_spinner=False)
def _would_take(
    _workspace: Workspace, run_id: str, parcel_id: str, rulebook: str, settings: Mapping[str, str]
) -> WouldTake:
    """Return the answer for one parcel of one run, worked out once for all visitors."""
    return _workspace.would_take(parcel_id, rulebook, settings=settings)


def _would(answer: WouldTake, evaluation: Evaluation) -> Html:
    """Return what would give the other verdict, or which rules stand in the way."""
    book = evaluation.rulebook
    titles = {rule.id: rule.title.text(state.language()) for rule in book.rules}
    wanted = t(verdict_word(book, "candidate"))
    head = t("怎样才能成为“{verdict}”", verdict=wanted) if answer.goal == "candidate" else t("怎样才能不再是“{verdict}”", verdict=wanted)  # fmt: skip
    parts = [tag("h3", text(f"{answer.parcel_id} · {head}"))]
    if answer.reached:
        parts.append(tag("p", text(t("已经是这一结论")), kind="gp-note"))
    if answer.alone:
        parts.append(_steps(t("任一项即可"), answer.alone))
    if answer.together:
        parts.append(_steps(t("须同时办到"), answer.together))
    if not answer.possible:
        names = "、".join(f"{rule} {titles.get(rule, '')}".strip() for rule in answer.binding) or t(
            "上述规则"
        )
        parts.append(
            tag(
                "p",
                tag("b", text(t("现有可调项做不到"))),
                text(t("，受限于：{rules}", rules=names)),
                kind="gp-cannot",
            )
        )
    unsure = [tag("li", text(f"{rule} {titles.get(rule, '')}")) for rule in answer.unsure]
    if unsure:
        parts += [tag("h3", text(t("资料不足，查明后再算"))), tag("ul", *unsure, kind="gp-steps")]
    note = t("其余输入与参照组（中位数、同业）保持不变；步长与上限为本地假设")
    parts.append(tag("p", text(note), chip(t("本地假设"), "status-D"), kind="gp-note"))
    return tag("section", *parts, kind="gp-would")


def _steps(title: str, steps: tuple[Any, ...]) -> Html:
    lines = [tag("li", text(step.text), tag("small", text(step.who))) for step in steps]
    return join((tag("h3", text(title)), tag("ul", *lines, kind="gp-steps")))


@st.cache_resource(max_entries=8, show_spinner=False)
def _ranking(_workspace: Workspace, _evaluation: Evaluation, run_id: str) -> Any:  # a frame of `missing_data`
    return missing_data(_evaluation, _workspace.parcels, _workspace.schema)


def _missing(workspace: Workspace, evaluation: Evaluation) -> Html:
    """Return which data the unknown parcels wait for, the most wanted first."""
    table = _ranking(workspace, evaluation, evaluation.run_id)
    unknown = int((evaluation.parcels["verdict"] == "unknown").sum())
    head = tag("h3", text(t("资料不足的 {count} 宗在等什么", count=number(unknown, 0))))
    if table.empty:
        return tag(
            "section", head, tag("p", text(t("没有因资料不足而未定的地块")), kind="gp-note"), kind="gp-would"
        )
    heads = [t(name) for name in ("缺的资料", "种类", "涉及宗数", "只缺它的", "规则")]
    rows = (
        [text(row["title"]), text(t(KINDS[row["kind"]])), tag("b", text(number(row["parcels"], 0))), text(number(row["alone"], 0)), text(row["rules"])]
        for row in table.head(MOST).to_dict("records")
    )  # fmt: skip
    note = t("补齐“只缺它的”一项，这些宗即可定论；触及底线、不符合的不在此列")
    return tag(
        "section",
        head,
        tag("p", text(note), kind="gp-note"),
        markup.table(heads, rows, kind="missing"),
        kind="gp-would",
    )


def _workings(found: list[Working], parcel_id: str) -> Html:
    """Return formula, inputs, parameters and clause of each rule."""
    parts = [tag("h3", text(t("{id} 的算式、输入与条款", id=parcel_id)))]
    return tag("section", *parts, *(_working(item) for item in found), kind="gp-would")


def _working(item: Working) -> Html:
    rule = item.rule
    title = rule.title_en if state.language() == "en" and rule.title_en else rule.title
    lines = [_line(t("指标"), item.indicator)] if item.indicator else []
    lines += [_line(t("公式"), item.formula)] if item.formula else []
    lines += (
        [_line(t("输入"), "；".join(f"{name} = {value}" for name, value in item.inputs))]
        if item.inputs
        else []
    )
    lines += (
        [_line(t("参数"), "；".join(f"{name} = {value}" for name, value in item.params))]
        if item.params
        else []
    )
    lines.append(_line(t("结果"), " ".join(part for part in (rule.value_text, rule.threshold) if part)))
    lines += [_line(t("权重"), f"{item.weight:g}")] if item.weight else []
    status = "·".join(t(part) for part in rule.status_text.split("·"))
    cited = tag(
        "p",
        tag("span", text(t("条款"))),
        text(rule.clause_title + " "),
        chip(status, f"status-{rule.status}"),
    )
    return tag("details", tag("summary", text(f"{rule.rule_id} {title}")), *lines, cited)


def _line(name: str, value: str) -> Html:
    return tag("p", tag("span", text(name)), text(value))
