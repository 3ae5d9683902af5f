"""Parcels: blocks split again and again, neighbours sharing every vertex (地块)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely import Polygon

from tools.demo import blocks as streets
from tools.demo import cutting, landuse
from tools.demo.known import Points
from tools.demo.water import Water

_FINE = {"07": 1.0, "10": 0.82, "11": 0.8, "12": 0.8, "14": 1.0}


@dataclass
class Fabric:
    """Parcels as columns: rings, use code, block number, kind of place, frame."""

    rings: list[Points] = field(default_factory=list)
    use: list[str] = field(default_factory=list)
    block: list[int] = field(default_factory=list)
    kind: list[str] = field(default_factory=list)
    frame: list[str] = field(default_factory=list)


def build(supers: list[streets.Superblock], water: Water, scale: float, seed: int) -> Fabric:
    """Return the parcel fabric; `scale` 10 gives about ten times the parcels by finer division."""
    rng = np.random.default_rng(seed)
    zoning = landuse.Zoning()
    fabric = Fabric()
    near_river = shapely.buffer(water.yangtze, 420)
    shapely.prepare(near_river)
    number = 0
    for block in supers:
        middle = block.ring.mean(axis=0)
        kind = _kind(zoning, block, middle)
        mix = landuse.MIXES[kind]
        for ring in streets.split_streets(block.ring, mix.block_ha * 1e4 / scale**0.5, rng):
            at = ring.mean(axis=0)
            if zoning.vacant(at, mix.vacant) or not _sound(ring):
                continue
            use = landuse.draw(mix.uses, rng)
            if kind not in ("chem", "port", "heavy", "village") and shapely.contains_xy(near_river, *at):
                use = "1401" if rng.random() < 0.85 else "080302"
            _fill_block(
                fabric, _chamfered(ring, rng.uniform(7, 13)), use, number, (kind, block.frame), scale, rng
            )
            number += 1
    return fabric


def _kind(zoning: landuse.Zoning, block: streets.Superblock, at: Points) -> str:
    kind = zoning.kind(at)
    if block.frame == "chem" and kind != "port":
        return "chem"
    if block.frame in ("xingdian", "tangquan", "yongning", "bagua"):
        return "village"
    if block.frame == "qiba":
        return "port"
    return kind


def _clean(rings: list[Points]) -> bool:
    shapes = [Polygon(ring) for ring in rings]
    return bool(shapely.is_valid(shapes).all() and shapely.coverage_is_valid(shapes, 1.0))


def _chamfered(ring: Points, depth_m: float) -> Points:
    cut_ring = streets.chamfer(ring, depth_m)
    return cut_ring if Polygon(cut_ring).is_valid else ring


def _sound(ring: Points) -> bool:
    polygon = Polygon(ring)
    _, _, _, width = cutting.axis(ring)
    return bool(polygon.is_valid and polygon.area > 3500 and width > 38)


def _fill_block(
    fabric: Fabric,
    ring: Points,
    use: str,
    number: int,
    place: tuple[str, str],
    scale: float,
    rng: np.random.Generator,
) -> None:
    target = landuse.PARCEL_HA[use] * 1e4 * _FINE.get(use[:2], 1.0) / scale
    rings = cutting.share_vertices(subdivide(ring, target, rng, 30.0 / scale**0.5))
    if not _clean(rings):
        rings = [ring]
    infill = landuse.INFILL.get(use[:2])
    infills = 0
    for piece in rings:
        own = use
        limit = 0.13 if use[:2] in ("07", "10", "11") else 0.16
        if infill and len(rings) > 2 and infills < 2 and rng.random() < limit:
            own = landuse.draw(infill, rng)
            if cutting.area(piece) > 3.5e4 * landuse.PARCEL_HA[own] / scale:
                own = use
            infills += own != use
        fabric.rings.append(piece)
        fabric.use.append(own)
        fabric.block.append(number)
        fabric.kind.append(place[0])
        fabric.frame.append(place[1])


def subdivide(ring: Points, target_m2: float, rng: np.random.Generator, narrow_m: float) -> list[Points]:
    """Return the parcels of a block, irregular in size around `target_m2`, none narrower than `narrow_m`."""
    size = cutting.area(ring)
    if size < target_m2 * rng.uniform(1.05, 2.1):
        return [ring]
    centre, axis, length, width = cutting.axis(ring)
    if length / 2 < narrow_m * 1.3:
        return [ring]
    across = np.array([-axis[1], axis[0]])
    if width > 0.72 * length and rng.random() < 0.35:
        across, axis = axis, across
    turn = rng.normal(0, 0.02)
    direction = across @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    jog = (
        float(rng.uniform(8, 22)) * (1 if rng.random() < 0.5 else -1)
        if rng.random() < 0.14 and width > 90
        else 0.0
    )
    at = centre + axis * length * rng.uniform(-0.15, 0.15)
    halves = cutting.cut(ring, at, direction, jog)
    if halves is None or any(not _wide(half, narrow_m) for half in halves):
        return [ring]
    return [piece for half in halves for piece in subdivide(half, target_m2, rng, narrow_m)]


def _wide(ring: Points, narrow_m: float) -> bool:
    polygon = Polygon(ring)
    if not polygon.is_valid or polygon.area < 1.6 * narrow_m**2:
        return False
    return bool(polygon.area / polygon.length * 2 > narrow_m * 0.55)
