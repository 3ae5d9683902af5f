"""The tables of the one page (单页表格): as many rows as fit, what does not fit as one sum, so that areas still add up."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from gisapp.app.sitetable import (
    area_text,
    finding_text,
    mu_text,
    remarks_text,
    row_name,
    share_text,
    topic_title,
    words,
)
from gisapp.evaluation.site import Finding, ParcelRow, Row, SiteCheck, Topic
from gisapp.evaluation.site.topics import AREAS
from gisapp.settings import Language

MOST_ROWS: Final = 20
MOST_PARCELS: Final = 5
OWN: Final = frozenset(spec.role for spec in AREAS)
"""Topics with a definition of their own; other layers are the first to be left to the workbook."""
LEAST: Final = 3
"""Rows that a topic may have before a layer without rules is left to the workbook: the largest class, the others, a gap."""
_WIDTHS: Final = (30, 47, 22, 23, 19, 15, 32)
_PARCEL_WIDTHS: Final = (26, 34, 16, 22, 22, 15, 20, 33)


def land_table(check: SiteCheck, language: Language) -> str:
    """Return the table of topics and classes as HTML; topics without a hit in one line."""
    t = words(language)
    heads = ("专题", "类别", "结论", "面积（㎡）", "面积（亩）", "占红线比例", "规则")
    met = _met(check)
    shown, each = _fitting(met)
    rows = "".join(_topic(topic, each, language) for topic in shown)
    lines = (
        ("见工作簿", [topic for topic in met if topic not in shown]),
        ("未压占", [topic for topic in check.topics if topic not in met]),
    )
    for title, topics in lines:
        if topics:
            names = "、".join(topic_title(topic, language) for topic in topics)
            rows += (
                f'<tr class="rest first"><td>{escape(t(title))}</td><td colspan="6">{escape(names)}</td></tr>'
            )
    return _framed(heads, _WIDTHS, rows, language, numbers={3, 4, 5})


def _met(check: SiteCheck) -> list[Topic]:
    """Return the topics that the table has rows for: those that say something, and the bottom lines always."""
    return [topic for topic in check.topics if topic.finding is not Finding.CLEAR or topic.kind == "bottom"]


def is_tight(check: SiteCheck) -> bool:
    """Return whether the table needs some of the plan's room."""
    shown, each = _fitting(_met(check))
    return sum(_lines(topic, each) for topic in shown) > MOST_ROWS


def _fitting(topics: Sequence[Topic]) -> tuple[list[Topic], int]:
    """Return the topics that fit the page and how many rows each may have; layers without a topic go first."""
    shown = list(topics)
    each = max((len(topic.rows) for topic in shown), default=LEAST)
    while sum(_lines(topic, each) for topic in shown) > MOST_ROWS:
        other = next((t for t in reversed(shown) if t.kind == "cover" and t.id not in OWN), None)
        if each > LEAST:
            each -= 1
        elif other is not None:
            shown.remove(other)
        else:
            break
    return shown, each


def _lines(topic: Topic, each: int) -> int:
    """Return how many lines of the table a topic takes."""
    shown, rest, gaps = _parted(topic, each)
    return len(shown) + len(gaps) + bool(rest)


def _parted(topic: Topic, each: int) -> tuple[list[Row], list[Row], list[Row]]:
    """Return the rows that are shown, those that are summed up in one line, and what is not known or twice known."""
    gaps = [row for row in topic.rows if row.finding in (Finding.UNCOVERED, Finding.OVERLAP)]
    plain = [row for row in topic.rows if row not in gaps]
    room = max(each - len(gaps), 1)
    cut = len(plain) if len(plain) <= room else max(room - 1, 1)
    return plain[:cut], plain[cut:], gaps


