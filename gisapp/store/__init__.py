"""The store of parcels (地块库): append-only revisions in an SQLite file or in PostGIS, one interface."""

from __future__ import annotations

from gisapp.store.api import ParcelStore
from gisapp.store.nouns import Anchor, Branch, DescentStep, Draft, Fault, Recorded, Snapshot, StoreMeta
from gisapp.store.opening import open_store, restore

__all__ = [
    "Anchor",
    "Branch",
    "DescentStep",
    "Draft",
    "Fault",
    "ParcelStore",
    "Recorded",
    "Snapshot",
    "StoreMeta",
    "open_store",
    "restore",
]
