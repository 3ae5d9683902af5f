"""The files of a site check (套合成果): site.json, 压占分析表.xlsx and 压占分析表.html, written whole or not at all."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from gisapp.app.sitebook import site_workbook
from gisapp.app.sitepage import site_page
from gisapp.app.workspace import Workspace
from gisapp.errors import InputError, Problem
from gisapp.evaluation.site import SiteCheck
from gisapp.io.staging import staging
from gisapp.settings import Language

SITE_FILE: Final = "site.json"
BOOK_FILE: Final = "压占分析表.xlsx"
PAGE_FILE: Final = "压占分析表.html"
FILES: Final = frozenset({SITE_FILE, BOOK_FILE, PAGE_FILE})


def site_json(check: SiteCheck) -> str:
    """Return site.json: no clock and no path in it, so that equal checks give equal bytes."""
    return json.dumps(_plain(check.as_dict()), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def save_site(
    check: SiteCheck, workspace: Workspace, folder: Path | None = None, *, language: Language = "zh"
) -> Path:
    """Write the files to `folder`, by default ``.gisapp/sites/<套合编号>``, and return it.

    Raises
    ------
    InputError
        If `folder` holds something else, or cannot be written.
    """
    target = folder or workspace.state / "sites" / check.site_id[:16]
    _require_free(target)
    info = workspace.catalog.workspace
    with staging(target.parent, ".site-", field="--out") as temporary:
        (temporary / SITE_FILE).write_text(site_json(check), encoding="utf-8")
        (temporary / BOOK_FILE).write_bytes(site_workbook(check, info, language))
        page = site_page(check, workspace.context(), info, language)
        (temporary / PAGE_FILE).write_text(page, encoding="utf-8")
        target.mkdir(exist_ok=True)
        for name in FILES:
            shutil.move(temporary / name, target / name)
    return target


def _require_free(folder: Path) -> None:
    """Raise if something else than a site check stands where the files go."""
    if not folder.exists():
        return
    if folder.is_dir() and {item.name for item in folder.iterdir()} <= FILES:
        return
    message = "输出目录不是空的，也不是套合成果目录"
    raise InputError(Problem(message, file=folder.name, field="--out", action="换一个空目录"))


def _plain(value: object) -> object:
    """Return nested data as JSON knows it; a number that is none becomes null."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
