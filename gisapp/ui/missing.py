"""The page for an address that is none of ours (页面不存在): said in our words, before Streamlit says it in its own."""

from __future__ import annotations

import re
from html import escape
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Match, Route
from starlette.types import Scope

from gisapp.app.desk import PRODUCT
from gisapp.i18n import translate
from gisapp.settings import Language
from gisapp.ui.face import PAGES

_PAGE: Final = re.compile(r"/([\w-]+)(?:/[\w-]+)*/?")
_SERVED: Final = frozenset(
    {
        *PAGES,
        "api",
        "_stcore",
        "media",
        "static",
        "component",
        "vendor",
        "app",
        "healthz",
        "auth",
        "oauth2callback",
    }
)
"""First parts of addresses that are pages of ours, our routes, or Streamlit's own."""
_LOOK: Final = """body { margin: 0; background: #eef1f4; color: #10273a; font: 15px/1.7 'Noto Sans CJK SC', 'Noto Sans SC', 'PingFang SC',
'Microsoft YaHei', sans-serif; } header { padding: 0 46px; background: #10273a; color: #fff; font-size: 16px; font-weight: 600; line-height: 48px; }
main { max-width: 640px; margin: 12vh auto; padding: 26px 32px; background: #fff; border-radius: 6px; } h1 { margin: 0 0 6px; font-size: 22px; }
a { color: #1f5f86; margin-right: 18px; } code { word-break: break-all; }"""


class Missing(Route):
    """A route for addresses that look like a page and are none (未知地址)."""

    def __init__(self) -> None:
        super().__init__("/{anything:path}", _answer, methods=["GET"])

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return a match only for addresses that nobody else serves; files have a dot in their names."""
        found = _PAGE.fullmatch(scope.get("path", ""))
        if scope["type"] != "http" or found is None or found[1] in _SERVED:
            return Match.NONE, {}
        return super().matches(scope)


def _answer(request: Request) -> HTMLResponse:
    language: Language = "en" if request.query_params.get("lang") == "en" else "zh"

    def t(text: str) -> str:
        return escape(translate(text, language))

    names = {
        "map": t("地图"),
        "evaluate": t("评价"),
        "scenarios": t("情景"),
        "parks": t("园区"),
        "sitecheck": t("红线套合"),
        "udb": t("边界优化"),
        "ledger": t("台账"),
        "targets": t("目标"),
        "data": t("数据"),
    }
    query = "?lang=en" if language == "en" else ""
    links = "".join(f'<a href="/{page}{query}">{names[page]}</a>' for page in PAGES)
    body = (
        f'<!doctype html><html lang="{"en" if language == "en" else "zh-CN"}"><meta charset="utf-8">'
        f"<title>{t('没有这个页面')} · {t(PRODUCT)}</title><style>{_LOOK}</style><header>{t(PRODUCT)}</header>"
        f"<main><h1>{t('没有这个页面')}</h1><p>{t('地址')} <code>{escape(request.url.path)}</code> "
        f"{t('不是平台的页面，请检查网址，或从这里进入：')}</p><p>{links}</p></main></html>"
    )
    return HTMLResponse(body, status_code=404)
