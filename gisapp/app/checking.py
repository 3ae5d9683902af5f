"""Checking a workspace (检查工作区): everything that an evaluation will read, each fault named, and the fabric's topology.

Faults fail the check. Overlaps and narrow voids between parcels are findings: they are kept as they came, and a
person decides about them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import shapely

from gisapp.app.declared import told_tables
from gisapp.app.imagery import imagery_tiles
from gisapp.app.import_policies import text_faults
from gisapp.app.ledgers import Ledgers
from gisapp.app.targets import FILE as TARGETS
from gisapp.app.targets import load_board
from gisapp.app.workspace import Progress, Workspace, silent
from gisapp.context.tables import FOLDER as TABLES
from gisapp.errors import InputError, Problem
from gisapp.evaluation.admit import table_problems
from gisapp.evaluation.measure import signatures
from gisapp.io.tables import read_land_use_codes
from gisapp.io.yamlfile import load_yaml
from gisapp.kernels.coverage import gaps, overlaps
from gisapp.ledger.balances import account_title, plain_amount
from gisapp.model.rules import Rulebook
from gisapp.rules.load import load_rulebook, overlapping, rulebook_files

State = Literal["ok", "finding", "fail", "skipped"]


@dataclass(frozen=True)
class Check:
    """One thing checked (检查项): its state, in a few words what was seen, and each fault or finding."""

    id: str
    title: str
    state: State
    detail: str
    items: tuple[str, ...] = ()


@dataclass
class _Report:
    checks: list[Check] = field(default_factory=list)

    def step(self, id_: str, title: str, work: Callable[[], tuple[str, list[str]]]) -> bool:
        """Do one check and note how it went; return whether it passed."""
        try:
            detail, items = work()
        except InputError as error:
            self.checks.append(
                Check(id_, title, "fail", f"{len(error.problems)} 处错误", _texts(error.problems))
            )
            return False
        self.checks.append(Check(id_, title, "finding" if items else "ok", detail, tuple(items)))
        return True

    def skip(self, id_: str, title: str, why: str) -> None:
        self.checks.append(Check(id_, title, "skipped", why))


def check_workspace(workspace: Workspace, *, progress: Progress = silent) -> list[Check]:
    """Return the outcome of every check, in the order in which one builds on another."""
    report = _Report()
    steps = ("catalog", "schema", "policies", "rulebooks", "store", "parcels", "layers", "topology")
    progress("检查工作区", 0, len(steps))
    readable = report.step("catalog", "图层目录", lambda: (f"{len(workspace.catalog.layers)} 个图层", []))
    readable &= report.step("schema", "地块字段表", lambda: (f"{len(workspace.schema.fields)} 个字段", []))
    if (workspace.root / TABLES / "catalog.yaml").exists():
        report.step("tables", "资料表", lambda: told_tables(workspace))
    if report.step("policies", "政策库", lambda: _policies(workspace)):
        report.step("rulebooks", "规则集", lambda: _rulebooks(workspace))
        if (workspace.root / TARGETS).exists():
            report.step("targets", "目标表", lambda: (f"{len(load_board(workspace).targets)} 个目标", []))
    else:
        report.skip("rulebooks", "规则集", "政策库有错误，未检查")
    progress("检查工作区", 4, len(steps))
    _store(report, workspace)
    if Ledgers(workspace).exists:
        report.step("ledger", "台账", lambda: _ledgers(workspace))
    progress("检查工作区", 5, len(steps))
    if not readable or not report.step("parcels", "地块表", lambda: _parcels(workspace)):
        why = "目录、字段表或地块表有错误，未检查"
        report.skip("layers", "图层数据", why)
        report.skip("topology", "地块拓扑", why)
        return report.checks
    report.step("layers", "图层数据", lambda: _layers(workspace))
    progress("检查工作区", 7, len(steps))
    report.step("topology", "地块拓扑", lambda: _topology(workspace))
    progress("检查工作区", len(steps), len(steps))
    return report.checks


def _store(report: _Report, workspace: Workspace) -> None:
    """Verify the store: hash chain, contents, replay of all changes."""
    store = workspace.store
    if store is None:
        report.skip("store", "地块库", "尚未编辑，没有地块库")
        return

    def verify() -> tuple[str, list[str]]:
        faults = store.verify()
        if faults:
            action = "停止编辑，从备份恢复（gisapp restore）"
            raise InputError(
                Problem(
                    fault.message, field=fault.code, row=fault.revision, value=fault.parcel_id, action=action
                )
                for fault in faults
            )
        head = store.log(limit=1)[0]
        return f"版本 {head.number}，校验值 {head.hash[:12]}，{len(store.branches())} 个分支", []

    report.step("store", "地块库", verify)


def _ledgers(workspace: Workspace) -> tuple[str, list[str]]:
    """Check the ledgers again from their records; a scheme that lives on provisional income is a finding."""
    ledgers = Ledgers(workspace)
    count, faults = len(ledgers.records()), ledgers.faults()
    if faults:
        raise InputError(Problem(fault, action="以冲正分录改正，或从备份恢复") for fault in faults)
    short = [
        f"{branch} {account_title(balance.account, ledgers.book)} 短缺 {plain_amount(balance.overdrawn)}"
        for branch, balance in ledgers.shortfalls()
    ]
    return f"{count} 条记录，各指标合计为零，正式余额无负数", short


def _texts(problems: tuple[Problem, ...]) -> tuple[str, ...]:
    return tuple(str(problem) for problem in problems)


def _policies(workspace: Workspace) -> tuple[str, list[str]]:
    """Read all documents and check that the attached texts are the bytes that were attached."""
    held = workspace.policies
    faults = text_faults(workspace)
    if faults:
        raise InputError(faults)
    attached = f"，附条款原文 {len(held.texts)} 件" if held.texts else ""
    return f"{len(held.documents)} 份文件{attached}", []


def _rulebooks(workspace: Workspace) -> tuple[str, list[str]]:
    problems: list[Problem] = []
    files = rulebook_files(workspace.root)
    for path in files:
        try:
            load_rulebook(path, root=workspace.root, policies=workspace.policies, signatures=signatures())
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    problems = overlapping({path: load_yaml(path, Rulebook)[0] for path in files})
    if problems:
        raise InputError(problems)
    return f"{len(files)} 个文件", []


def _parcels(workspace: Workspace) -> tuple[str, list[str]]:
    shapes = workspace.parcels.geometry.to_numpy()
    ids = workspace.parcels["parcel_id"] if len(shapes) else []
    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    bad = missing | ~shapely.is_valid(shapes)
    file = workspace.root / "parcels" / "codes" / "land_use_codes.csv"
    problems = table_problems(workspace.parcels, read_land_use_codes(file) if file.exists() else None)
    if bad.any() or problems:
        raise InputError(
            problems
            + [
                Problem(
                    "几何为空或无效",
                    row=int(row) + 1,
                    field="geometry",
                    value=str(ids[row]),
                    action="用 gisapp import --fix 重新导入该地块",
                )
                for row in np.flatnonzero(bad)
            ]
        )
    return f"{len(shapes)} 宗，版本 {workspace.table.revision}，内容哈希 {workspace.table.hash[:12]}", []


def _layers(workspace: Workspace) -> tuple[str, list[str]]:
    unfit = imagery_tiles(workspace).check()
    if unfit:
        raise InputError(unfit)
    context = workspace.context()
    items = [f"图层 {f.layer} 第 {f.row + 1} 个要素：{f.message}" for f in context.findings]
    return f"{len(context.layers)} 个图层可读", items


def _topology(workspace: Workspace) -> tuple[str, list[str]]:
    shapes = workspace.parcels.geometry.to_numpy()
    ids = workspace.parcels["parcel_id"].to_numpy()
    left, right, area = overlaps(shapes)
    voids = gaps(shapes)
    points = shapely.get_coordinates(shapely.point_on_surface(voids))
    items = [f"{ids[a]} 与 {ids[b]} 重叠 {m2:.3f} ㎡" for a, b, m2 in zip(left, right, area, strict=True)]
    items += [
        f"缝隙 {m2:.3f} ㎡，位于 ({x:.3f}, {y:.3f})"
        for m2, (x, y) in zip(shapely.area(voids), points, strict=True)
    ]
    clean = "是" if shapely.coverage_is_valid(shapes) else "否"
    return f"重叠 {len(area)} 处，缝隙 {len(voids)} 处，严格覆盖：{clean}", items
