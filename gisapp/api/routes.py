"""The routes (接口路由). Every one but health needs a token; errors are Chinese and say what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gisapp._version import __version__
from gisapp.app.ranking import Filters
from gisapp.app.server import Server
from gisapp.errors import GisappError, InputError, UsageError

TOKEN_HEADER: Final = "X-Gisapp-Token"  # noqa: S105  a header's name
IMMUTABLE: Final = {"Cache-Control": "private, max-age=31536000, immutable"}
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "[::1]", "testserver"})
MAX_ROWS: Final = 1000
Answer = Callable[[Request], Response]


def failure(status: int, message: str, action: str) -> JSONResponse:
    """Return an error as the contract has it."""
    return JSONResponse({"error": {"message": message, "action": action}}, status_code=status)


def guarded(server: Server, answer: Answer) -> Answer:
    """Return `answer` behind host, token and error handling."""

    def handle(request: Request) -> Response:
        if (request.headers.get("host") or "").rsplit(":", 1)[0] not in LOOPBACK:
            return failure(403, "只接受本机访问", "在服务器本机打开，或等待登录功能启用")
        if not server.admits(request.headers.get(TOKEN_HEADER, "")):
            return failure(401, "访问令牌无效或已过期", "刷新页面以取得新的令牌")
        try:
            return answer(request)
        except KeyError as error:
            return failure(404, f"没有找到：{error.args[0]}", "检查编号；地块可能已被重新导入")
        except (InputError, UsageError) as error:
            return failure(422, error.message, error.action or "按提示修改后重试")
        except GisappError as error:
            return failure(500, error.message, error.action or "查看服务器日志")

    return handle


def routes(server: Server) -> list[Route]:
    """Return all routes over one server."""
    table: dict[str, Answer] = {
        "/api/tiles/{version}/{z:int}/{x:int}/{y:int}.mvt": lambda r: _tile(server, r),
        "/api/raster/{layer}/{version}/{z:int}/{x:int}/{y:int}.png": lambda r: _raster(server, r),
        "/api/theme": lambda r: JSONResponse(server.desk.theme(_needed(r, "rulebook"))),
        "/api/rank": lambda r: _rank(server, r),
        "/api/parcel/{parcel_id:path}": lambda r: _parcel(server, r),
        "/api/search": lambda r: _search(server, r),
    }
    health = Route("/api/health", _health, methods=["GET"])
    return [
        health,
        *(Route(path, guarded(server, answer), methods=["GET"]) for path, answer in table.items()),
    ]


def _health(request: Request) -> Response:
    return JSONResponse({"status": "ok", "version": __version__})


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


def _current_version(server: Server, request: Request) -> None:
    if request.path_params["version"] != server.desk.version:
        raise KeyError("这一版数据的瓦片（数据已更新）")


def _tile(server: Server, request: Request) -> Response:
    _current_version(server, request)
    z, x, y = (int(request.path_params[name]) for name in "zxy")
    body = server.desk.tiles.tile(z, x, y)
    if not body:
        return Response(status_code=204, headers=IMMUTABLE)
    return Response(body, media_type="application/vnd.mapbox-vector-tile", headers=IMMUTABLE)


def _raster(server: Server, request: Request) -> Response:
    _current_version(server, request)
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
    page = server.desk.rank(
        _needed(request, "rulebook"),
        filters,
        limit=_whole(request, "limit", 200, most=MAX_ROWS),
        offset=_whole(request, "offset", 0, most=10_000_000),
    )
    return JSONResponse(page)


def _parcel(server: Server, request: Request) -> Response:
    return JSONResponse(
        server.desk.card(request.path_params["parcel_id"], request.query_params.get("rulebook") or None)
    )


def _search(server: Server, request: Request) -> Response:
    hits = server.desk.search(request.query_params.get("q", ""))
    return JSONResponse({"results": [hit.as_dict() for hit in hits]})
