"""Small pieces of HTML (页面片段); whatever comes from data is escaped here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import NewType

import streamlit as st

Html = NewType("Html", str)  # escaped already


def text(value: object) -> Html:
    """Return any value as text that cannot be markup."""
    return Html(escape(str(value)))


def tag(name: str, *content: str | Html, kind: str = "", title: str = "") -> Html:
    """Return an element with class `kind`; plain texts among `content` must be passed through `text`."""
    attributes = f' class="{escape(kind)}"' if kind else ""
    attributes += f' title="{escape(title)}"' if title else ""
    return Html(f"<{name}{attributes}>{''.join(content)}</{name}>")


def join(parts: Iterable[Html], between: str = "") -> Html:
    """Return pieces one after another."""
    return Html(between.join(parts))


def chip(value: object, kind: str = "") -> Html:
    """Return a small label (标签)."""
    return tag("span", text(value), kind=f"gp-chip {kind}".strip())


def table(heads: Sequence[object], rows: Iterable[Sequence[Html]], *, kind: str = "") -> Html:
    """Return a table with one header row; cells are markup (表格)."""
    head = tag("thead", tag("tr", *(tag("th", text(name)) for name in heads)))
    body = tag("tbody", *(tag("tr", *(tag("td", cell) for cell in row)) for row in rows))
    return tag("table", head, body, kind=f"gp-table {kind}".strip())


def notice(title: object, *paragraphs: object, kind: str = "") -> Html:
    """Return a short message: what happened, then what to do (提示)."""
    body = [tag("p", text(paragraph)) for paragraph in paragraphs if paragraph]
    return tag("div", tag("strong", text(title)), *body, kind=f"gp-notice {kind}".strip())


def show(piece: Html) -> None:
    """Put a piece on the page."""
    st.html(piece)
