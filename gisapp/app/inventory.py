"""What a workspace holds, from where, as of when, and what it lacks (数据清单)."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pandas as pd

from gisapp.app.declared import DeclaredEntry, declared_entries
from gisapp.app.gaps import Gap, gaps
from gisapp.app.workspace import Workspace
from gisapp.context import Context
from gisapp.context.layers import Finding
from gisapp.io.hashing import sha256_file
from gisapp.io.tables import read_table
from gisapp.model.layers import LayerGroup, LayerSpec
from gisapp.model.parcels import FieldSpec
from gisapp.model.rules import Policy

SHORT_HASH: Final = 8
TABLES: Final = {
    "enterprises.csv": "企业年度指标",
    "occupancy.csv": "企业用地关系",
    "codes/land_use_codes.csv": "用地用海分类",
    "codes/compatibility.csv": "用途兼容矩阵",
    "codes/standard_land_controls.csv": "标准地控制指标",
}
"""Tables that the rules read, below ``parcels/``, and their names."""


@dataclass(frozen=True)
class LayerEntry:
    """One layer that is loaded (已加载图层)."""

    spec: LayerSpec
    count: int
    hash: str


@dataclass(frozen=True)
class TableEntry:
    """One table (表格): its rows, the years it speaks of, and how many thresholds in it are empty."""

    title: str
    file: str
    rows: int | None
    years: tuple[int, int] | None = None
    hash: str = ""
    empty_values: int = 0


@dataclass(frozen=True)
class FieldEntry:
    """One field of the parcel table (字段) and the share of parcels without a value, 1 if the column is absent."""

    spec: FieldSpec
    missing: float
    present: bool


@dataclass(frozen=True)
class PolicyEntry:
    """One policy document (政策文件), how many rules in force cite it, how many clauses have their text attached."""

    policy: Policy
    cited: int
    attached: int = 0


@dataclass(frozen=True)
class Inventory:
    """Everything the data page shows (数据清单)."""

    groups: tuple[tuple[LayerGroup, tuple[LayerEntry, ...]], ...]
    tables: tuple[TableEntry, ...]
    fields: tuple[FieldEntry, ...]
    policies: tuple[PolicyEntry, ...]
    gaps: tuple[Gap, ...]
    findings: tuple[Finding, ...]
    attributions: tuple[str, ...]
    declared: tuple[DeclaredEntry, ...]
    parcels: int
    parcels_hash: str
    revision: int
    area_m2: float = field(default=0.0)

    @property
    def layer_count(self) -> int:
        """Return how many layers are loaded."""
        return sum(len(entries) for _, entries in self.groups)


def inventory(workspace: Workspace) -> Inventory:
    """Return what `workspace` holds and lacks."""
    context = workspace.context()
    return Inventory(
        groups=_groups(workspace, context),
        tables=_tables(workspace),
        fields=_fields(workspace),
        policies=_policies(workspace),
        gaps=gaps(workspace),
        findings=context.findings,
        attributions=tuple(
            dict.fromkeys(
                layer.spec.attribution for layer in context.layers.values() if layer.spec.attribution
            )
        ),
        declared=declared_entries(workspace.root),
        parcels=len(workspace.parcels),
        parcels_hash=workspace.table.hash[:SHORT_HASH],
        revision=workspace.table.revision,
        area_m2=float(context.fabric["area_m2"].sum()),
    )


def _groups(workspace: Workspace, context: Context) -> tuple[tuple[LayerGroup, tuple[LayerEntry, ...]], ...]:
    out = []
    for group in workspace.catalog.groups:
        loaded = [layer for layer in context.layers.values() if layer.spec.group == group.id]
        entries = tuple(LayerEntry(layer.spec, layer.count, layer.hash[:SHORT_HASH]) for layer in loaded)
        if entries:
            out.append((group, entries))
    return tuple(out)


def _tables(workspace: Workspace) -> tuple[TableEntry, ...]:
    folder = workspace.root / "parcels"
    named = [_table(folder / name, title, folder) for name, title in TABLES.items()]
    thresholds = sorted((folder / "rulebooks" / "data").glob("*.csv"))
    return (*named, *(_table(path, THRESHOLDS.get(path.name, path.stem), folder) for path in thresholds))


THRESHOLDS: Final = {
    "individual_risk_limits.csv": "个人风险基准（按用途）",
    "rail_protection_widths.csv": "铁路安全保护区宽度",
}
"""Names of threshold tables beside the rulebooks; another table is called after its file."""


def _table(path: Path, title: str, folder: Path) -> TableEntry:
    file = path.relative_to(folder.parent).as_posix()
    if not path.exists():
        return TableEntry(title, file, None)
    frame = read_table(path)
    years = (
        pd.to_numeric(frame["year"], errors="coerce").dropna() if "year" in frame else pd.Series(dtype=float)
    )
    span = (int(years.min()), int(years.max())) if len(years) else None
    empty = int(frame["value"].isna().sum()) if "value" in frame else 0
    return TableEntry(title, file, len(frame), span, sha256_file(path)[:SHORT_HASH], empty)


def _fields(workspace: Workspace) -> tuple[FieldEntry, ...]:
    frame = workspace.parcels
    out = []
    for spec in workspace.schema.fields:
        present = spec.name in frame
        missing = float(frame[spec.name].isna().mean()) if present and len(frame) else 1.0
        out.append(FieldEntry(spec, missing, present))
    return tuple(out)


def _policies(workspace: Workspace) -> tuple[PolicyEntry, ...]:
    cited = [
        clause.partition("/")[0]
        for book in workspace.rulebooks(subject=None)
        for clause in [*(rule.clause for rule in book.rules), *(gate.clause for gate in book.scope)]
        if clause
    ]
    texts = [clause.partition("/")[0] for clause in workspace.policies.texts]
    entries = [
        PolicyEntry(policy, cited.count(policy.id), texts.count(policy.id))
        for policy in workspace.policies.documents.values()
    ]
    return tuple(sorted(entries, key=lambda entry: (-entry.cited, entry.policy.id)))
