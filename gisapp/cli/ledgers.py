"""`gisapp ledger` (台账): list, post, balance."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from gisapp.app import ledgercards as cards
from gisapp.app.ledgers import Ledgers, ProjectPlan
from gisapp.app.ledgersetup import account_of
from gisapp.app.storing import local_user
from gisapp.cli.importing import rows_by_line
from gisapp.cli.options import AsOf, Json, WorkspacePath, day
from gisapp.cli.session import Session
from gisapp.errors import UsageError
from gisapp.ledger.balances import Balance, account_title, plain_amount
from gisapp.ledger.demand import DemandPlan
from gisapp.ledger.farmland import Allocation
from gisapp.ledger.posting import visible
from gisapp.ledger.transfers import TransferStatus
from gisapp.model.changes import OFFICIAL, Author
from gisapp.model.ledger import BOOKS, FARMLAND, INDICATORS, KINDS, Book, LedgerRecord
from gisapp.model.transfers import DECISIONS, STATES

app = typer.Typer(help="台账：记录、记账、余额 · Ledgers: records, posting, balances", no_args_is_help=True)

Scenario = Annotated[str, typer.Option("--scenario", metavar="NAME", help="方案名；默认为正式台账 official")]
BookName = Annotated[str, typer.Option("--book", metavar="entries|projects|transfers", help="哪一本台账")]
User = Annotated[str | None, typer.Option("--user", metavar="NAME", help="操作人，默认为系统用户")]

DEMAND_WORDS: Final = {
    "used": "已保障",
    "met": "可保障",
    "short": "指标不足",
    "unknown": "资料不足",
    "not_reasonable": "未认定为合理用地",
}
ALERT_WORDS: Final = {
    "missing": "资料不足",
    "open": "可申请转移登记，截止",
    "near": "即将失效，截止",
    "applied": "已申请转移登记",
    "lapsed": "预告登记已失效",
    "no_route": "未达比例且不能预告登记",
}


def _book(name: str) -> Book:
    for book in BOOKS:
        if book == name:
            return book
    raise UsageError(f"--book {name} 不存在", action=f"可用：{'、'.join(BOOKS)}")


def _opened(session: Session, path: Path, *, as_json: bool) -> Ledgers:
    """Return the ledgers of a workspace; InputError where it has no set-up of them, or a faulty one."""
    ledgers = Ledgers(session.open(path, as_json=as_json))
    _ = ledgers.book
    return ledgers


@app.command("list")
def list_(
    ctx: typer.Context,
    workspace: WorkspacePath,
    book: BookName = "entries",
    scenario: Scenario = OFFICIAL,
    as_of: AsOf = None,
    account: Annotated[
        str | None, typer.Option("--account", metavar="KEY", help="只看一个账户，例如 jiangbei/quantity")
    ] = None,
    as_json: Json = False,
) -> None:
    """列出分录、项目需求保障情况或预告登记转让 · List entries, projects against the quota, or transfers."""
    session: Session = ctx.obj
    ledgers = _opened(session, workspace, as_json=as_json)
    asked, chosen = day(as_of) or ledgers.day, _book(book)
    told = {"book": chosen, "as_of": asked.isoformat(), "scenario": scenario}
    if chosen == "projects":
        plan = ledgers.demand(asked, scenario)
        session.show(told | cards.demand_card(plan), _demand_lines(plan))
    elif chosen == "transfers":
        found = ledgers.transfers(asked, scenario)
        lines = [line for item in found for line in _transfer_lines(item)]
        session.show(
            told | {"transfers": [cards.transfer_card(item) for item in found]}, lines or ["没有预告登记转让"]
        )
    else:
        records = _entries(ledgers, scenario, account, asked)
        session.show(
            told | {"records": [cards.record_card(record) for record in records]},
            [_entry_line(record, ledgers) for record in records] or ["没有分录"],
        )


def _entries(ledgers: Ledgers, scenario: str, account: str | None, asked: Any) -> list[LedgerRecord]:  # date
    wanted = account_of(account) if account else None
    ledgers.balances(asked, scenario)  # refuses a branch that is not there
    return [
        record
        for record in visible(ledgers.records(), scenario)
        if record.book == "entries"
        and record.day <= asked
        and (wanted is None or wanted in (record.entry.from_, record.entry.to))
    ]


@app.command("post")
def post(
    ctx: typer.Context,
    workspace: WorkspacePath,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV、XLSX 或 JSON，列见 docs/ledgers.md")],
    book: BookName = "entries",
    scenario: Scenario = OFFICIAL,
    user: User = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查并显示记账后的余额，不写入")] = False,
    as_json: Json = False,
) -> None:
    """按文件记账：全部记入，或一条不记 · Post a file's rows, all or none; provisional on a scenario."""
    session: Session = ctx.obj
    ledgers = _opened(session, workspace, as_json=as_json)
    with rows_by_line(file, None):
        new = ledgers.read(_book(book), file)
        ledgers.prepare(new, scenario, file=file.name)
        preview = cards.preview_card(ledgers.preview(new, branch=scenario), ledgers)
        done = () if dry_run else ledgers.post(
            new, author=Author(user or local_user()), op_id=str(uuid.uuid4()), branch=scenario, file=file.name
        )  # fmt: skip
    numbers = [record.number for record in done]
    word = "检查通过，未写入" if dry_run else f"已记入 {len(done)} 条，记录号 {numbers[0]}–{numbers[-1]}"
    lines = [f"{word}{'（暂记于方案 ' + scenario + '）' if scenario != OFFICIAL else ''}"]
    for pair in preview["accounts"]:
        before, after = pair["before"], pair["after"]
        lines.append(f"  {after['title']}  {before['expected']} → {after['expected']} {after['unit']}")
        lines += [_overdrawn_line(after)] if after["overdrawn"] != "0" else []
    session.show({"dry_run": dry_run, "scenario": scenario, "numbers": numbers, **preview}, lines)


