"""What the browser components are given (组件数据): the boot document, a token, the page and the selection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gisapp.app.server import Server
from gisapp.ui import state
from gisapp.ui.texts import t

PAGES: Final = ("map", "evaluate", "scenarios", "parks", "sitecheck", "udb", "ledger", "targets", "data")
_BAR_READS: Final = ("api", "version", "lang", "texts", "product", "workspace")
Data = dict[str, Any]  # JSON for the browser


def page_title(page: str) -> str:
    """Return the name of a page."""
    return {
        "map": t("地图"),
        "evaluate": t("评价"),
        "scenarios": t("情景"),
        "parks": t("园区"),
        "sitecheck": t("红线套合"),
        "udb": t("边界优化"),
        "ledger": t("台账"),
        "targets": t("目标"),
        "data": t("数据"),
    }[page]


def bar_data(server: Server, boot: Mapping[str, Any], page: str) -> Data:
    """Return what the top bar reads (顶栏数据)."""
    return {name: boot[name] for name in _BAR_READS} | _common(server, page)


def desk_data(server: Server, boot: Mapping[str, Any]) -> Data:
    """Return what the desk reads on the map page (工作台数据)."""
    return {**boot, **_common(server, "map"), **_selection(), "mode": "desk"}


def map_data(server: Server, boot: Mapping[str, Any], *, rulebook: str, height: int) -> Data:
    """Return what the map reads on the candidates page (地图数据); `height` in CSS pixels."""
    look = {"mode": "map", "height": height, "focus": {"rulebook": rulebook}}
    return {**boot, **_common(server, "evaluate"), **_selection(), **look}


def _common(server: Server, page: str) -> Data:
    settings = server.settings
    return {
        "token": server.token(),
        "user": {"name": settings.user, "role": settings.role},
        "page": page,
        "pages": [{"id": id_, "title": page_title(id_)} for id_ in PAGES],
    }


def _selection() -> Data:
    chosen = state.parcel()
    return {"selection": {"parcel_id": chosen} if chosen else None}
