"""The ledgers of a workspace: the files stand until a posting, schemes are provisional, nothing below zero goes unseen."""

import shutil
from datetime import date
from decimal import Decimal

import pytest

from gisapp import Workspace
from gisapp.app.ledgers import Ledgers
from gisapp.app.ledgersetup import SEED_OP
from gisapp.app.storing import restore_store
from gisapp.errors import InputError, UsageError
from gisapp.ledger.rows import read_rows
from gisapp.model.changes import Author
from gisapp.model.ledger import Account
from tests.commands import files
from tests.ledgering import DAY, add_ledger

ANNA = Author("张三", "planner")
QUANTITY = Account("jiangbei", "quantity")


@pytest.fixture
def folder(tiny):
    return add_ledger(tiny, seed=True)


@pytest.fixture
def ledgers(folder):
    return Ledgers(Workspace(folder))


def rows(*cells, book="entries"):
    return read_rows(book, [{"date": "2026-06-30", "document": "文〔2026〕7号", **c} for c in cells])


def accept(amount, indicator="quantity", to="jiangbei", **more):
    return {
        "kind": "acceptance",
        "reason": "验收",
        "to": to,
        "indicator": indicator,
        "amount": amount,
        **more,
    }


def occupy(amount, indicator="quantity", project="XM-2026-02", **more):
    told = {
        "kind": "occupation",
        "reason": "占用",
        "from": "jiangbei",
        "indicator": indicator,
        "amount": amount,
    }
    return told | {"project": project} | more


def post(ledgers, *cells, op_id="op", branch="official", **more):
    return ledgers.post(rows(*cells), author=ANNA, op_id=op_id, branch=branch, **more)


def balance(ledgers, branch="official", account=QUANTITY, day=DAY):
    return next(b for b in ledgers.balances(day, branch) if b.account == account)


def scheme(ledgers, name="方案甲"):
    ledgers._store().create_branch(name, name, author=ANNA)
    return name


def test_the_files_stand_until_a_posting_and_reading_writes_nothing(ledgers, folder):
    before = files(folder)
    assert balance(ledgers).official == 4 and ledgers.workspace.store is None
    ledgers.plan("XM-2026-02")
    ledgers.demand()
    assert ledgers.transfers() and ledgers.shortfalls() == [] and ledgers.faults() == []
    assert files(folder) == before


def test_the_first_posting_records_the_files_first(ledgers):
    before = ledgers.records()
    (record,) = post(ledgers, accept("1"))
    kept = ledgers.records()
    assert [(r.number, r.book, r.day, r.document, r.body) for r in kept[:-1]] == [
        (r.number, r.book, r.day, r.document, r.body) for r in before
    ]
    assert {r.op_id for r in kept[:-1]} == {SEED_OP} and kept[-1] == record
    assert record.author == ANNA and balance(ledgers).official == 5
    assert ledgers.workspace.store.verify() == [] and ledgers.faults() == []


def test_the_worked_example_stands_in_the_demo(ledgers):
    plan = ledgers.plan("XM-2026-02")
    told = {
        found.coupled: {s.holder.id: (s.drawn["quantity"], s.drawn["paddy"]) for s in found.shares}
        for found in (plan.uncoupled, plan.coupled)
    }
    d = Decimal
    assert told == {
        False: {"jiangbei": (d("4.0"), d("2.0")), "nanjing": (d("1.0"), d("1.2"))},
        True: {"jiangbei": (d("3.8"), d("2.0")), "nanjing": (d("1.2"), d("1.2"))},
    }
    assert plan.chosen is plan.uncoupled and [p.status for p in plan.parameters] == ["V", "M", "V", "M"]


def test_a_posting_is_whole_or_not_at_all(ledgers, folder):
    before = ledgers.records()
    with pytest.raises(InputError, match="江北新区·耕地数量 余额不足") as error:
        post(ledgers, accept("1", "paddy"), occupy("5"))
    assert error.value.problems[0].row == 2 and ledgers.records() == before
    assert not (folder / ".gisapp").exists()