def _overdrawn_line(card: dict[str, Any]) -> str:
    return f"  ! {card['title']}：不计暂记收入时短缺 {card['overdrawn']} {card['unit']}"


@app.command("balance")
def balance(
    ctx: typer.Context,
    workspace: WorkspacePath,
    as_of: AsOf = None,
    scenario: Scenario = OFFICIAL,
    project: Annotated[
        str | None, typer.Option("--project", metavar="ID", help="改为列出一个项目的占补平衡（两种口径）")
    ] = None,
    as_json: Json = False,
) -> None:
    """账户余额，或一个项目的占补平衡 · Balances by account, or one project's farmland balance in both readings."""
    session: Session = ctx.obj
    ledgers = _opened(session, workspace, as_json=as_json)
    asked = day(as_of) or ledgers.day
    told = {"as_of": asked.isoformat(), "scenario": scenario}
    if project is not None:
        plan = ledgers.plan(project, asked, scenario)
        session.show(told | cards.plan_card(plan), _plan_lines(plan))
        return
    found = ledgers.balances(asked, scenario)
    short = ledgers.shortfalls(asked)
    lines = [_balance_line(item, ledgers) for item in found if not item.account.outside] or ["没有账户"]
    lines += [
        f"! {branch} {account_title(item.account, ledgers.book)} 短缺 {plain_amount(item.overdrawn)} "
        f"{INDICATORS[item.account.indicator].unit}"
        for branch, item in short
    ]
    shown = [{"branch": branch, **cards.balance_card(item, ledgers)} for branch, item in short]
    balances = [cards.balance_card(item, ledgers) for item in found]
    session.show(told | {"balances": balances, "overdrawn": shown}, lines)


def _balance_line(item: Balance, ledgers: Ledgers) -> str:
    unit = INDICATORS[item.account.indicator].unit
    line = f"{account_title(item.account, ledgers.book)}  {plain_amount(item.official)} {unit}"
    if not (item.provisional_in or item.provisional_out):
        return line
    return (
        f"{line}（暂记 +{plain_amount(item.provisional_in)} −{plain_amount(item.provisional_out)}，"
        f"预计 {plain_amount(item.expected)}，不计暂记收入 {plain_amount(item.firm)}）"
    )


