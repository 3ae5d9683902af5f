"""The ranked list as a table in which one row can be chosen (清单表格)."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
import streamlit as st

from gisapp.app.listing import TITLES, Listing
from gisapp.format import number
from gisapp.ui import markup, state
from gisapp.ui.texts import t

KEY: Final = "ranked"
SHOWN: Final = (
    "rank", "parcel_code", "name", "score", "stability_top", "area_mu", "advice", "use", "verdict", "plan_use", "park", "street", "station",
    "line", "completeness", "reasons",
)  # fmt: skip
_WIDTHS: Final = {
    "rank": 52, "name": 150, "area_mu": 82, "advice": 245, "verdict": 175, "use": 140, "plan_use": 140, "park": 130,
    "street": 90, "station": 110, "line": 80, "parcel_code": 172, "reasons": 360,
}  # fmt: skip


def ranked(found: Listing) -> None:
    """Show the list; the chosen row and the selected parcel follow each other."""
    title = t("{count} 宗 · 合计 {area} 亩", count=number(len(found.table), 0), area=number(found.area_mu, 2))
    markup.show(markup.tag("div", markup.tag("b", markup.text(title)), _hint(found), kind="gp-count"))
    if found.table.empty:
        markup.show(markup.notice(t("没有符合条件的地块"), t("放宽或清除上面的筛选条件"), kind="empty"))
        return
    row = found.row(state.parcel())
    state.choose_rows(KEY, [] if row is None else [row])
    st.dataframe(
        _coded(found), key=KEY, hide_index=True, height="stretch", row_height=32, placeholder="—",
        column_order=_order(found), column_config=_columns(found), on_select=lambda: _chosen(found), selection_mode="single-row",
    )  # fmt: skip


def _coded(found: Listing) -> pd.DataFrame:
    """Return the table with a code in every row: the parcel's id where it has no 宗地代码."""
    codes = found.table["parcel_code"]
    return found.table.assign(parcel_code=codes.where(codes.notna(), found.table["parcel_id"]))


def _order(found: Listing) -> list[str]:
    """Return the columns to show; a verdict that all rows share stands above the list already."""
    return [name for name in SHOWN if name != "verdict" or found.table["verdict"].nunique() > 1]


def _chosen(found: Listing) -> None:
    rows = state.chosen_rows(KEY)
    state.select(str(found.table["parcel_id"].iloc[rows[0]]) if rows and rows[0] < len(found.table) else None)


def _hint(found: Listing) -> markup.Html:
    here = state.parcel()
    if here is None:
        return markup.text(t("点选一行查看依据"))
    return markup.text("" if found.row(here) is not None else t("当前地块不在筛选结果中"))


def _columns(found: Listing) -> dict[str, Any]:  # Streamlit's own column objects
    config = st.column_config
    shown: dict[str, Any] = {
        name: config.TextColumn(t(TITLES[name]), width=_WIDTHS.get(name)) for name in SHOWN
    }
    shown["rank"] = config.NumberColumn(t(TITLES["rank"]), width=_WIDTHS["rank"], format="%d", pinned=True)
    own = found.table["parcel_code"].notna().any()
    shown["parcel_code"] = config.TextColumn(
        t(TITLES["parcel_code" if own else "parcel_id"]), width=_WIDTHS["parcel_code"]
    )
    shown["name"] = config.TextColumn(t(TITLES["name"]), width=_WIDTHS["name"])
    shown["score"] = config.ProgressColumn(
        t(TITLES["score"]), width=120, format="%.1f", min_value=0, max_value=100
    )
    shown["area_mu"] = config.NumberColumn(t(TITLES["area_mu"]), width=_WIDTHS["area_mu"], format="%.2f")
    shown["stability_top"] = config.NumberColumn(t(TITLES["stability_top"]), width=84, format="percent")
    shown["completeness"] = config.NumberColumn(t(TITLES["completeness"]), width=90, format="percent")
    return shown
