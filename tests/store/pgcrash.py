"""Kills PostgreSQL at random moments while several clients commit, starts it again, and looks (数据库崩溃试验)."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from random import Random

import psycopg
from sqlalchemy import event

from gisapp.errors import InputError, UsageError
from gisapp.model.changes import EditConflictError
from gisapp.store import open_store
from tests.store.killer import context
from tests.store.pg import Cluster, cluster
from tests.store.work import AUTHOR, MADE_AT, META, Worker, fabric, now

MODES = ("everything", "postmaster", "backend")
"""All processes of the server at once; its first process alone; the process that serves one client."""

ROUNDS_PER_STORE = 50
WRITERS = 3
PATIENCE_S = 60
PAUSE_S = 0.01


@dataclass
class CrashReport:
    """What happened: rounds, acknowledged commits, those that were not found again, other faults."""

    rounds: int = 0
    acknowledged: int = 0
    refused: int = 0
    unacknowledged: int = 0
    lost: int = 0
    rounds_with_loss: int = 0
    faults: list[str] = field(default_factory=list)
    told: set[str] = field(default_factory=set)


class Victim:
    """A server whose first process is a child of ours, so that it can be killed and started again.

    Where it is `starved`, the process that writes its log behind the commits gets no time at all: what a commit has
    not waited for is then nowhere but in memory.
    """

    def __init__(self, running: Cluster, *, starved: bool = False) -> None:
        self.running = running
        self.starved = starved
        self._stopped: list[int] = []
        running.stop()
        self.start()

    def start(self) -> None:
        """Start the server and wait until it has recovered."""
        data = str(self.running.folder / "data")
        command = [str(self.running.binaries / "postgres"), "-D", data, *self.running.options.split()]
        with (self.running.folder / "log").open("ab") as log:
            self.first = subprocess.Popen(
                command, cwd=self.running.folder, stdout=log, stderr=log, **self.running.who
            )
        self.wait_until_recovered()

    def wait_until_recovered(self) -> None:
        """Ask until it answers; RuntimeError with its log where it has ended."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if self.first.poll() is not None:
                break
            try:
                self.running.execute("SELECT 1")
            except psycopg.OperationalError:
                time.sleep(PAUSE_S)  # between two questions, not instead of an answer
            else:
                return self._starve()
        raise RuntimeError(
            f"PostgreSQL did not come back:\n{(self.running.folder / 'log').read_text()[-4000:]}"
        )

    def _starve(self) -> None:
        if not self.starved:
            return
        self._stopped = [pid for pid in children(self.first.pid) if "walwriter" in title(pid)]
        for pid in self._stopped:
            os.kill(pid, signal.SIGSTOP)

    def crash(self, mode: str, random: Random) -> None:
        """Kill as the mode says, and return when the server is there again."""
        if mode == "backend":
            before = children(self.first.pid)
            serving = [pid for pid in before if "[local]" in title(pid)]
            for pid in (random.choice(serving), *self._stopped):
                kill(pid)
            wait_until_gone(before)  # the server ends all its processes when one dies like this
            self.wait_until_recovered()
            return
        self.first.send_signal(signal.SIGSTOP)  # so that no child is born between the look and the kill
        before = children(self.first.pid)
        self.first.kill()
        for pid in random.sample(before, len(before)) if mode == "everything" else self._stopped:
            kill(pid)
        self.first.wait()
        wait_until_gone(before)
        self.start()


