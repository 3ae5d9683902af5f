"""Whether results still stand on what is there now (结果是否过期): parcels, rulebook, and the files of layers and tables."""

from __future__ import annotations

from typing import Final, Literal

from gisapp.app.desks import Desks
from gisapp.app.workspace import Workspace
from gisapp.errors import GisappError
from gisapp.evaluation import Evaluation
from gisapp.model.changes import OFFICIAL

Reason = Literal["parcels", "rulebook", "files"]
WORDS: Final[dict[Reason, str]] = {
    "parcels": "地块已有新版本",
    "rulebook": "规则集已改动",
    "files": "图层、资料表或政策文件已改动",
}
"""What has changed since the run, in words."""


def reasons(desks: Desks, evaluation: Evaluation, branch: str = OFFICIAL) -> tuple[Reason, ...]:
    """Return what has changed since an evaluation was made, none where it still stands.

    The parcels are compared by content, the rulebook by hash, the other files by size and time of change since they
    were read.
    """
    manifest = evaluation.manifest
    found: list[Reason] = []
    view = desks.current(branch).workspace
    if view.table.hash != manifest["parcels"]["hash"]:
        found.append("parcels")
    if _rulebook_hash(view, evaluation) != manifest["rulebook"]["hash"]:
        found.append("rulebook")
    if desks.workspace.files_changed():
        found.append("files")
    return tuple(found)


def _rulebook_hash(workspace: Workspace, evaluation: Evaluation) -> str | None:
    try:
        return workspace.rulebook(evaluation.rulebook.id).hash
    except GisappError:
        return None


__all__ = ["WORDS", "Reason", "reasons"]
