"""The candidates page (评价): choose a rulebook, narrow the list, see why."""

from __future__ import annotations

import streamlit as st

from gisapp.app.listing import Listing, listing, uses_in, verdict_counts
from gisapp.app.server import Server, current
from gisapp.errors import InputError
from gisapp.ui import face, markup, offers, state, waiting
from gisapp.ui.components import desk
from gisapp.ui.sift import sift
from gisapp.ui.table import ranked
from gisapp.ui.texts import t
from gisapp.ui.views import explanation, failure

MAP_PX = 300


def show() -> None:
    """Show the list of one rulebook, the map beside it, and the explanation of the chosen parcel."""
    server = current()
    if len(server.desk.workspace.parcels) == 0:
        failure.show_no_parcels(server)
        return
    with st.container(key="evaluate", gap=None):
        _page(server)


def _page(server: Server) -> None:
    with st.container(key="top", gap=None):
        head = st.container(key="head", horizontal=True, vertical_alignment="center", gap="small")
        with head:
            rulebook = _rulebook(server)
        if rulebook is None:
            fix = t("在 parcels/rulebooks 中放入在数据日期有效的规则文件")
            markup.show(markup.notice(t("没有可用的评价规则"), fix))
            return
        counts = _counts(server, rulebook)
        if counts is None:
            return
        language = state.language()
        filters = sift(
            server.desk.places(), lambda verdict: uses_in(server.desk, rulebook, verdict, language), counts
        )
        found = listing(server.desk, rulebook, filters, language)
        with head:
            _facts(found)
            offers.downloads(found, server.desk.workspace.parcels)
    left, right = st.columns([1.5, 1], gap="small")
    with right, st.container(key="beside", gap=None):
        _beside(server, rulebook)
    with left, st.container(key="list", gap=None):
        ranked(found)


def _counts(server: Server, rulebook: str) -> dict[str, tuple[str, int]] | None:
    """Return the verdicts of a rulebook; say at the top what is wrong where it cannot be evaluated."""
    try:
        with waiting.skeleton("evaluate", rulebook):
            return verdict_counts(server.desk, rulebook)
    except InputError as error:
        failure.show_here(error)
        return None


def _rulebook(server: Server) -> str | None:
    books = {book.id: book.title.text(state.language()) for book in server.desk.workspace.rulebooks()}
    if not books:
        return None
    first = "redevelopment" if "redevelopment" in books else next(iter(books))
    chosen: str = st.segmented_control(
        t("评价规则"), list(books), default=first, required=True, format_func=books.__getitem__,
        key="rulebook", label_visibility="collapsed", persist_state="session",
    )  # fmt: skip
    return chosen


def _facts(found: Listing) -> None:
    info = found.workspace
    facts = [
        (t("评价规则版本"), found.rulebook.edition),
        (t("运行编号"), found.run_id[:12]),
        (t("数据日期"), info.data_date.isoformat()),
    ]
    parts = [
        markup.tag("span", markup.text(f"{name} "), markup.tag("b", markup.text(value)))
        for name, value in facts
    ]
    parts += [markup.chip(t("示例数据（合成）"), "synthetic")] if info.synthetic else []
    markup.show(markup.tag("div", *parts, kind="gp-facts"))


def _beside(server: Server, rulebook: str) -> None:
    boot = server.desk.boot(state.language())
    told = desk(face.map_data(server, boot, rulebook=rulebook, height=MAP_PX), key="map")
    if state.hear_map(told.parcel_id):
        st.rerun()
    with st.container(key="why", gap=None):
        explanation.show(server, rulebook)
