"""The tables of the ledger page (台账表格)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from gisapp.app.ledgersetup import SEED_OP
from gisapp.app.storing import LOCAL
from gisapp.evaluation.explain import STATUS_WORDS
from gisapp.format import percent
from gisapp.ledger.balances import Balance
from gisapp.ledger.demand import Demand, DemandPlan
from gisapp.ledger.transfers import Alert, TransferStatus
from gisapp.model.changes import OFFICIAL
from gisapp.model.ledger import INDICATORS, KINDS, LedgerRecord
from gisapp.model.ledgerbook import LedgerBook, Parameter
from gisapp.model.transfers import DECISIONS, STATES
from gisapp.settings import Language
from gisapp.ui import markup, state
from gisapp.ui.markup import Html, chip, join, tag, text
from gisapp.ui.texts import t
from gisapp.ui.views.ledgerwords import (
    ALERTS,
    DEMANDS,
    LEVELS,
    STATE_TONES,
    amount_words,
    holder_words,
    quantity_words,
    unit_words,
)

NONE = "—"


def balances(
    found: Sequence[Balance], beside: Mapping[str, Sequence[Balance]], book: LedgerBook, branch: str
) -> Html:
    """Return accounts with their official balance, and what a scheme or all open schemes would do to it."""
    if branch == OFFICIAL:
        heads = [t("账户"), t("正式余额"), t("单位"), t("各方案暂记")]
        rows = [[*_account(b, book), _schemes(b, beside)] for b in found]
        return markup.table(heads, rows, kind="ledger")
    heads = [
        t("账户"),
        t("正式余额"),
        t("单位"),
        t("暂记收入"),
        t("暂记支出"),
        t("预计余额"),
        t("不计暂记收入"),
    ]
    rows = [
        [*_account(b, book), _signed("+", b.provisional_in), _signed("−", b.provisional_out), *_expected(b)]
        for b in found
    ]  # fmt: skip
    return markup.table(heads, rows, kind="ledger scheme")


def _account(balance: Balance, book: LedgerBook) -> list[Html]:
    account = balance.account
    year = f" {account.year}" if account.year is not None else ""
    name = join(
        (
            tag("b", text(t(INDICATORS[account.indicator].title) + year)),
            tag("small", text(holder_words(account.holder, book))),
        )
    )
    return [name, _amount(balance.official, alarm=not account.free), text(unit_words(account.indicator))]


def _amount(amount: object, *, alarm: bool = True) -> Html:
    told = amount_words(amount)  # type: ignore[arg-type]  # a decimal
    low = alarm and told.startswith("-")
    return tag("b", text(told), kind="gp-low" if low else "gp-amount")


def _signed(sign: str, amount: object) -> Html:
    return text(f"{sign}{amount_words(amount)}" if amount else NONE)  # type: ignore[arg-type]  # a decimal


def _expected(balance: Balance) -> list[Html]:
    alarm = not balance.account.free
    return [_amount(balance.expected, alarm=alarm), _amount(balance.firm, alarm=alarm)]


def _schemes(balance: Balance, beside: Mapping[str, Sequence[Balance]]) -> Html:
    parts = []
    for name, others in beside.items():
        for other in others:
            if other.account == balance.account and (other.provisional_in or other.provisional_out):
                moves = " ".join(
                    f"{sign}{amount_words(a)}"
                    for sign, a in (("+", other.provisional_in), ("−", other.provisional_out))
                    if a
                )
                parts.append(chip(f"{name} {moves}", "alert" if other.overdrawn else "synthetic"))
    return join(parts, " ") if parts else text(NONE)


def entries(records: Sequence[LedgerRecord], book: LedgerBook) -> Html:
    """Return entries, each with its document number, its two sides, and who posted it when."""
    heads = [
        t("记录号"),
        t("日期"),
        t("类型"),
        t("数额"),
        t("转出 → 转入"),
        t("文号与事由"),
        t("建设项目"),
        t("经办"),
    ]
    return markup.table(heads, [_entry(record, book) for record in records], kind="ledger entries")


def _entry(record: LedgerRecord, book: LedgerBook) -> list[Html]:
    entry = record.entry
    spec = INDICATORS[entry.indicator]
    marks = [chip(t("暂记 {name}", name=record.branch), "synthetic")] if record.provisional else []
    marks += (
        [chip(t("冲正 {number}", number=record.reverses), "alert")] if record.reverses is not None else []
    )
    sides = text(f"{holder_words(entry.from_.holder, book)} → {holder_words(entry.to.holder, book)}")
    year = f" {entry.from_.year}" if entry.from_.year is not None else ""
    price = (
        t("价款 {price} 元 · {approval}", price=amount_words(entry.price), approval=entry.approval or NONE)
        if entry.price
        else ""
    )
    made = record.made_at.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M")
    return [
        text(record.number),
        text(record.day.isoformat()),
        join((text(t(KINDS[entry.kind].title)), *marks), " "),
        tag("b", text(quantity_words(entry.amount, entry.indicator))),
        join((sides, tag("small", text(t(spec.title) + year)))),
        join((text(record.document), tag("small", text(" · ".join(filter(None, [entry.reason, price])))))),
        text(entry.project or NONE),
        text(t("初始台账"))
        if record.op_id == SEED_OP
        else join((text(record.author.name), tag("small", text(made)))),
    ]


def demand(plan: DemandPlan) -> Html:
    """Return the projects against the year's quota, in priority order, and the missing amount by name."""
    quota = t("未提供") if plan.quota is None else quantity_words(plan.quota)
    facts = [
        (t("{year} 年可用计划指标", year=plan.year), quota),
        (t("按次序保障后剩余"), quantity_words(plan.left)),
        (t("合理用地项目尚缺（列入一市一策）"), quantity_words(plan.missing)),
    ]
    cells = [tag("div", tag("small", text(name)), tag("b", text(value))) for name, value in facts]
    heads = [t("建设项目"), t("级别"), t("已使用"), t("尚需"), t("可保障"), t("短缺"), t("结论")]
    listed = markup.table(heads, map(_demand, plan.rows), kind="ledger demand")
    if not plan.rows:
        listed = markup.notice(t("没有登记项目"), t("在右侧登记项目需求"), kind="empty")
    return join(
        (
            tag("div", *cells, kind="gp-figures gp-strip"),
            listed,
            parameters(plan.parameters, state.language()),
        )
    )


