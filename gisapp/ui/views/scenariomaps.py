"""Two small maps side by side (并排地图): the same place by the verdicts of both sides of a comparison."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import streamlit as st

from gisapp.app.comparing import Compared, Side
from gisapp.app.desk import Desk
from gisapp.app.server import Server
from gisapp.evaluation import Evaluation
from gisapp.evaluation.explain import verdict_word
from gisapp.i18n import translate
from gisapp.settings import Language
from gisapp.ui import markup, state
from gisapp.ui.markup import Html, tag, text
from gisapp.ui.plainmap import Place, draw
from gisapp.ui.static import FOLDER
from gisapp.ui.texts import t

COLOURS: Final = {
    "candidate": "#4d9cc9",
    "prohibited": "#d98a52",
    "unknown": "#b7a3d6",
    "not_candidate": "#dfe4e9",
    "not_applicable": "#f4f1e8",
}
"""Fills by verdict; 触及底线, 资料不足 and 不符合 look different."""
MOST: Final = 500
ZOOM: Final = 14.0
HEIGHT_PX: Final = 400
PLACE: Final = "verdict_map_place"
"""Where the visitor asked for parcels, on whichever of these maps; both show the same place."""


def show(server: Server, compared: Compared) -> None:
    """Show both maps around the selected parcel, else around the first flip, with one legend."""
    if compared.before.rulebook.subject != "parcel":
        markup.show(
            markup.notice(
                t("这个规则集评价的不是地块，没有地图"), t("换一个以地块为评价对象的规则集"), kind="empty"
            )
        )
        return
    found = _focus(compared)
    sides = ((compared.base, compared.before), (compared.other, compared.after))
    for column, (place, (side, run)) in zip(st.columns(2, gap="small"), enumerate(sides), strict=True):
        with column, st.container(key=f"scenario_map_{place}", gap=None):
            title = f"{t('基准') if place == 0 else t('对比')} · {side.title}"
            markup.show(tag("h3", text(title)))
            _one(server, side, run, found, f"scenario_frame_{place}", title)
    markup.show(legend(compared.before))


def fills_of(run: Evaluation) -> dict[str, str]:
    """Return the colour of each parcel's verdict, by id (判定颜色)."""
    verdicts = run.parcels["verdict"].astype("object")
    return {str(id_): COLOURS[name] for id_, name in zip(run.parcels["parcel_id"], verdicts, strict=True)}


def _focus(compared: Compared) -> str | None:
    """Return the parcel to look at: the selected one, else the first that flips unless a place was asked for."""
    chosen = state.parcel()
    if chosen is None and state.kept(PLACE) is not None:
        return None
    flips = compared.found.flips
    return chosen or (str(flips["parcel_id"].iloc[0]) if len(flips) else None)


def _one(server: Server, side: Side, run: Evaluation, parcel_id: str | None, key: str, title: str) -> None:
    desk = server.desks.current(side.view.branch)
    row = desk.display.rows.get(parcel_id or "")
    around(desk, run, row, key=key, title=title, selection=parcel_id)


def around(
    desk: Desk,
    run: Evaluation,
    row: int | None,
    *,
    key: str,
    title: str,
    selection: str | None,
    height: int = HEIGHT_PX,
) -> None:
    """Show one read-only map of a run's verdicts around a parcel's row, else where the visitor last asked.

    A click selects a parcel; the button on the map asks for the parcels around its middle. `height` in CSS pixels.
    """
    _hear(desk, key)
    asked = state.kept(PLACE)
    if row is not None:
        lon, lat = desk.display.points[row]
        place = Place(float(lon), float(lat), ZOOM)
    elif isinstance(asked, tuple):
        place = Place(*asked)
    else:
        view = desk.boot(state.language())["view"]
        place = Place(view["lon"], view["lat"], ZOOM)
    page = _page(desk, run, run.run_id, desk.version, place, state.language())
    told = {"page": page, "selection": selection, "title": title}
    _frame(height)(key=key, data=told, on_pick_change=_nothing, on_view_change=_nothing)


def _hear(desk: Desk, key: str) -> None:
    """Take over what was clicked or asked for on a map since the last run."""
    picked, view = state.told(key, "pick"), state.told(key, "view")
    if isinstance(picked, str) and picked in desk.display.rows and picked != state.parcel():
        state.select(picked)
        st.rerun()
    if isinstance(view, Mapping):
        place = tuple(float(view[name]) for name in ("lon", "lat", "zoom"))
        if place != state.kept(PLACE):
            state.keep(PLACE, place)
            state.select(None)
            st.rerun()


@st.cache_resource(max_entries=8, show_spinner=False)
def _page(_desk: Desk, _run: Evaluation, run_id: str, version: str, place: Place, language: Language) -> str:
    """Return the page of one run's verdicts around a place, drawn once for all visitors."""
    settings: Mapping[str, str] = _run.manifest["settings"]
    texts = {"here": translate("显示此处的地块", language)}
    context = _desk.workspace.context_for(settings)
    return draw(_desk, place, texts, fills=fills_of(_run), context=context, most=MOST).page


@cache
def _frame(height: int) -> Any:  # what Streamlit returns has no public type
    css = f"iframe {{ display: block; width: 100%; height: {height}px; border: 0; }}"
    script = (FOLDER / "plain-frame.js").read_text(encoding="utf-8")
    return st.components.v2.component(f"gisapp_verdict_map_{height}", css=css, js=script, isolate_styles=True)


def _nothing() -> None:
    """Let Streamlit know the name of a trigger."""


def legend(run: Evaluation) -> Html:
    """Return what the colours mean (图例)."""
    parts = []
    for name, colour in COLOURS.items():
        swatch = Html(f'<i style="background:{colour}"></i>')
        parts.append(tag("span", swatch, text(t(verdict_word(run.rulebook, name)))))
    note = t("只画视图中心附近的 {count} 宗地块；要看全部与编辑，用地图页的方案菜单", count=MOST)
    return tag("div", *parts, tag("span", text(note), kind="gp-note"), kind="gp-verdictlegend")
