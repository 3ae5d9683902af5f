"""Parameters of the evaluation by yield per mu (亩均评价参数, PMR-02..05): a dated set of rows per city."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from gisapp.context import Context, NotLoadedError
from gisapp.model.rules import Status

ADJUSTMENTS: Final = "enterprise_adjustments"
EMISSIONS: Final = "enterprise_emissions"
PARAMETERS: Final = "per_mu_parameters"
GRADES: Final = ("A", "B", "C", "D")
OWN_CITY: Final = "本市"
"""The rows of `PARAMETERS` that hold for this workspace; all others are a reference."""
INDUSTRY: Final = ("06", "46")
"""First and last division of mining, manufacturing and utilities in GB/T 4754-2017 (工业门类 B、C、D)."""
UTILITIES: Final = ("44", "45", "46")
"""Divisions of electricity, gas and water (公用设施, 门类 D)."""
DIGITS: Final = 9
"""Scores that differ by less are equal: the same sum in another order must not change a grade."""


@dataclass(frozen=True)
class Term:
    """One term of the score (评分指标): what is divided by what, and its unit."""

    title: str
    top: str
    bottom: str
    unit: str


TERMS: Final[dict[str, Term]] = {
    "tax": Term("亩均税收", "tax_10k", "land_mu", "万元/亩"),
    "sales": Term("亩均销售（以产值计）", "output_10k", "land_mu", "万元/亩"),
    "energy": Term("单位能耗税收", "tax_10k", "energy_tce", "万元/吨标煤"),
    "pollutant": Term("单位污染物税收", "tax_10k", "pollutant_t", "万元/吨"),
    "labour": Term("劳动生产率（以产值计）", "output_10k", "employees", "万元/人"),
    "research": Term("研发占比", "rd_10k", "output_10k", "1"),
}


@dataclass(frozen=True)
class Rules:
    """One city's parameters (评价参数): weights by term, baseline and cap, who is evaluated, and where grades are cut.

    ``a``, ``b``, ``c`` are cumulative shares; ``status`` is the weakest letter of its rows.
    """

    weights: Mapping[str, float]
    years: int
    status: Status
    baseline_factor: float
    cap: float
    min_known: float
    min_mu: float
    scale_output_10k: float
    min_years: float
    a: float
    b: float
    c: float

    @property
    def key(self) -> str:
        """Return all parameters as one text."""
        return repr(self)


NUMBERS: Final = (
    "baseline_factor",
    "cap",
    "min_known",
    "min_mu",
    "scale_output_10k",
    "min_years",
    "a",
    "b",
    "c",
)


def rules_of(context: Context, city: str) -> Rules:
    """Return a city's parameters in force at the date (评价参数, PMR-05).

    Raises NotLoadedError where the declared table is not loaded, has no row of the city or lacks one of them.
    """
    table, day = context.table(PARAMETERS), pd.Timestamp(context.as_of)
    valid = (table["city"] == city) & ~(table["valid_from"] > day) & ~(table["valid_to"] <= day)
    rows = table[valid].sort_values("valid_from", kind="stable").drop_duplicates("name", keep="last")
    values = dict(zip(rows["name"], rows["value"], strict=True))
    weights = {name: values[f"w_{name}"] for name in TERMS if values.get(f"w_{name}", 0.0) > 0}
    lacking = [name for name in ("years", *NUMBERS) if name not in values]
    if not weights or lacking:
        what = "、".join(lacking) if weights else "权重与分档"
        raise NotLoadedError(f"{PARAMETERS}（{city}：{what}）")
    status: Status = max(rows["status"], key="VNMD".index)
    return Rules(weights, int(values["years"]), status, **{name: values[name] for name in NUMBERS})
