"""Layers as a scenario wants them (图层替换): another file, or another value or place of one feature."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pydantic import ValidationError
from pyproj import CRS

from gisapp.context.context import Context, _Cache
from gisapp.context.layers import LoadedLayer, load_layer
from gisapp.crs import transform
from gisapp.errors import UsageError
from gisapp.io.hashing import sha256_text
from gisapp.model.layers import LayerSpec

FILE: Final = re.compile(r"layer\[(?P<layer>[a-z][a-z0-9_]*)\]")
FEATURE: Final = re.compile(r"(?P<layer>[a-z][a-z0-9_]*)\[(?P<name>[^\[\]]+)\]\.(?P<column>[a-z][a-z0-9_]*)")
PLACE: Final = "lonlat"


def is_override(key: str) -> bool:
    """Return whether a setting replaces something of a layer."""
    return FILE.fullmatch(key) is not None or FEATURE.fullmatch(key) is not None


def with_overrides(context: Context, settings: Mapping[str, str], layers: Path) -> Context:
    """Return the context with the layers that `settings` ask for; the others, and their indexes, stay as they are.

    ``layer[udb] = data/udb_b.fgb`` reads another file below `layers`; ``station[定山大街].opening_year = 2027`` sets a
    logical column of the features with that name; ``station[定山大街].lonlat = 118.6421,32.1203`` moves them, in
    degrees of EPSG:4490.

    Raises
    ------
    UsageError
        If a key names no layer, feature or column, or its value is of another kind.
    """
    wanted = {key: text for key, text in settings.items() if is_override(key)}
    if not wanted:
        return context
    changed = dict(context.layers)
    # A whole file first: what is set on its features is set on the features of that file.
    for key, text in sorted(wanted.items(), key=lambda item: (FILE.fullmatch(item[0]) is None, item[0])):
        whole = FILE.fullmatch(key)
        if whole:
            layer = _layer(changed, whole["layer"], key)
            spec = layer.spec.model_copy(update={"source": text})
            changed[spec.id] = load_layer(_checked(spec, key, layers), layers, context.crs)
            continue
        part = FEATURE.fullmatch(key)
        assert part is not None
        layer = _layer(changed, part["layer"], key)
        frame = _set(context, layer, part["name"], part["column"], text, key)
        changed[layer.spec.id] = replace(layer, frame=frame, hash=sha256_text([layer.hash, key, text]))
    digest = sha256_text([context.hash, *(f"{key}={text}" for key, text in sorted(wanted.items()))])
    return replace(context, layers=changed, hash=digest, _cache=_Cache(), _fabric_cache=_Cache())


def _layer(layers: Mapping[str, LoadedLayer], name: str, key: str) -> LoadedLayer:
    found = layers.get(name) or next((one for one in layers.values() if one.spec.role == name), None)
    if found is None:
        raise UsageError(f"{key}：没有图层 {name}", action=f"可用：{'、'.join(layers)}")
    return found


def _checked(spec: LayerSpec, key: str, layers: Path) -> LayerSpec:
    """Return the entry validated anew: a file outside of the workspace is refused here as in the catalogue."""
    action = "写 layers/ 文件夹下的相对路径，例如 data/udb_b.fgb"
    try:
        checked = type(spec).model_validate(spec.model_dump())
    except ValidationError as error:
        raise UsageError(f"{key}={spec.source}：文件路径不可用", action=action) from error
    if not (layers / checked.source).exists():
        raise UsageError(f"{key}={spec.source}：没有这个文件", action=action)
    return checked


def _set(
    context: Context, layer: LoadedLayer, name: str, column: str, text: str, key: str
) -> gpd.GeoDataFrame:
    frame = layer.frame
    if frame is None or "name" not in frame.columns:
        raise UsageError(f"{key}：图层 {layer.spec.id} 没有名称列，不能按名称设置")
    rows = (frame["name"].astype("object") == name).to_numpy()
    if not rows.any():
        some = "、".join(map(str, frame["name"].dropna().unique()[:8]))
        raise UsageError(f"{key}：图层 {layer.spec.id} 中没有“{name}”", action=f"例如：{some}")
    out = frame.copy()
    if column == PLACE:
        out.geometry = np.where(rows, _point(context, layer, text, key), frame.geometry.to_numpy())
        return out
    if column not in frame.columns or column == "geometry":
        logical = [str(c) for c in frame.columns if c != "geometry"]
        raise UsageError(f"{key}：没有列 {column}", action=f"可设置：{'、'.join(logical)}、{PLACE}")
    out[column] = _column(frame[column], rows, text, key)
    return out


def _column(values: pd.Series, rows: np.ndarray, text: str, key: str) -> pd.Series:
    value: Any = text  # a number where the column holds numbers
    if pd.api.types.is_numeric_dtype(values):
        try:
            value = float(text)
        except ValueError as error:
            raise UsageError(f"{key}={text}：应为数值") from error
        values = values.astype("float64")
    out: pd.Series = values.astype("object").where(~rows, value).astype(values.dtype)
    return out


def _point(context: Context, layer: LoadedLayer, text: str, key: str) -> Any:
    if layer.spec.kind != "point":
        raise UsageError(f"{key}：只有点图层可以移动位置", action="其他图层用 layer[…]=文件 整层替换")
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError as error:
        raise UsageError(f"{key}={text}：应为“经度,纬度”", action="例如 118.6421,32.1203") from error
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise UsageError(f"{key}={text}：经纬度超出范围")
    point = np.array([shapely.Point(lon, lat)], dtype=object)
    return transform(point, source=CRS("EPSG:4490"), target=context.crs)[0]
