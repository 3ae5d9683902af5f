"""Where the towns are: frames that orient the street fabric, and main roads (城区与道路骨架)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from tools.demo.known import FACTS, LonLat


@dataclass(frozen=True)
class Frame:
    """One part of the fabric: a spine, how far inland it reaches and how coarse its streets are.

    `depth_m` runs from the spine to its left; `s_step_m` and `d_step_m` are the ranges of arterial
    spacing along and across; `outline` keeps the fabric inside a rough hand-drawn limit [degrees].
    """

    name: str
    spine: LonLat
    outline: LonLat
    depth_m: tuple[float, float]
    s_step_m: tuple[float, float]
    d_step_m: tuple[float, float]
    width_m: float
    along: tuple[str, ...]
    across: tuple[str, ...]


def _content() -> dict[str, list[dict[str, Any]]]:
    content: dict[str, list[dict[str, Any]]] = yaml.safe_load(
        (FACTS / "fabric.yaml").read_text(encoding="utf-8")
    )
    return content


def frames() -> list[Frame]:
    """Return the parts of town, those that others give way to first."""
    return [Frame(**row) for row in _content()["frames"]]


def main_roads() -> list[tuple[str, str, float, LonLat]]:
    """Return (name, class, width [m], waypoints [degrees]) of roads outside the grid (干线道路)."""
    return [(row["name"], row["kind"], row["width_m"], row["line"]) for row in _content()["roads"]]
