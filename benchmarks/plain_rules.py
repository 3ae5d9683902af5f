"""The plain side, rules: a rulebook's YAML judged with pandas, column by column.

Truth is a float column: 1 holds, 0 does not, missing is unknown.
"""

from __future__ import annotations

import operator

import numpy as np
import pandas as pd

NUMERIC = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
MIN_COMPLETENESS = 0.6


def compare(values: pd.Series, op: str, wanted: object, unit: str) -> pd.Series:
    known = values.notna()
    many = wanted if isinstance(wanted, list) else [wanted]
    if unit == "code":
        hit = values.astype("str").str.startswith(tuple(many))
    elif unit == "text" or op in ("in", "not_in"):
        hit = values.isin(many)
    else:
        return NUMERIC[op](values, wanted).astype("float64").where(known)
    return (hit if op in ("in", "==") else ~hit).astype("float64").where(known)


def every(truths: list[pd.Series], index: pd.Index) -> pd.Series:
    """Three-valued and: 0 if one is 0, else unknown if one is, else 1."""
    if not truths:
        return pd.Series(1.0, index=index)
    table = pd.concat(truths, axis=1)
    return table.min(axis=1, skipna=False).where(~(table == 0).any(axis=1), 0.0)


def longest_prefix(code: object, table: dict) -> object:
    keys = (code[:end] for end in range(len(code), 0, -1)) if isinstance(code, str) else ()
    return next((table[key] for key in keys if key in table), None)


def truth_of(rule: dict, columns: dict[str, pd.Series], thresholds: dict[str, pd.DataFrame]) -> pd.Series:
    values, wanted, unit = columns[rule["indicator"]], rule["value"], rule["unit"]
    if isinstance(wanted, dict):
        table = thresholds[wanted["table"]]
        limits = dict(zip(table[wanted["key"]], table[wanted["column"]].astype("float64"), strict=True))
        code = columns[wanted["by"]]
        limit = code.map({c: longest_prefix(c, limits) for c in code.dropna().unique()}).astype("float64")
        truth = NUMERIC[rule["op"]](values, limit).astype("float64").where(values.notna() & limit.notna())
    else:
        truth = compare(values, rule["op"], wanted, unit)
    if "unknown_between" in rule:
        low, high = rule["unknown_between"]
        truth = truth.where(~((values > low) & (values < high)))
    return truth


def gate(rule: dict, columns: dict[str, pd.Series], thresholds: dict) -> np.ndarray:
    truth = truth_of(rule, columns, thresholds)
    applies = every([truth_of(one, columns, thresholds) for one in rule.get("applies", [])], truth.index)
    if rule.get("role") == "prohibit":
        truth = 1.0 - truth
    return np.select(
        [applies == 0, applies.isna() | truth.isna(), truth == 1],
        ["not_applicable", "unknown", "pass"],
        "fail",
    )


def choose(rule: dict, columns: dict[str, pd.Series], index: pd.Index) -> tuple[np.ndarray, pd.Series]:
    open_, unknown = pd.Series(True, index=index), pd.Series(False, index=index)
    advice = pd.Series(None, index=index, dtype="object")
    for row in rule["rows"]:
        tests = []
        for name, test in row.get("when", {}).items():
            given = (
                test
                if isinstance(test, dict)
                else {"op": "in" if isinstance(test, list) else "==", "value": test}
            )
            tests.append(compare(columns[name], given["op"], given["value"], rule["units"][name]))
        truth = every(tests, index)
        advice = advice.mask(open_ & (truth == 1), row["then"])
        unknown |= open_ & truth.isna()
        open_ &= truth == 0
    return np.select([unknown, open_], ["unknown", "not_applicable"], "scored"), advice


