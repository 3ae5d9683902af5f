"""Documents and official texts (政策文件与条款原文): added or replaced, everything that cites them checked before."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

import yaml

from gisapp.app.tablefiles import put_aside, replace_files
from gisapp.app.workspace import Workspace
from gisapp.errors import InputError, Problem, UsageError, unreadable
from gisapp.evaluation.measure import signatures
from gisapp.io.hashing import sha256_file
from gisapp.io.staging import staging
from gisapp.io.tables import decode
from gisapp.io.yamlfile import load_yaml
from gisapp.model.rules import Clause, Policy
from gisapp.model.texts import AttachedText, AttachedTexts
from gisapp.rules.load import TEXTS, Policies, load_rulebook, rulebook_files

FOLDER: Final = Path("parcels") / "policies"
DOCUMENTS: Final = (".yaml", ".yml")
KINDS: Final = {".pdf": b"%PDF-", ".docx": b"PK\x03\x04", ".ofd": b"PK\x03\x04", ".txt": b"", ".md": b""}
"""Kinds of official texts and how their bytes begin; plain texts must be readable."""
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]")
HASH_PART: Final = 12


@dataclass(frozen=True)
class PolicyImport:
    """What adding a document or a text did (加载结果)."""

    file: str
    to: str
    document: str
    clause: str | None
    clauses: int
    state: str
    stored: str
    sha256: str
    loaded_by: str
    loaded_on: date
    backup: str | None
    dry_run: bool


@dataclass(frozen=True)
class By:
    """Who loads it, and on which day (加载人与日期)."""

    name: str
    day: date


def import_policy(
    workspace: Workspace, file: Path, by: By, *, replacing: bool = False, dry_run: bool = False
) -> PolicyImport:
    """Add a policy document, or with `replacing` put it in the place of the one with its id.

    Raises
    ------
    InputError
        If the document has faults, is there already, or a rule or an attached text cites a clause that it lacks.
    """
    if file.suffix.lower() not in DOCUMENTS:
        raise UsageError(
            f"{file.name} 不是政策文件（YAML）",
            action="附条款原文时加 --clause 文件id/条款id；政策文件写成 YAML",
        )
    policy = load_yaml(file, Policy)[0]
    before = workspace.policies.documents.get(policy.id)
    if before is not None and not replacing:
        raise InputError(
            Problem(
                "已有这份政策文件",
                file=file.name,
                field="id",
                value=policy.id,
                action="要替换它，用 --replace",
            )
        )
    _still_cited(workspace, policy, file.name)
    target = workspace.root / FOLDER / f"{policy.id}.yaml"
    backup = None
    if not dry_run:
        with staging(target.parent, ".policy-") as temporary:
            (temporary / target.name).write_bytes(file.read_bytes())
            backup = put_aside(workspace.root, [target])
            replace_files(temporary, target.parent, [target.name])
        workspace.reload()
    state = "替换" if before is not None else "新增"
    return PolicyImport(
        file.name, "policies", policy.id, None, len(policy.clauses), state, f"{FOLDER.as_posix()}/{target.name}",
        sha256_file(file), by.name, by.day, backup, dry_run,
    )  # fmt: skip


def _still_cited(workspace: Workspace, policy: Policy, name: str) -> None:
    """Refuse a document that lacks a clause which a rule cites or a text is attached to."""
    held = workspace.policies
    policies = replace(held, documents={**held.documents, policy.id: policy})
    problems = [
        Problem("新文件里没有这一条款，而它附有原文", file=name, field="clauses", value=clause)
        for clause in held.texts
        if policies.clause(clause) is None
    ]
    for path in rulebook_files(workspace.root):
        try:
            load_rulebook(path, root=workspace.root, policies=policies, signatures=signatures())
        except InputError as error:
            problems += [p for p in error.problems if p.field == "clause" and _of(p, policy.id)]
    if problems:
        raise InputError(problems)


def _of(problem: Problem, policy_id: str) -> bool:
    return (problem.value or "").partition("/")[0] == policy_id


def attach_text(
    workspace: Workspace, file: Path, clause: str, by: By, *, replacing: bool = False, dry_run: bool = False
) -> PolicyImport:
    """Attach the official text of one clause (附条款原文): the file is copied, its hash and the day recorded.

    That a text is there says nothing about our summary: ``text_seen`` of the document stays as it is.

    Raises
    ------
    InputError
        If the clause does not exist, has a text already, or the file is no text of a kind that is taken.
    """
    policy, part = _clause(workspace.policies, clause)
    content = _content(file)
    texts = workspace.policies.texts
    if clause in texts and not replacing:
        value = f"{texts[clause].name}，{texts[clause].attached_on}"
        raise InputError(
            Problem(
                "该条款已附原文",
                field="--clause",
                value=value,
                action="要换成这一份，用 --replace；旧件会保留",
            )
        )
    digest = hashlib.sha256(content).hexdigest()
    stored = f"{policy.id}/{_UNSAFE.sub('_', part.id)}-{digest[:HASH_PART]}{file.suffix.lower()}"
    new = AttachedText(
        clause=clause, file=stored, sha256=digest, name=file.name, attached_by=by.name, attached_on=by.day
    )
    backup = None if dry_run else _write(workspace.root, {**texts, clause: new}, stored, content)
    if not dry_run:
        workspace.reload()
    state = "替换原文" if clause in texts else "附原文"
    return PolicyImport(
        file.name, "policies", policy.id, clause, 1, state, f"{TEXTS.as_posix()}/{stored}", digest, by.name,
        by.day, backup, dry_run,
    )  # fmt: skip


def _clause(policies: Policies, clause: str) -> tuple[Policy, Clause]:
    found = policies.clause(clause)
    if found is None:
        raise InputError(
            Problem(
                "条款不存在",
                field="--clause",
                value=clause,
                expected=_clauses(policies, clause),
                action="检查写法 文件id/条款id，或先加载该政策文件",
            )
        )
    return found


def _clauses(policies: Policies, clause: str) -> str:
    """Return the clauses of the document that was named, or what a document's id looks like."""
    policy = policies.documents.get(clause.partition("/")[0])
    if policy is None:
        return "parcels/policies/ 中的 文件id/条款id"
    return "、".join(f"{policy.id}/{one.id}" for one in policy.clauses)


