"""Whether both sides say the same: values, verdicts by rule, totals, ranks, pairs."""

from __future__ import annotations

import numpy as np
import pandas as pd

RELATIVE, DISTANCE_M, AREA_M2 = 1e-6, 1e-6, 1e-6


def differences(
    evaluations, plain: dict, *, skip: tuple[str, ...] = ()
) -> tuple[list[str], dict[str, float]]:
    """Return what differs, in words, and the largest relative difference by unit."""
    faults: list[str] = []
    worst: dict[str, float] = {}
    for evaluation in evaluations:
        book = evaluation.rulebook.id
        verdicts, totals = plain["judged"][book]
        m = evaluation.rules_per_parcel
        for k, rule_id in enumerate(evaluation.trace["rule_id"].iloc[:m]):
            rows = evaluation.trace.iloc[k::m]
            indicator, unit = str(rows["indicator"].iloc[0]), str(rows["unit"].iloc[0])
            if indicator in skip:
                continue
            if rows["kind"].iloc[0] != "choose":
                faults += _values(
                    f"{book} {rule_id} {indicator}", rows, plain["columns"][indicator], unit, worst
                )
            bad = rows["verdict"].astype("str").to_numpy() != np.asarray(verdicts[rule_id])
            if bad.any():
                faults.append(f"{book} {rule_id}: {bad.sum()} verdicts, first row {np.flatnonzero(bad)[0]}")
        if not skip:
            faults += _totals(book, evaluation.parcels, totals)
        if evaluation.pairs is not None:
            faults += _pairs(evaluation.pairs, plain["pairs"])
    return faults, worst


def _values(
    name: str, rows: pd.DataFrame, theirs: pd.Series, unit: str, worst: dict[str, float]
) -> list[str]:
    if unit in ("code", "text"):
        a, b = rows["value_text"].astype("object").to_numpy(), theirs.astype("object").to_numpy()
        bad = np.where(pd.isna(a) | pd.isna(b), pd.isna(a) != pd.isna(b), a != b).astype(bool)
    else:
        a, b = rows["value"].to_numpy(dtype="float64"), theirs.to_numpy(dtype="float64")
        gap = np.abs(a - b)
        share = np.nanmax(np.where(gap > AREA_M2, gap / np.maximum(np.abs(b), 1e-300), 0.0), initial=0.0)
        worst[unit] = max(
            worst.get(unit, 0.0), float(np.nanmax(gap, initial=0.0)) if unit == "m" else float(share)
        )
        allowed = DISTANCE_M if unit == "m" else RELATIVE * np.abs(b) + (AREA_M2 if unit == "m2" else 1e-9)
        bad = (np.isnan(a) != np.isnan(b)) | (gap > allowed)
    return [f"{name}: {bad.sum()} values, first row {np.flatnonzero(bad)[0]}"] if bad.any() else []


def _totals(book: str, ours: pd.DataFrame, theirs: pd.DataFrame) -> list[str]:
    out = []
    for name in ("verdict", "advice"):
        a, b = (t[name].astype("object").fillna("").to_numpy() for t in (ours, theirs))
        if (a != b).any():
            out.append(f"{book} {name}: {(a != b).sum()} differ")
    for name in ("score", "score_low", "score_high", "completeness", "rank"):
        a, b = (t[name].astype("float64").to_numpy() for t in (ours, theirs))
        bad = ~np.isclose(a, b, rtol=0, atol=1e-6, equal_nan=True)
        if bad.any():
            out.append(f"{book} {name}: {bad.sum()} differ")
    return out


def _pairs(ours: pd.DataFrame, theirs: pd.DataFrame) -> list[str]:
    if len(ours) != len(theirs):
        return [f"pairs: {len(ours)} rows against {len(theirs)}"]
    out = []
    for name in ("parcel_id", "to_use", "verdict", "failing_rules"):
        bad = ours[name].astype("object").to_numpy() != theirs[name].astype("object").to_numpy()
        if bad.any():
            out.append(f"pairs {name}: {bad.sum()} differ")
    a, b = ours["max_share"].to_numpy(dtype="float64"), theirs["max_share"].to_numpy(dtype="float64")
    bad = ~np.isclose(a, b, rtol=0, atol=1e-9, equal_nan=True)
    return [*out, f"pairs max_share: {bad.sum()} differ"] if bad.any() else out
