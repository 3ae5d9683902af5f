"""Many writers at once (多人同写): each raises counters on parcels that others raise too, and counts conflicts."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from time import perf_counter

from gisapp.model.changes import OFFICIAL, Author, Change, Commit, EditConflictError, Row
from gisapp.store import open_store
from tests.store.killer import context
from tests.store.work import AUTHOR, MADE_AT, META, REASON, fabric, now


@dataclass
class WritersReport:
    """What happened: commits that succeeded, refusals that listed conflicts, and what the store says."""

    commits: int = 0
    conflicts: int = 0
    seconds: float = 0.0
    expected: int = 0
    counted: int = 0
    versions: int = 0
    unexplained: int = 0
    latencies: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def raise_counters(place, name: str, edits: int, parcels: int, seed: int, ready, go, answers) -> None:
    """Make `edits` edits, each of two parcels with a third one read, again and again until it is accepted."""
    store, random = open_store(place, clock=now), Random(seed)
    done, conflicts, unexplained, latencies = 0, 0, 0, []
    store.head()
    ready.release()
    go.wait()
    for k in range(edits):
        for attempt in range(10_000):
            ids = random.sample([f"P{j:03}" for j in range(parcels)], 3)
            start = perf_counter()
            try:
                store.commit(commit_of(store, ids, f"{name}-{k}-{attempt}", name))
            except EditConflictError as error:
                conflicts += 1
                stale = [
                    c for c in error.conflicts if c.expected != c.found and c.revision and c.parcel_id in ids
                ]
                unexplained += not stale
                continue
            latencies.append(perf_counter() - start)
            done += 1
            break
    store.close()
    answers.put((done, conflicts, unexplained, latencies))


def commit_of(store, ids: list[str], op_id: str, name: str) -> Commit:
    """Counters of the first two parcels up by one, the third one read."""
    found = store.rows(OFFICIAL, ids)
    changes = []
    for key in ids[:2]:
        row = found[key][0]
        values = {**row.values, "x_count": row.values["x_count"] + 1, f"x_{name}": op_id}
        changes.append(Change(key, row, Row(key, row.wkb, values)))
    base = {key: found[key][1] for key in ids[:2]}
    read = {ids[2]: found[ids[2]][1]}
    return Commit(OFFICIAL, tuple(changes), base, Author(name), REASON, op_id, read=read)


def run_writers(
    place, writers: int, edits: int, parcels: int = 20, rows: list[Row] | None = None
) -> WritersReport:
    """Let `writers` processes make `edits` edits each on so many parcels, then compare them with the store."""
    store = open_store(place, clock=now)
    store.create(META, [*fabric(parcels), *(rows or [])], author=AUTHOR, made_at=MADE_AT)
    store.close()
    processes = context()
    ready, go, answers = processes.Semaphore(0), processes.Event(), processes.Queue()
    started = [
        processes.Process(
            target=raise_counters, args=(place, f"w{k}", edits, parcels, k, ready, go, answers), daemon=True
        )
        for k in range(writers)
    ]
    for process in started:
        process.start()
    for _ in started:
        ready.acquire()
    start = perf_counter()
    go.set()
    told = [answers.get(timeout=1800) for _ in started]
    took = perf_counter() - start
    for process in started:
        process.join()
    return compare(open_store(place, clock=now), told, writers * edits, took)


def compare(store, told, expected: int, took: float) -> WritersReport:
    """Count in the store what the writers say they did."""
    snapshot = store.read()
    rows = [row for row in snapshot.rows if "x_count" in row.values]
    report = WritersReport(
        commits=sum(item[0] for item in told),
        conflicts=sum(item[1] for item in told),
        unexplained=sum(item[2] for item in told),
        seconds=took,
        expected=expected,
        counted=sum(row.values["x_count"] for row in rows),
        versions=sum(snapshot.versions[row.parcel_id] - 1 for row in rows),
        latencies=[latency for item in told for latency in item[3]],
        faults=[f"{fault.code} {fault.message}" for fault in store.verify()],
    )
    store.close()
    return report
