"""What steps of a process may follow one another (程序校验): pure, over what is recorded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from gisapp.errors import InputError, Problem
from gisapp.i18n import Text
from gisapp.model.procedure import Procedure, ProcedureStep, StepTaken


def by_parcel(steps: Iterable[StepTaken]) -> dict[str, list[StepTaken]]:
    """Return the steps of each parcel in the order in which they were recorded."""
    out: dict[str, list[StepTaken]] = {}
    for step in sorted(steps, key=lambda taken: taken.number):
        out.setdefault(step.parcel_id, []).append(step)
    return out


def check_step(
    procedure: Procedure,
    done: Sequence[StepTaken],
    *,
    parcel_id: str,
    step: str,
    day: date,
    reason: str,
    document: str,
) -> None:
    """Raise `InputError` where a step must not follow those that are recorded, with every reason at once."""
    current = done[-1].step if done else None
    allowed = procedure.next_after(current)
    found = procedure.step(step)
    problems = []
    if found is None or found not in allowed:
        problems.append(_not_next(procedure, current, allowed, parcel_id=parcel_id, step=step))
    if done and day < done[-1].day:
        wanted = Text("不早于 {day}", day=done[-1].day)
        problems.append(Problem(Text("日期早于上一步"), field="day", value=day.isoformat(), expected=wanted))
    if not reason.strip():
        problems.append(Problem(Text("缺少理由"), field="reason", action=Text("写明依据与情况")))
    if found is not None and found.document and not document.strip():
        message = Text("“{step}”须有文号", step=_title(found))
        problems.append(Problem(message, field="document", action=Text("填写文号")))
    if problems:
        raise InputError(problems)


def _not_next(
    procedure: Procedure,
    current: str | None,
    allowed: Sequence[ProcedureStep],
    *,
    parcel_id: str,
    step: str,
) -> Problem:
    """Return that a step must not come now, and which may."""
    here = procedure.step(current) if current else None
    message = Text(
        "地块 {parcel} 的{procedure}现为“{here}”，不能到这一步",
        parcel=parcel_id,
        procedure=Text.of(procedure.title.zh, procedure.title.en),
        here=_title(here) if here else Text(current or "尚未开始"),
    )
    names = [
        Text.of(f"{item.id}（{item.title.zh}）", f"{item.id} ({item.title.text('en')})") for item in allowed
    ]
    wanted = Text.list(names) if names else Text("（程序已办结）")
    return Problem(message, field="step", value=step, expected=wanted)


def _title(step: ProcedureStep) -> Text:
    return Text.of(step.title.zh, step.title.en)
