"""The routes (接口路由). Every one but health needs a token; errors are Chinese and say what to do."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gisapp._version import __version__
from gisapp.api.answers import Reply
from gisapp.api.editing import editing_routes
from gisapp.api.guard import TOKEN_HEADER, Answer, guarded
from gisapp.api.imagery import imagery_tile
from gisapp.api.sitecheck import site_routes
from gisapp.api.udb import udb_routes
from gisapp.api.wouldtake import would_take_part
from gisapp.app.desk import Desk
from gisapp.app.ranking import Filters
from gisapp.app.server import Server
from gisapp.errors import UsageError

IMMUTABLE: Final = {"Cache-Control": "private, max-age=31536000, immutable"}
MAX_ROWS: Final = 1000


def routes(server: Server) -> list[Route]:
    """Return all routes over one server."""
    table: dict[str, Answer] = {
        "/api/tiles/{version}/{z:int}/{x:int}/{y:int}.mvt": lambda r: _tile(server, r),
        "/api/raster/{layer}/{version}/{z:int}/{x:int}/{y:int}.png": lambda r: _raster(server, r),
        "/api/theme": lambda r: Reply(_desk(server, r).theme(_needed(r, "rulebook"))),
        "/api/rank": lambda r: _rank(server, r),
        "/api/parcel/{parcel_id:path}/would-take": lambda r: _would_take(server, r),
        "/api/parcel/{parcel_id:path}": lambda r: _parcel(server, r),
        "/api/search": lambda r: _search(server, r),
        "/api/imagery/{id}/{z:int}/{x:int}/{y:int}": lambda r: imagery_tile(server, r),
    }
    health = Route("/api/health", _health, methods=["GET"])
    return [
        health,
        *(Route(path, guarded(server, answer), methods=["GET"]) for path, answer in table.items()),
        *editing_routes(server),
        *udb_routes(server),
        *site_routes(server),
    ]


def _health(request: Request) -> Response:
    return Reply({"status": "ok", "version": __version__})


def _needed(request: Request, name: str) -> str:
    value = request.query_params.get(name, "")
    if not value:
        raise UsageError(f"缺少参数 {name}")
    return value


def _whole(request: Request, name: str, default: int, *, most: int) -> int:
    text = request.query_params.get(name, str(default))
    if not text.isdigit():
        raise UsageError(f"参数 {name} 应为非负整数，得到 {text}")
    return min(int(text), most)


def _area(request: Request, name: str) -> float | None:
    text = request.query_params.get(name, "")
    if not text:
        return None
    try:
        return float(text)
    except ValueError as error:
        raise UsageError(f"参数 {name} 应为数值，得到 {text}") from error


def _desk(server: Server, request: Request) -> Desk:
    """Return the desk that a request is about: the state of the parcels under ``version``, else the current."""
    version = request.query_params.get("version", "")
    return server.desks.of_version(version) if version else server.desk


def _tile(server: Server, request: Request) -> Response:
    desk = server.desks.of_version(request.path_params["version"])
    z, x, y = (int(request.path_params[name]) for name in "zxy")
    body = desk.tiles.tile(z, x, y)
    if not body:
        return Response(status_code=204, headers=IMMUTABLE)
    return Response(body, media_type="application/vnd.mapbox-vector-tile", headers=IMMUTABLE)


def _raster(server: Server, request: Request) -> Response:
    server.desks.of_version(request.path_params["version"])
    z, x, y = (int(request.path_params[name]) for name in "zxy")
    body = server.rasters[request.path_params["layer"]].tile(z, x, y)
    if not body:
        return Response(status_code=204, headers=IMMUTABLE)
    return Response(body, media_type="image/png", headers=IMMUTABLE)


def _rank(server: Server, request: Request) -> Response:
    names = ("verdict", "park", "street", "station", "line", "use")
    texts = {name: request.query_params.get(name, "") for name in names}
    filters = Filters(
        **texts, min_area_m2=_area(request, "min_area_m2"), max_area_m2=_area(request, "max_area_m2")
    )
    page = _desk(server, request).rank(
        _needed(request, "rulebook"),
        filters,
        limit=_whole(request, "limit", 200, most=MAX_ROWS),
        offset=_whole(request, "offset", 0, most=10_000_000),
    )
    return Reply(page)


def _parcel(server: Server, request: Request) -> Response:
    return Reply(
        _desk(server, request).card(
            request.path_params["parcel_id"], request.query_params.get("rulebook") or None
        )
    )


def _would_take(server: Server, request: Request) -> Response:
    parcel_id, rulebook = request.path_params["parcel_id"], _needed(request, "rulebook")
    return Reply(would_take_part(_desk(server, request), parcel_id, rulebook))


def _search(server: Server, request: Request) -> Response:
    hits = _desk(server, request).search(request.query_params.get("q", ""))
    return Reply({"results": [hit.as_dict() for hit in hits]})


__all__ = ["TOKEN_HEADER", "routes"]
