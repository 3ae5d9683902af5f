"""The thresholds of packages in force on a day (方案测算参数), each with its clause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from gisapp.errors import InputError, Problem
from gisapp.evaluation.sources import source
from gisapp.evaluation.udb.result import Basis
from gisapp.io.hashing import sha256_text
from gisapp.io.yamlfile import load_yaml
from gisapp.model.udb import UdbParameter, UdbParameters
from gisapp.rules.load import Policies

FILE: Final = Path("parcels") / "rulebooks" / "data" / "udb_package.yaml"
NEEDED: Final[Mapping[str, str]] = {
    "UDB-02-area": "m2",
    "UDB-02-share": "1",
    "UDB-07-net": "ha",
    "UDB-08-contact": "m2",
    "UDB-08-cultivated": "ha",
    "UDB-08-farmland": "m2",
    "UDB-08-grade": "1",
    "UDB-08-redline": "m2",
    "UDB-09-2025": "1",
    "UDB-09-2030": "1",
    "UDB-09-stage": "1",
    "UDB-11-hole": "ha",
    "UDB-11-neck": "m",
    "UDB-12-share": "1",
}
"""The parameters that the arithmetic reads, with their units."""


@dataclass(frozen=True)
class Parameters:
    """The thresholds in force (现行参数)."""

    entries: Mapping[str, UdbParameter] = field(repr=False)
    policies: Policies = field(repr=False)
    hash: str = ""

    def value(self, id_: str) -> float:
        """Return a threshold in its own unit; `load_parameters` made sure that it is there."""
        found = self.entries[id_].value
        assert found is not None
        return found

    def basis(self, id_: str) -> Basis:
        """Return where a threshold stands."""
        entry = self.entries[id_]
        return basis_of(self.policies, entry.clause, entry)


def basis_of(policies: Policies, clause: str, entry: UdbParameter | None = None) -> Basis:
    """Return the basis of a clause, with the status of a threshold where one is given."""
    found = policies.clause(clause)
    behind = source(policies, clause, entry.status if entry else found[1].status if found else "D")
    note = "；".join(part for part in (entry.note if entry else "", behind.note) if part)
    return Basis(clause, behind.title, behind.status, f"{behind.status} {behind.short}", note)


def load_parameters(root: Path, policies: Policies, *, as_of: date) -> Parameters:
    """Return the thresholds in force on `as_of`.

    Raises
    ------
    InputError
        With each threshold that is missing, stands twice, has another unit, no number, or cites a clause that does not
        resolve.
    """
    listed = load_yaml(root / FILE, UdbParameters, root=root)[0]
    entries: dict[str, UdbParameter] = {}
    problems: list[Problem] = []
    for entry in listed.parameters:
        if policies.clause(entry.clause) is None:
            problems.append(_problem("条款不存在", entry, "clause", entry.clause))
        if not entry.effective.covers(as_of):
            continue
        if entry.id in entries:
            problems.append(_problem(f"{as_of.isoformat()} 同一参数有两版有效", entry, "effective", entry.id))
        entries[entry.id] = entry
    for id_, unit in NEEDED.items():
        found = entries.get(id_)
        if found is None:
            text = f"缺少 {as_of.isoformat()} 有效的参数"
            problems.append(Problem(text, file=FILE.as_posix(), field=id_, action="补充该参数及其条款"))
        elif found.unit != unit:
            problems.append(_problem("单位不对", found, "unit", found.unit, expected=unit))
        elif found.value is None:
            problems.append(_problem("没有数值", found, "value", "空", expected="数字"))
    if problems:
        raise InputError(problems)
    texts = [f"{id_}={entry.model_dump_json()}" for id_, entry in sorted(entries.items())]
    return Parameters(entries, policies, sha256_text(texts))


def _problem(
    text: str, entry: UdbParameter, name: str, value: str, *, expected: str | None = None
) -> Problem:
    return Problem(text, file=FILE.as_posix(), field=f"{entry.id}.{name}", value=value, expected=expected)