def _content(file: Path) -> bytes:
    kind = file.suffix.lower()
    if kind not in KINDS:
        raise InputError(Problem("不接受这种原文文件", file=file.name, value=kind, expected="、".join(KINDS)))
    try:
        content = file.read_bytes()
    except OSError as error:
        raise unreadable(file.name, error) from error
    if not content.strip():
        raise InputError(Problem("文件是空的", file=file.name, action="换一份有内容的原文"))
    if not content.startswith(KINDS[kind]):
        raise InputError(
            Problem("内容与扩展名不符", file=file.name, value=kind, action="用原来的程序另存后再附")
        )
    if not KINDS[kind]:
        decode(content, name=file.name)
    return content


def _write(root: Path, texts: Mapping[str, AttachedText], stored: str, content: bytes) -> str | None:
    """Store the text under a name that holds its hash, then the index: until then nothing has changed."""
    folder = root / TEXTS
    index = AttachedTexts(texts=tuple(texts[key] for key in sorted(texts)))
    with staging(folder, ".text-") as temporary:
        place = folder / stored
        place.parent.mkdir(parents=True, exist_ok=True)
        (temporary / "text").write_bytes(content)
        (temporary / "text").replace(place)
        told = yaml.safe_dump(index.model_dump(mode="json"), allow_unicode=True, sort_keys=False)
        (temporary / "index.yaml").write_text(told, encoding="utf-8")
        backup = put_aside(root, [folder / "index.yaml"])
        replace_files(temporary, folder, ["index.yaml"])
    return backup


def text_faults(workspace: Workspace) -> list[Problem]:
    """Return the attached texts whose bytes are no longer those that were attached (原文校验)."""
    return [
        Problem(
            "条款原文的内容已变",
            file=f"{TEXTS.as_posix()}/{text.file}",
            value=clause,
            action="从备份放回，或重新附上",
        )
        for clause, text in workspace.policies.texts.items()
        if sha256_file(workspace.root / TEXTS / text.file) != text.sha256
    ]
