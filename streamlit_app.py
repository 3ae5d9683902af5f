"""The app: Streamlit's pages and gisapp's own routes in one process, on one port.

Start it with ``gisapp serve`` or ``make app``; the workspace comes in by GISAPP_WORKSPACE.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st

import gisapp.ui
from gisapp.api import routes
from gisapp.app.server import settings_from_environment, start
from gisapp.ui.shell import shell_routes

server = start(settings_from_environment())


@asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[None]:
    """Prepare the first page while the server comes up."""
    server.warm_up()
    yield


app = st.App(
    Path(gisapp.ui.__file__).with_name("main.py"),
    routes=[*routes(server), *shell_routes()],
    lifespan=lifespan,
)
