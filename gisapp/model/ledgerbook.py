"""The set-up of a workspace's ledgers (台账设置): who holds accounts, and every parameter with its clause and dates."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final, Literal

from pydantic import Field, model_validator

from gisapp.errors import InputError, Problem
from gisapp.model.base import Noun, Title
from gisapp.model.ledger import OUTSIDE
from gisapp.model.rules import Basis, Period, Status

Level = Literal["county", "city", "province", "other_city"]
ParameterValue = bool | float | tuple[str, ...] | str
NEEDED: Final = {
    "invested_share": float,
    "pre_notice": bool,
    "lapse_days": float,
    "alert_days": float,
    "coupled": bool,
    "order": tuple,
    "cross_city_levels": tuple,
    "limit_years": float,
    "project_levels": tuple,
    "pass_over": bool,
}
"""Parameters that the arithmetic asks for, and what each must be."""


class Holder(Noun):
    """Who holds accounts (持有单位): a county, the city, the province's pool, another city."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    level: Level
    title: Title


class Parameter(Noun):
    """One parameter of the ledgers (台账参数) with document, clause, status letter and period."""

    id: str
    rule: str
    title: Title
    value: ParameterValue
    unit: str
    clause: str | None
    basis: Basis
    status: Status
    note: str | None = None
    effective: Period = Period()

    @model_validator(mode="after")
    def _fits(self) -> Parameter:
        if self.clause is None and self.basis != "assumption":
            raise ValueError("clause 为空只允许用于 basis: assumption（本地假设）")
        wanted = NEEDED.get(self.id)
        if wanted is None:
            raise ValueError(f"不认识的参数；可用：{'、'.join(NEEDED)}")
        if not isinstance(self.value, wanted) or (wanted is float and isinstance(self.value, bool)):
            raise ValueError(
                "value 的类型不符："
                + {float: "应为数值", bool: "应为 true 或 false", tuple: "应为列表"}[wanted]
            )
        return self

    @property
    def number(self) -> Decimal:
        """The value as an exact decimal, as it is written."""
        return Decimal(repr(self.value))

    @property
    def text(self) -> str:
        """The value as it is printed."""
        if isinstance(self.value, bool):
            return "是" if self.value else "否"
        if isinstance(self.value, float):
            return f"{self.value:g}"
        return self.value if isinstance(self.value, str) else " → ".join(self.value)

    @property
    def words(self) -> tuple[str, ...]:
        """The value as a list of words."""
        return self.value if isinstance(self.value, tuple) else ()


class LedgerBook(Noun):
    """Holders and parameters of a workspace's ledgers (台账设置)."""

    id: str
    edition: str
    holders: tuple[Holder, ...]
    parameters: tuple[Parameter, ...]

    @model_validator(mode="after")
    def _consistent(self) -> LedgerBook:
        ids = [holder.id for holder in self.holders]
        twice = {id_ for id_ in ids if ids.count(id_) > 1}
        if twice or set(ids) & set(OUTSIDE):
            raise ValueError(f"持有单位重复：{'、'.join(sorted(twice))}")
        for name in NEEDED:
            periods = [item.effective for item in self.parameters if item.id == name]
            if not periods:
                raise ValueError(f"缺少参数 {name}")
            if any(_meet(a, b) for k, a in enumerate(periods) for b in periods[:k]):
                raise ValueError(f"参数 {name} 的有效期重叠")
        return self

    def holder(self, id_: str) -> Holder | None:
        """Return a holder by id."""
        return next((holder for holder in self.holders if holder.id == id_), None)

    def at(self, day: dt.date) -> Rules:
        """Return the parameters in force on a day; InputError where one has none (未提供)."""
        found = {item.id: item for item in self.parameters if item.effective.covers(day)}
        missing = [name for name in NEEDED if name not in found]
        if missing:
            action = "在 parcels/ledger/ledger.yaml 中补充该日期有效的参数"
            raise InputError(
                Problem("台账参数未提供", field=name, value=day.isoformat(), action=action)
                for name in missing
            )
        return Rules(day, found)


class Rules:
    """The parameters of the ledgers on one day (当日有效参数)."""

    def __init__(self, day: dt.date, found: dict[str, Parameter]) -> None:
        self.day = day
        self.found = found

    def __getitem__(self, name: str) -> Parameter:
        """Return a parameter by its id."""
        return self.found[name]


def _meet(a: Period, b: Period) -> bool:
    """Return whether two periods share a day."""
    first, last = dt.date.min, dt.date.max
    return (a.from_ or first) < (b.to or last) and (b.from_ or first) < (a.to or last)
