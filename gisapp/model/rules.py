"""Policies and rulebooks (政策条款与规则集): a gate, a scoring curve or a decision table, each with its clause."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from gisapp.model.base import Noun, Title

Status = Literal["V", "M", "N", "D"]
Basis = Literal["law", "standard", "assumption"]
Role = Literal["must", "prohibit", "trigger", "condition"]
Operator = Literal["<", "<=", ">", ">=", "==", "!=", "in", "not_in"]
Scalar = bool | float | str
Param = bool | float | str | None
VERDICTS = ("candidate", "prohibited", "unknown", "not_candidate", "not_applicable")
Subject = Literal["parcel", "park", "enterprise"]
Verdict = Literal["candidate", "not_candidate", "prohibited", "unknown", "not_applicable"]


class Clause(Noun):
    """A clause of a document (条款), summarised in our own words."""

    id: str
    title: str
    summary: str
    status: Status


class Period(Noun):
    """From a day until before another (有效期)."""

    model_config = Noun.model_config | {"populate_by_name": True}

    from_: dt.date | None = Field(default=None, alias="from")
    to: dt.date | None = None

    @model_validator(mode="after")
    def _ends_after_start(self) -> Period:
        if self.from_ is not None and self.to is not None and self.to <= self.from_:
            raise ValueError("有效期的 to 须晚于 from")
        return self

    def covers(self, day: dt.date) -> bool:
        """Return whether `day` lies in the period."""
        return (self.from_ is None or self.from_ <= day) and (self.to is None or day < self.to)


class Policy(Noun):
    """A document that rules cite (政策文件)."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    issuer: str
    number: str | None = None
    title: str
    short: str
    date: dt.date | None = None
    effective: Period = Period()
    status: Status
    text_seen: bool
    source: str
    clauses: tuple[Clause, ...]


class ValueTable(Noun):
    """A threshold looked up by a field of the parcel (分类阈值); codes match by longest prefix."""

    by: str
    table: str
    key: str = "code"
    column: str = "value"
    missing: Literal["not_loaded"] = "not_loaded"


class Predicate(Noun):
    """A comparison of one indicator with a value (判定式)."""

    indicator: str
    params: dict[str, Param] = {}
    op: Operator
    value: Scalar | tuple[Scalar, ...] | ValueTable
    unit: str
    unknown_between: tuple[float, float] | None = None

    @model_validator(mode="after")
    def _value_fits_operator(self) -> Predicate:
        if (self.op in ("in", "not_in")) != isinstance(self.value, tuple):
            raise ValueError(f"运算符 {self.op} 与 value 的形式不符：in / not_in 需要列表，其余需要单个值")
        if self.op in ("<", "<=", ">", ">=") and isinstance(self.value, str | bool):
            raise ValueError(f"运算符 {self.op} 需要数值")
        given = self.value if isinstance(self.value, tuple) else (self.value,)
        if self.unit in ("code", "text") and any(isinstance(item, bool | float) for item in given):
            raise ValueError("代码与文字的取值须加引号，否则前导零会丢失")
        return self


class ScopeGate(Predicate):
    """A predicate that must hold for a subject to be judged at all (适用范围)."""

    id: str | None = None
    title: Title
    applies: tuple[Predicate, ...] = ()
    clause: str | None = None
    status: Status = "D"


class _Cited(Noun):
    id: str
    title: Title
    clause: str | None
    basis: Basis
    status: Status
    note: str | None = None
    effective: Period = Period()

    @model_validator(mode="after")
    def _clause_or_assumption(self) -> _Cited:
        if self.clause is None and self.basis != "assumption":
            raise ValueError("clause 为空只允许用于 basis: assumption（本地假设）")
        return self


class Gate(Predicate, _Cited):
    """A gate (门槛规则): must, prohibit, trigger or condition."""

    kind: Literal["gate"]
    role: Role
    group: str | None = None
    applies: tuple[Predicate, ...] = ()
    advice: str | None = None

    @model_validator(mode="after")
    def _trigger_has_group(self) -> Gate:
        if (self.role == "trigger") != (self.group is not None):
            raise ValueError("group 只用于、且必须用于 role: trigger 的规则")
        return self


class Curve(_Cited):
    """A piecewise linear scoring curve (评分曲线): points of (value, score 0-1), weight before normalising.

    Where ``applies`` does not hold, its weight goes to the other curves.
    """

    kind: Literal["curve"]
    indicator: str
    params: dict[str, Param] = {}
    unit: str
    points: tuple[tuple[float, float], ...] = Field(min_length=2)
    weight: float = Field(gt=0)
    applies: tuple[Predicate, ...] = ()

    @field_validator("points")
    @classmethod
    def _points_ascend(cls, points: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
        xs = [x for x, _ in points]
        if xs != sorted(set(xs)) or not all(0 <= y <= 1 for _, y in points):
            raise ValueError("points 的 x 须严格递增，得分须在 0 与 1 之间")
        return points


class Test(Noun):
    """One comparison in a decision table row (决策条件)."""

    op: Operator
    value: Scalar | tuple[Scalar, ...]


class Row(Noun):
    """One row of a decision table (决策表行): the first whose tests all hold gives the advice."""

    when: dict[str, Scalar | tuple[Scalar, ...] | Test] = {}
    then: str
    title: Title


class Choose(_Cited):
    """A decision table (决策表); its row is the advice, unless it only sorts subjects (``advises: false``)."""

    kind: Literal["choose"]
    advises: bool = True
    rows: tuple[Row, ...] = Field(min_length=1)
    units: dict[str, str] = {}
    params: dict[str, dict[str, Param]] = {}


Rule = Annotated[Gate | Curve | Choose, Field(discriminator="kind")]


class Rulebook(Noun):
    """A dated set of rules over one kind of subject (评价规则集).

    ``goal`` is the verdict that "what would it take" asks about: to be a candidate, or to be one no longer.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    edition: str
    effective: Period
    title: Title
    subject: Subject = "parcel"
    schemes: tuple[str, ...] = ()
    top_k: int = Field(default=20, gt=0)
    pairs: bool = False
    goal: Literal["candidate", "not_candidate"] = "candidate"
    verdict_words: dict[Verdict, str] = {}
    scope: tuple[ScopeGate, ...] = ()
    trigger_groups: dict[str, int] = {}
    rules: tuple[Rule, ...] = Field(min_length=1)
    note: Title | None = None

    @model_validator(mode="after")
    def _is_consistent(self) -> Rulebook:
        ids = [rule.id for rule in self.rules]
        twice = sorted({i for i in ids if ids.count(i) > 1})
        if twice:
            raise ValueError(f"规则编号重复：{'、'.join(twice)}")
        unknown = {g.group for g in self.gates if g.group} - set(self.trigger_groups)
        if unknown:
            raise ValueError(f"trigger_groups 未定义：{'、'.join(sorted(map(str, unknown)))}")
        return self

    @property
    def gates(self) -> tuple[Gate, ...]:
        """Return the gates in order."""
        return tuple(rule for rule in self.rules if isinstance(rule, Gate))

    @property
    def curves(self) -> tuple[Curve, ...]:
        """Return the curves in order."""
        return tuple(rule for rule in self.rules if isinstance(rule, Curve))

    @property
    def choices(self) -> tuple[Choose, ...]:
        """Return the decision tables in order."""
        return tuple(rule for rule in self.rules if isinstance(rule, Choose))
