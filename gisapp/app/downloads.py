"""The ranked list as CSV, XLSX and GeoPackage (清单下载), each saying what its numbers rest on."""

from __future__ import annotations

import datetime as dt
import io
import tempfile
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from gisapp.app.desk import PRODUCT
from gisapp.app.listing import TITLES, UNRANKED, Listing
from gisapp.evaluation.explain import STATUS_WORDS
from gisapp.i18n import translate
from gisapp.io.vector import write_geopackage
from gisapp.settings import Language

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
SYNTHETIC: Final = "示例数据（合成），不得用于任何实际决定"
FINDING: Final = "判定为筛查结果，认定、收回、批准由有权机关作出"
STABILITY: Final = "权重按狄利克雷分布扰动 {draws} 次（集中度 {concentration}，随机种子 {seed}）中进入前 {k} 名的占比；参数为本地假设 D"
STATUS_LEGEND: Final = {
    "V": "见过公开来源中的文本或实施做法，不等于公报原文",
    "M": "未见文本，签发报告前须加载官方文本",
    "N": "经数值计算核对",
    "D": "本平台缺省值，不是法规，可修改",
}
_FORMATS: Final = {
    "score": "0.0",
    "score_low": "0.0",
    "score_high": "0.0",
    "completeness": "0 %",
    "stability_top": "0.0 %",
    "area_mu": "#,##0.00",
    "area_m2": "#,##0.00",
}
_DIGITS: Final = {
    "score": 4,
    "score_low": 4,
    "score_high": 4,
    "completeness": 4,
    "stability_top": 4,
    "area_mu": 4,
    "area_m2": 2,
}
_WIDTHS: Final = {
    "name": 22,
    "parcel_code": 23,
    "verdict": 26,
    "advice": 26,
    "use": 22,
    "plan_use": 22,
    "park": 22,
    "reasons": 48,
}


def file_name(listing: Listing, suffix: str) -> str:
    """Return a name that tells rulebook, data date and run (文件名)."""
    day = listing.workspace.data_date.isoformat()
    draft = "草案_" if listing.evaluation.manifest["settings"] else ""
    return f"{draft}{listing.rulebook.title.zh}_{day}_{listing.run_id[:8]}.{suffix}"


def facts(listing: Listing, language: Language = "zh") -> list[tuple[str, str]]:
    """Return what a list rests on, as pairs of name and value (清单说明)."""

    def t(text: str) -> str:
        return translate(text, language)

    book, info = listing.rulebook, listing.workspace
    pairs = [
        (t("平台"), t(PRODUCT)),
        (t("评价规则"), book.title.text(language)),
        (t("评价规则版本"), book.edition),
        (t("运行编号"), listing.run_id),
        (t("数据日期"), info.data_date.isoformat()),
        (t("数据集"), info.title.text(language)),
        (t("坐标系"), info.crs),
        (t("数据性质"), t(SYNTHETIC) if info.synthetic else t("业务数据")),
        (t("清单宗数"), str(len(listing.table))),
        (t("结论性质"), t(FINDING)),
        (t(UNRANKED), t("数据完整度低于 60 %，不参与排名")),
    ]
    shaken = listing.evaluation.manifest["robustness"]
    said = translate(STABILITY, language).format_map({**shaken, "k": shaken["top_k"]})
    pairs.append((t(TITLES["stability_top"]), said))
    if settings := listing.evaluation.manifest["settings"]:
        pairs.append(
            (t("草案（非正式规则集）"), "；".join(f"{key}={value}" for key, value in settings.items()))
        )
    if book.note:
        pairs.append((t("规则说明"), book.note.text(language)))
    return pairs + [
        (f"{letter} {t(STATUS_WORDS[letter])}", t(words)) for letter, words in STATUS_LEGEND.items()
    ]


def titled(listing: Listing, language: Language = "zh") -> pd.DataFrame:
    """Return the list with rounded numbers, readable titles, and its run on every row."""
    table = listing.table.copy()
    for name, digits in _DIGITS.items():
        table[name] = table[name].round(digits)
    out = table.rename(columns={name: translate(title, language) for name, title in TITLES.items()})
    synthetic = translate(SYNTHETIC, language) if listing.workspace.synthetic else ""
    return out.assign(
        **{
            translate("评价规则版本", language): _edition(listing, language),
            translate("运行编号", language): listing.run_id,
            translate("数据日期", language): listing.workspace.data_date.isoformat(),
            translate("数据性质", language): synthetic,
        }
    )


