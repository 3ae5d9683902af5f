"""Named drafts of a rulebook (草案): thresholds and weights that somebody tries, kept apart from the official edition.

One file each, ``.gisapp/drafts/<rulebook>/<name>.json``. A draft holds only what differs; it is tried on the rulebook in
force whenever it is used, so that it never outlives a rule that is gone.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from gisapp.app.storing import utc_now
from gisapp.app.workspace import Workspace
from gisapp.errors import InputError, Problem
from gisapp.io.staging import staging
from gisapp.io.yamlfile import load_yaml
from gisapp.model.base import Noun
from gisapp.rules.override import override

FOLDER: Final = "drafts"
MOST_NAME: Final = 40
_NAME: Final = re.compile(r"[\w（）()·-][\w（）()· -]*")


class RulebookDraft(Noun):
    """A named set of changed numbers of one rulebook (草案), with who kept it and when (UTC)."""

    name: str
    rulebook: str
    edition: str
    settings: dict[str, str]
    author: str
    made_at: dt.datetime


def listed(workspace: Workspace, rulebook: str) -> list[str]:
    """Return the names of the drafts of a rulebook, in order."""
    folder = workspace.state / FOLDER / rulebook
    return sorted(path.stem for path in folder.glob("*.json")) if folder.is_dir() else []


def read(workspace: Workspace, rulebook: str, name: str) -> RulebookDraft:
    """Return a draft, tried on the rulebook in force.

    Raises
    ------
    InputError
        If there is none of this name, or its file is damaged.
    UsageError
        If the rulebook in force has not what it sets.
    """
    path = _path(workspace, rulebook, name)
    if name not in listed(workspace, rulebook):
        raise InputError(
            Problem(
                "没有这个草案", value=name, expected="、".join(listed(workspace, rulebook)) or "（没有草案）"
            )
        )
    draft = load_yaml(path, RulebookDraft, root=workspace.root)[0]
    override(workspace.rulebook(rulebook), draft.settings)
    return draft


def save(
    workspace: Workspace, rulebook: str, name: str, settings: Mapping[str, str], *, author: str
) -> RulebookDraft:
    """Write a draft over one of the same name, whole or not at all, and return it.

    Raises
    ------
    InputError
        If the name cannot be one, nothing differs, or the folder cannot be written.
    UsageError
        If a setting means nothing to the rulebook.
    """
    path = _path(workspace, rulebook, name)
    if not settings:
        raise InputError(Problem("草案没有任何改动", action="先改一个阈值或权重"))
    loaded = workspace.rulebook(rulebook)
    override(loaded, settings)
    draft = RulebookDraft(
        name=path.stem, rulebook=rulebook, edition=loaded.rulebook.edition, settings=dict(settings), author=author,
        made_at=utc_now(),
    )  # fmt: skip
    content = json.dumps(draft.model_dump(mode="json"), ensure_ascii=False, indent=1)
    with staging(path.parent, ".draft-") as folder:
        (folder / "draft.json").write_text(content + "\n", encoding="utf-8")
        (folder / "draft.json").replace(path)
    return draft


def delete(workspace: Workspace, rulebook: str, name: str) -> bool:
    """Remove a draft; say whether there was one."""
    path = _path(workspace, rulebook, name)
    there = path.exists()
    path.unlink(missing_ok=True)
    return there


def _path(workspace: Workspace, rulebook: str, name: str) -> Path:
    plain = " ".join(name.split())
    if len(plain) > MOST_NAME or not _NAME.fullmatch(plain):
        expected = f"不超过 {MOST_NAME} 字的文字、数字、空格、- 或括号"
        raise InputError(Problem("草案名称不可用", value=plain, expected=expected, action="换一个名称"))
    return workspace.state / FOLDER / rulebook / f"{plain}.json"
