"""The display sources of a workspace as tiles (工作区瓦片)."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd

from gisapp.context import Context
from gisapp.context.layers import LoadedLayer
from gisapp.errors import InputError, Problem
from gisapp.tiles import RasterSource, TileSet, VectorSource, layer_source, parcel_sources
from gisapp.tiles.parcels import PARCEL_ATTRIBUTES


def layer_sources(context: Context) -> list[VectorSource]:
    """Return the tile sources of every vector layer (图层瓦片源)."""
    return [
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


def build_tiles(parcels: gpd.GeoDataFrame, layers: list[VectorSource], *, version: str) -> TileSet:
    """Return the vector tiles of the parcels and of the layers (矢量瓦片)."""
    wanted = {"parcel_id": "parcel_id", **PARCEL_ATTRIBUTES}
    attributes = {shown: column for shown, column in wanted.items() if column in parcels.columns}
    own = parcel_sources(parcels, attributes) if len(parcels) else []
    return TileSet([*own, *layers], version)


def raster_source(layer: LoadedLayer, root: Path) -> RasterSource:
    """Return the raster tiles of a layer (栅格瓦片); raises `InputError` if it has no colour ramp."""
    ramp = layer.spec.style.ramp
    if not ramp:
        raise InputError(
            Problem("栅格图层没有色带", file="layers/catalog.yaml", field=f"{layer.spec.id}.style.ramp")
        )
    return RasterSource(root / layer.spec.source, ramp)
