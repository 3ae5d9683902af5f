"""The imagery route (影像接口): a picture, nothing, or why there is none."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gisapp.app.imagery import imagery_tiles
from gisapp.app.server import Server
from gisapp.errors import InputError
from gisapp.tiles.imagery import media_type
from gisapp.tiles.imagery_fetch import HostRefusedError, UpstreamError

KEEP: Final = {"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"}
KEEP_NOTHING: Final = {"Cache-Control": "private, max-age=60"}
FORGET: Final = {"Cache-Control": "no-store"}


def imagery_tile(server: Server, request: Request) -> Response:
    """Return one picture of ``/api/imagery/{id}/{z}/{x}/{y}``, 204 where there is none.

    Unknown imagery is 404, a host that is not allowed 403, an unfit file or tile number 422, and whatever is
    the other server's doing 502.
    """
    tiles = imagery_tiles(server.desks.workspace)
    id_ = request.path_params["id"]
    if id_ not in tiles.entries:
        return _failure(404, f"没有这个影像：{id_[:60]}", "检查 layers/catalog.yaml 中 imagery 的 id")
    z, x, y = (int(request.path_params[name]) for name in "zxy")
    try:
        picture = tiles.tile(id_, z, x, y)
    except UpstreamError as error:
        return _failure(502, error.message, error.action or "")
    except InputError as error:
        problem = error.problems[0]
        place = problem.file or problem.value
        message = f"{problem.message}：{place}" if place else problem.message
        status = 403 if isinstance(error, HostRefusedError) else 422
        return _failure(status, message, problem.action or "按提示修改后重试")
    kind = media_type(picture)
    if kind is None:
        return Response(status_code=204, headers=KEEP_NOTHING)
    return Response(picture, media_type=kind, headers=KEEP)


def _failure(status: int, message: str, action: str) -> JSONResponse:
    return JSONResponse({"error": {"message": message, "action": action}}, status_code=status, headers=FORGET)
