"""`gisapp doctor` (环境自检): versions, PROJ data, GEOS, fonts, disk, port, what is optional and missing."""

from __future__ import annotations

import platform
import shutil
import sqlite3
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import pyogrio
import pyproj
import shapely
import typer

from gisapp._version import __version__
from gisapp.cli.options import Json
from gisapp.cli.serving import FIRST_PORT, port_is_free
from gisapp.cli.session import Session
from gisapp.crs import transformer

PACKAGES: Final = (
    "geopandas", "numpy", "pandas", "pyarrow", "pydantic", "pyogrio", "pyproj", "rasterio", "shapely", "streamlit", "typer",
)  # fmt: skip
OPTIONAL: Final = {
    "node": "只在修改地图前端时需要",
    "chromium": "只在浏览器测试与截图时需要",
}
MIN_FREE_GB: Final = 2.0
_GIGABYTE: Final = 1024**3
KNOWN_EAST: Final = 367_847.615
KNOWN_NORTH: Final = 3_553_799.275
"""Where 118.60° E, 32.10° N lies in EPSG:4549 [m]."""


def doctor(ctx: typer.Context, as_json: Json = False) -> None:
    """检查运行环境 · Check versions, PROJ data, fonts, disk, port and optional programs."""
    session: Session = ctx.obj
    session.as_json = as_json
    checks = [*_required(), _fonts(), *_optional()]
    failed = [check for check in checks if check["state"] == "fail"]
    result = {"ok": not failed, "gisapp": __version__, "versions": _versions(), "checks": checks}
    signs = {"ok": "✓", "fail": "✗", "missing": "-"}
    lines = [f"gisapp {__version__} · Python {platform.python_version()} · {platform.platform()}"]
    lines += [f"  {name} {number or '未安装'}" for name, number in _versions().items()]
    lines += [f"{signs[str(c['state'])]} {c['name']}：{c['detail']}" for c in checks]
    session.show(result, lines)
    if failed:
        raise typer.Exit(5)


def _versions() -> dict[str, str | None]:
    out: dict[str, str | None] = {
        "GEOS": shapely.geos_version_string,
        "GDAL": ".".join(map(str, pyogrio.__gdal_version__)),
        "PROJ": pyproj.proj_version_str,
        "SQLite": sqlite3.sqlite_version,
    }
    for name in PACKAGES:
        try:
            out[name] = version(name)
        except PackageNotFoundError:
            out[name] = None
    return out


def _check(name: str, state: str, detail: str) -> dict[str, str]:
    return {"name": name, "state": state, "detail": detail}


def _required() -> list[dict[str, str]]:
    python = sys.version_info >= (3, 11)
    free = shutil.disk_usage(Path.cwd()).free / _GIGABYTE
    busy = not port_is_free(FIRST_PORT)
    return [
        _check("Python", "ok" if python else "fail", f"{platform.python_version()}（需要 3.11 或更新）"),
        _proj(),
        _check(
            "磁盘", "ok" if free >= MIN_FREE_GB else "fail", f"可用 {free:.1f} GB（需要 {MIN_FREE_GB:g} GB）"
        ),
        _check(
            "端口",
            "missing" if busy else "ok",
            f"{FIRST_PORT} {'被占用，serve 会另选端口' if busy else '空闲'}",
        ),
    ]


def _proj() -> dict[str, str]:
    """Return whether PROJ finds its data: one known point in the working zone must come out to a millimetre."""
    try:
        east, north = transformer(pyproj.CRS("EPSG:4490"), pyproj.CRS("EPSG:4549")).transform(118.60, 32.10)
    except pyproj.exceptions.ProjError as error:
        return _check("PROJ 数据", "fail", f"无法转换坐标：{error}")
    good = abs(east - KNOWN_EAST) < 1e-3 and abs(north - KNOWN_NORTH) < 1e-3
    return _check("PROJ 数据", "ok" if good else "fail", f"(118.60, 32.10) → ({east:.3f}, {north:.3f})")


def _fonts() -> dict[str, str]:
    """Return whether the system offers a font with Chinese glyphs, which printed maps and slides use."""
    program = shutil.which("fc-list")
    if program is None:
        return _check("中文字体", "missing", "未安装 fontconfig，无法检查；浏览器自带字体时不影响使用")
    found = subprocess.run([program, ":lang=zh", "family"], capture_output=True, text=True, check=False)  # noqa: S603  a fixed program
    families = sorted({line.split(",")[0].strip() for line in found.stdout.splitlines() if line.strip()})
    if not families:
        return _check("中文字体", "missing", "系统没有中文字体，建议安装 fonts-noto-cjk")
    return _check("中文字体", "ok", "、".join(families[:3]))


def _optional() -> list[dict[str, str]]:
    out = []
    for name, why in OPTIONAL.items():
        path = shutil.which(name) or (shutil.which("google-chrome") if name == "chromium" else None)
        out.append(_check(name, "ok" if path else "missing", f"{path or '未安装'}（可选，{why}）"))
    return out
