"""Latency of commits, undo, reading and the change token on a store of the demo's 5,414 parcels, both backends.

    python -m benchmarks.store_commit [--commits 500]

A commit moves one outline and carries base, neighbours and window as the map's edits do. Durable: synchronous=FULL,
fsync on. Commits per second of twenty writers: benchmarks/store_writers.py.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from random import Random
from time import perf_counter

import shapely

from benchmarks.store_common import AUTHOR, MADE_AT, META, demo_rows, now, percentiles
from gisapp.model.changes import OFFICIAL, Change, Commit, Reason, Row
from gisapp.store import open_store
from tests.store.pg import cluster


def timed(work):
    start = perf_counter()
    out = work()
    return perf_counter() - start, out


def moved(store, snapshot, tree, random, k):
    """A commit that moves one parcel by centimetres, having looked at its neighbours."""
    row = random.choice(snapshot.rows)
    near = tree.query(shapely.buffer(row.geometry, 1.0))
    ids = {snapshot.rows[i].parcel_id for i in near} | {row.parcel_id}
    found = store.rows(OFFICIAL, ids)
    before, version = found[row.parcel_id]
    shape = shapely.transform(before.geometry, lambda xy: xy + random.uniform(-0.01, 0.01))
    change = Change(row.parcel_id, before, Row.of(row.parcel_id, shape, before.values))
    read = {key: found[key][1] for key in ids - {row.parcel_id}}
    window = tuple(shapely.total_bounds([before.geometry, shape]))
    return Commit(
        OFFICIAL, (change,), {row.parcel_id: version}, AUTHOR, Reason("bench"), f"op-{k}",
        op={"op": "reshape"}, read=read, window=window, seen=store.head(),
    )  # fmt: skip


def measure(name, place, rows, commits):
    store = open_store(place, clock=now)
    create_s, _ = timed(lambda: store.create(META, rows, author=AUTHOR, made_at=MADE_AT))
    store.close()
    store = open_store(place, clock=now)
    first_s, snapshot = timed(store.read)
    reads = [timed(store.read)[0] for _ in range(15)]
    tree, random = shapely.STRtree([row.geometry for row in snapshot.rows]), Random(7)
    edits, undos = [], []
    for k in range(commits):
        given = moved(store, snapshot, tree, random, k)
        took, revision = timed(lambda g=given: store.commit(g))
        edits.append(took)
        if k % 10 == 0:
            number, op = revision.number, f"undo-{k}"
            undos.append(
                timed(lambda n=number, o=op: store.undo(n, author=AUTHOR, reason=Reason("x"), op_id=o))[0]
            )
    past = [timed(lambda: store.read(OFFICIAL, commits // 2))[0] for _ in range(9)]
    tokens = [timed(store.change_token)[0] for _ in range(1000)]
    branch_s, _ = timed(lambda: store.create_branch("s", "方案", author=AUTHOR))
    verify_s, faults = timed(store.verify)
    print(f"{name}: {len(rows)} parcels, {commits} commits")
    print(f"  commit {percentiles(edits)}; undo {percentiles(undos)}")
    print(f"  open and read {first_s * 1000:.0f} ms; read {percentiles(reads)}; as-of {percentiles(past)}")
    print(f"  change token {percentiles(tokens)}; new branch {branch_s * 1000:.0f} ms")
    print(f"  create {create_s:.2f} s; verify {verify_s:.2f} s, faults {len(faults)}")
    store.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commits", type=int, default=500)
    given = parser.parse_args()
    rows = demo_rows()
    with tempfile.TemporaryDirectory() as folder:
        measure("SQLite", Path(folder) / "store.db", rows, given.commits)
    with cluster(durable=True) as running:
        measure("PostGIS", running.new_url(), rows, given.commits)


if __name__ == "__main__":
    main()
