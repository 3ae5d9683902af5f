"""The findings on cultivated and prohibited land (耕地与底线结论, UDB-08): amounts with what is not known as bounds."""

from __future__ import annotations

from collections.abc import Sequence

from gisapp.evaluation.udb.ground import Ground
from gisapp.evaluation.udb.land import Grades, Land, summed
from gisapp.evaluation.udb.parameters import Parameters
from gisapp.evaluation.udb.result import Outcome, PackageFinding, Side
from gisapp.format import number, square_metres
from gisapp.units import m2_to_ha

Pair = tuple[Ground, Land]
_DUST_M2 = 1e-5


def of_kind(pairs: Sequence[Pair], kind: str) -> list[Pair]:
    """Return the moves of one kind."""
    return [pair for pair in pairs if pair[0].move.kind == kind]


def side(pairs: Sequence[Pair], negligible_m2: float) -> Side:
    """Return the sums of some moves; a sum is None where a layer is not loaded."""
    area = sum(ground.area_m2 for ground, _ in pairs)
    grades = _grades(pairs)
    schemes = grades.schemes if grades is not None else ()
    return Side(
        area,
        _sum([land.cultivated_m2 for _, land in pairs]),
        None if grades is None else grades.mean(negligible_m2),
        "、".join(schemes) or None,
        _sum([land.farmland_m2 for _, land in pairs]),
        _sum([land.redline_m2 for _, land in pairs]),
    )


def _sum(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _grades(pairs: Sequence[Pair]) -> Grades | None:
    found = [land.grades for _, land in pairs]
    known = [one for one in found if one is not None]
    return summed(known) if len(known) == len(found) else None


def cultivated_finding(pairs: Sequence[Pair], known: Parameters) -> PackageFinding:
    """Return whether no more cultivated land comes in than goes out; what no class covers may be cultivated."""
    head, basis = ("UDB-08", "耕地不减少"), known.basis("UDB-08-cultivated")
    limit = f"≤ {number(known.value('UDB-08-cultivated'), 4)} 公顷"
    come, gone = (_bounds(of_kind(pairs, kind)) for kind in ("in", "out"))
    if come is None or gone is None:
        text = "现状地类图层未提供，不能核对耕地"
        return PackageFinding(*head, Outcome.NOT_LOADED, text, basis, "", limit)
    most = known.value("UDB-08-cultivated") * 10_000.0 + _DUST_M2
    net = m2_to_ha(come[0] - gone[0])
    text = f"调入耕地 {number(m2_to_ha(come[0]), 4)} 公顷，调出耕地 {number(m2_to_ha(gone[0]), 4)} 公顷"
    silent = come[1] - come[0] + gone[1] - gone[0]
    text += f"；另有 {square_metres(silent)} 地类图层未覆盖" if silent > 0.0 else ""
    outcome = Outcome.UNKNOWN
    if come[1] - gone[0] <= most:
        outcome = Outcome.PASS
    elif come[0] - gone[1] > most:
        outcome = Outcome.FAIL
    return PackageFinding(*head, outcome, text, basis, f"{number(net, 4)} 公顷", limit)


def _bounds(pairs: Sequence[Pair]) -> tuple[float, float] | None:
    """Return the least and the most cultivated land [m²] of some moves, None where no layer is loaded."""
    if any(land.cultivated_m2 is None for _, land in pairs):
        return None
    low = sum(land.cultivated_m2 or 0.0 for _, land in pairs)
    return low, low + sum(land.uncovered_m2 or 0.0 for _, land in pairs)


def prohibited_finding(pairs: Sequence[Pair], known: Parameters, kind: str) -> PackageFinding:
    """Return whether land that comes in holds basic farmland or ecological red line; contact is left to a person."""
    title = {"farmland": "调入不占永久基本农田", "redline": "调入不占生态保护红线"}[kind]
    basis, limit = known.basis(f"UDB-08-{kind}"), known.value(f"UDB-08-{kind}")
    found = [(one.move.id, getattr(land, f"{kind}_m2")) for one, land in of_kind(pairs, "in")]
    shown_limit = f"≤ {square_metres(limit)}"
    if any(area is None for _, area in found):
        return PackageFinding(
            "UDB-08", title, Outcome.NOT_LOADED, "图层未提供，不能核对", basis, "", shown_limit
        )
    total = sum(area for _, area in found)
    listed = "、".join(f"{move} {square_metres(area)}" for move, area in found if area > 0.0)
    outcome, text = Outcome.PASS, "未占用"
    if limit < total < known.value("UDB-08-contact"):
        outcome, text = Outcome.UNKNOWN, f"边界接触须人工核对：{listed}"
        basis = known.basis("UDB-08-contact")
    elif total > limit:
        outcome, text = Outcome.FAIL, f"占用：{listed}"
    return PackageFinding("UDB-08", title, outcome, text, basis, square_metres(total), shown_limit)


def grade_finding(pairs: Sequence[Pair], known: Parameters, negligible_m2: float) -> PackageFinding:
    """Return whether the cultivated land that comes in is no better than what goes out; grade 1 is the best."""
    head, basis = ("UDB-08", "耕地质量不下降"), known.basis("UDB-08-grade")
    come, gone = (of_kind(pairs, kind) for kind in ("in", "out"))
    amounts = _bounds(come)
    if amounts is not None and amounts[1] <= negligible_m2:
        return PackageFinding(*head, Outcome.PASS, "没有耕地调入", basis)
    grades = [_grades(come), _grades(gone)]
    if grades[0] is None or grades[1] is None:
        text = "没有耕地质量等别资料，不能比较" if amounts is not None else "现状地类图层未提供，不能比较"
        return PackageFinding(*head, Outcome.UNKNOWN, text, basis)
    first, second = (one.mean(negligible_m2) for one in grades if one is not None)
    schemes = dict.fromkeys([*grades[0].schemes, *grades[1].schemes])
    why = _incomparable(grades[0], grades[1], list(schemes), negligible_m2)
    if why or first is None or second is None:
        return PackageFinding(*head, Outcome.UNKNOWN, why or "等别不全，不能比较", basis)
    tolerance = known.value("UDB-08-grade") + 1e-9
    worse = "调入的是更好的耕地" if first < second - tolerance else "调入的耕地不优于调出的"
    outcome = Outcome.FAIL if first < second - tolerance else Outcome.PASS
    text = f"平均等别（{next(iter(schemes)) or '体系未注明'}）调入 {number(first, 2)}，调出 {number(second, 2)}：{worse}"
    return PackageFinding(*head, outcome, text, basis, number(first, 2), f"≥ {number(second, 2)}")


def _incomparable(come: Grades, gone: Grades, schemes: list[str], negligible_m2: float) -> str:
    """Return why two means cannot be compared, empty where they can."""
    lacking = come.unknown_m2 + gone.unknown_m2
    if come.unknown_m2 > negligible_m2 or gone.unknown_m2 > negligible_m2:
        return f"{square_metres(lacking)} 耕地没有等别，不能比较"
    if gone.known_m2 <= 0.0:
        return "没有耕地调出，无可比较"
    if len(schemes) > 1:
        return f"等别体系不同（{'、'.join(one or '未注明' for one in schemes)}），不能比较"
    return ""
