"""One parcel on one card (宗地卡片): areas, zones, attributes, verdict and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

import pandas as pd
import shapely

from gisapp.app.display import Display
from gisapp.app.workspace import Workspace
from gisapp.context import Context, NotLoadedError
from gisapp.crs import ellipsoidal_area
from gisapp.evaluation import Evaluation
from gisapp.evaluation.explain import Explanation, explain, verdict_word
from gisapp.format import iso_date, number, quantity
from gisapp.i18n import Text, translate
from gisapp.model.parcels import FieldSpec
from gisapp.rules.words import word
from gisapp.settings import Language
from gisapp.units import m2_to_ha, m2_to_mu

Card = dict[str, Any]  # what the route sends as JSON

_BOTH: Final[tuple[Language, Language]] = ("zh", "en")
ZONE_ROLES: Final = (
    ("udb", "zone", False),
    ("farmland", None, True),
    ("redline", "name", True),
    ("metro_protection", None, True),
    ("park", "name", False),
    ("plan", "use_code", False),
    ("land_class", "name", False),
    ("assessment", "item", False),
    ("standard_land", "name", False),
)
"""Roles whose areas a card lists, the field that names their zones, and whether a hit is a warning."""


def card(
    workspace: Workspace,
    display: Display,
    parcel_id: str,
    *,
    chosen: Evaluation | None,
    others: Mapping[str, Evaluation],
) -> Card:
    """Return everything the card shows for one parcel; raises KeyError if there is no such parcel."""
    row = display.rows[parcel_id]
    record = workspace.parcels.iloc[row]
    context = workspace.context()
    geometry = workspace.parcels.geometry.to_numpy()[row : row + 1]
    area = float(ellipsoidal_area(geometry, context.crs)[0])
    why = explain(chosen, parcel_id) if chosen else None
    return {
        "fid": row + 1,
        "parcel_id": parcel_id,
        "parcel_code": _text(record.get("parcel_code")),
        "name": _text(record.get("name")),
        **display.lonlat(row),
        "bbox": display.bbox(row),
        "geometry": shapely.geometry.mapping(display.geometries[row]),
        "tags": _tags(context, display, row, record),
        "area": {
            "m2": area,
            "mu": m2_to_mu(area),
            "ha": m2_to_ha(area),
            "registered_m2": _number(record.get("registered_area_m2")),
        },
        "zones": zones(context, geometry, area),
        "attributes": [_attribute(spec, record.get(spec.name), context) for spec in workspace.schema.fields],
        "evaluation": evaluation_part(chosen, why) if chosen and why else None,
        "others": [_other(evaluation, parcel_id) for evaluation in others.values()],
    }


def zones(context: Context, geometry: Any, area: float) -> list[Card]:  # object array of one geometry
    """Return the area of one parcel in each zone that it touches: plane share × ellipsoidal area."""
    plane = float(shapely.area(geometry)[0]) or 1.0
    out: list[Card] = []
    for role, field, alert in ZONE_ROLES:
        try:
            index, classes = context.overlay(role, field)
        except NotLoadedError:
            absent = {
                "title": _layer_title(context, role, "zh"),
                "title_en": _layer_title(context, role, "en"),
            }
            out.append({"layer": role, **absent, "not_loaded": True})
            continue
        hits = index.areas(geometry)[0]
        for label in hits.nonzero()[0]:
            share = min(float(hits[label]) / plane, 1.0)
            name, english = (zone_name(context, role, classes[label], language) for language in _BOTH)
            out.append(_zone(context, role, (name, english), share, area, alert=alert))
        if not hits.any() and alert:
            out.append(_zone(context, role, ("", ""), 0.0, area, alert=False))
        if role == "udb" and hits.sum() < plane * (1 - 1e-9):
            share = max(1.0 - float(hits.sum()) / plane, 0.0)
            if share * area >= 0.005:
                outside = ("开发边界外", translate("开发边界外", "en"))
                out.append(_zone(context, role, outside, share, area, alert=True))
    return [zone for zone in out if not zone.get("not_loaded") or zone["title"]]


def zone_name(context: Context, role: str, value: str, language: Language = "zh") -> str:
    """Return how a zone is called: land-use codes with their names, others by the name that their layer gives."""
    if role == "plan" and context.codes and (entry := context.codes.nearest(value)):
        return f"{value} {entry.name_en if language == 'en' and entry.name_en else entry.name_zh}"
    return _class_name(context, role, value) or value if language == "en" else value


def _class_name(context: Context, role: str, value: str) -> str:
    """Return the English name that a layer's legend gives to a value, empty where it gives none."""
    layers = (layer.spec for layer in context.layers.values() if layer.spec.role == role)
    return next(
        (entry.title.en for spec in layers for entry in spec.style.classes if entry.value == value), ""
    )


def _zone(
    context: Context, role: str, names: tuple[str, str], share: float, area: float, *, alert: bool
) -> Card:
    """Return one line of the zones; `names` are the zone's in Chinese and English, empty for the layer as a whole."""
    titles = [
        " · ".join(filter(None, (_layer_title(context, role, language), name)))
        for language, name in zip(_BOTH, names, strict=True)
    ]
    m2 = share * area
    return {
        "layer": role,
        "title": titles[0],
        "title_en": titles[1],
        "area_m2": m2,
        "area_mu": m2_to_mu(m2),
        "share": share,
        "alert": alert and m2 > 0,
    }


