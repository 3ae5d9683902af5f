"""All from → to pairs of a conversion rulebook (用途组合): pairs.parquet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from gisapp.context import Context
from gisapp.evaluation.measure import measure
from gisapp.evaluation.total import total
from gisapp.indicators import REGISTRY, mix
from gisapp.rules.columns import Column, Key, needed
from gisapp.rules.judge import FAIL, UNKNOWN, Judged
from gisapp.rules.load import LoadedRulebook

Judge = Callable[[LoadedRulebook, Mapping[Key, Column], gpd.GeoDataFrame, Context], list[Judged]]
PAIR_COLUMNS: Final = ("parcel_id", "to_use", "verdict", "max_share", "share_basis", "failing_rules")


def pair_table(
    prepared: gpd.GeoDataFrame,
    context: Context,
    rulebook: LoadedRulebook,
    *,
    columns: Mapping[Key, Column],
    judge: Judge,
) -> pd.DataFrame:
    """Return verdict, effective share and failing rules for every parcel and every use of the matrix.

    Only columns that depend on the target use are measured again; ``max_share`` is the smaller of the
    matrix's share and what the total cap leaves (MIX-13), missing where one of them is not known.
    """
    if context.matrix is None:
        return pd.DataFrame(columns=list(PAIR_COLUMNS))
    wanted = {key: unit for key, unit in needed(rulebook.rulebook).items() if REGISTRY[key[0]].target}
    left = next((column.number for key, column in columns.items() if key[0] == "share_left"), None)
    parts = []
    for use in context.matrix.uses:
        aimed = prepared.assign(target_use=use)
        judged = judge(rulebook, {**columns, **measure(aimed, context, wanted=wanted)}, aimed, context)
        totals = total(rulebook.rulebook, judged)
        kept = totals.verdict != "not_applicable"
        share = mix.compatible_share(aimed, context).to_numpy()
        part = pd.DataFrame(
            {
                "parcel_id": aimed["parcel_id"].to_numpy(),
                "to_use": use,
                "verdict": totals.verdict,
                "max_share": share if left is None else np.minimum(share, left),
                "share_basis": mix.share_basis(aimed, context).to_numpy(dtype=object),
                "failing_rules": _failing(judged, len(aimed)),
            }
        )
        parts.append(part[kept])
    table = pd.concat(parts, ignore_index=True)
    out: pd.DataFrame = table.sort_values(["parcel_id", "to_use"], kind="stable", ignore_index=True)
    return out


def _failing(judged: list[Judged], size: int) -> np.ndarray:
    out = np.full(size, "", dtype=object)
    for rule in judged:
        if rule.role in ("must", "prohibit"):
            bad = (rule.verdict == FAIL) | (rule.verdict == UNKNOWN)
            out[bad] = [f"{text};{rule.rule_id}" if text else rule.rule_id for text in out[bad]]
    return out
