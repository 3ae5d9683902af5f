"""Simulated power cuts: disk images in which unsynced writes are lost, torn or reordered.

    python -m benchmarks.store_power [--images 300] [--commits 120] [--seed 7]

Runs the store as it is (synchronous=FULL) and, to show that the trial bites, with synchronous=NORMAL.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from tests.store.power import cut_power


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=300)
    parser.add_argument("--commits", type=int, default=120)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    for synchronous in ("FULL", "NORMAL"):
        start = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            report = cut_power(
                Path(folder), given.images, commits=given.commits, synchronous=synchronous, seed=given.seed
            )
        took = time.perf_counter() - start
        print(f"synchronous={synchronous}: {report.images} images in {took:.0f} s")
        print(f"  with a lost acknowledged commit {report.lost}, corrupt {len(report.corrupt)}")
        print(f"  cut before there was a store {report.without_store}")
        for fault in report.corrupt[:20]:
            print(f"  {fault}")


if __name__ == "__main__":
    main()