def test_a_preview_shows_what_posting_does_and_writes_nothing(ledgers, folder):
    before = files(folder)
    shown = ledgers.preview(rows(accept("1"), occupy("2.5")))
    pairs = {after.account: (was.official, after.official) for was, after in shown.accounts}
    assert pairs[QUANTITY] == (4, Decimal("2.5")) and files(folder) == before
    post(ledgers, accept("1"), occupy("2.5"))
    assert balance(ledgers).official == Decimal("2.5")


def test_a_reversal_is_a_counter_entry_and_happens_once(ledgers):
    (record,) = post(ledgers, occupy("2"))
    back = {"kind": "reversal", "reason": "误记", "reverses": str(record.number)}
    (counter,) = post(ledgers, back, op_id="back")
    assert counter.reverses == record.number and counter.entry.amount == 2
    assert (counter.entry.from_, counter.entry.to) == (record.entry.to, record.entry.from_)
    assert (
        balance(ledgers).official == 4
        and len([r for r in ledgers.records() if r.op_id in ("op", "back")]) == 2
    )
    assert post(ledgers, back, op_id="back") == (counter,)
    for number, words in (
        (record.number, "已由记录"),
        (counter.number, "不是可冲正的分录"),
        (999, "没有记录 999"),
    ):
        with pytest.raises(UsageError, match=words):
            post(ledgers, back | {"reverses": str(number)}, op_id=f"again {number}")


def test_income_that_was_used_cannot_be_reversed(ledgers):
    (record,) = post(ledgers, accept("3"))
    post(ledgers, occupy("6"), op_id="use")
    with pytest.raises(InputError, match="余额不足"):
        post(ledgers, {"kind": "reversal", "reason": "误记", "reverses": str(record.number)}, op_id="back")


def test_a_schemes_entries_are_provisional_and_never_hide_a_negative(ledgers):
    name = scheme(ledgers)
    records = post(ledgers, accept("5"), occupy("8"), branch=name)
    assert all(record.provisional for record in records)
    assert balance(ledgers).official == 4 and balance(ledgers).expected == 4
    found = balance(ledgers, name)
    assert (found.official, found.expected, found.firm, found.overdrawn) == (4, 1, -4, 4)
    assert [(branch, b.account) for branch, b in ledgers.shortfalls()] == [(name, QUANTITY)]
    with pytest.raises(InputError, match="余额不足"):
        post(ledgers, occupy("1.0001"), op_id="more", branch=name)


def test_an_official_posting_under_a_scheme_is_seen_there(ledgers):
    name = scheme(ledgers)
    post(ledgers, occupy("3"), branch=name)
    assert ledgers.shortfalls() == []
    post(ledgers, occupy("2"), op_id="official")
    assert balance(ledgers, name).expected == -1 and [b.overdrawn for _, b in ledgers.shortfalls()] == [1]
    ledgers.workspace.store.close_branch(name, ANNA)
    assert ledgers.shortfalls() == [] and ledgers.faults() == []


def test_provisional_income_meets_no_project(ledgers):
    name = scheme(ledgers)
    issue = accept("50", "plan_quota", year="2026") | {"kind": "quota_issue"}
    post(ledgers, accept("50"), issue, branch=name)
    assert ledgers.plan("XM-2026-02", branch=name).chosen.shares == ledgers.plan("XM-2026-02").chosen.shares
    assert ledgers.demand(branch=name).quota == ledgers.demand().quota == Decimal("11.8")


def test_an_unknown_or_closed_scheme_is_refused(ledgers):
    name = scheme(ledgers)
    ledgers.workspace.store.close_branch(name, ANNA)
    for branch in (name, "没有"):
        with pytest.raises(UsageError):
            post(ledgers, accept("1"), branch=branch)
    with pytest.raises(UsageError, match="没有名为"):
        ledgers.balances(branch="没有")


def test_demand_and_limit_of_the_demo(ledgers):
    plan = ledgers.demand()
    assert [(r.project.id, r.state, r.missing) for r in plan.rows] == [
        ("XM-2026-03", "met", 0),
        ("XM-2026-01", "used", 0),
        ("XM-2026-02", "short", Decimal("5.3")),
        ("XM-2026-04", "short", Decimal("0.9")),
        ("XM-2026-05", "unknown", 0),
    ]
    assert (plan.quota, plan.missing) == (Decimal("11.8"), Decimal("8.4"))
    limit = ledgers.plan("XM-2026-02").limit
    assert (limit.limit, limit.occupied, limit.planned, limit.state) == (Decimal("6.5"), 2, 5, "short")
    assert ledgers.demand(date(2027, 1, 1)).quota is None
    assert ledgers.plan("XM-2026-02", date(2027, 6, 1)).limit.state == "not_loaded"


