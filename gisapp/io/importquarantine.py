"""Rows set aside (隔离记录), kept as they came beside the reasons, so that nothing is lost."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd

from gisapp.io.hashing import sha256_text
from gisapp.io.importresult import Quarantined
from gisapp.io.mapping import Cell
from gisapp.io.vector import write_geopackage

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_RESERVED: Final = {"fid", "geom", "geometry"}


def write_quarantine(
    folder: Path, rejected: gpd.GeoDataFrame | pd.DataFrame, quarantined: Sequence[Quarantined]
) -> Path:
    """Write the rejected rows into `folder` and return the file: a GeoPackage with outlines, a CSV without.

    The name is a hash of the content. Columns ``_row``, ``_reason``, ``_field`` and ``_value`` come first; a
    column whose name a GeoPackage reserves gets ``src_`` in front.
    """
    reasons = pd.DataFrame(
        {
            "_row": [item.row for item in quarantined],
            "_reason": [item.reason for item in quarantined],
            "_field": [item.field for item in quarantined],
            "_value": [item.value for item in quarantined],
        },
        index=rejected.index,
    )
    columns = [column for column in rejected.columns if column != "geometry"]
    source = pd.DataFrame(rejected[columns]).rename(
        columns={c: f"src_{c}" for c in columns if c.lower() in _RESERVED}
    )
    table = pd.concat([reasons, source], axis=1)
    digest = sha256_text([*map(str, columns), *map(repr, table.itertuples(index=False, name=None))])
    if not isinstance(rejected, gpd.GeoDataFrame):
        path = folder / f"{digest}.csv"
        table.map(_harmless).to_csv(path, index=False, encoding="utf-8-sig")
        return path
    path = folder / f"{digest}.gpkg"
    with warnings.catch_warnings():
        # Outlines that no reader would accept are the reason why the rows are here.
        warnings.simplefilter("ignore")
        write_geopackage(
            {"quarantine": gpd.GeoDataFrame(table, geometry=rejected.geometry, crs=rejected.crs)}, path
        )
    return path


def _harmless(cell: Cell) -> Cell:
    """Return a cell that a spreadsheet does not take for a formula: a number stays, other text gets a quote."""
    if not isinstance(cell, str) or not cell.startswith(_FORMULA):
        return cell
    try:
        float(cell)
    except ValueError:
        return f"'{cell}"
    return cell
