"""The candidates page (评价): choose a rulebook, narrow the list, see why and how sure, try other numbers."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from gisapp.app.listing import Listing, listing, uses_in, verdict_counts
from gisapp.app.ranking import Filters
from gisapp.app.server import Server, current
from gisapp.app.staleness import WORDS, reasons
from gisapp.errors import InputError
from gisapp.evaluation import Evaluation
from gisapp.ui import face, markup, offers, state, waiting
from gisapp.ui.components import desk
from gisapp.ui.sift import sift
from gisapp.ui.table import ranked
from gisapp.ui.texts import t
from gisapp.ui.views import assembly, draft, failure, robustness, scenariomaps
from gisapp.ui.views import reasons as why

MAP_PX = 300
DRAFT_MAP_PX = 236
STALE_SECONDS = 15


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
        tried = draft.trial(rulebook)
        settings = tried.applied
        counts = _counts(server, rulebook, settings)
        if counts is None:
            return
        language = state.language()
        with head:
            facts = st.container(key="facts", gap=None)
            aspect = _aspect(rulebook)
        filters = Filters()
        if aspect == "list":
            filters = sift(
                server.desk.places(),
                lambda verdict: uses_in(server.desk, rulebook, verdict, language, settings),
                counts,
            )
        found = listing(server.desk, rulebook, filters, language, settings)
        with facts:
            _facts(found)
        draft.banner(tried)
        _stale(server, found.evaluation, pending=tried.stale)
        if aspect == "list":
            with head:
                offers.downloads(found, server.desk.workspace.parcels)
    left, right = st.columns([1.5, 1], gap="small")
    with right, st.container(key="beside", gap=None):
        _beside(server, rulebook, found.evaluation, settings)
    with left, st.container(key="list", gap=None):
        if aspect == "list":
            ranked(found)
        elif aspect == "robust":
            robustness.show(server, rulebook, settings)
        elif aspect == "assembly":
            assembly.show(server, found.evaluation, settings)
        else:
            draft.show(server, tried)
            return
        draft.rest(tried)


@st.fragment(run_every=STALE_SECONDS)
def _stale(server: Server, evaluation: Evaluation, *, pending: bool) -> None:
    """Say that the results on this page no longer stand, and strike them through (过期); looked at again and again."""
    changed = reasons(server.desks, evaluation)
    words = [t(WORDS[name]) for name in changed] + ([t("阈值或权重已改，尚未重新计算")] if pending else [])
    if not words:
        return
    with st.container(key="stale", horizontal=True, vertical_alignment="center", gap="small"):
        said = t("结果已过期：{why}。划线的结果不得使用。", why="；".join(words))
        markup.show(markup.tag("div", markup.text(said), kind="gp-staleflag"))
        if changed and st.button(t("重新读取并评价"), key="stale_again"):
            if "files" in changed:
                server.reload()
            st.rerun(scope="app")


def _counts(server: Server, rulebook: str, settings: Mapping[str, str]) -> dict[str, tuple[str, int]] | None:
    """Return the verdicts of a rulebook; say at the top what is wrong where it cannot be evaluated."""
    try:
        with waiting.skeleton("evaluate", rulebook):
            return verdict_counts(server.desk, rulebook, settings)
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


def _aspect(rulebook: str) -> str:
    """Return what the left side shows: the list, how sure its order is, groups of candidates, or other numbers."""
    names = {"list": t("清单"), "robust": t("排序稳健性"), "draft": t("权重与阈值")}
    if assembly.offered(rulebook):
        names["assembly"] = t("连片改造")
    chosen: str = st.segmented_control(
        t("查看"), list(names), default="list", required=True, format_func=names.__getitem__,
        key="aspect", label_visibility="collapsed", persist_state="session",
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


def _beside(server: Server, rulebook: str, evaluation: Evaluation, settings: Mapping[str, str]) -> None:
    if settings:
        _draft_map(server, evaluation)
    else:
        boot = server.desk.boot(state.language())
        told = desk(face.map_data(server, boot, rulebook=rulebook, height=MAP_PX), key="map")
        if state.hear_map(told.parcel_id):
            st.rerun()
    with st.container(key="why", gap=None):
        why.show(server, rulebook, settings)


def _draft_map(server: Server, evaluation: Evaluation) -> None:
    """Show a draft's verdicts: the other map knows those of the official rulebook only."""
    row = server.desk.display.rows.get(state.parcel() or "")
    with st.container(key="draft_map", gap=None):
        scenariomaps.around(
            server.desk, evaluation, row, key="draft_frame", title=t("草案的判定"), selection=state.parcel(),
            height=DRAFT_MAP_PX,
        )  # fmt: skip
        markup.show(scenariomaps.legend(evaluation))
