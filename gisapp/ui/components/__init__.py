"""The top bar and the desk (顶栏、工作台): Streamlit v2 components built from `frontend/` into `build/`.

Both take one mapping, the boot document of `gisapp.app` plus the token, the page and the selection; they read
everything else from the app's own API. What they send back is a state value or a trigger, named below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal

import streamlit as st

Data = Mapping[str, Any]  # JSON for the browser
BAR_PX: Final = 48
"""Height of the bar on screens up to 2560 px wide; from there on it grows with the width (顶栏高度)."""


@dataclass(frozen=True)
class SearchHit:
    """What was chosen in the search box (检索结果): degrees, and the parcel that it is or sits on."""

    kind: str
    title: str
    lon: float
    lat: float
    parcel_id: str | None


@dataclass(frozen=True)
class BarEvents:
    """What happened in the bar since the last run (顶栏事件); None and False where nothing did."""

    page: str | None
    lang: Literal["zh", "en"] | None
    select: SearchHit | None
    token_expired: bool


@dataclass(frozen=True)
class DeskState:
    """The parcel selected on the desk, whether a fresh token is asked for, and whether WebGL is missing (工作台状态)."""

    parcel_id: str | None
    token_expired: bool
    no_webgl: bool = False


def bar(data: Data, *, key: str = "bar") -> BarEvents:
    """Return what the visitor did in the top bar, and show it (顶栏).

    Parameters
    ----------
    data
        Reads `token`, `api`, `lang`, `texts`, `product`, `workspace`, `user`, `page`, `pages`.
    key
        Widget key; one bar on a page.
    """
    result = _renderer("bar")(
        key=key,
        data=dict(data),
        on_page_change=_nothing,
        on_lang_change=_nothing,
        on_select_change=_nothing,
        on_token_change=_nothing,
    )
    return BarEvents(
        page=_text(result.get("page")),
        lang=_language(result.get("lang")),
        select=_hit(result.get("select")),
        token_expired=result.get("token") is not None,
    )


def desk(data: Data, *, key: str = "desk") -> DeskState:
    """Return the parcel selected on the desk, and show the desk (工作台).

    Parameters
    ----------
    data
        The boot document with `token`, `page`, `pages`, and optionally `selection`, `focus`; `mode` "map"
        shows the map alone, `height` pixels high, in the flow of a page; `mode` "desk" fills the window.
    key
        Widget key; one desk on a page.
    """
    result = _renderer("desk")(
        key=key,
        data=dict(data),
        default={"parcel_id": (data.get("selection") or {}).get("parcel_id")},
        on_parcel_id_change=_nothing,
        on_token_change=_nothing,
        on_nowebgl_change=_nothing,
    )
    return DeskState(
        parcel_id=_text(result.get("parcel_id")),
        token_expired=result.get("token") is not None,
        no_webgl=result.get("nowebgl") is not None,
    )


@cache
def _renderer(name: Literal["bar", "desk"]) -> Callable[..., Any]:
    # The names of the built scripts carry a content hash, so that no browser runs an old one.
    return st.components.v2.component(f"gisapp.{name}", js=f"{name}-*.js", isolate_styles=True)


def _nothing() -> None:
    """Let Streamlit know the name of a value; the value itself is read from the result."""


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _language(value: object) -> Literal["zh", "en"] | None:
    return "zh" if value == "zh" else "en" if value == "en" else None


def _hit(value: object) -> SearchHit | None:
    if not isinstance(value, Mapping):
        return None
    return SearchHit(
        kind=str(value.get("kind", "")),
        title=str(value.get("title", "")),
        lon=float(value.get("lon", 0.0)),
        lat=float(value.get("lat", 0.0)),
        parcel_id=_text(value.get("parcel_id")),
    )


__all__ = ["BAR_PX", "BarEvents", "DeskState", "SearchHit", "bar", "desk"]
