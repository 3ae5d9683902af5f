"""The ledgers of a workspace (台账): what is recorded, balances, projects, transfers; and posting.

Until something is posted the ledgers are the files ``parcels/ledger/*.csv``, if there are any; the first posting
records them in the store and goes on from there, as the first edit does with the parcels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from pathlib import Path

from gisapp.app.ledgerfiles import read_cells
from gisapp.app.ledgersetup import SEED_AUTHOR, SEED_OP, SETUP, load_setup, numbered, read_seed
from gisapp.app.storing import create_store
from gisapp.app.workspace import Workspace
from gisapp.errors import InputError, Problem, UsageError
from gisapp.ledger.balances import Balance, balances, totals, unbalanced
from gisapp.ledger.demand import DemandPlan, plan_demand
from gisapp.ledger.farmland import Allocation, YearLimit, allocate, occupied, own_county, stocks, year_limit
from gisapp.ledger.posting import events_of, projects_of, refuse, resolve, visible
from gisapp.ledger.rows import read_rows
from gisapp.ledger.transfers import TransferStatus, status
from gisapp.model.changes import OFFICIAL, Author
from gisapp.model.ledger import BOOKS, Book, Entry, LedgerRecord, NewRecord, Project, entries_of
from gisapp.model.ledgerbook import LedgerBook, Parameter
from gisapp.store import ParcelStore


@dataclass(frozen=True)
class ProjectPlan:
    """How one project's farmland is balanced, in both readings (占补方案); ``chosen`` is the parameter's.

    ``limit`` is 以补定占 of its county; None where the set-up has no county.
    """

    uncoupled: Allocation
    coupled: Allocation
    chosen: Allocation
    limit: YearLimit | None
    parameters: tuple[Parameter, ...]


@dataclass(frozen=True)
class Preview:
    """What a posting would come to (记账预览): each account it touches, before and after."""

    records: tuple[NewRecord, ...]
    accounts: tuple[tuple[Balance, Balance], ...]


class Ledgers:
    """The ledgers of one workspace (台账)."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    @property
    def exists(self) -> bool:
        """Whether the workspace has a set-up of ledgers."""
        return (self.workspace.root / SETUP).exists()

    @cached_property
    def book(self) -> LedgerBook:
        """Holders and parameters, checked; InputError with every fault."""
        return load_setup(self.workspace.root, self.workspace.policies)

    @property
    def day(self) -> date:
        """The workspace's data date: what every question is asked of unless it says otherwise."""
        return self.workspace.catalog.workspace.data_date

    # -- read

    def records(self) -> list[LedgerRecord]:
        """Return all records of all branches, oldest first; the files' until something is posted."""
        store = self.workspace.store
        kept = _of_books(store.ledger()) if store is not None else []
        return kept or self._of_files()

    def _of_files(self) -> list[LedgerRecord]:
        return numbered(read_seed(self.workspace.root, self.book), self.day) if self.exists else []

    def schemes(self) -> list[str]:
        """Return the names of the open schemes."""
        store = self.workspace.store
        return (
            [b.name for b in store.branches() if b.open and b.name != OFFICIAL] if store is not None else []
        )

    def balances(self, as_of: date | None = None, branch: str = OFFICIAL) -> list[Balance]:
        """Return all accounts on a day, official and the branch's provisional sums apart."""
        return self._balances(self.records(), as_of or self.day, branch)

    def _balances(self, records: Sequence[LedgerRecord], day: date, branch: str) -> list[Balance]:
        self._known(branch)
        official = entries_of(record for record in records if not record.provisional)
        own = entries_of(record for record in records if record.provisional and record.branch == branch)
        return balances(official, own, day)

    def _known(self, branch: str) -> None:
        store = self.workspace.store
        names = [OFFICIAL] if store is None else [found.name for found in store.branches()]
        if branch not in names:
            raise UsageError(f"没有名为 {branch} 的分支", action="查看分支列表（gisapp scenario list）")

    def shortfalls(self, as_of: date | None = None) -> list[tuple[str, Balance]]:
        """Return every account below zero, of the official ledger and of each open scheme: none goes unseen."""
        records, day = self.records(), as_of or self.day
        return [
            (branch, balance)
            for branch in (OFFICIAL, *self.schemes())
            for balance in self._balances(records, day, branch)
            if balance.overdrawn
        ]

    def projects(self, branch: str = OFFICIAL) -> list[Project]:
        """Return the registered projects, each as last recorded."""
        return list(projects_of(visible(self.records(), branch)).values())

    def plan(self, project_id: str, as_of: date | None = None, branch: str = OFFICIAL) -> ProjectPlan:
        """Return how a project's farmland is balanced, in both readings; UsageError if it is not registered."""
        day, records = as_of or self.day, visible(self.records(), branch)
        project = projects_of(records).get(project_id)
        if project is None:
            raise UsageError(
                f"没有登记项目 {project_id}", action="用 gisapp ledger list --book projects 查看"
            )
        rules, entries = self.book.at(day), _firm(records)
        held = stocks(self._balances(records, day, branch), self.book)
        county, done = own_county(project, self.book), occupied(entries, project_id, day)
        plain, coupled = (
            allocate(project, held, rules, county=county.id if county else None, coupled=reading, done=done)
            for reading in (False, True)
        )
        chosen = coupled if rules["coupled"].value else plain
        planned = chosen.wanted["quantity"]
        limit = year_limit(entries, county, day, rules, planned=planned) if county else None
        used = tuple(rules[name] for name in ("order", "coupled", "cross_city_levels", "limit_years"))
        return ProjectPlan(plain, coupled, chosen, limit, used)

    def demand(self, as_of: date | None = None, branch: str = OFFICIAL) -> DemandPlan:
        """Return which projects the year's plan quota covers, in priority order, and what is missing."""
        day, everything = as_of or self.day, self.records()
        records = visible(everything, branch)
        loaded = totals(entries_of(record for record in records if not record.provisional), day)
        ours = {holder.id for holder in self.book.holders if holder.level == "county"}
        quota = [
            balance.firm
            for balance in self._balances(everything, day, branch)
            if balance.account in loaded
            and (balance.account.indicator, balance.account.year) == ("plan_quota", day.year)
            and balance.account.holder in ours
        ]
        projects = projects_of(records).values()
        return plan_demand(
            sum(quota, Decimal(0)) if quota else None, entries_of(records), projects, day, self.book.at(day)
        )

    def transfers(self, as_of: date | None = None, branch: str = OFFICIAL) -> list[TransferStatus]:
        """Return every pre-registered transfer as it stands on a day."""
        day = as_of or self.day
        found = (status(e, day, self.book) for e in events_of(visible(self.records(), branch)).values())
        return [item for item in found if item is not None]

    def faults(self) -> list[str]:
        """Return what the rules say against the records as they stand (台账核对); empty when sound."""
        records = self.records()
        told = [f"指标 {name}（{year or '-'}）各账户合计 {amount}，应为 0" for (name, year), amount in unbalanced(
            entries_of(records)
        ).items()]  # fmt: skip
        done: list[LedgerRecord] = []
        for _, group in groupby(records, key=lambda record: record.op_id):
            batch = list(group)
            try:
                refuse(done, [_as_new(record) for record in batch], batch[0].branch, self.book)
            except InputError as error:
                told += [f"台账记录 {batch[0].number} 起：{problem}" for problem in error.problems]
            done += batch
        return told

    # -- write

    def read(self, book: Book, path: Path) -> list[NewRecord]:
        """Return the records of a file, each cell checked; InputError with every fault by row and field."""
        return read_rows(book, read_cells(path), file=path.name)

    def prepare(
        self, new: Sequence[NewRecord], branch: str = OFFICIAL, *, file: str | None = None
    ) -> list[NewRecord]:
        """Return records as they would be posted; raises what `post` would raise."""
        self._known(branch)
        records = self.records()
        ready = resolve(new, records, branch)
        refuse(records, ready, branch, self.book, file=file)
        return ready

    def preview(self, new: Sequence[NewRecord], as_of: date | None = None, branch: str = OFFICIAL) -> Preview:
        """Return what posting would do to the balances on a day, without writing; raises what `post` would raise."""
        ready, records = self.prepare(new, branch), self.records()
        entries = [Entry.of(item.day, item.document, item.body) for item in ready if item.book == "entries"]
        # A balance after entries of the future would hide them: look at the last of their days.
        day = max([as_of or self.day, *(entry.day for entry in entries)])
        before = {balance.account: balance for balance in self._balances(records, day, branch)}
        own = [*entries_of(r for r in records if r.branch == branch), *entries]
        official = own if branch == OFFICIAL else entries_of(r for r in records if not r.provisional)
        after = balances(official, [] if branch == OFFICIAL else own, day)
        touched = {account for entry in entries for account in (entry.from_, entry.to)}
        pairs = [(before.get(b.account) or Balance(b.account, Decimal(0)), b) for b in after]
        return Preview(tuple(ready), tuple(p for p in pairs if p[1].account in touched))

    def post(
        self,
        new: Sequence[NewRecord],
        *,
        author: Author,
        op_id: str,
        branch: str = OFFICIAL,
        file: str | None = None,
    ) -> tuple[LedgerRecord, ...]:
        """Record all of `new` or nothing; on a scheme's branch they are provisional (暂记).

        Raises
        ------
        InputError
            If an account would go below zero, or a record is not fit to be kept, by row and field.
        UsageError
            If the branch is closed or unknown, or an entry to be reversed is not there.
        """
        if not any(record.op_id == op_id for record in self.records()):
            self.prepare(new, branch, file=file)
        store = self._store()
        ready = resolve(new, [r for r in _of_books(store.ledger()) if r.op_id != op_id], branch)

        def check(recorded: Sequence[LedgerRecord]) -> None:
            refuse(_of_books(recorded), ready, branch, self.book, file=file)

        return store.post_ledger(ready, author=author, op_id=op_id, check=check, branch=branch)

    def opened_store(self) -> ParcelStore:
        """Return the store with the ledgers of the files in it, for records of other kinds that come after them."""
        return self._store()

    def _store(self) -> ParcelStore:
        """Return the store, made from the parcels and with the ledgers of the files if this is the first posting."""
        workspace = self.workspace
        if workspace.store is None:
            create_store(workspace.root, workspace.table, workspace.catalog.workspace)
        store = workspace.store
        if store is None:
            raise InputError(Problem("地块库无法打开", action="检查 .gisapp 文件夹的权限"))
        seed = read_seed(workspace.root, self.book) if not _of_books(store.ledger()) else []
        if seed:
            store.post_ledger(seed, author=SEED_AUTHOR, op_id=SEED_OP, check=lambda _: None)
        return store


def _of_books(records: Sequence[LedgerRecord]) -> list[LedgerRecord]:
    """Return the records of the ledgers among all that the store keeps in that form."""
    return [record for record in records if record.book in BOOKS]


def _firm(records: Sequence[LedgerRecord]) -> list[Entry]:
    """Return entries without what only comes in provisionally: an expected income meets no need."""
    return [
        record.entry
        for record in records
        if record.book == "entries"
        and not (record.provisional and record.entry.from_.outside and record.reverses is None)
    ]


def _as_new(record: LedgerRecord) -> NewRecord:
    return NewRecord(record.book, record.day, record.document, record.body, record.reverses)
