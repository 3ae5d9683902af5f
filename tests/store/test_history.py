"""As it was, who did it, and where it came from: dates, log, history, lineage, differences, schemes, drafts."""

from datetime import timedelta

import pytest

from gisapp.errors import InputError, UsageError
from gisapp.model.changes import Change, Descent
from gisapp.store import Draft
from tests.store.conftest import ANNA, BERT, START, grid, square


def test_every_past_state_is_read_as_it_was(bench):
    tables = [bench.table()]
    for work in (
        lambda: bench.split("P00"),
        lambda: bench.edit("P10", square(1, 0, grow=2)),
        lambda: bench.retire("P22"),
        lambda: bench.undo(1),
        lambda: bench.undo(3),
        lambda: bench.edit("P00", storeys=9),
    ):
        work()
        tables.append(bench.table())
    for number, table in enumerate(tables):
        snapshot = bench.store.read("official", number)
        assert snapshot.rows == table and snapshot.revision == number
    assert bench.store.read("official", 2).versions["P10"] == 2


def test_a_moment_names_the_revision_in_force(bench):
    made = [bench.edit("P00", storeys=k).made_at for k in (4, 5)]
    at = bench.store.revision_at
    assert at("official", START) == 0 and at("official", made[0] - timedelta(seconds=1)) == 0
    assert at("official", made[0]) == 1 and at("official", made[1] + timedelta(days=9)) == 2
    with pytest.raises(InputError, match="2026-06-30 08:00"):
        at("official", START - timedelta(microseconds=1))
    with pytest.raises(UsageError, match="时区"):
        at("official", START.replace(tzinfo=None))


def test_the_log_is_read_in_pages(bench):
    for k in range(5):
        bench.edit("P00", storeys=10 + k)
    assert [r.number for r in bench.store.log(limit=3)] == [5, 4, 3]
    assert [r.number for r in bench.store.log(limit=3, before=3)] == [2, 1, 0]
    assert set(bench.store.revisions([1, 4, 99])) == {1, 4}


def test_the_history_of_a_parcel_holds_its_own_changes_only(bench):
    bench.split("P00")
    bench.edit("P10", storeys=9)
    bench.store.commit(bench.commit_of(bench.change("P10", storeys=8), bench.change("P20", storeys=8)))
    history = bench.store.history("P10")
    assert [item.revision.number for item in history] == [3, 2, 0]
    assert [[c.parcel_id for c in item.changes] for item in history] == [["P10"]] * 3
    assert history[-1].changes == (Change("P10", None, grid()[3]),)
    child = bench.store.history("拟-P00-1")
    assert [item.descent for item in child] == [(Descent("P00", "拟-P00-1"),)]
    assert bench.store.history("nobody") == []


def test_lineage_goes_up_and_down_with_siblings_and_partners(bench):
    bench.split("P00")
    bench.split("拟-P00-2")
    merged = Change("P10", bench.row("P10"), bench.change("P10", storeys=1).after)
    given = Change("拟-拟-P00-2-1", bench.row("拟-拟-P00-2-1"), None)
    bench.store.commit(bench.commit_of(merged, given, descent=(Descent("拟-拟-P00-2-1", "P10"),)))
    steps = bench.store.lineage("拟-P00-2")
    assert [(s.parent_id, s.child_id, s.revision) for s in steps] == [
        ("P00", "拟-P00-1", 1),
        ("P00", "拟-P00-2", 1),
        ("拟-P00-2", "拟-拟-P00-2-1", 2),
        ("拟-P00-2", "拟-拟-P00-2-2", 2),
        ("拟-拟-P00-2-1", "P10", 3),
    ]
    assert {s.revision for s in bench.store.lineage("P10")} == {1, 2, 3}
    assert bench.store.lineage("P22") == () and not any(s.undone for s in steps)


def test_lineage_says_what_was_taken_back(bench):
    bench.split("P00")
    bench.undo(1)
    assert {s.undone for s in bench.store.lineage("P00")} == {True}
    bench.undo(2)
    assert {s.undone for s in bench.store.lineage("P00")} == {False}


def test_the_difference_of_two_revisions(bench):
    bench.edit("P21", storeys=9)
    bench.split("P00")
    bench.edit("P21", storeys=3)  # as it was
    forth = bench.store.diff("official", 0, 3)
    assert [(c.parcel_id, c.before is None, c.after is None) for c in forth] == [
        ("P00", False, True),
        ("拟-P00-1", True, False),
        ("拟-P00-2", True, False),
    ]
    assert {c.parcel_id: c for c in bench.store.diff("official", 3, 0)} == {
        c.parcel_id: c.inverted() for c in forth
    }
    assert bench.store.diff("official", 2, 2) == ()
    assert [c.parcel_id for c in bench.store.diff("official", 2, 3)] == ["P21"]


