"""Layers and their catalogue (图层目录): what the map shows and the rules measure against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import PurePosixPath, PureWindowsPath
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from gisapp.model.base import Noun, Title

LayerKind = Literal["polygon", "line", "point", "raster"]
ImageryKind = Literal["cog", "mbtiles", "wmts"]


class StyleClass(Noun):
    """One legend entry of a layer drawn by class (图例分类)."""

    value: str | int | float | bool
    title: Title
    fill: str | None = None
    line: str | None = None
    dash: tuple[float, ...] | None = None
    hatch: str | None = None
    width_px: float | None = None


class Style(Noun):
    """How a layer is drawn (符号): colours as #rrggbb, widths in CSS pixels."""

    fill: str | None = None
    fill_opacity: float = Field(default=1.0, ge=0, le=1)
    line: str | None = None
    width_px: float | None = None
    dash: tuple[float, ...] | None = None
    hatch: str | None = None
    halo: str | None = None
    radius_px: float | None = None
    label: str | None = None
    label_min_zoom: float | None = None
    class_field: str | None = None
    classes: tuple[StyleClass, ...] = ()
    ramp: tuple[tuple[float, str, float], ...] = ()


class LayerSpec(Noun):
    """One catalogue entry (图层): where a reference set comes from and what it means.

    ``role`` is what the indicators ask for; ``fields`` maps the logical field names of that role to the
    source's columns.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Title
    group: str
    kind: LayerKind
    source: str
    crs: str
    authority: str
    as_of: date | None = None
    licence: str
    attribution: str | None = None
    role: str | None = None
    fields: dict[str, str] = {}
    depends_on: tuple[str, ...] = ()
    visible: bool = True
    min_zoom: float | None = None
    synthetic: bool = False
    unit: str | None = None
    style: Style = Style()

    @field_validator("source")
    @classmethod
    def _source_lies_below_layers(cls, source: str) -> str:
        if not _below(source):
            raise ValueError("source 应为 layers/ 下的相对路径，不能指向工作区之外")
        return source


class Imagery(Noun):
    """Pictures that lie under the map (影像), never measured from; not shown until switched on.

    ``source`` is a file under ``layers/`` (``cog``: GeoTIFF with overviews, ``mbtiles``) or an address (``wmts``:
    KVP, or RESTful with ``{TileMatrix}``, ``{TileRow}``, ``{TileCol}``). ``crs`` is that of a WMTS pyramid; a COG
    says its own. Level n of a pyramid has 2ⁿ columns over 360° and begins at the north-west corner of the world
    (EPSG:4490: 90° north); it is asked for as ``matrix_prefix`` + (n + ``matrix_offset``). ``min_zoom`` and
    ``max_zoom`` are Web-Mercator zooms of 256 px tiles between which pictures are asked for.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Title
    kind: ImageryKind
    source: str
    crs: str = Field(default="EPSG:3857", pattern=r"^EPSG:\d+$")
    authority: str
    as_of: date | None = None
    licence: str
    attribution: str | None = None
    min_zoom: int = Field(default=0, ge=0, le=22)
    max_zoom: int = Field(default=18, ge=0, le=22)
    matrix_set: str | None = None
    matrix_prefix: str = ""
    matrix_offset: int = 0
    layer: str | None = None
    style: str = ""
    format: Literal["image/png", "image/jpeg", "image/webp", "tiles"] = "image/png"

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.min_zoom > self.max_zoom:
            raise ValueError(f"影像 {self.id} 的 min_zoom 大于 max_zoom")
        if self.kind == "wmts":
            if not self.source.startswith(("http://", "https://")):
                raise ValueError(f"影像 {self.id} 的 source 应为 http:// 或 https:// 地址")
            if self.layer is None or self.matrix_set is None:
                raise ValueError(f"影像 {self.id} 缺少 layer 或 matrix_set")
        elif not _below(self.source):
            raise ValueError(f"影像 {self.id} 的 source 应为 layers/ 下的相对路径")
        return self


class LayerGroup(Noun):
    """A heading of the layer tree (图层组)."""

    id: str
    title: Title


class View(Noun):
    """A named place on the map (视图): degrees east and north, Web-Mercator zoom."""

    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-85, le=85)
    zoom: float = Field(ge=0, le=22)
    title: Title | None = None


class Bookmark(View):
    """A view with an id (书签)."""

    id: str
    title: Title


class WorkspaceInfo(Noun):
    """The head of the catalogue (工作区): one declared CRS and one data date."""

    id: str
    title: Title
    data_date: date
    crs: str
    synthetic: bool = False
    parcels: str | None = None
    use_scheme: str = "YDYH-2023"
    view: View | None = None
    note: Title | None = None


class Catalog(Noun):
    """The layer catalogue of a workspace (图层目录)."""

    workspace: WorkspaceInfo
    groups: tuple[LayerGroup, ...] = ()
    bookmarks: tuple[Bookmark, ...] = ()
    layers: tuple[LayerSpec, ...] = ()
    imagery: tuple[Imagery, ...] = ()

    @field_validator("layers")
    @classmethod
    def _ids_are_unique(cls, layers: tuple[LayerSpec, ...]) -> tuple[LayerSpec, ...]:
        twice = _twice(layer.id for layer in layers)
        if twice:
            raise ValueError(f"图层 id 重复：{'、'.join(twice)}")
        return layers

    @field_validator("imagery")
    @classmethod
    def _imagery_ids_are_unique(cls, imagery: tuple[Imagery, ...]) -> tuple[Imagery, ...]:
        twice = _twice(entry.id for entry in imagery)
        if twice:
            raise ValueError(f"影像 id 重复：{'、'.join(twice)}")
        return imagery

    @model_validator(mode="after")
    def _references_resolve(self) -> Catalog:
        groups = {group.id for group in self.groups}
        ids = {layer.id for layer in self.layers}
        for layer in self.layers:
            if layer.group not in groups:
                raise ValueError(f"图层 {layer.id} 的 group 未定义：{layer.group}")
            missing = [other for other in layer.depends_on if other not in ids]
            if missing:
                raise ValueError(f"图层 {layer.id} 依赖的图层不存在：{'、'.join(missing)}")
        cycle = _cycle({layer.id: layer.depends_on for layer in self.layers})
        if cycle:
            raise ValueError(f"图层依赖成环：{' → '.join(cycle)}")
        return self

    def by_role(self, role: str) -> tuple[LayerSpec, ...]:
        """Return the layers with `role`, in catalogue order."""
        return tuple(layer for layer in self.layers if layer.role == role)


def _below(source: str) -> bool:
    """Return whether a path stays in its folder, as both kinds of systems read it."""
    paths = (PurePosixPath(source), PureWindowsPath(source))
    return not any(path.is_absolute() or path.drive or ".." in path.parts for path in paths)


def _twice(ids: Iterable[str]) -> list[str]:
    return sorted(id_ for id_, count in Counter(ids).items() if count > 1)


def _cycle(edges: dict[str, tuple[str, ...]]) -> list[str]:
    """Return one cycle of the dependency graph as a path, or an empty list."""
    done: set[str] = set()

    def visit(node: str, path: list[str]) -> list[str]:
        if node in path:
            return [*path[path.index(node) :], node]
        if node in done:
            return []
        done.add(node)
        return next((found for other in edges[node] if (found := visit(other, [*path, node]))), [])

    return next((found for node in edges if (found := visit(node, []))), [])
