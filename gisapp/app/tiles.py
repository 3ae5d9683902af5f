"""The display sources of a workspace as tiles (工作区瓦片)."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd

from gisapp.context import Context
from gisapp.context.layers import LoadedLayer
from gisapp.errors import InputError, Problem
from gisapp.tiles import RasterSource, TileSet, VectorSource, layer_source, parcel_sources
from gisapp.tiles.parcels import PARCEL_ATTRIBUTES


def build_tiles(parcels: gpd.GeoDataFrame, context: Context, *, version: str) -> TileSet:
    """Return the vector tiles of the parcels and of every vector layer (矢量瓦片)."""
    sources: list[VectorSource] = [
        layer_source(
            name,
            layer.frame,
            [column for column in layer.frame.columns if column != "geometry"],
            layer.spec.kind,  # type: ignore[arg-type]  # rasters have no frame
            min_zoom=int(layer.spec.min_zoom or 0),
        )
        for name, layer in context.layers.items()
        if layer.frame is not None
    ]
    wanted = {"parcel_id": "parcel_id", **PARCEL_ATTRIBUTES}
    attributes = {shown: column for shown, column in wanted.items() if column in parcels.columns}
    if len(parcels):
        sources = [*parcel_sources(parcels, attributes), *sources]
    return TileSet(sources, version)


def raster_source(layer: LoadedLayer, root: Path) -> RasterSource:
    """Return the raster tiles of a layer (栅格瓦片); raises `InputError` if it has no colour ramp."""
    ramp = layer.spec.style.ramp
    if not ramp:
        raise InputError(
            Problem("栅格图层没有色带", file="layers/catalog.yaml", field=f"{layer.spec.id}.style.ramp")
        )
    return RasterSource(root / layer.spec.source, ramp)
