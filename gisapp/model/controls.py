"""Control indicators of standard land (标准地控制指标): what is controlled, in which unit, and at which level it is set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

Level = Literal["park", "city", "province", "nation"]
LEVELS: Final[tuple[Level, ...]] = ("park", "city", "province", "nation")
"""The order in which a threshold is looked up after the contract (取值顺序, STD-13)."""
LEVEL_WORDS: Final[dict[str, str]] = {
    "contract": "合同或供地条件",
    "park": "园区×行业",
    "city": "市",
    "province": "省",
    "nation": "国家",
}
EDITIONS: Final = ("GB/T 4754-2002", "GB/T 4754-2011", "GB/T 4754-2017")
"""Editions of the industry codes that this version knows (国民经济行业分类版本)."""
SAME_AS_2017: Final = ("GB/T 4754-2017", "GB/T 4754-2011")
"""Editions whose two-digit codes are those of 2017."""
ALL_INDUSTRIES: Final = "*"


@dataclass(frozen=True)
class ControlKind:
    """One control indicator (控制指标).

    ``factors`` are the only conversions into ``unit`` that a table may ask for; ``column`` is where a contract or
    supply conditions have it; ``yields`` marks figures that are due only from the agreed target date on.
    """

    id: str
    title: str
    title_en: str
    unit: str
    op: Literal[">=", "<="]
    factors: Mapping[str, Fraction]
    column: str
    names: tuple[str, ...] = ()
    yields: bool = False

    def convert(self, value: float, unit: str) -> float:
        """Return `value` in this indicator's unit; KeyError if the unit is none of those declared.

        Exact on the decimal that was written: 4500 万元/ha is 300 万元/亩 and no hair more, or a promise of 300 would fail.
        """
        return float(Fraction(repr(float(value))) * self.factors[unit])


_ONE: Final = Fraction(1)
_PER_HA: Final = Fraction(1, 15)
"""1 ha = 15 亩."""
_SHARE: Final = {"1": _ONE, "%": Fraction(1, 100)}
_PER_MU: Final = {"万元/亩": _ONE, "万元/ha": _PER_HA, "万元/公顷": _PER_HA}
_M2: Final = Fraction(1, 10_000)
_YUAN: Final = Fraction(1, 10_000)
_AREA: Final = {"ha": _ONE, "公顷": _ONE, "亩": Fraction(1, 15), "m2": _M2, "㎡": _M2}
_PER_TCE: Final = {"万元/tce": _ONE, "万元/吨标准煤": _ONE, "元/tce": _YUAN}
_PER_T: Final = {"万元/t": _ONE, "万元/吨": _ONE, "元/t": _YUAN}
_PER_HEAD: Final = {"万元/人": _ONE, "元/人": _YUAN}

_ALL: Final = (
    ControlKind("far", "容积率", "Floor area ratio", "1", ">=", {"1": _ONE}, "far"),
    ControlKind(
        "building_coefficient", "建筑系数", "Building coefficient", "1", ">=", _SHARE, "building_coefficient"
    ),
    ControlKind(
        "investment", "固定资产投资强度", "Fixed investment intensity", "万元/亩", ">=", _PER_MU,
        "investment_10k_per_mu", ("投资强度",),
    ),
    ControlKind(
        "office_land_share", "行政办公及生活服务设施用地占比", "Office and service share of land", "1", "<=", _SHARE,
        "office_land_share", ("行政办公用地占比",),
    ),
    ControlKind(
        "office_gfa_share", "行政办公及生活服务设施建筑面积占比", "Office and service share of floor area", "1", "<=",
        _SHARE, "office_gfa_share", ("行政办公建筑面积占比",),
    ),
    ControlKind(
        "rd_gfa_share", "研发设计检测中试设施建筑面积占比", "In-factory research share of floor area", "1", "<=", _SHARE,
        "rd_gfa_share", ("研发中试建筑面积占比",),
    ),
    ControlKind("green_share", "绿地率", "Green ratio", "1", "<=", _SHARE, "green_share"),
    ControlKind("tax", "亩均税收", "Tax per mu", "万元/亩", ">=", _PER_MU, "tax_10k_per_mu", yields=True),
    ControlKind("output", "亩均产值", "Output per mu", "万元/亩", ">=", _PER_MU, "output_10k_per_mu", yields=True),
    ControlKind(
        "energy", "单位能耗增加值", "Value added per tce", "万元/tce", ">=", _PER_TCE, "value_added_10k_per_tce",
        yields=True,
    ),
    ControlKind(
        "emission", "单位排放增加值", "Value added per tonne of pollutants", "万元/t", ">=", _PER_T,
        "value_added_10k_per_t", yields=True,
    ),
    ControlKind(
        "rd_share", "研发经费占营业收入比", "Research expense to revenue", "1", ">=", _SHARE, "rd_share", yields=True
    ),
    ControlKind(
        "productivity", "全员劳动生产率", "Value added per employee", "万元/人", ">=", _PER_HEAD,
        "value_added_10k_per_person", yields=True,
    ),
    ControlKind("min_area", "最小单独供地规模", "Smallest separate supply", "ha", ">=", _AREA, ""),
)  # fmt: skip
KINDS: Final[Mapping[str, ControlKind]] = {kind.id: kind for kind in _ALL}
PROMISED: Final = tuple(kind for kind in _ALL if kind.column)
"""The indicators that a contract or supply conditions can promise."""
STANDARD_FACTORY: Final = "容积率(高标准厂房)"
"""What the shipped table calls the floor area ratio of high-standard factories (高标准厂房)."""


def kind_named(name: str) -> ControlKind | None:
    """Return the control indicator that a file calls `name`: its id, its title or another name; else None."""
    text = name.strip()
    return next((kind for kind in _ALL if text in (kind.id, kind.title, *kind.names)), None)
