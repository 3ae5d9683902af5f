"""Ledgers (台账): accounts of indicators, entries that move an amount from one account to another, and who holds them.

Amounts are decimals, never binary fractions: 0.1 + 0.2 is 0.3 in an account. Hectares for land, kilograms a year
for capacity (产能).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

from gisapp.model.changes import OFFICIAL, Author

Indicator = Literal["quantity", "paddy", "capacity", "plan_quota", "linkage", "net_increase"]
EntryKind = Literal[
    "acceptance",
    "occupation",
    "trade",
    "pooling",
    "deduction",
    "increase",
    "quota_issue",
    "quota_use",
    "quota_recall",
    "net_increase",
    "net_decrease",
    "reversal",
]
Book = Literal["entries", "projects", "transfers", "scenario", "procedure"]
"""What a record is of; ``scenario`` are the settings of a scheme and ``procedure`` an officer's steps, which no account knows of."""
BOOKS: Final[tuple[Book, ...]] = ("entries", "projects", "transfers")


@dataclass(frozen=True)
class IndicatorSpec:
    """What an indicator is counted in (指标): unit, decimals that are kept, whether an account has a year."""

    title: str
    unit: str
    decimals: int
    yearly: bool = False


INDICATORS: Final[Mapping[Indicator, IndicatorSpec]] = {
    "quantity": IndicatorSpec("耕地数量", "ha", 4),
    "paddy": IndicatorSpec("水田", "ha", 4),
    "capacity": IndicatorSpec("产能", "kg", 2),
    "plan_quota": IndicatorSpec("新增建设用地计划指标", "ha", 4, yearly=True),
    "linkage": IndicatorSpec("增减挂钩节余指标", "ha", 4),
    "net_increase": IndicatorSpec("稳定利用耕地净增量", "ha", 4, yearly=True),
}
FARMLAND: Final[tuple[Indicator, ...]] = ("quantity", "paddy", "capacity")

SOURCE: Final = "@source"
USED: Final = "@used"
WRITTEN_OFF: Final = "@written_off"
OUTSIDE: Final[Mapping[str, str]] = {SOURCE: "指标来源", USED: "已使用", WRITTEN_OFF: "核减核增"}
"""The other side of what comes in, is used up or is corrected: these accounts make every sum zero."""


@dataclass(frozen=True)
class KindSpec:
    """What an entry of a kind moves (分录类型): its indicators, and where from and to; None is a holder."""

    title: str
    indicators: tuple[Indicator, ...]
    from_: str | None = None
    to: str | None = None
    project: bool = False


_LAND: Final[tuple[Indicator, ...]] = (*FARMLAND, "linkage")
KINDS: Final[Mapping[EntryKind, KindSpec]] = {
    "acceptance": KindSpec("入库", _LAND, from_=SOURCE),
    "occupation": KindSpec("占用挂钩", _LAND, to=USED, project=True),
    "trade": KindSpec("交易", _LAND),
    "pooling": KindSpec("市域内调剂", (*_LAND, "plan_quota")),
    "deduction": KindSpec("核减", _LAND, to=WRITTEN_OFF),
    "increase": KindSpec("核增", _LAND, from_=WRITTEN_OFF),
    "quota_issue": KindSpec("计划下达", ("plan_quota",), from_=SOURCE),
    "quota_use": KindSpec("计划使用", ("plan_quota",), to=USED, project=True),
    "quota_recall": KindSpec("计划收回", ("plan_quota",), to=WRITTEN_OFF),
    "net_increase": KindSpec("净增核定", ("net_increase",), from_=SOURCE),
    "net_decrease": KindSpec("净减核定", ("net_increase",), to=SOURCE),
    "reversal": KindSpec("冲正", tuple(INDICATORS)),
}


@dataclass(frozen=True, order=True)
class Account:
    """What one holder has of one indicator (账户); ``year`` for plan quota and net increase, else None."""

    holder: str
    indicator: Indicator
    year: int | None = None

    @property
    def outside(self) -> bool:
        """Whether it only balances the books (对方科目); it may be below zero."""
        return self.holder in OUTSIDE

    @property
    def free(self) -> bool:
        """Whether it may be below zero: outside accounts, and the net increase, which can be a decrease."""
        return self.outside or self.indicator == "net_increase"

    @property
    def key(self) -> str:
        """The account as one word, for files and addresses."""
        return "/".join([self.holder, self.indicator, *([str(self.year)] if self.year is not None else [])])


