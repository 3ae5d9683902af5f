"""The read-only map of a browser without WebGL (只读地图): folium over Leaflet, everything served by us.

Folium compiles what it has rendered as a template once more, so that a name with braces would run on the server:
it is given the map and empty layers only. Features and their texts are written into the finished page as JSON, and
the page's script sets texts as text. The page runs in a sandboxed frame that cannot reach the app around it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import folium
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from branca.element import MacroElement
from folium.template import Template
from folium.utilities import JsCode

from gisapp.app.desk import Desk
from gisapp.app.display import WGS84
from gisapp.context import Context
from gisapp.context.layers import LoadedLayer
from gisapp.crs import transform
from gisapp.model.layers import Style
from gisapp.ui.static import address

MOST_PARCELS: Final = 1500
DIGITS: Final = 6
"""Decimals of a degree in the page: 0.1 m."""
MOST_CORNERS: Final = 60_000
"""A layer with more corners within the view is left out."""
SIMPLER_DEGREES: Final = 0.00002
PALE: Final = "#fbfaf6"
UNFILLED: Final = "#f9f7f0"
FABRIC: Final = "#a9a392"
SHARE: Final = 0.48
"""Of the standard's colour in a fill; the rest is paper, as on the desk."""

Feature = dict[str, Any]  # GeoJSON
Box = tuple[float, float, float, float]  # degrees


@dataclass(frozen=True)
class Place:
    """Where the map looks (视图中心): degrees, and a Web-Mercator zoom or None to fit the parcels shown."""

    lon: float
    lat: float
    zoom: float | None = None


@dataclass(frozen=True)
class PlainMap:
    """One drawn map (只读地图): its page, the rows of the parcels on it, and the codes of the legend."""

    page: str
    rows: frozenset[int]
    codes: tuple[str, ...]
    credits: tuple[str, ...]


class _Map(folium.Map):
    """A folium map that loads its scripts and styles from us."""

    def __init__(self, place: Place) -> None:
        super().__init__(
            (place.lat, place.lon),
            tiles=None,
            zoom_start=round(place.zoom or 14),
            prefer_canvas=True,
            font_size="13px",
            attribution_control=False,
        )
        self.default_js = [
            ("leaflet", address("leaflet/leaflet.js")),
            ("plain", address("plain-map.js")),
        ]
        self.default_css = [
            ("leaflet_css", address("leaflet/leaflet.css")),
            ("plain_css", address("plain-map.css")),
        ]


