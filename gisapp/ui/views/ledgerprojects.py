"""占补平衡 of one project on the ledger page, in both readings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import streamlit as st

from gisapp.app.ledgers import Ledgers, ProjectPlan
from gisapp.ledger.farmland import Allocation, YearLimit
from gisapp.model.ledger import FARMLAND, INDICATORS, Indicator
from gisapp.ui import markup, state
from gisapp.ui.markup import Html, chip, join, tag, text
from gisapp.ui.texts import t
from gisapp.ui.views import ledgertables
from gisapp.ui.views.ledgerwords import LEVELS, amount_words, quantity_words, unit_words


def show(ledgers: Ledgers, branch: str, day: date) -> None:
    """Let a project be chosen, and show how its farmland is balanced."""
    projects = {project.id: project for project in ledgers.projects(branch)}
    if not projects:
        markup.show(markup.notice(t("没有登记项目"), t("在右侧登记项目需求"), kind="empty"))
        return
    chosen = st.selectbox(
        t("建设项目"), list(projects), format_func=lambda id_: f"{id_} {projects[id_].name}", key="ledger_project",
        label_visibility="collapsed",
    )  # fmt: skip
    if chosen:
        markup.show(_plan(ledgers.plan(chosen, day, branch)))


def _plan(plan: ProjectPlan) -> Html:
    project = plan.chosen.project
    level = chip(t(LEVELS.get(project.level, project.level)))
    needs = "　".join(
        f"{t(INDICATORS[name].title)} {quantity_words(value, name)}"
        for name, value in zip(
            FARMLAND, (project.quantity_ha, project.paddy_ha, project.capacity_kg), strict=True
        )
    )
    head = tag("p", level, text(f" {t('占用')}：{needs}"), kind="gp-need")
    readings = tag("div", _reading(plan.uncoupled, plan), _reading(plan.coupled, plan), kind="gp-readings")
    limit = _limit(plan.limit) if plan.limit else Html("")
    return join((head, readings, limit, ledgertables.parameters(plan.parameters, state.language())))


def _reading(found: Allocation, plan: ProjectPlan) -> Html:
    name = t("按地块捆绑（每公顷带着自己的水田）") if found.coupled else t("三类指标分别核算")
    mark = chip(t("采用口径"), "status-V") if found is plan.chosen else chip(t("另一口径"))
    words = {"met": t("平衡"), "short": t("短缺"), "unknown": t("资料不足")}
    tone = {"met": "status-V", "short": "alert", "unknown": "status-M"}[found.state]
    heads = [t("划出单位"), *(f"{t(INDICATORS[n].title)} {unit_words(n)}" for n in FARMLAND)]
    rows = [[text(s.holder.title.text(state.language())), *_three(s.drawn)] for s in found.shares]
    if any(found.done.values()):
        rows.insert(0, [text(t("已挂钩")), *_three(found.done)])
    if any(found.missing.values()):
        rows.append([tag("b", text(t("短缺")), kind="gp-low"), *_three(found.missing, "gp-low")])
    notes = (
        [t("需求未写明：{what}", what=t("、").join(t(INDICATORS[n].title) for n in found.unknown))]
        if found.unknown
        else []
    )
    notes += [
        t("未动用 {holder}：跨市域只限省级以上重点建设项目", holder=h.title.text(state.language()))
        for h in found.closed
    ]
    lines = [tag("p", text(note), kind="gp-note") for note in notes]
    title = tag("h3", text(name), mark, chip(words[found.state], tone))
    return tag("section", title, markup.table(heads, rows, kind="ledger shares"), *lines)


def _three(found: Mapping[Indicator, Decimal], kind: str = "") -> list[Html]:
    return [
        tag("span", text(amount_words(found[name]) if found[name] else "—"), kind=kind) for name in FARMLAND
    ]


def _limit(limit: YearLimit) -> Html:
    title = tag(
        "h3",
        text(
            t(
                "以补定占 {year} 年 · {holder}",
                year=limit.year,
                holder=limit.holder.title.text(state.language()),
            )
        ),
    )
    if limit.limit is None or limit.left is None:
        years = t("、").join(map(str, limit.missing_years))
        said = t("未提供 {years} 年稳定利用耕地净增量，不能判断", years=years)
        return tag("section", title, tag("p", chip(t("未提供"), "alert"), text(" " + said)), kind="gp-limit")
    parts = {
        t("上限"): limit.limit,
        t("今年已占用"): limit.occupied,
        t("本项目"): limit.planned,
        t("余"): limit.left,
    }
    told = "　".join(f"{name} {quantity_words(value)}" for name, value in parts.items())
    verdict = chip(t("未超出"), "status-V") if limit.state == "met" else chip(t("超出"), "alert")
    return tag("section", title, tag("p", verdict, text(" " + told)), kind="gp-limit")