def test_a_scheme_starts_as_its_source_and_goes_its_own_way(bench):
    bench.edit("P00", storeys=4)
    branch = bench.store.create_branch("s1", "方案一", author=BERT)
    assert (branch.source, branch.fork, branch.head, branch.changed, branch.open) == (
        "official",
        1,
        1,
        0,
        True,
    )
    assert bench.table("s1") == bench.table() and bench.version("P00", "s1") == 2
    bench.split("P00", branch="s1")
    bench.edit("P22", storeys=77)
    assert bench.row("P22", "s1") == grid()[8] and bench.row("P00").values["storeys"] == 4
    assert bench.store.head("s1") == 2 and bench.store.head() == 3
    assert bench.store.revision(2).parent == 1 and bench.store.revision(3).parent == 1
    official, scheme = bench.store.branches()
    assert (official.name, official.source, official.changed, official.head) == ("official", None, 2, 3)
    assert (scheme.name, scheme.changed, scheme.head, scheme.author) == ("s1", 3, 2, BERT)
    bench.undo(2)
    assert bench.store.branches()[1].changed == 0
    assert bench.store.verify() == []


def test_a_scheme_before_its_fork_is_its_source(bench):
    bench.edit("P00", storeys=4)
    bench.edit("P00", storeys=5)
    bench.store.create_branch("s1", "方案一", author=BERT, at=1)
    bench.edit("P22", storeys=6)
    bench.edit("P00", branch="s1", storeys=8)
    assert bench.table("s1", 0) == tuple(grid())
    assert bench.table("s1", 1) == bench.table("official", 1) == bench.table("s1", 3)
    assert bench.table("s1", 4) == bench.table("s1") and bench.store.read("s1", 3).revision == 1
    assert [r.number for r in bench.store.log("s1")] == [4, 1, 0]
    assert [i.revision.number for i in bench.store.history("P00", "s1")] == [4, 1, 0]
    assert bench.store.revision_at("s1", bench.store.revision(3).made_at) == 1
    assert [c.parcel_id for c in bench.store.diff("s1", 0, 4)] == ["P00"]


def test_a_scheme_of_a_scheme(bench):
    bench.store.create_branch("s1", "方案一", author=BERT)
    bench.store.create_branch("s2", "方案二", author=BERT, source="s1")
    assert bench.store.branches()[2].source == "official", "s1 has nothing of its own to start from"
    bench.edit("P00", branch="s1", storeys=8)
    third = bench.store.create_branch("s3", "方案三", author=BERT, source="s1")
    assert (third.source, third.fork) == ("s1", 1) and bench.table("s3") == bench.table("s1")
    bench.retire("P00", branch="s3")
    early = bench.store.create_branch("s4", "方案四", author=BERT, source="s3", at=0)
    assert (early.source, early.fork) == ("official", 0) and bench.table("s4") == tuple(grid())
    assert [s.branch for s in bench.store.lineage("P00", "s3")] == []
    assert bench.store.verify() == []


def test_lineage_of_one_branch_leaves_out_the_others(bench):
    bench.store.create_branch("s1", "方案一", author=BERT)
    bench.store.create_branch("s2", "方案二", author=BERT)
    bench.split("P00", branch="s1")
    bench.split("P00", branch="s2")
    assert {s.branch for s in bench.store.lineage("P00", "s1")} == {"s1"}
    assert {s.branch for s in bench.store.lineage("P00")} == {"s1", "s2"}
    assert bench.store.lineage("P00", "official") == ()


def test_a_closed_scheme_is_kept_but_takes_no_more(bench):
    bench.store.create_branch("s1", "方案一", author=BERT)
    done = bench.edit("P00", branch="s1", storeys=8)
    bench.store.close_branch("s1", BERT)
    bench.store.close_branch("s1", ANNA)
    assert not bench.store.branches()[1].open and bench.row("P00", "s1").values["storeys"] == 8
    for call in (lambda: bench.edit("P01", branch="s1", storeys=8), lambda: bench.undo(done.number)):
        with pytest.raises(UsageError, match="已关闭"):
            call()
    with pytest.raises(UsageError, match="不能关闭"):
        bench.store.close_branch("official", ANNA)
    assert bench.store.verify() == []


@pytest.mark.parametrize("name", ["official", "", " s", "a\nb"])
def test_names_that_a_scheme_cannot_have(bench, name):
    with pytest.raises(UsageError):
        bench.store.create_branch(name, "方案", author=ANNA)


def test_drafts_are_kept_replaced_and_dropped(bench):
    body = {"intents": [{"op": "reshape", "at": [377000.1, 0.1]}], "note": "“未完”"}
    first = bench.store.save_draft(Draft("d1", "official", "移界", ANNA, body))
    bench.store.save_draft(Draft("d2", "s", "分割", BERT, {}))
    assert bench.store.draft("d1") == first and first.updated_at is not None and first.body == body
    again = bench.store.save_draft(Draft("d1", "official", "移界二", ANNA, {}))
    assert [d.id for d in bench.store.drafts()] == ["d1", "d2"] and again.updated_at > first.updated_at
    assert [d.title for d in bench.store.drafts("official")] == ["移界二"]
    assert bench.store.drop_draft("d1") and not bench.store.drop_draft("d1")
    assert bench.store.draft("d1") is None and bench.store.change_token() == 0
