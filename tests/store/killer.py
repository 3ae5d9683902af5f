"""Kills a committing process at random points and looks at what is left (杀进程试验)."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import monotonic

import apsw

from gisapp.store import open_store
from gisapp.store.sqlite import SqliteStore
from tests.store.work import AUTHOR, MADE_AT, META, Worker, fabric, now

ROUNDS_PER_FILE = 50


@dataclass
class KillReport:
    """What happened: rounds, acknowledged commits, those that were not found again, other faults."""

    rounds: int = 0
    acknowledged: int = 0
    unacknowledged: int = 0
    lost: int = 0
    before_first: int = 0
    faults: list[str] = field(default_factory=list)


def context():
    """Processes that start quickly: forked off a server that has loaded everything."""
    chosen = multiprocessing.get_context("forkserver")
    chosen.set_forkserver_preload(["gisapp.store", "gisapp.store.postgis", "tests.store.work"])
    return chosen


def commit_until_killed(path: str, seed: int, prefix: str, small_log: bool, acknowledge) -> None:
    """Create the store if need be, then commit for ever, telling each revision once it is durable."""
    if small_log:
        # Checkpoints all the time, so that some of them are hit.
        apsw.connection_hooks.append(lambda connection: connection.wal_autocheckpoint(25))
    store = SqliteStore(Path(path), now)
    if not store.exists:
        seeded = store.create(META, fabric(), author=AUTHOR, made_at=MADE_AT)
        acknowledge.send((seeded.number, seeded.hash))
    worker = Worker(store, Random(seed), prefix)
    while True:
        revision = worker.step()
        acknowledge.send((revision.number, revision.hash))


def heard(pipe, random: Random) -> Iterator[tuple[int, str]]:
    """Yield acknowledgements until a random moment: some commits on, and a few milliseconds more."""
    for _ in range(random.randrange(12)):
        yield pipe.recv()
    until = monotonic() + random.uniform(0.0, 0.012)
    while (left := until - monotonic()) > 0 and pipe.poll(left):
        yield pipe.recv()


def drain(pipe) -> Iterator[tuple[int, str]]:
    """Yield what was acknowledged before the process died and not read yet."""
    try:
        while True:
            yield pipe.recv()
    except (EOFError, OSError):  # ended, or ended within a message
        return


def kill_once(processes, path: Path, random: Random, prefix: str) -> list[tuple[int, str]]:
    """Run one process, kill it, and return what it acknowledged."""
    pipe, theirs = processes.Pipe(duplex=False)
    given = (str(path), random.randrange(2**32), prefix, random.random() < 0.5, theirs)
    process = processes.Process(target=commit_until_killed, args=given, daemon=True)
    process.start()
    theirs.close()
    try:
        told = list(heard(pipe, random))
    except EOFError as error:
        raise RuntimeError("the committing process ended by itself") from error
    finally:
        process.kill()
        process.join()
    return [*told, *drain(pipe)]


def kill_rounds(folder: Path, rounds: int, seed: int = 7) -> KillReport:
    """Kill a process `rounds` times and look after each; a new file every fifty rounds."""
    random, report, processes = Random(seed), KillReport(), context()
    kept: dict[int, str] = {}
    for k in range(rounds):
        path = folder / f"store-{k // ROUNDS_PER_FILE}.db"
        if k % ROUNDS_PER_FILE == 0:
            kept = {}
        told = kill_once(processes, path, random, f"r{k}")
        kept |= dict(told)
        report.rounds += 1
        report.acknowledged += len(told)
        look(path, kept, report)
    return report


def look(path: Path, kept: dict[int, str], report: KillReport) -> None:
    """Open the file as the next start would, and compare."""
    store = open_store(path, clock=now)
    if not store.exists:
        report.before_first += 1
        report.lost += len(kept)
        store.close()
        return
    found = {revision.number: revision.hash for revision in store.log(limit=10**6)}
    report.lost += sum(found.get(number) != told for number, told in kept.items())
    extra = set(found) - set(kept)
    report.unacknowledged += len(extra)
    report.faults += (
        [f"{path.name}: {len(extra)} commits nobody waited for"] if len(extra) > 1 + (0 in extra) else []
    )
    kept |= {number: found[number] for number in extra}
    report.faults += [f"{path.name}: {fault.code} {fault.message}" for fault in store.verify()]
    store.close()
