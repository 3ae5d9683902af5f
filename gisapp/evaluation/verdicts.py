"""Verdicts of a few parcels at once (快速评价), for previews: the same measure, judge and total, no record kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np

from gisapp.context import Context
from gisapp.evaluation.evaluate import judge
from gisapp.evaluation.measure import measure, outline_free, prepare
from gisapp.evaluation.result import Evaluation
from gisapp.evaluation.total import total
from gisapp.model.rules import Curve, Gate
from gisapp.rules.columns import Column, Key, needed
from gisapp.rules.load import LoadedRulebook


@dataclass(frozen=True)
class Verdict:
    """What a rulebook says of one parcel (结论): verdict and score 0-100, None where nothing can be scored."""

    verdict: str
    score: float | None


def verdicts(
    parcels: gpd.GeoDataFrame,
    context: Context,
    rulebook: LoadedRulebook,
    *,
    known: Mapping[Key, Column] | None = None,
) -> dict[str, Verdict]:
    """Return the verdict of each of `parcels`, by parcel_id; ``parcels`` in the context's CRS.

    `known` are columns of these very parcels, in this order, that need not be measured again.
    """
    prepared = prepare(parcels, context)
    kept = known or {}
    book = deciding(rulebook)
    wanted = {key: unit for key, unit in needed(book.rulebook).items() if key not in kept}
    columns = {**kept, **measure(prepared, context, wanted=wanted)}
    totals = total(book.rulebook, judge(book, columns, prepared, context))
    score = np.asarray(totals.score, dtype=np.float64)
    return {
        str(parcel_id): Verdict(str(totals.verdict[k]), None if np.isnan(score[k]) else float(score[k]))
        for k, parcel_id in enumerate(prepared["parcel_id"])
    }


def deciding(rulebook: LoadedRulebook, *, scores: bool = True) -> LoadedRulebook:
    """Return the rulebook without what is only printed: conditions and decision tables, curves too without `scores`."""
    kept = tuple(
        rule
        for rule in rulebook.rulebook.rules
        if (isinstance(rule, Gate) and rule.role != "condition") or (scores and isinstance(rule, Curve))
    )
    return replace(rulebook, rulebook=rulebook.rulebook.model_copy(update={"rules": kept}))


def unmoved(parcels: gpd.GeoDataFrame, context: Context, rulebook: LoadedRulebook) -> dict[Key, Column]:
    """Return the columns of `parcels` that stay the same when only their outlines change."""
    return outline_free(prepare(parcels, context), context, needed(deciding(rulebook).rulebook))


def verdict_of(evaluation: Evaluation, parcel_id: str) -> Verdict:
    """Return what an evaluation says of one of its parcels."""
    row = evaluation.parcels.iloc[evaluation.row(parcel_id)]
    score = float(row["score"]) if not np.isnan(row["score"]) else None
    return Verdict(str(row["verdict"]), score)
