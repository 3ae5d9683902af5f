"""A comparison as CSV and XLSX (比对下载), each saying what its numbers rest on."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import numpy as np
import pandas as pd
from xlsxwriter import Workbook

from gisapp.app.comparing import (
    RULE_TITLES,
    TITLES,
    Compared,
    Side,
    flip_table,
    matrix_table,
    rule_table,
    rulebook_table,
)
from gisapp.app.desk import PRODUCT
from gisapp.app.downloads import FINDING, SYNTHETIC, neutral
from gisapp.errors import InputError, Problem, UsageError
from gisapp.evaluation import Evaluation
from gisapp.evaluation.explain import verdict_word
from gisapp.i18n import translate
from gisapp.settings import Language

MOST_RULE_ROWS = 100_000
"""Rows of one sheet; a comparison of more says so on the sheet of facts."""


def facts(compared: Compared, language: Language = "zh") -> list[tuple[str, str]]:
    """Return what a comparison rests on, as pairs of name and value (比对说明)."""

    def t(text: str, **values: object) -> str:
        found = translate(text, language)
        return found.format(**values) if values else found

    book, info = compared.after.rulebook, compared.base.view.catalog.workspace
    pairs = [(t("平台"), t(PRODUCT)), (t("评价规则"), book.title.text(language))]
    sides = ((t("基准"), compared.base, compared.before), (t("对比"), compared.other, compared.after))
    for place, (word, side, run) in enumerate(sides):
        pairs += _side(word, side, run)
        if compared.unused[place]:
            pairs.append((f"{word} · {t('对本规则集不起作用的设置')}", "；".join(compared.unused[place])))
    count = len(compared.found.rules)
    return [
        *pairs,
        (t("数据性质"), t(SYNTHETIC) if info.synthetic else t("业务数据")),
        (t("判定改变"), str(compared.flips)),
        (t("判定不变、得分或面积改变"), str(len(compared.found.moved))),
        (t("规则差异行数"), str(count) if count <= MOST_RULE_ROWS else f"{count} > {MOST_RULE_ROWS}"),
        (t("结论性质"), t(FINDING)),
    ]


def _side(word: str, side: Side, run: Evaluation) -> list[tuple[str, str]]:
    manifest = run.manifest
    settings = "；".join(f"{key}={value}" for key, value in manifest["settings"].items()) or "—"
    said = f"{side.title} · r{manifest['revision']} · {run.rulebook.edition} · {manifest['as_of']}"
    return [(word, said), (f"{word} · --set", settings), (f"{word} · run_id", run.run_id)]


def sheets(compared: Compared, language: Language = "zh") -> dict[str, pd.DataFrame]:
    """Return the tables of a comparison by the name of their sheet (比对各表), titles in `language`."""

    def titled(table: pd.DataFrame, titles: dict[str, str]) -> pd.DataFrame:
        return table.rename(columns={name: translate(title, language) for name, title in titles.items()})

    matrix = matrix_table(compared)
    words = {name: _word(compared.before, name, language) for name in {*matrix.index, *matrix.columns}}
    matrix = matrix.rename(index=words, columns=words).rename_axis(
        translate("基准判定 \\ 对比判定", language)
    )
    return {
        translate("差异清单", language): titled(flip_table(compared, language), TITLES),
        translate("判定矩阵", language): matrix.rename_axis(columns=None).reset_index(),
        translate("规则差异", language): titled(rule_table(compared, language), RULE_TITLES).head(
            MOST_RULE_ROWS
        ),
        translate("规则集差异", language): _rulebook(compared, language),
    }


def _word(run: Evaluation, verdict: str, language: Language) -> str:
    return translate("无此地块" if verdict == "-" else verdict_word(run.rulebook, verdict), language)


def _rulebook(compared: Compared, language: Language) -> pd.DataFrame:
    heads = ("规则", "规则名称", "项目", "基准", "对比", "条款")
    return rulebook_table(compared, language).set_axis([translate(head, language) for head in heads], axis=1)


def csv_bytes(compared: Compared, language: Language = "zh") -> bytes:
    """Return the list of differences as CSV in UTF-8 with a byte-order mark, both run ids on every row."""
    table = next(iter(sheets(compared, language).values()))
    ends = {"基准 run_id": compared.before.run_id, "对比 run_id": compared.after.run_id}
    table = table.assign(**{translate(name, language): value for name, value in ends.items()})
    safe = table.astype("object").map(neutral)
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def xlsx_bytes(compared: Compared, language: Language = "zh") -> bytes:
    """Return a workbook: differences, matrix, rules, rulebook, and what they rest on."""
    stream = io.BytesIO()
    plain = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with Workbook(stream, plain) as book:
        day = compared.base.view.catalog.workspace.data_date
        created = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).replace(tzinfo=None)
        book.set_properties({"title": translate("情景比对", language), "created": created})
        for name, table in sheets(compared, language).items():
            _sheet(book, name, table)
        about = [translate("项目", language), translate("内容", language)]
        _sheet(book, translate("说明", language), pd.DataFrame(facts(compared, language), columns=about))
    return stream.getvalue()


def _sheet(book: Workbook, name: str, table: pd.DataFrame) -> None:
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "bg_color": "#10273A", "font_color": "#FFFFFF"})
    for column, title in enumerate(table.columns):
        sheet.set_column(column, column, 22)
        sheet.write_string(0, column, str(title), head)
        for row, value in enumerate(table.iloc[:, column], start=1):
            if isinstance(value, str):
                sheet.write_string(row, column, value)
            elif isinstance(value, (int, float, np.number)) and np.isfinite(value):
                sheet.write_number(row, column, float(value))
    sheet.freeze_panes(1, 1)


def file_name(compared: Compared, suffix: str) -> str:
    """Return a name that tells rulebook, both scenarios and runs (文件名)."""
    ends = f"{compared.before.run_id[:6]}_{compared.after.run_id[:6]}"
    return f"比对_{compared.after.rulebook.title.zh}_{ends}.{suffix}"


def write(compared: Compared, path: Path) -> None:
    """Write a comparison to a new CSV or XLSX file.

    Raises
    ------
    UsageError
        If the file is there already, or its name ends otherwise.
    InputError
        If it cannot be written.
    """
    makers = {".csv": csv_bytes, ".xlsx": xlsx_bytes}
    make = makers.get(path.suffix.lower())
    if make is None:
        raise UsageError(f"--out {path.name}：不支持的格式", action="用 .csv 或 .xlsx")
    content = make(compared)
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError as error:
        raise UsageError(f"--out {path.name}：文件已存在", action="换一个文件名，或先移走它") from error
    except OSError as error:
        raise InputError(Problem("不能写出文件", file=path.name, action="检查文件夹与权限")) from error
