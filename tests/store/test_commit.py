"""Committing: versions, retries, refusals, and every kind of conflict."""

from dataclasses import replace

import pytest
import shapely

from gisapp.errors import InputError, UsageError
from gisapp.model.changes import Change, Descent, EditConflictError, Row
from tests.store.conftest import ANNA, BERT, EAST, NORTH, REASON, SIDE, grid, square


def window_of(*geometries):
    return tuple(shapely.total_bounds(list(geometries)))


def told(error):
    return {(c.parcel_id, c.why, c.expected, c.found) for c in error.value.conflicts}


def test_a_commit_is_numbered_chained_and_told(bench):
    before = bench.row("P00")
    first = bench.edit("P00", square(0, 0, grow=1.5), more={"op": {"op": "reshape", "to": [0.1, 0.2]}})
    second = bench.edit("P10", storeys=7, more={"author": BERT})
    assert (first.number, first.parent, second.number, second.parent) == (1, 0, 2, 1)
    assert second.prev_hash == first.hash and first.prev_hash == bench.store.revision(0).hash
    assert (second.author, second.reason, second.parcels) == (BERT, REASON, ("P10",))
    assert second.made_at > first.made_at
    shown = bench.store.show(1)
    assert shown.revision == first and shown.op == {"op": "reshape", "to": [0.1, 0.2]}
    assert shown.changes == (Change("P00", before, bench.row("P00")),)
    assert bench.version("P00") == 2 and bench.version("P10") == 2 and bench.version("P20") == 1


def test_a_repeated_operation_applies_once(bench):
    given = bench.commit_of(bench.change("P00", storeys=9))
    first = bench.store.commit(given)
    bench.edit("P00", storeys=10)
    assert bench.store.commit(given) == first
    assert bench.store.head() == 2 and bench.row("P00").values["storeys"] == 10


@pytest.mark.parametrize(
    "other",
    [
        lambda bench, given: bench.commit_of(bench.change("P00", storeys=8), op_id=given.op_id),
        lambda bench, given: bench.commit_of(bench.change("P01", storeys=9), op_id=given.op_id),
        lambda _, given: replace(given, author=BERT),
        lambda _, given: replace(given, reason=replace(REASON, text="别的事由")),
        lambda _, given: replace(given, kind="import"),
    ],
    ids=["content", "parcel", "author", "reason", "kind"],
)
def test_an_operation_number_is_never_used_for_something_else(bench, other):
    given = bench.commit_of(bench.change("P00", storeys=9))
    another = other(bench, given)
    bench.store.commit(given)
    with pytest.raises(UsageError, match="操作号"):
        bench.store.commit(another)
    assert bench.store.head() == 1


def bad_commits(bench):
    change, row = bench.change("P00", storeys=9), bench.row("P01")
    given = bench.commit_of(change)
    yield "没有任何变更", replace(given, changes=())
    yield "前后没有差别", replace(given, changes=(Change("P00", change.before, change.before),))
    yield "前后没有差别", replace(given, changes=(Change("P00", None, None),))
    yield "出现两次", replace(given, changes=(change, change))
    yield "不一致", replace(given, changes=(Change("P00", change.before, row),))
    yield "base", replace(given, base={})
    yield (
        "变更前内容",
        replace(given, changes=(Change("P00", replace(change.before, values={}), change.after),)),
    )
    yield "op_id", replace(given, op_id=" ")
    yield "没有名为", replace(given, branch="nowhere")
    yield "类型", replace(given, kind="undo")
    yield "seen", replace(given, window=(0.0, 0.0, 1.0, 1.0))
    yield "seen", replace(given, seen=5)
    yield "沿革", replace(given, descent=(Descent("P00", "P00"),))
    yield "无法记录", replace(given, reason=replace(REASON, text="a\x00b"))
    yield "无法记录", replace(given, reason=replace(REASON, text="\ud800"))


def test_commits_that_make_no_sense_are_refused_and_nothing_is_written(bench):
    for words, given in bad_commits(bench):
        with pytest.raises(UsageError, match=words):
            bench.store.commit(given)
    assert bench.store.head() == 0 and bench.table() == tuple(grid()) and bench.store.verify() == []


def test_a_row_that_cannot_be_kept_is_refused(bench):
    after = Row("P00", bench.row("P00").wkb[:-1], {})
    with pytest.raises(InputError, match="P00"):
        bench.store.commit(bench.commit_of(Change("P00", bench.row("P00"), after)))
    assert bench.store.head() == 0


