"""What the store benchmarks share: the demo as rows, a change of one parcel, clocks, percentiles."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from gisapp import Workspace
from gisapp.app.parcels import read_parcels
from gisapp.app.records import to_rows
from gisapp.model.changes import Author, Row
from gisapp.store import StoreMeta

ROOT = Path(__file__).resolve().parent.parent
AUTHOR = Author("bench", "planner")
META = StoreMeta("jiangbei-demo", "EPSG:4549")
MADE_AT = datetime(2026, 6, 30, tzinfo=UTC)


def now() -> datetime:
    return datetime.now(UTC)


def demo_rows() -> list[Row]:
    """The 5,414 parcels of the demo's seed as rows."""
    workspace = Workspace(ROOT)
    return list(to_rows(read_parcels(ROOT, workspace.catalog, workspace.schema).frame))


def percentiles(seconds) -> str:
    """Median, 95th percentile and worst as text [ms]."""
    p50, p95, worst = np.percentile(np.array(seconds) * 1000, [50, 95, 100])
    return f"p50 {p50:.2f} ms, p95 {p95:.2f} ms, worst {worst:.0f} ms"