def test_transfers_of_the_demo_stand_in_every_state(ledgers):
    assert {t.id: (t.state, tuple(a.code for a in t.alerts)) for t in ledgers.transfers()} == {
        "YG-01": ("applied", ("missing",)),
        "YG-02": ("building", ()),
        "YG-03": ("reached", ("near",)),
        "YG-04": ("lapsed", ("lapsed",)),
        "YG-05": ("transferred", ()),
        "YG-06": ("pre_registered", ("missing",)),
    }
    assert {t.state for t in ledgers.transfers(date(2026, 7, 14)) if t.id == "YG-03"} == {"reached"}
    assert {t.state for t in ledgers.transfers(date(2026, 7, 15)) if t.id == "YG-03"} == {"lapsed"}


def test_projects_and_transfers_are_posted_by_row(ledgers):
    new = {"id": "N", "name": "新项目", "level": "省级", "quota_ha": "1.5", "reviewed": "是"}
    ledgers.post(rows(new, book="projects"), author=ANNA, op_id="p")
    assert next(p for p in ledgers.projects() if p.id == "N").level == "provincial"
    ledgers.post(
        rows({"transfer": "YG-03", "step": "申请转移登记"}, book="transfers"), author=ANNA, op_id="t"
    )
    assert next(t for t in ledgers.transfers(date(2027, 1, 1)) if t.id == "YG-03").state == "reached"
    with pytest.raises(InputError, match="已经记录"):
        ledgers.post(
            rows({"transfer": "YG-03", "step": "申请转移登记"}, book="transfers"), author=ANNA, op_id="u"
        )
    for wrong, words in (
        ({"level": "乡级"}, "取值不对"),
        ({"county": "liuhe"}, "没有这个县区"),
        ({"paddy_ha": "2", "quantity_ha": "1"}, "大于占用耕地"),
    ):
        with pytest.raises(InputError, match=words):
            ledgers.post(rows(new | wrong, book="projects"), author=ANNA, op_id="w")


def test_a_backup_keeps_the_ledgers(ledgers, folder, tmp_path):
    post(ledgers, accept("1"))
    ledgers.workspace.store.backup(tmp_path / "backup.db")
    again = tmp_path / "again"
    shutil.copytree(folder, again, ignore=shutil.ignore_patterns(".gisapp"))
    restore_store(tmp_path / "backup.db", again)
    assert Ledgers(Workspace(again)).records() == ledgers.records()


def test_a_faulty_file_is_named_and_the_ledger_without_files_is_empty(ledgers, folder):
    path = folder / "parcels" / "ledger" / "entries.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",4.2,", ",4.2x,", 1), encoding="utf-8")
    with pytest.raises(InputError) as error:
        ledgers.balances()
    (problem,) = error.value.problems
    assert (problem.file, problem.field, problem.value) == ("parcels/ledger/entries.csv", "amount", "4.2x")
    for name in ("entries", "projects", "transfers"):
        (folder / "parcels" / "ledger" / f"{name}.csv").unlink()
    assert ledgers.balances() == [] and ledgers.demand().quota is None and ledgers.transfers() == []


def test_a_workspace_without_a_set_up_says_so(tiny):
    ledgers = Ledgers(Workspace(tiny))
    assert not ledgers.exists and ledgers.records() == []
    with pytest.raises(InputError, match=r"ledger\.yaml：文件不存在"):
        ledgers.demand()


def test_the_demos_ledgers_are_written_by_the_generator_and_say_that_they_are_synthetic(root, tmp_path):
    from tools.make_demo import ledgers as write

    write(tmp_path)
    for name in ("entries", "projects", "transfers"):
        made = (tmp_path / "parcels" / "ledger" / f"{name}.csv").read_bytes()
        assert made == (root / "parcels" / "ledger" / f"{name}.csv").read_bytes()
        assert all("示例" in line for line in made.decode().splitlines()[1:])
