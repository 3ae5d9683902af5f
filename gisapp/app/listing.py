"""The ranked list in the words that officials read (评价清单): for the screen and for downloads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd

from gisapp.app.desk import Desk
from gisapp.app.ranking import Filters, narrowed, ranked_table
from gisapp.context import Context
from gisapp.evaluation import Evaluation
from gisapp.evaluation.explain import verdict_word
from gisapp.evaluation.total import MIN_COMPLETENESS
from gisapp.i18n import translate
from gisapp.model.layers import WorkspaceInfo
from gisapp.model.rules import Rulebook
from gisapp.settings import Language
from gisapp.units import M2_PER_MU

TITLES: Final = {
    "rank": "名次",
    "name": "地块名称",
    "parcel_code": "宗地代码",
    "verdict": "判定",
    "score": "得分",
    "score_low": "得分下限",
    "score_high": "得分上限",
    "completeness": "数据完整度",
    "stability_top": "排序稳定性",
    "area_mu": "面积（亩）",
    "area_m2": "面积（㎡）",
    "advice": "建议路径",
    "use": "现状用途",
    "plan_use": "规划用途",
    "park": "所在园区",
    "street": "所在街道",
    "station": "最近站点",
    "line": "最近线路",
    "reasons": "相关规则",
    "parcel_id": "地块标识",
}
"""Readable columns in their order, with the titles of screen and paper."""
UNRANKED: Final = "待补资料"


@dataclass(frozen=True)
class Listing:
    """A ranked and filtered list with what it rests on (评价清单).

    ``table`` has the columns of `TITLES`, one row per parcel, best first; ``total`` counts all parcels that
    were evaluated; areas are ellipsoidal.
    """

    evaluation: Evaluation = field(repr=False)
    workspace: WorkspaceInfo
    table: pd.DataFrame = field(repr=False)

    @property
    def rulebook(self) -> Rulebook:
        """Return the rulebook of the list."""
        return self.evaluation.rulebook

    @property
    def run_id(self) -> str:
        """Return the run id (运行编号)."""
        return self.evaluation.run_id

    @property
    def area_mu(self) -> float:
        """Return the area of the listed parcels in mu."""
        return float(self.table["area_mu"].sum())

    def row(self, parcel_id: str | None) -> int | None:
        """Return the row number of a parcel in the table, or None where it is filtered out."""
        found = np.flatnonzero(self.table["parcel_id"].to_numpy() == parcel_id)
        return int(found[0]) if len(found) else None


def verdict_counts(
    desk: Desk, rulebook: str, settings: Mapping[str, str] | None = None
) -> dict[str, tuple[str, int]]:
    """Return the word for each verdict and how many parcels have it (判定汇总), by a draft's `settings` if given."""
    evaluation = desk.workspace.evaluate(rulebook, settings=settings)
    return {
        name: (verdict_word(evaluation.rulebook, name), count) for name, count in evaluation.counts().items()
    }


def listing(
    desk: Desk,
    rulebook: str,
    filters: Filters,
    language: Language = "zh",
    settings: Mapping[str, str] | None = None,
) -> Listing:
    """Return the list of a rulebook narrowed to `filters`, its words in `language` where there are English ones."""
    evaluation = desk.workspace.evaluate(rulebook, settings=settings)
    ranked = narrowed(ranked_table(desk.workspace, desk.display, evaluation), filters)
    table = _readable(ranked, evaluation.rulebook, desk.workspace.context(), language)
    return Listing(evaluation, desk.workspace.catalog.workspace, table)


def _readable(ranked: pd.DataFrame, book: Rulebook, context: Context, language: Language) -> pd.DataFrame:
    """Return the list in words; codes keep their number and gain their name."""
    unranked = (ranked["verdict"] == "candidate") & ~(ranked["completeness"] >= MIN_COMPLETENESS)
    verdicts = ranked["verdict"].map(lambda name: translate(verdict_word(book, str(name)), language))
    out = pd.DataFrame(
        {
            "rank": ranked["rank"].astype("Int64"),
            "verdict": verdicts.where(~unranked, verdicts + f" · {translate(UNRANKED, language)}"),
            "area_mu": ranked["area_m2"].astype("float64") / M2_PER_MU,
            "advice": _paths(ranked["advice_title"], book, language),
            "use": _uses(ranked["use_code"], context, language),
            "plan_use": _uses(ranked["plan_use_code"], context, language),
            "reasons": _rule_titles(ranked["reasons"], book, language),
        },
        index=ranked.index,
    )
    same = ("parcel_id", "name", "parcel_code", "park", "street", "station", "line")
    numbers = ("score", "score_low", "score_high", "completeness", "stability_top", "area_m2")
    out = out.assign(
        **{name: ranked[name] for name in same}, **{name: ranked[name].astype("float64") for name in numbers}
    )
    return out[list(TITLES)].reset_index(drop=True)


def use_title(code: str, context: Context, language: Language = "zh") -> str:
    """Return a land-use code with its name (用地代码与名称)."""
    entry = context.codes.nearest(code) if context.codes else None
    if entry is None:
        return code
    return f"{code} {entry.name_en if language == 'en' and entry.name_en else entry.name_zh}"


def _uses(codes: pd.Series[Any], context: Context, language: Language) -> pd.Series[Any]:
    names = {code: use_title(code, context, language) for code in codes.dropna().unique()}
    return codes.map(names, na_action="ignore")


def _paths(titles: pd.Series[Any], book: Rulebook, language: Language) -> pd.Series[Any]:
    """Return the advice in `language`; the rulebook has the English of its own rows."""
    rows = {row.title.zh: row.title.text(language) for choice in book.choices for row in choice.rows}
    shown = {title: rows.get(title, translate(title, language)) for title in titles.dropna().unique()}
    return titles.map(shown, na_action="ignore")


def _rule_titles(reasons: pd.Series[Any], book: Rulebook, language: Language) -> pd.Series[Any]:
    titles = {rule.id: rule.title.text(language) for rule in book.rules}
    titles |= {
        gate.id or f"scope-{place}": gate.title.text(language)
        for place, gate in enumerate(book.scope, start=1)
    }
    known = {
        text: "；".join(titles.get(id_, id_) for id_ in text.split(";") if id_)
        for text in reasons.dropna().unique()
    }
    return reasons.map(known, na_action="ignore")


def uses_in(
    desk: Desk,
    rulebook: str,
    verdict: str = "",
    language: Language = "zh",
    settings: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return the land-use codes of the parcels with a verdict (all without one), each with its parents, and their names."""
    workspace = desk.workspace
    if "use_code" not in workspace.parcels:
        return {}
    given, context = workspace.parcels["use_code"].to_numpy(dtype=object), workspace.context()
    if verdict:
        given = given[
            workspace.evaluate(rulebook, settings=settings).parcels["verdict"].to_numpy() == verdict
        ]
    found = pd.Series(given, dtype=object).dropna().unique()
    codes = {str(code)[:length] for code in found for length in (2, 4, 6) if length <= len(str(code))}
    return {code: use_title(code, context, language) for code in sorted(codes)}
