"""`gisapp serve` (启动应用): the app on this machine's loopback address, and nowhere else."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import redirect_stdout, suppress
from pathlib import Path
from typing import Annotated, Final

import typer

from gisapp.app.init import demo_root
from gisapp.cli.options import Json
from gisapp.cli.session import Session
from gisapp.errors import InputError, Problem, UsageError

LOOPBACK: Final = "127.0.0.1"
FIRST_PORT: Final = 8501
TRIED_PORTS: Final = 20


def serve(
    ctx: typer.Context,
    workspace: Annotated[
        Path | None, typer.Argument(metavar="[WORKSPACE]", help="工作区，默认为示例工作区")
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", metavar="N", min=1, max=65535, help="端口，默认 8501 起的空闲端口")
    ] = None,
    host: Annotated[str, typer.Option("--host", metavar="H", help="只能是 127.0.0.1")] = LOOPBACK,
    as_json: Json = False,
) -> None:
    """在本机打开应用 · Serve the app on this machine."""
    session: Session = ctx.obj
    if host not in (LOOPBACK, "localhost"):
        raise UsageError(
            f"--host {host} 被拒绝：登录功能未启用，应用只在本机 {LOOPBACK} 上提供",
            action="去掉 --host；需要他人访问时，等待带登录的版本",
        )
    root = workspace or Path(os.environ.get("GISAPP_WORKSPACE") or demo_root())
    opened = session.open(root, as_json=as_json)
    title = opened.catalog.workspace.title.zh
    script, chosen = _script(), _port(port)
    address = f"http://{LOOPBACK}:{chosen}"
    os.environ["GISAPP_WORKSPACE"] = str(opened.root)
    session.show(
        {"address": address, "workspace": str(opened.root)}, [f"{title}：{address}", "按 Ctrl+C 停止"]
    )
    sys.stdout.flush()
    _run(script, chosen)


def _run(script: Path, port: int) -> None:
    """Run the server until it is stopped; it loads nothing from elsewhere and reports nothing."""
    # Half a second to import, and only this command needs them.
    from click.exceptions import Abort
    from streamlit.web import cli as streamlit_cli

    options = {
        "server.address": LOOPBACK,
        "server.port": port,
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.serverAddress": LOOPBACK,
        "browser.gatherUsageStats": "false",
        "global.developmentMode": "false",
        "logger.hideWelcomeMessage": "true",
    }
    arguments = ["run", str(script), *(f"--{name}={value}" for name, value in options.items())]
    # Ctrl+C is how a server ends.
    with redirect_stdout(sys.stderr), suppress(Abort, KeyboardInterrupt):
        streamlit_cli.main(arguments, standalone_mode=False)


def _script() -> Path:
    """Return the app's start file: beside the package in a checkout, inside it once installed."""
    package = Path(__file__).parents[1]
    places = (package.parent / "streamlit_app.py", package / "_demo" / "streamlit_app.py")
    found = next((place for place in places if place.exists()), None)
    if found is None:
        raise InputError(Problem("找不到 streamlit_app.py", action="重新安装 gisapp，或在源码目录中运行"))
    return found


def port_is_free(port: int) -> bool:
    """Return whether `port` can be bound on the loopback address."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def _port(wanted: int | None) -> int:
    if wanted is not None:
        if not port_is_free(wanted):
            raise UsageError(f"端口 {wanted} 已被占用", action="换一个 --port，或停止占用它的程序")
        return wanted
    for port in range(FIRST_PORT, FIRST_PORT + TRIED_PORTS):
        if port_is_free(port):
            return port
    raise UsageError(
        f"端口 {FIRST_PORT} 至 {FIRST_PORT + TRIED_PORTS - 1} 都被占用", action="用 --port 指定一个空闲端口"
    )
