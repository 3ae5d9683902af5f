"""The case of each move (局部优化情形, UDB-04, UDB-05): the edition in force by date; what is not known is never refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from gisapp.context import Context
from gisapp.evaluation.udb.parameters import basis_of
from gisapp.evaluation.udb.result import Basis, Outcome, PackageFinding
from gisapp.model.udb import Move
from gisapp.rules.load import Policies

TABLE = "udb_cases"


@dataclass(frozen=True)
class CaseList:
    """The cases of one edition (情形清单): titles by id, and how many the document has."""

    edition: str
    titles: dict[str, str]
    total: int
    clause: str

    @property
    def complete(self) -> bool:
        """Return whether every case of the document is loaded."""
        return len(self.titles) >= self.total

    @property
    def rule(self) -> str:
        """Return the rule that lists them."""
        return "UDB-04" if self.edition == "2023" else "UDB-05"


def case_list(context: Context, day: date) -> CaseList | None:
    """Return the edition in force on `day`, None where the table is not loaded or no edition covers the day.

    Where two editions cover it, the later one counts.
    """
    if TABLE not in context.tables:
        return None
    table = context.table(TABLE)
    moment = pd.Timestamp(day)
    open_ = table["valid_to"].isna() | (moment < table["valid_to"])
    rows = table[(table["valid_from"] <= moment) & open_]
    if rows.empty:
        return None
    newest = rows.sort_values("valid_from", kind="stable")["edition"].iloc[-1]
    rows = rows[rows["edition"] == newest]
    titles = dict(zip(rows["case_id"].astype(str), rows["title"].astype(str), strict=True))
    return CaseList(str(newest), titles, int(rows["cases_total"].max()), str(rows["clause"].iloc[0]))


def case_findings(
    moves: tuple[Move, ...], cases: CaseList | None, policies: Policies
) -> list[PackageFinding]:
    """Return for each move whether its case stands in the edition in force and has a document."""
    title = "局部优化情形"
    if cases is None:
        nothing = Basis(None, "局部优化情形清单", "D", "D 未提供")
        text = "该日没有生效的情形清单，不能核对情形"
        return [PackageFinding("UDB-05", title, Outcome.NOT_LOADED, text, nothing)]
    basis = basis_of(policies, cases.clause)
    return [_of_move(move, cases, title, basis) for move in moves]


def _of_move(move: Move, cases: CaseList, title: str, basis: Basis) -> PackageFinding:
    outcome, text = _judged(move, cases)
    return PackageFinding(
        cases.rule, title, outcome, text, basis, value=move.case or "未填",
        threshold=f"{cases.edition} 年版 {cases.total} 种", move=move.id,
    )  # fmt: skip


def _judged(move: Move, cases: CaseList) -> tuple[Outcome, str]:
    if not move.case:
        return Outcome.UNKNOWN, "未注明局部优化情形，须注明情形并附证明材料"
    title = cases.titles.get(move.case)
    if title is None and cases.complete:
        known = "、".join(cases.titles)
        return Outcome.FAIL, f"情形 {move.case} 不在该版清单之内（{known}）"
    if title is None:
        lacking = cases.total - len(cases.titles)
        return (
            Outcome.NOT_LOADED,
            f"情形 {move.case} 待核：该版共 {cases.total} 种，{lacking} 种未提供，不作否定",
        )
    if not move.evidence:
        return Outcome.UNKNOWN, f"{title}：缺证明材料"
    return Outcome.PASS, f"{title}：证明材料 {len(move.evidence)} 份，须人工核对内容"
