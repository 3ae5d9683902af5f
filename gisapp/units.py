"""Units: metres inside, 亩 at the edge (CRS-04).

1 ha = 10 000 m² = 15 亩, so 1 亩 = 666.666… m².
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

M2_PER_HA: Final = 10_000.0
MU_PER_HA: Final = 15.0
M2_PER_MU: Final = M2_PER_HA / MU_PER_HA

UNITS: Final = {
    "1": "",
    "m": "m",
    "m2": "㎡",
    "mu": "亩",
    "ha": "公顷",
    "year": "年",
    "day": "天",
    "1/year": "/年",
    "1/ha": "/公顷",
    "万元": "万元",
    "万元/亩": "万元/亩",
    "万元/ha": "万元/公顷",
    "万元/人": "万元/人",
    "分": "分",
    "bool": "",
    "code": "",
    "text": "",
}
"""Units that an indicator or a rule may carry (计量单位), with the sign printed behind a number."""


def m2_to_mu(area_m2: float) -> float:
    """Return an area in mu (亩) from square metres."""
    return area_m2 / M2_PER_MU


def mu_to_m2(area_mu: float) -> float:
    """Return an area in square metres from mu (亩)."""
    return area_mu * M2_PER_MU


def m2_to_ha(area_m2: float) -> float:
    """Return an area in hectares (公顷) from square metres."""
    return area_m2 / M2_PER_HA


def round_half_up(value: float, digits: int) -> Decimal:
    """Return `value` rounded half up, as surveying rules ask, never to even (四舍五入).

    The shortest decimal that reads back as `value` is rounded, so 2.675 gives 2.68.
    """
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
