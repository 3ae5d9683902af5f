"""Scripts and styles that pages of our own load from us (静态文件): no page asks another host for anything."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

FOLDER: Final = Path(__file__).parent
ADDRESS: Final = "/gisapp-static"
TYPES: Final = {
    "leaflet/leaflet.js": "text/javascript",
    "leaflet/leaflet.css": "text/css",
    "plain-map.js": "text/javascript",
    "plain-map.css": "text/css",
}
"""What is served, and nothing else of the folder."""


def static_routes() -> list[Route]:
    """Return the route of the files."""
    return [Route(f"{ADDRESS}/{{name:path}}", _answer, methods=["GET"])]


def address(name: str) -> str:
    """Return the address of a file; it changes with the file, so that no browser keeps an old one."""
    return f"{ADDRESS}/{name}?v={(FOLDER / name).stat().st_mtime_ns:x}"


def _answer(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in TYPES:
        return Response(status_code=404)
    headers = {"Cache-Control": "public, max-age=86400", "X-Content-Type-Options": "nosniff"}
    return FileResponse(FOLDER / name, media_type=TYPES[name], headers=headers)
