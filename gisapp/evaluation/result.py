"""An evaluation in memory (评价结果): a table of subjects, a long trace, and the manifest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd

from gisapp.model.rules import Rulebook
from gisapp.rules.judged import VERDICTS, Judged, same
from gisapp.rules.load import Policies

TRACE_COLUMNS: Final = (
    "parcel_id", "rule_id", "kind", "role", "indicator", "value", "value_text", "unit", "threshold",
    "verdict", "reason", "score", "weight", "clause", "basis", "status", "score_low", "score_high", "known", "inputs",
)  # fmt: skip


@dataclass(frozen=True)
class Evaluation:
    """The result of one rulebook on one set of parcels (评价).

    ``parcels`` has a row per subject in input order, ``trace`` a row per subject and rule, subject by subject in
    rule order; their column ``parcel_id`` is the id of the subject, which may be a park or an enterprise; ``pairs`` a row per parcel and possible target use, or None. ``manifest`` is run.json.
    """

    rulebook: Rulebook
    policies: Policies = field(repr=False)
    parcels: pd.DataFrame = field(repr=False)
    trace: pd.DataFrame = field(repr=False)
    manifest: Mapping[str, Any] = field(repr=False)  # run.json: nested plain data
    pairs: pd.DataFrame | None = field(default=None, repr=False)

    @property
    def run_id(self) -> str:
        """Return the run id (运行编号)."""
        return str(self.manifest["run_id"])

    @property
    def rules_per_parcel(self) -> int:
        """Return how many trace rows each parcel has."""
        return len(self.trace) // max(len(self.parcels), 1)

    def row(self, parcel_id: str) -> int:
        """Return the row of a parcel; raises KeyError if it was not evaluated."""
        found = np.flatnonzero(self.parcels["parcel_id"].to_numpy() == parcel_id)
        if len(found) == 0:
            raise KeyError(parcel_id)
        return int(found[0])

    def trace_of(self, parcel_id: str) -> pd.DataFrame:
        """Return the trace of one parcel, a row per rule."""
        start = self.row(parcel_id) * self.rules_per_parcel
        return self.trace.iloc[start : start + self.rules_per_parcel]

    def counts(self) -> dict[str, int]:
        """Return how many parcels have each verdict, all five named."""
        found = self.parcels["verdict"].value_counts()
        names = ("candidate", "not_candidate", "prohibited", "unknown", "not_applicable")
        return {name: int(found.get(name, 0)) for name in names}


def _categorical(codes: Any, names: Any) -> pd.Categorical:  # the stubs know no object arrays here
    out: pd.Categorical = pd.Categorical.from_codes(codes, pd.Index(names))
    return out


def _coded(texts: np.ndarray) -> tuple[Any, Any]:  # the stubs know no object arrays here
    """Return number by row (-1 for a missing text) and text by number; a constant is looked at once."""
    if len(texts) and texts.strides == (0,):
        code, names = pd.factorize(texts[:1])
        return code[0], names
    return pd.factorize(texts)


def _known(rule: Judged) -> np.ndarray:
    """Return the known share of a curve's inputs, NaN for rules that give no score."""
    return rule.known if rule.kind == "curve" else np.full(len(rule.verdict), np.nan)


def trace_table(parcel_ids: Sequence[str], judged: Sequence[Judged]) -> pd.DataFrame:
    """Return the long table of judged rules, parcel by parcel (评价轨迹)."""
    n, m = len(parcel_ids), len(judged)

    def spread(values: Sequence[object]) -> pd.Categorical:
        """Return one value per rule, repeated for every parcel."""
        codes, names = pd.factorize(np.array(values, dtype=object))
        return _categorical(np.tile(codes, n), names)

    def stacked(name: str) -> np.ndarray:
        return np.column_stack([getattr(rule, name) for rule in judged]).ravel()

    def text(name: str) -> pd.Categorical:
        """Return the texts of all rules; each rule's own are put into numbers before they are joined."""
        own = [getattr(rule, name) for rule in judged]
        coded = [_coded(same(None, n) if texts is None else texts) for texts in own]
        numbers, names = pd.factorize(np.concatenate([seen for _, seen in coded]))
        codes, start = np.empty((n, m), dtype=np.int32), 0
        for column, (code, seen) in enumerate(coded):
            codes[:, column] = np.append(numbers[start : start + len(seen)], -1)[code]
            start += len(seen)
        return _categorical(codes.ravel(), names)

    table = {
        "parcel_id": np.repeat(np.asarray(parcel_ids, dtype=object), m),
        "rule_id": spread([rule.rule_id for rule in judged]),
        "kind": spread([rule.kind for rule in judged]),
        "role": spread([rule.role for rule in judged]),
        "indicator": spread([rule.indicator for rule in judged]),
        "value": stacked("value"),
        "value_text": text("value_text"),
        "unit": spread([rule.unit for rule in judged]),
        "threshold": text("threshold"),
        "verdict": _categorical(stacked("verdict"), VERDICTS),
        "reason": text("reason"),
        "score": stacked("score"),
        "weight": np.tile([rule.weight for rule in judged], n),
        "clause": spread([rule.clause for rule in judged]),
        "basis": spread([rule.basis for rule in judged]),
        "status": spread([rule.status for rule in judged]),
        "score_low": stacked("low"),
        "score_high": stacked("high"),
        "known": np.column_stack([_known(rule) for rule in judged]).ravel(),
        "inputs": text("inputs"),
    }
    return pd.DataFrame(table, columns=list(TRACE_COLUMNS))