def _demand(row: Demand) -> list[Html]:
    tones = {"met": "status-V", "short": "alert", "unknown": "status-M", "not_reasonable": "status-D"}
    project = row.project
    granted = quantity_words(row.granted) if row.granted else NONE
    return [
        join((tag("b", text(project.name)), tag("small", text(project.id)))),
        text(t(LEVELS.get(project.level, project.level))),
        text(quantity_words(row.used) if row.used else NONE),
        text(quantity_words(row.need)),
        text(granted),
        tag("b", text(quantity_words(row.missing)), kind="gp-low") if row.missing else text(NONE),
        chip(t(DEMANDS[row.state]), tones.get(row.state, "")),
    ]


def transfers(found: Sequence[TransferStatus]) -> Html:
    """Return every transfer with its state, evidence and alerts."""
    heads = [t("转让"), t("转让方 → 受让方"), t("状态"), t("投资比例"), t("转让条件"), t("提醒"), t("凭证")]
    return markup.table(heads, map(_transfer, found), kind="ledger transfers")


def _transfer(found: TransferStatus) -> list[Html]:
    terms, last = found.terms, found.events[-1]
    told = f"{amount_words(found.invested_10k)} / {amount_words(terms.total_10k)} {t('万元')}"
    share = None if found.share is None else float(found.share)
    return [
        join((tag("b", text(found.id)), tag("small", text(terms.bdcdyh)))),
        join(
            (
                text(f"{terms.seller} → {terms.buyer}"),
                tag("small", text(t("合同 {day}", day=terms.contract_date.isoformat()))),
            )
        ),
        chip(t(STATES[found.state]), STATE_TONES.get(found.state, "")),
        join((text(percent(share, 2) if share is not None else t("资料不足")), tag("small", text(told)))),
        text(NONE if found.state in ("transferred", "lapsed", "cancelled") else t(DECISIONS[found.decision])),
        join(
            [
                tag("p", text(alert(item)), kind="gp-low" if item.code in ("near", "lapsed") else "")
                for item in found.alerts
            ]
        )
        or text(NONE),
        join(
            (
                text(last.document),
                tag(
                    "small",
                    text(t("{day}，共 {count} 项", day=last.day.isoformat(), count=len(found.events))),
                ),
            )
        ),
    ]


def alert(item: Alert) -> str:
    """Return an alert in words."""
    what = t("、").join(t(name) for name in item.missing)
    return t(ALERTS[item.code], what=what, day=item.day.isoformat() if item.day else "", days=item.days)


def parameters(found: Iterable[Parameter], language: Language) -> Html:
    """Return the parameters that were used, each with clause and status letter."""
    lines = [
        tag("li", text(f"{p.rule} {p.title.text(language)}："), tag("b", text(_value(p))),
            tag("code", text(p.clause or t("本地假设"))), chip(f"{p.status} {t(STATUS_WORDS[p.status])}", f"status-{p.status}"))
        for p in found
    ]  # fmt: skip
    return tag("div", tag("h3", text(t("采用的参数"))), tag("ul", *lines), kind="gp-params")


def _value(parameter: Parameter) -> str:
    if isinstance(parameter.value, tuple):
        names = {"county": "县（区）", "city": "市", "province": "省", "other_city": "跨市域", **LEVELS}
        return " → ".join(t(names.get(word, word)) for word in parameter.value)
    units = {"d": t("天"), "year": t("年")}
    return f"{t(parameter.text)} {units.get(parameter.unit, '')}".strip()
