"""The officer's process beside the findings (认定与处置程序): what was done with a parcel, by which document.

A step never changes a computed verdict, and an evaluation never changes a step: each step keeps the run, verdict and
revision that stood beside it when it was recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from gisapp.app.ledgers import Ledgers
from gisapp.app.storing import create_store
from gisapp.app.workspace import Workspace
from gisapp.errors import InputError, Problem, UsageError
from gisapp.evaluation import Evaluation
from gisapp.evaluation.explain import verdict_word
from gisapp.evaluation.idle import IdleRules, SupplyDates, Transition, of_tables, state_of, timeline
from gisapp.io.yamlfile import Document, load_yaml
from gisapp.ledger.procedure import by_parcel, check_step
from gisapp.model.changes import OFFICIAL, Author
from gisapp.model.ledger import Book, LedgerRecord, NewRecord
from gisapp.model.procedure import Procedure, StepTaken
from gisapp.model.rules import Rulebook
from gisapp.store import ParcelStore

FOLDER: Final = "parcels/procedures"
BOOK: Final[Book] = "procedure"
IDLE_RULE: Final = "LEL-01"
OUTCOMES: Final = {
    ("low_efficiency", "recognised"): "low_efficiency",
    ("low_efficiency", "mapped"): "low_efficiency",
    ("idle_land", "reclaimed"): "reclaimed",
}
"""Recorded steps that change what became of the land, by procedure and step."""


@dataclass(frozen=True)
class LandHistory:
    """What became of a parcel's supplied land (供后状态): the state on the day and every transition with its evidence."""

    parcel_id: str
    as_of: date
    state: str
    transitions: tuple[Transition, ...]


