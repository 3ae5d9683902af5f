"""Asking another server for a picture (影像代理): allowed hosts only, bounded in time and size."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from socket import SHUT_RDWR, socket
from threading import BoundedSemaphore, Event, Timer
from typing import Final, NamedTuple
from urllib.parse import quote, urljoin, urlsplit

from gisapp.errors import GisappError, InputError, Problem
from gisapp.tiles.imagery import media_type

SETTING: Final = "GISAPP_WMTS_ALLOW"
MAX_BYTES: Final = 4 * 1024 * 1024
MAX_SECONDS: Final = 10.0
MAX_AT_ONCE: Final = 6
MAX_HOPS: Final = 3
_PORTS: Final = {"http": 80, "https": 443}
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_NOTHING: Final = frozenset({204, 404})
_SAFE: Final = "/%:@!$&'()*+,;=~-._?"


class UpstreamError(GisappError):
    """The other server did not answer with a picture (上游服务出错)."""


class HostRefusedError(InputError):
    """The address is of a host that is not allowed (主机不在允许列表)."""


class Origin(NamedTuple):
    """Scheme, host and port of an address (源)."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, address: str) -> Origin:
        """Return the origin; raises `HostRefusedError` for anything but a plain http(s) address."""
        try:
            parts = urlsplit(address)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise HostRefusedError(_refusal("地址写法不对")) from error
        plain = parts.username is None and parts.password is None and "\\" not in parts.netloc
        if parts.scheme not in _PORTS or not host or not plain:
            raise HostRefusedError(_refusal("地址写法不对"))
        return cls(parts.scheme, host.rstrip(".").lower(), port or _PORTS[parts.scheme])


def _refusal(message: str, host: str | None = None) -> Problem:
    action = f"由管理员在环境变量 {SETTING} 中列出允许的“主机[:端口]”，重启服务"
    return Problem(message, field="source", value=host, expected="http(s)://主机[:端口]/…", action=action)


@dataclass(frozen=True)
class AllowList:
    """Hosts that may be asked (允许列表): host and port; no port means the scheme's own (80, 443)."""

    entries: frozenset[tuple[str, int | None]] = frozenset()

    @classmethod
    def parse(cls, text: str) -> AllowList:
        """Return the list written as ``host[:port],…``; raises `InputError` naming every entry that is not so."""
        entries, problems = set(), []
        for entry in filter(None, (part.strip() for part in text.split(","))):
            try:
                parts = urlsplit(f"//{entry}")
                fit = parts.hostname and parts.netloc == entry and "@" not in entry and "*" not in entry
                entries.add((str(parts.hostname).rstrip(".").lower(), parts.port))
            except ValueError:
                fit = False
            if not fit:
                problems.append(
                    Problem("允许列表写法不对", field=SETTING, value=entry, expected="主机[:端口]，逗号分隔")
                )
        if problems:
            raise InputError(problems)
        return cls(frozenset(entries))

    def require(self, origin: Origin) -> None:
        """Raise `HostRefusedError` unless `origin` is on the list."""
        own = origin.port == _PORTS[origin.scheme]
        if (origin.host, origin.port) in self.entries or (own and (origin.host, None) in self.entries):
            return
        shown = origin.host if own else f"{origin.host}:{origin.port}"
        raise HostRefusedError(_refusal("影像服务的主机不在允许列表中", shown))


@dataclass(frozen=True)
class Fetcher:
    """Fetches pictures from allowed hosts (影像代理).

    Straight connections: no proxy, no cookies, no header of the visitor. A redirect is followed only within
    the same scheme, host and port. Messages name the host, never the address, which may hold a key.
    """

    allow: AllowList
    seconds: float = MAX_SECONDS
    most_bytes: int = MAX_BYTES
    gate: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(MAX_AT_ONCE), repr=False)

    def picture(self, address: str) -> bytes:
        """Return the picture at `address`, ``b""`` where the server says that it has none.

        Raises
        ------
        HostRefusedError
            If the host is not allowed.
        UpstreamError
            If the server cannot be reached, is slow, sends too much, points elsewhere or sends no picture.
        """
        origin = Origin.of(address)
        self.allow.require(origin)
        if not self.gate.acquire(timeout=self.seconds / 4):
            raise _failed(origin, "影像服务响应太慢，请求过多")
        try:
            return self._follow(origin, address)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _failed(origin, "影像服务无法连接或中断") from error
        finally:
            self.gate.release()

    def _follow(self, origin: Origin, address: str) -> bytes:
        for _ in range(MAX_HOPS):
            with self._asked(origin, address) as answer:
                if answer.status not in _MOVED:
                    return self._body(origin, answer)
                address = urljoin(address, answer.getheader("Location") or "")
            try:
                same = Origin.of(address) == origin
            except HostRefusedError:
                same = False
            if not same:
                raise _failed(origin, "影像服务要求转到另一主机，已拒绝")
        raise _failed(origin, "影像服务的转向次数过多")

    @contextmanager
    def _asked(self, origin: Origin, address: str) -> Iterator[http.client.HTTPResponse]:
        """Send one request and give the answer; everything about it ends with the time allowed."""
        connection = self._connection(origin)
        parts = urlsplit(address)
        target = quote(parts.path or "/", safe=_SAFE) + (
            f"?{quote(parts.query, safe=_SAFE)}" if parts.query else ""
        )
        over = Event()
        late = Timer(self.seconds, lambda: _cut(channel, over))
        try:
            connection.connect()
            channel = connection.sock
            late.start()
            connection.request("GET", target, headers={"Accept": "image/*", "User-Agent": "gisapp"})
            yield connection.getresponse()
        finally:
            late.cancel()
            connection.close()
            if over.is_set():
                raise TimeoutError

    def _connection(self, origin: Origin) -> http.client.HTTPConnection:
        if origin.scheme == "https":
            trust = ssl.create_default_context()
            return http.client.HTTPSConnection(origin.host, origin.port, timeout=self.seconds, context=trust)
        return http.client.HTTPConnection(origin.host, origin.port, timeout=self.seconds)

    def _body(self, origin: Origin, answer: http.client.HTTPResponse) -> bytes:
        """Return the picture of an answer that is not a redirect."""
        body = answer.read(self.most_bytes + 1)
        kind = (answer.getheader("Content-Type") or "").split(";")[0].strip().lower()
        if answer.status in _NOTHING or (answer.status == 400 and b"TileOutOfRange" in body):
            return b""
        if answer.status != 200:
            raise _failed(origin, f"影像服务返回错误 {answer.status}")
        if len(body) > self.most_bytes:
            raise _failed(origin, f"影像服务返回的内容超过 {self.most_bytes // 1024} KB")
        declared = answer.getheader("Content-Length")
        if declared is not None and declared.isdigit() and len(body) < int(declared):
            raise _failed(origin, "影像服务无法连接或中断")
        if not kind.startswith("image/") or media_type(body) is None:
            raise _failed(origin, f"影像服务返回的不是图片（{kind[:40] or '未注明类型'}）")
        return body


def _cut(channel: socket, over: Event) -> None:
    """End a connection that is over its time; whoever reads from it finds it closed."""
    over.set()
    with suppress(OSError):
        channel.shutdown(SHUT_RDWR)


def _failed(origin: Origin, message: str) -> UpstreamError:
    return UpstreamError(
        f"{message}：{origin.host}:{origin.port}", action="稍后重试；仍然出错时联系影像服务的管理单位"
    )
