"""Building a context from a catalogue and its tables (构建评价环境)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import geopandas as gpd
import pandas as pd

from gisapp.context.context import Context
from gisapp.context.controlchecks import check_controls
from gisapp.context.layers import LoadedLayer, load_layer
from gisapp.context.tables import LoadedTable, load_tables
from gisapp.crs import ellipsoidal_area, parse_crs
from gisapp.errors import InputError, Problem
from gisapp.io.hashing import sha256_file, sha256_text
from gisapp.io.tables import numeric, read_compatibility, read_land_use_codes, read_table
from gisapp.model.layers import Catalog

T = TypeVar("T")
Progress = Callable[[str, int, int], None]
_YEARLY = ["year", "tax_10k", "output_10k", "energy_tce", "employees", "rd_10k"]


def no_progress(stage: str, done: int, total: int) -> None:
    """Report nothing."""


def build_context(
    catalog: Catalog, root: Path, fabric: gpd.GeoDataFrame, *, progress: Progress = no_progress
) -> Context:
    """Return the context of the workspace at `root` for the parcel table `fabric`.

    Parameters
    ----------
    catalog
        The checked catalogue; sources are relative to ``root/layers``.
    root
        The workspace folder.
    fabric
        The whole parcel table in the workspace's CRS.
    progress
        Called with (layer title, done, total) after each layer.

    Raises
    ------
    InputError
        With the faults of all layers and tables together.
    """
    crs = parse_crs(catalog.workspace.crs, file="layers/catalog.yaml")
    layers: dict[str, LoadedLayer] = {}
    problems: list[Problem] = []
    for done, spec in enumerate(catalog.layers, start=1):
        try:
            layers[spec.id] = load_layer(spec, root / "layers", crs)
        except InputError as error:
            problems += error.problems
        progress(spec.title.zh, done, len(catalog.layers))
    if problems:
        raise InputError(problems)
    declared = load_tables(root)
    check_controls(declared)
    tables = root / "parcels"
    areas = fabric.assign(area_m2=ellipsoidal_area(fabric.geometry.to_numpy(), crs))
    return Context(
        crs=crs,
        as_of=catalog.workspace.data_date,
        hash=_hash(catalog, layers, tables, declared),
        layers=layers,
        fabric=areas,
        codes=_optional(tables / "codes" / "land_use_codes.csv", read_land_use_codes),
        matrix=_optional(tables / "codes" / "compatibility.csv", read_compatibility),
        controls=_optional(tables / "codes" / "standard_land_controls.csv", read_table),
        industry_editions=_optional(tables / "codes" / "industry_editions.csv", read_table),
        enterprises=_optional(tables / "enterprises.csv", _read_enterprises),
        occupancy=_optional(tables / "occupancy.csv", _read_occupancy),
        tables=declared,
    )


def _optional(path: Path, read: Callable[[Path], T]) -> T | None:
    """Return the table, or None where it is not loaded (未提供)."""
    return read(path) if path.exists() else None


def _read_enterprises(path: Path) -> pd.DataFrame:
    return numeric(read_table(path), _YEARLY, name=path.name)


def _read_occupancy(path: Path) -> pd.DataFrame:
    return numeric(read_table(path), ["land_m2", "floor_m2", "year"], name=path.name)


def _hash(
    catalog: Catalog, layers: dict[str, LoadedLayer], tables: Path, declared: dict[str, LoadedTable]
) -> str:
    """Return the hash of everything that can change a number: layers, code lists and all tables."""
    files = sorted([*(tables / "codes").glob("*.csv"), *tables.glob("*.csv")])
    parts = [catalog.workspace.crs, *(f"{key}={layer.hash}" for key, layer in sorted(layers.items()))]
    parts += [f"{key}={table.hash}" for key, table in sorted(declared.items())]
    return sha256_text([*parts, *(f"{file.name}={sha256_file(file)}" for file in files)])
