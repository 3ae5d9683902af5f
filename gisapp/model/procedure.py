"""The officer's process (认定程序): steps that people take, beside what the rules compute and never over it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from pydantic import Field, model_validator

from gisapp.model.base import Noun, Title
from gisapp.model.changes import Author
from gisapp.model.rules import Basis, Status


class ProcedureStep(Noun):
    """One step (程序步骤): ``after`` names the steps that it may follow, empty for a step that begins the process.

    ``final`` steps end it; ``document`` says whether a document number is asked for.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Title
    after: tuple[str, ...] = ()
    document: bool = True
    final: bool = False


class Procedure(Noun):
    """A process over parcels (程序): its steps, the rulebook whose findings begin it, and where it comes from."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Title
    rulebook: str
    clause: str | None
    basis: Basis
    status: Status
    steps: tuple[ProcedureStep, ...] = Field(min_length=1)
    note: str | None = None

    @model_validator(mode="after")
    def _steps_resolve(self) -> Procedure:
        ids = [step.id for step in self.steps]
        twice = sorted({id_ for id_ in ids if ids.count(id_) > 1})
        if twice:
            raise ValueError(f"步骤重复：{'、'.join(twice)}")
        strange = sorted({name for step in self.steps for name in step.after} - set(ids))
        if strange:
            raise ValueError(f"after 中的步骤不存在：{'、'.join(strange)}")
        if not any(not step.after for step in self.steps):
            raise ValueError("至少要有一个起始步骤（after 为空）")
        final = {step.id for step in self.steps if step.final}
        onward = sorted(step.id for step in self.steps if final & set(step.after))
        if onward:
            raise ValueError(f"办结步骤之后不能再有步骤：{'、'.join(onward)}")
        return self

    def step(self, id_: str) -> ProcedureStep | None:
        """Return a step by id, or None."""
        return next((step for step in self.steps if step.id == id_), None)

    def next_after(self, current: str | None) -> tuple[ProcedureStep, ...]:
        """Return the steps that may follow `current`, those that begin the process where there is none."""
        return tuple(step for step in self.steps if (current in step.after if current else not step.after))


@dataclass(frozen=True)
class StepTaken:
    """One step as an officer recorded it (办理记录), with what the rules said on that day.

    ``computed`` holds the run id, verdict and revision of the evaluation that stood beside it.
    """

    number: int
    parcel_id: str
    procedure: str
    step: str
    day: dt.date
    reason: str
    document: str
    author: Author
    computed: dict[str, Any]
