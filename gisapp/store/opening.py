"""Opening and restoring a store (打开与恢复) by a path or an address."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import apsw

from gisapp.errors import InputError, Problem, UsageError
from gisapp.store.api import Clock, ParcelStore
from gisapp.store.base import SqlStore
from gisapp.store.copying import fill, refuse_faults
from gisapp.store.publish import unfinished
from gisapp.store.sqlite import SqliteStore
from gisapp.store.sqlitefaults import translated


def open_store(url_or_path: str | Path, *, clock: Clock) -> ParcelStore:
    """Return the store at a path (an SQLite file) or at ``postgresql+psycopg://…`` (PostGIS).

    Nothing is read yet: the store may still have to be created. An older format is migrated at first use.
    """
    return _open(url_or_path, clock)


def _open(url_or_path: str | Path, clock: Clock) -> SqlStore:
    text = str(url_or_path)
    if text.startswith(("postgresql://", "postgresql+psycopg://")):
        # Only where it is asked for: SQLAlchemy takes a while to load.
        from gisapp.store.postgis import PostgisStore

        return PostgisStore(text, clock)
    return SqliteStore(Path(text), clock)


def restore(file: Path, target: str | Path, *, clock: Clock) -> ParcelStore:
    """Return a new store at `target` (path or address) with everything that a backup holds.

    The backup is copied, migrated if it is older, and verified; only then does the store appear.

    Raises
    ------
    UsageError
        If there is a store at `target`: nothing is ever overwritten.
    InputError
        If the backup is missing, not a store, or does not verify.
    """
    store = _open(target, clock)
    if isinstance(store, SqliteStore):
        if store.path.exists():
            raise UsageError(f"文件 {store.path.name} 已存在", action="换一个位置；恢复从不覆盖")
        with unfinished(store.path) as scratch:
            _sound_copy(file, scratch, clock)
        return store
    with TemporaryDirectory() as folder:
        copy = _sound_copy(file, Path(folder) / "copy.db", clock)
        with copy.reading() as source:
            fill(source, store)
        copy.close()
    return store


def _sound_copy(file: Path, scratch: Path, clock: Clock) -> SqliteStore:
    """Copy a backup to a scratch file, bring it to today's format and verify it."""
    if not file.exists():
        raise InputError(Problem("备份文件不存在", file=file.name, action="检查路径"))
    with translated(scratch.parent.name):
        target = apsw.Connection(str(scratch))
    with translated(file.name):
        source = apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READONLY)
        with target.backup("main", source, "main") as copying:
            copying.step()
        source.close()
        target.close()
    copy = SqliteStore(scratch, clock, label=file.name)
    with copy.reading() as session:
        refuse_faults(session, file.name)
    copy.close()
    return copy
