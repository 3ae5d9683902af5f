"""Parks ranked, and a scorecard for each (园区评价与记分卡): figures against ideals, potential, what holds it back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd

from gisapp.app.workspace import Workspace
from gisapp.context.context import NotLoadedError
from gisapp.context.parks import parks as parks_of
from gisapp.evaluation import Evaluation
from gisapp.evaluation.explain import Explanation, RuleExplanation, explain, verdict_word
from gisapp.evaluation.holding import holding_back, not_shared_out
from gisapp.evaluation.total import MIN_COMPLETENESS
from gisapp.format import MISSING, number, percent, quantity
from gisapp.i18n import translate
from gisapp.indicators.parkreadings import reading
from gisapp.model.rules import Choose, Gate
from gisapp.settings import Language
from gisapp.units import M2_PER_HA

RULEBOOK: Final = "park_intensity"
KINDS: Final = {
    "extension": "PIE-22-extension",
    "structure": "PIE-22-structure",
    "intensity": "PIE-22-intensity",
    "management": "PIE-22-management",
}
"""The four kinds of potential and their rules; they are never added up."""
HELD: Final = 50
TITLES: Final = {
    "place": "名次",
    "name": "园区",
    "kind": "类别",
    "zone_type": "开发区类型",
    "verdict": "判定",
    "score": "得分",
    "score_low": "得分下限",
    "score_high": "得分上限",
    "completeness": "数据完整度",
    "extension": "扩展潜力（公顷）",
    "structure": "结构潜力（公顷）",
    "intensity": "强度潜力（公顷）",
    "management": "管理潜力（公顷）",
    "advice": "优先措施",
    "area_ha": "园区面积（公顷）",
    "parcels": "地块数",
    "park_id": "园区标识",
}
"""Columns of the ranked parks in their order."""


@dataclass(frozen=True)
class FigureLine:
    """One scored figure of a park as its scorecard shows it (指标)."""

    rule: RuleExplanation
    title: str
    value: str
    ideal: str
    basis: str
    score: float | None
    lost: float | None


@dataclass(frozen=True)
class PotentialLine:
    """One kind of potential (潜力) [ha], None where it is not known; ``reached`` says whether it passes its threshold."""

    rule: RuleExplanation
    title: str
    area_ha: float | None
    reached: bool


@dataclass(frozen=True)
class Scorecard:
    """One park on one card (园区记分卡)."""

    why: Explanation
    name: str
    kind: str
    zone_type: str
    place: int | None
    ranked: int
    advice: str
    figures: tuple[FigureLine, ...]
    left_out: tuple[str, ...]
    potentials: tuple[PotentialLine, ...]
    held: pd.DataFrame = field(repr=False)
    not_shared: float = 0.0


def park_table(workspace: Workspace, language: Language = "zh") -> tuple[Evaluation, pd.DataFrame]:
    """Return the evaluation of the parks and the columns of `TITLES`, the best score first.

    A place is given to every park that is evaluated and complete enough, also to one without potential: unlike the rank
    of the run it is not among candidates only. Raises InputError where there are no parks.
    """
    evaluation = workspace.evaluate(RULEBOOK)
    book, table = evaluation.rulebook, evaluation.parcels
    known = parks_of(workspace.context()).set_index("parcel_id").reindex(table["parcel_id"])
    owners = workspace.context().parks_of_fabric().value_counts()
    values = {kind: _values(evaluation, rule) for kind, rule in KINDS.items()}
    out = pd.DataFrame(
        {
            "place": _places(table),
            "name": known["name"].to_numpy(),
            "kind": [translate(str(kind), language) for kind in known["kind"]],
            "zone_type": _rows_of(evaluation, "PIE-01", language),
            "verdict": [translate(verdict_word(book, str(name)), language) for name in table["verdict"]],
            **{name: table[name].to_numpy() for name in ("score", "score_low", "score_high", "completeness")},
            **values,
            "advice": _rows_of(evaluation, "PIE-22", language),
            "area_ha": table["area_m2"].to_numpy() / M2_PER_HA,
            "parcels": known["name"].map(owners).fillna(0).astype("int64").to_numpy(),
            "park_id": table["parcel_id"].to_numpy(),
        }
    )
    order = out.assign(low=-out["score_low"].fillna(-1.0), last=out["place"].isna())
    return evaluation, out.loc[order.sort_values(["last", "place", "low", "park_id"]).index].reset_index(
        drop=True
    )


def _places(table: pd.DataFrame) -> pd.Series:
    """Return competition places by the lower bound of the score, among all that are complete enough."""
    enough = (table["completeness"] >= MIN_COMPLETENESS) & table["score_low"].notna()
    return (
        table["score_low"]
        .where(enough)
        .rank(method="min", ascending=False)
        .astype("Int64")
        .reset_index(drop=True)
    )


def _values(evaluation: Evaluation, rule: str) -> np.ndarray:
    rows = evaluation.trace[(evaluation.trace["rule_id"] == rule).to_numpy()]
    return rows["value"].to_numpy(dtype=np.float64)


def _rows_of(evaluation: Evaluation, rule: str, language: Language) -> list[str | None]:
    """Return the title of the decision-table row of each subject, 资料不足 where it cannot be decided."""
    rows = evaluation.trace[(evaluation.trace["rule_id"] == rule).to_numpy()]
    titles = _row_titles(evaluation, rule, language)
    out: list[str | None] = []
    for chosen, verdict, owner in zip(
        rows["value_text"].astype("object"),
        rows["verdict"].astype("str"),
        evaluation.parcels["verdict"],
        strict=True,
    ):
        missing = translate(MISSING, language) if verdict == "unknown" else None
        found = titles.get(chosen, missing) if isinstance(chosen, str) else missing
        out.append(found if owner != "not_applicable" else None)
    return out


def _row_titles(evaluation: Evaluation, rule: str, language: Language) -> dict[str, str]:
    found = next((item for item in evaluation.rulebook.choices if item.id == rule), None)
    return {row.then: row.title.text(language) for row in found.rows} if isinstance(found, Choose) else {}


def scorecard(workspace: Workspace, park_id: str, language: Language = "zh") -> Scorecard:
    """Return the scorecard of a park; raises KeyError if it was not evaluated."""
    evaluation, table = park_table(workspace, language)
    why = explain(evaluation, park_id)
    row = table[table["park_id"] == park_id].iloc[0]
    context = workspace.context()
    held = holding_back(evaluation, context, park_id)
    rules = {rule.rule_id: rule for rule in why.rules}
    lines = _figures(workspace, evaluation, rules, str(row["name"]), language)
    curves = {curve.id: curve.title.text(language) for curve in evaluation.rulebook.curves}
    idle = [title for id_, title in curves.items() if rules[id_].mark == "na"]
    titles = _gate_titles(evaluation, language)
    return Scorecard(
        why=why,
        name=str(row["name"]),
        kind=str(row["kind"]),
        zone_type=row["zone_type"] or "",
        place=None if pd.isna(row["place"]) else int(row["place"]),
        ranked=int(table["place"].notna().sum()),
        advice=row["advice"] or "" if why.verdict == "candidate" else "",
        figures=lines,
        left_out=tuple(idle),
        potentials=tuple(
            _potential(rules[rule], titles[rule], float(row[kind])) for kind, rule in KINDS.items()
        ),
        held=named(workspace, held[held["points"] > 0].head(HELD)),
        not_shared=not_shared_out(evaluation, park_id, held),
    )


def _gate_titles(evaluation: Evaluation, language: Language) -> dict[str, str]:
    return {
        rule.id: rule.title.text(language) for rule in evaluation.rulebook.rules if isinstance(rule, Gate)
    }


def _figures(
    workspace: Workspace,
    evaluation: Evaluation,
    rules: dict[str, RuleExplanation],
    name: str,
    language: Language,
) -> tuple[FigureLine, ...]:
    context, out = workspace.context(), []
    known = parks_of(context)
    for curve in evaluation.rulebook.curves:
        rule = rules[curve.id]
        if rule.mark == "na":
            continue
        try:
            found = reading(known, context, curve.indicator, curve.params)
        except NotLoadedError:
            found = pd.DataFrame({"value": np.nan, "ideal": np.nan, "basis": None}, index=[name])
            found.attrs["unit"] = curve.unit
        unit = str(found.attrs["unit"])
        value, ideal = (float(found[column].to_dict()[name]) for column in ("value", "ideal"))
        basis = found["basis"].to_dict()[name]
        lost = None if rule.share is None or rule.score is None else 100.0 * rule.share * (1.0 - rule.score)
        out.append(
            FigureLine(
                rule=rule,
                title=curve.title.text(language),
                value=_shown(value, unit, curve.indicator, language),
                ideal=_shown(ideal, unit, curve.indicator, language),
                basis=basis if isinstance(basis, str) else "",
                score=rule.score,
                lost=lost,
            )
        )
    return tuple(out)


_SHARES: Final = ("rate", "share", "density", "coefficient")
ENGLISH_UNITS: Final = {"万元/ha": "10k CNY/ha", "1/ha": "/ha"}


def _shown(value: float, unit: str, indicator: str, language: Language) -> str:
    """Return a figure as people read it: rates in per cent, densities per hectare, ratios plain."""
    if np.isnan(value):
        return translate(MISSING, language)
    if indicator.endswith("population_density_to_ideal"):
        return f"{number(value, 1)} {translate('人/公顷', language)}"
    if unit == "1" and any(part in indicator for part in _SHARES):
        return percent(value)
    if language == "en" and unit in ENGLISH_UNITS:
        return f"{number(value, 1)} {ENGLISH_UNITS[unit]}"
    return quantity(value, unit)


def _potential(rule: RuleExplanation, title: str, area_ha: float) -> PotentialLine:
    known = None if np.isnan(area_ha) else area_ha
    return PotentialLine(rule, title, known, reached=rule.verdict == "pass")


def named(workspace: Workspace, held: pd.DataFrame) -> pd.DataFrame:
    """Return parcels that hold a park back with code, name, use and area [ha] beside their points."""
    own = workspace.context().fabric.set_index("parcel_id").reindex(held["parcel_id"])
    facts = pd.DataFrame({"parcel_id": held["parcel_id"].to_numpy()})
    for column in ("parcel_code", "name", "use_code"):
        facts[column] = own[column].astype("object").to_numpy() if column in own else None
    facts["area_ha"] = own["area_m2"].to_numpy(dtype=np.float64) / M2_PER_HA
    return facts.assign(**{str(name): held[name].to_numpy() for name in held.columns if name != "parcel_id"})


__all__ = ["HELD", "KINDS", "RULEBOOK", "TITLES", "Scorecard", "named", "park_table", "scorecard"]
