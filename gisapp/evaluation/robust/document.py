"""sensitivity.json (敏感性分析文件): the sensitivity as plain data; no clock, no path."""

from __future__ import annotations

import json
import math
from typing import Any, Final

from gisapp.evaluation.robust.ahp import Ahp, review_words
from gisapp.evaluation.robust.comparison import QUANTIFIERS, Comparison
from gisapp.evaluation.robust.sensitivity import Sensitivity
from gisapp.evaluation.robust.swaps import order_of
from gisapp.evaluation.robust.weighting import SHARE
from gisapp.evaluation.subjects import id_column, table_name

FORMAT: Final = 1
FILE: Final = "sensitivity.json"
Plain = dict[str, Any]  # nested plain data


def text_of(found: Sensitivity) -> str:
    """Return the text of sensitivity.json; the same sensitivity gives the same text."""
    return json.dumps(document(found), ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n"


def document(found: Sensitivity) -> Plain:
    """Return a sensitivity as plain data: what it rests on, and each of its parts."""
    book = found.evaluation.rulebook
    return {
        "format": FORMAT,
        "run_id": found.evaluation.run_id,
        "rulebook": book.id,
        "edition": book.edition,
        "top_k": found.top_k,
        "ranked": found.ranked,
        "perturbation": found.perturbation.as_dict(),
        "curves": [
            {"rule_id": rule, "weight": _number(w), "set": _number(raw)}
            for rule, w, raw in zip(found.candidates.rules, found.candidates.weights, found.raw, strict=True)
        ],
        table_name(book.subject): _subjects(found),
        "swaps": [swap(found, pair) for pair in range(len(found.swaps.upper))],
        "one_at_a_time": _steps(found),
        "methods": _methods(found.comparison, found),
        "ahp": None if found.ahp is None else _ahp(found.ahp, found),
    }


def _number(value: float) -> float | None:
    """Return a number to a billionth, None where there is none."""
    return round(float(value), 9) if math.isfinite(value) else None


def _whole(value: float) -> int | None:
    return int(value) if math.isfinite(value) else None


def _subjects(found: Sensitivity) -> list[Plain]:
    part, name = found.stability, id_column(found.evaluation.rulebook.subject)
    return [
        {
            name: str(found.ids[place]),
            "rank": _whole(found.ranks[place]),
            "stability_top": _number(part.top[place]),
            "ranked_share": _number(part.ranked[place]),
            "rank_best": _whole(part.rank_best[place]),
            "rank_worst": _whole(part.rank_worst[place]),
        }
        for place in order_of(found.candidates)
    ]


def swap(found: Sensitivity, pair: int) -> Plain:
    """Return one pair of neighbours, best pair first: the smallest change of one weight, and of all (互换)."""
    part, rules = found.swaps, found.candidates.rules
    upper, lower, curve = int(part.upper[pair]), int(part.lower[pair]), int(part.curve[pair])
    single = None
    if curve >= 0:
        now, then = float(found.candidates.weights[curve]), float(part.single[pair, curve])
        values = {"from": _number(now), "to": _number(then), "set": _number(found.set_value(curve, then))}
        single = {"rule_id": rules[curve], **values}
    reachable = math.isfinite(part.l1[pair])
    weights = (
        {rule: _number(w) for rule, w in zip(rules, part.moved[pair], strict=True)} if reachable else None
    )
    return {
        "upper": str(found.ids[upper]),
        "lower": str(found.ids[lower]),
        "rank": [_whole(found.ranks[upper]), _whole(found.ranks[lower])],
        "level": bool(part.level[pair]),
        "same_curves": bool(part.comparable[pair]),
        "single": single,
        "l1": _number(part.l1[pair]),
        "weights": weights,
    }


def _steps(found: Sensitivity) -> list[Plain]:
    part = found.steps
    return [
        {
            "rule_id": found.candidates.rules[int(part.curve[case])],
            "step": float(part.step[case]),
            "weight": _number(part.weights[case, int(part.curve[case])]),
            "moved": int(part.moved[case]),
            "largest": int(part.largest[case]),
            "entered": int(part.entered[case]),
            "left": int(part.left[case]),
            "spearman": _number(part.rho[case]),
        }
        for case in range(len(part.curve))
    ]


def _methods(part: Comparison, found: Sensitivity) -> Plain:
    return {
        "compared": len(part.places),
        "left_out": part.left_out,
        "views": [
            {
                "id": view.id,
                "title": view.title,
                "weights": [_number(w) for w in view.weights],
                "orness": None if view.orness is None else _number(view.orness),
                "tradeoff": None if view.tradeoff is None else _number(view.tradeoff),
                "alpha": QUANTIFIERS.get(view.id),
                "share": SHARE if view.id == "combined" else None,
                "ranks": [_whole(rank) for rank in view.ranks],
            }
            for view in part.views
        ],
        "parcels": [str(found.ids[place]) for place in part.places],
        "spearman": [[_number(value) for value in row] for row in part.rho],
        "kendall": [[_number(value) for value in row] for row in part.tau],
    }


def _ahp(part: Ahp, found: Sensitivity) -> Plain:
    names, given = found.candidates.rules, found.judgements
    assert given is not None
    return {
        "by": given.by,
        "date": given.date.isoformat(),
        "hash": given.hash,
        "weights": {rule: _number(w) for rule, w in zip(names, part.weights, strict=True)},
        "lambda_max": _number(part.lambda_max),
        "CI": _number(part.index),
        "CR": None if part.ratio is None else _number(part.ratio),
        "acceptable": part.acceptable,
        "cycles": [[names[i] for i in triple] for triple in part.cycles],
        "review": review_words(part, names),
    }
