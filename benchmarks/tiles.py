"""Time of vector tiles beside mapbox-vector-tile on the same features in the same run.

Needs mapbox-vector-tile, which pins an older protobuf than the app: install it in an environment of its own,
or in a folder put on PYTHONPATH. Without it only our own times are printed.

    python benchmarks/tiles.py [--parcels 100000] [--file parcels.parquet]
"""

from __future__ import annotations

import argparse
import statistics
import time

import geopandas as gpd
import numpy as np
import shapely

from gisapp.tiles import TileSet, parcel_sources
from gisapp.tiles.grid import Tile, tiles_covering
from gisapp.tiles.source import _affine, _clipped

try:
    import mapbox_vector_tile
except ImportError:
    mapbox_vector_tile = None

EAST_M, NORTH_M = 360_000.0, 3_545_000.0


def synthetic(count):
    """Quadrilaterals with a vertex on each side, as a coverage with a street after each sixth column."""
    n = int(np.ceil(np.sqrt(count)))
    rng = np.random.default_rng(7)
    along = np.arange(n + 1) * 60.0
    x, y = np.meshgrid(along, along, indexing="ij")
    nodes = np.stack([x, y], -1) + rng.uniform(-8.0, 8.0, (n + 1, n + 1, 2))
    a, b, c, d = nodes[:-1, :-1], nodes[1:, :-1], nodes[1:, 1:], nodes[:-1, 1:]

    def between(p, q):
        middle = (p + q) / 2
        return middle + np.sin(middle * 7.0) * 1.5

    ring = np.stack([a, between(a, b), b, between(b, c), c, between(c, d), d, between(d, a), a], 2)
    ring = ring + np.floor(np.arange(n) / 6)[:, None, None, None] * np.array([20.0, 0.0])
    polygons = shapely.polygons(ring.reshape(-1, 9, 2) + np.array([EAST_M, NORTH_M]))[:count]
    codes = np.array(["100101", "0701", "0901", "1207", "1401", "080403"])
    columns = {
        "use_code": codes[rng.integers(0, len(codes), len(polygons))],
        "plan_use_code": codes[rng.integers(0, len(codes), len(polygons))],
        "parcel_code": [f"320111001001GB{i:05d}" for i in range(len(polygons))],
    }
    return gpd.GeoDataFrame(columns, geometry=polygons, crs="EPSG:4549")


def millis(work, repeat=5):
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        out = work()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times), out


def fullest_tile(source, bounds, z):
    """The tile of zoom z with the most features."""
    level = source.level(z)
    counts = {tile: len(level.tree.query(shapely.box(*tile.bounds))) for tile in tiles_covering(bounds, z)}
    return max(counts, key=counts.get), max(counts.values())


def by_mapbox(table, source, tile):
    """The same features of the same tile by mapbox-vector-tile, clipping included."""
    level = source.level(tile.z)
    codes = {name: table[name].tolist() for name in ("use_code", "plan_use_code", "parcel_code")}

    def work():
        rows, geometries = _clipped(level, tile, smallest_px=1.0)
        scale_x, offset_x, scale_y, offset_y = _affine(tile)
        grid = shapely.transform(geometries, lambda xy: xy * [scale_x, scale_y] + [offset_x, offset_y])
        features = [
            {
                "geometry": geometry,
                "id": int(level.rows[row]) + 1,
                "properties": {
                    "use_code": codes["use_code"][level.rows[row]],
                    "plan_use_code": codes["plan_use_code"][level.rows[row]],
                    "code": codes["parcel_code"][level.rows[row]],
                },
            }
            for row, geometry in zip(rows, grid, strict=True)
        ]
        return mapbox_vector_tile.encode(
            [{"name": "parcel", "features": features}], default_options={"y_coord_down": True}
        )

    return work


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parcels", type=int, default=100_000)
    parser.add_argument("--file")
    options = parser.parse_args()
    table = gpd.read_parquet(options.file) if options.file else synthetic(options.parcels)
    bounds = tuple(table.to_crs(4490).total_bounds)
    sources = parcel_sources(table)
    tiles = TileSet(sources, "1", cache_bytes=0)
    print(f"{len(table)} parcels")
    for z in (14, 13, 15, 12, 10):
        prepare, _ = millis(lambda z=z: tiles.warm([z]), repeat=1)
        source = sources[0] if z >= 13 else sources[1]
        tile, count = fullest_tile(source, bounds, z)
        ours, data = millis(lambda tile=tile: tiles.tile(tile.z, tile.x, tile.y))
        line = f"z{z}: {count:6d} features {len(data) / 1000:7.1f} kB {ours:8.1f} ms"
        line += f"; first use {prepare:7.0f} ms"
        if mapbox_vector_tile is not None and source is sources[0]:
            theirs, other = millis(by_mapbox(table, source, Tile(tile.z, tile.x, tile.y)), repeat=3)
            line += f"; mapbox-vector-tile {len(other) / 1000:.1f} kB {theirs:.1f} ms"
            line += f", ratio {theirs / ours:.1f}"
        print(line)


if __name__ == "__main__":
    main()
