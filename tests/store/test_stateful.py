"""Random edits, undos, redos and schemes against a plain model: the store holds what the model holds, always."""

from random import Random

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from gisapp.model.changes import OFFICIAL, Change, EditConflictError, Row
from gisapp.store import open_store
from tests.store.conftest import ANNA, META, START, Bench, Clock, grid, square

IDS = [row.parcel_id for row in grid()] + ["N0", "N1"]


class StoreMachine(RuleBasedStateMachine):
    """Drives a store and a model of dictionaries side by side."""

    new_place = None

    def __init__(self) -> None:
        super().__init__()
        clock = Clock()
        self.store = open_store(type(self).new_place(), clock=clock)
        self.store.create(META, grid(), author=ANNA, made_at=START)
        self.bench = Bench(self.store, clock)
        self.now = {OFFICIAL: {row.parcel_id: row.hash for row in grid()}}
        self.past = {OFFICIAL: {0: dict(self.now[OFFICIAL])}}
        self.stacks = {OFFICIAL: ([], [])}
        self.order = list(IDS[:9])

    branch = st.sampled_from([OFFICIAL, "s1", "s2"])
    ids = st.lists(st.sampled_from(IDS), min_size=1, max_size=3, unique=True)

    def _known(self, name):
        return name if name in self.now else OFFICIAL

    @rule(branch=branch, ids=ids, grow=st.floats(-40, 40), storeys=st.integers(1, 99), gone=st.booleans())
    def edit(self, branch, ids, grow, storeys, gone):
        branch = self._known(branch)
        changes = []
        for k, key in enumerate(ids):
            before = self.bench.row(key, branch)
            after = Row.of(
                key, square(IDS.index(key) % 3, IDS.index(key) // 3, grow=grow), {"storeys": storeys}
            )
            if gone and k == 0:
                after = None
            if (before and before.hash) != (after and after.hash):
                changes.append(Change(key, before, after))
        if changes:
            revision = self.store.commit(self.bench.commit_of(*changes, branch=branch))
            self._take(branch, revision, changes)
            undo, redo = self.stacks[branch]
            undo.append(revision.number)
            redo.clear()

    def _take(self, branch, revision, changes):
        state = self.now[branch]
        for change in changes:
            if change.after is None:
                state.pop(change.parcel_id)
            else:
                state[change.parcel_id] = change.after.hash
            if change.parcel_id not in self.order:
                self.order.append(change.parcel_id)
        self.past[branch][revision.number] = dict(state)

    @rule(branch=branch, back=st.booleans())
    def step(self, branch, back):
        """Ctrl+Z or Ctrl+Y: the model keeps two stacks."""
        branch = self._known(branch)
        undo, redo = self.stacks[branch]
        source, other = (undo, redo) if back else (redo, undo)
        found = self.store.undoable(branch) if back else self.store.redoable(branch)
        assert (found and found.number) == (source[-1] if source else None)
        if found:
            changes = [change.inverted() for change in self.store.show(found.number).changes]
            try:
                revision = self.bench.undo(found.number)
            except EditConflictError as error:
                assert {conflict.why for conflict in error.conflicts} == {"window"}, (
                    "only an overlap may stop the newest"
                )
                return
            source.pop()
            other.append(revision.number)
            self._take(branch, revision, changes)

    @precondition(lambda self: len(self.now) < 3)
    @rule(source=branch, seed=st.integers(0, 99))
    def fork(self, source, seed):
        source = self._known(source)
        name = f"s{len(self.now)}"
        at = Random(seed).choice(sorted(self.past[source]))
        made = self.store.create_branch(name, "方案", author=ANNA, source=source, at=at)
        assert made.fork == at
        self.now[name] = dict(self.past[source][at])
        self.past[name] = {number: state for number, state in self.past[source].items() if number <= at}
        self.stacks[name] = ([], [])

    @rule(branch=branch, seed=st.integers(0, 99))
    def look_back(self, branch, seed):
        branch = self._known(branch)
        number = Random(seed).randint(0, self.store.change_token())
        wanted = self.past[branch][max(n for n in self.past[branch] if n <= number)]
        snapshot = self.store.read(branch, number)
        assert {row.parcel_id: row.hash for row in snapshot.rows} == wanted
        assert [row.parcel_id for row in snapshot.rows] == [key for key in self.order if key in wanted]
        back = {
            c.parcel_id: c.after and c.after.hash
            for c in self.store.diff(branch, self.store.change_token(), number)
        }
        held = self.now[branch]
        assert back == {k: wanted.get(k) for k in {**held, **wanted} if held.get(k) != wanted.get(k)}

    @invariant()
    def the_store_holds_what_the_model_holds(self):
        for branch, state in self.now.items():
            rows = self.store.read(branch).rows
            assert {row.parcel_id: row.hash for row in rows} == state
            assert [row.parcel_id for row in rows] == [key for key in self.order if key in state]

    def teardown(self):
        assert self.store.verify() == []
        self.store.close()


def test_the_store_agrees_with_a_plain_model(new_place, request):
    machine = type("Machine", (StoreMachine,), {"new_place": staticmethod(new_place)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=5 if "postgis" in request.node.name else 25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
