"""Frozen: how the store of format 2 was made, by the program of that format itself, before there were ledgers.

Format 2 had no ledgers, and its anchors noted revisions only. Never change the file that it wrote. Run it in a
checkout whose `gisapp.store.schema.FORMAT` is 2:

    python -m tests.store.old.make_format_2 tests/store/old/format_2.db
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import shapely

from gisapp.model.changes import Author, Change, Commit, Reason, Row
from gisapp.store import Draft, StoreMeta, open_store

META = {"crs": "EPSG:4549", "extra": {}, "seed_hash": "cd" * 32, "workspace": "old"}
AUTHOR = Author("张三", "planner")


def square(column, side=100.0):
    west = 377000.1 + 100 * column
    return shapely.box(west, 3553000.7, west + side, 3553100.7)


def main(path):
    path.unlink(missing_ok=True)
    minutes = count()
    store = open_store(
        path, clock=lambda: datetime(2026, 2, 1, tzinfo=UTC) + timedelta(minutes=next(minutes))
    )
    values = {"name": "旧“地块”", "storeys": 3, "floor_area_m2": 0.1, "mortgaged": False}
    rows = [Row.of(key, square(k), values) for k, key in enumerate("ABC")]
    store.create(StoreMeta(**META), rows, author=AUTHOR, made_at=datetime(2026, 1, 1, tzinfo=UTC))
    store.create_branch("s", "方案", author=AUTHOR)
    for op, (branch, row) in enumerate([("official", rows[0]), ("s", rows[1])]):
        after = Row.of(row.parcel_id, row.geometry, values | {"storeys": 7 + op})
        reason = Reason("survey", "旧格式", "宁规〔2026〕2号")
        given = Commit(
            branch, (Change(row.parcel_id, row, after),), {row.parcel_id: 1}, AUTHOR, reason, f"old-{op}"
        )
        store.commit(given)
    store.anchor("旧锚点")
    store.undo(1, author=AUTHOR, reason=Reason("undo"), op_id="old-undo")
    store.save_draft(Draft("d", "s", "未完", AUTHOR, {"k": 0.1}))
    store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
