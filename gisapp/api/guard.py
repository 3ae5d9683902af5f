"""What stands before every route (接口防护): host, origin, token, role, size; errors are Chinese and say what to do."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from gisapp.api.answers import Reply, answering, said, told
from gisapp.app.server import Server
from gisapp.app.tokens import Claims
from gisapp.errors import ConflictError, GisappError, InputError, UsageError
from gisapp.i18n import Text

TOKEN_HEADER: Final = "X-Gisapp-Token"  # noqa: S105  a header's name
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "[::1]", "testserver"})
EDITORS: Final = frozenset({"admin", "planner"})
"""Roles that may change parcels (可编辑的角色)."""
MOST_BYTES: Final = 8_000_000

log = logging.getLogger(__name__)
Answer = Callable[[Request], Response]
Body = Mapping[str, Any]  # a JSON object
PostAnswer = Callable[[Request, Body, Claims], Response]


def failure(status: int, message: str, action: str, **more: object) -> Reply:
    """Return an error as the contract has it."""
    words = {"message": said(message), "action": said(action)}
    return Reply({"error": words, **more}, status_code=status)


def guarded(server: Server, answer: Answer) -> Answer:
    """Return a reading `answer` behind host, token and error handling."""

    def handle(request: Request) -> Response:
        with answering(request):
            claims = _claims(server, request)
            return claims if isinstance(claims, Response) else _answered(lambda: answer(request))

    return handle


def guarded_post(
    server: Server, answer: PostAnswer, *, edits: bool = True
) -> Callable[[Request], Awaitable[Response]]:
    """Return a writing `answer` behind host, origin, token, role and size; it runs outside the event loop."""

    async def handle(request: Request) -> Response:
        with answering(request):
            claims = _claims(server, request)
            if isinstance(claims, Response):
                return claims
            if not _same_origin(request):
                return failure(403, "请求来自别的网站，已拒绝", "在本平台的页面内操作")
            if edits and claims.role not in EDITORS:
                return failure(403, "没有编辑权限", "请管理员授予编辑角色")
            body = await _body(request)
            if isinstance(body, Response):
                return body
            return await run_in_threadpool(_answered, lambda: answer(request, body, claims))

    return handle


def _claims(server: Server, request: Request) -> Claims | Response:
    if (request.headers.get("host") or "").rsplit(":", 1)[0] not in LOOPBACK:
        return failure(403, "只接受本机访问", "在服务器本机打开，或等待登录功能启用")
    claims = server.claims(request.headers.get(TOKEN_HEADER, ""))
    return claims or failure(401, "访问令牌无效或已过期", "刷新页面以取得新的令牌")


def _same_origin(request: Request) -> bool:
    """Return whether a browser says that the request comes from our own page; other clients say nothing."""
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    ours = f"{request.url.scheme}://{request.headers.get('host', '')}"
    return (origin is None or origin == ours) and site in (None, "same-origin", "none")


async def _body(request: Request) -> Body | Response:
    """Return the JSON object of a request; DELETE needs none."""
    if request.method == "DELETE":
        return {}
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return failure(415, "请求内容不是 JSON", "以 application/json 发送")
    if int(request.headers.get("content-length") or 0) > MOST_BYTES:
        return failure(413, "请求内容过大", "分批提交")
    raw = await request.body()
    if len(raw) > MOST_BYTES:
        return failure(413, "请求内容过大", "分批提交")
    try:
        body = json.loads(raw)
    except ValueError:
        return failure(422, "请求内容不是有效的 JSON", "检查请求")
    return body if isinstance(body, dict) else failure(422, "请求内容应为一个对象", "检查请求")


def _answered(answer: Callable[[], Response]) -> Response:
    """Return the answer, or what went wrong with it in the contract's form."""
    try:
        return answer()
    except KeyError as error:
        return failure(
            404, Text("没有找到：{what}", what=Text(str(error.args[0]))), "检查编号；地块可能已被重新导入"
        )
    except ConflictError as error:
        return failure(409, told(error), error.action or "刷新后重试")
    except (InputError, UsageError) as error:
        return failure(422, told(error), error.action or "按提示修改后重试")
    except (TypeError, ValueError, AttributeError, OverflowError, IndexError):
        # What a form of request nobody foresaw comes to; the log says where.
        log.exception("a request could not be read")
        return failure(422, "请求内容的写法不对", "检查请求；若来自本平台页面，请把服务器日志交给维护人员")
    except GisappError as error:
        return failure(500, told(error), error.action or "查看服务器日志")
