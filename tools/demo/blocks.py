"""Street blocks: curved grids of arterials, split by local streets into blocks of varying size (街区)."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from tools.demo import cutting, frames
from tools.demo.frames import Frame
from tools.demo.known import Points, plane
from tools.demo.noise import Noise, blob, normals, polygons, smooth


@dataclass(frozen=True)
class Road:
    """One road centre line [m, EPSG:4549]."""

    name: str
    kind: str
    width_m: float
    line: BaseGeometry


@dataclass(frozen=True)
class Superblock:
    """Land between arterials; `frame` says which part of town."""

    frame: str
    ring: Points


def main_roads() -> list[Road]:
    """Return the hand-drawn main roads (干线道路) as smooth curves."""
    return [
        Road(name, kind, width, LineString(smooth(plane(points), 60.0)))
        for name, kind, width, points in frames.main_roads()
    ]


def superblocks(
    obstacles: BaseGeometry, river: BaseGeometry, seed: int
) -> tuple[list[Superblock], list[Road]]:
    """Return superblocks of all frames outside `obstacles`, and the arterials on this side of `river`."""
    rng = np.random.default_rng(seed)
    taken: list[BaseGeometry] = []
    blocks: list[Superblock] = []
    roads: list[Road] = []
    for index, frame in enumerate(frames.frames()):
        cells, lines = _grid(frame, rng, index)
        limit = blob(plane(frame.outline), Noise(300 + index, 1500.0), 140.0)
        blocked = shapely.union_all([obstacles, *taken])
        shapely.prepare(limit)
        kept: list[BaseGeometry] = []
        for cell in cells:
            inside = shapely.area(shapely.intersection(cell, limit)) / max(cell.area, 1.0)
            if inside < 0.55:
                continue
            kept.append(cell)
            free = shapely.difference(cell.buffer(-frame.width_m / 2, join_style="mitre"), blocked)
            blocks += [Superblock(frame.name, ring) for ring in _usable(free)]
        if kept:
            body = shapely.buffer(shapely.union_all(kept), 8.0)
            taken.append(shapely.buffer(body, 12.0))
            roads += _named(lines, frame, shapely.difference(body, river))
    return _apart(blocks), roads


def _apart(blocks: list[Superblock]) -> list[Superblock]:
    """Return the blocks without those that come within a street's width of an earlier one."""
    shapes = np.array([Polygon(block.ring) for block in blocks])
    one, two = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=9.0)
    clash = {int(max(i, j)) for i, j in zip(one, two, strict=True) if i != j}
    return [block for k, block in enumerate(blocks) if k not in clash]


def _usable(geometry: BaseGeometry) -> list[Points]:
    rings = []
    for part in polygons(geometry):
        opened = shapely.buffer(
            shapely.buffer(part, -22, join_style="mitre"), 22, join_style="mitre", mitre_limit=2
        )
        for piece in polygons(shapely.intersection(opened, part)):
            solid = Polygon(shapely.simplify(piece.exterior, 1.5))
            if solid.area > 9000 and len(piece.interiors) == 0:
                rings.append(cutting.ring_of(solid))
    return rings


def _steps(rng: np.random.Generator, low: float, high: float, step: tuple[float, float]) -> Points:
    values = [low]
    while values[-1] < high:
        values.append(values[-1] + rng.uniform(*step))
    return np.array(values)


