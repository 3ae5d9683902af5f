"""压占分析表 as a workbook (XLSX): the table, parcels, blocks, clauses, and what it all rests on; numbers are numbers."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from typing import Final

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from gisapp.app.sitetable import (
    BLOCK_COLUMNS,
    CITATION_COLUMNS,
    COLUMNS,
    PARCEL_COLUMNS,
    cited,
    facts,
    finding_text,
    remarks_text,
    row_name,
    topic_title,
    words,
)
from gisapp.evaluation.site import SiteCheck
from gisapp.model.layers import WorkspaceInfo
from gisapp.settings import Language
from gisapp.units import m2_to_mu

Cell = str | float | int | None
_WIDTHS: Final = {
    "专题": 20, "类别": 28, "结论": 18, "说明": 44, "规则": 20, "条款": 34, "依据状态": 20, "来源": 20, "地块标识": 14,
    "宗地代码": 23, "地块名称": 24, "占用企业": 26, "提示": 44, "红线地块": 26, "标题": 30, "判定标准": 32, "办理要求": 48, "备注": 40,
}  # fmt: skip


def site_workbook(check: SiteCheck, info: WorkspaceInfo, language: Language = "zh") -> bytes:
    """Return the workbook; equal checks give equal bytes. No text from data can become a formula."""
    t, stream = words(language), io.BytesIO()
    plain = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with Workbook(stream, plain) as book:
        day = dt.date.fromisoformat(check.manifest["as_of"])
        book.set_properties({"title": t("压占分析表"), "created": dt.datetime(day.year, day.month, day.day)})
        _sheet(book, t("压占分析表"), COLUMNS, _rows(check, language), language)
        _sheet(book, t("涉及宗地"), PARCEL_COLUMNS, _parcels(check, language), language)
        _sheet(book, t("红线地块"), BLOCK_COLUMNS, _blocks(check), language)
        if len(check.blocks) > 1:
            heads = ["专题", "类别", *(f"{block.number} {block.name}" for block in check.blocks)]
            _sheet(book, t("分地块面积"), heads, _by_block(check, language), language)
        _sheet(book, t("依据"), CITATION_COLUMNS, _citations(check, language), language)
        _about(book, check, info, language)
    return stream.getvalue()


def _rows(check: SiteCheck, language: Language) -> Iterable[Sequence[Cell]]:
    for topic, row in check.flat():
        remarks = remarks_text([row.detail, *(topic.notes if row is topic.rows[0] else ())], language)
        yield (
            topic_title(topic, language), row_name(row, language), finding_text(row, language), _rounded(row.area_m2),
            _rounded(row.area_mu), row.share, remarks, *cited(topic), topic.authority, topic.as_of or "未注明",
        )  # fmt: skip


def _parcels(check: SiteCheck, language: Language) -> Iterable[Sequence[Cell]]:
    for p in check.parcels:
        yield (
            p.parcel_id, p.parcel_code, p.name, words(language)(p.owner_text), p.use_code, _rounded(p.registered_m2), _rounded(p.area_m2),
            _rounded(p.taken_m2), _rounded(m2_to_mu(p.taken_m2)), p.taken_share, _rounded(p.remaining_m2),
            "、".join(p.occupants), remarks_text(p.warnings, language),
        )  # fmt: skip


def _blocks(check: SiteCheck) -> Iterable[Sequence[Cell]]:
    for b in check.blocks:
        gap = None if b.declared_m2 is None else b.declared_m2 - b.area_m2
        yield (
            b.number, b.name, _rounded(b.area_m2), _rounded(m2_to_mu(b.area_m2)), _rounded(b.plane_m2),
            _rounded(b.declared_m2), _rounded(gap), b.use,
        )  # fmt: skip


def _by_block(check: SiteCheck, language: Language) -> Iterable[Sequence[Cell]]:
    for topic, row in check.flat():
        if row.by_block:
            yield (topic_title(topic, language), row_name(row, language), *map(_rounded, row.by_block))


def _citations(check: SiteCheck, language: Language) -> Iterable[Sequence[Cell]]:
    for topic in check.topics:
        for c in topic.citations:
            title = c.title_en if language == "en" else c.title
            state = f"{c.status_text}。{c.status_note}" if c.status_note else c.status_text
            yield (
                topic_title(topic, language), c.rule_id, title, c.rulebook, c.edition, c.threshold, c.clause_title, state,
                c.advice, c.note,
            )  # fmt: skip


def _rounded(value: float | None) -> float | None:
    """Return a number with the digits that a cell keeps: more than are shown, fewer than arithmetic noise."""
    return None if value is None else round(value, 6)


def _sheet(
    book: Workbook, title: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]], language: Language
) -> None:
    t, sheet = words(language), book.add_worksheet(title)
    head = book.add_format(
        {"bold": True, "bg_color": "#10273A", "font_color": "#FFFFFF", "valign": "vcenter", "text_wrap": True}
    )
    shapes = {
        "share": book.add_format({"num_format": "0.00%"}),
        "area": book.add_format({"num_format": "#,##0.00"}),
    }
    for column, name in enumerate(heads):
        sheet.set_column(column, column, _WIDTHS.get(name, 14), _shape(name, shapes))
        sheet.write_string(0, column, t(name), head)
    count = 0
    for count, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            _write(sheet, count, column, value)
    sheet.freeze_panes(1, 2)
    if count:
        sheet.autofilter(0, 0, count, len(heads) - 1)
    sheet.set_row(0, 24)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _shape(name: str, shapes: dict[str, Format]) -> Format | None:
    if name.endswith("比例"):
        return shapes["share"]
    return shapes["area"] if "（㎡）" in name or "（亩）" in name or name[:1].isdigit() else None


def _write(sheet: Worksheet, row: int, column: int, value: Cell) -> None:
    if isinstance(value, str):
        sheet.write_string(row, column, value)
    elif value is not None:
        sheet.write_number(row, column, float(value))


def _about(book: Workbook, check: SiteCheck, info: WorkspaceInfo, language: Language) -> None:
    t = words(language)
    sheet = book.add_worksheet(t("说明"))
    bold = book.add_format({"bold": True, "valign": "top"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 96)
    pairs = facts(check, info, language)
    pairs += [(t("缺口"), remarks_text([gap], language)) for gap in check.gaps]
    pairs += [(t("读取说明"), note) for note in check.redline.notes]
    for row, (name, value) in enumerate(pairs):
        sheet.write_string(row, 0, name, bold)
        sheet.write_string(row, 1, value, wrap)
