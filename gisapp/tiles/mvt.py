"""Mapbox Vector Tile 2.1 encoder in NumPy (矢量瓦片编码).

A feature of the format is varints from end to end: tags, lengths, attribute numbers and drawing commands are
all below 2**64. So the features of a layer are laid out as one array of integers, which is turned into bytes
in one step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from gisapp.tiles.attributes import AttributeColumn, TagTable, tag_table
from gisapp.tiles.grid import EXTENT, GeometryArray
from gisapp.tiles.paths import POINT, POLYGON, Affine, Paths, grid_paths
from gisapp.tiles.wire import IntArray, UIntArray, field, varint, varint_sizes, varints, zigzag

_MOVE_TO: Final = 1
_LINE_TO: Final = 2
_CLOSE_PATH: Final = 15
_FEATURE, _ID, _TAGS, _TYPE, _GEOMETRY = 0x12, 0x08, 0x12, 0x18, 0x22
_VERSION_2: Final = b"\x78\x02"


def encode_layer(
    name: str,
    geometries: GeometryArray,
    *,
    ids: UIntArray,
    columns: Sequence[AttributeColumn] = (),
    affine: Affine = (1.0, 0.0, 1.0, 0.0),
    extent: int = EXTENT,
) -> bytes:
    """Return one layer of a tile as bytes, ready to be joined with others (图层编码).

    Parameters
    ----------
    name
        Layer name, unique in the tile.
    geometries
        Shape (n,), in tile units, y down, or in any plane system that `affine` takes to tile units.
    ids
        Shape (n,), feature ids.
    columns
        Attributes of the n features; a missing value leaves its attribute out.
    affine
        x scale, x offset, y scale, y offset to tile units.
    extent
        Units along one side of the tile.

    Returns
    -------
    layer
        A `Tile.layers` field; ``b""`` if no feature is left on the grid. Equal input gives equal bytes.
    """
    paths = grid_paths(geometries, affine)
    if len(paths.size) == 0:
        return b""
    drawn = paths.feature[np.diff(paths.feature, prepend=-1) != 0]
    table = tag_table([column.take(drawn) for column in columns], len(drawn))
    features = varints(_feature_integers(paths, ids[drawn].astype(np.uint64), table)).tobytes()
    head, tail = _VERSION_2 + field(1, name.encode()), b"\x28" + varint(extent)
    return field(3, head + features + table.keys + table.values + tail)


@dataclass(frozen=True)
class _Packed:
    """Integers of one repeated field: values, the feature of each, and counts and bytes per feature."""

    values: UIntArray
    owner: IntArray
    count: IntArray
    size: UIntArray

    @classmethod
    def of(cls, values: UIntArray, owner: IntArray, features: int) -> _Packed:
        count = np.bincount(owner, minlength=features).astype(np.int64)
        size = np.bincount(owner, weights=varint_sizes(values), minlength=features)
        return cls(values, owner, count, size.astype(np.uint64))

    def place(self, out: UIntArray, start: IntArray) -> None:
        """Write the values of each feature from its `start` on."""
        first = np.cumsum(self.count) - self.count
        out[np.arange(len(self.values)) + (start - first)[self.owner]] = self.values


def _feature_integers(paths: Paths, ids: UIntArray, table: TagTable) -> UIntArray:
    """Return all features as integers: header, id, tags where there are some, type, geometry."""
    count = len(ids)
    new = np.diff(paths.feature, prepend=-1) != 0
    commands, path_of = _commands(paths)
    geometry = _Packed.of(commands, (np.cumsum(new) - 1)[path_of], count)
    tags = _Packed.of(table.tags, table.owner, count)
    tagged = (tags.count > 0).astype(np.int64)
    # Key and value of: feature, id, type and geometry (8), tags (2, only where there are some).
    total = 8 + 2 * tagged + tags.count + geometry.count
    start = np.cumsum(total) - total
    out = np.empty(int(total.sum()), dtype=np.uint64)
    length = 4 + varint_sizes(ids) + varint_sizes(geometry.size) + geometry.size.astype(np.int64)
    length += tagged * (1 + varint_sizes(tags.size) + tags.size.astype(np.int64))
    out[start], out[start + 1] = _FEATURE, length
    out[start + 2], out[start + 3] = _ID, ids
    with_tags = np.flatnonzero(tagged)
    out[start[with_tags] + 4], out[start[with_tags] + 5] = _TAGS, tags.size[with_tags]
    tags.place(out, start + 6)
    tail = start + 4 + 2 * tagged + tags.count
    out[tail], out[tail + 1] = _TYPE, paths.kind[new]
    out[tail + 2], out[tail + 3] = _GEOMETRY, geometry.size
    geometry.place(out, tail + 4)
    return out


def _commands(paths: Paths) -> tuple[UIntArray, IntArray]:
    """Return the drawing commands of all paths and the path of each integer.

    Points: MoveTo(n) and n steps. Line: MoveTo(1), step, LineTo(n - 1), steps. Ring: the same and ClosePath.
    """
    point, ring = paths.kind == POINT, paths.kind == POLYGON
    total = 2 * paths.size + np.where(point, 1, 2) + ring
    end = np.cumsum(total)
    start = end - total
    out = np.empty(int(end[-1]), dtype=np.uint64)
    out[start] = np.where(point, paths.size, 1) << 3 | _MOVE_TO
    out[start[~point] + 3] = (paths.size[~point] - 1) << 3 | _LINE_TO
    out[end[ring] - 1] = _CLOSE_PATH
    step = np.arange(len(paths.xy)) - np.repeat(paths.start, paths.size)
    behind_header = (step > 0) & ~np.repeat(point, paths.size)
    at = np.repeat(start, paths.size) + 1 + 2 * step + behind_header
    moves = zigzag(_moves(paths))
    out[at], out[at + 1] = moves[:, 0], moves[:, 1]
    return out, np.repeat(np.arange(len(total)), total)


def _moves(paths: Paths) -> IntArray:
    """Return each vertex as the step from the one before; the cursor begins at 0, 0 in each feature."""
    moves = np.diff(paths.xy, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    first = paths.start[np.diff(paths.feature, prepend=-1) != 0]
    moves[first] = paths.xy[first]
    return moves
