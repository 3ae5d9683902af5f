"""Where a workspace keeps its editable parcels (地块库位置): an SQLite file, or PostGIS by a URL."""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from pyproj import CRS

from gisapp.app.parcels import STATE_FOLDER, ParcelTable
from gisapp.app.records import columns_of, to_frame, to_rows
from gisapp.errors import InputError, Problem, UsageError
from gisapp.io.hashing import sha256_frame
from gisapp.model.changes import Author
from gisapp.model.layers import WorkspaceInfo
from gisapp.model.parcels import ParcelSchema
from gisapp.store import ParcelStore, Snapshot, StoreMeta, open_store, restore

STORE_FILE: Final = "parcels.sqlite"
STORE_VARIABLE: Final = "GISAPP_STORE"
LOCAL: Final = ZoneInfo("Asia/Shanghai")
"""The zone in which days begin and end (北京时间)."""


def utc_now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def local_user() -> str:
    """Return who works on this machine (本机用户): GISAPP_USER if set, else the system's user."""
    return os.environ.get("GISAPP_USER") or getpass.getuser()


def store_place(root: Path, environment: Mapping[str, str] = os.environ) -> str | Path:
    """Return where the store of a workspace is: GISAPP_STORE if set, else a file under ``.gisapp/``."""
    return environment.get(STORE_VARIABLE) or root / STATE_FOLDER / STORE_FILE


def existing_store(root: Path) -> ParcelStore | None:
    """Return the workspace's store if it has been created, else None (尚无地块库)."""
    place = store_place(root)
    if isinstance(place, Path) and not place.exists():
        return None
    store = open_store(place, clock=utc_now)
    return store if store.exists else None


def create_store(root: Path, table: ParcelTable, info: WorkspaceInfo) -> ParcelStore:
    """Make the store from the current parcel table: revision 0, in force from the data date on (建库)."""
    place = store_place(root)
    if isinstance(place, Path):
        try:
            place.parent.mkdir(exist_ok=True)
        except OSError as error:
            action = "检查文件夹权限与磁盘空间，或把工作区复制到可写的位置"
            raise InputError(Problem("工作区不可写", file=place.parent.name, action=action)) from error
    store = open_store(place, clock=utc_now)
    if store.exists:
        return store
    meta = StoreMeta(info.id, info.crs, table.hash, {"columns": list(columns_of(table.frame))})
    since = datetime.combine(info.data_date, time(), tzinfo=LOCAL).astimezone(UTC)
    try:
        store.create(
            meta, to_rows(table.frame), author=Author("gisapp", "system"), made_at=min(since, utc_now())
        )
    except UsageError:
        # Somebody else made it in this very moment; then that one is the store.
        if not store.exists:
            raise
    return store


def stored_table(store: ParcelStore, snapshot: Snapshot, schema: ParcelSchema, crs: CRS) -> ParcelTable:
    """Return a snapshot of the store as the parcel table in the workspace's CRS."""
    columns = store.meta.extra.get("columns", [])
    frame = to_frame(snapshot.rows, schema, crs, columns)
    return ParcelTable(frame, sha256_frame(frame), snapshot.revision)


def restore_store(file: Path, root: Path) -> ParcelStore:
    """Return the workspace's new store with everything that a backup holds; never over an existing one."""
    place = store_place(root)
    if isinstance(place, Path):
        place.parent.mkdir(exist_ok=True)
    return restore(file, place, clock=utc_now)
