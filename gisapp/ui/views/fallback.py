"""The map page of a browser that draws no WebGL (只读地图页): a read-only map and the parcel's card as text."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import streamlit as st

from gisapp.app.desk import Desk
from gisapp.app.server import Server
from gisapp.format import number, percent
from gisapp.i18n import translate
from gisapp.settings import Language
from gisapp.ui import markup, state
from gisapp.ui.markup import Html, join, tag, text
from gisapp.ui.plainmap import Place, PlainMap, draw, soften
from gisapp.ui.static import FOLDER
from gisapp.ui.texts import t
from gisapp.ui.views import explanation

SHEET: Final = FOLDER / "fallback.css"
FRAME: Final = FOLDER / "plain-frame.js"
FRAME_CSS: Final = "iframe { display: block; width: 100%; height: 100%; min-height: 300px; border: 0; }"
NEAR_ZOOM: Final = 16.0
KEY: Final = "plainframe"
Card = Mapping[str, Any]  # the answer of Desk.card


def show(server: Server) -> None:
    """Show the page; a click on the map selects, and the search box works as on the desk."""
    desk = server.desk
    _hear(desk)
    st.html(SHEET)
    with st.container(key="plain", gap=None):
        drawn = _drawn(desk)
        _band(drawn, len(desk.workspace.parcels))
        left, right = st.columns([1.75, 1], gap="small")
        with left, st.container(key="plainmap", gap=None):
            _map(drawn)
            markup.show(_legend(desk, drawn))
        with right, st.container(key="plaincard", gap=None):
            _card(server)


def _drawn(desk: Desk) -> PlainMap:
    """Return the map around where the visitor looks; a selected parcel that is not on it moves it there."""
    seen = state.place()
    place = Place(*seen) if seen else _first_place(desk)
    drawn = _page(desk, desk.version, place, state.language())
    row = desk.display.rows.get(state.parcel() or "")
    if row is None or row in drawn.rows:
        return drawn
    lon, lat = desk.display.points[row]
    state.set_place(float(lon), float(lat), NEAR_ZOOM)
    return _page(desk, desk.version, Place(float(lon), float(lat), NEAR_ZOOM), state.language())


def _first_place(desk: Desk) -> Place:
    view = desk.boot(state.language())["view"]
    return Place(view["lon"], view["lat"])


@st.cache_resource(max_entries=8, show_spinner=False)
def _page(_desk: Desk, version: str, place: Place, language: Language) -> PlainMap:
    """Return the map of one state of the parcels around a place, drawn once for all visitors."""
    return draw(_desk, place, {"here": translate("显示此处的地块", language)})


def _band(drawn: PlainMap, all_parcels: int) -> None:
    shown = len(drawn.rows)
    said = t("这个浏览器没有启用 WebGL，地图为只读：可以检索、点选和查看，不能编辑。")
    if shown < all_parcels:
        said += t(
            "图上是视图中心附近的 {shown} 宗地块（共 {all} 宗）。",
            shown=number(shown, 0),
            all=number(all_parcels, 0),
        )
    with st.container(key="plainband", horizontal=True, vertical_alignment="center", gap="small"):
        markup.show(
            tag("div", tag("strong", text(t("只读地图"))), tag("span", text(said)), kind="gp-plainband")
        )
        if st.button(t("重新检测"), key="plain_again", type="tertiary", width="content"):
            state.set_no_webgl(False)
            st.rerun()


def _hear(desk: Desk) -> None:
    """Take over what was clicked, found or asked for on the map since the last run."""
    picked, view = state.told(KEY, "pick"), state.told(KEY, "view")
    if isinstance(picked, str) and picked in desk.display.rows:
        state.select(picked)
    elif isinstance(view, Mapping):
        state.select(None)
        state.set_place(*(float(view[name]) for name in ("lon", "lat", "zoom")))


def _map(drawn: PlainMap) -> None:
    _frame()(
        key=KEY,
        data={"page": drawn.page, "selection": state.parcel(), "title": t("只读地图")},
        height="stretch",
        on_pick_change=_nothing,
        on_view_change=_nothing,
    )


@cache
def _frame() -> Any:  # what Streamlit returns has no public type
    return st.components.v2.component(
        "gisapp_plain_map", css=FRAME_CSS, js=FRAME.read_text(encoding="utf-8"), isolate_styles=True
    )


def _nothing() -> None:
    """Let Streamlit know the name of a trigger; its value is read before the page is made."""


def _legend(desk: Desk, drawn: PlainMap) -> Html:
    """Return the land-use classes on the map and whom its layers are owed to."""
    known = desk.workspace.context().codes
    english = state.language() == "en"
    parts = []
    for code in drawn.codes:
        entry = known.find(code) if known and code else None
        swatch = Html(f'<i style="background:{soften(entry.color) if entry else "#f9f7f0"}"></i>')
        name = (entry.name_en if english else entry.name_zh) if entry else t("未注明用途")
        parts.append(tag("span", swatch, text(f"{code} {name}".strip())))
    parts += [tag("span", text(line), kind="gp-credit") for line in drawn.credits]
    return tag("div", *parts, kind="gp-plainlegend")


def _card(server: Server) -> None:
    rulebook = _rulebook(server)
    chosen = state.parcel()
    if chosen is None or chosen not in server.desk.display.rows:
        hint = t("在地图上点选一宗地块，或用上方检索框查找")
        markup.show(markup.notice(t("还没有选择地块"), hint, kind="empty"))
        return
    card = server.desk.card(chosen, rulebook)
    if rulebook is not None:
        explanation.show(server, rulebook)
    else:
        markup.show(tag("aside", tag("h2", text(card["name"] or card["parcel_id"])), kind="gp-why"))
    markup.show(tag("section", _zones(card), _attributes(card), kind="gp-facts2"))


def _rulebook(server: Server) -> str | None:
    books = {book.id: book.title.text(state.language()) for book in server.desk.workspace.rulebooks()}
    if not books:
        return None
    first = "redevelopment" if "redevelopment" in books else next(iter(books))
    chosen: str = st.segmented_control(
        t("评价规则"), list(books), default=first, required=True, format_func=books.__getitem__,
        key="plain_rulebook", label_visibility="collapsed", persist_state="session",
    )  # fmt: skip
    return chosen


def _zones(card: Card) -> Html:
    rows = [
        (zone["title"], t("未提供"), "quiet")
        if zone.get("not_loaded")
        else (
            zone["title"],
            t("{mu} 亩 · {share}", mu=number(zone["area_mu"], 2), share=percent(zone["share"], 1)),
            "alert" if zone["alert"] else "",
        )
        for zone in card["zones"]
    ]
    return join((tag("h3", text(t("所在范围与面积"))), _pairs(rows)))


def _attributes(card: Card) -> Html:
    rows = [
        (entry["title"], entry["text"], "quiet" if entry["missing"] else "") for entry in card["attributes"]
    ]
    return join((tag("h3", text(t("宗地属性"))), _pairs(rows)))


def _pairs(rows: list[tuple[str, str, str]]) -> Html:
    return tag(
        "table",
        *(tag("tr", tag("td", text(name)), tag("td", text(value), kind=kind)) for name, value, kind in rows),
    )
