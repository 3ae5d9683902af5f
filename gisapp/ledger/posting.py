"""What may be recorded after what is recorded (记账规则): the one check of every posting, run while nobody else can write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from gisapp.errors import InputError, Problem, UsageError
from gisapp.i18n import Text
from gisapp.ledger.balances import refuse_overdrafts
from gisapp.ledger.entries import entry_problems, reversal
from gisapp.ledger.events import refuse_events
from gisapp.model.changes import OFFICIAL
from gisapp.model.ledger import Entry, LedgerRecord, NewRecord, Project, entries_of
from gisapp.model.ledgerbook import LedgerBook
from gisapp.model.transfers import TransferEvent

Recorded = Sequence[LedgerRecord]


def visible(records: Iterable[LedgerRecord], branch: str) -> list[LedgerRecord]:
    """Return what counts on a branch: the official records as they are today, and the branch's own (方案可见)."""
    return [record for record in records if record.branch in (OFFICIAL, branch)]


def projects_of(records: Iterable[LedgerRecord]) -> dict[str, Project]:
    """Return the registered projects by id, each as last recorded, in the order of first registration."""
    found: dict[str, Project] = {}
    for record in records:
        if record.book == "projects":
            project = Project.of(record.body)
            found[project.id] = project
    return found


def events_of(records: Iterable[LedgerRecord]) -> dict[str, list[TransferEvent]]:
    """Return the events of each transfer, in the order of recording."""
    found: dict[str, list[TransferEvent]] = {}
    for record in records:
        if record.book == "transfers":
            event = TransferEvent.of(record.day, record.document, record.body)
            found.setdefault(event.transfer, []).append(event)
    return found


def resolve(new: Sequence[NewRecord], recorded: Recorded, branch: str) -> list[NewRecord]:
    """Return records with each reversal made into the counter-entry of what it takes back (冲正).

    Raises
    ------
    UsageError
        If there is no such entry on the branch, it is a reversal itself, or it was reversed before.
    InputError
        If a reversal is dated before its entry.
    """
    by_number = {record.number: record for record in recorded if record.branch == branch}
    out: list[NewRecord] = []
    for item in new:
        if item.book != "entries" or item.reverses is None:
            out.append(item)
            continue
        if item.reverses not in by_number:
            raise UsageError(
                Text("本台账没有记录 {number}", number=item.reverses),
                action="用 gisapp ledger list 查看记录号",
            )
        counter = reversal(
            by_number[item.reverses],
            recorded,
            day=item.day,
            document=item.document,
            reason=str(item.body.get("reason", "")),
        )
        out.append(replace(item, body=counter.body()))
    return out


def refuse(
    recorded: Recorded, new: Sequence[NewRecord], branch: str, book: LedgerBook, *, file: str | None = None
) -> None:
    """Raise InputError with every fault of new records after those that are there; the rows are their places."""
    seen = visible(recorded, branch)
    problems = _project_faults(new, book, file)
    projects = projects_of(seen) | {
        project.id: project for item in new if item.book == "projects" for project in [Project.of(item.body)]
    }
    numbered = [(row, item) for row, item in enumerate(new, start=1) if item.book == "entries"]
    entries = [Entry.of(item.day, item.document, item.body) for _, item in numbered]
    for (row, _), entry in zip(numbered, entries, strict=True):
        problems += [
            replace(problem, file=file, row=row) for problem in entry_problems(entry, book, projects)
        ]
    if problems:
        raise InputError(problems)
    refuse_overdrafts(entries_of(seen), entries, book, rows=[row for row, _ in numbered], file=file)
    placed = [(row, item) for row, item in enumerate(new, start=1) if item.book == "transfers"]
    refuse_events(
        [event for events in events_of(seen).values() for event in events],
        [TransferEvent.of(item.day, item.document, item.body) for _, item in placed],
        book,
        rows=[row for row, _ in placed],
        file=file,
    )


def _project_faults(new: Sequence[NewRecord], book: LedgerBook, file: str | None) -> list[Problem]:
    problems: list[Problem] = []
    for row, item in enumerate(new, start=1):
        if item.book != "projects":
            continue
        levels = book.at(item.day)["project_levels"].words
        level, county = item.body["level"], item.body.get("county")
        if level not in levels:
            expected = "、".join(levels)
            problems.append(
                Problem("没有这个项目级别", file=file, row=row, field="level", value=level, expected=expected)
            )
        holder = book.holder(county) if county else None
        if county and (holder is None or holder.level != "county"):
            expected = "、".join(h.id for h in book.holders if h.level == "county")
            problems.append(
                Problem("没有这个县区", file=file, row=row, field="county", value=county, expected=expected)
            )
    return problems
