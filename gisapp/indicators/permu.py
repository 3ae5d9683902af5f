"""Comprehensive evaluation of enterprises by yield per mu (亩均论英雄, PMR-01..06): figures, scores and grades of all.

A score is Σ min(value ÷ baseline, cap) × weight + plus − minus; the baseline is a multiple of the mean of the year
before over the reference set, which is every enterprise that is evaluated at the date. Grades are percentiles of the
same set. All of it is a statistic of the context: an enterprise's grade does not depend on which others are asked about.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from gisapp.context import Context, NotLoadedError
from gisapp.format import number, quantity
from gisapp.indicators.permurules import (
    ADJUSTMENTS,
    DIGITS,
    EMISSIONS,
    INDUSTRY,
    TERMS,
    UTILITIES,
    Rules,
    Term,
)
from gisapp.indicators.timing import full_years
from gisapp.model.rules import Status
from gisapp.units import M2_PER_MU


@dataclass(frozen=True)
class Scores:
    """What a set of rules gives (评分结果), tables indexed by enterprise_id; ``baselines`` by term.

    ``table`` has ``object``, ``score``, ``low``, ``high``, ``known``, ``rank``, ``grade`` and ``note``.
    """

    table: pd.DataFrame = field(repr=False)
    baselines: Mapping[str, float]
    reference: int
    year: int
    status: Status

    @property
    def graded(self) -> int:
        """Return how many enterprises have a rank."""
        return int(self.table["rank"].notna().sum())

    @property
    def said(self) -> str:
        """Return the reference set in words: how many, and of which year."""
        return f"基准按 {self.year - 1} 年 {self.reference} 家参评企业合计值计"


def scores(context: Context, rules: Rules) -> Scores:
    """Return scores and grades of all enterprises at the context's date, worked out once for the same rules."""
    key = ("per-mu", rules.key, str(context.as_of))
    return context.of_fabric(key, lambda: _scores(context, rules))


def _scores(context: Context, rules: Rules) -> Scores:
    year = context.as_of.year - 1
    now = amounts(context, year - rules.years + 1, year)
    objects = _objects(context, now, rules)
    evaluated = objects.index[(objects == "evaluated").to_numpy(dtype=bool)]
    before = amounts(context, year - 1, year - 1).reindex(evaluated)
    baselines = {name: rules.baseline_factor * _mean(before, TERMS[name]) for name in rules.weights}
    parts = pd.DataFrame(
        {
            name: (_value(now, TERMS[name]) / baselines[name]).clip(upper=rules.cap) * weight
            for name, weight in rules.weights.items()
        }
    )
    whole = sum(rules.weights.values())
    weight_of = pd.Series(dict(rules.weights))
    known = (parts.notna() * weight_of).sum(axis=1)
    plus, noted = _adjustments(context, now.index, year)
    total = (parts.sum(axis=1) * whole / known.replace(0.0, np.nan) + plus).round(DIGITS)
    table = pd.DataFrame(
        {
            "object": objects,
            "score": total.where(known >= rules.min_known * whole - 1e-12),
            "low": parts.sum(axis=1) + plus,
            "high": parts.sum(axis=1) + (whole - known) * rules.cap + plus,
            "known": known / whole,
        }
    )
    table["note"] = _notes(parts, now, baselines, rules, noted)
    ranked = table["score"].where(table["object"] == "evaluated")
    table["rank"] = ranked.rank(method="min", ascending=False)
    table["grade"] = _grades(table, rules)
    return Scores(table, baselines, len(evaluated), year, rules.status)


def _grades(table: pd.DataFrame, rules: Rules) -> pd.Series:
    """Return A-D by rank among the scored, T for those that are not evaluated (PMR-03); equal scores share the better."""
    rank, count = table["rank"], int(table["rank"].notna().sum())
    limits = [math.ceil(round(count * share, DIGITS)) for share in (rules.a, rules.b, rules.c)]
    found = np.select([rank <= limits[0], rank <= limits[1], rank <= limits[2]], list("ABC"), "D")
    grade = pd.Series(found.astype(object), index=table.index).where(rank.notna(), None)
    return grade.where(~table["object"].isin(["utility", "young"]), "T")


def _yearly(context: Context) -> pd.DataFrame:
    """Return the enterprise table without the line numbers of its file, which pandas would copy at every step."""
    if context.enterprises is None:
        raise NotLoadedError("enterprises")
    out = context.enterprises.copy(deep=False)
    out.attrs = {}
    return out


def amounts(context: Context, first: int, last: int) -> pd.DataFrame:
    """Return yearly means by enterprise over the years `first` to `last`, with the land that it uses [亩].

    Columns are those of the enterprise table, ``land_mu`` and ``pollutant_t``. Land is that of the latest complete
    year; an amount that is missing in one of the years of the enterprise is not known.
    """
    yearly = _yearly(context)
    figures = ["tax_10k", "output_10k", "energy_tce", "employees", "rd_10k"]
    ids = pd.Index(sorted(yearly["enterprise_id"].unique()), name="enterprise_id")
    window = yearly[(yearly["year"] >= first) & (yearly["year"] <= last)].reindex(
        columns=["enterprise_id", "year", *figures]
    )
    emissions = context.tables.get(EMISSIONS)
    if emissions is not None:
        window = window.merge(emissions.frame[["enterprise_id", "year", "pollutant_t"]], how="left")
    else:
        window = window.assign(pollutant_t=np.nan)
    groups = window.groupby("enterprise_id")[[*figures, "pollutant_t"]]
    mean = groups.mean().where(groups.count().eq(groups.size(), axis=0))
    return mean.reindex(ids).assign(land_mu=land_mu(context).reindex(ids))


