"""The desks of one server (工作台集合): one for each state of the parcels that somebody looks at."""

from __future__ import annotations

from collections import OrderedDict
from threading import RLock
from typing import Final

from gisapp.app.desk import Desk
from gisapp.app.tiles import layer_sources
from gisapp.app.workspace import Workspace
from gisapp.model.changes import OFFICIAL
from gisapp.tiles import VectorSource
from gisapp.tiles.cache import Once

KEPT: Final = 6
"""States kept at once: the official head and its predecessor, a scheme or two, dates on the slider."""


class Desks:
    """Desks by branch and revision, the ones used last; they share layers, rulebooks and layer tiles.

    A desk never changes: a commit, by whichever process, gives the branch a new head and so a new desk.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._lock = RLock()
        self._kept: OrderedDict[tuple[str, int], Desk] = OrderedDict()
        self._dropped: dict[str, tuple[str, int]] = {}
        self._layers: Once[list[VectorSource]] = Once(lambda: layer_sources(workspace.context()))

    def current(self, branch: str = OFFICIAL) -> Desk:
        """Return the desk over the newest revision of a branch; raises `UsageError` if there is no such branch."""
        store = self.workspace.store
        if store is None:
            return self.at(branch, 0)
        return self.at(branch, store.head(branch))

    def at(self, branch: str, revision: int) -> Desk:
        """Return the desk over a branch as it was when `revision` was the newest."""
        key = (branch, revision)
        with self._lock:
            if key not in self._kept:
                stored = self.workspace.store is not None
                view = self.workspace.at(branch, revision) if stored else self.workspace
                self._kept[key] = Desk(view, self._layers)
                while len(self._kept) > KEPT:
                    old, dropped = self._kept.popitem(last=False)
                    self._dropped[dropped.version] = old
            self._kept.move_to_end(key)
            return self._kept[key]

    def reload(self) -> None:
        """Read the files of the workspace again on the next question (重新读取); who holds a desk keeps it as it was."""
        with self._lock:
            self.workspace.reload()
            self._kept.clear()
            self._dropped.clear()
            self._layers = Once(lambda: layer_sources(self.workspace.context()))

    def of_version(self, version: str) -> Desk:
        """Return the desk whose tiles carry `version`, made again if it was dropped; KeyError if there was none."""
        with self._lock:
            known = list(reversed(self._kept.values()))
        for desk in known:
            if desk.version == version:
                return desk
        if version in self._dropped:
            return self.at(*self._dropped[version])
        current = self.current()
        if current.version == version:
            return current
        raise KeyError("这一版数据（数据已更新）")
