"""Tiles of an MBTiles file (影像 MBTiles): pictures as they lie in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from gisapp.errors import InputError, Problem
from gisapp.tiles.grid import Tile
from gisapp.tiles.imagery import media_type

_TILE = "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?"


class MbtilesImagery:
    """Pictures of one MBTiles file, by its definition in EPSG:3857 with rows counted from the south.

    Read only and immutable: nothing is locked, no side file is made, a file on a read-only disk will do. A new
    edition must come as a new file that is moved into place, never written over.
    """

    def __init__(self, path: Path, name: str) -> None:
        self.path = path
        self.name = name

    def stamp(self) -> str:
        """Return time and size of the file; empty where it is missing."""
        try:
            found = self.path.stat()
        except OSError:
            return ""
        return f"{found.st_mtime_ns}-{found.st_size}"

    def tile(self, tile: Tile) -> bytes:
        """Return the picture of a tile, ``b""`` where there is none (影像瓦片)."""
        row = (1 << tile.z) - 1 - tile.y
        with self._opened() as database:
            found = database.execute(_TILE, (tile.z, tile.x, row)).fetchone()
        return self._picture(found[0]) if found else b""

    def check(self) -> None:
        """Raise `InputError` if the file is no MBTiles, is empty, or holds anything but pictures."""
        with self._opened() as database:
            first = database.execute("SELECT tile_data FROM tiles LIMIT 1").fetchone()
        if first is None:
            raise InputError(Problem("MBTiles 中没有瓦片", file=self.name, action="重新导出影像瓦片"))
        self._picture(first[0])

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        address = f"{self.path.resolve().as_uri()}?mode=ro&immutable=1"
        try:
            with closing(sqlite3.connect(address, uri=True)) as database:
                yield database
        except sqlite3.Error as error:
            action = "检查文件是否存在、是否为完整的 MBTiles"
            raise InputError(Problem("MBTiles 无法读取", file=self.name, action=action)) from error

    def _picture(self, held: object) -> bytes:
        picture = held if isinstance(held, bytes) else b""
        if media_type(picture) is None:
            raise InputError(
                Problem(
                    "MBTiles 中的瓦片不是图片",
                    file=self.name,
                    expected="PNG、JPEG 或 WebP（不支持矢量瓦片 pbf）",
                    action="导出为栅格影像瓦片",
                )
            )
        return picture