def land_mu(context: Context) -> pd.Series:
    """Return the land that each enterprise uses in its latest complete year [亩], NaN where a part is not known."""
    groups = context.economy(1).links.groupby("enterprise_id")["land_m2"]
    out: pd.Series = groups.sum(min_count=1).where(groups.count() == groups.size()) / M2_PER_MU
    return out


def _value(table: pd.DataFrame, term: Term) -> pd.Series:
    out: pd.Series = table[term.top] / table[term.bottom].where(table[term.bottom] > 0)
    return out


def _mean(table: pd.DataFrame, term: Term) -> float:
    """Return the mean of a set: total over total, of those that have both; NaN where nobody has."""
    both = table[[term.top, term.bottom]].dropna()
    bottom = float(both[term.bottom].sum())
    return float(both[term.top].sum()) / bottom if bottom > 0 else math.nan


def industry(context: Context) -> pd.Series:
    """Return each enterprise's two-digit industry of 2017, None where edition or code is not known or moved."""
    latest = _yearly(context).sort_values("year", kind="stable").groupby("enterprise_id").last()
    code = latest["industry_code"].astype("object").str[:2]
    current = code.where(latest["industry_edition"].isin(["GB/T 4754-2017", "GB/T 4754-2011"]))
    return current.where(current.notna(), None)


def _objects(context: Context, now: pd.DataFrame, rules: Rules) -> pd.Series:
    """Return whether each enterprise is evaluated, or why not (评价对象, PMR-01): text, None where it is not known.

    Industrial enterprises above the scale, and those below it with enough land; not utilities, not the young.
    """
    codes = industry(context).reindex(now.index)
    industrial = codes.between(*INDUSTRY)
    large, land = now["output_10k"] >= rules.scale_output_10k, now["land_mu"] >= rules.min_mu
    sure_small = ~large & ~land & now["output_10k"].notna() & now["land_mu"].notna()
    age = years_in_production(context).reindex(now.index)
    found = np.select(
        [
            codes.isna(),
            ~industrial,
            codes.isin(UTILITIES),
            sure_small,
            ~(large | land),
            age < rules.min_years,
            age.isna(),
        ],
        ["", "not_industry", "utility", "small", "", "young", ""],
        "evaluated",
    ).astype(object)
    out = pd.Series(found, index=now.index, dtype="object")
    return out.where(out != "", None)


def years_in_production(context: Context) -> pd.Series:
    """Return the years since production began by enterprise (投产年限), anniversaries as whole years; NaN if unknown."""
    yearly = _yearly(context)
    if "produced_since" not in yearly:
        raise NotLoadedError("enterprises.produced_since")
    since = yearly.sort_values("year", kind="stable").groupby("enterprise_id")["produced_since"].last()
    return full_years(pd.to_datetime(since, errors="coerce").astype("datetime64[s]"), context.as_of)


def _adjustments(context: Context, ids: pd.Index, year: int) -> tuple[pd.Series, str]:
    """Return plus − minus by enterprise for a year, and what is to be said about it; 0 where the table has no row."""
    table = context.tables.get(ADJUSTMENTS)
    if table is None:
        return pd.Series(0.0, index=ids), "加减分未提供，按 0 计"
    rows = table.frame[table.frame["year"] == year]
    change = (rows["plus"].fillna(0.0) - rows["minus"].fillna(0.0)).groupby(rows["enterprise_id"]).sum()
    return change.reindex(ids).fillna(0.0), ""


def _notes(
    parts: pd.DataFrame, now: pd.DataFrame, baselines: Mapping[str, float], rules: Rules, noted: str
) -> pd.Series:
    """Return each score written out: value ÷ baseline × weight, term by term."""
    columns = {name: _value(now, TERMS[name]) for name in rules.weights}
    lines = []
    for row in range(len(parts)):
        terms, lacking = [], []
        for name, weight in rules.weights.items():
            value, points = float(columns[name].iloc[row]), float(parts[name].iloc[row])
            if math.isnan(points):
                lacking.append(TERMS[name].title)
                continue
            unit = TERMS[name].unit
            ratio = f"{quantity(value, unit)} ÷ {quantity(baselines[name], unit)}"
            terms.append(f"{TERMS[name].title} {ratio} × {number(weight, 0)} = {number(points, 2)}")
        lines.append(
            "；".join(
                [*terms, *([f"缺：{'、'.join(lacking)}"] if lacking else []), *([noted] if noted else [])]
            )
        )
    return pd.Series(lines, index=parts.index, dtype="object")
