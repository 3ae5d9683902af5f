"""The first HTML of every page (页面外壳): Streamlit's own, with our title, icon, language and first paint.

Streamlit serves one fixed index: English, its own name and icon, and a search for its server below the page's
path that fails twice on a direct link. These routes serve the same file with that put right.
"""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path
from typing import Final

import streamlit
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from gisapp.app.desk import PRODUCT
from gisapp.ui.face import PAGES
from gisapp.ui.missing import Missing
from gisapp.ui.static import static_routes
from gisapp.ui.style import ICON

_PLACE: Final = "<script>window.__streamlit = {BACKEND_BASE_URL: location.origin + '/'}</script>"
_PAINT: Final = """<style>
html, body { margin: 0; background: #eef1f4; }
body::before { content: "PRODUCT"; position: fixed; inset: 0 0 auto 0; height: 48px; padding-left: 46px; background: #10273a;
  color: #fff; font: 600 16px/48px 'Noto Sans CJK SC', 'Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif; }
.stApp { background: transparent !important; }
[data-testid="stAppSkeleton"], [data-testid="stSkeleton"], [data-testid="stHeader"] { display: none !important; }
</style>"""


def shell_routes() -> list[Route]:
    """Return a route for the address of each page, and that of the files which our pages load."""
    paths = ["/", *(f"/{page}" for page in PAGES)]
    return [*(Route(path, _answer, methods=["GET"]) for path in paths), *static_routes(), Missing()]


def _answer(request: Request) -> HTMLResponse:
    return HTMLResponse(_document(), headers={"Cache-Control": "no-cache"})


@cache
def _document() -> str:
    source = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    icon = base64.b64encode(ICON.read_bytes()).decode()
    changes = {
        '<html lang="en">': '<html lang="zh-CN">',
        "<title>Streamlit</title>": f"<title>{PRODUCT}</title>{_PLACE}{_PAINT.replace('PRODUCT', PRODUCT)}",
        'href="./favicon.png"': f'href="data:image/svg+xml;base64,{icon}"',
    }
    for old, new in changes.items():
        source = source.replace(old, new)
    return source