@dataclass(frozen=True)
class Posting:
    """One side of an entry (记账一方): what it adds to an account; the two sides add up to zero."""

    account: Account
    amount: Decimal


@dataclass(frozen=True)
class Entry:
    """An amount that moves between two accounts (分录), with its document number and reason.

    ``amount`` is above zero; ``price`` in 元; ``reverses`` the number of the entry that this one takes back.
    """

    day: dt.date
    kind: EntryKind
    document: str
    reason: str
    amount: Decimal
    from_: Account
    to: Account
    project: str | None = None
    price: Decimal | None = None
    approval: str | None = None
    reverses: int | None = None

    @property
    def postings(self) -> tuple[Posting, Posting]:
        """Both sides (双方)."""
        return Posting(self.from_, -self.amount), Posting(self.to, self.amount)

    @property
    def indicator(self) -> Indicator:
        """What is moved (指标)."""
        return self.from_.indicator

    def body(self) -> dict[str, Any]:
        """Return the entry as JSON; what is not given is left out."""
        told = {
            "kind": self.kind,
            "reason": self.reason,
            "indicator": self.indicator,
            "year": self.from_.year,
            "amount": str(self.amount),
            "from": self.from_.holder,
            "to": self.to.holder,
            "project": self.project,
            "price": None if self.price is None else str(self.price),
            "approval": self.approval,
            "reverses": self.reverses,
        }
        return {key: value for key, value in told.items() if value is not None}

    @classmethod
    def of(cls, day: dt.date, document: str, body: Mapping[str, Any]) -> Entry:
        """Return the entry that `body` was made of."""
        price, year = body.get("price"), body.get("year")
        return cls(
            day=day,
            kind=body["kind"],
            document=document,
            reason=body["reason"],
            amount=Decimal(body["amount"]),
            from_=Account(body["from"], body["indicator"], year),
            to=Account(body["to"], body["indicator"], year),
            project=body.get("project"),
            price=None if price is None else Decimal(price),
            approval=body.get("approval"),
            reverses=body.get("reverses"),
        )


@dataclass(frozen=True)
class Project:
    """What a project asks for (项目需求), in ha and kg; None is 资料不足, never zero.

    ``reviewed`` says whether its land use was found reasonable (合理用地): only then it is to be met in full.
    ``county`` holds the accounts it is balanced in first; None is the first county of the set-up.
    """

    id: str
    name: str
    level: str
    quota_ha: Decimal | None
    quantity_ha: Decimal | None
    paddy_ha: Decimal | None
    capacity_kg: Decimal | None
    reviewed: bool | None
    county: str | None = None

    def body(self) -> dict[str, Any]:
        """Return the project as JSON; what is not known is left out."""
        told = {
            key: str(value) if isinstance(value, Decimal) else value for key, value in self.__dict__.items()
        }
        return {key: value for key, value in told.items() if value is not None}

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Project:
        """Return the project that `body` was made of."""
        amounts = {
            name: Decimal(body[name]) if name in body else None
            for name in ("quota_ha", "quantity_ha", "paddy_ha", "capacity_kg")
        }
        return cls(
            id=body["id"],
            name=body["name"],
            level=body["level"],
            reviewed=body.get("reviewed"),
            county=body.get("county"),
            **amounts,
        )


@dataclass(frozen=True)
class NewRecord:
    """One record before it is written (待记录): its book, day, document number and body."""

    book: Book
    day: dt.date
    document: str
    body: Mapping[str, Any]
    reverses: int | None = None


@dataclass(frozen=True)
class LedgerRecord:
    """One record of a ledger as it is kept (台账记录): numbered, dated, signed, chained to the one before."""

    number: int
    branch: str
    book: Book
    day: dt.date
    document: str
    body: Mapping[str, Any]
    reverses: int | None
    op_id: str
    author: Author
    made_at: dt.datetime
    hash: str

    @property
    def provisional(self) -> bool:
        """Whether it stands in a scheme and not in the official ledger (暂记)."""
        return self.branch != OFFICIAL

    @property
    def entry(self) -> Entry:
        """The entry that it records; only of the book of entries."""
        return Entry.of(self.day, self.document, self.body)


def entries_of(records: Iterable[LedgerRecord]) -> list[Entry]:
    """Return the entries among records, in their order."""
    return [record.entry for record in records if record.book == "entries"]
