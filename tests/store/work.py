"""Work for stores under stress: a small fabric, and edits of every kind drawn from a seeded source."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import shapely

from gisapp.model.changes import OFFICIAL, Author, Change, Commit, Reason, Row
from gisapp.store import StoreMeta

META = StoreMeta("stress", "EPSG:4549")
AUTHOR, REASON = Author("压力测试", "planner"), Reason("test")
MADE_AT = datetime(2026, 6, 30, tzinfo=UTC)
SIDE = 100.1


def now() -> datetime:
    return datetime.now(UTC)


def fabric(count: int = 60) -> list[Row]:
    """Squares in rows of ten, each with a counter at 0 and some text to fill pages."""
    boxes = [
        shapely.box(SIDE * (k % 10), SIDE * (k // 10), SIDE * (k % 10 + 1), SIDE * (k // 10 + 1))
        for k in range(count)
    ]
    return [Row.of(f"P{k:03}", box, {"x_count": 0, "name": f"地块{k}" * 20}) for k, box in enumerate(boxes)]


class Worker:
    """Makes one random edit after the other on a store; all of them must succeed."""

    def __init__(self, store, random: Random, prefix: str) -> None:
        self.store, self.random, self.prefix = store, random, prefix
        self.count = 0

    def step(self):
        """Make one edit and return its revision."""
        self.count += 1
        op_id = f"{self.prefix}-{self.count}"
        draw = self.random.random()
        last = self.store.undoable() if draw < 0.2 else None
        if last is not None:
            return self.store.undo(last.number, author=AUTHOR, reason=REASON, op_id=op_id)
        snapshot = self.store.read()
        size = self.random.choice([1, 1, 2, 4, 40]) if draw < 0.8 else 1
        rows = self.random.sample(snapshot.rows, min(size, len(snapshot.rows)))
        changes = tuple(self._change(row, draw) for row in rows)
        base = {change.parcel_id: snapshot.versions.get(change.parcel_id, 0) for change in changes}
        given = Commit(
            OFFICIAL, changes, base, AUTHOR, REASON, op_id, op={"n": self.count}, seen=snapshot.revision
        )
        return self.store.commit(given)

    def _change(self, row: Row, draw: float) -> Change:
        if draw > 0.95:
            key = f"N{self.prefix}-{self.count}"
            return Change(key, None, Row.of(key, row.geometry, {"x_count": 0}))
        if draw > 0.9:
            return Change(row.parcel_id, row, None)
        values = dict(row.values) | {"x_count": row.values.get("x_count", 0) + 1}
        if draw > 0.5:
            return Change(row.parcel_id, row, Row(row.parcel_id, row.wkb, values))
        moved = shapely.transform(row.geometry, lambda xy: xy + self.random.uniform(-0.5, 0.5))
        return Change(row.parcel_id, row, Row.of(row.parcel_id, moved, values))