def test_all_conflicts_are_listed_and_nothing_is_written(bench):
    mine = bench.commit_of(
        bench.change("P00", storeys=1), bench.change("P01", storeys=1), bench.change("P02", storeys=1)
    )
    theirs = bench.edit("P00", storeys=50, more={"author": BERT})
    bench.retire("P01", author=BERT)
    with pytest.raises(EditConflictError) as error:
        bench.store.commit(mine)
    assert told(error) == {("P00", "base", 1, 2), ("P01", "base", 1, 0)}
    first, second = error.value.conflicts
    assert first.revision == bench.store.revision(theirs.number) and first.current.values["storeys"] == 50
    assert second.revision.number == 2 and second.current is None
    assert bench.row("P02") == grid()[2] and bench.store.head() == 2


def test_two_new_parcels_of_one_name_conflict(bench):
    mine = bench.commit_of(bench.change("N1", square(3, 0)))
    bench.edit("N1", square(3, 2))
    with pytest.raises(EditConflictError) as error:
        bench.store.commit(mine)
    assert told(error) == {("N1", "base", 0, 1)}


def test_a_neighbour_that_changed_is_a_conflict(bench):
    mine = bench.commit_of(bench.change("P00", square(0, 0, grow=2)), read={"P10": 1, "P01": 1}, seen=0)
    bench.edit("P10", square(1, 0, grow=1))
    with pytest.raises(EditConflictError) as error:
        bench.store.commit(mine)
    assert told(error) == {("P10", "read", 1, 2)}


def test_a_parcel_that_came_into_the_window_is_a_conflict(bench):
    # Both draw onto the free land east of the grid: neither changes nor reads a parcel of the other.
    near, mine = square(3, 0), square(3, 0, grow=30.0)
    given = bench.commit_of(bench.change("N1", mine), window=window_of(mine), seen=0)
    theirs = bench.edit("N2", near, more={"author": BERT})
    with pytest.raises(EditConflictError) as error:
        bench.store.commit(given)
    assert told(error) == {("N2", "window", 0, 1)}
    assert error.value.conflicts[0].revision.number == theirs.number
    assert bench.store.commit(replace(given, seen=1)).number == 2


def test_a_parcel_that_went_out_of_the_window_is_a_conflict(bench):
    given = bench.commit_of(
        bench.change("P00", storeys=2), window=window_of(square(0, 0), square(1, 0)), seen=0
    )
    bench.retire("P10")
    with pytest.raises(EditConflictError) as error:
        bench.store.commit(given)
    assert told(error) == {("P10", "window", 1, 0)}


@pytest.mark.parametrize(
    "what", ["attributes in the window", "outline elsewhere", "outline on another branch"]
)
def test_what_the_check_did_not_look_at_is_no_conflict(bench, what):
    if what == "outline on another branch":
        bench.store.create_branch("s", "方案", author=BERT)
    given = bench.commit_of(bench.change("P00", storeys=2), window=window_of(square(0, 0)), seen=0)
    if what == "attributes in the window":
        bench.edit("P10", storeys=8)
    elif what == "outline elsewhere":
        bench.edit("P22", square(2, 2, grow=1))
    else:
        bench.edit("P10", square(1, 0, grow=1), branch="s")
    assert bench.store.commit(given).number == 2


def test_of_two_edits_that_together_overlap_one_is_refused(bench):
    """Write skew: each is right against what it saw, both together are not."""
    strip_a, strip_b = square(0, 3), shapely.box(EAST + 50, NORTH + 3 * SIDE, EAST + 150, NORTH + 4 * SIDE)
    one = bench.commit_of(bench.change("A", strip_a), read={"P02": 1}, window=window_of(strip_a), seen=0)
    two = bench.commit_of(bench.change("B", strip_b), read={"P12": 1}, window=window_of(strip_b), seen=0)
    bench.store.commit(one)
    with pytest.raises(EditConflictError) as error:
        bench.store.commit(two)
    assert told(error) == {("A", "window", 0, 1)}


def test_versions_go_on_after_a_parcel_came_back(bench):
    bench.edit("P00", storeys=4)
    bench.retire("P00")
    assert bench.version("P00") == 0
    bench.store.commit(bench.commit_of(Change("P00", None, grid()[0])))
    assert bench.version("P00") == 4
    stale = Change("P00", grid()[0], replace(grid()[0], values={}))
    with pytest.raises(EditConflictError):
        bench.store.commit(bench.commit_of(stale, base={"P00": 1}))


def test_time_never_runs_back_in_the_log(bench, clock):
    first = bench.edit("P00", storeys=4)
    clock.now = clock.now.replace(year=2020)
    assert bench.edit("P00", storeys=5).made_at == first.made_at


def test_many_changes_at_once(bench):
    """More parcels than fit into one query, and an import that brings them."""
    new = [bench.change(f"M{k}", square(30 + k % 40, k // 40)) for k in range(1200)]
    revision = bench.store.commit(bench.commit_of(*new, kind="import"))
    assert revision.kind == "import" and len(revision.parcels) == 1200
    assert len(bench.store.rows("official", revision.parcels)) == 1200
    undone = bench.undo(revision.number, ANNA)
    assert bench.table() == tuple(grid()) and len(undone.parcels) == 1200
