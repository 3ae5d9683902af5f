"""Parks and enterprises as CSV and XLSX (园区与企业下载), each saying what its numbers rest on."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from typing import Final

import pandas as pd
from xlsxwriter import Workbook

from gisapp.app import enterprises as firms
from gisapp.app import parks
from gisapp.app.desk import PRODUCT
from gisapp.app.downloads import FINDING, STATUS_LEGEND, SYNTHETIC, neutral
from gisapp.app.workspace import Workspace
from gisapp.evaluation import Evaluation
from gisapp.evaluation.explain import STATUS_WORDS
from gisapp.i18n import translate
from gisapp.settings import Language

Sheets = Mapping[str, pd.DataFrame]
FIGURES: Final = {
    "name": "园区", "title": "指标", "value": "现状", "ideal": "理想值", "basis": "理想值来源", "score": "标准化得分",
    "share": "权重", "lost": "失分", "clause": "依据", "status": "状态",
}  # fmt: skip
HELD: Final = {
    "park": "园区", "parcel_id": "地块标识", "parcel_code": "宗地代码", "name": "地块名称", "use_code": "现状用途",
    "area_ha": "面积（公顷）", "points": "造成的失分",
}  # fmt: skip
BASES: Final = {
    "province": "省级当年值", "plan": "规划值", "class": "同类型园区最高值", "all": "各类园区最高值", "rate": "按比率直接计分",
}  # fmt: skip
NOT_ADDED: Final = "结构潜力与强度潜力说的是同一块地，不得相加；强度潜力按不同指标各算一遍，也不相加"
REFERENCE: Final = "外市参数只作参照，不是本市的评价结论；等级是参评企业中的名次分档"


def file_name(evaluation: Evaluation, workspace: Workspace, suffix: str) -> str:
    """Return a name that tells rulebook, data date and run (文件名)."""
    day = workspace.catalog.workspace.data_date.isoformat()
    return f"{evaluation.rulebook.title.zh}_{day}_{evaluation.run_id[:8]}.{suffix}"


def park_sheets(
    workspace: Workspace, language: Language = "zh"
) -> tuple[Evaluation, dict[str, pd.DataFrame]]:
    """Return the sheets of the parks' workbook: parks, figures, parcels that hold them back, and what it rests on."""
    evaluation, table = parks.park_table(workspace, language)
    cards = [
        parks.scorecard(workspace, str(row["park_id"]), language)
        for row in table.to_dict("records")
        if not pd.isna(row["score"])
    ]
    figures = [
        {
            "name": card.name, "title": line.title, "value": line.value, "ideal": line.ideal,
            "basis": translate(BASES.get(line.basis, ""), language), "score": line.score, "share": line.rule.share,
            "lost": line.lost, "clause": line.rule.clause_title, "status": line.rule.status,
        }
        for card in cards
        for line in card.figures
    ]  # fmt: skip
    held = (
        pd.concat([card.held.assign(park=card.name) for card in cards])
        if cards
        else pd.DataFrame(columns=[*HELD])
    )
    sheets = {
        "园区": _named(table, parks.TITLES, language),
        "园区指标": _named(pd.DataFrame(figures, columns=[*FIGURES]), FIGURES, language),
        "拖累得分的地块": _named(held[list(HELD)], HELD, language),
        "说明": basis_sheet(evaluation, workspace, language, NOT_ADDED),
    }
    return evaluation, {translate(name, language): sheet for name, sheet in sheets.items()}


def enterprise_sheets(
    workspace: Workspace, rulebook: str, language: Language = "zh"
) -> tuple[Evaluation, dict[str, pd.DataFrame]]:
    """Return the sheets of the enterprises' workbook: the list, and what it rests on."""
    found = firms.enterprise_table(workspace, rulebook, language)
    sheets = {
        "企业": _named(found.table, firms.TITLES, language),
        "说明": basis_sheet(found.evaluation, workspace, language, REFERENCE),
    }
    return found.evaluation, {translate(name, language): sheet for name, sheet in sheets.items()}


def _named(table: pd.DataFrame, titles: Mapping[str, str], language: Language) -> pd.DataFrame:
    shown = table[list(titles)].copy()
    for name in shown.columns:
        if pd.api.types.is_float_dtype(shown[name]):
            shown[name] = shown[name].round(4)
    return shown.rename(columns={name: translate(title, language) for name, title in titles.items()})


def basis_sheet(evaluation: Evaluation, workspace: Workspace, language: Language, said: str) -> pd.DataFrame:
    """Return what a list rests on, as pairs of name and value (清单说明)."""

    def t(text: str) -> str:
        return translate(text, language)

    book, info = evaluation.rulebook, workspace.catalog.workspace
    pairs = [
        (t("平台"), t(PRODUCT)),
        (t("评价规则"), book.title.text(language)),
        (t("评价规则版本"), book.edition),
        (t("运行编号"), evaluation.run_id),
        (t("数据日期"), info.data_date.isoformat()),
        (t("数据集"), info.title.text(language)),
        (t("数据性质"), t(SYNTHETIC) if info.synthetic else t("业务数据")),
        (t("结论性质"), t(FINDING)),
        (t("注意"), t(said)),
        (t("规则说明"), book.note.text(language) if book.note else ""),
    ]
    pairs += [(f"{letter} {t(STATUS_WORDS[letter])}", t(words)) for letter, words in STATUS_LEGEND.items()]
    return pd.DataFrame(pairs, columns=[t("项目"), t("内容")])


def csv_bytes(
    table: pd.DataFrame, evaluation: Evaluation, workspace: Workspace, language: Language = "zh"
) -> bytes:
    """Return a table as CSV in UTF-8 with a byte-order mark, its run on every row."""
    info = workspace.catalog.workspace
    out = table.assign(
        **{
            translate("运行编号", language): evaluation.run_id,
            translate("数据日期", language): info.data_date.isoformat(),
            translate("数据性质", language): translate(SYNTHETIC, language) if info.synthetic else "",
        }
    )
    safe = out.astype("object").map(neutral)
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def xlsx_bytes(
    sheets: Sheets, evaluation: Evaluation, workspace: Workspace, language: Language = "zh"
) -> bytes:
    """Return the sheets as a workbook; texts stay texts."""
    stream, day = io.BytesIO(), workspace.catalog.workspace.data_date
    plain = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with Workbook(stream, plain) as book:
        created = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).replace(tzinfo=None)
        book.set_properties({"title": evaluation.rulebook.title.text(language), "created": created})
        head = book.add_format(
            {"bold": True, "bg_color": "#10273A", "font_color": "#FFFFFF", "valign": "vcenter"}
        )
        for name, table in sheets.items():
            sheet = book.add_worksheet(name)
            for column, title in enumerate(table.columns):
                sheet.set_column(column, column, 90 if len(table.columns) == 2 and column else 16)
                sheet.write_string(0, column, str(title), head)
                for row, value in enumerate(table.iloc[:, column], start=1):
                    if isinstance(value, str):
                        sheet.write_string(row, column, value)
                    elif not pd.isna(value):
                        sheet.write_number(row, column, float(value))
            sheet.freeze_panes(1, 1)
    return stream.getvalue()
