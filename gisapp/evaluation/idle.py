"""What became of supplied land (供后状态): each transition with its day and its evidence, as of a day (LEL-01 … LEL-03).

The line is 已供 → 应动工 → 已动工 → 竣工 → 达产; the branches are 闲置1年, 闲置2年, 停建闲置, 低效, 再开发中 and 收回.
Computed branches are findings; what an authority settled comes from a table or a recorded step with its document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pandas as pd

from gisapp.context import Context

STATES: Final = {
    "planned": "未供",
    "supplied": "已供",
    "start_due": "应动工",
    "idle_1y": "满一年未动工，疑似闲置土地（待调查认定）",
    "idle_2y": "满二年未动工，疑似闲置土地（待调查认定）",
    "started": "已动工",
    "suspended": "停建",
    "idle_suspended": "停建满一年，疑似闲置土地（待调查认定）",
    "suspended_unknown": "停建满一年，开发面积或投资比例资料不足",
    "completed": "竣工",
    "on_target": "达产",
    "low_efficiency": "低效（已认定）",
    "redeveloping": "再开发中",
    "reclaimed": "收回",
    "unknown": "资料不足",
}
"""States with the words that are printed."""
NOT_USED: Final = ("supplied", "start_due", "idle_1y", "idle_2y")
"""Supplied and not started (供而未用, LEL-03)."""
_RANK: Final = {state: place for place, state in enumerate(STATES)}
_NEEDS_SUSPENSION: Final = "suspended"


@dataclass(frozen=True)
class Transition:
    """One change of state (状态变化): from the day on, by which field or table, and what it says."""

    state: str
    day: date
    evidence: str
    detail: str = ""
    recorded: bool = True
    """False where it follows from dates by a rule; then it is a finding and nobody's decision."""

    @property
    def title(self) -> str:
        """The state as it is printed."""
        return STATES[self.state]


@dataclass(frozen=True)
class IdleRules:
    """The thresholds of LEL-01, as the rulebook gives them (闲置认定门槛)."""

    one_year_years: float
    two_year_years: float
    land_share_min: float
    invest_share_min: float
    suspended_years: float


@dataclass(frozen=True)
class SupplyDates:
    """What the parcel table says about one parcel (履约时点); None is missing."""

    supplied: date | None = None
    start_due: date | None = None
    started: date | None = None
    suspended: date | None = None
    completed: date | None = None
    developed_share: float | None = None
    invested_share: float | None = None
    built: bool = False
    """Whether floor area stands on it."""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> SupplyDates:
        """Return the dates and shares of a row of the parcel table; a field that it lacks is missing."""
        invested, whole = _number(row, "dev_invested_excl_land_10k"), _number(row, "dev_total_excl_land_10k")
        return cls(
            _day(row, "supplied_on"),
            _day(row, "start_due_on"),
            _day(row, "started_on"),
            _day(row, "x_suspended_on"),
            _day(row, "x_completed_on"),
            _number(row, "x_developed_share"),
            invested / whole if invested is not None and whole else None,
            (_number(row, "floor_area_m2") or 0.0) > 0,
        )


def anniversary(day: date, years: float) -> date:
    """Return the day on which `years` full years are over (满年日): the anniversary itself counts."""
    return (pd.Timestamp(day) + pd.DateOffset(years=int(years))).date()


def timeline(
    dates: SupplyDates, as_of: date, rules: IdleRules, more: Iterable[Transition] = ()
) -> tuple[Transition, ...]:
    """Return every transition on or before `as_of`, in time; `more` are those of tables and recorded steps."""
    outcomes = list(more)
    found = [*_recorded(dates), *_idle(dates, rules), *_suspended(dates, as_of, rules), *outcomes]
    found += _redeveloping(dates, outcomes)
    return tuple(
        sorted((item for item in found if item.day <= as_of), key=lambda item: (item.day, _RANK[item.state]))
    )


def state_of(dates: SupplyDates, transitions: Iterable[Transition]) -> str:
    """Return the state that the newest transition leads to; unknown where built land or a start has no date at all."""
    last = max(transitions, key=lambda item: (item.day, _RANK[item.state]), default=None)
    if last is not None:
        return last.state
    return "unknown" if dates.built else "planned"


