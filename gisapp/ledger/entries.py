"""What an entry must be (分录检查), apart from balances; and the counter-entry that takes one back (冲正)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from gisapp.errors import InputError, Problem, UsageError
from gisapp.i18n import Text
from gisapp.model.ledger import INDICATORS, KINDS, OUTSIDE, Entry, LedgerRecord, Project
from gisapp.model.ledgerbook import LedgerBook


def entry_problems(entry: Entry, book: LedgerBook, projects: Mapping[str, Project]) -> list[Problem]:
    """Return what is wrong with an entry (LED-12, LED-13); empty where nothing is."""
    spec = KINDS[entry.kind]
    problems = [
        Problem(
            Text("{kind}缺少{field}", kind=Text(spec.title), field=Text(name)),
            field=field,
            expected="必须填写",
        )
        for field, name, value in (("document", "文号", entry.document), ("reason", "事由", entry.reason))
        if not value.strip()
    ]
    if entry.indicator not in spec.indicators:
        allowed = "、".join(spec.indicators)
        problems.append(
            Problem(
                Text("{kind}不能用于该指标", kind=Text(spec.title)),
                field="indicator",
                value=entry.indicator,
                expected=allowed,
            )
        )
    problems += _amount_problems(entry) + _holder_problems(entry, book)
    if spec.project and not entry.project:
        problems.append(
            Problem(Text("{kind}须写明项目", kind=Text(spec.title)), field="project", expected="项目编号")
        )
    if entry.project and entry.project not in projects:
        action = "先登记该项目（--book projects）"
        problems.append(Problem("没有登记这个项目", field="project", value=entry.project, action=action))
    return problems or _crossing_problems(entry, book, projects)


def _amount_problems(entry: Entry) -> list[Problem]:
    spec, problems = INDICATORS[entry.indicator], []
    told = str(entry.amount)
    if not entry.amount.is_finite() or entry.amount <= 0:
        problems.append(
            Problem("数量须大于零", field="amount", value=told, expected=f"大于 0 的 {spec.unit} 数")
        )
    elif entry.amount != round(entry.amount, spec.decimals):
        expected = f"{spec.unit}，至多 {spec.decimals} 位小数"
        problems.append(
            Problem(
                "小数位过多，不代为舍入",
                field="amount",
                value=told,
                expected=expected,
                action="写到规定的位数",
            )
        )
    if spec.yearly != (entry.from_.year is not None):
        wanted = "写明年度" if spec.yearly else "留空"
        problems.append(
            Problem(
                Text("{kind}的年度不符", kind=Text(spec.title)),
                field="year",
                value=str(entry.from_.year or ""),
                expected=wanted,
            )
        )
    return problems


def _holder_problems(entry: Entry, book: LedgerBook) -> list[Problem]:
    spec, problems = KINDS[entry.kind], []
    known = "、".join(holder.id for holder in book.holders)
    for field, found, wanted in (("from", entry.from_.holder, spec.from_), ("to", entry.to.holder, spec.to)):
        if entry.kind == "reversal":
            continue
        if wanted is not None and found != wanted:
            problems.append(
                Problem(
                    Text("{kind}的对方科目不符", kind=Text(spec.title)),
                    field=field,
                    value=found,
                    expected=wanted,
                )
            )
        elif wanted is None and (found in OUTSIDE or book.holder(found) is None):
            problems.append(Problem("没有这个持有单位", field=field, value=found, expected=known))
    if entry.from_.holder == entry.to.holder:
        problems.append(
            Problem("转出与转入是同一单位", field="to", value=entry.to.holder, expected="另一个单位")
        )
    return problems


def _crossing_problems(entry: Entry, book: LedgerBook, projects: Mapping[str, Project]) -> list[Problem]:
    """Return what forbids a movement across cities (LED-12)."""
    levels = [held.level for side in (entry.from_, entry.to) if (held := book.holder(side.holder))]
    crossing = len(levels) == 2 and not set(levels) <= {"county", "city"}
    if entry.kind == "pooling" and crossing:
        return [Problem("调剂只限市域内", field="kind", value=entry.kind, expected="跨市域用 trade（交易）")]
    if entry.kind != "trade":
        return []
    problems = [
        Problem(Text("交易缺少{field}", field=Text(name)), field=field, expected="必须填写")
        for field, name, value in (
            ("price", "价款（元）", entry.price),
            ("approval", "批准文号", entry.approval),
        )
        if value is None
    ]
    project = projects.get(entry.project or "")
    allowed = book.at(entry.day)["cross_city_levels"].words
    if crossing and (project is None or project.level not in allowed):
        found = "未写明项目" if project is None else f"{project.id}（{project.level}）"
        wanted, action = "级别为 " + "、".join(allowed), "改在市、县域内平衡"
        message = "跨市域交易只限省级以上重点建设项目"
        problems.append(Problem(message, field="project", value=found, expected=wanted, action=action))
    return problems


def reversal(
    record: LedgerRecord, records: Iterable[LedgerRecord], *, day: dt.date, document: str, reason: str
) -> Entry:
    """Return the counter-entry of a recorded entry (冲正).

    Raises
    ------
    UsageError
        If it is no entry, is a reversal, or was reversed before.
    InputError
        If `day` is before the entry's.
    """
    if record.book != "entries" or record.reverses is not None:
        raise UsageError(
            Text("记录 {number} 不是可冲正的分录", number=record.number),
            action="冲正分录本身不再冲正，重新记一笔",
        )
    earlier = [item for item in records if item.reverses == record.number]
    if earlier:
        raise UsageError(
            Text("记录 {number} 已由记录 {other} 冲正", number=record.number, other=earlier[0].number)
        )
    if day < record.day:
        expected = f"{record.day.isoformat()} 或之后"
        raise InputError(Problem("冲正早于原分录", field="date", value=day.isoformat(), expected=expected))
    old = record.entry
    return Entry(
        day=day, kind="reversal", document=document, reason=reason, amount=old.amount, from_=old.to, to=old.from_,
        project=old.project, reverses=record.number,
    )  # fmt: skip
