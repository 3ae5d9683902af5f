"""Kills a committing process at random points: no acknowledged edit may be lost.

python -m benchmarks.store_kill [--rounds 1000] [--seed 7]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from tests.store.killer import kill_rounds


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        report = kill_rounds(Path(folder), given.rounds, given.seed)
    print(f"{report.rounds} kills in {time.perf_counter() - start:.0f} s")
    print(f"acknowledged {report.acknowledged}, lost {report.lost}, faults {len(report.faults)}")
    print(
        f"durable but not yet acknowledged {report.unacknowledged}, killed before the seed {report.before_first}"
    )
    for fault in report.faults:
        print(fault)


if __name__ == "__main__":
    main()
