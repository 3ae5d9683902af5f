"""Texts of the pages in the visitor's language (界面文字)."""

from __future__ import annotations

from gisapp.i18n import translate
from gisapp.ui import state


def t(text: str, **values: object) -> str:
    """Return a Chinese text in the visitor's language, with {name} replaced from `values`."""
    found = translate(text, state.language())
    return found.format(**values) if values else found
