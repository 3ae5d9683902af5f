"""What is on screen before the first answer (加载骨架)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from gisapp.app.desk import PRODUCT
from gisapp.ui import markup, state
from gisapp.ui.markup import Html, tag
from gisapp.ui.texts import t


@contextmanager
def skeleton(page: str, about: str = "") -> Iterator[None]:
    """Show a quiet outline of `page` while the block works, the first time that `about` is asked for."""
    place = st.empty()
    if state.first_time(f"{page}/{about}"):
        with place:
            markup.show(_outline(page))
    try:
        yield
    finally:
        place.empty()


def backdrop(page: str) -> None:
    """Show the outline of `page` behind what follows, until that has drawn itself over it."""
    markup.show(_outline(page, "behind"))


def _outline(page: str, place: str = "") -> Html:
    bar = tag("div", tag("span", kind="gp-mark"), tag("b", markup.text(t(PRODUCT))), kind="gp-bar")
    panels = ("left", "right", "bottom") if page == "map" else ("head", "main", "side")
    bones = tag("i", kind="gp-bone") * 6
    body = markup.join(tag("div", bones, kind=f"gp-panel {name}") for name in panels)
    words = tag("p", markup.text(t("正在读取图层与地块")), kind="gp-reading")
    return tag("div", bar, body, words, kind=f"gp-skeleton {page} {place}".strip())
