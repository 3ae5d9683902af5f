"""Simulated power cuts (断电模拟): a VFS that records every write and sync, and disk images built from the record.

After a cut a disk holds what was synced. Of what was written since the last sync of a file, each write may be
there, be missing, or be torn at sectors of 512 bytes, whatever the others did: so they are reordered too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from uuid import uuid4

import apsw

from gisapp.errors import InputError
from gisapp.store.sqlite import SqliteStore
from tests.store.work import AUTHOR, MADE_AT, META, Worker, fabric, now

SECTOR = 512


@dataclass(frozen=True)
class Write:
    file: str
    offset: int
    data: bytes


@dataclass(frozen=True)
class Truncate:
    file: str
    size: int


@dataclass(frozen=True)
class Sync:
    file: str


@dataclass(frozen=True)
class Delete:
    file: str
    synced: bool


@dataclass(frozen=True)
class Acknowledged:
    """A commit returned to its caller."""

    number: int
    hash: str


Event = Write | Truncate | Sync | Delete | Acknowledged


class RecordingFile(apsw.VFSFile):
    """A file whose writes and syncs are recorded in their order."""

    def __init__(self, events: list[Event], filename, flags) -> None:
        super().__init__("", filename, flags)
        self.events, self.name = (
            events,
            Path(filename.filename() if hasattr(filename, "filename") else filename).name,
        )

    def xWrite(self, data, offset):
        super().xWrite(data, offset)
        self.events.append(Write(self.name, offset, bytes(data)))

    def xTruncate(self, size):
        super().xTruncate(size)
        self.events.append(Truncate(self.name, size))

    def xSync(self, flags):
        super().xSync(flags)
        self.events.append(Sync(self.name))


class RecordingVfs(apsw.VFS):
    """The system's files with a record."""

    def __init__(self) -> None:
        self.name, self.events = f"recording-{uuid4().hex}", []
        super().__init__(self.name, "")

    def xOpen(self, name, flags):
        return RecordingFile(self.events, name, flags)

    def xDelete(self, filename, syncdir):
        super().xDelete(filename, syncdir)
        self.events.append(Delete(Path(filename).name, bool(syncdir)))


def record(folder: Path, commits: int, synchronous: str, seed: int) -> list[Event]:
    """Create a store and commit to it, closing it now and then; return all that reached the disk."""
    vfs, random = RecordingVfs(), Random(seed)
    # Small checkpoints, so that many cuts fall into one.
    hook = lambda connection: connection.wal_autocheckpoint(20)  # noqa: E731
    apsw.connection_hooks.append(hook)
    try:
        store = SqliteStore(folder / "store.db", now, synchronous=synchronous, vfs=vfs.name, exclusive=True)
        seeded = store.create(META, fabric(30), author=AUTHOR, made_at=MADE_AT)
        vfs.events.append(Acknowledged(seeded.number, seeded.hash))
        worker = Worker(store, random, "p")
        for k in range(commits):
            revision = worker.step()
            vfs.events.append(Acknowledged(revision.number, revision.hash))
            if k % 40 == 39:
                store.close()
        store.close()
    finally:
        apsw.connection_hooks.remove(hook)
    return vfs.events


@dataclass
class Disk:
    """What is on the disk for sure, and what may be."""

    synced: dict[str, bytearray] = field(default_factory=dict)
    pending: dict[str, list[Write | Truncate | Delete]] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        """Apply an event."""
        if isinstance(event, Sync):
            content = self.synced.get(event.file, bytearray())
            for item in self.pending.pop(event.file, []):
                content = apply(content, item)
            self.synced[event.file] = content
        elif isinstance(event, Delete) and event.synced:
            self.synced.pop(event.file, None)
            self.pending.pop(event.file, None)
        elif not isinstance(event, Acknowledged):
            self.pending.setdefault(event.file, []).append(event)

    def image(self, random: Random) -> dict[str, bytes]:
        """Return one state that the files may be in after the cut."""
        keep = random.choice([0.0, 0.3, 0.5, 0.8, 1.0])
        files = {name: bytearray(content) for name, content in self.synced.items()}
        for name, items in self.pending.items():
            for item in items:
                for part in survivors(item, keep, random):
                    if isinstance(part, Delete):
                        files.pop(name, None)
                    else:
                        files[name] = apply(files.get(name, bytearray()), part)
        return {name: bytes(content) for name, content in files.items()}


def survivors(item: Write | Truncate | Delete, keep: float, random: Random):
    """Yield what is left of an unsynced operation: all, nothing, or some of its sectors."""
    if not isinstance(item, Write) or random.random() < 0.6:
        if random.random() < keep:
            yield item
        return
    for start in range(0, len(item.data), SECTOR):
        if random.random() < keep:
            yield Write(item.file, item.offset + start, item.data[start : start + SECTOR])


def apply(content: bytearray, item: Write | Truncate | Delete) -> bytearray:
    """Return the content of a file after an operation."""
    if isinstance(item, Delete):
        return bytearray()
    if isinstance(item, Truncate):
        return content[: item.size].ljust(item.size, b"\0")
    end = item.offset + len(item.data)
    content = content.ljust(end, b"\0") if len(content) < end else content
    content[item.offset : end] = item.data
    return content


@dataclass
class PowerReport:
    """What happened: images looked at, images with a lost acknowledged commit, corrupt images."""

    images: int = 0
    acknowledged: int = 0
    without_store: int = 0
    lost: int = 0
    corrupt: list[str] = field(default_factory=list)


def cut_power(
    folder: Path, images: int, *, commits: int = 120, synchronous: str = "FULL", seed: int = 7
) -> PowerReport:
    """Record one run, cut the power at random points of it, and look at each image."""
    (folder / "run").mkdir()
    events = record(folder / "run", commits, synchronous, seed)
    random, report = Random(seed), PowerReport()
    cuts = sorted(random.randrange(1, len(events) + 1) for _ in range(images))
    disk, kept, done = Disk(), {}, 0
    for k, cut in enumerate(cuts):
        for event in events[done:cut]:
            disk.take(event)
            if isinstance(event, Acknowledged):
                kept[event.number] = event.hash
        done = cut
        place = folder / f"image-{k}"
        place.mkdir()
        for name, content in disk.image(random).items():
            (place / name).write_bytes(content)
        look(place / "store.db", kept, report)
    return report


def look(path: Path, kept: dict[int, str], report: PowerReport) -> None:
    """Open an image as the next start would, and compare."""
    report.images += 1
    report.acknowledged = max(report.acknowledged, len(kept))
    store = SqliteStore(path, now)
    try:
        if not store.exists:
            report.without_store += 1
            report.lost += bool(kept)
            return
        found = {revision.number: revision.hash for revision in store.log(limit=10**6)}
        report.lost += any(found.get(number) != told for number, told in kept.items())
        report.corrupt += [f"{path.parent.name}: {fault.code} {fault.message}" for fault in store.verify()]
    except InputError as error:
        report.corrupt.append(f"{path.parent.name}: {error}")
    finally:
        store.close()
