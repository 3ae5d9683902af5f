"""The routes of boundary packages (边界优化接口): preview, save, list, read."""

from __future__ import annotations

from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gisapp.api.answers import Reply
from gisapp.api.guard import Body, guarded, guarded_post
from gisapp.app import udbview
from gisapp.app.server import Server
from gisapp.app.storing import LOCAL
from gisapp.app.tokens import Claims
from gisapp.app.workspace import Workspace


def udb_routes(server: Server) -> list[Route]:
    """Return the routes of packages over one server; only editors may save."""
    return [
        Route(
            "/api/udb/list",
            guarded(server, lambda r: Reply(udbview.overview(_workspace(server)))),
            methods=["GET"],
        ),
        Route(
            "/api/udb/package/{package_id}", guarded(server, lambda r: _package(server, r)), methods=["GET"]
        ),
        Route(
            "/api/udb/preview",
            guarded_post(server, lambda r, b, c: Reply(udbview.preview(_workspace(server), b)), edits=False),
            methods=["POST"],
        ),
        Route("/api/udb/save", guarded_post(server, lambda r, b, c: _save(server, b, c)), methods=["POST"]),
    ]


def _workspace(server: Server) -> Workspace:
    return server.desk.workspace


def _package(server: Server, request: Request) -> Response:
    return Reply(udbview.whole(_workspace(server), request.path_params["package_id"]))


def _save(server: Server, body: Body, claims: Claims) -> Response:
    today = datetime.now(LOCAL).date()
    return Reply(udbview.keep(_workspace(server), body, author=claims.user, day=today))
