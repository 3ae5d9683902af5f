"""The site check's routes (红线套合接口): a polygon drawn on the desk in, the table, workbook or page out.

They read only, so that every role may ask. Coordinates without ``crs`` are the workspace's own and stay bit-exact.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Final

from pyproj import CRS
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gisapp.api.answers import Reply
from gisapp.api.guard import Body, guarded_post
from gisapp.app.editing.intents import Geometry, outline
from gisapp.app.server import Server
from gisapp.app.sitebook import site_workbook
from gisapp.app.sitecheck import check_site
from gisapp.app.sitepage import site_page
from gisapp.app.tokens import Claims
from gisapp.app.workspace import Workspace
from gisapp.crs import parse_crs
from gisapp.errors import InputError, Problem, UsageError
from gisapp.evaluation.site import SiteCheck
from gisapp.i18n import Text
from gisapp.io.redline import redline_of
from gisapp.model.changes import OFFICIAL

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DRAWN: Final = Text("绘制的红线")
MOST_NAME: Final = 80
_KEYS: Final = frozenset({"polygons", "geometry", "parcel_id", "crs", "name", "as_of", "branch", "version"})
_Answer = Callable[[SiteCheck, Workspace], Response]


def site_routes(server: Server) -> list[Route]:
    """Return the routes of the site check over one server."""
    answers: dict[str, _Answer] = {
        "/api/site-check": lambda check, view: Reply(check.as_dict()),
        "/api/site-check.xlsx": _workbook,
        "/api/site-check.html": _page,
    }
    return [
        Route(path, guarded_post(server, partial(_answer, server, answer), edits=False), methods=["POST"])
        for path, answer in answers.items()
    ]


def _answer(server: Server, answer: _Answer, request: Request, body: Body, claims: Claims) -> Response:
    unknown = sorted(set(body) - _KEYS)
    if unknown:
        expected = "、".join(sorted(_KEYS))
        raise InputError(Problem("请求里有不认识的项", value="、".join(unknown)[:80], expected=expected))
    view = _view(server, body)
    crs = parse_crs(view.catalog.workspace.crs)
    redline = redline_of(_shape(view, body, crs), crs=crs, name=str(body.get("name") or DRAWN)[:MOST_NAME])
    return answer(check_site(view, redline, as_of=_day(body.get("as_of"))), view)


def _shape(view: Workspace, body: Body, crs: CRS) -> Geometry:
    """Return the outline that a request is about: a parcel's own, to the bit, else the one that it carries."""
    if body.get("parcel_id") is not None:
        parcel_id = str(body["parcel_id"])
        rows = view.parcels[view.parcels["parcel_id"] == parcel_id]
        if rows.empty:
            raise KeyError(parcel_id)
        geometry: Geometry = rows.geometry.iloc[0]
        return geometry
    declared = body.get("crs")
    return outline(
        body.get("polygons"), body.get("geometry"), None if declared is None else str(declared), crs
    )


def _view(server: Server, body: Body) -> Workspace:
    """Return the state of the parcels that a request is about: a version of the tiles, a branch, else the official."""
    if body.get("version"):
        return server.desks.of_version(str(body["version"])).workspace
    branch = str(body.get("branch") or OFFICIAL)
    if branch != OFFICIAL and server.desks.workspace.store is None:
        raise UsageError(Text("没有方案 {name}", name=branch))
    return server.desks.current(branch).workspace


def _day(text: object) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(str(text))
    except ValueError as error:
        raise UsageError(
            Text("参数 {name} 不是日期：{value}", name="as_of", value=text), action=Text("写成 YYYY-MM-DD")
        ) from error


def _workbook(check: SiteCheck, view: Workspace) -> Response:
    body = site_workbook(check, view.catalog.workspace)
    return Response(body, media_type=XLSX, headers=_attached("site-check.xlsx"))


def _page(check: SiteCheck, view: Workspace) -> Response:
    page = site_page(check, view.context(), view.catalog.workspace)
    return Response(page, media_type="text/html", headers=_attached("site-check.html"))


def _attached(name: str) -> dict[str, str]:
    return {
        "Content-Disposition": f"attachment; filename={name}",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
