"""Pre-registered transfers (预告登记转让): events with evidence, and the states they lead to (LED-01..03)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

TransferStep = Literal[
    "apply",
    "review",
    "pre_register",
    "build",
    "invest",
    "price_paid",
    "certificate",
    "ready",
    "apply_transfer",
    "transfer",
    "claim_ended",
    "cancel",
]
TransferState = Literal[
    "applied",
    "reviewed",
    "pre_registered",
    "building",
    "reached",
    "transferred",
    "lapsed",
    "cancelled",
]
ProjectType = Literal["building", "tract"]
Decision = Literal["pre_notice_only", "transfer_possible", "blocked", "unknown"]

STEPS: Final[Mapping[TransferStep, str]] = {
    "apply": "申请",
    "review": "审核通过",
    "pre_register": "预告登记",
    "build": "续建",
    "invest": "投资核定",
    "price_paid": "价款付清",
    "certificate": "取得权证",
    "ready": "形成用地条件",
    "apply_transfer": "申请转移登记",
    "transfer": "转移登记",
    "claim_ended": "债权消灭",
    "cancel": "注销登记",
}
STATES: Final[Mapping[TransferState, str]] = {
    "applied": "申请",
    "reviewed": "审核",
    "pre_registered": "预告登记",
    "building": "续建",
    "reached": "达到转让条件",
    "transferred": "转移登记",
    "lapsed": "失效",
    "cancelled": "已注销",
}
DECISIONS: Final[Mapping[Decision, str]] = {
    "pre_notice_only": "只能预告登记",
    "transfer_possible": "可办理转移登记",
    "blocked": "不符合转让条件",
    "unknown": "资料不足",
}


@dataclass(frozen=True)
class TransferEvent:
    """One dated step of a transfer with its evidence (事项).

    ``terms`` come with the application; ``invested_10k`` [万元, to date, land price excluded] with ``invest``.
    """

    day: dt.date
    transfer: str
    step: TransferStep
    document: str
    terms: TransferTerms | None = None
    invested_10k: Decimal | None = None

    def body(self) -> dict[str, Any]:
        """Return the event as JSON."""
        told: dict[str, Any] = {"transfer": self.transfer, "step": self.step}
        if self.invested_10k is not None:
            told["invested_10k"] = str(self.invested_10k)
        if self.terms is not None:
            told["terms"] = self.terms.body()
        return told

    @classmethod
    def of(cls, day: dt.date, document: str, body: Mapping[str, Any]) -> TransferEvent:
        """Return the event that `body` was made of."""
        invested, terms = body.get("invested_10k"), body.get("terms")
        return cls(
            day, body["transfer"], body["step"], document,
            None if terms is None else TransferTerms.of(terms),
            None if invested is None else Decimal(invested),
        )  # fmt: skip


@dataclass(frozen=True)
class TransferTerms:
    """What is being transferred (转让要素): unit number of the right, both sides, contract, total investment.

    ``total_10k`` is the development total without the land price [万元]; None is 资料不足.
    """

    bdcdyh: str
    seller: str
    buyer: str
    contract_date: dt.date
    project_type: ProjectType
    total_10k: Decimal | None

    def body(self) -> dict[str, Any]:
        """Return the terms as JSON; an unknown total is left out."""
        told = dict(self.__dict__) | {"contract_date": self.contract_date.isoformat()}
        told["total_10k"] = None if self.total_10k is None else str(self.total_10k)
        return {key: value for key, value in told.items() if value is not None}

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> TransferTerms:
        """Return the terms that `body` was made of."""
        total = body.get("total_10k")
        day = dt.date.fromisoformat(body["contract_date"])
        return cls(
            body["bdcdyh"], body["seller"], body["buyer"], day, body["project_type"],
            None if total is None else Decimal(total),
        )  # fmt: skip
