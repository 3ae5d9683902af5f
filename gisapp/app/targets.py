"""The targets board (目标板): the figures of the policy, what the loaded data says, and what candidates would add.

Nothing is extrapolated: a figure that is not loaded is 未提供, one on another basis stands beside and is not measured
against the target, and a sum says how many of its subjects have no value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from gisapp.app.workspace import Workspace
from gisapp.context import Context, NotLoadedError
from gisapp.context.tables import table_catalog
from gisapp.errors import InputError, Problem
from gisapp.evaluation.explain import verdict_word
from gisapp.evaluation.sources import Source, source
from gisapp.io.yamlfile import load_yaml
from gisapp.model.rules import Subject
from gisapp.model.targets import Addition, Board, FirmSum, Target
from gisapp.settings import Language

FILE: Final = Path("parcels") / "targets.yaml"


@dataclass(frozen=True)
class Figure:
    """A figure of the loaded data (现值), in the target's unit, with its year and where it comes from.

    ``known`` of ``of`` subjects have a value where it is a sum, else None.
    """

    value: float
    year: int
    source: str
    known: int | None = None
    of: int | None = None


@dataclass(frozen=True)
class TargetLine:
    """One target beside what is loaded (目标与现值).

    ``wanted`` is None where the base year of a factor is not loaded; ``missing`` names what is not loaded.
    """

    target: Target
    source: Source
    wanted: float | None
    now: Figure | None
    beside: Figure | None
    missing: str | None

    @property
    def gap(self) -> float | None:
        """What lacks to the target in its unit, 0 where it is reached; None where either is unknown."""
        if self.wanted is None or self.now is None:
            return None
        return max(0.0, self.wanted - self.now.value)


@dataclass(frozen=True)
class AdditionLine:
    """What the subjects of one verdict come to (候选贡献).

    ``total`` is the sum over the `known` of `count` subjects that have a value; None where none has or the rulebook,
    or the rule, is not there (``missing`` says which).
    """

    addition: Addition
    rulebook: str
    edition: str
    run_id: str
    subject: Subject | None
    verdict: str
    total: float | None
    known: int
    count: int
    clause: str | None
    status: str
    missing: str | None = None


def load_board(workspace: Workspace) -> Board:
    """Return the board of a workspace, empty where it has none.

    Raises
    ------
    InputError
        With each target that cites a clause which is not in the policies, by file and line.
    """
    path = workspace.root / FILE
    if not path.exists():
        return Board()
    board, document = load_yaml(path, Board, root=workspace.root)
    problems = [
        Problem(
            "条款不存在",
            file=document.name,
            line=document.line(("targets", place)),
            field=target.id,
            value=target.clause,
            action="改正 clause，或在 parcels/policies 中补充该条款",
        )
        for place, target in enumerate(board.targets)
        if workspace.policies.clause(target.clause) is None
    ]
    if problems:
        raise InputError(problems)
    return board


def target_lines(workspace: Workspace, board: Board, language: Language = "zh") -> list[TargetLine]:
    """Return every target beside the newest figure up to the data date (目标与现值)."""
    context, day = workspace.context(), workspace.catalog.workspace.data_date
    titles = {spec.id: spec.title for spec in table_catalog(workspace.root).tables}
    out = []
    for target in board.targets:
        found, missing = _statistics(context, target.measure.table, target.measure.figure)
        now = _newest(found, day.year)
        name = titles[missing].text(language) if missing in titles else missing
        wanted, lacks = target.value, None if now else name or target.measure.figure
        if target.factor is not None and target.base_year is not None:
            base = found.get(target.base_year)
            wanted = None if base is None else target.factor * base.value
            lacks = lacks or (None if base else f"{target.measure.figure} {target.base_year}")
        beside = _firms(context, target.beside, day.year) if target.beside else None
        said = source(workspace.policies, target.clause, target.status)
        out.append(TargetLine(target, said, wanted, now, beside, lacks))
    return out


def _statistics(context: Context, table: str, figure: str) -> tuple[dict[int, Figure], str | None]:
    """Return the figures of a declared table by year, and what is not loaded."""
    try:
        frame = context.table(table)
    except NotLoadedError as error:
        return {}, error.what
    rows = frame[(frame["figure"] == figure) & frame["value"].notna()]
    found = {
        int(row["year"]): Figure(float(row["value"]), int(row["year"]), str(row["document"]))
        for row in rows.to_dict("records")
    }
    return found, None


def _newest(found: dict[int, Figure], last: int) -> Figure | None:
    years = [year for year in found if year <= last]
    return found[max(years)] if years else None


def _firms(context: Context, wanted: FirmSum, last: int) -> Figure | None:
    """Return the sum over enterprises in their newest year before `last`, of those that have a value."""
    yearly = context.enterprises
    if yearly is None or wanted.enterprises not in yearly:
        return None
    years = yearly.loc[yearly["year"] < last, "year"]
    if years.empty:
        return None
    year = int(years.max())
    values = yearly.loc[yearly["year"] == year, wanted.enterprises].astype("float64")
    known = int(values.notna().sum())
    if not known:
        return None
    return Figure(float(values.sum()) / wanted.divisor, year, "parcels/enterprises.csv", known, len(values))


def addition_lines(workspace: Workspace, board: Board) -> list[AdditionLine]:
    """Return what each kind of candidate comes to, by the evaluations on the data date (候选贡献)."""
    known = {book.id for book in workspace.rulebooks(subject=None)}
    return [
        _addition(workspace, addition) if addition.rulebook in known else _absent(addition, addition.rulebook)
        for addition in board.additions
    ]


def _absent(addition: Addition, what: str) -> AdditionLine:
    return AdditionLine(addition, addition.rulebook, "", "", None, "", None, 0, 0, None, "D", missing=what)


def _addition(workspace: Workspace, addition: Addition) -> AdditionLine:
    try:
        run = workspace.evaluate(addition.rulebook)
    except InputError as error:  # one faulty rulebook does not take the board down; its own page says where
        return _absent(addition, f"{addition.rulebook}：{error.problems[0].message}")
    rules = {rule["rule_id"]: rule for rule in run.manifest["rules"]}
    if addition.rule is not None and addition.rule not in rules:
        return _absent(addition, f"{addition.rulebook} {addition.rule}")
    table = run.parcels
    if addition.verdict is not None:
        chosen = (table["verdict"] == addition.verdict).to_numpy()
    else:
        chosen = (table["verdict"] != "not_applicable").to_numpy()
    if addition.column is not None:
        values = table[addition.column].to_numpy(dtype=float)
    else:
        values = run.trace.loc[run.trace["rule_id"] == addition.rule, "value"].to_numpy(dtype=float)
    own = values[chosen]
    there = ~np.isnan(own)
    rule = rules.get(addition.rule or "")
    return AdditionLine(
        addition=addition,
        rulebook=run.rulebook.title.zh,
        edition=run.rulebook.edition,
        run_id=run.run_id,
        subject=run.rulebook.subject,
        verdict=verdict_word(run.rulebook, addition.verdict) if addition.verdict else "",
        total=float(own[there].sum()) / addition.divisor if there.any() or not len(own) else None,
        known=int(there.sum()),
        count=int(chosen.sum()),
        clause=rule["clause_title"] if rule else None,
        status=rule["status"] if rule else "N",
    )


def rows(targets: Sequence[TargetLine], additions: Sequence[AdditionLine]) -> pd.DataFrame:
    """Return the board as one table for a file (目标板下载): every number with year, source and status."""
    told = [
        {
            "part": "target", "id": line.target.id, "title": line.target.title.zh, "year": line.target.year,
            "wanted": line.wanted, "unit": line.target.unit, "value": line.now.value if line.now else None,
            "value_year": line.now.year if line.now else None, "source": line.now.source if line.now else None,
            "gap": line.gap, "not_loaded": line.missing, "clause": line.target.clause, "status": line.target.status,
        }
        for line in targets
    ]  # fmt: skip
    told += [
        {
            "part": "addition", "id": line.addition.id, "title": line.addition.title.zh, "value": line.total,
            "unit": line.addition.unit, "source": f"{line.addition.rulebook} {line.edition} {line.run_id}",
            "known": line.known, "of": line.count, "not_loaded": line.missing, "clause": line.clause, "status": line.status,
        }
        for line in additions
    ]  # fmt: skip
    return pd.DataFrame(told)