def _layer_title(context: Context, role: str, language: Language) -> str:
    return next(
        (layer.spec.title.text(language) for layer in context.layers.values() if layer.spec.role == role), ""
    )


def _tags(context: Context, display: Display, row: int, record: pd.Series) -> list[Card]:
    tags = []
    code = _text(record.get("use_code"))
    if code and context.codes and (entry := context.codes.nearest(code)):
        tags.append(
            {
                "text": Text.of(f"{code} {entry.name_zh}", f"{code} {entry.name_en or entry.name_zh}"),
                "kind": "use",
            }
        )
    elif code:
        tags.append({"text": code, "kind": "use"})
    place = display.places.iloc[row]
    tags += [{"text": str(place[name]), "kind": name} for name in ("park", "street") if _text(place[name])]
    for name, right in (("seized", Text("查封")), ("mortgaged", Text("抵押"))):
        if record.get(name) is not None and not pd.isna(record.get(name)) and bool(record.get(name)):
            tags.append({"text": right, "kind": "alert"})
    return tags


def shown_value(spec: FieldSpec | None, value: object, context: Context) -> str:
    """Return a cell as the card prints it; 资料不足 where it is missing."""
    if value is None or bool(pd.isna(value)):  # type: ignore[call-overload]
        return Text("资料不足")
    return _shown(spec, value, context) if spec else str(value)


def _attribute(spec: FieldSpec, value: object, context: Context) -> Card:
    missing = value is None or bool(pd.isna(value))  # type: ignore[call-overload]
    return {
        "field": spec.name,
        "title": spec.title.zh,
        "title_en": spec.title.en,
        "text": shown_value(spec, value, context),
        "missing": missing,
        "value": None if missing else _plain(spec, value),
        "dtype": spec.dtype,
        "unit": spec.unit,
        "editable": spec.name not in ("parcel_id", "use_scheme"),
        "required": spec.required,
        "options": _options(spec),
    }


def _plain(spec: FieldSpec, value: Any) -> str | float | bool:  # any cell of the table
    if spec.dtype == "date":
        return iso_date(pd.Timestamp(value).date())
    if spec.dtype == "bool":
        return bool(value)
    return float(value) if spec.dtype in ("float", "int") else str(value)


def _options(spec: FieldSpec) -> list[Card]:
    """Return what may be chosen for a field, empty where anything may stand."""
    if spec.dtype == "bool":
        return [{"value": "true", "title": Text("是")}, {"value": "false", "title": Text("否")}]
    if isinstance(spec.codes, tuple):
        return [{"value": code, "title": Text(word(spec.name, code))} for code in spec.codes]
    return []


def _shown(spec: FieldSpec, value: Any, context: Context) -> str:  # any cell of the table
    if spec.dtype == "date":
        day = pd.Timestamp(value).date()
        return Text.of(iso_date(day), day.isoformat())
    if spec.dtype == "bool":
        return Text("是" if value else "否")
    if spec.dtype in ("float", "int"):
        return _shown_number(spec, float(value))
    text = str(value)
    if spec.name.endswith("use_code") and context.codes and (entry := context.codes.nearest(text)):
        return Text.of(f"{text} {entry.name_zh}", f"{text} {entry.name_en or entry.name_zh}")
    return Text(word(spec.name, text))


def _shown_number(spec: FieldSpec, value: float) -> str:
    if spec.unit == "year":
        return Text("{year:.0f} 年", year=value)
    return number(value, 4, trim=True) if spec.unit in (None, "1") else quantity(value, spec.unit)


def evaluation_part(evaluation: Evaluation, why: Explanation) -> Card:
    """Return the verdict band and the rules of a card."""
    part = asdict(why)
    part["of"] = part.pop("ranked")
    part["title_en"] = evaluation.rulebook.title.en
    part["advice"] = _advice(evaluation, why)
    part["gaps"] = [
        f"{rule.title}：{rule.reason}"
        for rule in why.rules
        if rule.reason and rule.reason.startswith(("未提供", "阈值未提供"))
    ]
    return part


def _advice(evaluation: Evaluation, why: Explanation) -> Card | None:
    """Return the row that the decision table chose, with both its titles."""
    if why.advice is None:
        return None
    code, title = why.advice
    rows = (row for choice in evaluation.rulebook.choices for row in choice.rows)
    english = next((row.title.en for row in rows if row.then == code and row.title.zh == title), "")
    return {"code": code, "title": title, "title_en": english}


def _other(evaluation: Evaluation, parcel_id: str) -> Card:
    row = evaluation.parcels.iloc[evaluation.row(parcel_id)]
    return {
        "rulebook": evaluation.rulebook.id,
        "title": evaluation.rulebook.title.zh,
        "title_en": evaluation.rulebook.title.en,
        "verdict": row["verdict"],
        "verdict_text": verdict_word(evaluation.rulebook, row["verdict"]),
        "score": _number(row["score"]),
        "rank": None if pd.isna(row["rank"]) else int(row["rank"]),
    }


def _number(value: Any) -> float | None:  # any cell of the table
    return None if value is None or pd.isna(value) else float(value)


def _text(value: Any) -> str | None:  # any cell of the table
    return None if value is None or pd.isna(value) else str(value)
