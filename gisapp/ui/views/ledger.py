"""The ledger page (台账): balances with what is provisional beside them, entries, projects, quota, transfers, posting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

import streamlit as st

from gisapp.app.ledgers import Ledgers
from gisapp.app.server import Server, current
from gisapp.errors import InputError
from gisapp.ledger.balances import Balance, unbalanced
from gisapp.model.changes import OFFICIAL
from gisapp.model.ledger import INDICATORS, entries_of
from gisapp.ui import markup, state
from gisapp.ui.markup import Html, chip, join, tag, text
from gisapp.ui.texts import t
from gisapp.ui.views import ledgerpost, ledgerprojects, ledgertables
from gisapp.ui.views.ledgerwords import account_words, amount_words, problems, quantity_words

MOST_ENTRIES: Final = 300


def show() -> None:
    """Show the ledgers of the workspace on a day, official or of a scheme."""
    server = current()
    ledgers = Ledgers(server.desks.workspace)
    with st.container(key="ledger", gap=None):
        if not ledgers.exists:
            markup.show(_absent())
            return
        try:
            _ = ledgers.book, ledgers.records()
        except InputError as error:
            markup.show(problems(error, t("台账读取有误，未作任何修改")))
            return
        day, branch = _head(server, ledgers)
        left, right = st.columns([2.15, 1], gap="small")
        with right, st.container(key="ledger_post", gap=None):
            ledgerpost.show(server, ledgers, branch, day)
        with left, st.container(key="ledger_held", gap=None):
            _parts(ledgers, branch, day)


def _absent() -> Html:
    return markup.notice(
        t("还没有台账设置"),
        t("在 parcels/ledger/ledger.yaml 中写明持有单位与参数（可从示例工作区复制），刷新本页后即可记账"),
        kind="empty",
    )


def _head(server: Server, ledgers: Ledgers) -> tuple[date, str]:
    info = server.desks.workspace.catalog.workspace
    said = [chip(t("示例数据（合成）"), "synthetic")] if info.synthetic else []
    with st.container(key="ledger_head", horizontal=True, vertical_alignment="center", gap="small"):
        lead = tag("p", *said, text(t("复式记账，只追加；方案中的分录为暂记，与正式余额分开")))
        markup.show(tag("div", tag("h1", text(t("指标台账"))), lead, kind="gp-ledgerhead"))
        day = st.date_input(t("截至日期"), value=ledgers.day, key="ledger_day", format="YYYY-MM-DD")
        names = {OFFICIAL: t("正式台账"), **{name: name for name in ledgers.schemes()}}
        branch = st.selectbox(
            t("台账"), list(names), format_func=lambda name: names.get(name, name), key="ledger_branch"
        )
    return day if isinstance(day, date) else ledgers.day, branch or OFFICIAL


def _parts(ledgers: Ledgers, branch: str, day: date) -> None:
    shown: dict[str, tuple[str, Callable[[], None]]] = {
        "balances": (t("余额"), lambda: _balances(ledgers, branch, day)),
        "entries": (t("分录"), lambda: _entries(ledgers, branch, day)),
        "projects": (t("占补平衡"), lambda: ledgerprojects.show(ledgers, branch, day)),
        "demand": (t("计划与需求"), lambda: markup.show(ledgertables.demand(ledgers.demand(day, branch)))),
        "transfers": (t("预告登记转让"), lambda: _transfers(ledgers, branch, day)),
    }
    chosen: str = st.segmented_control(
        t("台账"), list(shown), default="balances", required=True, format_func=lambda name: shown[name][0],
        key="ledger_part", label_visibility="collapsed", persist_state="session",
    )  # fmt: skip
    with st.container(key="ledger_shown", gap=None):
        try:
            _shortfalls(ledgers, day)
            shown[chosen][1]()
        except InputError as error:
            markup.show(problems(error, t("该日期的台账无法列出")))


def _shortfalls(ledgers: Ledgers, day: date) -> None:
    """Say every account that is below zero, whatever part is shown: none goes unseen."""
    found = ledgers.shortfalls(day)
    if not found:
        return
    lines = [
        tag(
            "li",
            tag("b", text(_branch(branch))),
            text(f" · {account_words(b.account, ledgers.book)}："),
            text(_short(b)),
        )
        for branch, b in found
    ]
    title = tag("strong", text(t("有账户低于零（{count}）", count=len(found))))
    markup.show(tag("div", title, tag("ul", *lines), kind="gp-short"))


def _branch(branch: str) -> str:
    return t("正式台账") if branch == OFFICIAL else t("方案 {name}", name=branch)


def _short(balance: Balance) -> str:
    told = quantity_words(balance.overdrawn, balance.account.indicator)
    if balance.official < 0 or balance.expected < 0:
        return t("短缺 {amount}", amount=told)
    return t("不计暂记收入时短缺 {amount}", amount=told)


def _balances(ledgers: Ledgers, branch: str, day: date) -> None:
    found = [b for b in ledgers.balances(day, branch) if not b.account.outside]
    if not found:
        markup.show(markup.notice(t("还没有账户"), t("在右侧记第一笔入库或计划下达"), kind="empty"))
        return
    beside = {name: ledgers.balances(day, name) for name in ledgers.schemes()} if branch == OFFICIAL else {}
    markup.show(join((ledgertables.balances(found, beside, ledgers.book, branch), _sum_note(ledgers))))


def _sum_note(ledgers: Ledgers) -> Html:
    wrong = unbalanced(entries_of(ledgers.records()))
    if not wrong:
        return tag(
            "p",
            text(t("核对通过：各指标全部账户（含来源、已使用、核减核增）合计为零")),
            kind="gp-note gp-foot",
        )
    listed = [
        f"{t(INDICATORS[name].title)} {year or ''}: {amount_words(amount)}"
        for (name, year), amount in wrong.items()
    ]
    lines = tag("ul", *(tag("li", text(line)) for line in listed))
    return tag("div", tag("strong", text(t("台账核对发现问题"))), lines, kind="gp-short")


def _entries(ledgers: Ledgers, branch: str, day: date) -> None:
    records = [
        r
        for r in ledgers.records()
        if r.book == "entries" and r.branch in (OFFICIAL, branch) and r.day <= day
    ]
    if not records:
        markup.show(markup.notice(t("该日期前没有分录"), t("改选日期，或在右侧记账"), kind="empty"))
        return
    markup.show(ledgertables.entries(list(reversed(records))[:MOST_ENTRIES], ledgers.book))
    if len(records) > MOST_ENTRIES:
        more = t("只列最近 {count} 笔；全部分录用 gisapp ledger list 导出", count=MOST_ENTRIES)
        markup.show(tag("p", text(more), kind="gp-note gp-foot"))


def _transfers(ledgers: Ledgers, branch: str, day: date) -> None:
    found = ledgers.transfers(day, branch)
    if not found:
        markup.show(markup.notice(t("没有预告登记转让"), t("在右侧登记申请"), kind="empty"))
        return
    rules = ledgers.book.at(day)
    used = [rules[name] for name in ("invested_share", "pre_notice", "lapse_days", "alert_days")]
    markup.show(join((ledgertables.transfers(found), ledgertables.parameters(used, state.language()))))
