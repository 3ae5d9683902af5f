"""The parks of a context as a table of their own (园区): one row per park, whatever layers they come from."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from gisapp.context.context import Context
from gisapp.crs import ellipsoidal_area
from gisapp.errors import InputError, Problem


def parks(context: Context) -> gpd.GeoDataFrame:
    """Return the parks of all layers with role ``park``: parcel_id, name, kind, geometry, area_m2 [ellipsoidal, m²].

    ``parcel_id`` is the park's own id, its name where the layer gives none; parts of one park are one row.

    Raises
    ------
    NotLoadedError
        If no layer has the role.
    InputError
        If a park has no name, or two parks have the same.
    """
    return context.cached(("parks",), lambda: _parks(context))


def _parks(context: Context) -> gpd.GeoDataFrame:
    frame = context.frame("park")
    names = context.column("park", "name").astype("object")
    ids = frame["id"].astype("object") if "id" in frame else names
    table = gpd.GeoDataFrame(
        {
            "parcel_id": ids.where(ids.notna(), names),
            "name": names,
            "kind": frame["kind"].astype("object") if "kind" in frame else None,
        },
        geometry=frame.geometry.to_numpy(),
        crs=context.crs,
    )
    _require_names(table)
    first = table.drop_duplicates("parcel_id").reset_index(drop=True)
    whole = table.geometry.groupby(table["parcel_id"]).agg(lambda parts: shapely.union_all(parts.to_numpy()))
    geometries = whole.reindex(first["parcel_id"]).to_numpy()
    first = first.set_geometry(geometries, crs=context.crs)
    return first.assign(area_m2=ellipsoidal_area(geometries, context.crs))


def _require_names(table: gpd.GeoDataFrame) -> None:
    """Raise if parcels could not be told apart by the name of their park."""
    owners = table.groupby("name")["parcel_id"].nunique()
    problems = [
        Problem(
            "不同的园区重名，地块无法归属",
            file="layers/catalog.yaml",
            field="name",
            value=str(name),
            expected="每个园区一个名称",
            action="在园区图层中改正名称或编号",
        )
        for name in owners.index[(owners > 1).to_numpy()]
    ]
    problems += [
        Problem("园区没有名称", file="layers/catalog.yaml", row=int(row) + 1, field="name", action="补充名称")
        for row in np.flatnonzero(table["name"].isna().to_numpy())
    ]
    if problems:
        raise InputError(problems)
