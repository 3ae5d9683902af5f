"""Findings on the outlines of a package (图斑形态结论): overlaps, slivers, counties, and the shape of what results (UDB-11)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from gisapp.context import Context
from gisapp.crs import ellipsoidal_area
from gisapp.evaluation.udb.ground import NOWHERE, Geometry, Ground, overlap, parts_by
from gisapp.evaluation.udb.parameters import Parameters
from gisapp.evaluation.udb.result import Outcome, PackageFinding
from gisapp.evaluation.udb.shape import islands, new_necks, small_holes
from gisapp.format import hectares, number, square_metres
from gisapp.kernels.coverage import OVERLAP_M2
from gisapp.model.udb import CONCENTRATED, MOVE_WORDS
from gisapp.units import M2_PER_HA


def form_findings(grounds: Sequence[Ground], context: Context, known: Parameters) -> list[PackageFinding]:
    """Return what the outlines themselves give cause to say."""
    out = [_overlap(a, b, area, known) for a, b, area in overlap(grounds) if area > OVERLAP_M2]
    out += [found for one in grounds if (found := _extent(one, known))]
    out += [found for one in grounds if (found := _across(one, context, known))]
    return [*out, *_concentrated(grounds, context, known)]


def _overlap(one: Ground, other: Ground, area: float, known: Parameters) -> PackageFinding:
    text = f"图斑 {one.move.id} 与 {other.move.id} 重叠 {square_metres(area)}，面积会重复计算，须改正"
    basis = known.basis("UDB-07-net")
    return PackageFinding(
        "UDB-07", "图斑不重叠", Outcome.FAIL, text, basis, square_metres(area), "= 0 ㎡", move=one.move.id
    )


def _negligible(one: Ground, known: Parameters) -> float:
    """Return the tolerance of UDB-02 for an outline [m²]."""
    return min(known.value("UDB-02-area"), known.value("UDB-02-share") * one.drawn_m2)


def _extent(one: Ground, known: Parameters) -> PackageFinding | None:
    """Return a warning where an outline changes less land than it shows, or next to none."""
    move, lost, least = one.move, one.drawn_m2 - one.area_m2, _negligible(one, known)
    word = MOVE_WORDS[move.kind]
    basis = known.basis("UDB-02-area")
    if one.area_m2 <= least:
        text = f"图斑 {move.id} {word}的土地只有 {square_metres(one.area_m2)}，在容差之内，不改变边界"
    elif lost > least:
        where = {"in": "已在边界内", "out": "本来就在边界外", "rezone": "在边界外或本来就是该分区"}[move.kind]
        text = f"图斑 {move.id} 有 {square_metres(lost)} {where}，未计入{word}面积"
    else:
        return None
    return PackageFinding(
        "UDB-02", "图斑范围", Outcome.WARNING, text, basis, square_metres(one.area_m2), move=move.id
    )


def _across(one: Ground, context: Context, known: Parameters) -> PackageFinding | None:
    """Return a warning where an outline lies in several counties, each of which keeps its own package."""
    if not context.has("district") or "code" not in context.frame("district").columns:
        return None
    parts = parts_by(one, context.frame("district"), "code", NOWHERE)
    least = _negligible(one, known)
    several = {code: area for code, area in parts.items() if area > least}
    if len(several) < 2:
        return None
    shown = "、".join(f"{code or '图层外'} {square_metres(area)}" for code, area in several.items())
    text = f"图斑 {one.move.id} 跨 {len(several)} 个县级行政区（{shown}），成果按县分列"
    return PackageFinding(
        "UDB-10", "县级行政区", Outcome.WARNING, text, known.basis("UDB-02-area"), move=one.move.id
    )


def _concentrated(grounds: Sequence[Ground], context: Context, known: Parameters) -> list[PackageFinding]:
    """Return whether changes of zone leave the total of the concentrated zone as it was (UDB-02)."""
    changes = [one for one in grounds if one.move.kind == "rezone" and one.area_m2 > 0.0]
    if not changes:
        return []
    gained = sum(one.area_m2 for one in changes if one.move.zone == CONCENTRATED)
    lost = sum(
        parts_by(one, context.frame("udb"), "zone", None).get(CONCENTRATED, 0.0)
        for one in changes
        if one.move.zone != CONCENTRATED
    )
    least = known.value("UDB-02-area")
    same = abs(gained - lost) <= least
    text = f"属性变更使集中建设区增 {square_metres(gained)}、减 {square_metres(lost)}"
    text += "，总量不变" if same else "，总量改变，须等量置换"
    outcome = Outcome.PASS if same else Outcome.FAIL
    return [
        PackageFinding(
            "UDB-02", "集中建设区总量不变", outcome, text, known.basis("UDB-02-area"),
            square_metres(gained - lost), f"± {number(least, 0)} ㎡",
        )
    ]  # fmt: skip


def shape_findings(
    old: Geometry, new: Geometry, grounds: Sequence[Ground], context: Context, known: Parameters
) -> list[PackageFinding]:
    """Return warnings of islands, small holes and necks that the package makes (UDB-11)."""
    changed = [one.changed for one in grounds if one.area_m2 > 0.0 and one.move.kind != "rezone"]
    if not changed:
        return []

    def area(geometry: Geometry) -> float:
        return float(ellipsoidal_area(np.array([geometry], dtype=object), context.crs)[0])

    width = known.value("UDB-11-neck")
    out = [
        _warning("孤岛", f"形成孤岛 {hectares(area(one))}", _point(one), known, "UDB-11-hole")
        for one in islands(old, new)
    ]
    out += [
        _warning("空洞", f"形成空洞 {hectares(area(one))}，小于 {number(known.value('UDB-11-hole'), 2, trim=True)} 公顷", _point(one), known, "UDB-11-hole")
        for one in small_holes(old, new, area, known.value("UDB-11-hole") * M2_PER_HA)
    ]  # fmt: skip
    out += [
        _warning("颈部", f"形成颈部，宽 {number(neck.width_m, 2)} m，窄于 {number(width, 0)} m", neck.place, known, "UDB-11-neck")
        for neck in new_necks(old, new, shapely.union_all(changed), width)
    ]  # fmt: skip
    return out


def _warning(
    title: str, text: str, place: tuple[float, float], known: Parameters, id_: str
) -> PackageFinding:
    return PackageFinding("UDB-11", title, Outcome.WARNING, text, known.basis(id_), places=(place,))


def _point(geometry: Geometry) -> tuple[float, float]:
    point = shapely.point_on_surface(geometry)
    return float(shapely.get_x(point)), float(shapely.get_y(point))