def _grid(
    frame: Frame, rng: np.random.Generator, index: int
) -> tuple[list[Polygon], list[tuple[bool, int, Points]]]:
    """Return warped cells and grid lines of one frame: cells follow the spine and bend with noise."""
    spine = smooth(plane(frame.spine), 40.0)
    normal = _calm(normals(spine))
    s = _steps(rng, 0.0, (len(spine) - 1) * 40.0 - frame.s_step_m[0] * 0.4, frame.s_step_m)
    s = np.minimum(s, (len(spine) - 1) * 40.0)
    d = _steps(rng, frame.depth_m[0], frame.depth_m[1], frame.d_step_m)
    bend_x, bend_y = Noise(700 + index, 3100.0, 2), Noise(800 + index, 3100.0, 2)

    def to_plane(along: Points, depth: Points) -> Points:
        k = along / 40.0
        grid = np.arange(len(spine))
        base = np.column_stack([np.interp(k, grid, spine[:, c]) for c in (0, 1)])
        out = np.column_stack([np.interp(k, grid, normal[:, c]) for c in (0, 1)])
        at = base + out * depth[:, None]
        fade = np.clip(depth / 900.0, 0.25, 1.0)[:, None]
        return np.asarray(at + fade * 150.0 * np.column_stack([bend_x.at(at), bend_y.at(at)]))

    cells = []
    for a0, a1 in itertools.pairwise(s):
        for b0, b1 in itertools.pairwise(d):
            t = np.linspace(0, 1, 9)[:-1]
            along = np.concatenate([a0 + t * (a1 - a0), np.full(8, a1), a1 + t * (a0 - a1), np.full(8, a0)])
            depth = np.concatenate([np.full(8, b0), b0 + t * (b1 - b0), np.full(8, b1), b1 + t * (b0 - b1)])
            cell = Polygon(to_plane(along, depth))
            if cell.is_valid and cell.area > 20_000:
                cells.append(cell)
    lines = [
        (True, j, to_plane(np.arange(s[0], s[-1], 60.0), np.full(len(np.arange(s[0], s[-1], 60.0)), b)))
        for j, b in enumerate(d)
    ]
    lines += [
        (False, i, to_plane(np.full(len(np.arange(d[0], d[-1], 60.0)), a), np.arange(d[0], d[-1], 60.0)))
        for i, a in enumerate(s)
    ]
    return cells, lines


def _calm(normal: Points) -> Points:
    # Average normals over about 4 km so that cells far from a bent spine do not fold.
    width = 51
    kernel = np.ones(width) / width
    padded = np.pad(normal, ((width // 2, width // 2), (0, 0)), mode="edge")
    calm = np.column_stack([np.convolve(padded[:, c], kernel, mode="valid") for c in (0, 1)])
    return np.asarray(calm / np.linalg.norm(calm, axis=1, keepdims=True))


def _named(lines: list[tuple[bool, int, Points]], frame: Frame, body: BaseGeometry) -> list[Road]:
    roads = []
    for along, index, points in lines:
        names = frame.along if along else frame.across
        part = shapely.line_merge(shapely.intersection(LineString(points), body))
        if part.length < 400:
            continue
        kind = "主干路" if index % 2 == 0 else "次干路"
        roads.append(Road(names[index % len(names)], kind, frame.width_m, shapely.simplify(part, 2.0)))
    return roads


def split_streets(ring: Points, target_m2: float, rng: np.random.Generator) -> list[Points]:
    """Return the blocks (街区) of a superblock: split by local streets of 12-22 m until near `target_m2`."""
    size = cutting.area(ring)
    if size < target_m2 * rng.uniform(1.1, 1.9):
        return [ring]
    centre, axis, length, _ = cutting.axis(ring)
    if length < 170:
        return [ring]
    direction = np.array([-axis[1], axis[0]])
    turn = rng.normal(0, 0.035)
    direction = direction @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    at = centre + axis * length * rng.uniform(-0.14, 0.14)
    half = rng.choice([6.0, 8.0, 11.0]) * direction
    shift = np.array([-half[1], half[0]])
    left, right = cutting.cut(ring, at + shift, direction), cutting.cut(ring, at - shift, direction)
    if left is None or right is None:
        return [ring]
    return [block for part in (left[0], right[1]) for block in split_streets(part, target_m2, rng)]


def chamfer(ring: Points, depth_m: float) -> Points:
    """Return a block with its street corners cut (切角) by `depth_m`."""
    before, after = np.roll(ring, 1, axis=0) - ring, np.roll(ring, -1, axis=0) - ring
    n1, n2 = np.linalg.norm(before, axis=1), np.linalg.norm(after, axis=1)
    cosine = (before * after).sum(axis=1) / (n1 * n2)
    out = []
    for k in range(len(ring)):
        if abs(cosine[k]) < 0.6 and min(n1[k], n2[k]) > 3.5 * depth_m:
            out += [ring[k] + before[k] / n1[k] * depth_m, ring[k] + after[k] / n2[k] * depth_m]
        else:
            out.append(ring[k])
    return cutting.tidy(np.round(np.array(out), 3))
