"""Rows of a posting file as records (台账文件): every cell checked, every fault named by row, field and value.

Headings and words may be English or Chinese; nothing is guessed, rounded or filled in but the fixed side of a kind.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeVar

from gisapp.errors import InputError, Problem
from gisapp.model.ledger import INDICATORS, KINDS, OUTSIDE, SOURCE, Account, Book, Entry, NewRecord, Project
from gisapp.model.transfers import STEPS, TransferEvent, TransferTerms

Cells = Mapping[str, str | None]
T = TypeVar("T")

COLUMNS: Final[Mapping[Book, Mapping[str, str]]] = {
    "entries": {
        "date": "日期",
        "kind": "类型",
        "document": "文号",
        "reason": "事由",
        "from": "转出",
        "to": "转入",
        "indicator": "指标",
        "year": "年度",
        "amount": "数量",
        "project": "项目",
        "price": "价款",
        "approval": "批准文号",
        "reverses": "冲正记录",
    },
    "projects": {
        "date": "日期",
        "document": "文号",
        "id": "项目",
        "name": "名称",
        "level": "级别",
        "county": "县区",
        "quota_ha": "计划指标",
        "quantity_ha": "占用耕地",
        "paddy_ha": "占用水田",
        "capacity_kg": "占用产能",
        "reviewed": "合理用地",
    },
    "transfers": {
        "date": "日期",
        "document": "凭证",
        "transfer": "转让",
        "step": "事项",
        "bdcdyh": "不动产单元号",
        "seller": "转让方",
        "buyer": "受让方",
        "contract_date": "合同日期",
        "project_type": "开发类型",
        "total_10k": "开发投资总额",
        "invested_10k": "已投资",
    },
}
"""Columns of each book with their Chinese heading."""

KIND_WORDS: Final = {spec.title: kind for kind, spec in KINDS.items()}
INDICATOR_WORDS: Final = {"数量": "quantity", **{spec.title: name for name, spec in INDICATORS.items()}}
STEP_WORDS: Final = {title: step for step, title in STEPS.items()}
LEVEL_WORDS: Final = {"国家级": "national", "省级": "provincial", "市级": "municipal", "区级": "district"}
TYPE_WORDS: Final = {"房屋建设": "building", "成片开发": "tract"}
YES_NO: Final = {"true": True, "是": True, "1": True, "false": False, "否": False, "0": False}
HOLDER_WORDS: Final = {title: name for name, title in OUTSIDE.items()}


@dataclass
class Row:
    """One row of a file while it is read (一行)."""

    cells: Cells
    number: int
    file: str | None
    problems: list[Problem]

    def fault(self, message: str, field: str, value: str | None = None, expected: str | None = None) -> None:
        """Note a fault of this row."""
        self.problems.append(
            Problem(
                message,
                file=self.file,
                row=self.number,
                field=field,
                value=value,
                expected=expected,
                action="改正该格后重新导入；本次没有写入任何内容",
            )
        )

    def text(self, field: str, *, needed: bool = False) -> str | None:
        """Return a cell without blanks around it; None where it is empty, a fault if it must not be."""
        found = (self.cells.get(field) or "").strip() or None
        if found is None and needed:
            self.fault("必须填写", field)
        return found

    def read(self, field: str, make: Callable[[str], T], expected: str, *, needed: bool = False) -> T | None:
        """Return a cell as `make` reads it; a fault with what was expected if it cannot."""
        found = self.text(field, needed=needed)
        if found is None:
            return None
        try:
            return make(found)
        except (ValueError, KeyError, InvalidOperation):
            self.fault("取值不对", field, found, expected)
            return None

    def day(self, field: str, *, needed: bool = False) -> dt.date | None:
        """Return a date."""
        return self.read(field, _day, "日期，写成 2026-03-01", needed=needed)

    def amount(self, field: str, *, needed: bool = False) -> Decimal | None:
        """Return a number that is not below zero, with all its decimals."""
        return self.read(field, _amount, "不小于 0 的数，不带单位和千分号", needed=needed)

    def word(self, field: str, words: Mapping[str, str], *, needed: bool = False) -> str | None:
        """Return one of the words of a list, given in either language."""
        known = {**words, **{value: value for value in words.values()}}
        return self.read(field, known.__getitem__, "、".join(words), needed=needed)


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text.removesuffix(" 00:00:00").replace("/", "-"))


def _amount(text: str) -> Decimal:
    found = Decimal(text)
    if not found.is_finite() or found < 0:
        raise ValueError(text)
    return found


def read_rows(book: Book, rows: Sequence[Cells], *, file: str | None = None) -> list[NewRecord]:
    """Return the records of a file's rows, in their order.

    Raises
    ------
    InputError
        With every fault: columns that are not known, cells that cannot be read, by row and field.
    """
    makers: dict[Book, Callable[[Row], NewRecord | None]] = {
        "entries": _entry,
        "projects": _project,
        "transfers": _event,
    }
    problems = _columns(book, rows, file)
    if problems:
        raise InputError(problems)
    titles = {title: name for name, title in COLUMNS[book].items()}
    made: list[NewRecord] = []
    for number, cells in enumerate(rows, start=1):
        row = Row({titles.get(k, k): v for k, v in cells.items()}, number, file, [])
        record = makers[book](row)
        problems += row.problems
        if record is not None:
            made.append(record)
    if problems:
        raise InputError(problems)
    return made


def _columns(book: Book, rows: Sequence[Cells], file: str | None) -> list[Problem]:
    if not rows:
        return [Problem("没有任何记录", file=file, expected="至少一行")]
    known = {*COLUMNS[book], *COLUMNS[book].values()}
    found = dict.fromkeys(name for row in rows for name in row)
    expected = "、".join(COLUMNS[book])
    return [
        Problem("不认识的列", file=file, field=str(name), expected=expected, action="改列名或删去该列")
        for name in found
        if name not in known
    ]


def _entry(row: Row) -> NewRecord | None:
    day, document = row.day("date", needed=True), row.text("document", needed=True)
    kind = row.word("kind", KIND_WORDS, needed=True)
    reason = row.text("reason", needed=True)
    if kind == "reversal":
        number = row.read("reverses", int, "要冲正的记录号", needed=True)
        if row.problems or day is None or document is None:
            return None
        return NewRecord("entries", day, document, {"kind": kind, "reason": reason}, number)
    amount = row.amount("amount", needed=True)
    if amount is not None and amount == 0:
        row.fault("数量须大于零", "amount", str(amount), "大于 0 的数")
    indicator = row.word("indicator", INDICATOR_WORDS, needed=True)
    year = row.read("year", int, "年度，例如 2026")
    price, approval, project = row.amount("price"), row.text("approval"), row.text("project")
    spec = KINDS[kind] if kind else KINDS["trade"]  # type: ignore[index]  # a kind of the list
    ends = [_end(row, name, fixed) for name, fixed in (("from", spec.from_), ("to", spec.to))]
    if row.problems or day is None or document is None or amount is None:
        return None
    sides = [Account(end or SOURCE, indicator, year) for end in ends]  # type: ignore[arg-type]  # of the list
    entry = Entry(
        day=day,
        kind=kind,  # type: ignore[arg-type]  # of the list
        document=document,
        reason=reason or "",
        amount=amount,
        from_=sides[0],
        to=sides[1],
        project=project,
        price=price,
        approval=approval,
    )
    return NewRecord("entries", day, document, entry.body())


def _end(row: Row, field: str, fixed: str | None) -> str | None:
    """Return one side of an entry; what its kind fixes may be left empty."""
    found = row.text(field, needed=fixed is None)
    return fixed if found is None else HOLDER_WORDS.get(found, found)


def _project(row: Row) -> NewRecord | None:
    day, document = row.day("date", needed=True), row.text("document", needed=True)
    id_, name = row.text("id", needed=True), row.text("name", needed=True)
    level = row.word("level", LEVEL_WORDS, needed=True)
    amounts = {key: row.amount(key) for key in ("quota_ha", "quantity_ha", "paddy_ha", "capacity_kg")}
    reviewed = row.read("reviewed", lambda text: YES_NO[text.lower()], "是、否，或留空（资料不足）")
    quantity, paddy = amounts["quantity_ha"], amounts["paddy_ha"]
    if quantity is not None and paddy is not None and paddy > quantity:
        row.fault("占用水田大于占用耕地", "paddy_ha", str(paddy), f"不大于 {quantity}")
    if row.problems or day is None or document is None:
        return None
    told = Project(
        id_ or "", name or "", level or "", reviewed=reviewed, county=row.text("county"), **amounts
    )
    return NewRecord("projects", day, document, told.body())


def _event(row: Row) -> NewRecord | None:
    day, document = row.day("date", needed=True), row.text("document", needed=True)
    transfer = row.text("transfer", needed=True)
    step = row.word("step", STEP_WORDS, needed=True)
    terms = _terms(row) if step == "apply" else None
    invested = row.amount("invested_10k", needed=step == "invest")
    if step != "invest" and invested is not None:
        row.fault("只有投资核定可填已投资", "invested_10k", str(invested), "留空")
    if row.problems or day is None or document is None:
        return None
    event = TransferEvent(day, transfer or "", step, document, terms, invested)  # type: ignore[arg-type]  # of the list
    return NewRecord("transfers", day, document, event.body())


def _terms(row: Row) -> TransferTerms | None:
    texts = {name: row.text(name, needed=True) for name in ("bdcdyh", "seller", "buyer")}
    day = row.day("contract_date", needed=True)
    kind = row.word("project_type", TYPE_WORDS, needed=True)
    total = row.amount("total_10k")
    if day is None or kind is None:
        return None
    told: dict[str, Any] = {name: value or "" for name, value in texts.items()}
    return TransferTerms(**told, contract_date=day, project_type=kind, total_10k=total)  # type: ignore[arg-type]
