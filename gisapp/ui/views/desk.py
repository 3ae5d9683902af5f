"""The map page (地图): the desk from edge to edge."""

from __future__ import annotations

import streamlit as st

from gisapp.app.server import current
from gisapp.ui import face, state, waiting
from gisapp.ui.components import desk
from gisapp.ui.views import failure


def show() -> None:
    """Show the desk, or the read-only map where the browser draws no WebGL.

    A request for a fresh token is answered by this very run.
    """
    server = current()
    boot = server.desk.boot(state.language())
    empty = boot["workspace"]["parcels"] == 0
    if empty and not boot["layers"]:
        failure.show_no_parcels(server)
        return
    if state.no_webgl() and not empty:
        # Folium takes long to load and few browsers need it.
        from gisapp.ui.views import fallback

        fallback.show(server)
        return
    waiting.backdrop("map")
    # Without parcels there is nothing to evaluate, so the desk is told of no rulebook.
    told = desk(face.desk_data(server, {**boot, "rulebooks": []} if empty else boot))
    if told.no_webgl and not empty:
        state.set_no_webgl(True)
        st.rerun()
    state.hear_map(told.parcel_id)
    if empty:
        failure.show_no_parcels(server, over_map=True)
