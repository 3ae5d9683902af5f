"""The state of a pre-registered transfer on a day (预告登记转让, LED-01..03); "today" is never read.

Reaching the investment share and lapsing are never declared: they follow from the evidence, the parameters and the day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from gisapp.model.ledgerbook import LedgerBook, Rules
from gisapp.model.transfers import (
    Decision,
    ProjectType,
    TransferEvent,
    TransferState,
    TransferStep,
    TransferTerms,
)

AlertCode = Literal["missing", "open", "near", "applied", "lapsed", "no_route"]


@dataclass(frozen=True)
class Conditions:
    """What 城市房地产管理法 art. 39 asks of a transfer (转让条件); None is not known. Amounts in 万元, no land price."""

    project_type: ProjectType
    price_paid: bool | None
    certificate: bool | None
    invested_10k: Decimal | None
    total_10k: Decimal | None
    ready: bool | None = None

    @property
    def share(self) -> Decimal | None:
        """The invested share of the total, None where either is not known."""
        if self.invested_10k is None or not self.total_10k:
            return None
        return self.invested_10k / self.total_10k


@dataclass(frozen=True)
class Alert:
    """What somebody has to look at (提醒): its code, the day it speaks of and what is missing, if any."""

    code: AlertCode
    day: dt.date | None = None
    days: int | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class TransferStatus:
    """A transfer as it stands on a day (转让状态).

    ``possible_on`` is the first day on which transfer registration could be applied for, ``deadline`` the last day
    before the pre-registration lapses, ``lapsed_on`` the first day without it.
    """

    id: str
    terms: TransferTerms
    state: TransferState
    decision: Decision
    share: Decimal | None
    invested_10k: Decimal | None
    possible_on: dt.date | None
    deadline: dt.date | None
    lapsed_on: dt.date | None
    alerts: tuple[Alert, ...]
    events: tuple[TransferEvent, ...]


def decide(found: Conditions, minimum: Decimal) -> Decision:
    """Return what art. 39 allows: the price and the certificate first, then investment or readiness (LED-01)."""
    if found.price_paid is False or found.certificate is False:
        return "blocked"
    if found.price_paid is None or found.certificate is None:
        return "unknown"
    if found.project_type == "tract":
        return "unknown" if found.ready is None else "transfer_possible" if found.ready else "pre_notice_only"
    if found.invested_10k is None or not found.total_10k:
        return "unknown"
    return "transfer_possible" if found.invested_10k >= minimum * found.total_10k else "pre_notice_only"


def conditions(terms: TransferTerms, events: Iterable[TransferEvent]) -> Conditions:
    """Return what the evidence up to a day says; a step without evidence is not known, not false."""
    steps = [event.step for event in events]
    reports = [event.invested_10k for event in events if event.step == "invest"]
    paid, sure, ready = (True if step in steps else None for step in ("price_paid", "certificate", "ready"))
    return Conditions(
        terms.project_type, paid, sure, reports[-1] if reports else None, terms.total_10k, ready
    )


def status(events: Sequence[TransferEvent], as_of: dt.date, book: LedgerBook) -> TransferStatus | None:
    """Return where one transfer stands on a day; None before its application.

    Parameters
    ----------
    events
        All events of one transfer, in the order they were recorded.
    as_of
        The day that is asked about; later events are not looked at.
    book
        Parameters by date: each day is judged by those in force on it.
    """
    seen = sorted((event for event in events if event.day <= as_of), key=lambda event: event.day)
    terms = next((event.terms for event in seen if event.terms is not None), None)
    if terms is None:
        return None
    rules = book.at(as_of)
    found = conditions(terms, seen)
    possible = _possible_on(terms, seen, book)
    deadline = (
        None
        if possible is None
        else possible + dt.timedelta(days=int(book.at(possible)["lapse_days"].number))
    )
    lapsed = _lapsed_on(seen, deadline, as_of)
    state = _state(seen, possible, lapsed)
    decision = decide(found, rules["invested_share"].number)
    alerts = _alerts(state, decision, found, seen, (possible, deadline, lapsed), rules)
    return TransferStatus(
        seen[0].transfer, terms, state, decision, found.share, found.invested_10k, possible, deadline, lapsed,
        alerts, tuple(seen),
    )  # fmt: skip


def _possible_on(terms: TransferTerms, seen: Sequence[TransferEvent], book: LedgerBook) -> dt.date | None:
    """Return the day since when registration could be applied for without a break, from the pre-registration on."""
    since: dt.date | None = None
    for k, event in enumerate(seen):
        if k + 1 < len(seen) and seen[k + 1].day == event.day:
            continue
        found = conditions(terms, seen[: k + 1])
        possible = decide(found, book.at(event.day)["invested_share"].number) == "transfer_possible"
        noted = any(earlier.step == "pre_register" for earlier in seen[: k + 1])
        since = (since or event.day) if possible and noted else None
    return since


def _first(seen: Iterable[TransferEvent], step: TransferStep) -> dt.date | None:
    return next((event.day for event in seen if event.step == step), None)


def _lapsed_on(seen: Sequence[TransferEvent], deadline: dt.date | None, as_of: dt.date) -> dt.date | None:
    """Return the first day without the pre-registration: the claim ended, or nobody applied in time (LED-03)."""
    if _first(seen, "pre_register") is None or _first(seen, "transfer") or _first(seen, "cancel"):
        return None
    ended = _first(seen, "claim_ended")
    if ended is not None:
        return ended
    applied = _first(seen, "apply_transfer")
    late = deadline is not None and as_of > deadline and (applied is None or applied > deadline)
    return deadline + dt.timedelta(days=1) if late and deadline else None


def _state(seen: Sequence[TransferEvent], possible: dt.date | None, lapsed: dt.date | None) -> TransferState:
    steps = {event.step for event in seen}
    found: list[tuple[bool, TransferState]] = [
        ("transfer" in steps, "transferred"),
        ("cancel" in steps, "cancelled"),
        (lapsed is not None, "lapsed"),
        (possible is not None, "reached"),
        ("build" in steps, "building"),
        ("pre_register" in steps, "pre_registered"),
        ("review" in steps, "reviewed"),
    ]
    return next((state for holds, state in found if holds), "applied")


def _alerts(
    state: TransferState,
    decision: Decision,
    found: Conditions,
    seen: Sequence[TransferEvent],
    days: tuple[dt.date | None, dt.date | None, dt.date | None],
    rules: Rules,
) -> tuple[Alert, ...]:
    _, deadline, lapsed = days
    if state in ("transferred", "cancelled"):
        return ()
    if lapsed is not None:
        return (Alert("lapsed", lapsed),)
    out: list[Alert] = []
    if decision == "unknown":
        out.append(Alert("missing", missing=_missing(found)))
    if decision == "pre_notice_only" and not rules["pre_notice"].value:
        out.append(Alert("no_route"))
    if _first(seen, "apply_transfer") is not None:
        out.append(Alert("applied", _first(seen, "apply_transfer")))
    elif deadline is not None:
        left = (deadline - rules.day).days
        out.append(Alert("near" if left <= rules["alert_days"].number else "open", deadline, left))
    return tuple(out)


def _missing(found: Conditions) -> tuple[str, ...]:
    """Return which evidence is not there."""
    asked = {"价款付清凭证": found.price_paid, "权属证书": found.certificate}
    if found.project_type == "tract":
        asked["形成用地条件的证明"] = found.ready
    else:
        asked["投资核定"] = None if found.invested_10k is None else True
        asked["开发投资总额"] = True if found.total_10k else None
    return tuple(name for name, value in asked.items() if value is None)
