"""Everything that says how sure a ranking is, for one evaluation (敏感性分析, MCD-08, MCD-09)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from gisapp.evaluation.result import Evaluation
from gisapp.evaluation.robust.ahp import Ahp, ahp
from gisapp.evaluation.robust.candidates import Candidates, ranks_of, scores_at
from gisapp.evaluation.robust.comparison import Comparison, compare
from gisapp.evaluation.robust.judgements import Judgements, in_order
from gisapp.evaluation.robust.oat import OneAtATime, one_at_a_time
from gisapp.evaluation.robust.perturbation import Perturbation
from gisapp.evaluation.robust.stability import Stability, stability
from gisapp.evaluation.robust.swaps import Swaps, swaps
from gisapp.rules.columns import FloatArray, ObjectArray


@dataclass(frozen=True)
class Sensitivity:
    """The sensitivity of one evaluation's ranking (敏感性分析); places are rows of ``candidates``.

    ``ids`` and ``ranks`` (n,) are the parcels' ids and their ranks, +inf for unranked; ``raw`` (m,) are the weights as
    the rulebook has them; ``ahp`` and ``judgements`` stand where a file of judgements was given.
    """

    evaluation: Evaluation = field(repr=False)
    perturbation: Perturbation
    candidates: Candidates = field(repr=False)
    ids: ObjectArray = field(repr=False)
    ranks: FloatArray = field(repr=False)
    raw: FloatArray = field(repr=False)
    stability: Stability = field(repr=False)
    swaps: Swaps = field(repr=False)
    steps: OneAtATime = field(repr=False)
    comparison: Comparison = field(repr=False)
    ahp: Ahp | None = field(default=None, repr=False)
    judgements: Judgements | None = field(default=None, repr=False)

    @property
    def top_k(self) -> int:
        """Return how long the list is whose members are looked at (前 k 名)."""
        return self.evaluation.rulebook.top_k

    @property
    def ranked(self) -> int:
        """Return how many candidates are ranked."""
        return int(np.isfinite(self.ranks).sum())

    def set_value(self, curve: int, weight: float) -> float:
        """Return what `--set RULE.weight` has to be for a share `weight` [0-1] of all weights; +inf for 1."""
        rest = float(self.raw.sum() - self.raw[curve])
        return float(weight * rest / (1.0 - weight)) if weight < 1.0 else float("inf")


def sensitivity(
    evaluation: Evaluation, judgements: Judgements | None = None, *, name: str = "judgements"
) -> Sensitivity:
    """Return the sensitivity of an evaluation's ranking; `judgements` from the file `name` add the view by AHP.

    Raises
    ------
    InputError
        If the judgements are of another rulebook or not over its curves.
    """
    candidates = Candidates.of(evaluation)
    book = evaluation.rulebook
    matrix = None if judgements is None else in_order(judgements, book, candidates.rules, name=name)
    found = None if matrix is None else ahp(matrix)
    own = {curve.id: curve.weight for curve in book.curves}
    perturbation = Perturbation.of(evaluation.manifest["settings"])
    return Sensitivity(
        evaluation,
        perturbation,
        candidates,
        evaluation.parcels["parcel_id"].to_numpy(dtype=object)[candidates.rows],
        ranks_of(scores_at(candidates, candidates.weights[None, :]))[0],
        np.array([own[rule] for rule in candidates.rules]),
        stability(candidates, book.top_k, perturbation),
        swaps(candidates),
        one_at_a_time(candidates, book.top_k),
        compare(candidates, None if found is None else found.weights),
        found,
        judgements,
    )
