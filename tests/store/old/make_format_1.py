"""Frozen: writes a store of format 1 as the program of that format did. Never change; it imports nothing of ours.

Format 1 had no anchors, no windows of checks, no extents of changes and no hashes of branches.

    python -m tests.store.old.make_format_1 tests/store/old/format_1.db
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import apsw
import shapely

DDL = [
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
    "CREATE TABLE migration (format INTEGER PRIMARY KEY, applied_at TEXT NOT NULL, description TEXT NOT NULL) STRICT",
    """CREATE TABLE branch (name TEXT PRIMARY KEY, title TEXT NOT NULL, source TEXT REFERENCES branch(name),
       fork INTEGER, author TEXT NOT NULL, author_role TEXT NOT NULL, made_at TEXT NOT NULL, closed_at TEXT,
       closed_by TEXT) STRICT""",
    """CREATE TABLE row_content (hash TEXT PRIMARY KEY, parcel_id TEXT NOT NULL, wkb BLOB NOT NULL,
       values_json TEXT NOT NULL, west REAL NOT NULL, south REAL NOT NULL, east REAL NOT NULL,
       north REAL NOT NULL) STRICT""",
    "CREATE TABLE parcel_seq (parcel_id TEXT PRIMARY KEY, seq INTEGER NOT NULL UNIQUE) STRICT",
    """CREATE TABLE changeset (number INTEGER PRIMARY KEY, branch TEXT NOT NULL REFERENCES branch(name),
       parent INTEGER REFERENCES changeset(number), kind TEXT NOT NULL, author TEXT NOT NULL,
       author_role TEXT NOT NULL, reason_code TEXT NOT NULL, reason_text TEXT NOT NULL, document TEXT,
       op_id TEXT NOT NULL UNIQUE, op_json TEXT NOT NULL, base_json TEXT NOT NULL, read_json TEXT NOT NULL,
       made_at TEXT NOT NULL, undoes INTEGER UNIQUE REFERENCES changeset(number), prev_hash TEXT NOT NULL,
       hash TEXT NOT NULL) STRICT""",
    "CREATE INDEX changeset_by_branch_number ON changeset (branch, number)",
    """CREATE TABLE change (number INTEGER NOT NULL REFERENCES changeset(number), position INTEGER NOT NULL,
       branch TEXT NOT NULL, parcel_id TEXT NOT NULL, seq INTEGER NOT NULL,
       before_hash TEXT REFERENCES row_content(hash), after_hash TEXT REFERENCES row_content(hash),
       before_ver INTEGER NOT NULL, after_ver INTEGER NOT NULL, PRIMARY KEY (number, position),
       UNIQUE (number, parcel_id)) STRICT""",
    "CREATE INDEX change_by_branch_parcel_id_number ON change (branch, parcel_id, number)",
    """CREATE TABLE lineage (number INTEGER NOT NULL REFERENCES changeset(number), position INTEGER NOT NULL,
       parent_id TEXT NOT NULL, child_id TEXT NOT NULL, PRIMARY KEY (number, position)) STRICT""",
    "CREATE INDEX lineage_by_parent_id ON lineage (parent_id)",
    "CREATE INDEX lineage_by_child_id ON lineage (child_id)",
    """CREATE TABLE parcel (branch TEXT NOT NULL REFERENCES branch(name), parcel_id TEXT NOT NULL,
       ver INTEGER NOT NULL, seq INTEGER NOT NULL, row_hash TEXT NOT NULL REFERENCES row_content(hash),
       revision INTEGER NOT NULL, PRIMARY KEY (branch, parcel_id)) STRICT""",
    """CREATE TABLE parcel_version (branch TEXT NOT NULL REFERENCES branch(name), parcel_id TEXT NOT NULL,
       ver INTEGER NOT NULL, seq INTEGER NOT NULL, row_hash TEXT NOT NULL REFERENCES row_content(hash),
       from_rev INTEGER NOT NULL, to_rev INTEGER, PRIMARY KEY (branch, parcel_id, from_rev)) STRICT""",
    "CREATE INDEX parcel_version_by_branch_from_rev ON parcel_version (branch, from_rev)",
    """CREATE TABLE draft (id TEXT PRIMARY KEY, branch TEXT NOT NULL, title TEXT NOT NULL, author TEXT NOT NULL,
       author_role TEXT NOT NULL, body_json TEXT NOT NULL, updated_at TEXT NOT NULL) STRICT""",
]
GUARDED = ("migration", "row_content", "changeset", "change", "lineage")
HEADER = [
    "number",
    "branch",
    "parent",
    "kind",
    "author",
    "author_role",
    "reason_code",
    "reason_text",
    "document",
    "op_id",
    "op_json",
    "base_json",
    "read_json",
    "made_at",
    "undoes",
    "prev_hash",
]
META = {"crs": "EPSG:4549", "extra": {}, "seed_hash": "cd" * 32, "workspace": "old"}


def canonical(value):
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def digest(lines):
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


class Writer:
    """Writes revisions the way format 1 did."""

    def __init__(self, path):
        self.db = apsw.Connection(str(path))
        self.db.pragma("page_size", 1024)
        self.db.pragma("application_id", 0x67697361)
        for statement in DDL:
            self.db.execute(statement)
        self.prev = "0" * 64
        self.alive, self.last, self.heads = {}, {}, {"official": None}
        self.seqs = {}

    def insert(self, table, **row):
        marks = ", ".join("?" * len(row))
        self.db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))

    def content(self, parcel_id, box, values):
        shape = shapely.box(*box)
        wkb = shapely.to_wkb(shape, byte_order=1, output_dimension=2, include_srid=False)
        text = canonical(values)
        told = hashlib.sha256(f"{parcel_id}\x1f{len(wkb)}\x1f".encode() + wkb + text.encode()).hexdigest()
        if not list(self.db.execute("SELECT 1 FROM row_content WHERE hash = ?", [told])):
            sides = dict(zip(("west", "south", "east", "north"), box, strict=True))
            self.insert("row_content", hash=told, parcel_id=parcel_id, wkb=wkb, values_json=text, **sides)
        return told

    def branch(self, name, title, source, fork):
        told = {
            "author": "张三",
            "author_role": "planner",
            "made_at": f"2026-01-0{1 + (fork or 0)}T00:30:00.000000+00:00",
        }
        self.insert("branch", name=name, title=title, source=source, fork=fork, **told)
        if source:
            self.heads[name] = fork
            for (_, key), (ver, content, since) in [i for i in self.alive.items() if i[0][0] == source]:
                self.alive[name, key] = (ver, content, since)
                fixed = {
                    "branch": name,
                    "parcel_id": key,
                    "ver": ver,
                    "seq": self.seqs[key],
                    "row_hash": content,
                }
                self.insert("parcel", **fixed, revision=since)
                self.insert("parcel_version", **fixed, from_rev=since)

    def revision(self, number, branch, kind, changes, descent=(), undoes=None, op=None):
        lines = []
        for key, after in changes:
            seq = self.seqs.setdefault(key, len(self.seqs))
            self.db.execute("INSERT OR IGNORE INTO parcel_seq VALUES (?, ?)", [key, seq])
            ver, before, _ = self.alive.get((branch, key), (0, None, None))
            lines.append([key, seq, before, after, ver, max(ver, self.last.get((branch, key), 0)) + 1])
        head = {
            "number": number,
            "branch": branch,
            "parent": self.heads[branch],
            "kind": kind,
            "author": "张三",
            "author_role": "planner",
            "reason_code": kind,
            "reason_text": "旧格式",
            "document": None,
            "op_id": f"old-{number}",
            "op_json": canonical(op or {}),
            "base_json": canonical({line[0]: line[4] for line in lines if kind == "edit"}),
            "read_json": "{}",
            "made_at": f"2026-01-0{number + 1}T00:00:00.000000+00:00",
            "undoes": undoes,
            "prev_hash": self.prev,
        }
        hashed = {name: head[name] for name in HEADER}
        hashed |= {
            "changes": digest(map(canonical, lines)),
            "descent": digest(canonical(list(p)) for p in descent),
        }
        self.prev = digest([canonical(hashed)])
        self.heads[branch] = number
        self.insert("changeset", **head, hash=self.prev)
        for position, line in enumerate(lines):
            self.change(number, position, branch, line)
        for position, (parent, child) in enumerate(descent):
            self.insert("lineage", number=number, position=position, parent_id=parent, child_id=child)

    def change(self, number, position, branch, line):
        key, seq, before, after, _, after_ver = line
        names = ("parcel_id", "seq", "before_hash", "after_hash", "before_ver", "after_ver")
        told = dict(zip(names, line, strict=True))
        self.insert("change", number=number, position=position, branch=branch, **told)
        where = [branch, key]
        if before:
            self.db.execute(
                f"UPDATE parcel_version SET to_rev = {number} WHERE branch = ? AND parcel_id = ? AND to_rev IS NULL",
                where,
            )
            self.db.execute("DELETE FROM parcel WHERE branch = ? AND parcel_id = ?", where)
        self.last[branch, key] = after_ver
        self.alive.pop((branch, key), None)
        if after:
            self.alive[branch, key] = (after_ver, after, number)
            fixed = {"branch": branch, "parcel_id": key, "ver": after_ver, "seq": seq, "row_hash": after}
            self.insert("parcel", **fixed, revision=number)
            self.insert("parcel_version", **fixed, from_rev=number)

    def close(self):
        for table in GUARDED:
            for verb in ("UPDATE", "DELETE"):
                self.db.execute(
                    f"CREATE TRIGGER {table}_{verb} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, 'append-only'); END"
                )
        self.db.close()


def main(path):
    path.unlink(missing_ok=True)
    w = Writer(path)
    w.insert("meta", key="format", value="1")
    w.insert("meta", key="meta", value=canonical(META))
    w.insert("migration", format=1, applied_at="2026-01-01T00:00:00.000000+00:00", description="created")
    w.branch("official", "现状", None, None)
    place = {
        key: (377000.1 + 100 * k, 3553000.7, 377100.1 + 100 * k, 3553100.7) for k, key in enumerate("ABCD")
    }
    values = {"name": "旧“地块”", "storeys": 3, "floor_area_m2": 0.1, "mortgaged": False}
    seed = [(key, w.content(key, box, values)) for key, box in place.items()]
    w.revision(0, "official", "seed", seed, op={"op": "seed", "meta": META})
    west, south, east, north = place["B"]
    halves = [("B1", (west, south, west + 50.25, north)), ("B2", (west + 50.25, south, east, north))]
    split = [("B", None)] + [(key, w.content(key, box, {})) for key, box in halves]
    w.revision(1, "official", "edit", split, [("B", "B1"), ("B", "B2")], op={"op": "split"})
    w.branch("s", "方案", "official", 1)
    w.revision(2, "s", "edit", [("C", w.content("C", place["C"], {**values, "storeys": 9}))])
    w.revision(3, "official", "undo", [("B", seed[1][1]), ("B1", None), ("B2", None)], undoes=1)
    w.revision(
        4, "official", "edit", [("D", w.content("D", (*place["D"][:2], place["D"][0] + 80.5, north), values))]
    )
    w.insert(
        "draft",
        id="d",
        branch="s",
        title="未完",
        author="张三",
        author_role="planner",
        body_json='{"k":0.1}',
        updated_at="2026-01-06T00:00:00.000000+00:00",
    )
    w.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
