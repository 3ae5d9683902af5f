"""Groups of candidates that could be redeveloped together (连片改造组合), from the evaluation of a workspace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from gisapp.app.workspace import Workspace
from gisapp.errors import InputError, Problem, UsageError
from gisapp.evaluation import Evaluation
from gisapp.evaluation.assembly import Assemblies, AssemblyRules, assemblies

RULEBOOK: Final = "redevelopment"
MIN_AREA: Final = "STD-10"
GAIN: Final = "LEL-11"
OWNERS: Final = "LEL-owners"
MOST: Final = 50


@dataclass(frozen=True)
class AssemblyReport:
    """The groups of a workspace (连片组合报告), by which evaluation and which conditions.

    ``without`` counts candidates that take part in no group because owners or gain are missing (资料不足).
    """

    found: Assemblies
    rules: AssemblyRules
    clause: str | None
    candidates: int
    without: int
    run_id: str
    as_of: str
    names: Mapping[str, str] = field(repr=False)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain data: areas in m², members as lists."""
        groups = [
            {**{str(k): v for k, v in row.items()}, "members": str(row["members"]).split(";")}
            for row in self.found.table.to_dict("records")
        ]
        return {
            "as_of": self.as_of,
            "run_id": self.run_id,
            "candidates": self.candidates,
            "without_data": self.without,
            "min_area_m2": self.rules.min_area_m2,
            "min_area_clause": self.clause,
            "min_shared_m": self.rules.min_shared_m,
            "most_owners": self.rules.most_owners,
            "most_members": self.rules.most_members,
            "cut_off": self.found.cut_off,
            "groups": groups,
        }


def assembly_report(
    workspace: Workspace,
    *,
    as_of: date | None = None,
    settings: Mapping[str, str] | None = None,
    most_owners: float = 6.0,
    most: int = MOST,
) -> AssemblyReport:
    """Return the groups of adjacent candidates of the redevelopment evaluation, best gain per right holder first.

    The least area is the threshold of STD-10 in the rulebook, overrides applied; owners and potential floor area are
    those that the evaluation read.

    Raises
    ------
    InputError
        If the rulebook lacks one of the rules that are read.
    UsageError
        If a limit makes no sense.
    """
    if most_owners < 1 or most < 1:
        raise UsageError("权利人数上限与组数须不小于 1", action="改用正整数")
    evaluation = workspace.evaluate(RULEBOOK, as_of=as_of, settings=settings)
    rules, clause = _rules(evaluation, most_owners)
    chosen = (evaluation.parcels["verdict"] == "candidate").to_numpy()
    ids = evaluation.parcels["parcel_id"][chosen].to_numpy(dtype=object)
    parcels = workspace.parcels.set_index("parcel_id").loc[ids].reset_index()
    owners, gain = (_values(evaluation, rule, ids) for rule in (OWNERS, GAIN))
    found = assemblies(
        parcels,
        area_m2=evaluation.parcels["area_m2"].to_numpy(dtype="float64")[chosen],
        owners=owners,
        gain_m2=gain,
        rules=rules,
        most=most,
    )
    names = parcels["name"].where(parcels["name"].notna(), ids) if "name" in parcels else pd.Series(ids)
    return AssemblyReport(
        found,
        rules,
        clause,
        int(chosen.sum()),
        int((np.isnan(owners) | np.isnan(gain)).sum()),
        evaluation.run_id,
        str(evaluation.manifest["as_of"]),
        {str(id_): str(name) for id_, name in zip(ids, names.astype("object"), strict=True)},
    )


def _rules(evaluation: Evaluation, most_owners: float) -> tuple[AssemblyRules, str | None]:
    """Return what a group must be, the least area from the rulebook, and its clause."""
    gate = next((gate for gate in evaluation.rulebook.gates if gate.id == MIN_AREA), None)
    if gate is None or not isinstance(gate.value, float | int):
        raise _no_rule(MIN_AREA)
    return AssemblyRules(float(gate.value), most_owners=most_owners), gate.clause


def _values(evaluation: Evaluation, rule_id: str, ids: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
    """Return what a rule read for each parcel, NaN where it is missing."""
    trace = evaluation.trace[(evaluation.trace["rule_id"] == rule_id).to_numpy()]
    if trace.empty:
        raise _no_rule(rule_id)
    values = pd.Series(trace["value"].to_numpy(dtype="float64"), index=trace["parcel_id"].astype("object"))
    return values.reindex(ids).to_numpy()


def _no_rule(rule_id: str) -> InputError:
    return InputError(
        Problem(
            f"规则集 {RULEBOOK} 没有规则 {rule_id}，不能组合",
            file=f"parcels/rulebooks/{RULEBOOK}.yaml",
            field="id",
            expected=rule_id,
            action="恢复该规则",
        )
    )
