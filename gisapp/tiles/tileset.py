"""All display layers under one version, tile by tile (瓦片集)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from gisapp.tiles.cache import ByteCache
from gisapp.tiles.grid import Tile
from gisapp.tiles.source import VectorSource

CACHE_BYTES: Final = 32 * 1024 * 1024


class TileSet:
    """The vector tiles of one state of the workspace (瓦片集).

    A tile set never changes: after an edit make another one, with the layer sources that stayed the same
    (they keep their prepared levels), new parcel sources and a new version. Safe to use from several threads.
    """

    def __init__(
        self, sources: Sequence[VectorSource], version: str, *, cache_bytes: int = CACHE_BYTES
    ) -> None:
        self.sources = tuple(sources)
        self.version = version
        self._cache = ByteCache(cache_bytes)

    def tile(self, z: int, x: int, y: int) -> bytes:
        """Return one Mapbox Vector Tile 2.1 (矢量瓦片), ``b""`` where nothing is drawn.

        Raises
        ------
        InputError
            If z, x or y is outside the pyramid.
        """
        wanted = Tile(z, x, y)
        return self._cache.get(wanted, lambda: b"".join(source.layer(wanted) for source in self.sources))

    def warm(self, zooms: Iterable[int]) -> None:
        """Prepare the levels of `zooms`, so that the first tile of each is as fast as the next (预热)."""
        for z in zooms:
            for source in self.sources:
                if source.min_zoom <= z <= source.max_zoom:
                    source.level(z)