def _recorded(dates: SupplyDates) -> list[Transition]:
    begun = _begun(dates)
    in_time = begun is not None and dates.start_due is not None and begun <= dates.start_due
    given = (
        ("supplied", dates.supplied, "supplied_on"),
        # Who starts early has nothing due any more.
        ("start_due", None if in_time else dates.start_due, "start_due_on"),
        ("started", dates.started, "started_on"),
        (_NEEDS_SUSPENSION, dates.suspended, "x_suspended_on"),
        ("completed", dates.completed, "x_completed_on"),
    )
    return [Transition(state, day, f"字段 {field}") for state, day, field in given if day is not None]


def _begun(dates: SupplyDates) -> date | None:
    return min((day for day in (dates.started, dates.completed) if day is not None), default=None)


def _idle(dates: SupplyDates, rules: IdleRules) -> list[Transition]:
    """Return the days on which land became idle for want of a start; a start on the very day comes in time."""
    due = dates.start_due
    if due is None:
        return []
    begun, out = _begun(dates), []
    for state, years in (("idle_1y", rules.one_year_years), ("idle_2y", rules.two_year_years)):
        day = anniversary(due, years)
        if begun is None or begun > day:
            detail = f"约定动工 {due.isoformat()}，满 {years:g} 年未动工"
            out.append(Transition(state, day, "字段 start_due_on、started_on", detail, recorded=False))
    return out


def _suspended(dates: SupplyDates, as_of: date, rules: IdleRules) -> list[Transition]:
    since = dates.suspended
    if since is None or dates.started is None:
        return []
    day = anniversary(since, rules.suspended_years)
    if dates.completed is not None and dates.completed <= min(day, as_of):
        return []
    land, money = dates.developed_share, dates.invested_share
    short = (land is not None and land < rules.land_share_min) or (
        money is not None and money < rules.invest_share_min
    )
    if not short and land is not None and money is not None:
        return []
    shares = f"已开发面积 {_share(land)}，已投资 {_share(money)}"
    evidence = "字段 x_suspended_on、x_developed_share、dev_invested_excl_land_10k、dev_total_excl_land_10k"
    state = "idle_suspended" if short else "suspended_unknown"
    return [Transition(state, day, evidence, shares, recorded=False)]


def _redeveloping(dates: SupplyDates, outcomes: Iterable[Transition]) -> list[Transition]:
    """Return that work began again after the land was recognised as low-efficiency."""
    known = [item.day for item in outcomes if item.state == "low_efficiency"]
    if dates.started is None or not known or dates.started <= min(known):
        return []
    return [Transition("redeveloping", dates.started, "字段 started_on", "认定低效后动工")]


def _share(value: float | None) -> str:
    return "资料不足" if value is None else f"{100 * value:.1f} %"


def of_tables(context: Context, parcel_id: str) -> list[Transition]:
    """Return what the tables of inquiries and of performance checks add for a parcel; nothing where they are not loaded."""
    out: list[Transition] = []
    if "performance_checks" in context.tables:
        checks = context.table("performance_checks")
        done = checks[(checks["parcel_id"] == parcel_id) & (checks["stage"] == "target")]
        days = done["done_on"].dropna()
        if len(days):
            out.append(Transition("on_target", days.min().date(), "资料表 performance_checks"))
    if "idle_cases" in context.tables:
        cases = context.table("idle_cases")
        for row in cases[cases["parcel_id"] == parcel_id].to_dict("records"):
            if row["disposal"] == "reclaim" and not pd.isna(row["disposal_on"]):
                document = str(row["disposal_document"] or row["document"])
                out.append(Transition("reclaimed", row["disposal_on"].date(), "资料表 idle_cases", document))
    return out


def _day(row: Mapping[str, Any], name: str) -> date | None:
    value = row.get(name)
    return None if value is None or pd.isna(value) else pd.Timestamp(value).date()


def _number(row: Mapping[str, Any], name: str) -> float | None:
    value = row.get(name)
    return None if value is None or pd.isna(value) else float(value)
