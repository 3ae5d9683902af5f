"""What a visitor has chosen (会话状态): the only place that touches Streamlit's session state."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import streamlit as st

from gisapp.settings import Language

_LANGUAGE: Final = "language"
_PARCEL: Final = "parcel_id"
_SEEN: Final = "seen"
_TOLD: Final = "told_by_map"
_NO_WEBGL: Final = "no_webgl"
_PLACE: Final = "place"
_WANTED: Final = "wanted_page"


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


def go_to(page: str) -> None:
    """Ask for another page, from a callback of the page that is shown."""
    st.session_state[_WANTED] = page


def wanted_page() -> str | None:
    """Return the page that was asked for, once."""
    wanted: str | None = st.session_state.pop(_WANTED, None)
    return wanted


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


def no_webgl() -> bool:
    """Return whether this visitor's browser was found to draw no WebGL (没有 WebGL)."""
    return bool(st.session_state.get(_NO_WEBGL, False))


def set_no_webgl(found: bool) -> None:
    """Keep whether the browser draws no WebGL."""
    st.session_state[_NO_WEBGL] = found


def place() -> tuple[float, float, float] | None:
    """Return longitude, latitude [degrees] and zoom where the read-only map looks, None at first (视图中心)."""
    kept: tuple[float, float, float] | None = st.session_state.get(_PLACE)
    return kept


def set_place(lon: float, lat: float, zoom: float) -> None:
    """Keep where the read-only map looks."""
    st.session_state[_PLACE] = (lon, lat, zoom)


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


def told(key: str, name: str) -> object:
    """Return the value or trigger `name` of the component under `key`, before it is shown again."""
    return st.session_state.get(key, {}).get(name)


def clear(*keys: str) -> None:
    """Empty widgets by key, before they are shown."""
    for key in keys:
        st.session_state[key] = None


def keep_within(key: str, offered: Collection[str]) -> None:
    """Empty the choice under `key`, before it is shown, if it is no longer offered."""
    if st.session_state.get(key) not in (None, *offered):
        st.session_state[key] = None


def keep(key: str, value: object) -> None:
    """Keep something for the next runs of this visitor; None forgets it."""
    st.session_state[f"kept_{key}"] = value


def kept(key: str) -> object:
    """Return what `keep` kept, None where there is nothing."""
    return st.session_state.get(f"kept_{key}")


__all__ = [
    "address",
    "choose_rows",
    "chosen_rows",
    "clear",
    "first_time",
    "go_to",
    "hear_map",
    "keep",
    "keep_within",
    "kept",
    "language",
    "no_webgl",
    "parcel",
    "place",
    "select",
    "set_language",
    "set_no_webgl",
    "set_place",
    "told",
    "wanted_page",
]
