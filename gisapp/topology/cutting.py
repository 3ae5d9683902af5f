"""Cut parcels by a line or a band (分割): one parcel, many at once, or a corridor (道路红线) through them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import shapely

from gisapp.errors import Problem
from gisapp.i18n import Text
from gisapp.model.changes import Descent, Finding
from gisapp.topology.dividing import divide
from gisapp.topology.fabric import Fabric
from gisapp.topology.finish import finished
from gisapp.topology.noding import Noded, node
from gisapp.topology.outcome import DEFAULT, Outcome, Point, Tolerances, TopologyError, finite
from gisapp.topology.rings import assemble, bounds_of, is_multi, points, rings_of, rounded, vertices

Name = Callable[[str, int], str]
"""(parent id, k = 1, 2, …) → the id of its k-th child."""
CORRIDOR = "corridor"


def split(
    fabric: Fabric, parcel_id: str, line: Sequence[Point], *, name: Name, tolerances: Tolerances = DEFAULT
) -> Outcome:
    """Return the outcome of splitting one parcel by a drawn line (画线分割).

    Parameters
    ----------
    fabric, parcel_id
        The parcel goes; each piece is a child, in the order of the old corners that the pieces begin with.
    line
        Two or more points [m, the fabric's CRS]. Where it meets the outline the new corner lies on the
        outline, so that no area but the parcel's own is touched; its free vertices are rounded to survey_m.
        A closed line inside the parcel cuts an island out.
    name
        Gives the children their ids.

    Raises
    ------
    TopologyError
        If the line does not run right through the parcel, or crosses itself.
    """
    outline = fabric.get(parcel_id)
    noded = node([drawn(fabric, line, tolerances)], [outline], snap_m=tolerances.snap_m)
    divided = divide(outline, noded)
    if len(divided.pieces) < 2:
        raise TopologyError(_not_through(parcel_id, divided.loose))
    return _replaced(fabric, {parcel_id: divided.pieces}, name, tolerances)


def cut(
    fabric: Fabric,
    line: Sequence[Point],
    *,
    ids: Iterable[str] | None = None,
    name: Name,
    tolerances: Tolerances = DEFAULT,
) -> Outcome:
    """Return the outcome of cutting many parcels by one line (一线切割): those in `ids`, or all it crosses.

    Parcels that the line only touches or ends in stay whole; where it ends in one, a note says so.

    Raises
    ------
    TopologyError
        If it divides no parcel, or crosses itself.
    """
    track = drawn(fabric, line, tolerances)
    names = _crossed(fabric, shapely.LineString(track), ids)
    noded = node([track], fabric.outlines(names), snap_m=tolerances.snap_m)
    pieces, notes = {}, []
    for parcel_id in names:
        divided = divide(fabric.get(parcel_id), noded)
        if len(divided.pieces) > 1:
            pieces[parcel_id] = divided.pieces
        elif divided.loose:
            notes.append(
                Finding(
                    "line_ends_inside",
                    "note",
                    Text("线在 {parcel} 内终止，该宗未分割", parcel=parcel_id),
                    (parcel_id,),
                    None,
                    divided.loose[0],
                )
            )
    if not pieces:
        raise TopologyError(Problem("这条线没有贯穿任何地块", field="line", action="两端都画到地块界线之外"))
    return _replaced(fabric, pieces, name, tolerances, notes=tuple(notes))


def corridor(
    fabric: Fabric,
    line: Sequence[Point],
    width_m: float,
    *,
    ids: Iterable[str] | None = None,
    name: Name,
    tolerances: Tolerances = DEFAULT,
) -> Outcome:
    """Return the outcome of laying a corridor of `width_m` along a centre line (道路红线).

    Each parcel it reaches gives one child with everything inside the band, its last one, with the role
    ``corridor``, and one child for each piece outside. The land stays in the fabric.

    Raises
    ------
    TopologyError
        If the width is not positive, the band crosses itself, or it reaches no parcel.
    """
    band = _band(drawn(fabric, line, tolerances), width_m, tolerances)
    names = _crossed(fabric, band, ids)
    tracks = [points(ring) for ring in rings_of(band)[0]]
    noded = node(tracks, fabric.outlines(names), snap_m=tolerances.snap_m)
    # The rings of the band with their nodes: what is inside is decided by the line that cut, not beside it.
    inside = shapely.Polygon(noded.lines[0], noded.lines[1:])
    shapely.prepare(inside)
    pieces: dict[str, tuple[shapely.Geometry, ...]] = {}
    roles: dict[str, str] = {}
    for parcel_id in names:
        found = divide(fabric.get(parcel_id), noded).pieces
        parts = [assemble([rings]) for piece in found for rings in rings_of(piece)]
        is_in = [bool(shapely.contains(inside, shapely.point_on_surface(part))) for part in parts]
        if any(is_in):
            pieces[parcel_id] = _sorted_out(found, parts, is_in)
            roles[name(parcel_id, len(pieces[parcel_id]))] = CORRIDOR
    if not pieces:
        raise TopologyError(Problem("道路红线没有经过任何地块", field="line"))
    return _replaced(fabric, pieces, name, tolerances, roles=roles)


def _sorted_out(
    found: Sequence[shapely.Geometry], parts: Sequence[shapely.Geometry], is_in: Sequence[bool]
) -> tuple[shapely.Geometry, ...]:
    """Return the pieces outside the band, then one with all inside it."""
    inner = [part for part, yes in zip(parts, is_in, strict=True) if yes]
    if len(parts) == len(found):
        outer = [part for part, yes in zip(parts, is_in, strict=True) if not yes]
    else:
        # A parcel of several parts: its outer parts stay grouped as the cut grouped them.
        kept = {shapely.to_wkb(part) for part in inner}
        groups = [
            [rings for rings in rings_of(piece) if shapely.to_wkb(assemble([rings])) not in kept]
            for piece in found
        ]
        outer = [assemble(group) for group in groups if group]
    return (*outer, assemble([rings_of(part)[0] for part in inner]))


def drawn(fabric: Fabric, line: Sequence[Point], tolerances: Tolerances) -> list[Point]:
    """Return a drawn line with its vertices rounded to survey_m, save those that are corners of parcels.

    Raises
    ------
    TopologyError
        If it has fewer than two different points or crosses itself.
    """
    track: list[Point] = []
    for given in line:
        point = finite(given, "line")
        known = point in vertices(fabric.outlines(fabric.at(*point)))
        settled = point if known else rounded(point, tolerances.survey_m)
        if not track or track[-1] != settled:
            track.append(settled)
    if len(track) < 2:
        raise TopologyError(Problem("线至少要有两个不同的点", field="line"))
    if not shapely.is_simple(shapely.LineString(track)):
        raise TopologyError(Problem("线与自身相交", field="line", action="重新画线，或分几次切割"))
    return track


def _band(track: Sequence[Point], width_m: float, tolerances: Tolerances) -> shapely.Geometry:
    if not width_m > 0:
        raise TopologyError(
            Problem("道路红线宽度须大于 0", field="width_m", value=str(width_m), expected="正数，单位 m")
        )
    wide = shapely.buffer(
        shapely.LineString(track), width_m / 2, cap_style="flat", join_style="mitre", mitre_limit=5.0
    )
    rings = [
        [np.array([rounded(point, tolerances.survey_m) for point in points(ring)]) for ring in part]
        for part in rings_of(wide)
    ]
    band = assemble(rings)
    if is_multi(band) or not shapely.is_valid(band):
        raise TopologyError(
            Problem("道路红线与自身相交", field="line", action="减小宽度，或把弯折处画得平缓一些")
        )
    return band


def _crossed(fabric: Fabric, track: shapely.Geometry, ids: Iterable[str] | None) -> tuple[str, ...]:
    names = list(fabric.near(bounds_of([track]))) if ids is None else list(dict.fromkeys(ids))
    shapely.prepare(track)
    meets = shapely.intersects(track, fabric.outlines(names))
    return tuple(name for name, yes in zip(names, meets, strict=True) if yes)


def _not_through(parcel_id: str, loose: tuple[Point, ...]) -> Problem:
    text = Text("分割线在地块内终止，没有贯穿地块" if loose else "分割线没有穿过地块")
    return Problem(text, field="line", value=parcel_id, action="两端都画到地块界线之外")


def _replaced(
    fabric: Fabric,
    pieces: Mapping[str, Sequence[shapely.Geometry]],
    name: Name,
    tolerances: Tolerances,
    *,
    notes: tuple[Finding, ...] = (),
    roles: Mapping[str, str] | None = None,
) -> Outcome:
    """Return the outcome of parcels that give way to their pieces."""
    after: dict[str, shapely.Geometry | None] = {}
    descent = []
    for parent, parts in pieces.items():
        after[parent] = None
        for k, part in enumerate(parts, start=1):
            child = name(parent, k)
            if child in fabric or after.get(child) is not None:
                raise TopologyError(Problem("新地块编号已被使用", field="parcel_id", value=child))
            after[child] = part
            descent.append(Descent(parent, child))
    return finished(fabric, after, tolerances, descent=tuple(descent), notes=notes, roles=roles)


def named_pieces(
    fabric: Fabric,
    parcel_id: str,
    noded: Noded,
    first: Callable[[shapely.Geometry], bool],
    name: Name,
    tolerances: Tolerances,
) -> Outcome:
    """Return the outcome of dividing one parcel by noded lines, the piece for which `first` holds as child 1."""
    found = divide(fabric.get(parcel_id), noded, alone=first).pieces
    if len(found) < 2:
        raise TopologyError(_not_through(parcel_id, ()))
    ordered = [*(p for p in found if first(p)), *(p for p in found if not first(p))]
    return _replaced(fabric, {parcel_id: ordered}, name, tolerances)
