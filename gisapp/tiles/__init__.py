"""Display tiles (显示瓦片): vector tiles of parcels and layers, PNG tiles of rasters; bytes in, bytes out.

Tiles are copies for the screen, simplified and on a grid: nothing is ever measured or edited from them.
"""

from __future__ import annotations

from gisapp.tiles.grid import Tile
from gisapp.tiles.parcels import centroids, dissolve_classes, parcel_sources
from gisapp.tiles.raster import ColourRamp, RasterSource
from gisapp.tiles.source import VectorSource, layer_source
from gisapp.tiles.tileset import TileSet

__all__ = [
    "ColourRamp",
    "RasterSource",
    "Tile",
    "TileSet",
    "VectorSource",
    "centroids",
    "dissolve_classes",
    "layer_source",
    "parcel_sources",
]
