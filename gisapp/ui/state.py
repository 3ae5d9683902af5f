"""What a visitor has chosen (会话状态): the only place that touches Streamlit's session state."""

from __future__ import annotations

from typing import Final

import streamlit as st

from gisapp.settings import Language

_LANGUAGE: Final = "language"
_PARCEL: Final = "parcel_id"
_SEEN: Final = "seen"
_TOLD: Final = "told_by_map"


def language() -> Language:
    """Return the language of this visitor (界面语言): chosen by the switch, else by ``?lang=``, else Chinese."""
    if _LANGUAGE not in st.session_state:
        st.session_state[_LANGUAGE] = "en" if st.query_params.get("lang") == "en" else "zh"
    chosen: Language = st.session_state[_LANGUAGE]
    return chosen


def set_language(chosen: Language) -> None:
    """Keep the language and show it in the address, so that a link opens in it."""
    st.session_state[_LANGUAGE] = chosen
    if chosen == "en":
        st.query_params["lang"] = "en"
    else:
        st.query_params.pop("lang", None)


def address() -> dict[str, str]:
    """Return the query parameters that go along to another page."""
    return {"lang": "en"} if language() == "en" else {}


def parcel() -> str | None:
    """Return the id of the selected parcel (当前地块)."""
    chosen: str | None = st.session_state.get(_PARCEL)
    return chosen


def select(parcel_id: str | None) -> None:
    """Keep which parcel is selected."""
    st.session_state[_PARCEL] = parcel_id


def hear_map(parcel_id: str | None) -> bool:
    """Take over what the map says is selected, once per change, and return whether that changed anything.

    The map repeats its last word on every run; a later choice in the list must not be undone by it.
    """
    if st.session_state.get(_TOLD, parcel()) == parcel_id:
        st.session_state[_TOLD] = parcel_id
        return False
    st.session_state[_TOLD] = parcel_id
    changed = parcel() != parcel_id
    select(parcel_id)
    return changed


def first_time(what: str) -> bool:
    """Return whether this visitor asks for `what` for the first time."""
    seen: set[str] = st.session_state.setdefault(_SEEN, set())
    if what in seen:
        return False
    seen.add(what)
    return True


def chosen_rows(key: str) -> list[int]:
    """Return the selected row numbers of the table under `key`."""
    rows: list[int] = st.session_state.get(key, {}).get("selection", {}).get("rows", [])
    return rows


def choose_rows(key: str, rows: list[int]) -> None:
    """Select rows of the table under `key`, before it is shown."""
    if chosen_rows(key) != rows:
        st.session_state[key] = {"selection": {"rows": rows, "columns": [], "cells": []}}


def clear(*keys: str) -> None:
    """Empty widgets by key, before they are shown."""
    for key in keys:
        st.session_state[key] = None


__all__ = [
    "address",
    "choose_rows",
    "chosen_rows",
    "clear",
    "first_time",
    "hear_map",
    "language",
    "parcel",
    "select",
    "set_language",
]