def _framed(
    heads: Sequence[str], widths: Sequence[float], rows: str, language: Language, *, numbers: set[int]
) -> str:
    t, whole = words(language), sum(widths)
    columns = "".join(f'<col width="{100 * width / whole:.2f}%">' for width in widths)
    cells = "".join(f"<th{_align(k in numbers)}>{escape(t(name))}</th>" for k, name in enumerate(heads))
    return (
        f"<table><colgroup>{columns}</colgroup><thead><tr>{cells}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _align(number: bool) -> str:
    return ' class="n"' if number else ""


def _topic(topic: Topic, each: int, language: Language) -> str:
    """Return the rows of a topic; those that do not fit as one row, so that the sum stays whole."""
    shown, rest, gaps = _parted(topic, each)
    rows = [*shown, *gaps]
    out = [_row(topic, row, language, first=k == 0) for k, row in enumerate(rows)]
    if rest and any(row.area_m2 for row in rest):
        out.insert(len(shown), _rest(rest, language))
    return "".join(out)


def _rest(rest: Sequence[Row], language: Language) -> str:
    t = words(language)
    area, share = sum(row.area_m2 or 0.0 for row in rest), sum(row.share or 0.0 for row in rest)
    name = escape(t("其余 {count} 类（见工作簿）").format(count=len(rest)))
    return (
        f'<tr class="rest"><td></td><td>{name}</td><td></td><td class="n">{area_text(area)}</td>'
        f'<td class="n">{mu_text(area)}</td><td class="n">{share_text(share)}</td><td></td></tr>'
    )


def _row(topic: Topic, row: Row, language: Language, *, first: bool) -> str:
    kinds = [
        name
        for name, holds in (("first", first), ("total", row.total), (_tone(topic, row), True))
        if holds and name
    ]
    rules = (
        "、".join(dict.fromkeys(f"{item.rule_id} {item.status}" for item in topic.citations)) if first else ""
    )
    cells = [
        topic_title(topic, language) if first else "",
        row_name(row, language),
        finding_text(row, language),
    ]
    numbers = [area_text(row.area_m2, language), mu_text(row.area_m2, language), share_text(row.share)]
    body = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    body += "".join(f'<td class="n">{escape(cell)}</td>' for cell in numbers)
    body += f"<td>{escape(rules)}</td>"
    return f'<tr class="{" ".join(kinds)}">{body}</tr>'


def _tone(topic: Topic, row: Row) -> str:
    if topic.kind == "bottom" and row.finding is Finding.TAKEN:
        return "alert"
    return "" if row.finding in (Finding.TAKEN, Finding.CLEAR) else "open"


def parcel_table(parcels: Sequence[ParcelRow], language: Language) -> str:
    """Return the table of the parcels that lose most as HTML, the others as one sum."""
    t = words(language)
    heads = (
        "地块标识",
        "地块名称",
        "权属性质",
        "登记面积（㎡）",
        "压占面积（㎡）",
        "占宗地比例",
        "余下面积（㎡）",
        "提示",
    )
    shown = parcels if len(parcels) <= MOST_PARCELS else parcels[: MOST_PARCELS - 1]
    rows = "".join(_parcel(parcel, language) for parcel in shown)
    rest = parcels[len(shown) :]
    if rest:
        taken = area_text(sum(parcel.taken_m2 for parcel in rest))
        name = escape(t("其余 {count} 宗（见工作簿）").format(count=len(rest)))
        rows += f'<tr class="rest"><td colspan="4">{name}</td><td class="n">{taken}</td><td colspan="3"></td></tr>'
    return _framed(heads, _PARCEL_WIDTHS, rows, language, numbers={3, 4, 5, 6})


def _parcel(parcel: ParcelRow, language: Language) -> str:
    t = words(language)
    missing = t("资料不足")
    registered = missing if parcel.registered_m2 is None else area_text(parcel.registered_m2)
    texts = [parcel.parcel_id, parcel.name or "", t(parcel.owner_text)]
    numbers = [
        registered,
        area_text(parcel.taken_m2),
        share_text(parcel.taken_share),
        area_text(parcel.remaining_m2),
    ]
    body = "".join(f"<td>{escape(text)}</td>" for text in texts)
    body += "".join(f'<td class="n">{escape(text)}</td>' for text in numbers)
    return f"<tr>{body}<td>{escape(remarks_text(parcel.warnings, language))}</td></tr>"
