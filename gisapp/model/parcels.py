"""The parcel schema (地块字段表): which columns a parcel table has, in which unit, and how edits treat them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from gisapp.model.base import Noun, Title

Dtype = Literal["str", "float", "int", "bool", "date"]


class FieldSpec(Noun):
    """One field of the parcel table (字段).

    ``split`` and ``merge`` say what an edit does with the value (RULEBOOK 14); ``registered`` that the register
    owns it, so that on a registered parcel it changes only by import or on a scheme (登记事实); ``min`` and ``max`` bound a number; ``source`` lists
    the names under which the field arrives in bureau files.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Title
    dtype: Dtype
    unit: str | None = None
    required: bool = False
    codes: str | tuple[str, ...] | None = None
    split: Literal["copy", "sum", "forbid", "null"] = "copy"
    merge: Literal["copy", "sum", "concat", "forbid", "max", "min", "null"] = "copy"
    registered: bool = False
    min: float | None = None
    max: float | None = None
    source: tuple[str, ...] = ()
    note: str | None = None


class GeometrySpec(Noun):
    """What shapes a parcel may have (地块界线)."""

    title: Title
    types: tuple[Literal["Polygon", "MultiPolygon"], ...]
    crs: str


class ParcelSchema(Noun):
    """All fields of the parcel table (地块字段表)."""

    geometry: GeometrySpec | None = None
    fields: tuple[FieldSpec, ...]

    def field(self, name: str) -> FieldSpec | None:
        """Return the field called `name`, or None."""
        return next((field for field in self.fields if field.name == name), None)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the field names in schema order."""
        return tuple(field.name for field in self.fields)