def children(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def title(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):  # it has ended with its parent
        os.kill(pid, signal.SIGKILL)


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and is not yet fetched by its parent does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until_gone(pids: Iterable[int]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while left := [pid for pid in pids if is_alive(pid)]:
        if time.monotonic() > deadline:
            raise RuntimeError(f"still there: {[(pid, title(pid)) for pid in left]}")
        time.sleep(PAUSE_S)  # between two looks


def commit_until_told(url: str, seed: int, prefix: str, synchronous: bool, checkpoints: bool, pipe) -> None:
    """Commit until told that it is enough, telling each revision once it is acknowledged.

    A server that is gone must be said in words that a planner can read; then the next commit is tried.
    """
    store, count = open_store(url, clock=now), 0
    if not synchronous:
        event.listen(store._engine, "connect", make_asynchronous)
    worker = Worker(store, Random(seed), prefix)
    while not pipe.poll():
        try:
            revision = worker.step()
        except (EditConflictError, UsageError):  # somebody else was first, with an edit or with the undo
            pipe.send(("refused",))
        except InputError as error:
            pipe.send(("told", error.problems[0].message))
            if pipe.poll(PAUSE_S):
                break
        else:
            pipe.send(("done", revision.number, revision.hash))
            count += 1
            if checkpoints and count % 3 == 0:
                checkpoint(store)
    pipe.close()


def make_asynchronous(connection, _record) -> None:
    connection.execute("SET synchronous_commit = off")
    connection.commit()


def checkpoint(store) -> None:
    """Force a checkpoint, so that kills fall into one; a server that dies of it is what is tried here."""
    address = {"host": store.url.query["host"], "user": "postgres", "dbname": "postgres"}
    with (
        suppress(psycopg.OperationalError),
        psycopg.connect(**address, autocommit=True) as connection,
    ):
        connection.execute("CHECKPOINT")


@contextmanager
def writers(processes, url: str, random: Random, prefix: str, synchronous: bool, checkpoints: bool):
    """Yield pipes to clients that commit; afterwards they have ended, and what they said can still be read."""
    pipes: list[Connection] = []
    started = []
    for k in range(WRITERS):
        ours, theirs = processes.Pipe()
        given = (url, random.randrange(2**32), f"{prefix}w{k}", synchronous, checkpoints and k == 0, theirs)
        started.append(processes.Process(target=commit_until_told, args=given, daemon=True))
        started[-1].start()
        theirs.close()
        pipes.append(ours)
    try:
        yield pipes
    finally:
        for process in started:
            process.join(PATIENCE_S)
            process.kill()


def crash_once(processes, victim: Victim, url: str, mode: str, random: Random, prefix: str, **how: bool):
    """Let clients commit, kill the server among them, and return what they were told."""
    said: list[tuple] = []
    with writers(processes, url, random, prefix, **how) as pipes:
        wanted = random.randrange(1, 20)
        while sum(item[0] == "done" for item in said) < wanted:
            said += [pipe.recv() for pipe in wait(pipes, PATIENCE_S)]
        time.sleep(random.uniform(0.0, 0.02))  # a random moment of the commits that are under way
        victim.crash(mode, random)
        for pipe in pipes:
            pipe.send("enough")
        for pipe in pipes:
            said += drain(pipe)
    return said


def drain(pipe: Connection) -> list[tuple]:
    """Return what a client has said until its end."""
    said: list[tuple] = []
    try:
        while True:
            said.append(pipe.recv())
    except (EOFError, OSError):
        return said


def crash_rounds(
    rounds: int, seed: int = 7, *, synchronous: bool = True, starved: bool = False, modes=MODES
) -> CrashReport:
    """Crash a durable server `rounds` times, each way in turn, and look after each; a new store every fifty."""
    random, report, processes = Random(seed), CrashReport(), context()
    kept: dict[int, str] = {}
    with cluster(durable=True) as running:
        victim = Victim(running, starved=starved)
        for k in range(rounds):
            if k % ROUNDS_PER_STORE == 0:
                url = running.new_url()
                kept = seeded(url)
            mode = modes[k % len(modes)]
            # A checkpoint brings all to the disk: it would feed the starved.
            how = {"synchronous": synchronous, "checkpoints": random.random() < 0.5 and not starved}
            said = crash_once(processes, victim, url, mode, random, f"r{k}", **how)
            kept |= {item[1]: item[2] for item in said if item[0] == "done"}
            report.rounds += 1
            report.acknowledged += sum(item[0] == "done" for item in said)
            report.refused += sum(item[0] == "refused" for item in said)
            report.told |= {item[1] for item in said if item[0] == "told"}
            kept = look(url, kept, report, f"round {k}, {mode}")
    return report


def seeded(url: str) -> dict[int, str]:
    """Create a store and return its first revision."""
    store = open_store(url, clock=now)
    first = store.create(META, fabric(), author=AUTHOR, made_at=MADE_AT)
    store.close()
    return {first.number: first.hash}


def look(url: str, kept: dict[int, str], report: CrashReport, where: str) -> dict[int, str]:
    """Open the store as the next client would, compare, and return the revisions that it has."""
    store = open_store(url, clock=now)
    found = {revision.number: revision.hash for revision in store.log(limit=10**6)}
    lost = sum(found.get(number) != told for number, told in kept.items())
    report.lost += lost
    report.rounds_with_loss += lost > 0
    extra = len(set(found) - set(kept))
    report.unacknowledged += extra
    report.faults += [f"{where}: {extra} commits nobody waited for"] if extra > WRITERS else []
    report.faults += [f"{where}: {fault.code} {fault.message}" for fault in store.verify()]
    store.close()
    return found
