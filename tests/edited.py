"""Workspaces that browser tests edit: made from the demo, and put back after each test."""

from __future__ import annotations

import shutil
import uuid
from collections import defaultdict

import shapely

from gisapp.app.editing.policy import registered
from gisapp.app.storing import existing_store
from gisapp.model.changes import Author, Reason

PLANE_M2 = 1e-6


def copy_workspace(root, folder):
    """Copy the files of a workspace, without what it keeps beside them, and return where."""
    for name in ("layers", "parcels"):
        shutil.copytree(root / name, folder / name)
    return folder


def meeting_corner(parcels):
    """Return a corner inside the fabric where three parcels meet that no register holds, and their rows; or None."""
    free = parcels[[not registered(values) for values in parcels.drop(columns="geometry").to_dict("records")]]
    at = defaultdict(set)
    for row, geometry in free.geometry.items():
        for x, y in shapely.get_coordinates(geometry):
            at[(float(x), float(y))].add(row)
    for place, rows in at.items():
        disc = shapely.Point(place).buffer(0.5)
        around = shapely.intersection(shapely.union_all(free.geometry[sorted(rows)]), disc)
        if len(rows) == 3 and abs(around.area - disc.area) < PLANE_M2:
            return place, free.loc[sorted(rows)].sort_values("parcel_id")
    return None


def put_back(folder):
    """Undo whatever is in force, forget drafts, close schemes: the next test finds the seed."""
    store = existing_store(folder)
    if store is None:
        return
    author, reason = Author("test"), Reason("correction")
    for draft in store.drafts():
        store.drop_draft(draft.id)
    for branch in store.branches():
        if branch.open and branch.name != "official":
            store.close_branch(branch.name, author)
    while (last := store.undoable()) is not None:
        store.undo(last.number, author=author, reason=reason, op_id=str(uuid.uuid4()))
    assert {row.hash for row in store.read("official").rows} == {
        row.hash for row in store.read("official", 0).rows
    }
    assert store.verify() == []
    store.close()
