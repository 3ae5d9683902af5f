"""Cultivated land, its grade, and prohibited land under what changes (耕地、等别与底线, UDB-08)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisapp.context import Context
from gisapp.evaluation.udb.ground import Geometry, Ground, near, polygonal

CULTIVATED: Final = "01"
"""耕地, in the land-use list as in the third survey."""
GRADE_ROLE: Final = "cultivated_grade"
NO_GRADE: Final = frozenset({"GDPDJB", "GDPDJ"})
"""Columns of slope classes, which are not quality."""


@dataclass(frozen=True)
class Grades:
    """Cultivated land of one move by grade (耕地等别): [m²] known, number × m², m² without a grade, schemes met."""

    known_m2: float = 0.0
    weighted: float = 0.0
    unknown_m2: float = 0.0
    schemes: tuple[str, ...] = ()

    def mean(self, negligible_m2: float) -> float | None:
        """Return the area-weighted grade number, None where nothing is known or more than `negligible_m2` is not."""
        whole = self.known_m2 > 0.0 and self.unknown_m2 <= negligible_m2
        return self.weighted / self.known_m2 if whole else None


@dataclass(frozen=True)
class Land:
    """The land under what one move changes (现状地类); m², None where no layer is loaded."""

    cultivated_m2: float | None
    uncovered_m2: float | None
    grades: Grades | None
    farmland_m2: float | None
    redline_m2: float | None


def land(found: Ground, context: Context) -> Land:
    """Return cultivated land, grades and prohibited land under what one move changes."""
    cultivated, uncovered = _cultivated(found, context)
    source = grade_source(context)
    grades = None if cultivated is None or source is None else _grades(found, cultivated, source)
    return Land(
        None if cultivated is None else found.area(cultivated),
        uncovered,
        grades,
        _covered(found, context, "farmland"),
        _covered(found, context, "redline"),
    )


def _covered(found: Ground, context: Context, role: str) -> float | None:
    if not context.has(role):
        return None
    shapes = near(context.frame(role), found.changed).geometry.to_numpy()
    return found.area(polygonal(shapely.intersection(found.changed, shapely.union_all(shapes))))


def _cultivated(found: Ground, context: Context) -> tuple[Geometry | None, float | None]:
    """Return the cultivated land of a move, and the area [m²] of which the layer does not say the class."""
    if not context.has("land_class") or "dlbm" not in context.frame("land_class").columns:
        return None, None
    rows = near(context.frame("land_class"), found.changed)
    known = rows[rows["dlbm"].notna()]
    own = known[known["dlbm"].astype(str).str.startswith(CULTIVATED)]
    cultivated = polygonal(shapely.intersection(found.changed, shapely.union_all(own.geometry.to_numpy())))
    silent = shapely.difference(found.changed, shapely.union_all(known.geometry.to_numpy()))
    return cultivated, found.area(polygonal(silent))


def grade_source(context: Context) -> gpd.GeoDataFrame | None:
    """Return the features that carry a grade of cultivated land with its scheme, None where no layer does.

    A layer of its own (role ``cultivated_grade``), else columns ``grade`` and ``scheme`` of the land-class layer. A
    column of slope classes (GDPDJB) is not taken for quality.
    """
    for role in (GRADE_ROLE, "land_class"):
        if not context.has(role):
            continue
        layers = [layer.spec for layer in context.layers.values() if layer.spec.role == role]
        slope = any(spec.fields.get("grade", "").upper() in NO_GRADE for spec in layers)
        frame = context.frame(role)
        if "grade" in frame.columns and not slope:
            return frame
    return None


def _grades(found: Ground, cultivated: Geometry, frame: gpd.GeoDataFrame) -> Grades:
    rows = near(frame, cultivated)
    number = pd.to_numeric(rows["grade"], errors="coerce").to_numpy(dtype=np.float64)
    schemes = rows["scheme"].astype("object") if "scheme" in rows.columns else pd.Series([None] * len(rows))
    left, known, weighted, met = cultivated, 0.0, 0.0, dict[str, None]()
    for value, scheme, geometry in zip(number, schemes, rows.geometry.to_numpy(), strict=True):
        share = polygonal(shapely.intersection(left, geometry))
        area = found.area(share)
        if np.isnan(value) or area <= 0.0:
            continue
        known, weighted = known + area, weighted + area * float(value)
        met["" if pd.isna(scheme) else str(scheme)] = None
        left = polygonal(shapely.difference(left, share))
    return Grades(known, weighted, found.area(left), tuple(met))


def summed(grades: list[Grades]) -> Grades:
    """Return the grades of several moves together."""
    schemes = dict.fromkeys(scheme for one in grades for scheme in one.schemes)
    return Grades(
        sum(one.known_m2 for one in grades),
        sum(one.weighted for one in grades),
        sum(one.unknown_m2 for one in grades),
        tuple(schemes),
    )
