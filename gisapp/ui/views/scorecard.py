"""One park on one card (园区记分卡): verdict, figures against ideals, potential by kind, parcels that hold it back."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from gisapp.app import parks
from gisapp.app.parkfiles import BASES
from gisapp.app.parks import FigureLine, PotentialLine, Scorecard
from gisapp.app.server import Server
from gisapp.evaluation.explain import RuleExplanation
from gisapp.format import number, percent
from gisapp.ui import markup, state
from gisapp.ui.markup import Html, chip, join, tag, text
from gisapp.ui.texts import t
from gisapp.units import m2_to_ha

HELD: Final = "held_rows"
FIRST: Final = 12


def show(server: Server, park_id: str) -> None:
    """Show the scorecard of a park, and below it the parcels that cost it most."""
    card = parks.scorecard(server.desk.workspace, park_id, state.language())
    markup.show(
        tag("aside", _head(card), _verdict(card), _potentials(card), _figures(card), kind="gp-why gp-park")
    )
    if card.why.verdict == "not_applicable" or card.held.empty:
        return
    _held(card)


def _head(card: Scorecard) -> Html:
    tags = [chip(card.kind), *([chip(card.zone_type)] if card.zone_type else [])]
    return tag(
        "header",
        tag("span", text(card.why.parcel_id), kind="gp-code"),
        tag("h2", text(card.name)),
        tag("div", *tags, chip(t("{area} 公顷", area=number(m2_to_ha(card.why.area_m2), 4))), kind="gp-tags"),
    )


def _verdict(card: Scorecard) -> Html:
    why, place = card.why, []
    if card.place is not None:
        place.append(t("第 {rank} / {of} 名", rank=number(card.place, 0), of=number(card.ranked, 0)))
    if why.completeness is not None and why.completeness < 1:
        place.append(t("数据完整度 {share}", share=percent(why.completeness, 0)))
    if why.score_low is not None and why.score_high is not None and why.score_low < why.score_high:
        low, high = number(why.score_low, 1), number(why.score_high, 1)
        place.append(t("得分区间 {low}–{high}", low=low, high=high))
    score = tag("span", text(number(why.score, 1)), kind="gp-score") if why.score is not None else ""
    band = tag(
        "div",
        tag("b", text(t(why.verdict_text))),
        score,
        tag("small", text(" · ".join(place))),
        kind=f"gp-band {why.verdict}",
    )
    first = (
        tag("div", text(t("优先措施：")), tag("b", text(card.advice)), kind="gp-advice")
        if card.advice
        else ""
    )
    return join((band, Html(first)))


def _potentials(card: Scorecard) -> Html:
    """Return the potential by kind, side by side and never as a sum."""
    tiles = [_tile(line) for line in card.potentials]
    note = t("公顷。结构与强度潜力是同一块地，不得相加")
    return join(
        (
            tag("h3", text(t("潜力")), tag("span", text(note), kind="gp-note")),
            tag("ul", *tiles, kind="gp-potential"),
        )
    )


def _tile(line: PotentialLine) -> Html:
    kind, _, what = line.title.replace(": ", "：").partition("：")
    area = t("资料不足") if line.area_ha is None else number(line.area_ha, 1)
    return tag(
        "li",
        tag("small", text(kind)),
        tag("b", text(area)),
        tag("span", text(what)),
        _source(line.rule),
        kind="reached" if line.reached else "open" if line.area_ha is None else "",
        title=line.rule.reason or "",
    )


def _source(rule: RuleExplanation) -> Html:
    status = "·".join(t(part) for part in rule.status_text.split("·"))
    return tag(
        "span",
        chip(status, f"status-{rule.status}"),
        title=f"{rule.clause_title}\n{rule.status_note}",
        kind="gp-src",
    )


def _figures(card: Scorecard) -> Html:
    if not card.figures or card.why.verdict == "not_applicable":
        return Html("")
    heads = (t("指标"), t("现状"), t("理想值"), t("达到程度"), t("失分"))
    rows = [_figure(line) for line in card.figures]
    clauses = dict.fromkeys(line.rule.clause_title for line in card.figures)
    notes = [t("理想值来源见各行；没有省级当年值的为本地假设，须替换")]
    notes.append(t("依据：{clauses}", clauses="、".join(clauses)))
    if card.left_out:
        notes.append(t("不适用：{names}", names="、".join(card.left_out)))
    if card.why.score_sum:
        notes.append(t("得分合计：{sum}", sum=card.why.score_sum))
    return join(
        (
            tag("h3", text(t("指标与理想值"))),
            markup.table(heads, rows, kind="gp-scored"),
            *(tag("p", text(note), kind="gp-note") for note in notes),
        )
    )


def _figure(line: FigureLine) -> list[Html]:
    basis = t(BASES[line.basis]) if line.basis in BASES else ""
    name = join((tag("b", text(line.title)), tag("small", _source(line.rule))))
    if line.score is None:
        why = t("未提供") if (line.rule.reason or "").startswith("未提供") else t("资料不足")
        return [name, text(line.value), text(line.ideal), chip(why, "open"), text("—")]
    bar = Html(f'<i class="gp-share calm"><i style="width:{100 * line.score:.1f}%"></i></i>')
    known = "" if line.rule.known is None or line.rule.known >= 1 else percent(line.rule.known)
    reached = join((bar, text(f" {percent(line.score, 0)}"), tag("small", text(_known(known)))))
    ideal = join((text(line.ideal), tag("small", text(basis))))
    return [name, text(line.value), ideal, reached, text("—" if line.lost is None else number(line.lost, 2))]


def _known(share: str) -> str:
    return t("按 {share} 用地", share=share) if share else ""


def _held(card: Scorecard) -> None:
    """Show the parcels that cost the park most; a chosen one can be looked at on the map."""
    with st.container(key="held_head", horizontal=True, vertical_alignment="center", gap="small"):
        said = t(
            "失分最多的 {count} 宗；另有 {points} 分不能分摊到地块",
            count=FIRST,
            points=number(card.not_shared, 2),
        )
        title = tag("h3", text(t("拖累得分的地块")), tag("span", text(said), kind="gp-note"))
        markup.show(title)
        rows = state.chosen_rows(HELD)
        table = card.held.head(FIRST).reset_index(drop=True)
        parcel = str(table["parcel_id"].iloc[rows[0]]) if rows and rows[0] < len(table) else None
        if parcel is not None:
            st.button(t("在地图上查看"), key="held_map", on_click=_go, args=(parcel,))
        else:
            markup.show(tag("span", text(t("点选一行可到地图上查看")), kind="gp-note"))
    st.dataframe(
        _worst(table, card), key=HELD, hide_index=True, row_height=30, height=30 * (len(table) + 1) + 4, placeholder="—",
        on_select="rerun", selection_mode="single-row",
        column_config={
            t("造成的失分"): st.column_config.NumberColumn(format="%.2f", width=88),
            t("面积（公顷）"): st.column_config.NumberColumn(format="%.4f", width=92),
        },
    )  # fmt: skip


def _go(parcel: str) -> None:
    state.select(parcel)
    state.go_to("map")


def _worst(table: pd.DataFrame, card: Scorecard) -> pd.DataFrame:
    """Return the parcels with the figures on which each costs the park most."""
    titles = {line.rule.rule_id: line.title for line in card.figures}
    rules = [name for name in table.columns if name in titles]
    worst = []
    for row in table[rules].to_dict("records"):
        costly = sorted(
            ((points, str(rule)) for rule, points in row.items() if points > 0.005), reverse=True
        )[:3]
        worst.append("，".join(f"{titles[rule]} {number(points, 2)}" for points, rule in costly))
    code = table["parcel_code"].where(table["parcel_code"].notna(), table["parcel_id"])
    return pd.DataFrame(
        {
            t("地块"): table["name"].where(table["name"].notna(), code),
            t("造成的失分"): table["points"],
            t("主要在"): worst,
            t("面积（公顷）"): table["area_ha"],
            t("宗地代码"): code,
        }
    )
