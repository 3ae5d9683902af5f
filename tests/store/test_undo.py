"""Undo and redo: new revisions that bring the old rows back, unless somebody changed them since."""

import pytest
import shapely

from gisapp.errors import UsageError
from gisapp.model.changes import EditConflictError
from gisapp.store import open_store
from tests.store.conftest import ANNA, BERT, EAST, NORTH, REASON, SIDE, grid, square


def test_undo_is_a_new_revision_that_brings_the_old_rows_back(bench):
    done = bench.split("P11")
    undone = bench.undo(done.number, BERT)
    assert (undone.kind, undone.undoes, undone.number, undone.author) == ("undo", done.number, 2, BERT)
    assert bench.table() == tuple(grid())
    assert bench.store.revision(done.number).undone_by == undone.number
    assert bench.store.show(undone.number).changes == tuple(c.inverted() for c in bench.store.show(1).changes)
    assert bench.version("P11") == 3


def test_undoing_everything_gives_the_seed_row_for_row(bench, place, clock):
    bench.split("P00")
    bench.edit("P10", square(1, 0, grow=3))
    bench.retire("拟-P00-1")
    bench.edit("N", square(5, 5))
    bench.edit("P10", storeys=40)
    assert bench.table() != tuple(grid())
    other = open_store(place, clock=clock)  # as after a reload
    while (last := other.undoable()) is not None:
        bench.undo(last.number)
    assert other.read().rows == tuple(grid())
    assert [row.wkb for row in other.read().rows] == [row.wkb for row in grid()]
    assert other.verify() == []
    other.close()


def test_redo_brings_back_what_undo_took(bench):
    edits = [bench.edit("P00", storeys=k) for k in (4, 5, 6)]
    tables = [bench.table(revision=edit.number) for edit in edits]
    for _ in edits:
        bench.undo(bench.store.undoable().number)
    assert bench.store.undoable() is None
    for k, table in enumerate(tables):
        redone = bench.undo(bench.store.redoable().number)
        assert redone.kind == "redo" and bench.table() == table, k
    assert bench.store.redoable() is None
    bench.undo(bench.store.undoable().number)
    assert bench.table() == tables[1]


def test_a_new_edit_ends_what_can_be_redone(bench):
    bench.undo(bench.edit("P00", storeys=4).number)
    assert bench.store.redoable().number == 2
    bench.edit("P22", storeys=9)
    assert bench.store.redoable() is None


def test_each_takes_back_their_own(bench):
    mine = bench.edit("P00", storeys=4)
    theirs = bench.edit("P22", storeys=4, more={"author": BERT})
    assert bench.store.undoable(author=ANNA.name).number == mine.number
    assert bench.store.undoable(author=BERT.name).number == theirs.number == bench.store.undoable().number
    bench.undo(mine.number)
    bench.edit("P21", storeys=4, more={"author": BERT})
    assert bench.store.redoable(author=ANNA.name).number == 3
    assert bench.store.redoable() is None and bench.store.redoable(author=BERT.name) is None


def test_undo_refuses_when_somebody_changed_the_parcel_since(bench):
    mine = bench.store.commit(bench.commit_of(bench.change("P00", storeys=4), bench.change("P01", storeys=4)))
    theirs = bench.edit("P01", storeys=5, more={"author": BERT})
    with pytest.raises(EditConflictError) as error:
        bench.undo(mine.number)
    (conflict,) = error.value.conflicts
    assert (conflict.parcel_id, conflict.why, conflict.expected, conflict.found) == ("P01", "base", 2, 3)
    assert conflict.revision.number == theirs.number and conflict.current.values["storeys"] == 5
    bench.undo(theirs.number)
    bench.undo(mine.number)
    assert bench.table() == tuple(grid())


def test_undo_refuses_to_lay_an_outline_over_a_newer_one(bench):
    gone = bench.retire("P21")
    theirs = bench.edit("N", square(2, 1), more={"author": BERT})
    with pytest.raises(EditConflictError) as error:
        bench.undo(gone.number)
    assert [(c.parcel_id, c.why, c.found) for c in error.value.conflicts] == [("N", "window", 1)]
    assert error.value.conflicts[0].revision.number == theirs.number


def test_undo_is_not_stopped_by_a_neighbour_that_only_touches(bench):
    mine = bench.edit("P00", shapely.box(EAST, NORTH, EAST + SIDE / 2, NORTH + SIDE))
    bench.edit("P10", square(1, 0, grow=1))
    bench.undo(mine.number)
    assert bench.row("P00") == grid()[0]


def test_an_old_overlap_does_not_stop_an_undo(bench):
    bench.edit("OVER", shapely.box(EAST + 10, NORTH + 10, EAST + 30, NORTH + 30))
    mine = bench.edit("P00", square(0, 0, grow=0.5))
    bench.edit("OVER", shapely.box(EAST + 10, NORTH + 10, EAST + 25, NORTH + 30))
    bench.undo(mine.number)
    assert bench.row("P00") == grid()[0]


def test_what_cannot_be_undone(bench):
    done = bench.edit("P00", storeys=4)
    bench.undo(done.number)
    for number, words in ((0, "初始版本"), (done.number, "已被版本 2 撤销"), (77, "没有版本")):
        with pytest.raises(UsageError, match=words):
            bench.undo(number)
    with pytest.raises(UsageError, match="op_id"):
        bench.store.undo(2, author=ANNA, reason=REASON, op_id="")
    assert bench.store.head() == 2


def test_a_repeated_undo_applies_once(bench):
    done = bench.edit("P00", storeys=4)
    first = bench.undo(done.number, op_id="u")
    assert bench.undo(done.number, op_id="u") == first
    other = bench.edit("P22", storeys=4)
    with pytest.raises(UsageError, match="操作号"):
        bench.undo(other.number, op_id="u")


def test_branches_undo_their_own(bench):
    official = bench.edit("P00", storeys=4)
    bench.store.create_branch("s", "方案", author=ANNA)
    assert bench.store.undoable("s") is None
    scheme = bench.edit("P00", branch="s", storeys=5)
    assert bench.store.undoable("s").number == scheme.number
    assert bench.store.undoable().number == official.number
    bench.undo(scheme.number)
    assert bench.table("s") == bench.table()
