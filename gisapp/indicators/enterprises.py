"""Enterprises as subjects of an evaluation (企业综合评价, PMR-01..05): score, grade and land of each.

Weights, baseline, cap and cuts are a dated row set per city in the declared table ``per_mu_parameters``.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from gisapp.context import Context
from gisapp.indicators.permu import Scores, land_mu, scores
from gisapp.indicators.permurules import rules_of
from gisapp.indicators.registry import indicator, partly_known


def _found(context: Context, city: str) -> Scores:
    return scores(context, rules_of(context, city))


def _text(subjects: gpd.GeoDataFrame, column: pd.Series) -> pd.Series:
    out = column.reindex(subjects["parcel_id"]).set_axis(subjects.index).astype("object")
    return out.where(out.notna(), None)


@indicator("per_mu_object", unit="text", title="评价对象", en="Whether it is evaluated", subject="enterprise")
def per_mu_object(subjects: gpd.GeoDataFrame, context: Context, *, city: str) -> pd.Series:
    """Return evaluated, small, not_industry, utility or young (评价对象, PMR-01, PMR-03), None where not known."""
    found = _found(context, city)
    out = _text(subjects, found.table["object"])
    out.attrs["status"] = found.status
    return out


@indicator("per_mu_score", unit="分", title="综合评分", en="Score per mu", subject="enterprise")
def per_mu_score(subjects: gpd.GeoDataFrame, context: Context, *, city: str) -> pd.Series:
    """Return Σ min(value ÷ baseline, cap) × weight + plus − minus (综合评分, PMR-02) [分].

    A missing term is left out and the weights renormalised, with bounds and a note; NaN where too little is known.
    """
    found = _found(context, city)
    rows = found.table.reindex(subjects["parcel_id"])
    out = pd.Series(rows["score"].to_numpy(dtype=np.float64), index=subjects.index)
    low, high, known = (rows[name].to_numpy(dtype=np.float64) for name in ("low", "high", "known"))
    out.attrs |= partly_known(low=low, high=high, known=np.nan_to_num(known))
    out.attrs |= {"notes": [f"{note}；{found.said}" for note in rows["note"]], "status": found.status}
    return out


@indicator(
    "per_mu_grade", unit="text", title="综合评价等级（测算）", en="Computed grade", subject="enterprise"
)
def per_mu_grade(subjects: gpd.GeoDataFrame, context: Context, *, city: str) -> pd.Series:
    """Return A-D by percentile rank among all evaluated enterprises, T for those not evaluated (分档, PMR-03)."""
    found = _found(context, city)
    out = _text(subjects, found.table["grade"])
    out.attrs |= {"note": f"{found.year} 年 {found.graded} 家参评企业中的名次分档", "status": found.status}
    return out


@indicator(
    "official_grade", unit="text", title="已公布的综合评价等级", en="Published grade", subject="enterprise"
)
def official_grade(subjects: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the grade in the enterprise table for the latest complete year (已公布等级), None where it has none."""
    return _text(subjects, context.economy(1).enterprises["grade"])


@indicator("enterprise_land", unit="mu", title="企业用地", en="Land used", subject="enterprise")
def enterprise_land(subjects: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the land that the enterprise uses in its latest complete year [亩]."""
    return land_mu(context).reindex(subjects["parcel_id"]).set_axis(subjects.index)
