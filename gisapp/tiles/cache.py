"""Thread-safe memory: a value made once, and a bounded store of finished tiles (缓存)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Final, Generic, TypeVar

T = TypeVar("T")

_ENTRY_BYTES: Final = 256
"""Counted for each entry beside its bytes, so that empty tiles cannot pile up without end."""


class Once(Generic[T]):
    """A value that is made at the first `get` and then kept (惰性值); a failed attempt is tried again."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make: Callable[[], T] | None = make
        self._value: T | None = None
        self._lock = Lock()

    def get(self) -> T:
        """Return the value; threads that come while it is made wait for it."""
        if self._make is not None:
            with self._lock:
                if self._make is not None:
                    self._value = self._make()
                    # Dropped so that what the maker holds (a whole table) can be freed.
                    self._make = None
        return self._value  # type: ignore[return-value]  # set by the line above, once


class ByteCache:
    """The tiles used last, up to `limit` bytes in all (瓦片缓存)."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._used = 0
        self._kept: OrderedDict[Hashable, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """Return the bytes under `key`, made by `make` if they are not there.

        `make` runs outside the lock: a slow tile does not hold up others, and two threads that ask for the
        same tile at once may both make it.
        """
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        data = make()
        with self._lock:
            if key not in self._kept:
                self._kept[key] = data
                self._used += len(data) + _ENTRY_BYTES
            while self._used > self._limit:
                _, dropped = self._kept.popitem(last=False)
                self._used -= len(dropped) + _ENTRY_BYTES
        return data
