"""Content hashes (内容哈希): equal content gives equal hashes, whatever the file's name or date."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from gisapp.errors import unreadable


def sha256_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes as hex, or raise `InputError` if it cannot be read."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise unreadable(path.name, error) from error


def sha256_text(parts: Iterable[str]) -> str:
    """Return the SHA-256 of texts, each kept apart from the next."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode())
        digest.update(b"\x1f")
    return digest.hexdigest()


def sha256_frame(frame: gpd.GeoDataFrame | pd.DataFrame) -> str:
    """Return a hash of a table's columns, values, geometry bytes and CRS in row order."""
    digest = hashlib.sha256()
    for column in sorted(map(str, frame.columns)):
        digest.update(f"{column}\x1f".encode())
        series = frame[column]
        if column == "geometry":
            digest.update(_name(getattr(frame, "crs", None)).encode())
            for item in shapely.to_wkb(series.to_numpy()):
                digest.update(item or b"\x00")
        elif pd.api.types.is_float_dtype(series) or pd.api.types.is_integer_dtype(series):
            digest.update(np.ascontiguousarray(series.to_numpy(dtype=np.float64, na_value=np.nan)).tobytes())
        else:
            text = series.astype("object").where(series.notna(), "\x00")
            digest.update("\x1f".join(map(str, text)).encode())
    return digest.hexdigest()


def _name(crs: CRS | None) -> str:
    """Return one name for a CRS, however it was written where it came from."""
    if crs is None:
        return ""
    authority = crs.to_authority(min_confidence=100)
    return ":".join(authority) if authority else str(crs.to_wkt())
