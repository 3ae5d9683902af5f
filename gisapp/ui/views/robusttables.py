"""The tables of the robustness panel (排序稳健性各表): swaps, one weight at a time, other methods."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from gisapp.evaluation.robust import Sensitivity
from gisapp.evaluation.robust.oat import STEPS
from gisapp.format import number, percent
from gisapp.ui import markup, state
from gisapp.ui.markup import Html, join, tag, text
from gisapp.ui.texts import t

BEYOND: Final = 10
"""How many pairs behind the first k are shown; the file has all."""
NONE: Final = "—"
WEIGHTS: Final = {"wlc": "规则集", "entropy": "熵权", "critic": "CRITIC", "combined": "组合（各半）"}
"""The weights that stand side by side, by view."""


def _titles(found: Sensitivity) -> list[str]:
    own = {curve.id: curve.title.text(state.language()) for curve in found.evaluation.rulebook.curves}
    return [own[rule] for rule in found.candidates.rules]


def swaps_table(found: Sensitivity, names: dict[str, str]) -> Html:
    """Return what makes neighbours in rank change places, down to a little below the first k."""
    titles, part = _titles(found), found.swaps
    pairs = range(min(found.top_k + BEYOND, len(part.upper)))
    heads = (t("名次"), t("相邻两宗"), t("只改一项权重"), t("所有权重一起改"))
    rows = [_swap(found, pair, names, titles) for pair in pairs]
    note = t("权重改到所列数值时两宗并列，再多一点即互换；改一项时其余各项按原比例让出。共 {count} 对，下列前 {shown} 对。",
             count=number(len(part.upper), 0), shown=len(rows))  # fmt: skip
    return join((tag("p", text(note), kind="gp-note"), markup.table(heads, rows, kind="swaps")))


def _swap(found: Sensitivity, pair: int, names: dict[str, str], titles: list[str]) -> list[Html]:
    part = found.swaps
    both = [str(found.ids[place[pair]]) for place in (part.upper, part.lower)]
    places = [found.ranks[place[pair]] for place in (part.upper, part.lower)]
    edge = t("前 {k} 名的边界", k=found.top_k) if places[0] <= found.top_k < places[1] else ""
    ranks = join(
        (text(" · ".join(number(rank, 0) for rank in places)), tag("small", text(edge)) if edge else Html(""))
    )
    who = join((tag("b", text(names.get(both[0], both[0]))), tag("small", text(names.get(both[1], both[1])))))
    return [ranks, who, _single(found, pair, titles), _all(found, pair)]


def _single(found: Sensitivity, pair: int, titles: list[str]) -> Html:
    """Return the smallest change of one weight, as shares and as what to set."""
    part, curve = found.swaps, int(found.swaps.curve[pair])
    if part.level[pair]:
        return text(t("并列"))
    if curve < 0:
        return text(t("改任何一项都不会互换"))
    now, then = float(found.candidates.weights[curve]), float(part.single[pair, curve])
    value = (
        f"{found.candidates.rules[curve]}.weight = {number(found.set_value(curve, then), 4)}"
        if then < 1
        else ""
    )
    said = f"{titles[curve]} {percent(now, 2)} → {percent(then, 2)}"
    return join((text(said), tag("small", text(value))))


def _all(found: Sensitivity, pair: int) -> Html:
    part = found.swaps
    if part.level[pair]:
        return text(NONE)
    if not part.comparable[pair]:
        return text(t("适用的评分曲线不同，未计算"))
    if not math.isfinite(part.l1[pair]):
        return text(t("前者处处不低于后者，不会互换"))
    return text(t("移动 {points} 个百分点", points=number(50.0 * float(part.l1[pair]), 2)))


def steps_table(found: Sensitivity) -> Html:
    """Return what becomes of the first k and of the order when one weight changes."""
    part, titles = found.steps, _titles(found)
    heads = (
        t("评分曲线"),
        t("权重"),
        *(f"{step:+.0%}".replace("%", " %").replace("-", "−") for step in STEPS),
    )
    rows = []
    for curve, title in enumerate(titles):
        cases = np.flatnonzero(part.curve == curve)
        cells = [_step(int(part.left[case]), float(part.rho[case])) for case in cases]
        rows.append([text(title), text(percent(float(found.candidates.weights[curve]), 1)), *cells])
    note = t(
        "一项权重改变，其余按原比例让出。上为前 {k} 名中换出的宗数，下为与原名次的秩相关（Spearman）。",
        k=found.top_k,
    )
    return join((tag("p", text(note), kind="gp-note"), markup.table(heads, rows, kind="steps")))


def _step(left: int, rho: float) -> Html:
    kind = "gp-hot" if left else "gp-calm"
    return join((tag("span", text(left), kind=kind), tag("small", text(number(rho, 3)))))


def methods_table(found: Sensitivity) -> Html:
    """Return how far other methods agree with the order, and the weights that they use."""
    part = found.comparison
    if not part.views:
        return markup.notice(t("可比的地块或评分曲线不足两项"), "", kind="empty")
    base = part.views[0].ranks <= found.top_k
    rows = [_method(found, place, base) for place in range(len(part.views))]
    heads = (t("方法"), "Spearman", "Kendall", t("前 {k} 名相同", k=found.top_k), t("说明"))
    note = t(
        "同一批 {count} 宗按不同方法排序，与规则集排序的秩相关。各方法都用得分下限；只作对照，不改变名次。",
        count=number(len(part.places), 0),
    )
    return join(
        (
            tag("p", text(note), kind="gp-note"),
            markup.table(heads, rows, kind="methods"),
            tag("h3", text(t("主观与客观权重"))),
            _weights(found),
        )
    )


def _method(found: Sensitivity, place: int, base: np.ndarray) -> list[Html]:
    part = found.comparison
    view = part.views[place]
    kept = int((base & (view.ranks <= found.top_k)).sum())
    said = (
        t(
            "乐观度 {orness}，权衡度 {tradeoff}",
            orness=number(view.orness, 2),
            tradeoff=number(view.tradeoff, 2),
        )
        if view.orness
        else ""
    )
    return [
        text(t(view.title)),
        _bar(float(part.rho[0, place])),
        text(number(float(part.tau[0, place]), 3)),
        text(f"{kept} / {int(base.sum())}"),
        text(said),
    ]


def _bar(share: float) -> Html:
    if not math.isfinite(share):
        return text(NONE)
    width = 100.0 * max(share, 0.0)
    return Html(f'<i class="gp-share calm"><i style="width:{width:.1f}%"></i></i> {number(share, 3)}')


def _weights(found: Sensitivity) -> Html:
    wanted = [view for view in found.comparison.views if view.id in WEIGHTS]
    heads = (t("评分曲线"), *(t(WEIGHTS[view.id]) for view in wanted))
    rows = [
        [text(title), *(text(percent(float(view.weights[curve]), 1)) for view in wanted)]
        for curve, title in enumerate(_titles(found))
    ]
    return markup.table(heads, rows, kind="weights")
