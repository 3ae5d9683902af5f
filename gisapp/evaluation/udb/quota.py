"""The balance by county (分县平衡, UDB-07), phasing (UDB-09) and small sites outside (UDB-12)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
import shapely

from gisapp.context import Context
from gisapp.crs import ellipsoidal_area
from gisapp.evaluation.udb.ground import NOWHERE
from gisapp.evaluation.udb.parameters import Parameters
from gisapp.evaluation.udb.result import CountyRow, MoveRow, Outcome, PackageFinding
from gisapp.format import number, percent
from gisapp.kernels.overlay import PolygonIndex
from gisapp.units import m2_to_ha

QUOTA: Final = "udb_quota"
INCREMENTS: Final = "udb_increments"
STAGES: Final = ((2021, 2025), (2026, 2030), (2031, 2035))
_DUST_HA: Final = 1e-9
"""A tenth of a square centimetre: below it a balance of ellipsoidal areas is arithmetic."""


def county_rows(moves: Sequence[MoveRow], context: Context) -> tuple[CountyRow, ...]:
    """Return the balance of each county that a move touches; land in no county stands under an empty code."""
    touched = sorted({code for row in moves for code in row.counties})
    names = _names(context)
    return tuple(_county(code, names.get(code, ""), moves, context) for code in touched)


def _names(context: Context) -> dict[str, str]:
    if not context.has("district"):
        return {}
    frame = context.frame("district")
    if "code" not in frame.columns:
        return {}
    titles = frame["name"].astype(str) if "name" in frame.columns else frame["code"].astype(str)
    return dict(zip(frame["code"].astype(str), titles, strict=True))


def _county(code: str, name: str, moves: Sequence[MoveRow], context: Context) -> CountyRow:
    come, gone = (
        sum(row.counties.get(code, 0.0) for row in moves if row.kind == kind) for kind in ("in", "out")
    )
    udb = boundary_area(context, code)
    base, most = (quota(context, code, name_) for name_ in ("base_area_ha", "multiple_max"))
    net = m2_to_ha(come - gone)
    multiple = None if base is None else (udb + net) / base
    return CountyRow(
        code,
        name,
        m2_to_ha(come),
        m2_to_ha(gone),
        quota(context, code, "reserve_quota_ha"),
        udb,
        base,
        multiple,
        most,
    )


def boundary_area(context: Context, code: str) -> float:
    """Return the area of the present boundary in a county [ha]: features by plane share × ellipsoidal area."""
    shares = context.cached(("udb", "by-county"), lambda: _by_county(context))
    return m2_to_ha(shares.get(code, 0.0))


def _by_county(context: Context) -> dict[str, float]:
    shapes = context.frame("udb").geometry.to_numpy()
    area = ellipsoidal_area(shapes, context.crs)
    if not _names(context):
        return {NOWHERE: float(area.sum())}
    frame = context.frame("district")
    codes, names = pd.factorize(frame["code"].astype(str))
    plane = PolygonIndex(frame.geometry.to_numpy(), codes.astype(np.intp)).areas(shapes)
    share = plane / shapely.area(shapes)[:, None]
    out = {str(name): float((share[:, k] * area).sum()) for k, name in enumerate(names)}
    return {**out, NOWHERE: float(area.sum()) - sum(out.values())}


def quota(context: Context, code: str, column: str) -> float | None:
    """Return a figure of the quota table for a county, None where it is 未提供."""
    if QUOTA not in context.tables:
        return None
    table = context.table(QUOTA)
    found = pd.to_numeric(table.loc[table["xzqdm"].astype(str) == code, column], errors="coerce").dropna()
    return float(found.iloc[0]) if len(found) else None


def net_finding(row: CountyRow, known: Parameters) -> PackageFinding:
    """Return whether land in less land out stays within the reserve quota (UDB-07)."""
    net, free = row.net_ha, known.value("UDB-07-net")
    limit = row.quota_ha if row.quota_ha is not None else free
    fits = net <= limit + _DUST_HA
    outcome = Outcome.PASS if fits else Outcome.FAIL if row.quota_ha is not None else Outcome.NOT_LOADED
    shown = f"{number(net, 4)} 公顷"
    if row.quota_ha is None:
        said = "未超过调出" if fits else "超过调出，剩余机动指标未提供，不能判定"
        limit_text = f"≤ {number(free, 4)} 公顷（无机动指标）"
    else:
        said = "未超过剩余机动指标" if fits else "超过剩余机动指标"
        limit_text = f"≤ {number(row.quota_ha, 4)} 公顷（机动指标）"
    text = f"调入 {number(row.in_ha, 4)} − 调出 {number(row.out_ha, 4)} = {shown}，{said}"
    return PackageFinding(
        "UDB-07", "调入调出平衡", outcome, text, known.basis("UDB-07-net"), shown, limit_text, _who(row)
    )


def multiple_finding(row: CountyRow, known: Parameters) -> PackageFinding:
    """Return whether boundary ÷ base-year urban construction land stays within the allotted multiple (UDB-07)."""
    head = ("UDB-07", "扩展倍数")
    basis = known.basis("UDB-07-net")
    if row.multiple is None or row.multiple_max is None:
        lacking = [
            name
            for name, value in (("基期城镇建设用地", row.base_ha), ("下达扩展倍数", row.multiple_max))
            if value is None
        ]
        shown = "" if row.multiple is None else number(row.multiple, 4)
        text = f"未提供：{'、'.join(lacking)}"
        return PackageFinding(*head, Outcome.NOT_LOADED, text, basis, shown, "", _who(row))
    fits = row.multiple <= row.multiple_max + 1e-12
    text = f"（{number(row.udb_ha, 4)} + {number(row.net_ha, 4)}）÷ {number(row.base_ha, 4)} = {number(row.multiple, 4)}"
    outcome = Outcome.PASS if fits else Outcome.FAIL
    return PackageFinding(
        *head, outcome, text, basis, number(row.multiple, 4), f"≤ {number(row.multiple_max, 4)}", _who(row)
    )


def _who(row: CountyRow) -> str:
    return f"{row.name}（{row.code}）" if row.code else "不在县级行政区图层内"


def phasing_findings(row: CountyRow, context: Context, known: Parameters) -> list[PackageFinding]:
    """Return how the increment is phased, as a reference (UDB-09)."""
    total = quota(context, row.code, "increment_total_ha")
    if total is None or total <= 0.0 or INCREMENTS not in context.tables:
        text = "增量总量或历年使用增量未提供"
        return [_reference("UDB-09", "增量时序", text, known, "UDB-09-2025", row)]
    table = context.table(INCREMENTS)
    own = table[table["xzqdm"].astype(str) == row.code]
    used = {int(year): float(ha) for year, ha in zip(own["year"], own["used_ha"], strict=True)}
    out = []
    for end, id_ in ((2025, "UDB-09-2025"), (2030, "UDB-09-2030")):
        share = sum(ha for year, ha in used.items() if year <= end) / total
        limit, word = known.value(id_), "未超过" if share <= known.value(id_) + 1e-12 else "超过"
        text = f"到 {end} 年已用 {percent(share, 2)}，{word}参考上限 {percent(limit, 0)}"
        out.append(_reference("UDB-09", "增量时序", text, known, id_, row))
    return [*out, *_stage_findings(used, row, known)]


def _stage_findings(used: dict[int, float], row: CountyRow, known: Parameters) -> list[PackageFinding]:
    """Return the years of a stage that fall below the share of its mean; the first year of a stage has none before it."""
    least, out = known.value("UDB-09-stage"), []
    for start, end in STAGES:
        years = {year: ha for year, ha in used.items() if start <= year <= end}
        mean = sum(years.values()) / len(years) if years else 0.0
        low = [year for year, ha in sorted(years.items()) if year > start and ha < least * mean - 1e-12]
        if low:
            text = f"{start}—{end} 年均值 {number(mean, 4)} 公顷，{'、'.join(map(str, low))} 年低于其 {percent(least, 0)}"
            out.append(_reference("UDB-09", "阶段内各年", text, known, "UDB-09-stage", row))
    return out


def scattered_finding(row: CountyRow, context: Context, known: Parameters) -> PackageFinding:
    """Return how planned new construction outside the boundary stands, as a reference (UDB-12)."""
    names = ("planned_new_ha", "planned_outside_ha", "outside_deducted_ha")
    whole, outside, deducted = (quota(context, row.code, name) for name in names)
    if whole is None or outside is None or whole <= 0.0:
        text = "规划新增城镇建设用地及其边界外部分未提供"
        return _reference("UDB-12", "边界外零星用地", text, known, "UDB-12-share", row)
    share, limit = outside / whole, known.value("UDB-12-share")
    said = [
        f"边界外 {percent(share, 2)}，{'未超过' if share <= limit + 1e-12 else '超过'}参考上限 {percent(limit, 0)}"
    ]
    if deducted is None:
        said.append("边界内等量扣减未提供")
    elif deducted + _DUST_HA < outside:
        said.append(f"边界内扣减 {number(deducted, 4)} 公顷，少于边界外 {number(outside, 4)} 公顷")
    if _residential(context, row.code):
        said.append("边界外含居住，山西规定不得安排")
    return _reference("UDB-12", "边界外零星用地", "；".join(said), known, "UDB-12-share", row)


def _residential(context: Context, code: str) -> bool:
    table = context.table(QUOTA)
    return bool((table.loc[table["xzqdm"].astype(str) == code, "outside_residential"] == True).any())  # noqa: E712


def _reference(
    rule: str, title: str, text: str, known: Parameters, id_: str, row: CountyRow
) -> PackageFinding:
    return PackageFinding(rule, title, Outcome.REFERENCE, text, known.basis(id_), county=_who(row))
