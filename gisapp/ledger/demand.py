"""Plan quota and project demand (计划指标与项目需求): 应保尽保 in the order of levels, the missing amount named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from gisapp.ledger.balances import ZERO
from gisapp.model.ledger import USED, Entry, Project
from gisapp.model.ledgerbook import Parameter, Rules

DemandState = Literal["used", "met", "short", "unknown", "not_reasonable"]


@dataclass(frozen=True)
class Demand:
    """What one project gets of the quota [ha] (项目保障).

    ``used`` was posted already; ``need`` is what it still asks for, None 资料不足; ``granted`` what the quota
    covers; ``missing`` what it lacks when its turn comes.
    """

    project: Project
    state: DemandState
    used: Decimal
    need: Decimal | None
    granted: Decimal
    missing: Decimal


@dataclass(frozen=True)
class DemandPlan:
    """All projects against one quota [ha] (需求平衡).

    ``missing`` is what the reasonable projects ask for beyond the quota: the amount for the city's own
    arrangement (一市一策).
    """

    year: int
    quota: Decimal | None
    left: Decimal
    missing: Decimal
    rows: tuple[Demand, ...]
    parameters: tuple[Parameter, ...]


def plan_demand(
    quota: Decimal | None, entries: Sequence[Entry], projects: Iterable[Project], as_of: dt.date, rules: Rules
) -> DemandPlan:
    """Return which projects the year's quota covers, in the order of levels and then of registration.

    A project is covered whole or not at all. Where ``pass_over`` holds, later ones that fit are still covered.

    Parameters
    ----------
    quota
        What is left of the year's quota on the day [ha]; None is 未提供, and nothing is covered by it.
    entries
        Say what projects have used already.
    projects
        In the order of registration.
    as_of
        The day.
    rules
        Give ``project_levels`` and ``pass_over``.
    """
    order = rules["project_levels"].words
    ranked = sorted(projects, key=lambda p: order.index(p.level) if p.level in order else len(order))
    rows, left, stopped = [], max(ZERO, quota or ZERO), False
    for project in ranked:
        row = _demand(project, _used(entries, project.id, as_of), left, stopped=stopped)
        rows.append(row)
        left -= row.granted
        stopped = stopped or (row.state == "short" and not rules["pass_over"].value)
    asked = sum((r.need or ZERO for r in rows if r.state in ("met", "short")), ZERO)
    missing = max(ZERO, asked - max(ZERO, quota or ZERO))
    told = (rules["project_levels"], rules["pass_over"])
    return DemandPlan(as_of.year, quota, left, missing, tuple(rows), told)


def _demand(project: Project, used: Decimal, left: Decimal, *, stopped: bool) -> Demand:
    if project.reviewed is False:
        return Demand(project, "not_reasonable", used, None, ZERO, ZERO)
    if project.quota_ha is None or project.reviewed is None:
        return Demand(project, "unknown", used, None, ZERO, ZERO)
    need = max(ZERO, project.quota_ha - used)
    if not need:
        return Demand(project, "used", used, need, ZERO, ZERO)
    if need <= left and not stopped:
        return Demand(project, "met", used, need, need, ZERO)
    return Demand(project, "short", used, need, ZERO, need if stopped else need - left)


def _used(entries: Iterable[Entry], project: str, as_of: dt.date) -> Decimal:
    """Return what a project has used of any year's quota up to a day, reversals taken off [ha]."""
    found = ZERO
    for entry in entries:
        if entry.project == project and entry.indicator == "plan_quota" and entry.day <= as_of:
            found += sum((p.amount for p in entry.postings if p.account.holder == USED), ZERO)
    return found
