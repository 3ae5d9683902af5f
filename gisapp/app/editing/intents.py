"""What a planner means to do (编辑意图): a gesture, checked for form; it carries no truth about parcels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal

import numpy as np
import numpy.typing as npt
import shapely
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pyproj import CRS

from gisapp.crs import parse_crs, transformer
from gisapp.errors import InputError, Problem
from gisapp.i18n import Text
from gisapp.model.changes import Scalar
from gisapp.units import mu_to_m2

Point = tuple[float, float]
Ring = list[Point]
Geometry = shapely.Polygon | shapely.MultiPolygon
GRID_M: Final = 0.001
"""New coordinates are rounded to survey precision (坐标取位 0.001 m)."""
MOST_INTENTS: Final = 500
MOST_M: Final = 1e8


class _Intent(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    parcel_ids: tuple[str, ...] = ()
    crs: str | None = None
    base: Mapping[str, int] = {}
    reason: Any = None  # read from the file of `gisapp edit`, not from the gesture
    op_id: str | None = None


class Move(BaseModel):
    """One vertex to another place (移动界址点): `at` exact native, `to` in the intent's CRS or `snap` exact."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    at: Point
    to: Point | None = None
    snap: Point | None = None


class Insert(BaseModel):
    """A new vertex on the edge from a to b (加点): a and b exact native."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    a: Point
    b: Point
    at: Point | None = None
    snap: Point | None = None


class Reshape(_Intent):
    """Move, insert, delete vertices, or give a whole outline (修改界线).

    `extend` says that land is meant to come to the fabric or to leave it, as at a street.
    """

    op: Literal["reshape"]
    extend: bool = False
    moves: tuple[Move, ...] = ()
    inserts: tuple[Insert, ...] = ()
    deletes: tuple[Point, ...] = ()
    polygons: list[list[Ring]] | Mapping[str, list[list[Ring]]] | None = None
    geometry: Mapping[str, Any] | None = None  # GeoJSON


class Split(_Intent):
    """Divide one parcel by a line (划线分割)."""

    op: Literal["split"]
    line: Ring = Field(min_length=2)


class Cut(_Intent):
    """Divide every parcel that a line crosses (批量切割)."""

    op: Literal["cut"]
    line: Ring = Field(min_length=2)


class Corridor(_Intent):
    """Take a band of given width out of the parcels (道路红线)."""

    op: Literal["corridor"]
    line: Ring = Field(min_length=2)
    width_m: float = Field(gt=0, le=500)


class SplitArea(_Intent):
    """Divide a given area off along an edge (按面积分割)."""

    op: Literal["split_area"]
    edge: tuple[Point, Point]
    area_m2: float | None = Field(default=None, gt=0)
    area_mu: float | None = Field(default=None, gt=0)

    @property
    def wanted_m2(self) -> float:
        """The area to divide off [m², ellipsoidal]."""
        return self.area_m2 if self.area_m2 is not None else float(mu_to_m2(self.area_mu or 0.0))


class Merge(_Intent):
    """Make one parcel of several (合并); `values` decides fields in which they differ.

    `apart` says that they are meant to be one parcel though they do not touch.
    """

    op: Literal["merge"]
    apart: bool = False
    values: Mapping[str, Scalar] = {}


class Draw(_Intent):
    """New land (新增用地); `extend` says that the fabric is meant to grow."""

    op: Literal["draw"]
    polygons: list[list[Ring]] | None = None
    geometry: Mapping[str, Any] | None = None  # GeoJSON
    extend: bool = False
    values: Mapping[str, Scalar] = {}


class Retire(_Intent):
    """Take parcels out of the fabric (注销)."""

    op: Literal["retire"]


class Attribute(_Intent):
    """Set fields of one or many parcels (属性修改); None clears a field."""

    op: Literal["attribute"]
    values: Mapping[str, Scalar]


Intent = Reshape | Split | Cut | Corridor | SplitArea | Merge | Draw | Retire | Attribute
_ADAPTER: Final[TypeAdapter[list[Intent]]] = TypeAdapter(
    list[Annotated[Intent, Field(discriminator="op")]],
)


def parse_intents(data: object, *, file: str | None = None) -> list[Intent]:
    """Return checked intents from plain data.

    Raises
    ------
    InputError
        With the place and value of every fault of form.
    """
    if not isinstance(data, list) or not data:
        raise InputError(Problem("没有编辑内容", file=file, field="intents", expected="至少一项编辑"))
    if len(data) > MOST_INTENTS:
        raise InputError(
            Problem(
                Text("一次最多 {most} 项编辑", most=MOST_INTENTS),
                file=file,
                value=str(len(data)),
                action="分批提交",
            )
        )
    try:
        return _ADAPTER.validate_python(data)
    except ValidationError as error:
        problems = [
            Problem(
                "编辑内容的写法不对",
                file=file,
                field=".".join(map(str, item["loc"])),
                value=str(item.get("input"))[:80],
                expected=_wanted(item["type"], item.get("ctx") or {}),
            )
            for item in error.errors()[:10]
        ]
        raise InputError(problems) from error


_WANTED: Final = {
    "missing": "给出这一项",
    "extra_forbidden": "没有这一项，请删除",
    "greater_than": "大于 {gt}",
    "greater_than_equal": "不小于 {ge}",
    "less_than": "小于 {lt}",
    "less_than_equal": "不大于 {le}",
    "too_short": "至少 {min_length} 项",
    "too_long": "至多 {max_length} 项",
    "literal_error": "{expected} 之一",
    "union_tag_invalid": "{expected_tags} 之一",
    "union_tag_not_found": "给出操作名称 op",
    "finite_number": "有限的数值",
    "float_type": "数值",
    "float_parsing": "数值",
    "int_type": "整数",
    "int_parsing": "整数",
    "int_from_float": "整数",
    "bool_type": "true 或 false",
    "bool_parsing": "true 或 false",
    "string_type": "文字",
    "list_type": "列表",
    "tuple_type": "列表",
    "dict_type": "对象",
    "mapping_type": "对象",
    "model_type": "对象",
}
"""What would have been right, by the kind of fault that pydantic names."""


def _wanted(kind: str, given: Mapping[str, Any]) -> str:
    """Return what an intent should have had there, in our own words."""
    known = {name: value if isinstance(value, (int, float)) else str(value) for name, value in given.items()}
    return Text(_WANTED.get(kind, "接口说明中的写法"), **known)


def native(points: Sequence[Point], crs: str | None, target: CRS) -> list[Point]:
    """Return points in the workspace's CRS, rounded to the survey grid; `crs` None means they are in it."""
    xy = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    _require_finite(xy)
    if crs is not None and (source := parse_crs(crs)) != target:
        xy = np.column_stack(transformer(source, target).transform(xy[:, 0], xy[:, 1]))
    _require_finite(xy)
    return [(round(float(x), 3), round(float(y), 3)) for x, y in xy]


