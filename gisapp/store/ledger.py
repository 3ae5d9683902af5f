"""The records of the ledgers (台账记录): append-only and hash-chained like the revisions, each noting the newest of those.

What a record means is not known here: whoever posts hands in the check, which sees all that is recorded while nobody
else can write.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from gisapp.errors import UsageError
from gisapp.model.changes import Author, canonical
from gisapp.model.ledger import LedgerRecord, NewRecord
from gisapp.store.chain import GENESIS, digest, moment_of, moment_text
from gisapp.store.nouns import Fault
from gisapp.store.rules import check_texts
from gisapp.store.schema import LEDGER_RECORD, insert_statement
from gisapp.store.session import Session
from gisapp.store.write import stem_of

FORM: Final = 1
"""How records are hashed today; each record keeps the form it was hashed in."""

Check = Callable[[Sequence[LedgerRecord]], None]
"""Raises where the new records must not follow those that are there."""


def ledger(session: Session) -> list[LedgerRecord]:
    """Return all records of all branches, oldest first."""
    names = ", ".join(LEDGER_RECORD.names)
    found = session.all(f"SELECT {names} FROM ledger_record ORDER BY number")  # noqa: S608 (our own names)
    return [_record(dict(zip(LEDGER_RECORD.names, line, strict=True))) for line in found]


def post(
    session: Session,
    branch: str,
    new: Sequence[NewRecord],
    author: Author,
    op_id: str,
    check: Check,
    now: datetime,
) -> tuple[LedgerRecord, ...]:
    """Append records to a branch, all or none, and return them; raises as `ParcelStore.post_ledger`."""
    if not new or not op_id.strip() or not author.name.strip():
        raise UsageError("没有任何台账记录可提交，或缺少操作号、操作人")
    for item in new:
        check_texts(item.document, canonical(dict(item.body)))
    check_texts(op_id, author.name, author.role)
    recorded = ledger(session)
    earlier = tuple(record for record in recorded if record.op_id == op_id)
    if earlier:
        return _repeated(earlier, branch, new, author)
    stem = stem_of(session, branch)
    _check_reversals(new, recorded, branch)
    check(recorded)
    ((head_hash,),) = session.all("SELECT hash FROM changeset WHERE number = :number", {"number": stem.last})
    last = session.all("SELECT number, hash, made_at FROM ledger_record ORDER BY number DESC LIMIT 1")
    number, prev_hash, made_at = last[0] if last else (0, GENESIS, "")
    fixed = {
        "form": FORM,
        "branch": branch,
        "op_id": op_id,
        "author": author.name,
        "author_role": author.role,
        "made_at": max(moment_text(now), made_at),
        "head": stem.last,
        "head_hash": head_hash,
    }
    rows: list[dict[str, Any]] = []
    for position, item in enumerate(new):
        row = (
            fixed
            | _told(item)
            | {"number": number + 1 + position, "position": position, "prev_hash": prev_hash}
        )
        prev_hash = row["hash"] = record_hash(row, stem.branch_hash)
        rows.append(row)
    session.many(insert_statement(LEDGER_RECORD.name, LEDGER_RECORD.names), rows)
    return tuple(map(_record, rows))


def _check_reversals(new: Sequence[NewRecord], recorded: Sequence[LedgerRecord], branch: str) -> None:
    """Refuse to reverse what is not on the branch, or what was reversed before."""
    there = {record.number for record in recorded if record.branch == branch}
    gone = {record.reverses for record in recorded}
    for item in new:
        if item.reverses is not None and (item.reverses not in there or item.reverses in gone):
            raise UsageError(f"记录 {item.reverses} 不在本台账中，或已经冲正", action="查看台账后重试")
        gone.add(item.reverses)


def _told(item: NewRecord) -> dict[str, Any]:
    return {
        "book": item.book,
        "day": item.day.isoformat(),
        "document": item.document,
        "body_json": canonical(dict(item.body)),
        "reverses": item.reverses,
    }


def _repeated(
    earlier: tuple[LedgerRecord, ...], branch: str, new: Sequence[NewRecord], author: Author
) -> tuple[LedgerRecord, ...]:
    """Return what this very posting recorded before; UsageError if the op_id was used for something else."""
    kept = [(r.book, r.day, r.document, canonical(dict(r.body)), r.reverses) for r in earlier]
    given = [(n.book, n.day, n.document, canonical(dict(n.body)), n.reverses) for n in new]
    if kept != given or {(r.branch, r.author.name) for r in earlier} != {(branch, author.name)}:
        number, op_id = earlier[0].number, earlier[0].op_id
        raise UsageError(f"操作号 {op_id} 已用于另一次记账（记录 {number}）", action="换一个新的操作号")
    return earlier


def record_hash(row: Mapping[str, Any], branch_hash: str) -> str:  # a row of ledger_record
    """Return the hash of a record: every column but its own hash, and the branch it stands on."""
    kept = {name: row[name] for name in LEDGER_RECORD.names if name != "hash"}
    return digest([canonical(kept | {"branch_hash": branch_hash})])


def _record(row: Mapping[str, Any]) -> LedgerRecord:
    return LedgerRecord(
        number=row["number"],
        branch=row["branch"],
        book=row["book"],
        day=date.fromisoformat(row["day"]),
        document=row["document"],
        body=json.loads(row["body_json"]),
        reverses=row["reverses"],
        op_id=row["op_id"],
        author=Author(row["author"], row["author_role"]),
        made_at=moment_of(row["made_at"]),
        hash=row["hash"],
    )


def ledger_head(session: Session) -> tuple[int, str]:
    """Return number and hash of the newest record; 0 and the genesis hash where there is none."""
    found = session.all("SELECT number, hash FROM ledger_record ORDER BY number DESC LIMIT 1")
    return found[0] if found else (0, GENESIS)


def ledger_faults(
    rows: Sequence[Mapping[str, Any]],  # of ledger_record
    heads: Sequence[Mapping[str, Any]],  # of changeset
    branch_hashes: Mapping[str, str],
) -> Iterable[Fault]:
    """Yield what does not agree in the chain of records, and with the revisions that they note."""
    hashes = {head["number"]: head["hash"] for head in heads}
    prev_hash, places = GENESIS, set()
    for position, row in enumerate(sorted(rows, key=lambda row: row["number"]), start=1):
        number = row["number"]
        if number != position:
            yield Fault("ledger", f"台账记录号不连续，第 {position} 条的编号为 {number}")
        again = record_hash(row, branch_hashes.get(row["branch"], ""))
        if row["prev_hash"] != prev_hash or row["hash"] != again:
            yield Fault("ledger", f"台账记录 {number} 的内容与哈希链不符")
        if hashes.get(row["head"]) != row["head_hash"]:
            yield Fault(
                "ledger", f"台账记录 {number} 所记的版本 {row['head']} 与库中不同", revision=row["head"]
            )
        if (row["op_id"], row["position"]) in places:
            yield Fault("ledger", f"台账记录 {number} 的操作号重复")
        places.add((row["op_id"], row["position"]))
        prev_hash = row["hash"]