def _entry_line(record: LedgerRecord, ledgers: Ledgers) -> str:
    entry, book = record.entry, ledgers.book
    unit = INDICATORS[entry.indicator].unit
    mark = "（暂记）" if record.provisional else ""
    more = f"  冲正 {record.reverses}" if record.reverses is not None else ""
    more += f"  项目 {entry.project}" if entry.project else ""
    return (
        f"{record.number:>5}  {record.day}  {KINDS[entry.kind].title}{mark}  {plain_amount(entry.amount)} {unit}  "
        f"{account_title(entry.from_, book)} → {account_title(entry.to, book)}  {record.document}{more}"
    )


def _plan_lines(plan: ProjectPlan) -> list[str]:
    lines = [f"{plan.chosen.project.id} {plan.chosen.project.name}"]
    for found in (plan.uncoupled, plan.coupled):
        mark = "（采用）" if found is plan.chosen else "（另一口径）"
        lines.append(f"{'按地块捆绑' if found.coupled else '三类指标分别核算'}{mark}：{_state(found)}")
        lines += [f"  {share.holder.title.zh}  {_three(share.drawn)}" for share in found.shares]
        lines += [f"  短缺  {_three(found.missing)}"] if any(found.missing.values()) else []
        lines += [f"  跨市域只限省级以上项目，未动用：{holder.title.zh}" for holder in found.closed]
    if plan.limit is not None:
        lines.append(_limit_line(plan))
    return lines + [f"  {p.rule} {p.title.zh}：{p.text}（{p.clause}，{p.status}）" for p in plan.parameters]


def _state(found: Allocation) -> str:
    unknown = "、".join(INDICATORS[name].title for name in found.unknown)
    word = {"met": "平衡", "short": "短缺", "unknown": "资料不足"}[found.state]
    return f"{word}{f'（需求未写明：{unknown}）' if unknown else ''}"


def _three(found: Any) -> str:  # amounts by indicator
    return "  ".join(
        f"{INDICATORS[name].title} {plain_amount(found[name])} {INDICATORS[name].unit}"
        for name in FARMLAND
        if found[name]
    )


def _limit_line(plan: ProjectPlan) -> str:
    limit = plan.limit
    if limit is None or limit.limit is None or limit.left is None:
        years = "、".join(map(str, limit.missing_years)) if limit else ""
        return f"以补定占：未提供 {years} 年稳定利用耕地净增量，不能判断"
    word = "未超出" if limit.state == "met" else "超出"
    return (
        f"以补定占 {limit.year} 年：上限 {plain_amount(limit.limit)} ha，已占 {plain_amount(limit.occupied)}，"
        f"本项目 {plain_amount(limit.planned)}，余 {plain_amount(limit.left)}，{word}"
    )


def _demand_lines(plan: DemandPlan) -> list[str]:
    quota = "未提供" if plan.quota is None else f"{plain_amount(plan.quota)} ha"
    lines = [
        f"{plan.year} 年计划指标可用 {quota}；合理用地项目尚缺 {plain_amount(plan.missing)} ha（一市一策）"
    ]
    for row in plan.rows:
        need = "资料不足" if row.need is None else f"需 {plain_amount(row.need)} ha"
        more = f"，缺 {plain_amount(row.missing)} ha" if row.missing else ""
        lines.append(f"  {row.project.id} {row.project.name}  {need}  {DEMAND_WORDS[row.state]}{more}")
    return lines


def _transfer_lines(found: TransferStatus) -> list[str]:
    share = "资料不足" if found.share is None else f"{float(found.share):.2%}"
    lines = [f"{found.id}  {STATES[found.state]}  投资比例 {share}  {DECISIONS[found.decision]}"]
    for alert in found.alerts:
        more = " ".join([str(alert.day or ""), *alert.missing]).strip()
        left = f"（剩 {alert.days} 天）" if alert.days is not None else ""
        lines.append(f"  ! {ALERT_WORDS[alert.code]} {more}{left}".rstrip())
    return lines
