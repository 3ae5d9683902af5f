"""The recorded process of a parcel as a workbook (办理记录下载), each step with what was and what is computed."""

from __future__ import annotations

from typing import Final

import pandas as pd

from gisapp.app.parkfiles import basis_sheet, xlsx_bytes
from gisapp.app.process import NOTE, ParcelProcess
from gisapp.app.workspace import Workspace
from gisapp.i18n import translate
from gisapp.settings import Language

TITLES: Final = {
    "parcel": "地块标识",
    "procedure": "程序",
    "step": "步骤",
    "day": "日期",
    "document": "文号",
    "reason": "理由",
    "author": "办理人",
    "number": "记录号",
    "then": "当时测算结论",
    "then_run": "当时运行编号",
    "now": "现在测算结论",
    "now_run": "现在运行编号",
    "differs": "结论已变",
}


def process_table(found: tuple[ParcelProcess, ...], language: Language = "zh") -> pd.DataFrame:
    """Return one row a recorded step, and one for a process that has none, titled in words."""
    rows = [row for process in found for row in _rows(process, language)]
    table = pd.DataFrame(rows, columns=list(TITLES))
    return table.rename(columns={name: translate(title, language) for name, title in TITLES.items()})


def _rows(process: ParcelProcess, language: Language) -> list[dict[str, object]]:
    beside = {
        "parcel": process.parcel_id,
        "procedure": process.procedure.title.text(language),
        "now": translate(process.computed["verdict_word"], language),
        "now_run": process.computed["run_id"],
    }
    if not process.steps:
        return [beside | {"step": translate(process.state, language)}]
    return [
        beside
        | {
            "step": translate(process.title_of(taken), language),
            "day": taken.day.isoformat(),
            "document": taken.document,
            "reason": taken.reason,
            "author": taken.author.name,
            "number": taken.number,
            "then": translate(taken.computed["verdict_word"], language),
            "then_run": taken.computed["run_id"],
            "differs": translate("是" if process.differs(taken) else "否", language),
        }
        for taken in process.steps
    ]


def process_xlsx(
    workspace: Workspace, found: tuple[ParcelProcess, ...], rulebook: str, language: Language = "zh"
) -> bytes:
    """Return the processes of a parcel as a workbook: the steps, and what the finding beside them rests on."""
    evaluation = workspace.evaluate(rulebook)
    sheets = {
        translate("认定程序", language): process_table(found, language),
        translate("说明", language): basis_sheet(evaluation, workspace, language, NOTE),
    }
    return xlsx_bytes(sheets, evaluation, workspace, language)


__all__ = ["TITLES", "process_table", "process_xlsx"]
