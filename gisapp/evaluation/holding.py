"""Which parcels hold a park back (拖累园区得分的地块), and by how many points of its score."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gisapp.context import Context
from gisapp.context.parks import parks
from gisapp.evaluation.result import Evaluation
from gisapp.indicators.parkparcels import shortfall


def holding_back(evaluation: Evaluation, context: Context, park_id: str) -> pd.DataFrame:
    """Return the parcels of a park, those that cost it most first: parcel_id, ``points``, and points by rule id.

    The points that the park loses on a curve are shared out by what each parcel lacks to the ideal; a parcel that does
    better has points below 0, so that a column sums to what the park loses on that curve. Curves over figures that
    parcels cannot tell, such as the supply rate, have no column. Raises KeyError if the park was not evaluated.
    """
    trace = evaluation.trace_of(park_id)
    known = parks(context).set_index("parcel_id")["name"]
    curves = {curve.id: curve for curve in evaluation.rulebook.curves}
    scored = trace[(trace["kind"] == "curve").to_numpy() & (trace["verdict"] == "scored").to_numpy()]
    weight = float(scored["weight"].sum())
    columns: dict[str, pd.Series] = {}
    for rule_id, own, score in zip(scored["rule_id"], scored["weight"], scored["score"], strict=True):
        curve, lost = curves[str(rule_id)], 100.0 * own / weight * (1.0 - score)
        short = shortfall(context, curve.indicator, curve.params, str(known[park_id])) if lost > 0 else None
        if short is not None and short.sum() > 0:
            columns[curve.id] = lost * short / short.sum()
    table = pd.DataFrame(columns).fillna(0.0)
    out = table.assign(points=table.sum(axis=1)).rename_axis("parcel_id").reset_index()
    order = np.lexsort((out["parcel_id"].astype("str"), -out["points"].round(9)))
    return out.iloc[order].reset_index(drop=True)[["parcel_id", "points", *columns]]


def not_shared_out(evaluation: Evaluation, park_id: str, held: pd.DataFrame) -> float:
    """Return the points that a park loses on curves whose figures parcels cannot tell (不能分摊到地块的失分)."""
    trace = evaluation.trace_of(park_id)
    scored = trace[(trace["kind"] == "curve").to_numpy() & (trace["verdict"] == "scored").to_numpy()]
    weight = float(scored["weight"].sum())
    lost = (100.0 * scored["weight"] / weight * (1.0 - scored["score"])).set_axis(
        scored["rule_id"].astype("str")
    )
    return float(lost[[name not in held.columns for name in lost.index]].sum())
