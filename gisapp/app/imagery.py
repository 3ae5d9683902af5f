"""The imagery of a workspace by id (影像): tiles from its catalogue, with a memory of what was shown last."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any, Final
from weakref import WeakKeyDictionary

from gisapp.app.workspace import Workspace
from gisapp.errors import InputError, Problem
from gisapp.model.layers import Catalog, Imagery
from gisapp.settings import Language
from gisapp.tiles import Tile
from gisapp.tiles.cache import ByteCache
from gisapp.tiles.imagery import SIZE_PX, ImagerySource
from gisapp.tiles.imagery_cog import CogImagery
from gisapp.tiles.imagery_fetch import SETTING, AllowList, Fetcher, Origin
from gisapp.tiles.imagery_mbtiles import MbtilesImagery
from gisapp.tiles.imagery_wmts import WmtsImagery

CACHE_BYTES: Final = 48 * 1024 * 1024
FRESH_SECONDS: Final = 3600
"""After this time another server is asked again."""
CATALOG: Final = "layers/catalog.yaml"


class ImageryTiles:
    """Tiles of every imagery entry of a catalogue (影像瓦片).

    Parameters
    ----------
    entries
        The catalogue's ``imagery``.
    root
        The workspace's folder; files of ``cog`` and ``mbtiles`` lie under its ``layers/``.
    allow
        Hosts that a ``wmts`` may be fetched from.
    clock
        Seconds that only grow; says when the copy of another server's picture is too old.
    """

    def __init__(
        self,
        entries: Sequence[Imagery],
        root: Path,
        *,
        allow: AllowList,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.entries = {entry.id: entry for entry in entries}
        self._fetcher = Fetcher(allow)
        self._clock = clock
        self._cache = ByteCache(CACHE_BYTES)
        self._sources = {entry.id: self._source(entry, root / "layers") for entry in entries}

    def tile(self, id_: str, z: int, x: int, y: int) -> bytes:
        """Return a PNG, JPEG or WebP picture, ``b""`` where there is none (影像瓦片).

        Raises
        ------
        KeyError
            If the catalogue has no imagery of this id.
        InputError
            If z, x or y is outside the pyramid, the file is unfit, or the host is not allowed.
        UpstreamError
            If the other server did not answer with a picture.
        """
        entry, wanted = self.entries[id_], Tile(z, x, y)
        if not entry.min_zoom <= z <= entry.max_zoom:
            return b""
        source = self._sources[id_]
        return self._cache.get((id_, source.stamp(), self._hour(), wanted), lambda: source.tile(wanted))

    def check(self) -> tuple[Problem, ...]:
        """Return what is wrong with the entries, without asking any other server (影像检查)."""
        problems: list[Problem] = []
        for id_, source in self._sources.items():
            try:
                if isinstance(source, WmtsImagery):
                    self._fetcher.allow.require(Origin.of(source.spec.source))
                source.check()
            except InputError as error:
                problems += [_placed(problem, id_) for problem in error.problems]
        return tuple(problems)

    def _hour(self) -> int:
        return int(self._clock() // FRESH_SECONDS)

    def _source(self, entry: Imagery, folder: Path) -> ImagerySource:
        name = f"layers/{entry.source}"
        match entry.kind:
            case "cog":
                return CogImagery(folder / entry.source, name)
            case "mbtiles":
                return MbtilesImagery(folder / entry.source, name)
            case "wmts":
                return WmtsImagery(entry, self._fetch)

    def _fetch(self, address: str) -> bytes:
        return self._cache.get((address, self._hour()), lambda: self._fetcher.picture(address))


def _placed(problem: Problem, id_: str) -> Problem:
    """Return a problem that says which entry of the catalogue it is about."""
    field = problem.field if problem.field and problem.field.startswith("imagery.") else None
    return Problem(
        problem.message,
        file=problem.file or CATALOG,
        field=field or f"imagery.{id_}.{problem.field or 'source'}",
        value=problem.value,
        expected=problem.expected,
        action=problem.action,
    )


_kept: WeakKeyDictionary[Workspace, tuple[Catalog, ImageryTiles]] = WeakKeyDictionary()
_lock = Lock()


def imagery_tiles(workspace: Workspace) -> ImageryTiles:
    """Return the imagery of a workspace, made again when its catalogue was read again.

    Hosts of a WMTS are allowed by the environment: ``GISAPP_WMTS_ALLOW=host[:port],…``, none by default.
    """
    with _lock:
        catalog = workspace.catalog
        held = _kept.get(workspace)
        if held is None or held[0] is not catalog:
            allow = AllowList.parse(os.environ.get(SETTING, ""))
            held = catalog, ImageryTiles(catalog.imagery, workspace.root, allow=allow)
            _kept[workspace] = held
        return held[1]


def imagery_info(catalog: Catalog, language: Language) -> list[dict[str, Any]]:
    """Return what the boot document says of imagery (影像清单); addresses of other servers stay here."""
    return [
        {
            "id": entry.id,
            "title": entry.title.text(language),
            "attribution": entry.attribution or entry.authority,
            "as_of": entry.as_of.isoformat() if entry.as_of else None,
            "authority": entry.authority,
            "licence": entry.licence,
            "min_zoom": entry.min_zoom,
            "max_zoom": entry.max_zoom,
            "tile_px": SIZE_PX,
            "tiles": f"/imagery/{entry.id}/{{z}}/{{x}}/{{y}}",
        }
        for entry in catalog.imagery
    ]
