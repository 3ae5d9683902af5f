"""The start of every run (界面入口): look, pages, top bar, then the page itself."""

from __future__ import annotations

import logging

import streamlit as st

from gisapp.app.desk import PRODUCT
from gisapp.app.server import Server, current
from gisapp.errors import GisappError
from gisapp.ui import face, state, style, waiting
from gisapp.ui.components import BarEvents, bar
from gisapp.ui.texts import t
from gisapp.ui.views import data, desk, evaluate, failure, ledger, parks, scenarios, sitecheck, targets, udb

log = logging.getLogger(__name__)
SHOW = {
    "map": desk.show,
    "evaluate": evaluate.show,
    "scenarios": scenarios.show,
    "parks": parks.show,
    "sitecheck": sitecheck.show,
    "udb": udb.show,
    "ledger": ledger.show,
    "targets": targets.show,
    "data": data.show,
}


def run() -> None:
    """Show the page that the address names."""
    st.set_page_config(page_icon=str(style.ICON), layout="wide", initial_sidebar_state="collapsed")
    style.apply()
    pages = {
        id_: st.Page(
            SHOW[id_], title=f"{face.page_title(id_)} · {t(PRODUCT)}", url_path=id_, default=id_ == "map"
        )
        for id_ in face.PAGES
    }
    opened = st.navigation(list(pages.values()), position="hidden")
    page = next(id_ for id_, entry in pages.items() if entry == opened)
    try:
        _bar(current(), page, pages)
        opened.run()
    except GisappError as error:
        failure.show(error)
    except Exception:
        log.exception("page %s failed", page)
        failure.show_unexpected()


def _bar(server: Server, page: str, pages: dict[str, st.Page]) -> None:
    with waiting.skeleton(page):
        boot = server.desk.boot(state.language())
    events = bar(face.bar_data(server, boot, page))
    _follow(events, pages)


def _follow(events: BarEvents, pages: dict[str, st.Page]) -> None:
    """Do what the visitor asked for in the bar."""
    if events.lang:
        state.set_language(events.lang)
        st.rerun()
    if events.select:
        state.select(events.select.parcel_id)
        st.switch_page(pages["map"], query_params=state.address())
    wanted = state.wanted_page() or events.page
    if wanted in pages:
        st.switch_page(pages[wanted], query_params=state.address())


run()
