"""The recorded process of a parcel beside what is computed today (办理记录与测算结论): for screen, card and command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from gisapp.app.procedures import Procedures, computed_of
from gisapp.app.workspace import Workspace
from gisapp.evaluation import Evaluation
from gisapp.i18n import Text
from gisapp.model.procedure import Procedure, ProcedureStep, StepTaken

NOTE: Final = Text("办理记录与测算结论并列，互不改动；认定由有权机关作出")

FIRST: Final = "low_efficiency"
"""The process that redevelopment is about (低效用地认定); others follow in the order of their files."""


@dataclass(frozen=True)
class ParcelProcess:
    """One process of one parcel (宗地办理情况): what was recorded, what may follow, what the rules say today.

    ``computed`` is as `Procedures.computed` gives it.
    """

    parcel_id: str
    procedure: Procedure
    steps: tuple[StepTaken, ...]
    ahead: tuple[ProcedureStep, ...]
    computed: dict[str, Any]

    @property
    def state(self) -> str:
        """Return how far it is: the title of the newest step, 尚未启动 where nothing is recorded."""
        return self.title_of(self.steps[-1]) if self.steps else Text("尚未启动")

    def title_of(self, taken: StepTaken) -> Text:
        """Return the title of a recorded step, its id where the process no longer has it."""
        found = self.procedure.step(taken.step)
        return Text.of(found.title.zh, found.title.en) if found else Text(taken.step)

    def differs(self, taken: StepTaken) -> bool:
        """Return whether the rules say something else today than when a step was recorded (结论已变)."""
        return bool(taken.computed["verdict"] != self.computed["verdict"])


def processes(
    workspace: Workspace, parcel_id: str, evaluations: Mapping[str, Evaluation] | None = None
) -> tuple[ParcelProcess, ...]:
    """Return the processes of a parcel: all, or those that begin with a rulebook among `evaluations`, beside its verdict.

    Raises `InputError` where a definition is faulty or there is no such parcel.
    """
    procedures = Procedures(workspace)
    found = []
    for id_, steps in procedures.history(parcel_id).items():
        procedure = procedures.find(id_)
        if evaluations is None:
            computed = procedures.computed(parcel_id, procedure.rulebook)
        elif procedure.rulebook in evaluations:
            computed = computed_of(evaluations[procedure.rulebook], parcel_id)
        else:
            continue
        ahead = procedure.next_after(steps[-1].step if steps else None)
        found.append(ParcelProcess(parcel_id, procedure, tuple(steps), ahead, computed))
    return tuple(sorted(found, key=lambda process: process.procedure.id != FIRST))


def process_part(process: ParcelProcess) -> dict[str, Any]:
    """Return a process as plain data (办理情况): for ``--json`` and the card."""
    procedure = process.procedure
    return {
        "procedure": procedure.id,
        "title": procedure.title.zh,
        "title_en": procedure.title.en,
        "clause": procedure.clause,
        "status": procedure.status,
        "state": process.state,
        "computed": process.computed,
        "steps": [_step_part(process, taken) for taken in process.steps],
        "next": [
            {"id": step.id, "title": step.title.zh, "title_en": step.title.en} for step in process.ahead
        ],
    }


def _step_part(process: ParcelProcess, taken: StepTaken) -> dict[str, Any]:
    return {
        "number": taken.number,
        "step": taken.step,
        "title": process.title_of(taken),
        "day": taken.day.isoformat(),
        "document": taken.document,
        "reason": taken.reason,
        "author": taken.author.name,
        "computed": taken.computed,
        "differs": process.differs(taken),
    }


def process_lines(found: tuple[ParcelProcess, ...]) -> list[str]:
    """Return processes as people read them, each step with the finding of its day."""
    lines = []
    for process in found:
        computed = process.computed
        lines.append(
            f"{process.procedure.title.zh}（{process.procedure.clause}，状态 {process.procedure.status}）："
            f"{process.state}；测算结论 {computed['verdict_word']}（{computed['as_of']}）"
        )
        lines += [_line(process, taken) for taken in process.steps]
    return [*lines, f"  {NOTE}"] if any(process.steps for process in found) else lines


def _line(process: ParcelProcess, taken: StepTaken) -> str:
    document = f"，{taken.document}" if taken.document else ""
    then = taken.computed
    changed = "，与现在不同" if process.differs(taken) else ""
    return (
        f"  {taken.number}. {taken.day.isoformat()} {process.title_of(taken)}{document}：{taken.reason}"
        f"（{taken.author.name}）；当时测算结论：{then['verdict_word']}（{then['as_of']}，运行 {str(then['run_id'])[:12]}）{changed}"
    )


__all__ = ["NOTE", "ParcelProcess", "process_lines", "process_part", "processes"]
