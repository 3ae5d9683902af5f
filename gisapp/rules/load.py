"""Loading policies and rulebooks, with every fault named by file and line (读取政策与规则集)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Final

import pandas as pd

from gisapp.errors import InputError, Problem
from gisapp.io.hashing import sha256_text
from gisapp.io.tables import read_table
from gisapp.io.yamlfile import Document, Place, load_yaml
from gisapp.model.rules import Choose, Clause, Curve, Param, Policy, Predicate, Rulebook, Subject, ValueTable
from gisapp.model.texts import AttachedText, AttachedTexts

TEXTS: Final = Path("parcels") / "policies" / "texts"
"""Where official texts of clauses are kept (条款原文)."""


@dataclass(frozen=True)
class Signature:
    """What a rulebook must match of an indicator (指标签名): its unit, the names of its parameters, its subject."""

    unit: str
    params: tuple[str, ...]
    subject: Subject = "parcel"


@dataclass(frozen=True)
class Policies:
    """All documents of a workspace (政策库), and the official texts that were attached to clauses, by clause."""

    documents: Mapping[str, Policy] = field(repr=False)
    texts: Mapping[str, AttachedText] = field(default_factory=dict, repr=False)

    def clause(self, reference: str) -> tuple[Policy, Clause] | None:
        """Return the document and clause of ``policy/clause``, or None if it does not resolve."""
        name, _, number = reference.partition("/")
        policy = self.documents.get(name)
        found = next((clause for clause in policy.clauses if clause.id == number), None) if policy else None
        return (policy, found) if policy and found else None


@dataclass(frozen=True)
class LoadedRulebook:
    """A rulebook that passed every check (已核规则集), with its threshold tables and content hash."""

    rulebook: Rulebook
    policies: Policies = field(repr=False)
    tables: Mapping[str, Mapping[str, float]] = field(repr=False)
    hash: str


def load_policies(root: Path) -> Policies:
    """Return every document below ``root/parcels/policies``, or raise with all their faults."""
    documents: dict[str, Policy] = {}
    problems: list[Problem] = []
    for path in sorted((root / "parcels" / "policies").glob("*.yaml")):
        try:
            policy, document = load_yaml(path, Policy, root=root)
        except InputError as error:
            problems += error.problems
            continue
        if policy.id != path.stem:
            expected = path.stem
            problems.append(
                Problem(
                    "政策 id 与文件名不一致",
                    file=document.name,
                    field="id",
                    value=policy.id,
                    expected=expected,
                )
            )
        documents[policy.id] = policy
    if problems:
        raise InputError(problems)
    return Policies(documents, _texts(root, Policies(documents)))


def _texts(root: Path, policies: Policies) -> dict[str, AttachedText]:
    """Return the attached texts, or raise where one belongs to no clause or its file is gone."""
    path = root / TEXTS / "index.yaml"
    if not path.exists():
        return {}
    index, document = load_yaml(path, AttachedTexts, root=root)
    problems = []
    for place, text in enumerate(index.texts):
        line = document.line(("texts", place))
        if policies.clause(text.clause) is None:
            problems.append(
                Problem(
                    "所附原文的条款不存在", file=document.name, line=line, field="clause", value=text.clause
                )
            )
        if not (root / TEXTS / text.file).is_file():
            action = "从备份放回该文件，或删去这一条后重新附上"
            problems.append(
                Problem(
                    "所附原文的文件不在",
                    file=document.name,
                    line=line,
                    field="file",
                    value=text.file,
                    action=action,
                )
            )
    if problems:
        raise InputError(problems)
    return {text.clause: text for text in index.texts}


def rulebook_files(root: Path) -> list[Path]:
    """Return the rulebook files of a workspace."""
    return sorted((root / "parcels" / "rulebooks").glob("*.yaml"))


def load_rulebook(
    path: Path, *, root: Path, policies: Policies, signatures: Mapping[str, Signature]
) -> LoadedRulebook:
    """Return a checked rulebook.

    Raises
    ------
    InputError
        With each clause that does not resolve, indicator that is unknown or of another subject, unit or parameter
        that differs and threshold table that cannot be read, by file and line.
    """
    rulebook, document = load_yaml(path, Rulebook, root=root)
    problems = _clause_problems(rulebook, document, policies)
    problems += _indicator_problems(rulebook, document, signatures)
    tables: dict[str, Mapping[str, float]] = {}
    hashes = [rulebook.model_dump_json()]
    for place, predicate in _predicates(rulebook):
        value = predicate.value
        if not isinstance(value, ValueTable) or table_id(value) in tables:
            continue
        try:
            tables[table_id(value)] = _table(path.parent / value.table, value)
        except InputError as error:
            problems += [
                Problem(
                    p.message,
                    file=document.name,
                    line=document.line((*place, "value")),
                    field="table",
                    value=value.table,
                )
                for p in error.problems
            ]
        hashes.append(str(sorted(tables.get(table_id(value), {}).items())))
    if problems:
        raise InputError(problems)
    cited = sorted({rule.clause for rule in rulebook.rules if rule.clause})
    hashes += [f"{ref}={found[1].model_dump_json()}" for ref in cited if (found := policies.clause(ref))]
    return LoadedRulebook(rulebook, policies, tables, sha256_text(hashes))


def table_id(value: ValueTable) -> str:
    """Return the key of a threshold table among the loaded ones."""
    return f"{value.table}#{value.key}#{value.column}"


def _table(path: Path, value: ValueTable) -> Mapping[str, float]:
    frame = read_table(path)
    missing = [column for column in (value.key, value.column) if column not in frame.columns]
    if missing:
        raise InputError(Problem(f"阈值表缺少列 {'、'.join(missing)}"))
    numbers = pd.to_numeric(frame[value.column], errors="coerce")
    return {
        str(code): float(number)
        for code, number in zip(frame[value.key], numbers, strict=True)
        if pd.notna(number)
    }


def in_force(rulebooks: Mapping[Path, Rulebook], rulebook_id: str, as_of: date) -> Path:
    """Return the file of the edition of `rulebook_id` that is in force on `as_of`."""
    editions = {path: book for path, book in rulebooks.items() if book.id == rulebook_id}
    if not editions:
        known = "、".join(sorted({book.id for book in rulebooks.values()}))
        raise InputError(
            Problem(
                "规则集不存在", field="rulebook", value=rulebook_id, expected=known or "（工作区没有规则集）"
            )
        )
    valid = [path for path, book in editions.items() if book.effective.covers(as_of)]
    if not valid:
        periods = "；".join(
            f"{b.edition}：{b.effective.from_} 至 {b.effective.to or '今'}" for b in editions.values()
        )
        raise InputError(
            Problem(
                f"规则集 {rulebook_id} 在 {as_of} 没有生效的版本",
                field="effective",
                value=str(as_of),
                expected=periods,
                action="用 --as-of 指定有效期内的日期，或补充当时有效的规则集版本",
            )
        )
    problems = overlapping({path: editions[path] for path in valid})
    if problems:
        raise InputError(problems)
    return valid[0]


def overlapping(rulebooks: Mapping[Path, Rulebook]) -> list[Problem]:
    """Return each edition whose period overlaps that of another edition of its rulebook (有效期重叠)."""
    problems = []
    paths = sorted(
        rulebooks, key=lambda path: (rulebooks[path].id, str(rulebooks[path].effective.from_ or ""))
    )
    for earlier, later in pairwise(paths):
        one, two = rulebooks[earlier], rulebooks[later]
        starts = two.effective.from_
        if one.id != two.id or (
            one.effective.to is not None and starts is not None and one.effective.to <= starts
        ):
            continue
        document = load_yaml(earlier, Rulebook)[1]
        problems.append(
            Problem(
                f"有效期与 {later.name}（{two.edition}）重叠，同一天有两个版本",
                file=earlier.name,
                line=document.line(("effective",)),
                field="effective",
                value=f"{one.effective.from_ or '始'} 至 {one.effective.to or '今'}",
                expected=f"to 不晚于 {starts or '另一版本的 from'}",
                action="给较早的版本写上失效日期",
            )
        )
    return problems


def _clause_problems(rulebook: Rulebook, document: Document, policies: Policies) -> list[Problem]:
    named = [(("rules", i), rule.clause) for i, rule in enumerate(rulebook.rules)]
    named += [(("scope", i), gate.clause) for i, gate in enumerate(rulebook.scope)]
    return [
        Problem(
            "条款不存在",
            file=document.name,
            line=document.line((*place, "clause")),
            field="clause",
            value=clause,
            expected="parcels/policies/ 中的 文件id/条款id",
            action="补充政策文件或改正条款编号",
        )
        for place, clause in named
        if clause is not None and policies.clause(clause) is None
    ]


def _predicates(rulebook: Rulebook) -> list[tuple[Place, Predicate]]:
    out: list[tuple[Place, Predicate]] = []
    gates = [(("scope", i), gate) for i, gate in enumerate(rulebook.scope)]
    gates += [(("rules", i), rule) for i, rule in enumerate(rulebook.rules) if isinstance(rule, Predicate)]  # type: ignore[misc]
    for place, gate in gates:
        out.append((place, gate))
        out += [((*place, "applies", k), predicate) for k, predicate in enumerate(gate.applies)]
    for i, rule in enumerate(rulebook.rules):
        if isinstance(rule, Curve):
            out += [(("rules", i, "applies", k), predicate) for k, predicate in enumerate(rule.applies)]
    return out


def _indicator_problems(
    rulebook: Rulebook, document: Document, signatures: Mapping[str, Signature]
) -> list[Problem]:
    used: list[tuple[Place, str, str, Mapping[str, Param]]] = [
        (place, p.indicator, p.unit, p.params) for place, p in _predicates(rulebook)
    ]
    for i, rule in enumerate(rulebook.rules):
        if isinstance(rule, Choose):
            names = dict.fromkeys(name for row in rule.rows for name in row.when)
            used += [(("rules", i), n, rule.units.get(n, ""), rule.params.get(n, {})) for n in names]
        elif rule.kind == "curve":
            used.append((("rules", i), rule.indicator, rule.unit, rule.params))
    problems: list[Problem] = []
    for place, name, unit, params in used:
        problems += _one_indicator(document, place, name, unit, params, signatures)
        problems += _other_subject(rulebook.subject, document, place, name, signatures)
    return problems


SUBJECT_WORDS: Final[dict[Subject, str]] = {"parcel": "地块", "park": "园区", "enterprise": "企业"}
"""What a rulebook is about (评价对象)."""


def _other_subject(
    subject: Subject, document: Document, place: Place, name: str, signatures: Mapping[str, Signature]
) -> list[Problem]:
    found = signatures.get(name)
    if found is None or found.subject == subject:
        return []
    message = (
        f"指标 {name} 的评价对象是{SUBJECT_WORDS[found.subject]}，规则集的评价对象是{SUBJECT_WORDS[subject]}"
    )
    line, action = document.line((*place, "indicator")), "改用同一评价对象的指标，见 docs/indicators.md"
    return [Problem(message, file=document.name, line=line, field="indicator", value=name, action=action)]


def _one_indicator(
    document: Document,
    place: Place,
    name: str,
    unit: str,
    params: Mapping[str, Param],
    signatures: Mapping[str, Signature],
) -> list[Problem]:
    signature = signatures.get(name)
    line = document.line((*place, "indicator"))
    if signature is None:
        return [
            Problem(
                "指标不存在",
                file=document.name,
                line=line,
                field="indicator",
                value=name,
                action="查看 docs/indicators.md 中的指标名",
            )
        ]
    out = []
    if unit != signature.unit:
        line = document.line((*place, "unit"))
        out.append(
            Problem(
                f"指标 {name} 的单位不一致",
                file=document.name,
                line=line,
                field="unit",
                value=unit,
                expected=signature.unit,
            )
        )
    if set(params) != set(signature.params):
        expected = "、".join(signature.params) or "（无参数）"
        value = "、".join(params) or "（无）"
        out.append(
            Problem(
                f"指标 {name} 的参数不符",
                file=document.name,
                line=line,
                field="params",
                value=value,
                expected=expected,
            )
        )
    return out
