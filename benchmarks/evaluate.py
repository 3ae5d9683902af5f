"""Time of an evaluation beside the same evaluation written plainly with geopandas, in one run.

    python benchmarks/evaluate.py WORKSPACE [--repeat 3]

Both rulebooks of the workspace, data in memory, our index build counted. Rounds alternate: plain, ours whole, ours
by step; medians of CPU seconds (both sides use one thread, and a machine is rarely alone). Fails with exit code 1
if the two sides disagree. Then each side runs as a process of its own, start to result, imports and reading
included, in wall seconds. rasterstats takes minutes on the demo: it runs in the first round only (n = 1), and
not at all in the plain process.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

STEPS = ("area", "overlay", "proximity", "zonal", "attributes", "mix and pairs", "rules")


class Clock:
    """Seconds by step; a step entered twice in one round adds up."""

    def __init__(self):
        self.rounds = [defaultdict(float)]

    @contextlib.contextmanager
    def step(self, name):
        start = time.process_time()
        yield
        self.rounds[-1][name] += time.process_time() - start

    def next(self):
        self.rounds.append(defaultdict(float))

    def median(self, name):
        found = [seconds[name] for seconds in self.rounds if name in seconds]
        return statistics.median(found) if found else 0.0


def plain_side(root):
    import plain

    city = "plain_jiangbei" if (root / "layers/data/plan.fgb").exists() else "plain_cambridge"
    return plain.read(root), importlib.import_module(city).run


def alternate(root, repeat):
    """Both sides in turn; returns the clocks, the number of parcels and what they disagree on."""
    import agree
    import ours
    import shapely

    data, run = plain_side(root)
    world = ours.read(root)
    wkb = shapely.to_wkb(world.parcels.geometry.to_numpy())
    theirs, whole, steps = Clock(), Clock(), Clock()
    faults, worst = [], {}
    for number in range(repeat):
        # New geometries each round: nothing prepared or indexed before is used again.
        data.parcels = data.parcels.set_geometry(shapely.from_wkb(wkb), crs=data.parcels.crs)
        result = run(data, theirs.step, with_zonal=number == 0)
        fresh = ours.untouched(world, shapely.from_wkb(wkb))
        evaluations = ours.whole(fresh, whole.step)
        ours.by_step(ours.untouched(world, shapely.from_wkb(wkb)), steps.step)
        skip = () if number == 0 else ("flood_depth_max", "slope_mean")
        found, size = agree.differences(evaluations, result, skip=skip)
        faults += found
        worst = {unit: max(size.get(unit, 0.0), worst.get(unit, 0.0)) for unit in {*size, *worst}}
        print(f"round {number + 1} of {repeat}: {'agrees' if not found else 'DISAGREES'}", file=sys.stderr)
        for clock in (theirs, whole, steps):
            clock.next()
    return theirs, whole, steps, len(world.parcels), faults, worst


def table(theirs, whole, steps):
    """The lines of the table: step, plain, ours, ratio."""
    yield f"{'step':24}{'plain s':>10}{'ours s':>10}{'ratio':>8}"
    present = [name for name in STEPS if theirs.median(name)]
    for name in present:
        yield line(f"{name}{' (n = 1)' if name == 'zonal' else ''}", theirs.median(name), steps.median(name))
    plain_s = sum(theirs.median(name) for name in present)
    yield line("whole", plain_s, whole.median("whole"))
    if theirs.median("zonal"):
        yield line(
            "whole without zonal",
            plain_s - theirs.median("zonal"),
            whole.median("whole") - steps.median("zonal"),
        )


def line(name, plain_s, ours_s):
    return f"{name:24}{plain_s:10.2f}{ours_s:10.2f}{plain_s / ours_s:8.2f}"


def processes(root, repeat):
    """Start to result, imports and reading included, in turn; medians of plain and ours."""
    seconds = {"plain": [], "ours": []}
    for _ in range(repeat):
        for side, found in seconds.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, __file__, str(root), "--only", side], check=True)
            found.append(time.perf_counter() - start)
    return {side: statistics.median(found) for side, found in seconds.items()}


def one_side(root, side):
    if side == "plain":
        data, run = plain_side(root)
        run(data, Clock().step, with_zonal=False)
    else:
        import ours

        ours.whole(ours.read(root), Clock().step)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only", choices=["plain", "ours"], help="run one side once, without a clock")
    options = parser.parse_args()
    if options.only:
        one_side(options.workspace, options.only)
        return 0
    theirs, whole, steps, count, faults, worst = alternate(options.workspace, options.repeat)
    print(f"{count} parcels, {options.repeat} rounds, medians")
    print("\n".join(table(theirs, whole, steps)))
    process = processes(options.workspace, options.repeat)
    print(line("process (wall)", process["plain"], process["ours"]))
    sizes = ", ".join(f"{unit} {size:.1e}" for unit, size in sorted(worst.items()) if size)
    print(f"largest differences (m: absolute, others relative): {sizes or 'none'}")
    print("\n".join(f"DISAGREE {fault}" for fault in faults) or "the two sides agree")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
