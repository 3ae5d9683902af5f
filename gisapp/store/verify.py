"""Integrity (完整性核对), first part: the file, the contents, the chain of hashes, the anchors.

Nothing that is stored is believed: hashes are made again from bytes, and `replay` makes the state again from
the changes. Faults are listed, never mended.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import shapely

from gisapp.model.changes import Row
from gisapp.store.chain import GENESIS, ChangeLine, branch_hash, revision_hash
from gisapp.store.content import content_params
from gisapp.store.drafts import anchors
from gisapp.store.ledger import ledger_faults
from gisapp.store.nouns import Anchor, Fault
from gisapp.store.replay import replay_faults
from gisapp.store.schema import FORMAT, LEDGER_RECORD, ROW_CONTENT, TABLES
from gisapp.store.session import Session

Log = list[dict[str, Any]]
"""Rows of one table by column."""


def verify(session: Session, anchor: Anchor | None) -> list[Fault]:
    """Return everything that does not agree; empty when the store is sound."""
    faults = [Fault("file", f"数据库文件损坏：{message}") for message in session.integrity()]
    if faults:
        return faults
    log = {name: table_rows(session, name) for name in ("changeset", "change", "lineage", "branch")}
    log["changeset"].sort(key=lambda row: row["number"])
    for name in ("change", "lineage"):
        log[name].sort(key=lambda row: (row["number"], row["position"]))
    contents = table_rows(session, ROW_CONTENT.name)
    ledger = table_rows(session, LEDGER_RECORD.name)
    of_branches = {row["name"]: branch_hash(row) for row in log["branch"]}
    noted = [*anchors(session), *([anchor] if anchor else [])]
    return [
        *_content_faults(contents, log["change"]),
        *_chain_faults(log),
        *ledger_faults(ledger, log["changeset"], of_branches),
        *_anchor_faults(noted, log["changeset"], ledger),
        *_meta_faults(session, log["changeset"]),
        *replay_faults(session, log, {row["hash"]: row for row in contents}),
    ]


def table_rows(session: Session, name: str) -> Log:
    """Return all rows of a table by column."""
    names = next(table.names for table in TABLES if table.name == name)
    sql = f"SELECT {', '.join(names)} FROM {name}"  # noqa: S608 (our own names)
    return [dict(zip(names, line, strict=True)) for line in session.all(sql)]


def _content_faults(contents: Log, changes: Log) -> Iterable[Fault]:
    used = {row[name] for row in changes for name in ("before_hash", "after_hash")} - {None}
    kept = {row["hash"] for row in contents}
    for missing in sorted(used - kept):
        yield Fault("content", f"缺少内容 {missing[:12]}")
    wkb = np.array([bytes(row["wkb"]) for row in contents], dtype=object)
    boxes = np.asarray(shapely.bounds(shapely.from_wkb(wkb, on_invalid="ignore"))).reshape(-1, 4)
    for k, row in enumerate(contents):
        if not _content_agrees(row, boxes[k]):
            message = f"内容 {row['hash'][:12]} 与其哈希或范围不符"
            yield Fault("content", message, parcel_id=row["parcel_id"])
        elif row["hash"] not in used:
            yield Fault("content", f"内容 {row['hash'][:12]} 不属于任何版本", parcel_id=row["parcel_id"])


def _content_agrees(row: Mapping[str, Any], box: Any) -> bool:  # a row of row_content; four numbers
    try:
        values = json.loads(row["values_json"])
        again = content_params(Row(row["parcel_id"], bytes(row["wkb"]), values), box)
    except (ValueError, TypeError, AttributeError):
        return False
    return {**row, "wkb": bytes(row["wkb"])} == again


def _chain_faults(log: Mapping[str, Log]) -> Iterable[Fault]:
    branch_hashes = {}
    for row in log["branch"]:
        branch_hashes[row["name"]] = branch_hash(row)
        if row["hash"] != branch_hashes[row["name"]]:
            yield Fault("branch", f"分支 {row['name']} 的记录被改动")
    changes, descent = _by_number(log["change"]), _by_number(log["lineage"])
    prev_hash = GENESIS
    for position, head in enumerate(log["changeset"]):
        number = head["number"]
        if number != position:
            yield Fault("chain", f"版本号不连续，第 {position + 1} 个版本号为 {number}", revision=number)
        lines = [
            ChangeLine(*(row[name] for name in ChangeLine.__annotations__)) for row in changes.pop(number, [])
        ]
        pairs = [(row["parent_id"], row["child_id"]) for row in descent.pop(number, [])]
        of_branch = branch_hashes.get(head["branch"], "")
        again = revision_hash(head, lines, pairs, of_branch, form=head["form"])
        if head["prev_hash"] != prev_hash or head["hash"] != again:
            yield Fault("chain", f"版本 {number} 的内容与哈希链不符", revision=number)
        prev_hash = head["hash"]
    for number in sorted({*changes, *descent}):
        yield Fault("chain", f"变更或沿革指向不存在的版本 {number}", revision=number)
    if not log["changeset"]:
        yield Fault("chain", "没有任何版本")


def _by_number(rows: Log) -> dict[int, Log]:
    out: dict[int, Log] = {}
    for row in rows:
        out.setdefault(row["number"], []).append(row)
    return out


def _anchor_faults(noted: list[Anchor], heads: Log, ledger: Log) -> Iterable[Fault]:
    hashes = {head["number"]: head["hash"] for head in heads}
    records = {0: GENESIS} | {row["number"]: row["hash"] for row in ledger}
    for item in noted:
        if hashes.get(item.revision) != item.hash:
            message = f"版本 {item.revision} 与锚点（{item.where}）所记的哈希不同：历史被改写或截断"
            yield Fault("anchor", message, revision=item.revision)
        if item.ledger is not None and records.get(item.ledger) != item.ledger_hash:
            message = f"台账记录 {item.ledger} 与锚点（{item.where}）所记的哈希不同：台账被改写或截断"
            yield Fault("anchor", message)


def _meta_faults(session: Session, heads: Log) -> Iterable[Fault]:
    told = dict(session.all("SELECT key, value FROM meta"))
    # Both are canonical JSON, so the seed's gesture holds the description letter by letter.
    if heads and heads[0]["op_json"] != f'{{"meta":{told.get("meta")},"op":"seed"}}':
        yield Fault("meta", "库的说明与初始版本所记不同")
    applied = {number for (number,) in session.all("SELECT format FROM migration")}
    if told.get("format") != str(FORMAT) or FORMAT not in applied or max(applied) > FORMAT:
        yield Fault("meta", "格式号与迁移记录不符")
