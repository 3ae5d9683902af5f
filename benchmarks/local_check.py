"""Time of the local check of one edit beside `shapely.coverage_is_valid` over the whole fabric.

    python benchmarks/local_check.py WORKSPACE [--edits 500] [--repeat 9]

Edits are moves of corners that two or more parcels share, made in all of them: what a planner drags. Counted are
the check alone, the whole operation (the move, knitting, the check), and building the fabric once, in CPU time:
all of it runs in one thread, and a machine is rarely alone. Fails with exit code 1 if the check is less than 50
times as fast as the whole coverage (a fabric of ten thousands of parcels is meant), or if one of 600 moves of a
corner in only one of its parcels is let through.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import shapely

from gisapp.app.workspace import Workspace
from gisapp.topology import Fabric, Outcome, check, reshape
from gisapp.topology.rings import moved

AT_LEAST = 50
ONE_SIDED = 600


def shared_corners(fabric):
    """Corner → parcels that have it, for those that several have."""
    owners = defaultdict(list)
    for parcel_id in fabric.ids:
        for x, y in set(map(tuple, shapely.get_coordinates(fabric.get(parcel_id)).tolist())):
            owners[x, y].append(parcel_id)
    return {corner: ids for corner, ids in sorted(owners.items()) if len(ids) > 1}


def timed(function, *args, **kwargs):
    start = time.process_time()
    result = function(*args, **kwargs)
    return result, (time.process_time() - start) * 1e3


def shown(name, values):
    p50, p95, most = np.percentile(values, [50, 95, 100])
    print(f"{name:<44} n={len(values):<5} p50 {p50:9.3f} ms   p95 {p95:9.3f} ms   max {most:9.3f} ms")
    return p50, p95


def measure_edits(fabric, owners, count, rng):
    whole, alone = [], []
    for corner in rng.sample(list(owners), min(count, len(owners))):
        to = (corner[0] + rng.uniform(-3, 3), corner[1] + rng.uniform(-3, 3))
        outcome, ms = timed(reshape, fabric, moves=[(corner, to)])
        whole.append(ms)
        alone.append(timed(check, fabric, outcome)[1])
    return whole, alone


def one_sided(fabric, owners, rng):
    """How many moves in one parcel only the check lets through."""
    missed = 0
    for corner in rng.sample(list(owners), min(ONE_SIDED, len(owners))):
        parcel_id = rng.choice(owners[corner])
        step, angle = 10 ** rng.uniform(-2, 1), rng.uniform(0, 2 * math.pi)
        to = (corner[0] + step * math.cos(angle), corner[1] + step * math.sin(angle))
        found = check(fabric, Outcome({parcel_id: moved(fabric.get(parcel_id), {corner: to})}))
        missed += not any(finding.severity == "error" for finding in found)
    return missed


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--edits", type=int, default=500)
    parser.add_argument("--repeat", type=int, default=9)
    given = parser.parse_args()
    parcels = Workspace(given.workspace).parcels
    outlines = parcels.geometry.to_numpy()
    fabric, build = timed(Fabric.build, parcels["parcel_id"].tolist(), outlines)
    owners, rng = shared_corners(fabric), random.Random(1)
    measure_edits(fabric, owners, 20, rng)
    print(f"{len(fabric):,} parcels, {shapely.get_num_coordinates(outlines).sum():,} coordinates")
    shown("building the fabric (once)", [build])
    whole, alone = measure_edits(fabric, owners, given.edits, rng)
    shown("one edit: move, knit, check", whole)
    p50, p95 = shown("its local check alone", alone)
    reference = [timed(shapely.coverage_is_valid, outlines)[1] for _ in range(given.repeat)]
    base, _ = shown("coverage_is_valid, whole fabric", reference)
    missed = one_sided(fabric, owners, rng)
    print(f"ratio, median to median: {base / p50:.0f} times; to the check's p95: {base / p95:.0f} times")
    print(f"one-sided moves let through: {missed} of {ONE_SIDED}")
    sys.exit(0 if base / p50 >= AT_LEAST and missed == 0 else 1)


if __name__ == "__main__":
    main()
