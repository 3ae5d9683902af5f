"""Two scenarios, editions or sets of thresholds side by side (情景比对), in the words that officials read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import pandas as pd

from gisapp.app.scenariosettings import applying
from gisapp.app.workspace import Progress, Workspace, silent
from gisapp.evaluation import Evaluation
from gisapp.evaluation.compare import Comparison, compare, differing_rules
from gisapp.evaluation.explain import verdict_word
from gisapp.format import MISSING, number, quantity
from gisapp.i18n import translate
from gisapp.model.rules import VERDICTS
from gisapp.settings import Language
from gisapp.units import M2_PER_MU

ONE_SIDE: Final = {"only_before": "仅基准有", "only_after": "仅对比有"}
TITLES: Final = {
    "parcel_id": "地块标识",
    "name": "地块名称",
    "verdict_before": "基准判定",
    "verdict_after": "对比判定",
    "score_before": "基准得分",
    "score_after": "对比得分",
    "rank_before": "基准名次",
    "rank_after": "对比名次",
    "area_before_mu": "基准面积（亩）",
    "area_after_mu": "对比面积（亩）",
    "rules": "不同的规则",
}
RULE_TITLES: Final = {
    "parcel_id": "地块标识",
    "rule_id": "规则",
    "title": "规则名称",
    "value_before": "基准取值",
    "threshold_before": "基准阈值",
    "state_before": "基准结果",
    "value_after": "对比取值",
    "threshold_after": "对比阈值",
    "state_after": "对比结果",
    "weight_before": "基准权重",
    "weight_after": "对比权重",
    "clause": "条款",
}
STATES: Final = {
    "pass": "符合",
    "fail": "不符合",
    "unknown": "资料不足",
    "not_applicable": "不适用",
    "scored": "计分",
    "prohibit fail": "触及底线",
    "trigger pass": "触发",
    "trigger fail": "未触发",
    "condition pass": "成立",
    "condition fail": "不成立",
}
"""Words for what a rule of a role said of a subject; 触及底线, 资料不足 and 不符合 are three things."""


@dataclass(frozen=True)
class Side:
    """One side of a comparison (比对一方): parcels of a scenario, a day for the edition in force, further settings."""

    view: Workspace = field(repr=False)
    title: str
    as_of: date | None = None
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Compared:
    """Two evaluations side by side (情景比对), each with its settings that mean nothing to this rulebook."""

    base: Side
    other: Side
    before: Evaluation = field(repr=False)
    after: Evaluation = field(repr=False)
    found: Comparison = field(repr=False)
    rulebook: list[dict[str, Any]]  # as `differing_rules` gives them
    unused: tuple[tuple[str, ...], tuple[str, ...]]

    @property
    def flips(self) -> int:
        """How many subjects change their verdict or stand on one side only."""
        return len(self.found.flips)


def compare_sides(rulebook: str, base: Side, other: Side, *, progress: Progress = silent) -> Compared:
    """Return what differs between two sides by one rulebook; raises as `Workspace.evaluate` does."""
    before, after = (
        side.view.evaluate(rulebook, as_of=side.as_of, settings=side.settings, progress=progress)
        for side in (base, other)
    )
    found = compare(before, after)
    unused = (_unused(base, before), _unused(other, after))
    return Compared(base, other, before, after, found, differing_rules(before, after), unused)


def _unused(side: Side, evaluation: Evaluation) -> tuple[str, ...]:
    own = side.view.scenario_settings()
    return tuple(key for key in own if key not in applying(own, evaluation.rulebook))


def flip_table(compared: Compared, language: Language = "zh") -> pd.DataFrame:
    """Return the subjects that differ in the columns of `TITLES` (比对清单), those with another verdict first."""
    found = compared.found
    both = pd.concat([found.flips, found.moved], ignore_index=True)
    names = _names(compared)
    out = both.assign(
        name=both["parcel_id"].map(names.get),
        area_before_mu=both["area_before_m2"].astype("float64") / M2_PER_MU,
        area_after_mu=both["area_after_m2"].astype("float64") / M2_PER_MU,
        rules=both["rules"].map(_rule_words(compared, language)),
    )
    for side, run in (("before", compared.before), ("after", compared.after)):
        out[f"verdict_{side}"] = both[f"verdict_{side}"].map(_verdict(run, language), na_action="ignore")
        out[f"rank_{side}"] = both[f"rank_{side}"].astype("Int64")
    out["verdict_after"] = out["verdict_after"].where(
        both["presence"] != "only_before", translate("无此地块", language)
    )
    out["verdict_before"] = out["verdict_before"].where(both["presence"] != "only_after", translate("无此地块", language))  # fmt: skip
    return out[list(TITLES)]


def _names(compared: Compared) -> dict[str, str]:
    names: dict[str, str] = {}
    for side in (compared.base, compared.other):
        table = side.view.parcels
        if compared.before.rulebook.subject == "parcel" and "name" in table:
            names |= dict(table.loc[table["name"].notna(), ["parcel_id", "name"]].itertuples(index=False))
    return names


def _verdict(run: Evaluation, language: Language) -> Callable[[object], str]:
    return lambda name: translate(verdict_word(run.rulebook, str(name)), language)


def _rule_words(compared: Compared, language: Language) -> Callable[[object], str]:
    titles = rule_titles(compared, language)
    return lambda ids: "；".join(titles.get(id_, id_) for id_ in str(ids).split(";") if id_)


def rule_titles(compared: Compared, language: Language = "zh") -> dict[str, str]:
    """Return what the rules of both rulebooks are called, by id (规则名称)."""
    titles: dict[str, str] = {}
    for run in (compared.before, compared.after):
        titles |= {
            gate.id or f"scope-{n}": gate.title.text(language) for n, gate in enumerate(run.rulebook.scope, 1)
        }
        titles |= {rule.id: rule.title.text(language) for rule in run.rulebook.rules}
    return titles


def rule_table(
    compared: Compared, language: Language = "zh", *, parcel_id: str | None = None
) -> pd.DataFrame:
    """Return the rules that differ, a row per subject and rule, both sides and clause (规则差异); or of one subject."""
    rows = compared.found.rules
    if parcel_id is not None:
        rows = rows[rows["parcel_id"] == parcel_id]
    titles, clauses, roles = rule_titles(compared, language), _clauses(compared), _roles(compared)
    records = []
    for row in rows.to_dict("records"):
        one: dict[str, object] = {"parcel_id": row["parcel_id"], "rule_id": row["rule_id"]}
        one["title"] = titles.get(str(row["rule_id"]), str(row["rule_id"]))
        for side in ("before", "after"):
            one[f"value_{side}"] = _value(row, side)
            one[f"threshold_{side}"] = _text(row[f"threshold_{side}"])
            state, role = _text(row[f"verdict_{side}"]), roles.get(str(row["rule_id"]), "")
            word = STATES.get(f"{role} {state}", STATES.get(state, state))
            one[f"state_{side}"] = translate(word, language)
            one[f"weight_{side}"] = row[f"weight_{side}"] or None
        one["clause"] = clauses.get(str(row["rule_id"]), "")
        records.append(one)
    return pd.DataFrame(records, columns=list(RULE_TITLES))


def _roles(compared: Compared) -> dict[str, str]:
    return {gate.id: gate.role for run in (compared.before, compared.after) for gate in run.rulebook.gates}


def _clauses(compared: Compared) -> dict[str, str]:
    found: dict[str, str] = {}
    for run in (compared.before, compared.after):
        for rule in run.manifest["rules"]:
            told = [part for part in (rule["clause_title"], rule["status"]) if part]
            found[rule["rule_id"]] = " · ".join(told)
    return found


def _value(row: Mapping[Any, Any], side: str) -> str:
    value, unit = row[f"value_{side}"], _text(row[f"unit_{side}"])
    if value is not None and not pd.isna(value):
        return quantity(float(value), unit) if unit else number(float(value), 4)
    text = _text(row[f"value_text_{side}"])
    return text or MISSING


def _text(value: object) -> str:
    return "" if value is None or (isinstance(value, float) and pd.isna(value)) else str(value)


def rulebook_table(compared: Compared, language: Language = "zh") -> pd.DataFrame:
    """Return what differs between the two rulebooks (规则集差异): rule_id, title, item, before, after, clause.

    A rule that only one of them has is one row; of ``params`` only those that differ are named.
    """
    titles, clauses = rule_titles(compared, language), _clauses(compared)
    rows: list[tuple[str, str, str, str, str, str]] = []
    for line in compared.rulebook:
        rule, changed = str(line["rule_id"]), line["changed"]
        head, end = (rule, titles.get(rule, rule)), clauses.get(rule, "")
        if "id" in changed:
            there = [translate("有" if side else "无", language) for side in changed["id"]]
            rows.append((*head, translate("整条规则", language), there[0], there[1], end))
            continue
        for key, (before, after) in changed.items():
            for item, a, b in _parts(key, before, after):
                rows.append((*head, item, a, b, end))
    return pd.DataFrame(rows, columns=["rule_id", "title", "item", "before", "after", "clause"])


def _parts(key: str, before: Any, after: Any) -> Iterator[tuple[str, str, str]]:  # JSON of a rule
    if isinstance(before, dict) and isinstance(after, dict) and key != "title":
        for name in sorted({*before, *after}):
            if before.get(name) != after.get(name):
                yield name, str(before.get(name, "—")), str(after.get(name, "—"))
        return
    yield key, str(before), str(after)


def matrix_table(compared: Compared) -> pd.DataFrame:
    """Return verdict before × after with counts, in the order of verdicts (判定矩阵); ``-`` is absent on that side."""
    order = [*VERDICTS, "-"]
    matrix = compared.found.matrix
    rows, columns = ([name for name in order if name in axis] for axis in (matrix.index, matrix.columns))
    return matrix.loc[rows, columns]


__all__ = [
    "Compared", "Side", "compare_sides", "flip_table", "matrix_table", "rule_table", "rule_titles", "rulebook_table",
]  # fmt: skip
