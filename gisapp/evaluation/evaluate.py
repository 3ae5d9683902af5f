"""The one way from parcels to an evaluation (评价流程)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from gisapp.context import Context
from gisapp.errors import UsageError
from gisapp.evaluation.manifest import manifest
from gisapp.evaluation.measure import measure
from gisapp.evaluation.pairs import pair_table
from gisapp.evaluation.result import Evaluation, trace_table
from gisapp.evaluation.robust import Candidates, Perturbation, stability_top
from gisapp.evaluation.subjects import subjects_of
from gisapp.evaluation.total import Totals, total
from gisapp.model.rules import Curve, Gate, Rule, Rulebook, ScopeGate
from gisapp.rules.columns import Column, Key, needed
from gisapp.rules.judge import Judged, Sheet, judge_choice, judge_curve, judge_gate
from gisapp.rules.load import LoadedRulebook

Progress = Callable[[str, int, int], None]
FIELDS: Final = ("use_code", "plan_use_code", "industry_code", "target_use")


def evaluate(
    parcels: gpd.GeoDataFrame,
    context: Context,
    *,
    rulebook: LoadedRulebook,
    settings: Mapping[str, str] | None = None,
    parcels_hash: str = "",
    revision: int = 0,
    progress: Progress = lambda stage, done, total: None,
) -> Evaluation:
    """Return the evaluation by `rulebook` of what it is about (评价): `parcels`, or the context's parks or enterprises.

    Parameters
    ----------
    parcels
        Parcel table in the context's CRS, unique ``parcel_id``.
    context
        Layers, tables and the as-of date.
    rulebook
        A checked rulebook, overrides already applied.
    settings
        What was set by hand (``target_use``, ``service_year``, overrides); goes into the run id.
    parcels_hash, revision
        Content hash and revision of the parcel table; part of the run id and manifest.
    progress
        Called with (stage, done, total).

    Raises
    ------
    InputError
        If there is no subject, an id or code stands twice, or a code is of another scheme than its row says.
    UsageError
        If the target use that was set is no code of the scheme.
    """
    chosen = dict(settings or {})
    _require_target(chosen.get("target_use"), context)
    subject, target = rulebook.rulebook.subject, chosen.get("target_use")
    prepared = subjects_of(subject, parcels, context, target_use=target)
    columns = measure(prepared, context, wanted=needed(rulebook.rulebook), progress=progress)
    judged = judge(rulebook, columns, prepared, context)
    totals = total(rulebook.rulebook, judged)
    stable = _stability(rulebook.rulebook, judged, totals, Perturbation.of(chosen))
    table = _parcel_table(prepared, totals).assign(stability_top=stable)
    pairs = None
    if rulebook.rulebook.pairs:
        pairs = pair_table(prepared, context, rulebook, columns=columns, judge=judge)
        progress("用途组合", 1, 1)
    run = manifest(
        context, rulebook, judged, table, settings=chosen, parcels_hash=parcels_hash, revision=revision
    )
    trace = trace_table(table["parcel_id"].tolist(), judged)
    return Evaluation(rulebook.rulebook, rulebook.policies, table, trace, run, pairs)


def _parcel_table(prepared: gpd.GeoDataFrame, totals: Totals) -> pd.DataFrame:
    """Return parcels.parquet as a table; ``stability_top`` is filled by `evaluate`."""
    return pd.DataFrame(
        {
            "parcel_id": prepared["parcel_id"].astype("object").to_numpy(),
            "verdict": totals.verdict,
            "score": totals.score,
            "score_low": totals.score_low,
            "score_high": totals.score_high,
            "completeness": totals.completeness,
            "rank": pd.Series(totals.rank).astype("Int64"),
            "stability_top": np.full(len(prepared), np.nan),
            "advice": totals.advice,
            "area_m2": prepared["area_m2"].to_numpy(),
            "reasons": totals.reasons,
        }
    )


def _stability(
    book: Rulebook, judged: Sequence[Judged], totals: Totals, perturbation: Perturbation
) -> npt.NDArray[np.float64]:
    """Return the share of weight draws in which each ranked parcel is among the first k (前 k 名保持率), NaN for others."""
    candidates = Candidates.judged(judged, totals.verdict)
    out = np.full(len(totals.verdict), np.nan)
    out[candidates.rows] = stability_top(candidates, book.top_k, perturbation)
    return out


def judge(
    rulebook: LoadedRulebook,
    columns: Mapping[Key, Column],
    prepared: gpd.GeoDataFrame,
    context: Context,
    *,
    only: Callable[[ScopeGate | Rule], bool] = lambda rule: True,
) -> list[Judged]:
    """Return the rules that `only` accepts judged, scope first, then in the rulebook's order.

    Rules out of their dates are left out.
    """
    book = rulebook.rulebook
    blank = np.full(len(prepared), None, dtype=object)
    fields = {name: _texts(prepared[name]) if name in prepared else blank for name in FIELDS}
    sheet = Sheet(columns, rulebook.tables, fields, len(prepared))
    scope = [(gate.id or f"scope-{i}", gate) for i, gate in enumerate(book.scope, start=1)]
    out = [judge_gate(gate, sheet, rule_id=name) for name, gate in scope if only(gate)]
    weight = sum(curve.weight for curve in book.curves)
    for rule in book.rules:
        if not rule.effective.covers(context.as_of) or not only(rule):
            continue
        if isinstance(rule, Gate):
            out.append(judge_gate(rule, sheet, rule_id=rule.id))
        elif isinstance(rule, Curve):
            out.append(judge_curve(rule, sheet, total_weight=weight))
        else:
            out.append(judge_choice(rule, sheet))
    return out


def _texts(series: pd.Series) -> np.ndarray:
    values = series.astype("object")
    return values.where(values.notna(), None).to_numpy(dtype=object)


def _require_target(code: str | None, context: Context) -> None:
    if code is None or context.codes is None or context.codes.find(code) is not None:
        return
    action = "写代码表中的代码，例如 --set target_use=0901"
    raise UsageError(f"--set target_use={code}：{context.codes.scheme} 分类中没有这个用地代码", action=action)
