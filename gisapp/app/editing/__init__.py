"""Editing parcels (地块编辑): from a gesture to changes with findings, and from changes to a revision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gisapp.app.editing.editor import Done, Editor, IllegalEditError, Request

__all__ = ["Done", "Editor", "IllegalEditError", "Request"]


def __getattr__(name: str) -> Any:  # one of the names above
    if name in __all__:
        from gisapp.app.editing import editor

        return getattr(editor, name)
    raise AttributeError(name)
