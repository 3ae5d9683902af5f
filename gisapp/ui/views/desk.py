"""The map page (地图): the desk from edge to edge."""

from __future__ import annotations

from gisapp.app.server import current
from gisapp.ui import face, state
from gisapp.ui.components import desk


def show() -> None:
    """Show the desk; a request for a fresh token is answered by this very run."""
    server = current()
    boot = server.desk.boot(state.language())
    told = desk(face.desk_data(server, boot))
    state.hear_map(told.parcel_id)
