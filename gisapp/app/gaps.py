"""What is not loaded (未提供): thresholds, tables, layers and texts, what waits for them, and what to load."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal

import pandas as pd

from gisapp.app.workspace import Workspace
from gisapp.context.tables import table_catalog
from gisapp.errors import InputError
from gisapp.evaluation import Evaluation
from gisapp.io.tables import read_table
from gisapp.model.rules import Predicate, Rulebook, ValueTable

GapKind = Literal["threshold", "control", "source", "text"]
CONTROLS: Final = "codes/standard_land_controls.csv"
TEXT_NOT_SEEN: Final = "正文未见"


@dataclass(frozen=True)
class Gap:
    """One thing that is not loaded (缺口): what it is, what it stops, which file to fill."""

    kind: GapKind
    title: str
    effect: str
    file: str
    count: int = 1


def gaps(workspace: Workspace) -> tuple[Gap, ...]:
    """Return everything that the rules want and the workspace does not have."""
    found: list[Gap] = []
    tables = {spec.id: spec.title.zh for spec in table_catalog(workspace.root).tables}
    if len(workspace.parcels):
        for book in workspace.rulebooks(subject=None):
            # A workspace without parks or enterprises has nothing that could wait for data.
            with suppress(*(() if book.subject == "parcel" else (InputError,))):
                found += _of_evaluation(workspace.evaluate(book.id), tables)
    found += _empty_controls(workspace)
    found += _absent_tables(workspace)
    found += _unseen_texts(workspace)
    return tuple(dict.fromkeys(found))


def _of_evaluation(evaluation: Evaluation, declared: Mapping[str, str]) -> Iterator[Gap]:
    """Yield the rules that wait for a source or a threshold, with how many parcels they leave open."""
    book = evaluation.rulebook
    tables, titles = _threshold_tables(book), {rule.id: rule.title.zh for rule in book.rules}
    for gap in evaluation.manifest["gaps"]:
        if gap["not_loaded"]:
            title = f"{book.title.zh} · {titles.get(gap['rule_id'], gap['rule_id'])}"
            what = gap["not_loaded"]
            file = f"parcels/tables/{what}.csv" if what in declared else "layers/catalog.yaml"
            yield Gap("source", title, f"缺少 {declared.get(what, what)}，该规则不参与判定", file)
    trace = evaluation.trace
    waiting = trace.loc[(trace["reason"] == "阈值未提供").to_numpy(dtype=bool), "rule_id"].astype("str")
    for rule_id, count in waiting.value_counts().items():
        title = f"{book.title.zh} · {titles.get(str(rule_id), rule_id)}"
        file = f"parcels/rulebooks/{tables[str(rule_id)]}" if str(rule_id) in tables else ""
        yield Gap("threshold", title, "没有适用的阈值，记为资料不足", file, int(count))


def _threshold_tables(book: Rulebook) -> dict[str, str]:
    """Return the file of the threshold table of each rule that has one."""
    gates: list[tuple[str, Predicate]] = [(gate.id, gate) for gate in book.gates]
    return {id_: gate.value.table for id_, gate in gates if isinstance(gate.value, ValueTable)}


def _empty_controls(workspace: Workspace) -> Iterator[Gap]:
    """Yield the control values without a number, by what they control and where they come from."""
    path = workspace.root / "parcels" / CONTROLS
    if not path.exists():
        return
    frame = read_table(path)
    # A `case` row is decided case by case: it is complete without a number.
    empty = frame[frame["value"].isna() & (frame["op"] != "case")]
    for (source, unit), rows in empty.groupby(["source", "unit"], sort=False):
        names = "、".join(dict.fromkeys(rows["indicator_zh"]))
        title = f"{names}（{unit}）" if unit != "1" else names
        yield Gap("control", title, f"{_chinese(str(source))}：数值未加载", f"parcels/{CONTROLS}", len(rows))


def _chinese(source: str) -> str:
    """Return the Chinese part of a source that gives it in brackets after English."""
    inner = re.search(r"[(（](.*)[)）]", source)
    return inner.group(1).strip() if inner and source[:1].isascii() else source


def _absent_tables(workspace: Workspace) -> Iterator[Gap]:
    wanted = {"enterprises.csv": "企业年度指标", "occupancy.csv": "企业用地关系", CONTROLS: "标准地控制指标"}
    for name, title in wanted.items():
        if not (workspace.root / "parcels" / name).exists():
            yield Gap("source", title, "没有这张表，相关指标记为资料不足", f"parcels/{name}")


def _unseen_texts(workspace: Workspace) -> Iterator[Gap]:
    """Yield the cited documents whose text nobody here has seen, the most cited first."""
    cited = pd.Series(
        [
            rule.clause.partition("/")[0]
            for book in workspace.rulebooks(subject=None)
            for rule in book.rules
            if rule.clause
        ],
        dtype=object,
    )
    for id_, count in cited.value_counts().items():
        policy = workspace.policies.documents.get(str(id_))
        if policy and not policy.text_seen and policy.status != "D":
            yield Gap("text", policy.title, TEXT_NOT_SEEN, f"parcels/policies/{policy.id}.yaml", int(count))
