"""The store in one SQLite file (文件库), opened by apsw and by no other SQLite library while it is live.

Write-ahead log with ``synchronous=FULL``: a commit that returned survives a cut of power. Never open, copy or
hash the live file by other means: closing any other handle on it drops this process's POSIX locks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Final, cast

import apsw

from gisapp.errors import InputError, Problem, UsageError
from gisapp.store import create
from gisapp.store.api import Clock
from gisapp.store.base import SqlStore
from gisapp.store.migrate import migrate, stored_format
from gisapp.store.nouns import StoreMeta
from gisapp.store.publish import unfinished
from gisapp.store.schema import FORMAT
from gisapp.store.session import Dialect, Params
from gisapp.store.sqlitefaults import translated

APPLICATION_ID: Final = 0x67697361
"""Says in the file's header that it is ours: ``gisa``."""

GUARD: Final = (
    "CREATE TRIGGER {table}_{verb} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, 'append-only'); END"
)

DIALECT: Final = Dialect(
    name="sqlite",
    types={"int": "INTEGER", "real": "REAL", "text": "TEXT", "blob": "BLOB"},
    guard=lambda table: [GUARD.format(table=table, verb=verb) for verb in ("UPDATE", "DELETE")],
    unguard=lambda table: [f"DROP TRIGGER IF EXISTS {table}_{verb}" for verb in ("UPDATE", "DELETE")],
    suffix=" STRICT",
)


class SqliteSession:
    """A transaction on one apsw connection."""

    dialect = DIALECT

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def all(self, sql: str, params: Params | None = None) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        return self._connection.execute(sql, params).fetchall()

    def run(self, sql: str, params: Params | None = None) -> None:
        """Run a statement."""
        self._connection.execute(sql, params)

    def many(self, sql: str, params: Sequence[Params]) -> None:
        """Run a statement once for each set of parameters."""
        self._connection.executemany(sql, params)

    def has_table(self, name: str) -> bool:
        """Whether there is a table of this name."""
        return bool(
            self.all("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = :name", {"name": name})
        )

    def integrity(self) -> list[str]:
        """Return what SQLite finds wrong with its file."""
        try:
            found = [str(text) for (text,) in self.all("PRAGMA integrity_check(20)")]
        except apsw.CorruptError as error:
            return [str(error)]
        return [text for text in found if text != "ok"]


class SqliteStore(SqlStore):
    """A store in one file; a small pool of connections makes it safe for threads.

    ``label`` names the file in messages; ``busy_s`` is how long a writer waits for another process. ``synchronous``, ``vfs`` and ``exclusive`` are for
    the tests of power cuts: another durability, a virtual file system, one connection without shared memory.
    """

    def __init__(
        self,
        path: Path,
        clock: Clock,
        *,
        label: str | None = None,
        busy_s: float = 30.0,
        synchronous: str = "FULL",
        vfs: str | None = None,
        exclusive: bool = False,
    ) -> None:
        super().__init__(clock)
        self.path = path
        self.label = label or path.name
        self._busy_ms = int(busy_s * 1000)
        self._synchronous, self._vfs, self._exclusive = synchronous, vfs, exclusive
        self._idle: list[apsw.Connection] = []
        self._pool_lock, self._write_lock = Lock(), Lock()
        self._checked = False

    @contextmanager
    def reading(self) -> Iterator[SqliteSession]:
        """Open a transaction that sees one state throughout."""
        self._check()
        with self._transaction("BEGIN") as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[SqliteSession]:
        """Open the one transaction that may write."""
        self._check()
        with self._write_lock, self._transaction("BEGIN IMMEDIATE") as session:
            yield session

    @contextmanager
    def creating(self, meta: StoreMeta) -> Iterator[SqliteSession]:
        """Open the transaction that makes the tables, and make them."""
        del meta  # the tables are the same whatever the store is of
        with self._write_lock, self._transaction("BEGIN IMMEDIATE", new=True) as session:
            if session.has_table("meta"):
                raise UsageError(f"地块库 {self.label} 已存在", action="换一个位置，或先移走旧库")
            session.run(f"PRAGMA application_id = {APPLICATION_ID}")
            create.make_tables(session)
            yield session

    @property
    def exists(self) -> bool:
        """Whether the store has been created."""
        if not self.path.exists() or self.path.stat().st_size == 0:
            return False
        with self._transaction("BEGIN") as session:
            return session.has_table("meta")

    def change_token(self) -> int:
        """Return the newest revision of all branches; a few microseconds."""
        self._check()
        with translated(self.label), self._borrowed(new=False) as connection:
            newest = connection.execute("SELECT max(number) FROM changeset").fetchall()
        return cast(int, newest[0][0])

    def close(self) -> None:
        """Let go of all idle connections."""
        with self._pool_lock:
            idle, self._idle, self._checked = self._idle, [], False
        for connection in idle:
            connection.close()

    def _copy_to(self, path: Path) -> None:
        with unfinished(path) as scratch, translated(path.name), self._borrowed(new=False) as connection:
            connection.execute("VACUUM INTO :path", {"path": str(scratch)})

    def _check(self) -> None:
        """Look at the format once, and migrate an older one."""
        if self._checked:
            return
        if not self.path.exists():
            raise InputError(Problem("地块库不存在", file=self.label, action="先创建，或检查路径"))
        with self._transaction("BEGIN") as session:
            if not session.has_table("meta"):
                raise InputError(Problem("地块库尚未创建", file=self.label, action="先创建，或检查路径"))
            old = stored_format(session) < FORMAT
        if old:
            with self._write_lock, self._transaction("BEGIN IMMEDIATE") as session:
                migrate(session, self._clock())
        self._checked = True

    @contextmanager
    def _transaction(self, begin: str, *, new: bool = False) -> Iterator[SqliteSession]:
        with translated(self.label), self._borrowed(new=new) as connection:
            connection.execute(begin)
            yield SqliteSession(connection)
            connection.execute("COMMIT")

    @contextmanager
    def _borrowed(self, *, new: bool) -> Iterator[apsw.Connection]:
        """Lend a connection; it goes back to the pool without an open transaction, or is closed."""
        with self._pool_lock:
            connection = self._idle.pop() if self._idle else None
        connection = connection or self._connect(new=new)
        try:
            yield connection
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            with self._pool_lock:
                self._idle.append(connection)

    def _connect(self, *, new: bool) -> apsw.Connection:
        flags = apsw.SQLITE_OPEN_READWRITE | (apsw.SQLITE_OPEN_CREATE if new else 0)
        connection = apsw.Connection(str(self.path), flags=flags, vfs=self._vfs)
        connection.set_busy_timeout(self._busy_ms)
        if self._exclusive:
            connection.pragma("locking_mode", "EXCLUSIVE")
        if connection.pragma("application_id") != APPLICATION_ID and has_tables(connection):
            raise InputError(Problem("文件不是 gisapp 的地块库", file=self.label, action="检查路径"))
        # Changing to the log ends a rollback journal: only EXTRA makes sure that it does not come back after a
        # cut of power and roll back what the log holds. Without shared memory SQLite stays with the journal.
        connection.pragma("synchronous", "EXTRA")
        logged = connection.pragma("journal_mode", "WAL") == "wal"
        if logged:
            connection.pragma("synchronous", self._synchronous)
        connection.pragma("fullfsync", True)
        connection.pragma("foreign_keys", True)
        connection.pragma("trusted_schema", False)
        return connection


def has_tables(connection: apsw.Connection) -> bool:
    """Whether a file holds anything at all."""
    return bool(connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall())
