"""The code page of a shapefile (文字编码): read off its bytes, not believed from its .cpg file.

GBK without a .cpg is the normal case in bureaus, a .cpg that says UTF-8 over GBK text is not rare, and a text
that is cut at a field's width may end in half a character.
"""

from __future__ import annotations

import codecs
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

import geopandas as gpd

from gisapp.errors import InputError, Problem
from gisapp.io.importresult import Note
from gisapp.io.mapping import Cell

CANDIDATES: Final = ("utf-8", "gb18030")
_HEADER_BYTES: Final = 32
_DESCRIPTOR_END: Final = 0x0D


@dataclass(frozen=True)
class Texts:
    """How the texts of one shapefile are read (文字读取): byte for byte first, then in the code page found."""

    encoding: str
    notes: tuple[Note, ...] = ()
    RAW: ClassVar[str] = "ISO-8859-1"

    def decoded(self, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """Return a frame that was read byte for byte with its names and texts decoded; half characters dropped."""
        out = frame.rename(columns={name: self._text(name) for name in frame.columns if name != "geometry"})
        for name in out.columns:
            if name != "geometry" and (out[name].dtype == object or str(out[name].dtype) == "str"):
                out[name] = out[name].astype("object").map(self._text, na_action="ignore")
        return out

    def _text(self, cell: Cell) -> Cell:
        return cell.encode(self.RAW).decode(self.encoding, "ignore") if isinstance(cell, str) else cell


def shapefile_texts(path: Path, encoding: str | None) -> Texts:
    """Return how to read the texts beside `path`: as told, else UTF-8 if all of them can be that, else GB18030."""
    if encoding is not None:
        try:
            return Texts(codecs.lookup(encoding).name)
        except LookupError as error:
            expected = "UTF-8、GBK 或 GB18030"
            problem = Problem("没有这种文字编码", field="--encoding", value=encoding, expected=expected)
            raise InputError(problem) from error
    table = next(f for f in path.parent.iterdir() if f.name.casefold() == f"{path.stem}.dbf".casefold())
    found = list(_texts(table.read_bytes()))
    chosen = next((name for name in CANDIDATES if all(_fits(text, name) for text in found)), CANDIDATES[-1])
    claim = next(
        (f for f in path.parent.iterdir() if f.name.casefold() == f"{path.stem}.cpg".casefold()), None
    )
    claimed = claim.read_text(encoding="ascii", errors="replace").strip() if claim else ""
    if chosen == "gb18030" and claimed.upper().startswith("UTF"):
        return Texts(chosen, (Note("encoding", f".cpg 声明 {claimed}，但文字实为 GBK，已按 GB18030 读取"),))
    return Texts(chosen)


def _fits(text: bytes, encoding: str) -> bool:
    """Return whether bytes are text in `encoding`, the last character perhaps cut."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(text, final=False)
    except UnicodeDecodeError:
        return False
    return True


def _texts(raw: bytes) -> Iterator[bytes]:
    """Give the texts of a dBASE table that are not plain ASCII, names of columns first."""
    if len(raw) < _HEADER_BYTES:
        return
    count, start, size = struct.unpack("<IHH", raw[4:12])
    fields: list[tuple[int, int]] = []
    offset = 1
    for place in range(_HEADER_BYTES, start - 1, _HEADER_BYTES):
        if raw[place] == _DESCRIPTOR_END:
            break
        name, kind, width = (
            raw[place : place + 11].split(b"\0")[0],
            raw[place + 11 : place + 12],
            raw[place + 16],
        )
        if kind == b"C":
            fields.append((offset, width))
        offset += width
        if not name.isascii():
            yield name
    for row in range(start, start + count * size, size):
        for at, width in fields:
            text = raw[row + at : row + at + width].rstrip(b" \0")
            if not text.isascii():
                yield text
