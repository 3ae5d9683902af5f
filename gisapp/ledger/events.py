"""What may be recorded of a transfer after what is recorded (转让事项检查): steps in order, evidence on its own day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from gisapp.errors import InputError, Problem
from gisapp.i18n import Text
from gisapp.ledger.transfers import TransferStatus, status
from gisapp.model.ledgerbook import LedgerBook
from gisapp.model.transfers import STATES, STEPS, TransferEvent, TransferStep

FOLLOWS: Final[dict[TransferStep, tuple[TransferStep, ...]]] = {
    "review": ("apply",),
    "pre_register": ("review",),
    "build": ("pre_register",),
    "claim_ended": ("pre_register",),
    "apply_transfer": ("review",),
    "transfer": ("apply_transfer",),
}
"""What must be recorded before a step; every other step needs the application only."""


EVIDENCE: Final[tuple[TransferStep, ...]] = ("invest", "price_paid", "certificate", "ready")
"""Steps that say what was shown, on its own day; the others are steps of the procedure."""


def event_problems(earlier: Sequence[TransferEvent], event: TransferEvent, book: LedgerBook) -> list[Problem]:
    """Return what forbids to record an event after the earlier ones of the same transfer; empty where nothing does.

    Steps of the procedure come in the order of their days; evidence may be dated back.
    """
    if event.step == "apply":
        return [Problem("转让已经申请", field="transfer", value=event.transfer)] if earlier else []
    applied = [item.day for item in earlier if item.step == "apply"]
    if not applied:
        action = "先登记申请（apply）"
        return [Problem("没有这项转让", field="transfer", value=event.transfer, action=action)]
    bound = max(item.day for item in earlier if item.step not in EVIDENCE)
    floor = applied[0] if event.step in EVIDENCE else bound
    if event.day < floor:
        expected = f"{floor.isoformat()} 或之后"
        return [Problem("早于已记录的事项", field="date", value=event.day.isoformat(), expected=expected)]
    now = status(earlier, max(event.day, bound), book)
    return [] if now is None else _closed(now, event) or _out_of_order(earlier, now, event, book)


def _closed(now: TransferStatus, event: TransferEvent) -> list[Problem]:
    """Return that nothing more can be recorded; a lapsed one can still be struck off."""
    if now.state not in ("transferred", "cancelled", "lapsed") or (now.state, event.step) == (
        "lapsed",
        "cancel",
    ):
        return []
    told = Text(STATES[now.state])
    if now.lapsed_on:
        told = Text("{state}（{day}）", state=told, day=now.lapsed_on.isoformat())
    message = Text("该转让为{state}，不能再记{step}", state=told, step=Text(STEPS[event.step]))
    return [Problem(message, field="step", value=event.step)]


def _out_of_order(
    earlier: Sequence[TransferEvent], now: TransferStatus, event: TransferEvent, book: LedgerBook
) -> list[Problem]:
    told, done = STEPS[event.step], {item.step for item in earlier}
    lacking = [STEPS[step] for step in FOLLOWS.get(event.step, ()) if step not in done]
    if lacking:
        return [
            Problem(
                Text(
                    "{step}之前须先有{other}",
                    step=Text(told),
                    other=Text.list(Text(name) for name in lacking),
                ),
                field="step",
                value=event.step,
            )
        ]
    if event.step in done and event.step != "invest":
        return [Problem(Text("{step}已经记录", step=Text(told)), field="step", value=event.step)]
    if event.step in ("apply_transfer", "transfer") and now.decision != "transfer_possible":
        return [_not_yet(now, event, book)]
    return []


def _not_yet(now: TransferStatus, event: TransferEvent, book: LedgerBook) -> Problem:
    """Return why transfer registration cannot be had yet."""
    minimum = book.at(event.day)["invested_share"]
    share = "资料不足" if now.share is None else f"{float(now.share):.2%}"
    return Problem(
        Text("尚未达到转让条件，不能记{step}", step=Text(STEPS[event.step])), field="step", value=f"投资比例 {share}",
        expected=f"价款付清、取得权证，投资比例不低于 {float(minimum.number):.0%}（{minimum.clause}）",
        action="先登记相应的凭证",
    )  # fmt: skip


def refuse_events(
    recorded: Sequence[TransferEvent],
    new: Sequence[TransferEvent],
    book: LedgerBook,
    *,
    rows: Sequence[int] | None = None,
    file: str | None = None,
) -> None:
    """Raise InputError for each event that cannot be recorded after those before it."""
    problems: list[Problem] = []
    known = list(recorded)
    for k, event in enumerate(new):
        earlier = [item for item in known if item.transfer == event.transfer]
        found = event_problems(earlier, event, book)
        problems += [replace(problem, file=file, row=rows[k] if rows else None) for problem in found]
        if not found:
            known.append(event)
    if problems:
        raise InputError(problems)
