"""Two evaluations side by side (比对): which subjects flip, and which rules, values or thresholds made them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from gisapp.errors import UsageError
from gisapp.evaluation.explain import rule_of, verdict_word
from gisapp.evaluation.result import Evaluation

Presence = Literal["both", "only_before", "only_after"]
SCORE_NOISE: Final = 1e-9
"""Scores are rounded to a billionth of a point."""

FLIP_COLUMNS: Final = (
    "parcel_id", "presence", "verdict_before", "verdict_after", "score_before", "score_after",
    "rank_before", "rank_after", "area_before_m2", "area_after_m2", "rules",
)  # fmt: skip


@dataclass(frozen=True)
class Comparison:
    """What differs between two evaluations (评价比对).

    ``flips`` has a row per subject whose verdict differs or that stands on one side only; ``moved`` a row per
    subject whose verdict is the same and whose score or area is not; ``rules`` a row per subject and rule that
    differs, with value, threshold, verdict and clause on both sides; ``matrix`` counts verdict before × after.
    """

    before: Mapping[str, Any]
    after: Mapping[str, Any]
    flips: pd.DataFrame = field(repr=False)
    moved: pd.DataFrame = field(repr=False)
    rules: pd.DataFrame = field(repr=False)
    matrix: pd.DataFrame = field(repr=False)

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return self.flips.empty and self.moved.empty and self.rules.empty


def compare(before: Evaluation, after: Evaluation) -> Comparison:
    """Return what differs between two evaluations by the same rulebook, of any edition (评价比对).

    Raises
    ------
    UsageError
        If they are of different rulebooks: their verdicts answer different questions.
    """
    if before.rulebook.id != after.rulebook.id:
        raise UsageError(
            f"规则集不同（{before.rulebook.id} 与 {after.rulebook.id}），结论不可比",
            action="用同一规则集的两次评价",
        )
    joined = _joined(before.parcels, after.parcels)
    rules = _rules(before, after, joined)
    by_parcel = rules.groupby("parcel_id", sort=False)["rule_id"].agg(";".join)
    known = by_parcel.to_dict()
    joined["rules"] = [known.get(id_, "") for id_ in joined["parcel_id"]]
    flips = joined[(joined["presence"] != "both") | (joined["verdict_before"] != joined["verdict_after"])]
    stays = joined.drop(flips.index)
    moved = stays[_differs(stays, "score") | _differs(stays, "area", "_m2")]
    columns = list(FLIP_COLUMNS)
    matrix = pd.crosstab(
        joined["verdict_before"].fillna("-"),
        joined["verdict_after"].fillna("-"),
        rownames=["before"],
        colnames=["after"],
    )
    return Comparison(
        _head(before),
        _head(after),
        flips[columns].reset_index(drop=True),
        moved[columns].reset_index(drop=True),
        rules,
        matrix,
    )


def _head(run: Evaluation) -> dict[str, Any]:
    manifest = run.manifest
    return {
        "run_id": run.run_id,
        "rulebook": run.rulebook.id,
        "edition": run.rulebook.edition,
        "as_of": manifest["as_of"],
        "revision": manifest["revision"],
        "settings": manifest["settings"],
        "counts": run.counts(),
        "words": {name: verdict_word(run.rulebook, name) for name in run.counts()},
    }


def _joined(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    names = {"verdict": "verdict", "score": "score", "rank": "rank", "area_m2": "area"}
    sides = []
    for table, side in ((before, "before"), (after, "after")):
        renamed = {old: f"{new}_{side}" + ("_m2" if old == "area_m2" else "") for old, new in names.items()}
        sides.append(table[["parcel_id", *names]].rename(columns=renamed))
    out = sides[0].merge(sides[1], on="parcel_id", how="outer", indicator="presence", sort=False)
    words = {"both": "both", "left_only": "only_before", "right_only": "only_after"}
    return out.assign(presence=out["presence"].astype(str).map(words))


def _differs(table: pd.DataFrame, name: str, suffix: str = "") -> pd.Series:
    a, b = table[f"{name}_before{suffix}"], table[f"{name}_after{suffix}"]
    return (a.isna() != b.isna()) | ((a - b).abs() > SCORE_NOISE)


def _rules(before: Evaluation, after: Evaluation, joined: pd.DataFrame) -> pd.DataFrame:
    """Return the trace rows that differ, for subjects that stand on both sides."""
    both = set(joined.loc[joined["presence"] == "both", "parcel_id"])
    a, b = (_plain(run.trace, both) for run in (before, after))
    out = a.merge(b, on=["parcel_id", "rule_id"], how="outer", suffixes=("_before", "_after"))
    differs = np.zeros(len(out), dtype=bool)
    for name in ("verdict", "threshold", "value_text"):
        left, right = out[f"{name}_before"], out[f"{name}_after"]
        differs |= ((left != right) & ~(left.isna() & right.isna())).to_numpy()
    left, right = out["value_before"], out["value_after"]
    differs |= ((left.isna() != right.isna()) | ((left - right).abs() > SCORE_NOISE)).to_numpy()
    left, right = out["weight_before"], out["weight_after"]
    differs |= ((left - right).abs() > SCORE_NOISE).to_numpy()
    out = out[differs]
    order = {name: place for place, name in enumerate(joined["parcel_id"])}
    out = out.sort_values("parcel_id", key=lambda ids: ids.map(order), kind="stable")
    titles = {name: _title(before, after, name) for name in out["rule_id"].unique()}
    return out.assign(title=out["rule_id"].map(titles)).reset_index(drop=True)


def _plain(trace: pd.DataFrame, ids: set[str]) -> pd.DataFrame:
    names = [
        "parcel_id",
        "rule_id",
        "verdict",
        "value",
        "value_text",
        "unit",
        "threshold",
        "score",
        "weight",
        "clause",
    ]
    kept = trace.loc[trace["parcel_id"].isin(ids), names]
    text = {name: "object" for name in names if isinstance(kept[name].dtype, pd.CategoricalDtype)}
    return kept.astype(text)


def _title(before: Evaluation, after: Evaluation, rule_id: str) -> str:
    for run in (after, before):
        try:
            return rule_of(run.rulebook, rule_id).title.zh
        except (IndexError, ValueError):
            continue
    return rule_id


def differing_rules(before: Evaluation, after: Evaluation) -> list[dict[str, Any]]:
    """Return the rules that are not the same in both rulebooks (规则差异), each with what stands on either side."""
    sides = [
        {rule.id: rule.model_dump(mode="json", by_alias=True) for rule in run.rulebook.rules}
        for run in (before, after)
    ]
    out = []
    for rule_id in dict.fromkeys([*sides[0], *sides[1]]):
        a, b = (side.get(rule_id) for side in sides)
        if a == b:
            continue
        keys = sorted({*(a or {}), *(b or {})})
        changed = {
            k: [(a or {}).get(k), (b or {}).get(k)] for k in keys if (a or {}).get(k) != (b or {}).get(k)
        }
        title = _title(before, after, rule_id)
        out.append(
            {"rule_id": rule_id, "title": title, "changed": changed, "clause": (b or a or {}).get("clause")}
        )
    return out
