"""Trying other inputs on one parcel (试算): the same measuring and judging as the evaluation's, on copies of its row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisapp.context import Context, NotLoadedError
from gisapp.evaluation.evaluate import judge
from gisapp.evaluation.measure import measure, prepare
from gisapp.evaluation.total import verdicts
from gisapp.indicators import REGISTRY
from gisapp.model.levers import Amount, Retreat, State
from gisapp.rules.columns import Column, FloatArray, Key, ObjectArray, needed
from gisapp.rules.judged import Judged
from gisapp.rules.load import LoadedRulebook

QUADRANT: Final = 64
"""Segments a quarter of a disc; the polygon stands outside of it, by 8e-5 of its radius."""


@dataclass(frozen=True)
class Outcome:
    """What a set of variants came to (试算结果): verdicts of shape (n,), and each rule judged."""

    verdict: ObjectArray
    judged: Sequence[Judged] = field(repr=False)


@dataclass(frozen=True)
class Trial:
    """One parcel that can be judged with other inputs (试算对象); ``parcel`` is its row, a frame of one."""

    parcel: gpd.GeoDataFrame
    context: Context
    rulebook: LoadedRulebook
    target_use: str | None = None

    @cached_property
    def base(self) -> dict[Key, Column]:
        """The columns of the parcel as it is."""
        prepared = prepare(self.parcel, self.context, target_use=self.target_use)
        return measure(prepared, self.context, wanted=needed(self.rulebook.rulebook))

    @cached_property
    def as_is(self) -> Outcome:
        """The parcel as it is."""
        return self.judged(self.parcel, self.base)

    @property
    def area_m2(self) -> float:
        """The statutory area of the parcel as it is [m²]."""
        return float(prepare(self.parcel, self.context)["area_m2"].iloc[0])

    def judged(self, frame: gpd.GeoDataFrame, columns: Mapping[Key, Column]) -> Outcome:
        """Return what the rulebook says of rows with these columns."""
        prepared = prepare(frame, self.context, target_use=self.target_use)
        judged = judge(self.rulebook, columns, prepared, self.context)
        return Outcome(verdicts(self.rulebook.rulebook, judged), judged)

    def value(self, lever: Amount) -> float:
        """Return the present amount of a lever, NaN where it is not known."""
        if lever.field is not None:
            cell = self.parcel[lever.field].iloc[0] if lever.field in self.parcel else np.nan
            return float(pd.to_numeric(pd.Series([cell]), errors="coerce").iloc[0])
        column = self._base_of(lever)
        return float(column.number[0]) if column is not None and column.number is not None else np.nan

    def _base_of(self, lever: Amount) -> Column | None:
        """Return the column of a lever's own figure, with the parameters of an indicator that the rulebook reads."""
        assert lever.base is not None
        wanted = REGISTRY[lever.base].params
        for (name, params), _ in self.base.items():
            given = dict(params)
            if name in lever.scales and set(wanted) <= set(given):
                own = {key: value for key, value in given.items() if key in wanted}
                key = (lever.base, tuple(sorted(own.items())))
                prepared = prepare(self.parcel, self.context)
                return measure(prepared, self.context, wanted={key: REGISTRY[lever.base].unit})[key]
        return None

    def with_amounts(
        self, amounts: Mapping[Amount, FloatArray], states: Sequence[State], land: Any = None
    ) -> Outcome:
        """Return what the rulebook says of n copies of the parcel with other amounts, each an array of shape (n,)."""
        size = max((len(values) for values in amounts.values()), default=1)
        parcel = self.parcel if land is None else self.parcel.set_geometry([land], crs=self.parcel.crs)
        context = self.context
        base = self.base
        if land is not None:
            context = context.with_changed(parcel, [])
            prepared = prepare(parcel, context, target_use=self.target_use)
            base = measure(prepared, context, wanted=needed(self.rulebook.rulebook))
        frame = parcel.iloc[np.zeros(size, dtype=int)].reset_index(drop=True)
        changes: dict[str, Any] = {lever.field: values for lever, values in amounts.items() if lever.field}
        changes |= {state.field: state.value for state in states}
        frame = frame.assign(**changes)
        columns = {key: repeated(column, size) for key, column in base.items()}
        moved = {key for key in columns if set(REGISTRY[key[0]].reads) & set(changes)}
        prepared = prepare(frame, context, target_use=self.target_use)
        units = needed(self.rulebook.rulebook)
        columns |= measure(prepared, context, wanted={key: units[key] for key in units if key in moved})
        for lever, values in amounts.items():
            if lever.base is not None:
                columns = _scaled(columns, lever, values / self.value(lever))
        return self.judged(frame, columns)

    def retreated(self, lever: Retreat) -> Any:
        """Return the outline that is left when land of a zone is given up, None where nothing can be said or is left."""
        shape = self.parcel.geometry.iloc[0]
        try:
            zone = self._zone(lever)
        except NotLoadedError:
            return None
        left = shapely.intersection(shape, zone) if lever.keep else shapely.difference(shape, zone)
        parts = [part for part in shapely.get_parts(left) if part.geom_type == "Polygon" and part.area > 0]
        if not parts or abs(sum(part.area for part in parts) - shape.area) < 1e-6:
            return None
        return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)

    def _zone(self, lever: Retreat) -> Any:
        frame = self.context.frame(lever.role)
        shape = self.parcel.geometry.iloc[0]
        if lever.radius:
            radius = pd.to_numeric(self.context.column(lever.role, lever.radius), errors="coerce").fillna(0.0)
            outside = radius / np.cos(np.pi / (4 * QUADRANT)) + 1e-3
            return shapely.union_all(
                shapely.buffer(frame.geometry.to_numpy(), outside.to_numpy(), quad_segs=QUADRANT)
            )
        near = frame.geometry.to_numpy()
        touched = shapely.intersects(near, shape)
        if lever.by and lever.keep:
            touched &= (self.context.column(lever.role, lever.by) == lever.keep).to_numpy()
        return shapely.union_all(near[touched])


def repeated(column: Column, size: int) -> Column:
    """Return a column of one row as `size` equal rows."""
    arrays = ("number", "text", "notes", "excluded", "low", "high", "share")
    given: dict[str, Any] = {
        name: np.repeat(getattr(column, name), size) for name in arrays if getattr(column, name) is not None
    }
    return replace(column, **given)


def _scaled(columns: Mapping[Key, Column], lever: Amount, factor: FloatArray) -> dict[Key, Column]:
    """Return the columns with the indicators of a lever multiplied by `factor`."""
    out = dict(columns)
    for key, column in columns.items():
        if key[0] in lever.scales and column.number is not None:
            bounds = {
                n: getattr(column, n) * factor for n in ("low", "high") if getattr(column, n) is not None
            }
            out[key] = replace(column, number=column.number * factor, **bounds)
    return out
