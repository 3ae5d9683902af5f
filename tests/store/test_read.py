"""Creating and reading: what comes out is bit for bit what went in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
import shapely

from gisapp.errors import InputError, UsageError
from gisapp.model.changes import Change, Row
from gisapp.store import open_store
from tests.store.conftest import ANNA, META, START, grid, square


def test_a_fresh_place_holds_no_store(empty):
    assert not empty.exists
    with pytest.raises(InputError, match="地块库"):
        empty.read()


def test_the_seed_comes_out_bit_for_bit(bench):
    assert bench.store.exists
    assert bench.store.meta == META
    snapshot = bench.store.read()
    assert (snapshot.branch, snapshot.revision) == ("official", 0)
    assert [(r.parcel_id, r.wkb, dict(r.values)) for r in snapshot.rows] == [
        (r.parcel_id, r.wkb, dict(r.values)) for r in grid()
    ]
    for row in snapshot.rows:
        again = Row(row.parcel_id, row.wkb, row.values)
        assert (
            again.hash == row.hash and type(row.values["storeys"]) is int and row.values["mortgaged"] is False
        )
    assert set(snapshot.versions.values()) == {1}


def test_the_seed_revision_says_who_and_when(bench):
    seed = bench.store.revision(0)
    assert (seed.kind, seed.author, seed.made_at, seed.parent) == ("seed", ANNA, START, None)
    assert seed.parcels == tuple(row.parcel_id for row in grid())
    assert bench.store.head() == 0 and bench.store.change_token() == 0


def test_a_store_is_never_created_twice(bench):
    with pytest.raises(UsageError, match="已存在"):
        bench.store.create(META, [], author=ANNA, made_at=START)
    assert bench.table() == tuple(grid())


def test_creating_needs_a_time_zone(empty):
    with pytest.raises(UsageError, match="时区"):
        empty.create(META, grid(), author=ANNA, made_at=datetime(2026, 6, 30))
    assert not empty.exists


def test_a_store_may_be_empty_at_first(empty):
    empty.create(META, [], author=ANNA, made_at=START)
    assert empty.read().rows == () and empty.verify() == []


BAD_ROWS = {
    "point": Row("X", shapely.to_wkb(shapely.Point(1, 2), byte_order=1), {}),
    "empty": Row("X", shapely.to_wkb(shapely.Polygon(), byte_order=1), {}),
    "big endian": Row("X", shapely.to_wkb(square(9, 9), byte_order=0), {}),
    "height": Row("X", shapely.to_wkb(shapely.force_3d(square(9, 9), 5.0), byte_order=1), {}),
    "not finite": Row(
        "X", shapely.to_wkb(square(9, 9), byte_order=1)[:13] + b"\0" * 6 + b"\xf0\x7f" * 1 + b"\0" * 8, {}
    ),
    "cut off": Row("X", shapely.to_wkb(square(9, 9), byte_order=1)[:-3], {}),
    "no bytes": Row("X", b"", {}),
    "nan value": Row("X", shapely.to_wkb(square(9, 9), byte_order=1), {"far": float("nan")}),
    "none value": Row("X", shapely.to_wkb(square(9, 9), byte_order=1), {"far": None}),
    "no id": Row("", shapely.to_wkb(square(9, 9), byte_order=1), {}),
    "blank id": Row(" X", shapely.to_wkb(square(9, 9), byte_order=1), {}),
    "surrogate": Row("X", shapely.to_wkb(square(9, 9), byte_order=1), {"name": "\ud800"}),
}


@pytest.mark.parametrize("row", BAD_ROWS.values(), ids=BAD_ROWS)
def test_rows_that_cannot_be_kept_are_named(empty, row):
    with pytest.raises(InputError) as error:
        empty.create(META, [*grid(), row], author=ANNA, made_at=START)
    assert [problem.row for problem in error.value.problems] == [10]
    assert not empty.exists


def test_a_repeated_id_in_the_seed_is_named(empty):
    with pytest.raises(InputError, match="P00"):
        empty.create(META, [*grid(), grid()[0]], author=ANNA, made_at=START)


def test_an_attribute_edit_keeps_the_outline_and_all_others(bench):
    bench.edit("P11", use_code="0901", x_note="补充\n说明")
    after = {row.parcel_id: row for row in bench.table()}
    assert after["P11"].values["use_code"] == "0901"
    assert {key: row.wkb for key, row in after.items()} == {row.parcel_id: row.wkb for row in grid()}


def test_a_revision_is_found_by_the_operation_that_made_it(bench):
    done = bench.edit("P00", storeys=9)
    assert bench.store.by_op(done.op_id) == done and bench.store.by_op("nothing") is None


def test_rows_are_asked_for_by_id(bench):
    bench.edit("P00", storeys=9)
    found = bench.store.rows("official", ["P00", "P01", "nobody"])
    assert {key: ver for key, (_, ver) in found.items()} == {"P00": 2, "P01": 1}
    assert found["P00"][0].values["storeys"] == 9
    assert bench.store.rows("official", []) == {}
    with pytest.raises(UsageError, match="没有名为"):
        bench.store.rows("nowhere", ["P00"])


def test_another_object_sees_what_was_committed(bench, place, clock):
    other = open_store(place, clock=clock)
    token = other.change_token()
    revision = bench.edit("P00", storeys=9)
    assert other.change_token() != token
    assert other.read().rows == bench.table() and other.head() == revision.number
    other.close()


def test_rows_stay_in_the_order_of_the_seed_and_new_ones_come_last(bench):
    bench.store.commit(bench.commit_of(bench.change("N1", square(3, 0)), bench.change("N0", square(3, 1))))
    bench.retire("P01")
    ids = [row.parcel_id for row in bench.table()]
    assert ids == [key for key in [r.parcel_id for r in grid()] if key != "P01"] + ["N1", "N0"]
    again = Change("P01", None, grid()[1])
    bench.store.commit(bench.commit_of(again))
    assert [row.parcel_id for row in bench.table()] == [r.parcel_id for r in grid()] + ["N1", "N0"]


def test_threads_share_one_store(bench):
    def work(k):
        revision = bench.edit(f"P{k % 3}{k // 3}", x_k=k, more={"op_id": f"thread-{k}"})
        return revision.number, bench.store.read().revision >= revision.number

    with ThreadPoolExecutor(9) as pool:
        done = list(pool.map(work, range(9)))
    assert sorted(number for number, _ in done) == list(range(1, 10)) and all(seen for _, seen in done)
    assert bench.store.verify() == []


def test_unknown_branches_and_revisions_are_named(bench):
    for call in (
        lambda: bench.store.read("nowhere"),
        lambda: bench.store.read("official", 7),
        lambda: bench.store.show(3),
    ):
        with pytest.raises(UsageError, match="没有"):
            call()
