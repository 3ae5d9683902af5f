"""One start of the server (服务实例): the open workspace, its desk, and who may ask."""

from __future__ import annotations

import logging
import math
import os
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Event, Thread

from gisapp.app.desk import Desk
from gisapp.app.desks import Desks
from gisapp.app.editing.editor import Editor
from gisapp.app.storing import local_user
from gisapp.app.tiles import raster_source
from gisapp.app.tokens import Claims, TokenKey
from gisapp.app.workspace import Workspace
from gisapp.errors import GisappError
from gisapp.settings import Settings
from gisapp.tiles import RasterSource

log = logging.getLogger(__name__)
FIRST_ZOOMS = range(10, 16)
SAVE_AFTER_SECONDS = 20.0
"""Writing runs keeps the interpreter busy for seconds: the first page comes first."""


@dataclass
class Server:
    """What the pages and the routes of one process share (服务实例)."""

    settings: Settings
    key: TokenKey = field(default_factory=TokenKey, repr=False)

    @cached_property
    def desks(self) -> Desks:
        """The desks over the workspace; raises `InputError` if it is not one."""
        return Desks(Workspace(self.settings.workspace))

    @property
    def desk(self) -> Desk:
        """The desk over the official parcels as they are now."""
        return self.desks.current()

    @cached_property
    def editor(self) -> Editor:
        """Editing of the parcels, by whoever a request speaks for."""
        return Editor(self.desks)

    @cached_property
    def rasters(self) -> dict[str, RasterSource]:
        """The raster layers that have a colour ramp, by id."""
        workspace = self.desks.workspace
        return {
            name: raster_source(layer, workspace.root / "layers")
            for name, layer in workspace.context().layers.items()
            if layer.grid is not None and layer.spec.style.ramp
        }

    def reload(self) -> None:
        """Read layers, tables and rulebooks again on the next question (重新读取)."""
        self.desks.reload()
        self.__dict__.pop("rasters", None)

    def token(self) -> str:
        """Return a token for the local user (访问令牌)."""
        expires = int(time.time()) + self.settings.token_seconds
        return self.key.mint(
            Claims(self.settings.user, self.settings.role, str(self.settings.workspace), expires)
        )

    def claims(self, token: str) -> Claims | None:
        """Return who a request with `token` speaks for, None if it may not be answered."""
        claims = self.key.read(token, now=time.time())
        return claims if claims is not None and claims.workspace == str(self.settings.workspace) else None

    def warm_desk(self, desk: Desk) -> Thread:
        """Start preparing a desk over a new state of the parcels, and return the thread."""
        thread = Thread(target=self._prepare_desk, args=(desk,), name="gisapp-warm-desk", daemon=True)
        thread.start()
        return thread

    def _prepare_desk(self, desk: Desk) -> None:
        try:
            desk.evaluations()
        except GisappError as error:
            log.warning("warm-up stopped: %s", error)

    def warm_up(self) -> Thread:
        """Start preparing what the first page asks for, and return the thread (预热)."""
        thread = Thread(target=self._prepare, name="gisapp-warm-up", daemon=True)
        thread.start()
        return thread

    def _prepare(self) -> None:
        try:
            desk = self.desk
            view = desk.boot("zh")["view"]
            for z, x, y in tiles_around(view["lon"], view["lat"], int(view["zoom"])):
                desk.tiles.tile(z, x, y)
            found = desk.evaluations().values()
            desk.tiles.warm(FIRST_ZOOMS)
            Event().wait(SAVE_AFTER_SECONDS)
            for evaluation in found:
                if not (desk.workspace.state / "runs" / evaluation.run_id / "run.json").exists():
                    desk.workspace.save_run(evaluation)
        except GisappError as error:
            # The page that needs it raises the same error where a person sees it.
            log.warning("warm-up stopped: %s", error)


def tiles_around(lon: float, lat: float, zoom: int) -> list[tuple[int, int, int]]:
    """Return (z, x, y) of the tile at a place in degrees and of its neighbours, the middle one first."""
    size = 2**zoom
    x = (lon + 180.0) / 360.0 * size
    y = (1.0 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2.0 * size
    near = [(dx, dy) for dx in (0, -1, 1) for dy in (0, -1, 1)]
    places = [(int(x) + dx, int(y) + dy) for dx, dy in near]
    return [(zoom, column, row) for column, row in places if 0 <= column < size and 0 <= row < size]


def settings_from_environment() -> Settings:
    """Return the settings of this start: GISAPP_WORKSPACE (else the working folder) and GISAPP_USER."""
    workspace = Path(os.environ.get("GISAPP_WORKSPACE") or Path.cwd()).resolve()
    return Settings(workspace=workspace, user=local_user())


_current: Server | None = None


def start(settings: Settings) -> Server:
    """Return the server of this process, made on the first call (启动)."""
    global _current  # noqa: PLW0603  one process serves one workspace
    if _current is None or _current.settings != settings:
        _current = Server(settings)
    return _current


def current() -> Server:
    """Return the server of this process; raises RuntimeError before `start`."""
    if _current is None:
        raise RuntimeError("gisapp.app.server.start was not called")
    return _current
