"""What a red line is laid over (套合专题): which role, which classes, whether its classes part the ground, which rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gisapp.evaluation.site.result import Kind


@dataclass(frozen=True)
class TopicSpec:
    """One topic over the polygon layers of a role (专题定义).

    ``by`` are the logical fields that name a class, as far as a layer has them; ``details`` fields that are listed
    beside it with their title. ``outside`` names the ground that no class covers, where that has a meaning of its own;
    in another partition it is ground that the layer does not know (图层未覆盖).
    """

    role: str
    kind: Kind
    title: str
    title_en: str
    by: tuple[str, ...] = ()
    details: tuple[tuple[str, str], ...] = ()
    indicators: tuple[str, ...] = ()
    outside: str | None = None


AREAS: Final = (
    TopicSpec(
        "udb",
        "partition",
        "城镇开发边界",
        "Urban development boundary",
        ("zone",),
        indicators=("udb_state",),
        outside="城镇开发边界外",
    ),
    TopicSpec(
        "farmland",
        "bottom",
        "永久基本农田",
        "Permanent basic farmland",
        ("dlbm",),
        details=(("id", "图斑编号"),),
        indicators=("farmland_area",),
    ),
    TopicSpec(
        "redline",
        "bottom",
        "生态保护红线",
        "Ecological red line",
        ("name", "kind"),
        indicators=("redline_area",),
    ),
    TopicSpec("land_class", "partition", "现状地类", "Present land class", ("dlbm", "name")),
    TopicSpec(
        "plan",
        "partition",
        "详细规划",
        "Detailed plan",
        ("use_code",),
        details=(("far_max", "容积率上限"), ("height_m", "限高（m）")),
    ),
    TopicSpec("park", "cover", "产业园区", "Industrial parks", ("name",), details=(("kind", "类型"),)),
    TopicSpec(
        "metro_protection",
        "cover",
        "轨道交通控制保护区",
        "Metro protection zone",
        ("line", "kind"),
        indicators=("metro_protection_area", "metro_protection_certain"),
    ),
)
"""Topics of areas, in the order of the table."""

RIVER: Final = ("river_management", "bank")
"""The line that the Yangtze's kilometre runs from, and what stands in for it (MIX-22)."""
HAZARD: Final = "hazard"
RAIL: Final = "rail_line"
OTHER_FIELDS: Final = ("name", "item", "kind")
"""Fields that name the classes of a layer with a role of its own, after those of its legend."""
