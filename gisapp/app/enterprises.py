"""Enterprises by yield per mu (亩均评价清单): published and computed grades side by side."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import pandas as pd

from gisapp.app.workspace import Workspace
from gisapp.evaluation import Evaluation
from gisapp.evaluation.explain import verdict_word
from gisapp.evaluation.subjects import enterprises
from gisapp.i18n import translate
from gisapp.indicators import REGISTRY
from gisapp.settings import Language
from gisapp.units import M2_PER_MU

OWN: Final = "per_mu"
GRADE, SCORE, OBJECT = "PMR-03", "PMR-02", "PMR-01"
TITLES: Final = {
    "rank": "名次",
    "name": "企业",
    "grade": "等级（测算）",
    "official": "已公布等级",
    "score": "综合评分",
    "land_mu": "用地（亩）",
    "industry_code": "行业代码",
    "verdict": "判定",
    "note": "算式",
    "enterprise_id": "企业标识",
}
GRADES: Final = ("A", "B", "C", "D", "T")


@dataclass(frozen=True)
class Enterprises:
    """The enterprises by one set of parameters (企业清单): columns of `TITLES`, best first; counts by grade.

    ``lacking`` names what is not loaded, empty where the grades rest on parameters.
    """

    evaluation: Evaluation = field(repr=False)
    table: pd.DataFrame = field(repr=False)
    counts: dict[str, int]
    lacking: str = ""


def rulebooks(workspace: Workspace, language: Language = "zh") -> dict[str, str]:
    """Return the rulebooks about enterprises by id, the city's own first (规则集)."""
    found = {book.id: book.title.text(language) for book in workspace.rulebooks(subject="enterprise")}
    return dict(sorted(found.items(), key=lambda item: (item[0] != OWN, item[0])))


def enterprise_table(workspace: Workspace, rulebook: str, language: Language = "zh") -> Enterprises:
    """Return all enterprises by a rulebook; raises InputError where their tables are not loaded."""
    evaluation = workspace.evaluate(rulebook)
    context, book = workspace.context(), evaluation.rulebook
    subjects = enterprises(context).set_index("parcel_id").loc[evaluation.parcels["parcel_id"]].reset_index()
    scores, grades = _rows(evaluation, SCORE), _rows(evaluation, GRADE)
    shown = scores["verdict"].to_numpy() == "scored"
    table = pd.DataFrame(
        {
            "rank": evaluation.parcels["rank"],
            "name": subjects["name"],
            "grade": grades["value_text"].astype("object").to_numpy(),
            "official": REGISTRY["official_grade"].compute(subjects, context).to_numpy(),
            "score": scores["value"].where(shown).to_numpy(),
            "land_mu": subjects["area_m2"] / M2_PER_MU,
            "industry_code": subjects["industry_code"],
            "verdict": [
                translate(verdict_word(book, str(name)), language) for name in evaluation.parcels["verdict"]
            ],
            "note": scores["reason"].astype("object").where(shown).to_numpy(),
            "enterprise_id": subjects["parcel_id"],
        }
    )[list(TITLES)]
    order = (
        table.assign(unranked=table["rank"].isna()).sort_values(["unranked", "rank", "enterprise_id"]).index
    )
    counts = table["grade"].value_counts()
    gaps = {gap["not_loaded"] for gap in evaluation.manifest["gaps"] if gap["not_loaded"]}
    return Enterprises(
        evaluation,
        table.loc[order].reset_index(drop=True),
        {grade: int(counts.get(grade, 0)) for grade in GRADES},
        "、".join(sorted(gaps)),
    )


def _rows(evaluation: Evaluation, rule: str) -> pd.DataFrame:
    return evaluation.trace[(evaluation.trace["rule_id"] == rule).to_numpy()].reset_index(drop=True)
