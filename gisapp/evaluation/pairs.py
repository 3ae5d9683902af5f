"""All from → to pairs of a conversion rulebook (用途组合): pairs.parquet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Protocol

import geopandas as gpd
import numpy as np
import pandas as pd

from gisapp.context import Context
from gisapp.evaluation.measure import measure
from gisapp.evaluation.total import joined, verdicts
from gisapp.indicators import REGISTRY, mix, price
from gisapp.model.rules import Gate, Predicate, Rule, Rulebook, ScopeGate, ValueTable
from gisapp.rules.columns import Column, Key, key
from gisapp.rules.judge import FAIL, UNKNOWN, Judged
from gisapp.rules.load import LoadedRulebook

PAIR_COLUMNS: Final = (
    "parcel_id",
    "to_use",
    "verdict",
    "max_share",
    "share_basis",
    "failing_rules",
    "price_10k",
    "pooled_share",
)


class Judge(Protocol):
    """What judges some of a rulebook's rules on measured columns."""

    def __call__(
        self,
        rulebook: LoadedRulebook,
        columns: Mapping[Key, Column],
        prepared: gpd.GeoDataFrame,
        context: Context,
        *,
        only: Callable[[ScopeGate | Rule], bool],
    ) -> list[Judged]:
        """Return the rules that `only` accepts, judged."""
        ...


def pair_table(
    prepared: gpd.GeoDataFrame,
    context: Context,
    rulebook: LoadedRulebook,
    *,
    columns: Mapping[Key, Column],
    judge: Judge,
) -> pd.DataFrame:
    """Return verdict, effective share and failing rules for every parcel and every use of the matrix.

    Only what depends on the target use is measured and judged again; ``max_share`` is the smaller of the
    matrix's share and what the total cap leaves (MIX-13), missing where one of them is not known. ``price_10k`` is the
    supplementary price (LEL-09) [万元], a result and never a gate; ``pooled_share`` the support share that the parcel's
    park has already (MIX-03) [1]; both are missing where their tables are not loaded.
    """
    if context.matrix is None:
        return pd.DataFrame(columns=list(PAIR_COLUMNS))
    book, uses = rulebook.rulebook, context.matrix.uses
    gates: tuple[ScopeGate | Gate, ...] = (*book.scope, *book.gates)
    aiming = [rule for rule in gates if _decides(rule) and _aims(rule)]
    read: list[Predicate] = [item for rule in aiming for item in (rule, *rule.applies)]
    wanted = {key(p.indicator, p.params): p.unit for p in read if REGISTRY[p.indicator].target}
    left = next((column.number for (name, _), column in columns.items() if name == "share_left"), None)
    pooled = _number_of(columns, "pooled_support_gfa", len(prepared))
    same = judge(rulebook, columns, prepared, context, only=lambda rule: _decides(rule) and not _aims(rule))
    parts: list[dict[str, np.ndarray]] = []
    for number, use in enumerate(uses):
        aimed = prepared.assign(target_use=use)
        measured = {**columns, **measure(aimed, context, wanted=wanted)}
        judged = same + judge(
            rulebook, measured, aimed, context, only=lambda rule: _decides(rule) and _aims(rule)
        )
        verdict = verdicts(book, judged)
        row = np.flatnonzero(verdict != "not_applicable")
        share = mix.compatible_share(aimed, context).to_numpy()
        part = {
            "verdict": verdict,
            "max_share": share if left is None else np.minimum(share, left),
            "share_basis": mix.share_basis(aimed, context).to_numpy(dtype=object),
            "failing_rules": _failing(book, judged, len(aimed)),
            "price_10k": _price(aimed, context, columns),
            "pooled_share": pooled,
        }
        parts.append({"row": row, "use": np.full(len(row), number), **{k: v[row] for k, v in part.items()}})
    return _stacked(parts, prepared["parcel_id"].to_numpy(dtype=object), np.array(uses, dtype=object))


def _number_of(columns: Mapping[Key, Column], wanted: str, size: int) -> np.ndarray:
    """Return the measured numbers of an indicator, NaN where the rulebook does not read it."""
    found = next((column.number for (name, _), column in columns.items() if name == wanted), None)
    return np.full(size, np.nan) if found is None else found


def _price(aimed: gpd.GeoDataFrame, context: Context, columns: Mapping[Key, Column]) -> np.ndarray:
    """Return the supplementary price of the use aimed at [万元], NaN where the rulebook or the tables have none."""
    for (name, params), column in columns.items():
        if name == "supplementary_price" and column.not_loaded is None:
            return price.price_10k(price.price_terms(aimed, context, float(str(dict(params)["storey_m"]))))
    return np.full(len(aimed), np.nan)


def _decides(rule: ScopeGate | Rule) -> bool:
    """Return whether a rule can change a verdict."""
    return isinstance(rule, ScopeGate) or (isinstance(rule, Gate) and rule.role != "condition")


def _aims(rule: ScopeGate | Rule) -> bool:
    """Return whether a gate depends on the target use, by an indicator or by a threshold."""
    assert isinstance(rule, ScopeGate | Gate)
    predicates: tuple[Predicate, ...] = (rule, *rule.applies)
    tables = [predicate.value for predicate in predicates if isinstance(predicate.value, ValueTable)]
    return any(REGISTRY[p.indicator].target for p in predicates) or any(t.by == "target_use" for t in tables)


def _failing(book: Rulebook, judged: list[Judged], size: int) -> np.ndarray:
    """Return for each subject the rules that keep it out, in the rulebook's order."""
    place = {rule.id: number for number, rule in enumerate(book.rules)}
    bad = [rule for rule in judged if rule.role in ("must", "prohibit")]
    bad.sort(key=lambda rule: place[rule.rule_id])
    return joined([(rule.rule_id, (rule.verdict == FAIL) | (rule.verdict == UNKNOWN)) for rule in bad], size)


def _stacked(parts: list[dict[str, np.ndarray]], ids: np.ndarray, uses: np.ndarray) -> pd.DataFrame:
    """Return the parts as one table ordered by parcel id and use; sorting ranks, not 16 times as many texts."""
    together = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    row, use = together.pop("row"), together.pop("use")
    rank = [np.argsort(np.argsort(names, kind="stable")) for names in (ids, uses)]
    order = np.argsort(rank[0][row] * len(uses) + rank[1][use], kind="stable")
    table = {"parcel_id": ids[row], "to_use": uses[use], **together}
    return pd.DataFrame({name: values[order] for name, values in table.items()}, columns=list(PAIR_COLUMNS))
