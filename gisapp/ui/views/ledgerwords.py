"""Words of the ledger pages (台账用语): accounts, amounts and faults in the visitor's language."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from gisapp.errors import GisappError, InputError, Problem
from gisapp.format import THIN_SPACE
from gisapp.ledger.balances import plain_amount
from gisapp.model.ledger import INDICATORS, OUTSIDE, Account, Indicator
from gisapp.model.ledgerbook import LedgerBook
from gisapp.ui import state
from gisapp.ui.markup import Html, tag, text
from gisapp.ui.texts import t

LEVELS: Final = {"national": "国家级", "provincial": "省级", "municipal": "市级", "district": "区级"}
DEMANDS: Final = {
    "used": "已保障",
    "met": "可保障",
    "short": "指标不足",
    "unknown": "资料不足",
    "not_reasonable": "未认定为合理用地",
}
ALERTS: Final = {
    "missing": "缺少：{what}",
    "open": "可申请转移登记，须在 {day} 前（剩 {days} 天）",
    "near": "即将失效：须在 {day} 前申请转移登记（剩 {days} 天）",
    "applied": "{day} 已申请转移登记",
    "lapsed": "预告登记自 {day} 起失效",
    "no_route": "未达比例，且不能预告登记",
}
STATE_TONES: Final = {"reached": "status-V", "lapsed": "alert", "cancelled": "alert"}


UNIT_WORDS: Final = {"ha": "公顷", "kg": "公斤"}


def unit_words(indicator: Indicator) -> str:
    """Return the unit of an indicator."""
    return t(UNIT_WORDS[INDICATORS[indicator].unit])


def quantity_words(amount: Decimal | None, indicator: Indicator = "quantity") -> str:
    """Return an amount with its unit, 资料不足 where it is not known."""
    return t("资料不足") if amount is None else f"{amount_words(amount)} {unit_words(indicator)}"


def holder_words(id_: str, book: LedgerBook) -> str:
    """Return the name of a holder or of an outside account."""
    holder = book.holder(id_)
    return holder.title.text(state.language()) if holder else t(OUTSIDE.get(id_, id_))


def account_words(account: Account, book: LedgerBook) -> str:
    """Return an account in words."""
    year = "" if account.year is None else f" {account.year}"
    return f"{holder_words(account.holder, book)} · {t(INDICATORS[account.indicator].title)}{year}"


def amount_words(amount: Decimal | None) -> str:
    """Return an amount with all its decimals and thin spaces in the thousands."""
    if amount is None:
        return t("资料不足")
    whole, dot, rest = plain_amount(amount).partition(".")
    return (
        f"{int(whole):,}".replace(",", THIN_SPACE) + dot + rest if whole not in ("-0",) else f"-0{dot}{rest}"
    )


def problems(error: GisappError, title: str) -> Html:
    """Return an error with each of its problems: where, what was found, what was expected, what to do."""
    found = (
        error.problems if isinstance(error, InputError) else (Problem(error.message, action=error.action),)
    )
    return tag(
        "section",
        tag("h2", text(title)),
        tag("ul", *map(_problem, found), kind="gp-problems"),
        kind="gp-fault",
    )


def _problem(problem: Problem) -> Html:
    place = [problem.file or "", problem.field or ""]
    place += [t("第 {line} 行", line=problem.line)] if problem.line is not None else []
    facts = [(t("当前值"), problem.value), (t("应为"), problem.expected), (t("处理"), problem.action)]
    parts = [tag("b", text(t(problem.message))), tag("code", text(" · ".join(filter(None, place))))]
    return tag("li", *parts, *(tag("span", text(f"{name}：{t(value)}")) for name, value in facts if value))