def judge(book: dict, columns: dict[str, pd.Series], thresholds: dict) -> tuple[dict, pd.DataFrame]:
    """Verdict of each rule by id, and the totals of each parcel."""
    index = columns["area"].index
    verdicts = {rule["id"]: gate(rule, columns, thresholds) for rule in book.get("scope", [])}
    weight, scored, known, points, low, high = (pd.Series(0.0, index=index) for _ in range(6))
    advice = pd.Series(None, index=index, dtype="object")
    heavy = sum(rule["weight"] for rule in book["rules"] if rule["kind"] == "curve")
    for rule in book["rules"]:
        if rule["kind"] == "gate":
            verdicts[rule["id"]] = gate(rule, columns, thresholds)
        elif rule["kind"] == "choose":
            verdicts[rule["id"]], advice = choose(rule, columns, index)
        else:
            values = columns[rule["indicator"]]
            here = values.notna()
            xs, ys = zip(*rule["points"], strict=True)
            share = rule["weight"] / heavy
            weight += share
            # What is unknown of an index lies between 0 and 1; the curves over such indices rise.
            part = columns.get(f"{rule['indicator']}.known", here.astype("float64")).where(here, 0.0)
            least, most = values * part, values * part + 1.0 - part
            scored += share * here
            known += share * part
            points += share * pd.Series(np.interp(values, xs, ys), index=index).where(here, 0.0)
            low += share * pd.Series(np.interp(least.where(part < 1, values), xs, ys), index=index).where(
                here, 0.0
            )
            high += share * pd.Series(np.interp(most.where(part < 1, values), xs, ys), index=index).where(
                here, 1.0
            )
            verdicts[rule["id"]] = np.where(here, "scored", "unknown")
    totals = pd.DataFrame({"verdict": verdict(book, verdicts, index)})
    totals["score"] = 100 * points / scored.where(scored > 0)
    totals["score_low"] = 100 * low / weight.where(weight > 0)
    totals["score_high"] = 100 * high / weight.where(weight > 0)
    totals["completeness"] = known / weight.where(weight > 0)
    totals = totals.mask(totals["verdict"] == "not_applicable").round(9).assign(verdict=totals["verdict"])
    ranked = (totals["verdict"] == "candidate") & (totals["completeness"] >= MIN_COMPLETENESS)
    totals["rank"] = totals["score_low"].where(ranked).rank(method="min", ascending=False)
    totals["advice"] = advice.where(totals["verdict"] == "candidate")
    return verdicts, totals


def verdict(book: dict, verdicts: dict[str, np.ndarray], index: pd.Index) -> np.ndarray:
    """The order of decision: scope, prohibitions, musts, unknowns, triggers."""
    roles = {rule["id"]: "scope" for rule in book.get("scope", [])}
    roles |= {rule["id"]: rule["role"] for rule in book["rules"] if rule["kind"] == "gate"}

    def any_of(role: str, word: str) -> np.ndarray:
        hits = [verdicts[id_] == word for id_ in roles if roles[id_] == role and id_ in verdicts]
        return np.any(hits, axis=0) if hits else np.zeros(len(index), dtype=bool)

    groups = book.get("trigger_groups", {})
    reached = np.full(len(index), not groups)
    possible = reached.copy()
    for group, enough in groups.items():
        members = [verdicts[rule["id"]] for rule in book["rules"] if rule.get("group") == group]
        passed = np.sum([m == "pass" for m in members], axis=0)
        reached |= passed >= enough
        possible |= passed + np.sum([m == "unknown" for m in members], axis=0) >= enough
    return np.select(
        [
            any_of("scope", "fail"),
            any_of("prohibit", "fail"),
            any_of("must", "fail"),
            any_of("scope", "unknown") | any_of("must", "unknown") | any_of("prohibit", "unknown"),
            reached,
            possible,
        ],
        ["not_applicable", "prohibited", "not_candidate", "unknown", "candidate", "unknown"],
        "not_candidate",
    ).astype(object)


def pair_rows(book: dict, columns: dict[str, pd.Series], thresholds: dict) -> pd.DataFrame:
    """Verdict and failing rules of one target use: only rules that can exclude are judged."""
    decisive = [rule for rule in book["rules"] if rule.get("role") in ("must", "prohibit")]
    verdicts = {rule["id"]: gate(rule, columns, thresholds) for rule in [*book["scope"], *decisive]}
    index = columns["area"].index
    failing = pd.Series("", index=index)
    for rule in decisive:
        bad = np.isin(verdicts[rule["id"]], ["fail", "unknown"])
        failing = failing.where(~bad, failing + ";" + rule["id"])
    table = pd.DataFrame({"verdict": verdict(book, verdicts, index)})
    return table.assign(failing_rules=failing.str.removeprefix(";").to_numpy())
