"""Kills PostgreSQL itself at random points while clients commit: no acknowledged edit may be lost.

    python -m benchmarks.store_pgkill [--rounds 300] [--loose 20] [--seed 7]

Each round kills all processes of the server, or its first process, or the process that serves one client, in turn.
Then, to show that the trial bites, `loose` rounds of each kind with synchronous_commit=off, and some with the log
writer stopped ("starved"): without it a completed page of the log soon lies with the operating system, which no kill harms.
"""

from __future__ import annotations

import argparse
import time

from tests.store.pgcrash import MODES, crash_rounds


def tell(name, rounds, seed, **how):
    start = time.perf_counter()
    report = crash_rounds(rounds, seed, **how)
    print(f"{name}: {report.rounds} kills in {time.perf_counter() - start:.0f} s")
    print(f"  acknowledged {report.acknowledged}, lost {report.lost} (in {report.rounds_with_loss} rounds)")
    print(f"  durable but not yet acknowledged {report.unacknowledged}, refused {report.refused}")
    print(f"  faults {len(report.faults)}; clients were told: {'; '.join(sorted(report.told))}", flush=True)
    for fault in report.faults[:20]:
        print(f"  {fault}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--loose", type=int, default=20)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    tell("synchronous_commit=on", given.rounds, given.seed)
    for mode in MODES if given.loose else ():
        tell(f"synchronous_commit=off, {mode}", given.loose, given.seed, synchronous=False, modes=(mode,))
    if given.loose:
        tell("synchronous_commit=off, starved", given.loose, given.seed, synchronous=False, starved=True)
        tell("synchronous_commit=on, starved", given.loose, given.seed, starved=True)


if __name__ == "__main__":
    main()