def _edition(listing: Listing, language: Language) -> str:
    """Return the edition as every row says it: one with changed numbers is never the official one."""
    edition = listing.rulebook.edition
    changed = listing.evaluation.manifest["settings"]
    return f"{edition} {translate('草案（非正式规则集）', language)}" if changed else edition


def neutral(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula: a leading apostrophe before = + - @ (防公式注入)."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def csv_bytes(listing: Listing, language: Language = "zh") -> bytes:
    """Return the list as CSV in UTF-8 with a byte-order mark."""
    table = titled(listing, language)
    safe = table.astype("object").map(neutral)
    safe.columns = pd.Index([str(neutral(name)) for name in table.columns])
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def xlsx_bytes(listing: Listing, language: Language = "zh") -> bytes:
    """Return the list as a workbook of two sheets: the list, and what it rests on."""
    stream = io.BytesIO()
    plain = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with Workbook(stream, plain) as book:
        day = listing.workspace.data_date
        created = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).replace(tzinfo=None)
        book.set_properties({"title": listing.rulebook.title.text(language), "created": created})
        _list_sheet(book, listing, language)
        _facts_sheet(book, listing, language)
    return stream.getvalue()


def _list_sheet(book: Workbook, listing: Listing, language: Language) -> None:
    sheet = book.add_worksheet(translate("清单", language))
    head = book.add_format(
        {"bold": True, "bg_color": "#10273A", "font_color": "#FFFFFF", "valign": "vcenter"}
    )
    table = titled(listing, language)
    names = [*TITLES, *[""] * (len(table.columns) - len(TITLES))]
    for column, (name, title) in enumerate(zip(names, table.columns, strict=True)):
        shape = book.add_format({"num_format": _FORMATS[name]}) if name in _FORMATS else None
        sheet.set_column(column, column, _WIDTHS.get(name, 13), shape)
        sheet.write_string(0, column, str(title), head)
        for row, value in enumerate(table.iloc[:, column], start=1):
            _write(sheet, row, column, value)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(len(table), 1), len(table.columns) - 1)
    sheet.set_row(0, 22)


def _write(sheet: Worksheet, row: int, column: int, value: object) -> None:
    """Write a text as text, a number as a number, and nothing for a missing value."""
    if isinstance(value, str):
        sheet.write_string(row, column, value)
    elif isinstance(value, (int, float, np.number)) and np.isfinite(value):
        sheet.write_number(row, column, float(value))


def _facts_sheet(book: Workbook, listing: Listing, language: Language) -> None:
    sheet = book.add_worksheet(translate("说明", language))
    bold = book.add_format({"bold": True, "valign": "top"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 90)
    for row, (name, value) in enumerate(facts(listing, language)):
        sheet.write_string(row, 0, name, bold)
        sheet.write_string(row, 1, value, wrap)


def geopackage_bytes(listing: Listing, parcels: gpd.GeoDataFrame, language: Language = "zh") -> bytes:
    """Return the list with the parcels' own coordinates as a GeoPackage, and a table of what it rests on.

    `parcels` is the workspace's table in its CRS; coordinates go out bit-exact, as multipolygons.
    """
    table = titled(listing, language)
    shapes = parcels.set_index("parcel_id").geometry.reindex(listing.table["parcel_id"]).to_numpy()
    multi = [
        shape if shape is None or shape.geom_type == "MultiPolygon" else shapely.MultiPolygon([shape])
        for shape in shapes
    ]
    layer = gpd.GeoDataFrame(table, geometry=multi, crs=parcels.crs)
    about = pd.DataFrame(
        facts(listing, language), columns=[translate("项目", language), translate("内容", language)]
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.gpkg"
        write_geopackage({translate("清单", language): layer, translate("说明", language): about}, path)
        return path.read_bytes()


__all__ = ["csv_bytes", "facts", "file_name", "geopackage_bytes", "neutral", "titled", "xlsx_bytes"]
