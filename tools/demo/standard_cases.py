"""Planted cases of standard land (标准地预置案例): which parcel is wanted, what its tables say, what the rules must say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final

import pandas as pd

Row = dict[str, Any]
MU: Final = 10_000 / 15
EDITION: Final = "GB/T 4754-2017"
GOOD: Final[Row] = {
    "far": 1.8,
    "building_coefficient": 0.42,
    "investment_10k_per_mu": 420.0,
    "tax_10k_per_mu": 32.0,
    "output_10k_per_mu": 460.0,
    "promise_letter": "是",
    "net_land": "是",
    "utilities": "是",
    "standard_factory": "否",
    "standard_factory_suited": "否",
    "corner_plot": "否",
}
"""Conditions that meet every standard of the demo."""


@dataclass(frozen=True)
class Wish:
    """A case and the parcel it wants (预置案例): ``want`` is asked of a row of candidates, one parcel for each case.

    ``contract`` are cells over the good conditions (None for no row at all), ``offset`` moves the agreed dates by days,
    ``checks`` are (stage, days after its due date, done or None, action, indicators), ``storeys`` (share, height).
    """

    id: str
    story: str
    verdict: str
    rules: Row
    want: Callable[[pd.DataFrame], pd.Series]
    contract: Row | None = field(default_factory=dict)
    dates: Row = field(default_factory=dict)
    checks: tuple[Row, ...] = ()
    storeys: tuple[tuple[float, float], ...] = ()
    advice: str | None = None
    parcel_id: str = ""
    supplied_on: date | None = None
    industry: tuple[str | None, str | None] = (None, None)

    @property
    def without(self) -> tuple[str, ...]:
        """The parcels whose row of the contract table is taken out."""
        return (self.parcel_id,) if self.contract is None else ()

    def entry(self) -> Row:
        """Return the case as planted.yaml has it."""
        expect: Row = {"verdict": self.verdict, "rules": dict(self.rules)}
        if self.advice:
            expect["advice"] = self.advice
        return {
            "id": self.id,
            "parcel_id": self.parcel_id,
            "story": self.story,
            "bookmark": None,
            "rulebook": "standard_land",
            "expect": expect,
        }


def settle(table: pd.DataFrame, wishes: list[Wish]) -> list[Wish]:
    """Return the wishes with the first parcel, by id, that each may have and no other took."""
    taken: set[str] = set()
    out = []
    for wish in wishes:
        fits = table[wish.want(table) & ~table["parcel_id"].isin(taken)].sort_values("parcel_id")
        if fits.empty:
            raise LookupError(f"no parcel for planted case {wish.id}")
        row = fits.iloc[0]
        taken.add(row["parcel_id"])
        code = row["industry_code"], row["industry_edition"]
        industry = tuple(None if pd.isna(value) else str(value) for value in code)
        day = row["supplied_on"] if isinstance(row["supplied_on"], date) else None
        out.append(replace(wish, parcel_id=row["parcel_id"], supplied_on=day, industry=industry))
    return out


def rows_of(wish: Wish, what: str) -> dict[str, Any]:
    """Return the contract row, or the rows of checks, of a settled case by parcel."""
    if what == "contract":
        return {} if wish.contract is None else {wish.parcel_id: _contract(wish)}
    return {
        wish.parcel_id: [{"parcel_id": wish.parcel_id, "document": "示例核查", **row} for row in wish.checks]
    }


def _contract(wish: Wish) -> Row:
    signed = wish.supplied_on
    kind = "conditions" if signed is None else "contract"
    row: Row = {
        "parcel_id": wish.parcel_id,
        "kind": kind,
        "document": f"示例{'供地条件' if signed is None else '出让合同'}〔{wish.id}〕",
        "signed_on": signed.isoformat() if signed else None,
        "industry_code": wish.industry[0],
        "industry_system": wish.industry[1],
        "start_due_on": _after(signed, 365),
        "completion_due_on": _after(signed, 1095),
        "production_due_on": _after(signed, 1275),
        "target_due_on": _after(signed, 1825),
        **GOOD,
    }
    return {**row, **(wish.contract or {}), **wish.dates}


def _after(day: date | None, days: int) -> str | None:
    return (day + timedelta(days=days)).isoformat() if day else None


def _planned(park: str, use: str = "1001") -> Callable[[pd.DataFrame], pd.Series]:
    """Want unsupplied land of a park, planned for `use`, off farmland and red line."""

    def want(table: pd.DataFrame) -> pd.Series:
        here = table["x_in_park_id"] == park
        here &= table["supplied_on"].isna() & table["plan_use_code"].str.startswith(use).fillna(False)
        return here & ~table["farmland"] & ~table["redline"]

    return want


def _supplied(
    park: str, *, since: str = "2016-01-01", until: str = "2026-06-30", done: bool | None = None, **more: Any
) -> Callable[[pd.DataFrame], pd.Series]:
    """Want supplied industrial land of a park without a demo contract, supplied between two days."""

    def want(table: pd.DataFrame) -> pd.Series:
        day = pd.to_datetime(table["supplied_on"])
        here = (table["x_in_park_id"] == park) & (day >= since) & (day <= until)
        here &= table["use_code"].str.startswith("1001") & ~table["farmland"] & ~table["redline"]
        if done is not None:
            here &= table["x_completed_on"].notna() == done
        for name, value in more.items():
            here &= table[name].isna() if value is None else (table[name] == value)
        return here.fillna(False).astype(bool)

    return want


def _unbuilt(park: str) -> Callable[[pd.DataFrame], pd.Series]:
    """Want supplied land of a park on which nothing was started."""
    return lambda table: (
        _supplied(park, done=False)(table) & table["started_on"].isna() & table["industry_edition"].notna()
    )


def _industry(park: str, *codes: str, since: str = "2022-01-01") -> Callable[[pd.DataFrame], pd.Series]:
    return lambda table: (
        _supplied(park, since=since, industry_edition=EDITION)(table)
        & table["industry_code"].str[:2].isin(codes).fillna(False)
    )


def _listed(park: str) -> Callable[[pd.DataFrame], pd.Series]:
    """Want finished land of an industry that the national list of 2008 has under one code in every edition."""
    return lambda table: (
        _supplied(park, since="2012-01-01", until="2021-12-21", done=True)(table)
        & table["industry_code"].str[:2].isin(["34", "35", "39", "40"]).fillna(False)
        & table["industry_edition"].notna()
    )


def cases() -> list[Wish]:
    """Return the planted cases of standard land."""
    return [*_standards(), *_composition(), *_performance()]


def _composition() -> list[Wish]:
    fine = {"STD-02": "pass", "STD-01-conditions": "pass", "STD-01-promise": "pass", "STD-01-net": "pass"}
    return [
        Wish(
            "S01", "规划工业用地，评估齐备、条件写全、净地、有承诺：具备标准地条件", "candidate", {**fine, "STD-09": "pass"},
            lambda t: _planned("smart-mfg")(t) & (t["plane_m2"] > 15_100), {"industry_code": "35", "industry_system": EDITION},
            advice="offer",
        ),
        Wish(
            "S02", "规划工业用地，供地条件尚未登记：尚不具备", "not_candidate", {"STD-02": "pass", "STD-01-conditions": "fail"},
            _planned("smart-mfg"), None,
        ),
        Wish(
            "S05", "园区有区域评估已过期：尚不具备", "not_candidate",
            {"STD-02": "fail", "STD-02-missing": "fail", "STD-02-expired": "pass"},
            lambda t: _supplied("pukou-hitech", since="2000-01-01")(t) & t["inside"],
        ),
        Wish(
            "S06", "园区只做了部分区域评估：尚不具备", "not_candidate", {"STD-02": "fail", "STD-02-missing": "pass"},
            _supplied("luhe-edz", since="2012-01-01"),
        ),
        Wish(
            "S07", "评估范围线没有全部覆盖本地块：尚不具备", "not_candidate",
            {"STD-02": "fail", "STD-02-uncovered": "pass", "STD-02-missing": "fail"},
            lambda t: _supplied("pukou-edz", since="2000-01-01")(t) & ~t["inside"],
        ),
        Wish(
            "S08", "评估 180 天内到期：具备条件，提示续评", "candidate", {**fine, "STD-02-soon": "pass"},
            _supplied("biopharma", since="2022-01-01"),
        ),
        Wish(
            "S09", "合同没有约定亩均税收：尚不具备", "not_candidate", {"STD-01-conditions": "fail"},
            _supplied("gaoxin", since="2022-01-01"), {"tax_10k_per_mu": None},
        ),
        Wish(
            "S10", "没有承诺书与监管协议：尚不具备", "not_candidate", {"STD-01-promise": "fail"},
            _supplied("gaoxin", since="2022-01-01"), {"promise_letter": "否"},
        ),
        Wish(
            "S11", "配套未到位：尚不具备", "not_candidate", {"STD-01-net": "fail"},
            _supplied("gaoxin", since="2022-01-01"), {"utilities": "否"},
        ),
        Wish(
            "S12", "净地与配套情况没有填：资料不足", "unknown", {"STD-01-net": "unknown"},
            _supplied("gaoxin", since="2022-01-01"), {"net_land": None},
        ),
        Wish(
            "S13", "已供地而合同表中没有这宗地：资料不足", "unknown", {"STD-01-conditions": "unknown", "STD-09": "unknown"},
            lambda t: _supplied("new-materials")(t) & ~t["promised"], None,
        ),
        Wish(
            "S14", "占用永久基本农田的工业用地：触及底线", "prohibited", {"UDB-03-farmland": "fail"},
            lambda t: t["farmland"] & t["use_code"].str.startswith("1001") & t["supplied_on"].notna(), None,
        ),
        Wish(
            "S15", "居住用地：不在标准地范围", "not_applicable", {"STD-scope": "fail"},
            lambda t: (t["use_code"] == "070102") & t["supplied_on"].notna(), None,
        ),
    ]  # fmt: skip


def _standards() -> list[Wish]:
    return [
        Wish(
            "S19", "约定投资强度 250 万元/亩，低于园区行业标准 4800 万元/公顷（320 万元/亩）", "candidate",
            {"STD-03-agreed": "pass", "STD-13": "fail"}, _industry("gaoxin", "38"), {"investment_10k_per_mu": 250.0},
        ),
        Wish(
            "S16", "2022 年后签约、约定容积率 1.2，低于江苏下限 1.5：尚不具备", "not_candidate",
            {"STD-09": "fail", "STD-09-decision": "fail"}, _industry("gaoxin", "38", "39", "34", "35", "36"), {"far": 1.2},
        ),
        Wish(
            "S17", "化工项目约定容积率 0.8，没有集体决策纪要：资料不足", "unknown",
            {"STD-09": "unknown", "STD-09-decision": "pass"}, _industry("new-materials", "26"),
            {"far": 0.8, "decision_document": None},
        ),
        Wish(
            "S18", "化工项目约定容积率 0.8，有集体决策纪要：按批准值，具备条件", "candidate",
            {"STD-09": "pass", "STD-09-decision": "pass"}, _industry("new-materials", "26"),
            {"far": 0.8, "decision_document": "示例纪要〔2022〕18号"},
        ),
        Wish(
            "S20", "行业代码按 2002 年版 37 登记，不能换算到园区标准的版本：约定投资强度无从比较", "candidate",
            {"STD-03-agreed": "unknown"}, _supplied("gaoxin", since="2022-01-01"),
            {"industry_code": "37", "industry_system": "GB/T 4754-2002"},
        ),
        Wish(
            "S21", "厂房层高 9 米，加倍后计容容积率达到约定", "candidate", {"STD-04": "fail"},
            lambda t: _listed("gaoxin")(t)
            & (t["floor_area_m2"] / t["plane_m2"]).between(1.0, 1.4) & ~t["promised"],
            {"far": 1.9}, storeys=((1.0, 9.0),),
        ),
        Wish(
            "S22", "层高未提供，容积率在约定与其一半之间：不判未达", "candidate", {"STD-04": "unknown"},
            lambda t: _listed("gaoxin")(t)
            & (t["floor_area_m2"] / t["plane_m2"]).between(1.0, 1.4) & ~t["promised"],
            {"far": 1.9},
        ),
        Wish(
            "S23", "行政办公建筑面积超过 15 %：提示", "candidate", {"STD-11": "pass"},
            lambda t: _listed("gaoxin")(t) & (t["x_support_gfa_share"] > 0.155), {"office_gfa_share": 0.15},
        ),
        Wish(
            "S24", "核查实测绿地率 24 %，超过 20 %：提示", "candidate", {"STD-07": "pass"},
            _listed("gaoxin"),
            checks=({"checked_on": "2026-03-10", "stage": "completion", "indicator": "green_share", "actual": 0.24},),
        ),
    ]  # fmt: skip


def _performance() -> list[Wish]:
    def seen(stage: str, on: str, done: str | None = None, **more: Any) -> Row:
        return {"checked_on": on, "stage": stage, "done_on": done, **more}

    def target(actual: float) -> tuple[Row, ...]:
        names = {"tax": 32.0, "output": 460.0, "investment": 420.0, "far": 1.8, "building_coefficient": 0.42}
        rows = [
            seen("target", "2026-04-20", indicator=name, actual=round(promised * actual, 3))
            for name, promised in names.items()
        ]
        return tuple(rows)

    built = {"start_due_on": "2019-06-30", "completion_due_on": "2022-06-30", "target_due_on": "2025-12-31"}
    works = _listed("smart-mfg")
    return [
        Wish(
            "S25", "约定开工日已过，核查时仍未动工，已约谈：逾期未开工", "candidate", {"STD-12-start": "pass"},
            _unbuilt("gaoxin"),
            dates={"start_due_on": "2025-06-30", "completion_due_on": "2027-06-30", "target_due_on": "2029-06-30"},
            checks=(seen("start", "2026-01-15", action="示例约谈〔2026〕3号", action_on="2026-02-02"),),
            advice="breach_start",
        ),
        Wish(
            "S26", "约定开工日已过而没有核查记录：开工履约资料不足", "candidate", {"STD-12-start": "unknown"},
            _unbuilt("gaoxin"),
            dates={"start_due_on": "2025-06-30", "completion_due_on": "2027-06-30", "target_due_on": "2029-06-30"},
        ),
        Wish(
            "S27", "尚未到约定开工日：未到期", "candidate", {"STD-12-start": "fail", "STD-12-target": "fail"}, _unbuilt("gaoxin"),
            dates={"start_due_on": "2026-06-30", "completion_due_on": "2028-06-30", "target_due_on": "2030-06-30"},
            advice="supervise",
        ),
        Wish(
            "S28", "达产核查各项达到约定", "candidate", {"STD-12-indicators": "fail", "STD-12-target": "fail"},
            works, dates=built, checks=(*target(1.1), seen("target", "2026-04-20", "2025-12-31")), advice="routine",
        ),
        Wish(
            "S29", "达产核查不足约定的七成，逾期未达产，已追缴违约金", "candidate",
            {"STD-12-indicators": "pass", "STD-12-target": "pass", "STD-08-tax": "pass"}, works, dates=built,
            checks=(*target(0.69), seen("target", "2026-04-20", action="示例违约金〔2026〕7号", action_on="2026-05-11")),
            advice="breach_target",
        ),
        Wish(
            "S30", "达产核查只测了税收且达到约定：其余未测，不下结论", "candidate", {"STD-12-indicators": "unknown"},
            works, dates=built, checks=target(1.2)[:1],
        ),
        Wish(
            "S31", "未到约定达产日：税收、产值暂不比较", "candidate",
            {"STD-08-tax": "not_applicable", "STD-08-output": "not_applicable"},
            works, dates={**built, "target_due_on": "2027-12-31"},
        ),
        Wish(
            "S32", "竣工比约定晚：提示", "candidate", {"STD-12-completion": "pass"}, works,
            dates={**built, "completion_due_on": "2015-01-01", "target_due_on": "2027-12-31"},
        ),
    ]  # fmt: skip
