"""The filters of the ranked list (筛选)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import streamlit as st

from gisapp.app.ranking import Filters
from gisapp.ui import state
from gisapp.ui.texts import t
from gisapp.units import M2_PER_MU

MARKS: Final = {
    "candidate": ":blue[■]",
    "prohibited": ":orange[■]",
    "unknown": ":violet[▨]",
    "not_candidate": ":gray[■]",
    "not_applicable": ":gray[□]",
}
"""A sign for each verdict, in the order of the list; its colour is the theme's, and never alone."""
_KEYS: Final = ("park", "street", "line", "station", "use", "area_from", "area_to")


def sift(
    places: Mapping[str, Sequence[str]],
    uses: Callable[[str], Mapping[str, str]],
    verdicts: Mapping[str, tuple[str, int]],
) -> Filters:
    """Return what the visitor narrows the list to.

    Parameters
    ----------
    places
        Parks, streets, lines and stations to choose from.
    uses
        Land-use codes of the parcels with a verdict (all for an empty one) and their names.
    verdicts
        The word for each verdict and the number of parcels that have it.
    """
    labels = {name: f"{MARKS[name]} {t(verdicts[name][0])} **{verdicts[name][1]}**" for name in MARKS}
    with st.container(key="sift", gap=None):
        verdict = st.pills(
            t("判定"), list(labels), default="candidate", format_func=labels.__getitem__, key="verdict",
            label_visibility="collapsed", persist_state="session",
        )  # fmt: skip
        with st.container(key="filters", horizontal=True, vertical_alignment="center", gap="small"):
            chosen = {name: _choice(name, title, places[name]) for name, title in _places().items()}
            offered = uses(verdict or "")
            state.keep_within("use", offered)
            use = _choice("use", t("现状用途"), list(offered), offered)
            low, high = _area("area_from", t("面积不小于（亩）")), _area("area_to", t("面积不大于（亩）"))
            st.button(t("清除筛选"), key="clear", type="tertiary", on_click=state.clear, args=_KEYS)
    return Filters(verdict=verdict or "", use=use, min_area_m2=low, max_area_m2=high, **chosen)


def _places() -> dict[str, str]:
    return {"park": t("园区"), "street": t("街道"), "line": t("最近线路"), "station": t("最近站点")}


def _choice(key: str, title: str, options: Sequence[str], names: Mapping[str, str] | None = None) -> str:
    shown = (names or {}).get
    chosen = st.selectbox(
        title, list(options), index=None, format_func=lambda code: shown(code, code), key=key, placeholder=title,
        label_visibility="collapsed", persist_state="session", filter_mode="contains",
    )  # fmt: skip
    return chosen or ""


def _area(key: str, title: str) -> float | None:
    """Return an area limit in m²."""
    mu = st.number_input(
        title, min_value=0.0, value=None, step=10.0, format="%.2f", key=key, placeholder=title,
        label_visibility="collapsed", persist_state="session",
    )  # fmt: skip
    return None if mu is None else mu * M2_PER_MU
