"""Smooth noise and smooth curves: what makes drawn geography look natural (噪声与曲线)."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from tools.demo.known import Points

_SIZE = 64


class Noise:
    """Smooth value noise (值噪声) in [-1, 1] over the plane, repeating every 64 wavelengths."""

    def __init__(self, seed: int, wavelength_m: float, octaves: int = 3) -> None:
        rng = np.random.default_rng(seed)
        self._lattice = rng.uniform(-1, 1, (octaves, _SIZE, _SIZE))
        self._wavelength = wavelength_m

    def at(self, points: Points) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Return the noise at plane points [m], shape (n,)."""
        total = np.zeros(len(points))
        weight, weights = 1.0, 0.0
        for octave, lattice in enumerate(self._lattice):
            scaled = points / self._wavelength * 2**octave
            total += weight * _interpolate(lattice, scaled)
            weights += weight
            weight *= 0.5
        return np.asarray(total / weights)


def _interpolate(lattice: Points, scaled: Points) -> Points:
    cell = np.floor(scaled).astype(int)
    part = scaled - cell
    part = part * part * (3 - 2 * part)
    i0, j0 = cell[:, 0] % _SIZE, cell[:, 1] % _SIZE
    i1, j1 = (i0 + 1) % _SIZE, (j0 + 1) % _SIZE
    u, v = part[:, 0], part[:, 1]
    low = lattice[i0, j0] * (1 - u) + lattice[i1, j0] * u
    high = lattice[i0, j1] * (1 - u) + lattice[i1, j1] * u
    return np.asarray(low * (1 - v) + high * v)


def smooth(waypoints: Points, step_m: float = 80.0) -> Points:
    """Return a Catmull-Rom curve (样条) through `waypoints` [m], resampled about every `step_m`."""
    if len(waypoints) < 3:
        return resample(waypoints, step_m)
    first = 2 * waypoints[0] - waypoints[1]
    last = 2 * waypoints[-1] - waypoints[-2]
    knots = np.vstack([first, waypoints, last])
    t = np.linspace(0, 1, 24, endpoint=False)[:, None]
    pieces = []
    for a, b, c, d in zip(knots[:-3], knots[1:-2], knots[2:-1], knots[3:], strict=True):
        # Centripetal-like tension: shorter tangents where one span is much longer than the other.
        span = float(np.linalg.norm(c - b))
        m1 = (c - a) * min(1.0, span / max(float(np.linalg.norm(c - a)), 1e-9))
        m2 = (d - b) * min(1.0, span / max(float(np.linalg.norm(d - b)), 1e-9))
        h00, h10 = 2 * t**3 - 3 * t**2 + 1, t**3 - 2 * t**2 + t
        h01, h11 = -2 * t**3 + 3 * t**2, t**3 - t**2
        pieces.append(h00 * b + h10 * m1 + h01 * c + h11 * m2)
    return resample(np.vstack([*pieces, waypoints[-1:]]), step_m)


def resample(points: Points, step_m: float) -> Points:
    """Return points about every `step_m` along a polyline [m], both ends kept."""
    lengths = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    count = max(2, round(lengths[-1] / step_m) + 1)
    at = np.linspace(0, lengths[-1], count)
    return np.column_stack([np.interp(at, lengths, points[:, k]) for k in (0, 1)])


def normals(points: Points) -> Points:
    """Return the unit left normals (左法向) of a polyline at its vertices, shape (n, 2)."""
    tangent = np.gradient(points, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    return np.column_stack([-tangent[:, 1], tangent[:, 0]])


def blob(waypoints: Points, noise: Noise, amplitude_m: float, step_m: float = 120.0) -> shapely.Polygon:
    """Return a natural closed outline (自然边界) through `waypoints` [m], moved by noise along its normals."""
    ring = smooth(np.vstack([waypoints, waypoints[:1]]), step_m)[:-1]
    moved = ring + normals(ring) * (noise.at(ring) * amplitude_m)[:, None]
    return largest(shapely.make_valid(shapely.Polygon(moved)))


def largest(geometry: BaseGeometry) -> shapely.Polygon:
    """Return the largest polygon of a geometry; an empty polygon if it holds none."""
    parts = [part for part in shapely.get_parts(geometry, return_index=False) if part.geom_type == "Polygon"]
    parts += [
        piece
        for part in shapely.get_parts(geometry)
        if part.geom_type == "MultiPolygon"
        for piece in part.geoms
    ]
    return max(parts, key=lambda part: float(part.area), default=shapely.Polygon())


def polygons(geometry: BaseGeometry) -> list[shapely.Polygon]:
    """Return all polygons inside a geometry, flattened."""
    if isinstance(geometry, shapely.Polygon):
        return [] if geometry.is_empty else [geometry]
    if hasattr(geometry, "geoms"):
        return [piece for part in geometry.geoms for piece in polygons(part)]
    return []
