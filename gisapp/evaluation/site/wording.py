"""The sentences of a site check in both languages (套合用语): each a message of the catalogue with its values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from gisapp.evaluation.site.result import Row
from gisapp.format import number, percent
from gisapp.i18n import Text, translate
from gisapp.rules.words import word
from gisapp.units import m2_to_mu

CLEAR: Final = Text("未压占")
NOT_LOADED: Final = Text("未提供")
EMPTY: Final = Text("图层没有要素，不能据以判断")
UNDATED: Final = Text("图层没有注明截止日期")
OVERLAPPING: Final = Text("图层内不同类别相互重叠，重叠部分已在表中减去一次，须核对图层")
BEYOND: Final = Text("红线在该图层数据的外包范围之外，请核对图层是否覆盖本区域")
NO_BAND: Final = Text("规则集未给出边界接触的界限，相交即记为压占")
WITHIN_TOLERANCE: Final = Text("边界外面积未超出容差")
ESTIMATED: Final = Text("线位为推算，只是“可能”位于控制保护区")


def joined(parts: Iterable[str], between: tuple[str, str] = ("，", ", ")) -> Text:
    """Return sentences one after another in both languages."""
    said = tuple(parts)
    return Text.of(between[0].join(said), between[1].join(translate(part, "en") for part in said))


def name_of(name: str) -> Text:
    """Return what a row is called: a word of ours in both languages, a name from data as it is."""
    return name if isinstance(name, Text) else Text.of(name, translate(name, "en"))


def area(row: Row) -> Text:
    """Return a row with its area and share."""
    values = {"m2": number(row.area_m2, 2), "share": percent(row.share)}
    return Text("{name} {m2} ㎡（{share}）", name=name_of(row.name), **values)


def more(count: int) -> Text:
    """Return how many other classes there are."""
    return Text("另有 {count} 类", count=count)


def lacking(note: str) -> Text:
    """Return that something is not loaded, and why."""
    return Text("未提供：{note}", note=note) if note else NOT_LOADED


def taken(row: Row) -> Text:
    """Return that a bottom line is built over."""
    return Text("压占 {m2} ㎡（{mu} 亩，{share}）", **_figures(row))


def contact(row: Row) -> Text:
    """Return that a bottom line is touched."""
    return Text("边界接触 {m2} ㎡，须人工核对", m2=number(row.area_m2, 2))


def boundary(state: str, outside: Row | None) -> Text:
    """Return how a red line stands to the development boundary."""
    said = [name_of(word("udb_state", state))]
    if outside is not None:
        said.append(Text("边界外 {m2} ㎡（{mu} 亩，{share}）", **_figures(outside)))
    return joined(said)


def _figures(row: Row) -> dict[str, str]:
    mu = None if row.area_m2 is None else m2_to_mu(row.area_m2)
    return {"m2": number(row.area_m2, 2), "mu": number(mu, 2), "share": percent(row.share, 2)}
