"""The list of reasons for a change (变更事由): data of the workspace, with what each asks for."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from gisapp.errors import InputError, Problem
from gisapp.i18n import Text
from gisapp.io.yamlfile import load_yaml
from gisapp.model.base import Noun, Title
from gisapp.model.changes import Reason

OTHER: Final = "other"
OWN: Final = {
    "undo": Text("撤销"),
    "redo": Text("重做"),
    "seed": Text("建库"),
    "import": Text("数据导入"),
}
"""What the program gives as a reason by itself (程序自身的事由)."""


class ReasonEntry(Noun):
    """One reason (事由); ``document`` says that it wants a document number (文号)."""

    code: str
    title: Title
    document: bool = False


class ReasonList(Noun):
    """All reasons that may be chosen (事由表)."""

    reasons: tuple[ReasonEntry, ...]

    def title(self, code: str) -> str:
        """Return how a reason is called; codes of the program itself and of older lists are shown too."""
        found = next((entry.title for entry in self.reasons if entry.code == code), None)
        return Text.of(found.zh, found.en) if found else OWN.get(code, code)

    def check(self, reason: Reason) -> None:
        """Raise `InputError` if a reason is not on the list or lacks what it asks for."""
        entry = next((entry for entry in self.reasons if entry.code == reason.code), None)
        if entry is None:
            expected = "、".join(entry.code for entry in self.reasons)
            raise InputError(
                Problem("变更事由不在列表中", field="reason.code", value=reason.code, expected=expected)
            )
        if entry.code == OTHER and not reason.text.strip():
            raise InputError(Problem("选择“其他”时须写明原因", field="reason.text", action="填写说明"))
        if entry.document and not (reason.document or reason.text).strip():
            problem = Problem(
                Text("“{reason}”须给出文号或说明", reason=self.title(entry.code)),
                field="reason.document",
                action="填写批准文号，没有文号时写明依据",
            )
            raise InputError(problem)


DEFAULT: Final = ReasonList(
    reasons=(
        ReasonEntry(code="correction", title=Title(zh="数据更正", en="Correction of data")),
        ReasonEntry(code="study", title=Title(zh="方案比选", en="Study of alternatives")),
        ReasonEntry(code=OTHER, title=Title(zh="其他（须填写说明）", en="Other (say which)")),
    )
)


def load_reasons(root: Path) -> ReasonList:
    """Return the workspace's list, or the shortest one where it has none."""
    path = root / "parcels" / "change_reasons.yaml"
    return load_yaml(path, ReasonList, root=root)[0] if path.exists() else DEFAULT
