"""How sure the ranking is (排序稳健性): stability, swaps, one weight at a time, and other methods beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
import streamlit as st

from gisapp.app.server import Server
from gisapp.evaluation.robust import Sensitivity
from gisapp.evaluation.robust.swaps import order_of
from gisapp.format import number
from gisapp.ui import markup, state
from gisapp.ui.markup import Html, tag, text
from gisapp.ui.texts import t
from gisapp.ui.views.robusttables import methods_table, steps_table, swaps_table

KEY: Final = "stability"
NONE: Final = "—"


def show(server: Server, rulebook: str, settings: Mapping[str, str] | None = None) -> None:
    """Show the sensitivity of a rulebook's ranking, one of its parts at a time; of a draft's with `settings`."""
    found = server.desk.workspace.sensitivity(rulebook, settings=settings)
    names = _names(server)
    if found.ranked < 2:
        said = t("不足两宗，无从比较名次") if found.ranked else t("没有参与排名的地块")
        markup.show(markup.notice(said, t("换一个评价规则，或补充资料后再看"), kind="empty"))
        return
    parts = {
        "stability": t("稳定性"),
        "swaps": t("名次互换"),
        "steps": t("逐项扰动"),
        "methods": t("方法对照"),
    }
    with st.container(key="robust_head", horizontal=True, vertical_alignment="center", gap="small"):
        chosen: str = st.segmented_control(
            t("排序稳健性"), list(parts), default="stability", required=True, format_func=parts.__getitem__,
            key="robust_part", label_visibility="collapsed", persist_state="session",
        )  # fmt: skip
        markup.show(_basis(found))
    with st.container(key="robust_body", gap=None):
        if chosen == "stability":
            _stability(found, names)
        elif chosen == "swaps":
            _table(swaps_table(found, names))
        else:
            _table(steps_table(found) if chosen == "steps" else methods_table(found))


def _table(piece: Html) -> None:
    markup.show(tag("div", piece, kind="gp-block gp-robust"))


def _names(server: Server) -> dict[str, str]:
    """Return what a parcel is called, by its id."""
    parcels = server.desk.workspace.parcels
    ids = parcels["parcel_id"].astype(str)
    names = parcels["name"] if "name" in parcels else pd.Series(None, index=parcels.index, dtype=object)
    return dict(zip(ids, names.where(names.notna(), ids), strict=True))


def _basis(found: Sensitivity) -> Html:
    shaken = found.perturbation
    said = t(
        "权重扰动 {draws} 次 · 种子 {seed} · 集中度 {concentration} · 参与排名 {ranked} 宗",
        draws=number(shaken.draws, 0), seed=shaken.seed, concentration=shaken.concentration, ranked=number(found.ranked, 0),
    )  # fmt: skip
    return tag("p", text(said), markup.chip(t("本地假设"), "status-D"), kind="gp-note gp-basis")


def _stability(found: Sensitivity, names: dict[str, str]) -> None:
    """Show the stability of each ranked parcel; the chosen row is the selected parcel."""
    table = _stability_table(found, names)
    ids = table["parcel_id"].tolist()
    chosen = state.parcel()
    state.choose_rows(KEY, [ids.index(chosen)] if chosen in ids else [])
    config = st.column_config
    share = t("保持前 {k} 名", k=found.top_k)
    st.dataframe(
        table, key=KEY, hide_index=True, height="stretch", row_height=32, placeholder=NONE, selection_mode="single-row",
        column_order=["rank", "name", "top", "interval", "score_low"],
        on_select=lambda: _chosen(ids),
        column_config={
            "rank": config.NumberColumn(t("名次"), width=52, format="%d", pinned=True),
            "name": config.TextColumn(t("地块名称"), width=190),
            "top": config.ProgressColumn(share, width=190, format="percent", min_value=0, max_value=1),
            "interval": config.TextColumn(t("名次区间（5–95 %）"), width=140),
            "score_low": config.NumberColumn(t("得分下限"), width=90, format="%.1f"),
        },
    )  # fmt: skip


def _stability_table(found: Sensitivity, names: dict[str, str]) -> pd.DataFrame:
    places, part = order_of(found.candidates), found.stability
    ids = [str(name) for name in found.ids[places]]
    rows = found.candidates.rows[places]
    ends = zip(part.rank_best[places], part.rank_worst[places], strict=True)
    return pd.DataFrame(
        {
            "parcel_id": ids,
            "rank": found.ranks[places].astype(np.int64),
            "name": [names.get(name, name) for name in ids],
            "top": part.top[places],
            "interval": [f"{_rank(best)}–{_rank(worst)}" for best, worst in ends],
            "score_low": found.evaluation.parcels["score_low"].to_numpy(dtype=float)[rows],
        }
    )


def _rank(value: float) -> str:
    return number(value, 0) if math.isfinite(value) else t("不排名")


def _chosen(ids: list[str]) -> None:
    rows = state.chosen_rows(KEY)
    state.select(ids[rows[0]] if rows and rows[0] < len(ids) else None)
