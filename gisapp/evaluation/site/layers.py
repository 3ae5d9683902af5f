"""The layers of one topic as a site check reads them (套合图层): features, the class of each, source and date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import geopandas as gpd
import pandas as pd

from gisapp.context import Context, LoadedLayer

UNNAMED = "未注明"


@dataclass(frozen=True)
class TopicLayers:
    """What is loaded for a topic (专题数据); `frame` has the features of all its layers in the workspace's CRS."""

    specs: tuple[LoadedLayer, ...]
    frame: gpd.GeoDataFrame = field(repr=False)

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the ids of the layers."""
        return tuple(layer.spec.id for layer in self.specs)

    @property
    def authority(self) -> str:
        """Return who the data is from (来源)."""
        return "；".join(dict.fromkeys(layer.spec.authority for layer in self.specs))

    @property
    def as_of(self) -> str:
        """Return the data's dates, empty where a layer says none (截止日期)."""
        days = [layer.spec.as_of.isoformat() if layer.spec.as_of else "" for layer in self.specs]
        return "；".join(dict.fromkeys(days)) if all(days) else ""


def by_role(context: Context, role: str) -> TopicLayers | None:
    """Return the polygon, line or point layers of a role, None where none is loaded."""
    found = tuple(x for x in context.layers.values() if x.spec.role == role and x.frame is not None)
    return TopicLayers(found, context.frame(role)) if found else None


def by_layer(context: Context, layer: LoadedLayer) -> TopicLayers:
    """Return one layer that has no role of ours."""
    assert layer.frame is not None
    frame = layer.frame
    usable = frame.geometry.notna() & ~frame.geometry.is_empty
    kept = context.cached(
        ("site-layer", layer.spec.id),
        lambda: gpd.GeoDataFrame(frame[usable].reset_index(drop=True), crs=context.crs),
    )
    return TopicLayers((layer,), kept)


def labels(layers: TopicLayers, fields: Sequence[str], context: Context) -> list[str]:
    """Return the class of each feature in words: the fields that the layer has, joined by a space (分类名称)."""
    here = [name for name in fields if name in layers.frame.columns]
    if not here:
        return [UNNAMED] * len(layers.frame)
    titles = {name: _titles(layers, name, context) for name in here}
    columns = [[titles[name].get(_key(cell), _text(cell)) for cell in layers.frame[name]] for name in here]
    lead = "地类 " if here == ["dlbm"] else ""
    joined = (" ".join(part for part in parts if part) for parts in zip(*columns, strict=True))
    return [lead + text if text else UNNAMED for text in joined]


def _titles(layers: TopicLayers, name: str, context: Context) -> dict[str, str]:
    """Return the titles that a legend, or the land-use list, gives to the values of a field."""
    out = {
        _key(entry.value): entry.title.zh
        for layer in layers.specs
        if layer.spec.style.class_field == name
        for entry in layer.spec.style.classes
    }
    if name == "use_code" and context.codes is not None:
        for code in layers.frame[name].dropna().unique():
            entry = context.codes.nearest(str(code))
            out[str(code)] = f"{code} {entry.name_zh}" if entry else str(code)
    return out


def _key(cell: object) -> str:
    return "" if pd.isna(cell) else str(cell)  # type: ignore[call-overload]


def _text(cell: object) -> str:
    if pd.isna(cell):  # type: ignore[call-overload]
        return ""
    return f"{cell:g}" if isinstance(cell, float) else str(cell).strip()


def listed(values: Sequence[object], *, most: int = 6) -> str:
    """Return the first few values one after another, and how many there are."""
    known = list(dict.fromkeys(text for text in map(_text, values) if text))
    more = f" 等 {len(known)} 个" if len(known) > most else ""
    return "、".join(known[:most]) + more