class _Begin(MacroElement):
    """The last line of the page's script: hand the map and its layers over, in drawing order."""

    _template = Template("""{% macro script(this, kwargs) %}
        gisappPlain.begin({{ this._parent.get_name() }}, [{{ this.layers|join(", ") }}]);
    {% endmacro %}""")

    def __init__(self, layers: Iterable[folium.GeoJson]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca has few types
        self._name = "Begin"
        self.layers = [layer.get_name() for layer in layers]


def nearest(points: npt.NDArray[np.float64], place: Place, most: int = MOST_PARCELS) -> npt.NDArray[np.intp]:
    """Return the rows of the `most` points (degrees, shape (n, 2)) that are nearest to a place, in row order."""
    east = (points[:, 0] - place.lon) * np.cos(np.radians(place.lat))
    far = np.nan_to_num(east**2 + (points[:, 1] - place.lat) ** 2, nan=np.inf)
    if len(far) <= most:
        return np.arange(len(far))
    return np.sort(np.argpartition(far, most)[:most])


def draw(
    desk: Desk,
    place: Place,
    texts: Mapping[str, str],
    *,
    fills: Mapping[str, str] | None = None,
    context: Context | None = None,
    most: int | None = None,
) -> PlainMap:
    """Return the map of the parcels nearest to `place`, coloured by land use, over the visible layers.

    Parameters
    ----------
    desk
        The state of the parcels to draw.
    place
        The middle of the view.
    texts
        ``here``: the button that asks for the parcels around another middle.
    fills
        Colours ``#rrggbb`` by parcel id instead of those of land use; a parcel without one is left unfilled.
    context
        The layers to show, by default the desk's own.
    most
        How many parcels to draw, by default `MOST_PARCELS`.
    """
    points = desk.display.points
    rows = nearest(points, place) if most is None else nearest(points, place, most)
    geometries = desk.display.geometries[rows]
    west, south, east, north = shapely.total_bounds(geometries)
    window = (west - (east - west), south - (north - south), east + (east - west), north + (north - south))
    shown = _layers(context or desk.workspace.context(), window)
    ground = [layer for layer in shown if layer.spec.kind == "polygon"]
    over = [layer for layer in shown if layer.spec.kind != "polygon"]
    features, codes = _parcels(desk, rows, fills)
    drawn = [
        *((_layer(), _reference(layer, window)) for layer in ground),
        (_layer(clicks=True), features),
        *((_layer(points=layer.spec.kind == "point"), _reference(layer, window)) for layer in over),
    ]
    told = {
        "layers": [{"type": "FeatureCollection", "features": own} for _, own in drawn],
        "fit": [[south, west], [north, east]] if place.zoom is None else None,
        "partial": len(rows) < len(desk.display.points),
        "texts": dict(texts),
    }
    credits_ = dict.fromkeys(layer.spec.attribution for layer in shown if layer.spec.attribution)
    return PlainMap(
        _page(place, [layer for layer, _ in drawn], told), frozenset(rows.tolist()), codes, tuple(credits_)
    )


def _page(place: Place, layers: list[folium.GeoJson], told: Mapping[str, object]) -> str:
    """Return folium's page with `told` written into it as JSON."""
    made = _Map(place)
    for layer in layers:
        layer.add_to(made)
    made.add_child(_Begin(layers))
    data = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&":
        data = data.replace(sign, f"\\u{ord(sign):04x}")
    head, body, rest = str(made.get_root().render()).partition("<body>")
    return f'{head}{body}<script type="application/json" id="gisapp-data">{data}</script>{rest}'


def _layer(*, clicks: bool = False, points: bool = False) -> folium.GeoJson:
    """Return an empty layer: of parcels that answer to clicks, of named points, or of anything that is deaf."""
    options: dict[str, Any] = {"style": JsCode("gisappPlain.style")}  # handed on to Leaflet
    if clicks:
        options["on_each_feature"] = JsCode("gisappPlain.parcel")
    else:
        options["interactive"] = False
    if points:
        options["marker"] = folium.CircleMarker((0, 0), radius=4, interactive=False)
        options["on_each_feature"] = JsCode("gisappPlain.named")
    return folium.GeoJson({"type": "FeatureCollection", "features": []}, smooth_factor=0.5, **options)


def _parcels(
    desk: Desk, rows: npt.NDArray[np.intp], fills: Mapping[str, str] | None
) -> tuple[list[Feature], tuple[str, ...]]:
    """Return the parcels of `rows` as features, and the land-use codes of their colours."""
    table = desk.workspace.parcels.iloc[rows]
    known = desk.workspace.context().codes
    features, codes = [], set()
    for row, (_, record) in zip(rows.tolist(), table.iterrows(), strict=True):
        use = record.get("use_code")
        entry = known.nearest(use) if known is not None and isinstance(use, str) else None
        codes.add(entry.code if entry else "")
        own = soften(entry.color) if entry else UNFILLED
        style = {
            "fillColor": own if fills is None else fills.get(str(record["parcel_id"]), UNFILLED),
            "fillOpacity": 0.92,
            "color": FABRIC,
            "weight": 0.7,
        }
        told = {"id": str(record["parcel_id"]), "title": _title(record), "style": style}
        features.append(_feature(desk.display.geometries[row], told))
    return features, tuple(sorted(codes))


def _title(record: pd.Series) -> str:
    parts = [record.get("name"), record.get("parcel_code"), record.get("parcel_id")]
    known = [str(part) for part in parts if part is not None and not pd.isna(part) and str(part)]
    return " · ".join(known[:2])


def _layers(context: Context, window: Box) -> list[LoadedLayer]:
    """Return the visible vector layers, grounds first, without those too heavy for this browser."""
    found = [
        layer
        for layer in context.layers.values()
        if layer.spec.visible and layer.frame is not None and len(layer.frame)
    ]
    light = [
        layer for layer in found if shapely.get_num_coordinates(_window(layer, window)).sum() <= MOST_CORNERS
    ]
    order = {"base": 0}
    return sorted(light, key=lambda layer: (order.get(layer.spec.group, 1), layer.spec.kind == "point"))


def _window(layer: LoadedLayer, window: Box) -> npt.NDArray[np.object_]:
    """Return a layer's geometries in degrees, cut to a window and simplified; empty where outside."""
    assert layer.frame is not None
    geometries = transform(layer.frame.geometry.to_numpy(), source=layer.frame.crs, target=WGS84)
    cut: npt.NDArray[np.object_] = shapely.clip_by_rect(geometries, *window)
    return shapely.simplify(cut, SIMPLER_DEGREES)


def _reference(layer: LoadedLayer, window: Box) -> list[Feature]:
    """Return the features of a layer, each with its own style; points with their name."""
    assert layer.frame is not None
    spec, frame = layer.spec, layer.frame
    classes = frame[spec.style.class_field] if spec.style.class_field in frame else [None] * len(frame)
    names = (
        frame[spec.style.label] if spec.kind == "point" and spec.style.label in frame else [""] * len(frame)
    )
    return [
        _feature(
            geometry,
            {"title": "" if pd.isna(name) else str(name), "style": _style(spec.style, value, spec.kind)},
        )
        for geometry, value, name in zip(_window(layer, window), classes, names, strict=True)
        if geometry is not None and not geometry.is_empty
    ]


def _style(style: Style, value: object, kind: str) -> dict[str, object]:
    """Return Leaflet's options for one feature of a layer."""
    found = next((one for one in style.classes if one.value == value), None)
    fill, line = (found.fill, found.line) if found else (style.fill, style.line)
    dash = found.dash if found else style.dash
    if kind == "point":
        return {
            "radius": 4,
            "color": "#ffffff",
            "weight": 1.5,
            "fillColor": fill or line or "#41556a",
            "fillOpacity": 1,
        }
    return {
        "fill": kind == "polygon" and fill is not None,
        "fillColor": fill or line,
        "fillOpacity": 0.7 * style.fill_opacity,
        "stroke": line is not None,
        "color": line,
        "weight": (found.width_px if found and found.width_px else style.width_px) or 1.0,
        **({"dashArray": " ".join(f"{part * 2:g}" for part in dash)} if dash else {}),
    }


def _feature(geometry: shapely.Geometry, told: Mapping[str, object]) -> Feature:
    rounded = shapely.transform(shapely.force_2d(geometry), lambda xy: np.round(xy, DIGITS))
    return {"type": "Feature", "properties": dict(told), "geometry": json.loads(shapely.to_geojson(rounded))}


def soften(colour: str) -> str:
    """Return a colour ``#rrggbb`` mixed with paper, so that lines lead (淡化)."""
    pairs = zip(bytes.fromhex(colour[1:7]), bytes.fromhex(PALE[1:]), strict=True)
    return "#" + "".join(f"{round(own * SHARE + paper * (1 - SHARE)):02x}" for own, paper in pairs)
