"""Copying a store table by table (复制), from either database into either; the way between them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from gisapp.errors import InputError, Problem
from gisapp.store.api import Clock
from gisapp.store.base import SqlStore
from gisapp.store.create import read_meta
from gisapp.store.nouns import StoreMeta
from gisapp.store.publish import unfinished
from gisapp.store.schema import TABLES, insert_statement
from gisapp.store.session import Session
from gisapp.store.sqlite import SqliteStore
from gisapp.store.verify import verify

ORDER: Final = {"branch": "fork NULLS FIRST", "changeset": "number", "ledger_record": "number"}
"""Rows that others refer to come first."""


def copy_tables(source: Session, target: Session) -> None:
    """Copy all rows into the empty tables of another store."""
    for table in TABLES:
        names = ", ".join(table.names)
        order = ORDER.get(table.name, "1")
        found = source.all(f"SELECT {names} FROM {table.name} ORDER BY {order}")  # noqa: S608 (our own names)
        rows = [dict(zip(table.names, line, strict=True)) for line in found]
        target.many(insert_statement(table.name, table.names), rows)


def copy_into_file(source: Session, path: Path, clock: Clock) -> None:
    """Write everything that a transaction sees into a new SQLite file."""
    with unfinished(path) as scratch:
        store = SqliteStore(scratch, clock, label=path.name)
        try:
            fill(source, store)
        finally:
            store.close()


def fill(source: Session, store: SqlStore) -> None:
    """Create a store with everything that `source` sees, and check it before it is committed."""
    meta: StoreMeta = read_meta(source)
    with store.creating(meta) as target:
        copy_tables(source, target)
        refuse_faults(target, "复制的结果")


def refuse_faults(session: Session, name: str) -> None:
    """Raise InputError where a store is not sound."""
    faults = verify(session, None)
    if faults:
        action = "换一份备份；未通过核对的库不会被恢复"
        raise InputError(
            Problem(fault.message, file=name, field=fault.parcel_id, action=action) for fault in faults[:20]
        )