def _require_finite(xy: npt.NDArray[np.float64]) -> None:
    """Raise if a coordinate cannot be one: not a number, or beyond any projection [m]."""
    if not (np.isfinite(xy) & (np.abs(xy) < MOST_M)).all():
        shown = str(xy[~(np.isfinite(xy) & (np.abs(xy) < MOST_M)).all(axis=1)][0].tolist())
        raise InputError(Problem("坐标不是可用的数值", field="坐标", value=shown, action="检查坐标与坐标系"))


def exact(point: Point) -> Point:
    """Return a coordinate as it was given, unrounded."""
    return (float(point[0]), float(point[1]))


def outline(
    polygons: list[list[Ring]] | None, geometry: Mapping[str, Any] | None, crs: str | None, target: CRS
) -> Geometry:
    """Return an outline from rings, or from GeoJSON, in the workspace's CRS.

    Raises
    ------
    InputError
        If there is none, it is no polygon, or a ring has fewer than three corners.
    """
    if polygons is None and geometry is not None:
        shape = shapely.geometry.shape(dict(geometry))
        if shape.geom_type not in ("Polygon", "MultiPolygon"):
            raise InputError(
                Problem("界线不是面", field="geometry", value=shape.geom_type, expected="Polygon")
            )
        polygons = [_rings(part) for part in shapely.get_parts(shape)]
    if not polygons:
        raise InputError(Problem("没有给出界线", field="polygons", expected="界址点坐标"))
    return shape_of(polygons, crs, target)


def _rings(polygon: shapely.Geometry) -> list[Ring]:
    return [
        [(float(x), float(y)) for x, y in shapely.get_coordinates(ring)]
        for ring in shapely.get_rings(polygon)
    ]


def shape_of(polygons: list[list[Ring]], crs: str | None, target: CRS) -> Geometry:
    """Return rings as an outline; coordinates already in the workspace's CRS stay as they are."""
    foreign = crs is not None and parse_crs(crs) != target
    parts = []
    for rings in polygons:
        moved = [native(ring, crs, target) if foreign else [exact(p) for p in ring] for ring in rings]
        for ring in moved:
            if len({*ring}) < 3:
                raise InputError(Problem("界址点不足三个", field="polygons", value=str(len(ring))))
        parts.append(shapely.Polygon(moved[0], moved[1:]))
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
