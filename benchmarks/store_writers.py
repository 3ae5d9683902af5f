"""Twenty writers × 200 edits on each backend: no lost update, every conflict reported.

    python -m benchmarks.store_writers [--writers 20] [--edits 200]

Each edit changes two parcels and has read a third. First all fight over twenty parcels, then they are spread over
two thousand, as planners are. The store holds the demo's 5,414 parcels beside them.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.store_common import demo_rows, percentiles
from tests.store.pg import cluster
from tests.store.writers import run_writers


def tell(name, report):
    print(f"{name}: {report.commits} of {report.expected} commits in {report.seconds:.1f} s", end=", ")
    print(
        f"{report.commits / report.seconds:.0f} commits/s, {report.conflicts} conflicts reported and retried"
    )
    print(
        f"  lost updates {2 * report.commits - report.counted}, conflicts without a reason {report.unexplained}"
    )
    print(
        f"  accepted commits, read to durable: {percentiles(report.latencies)}; faults {len(report.faults)}"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writers", type=int, default=20)
    parser.add_argument("--edits", type=int, default=200)
    given = parser.parse_args()
    rows = demo_rows()
    for parcels in (20, 2000):
        with tempfile.TemporaryDirectory() as folder:
            report = run_writers(Path(folder) / "store.db", given.writers, given.edits, parcels, rows)
            tell(f"SQLite, {parcels} parcels", report)
        with cluster(durable=True) as running:
            report = run_writers(running.new_url(), given.writers, given.edits, parcels, rows)
            tell(f"PostGIS, {parcels} parcels", report)


if __name__ == "__main__":
    main()
