"""What a workspace brings to its ledgers (台账设置与初始台账): the set-up, and the files that stand until a posting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Final

from gisapp.app.ledgerfiles import read_cells
from gisapp.app.storing import LOCAL
from gisapp.errors import InputError, Problem, UsageError
from gisapp.io.yamlfile import Document, load_yaml
from gisapp.ledger.posting import refuse
from gisapp.ledger.rows import Cells, read_rows
from gisapp.model.changes import OFFICIAL, Author
from gisapp.model.ledger import Account, Book, LedgerRecord, NewRecord
from gisapp.model.ledgerbook import LedgerBook
from gisapp.rules.load import Policies

SETUP: Final = "parcels/ledger/ledger.yaml"
SEED: Final[tuple[tuple[Book, str], ...]] = (
    ("projects", "parcels/ledger/projects.csv"),
    ("entries", "parcels/ledger/entries.csv"),
    ("transfers", "parcels/ledger/transfers.csv"),
)
SEED_OP: Final = "ledger-seed"
SEED_AUTHOR: Final = Author("gisapp", "system")


def load_setup(root: Path, policies: Policies) -> LedgerBook:
    """Return holders and parameters of a workspace; InputError with every fault, clauses that resolve to nothing too."""
    found, document = load_yaml(root / SETUP, LedgerBook, root=root)
    problems = _clause_problems(found, document, policies)
    if problems:
        raise InputError(problems)
    return found


def read_seed(root: Path, book: LedgerBook) -> list[NewRecord]:
    """Return the records of the workspace's files, each file checked as if it were posted after the one before."""
    new: list[NewRecord] = []
    for kind, name in SEED:
        if (root / name).exists():
            found = read_rows(kind, read_cells(root / name), file=name)
            refuse(numbered(new, date.min), found, OFFICIAL, book, file=name)
            new += found
    return new


def numbered(new: Sequence[NewRecord], day: date) -> list[LedgerRecord]:
    """Return records of the files with the numbers that they get when they are recorded."""
    made_at = datetime.combine(max(day, date(1970, 1, 2)), time(), tzinfo=LOCAL).astimezone(UTC)
    return [
        LedgerRecord(
            k,
            OFFICIAL,
            item.book,
            item.day,
            item.document,
            item.body,
            None,
            SEED_OP,
            SEED_AUTHOR,
            made_at,
            "",
        )
        for k, item in enumerate(new, start=1)
    ]


def _clause_problems(book: LedgerBook, document: Document, policies: Policies) -> list[Problem]:
    """Return each clause of a parameter that no policy document has."""
    return [
        Problem(
            "引用的条款不存在",
            file=document.name,
            line=document.line(("parameters", k, "clause")),
            field="clause",
            value=parameter.clause,
            expected="政策 id/条款 id",
            action="在 parcels/policies 中补充该条款，或改正引用",
        )
        for k, parameter in enumerate(book.parameters)
        if parameter.clause is not None and policies.clause(parameter.clause) is None
    ]


def cells_of(**given: object) -> Cells:
    """Return the cells of one row from values as a form gives them; what is None or empty is left out."""
    return {name: str(value) for name, value in given.items() if value not in (None, "")}


def account_of(key: str) -> Account:
    """Return the account that `Account.key` names; UsageError where it cannot be one."""
    holder, _, rest = key.partition("/")
    indicator, _, year = rest.partition("/")
    if not holder or not indicator or (year and not year.isdigit()):
        raise UsageError(f"账户 {key} 的写法不对", action="写成 持有单位/指标 或 持有单位/指标/年度")
    return Account(holder, indicator, int(year) if year else None)  # type: ignore[arg-type]  # compared, not used
