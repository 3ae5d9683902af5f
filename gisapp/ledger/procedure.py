"""What steps of a process may follow one another (程序校验): pure, over what is recorded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from gisapp.errors import InputError, Problem
from gisapp.model.procedure import Procedure, StepTaken


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
        words = "、".join(f"{item.id}（{item.title.zh}）" for item in allowed) or "（程序已办结）"
        here = _title(procedure, current) if current else "尚未开始"
        problems.append(
            Problem(
                f"地块 {parcel_id} 的{procedure.title.zh}现为“{here}”，不能到这一步",
                field="step",
                value=step,
                expected=words,
            )
        )
    if done and day < done[-1].day:
        problems.append(
            Problem("日期早于上一步", field="day", value=day.isoformat(), expected=f"不早于 {done[-1].day}")
        )
    if not reason.strip():
        problems.append(Problem("缺少理由", field="reason", action="写明依据与情况"))
    if found is not None and found.document and not document.strip():
        problems.append(Problem(f"“{found.title.zh}”须有文号", field="document", action="填写文号"))
    if problems:
        raise InputError(problems)


def _title(procedure: Procedure, step: str) -> str:
    found = procedure.step(step)
    return found.title.zh if found else step
