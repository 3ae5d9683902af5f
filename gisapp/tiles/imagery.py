"""Pictures under the map (影像瓦片): what every kind of source answers, and how pixels become a file."""

from __future__ import annotations

import io
from typing import Final, Literal, Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image

from gisapp.tiles.grid import Tile

MediaType = Literal["image/png", "image/jpeg", "image/webp"]
Pixels = npt.NDArray[np.uint8]
"""Shape (height, width, 4): red, green, blue, alpha, 0-255, from the north-west corner."""

SIZE_PX: Final = 256
"""Side of a tile that is drawn here; pictures passed through keep theirs."""
JPEG_QUALITY: Final = 85


class ImagerySource(Protocol):
    """One set of pictures (影像数据源), cut into Web-Mercator tiles."""

    def tile(self, tile: Tile) -> bytes:
        """Return a PNG, JPEG or WebP picture, ``b""`` where there is none (影像瓦片).

        Raises
        ------
        InputError
            If the source cannot be read or must not be asked.
        UpstreamError
            If another server was asked and did not answer with a picture.
        """

    def stamp(self) -> str:
        """Return a text that changes when the source does, for caches (数据版本)."""

    def check(self) -> None:
        """Raise `InputError` (`CrsError`) if the source is not fit to be shown (影像检查)."""


def media_type(picture: bytes) -> MediaType | None:
    """Return the type of a picture by its first bytes, None for anything else (图片类型)."""
    if picture.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if picture.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if picture[:4] == b"RIFF" and picture[8:12] == b"WEBP":
        return "image/webp"
    return None


def encode(pixels: Pixels, *, sharp: bool = False) -> bytes:
    """Return a picture file of pixels, ``b""`` if nothing is visible.

    Opaque pictures become JPEG, those with transparent parts and `sharp` ones (class colours) PNG.
    """
    alpha = pixels[..., 3]
    if not alpha.any():
        return b""
    out = io.BytesIO()
    if not sharp and alpha.min() == 255:
        Image.fromarray(pixels[..., :3]).save(out, "JPEG", quality=JPEG_QUALITY)
    else:
        Image.fromarray(pixels).save(out, "PNG", compress_level=6)
    return out.getvalue()