class Procedures:
    """The processes of one workspace (程序)."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    @cached_property
    def definitions(self) -> dict[str, Procedure]:
        """The processes by id, checked; InputError with every fault by file and line."""
        found: dict[str, Procedure] = {}
        problems: list[Problem] = []
        for path in sorted((self.workspace.root / FOLDER).glob("*.yaml")):
            try:
                procedure, document = load_yaml(path, Procedure, root=self.workspace.root)
            except InputError as error:
                problems += error.problems
                continue
            problems += self._unresolved(procedure, document)
            if procedure.id in found:
                problems.append(
                    Problem("程序 id 重复", file=document.name, line=1, field="id", value=procedure.id)
                )
            found[procedure.id] = procedure
        if problems:
            raise InputError(problems)
        return found

    def _unresolved(self, procedure: Procedure, document: Document) -> list[Problem]:
        """Return a clause that no policy has, and a rulebook that the workspace does not have."""
        out = []
        clause = procedure.clause
        if clause is not None and self.workspace.policies.clause(clause) is None:
            out.append(("引用的条款不存在", "clause", clause, "政策 id/条款 id"))
        books = sorted({book.id for book in self._rulebooks()})
        if procedure.rulebook not in books:
            out.append(("规则集不存在", "rulebook", procedure.rulebook, "、".join(books)))
        return [
            Problem(
                text,
                file=document.name,
                line=document.line((field,)),
                field=field,
                value=value,
                expected=wanted,
            )
            for text, field, value, wanted in out
        ]

    def _rulebooks(self) -> list[Rulebook]:
        return self.workspace.rulebooks(subject=None)

    def find(self, procedure_id: str) -> Procedure:
        """Return a process by id; UsageError where there is none."""
        found = self.definitions.get(procedure_id)
        if found is None:
            known = "、".join(self.definitions) or "（工作区没有程序）"
            raise UsageError(f"没有程序 {procedure_id}", action=f"可用：{known}")
        return found

    # -- read

    def steps(self) -> list[StepTaken]:
        """Return every recorded step, oldest first."""
        store = self.workspace.store
        return _steps(store.ledger()) if store is not None else []

    def history(self, parcel_id: str) -> dict[str, list[StepTaken]]:
        """Return the steps of a parcel by process, each in the order of recording."""
        own = by_parcel(self.steps()).get(parcel_id, [])
        return {id_: [step for step in own if step.procedure == id_] for id_ in self.definitions}

    def current(self, procedure_id: str) -> dict[str, StepTaken]:
        """Return the newest step of each parcel in a process, by parcel id."""
        self.find(procedure_id)
        mine = [step for step in self.steps() if step.procedure == procedure_id]
        return {id_: taken[-1] for id_, taken in by_parcel(mine).items()}

    def computed(self, parcel_id: str, rulebook: str) -> dict[str, Any]:
        """Return what the rules say of a parcel now (测算结论): rulebook, edition, run, as-of, revision, verdict and its word.

        Raises `InputError` where there is no such parcel.
        """
        try:
            return computed_of(self.workspace.evaluate(rulebook), parcel_id)
        except KeyError as error:
            raise self._no_parcel(parcel_id) from error

    def land_history(self, parcel_id: str, *, as_of: date | None = None) -> LandHistory:
        """Return what became of a parcel's land by `as_of`, recorded outcomes of the processes among it (供后状态)."""
        parcels = self.workspace.parcels
        rows = parcels[(parcels["parcel_id"] == parcel_id).to_numpy(dtype=bool)]
        if rows.empty:
            raise self._no_parcel(parcel_id)
        day = as_of or self.workspace.catalog.workspace.data_date
        dates = SupplyDates.of({str(name): rows[name].iloc[0] for name in rows.columns if name != "geometry"})
        more = of_tables(self.workspace.context(), parcel_id)
        for taken in self.history(parcel_id).values():
            more += [_outcome(step) for step in taken if (step.procedure, step.step) in OUTCOMES]
        found = timeline(dates, day, self.idle_rules(), more)
        return LandHistory(parcel_id, day, state_of(dates, found), found)

    def idle_rules(self) -> IdleRules:
        """Return the thresholds of LEL-01 as the redevelopment rulebook gives them; UsageError where it has none."""
        for book in self._rulebooks():
            for gate in (*book.scope, *book.gates):
                if gate.indicator == "idle_state":
                    return IdleRules(**{name: float(str(value)) for name, value in gate.params.items()})
        raise UsageError(f"没有规则 {IDLE_RULE}，不能判断是否闲置", action="恢复规则集中的该规则")

    def _no_parcel(self, parcel_id: str) -> InputError:
        ids = self.workspace.parcels["parcel_id"]
        known = str(ids.iloc[0]) if len(ids) else "（没有地块）"
        return InputError(
            Problem(
                "没有这宗地块",
                field="parcel_id",
                value=parcel_id,
                expected=f"例如 {known}",
                action="检查地块编号",
            )
        )

    # -- write

    def record(
        self,
        procedure_id: str,
        parcel_id: str,
        step: str,
        *,
        day: date,
        reason: str,
        document: str,
        author: Author,
        op_id: str,
    ) -> StepTaken:
        """Record that an officer took a step (记录办理), with what the rules said then; on the disk when this returns.

        A repeated ``op_id`` with equal content gives the first record again.

        Raises
        ------
        InputError
            If there is no such parcel, the step must not follow those recorded, or day, reason or document are not fit.
        UsageError
            If there is no such process, or ``op_id`` was used for something else.
        """
        procedure = self.find(procedure_id)
        wanted = {"procedure": procedure_id, "parcel_id": parcel_id, "step": step, "reason": reason.strip()}
        earlier = self._posted(op_id)
        computed = earlier.body.get("computed") if earlier else None

        def check(recorded: Sequence[LedgerRecord]) -> None:
            mine = [item for item in _steps(recorded) if item.procedure == procedure_id]
            done = by_parcel(mine).get(parcel_id, [])
            check_step(
                procedure, done, parcel_id=parcel_id, step=step, day=day, reason=reason, document=document
            )

        if earlier is None:
            check(self.workspace.store.ledger() if self.workspace.store is not None else [])
            computed = self.computed(parcel_id, procedure.rulebook)
        new = NewRecord(BOOK, day, document.strip(), {**wanted, "computed": computed})
        done = self._store().post_ledger([new], author=author, op_id=op_id, check=check, branch=OFFICIAL)
        return _step(done[0])

    def _posted(self, op_id: str) -> LedgerRecord | None:
        store = self.workspace.store
        records = store.ledger() if store is not None else []
        return next((item for item in records if item.op_id == op_id and item.book == BOOK), None)

    def _store(self) -> ParcelStore:
        """Return the store, made from the parcels if need be; ledgers of files come first, so that their numbers stay."""
        ledgers, workspace = Ledgers(self.workspace), self.workspace
        if ledgers.exists:
            return ledgers.opened_store()
        if workspace.store is None:
            create_store(workspace.root, workspace.table, workspace.catalog.workspace)
        store = workspace.store
        if store is None:
            raise InputError(Problem("地块库无法打开", action="检查 .gisapp 文件夹的权限"))
        return store


def computed_of(evaluation: Evaluation, parcel_id: str) -> dict[str, Any]:
    """Return what an evaluation says of a parcel (测算结论), as `Procedures.computed` does; KeyError if it is not in it."""
    row = evaluation.parcels.iloc[evaluation.row(parcel_id)]
    verdict, manifest = str(row["verdict"]), evaluation.manifest
    return {
        "rulebook": evaluation.rulebook.id,
        "edition": evaluation.rulebook.edition,
        "run_id": evaluation.run_id,
        "as_of": str(manifest["as_of"]),
        "revision": int(manifest["revision"]),
        "verdict": verdict,
        "verdict_word": verdict_word(evaluation.rulebook, verdict),
    }


def _steps(records: Sequence[LedgerRecord]) -> list[StepTaken]:
    return [_step(record) for record in records if record.book == BOOK and record.branch == OFFICIAL]


def _step(record: LedgerRecord) -> StepTaken:
    body = record.body
    return StepTaken(
        number=record.number,
        parcel_id=str(body["parcel_id"]),
        procedure=str(body["procedure"]),
        step=str(body["step"]),
        day=record.day,
        reason=str(body["reason"]),
        document=record.document,
        author=record.author,
        computed=dict(body["computed"]),
    )


def _outcome(step: StepTaken) -> Transition:
    state = OUTCOMES[step.procedure, step.step]
    return Transition(state, step.day, f"办理记录 {step.number}", f"{step.document}，{step.author.name}")
