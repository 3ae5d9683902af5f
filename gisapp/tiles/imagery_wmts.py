"""Tiles of a WMTS of the intranet (影像 WMTS): passed through, or resampled from a geographic pyramid."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

import numpy as np
from PIL import Image

from gisapp.errors import CrsError, Problem
from gisapp.model.layers import Imagery
from gisapp.tiles.grid import FloatArray, Tile, to_lonlat
from gisapp.tiles.imagery import Pixels, encode
from gisapp.tiles.imagery_fetch import UpstreamError

Fetch = Callable[[str], bytes]
"""Address → picture, ``b""`` for none; see `Fetcher.picture`."""

MERCATOR: Final = "EPSG:3857"
GEOGRAPHIC: Final = frozenset({"EPSG:4490", "EPSG:4326"})
MOST_PX: Final = 1024
"""Side of the largest picture that is opened here."""
_PLACE: Final = re.compile(r"\{(\w+)\}")


class WmtsImagery:
    """Pictures of one layer of a WMTS (影像 WMTS).

    A pyramid in EPSG:3857 has the grid of the map: its pictures are passed on as they come. One in EPSG:4490
    or EPSG:4326 has the same columns (level n is 360° / 2ⁿ wide) and other rows, evenly spaced in latitude:
    rows are interpolated here, straight between neighbours, columns stay as they are.

    Parameters
    ----------
    spec
        The catalogue entry; `Imagery` says how its levels are called.
    fetch
        Gets one address; only addresses made from the entry and whole tile numbers are asked for.
    """

    def __init__(self, spec: Imagery, fetch: Fetch) -> None:
        self.spec = spec
        self._fetch = fetch

    def stamp(self) -> str:
        """Return an empty text: what another server does is not seen from here."""
        return ""

    def check(self) -> None:
        """Raise `CrsError` if the pyramid is in a CRS that is not served."""
        if self.spec.crs != MERCATOR and self.spec.crs not in GEOGRAPHIC:
            raise CrsError(
                Problem(
                    "WMTS 的坐标系不支持",
                    field=f"imagery.{self.spec.id}.crs",
                    value=self.spec.crs,
                    expected="EPSG:3857、EPSG:4490 或 EPSG:4326",
                    action="改用该服务的经纬度或 Web 墨卡托矩阵集",
                )
            )

    def tile(self, tile: Tile) -> bytes:
        """Return the picture of a tile, ``b""`` where the service has none (影像瓦片)."""
        self.check()
        if self.spec.crs == MERCATOR:
            return self._fetch(self.address(tile.z, tile.x, tile.y))
        return encode(self._resampled(tile))

    def address(self, level: int, column: int, row: int) -> str:
        """Return the address of one picture, KVP or RESTful (请求地址)."""
        spec = self.spec
        values = {
            "Layer": spec.layer or "",
            "Style": spec.style,
            "TileMatrixSet": spec.matrix_set or "",
            "TileMatrix": f"{spec.matrix_prefix}{level + spec.matrix_offset}",
            "TileRow": str(row),
            "TileCol": str(column),
        }
        if "{" in spec.source:
            known = {name.lower(): quote(value, safe=":") for name, value in values.items()}
            return _PLACE.sub(lambda found: known.get(found[1].lower(), found[0]), spec.source)
        asked = {"Service": "WMTS", "Request": "GetTile", "Version": "1.0.0", **values, "Format": spec.format}
        query = urlencode({name.upper(): value for name, value in asked.items()}, safe="/:")
        parts = urlsplit(spec.source)
        return parts._replace(query=f"{parts.query}&{query}".strip("&"), fragment="").geturl()

    def _resampled(self, tile: Tile) -> Pixels:
        """Return the pixels of a tile from the one or two pictures of the same column that meet it."""
        side = 360.0 / (1 << tile.z)
        first, last = (int((90.0 - edge) // side) for edge in _latitudes(tile, np.array([0.0, 1.0])))
        last = min(last, max((1 << tile.z) // 2 - 1, 0))
        pictures = [self._fetch(self.address(tile.z, tile.x, row)) for row in range(first, last + 1)]
        opened = [self._open(picture) if picture else None for picture in pictures]
        size = next((len(picture) for picture in opened if picture is not None), 1)
        if any(picture is not None and picture.shape != (size, size, 4) for picture in opened):
            raise UpstreamError("影像服务的瓦片大小不一", action="联系影像服务的管理单位")
        empty = np.zeros((size, size, 4), dtype=np.uint8)
        column = np.concatenate([empty if picture is None else picture for picture in opened])
        latitude = _latitudes(tile, (np.arange(size) + 0.5) / size)
        return _rows_at(column, ((90.0 - latitude) / side - first) * size - 0.5)

    def _open(self, picture: bytes) -> Pixels:
        try:
            with Image.open(io.BytesIO(picture)) as image:
                if max(image.size) <= MOST_PX:
                    return np.asarray(image.convert("RGBA"))
        except (OSError, ValueError, SyntaxError) as error:
            raise UpstreamError("影像服务返回的图片已损坏", action="联系影像服务的管理单位") from error
        raise UpstreamError(f"影像服务的瓦片大于 {MOST_PX} 像素", action="改用 256 像素的矩阵集")


def _latitudes(tile: Tile, share: FloatArray) -> FloatArray:
    """Return latitudes [degrees] at shares of a tile's height, 0 its north edge, 1 its south edge."""
    north = tile.bounds[3]
    return to_lonlat(np.column_stack([np.zeros_like(share), north - share * tile.side_m]))[:, 1]


def _rows_at(pixels: Pixels, places: FloatArray) -> Pixels:
    """Return rows of `pixels` at fractional places (0 = middle of the first), colours weighted by their alpha."""
    places = np.clip(places, 0.0, len(pixels) - 1.0)
    above = np.floor(places).astype(int)
    below = np.minimum(above + 1, len(pixels) - 1)
    share = (places - above)[:, None, None].astype(np.float32)
    weighted = pixels.astype(np.float32)
    weighted[..., :3] *= weighted[..., 3:] / 255.0
    mixed = weighted[above] * (1.0 - share) + weighted[below] * share
    alpha = mixed[..., 3:]
    mixed[..., :3] *= np.divide(255.0, alpha, out=np.zeros_like(alpha), where=alpha > 0)
    out: Pixels = np.clip(np.rint(mixed), 0, 255).astype(np.uint8)
    return out
