"""The exact outlines around a parcel (周边地块): what the browser needs for handles and snapping."""

from __future__ import annotations

from typing import Any, Final

from gisapp.app.display import WGS84
from gisapp.app.editing.editor import Editor, row_title
from gisapp.app.editing.outlines import exact_polygons
from gisapp.app.editing.policy import registered
from gisapp.crs import transformer
from gisapp.errors import InputError, Problem
from gisapp.i18n import Text

AROUND_M: Final = 80.0
MOST: Final = 400


def surroundings(
    editor: Editor, branch: str, parcel_id: str | None, bbox: tuple[float, ...] | None
) -> dict[str, Any]:
    """Return a parcel and everything within 80 m of it, or what meets a window in degrees, exactly.

    Raises
    ------
    KeyError
        If there is no such parcel.
    InputError
        If neither a parcel nor a window is given, or too many parcels lie in it.
    """
    state = editor.state(branch)
    if parcel_id:
        if parcel_id not in state.rows:
            raise KeyError(parcel_id)
        ids = (parcel_id, *state.fabric.neighbours([parcel_id], within_m=AROUND_M))
    elif bbox and len(bbox) == 4:
        to_native = transformer(WGS84, editor.rules.crs)
        west, south, east, north = to_native.transform_bounds(*bbox, densify_pts=5)
        ids = state.fabric.near((west, south, east, north))
    else:
        raise InputError(Problem("须给出 parcel_id 或 bbox", field="bbox", expected="西,南,东,北（度）"))
    if len(ids) > MOST and not parcel_id:
        raise InputError(
            Problem(
                "范围内地块过多",
                value=str(len(ids)),
                expected=Text("不超过 {most} 宗", most=MOST),
                action="放大地图",
            )
        )
    display = editor.desks.current(branch).display
    crs = editor.rules.crs
    parcels = [
        {
            "parcel_id": id_,
            "fid": display.rows[id_] + 1 if id_ in display.rows else None,
            "version": state.versions[id_],
            "title": row_title(state.rows[id_], id_),
            "registered": registered(state.rows[id_].values),
            "use_code": state.rows[id_].values.get("use_code"),
            "polygons": exact_polygons(state.rows[id_].geometry, crs),
        }
        for id_ in ids[:MOST]
    ]
    return {
        "branch": branch,
        "revision": state.revision,
        "crs": crs.to_string(),
        "parcels": parcels,
        "selected": parcel_id,
    }
