"""Numbers and dates as they are printed, in one place for screen and paper (数字格式)."""

from __future__ import annotations

import math
from datetime import date
from typing import Final

from gisapp.units import UNITS, m2_to_ha, m2_to_mu, round_half_up

MISSING: Final = "资料不足"
THIN_SPACE: Final = "\u202f"
_DIGITS: Final = {
    "m": 0,
    "m2": 2,
    "mu": 2,
    "ha": 4,
    "year": 1,
    "day": 0,
    "万元": 2,
    "万元/亩": 2,
    "1": 3,
    "1/ha": 1,
    "万元/ha": 1,
    "万元/人": 2,
    "分": 2,
}


def number(value: float | None, digits: int, *, trim: bool = False) -> str:
    """Return a number rounded half up with thin spaces in the thousands, 资料不足 for a missing one."""
    if value is None or math.isnan(value):
        return MISSING
    text = f"{round_half_up(value, digits):,f}".replace(",", THIN_SPACE)
    if trim and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text


def quantity(value: float | None, unit: str) -> str:
    """Return a value with its unit (带单位的数值); booleans read 是 / 否, small rates scientific."""
    if value is None or math.isnan(value):
        return MISSING
    if unit == "bool":
        return "是" if value else "否"
    if unit == "1/year":
        return "0" if value == 0 else f"{value:.0e}{UNITS[unit]}".replace("e-0", "e-")
    sign = UNITS.get(unit, unit)
    text = number(value, _DIGITS.get(unit, 3), trim=unit in {"1", "year", "m2"})
    return f"{text} {sign}".strip()


def mu(area_m2: float | None) -> str:
    """Return an area in mu to 0.01 (亩)."""
    return MISSING if area_m2 is None else f"{number(m2_to_mu(area_m2), 2)} 亩"


def hectares(area_m2: float | None) -> str:
    """Return an area in hectares to 0.0001 (公顷)."""
    return MISSING if area_m2 is None else f"{number(m2_to_ha(area_m2), 4)} 公顷"


def square_metres(area_m2: float | None) -> str:
    """Return an area in square metres to 0.01 (平方米)."""
    return MISSING if area_m2 is None else f"{number(area_m2, 2)} ㎡"


def percent(share: float | None, digits: int = 1) -> str:
    """Return a share as a percentage (百分比)."""
    if share is None or math.isnan(share):
        return MISSING
    return f"{number(100.0 * share, digits, trim=True)} %"


def iso_date(value: date | None) -> str:
    """Return a date as 2026年11月23日 (日期)."""
    return MISSING if value is None else f"{value.year}年{value.month}月{value.day}日"
